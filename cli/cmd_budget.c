/* octet budget. */
#include <stddef.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options open;
    octet_conversion conversion;
    octet_budget_options budget;
    bool has_clock, fits;
};

/* A float model is quantized on the way. */
static octet_status report(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    struct settings *s = settings;
    octet_model *quantized = NULL;
    octet_data *data = NULL;
    octet_status status = quantize_first(ctx, model, &s->open, &s->conversion, false, &data, &quantized);
    if (status == OCTET_OK)
        status = octet_model_budget(ctx, quantized != NULL ? quantized : model, &s->budget, as, &s->fits, out);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, quantized);
    return status;
}

static int run_budget(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT,
                         .open = OCTET_OPEN_OPTIONS_INIT,
                         .conversion = OCTET_CONVERSION_INIT,
                         .budget = OCTET_BUDGET_OPTIONS_INIT};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (s.has_clock && s.budget.clock_mhz <= 0.0) return complain(EXIT_USAGE, "budget: --clock: must be above 0");
    if (!has_samples_for(self, &s.open)) return EXIT_USAGE;
    const char *data = s.open.path != NULL ? s.open.path : "";
    if (!reads_input_once(self, (const char *const[]){s.common.model, data, NULL})) return EXIT_USAGE;
    s.conversion.progress = progress_bar(&s.common);
    code = print_report(&s.common, report);
    return code == EXIT_YES && !s.fits ? EXIT_NO : code;
}

#define IN(member) offsetof(struct settings, member)

static const struct option options[] = {
    {"--flash", 0, "SIZE", OPTION_SIZE, IN(budget.flash_bytes), 0,
     "the flash that the device has for it, such as 256K (K, M and G are powers of 1024)"},
    {"--ram", 0, "SIZE", OPTION_SIZE, IN(budget.ram_bytes), 0, "the RAM that the device has for it, such as 64K"},
    {"--stateful", 0, NULL, OPTION_FLAG, IN(budget.keeps_state), 0,
     "the state of LSTM layers goes on from run to run (a Keras file says so itself)"},
    {"--clock", 0, "MHZ", OPTION_NUMBER, IN(budget.clock_mhz), IN(has_clock),
     "the clock of the device in MHz, such as 120: cycles are told as time too"},
    {0}};

const struct command command_budget = {
    .name = "budget",
    .purpose = "say what a model needs of a microcontroller",
    .usage = "MODEL [--flash SIZE] [--ram SIZE] [--data DATA] [options]",
    .paragraphs =
        (const char *const[]){"Of the C that 'octet export' writes: bytes of constants (exact) and code (an estimate, "
                              "within 15 percent of gcc -Os for a Cortex-M4), the plan of the arena, a bound of the "
                              "stack, multiplications, cycles on Cortex-M0, M4, M7 and M33 (estimates), and how layers "
                              "are grouped: those of a group hand each other rows and never keep a whole map. Then "
                              "what takes most, and what would help; beside it the arena that tflite-micro would take.",
                              "A float model is quantized first; that needs samples (`--data`).", NULL},
    .groups = (const struct option_group[]){{"options", options, 0},
                                            {"data", source_options, IN(open)},
                                            {NULL, label_option, IN(open)},
                                            {"scaling", scaling_options, IN(open)},
                                            {"model", model_options, 0},
                                            {NULL, answer_options, 0},
                                            {0}},
    .examples = (const struct example[]){{"A Keras model on a device with 256 KiB of flash and 16 KiB of RAM.",
                                          "octet budget examples/mnist/mnist_cnn_k2.h5 --data examples/mnist "
                                          "--flash 256K --ram 16K",
                                          false},
                                         {0}},
    .answer_no = "the device has less flash or RAM than is needed",
    .see_also = (const char *const[]){"export", "check", NULL},
    .documents = (const char *const[]){"device", NULL},
    .run = run_budget,
};
