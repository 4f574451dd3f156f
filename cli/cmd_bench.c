/* octet bench. */
#include <stddef.h>

#include "command.h"

struct settings {
    struct common common;
    octet_run_options run;
    double seconds;
};

static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    struct settings *s = settings;
    return octet_model_bench(ctx, model, s->seconds, &s->run, as, out);
}

static int run_bench(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT, .run = OCTET_RUN_OPTIONS_INIT, .seconds = 1.0};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (!(s.seconds > 0.0 && s.seconds <= 3600.0))
        return complain(EXIT_USAGE, "bench: --seconds: %g is not between 0 and 3600", s.seconds);
    return print_report(&s.common, report);
}

static const struct option options[] = {
    {"--seconds", 0, "S", OPTION_NUMBER, offsetof(struct settings, seconds), 0, "measure for S seconds (default 1)"},
    {"--threads", 0, "N", OPTION_THREADS, offsetof(struct settings, run.n_threads), 0,
     "spread the work of one run over N threads (default 1)"},
    {0}};

const struct command command_bench = {
    .name = "bench",
    .purpose = "time a model and each of its operators",
    .usage = "MODEL [options]",
    .paragraphs = (const char *const[]){"Runs one sample at a time on made-up input. Prints the time of a run, then "
                                        "time, share and kernel of every operator, and the memory that they take.",
                                        NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {"arithmetic", kernel_options, offsetof(struct settings, run)},
                                            {"model and output", model_options, 0},
                                            {NULL, answer_options, 0},
                                            {0}},
    .examples = (const struct example[]){{"Measure a bundled model for a fifth of a second.",
                                          "octet bench examples/mnist/mnist_cnn_k2.h5 --seconds 0.2", false},
                                         {"Measure two threads, for a program to read.",
                                          "octet bench model.tflite --threads 2 --json", false},
                                         {0}},
    .see_also = (const char *const[]){"inspect", "evaluate", NULL},
    .documents = (const char *const[]){"performance", NULL},
    .run = run_bench,
};
