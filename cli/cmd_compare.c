/* octet compare. */
#include <stddef.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options open;
    octet_run_options run;
    struct report_settings page;
    bool with_all;
};

/* The page begins with the verdict on the two. */
static octet_status write_report(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                                 const octet_layers *layers, octet_data *data, const struct settings *s) {
    octet_verdict *verdict = NULL;
    octet_report page = OCTET_REPORT_INIT;
    if (s->page.path == NULL) return OCTET_OK;
    octet_status status = octet_compare(ctx, original, quantized, data, NULL, &s->run, &verdict);
    page.model = original;
    page.quantized = quantized;
    page.data = data;
    page.verdict = verdict;
    page.layers = layers;
    page.run = &s->run;
    if (status == OCTET_OK) status = write_page(ctx, &s->page, &page);
    octet_verdict_destroy(ctx, verdict);
    return status;
}

static octet_status compare(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                            struct settings *s, octet_rendering as, char **out) {
    octet_data *data = NULL;
    octet_layers *layers = NULL;
    octet_status status = take_data(ctx, &s->open);
    if (status == OCTET_OK) status = octet_data_open(ctx, &s->open, &data);
    if (status == OCTET_OK) status = octet_compare_layers(ctx, original, quantized, data, &s->run, &layers);
    if (status == OCTET_OK) status = octet_layers_render(ctx, layers, s->with_all, as, out);
    if (status == OCTET_OK) status = write_report(ctx, original, quantized, layers, data, s);
    octet_layers_destroy(ctx, layers);
    octet_data_close(ctx, data);
    return status;
}

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    struct settings *s = settings;
    octet_model *quantized = NULL;
    octet_status status = load_model(ctx, s->common.other, NULL, &quantized);
    if (status == OCTET_OK && s->page.path != NULL) status = octet_model_check_output(ctx, model, s->page.path);
    if (status == OCTET_OK) status = compare(ctx, model, quantized, s, as, out);
    octet_model_destroy(ctx, quantized);
    return status;
}

static int run_compare(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT, .open = OCTET_OPEN_OPTIONS_INIT, .run = OCTET_RUN_OPTIONS_INIT};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (s.open.path == NULL && s.open.images == NULL)
        return complain(EXIT_USAGE, "compare: the data are missing (--data)");
    if (!reads_input_once(self, (const char *const[]){s.common.model, s.common.other, s.open.path, NULL}))
        return EXIT_USAGE;
    const struct input_name inputs[] = {{"--data", s.open.path},
                                        {"--images", s.open.images},
                                        {"--labels", s.open.labels},
                                        {"--columns", s.open.columns},
                                        {"--architecture", s.common.load.architecture},
                                        {"the original", s.common.model},
                                        {"the quantized model", s.common.other},
                                        {0}};
    if ((code = can_report(self, &s.common, &s.page, inputs)) != EXIT_YES) return code;
    keep_command_line(self, argc, argv, s.page.command);
    if (s.common.csv && s.common.json) return complain(EXIT_USAGE, "compare: --json and --csv exclude each other");
    s.run.progress = progress_bar(&s.common);
    return print_report(&s.common, report);
}

static const struct option options[] = {
    {"--all", 0, NULL, OPTION_FLAG, offsetof(struct settings, with_all), 0,
     "print every layer, every flipped sample and every value without a partner"},
    {"--csv", 0, NULL, OPTION_FLAG, offsetof(struct settings, common.csv), 0,
     "print a row per layer as CSV, with the columns of TensorFlow's QuantizationDebugger first"},
    {0}};

const struct command command_compare = {
    .name = "compare",
    .purpose = "show layer by layer where a quantized model loses accuracy, and why",
    .usage = "ORIGINAL QUANTIZED --data DATA [options]",
    .takes_two = true,
    .paragraphs =
        (const char *const[]){
            "Runs the float model `ORIGINAL` (a Keras .h5 or .keras file, a SavedModel folder of Keras 2 or a float "
            ".tflite) and `QUANTIZED`, a .tflite that octet, TensorFlow or LiteRT made of it, over the same samples, "
            "and compares every value. "
            "Layers have the names that they have in the float model.",
            "SQNR is the energy of the float values over that of the error, in decibels. What a layer adds is the "
            "error that is left when the float layer computes with the numbers that the quantized one read; the rest "
            "is inherited. A step is the scale of a value. Ends are values at the least or the greatest code.",
            "The text is one screen: the layers that add the most error, each with a cause, the first layer that "
            "collapses (below 10 dB, or below 20 dB and 10 dB below what it reads), and samples whose answer flipped. "
            "`--all`, `--json` and `--csv` have every layer.",
            NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {NULL, report_options, offsetof(struct settings, page)},
                                            {NULL, force_option, 0},
                                            {"data", source_options, offsetof(struct settings, open)},
                                            {NULL, label_option, offsetof(struct settings, open)},
                                            {NULL, split_option, offsetof(struct settings, run)},
                                            {NULL, sampling_options, offsetof(struct settings, run)},
                                            {"scaling", scaling_options, offsetof(struct settings, open)},
                                            {"arithmetic", kernel_options, offsetof(struct settings, run)},
                                            {NULL, threads_option, offsetof(struct settings, run)},
                                            {"model and output", model_options, 0},
                                            {NULL, answer_options, 0},
                                            {0}},
    .examples =
        (const struct example[]){
            {"Which layers of a quantized model lose accuracy.",
             "octet quantize examples/mnist/mnist_cnn_k2.h5 --data examples/mnist --no-evaluate -o cnn.tflite", true},
            {NULL, "octet compare examples/mnist/mnist_cnn_k2.h5 cnn.tflite --data examples/mnist --limit 1000", true},
            {"A table of all layers for a spreadsheet.",
             "octet compare model.h5 model.tflite --data samples.npy --csv >layers.csv", false},
            {0}},
    .see_also = (const char *const[]){"quantize", "evaluate", "inspect", NULL},
    .documents = (const char *const[]){"accuracy", "data", NULL},
    .run = run_compare,
};
