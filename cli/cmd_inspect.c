/* octet inspect. */
#include "command.h"

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    (void)settings;
    return octet_model_inspect(ctx, model, as, out);
}

static int run_inspect(const struct command *self, int argc, char **argv) {
    struct common settings = COMMON_INIT;
    int code;
    if (!parse(self, argc, argv, &settings, &code)) return code;
    return print_report(&settings, report);
}

const struct command command_inspect = {
    .name = "inspect",
    .purpose = "show operators, tensors, scales and the memory plan of a model",
    .usage = "MODEL [options]",
    .paragraphs = (const char *const[]){"A Keras model is shown as the float graph that octet makes of it.", NULL},
    .groups = (const struct option_group[]){{"options", model_options, 0}, {NULL, json_option, 0}, {0}},
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
