/* octet export. */
#include <stddef.h>
#include <string.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options open;
    octet_conversion conversion;
    octet_export_options export;
    octet_artifacts_options artifacts;
    const char *output, *artifacts_path, *c_array;
    bool writes_c;
};

static octet_status write_model(octet_context *ctx, const octet_model *model, const octet_data *data,
                                const struct settings *s, octet_rendering as, char **out) {
    if (s->c_array != NULL) return octet_model_export_c_array(ctx, model, s->export.name, s->c_array);
    if (s->artifacts_path != NULL)
        return octet_model_export_artifacts(ctx, model, data, s->artifacts_path, &s->artifacts, as, out);
    return octet_model_export_c(ctx, model, data, s->output, &s->export, as, out);
}

/* A float model is quantized on the way. */
static octet_status export_model(octet_context *ctx, octet_model *model, void *settings, octet_rendering as,
                                 char **out) {
    struct settings *s = settings;
    octet_model *quantized = NULL;
    octet_data *data = NULL;
    octet_status status = quantize_first(ctx, model, &s->open, &s->conversion, s->c_array == NULL, &data, &quantized);
    if (status == OCTET_OK) status = write_model(ctx, quantized != NULL ? quantized : model, data, s, as, out);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, quantized);
    return status;
}

enum job { JOB_C = 1, JOB_ARTIFACTS = 2, JOB_C_ARRAY = 4 };

/* What the options are about that are not about everything. */
static const struct {
    const char *option;
    int jobs;
} scopes[] = {{"--output", JOB_C},        {"--name", JOB_C | JOB_C_ARRAY},  {"--vectors", JOB_C | JOB_ARTIFACTS},
              {"--no-verify", JOB_C},     {"--verify-samples", JOB_C},      {"--stateful", JOB_C},
              {"--cmsis-nn", JOB_C},      {"--names", JOB_ARTIFACTS},       {"--chw", JOB_ARTIFACTS},
              {"--limit", JOB_ARTIFACTS}, {"--json", JOB_C | JOB_ARTIFACTS}};

static bool is_about(const struct option *option, enum job job) {
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
        if (strcmp(option->name, scopes[i].option) == 0) return (scopes[i].jobs & (int)job) != 0;
    return true;
}

/* False, after a complaint, when an option was given that would change nothing. */
static bool uses_options(const struct command *self, const struct settings *s) {
    const enum job job = s->writes_c ? JOB_C : s->artifacts_path != NULL ? JOB_ARTIFACTS : JOB_C_ARRAY;
    const char *const names[] = {[JOB_C] = "--c", [JOB_ARTIFACTS] = "--artifacts", [JOB_C_ARRAY] = "--c-array"};
    const bool compares = job == JOB_C && !s->export.no_verify && !s->export.uses_cmsis_nn;
    for (const struct option_group *group = self->groups; group->options != NULL; group++)
        for (const struct option *option = group->options; option->name != NULL; option++)
            if (!is_about(option, job) && is_given(option, (const char *)s + group->offset)) {
                complain(0, "export: %s does not go with %s", option->name, names[job]);
                return false;
            }
    if (s->export.n_samples > 0 && !compares) {
        complain(0, "export: --verify-samples: nothing is compared with %s",
                 s->export.no_verify ? "--no-verify" : "--cmsis-nn");
        return false;
    }
    return has_samples_for(self, &s->open);
}

static int run_export(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT,
                         .open = OCTET_OPEN_OPTIONS_INIT,
                         .conversion = OCTET_CONVERSION_INIT,
                         .export = OCTET_EXPORT_OPTIONS_INIT,
                         .artifacts = OCTET_ARTIFACTS_OPTIONS_INIT};
    char line[MOST_COMMAND];
    int code;
    keep_command_line(self, argc, argv, line);
    if (!parse(self, argc, argv, &s, &code)) return code;
    const int n_jobs = s.writes_c + (s.artifacts_path != NULL) + (s.c_array != NULL);
    if (n_jobs == 0) return complain(EXIT_USAGE, "export: say what to write: --c, --artifacts DIR or --c-array FILE");
    if (n_jobs > 1) return complain(EXIT_USAGE, "export: --c, --artifacts and --c-array exclude each other");
    if (s.writes_c && s.output == NULL) return complain(EXIT_USAGE, "export: the folder to write is missing (-o DIR)");
    if (!uses_options(self, &s)) return EXIT_USAGE;
    const char *data = s.open.path != NULL ? s.open.path : "";
    if (!reads_input_once(self, (const char *const[]){s.common.model, data, NULL})) return EXIT_USAGE;
    const struct input_name inputs[] = {{"--data", data},
                                        {"--images", s.open.images},
                                        {"--labels", s.open.labels},
                                        {"--columns", s.open.columns},
                                        {"the model", s.common.model},
                                        {0}};
    if ((code = take_output(self, &s.common, "--c-array", &s.c_array, true)) != EXIT_YES) return code;
    if (!keeps_inputs(self, s.c_array, inputs)) return EXIT_USAGE;
    if (!may_replace(self, s.c_array, OUTPUT_C_ARRAY, s.common.force)) return EXIT_USAGE;
    s.artifacts.command = s.export.command = line[0] != '\0' ? line : NULL;
    s.artifacts.replace = s.export.replace = s.common.force;
    s.artifacts.n_vectors = s.export.n_vectors;
    s.artifacts.progress = progress_bar(&s.common);
    s.conversion.progress = progress_bar(&s.common);
    return print_report(&s.common, export_model);
}

