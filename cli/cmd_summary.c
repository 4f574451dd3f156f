#include "command.h"

static int run_summary(const struct command *self, int argc, char **argv) {
    octet_load_options load = OCTET_LOAD_OPTIONS_INIT;
    bool json = false;
    int code;
    struct parser parser = {.min_positional = 1, .max_positional = 1};
    add_architecture_option(&parser, &load);
    add_json_option(&parser, &json);
    if (!parse(self, &parser, argc, argv, &code)) return code;

    octet_context *ctx = NULL;
    octet_model *model = NULL;
    char *text = NULL;
    if (octet_context_create(&ctx) != OCTET_OK) return fail(ctx);
    octet_status status = octet_model_load(ctx, parser.positional[0], &load, &model);
    if (status == OCTET_OK) status = octet_model_summary(ctx, model, json ? OCTET_AS_JSON : OCTET_AS_TEXT, &text);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) return fail(ctx);
    print_text(ctx, text);
    return finish(ctx, EXIT_YES);
}

const struct command command_summary = {
    .name = "summary",
    .purpose = "the layers of a Keras model, or the operators of a .tflite",
    .arguments = "MODEL [options]",
    .examples = "  octet summary examples/mnist/mnist_cnn_k2.h5\n",
    .run = run_summary,
};
