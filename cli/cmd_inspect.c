/* octet inspect. */
#include <string.h>

#include "command.h"

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    (void)settings;
    return octet_model_inspect(ctx, model, as, out);
}

static octet_status show_saved(octet_context *ctx, const char *path, octet_saved_kind kind, octet_rendering as,
                               char **out) {
    octet_statistics *statistics = NULL;
    octet_evaluation *evaluation = NULL;
    octet_status status = OCTET_OK;
    if (kind == OCTET_SAVED_STATISTICS) status = octet_statistics_load(ctx, path, &statistics);
    else status = octet_evaluation_load(ctx, path, &evaluation);
    if (status == OCTET_OK && statistics != NULL) status = octet_statistics_render(ctx, statistics, path, as, out);
    if (status == OCTET_OK && evaluation != NULL) status = octet_evaluation_render(ctx, evaluation, false, as, out);
    octet_statistics_destroy(ctx, statistics);
    octet_evaluation_destroy(ctx, evaluation);
    return status;
}

/* True when the file is one that octet saved, and was shown; *code is then the exit code. */
static bool shows_saved(const struct common *settings, int *code) {
    octet_context *ctx = NULL;
    octet_saved_kind kind = OCTET_SAVED_NEITHER;
    char *text = NULL;
    if (strcmp(settings->model, "-") == 0) return false;
    if (create_context(settings, &ctx) != OCTET_OK) return false;
    if (octet_saved_kind_of(ctx, settings->model, &kind) != OCTET_OK || kind == OCTET_SAVED_NEITHER) {
        octet_context_destroy(ctx); /* what a model lacks is said when it is loaded */
        return false;
    }
    if (show_saved(ctx, settings->model, kind, settings->json ? OCTET_AS_JSON : OCTET_AS_TEXT, &text) != OCTET_OK) {
        *code = fail(ctx);
        return true;
    }
    print_text(ctx, text, settings->json);
    *code = finish(ctx, EXIT_YES);
    return true;
}

static int run_inspect(const struct command *self, int argc, char **argv) {
    struct common settings = COMMON_INIT;
    int code;
    if (!parse(self, argc, argv, &settings, &code)) return code;
    if (shows_saved(&settings, &code)) return code;
    return print_report(&settings, report);
}

const struct command command_inspect = {
    .name = "inspect",
    .purpose = "show operators, tensors, scales and the memory plan of a model",
    .usage = "MODEL [options]",
    .paragraphs =
        (const char *const[]){
            "A Keras model is shown as the float graph that octet makes of it. A file of `octet calibrate` or `octet "
            "evaluate -o` is shown too: its samples, its parts, what it serves.",
            NULL},
    .groups = (const struct option_group[]){{"options", model_options, 0}, {NULL, answer_options, 0}, {0}},
    .examples =
        (const struct example[]){
            {"What is in a quantized file.",
             "octet quantize examples/mnist/mnist_cnn_k2.h5 --data examples/mnist --no-evaluate -o cnn.tflite", true},
            {NULL, "octet inspect cnn.tflite", true},
            {"The same for a program to read.", "octet inspect model.tflite --json", false},
            {0}},
    .see_also = (const char *const[]){"summary", "check", "bench", NULL},
    .documents = (const char *const[]){"operators", NULL},
    .run = run_inspect,
};
