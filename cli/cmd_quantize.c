/* octet quantize. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"

struct settings {
    struct common common;
    octet_open_options open;
    octet_conversion conversion;
    octet_run_options run;
    struct words keep_float, int16_layers, calibration;
    const char *calibration_file;
    struct report_settings page;
    const char *output, *test;
    bool no_evaluate;
    octet_aim aim;
    double drop, fidelity; /* out: what the accuracy fell by; signal to noise of the outputs */
    bool misses_aim;       /* out */
    bool no_test;          /* out: the data hold no samples to evaluate on */
    bool does_not_run;     /* out: on the target */
};

static bool has_data(const struct settings *s) { return s->open.path != NULL || s->open.images != NULL; }

/* "--calibration" takes a method and a file: what is no method's name, and looks like a path or is there, is a file. */
static bool is_method(const char *word) {
    struct stat file;
    const char *name;
    if (strncmp(word, "percentile=", strlen("percentile=")) == 0) return true;
    for (uint32_t i = 0; (name = octet_choice_name("calibration", i)) != NULL; i++)
        if (strcmp(word, name) == 0) return true;
    return strpbrk(word, "./") == NULL && stat(word, &file) != 0;
}

static bool sort_calibration(struct settings *s) {
    for (int i = 0; s->calibration.items[i] != NULL; i++) {
        const char *word = s->calibration.items[i];
        const char **place = is_method(word) ? &s->conversion.calibration : &s->calibration_file;
        if (*place != NULL)
            return complain(0,
                            "quantize: --calibration %s and --calibration %s: give one way to choose ranges and one "
                            "file; octet merge makes one file of many",
                            *place, word);
        *place = word;
    }
    return true;
}

static bool evaluates(const struct settings *s) {
    return !s->no_evaluate && !s->no_test && (has_data(s) || s->test != NULL);
}

static bool has_aim(const struct settings *s) { return s->aim.has_max_drop || s->aim.has_min_fidelity; }

static bool is_auto(const struct settings *s) {
    return s->conversion.recover != NULL && strcmp(s->conversion.recover, "auto") == 0;
}

/* Something is asked for that only an evaluation tells. */
static bool needs_test(const struct settings *s) { return has_aim(s) || s->page.path != NULL; }

/* No samples to evaluate on; or a drop that is wanted, but of outputs that are numbers, not classes. */
static bool cannot_judge(const struct settings *s) {
    return (needs_test(s) && s->no_test) || (s->aim.has_max_drop && isnan(s->drop));
}

static octet_status open_test(octet_context *ctx, struct settings *s, octet_data **test) {
    octet_open_options open = s->open;
    if (s->test == NULL || s->no_evaluate) return OCTET_OK;
    open.path = s->test;
    open.images = open.labels = NULL;
    octet_status status = take_data(ctx, &open);
    if (status == OCTET_OK) status = octet_data_open(ctx, &open, test);
    if (status == OCTET_OK && !octet_data_has_split(*test, "test")) s->run.split = "train";
    return status;
}

/* *verdict stays NULL where there is nothing to evaluate on. */
static octet_status make(octet_context *ctx, struct settings *s, octet_model *model, octet_data *data, octet_data *test,
                         octet_model **quantized, octet_verdict **verdict) {
    octet_calibration calibration = OCTET_CALIBRATION_INIT;
    bool is_met = false;
    if (!evaluates(s)) return octet_model_quantize(ctx, model, data, &s->conversion, quantized, &calibration);
    const octet_status status =
        octet_model_quantize_for(ctx, model, data, test, &s->conversion, &s->run, is_auto(s) ? &s->aim : NULL,
                                 quantized, &calibration, verdict, &is_met);
    if (status != OCTET_OK || is_auto(s) || data == NULL) return status;
    return octet_verdict_suggest(ctx, *verdict, model, *quantized, data, test, &s->conversion, &s->run);
}

static void look(struct settings *s, const octet_verdict *verdict) {
    s->drop = octet_verdict_drop(verdict);
    s->fidelity = octet_verdict_fidelity(verdict);
    s->misses_aim = (s->aim.has_max_drop && s->drop > s->aim.max_drop) ||
                    (s->aim.has_min_fidelity && !(s->fidelity >= s->aim.min_fidelity));
}

