#include "command.h"

static int run_evaluate(const struct command *self, int argc, char **argv) {
    octet_load_options load = OCTET_LOAD_OPTIONS_INIT;
    octet_open_options open = OCTET_OPEN_OPTIONS_INIT;
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    bool json = false, confusion = false;
    int code;
    struct parser parser = {.min_positional = 1, .max_positional = 1};
    add_data_options(&parser, &open, true);
    add_option(&parser, (struct option_spec){"--split", 0, "NAME", "test (default) or train", OPTION_TEXT,
                                             &options.split, NULL});
    add_option(&parser,
               (struct option_spec){"--confusion", 0, NULL, "also the confusion matrix and the recall of every class",
                                    OPTION_FLAG, &confusion, NULL});
    add_run_options(&parser, &options);
    add_threads_option(&parser, &options.n_threads);
    add_architecture_option(&parser, &load);
    add_json_option(&parser, &json);
    if (!parse(self, &parser, argc, argv, &code)) return code;
    if (open.path == NULL && open.images == NULL)
        return complain(EXIT_USAGE, "evaluate: the data are missing (--data)");
    options.progress = progress_bar();

    octet_context *ctx = NULL;
    octet_model *model = NULL;
    octet_data *data = NULL;
    octet_evaluation *evaluation = NULL;
    char *text = NULL;
    if (octet_context_create(&ctx) != OCTET_OK) return fail(ctx);
    octet_status status = octet_model_load(ctx, parser.positional[0], &load, &model);
    if (status == OCTET_OK) status = octet_data_open(ctx, &open, &data);
    if (status == OCTET_OK) status = octet_evaluate(ctx, model, data, &options, &evaluation);
    if (status == OCTET_OK)
        status = octet_evaluation_render(ctx, evaluation, confusion, json ? OCTET_AS_JSON : OCTET_AS_TEXT, &text);
    octet_evaluation_destroy(ctx, evaluation);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) return fail(ctx);
    print_text(ctx, text);
    return finish(ctx, EXIT_YES);
}

const struct command command_evaluate = {
    .name = "evaluate",
    .purpose = "accuracy and loss of a model, float or quantized",
    .arguments = "MODEL --data DATA [options]",
    .examples = "  octet evaluate examples/mnist/mnist_fc_k2.h5 --data examples/mnist\n"
                "  octet evaluate model.tflite --data examples/mnist --confusion\n"
                "  octet evaluate model.tflite --data examples/mnist --input-rounding truncate --limit 1000\n"
                "  octet evaluate model.h5 --images x.npy --labels y.npy --mean 0.13 --std 0.31\n",
    .run = run_evaluate,
};
