#include "command.h"

static int run_check(const struct command *self, int argc, char **argv) {
    octet_load_options load = OCTET_LOAD_OPTIONS_INIT;
    const char *target = NULL;
    bool json = false, supported = false;
    int code;
    struct parser parser = {.min_positional = 1, .max_positional = 1};
    add_option(&parser,
               (struct option_spec){"--target", 0, "NAME", "litert (default), tflm, tflm-2023, cmsis-nn or edgetpu",
                                    OPTION_TEXT, &target, NULL});
    add_architecture_option(&parser, &load);
    add_json_option(&parser, &json);
    if (!parse(self, &parser, argc, argv, &code)) return code;

    octet_context *ctx = NULL;
    octet_model *model = NULL;
    char *text = NULL;
    if (octet_context_create(&ctx) != OCTET_OK) return fail(ctx);
    octet_status status = octet_model_load(ctx, parser.positional[0], &load, &model);
    if (status == OCTET_OK)
        status = octet_model_check(ctx, model, target, json ? OCTET_AS_JSON : OCTET_AS_TEXT, &supported, &text);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) return fail(ctx);
    print_text(ctx, text);
    return finish(ctx, supported ? EXIT_YES : EXIT_NO);
}

const struct command command_check = {
    .name = "check",
    .purpose = "before any work: what of a model can be quantized and run on a target",
    .arguments = "MODEL [--target NAME] [options]",
    .details = "Names for each operator that does not run there: layer, operator, reason and remedy. Exits with 1 if "
               "there is one.\n",
    .examples = "  octet check examples/mnist/mnist_cnn_k2.h5\n  octet check model.h5 --target tflm\n",
    .run = run_check,
};
