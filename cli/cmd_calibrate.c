/* octet calibrate. */
#include <stddef.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options open;
    octet_conversion conversion;
    octet_run_options run;
    const char *output;
};

static octet_status gather(octet_context *ctx, const octet_model *model, octet_data *data, const struct settings *s,
                           octet_rendering as, char **out) {
    octet_statistics *statistics = NULL;
    octet_status status = octet_statistics_create(ctx, model, &statistics);
    if (status == OCTET_OK) status = octet_statistics_add_data(ctx, statistics, model, data, &s->conversion);
    if (status == OCTET_OK) status = octet_statistics_render(ctx, statistics, shown_output(s->output), as, out);
    if (status == OCTET_OK) status = octet_statistics_save(ctx, statistics, s->output);
    octet_statistics_destroy(ctx, statistics);
    return status;
}

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    struct settings *s = settings;
    octet_data *data = NULL;
    octet_status status = octet_model_check_output(ctx, model, s->output);
    if (status == OCTET_OK) status = take_data(ctx, &s->open);
    if (status == OCTET_OK) status = octet_data_open(ctx, &s->open, &data);
    if (status == OCTET_OK) status = gather(ctx, model, data, s, as, out);
    octet_data_close(ctx, data);
    return status;
}

static int run_calibrate(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT,
                         .open = OCTET_OPEN_OPTIONS_INIT,
                         .conversion = OCTET_CONVERSION_INIT,
                         .run = OCTET_RUN_OPTIONS_INIT};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (s.output == NULL) return complain(EXIT_USAGE, "calibrate: the file to write is missing (-o OUT.oct)");
    if (s.open.path == NULL && s.open.images == NULL)
        return complain(EXIT_USAGE, "calibrate: the data are missing (--data)");
    const struct input_name inputs[] = {{"--data", s.open.path},
                                        {"--images", s.open.images},
                                        {"--labels", s.open.labels},
                                        {"--columns", s.open.columns},
                                        {"--indices", s.conversion.indices},
                                        {"--architecture", s.common.load.architecture},
                                        {"the model", s.common.model},
                                        {0}};
    if ((code = take_output(self, &s.common, "-o", &s.output, false)) != EXIT_YES) return code;
    if (!keeps_inputs(self, s.output, inputs)) return EXIT_USAGE;
    if (!may_replace(self, s.output, OUTPUT_SAVED, s.common.force)) return EXIT_USAGE;
    if (!reads_input_once(self, (const char *const[]){s.common.model, s.open.path, NULL})) return EXIT_USAGE;
    s.conversion.looks_at_samples = true;
    s.conversion.n_threads = s.run.n_threads;
    s.conversion.progress = progress_bar(&s.common);
    return print_report(&s.common, report);
}

#define IN(member) offsetof(struct settings, member)

static const struct option options[] = {
    {"--output", 'o', "FILE", OPTION_TEXT, IN(output), 0, "the calibration file to write, as a rule NAME.oct"},
    {"--calibration", 0, "HOW", OPTION_TEXT, IN(conversion.calibration), 0,
     "gather what this way to choose ranges reads: {calibration}; auto gathers for all of them, and every file serves "
     "minmax"},
    {"--strict-tensorflow", 0, NULL, OPTION_FLAG, IN(conversion.strict_tensorflow), 0,
     "gather for `octet quantize --strict-tensorflow`: LSTMs keep their state from sample to sample"},
    {0}};

const struct command command_calibrate = {
    .name = "calibrate",
    .purpose = "run calibration samples, or a part of them, and save what quantize needs of them",
    .usage = "MODEL --data DATA [--shard K/N] -o OUT.oct [options]",
    .paragraphs =
        (const char *const[]){
            "Runs the model over calibration samples, chosen as `octet quantize` chooses them, and writes what its "
            "activations held into a calibration file. `octet quantize --calibration FILE` makes of it the file that "
            "it makes of the samples, to the last byte.",
            "With `--shard 3/16` this process takes the third of 16 blocks of the chosen samples. Processes on any "
            "number of machines make the parts, `octet merge` puts them together, in any order.",
            NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {NULL, force_option, 0},
                                            {NULL, conversion_shard_option, IN(conversion)},
                                            {"samples", choice_options, IN(conversion)},
                                            {"data", source_options, IN(open)},
                                            {NULL, label_option, IN(open)},
                                            {"scaling", scaling_options, IN(open)},
                                            {"model and output", model_options, 0},
                                            {NULL, threads_option, IN(run)},
                                            {NULL, answer_options, 0},
                                            {0}},
    .examples =
        (const struct example[]){
            {"Two processes, each with its half of the samples, and what comes of it.",
             "octet calibrate examples/mnist/mnist_fc_k2.h5 --data examples/mnist --samples all --shard 1/2 -o "
             "part1.oct",
             true},
            {NULL,
             "octet calibrate examples/mnist/mnist_fc_k2.h5 --data examples/mnist --samples all --shard 2/2 -o "
             "part2.oct",
             true},
            {NULL, "octet merge part1.oct part2.oct -o all.oct", true},
            {"Part of a Slurm job array of 16.",
             "octet calibrate model.h5 --data photos/ --samples all --shard $SLURM_ARRAY_TASK_ID/16 -o "
             "part$SLURM_ARRAY_TASK_ID.oct",
             false},
            {0}},
    .see_also = (const char *const[]){"merge", "quantize", NULL},
    .documents = (const char *const[]){"scale-out", "data", NULL},
    .run = run_calibrate,
};
