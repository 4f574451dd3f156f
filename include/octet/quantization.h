/* octet/quantization.h - quantization, and calibration in parts.
 * In:  float models, data or statistics, options.
 * Out: quantized models, statistics.
 * Knows: models, data.
 * Does not know: what quantization cost (evaluation.h). */
#ifndef OCTET_QUANTIZATION_H
#define OCTET_QUANTIZATION_H

#include "octet/data.h"
#include "octet/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Quantization ---- */

typedef struct octet_statistics octet_statistics;

typedef struct octet_conversion {
    size_t size;                          /* set by the INIT macro */
    const char *mode;                     /* of octet_choice_name("mode"); NULL: "int8" */
    const char *input_type, *output_type; /* of octet_choice_name("type"), in mode int16x8 of "int16x8 type" */
    bool per_tensor_dense;                /* one scale for all weights of a FULLY_CONNECTED */
    bool per_tensor;                      /* one scale for all weights of any operator */
    bool strict_tensorflow;               /* write what TensorFlow writes, even where octet has a better form */
    const char *target;                   /* a profile as in octet_model_check; sets what it needs */
    const char *numerics;                 /* how int8 models are run; as in octet_run_options */
    /* Calibration, from the training split: `indices` in this order, or all, or n_samples drawn with `seed`. */
    const char *indices; /* a file: JSON array, or one index a line */
    bool all_samples;
    uint64_t n_samples; /* 0 = 100 */
    uint64_t seed;
    uint32_t n_threads;       /* 0 = one per processor */
    octet_progress *progress; /* NULL: none */
    void *progress_user;
    /* Where an output joins parts whose ranges are more than 16 times apart, as boxes and scores: writes each part as
     * an output of its own, named "<output>_part0", "_part1", ... In the modes int8 and int16x8. */
    bool split_outputs;
    const char *recover; /* of octet_choice_name("recover"); docs/quantization.md, section 6 */
    /* Layers that stay in float, and layers of an int8 file that compute with int16 activations: names of layers, or of
     * operators ("SOFTMAX"), in which * and ? stand for any characters and for one. Each list ends with NULL; NULL:
     * none. A name that the model does not have is USAGE. */
    const char *const *keep_float, *const *int16_layers;
    /* How ranges are chosen: of octet_choice_name("calibration"), or "percentile=P" with P above 50, at most 100
     * ("percentile" alone: 99.99); NULL: "minmax", as TensorFlow has it. docs/quantization.md, section 2 */
    const char *calibration;
    /* That many layers more at most move to float, and to int16 in an int8 file: those with which most is gained on
     * calibration samples; docs/quantization.md, section 7. */
    uint64_t max_float_layers, max_int16_layers;
    const char *silence; /* names of octet_choice_name("warning") with commas: what reports do not warn of; or NULL */
    /* octet_statistics_add gathers all kinds of statistics, channels too, so that any calibration may follow. */
    bool gather_all;
    /* Of octet_statistics_add_data: part 3 of 16 of the samples that are chosen, in blocks that follow each other. 0:
     * all of them. */
    uint32_t part, n_parts;
    /* octet_statistics_add_data also keeps what warnings about the samples are made of: odd samples, classes, numbers
     * far beyond all others. They name samples by their number in the data: without part and n_parts, statistics of
     * parts then merge to what is true of each part. */
    bool looks_at_samples;
    /* Of octet_model_quantize: ranges are those of these statistics, and `data`, if there are any, serve recovery. With
     * the same samples the model is the same as without. Where parts are missing, that is DATA unless allow_missing. */
    const octet_statistics *statistics;
    bool allow_missing;
} octet_conversion;
#define OCTET_CONVERSION_INIT OCTET_INIT_(octet_conversion)

/* What calibration saw. */
typedef struct octet_calibration {
    size_t size; /* set by the INIT macro */
    uint64_t n_samples;
    uint64_t n_distinct;     /* samples that differ from each other */
    double raw_min, raw_max; /* of the data as stored, over the samples that were read */
    double min, max;         /* after scaling: what the model was given */
    /* By how much the ranges of all samples exceed those of half of them, at most: 0.02 = 2 % wider. Where this is
     * large, more samples would probably widen the ranges further. A sample's content, not its place, decides to which
     * half it belongs. 0 where one of the halves is empty. */
    double late_growth;
    char late_layer[96];       /* the layer of that range */
    uint64_t time_ns;          /* reading, running and rounding together */
    char method[32];           /* how ranges were chosen, as octet_conversion has it; "" for statistics themselves */
    uint64_t statistics_bytes; /* that statistics of these kinds take, for any number of samples */
    /* By how much the last tenth of the samples widened ranges, in the mean over all activations and over which tenth
     * counts as the last: 0.02 = 2 %; 0 for statistics themselves. And how many samples it takes until that is 2 %. */
    double last_tenth;
    uint64_t enough_samples;
    double clipped; /* share of all numbers beyond the chosen ranges; 0 for minmax, -1 where it is not known */
} octet_calibration;
#define OCTET_CALIBRATION_INIT OCTET_INIT_(octet_calibration)

