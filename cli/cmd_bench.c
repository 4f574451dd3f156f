#include "command.h"

static int run_bench(const struct command *self, int argc, char **argv) {
    octet_load_options load = OCTET_LOAD_OPTIONS_INIT;
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    double seconds = 1.0;
    bool json = false;
    int code;
    struct parser parser = {.min_positional = 1, .max_positional = 1};
    add_option(&parser, (struct option_spec){"--seconds", 0, "S", "how long to measure (default 1)", OPTION_NUMBER,
                                             &seconds, NULL});
    add_option(&parser, (struct option_spec){"--numerics", 0, "NAME", "of int8 models: litert (default) or integer",
                                             OPTION_TEXT, &options.numerics, NULL});
    add_option(&parser, (struct option_spec){"--reference-kernels", 0, NULL, "plain loops", OPTION_FLAG,
                                             &options.reference_kernels, NULL});
    add_option(&parser,
               (struct option_spec){"--threads", 0, "N", "the work of one run is spread over N threads (default 1)",
                                    OPTION_THREADS, &options.n_threads, NULL});
    add_architecture_option(&parser, &load);
    add_json_option(&parser, &json);
    if (!parse(self, &parser, argc, argv, &code)) return code;
    if (!(seconds > 0.0 && seconds <= 3600.0))
        return complain(EXIT_USAGE, "bench: --seconds: %g is not between 0 and 3600", seconds);

    octet_context *ctx = NULL;
    octet_model *model = NULL;
    char *text = NULL;
    if (octet_context_create(&ctx) != OCTET_OK) return fail(ctx);
    octet_status status = octet_model_load(ctx, parser.positional[0], &load, &model);
    if (status == OCTET_OK)
        status = octet_model_bench(ctx, model, seconds, &options, json ? OCTET_AS_JSON : OCTET_AS_TEXT, &text);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) return fail(ctx);
    print_text(ctx, text);
    return finish(ctx, EXIT_YES);
}

const struct command command_bench = {
    .name = "bench",
    .purpose = "time of a run and of every operator",
    .arguments = "MODEL [options]",
    .details = "Runs one sample at a time on made-up input.\n",
    .examples =
        "  octet bench examples/mnist/mnist_cnn_k2.h5 --seconds 0.2\n  octet bench model.tflite --threads 2 --json\n",
    .run = run_bench,
};