#define IN(member) offsetof(struct settings, member)

static const struct option options[] = {
    {"--c", 0, NULL, OPTION_FLAG, IN(writes_c), 0,
     "write C99: NAME.h, NAME.c, NAME_weights.c, NAME_selftest.c, Makefile, CMakeLists.txt"},
    {"--output", 'o', "DIR", OPTION_TEXT, IN(output), 0, "the folder to write; complete or not at all"},
    {"--artifacts", 0, "DIR", OPTION_TEXT, IN(artifacts_path), 0,
     "write plain files to DIR: weights and biases as .bin, .npy, .mem, .coe and .mif, scales as JSON and macros, "
     "golden "
     "vectors, test images, a README"},
    {"--c-array", 0, "FILE", OPTION_TEXT, IN(c_array), 0,
     "write the .tflite itself as a C array: aligned, with length and hash (`-`: to standard output)"},
    {"--name", 0, "NAME", OPTION_TEXT, IN(export.name), 0,
     "the prefix of all files and symbols, a C identifier (default: from the name of the model's file)"},
    {"--vectors", 0, "N", OPTION_COUNT_FROM_1, IN(export.n_vectors), 0,
     "how many inputs and outputs stand in the self-test, or golden vectors in files (default 4; in the self-test at "
     "most "
     "1 MiB)"},
    {"--no-verify", 0, NULL, OPTION_FLAG, IN(export.no_verify), 0,
     "do not compile what is written, run it here and compare it with octet"},
    {"--verify-samples", 0, "N", OPTION_COUNT_FROM_1, IN(export.n_samples), 0,
     "how many samples that comparison takes (default 100; together at most 1 MiB)"},
    {"--stateful", 0, NULL, OPTION_FLAG, IN(export.keeps_state), 0,
     "of `--c`: the state of LSTM layers goes on from run to run (a Keras file says so itself)"},
    {"--cmsis-nn", 0, NULL, OPTION_FLAG, IN(export.uses_cmsis_nn), 0,
     "of `--c`: call CMSIS-NN, which you have, for the operators that it has; 'make check CMSIS_NN=FOLDER' compares "
     "the result with octet's"},
    {"--names", 0, "HOW", OPTION_TEXT, IN(artifacts.names), 0,
     "of `--artifacts`: how layers are counted: {layer names}; layer gives conv0, fc1, fc2, kind gives conv0, fc0, "
     "fc1"},
    {"--chw", 0, NULL, OPTION_FLAG, IN(artifacts.planar), 0,
     "of `--artifacts`: maps as [C,H,W], and so the columns of a dense layer behind a Flatten"},
    {"--limit", 0, "N", OPTION_COUNT_FROM_1, IN(artifacts.limit), 0,
     "of `--artifacts`: take at most N samples (default 1000): test images, and what rounding once is measured on"},
    {"--per-tensor", 0, NULL, OPTION_FLAG, IN(conversion.per_tensor), 0,
     "where the model is quantized on the way: one scale for all weights of a layer"},
    {0}};

const struct command command_export = {
    .name = "export",
    .purpose = "write a model as C for microcontrollers, or as plain files",
    .usage = "MODEL --c -o DIR | --artifacts DIR | --c-array FILE [--data DATA] [options]",
    .paragraphs =
        (const char *const[]){"The C needs no library, no allocation and, but for float32 inputs and outputs, no "
                              "float, keeps all intermediate results in "
                              "one arena that the caller gives it, and computes the bytes of 'octet run --numerics "
                              "integer'. It is compiled and run here, with $CC, cc, gcc or clang, and compared with "
                              "octet before the folder appears.",
                              "A float model is quantized on the way; that needs samples (`--data`). They also become "
                              "the inputs of the self-test, which are made up otherwise.",
                              "`--artifacts` writes what programs written by hand take: a file for the weights and "
                              "one for the biases of each layer, also as memory images for FPGA tools, the parameters, "
                              "and golden vectors in both roundings, the one of simple kernels and that of TFLite. Its "
                              "README derives the arithmetic with the model's own numbers.",
                              NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {NULL, force_option, 0},
                                            {"data", source_options, IN(open)},
                                            {NULL, label_option, IN(open)},
                                            {"scaling", scaling_options, IN(open)},
                                            {"model", model_options, 0},
                                            {NULL, answer_options, 0},
                                            {0}},
    .examples = (const struct example[]){{"A Keras model, quantized and exported.",
                                          "octet export examples/mnist/mnist_fc_k2.h5 --data examples/mnist --c "
                                          "--name mnist_fc -o mnist_fc",
                                          false},
                                         {"The functions of a quantized model, to look at.",
                                          "octet export model.tflite --c -o model", false},
                                         {"The files of a course: conv0_W.bin, fc1_b.bin, quant_params.h, ...",
                                          "octet export examples/mnist/mnist_cnn_k2.h5 --data examples/mnist "
                                          "--artifacts cnn_int8 --per-tensor --chw",
                                          true},
                                         {"The file itself in C, for tflite-micro.",
                                          "octet export model.tflite --c-array model_data.c --name model_data", false},
                                         {0}},
    .see_also = (const char *const[]){"quantize", "explain", "check", "run", NULL},
    .documents = (const char *const[]){"device", "artifacts", NULL},
    .run = run_export,
};