static octet_status check_target(octet_context *ctx, struct settings *s, const octet_model *quantized) {
    bool runs = true;
    char *text = NULL;
    const octet_status status = octet_model_check(ctx, quantized, s->conversion.target, OCTET_AS_TEXT, &runs, &text);
    octet_text_free(ctx, text);
    s->does_not_run = !runs;
    return status;
}

/* Layers of more samples than that tell nothing new, and cost a run of both models and of each layer alone. */
enum { LAYER_SAMPLES = 1000 };

static octet_status write_report(octet_context *ctx, const struct settings *s, const octet_model *model,
                                 const octet_model *quantized, octet_data *data, const octet_verdict *verdict) {
    octet_layers *layers = NULL;
    octet_report page = OCTET_REPORT_INIT;
    octet_run_options run = s->run;
    octet_status status = OCTET_OK;
    if (s->page.path == NULL || verdict == NULL || cannot_judge(s)) return OCTET_OK;
    if (run.limit == 0 || run.limit > LAYER_SAMPLES) run.limit = LAYER_SAMPLES;
    if (octet_model_is_quantized(quantized)) status = octet_compare_layers(ctx, model, quantized, data, &run, &layers);
    page.model = model;
    page.quantized = quantized;
    page.output = shown_output(s->output);
    page.data = data;
    page.verdict = verdict;
    page.layers = layers;
    page.run = &s->run;
    if (status == OCTET_OK) status = write_page(ctx, &s->page, &page);
    octet_layers_destroy(ctx, layers);
    return status;
}

static octet_status write(octet_context *ctx, struct settings *s, const octet_model *quantized,
                          const octet_verdict *verdict, octet_rendering as, char **out) {
    octet_status status = OCTET_OK;
    if (cannot_judge(s) && as == OCTET_AS_JSON) return OCTET_OK; /* that it cannot is the one object to print */
    if (verdict != NULL) status = octet_verdict_render(ctx, verdict, shown_output(s->output), as, out);
    if (cannot_judge(s)) return status;
    if (status == OCTET_OK) status = octet_model_write(ctx, quantized, s->output);
    if (status == OCTET_OK && s->conversion.target != NULL) status = check_target(ctx, s, quantized);
    if (status == OCTET_OK && verdict == NULL)
        status = octet_model_receipt(ctx, quantized, shown_output(s->output), as, out);
    return status;
}

/* The evaluation comes before the file: data that turn out to be corrupt on the way, or to say nothing of the accuracy,
 * leave no file behind. */
static octet_status quantize(octet_context *ctx, octet_model *model, void *settings, octet_rendering as, char **out) {
    struct settings *s = settings;
    octet_model *quantized = NULL;
    octet_verdict *verdict = NULL;
    octet_data *data = NULL, *test = NULL;
    octet_statistics *statistics = NULL;
    octet_status status = OCTET_OK;
    if (s->calibration_file != NULL) status = octet_statistics_load(ctx, s->calibration_file, &statistics);
    s->conversion.statistics = statistics;
    if (status == OCTET_OK && has_data(s)) status = take_data(ctx, &s->open);
    if (status == OCTET_OK && has_data(s)) status = octet_data_open(ctx, &s->open, &data);
    s->no_test = status == OCTET_OK && data != NULL && s->test == NULL && !octet_data_has_split(data, "test");
    if (status == OCTET_OK) status = octet_model_check_output(ctx, model, s->output);
    if (status == OCTET_OK && s->page.path != NULL) status = octet_model_check_output(ctx, model, s->page.path);
    if (status == OCTET_OK) status = open_test(ctx, s, &test);
    if (status == OCTET_OK && !(needs_test(s) && s->no_test))
        status = make(ctx, s, model, data, test, &quantized, &verdict);
    if (status == OCTET_OK && verdict != NULL) look(s, verdict);
    if (status == OCTET_OK) status = write_report(ctx, s, model, quantized, test != NULL ? test : data, verdict);
    if (status == OCTET_OK) status = write(ctx, s, quantized, verdict, as, out);
    octet_verdict_destroy(ctx, verdict);
    octet_data_close(ctx, test);
    octet_data_close(ctx, data);
    octet_statistics_destroy(ctx, statistics);
    octet_model_destroy(ctx, quantized);
    return status;
}

