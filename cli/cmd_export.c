/* octet export. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options open;
    octet_conversion conversion;
    octet_export_options export;
    const char *output;
    bool writes_c;
};

static bool has_data(const struct settings *s) { return s->open.path != NULL || s->open.images != NULL; }

/* A float model is quantized on the way. */
static octet_status export_model(octet_context *ctx, octet_model *model, void *settings, octet_rendering as,
                                 char **out) {
    struct settings *s = settings;
    octet_model *quantized = NULL;
    octet_data *data = NULL;
    octet_status status = OCTET_OK;
    if (has_data(s)) status = take_data(ctx, &s->open);
    if (status == OCTET_OK && has_data(s)) status = octet_data_open(ctx, &s->open, &data);
    if (status == OCTET_OK && !octet_model_is_quantized(model))
        status = octet_model_quantize(ctx, model, data, &s->conversion, &quantized, NULL);
    if (status == OCTET_OK)
        status = octet_model_export_c(ctx, quantized != NULL ? quantized : model, data, s->output, &s->export, as, out);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, quantized);
    return status;
}

static void join_words(char *line, size_t size, int argc, char **argv) {
    size_t used = (size_t)snprintf(line, size, "octet export");
    for (int i = 0; i < argc && used < size; i++) used += (size_t)snprintf(line + used, size - used, " %s", argv[i]);
}

static int run_export(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT,
                         .open = OCTET_OPEN_OPTIONS_INIT,
                         .conversion = OCTET_CONVERSION_INIT,
                         .export = OCTET_EXPORT_OPTIONS_INIT};
    char line[1000];
    int code;
    join_words(line, sizeof line, argc, argv);
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (!s.writes_c) return complain(EXIT_USAGE, "export: say what to write: --c");
    if (s.output == NULL) return complain(EXIT_USAGE, "export: the folder to write is missing (-o DIR)");
    const char *data = s.open.path != NULL ? s.open.path : "";
    if (!reads_input_once(self, (const char *const[]){s.common.model, data, NULL})) return EXIT_USAGE;
    s.export.command = line;
    s.conversion.progress = progress_bar();
    return print_report(&s.common, export_model);
}

#define IN(member) offsetof(struct settings, member)

static const struct option options[] = {
    {"--c", 0, NULL, OPTION_FLAG, IN(writes_c), 0,
     "write C99: NAME.h, NAME.c, NAME_weights.c, NAME_selftest.c, Makefile, CMakeLists.txt"},
    {"--output", 'o', "DIR", OPTION_TEXT, IN(output), 0, "the folder to write; complete or not at all"},
    {"--name", 0, "NAME", OPTION_TEXT, IN(export.name), 0,
     "the prefix of all files and symbols, a C identifier (default: from the name of the model's file)"},
    {"--force", 0, NULL, OPTION_FLAG, IN(export.replace), 0,
     "write into a folder that exists: files of the same names are replaced, others stay"},
    {"--vectors", 0, "N", OPTION_COUNT, IN(export.n_vectors), 0,
     "how many inputs and outputs stand in the self-test (default 4; together at most 1 MiB)"},
    {"--no-verify", 0, NULL, OPTION_FLAG, IN(export.no_verify), 0,
     "do not compile what is written, run it here and compare it with octet"},
    {"--verify-samples", 0, "N", OPTION_COUNT, IN(export.n_samples), 0,
     "how many samples that comparison takes (default 100; together at most 1 MiB)"},
    {0}};

const struct command command_export = {
    .name = "export",
    .purpose = "write a model as C for microcontrollers",
    .usage = "MODEL --c -o DIR [--name NAME] [--data DATA] [options]",
    .paragraphs =
        (const char *const[]){"The C needs no library, no allocation and no float, keeps all intermediate results in "
                              "one arena that the caller gives it, and computes the bytes of 'octet run --numerics "
                              "integer'. It is compiled and run here, with $CC, cc, gcc or clang, and compared with "
                              "octet before the folder appears.",
                              "A float model is quantized on the way; that needs samples (`--data`). They also become "
                              "the inputs of the self-test, which are made up otherwise.",
                              NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {"data", source_options, IN(open)},
                                            {"scaling", scaling_options, IN(open)},
                                            {"model", model_options, 0},
                                            {NULL, json_option, 0},
                                            {0}},
    .examples = (const struct example[]){{"A Keras model, quantized and exported.",
                                          "octet export examples/mnist/mnist_fc_k2.h5 --data examples/mnist --c "
                                          "--name mnist_fc -o mnist_fc",
                                          false},
                                         {"The functions of a quantized model, to look at.",
                                          "octet export model.tflite --c -o model", false},
                                         {0}},
    .see_also = (const char *const[]){"quantize", "check", "run", NULL},
    .documents = (const char *const[]){"device", NULL},
    .run = run_export,
};
