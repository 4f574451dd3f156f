/* octet check. */
#include <stddef.h>

#include "command.h"

struct settings {
    struct common common;
    const char *target;
    bool is_supported;
};

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    struct settings *s = settings;
    return octet_model_check(ctx, model, s->target, as, &s->is_supported, out);
}

static int run_check(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    code = print_report(&s.common, report);
    return code == EXIT_YES && !s.is_supported ? EXIT_NO : code;
}

static const struct option options[] = {
    {"--target", 0, "NAME", OPTION_TEXT, offsetof(struct settings, target), 0, "the runtime: {target}"}, {0}};

const struct command command_check = {
    .name = "check",
    .purpose = "say which operators of a model run on a target",
    .usage = "MODEL [--target NAME] [options]",
    .paragraphs = (const char *const[]){"Names layer, operator, reason and remedy for each operator that does not run "
                                        "there.",
                                        NULL},
    .groups =
        (const struct option_group[]){
            {"options", options, 0}, {NULL, model_options, 0}, {NULL, answer_options, 0}, {0}},
    .examples = (const struct example[]){{"A model for tflite-micro.",
                                          "octet check examples/mnist/mnist_cnn_k2.h5 --target tflm", true},
                                         {"Your own model for the Edge TPU, for a program to read.",
                                          "octet check model.h5 --target edgetpu --json", false},
                                         {0}},
    .answer_no = "at least one operator does not run on the target",
    .see_also = (const char *const[]){"quantize", "inspect", NULL},
    .documents = (const char *const[]){"targets", NULL},
    .run = run_check,
};
