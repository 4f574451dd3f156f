#include <inttypes.h>
#include <stdio.h>

#include "command.h"

static int run_run(const struct command *self, int argc, char **argv) {
    octet_load_options load = OCTET_LOAD_OPTIONS_INIT;
    octet_open_options data = OCTET_OPEN_OPTIONS_INIT;
    octet_array_files files = OCTET_ARRAY_FILES_INIT;
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    int code;
    struct parser parser = {.min_positional = 1, .max_positional = 1};
    add_option(&parser, (struct option_spec){
                            "--input", 'i', "DATA",
                            "x.npy (of the input's own integer type: taken as it is), or anything that --data of "
                            "evaluate takes; for several inputs NAME=FILE,NAME=FILE",
                            OPTION_TEXT, &data.path, NULL});
    add_option(&parser, (struct option_spec){"--output", 'o', "FILE", "y.npy; with several outputs a folder of them",
                                             OPTION_TEXT, &files.output, NULL});
    add_option(&parser, (struct option_spec){"--real", 0, NULL, "write float32: scale * (q - zero_point)", OPTION_FLAG,
                                             &files.real_output, NULL});
    add_option(&parser, (struct option_spec){"--dump", 0, "DIR",
                                             "every intermediate tensor as .npy, in the order of computation",
                                             OPTION_TEXT, &files.dump, NULL});
    add_option(&parser, (struct option_spec){"--split", 0, "NAME", "of a data folder: test (default) or train",
                                             OPTION_TEXT, &options.split, NULL});
    add_data_options(&parser, &data, false);
    add_run_options(&parser, &options);
    add_threads_option(&parser, &options.n_threads);
    add_architecture_option(&parser, &load);
    if (!parse(self, &parser, argc, argv, &code)) return code;
    if (data.path == NULL) return complain(EXIT_USAGE, "run: the input is missing (--input)");
    if (files.output == NULL && files.dump == NULL)
        return complain(EXIT_USAGE, "run: nothing to write: name -o FILE or --dump DIR");
    files.data = &data;
    options.progress = progress_bar();

    octet_context *ctx = NULL;
    octet_model *model = NULL;
    uint64_t n_samples = 0;
    if (octet_context_create(&ctx) != OCTET_OK) return fail(ctx);
    octet_status status = octet_model_load(ctx, parser.positional[0], &load, &model);
    if (status == OCTET_OK) status = octet_model_run_files(ctx, model, &files, &options, &n_samples);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) return fail(ctx);
    printf("%" PRIu64 " sample%s: %s%s%s\n", n_samples, n_samples == 1 ? "" : "s",
           files.output != NULL ? files.output : "", files.output != NULL && files.dump != NULL ? ", " : "",
           files.dump != NULL ? files.dump : "");
    return finish(ctx, EXIT_YES);
}

const struct command command_run = {
    .name = "run",
    .purpose = "inference on arrays",
    .arguments = "MODEL --input X.npy -o Y.npy [options]",
    .examples = "  octet run model.tflite --input x.npy -o y.npy\n"
                "  octet run model.tflite --input examples/mnist --limit 5 --real -o y.npy\n"
                "  octet run model.tflite --input examples/mnist --limit 1 --dump tensors\n"
                "  octet run two_inputs.h5 --input left=a.npy,right=b.npy -o y.npy\n",
    .run = run_run,
};