/* The same of a calibration file. */
static bool check_calibration(const struct settings *s) {
    const char *mode = s->conversion.mode;
    if (s->conversion.allow_missing && s->calibration_file == NULL)
        return complain(0, "quantize: --allow-missing is about parts of a calibration file: --calibration FILE is "
                           "missing");
    if (s->calibration_file == NULL) return true;
    if (mode != NULL && (strcmp(mode, "dynamic") == 0 || strcmp(mode, "float16") == 0 || strcmp(mode, "float32") == 0))
        return complain(0,
                        "quantize: mode %s leaves the activations in float, which need no ranges: leave "
                        "--calibration %s away",
                        mode, s->calibration_file);
    for (const struct option *option = choice_options; option->name != NULL && !has_data(s); option++)
        if (is_given(option, &s->conversion))
            return complain(0,
                            "quantize: %s chooses among the samples of --data, and those of %s are chosen already: "
                            "leave it away",
                            option->name, s->calibration_file);
    return true;
}

/* Options that contradict each other: complains and returns false. */
static bool check(const struct settings *s) {
    if (s->output == NULL) return complain(0, "quantize: the file to write is missing (-o OUT.tflite)");
    if (!check_calibration(s)) return false;
    if (is_auto(s) && !has_aim(s))
        return complain(0, "quantize: --recover auto needs an aim: --max-drop P or --min-fidelity DB");
    const char *aim = s->aim.has_max_drop ? "--max-drop" : "--min-fidelity";
    if (has_aim(s) && s->no_evaluate)
        return complain(0, "quantize: %s needs the evaluation that --no-evaluate leaves out", aim);
    if (has_aim(s) && !evaluates(s))
        return complain(0, "quantize: %s needs samples to evaluate on (--data or --test)", aim);
    if (s->page.path != NULL && !evaluates(s))
        return complain(0, "quantize: --report needs samples to evaluate on (--data or --test) and no --no-evaluate");
    if (s->page.path != NULL && is_one_output(s->page.path, s->output))
        return complain(0, "quantize: %s: -o and --report need a file each", s->output);
    if (s->test != NULL && s->open.labels != NULL)
        return complain(0, "quantize: --labels belong to the samples of --data, and --test takes their place in the "
                           "evaluation; give --test an .npz or a folder that holds its labels");
    return true;
}

static int complain_of_aim(const struct settings *s) {
    const char *nearest = is_auto(s) ? "; this is the nearest that --recover auto came" : "";
    if (s->aim.has_max_drop && s->drop > s->aim.max_drop)
        return complain(EXIT_NO, "the accuracy fell by %.2f points, more than --max-drop %g%s", s->drop,
                        s->aim.max_drop, nearest);
    return complain(EXIT_NO, "the fidelity is %.2f dB, less than --min-fidelity %g%s", s->fidelity, s->aim.min_fidelity,
                    nearest);
}

static int run_quantize(const struct command *self, int argc, char **argv) {
    struct settings s = {.common = COMMON_INIT,
                         .open = OCTET_OPEN_OPTIONS_INIT,
                         .conversion = OCTET_CONVERSION_INIT,
                         .run = OCTET_RUN_OPTIONS_INIT,
                         .aim = OCTET_AIM_INIT};
    int code;
    if (!parse(self, argc, argv, &s, &code)) return code;
    if (!sort_calibration(&s) || !check(&s)) return EXIT_USAGE;
    const struct input_name inputs[] = {{"--data", s.open.path},
                                        {"--test", s.test},
                                        {"--images", s.open.images},
                                        {"--labels", s.open.labels},
                                        {"--columns", s.open.columns},
                                        {"--indices", s.conversion.indices},
                                        {"--calibration", s.calibration_file},
                                        {"--architecture", s.common.load.architecture},
                                        {"the model", s.common.model},
                                        {0}};
    if ((code = take_output(self, &s.common, "-o", &s.output, false)) != EXIT_YES) return code;
    if (!keeps_inputs(self, s.output, inputs)) return EXIT_USAGE;
    if (!may_replace(self, s.output, OUTPUT_TFLITE, s.common.force)) return EXIT_USAGE;
    if ((code = can_report(self, &s.common, &s.page, inputs)) != EXIT_YES) return code;
    keep_command_line(self, argc, argv, s.page.command);
    const char *data = s.open.path != NULL ? s.open.path : "", *test = s.test != NULL ? s.test : "";
    if (!reads_input_once(self, (const char *const[]){s.common.model, data, test, NULL})) return EXIT_USAGE;
    s.conversion.n_threads = s.run.n_threads;
    s.conversion.keep_float = s.keep_float.items;
    s.conversion.int16_layers = s.int16_layers.items;
    s.conversion.progress = s.run.progress = progress_bar(&s.common);

    code = print_report(&s.common, quantize);
    if (code != EXIT_YES) return code;
    if (s.no_test && needs_test(&s))
        return complain(EXIT_USAGE,
                        "quantize: %s: the data hold no test samples: name some with --test; nothing is "
                        "written",
                        s.aim.has_max_drop       ? "--max-drop"
                        : s.aim.has_min_fidelity ? "--min-fidelity"
                                                 : "--report");
    if (s.no_test && !s.no_evaluate) say("not evaluated: the data hold no test samples; --test DATA names some\n");
    if (cannot_judge(&s))
        return complain(EXIT_USAGE, "quantize: --max-drop: the outputs are numbers, not classes: there is no accuracy "
                                    "that could fall; nothing is written");
    if (s.does_not_run)
        return complain(EXIT_NOT_THERE, "%s is written, but %s does not run all of its operators",
                        shown_output(s.output), s.conversion.target);
    if (s.misses_aim) return complain_of_aim(&s);
    return EXIT_YES;
}

