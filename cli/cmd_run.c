/* octet run. */
#include <stddef.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options data;
    octet_array_files files;
    octet_run_options run;
};

static int run_run(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT,
                         .data = OCTET_OPEN_OPTIONS_INIT,
                         .files = OCTET_ARRAY_FILES_INIT,
                         .run = OCTET_RUN_OPTIONS_INIT};
    const octet_array_files *files = &s.files;
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (s.data.path == NULL) return complain(EXIT_USAGE, "run: the input is missing (--input)");
    if (files->output == NULL && files->dump == NULL)
        return complain(EXIT_USAGE, "run: nothing to write: name -o FILE or --dump DIR");
    const struct input_name inputs[] = {{"--input", s.data.path},
                                        {"--columns", s.data.columns},
                                        {"the model", s.common.model},
                                        {"--architecture", s.common.load.architecture},
                                        {0}};
    if ((code = take_output(self, &s.common, "-o", &s.files.output, false)) != EXIT_YES) return code;
    if (!keeps_inputs(self, files->output, inputs)) return EXIT_USAGE;
    if (!may_replace(self, files->output, OUTPUT_NPY, s.common.force)) return EXIT_USAGE;
    if (!may_fill(self, files->output, s.common.force) || !may_fill(self, files->dump, s.common.force))
        return EXIT_USAGE;
    if (!reads_input_once(self, (const char *const[]){s.common.model, s.data.path, NULL})) return EXIT_USAGE;
    s.files.data = &s.data;
    s.run.progress = progress_bar(&s.common);

    octet_context *ctx = NULL;
    octet_model *model = NULL;
    char *text = NULL;
    uint64_t n_samples = 0;
    if (create_context(&s.common, &ctx) != OCTET_OK) return fail(ctx);
    octet_status status = take_data(ctx, &s.data);
    if (status == OCTET_OK) status = load_model(ctx, s.common.model, &s.common.load, &model);
    const bool goes_out = shown_output(files->output) != files->output;
    if (status == OCTET_OK && goes_out && octet_model_n_outputs(model) > 1) {
        complain(0, "run: -o -: the model has %u outputs: name a folder for them", octet_model_n_outputs(model));
        octet_model_destroy(ctx, model);
        return finish(ctx, EXIT_USAGE);
    }
    if (status == OCTET_OK) status = octet_model_run_files(ctx, model, files, &s.run, &n_samples);
    s.files.output = shown_output(files->output);
    if (status == OCTET_OK)
        status = octet_array_files_render(ctx, model, files, n_samples, s.common.json ? OCTET_AS_JSON : OCTET_AS_TEXT,
                                          &text);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) return fail(ctx);
    print_text(ctx, text, s.common.json);
    return finish(ctx, EXIT_YES);
}

static const struct option options[] = {
    {"--input", 'i', "DATA", OPTION_TEXT, offsetof(struct settings, data.path), 0,
     "an .npy (`-`: from standard input), or whatever `--data` of `octet evaluate` takes; an array of the input's own "
     "integer type is taken as it "
     "is; for several inputs `NAME=FILE,NAME=FILE`"},
    {"--output", 'o', "FILE", OPTION_TEXT, offsetof(struct settings, files.output), 0,
     "the .npy to write (`-`: to standard output); for several outputs a folder of them"},
    {"--real", 0, NULL, OPTION_FLAG, offsetof(struct settings, files.real_output), 0,
     "write real numbers as float32, of `--dump` too: scale * (q - zero_point)"},
    {"--dump", 0, "DIR", OPTION_TEXT, offsetof(struct settings, files.dump), 0,
     "write every intermediate tensor of the first sample to DIR as .npy, in the order of computation"},
    {0}};

const struct command command_run = {
    .name = "run",
    .purpose = "run a model on arrays and write its outputs",
    .usage = "MODEL --input X.npy -o Y.npy [options]",
    .paragraphs =
        (const char *const[]){"Writes the outputs with the samples along their first axis, in the model's own type.",
                              NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {NULL, force_option, 0},
                                            {"data", split_option, offsetof(struct settings, run)},
                                            {NULL, label_option, offsetof(struct settings, data)},
                                            {NULL, sampling_options, offsetof(struct settings, run)},
                                            {"scaling", scaling_options, offsetof(struct settings, data)},
                                            {"arithmetic", kernel_options, offsetof(struct settings, run)},
                                            {NULL, threads_option, offsetof(struct settings, run)},
                                            {"model and output", model_options, 0},
                                            {NULL, answer_options, 0},
                                            {0}},
    .examples =
        (const struct example[]){
            {"The first five test samples of a folder.",
             "octet run examples/mnist/mnist_cnn_k2.h5 --input examples/mnist --limit 5 -o y.npy", true},
            {"Every intermediate tensor of one sample.",
             "octet run examples/mnist/mnist_cnn_k2.h5 --input examples/mnist --limit 1 --dump tensors", true},
            {"An array through a quantized model, its outputs as real numbers.",
             "octet run model.tflite --input x.npy --real -o y.npy", false},
            {"A model with two inputs.", "octet run two_inputs.h5 --input left=a.npy,right=b.npy -o y.npy", false},
            {0}},
    .see_also = (const char *const[]){"evaluate", "inspect", NULL},
    .documents = (const char *const[]){"data", NULL},
    .run = run_run,
};
