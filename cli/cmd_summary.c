/* octet summary. */
#include "command.h"

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    (void)settings;
    return octet_model_summary(ctx, model, as, out);
}

static int run_summary(const struct command *self, int argc, char **argv) {
    struct common settings = COMMON_INIT;
    int code;
    if (!parse(self, argc, argv, &settings, &code)) return code;
    return print_report(&settings, report);
}

const struct command command_summary = {
    .name = "summary",
    .purpose = "list the layers of a Keras model, or the operators of a .tflite",
    .usage = "MODEL [options]",
    .paragraphs = (const char *const[]){"Prints the table that Keras's model.summary() prints: name, class, output "
                                        "shape and number of parameters of every layer, and their totals.",
                                        NULL},
    .groups = (const struct option_group[]){{"options", model_options, 0}, {NULL, answer_options, 0}, {0}},
    .examples =
        (const struct example[]){
            {"The layers of a bundled model.", "octet summary examples/mnist/mnist_cnn_k2.h5", true}, {0}},
    .see_also = (const char *const[]){"inspect", "check", NULL},
    .documents = (const char *const[]){"keras-layers", NULL},
    .run = run_summary,
};
