/* octet evaluate. */
#include <stddef.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options open;
    octet_run_options run;
    struct report_settings page;
    bool with_confusion;
    const char *output;
};

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    struct settings *s = settings;
    octet_data *data = NULL;
    octet_evaluation *evaluation = NULL;
    octet_status status = take_data(ctx, &s->open);
    if (status == OCTET_OK && s->page.path != NULL) status = octet_model_check_output(ctx, model, s->page.path);
    if (status == OCTET_OK && s->output != NULL) status = octet_model_check_output(ctx, model, s->output);
    if (status == OCTET_OK) status = octet_data_open(ctx, &s->open, &data);
    if (status == OCTET_OK) status = octet_evaluate(ctx, model, data, &s->run, &evaluation);
    if (status == OCTET_OK) status = octet_evaluation_render(ctx, evaluation, s->with_confusion, as, out);
    octet_report page = OCTET_REPORT_INIT;
    page.model = model;
    page.data = data;
    page.evaluation = evaluation;
    page.run = &s->run;
    if (status == OCTET_OK) status = write_page(ctx, &s->page, &page);
    if (status == OCTET_OK && s->output != NULL) status = octet_evaluation_save(ctx, evaluation, s->output);
    octet_evaluation_destroy(ctx, evaluation);
    octet_data_close(ctx, data);
    return status;
}

static int run_evaluate(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT, .open = OCTET_OPEN_OPTIONS_INIT, .run = OCTET_RUN_OPTIONS_INIT};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (s.open.path == NULL && s.open.images == NULL)
        return complain(EXIT_USAGE, "evaluate: the data are missing (--data)");
    if (!reads_input_once(self, (const char *const[]){s.common.model, s.open.path, NULL})) return EXIT_USAGE;
    const struct input_name inputs[] = {{"--data", s.open.path},
                                        {"--images", s.open.images},
                                        {"--labels", s.open.labels},
                                        {"--columns", s.open.columns},
                                        {"--architecture", s.common.load.architecture},
                                        {"the model", s.common.model},
                                        {0}};
    if ((code = take_output(self, &s.common, "-o", &s.output, false)) != EXIT_YES) return code;
    if (!keeps_inputs(self, s.output, inputs)) return EXIT_USAGE;
    if (!may_replace(self, s.output, OUTPUT_SAVED, s.common.force)) return EXIT_USAGE;
    if ((code = can_report(self, &s.common, &s.page, inputs)) != EXIT_YES) return code;
    if (s.run.n_parts > 1 && s.page.path != NULL)
        return complain(EXIT_USAGE, "evaluate: --report shows all samples, and --shard runs a part of them: leave one "
                                    "of them away");
    if (s.page.path != NULL && s.output != NULL && is_one_output(s.page.path, s.output))
        return complain(EXIT_USAGE, "evaluate: %s: -o and --report need a file each", s.output);
    keep_command_line(self, argc, argv, s.page.command);
    s.run.progress = progress_bar(&s.common);
    return print_report(&s.common, report);
}

static const struct option options[] = {{"--output", 'o', "FILE", OPTION_TEXT, offsetof(struct settings, output), 0,
                                         "also save the evaluation, as a rule as NAME.oct, for `octet merge`"},
                                        {"--confusion", 0, NULL, OPTION_FLAG, offsetof(struct settings, with_confusion),
                                         0, "also print the confusion matrix and the recall of every class"},
                                        {0}};

const struct command command_evaluate = {
    .name = "evaluate",
    .purpose = "measure the accuracy and loss of a model, float or quantized",
    .usage = "MODEL --data DATA [options]",
    .paragraphs =
        (const char *const[]){
            "Runs the model over the test samples and compares its first output with the labels. `MODEL` is a Keras "
            ".h5 or .keras file, a SavedModel folder of Keras 2 or a .tflite. Labels that are class numbers give "
            "accuracy and loss, labels that are "
            "numbers give the mean absolute and the root mean square error.",
            NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {NULL, report_options, offsetof(struct settings, page)},
                                            {NULL, shard_option, offsetof(struct settings, run)},
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
            {"A bundled float model on all test samples.",
             "octet evaluate examples/mnist/mnist_fc_k2.h5 --data examples/mnist", true},
            {"Which classes are mistaken for which, among the first 1000 samples.",
             "octet evaluate examples/mnist/mnist_cnn_k2.h5 --data examples/mnist --limit 1000 --confusion", true},
            {"A quantized model whose input is cast as numpy's astype does.",
             "octet evaluate model.tflite --data examples/mnist --input-rounding truncate", false},
            {"The third of 16 parts, for octet merge.",
             "octet evaluate model.tflite --data photos/ --shard 3/16 -o part3.oct", false},
            {"Your own samples, scaled as in training.",
             "octet evaluate model.h5 --images x.npy --labels y.npy --mean 0.13 --std 0.31", false},
            {0}},
    .see_also = (const char *const[]){"quantize", "run", "merge", NULL},
    .documents = (const char *const[]){"data", "scale-out", NULL},
    .run = run_evaluate,
};