#define IN(member) offsetof(struct settings, member)

static const struct option calibration_options[] = {
    {"--calibration", 0, "HOW|FILE", OPTION_WORDS, IN(calibration), 0,
     "how ranges are chosen: {calibration}; `percentile=P` for another percentile than 99.99; auto takes for each "
     "tensor the one with the least error on samples that it was not fitted on. Or, instead of running samples, the "
     "file of `octet calibrate` or `octet merge`; may be given twice, once for each"},
    {"--allow-missing", 0, NULL, OPTION_FLAG, IN(conversion.allow_missing), 0,
     "quantize even if the calibration file lacks parts of the samples"},
    {0}};

static const struct option test_options[] = {
    {"--silence", 0, "NAMES", OPTION_TEXT, IN(conversion.silence), 0,
     "leave these warnings out; names with commas, as they stand in brackets behind each warning: {warning}"},
    {"--test", 0, "DATA", OPTION_TEXT, IN(test), 0, "evaluate on these samples instead of the test split of `--data`"},
    {"--no-evaluate", 0, NULL, OPTION_FLAG, IN(no_evaluate), 0, "write the file and stop: no evaluation, no verdict"},
    {"--max-drop", 0, "P", OPTION_NUMBER, IN(aim.max_drop), IN(aim.has_max_drop),
     "exit with 1 when the accuracy falls by more than P percentage points; the file is written all the same"},
    {"--min-fidelity", 0, "DB", OPTION_NUMBER, IN(aim.min_fidelity), IN(aim.has_min_fidelity),
     "exit with 1 when the fidelity of the outputs is below DB decibels; the file is written all the same"},
    {0}};

static const struct option conversion_options[] = {
    {"--output", 'o', "FILE", OPTION_TEXT, IN(output), 0, "the .tflite file to write (`-`: to standard output)"},
    {"--mode", 0, "MODE", OPTION_TEXT, IN(conversion.mode), 0, "the kind of quantization: {mode}"},
    {"--input-type", 0, "TYPE", OPTION_TEXT, IN(conversion.input_type), 0,
     "type of the inputs: {type}; with `--mode int16x8`: {int16x8 type}"},
    {"--output-type", 0, "TYPE", OPTION_TEXT, IN(conversion.output_type), 0,
     "type of the outputs: {type}; with `--mode int16x8`: {int16x8 type}"},
    {"--per-tensor-dense", 0, NULL, OPTION_FLAG, IN(conversion.per_tensor_dense), 0,
     "use one scale for all weights of a dense layer"},
    {"--per-tensor", 0, NULL, OPTION_FLAG, IN(conversion.per_tensor), 0, "use one scale for all weights of each layer"},
    {"--target", 0, "NAME", OPTION_TEXT, IN(conversion.target), 0,
     "the runtime that the file is for: {target}; octet writes what it needs"},
    {"--split-outputs", 0, NULL, OPTION_FLAG, IN(conversion.split_outputs), 0,
     "where an output joins parts whose ranges are more than 16 times apart (boxes and scores), write each part as an "
     "output with a scale of its own"},
    {"--recover", 0, "HOW", OPTION_TEXT, IN(conversion.recover), 0,
     "get lost accuracy back with the calibration samples: {recover}; fast: biases that take back each layer's mean "
     "error; full: further steps, each kept only if it helps on samples that it was not fitted on; auto: the first "
     "of these that meets `--max-drop` or `--min-fidelity`, else the one that came nearest"},
    {"--keep-float", 0, "PATTERN", OPTION_WORDS, IN(keep_float), 0,
     "leave layers in float: a layer's name (as `octet compare` shows it) or an operator's (SOFTMAX), with * and ?; "
     "may be repeated"},
    {"--int16-layers", 0, "PATTERN", OPTION_WORDS, IN(int16_layers), 0,
     "let layers of an int8 file compute with int16 activations; named as in `--keep-float`, may be repeated"},
    {"--max-float-layers", 0, "N", OPTION_COUNT, IN(conversion.max_float_layers), 0,
     "let up to N layers stay in float: those that gain most, each only if it helps on calibration samples that did "
     "not "
     "choose it"},
    {"--max-int16-layers", 0, "N", OPTION_COUNT, IN(conversion.max_int16_layers), 0,
     "the same for layers of an int8 file with int16 activations"},
    {"--strict-tensorflow", 0, NULL, OPTION_FLAG, IN(conversion.strict_tensorflow), 0,
     "write what TensorFlow's converter writes, even where octet has a better form"},
    {0}};

