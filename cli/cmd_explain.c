/* octet explain. */
#include <stddef.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options data;
    octet_explain_options explain;
    octet_run_options run;
    const char *original;
};

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    struct settings *s = settings;
    octet_model *original = NULL;
    octet_status status = take_data(ctx, &s->data);
    if (status == OCTET_OK && s->original != NULL) status = load_model(ctx, s->original, NULL, &original);
    s->explain.original = original;
    s->explain.data = &s->data;
    if (status == OCTET_OK) status = octet_model_explain(ctx, model, &s->explain, &s->run, as, out);
    octet_model_destroy(ctx, original);
    return status;
}

static int run_explain(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT,
                         .data = OCTET_OPEN_OPTIONS_INIT,
                         .explain = OCTET_EXPLAIN_OPTIONS_INIT,
                         .run = OCTET_RUN_OPTIONS_INIT};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (s.data.path == NULL) return complain(EXIT_USAGE, "explain: the sample is missing (--input)");
    if (s.explain.value == NULL) return complain(EXIT_USAGE, "explain: which number? Name it: --value NAME[index]");
    if (!reads_input_once(self, (const char *const[]){s.common.model, s.data.path, s.original, NULL}))
        return EXIT_USAGE;
    return print_report(&s.common, report);
}

static const struct option options[] = {
    {"--input", 'i', "DATA", OPTION_TEXT, offsetof(struct settings, data.path), 0,
     "the sample: an .npy (`-`: from standard input), or whatever `--input` of `octet run` takes"},
    {"--value", 0, "NAME[INDEX]", OPTION_TEXT, offsetof(struct settings, explain.value), 0,
     "the number: a tensor by its name or number as `octet inspect` shows them, and the element, such as [3,4,0] or a "
     "flat number"},
    {"--sample", 0, "N", OPTION_COUNT, offsetof(struct settings, explain.sample), 0,
     "which sample of the data to run, from 0 (default: 0)"},
    {"--original", 0, "FILE", OPTION_TEXT, offsetof(struct settings, original), 0,
     "the float model that the .tflite was made from: what the number is there"},
    {"--all", 0, NULL, OPTION_FLAG, offsetof(struct settings, explain.with_all), 0,
     "print all terms of a sum, in their order, not only the largest"},
    {0}};

const struct command command_explain = {
    .name = "explain",
    .purpose = "derive one number of a quantized model, integer by integer",
    .usage = "MODEL.tflite --input X.npy --value NAME[INDEX] [options]",
    .paragraphs =
        (const char *const[]){
            "Runs the model over one sample and takes one number apart: the inputs and weights that meet, the sum, the "
            "bias with the zero point folded in, multiplier and shift, each rounding, zero point and clamp. The steps "
            "are those of the kernel that ran, and end at the number that it gave.",
            "Below stand the real numbers: what the code stands for, what the operator would give without rounding, "
            "and with `--original` what the float model has there. Numbers of operators that only move data are traced "
            "to the element that they are a copy of.",
            NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {"data", split_option, offsetof(struct settings, run)},
                                            {NULL, label_option, offsetof(struct settings, data)},
                                            {"scaling", scaling_options, offsetof(struct settings, data)},
                                            {"arithmetic", kernel_options, offsetof(struct settings, run)},
                                            {"model and output", model_options, 0},
                                            {NULL, answer_options, 0},
                                            {0}},
    .examples =
        (const struct example[]){
            {"How the score of class 7 came about.",
             "octet quantize examples/mnist/mnist_cnn_k2.h5 --data examples/mnist --no-evaluate -o cnn.tflite", true},
            {NULL,
             "octet explain cnn.tflite --input examples/mnist --value dense_4[7] --original "
             "examples/mnist/mnist_cnn_k2.h5",
             true},
            {"One pixel of a map, on another sample, for a program.",
             "octet explain model.tflite --input x.npy --sample 3 --value 'conv2d/Relu[5,7,0]' --json", false},
            {0}},
    .see_also = (const char *const[]){"inspect", "run", "compare", NULL},
    .documents = (const char *const[]){"explain", NULL},
    .run = run_explain,
};
