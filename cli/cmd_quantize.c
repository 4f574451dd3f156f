#include <math.h>

#include "command.h"

struct settings {
    octet_load_options load;
    octet_open_options open;
    octet_conversion conversion;
    octet_run_options options;
    const char *output, *test;
    bool json, no_evaluate, has_max_drop;
    double max_drop;
};

static void add_options(struct parser *parser, struct settings *s) {
    octet_conversion *c = &s->conversion;
    add_option(parser,
               (struct option_spec){"--output", 'o', "FILE", "the .tflite to write", OPTION_TEXT, &s->output, NULL});
    add_data_options(parser, &s->open, true);
    add_option(parser,
               (struct option_spec){"--test", 0, "DATA", "evaluate on these data instead of the test split of --data",
                                    OPTION_TEXT, &s->test, NULL});
    add_option(parser, (struct option_spec){"--samples", 0, "N|all",
                                            "calibration samples from the training split (default 100)", OPTION_SAMPLES,
                                            c, NULL});
    add_option(parser, (struct option_spec){"--seed", 0, "S", "which samples are drawn (default 0)", OPTION_COUNT,
                                            &c->seed, NULL});
    add_option(parser,
               (struct option_spec){"--indices", 0, "FILE", "calibrate on these: a JSON array, or one index a line",
                                    OPTION_TEXT, &c->indices, NULL});
    add_option(parser, (struct option_spec){"--mode", 0, "MODE", "int8 (default), int16x8, dynamic, float16 or float32",
                                            OPTION_TEXT, &c->mode, NULL});
    add_option(parser, (struct option_spec){"--input-type", 0, "TYPE", "int8 (default), uint8 or float32", OPTION_TEXT,
                                            &c->input_type, NULL});
    add_option(parser, (struct option_spec){"--output-type", 0, "TYPE", "int8 (default), uint8 or float32", OPTION_TEXT,
                                            &c->output_type, NULL});
    add_option(parser, (struct option_spec){"--per-tensor-dense", 0, NULL, "one scale for all weights of a dense layer",
                                            OPTION_FLAG, &c->per_tensor_dense, NULL});
    add_option(parser, (struct option_spec){"--per-tensor", 0, NULL, "one scale for all weights of any layer",
                                            OPTION_FLAG, &c->per_tensor, NULL});
    add_option(parser,
               (struct option_spec){"--target", 0, "NAME",
                                    "litert (default), tflm, tflm-2023, cmsis-nn or edgetpu: sets what it needs",
                                    OPTION_TEXT, &c->target, NULL});
    add_option(parser, (struct option_spec){"--strict-tensorflow", 0, NULL,
                                            "what TensorFlow's converter writes, also where octet knows better",
                                            OPTION_FLAG, &c->strict_tensorflow, NULL});
    add_option(parser, (struct option_spec){"--no-evaluate", 0, NULL, "write the file and be done", OPTION_FLAG,
                                            &s->no_evaluate, NULL});
    add_option(parser,
               (struct option_spec){"--max-drop", 0, "P", "exit with 1 when the accuracy falls by more than P points",
                                    OPTION_NUMBER, &s->max_drop, &s->has_max_drop});
    add_run_options(parser, &s->options);
    add_threads_option(parser, &s->options.n_threads);
    add_architecture_option(parser, &s->load);
    add_json_option(parser, &s->json);
}

static octet_status judge(octet_context *ctx, const struct settings *s, octet_model *model, octet_model *quantized,
                          octet_data *data, const octet_calibration *calibration, char **text, double *drop) {
    octet_verdict *verdict = NULL;
    octet_data *test = NULL;
    octet_status status = OCTET_OK;
    if (s->test != NULL) {
        octet_open_options open = s->open;
        open.path = s->test;
        open.images = open.labels = NULL;
        status = octet_data_open(ctx, &open, &test);
    }
    if (status == OCTET_OK)
        status = octet_compare(ctx, model, quantized, test != NULL ? test : data, calibration, &s->options, &verdict);
    if (status == OCTET_OK)
        status = octet_verdict_render(ctx, verdict, s->output, s->json ? OCTET_AS_JSON : OCTET_AS_TEXT, text);
    if (status == OCTET_OK) *drop = octet_verdict_drop(verdict);
    octet_verdict_destroy(ctx, verdict);
    octet_data_close(ctx, test);
    return status;
}