/* Runs the model over calibration samples, and makes a quantized model of it. `data` may be NULL for the modes dynamic,
 * float16 and float32, which need no samples. options and calibration may be NULL.
 * Errors: USAGE, DATA (shapes that do not fit, NaN in the data), UNSUPPORTED (names layer, operator, reason, remedy),
 * MODEL (NaN in the weights). */
OCTET_API octet_status octet_model_quantize(octet_context *ctx, const octet_model *model, octet_data *data,
                                            const octet_conversion *options, octet_model **out,
                                            octet_calibration *calibration);

/* ---- Statistics: calibration in parts, on one machine or many ---- */

/* What the activations of a model held, and how many samples there were. Parts merge in any order, and the result is
 * that of one run over all samples, to the last byte of its file and of the models made with it. It needs the model
 * when samples are added and when it is used, and then the same one: statistics of another model are DATA. The samples'
 * number without repetitions is exact below 65536, and an estimate from there on (off by 0.4 % as a rule). A model
 * whose state goes on from sample to sample (stateful layers, SVDF; with strict_tensorflow every LSTM) depends on their
 * order: all of its samples are added in one call, and its statistics do not merge. */

/* Of a float model, without any sample. Errors: USAGE (a quantized model), UNSUPPORTED, NOMEM. */
OCTET_API octet_status octet_statistics_create(octet_context *ctx, const octet_model *model, octet_statistics **out);
OCTET_API void octet_statistics_destroy(octet_context *ctx, octet_statistics *statistics);
/* Runs the model over samples and adds what its activations held; unchanged on failure. inputs: for each
 * input of the model n_samples one after the other, as the model takes them, without a batch; an input of
 * integers takes them rounded. The model is prepared anew in each call: a call with many samples costs less
 * than many calls. Of the options: n_threads, progress, strict_tensorflow, calibration, gather_all (what they need is
 * gathered, by all parts or by none of the merged ones); may be NULL. NaN in the data is told when the statistics are
 * used. Errors: DATA (another model's statistics; samples in a second call for a model that keeps state), USAGE,
 * UNSUPPORTED, LIMIT, CANCELLED. */
OCTET_API octet_status octet_statistics_add(octet_context *ctx, octet_statistics *statistics, const octet_model *model,
                                            const float *const *inputs, uint64_t n_samples,
                                            const octet_conversion *options);
/* The same with samples of the training split, chosen by the options (indices, all_samples, n_samples, seed; of these
 * part of n_parts) too. Errors: as above, and those of reading the data; DATA for a part of a model that keeps state.
 */
OCTET_API octet_status octet_statistics_add_data(octet_context *ctx, octet_statistics *statistics,
                                                 const octet_model *model, octet_data *data,
                                                 const octet_conversion *options);
/* Adds another part; `into` is unchanged on failure, but for NOMEM. Statistics of parts of one whole go together, in
 * any order and by way of any others; once all are there, they are those of the whole. Errors: DATA (another model's;
 * samples that were scaled otherwise; parts of another whole, a part that both have; a model that keeps state, unless
 * one part has no samples), LIMIT. */
OCTET_API octet_status octet_statistics_merge(octet_context *ctx, octet_statistics *into, const octet_statistics *from);
/* Writes a file, complete or not at all. Equal statistics give equal bytes, on any machine. */
OCTET_API octet_status octet_statistics_save(octet_context *ctx, const octet_statistics *statistics, const char *path);
/* The same into memory: *size bytes at *out, to be freed with octet_bytes_free. */
OCTET_API octet_status octet_statistics_save_bytes(octet_context *ctx, const octet_statistics *statistics, void **out,
                                                   size_t *size);
/* Reads what one of the two wrote. Errors: IO, FORMAT, UNSUPPORTED (written by a later octet), LIMIT. */
OCTET_API octet_status octet_statistics_load(octet_context *ctx, const char *path, octet_statistics **out);
/* name: in messages. The bytes are copied. */
OCTET_API octet_status octet_statistics_load_bytes(octet_context *ctx, const void *bytes, size_t size, const char *name,
                                                   octet_statistics **out);
/* Of the model: equal for statistics that can be merged. */
OCTET_API uint64_t octet_statistics_fingerprint(const octet_statistics *statistics);
/* Which parts are missing: "3, 9 to 12 of 16" as a text for octet_text_free; NULL where none is. Errors: NOMEM. */
OCTET_API octet_status octet_statistics_missing(octet_context *ctx, const octet_statistics *statistics, char **out);
/* What they are of: samples, parts, data, for which octet_conversion.calibration they serve, the model's fingerprint.
 * path: of their file, or NULL. Free *out with octet_text_free. */
OCTET_API octet_status octet_statistics_render(octet_context *ctx, const octet_statistics *statistics, const char *path,
                                               octet_rendering as, char **out);
/* What they saw; time_ns is 0. */
OCTET_API void octet_statistics_describe(const octet_statistics *statistics, octet_calibration *out);
/* octet_model_quantize without data, with these statistics; what its options say of the choice of samples is not read.
 * `statistics` may be NULL where `data` may. Errors: as there, and DATA for another model's statistics, or for such as
 * lack what options->calibration needs. */
OCTET_API octet_status octet_model_quantize_with(octet_context *ctx, const octet_model *model,
                                                 const octet_statistics *statistics, const octet_conversion *options,
                                                 octet_model **out);

#ifdef __cplusplus
}
#endif

#endif