const struct command command_quantize = {
    .name = "quantize",
    .purpose = "quantize a float model to a .tflite and report what that costs",
    .usage = "MODEL --data DATA -o OUT.tflite [options]",
    .paragraphs =
        (const char *const[]){
            "Runs the model over some training samples to learn the range of every tensor, quantizes it, runs both "
            "models over the test samples, writes the file and prints the verdict: accuracy, loss, agreement, size and "
            "time of the two.",
            "`MODEL` is a Keras .h5 or .keras file, a SavedModel folder of Keras 2 or a float .tflite. A model from "
            "quantization-aware training carries its ranges and needs no `--data`; nor do the modes dynamic, float16 "
            "and "
            "float32.",
            "In the verdict, agreement is the share of samples that both models answer alike, and fidelity is the "
            "signal-to-noise ratio of the outputs.",
            "Lines that begin with `!` are warnings: too few calibration samples, the same sample again and again, "
            "noise, "
            "classes without a sample, data on another scale than in training, one class for every sample. The name in "
            "brackets behind each is what `--silence` takes.",
            "With `--target` the report says whether the target runs the file; the exit code is 12 where it does not.",
            NULL},
    .groups = (const struct option_group[]){{"options", conversion_options, 0},
                                            {NULL, report_options, IN(page)},
                                            {NULL, force_option, 0},
                                            {"data", source_options, IN(open)},
                                            {NULL, label_option, IN(open)},
                                            {"scaling", scaling_options, IN(open)},
                                            {"calibration", choice_options, IN(conversion)},
                                            {NULL, calibration_options, 0},
                                            {"evaluation", test_options, 0},
                                            {NULL, sampling_options, IN(run)},
                                            {"arithmetic", kernel_options, IN(run)},
                                            {NULL, threads_option, IN(run)},
                                            {"model and output", model_options, 0},
                                            {NULL, answer_options, 0},
                                            {0}},
    .examples =
        (const struct example[]){
            {"A bundled model, calibrated and evaluated on bundled data.",
             "octet quantize examples/mnist/mnist_fc_k2.h5 --data examples/mnist -o model.tflite", true},
            {"Pictures in a sub-folder per class, scaled as Teachable Machine does.",
             "octet quantize model.h5 --data photos/ --preprocess teachable-machine -o model.tflite", false},
            {"For scripts: exit code 1 when more than half a point of accuracy is lost.",
             "octet quantize model.h5 --data mnist.npz --max-drop 0.5 --json -o model.tflite", false},
            {"As little recovery as keeps the loss of accuracy below half a point.",
             "octet quantize model.h5 --data mnist.npz --recover auto --max-drop 0.5 -o model.tflite", false},
            {"From what other processes gathered, without running a sample here.",
             "octet quantize model.h5 --calibration all.oct --calibration entropy -o model.tflite", false},
            {"One array to calibrate on, another to evaluate on, and 16-bit activations.",
             "octet quantize model.keras --data calibration.npy --test test.npy --mode int16x8 -o model.tflite", false},
            {0}},
    .answer_no = "the accuracy fell by more than `--max-drop` allows, or the fidelity is below `--min-fidelity`",
    .see_also = (const char *const[]){"calibrate", "check", "evaluate", "inspect", NULL},
    .documents = (const char *const[]){"data", "quantization", "scale-out", "targets", NULL},
    .run = run_quantize,
};