static int run_quantize(const struct command *self, int argc, char **argv) {
    struct settings s = {.load = OCTET_LOAD_OPTIONS_INIT,
                         .open = OCTET_OPEN_OPTIONS_INIT,
                         .conversion = OCTET_CONVERSION_INIT,
                         .options = OCTET_RUN_OPTIONS_INIT};
    struct parser parser = {.min_positional = 1, .max_positional = 1};
    int code;
    add_options(&parser, &s);
    if (!parse(self, &parser, argc, argv, &code)) return code;
    const bool has_data = s.open.path != NULL || s.open.images != NULL,
               evaluates = !s.no_evaluate && (has_data || s.test != NULL);
    if (s.output == NULL) return complain(EXIT_USAGE, "quantize: the file to write is missing (-o OUT.tflite)");
    if (s.has_max_drop && s.no_evaluate)
        return complain(EXIT_USAGE, "quantize: --max-drop needs the evaluation that --no-evaluate leaves out");
    if (s.has_max_drop && !evaluates)
        return complain(EXIT_USAGE, "quantize: --max-drop needs samples to evaluate on (--data or --test)");
    if (s.test != NULL && s.open.labels != NULL)
        return complain(
            EXIT_USAGE,
            "quantize: --labels belong to the samples of --data, and --test takes their place in the evaluation; "
            "give --test an .npz or a folder that holds its labels");
    s.conversion.n_threads = s.options.n_threads;
    s.conversion.progress = s.options.progress = progress_bar();

    octet_context *ctx = NULL;
    octet_model *model = NULL, *quantized = NULL;
    octet_data *data = NULL;
    octet_calibration calibration = {0};
    char *text = NULL;
    double drop = 0.0;
    if (octet_context_create(&ctx) != OCTET_OK) return fail(ctx);
    octet_status status = octet_model_load(ctx, parser.positional[0], &s.load, &model);
    if (status == OCTET_OK && has_data) status = octet_data_open(ctx, &s.open, &data);
    if (status == OCTET_OK) status = octet_model_check_output(ctx, model, s.output);
    if (status == OCTET_OK) status = octet_model_quantize(ctx, model, data, &s.conversion, &quantized, &calibration);
    if (status == OCTET_OK && evaluates) status = judge(ctx, &s, model, quantized, data, &calibration, &text, &drop);
    const bool cannot_judge = s.has_max_drop && isnan(drop);
    /* After the evaluation: data that turn out to be corrupt on the way, or to say nothing of the accuracy, leave no
     * file behind. */
    if (status == OCTET_OK && !cannot_judge) status = octet_model_write(ctx, quantized, s.output);
    if (status == OCTET_OK && !evaluates)
        status = octet_model_receipt(ctx, quantized, s.output, s.json ? OCTET_AS_JSON : OCTET_AS_TEXT, &text);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) return fail(ctx);
    if (text != NULL) print_text(ctx, text);
    if (cannot_judge) {
        complain(0, "quantize: --max-drop: the outputs are numbers, not classes: there is no accuracy that could fall; "
                    "nothing is written");
        return finish(ctx, EXIT_USAGE);
    }
    if (s.has_max_drop && drop > s.max_drop) {
        complain(0, "the accuracy fell by %.2f points, more than --max-drop %g", drop, s.max_drop);
        return finish(ctx, EXIT_NO);
    }
    return finish(ctx, EXIT_YES);
}

const struct command command_quantize = {
    .name = "quantize",
    .purpose = "a full-integer .tflite from a float model, and what that cost",
    .arguments = "MODEL --data DATA -o OUT.tflite [options]",
    .details = "Calibrates on training samples, quantizes, writes the file, then runs both models on the test samples "
               "and prints\n"
               "the verdict. MODEL: .h5, .keras or float .tflite. One of quantization-aware training has its ranges "
               "and needs no --data.\n",
    .examples = "  octet quantize examples/mnist/mnist_fc_k2.h5 --data examples/mnist -o model.tflite\n"
                "  octet quantize model.h5 --data photos/ --preprocess teachable-machine -o model.tflite\n"
                "  octet quantize model.h5 --data mnist.npz --max-drop 0.5 --json -o model.tflite\n"
                "  octet quantize model.keras --data calibration.npy --test test.npy --mode int16x8 -o model.tflite\n",
    .run = run_quantize,
};
