/* octet/octet.h - post-training quantization of Keras models for TensorFlow Lite: the public interface.
 * In:  model files (.h5, .keras, .tflite) and data files (IDX, .npy, .npz, folders of pictures).
 * Out: quantized .tflite files, inference, and reports on what quantization cost.
 * Knows: nothing but the C library's integer types; valid C99 and C++.
 * Does not know: how any of it is done.
 *
 * The job of the command `octet quantize`, without its error handling:
 *
 *     octet_context *ctx;
 *     octet_context_create(&ctx);
 *     octet_model *model, *quantized;
 *     octet_data *data;
 *     octet_open_options open = OCTET_OPEN_OPTIONS_INIT;
 *     open.path = "mnist";
 *     octet_model_load(ctx, "model.h5", NULL, &model);
 *     octet_data_open(ctx, &open, &data);
 *     octet_model_quantize(ctx, model, data, NULL, &quantized, NULL);
 *     octet_model_write(ctx, quantized, "model.tflite");
 *
 * Rules that hold for every function here:
 *  - A function that can fail returns octet_status. On failure it leaves *out as it was and one sentence in the
 *    context (octet_context_message); the first error stays until octet_context_clear_error, and while one stands
 *    every call that can fail may return it at once.
 *  - Handles are created into *out and given back to the matching destroy, which accepts NULL. Destroy what was made
 *    from a handle before the handle, and the context last.
 *  - A model stays as it was loaded or made: no call changes it.
 *  - A struct that a caller fills or has filled carries its own size as its first member: initialize it with its
 *    OCTET_..._INIT macro, and a program that was compiled with an older octet.h goes on working with a newer library.
 *    Members that are 0, false or NULL mean the default.
 *  - Choices are given by the names that the command line uses; NULL means the default. A wrong name is
 *    USAGE and the message lists the right ones.
 *  - A context, and everything made with it, belongs to one thread at a time. Different contexts are independent.
 *  - The same input gives the same bytes: on any CPU, with any number of threads.
 *  - The library does not print, exit or abort, and changes no global state. */
#ifndef OCTET_OCTET_H
#define OCTET_OCTET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "octet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define OCTET_API __attribute__((visibility("default")))
#else
#define OCTET_API
#endif

/* ---- Version. Until 1.0 the interface may change with the minor number. ---- */

#define OCTET_VERSION_MAJOR 0
#define OCTET_VERSION_MINOR 1
#define OCTET_VERSION_PATCH 0
#define OCTET_VERSION "0.1.0"

/* Version of the library that is linked, "0.1.0". */
OCTET_API const char *octet_version(void);

/* ---- Status ---- */

/* "OK", "USAGE", ...; never NULL. */
OCTET_API const char *octet_error_name(octet_status status);
/* The meaning in words; never NULL. */
OCTET_API const char *octet_error_text(octet_status status);

/* ---- Context: error, limits and memory account ---- */

typedef struct octet_context octet_context;

/* NOMEM is the only error. */
OCTET_API octet_status octet_context_create(octet_context **out);
OCTET_API void octet_context_destroy(octet_context *ctx);
/* The sentence of the first error, UTF-8, one line; "" while there is none. Valid until the next call with ctx. */
OCTET_API const char *octet_context_message(const octet_context *ctx);
OCTET_API octet_status octet_context_status(const octet_context *ctx);
/* Forgets the error. */
OCTET_API void octet_context_clear_error(octet_context *ctx);
/* Upper bound of what the library allocates through this context, in bytes; default 16 GiB. Beyond it: LIMIT. */
OCTET_API void octet_context_set_max_memory(octet_context *ctx, size_t bytes);
/* Where octet-hdf5 lies, the program that reads .h5 and .keras files for the library in a process of its own; `path` is
 * copied. NULL, the default: the environment variable OCTET_HDF5_HELPER names it, or it is looked for beside the
 * library and in the libexec folder of its installation. Without it everything else works. Errors: NOMEM, LIMIT. */
OCTET_API octet_status octet_context_set_hdf5_helper(octet_context *ctx, const char *path);
/* Most memory that the library held through this context at a time, in bytes. */
OCTET_API size_t octet_context_peak_memory(const octet_context *ctx);

/* Called from time to time, on the caller's thread, with the progress of a long call: done of total. Returns true to go
 * on. After false the call ends soon, with CANCELLED and nothing changed or written. */
typedef bool octet_progress(void *user, const char *what, uint64_t done, uint64_t total);

/* The names that an option can take, the default first, NULL behind the last one: of "mode", "type" (of inputs and
 * outputs), "int16x8 type" (the same in that mode), "target", "numerics", "float order", "input rounding", "split" and
 * "preset". NULL for any other choice. */
OCTET_API const char *octet_choice_name(const char *choice, uint32_t index);

/* Reports are given as text for people or as one JSON object for programs. */
typedef enum octet_rendering { OCTET_AS_TEXT = 0, OCTET_AS_JSON = 1 } octet_rendering;
/* Frees a text that a function of this header wrote into a `char **out`; NULL is allowed. */
OCTET_API void octet_text_free(octet_context *ctx, char *text);

/* Gives back bytes that a function of this header wrote into a `void **out`; NULL is allowed. */
OCTET_API void octet_bytes_free(octet_context *ctx, void *bytes);

/* What the OCTET_..._INIT macros stand for: all zero but for the size. */
#ifdef __cplusplus
} /* extern "C" */
template <typename T> static inline T octet_init_() {
    T options = T();
    options.size = sizeof(T);
    return options;
}
extern "C" {
#define OCTET_INIT_(type) octet_init_<type>()
#else
#define OCTET_INIT_(type) \
    { .size = sizeof(type) }
#endif

/* ---- Models ---- */

typedef struct octet_model octet_model;

typedef struct octet_load_options {
    size_t size;              /* set by the INIT macro */
    const char *architecture; /* JSON of model.to_json(), for an .h5 that holds weights only; or NULL */
    const char *input_shape;  /* "224,224,3" where the file leaves more than the batch open; several inputs:
                                 "96,96,3;10"; or NULL */
    const char *signature;    /* of a .tflite that offers several graphs to run; NULL: "serving_default", or the only
                                 one */
} octet_load_options;
#define OCTET_LOAD_OPTIONS_INIT OCTET_INIT_(octet_load_options)

/* Reads a Keras 2 or Keras 3 .h5, a .keras or a .tflite; the content decides, not the name. Code
 * inside a file is never run. options may be NULL. Errors: IO, FORMAT, UNSUPPORTED (names layer,
 * class and what is supported), MODEL, LIMIT. */
OCTET_API octet_status octet_model_load(octet_context *ctx, const char *path, const octet_load_options *options,
                                        octet_model **out);
/* The same for a file of `size` bytes in memory. `name` stands for a path
 * in messages. `bytes` must outlive the model. */
OCTET_API octet_status octet_model_load_bytes(octet_context *ctx, const void *bytes, size_t size, const char *name,
                                              const octet_load_options *options, octet_model **out);
OCTET_API void octet_model_destroy(octet_context *ctx, octet_model *model);

enum { OCTET_TENSOR_MAX_RANK = 8 };

/* A tensor: an input, an output, a constant or a value between operators. real = scale * (q - zero_point). Pointers
 * belong to the model. */
typedef struct octet_tensor {
    size_t size;      /* set by the INIT macro */
    uint32_t index;   /* below octet_model_n_tensors */
    const char *name; /* of an input or an output its name in the signature */
    const char *type; /* "float32", "int8", "uint8", "int16", ... as numpy spells it */
    int32_t rank;
    int32_t dims[OCTET_TENSOR_MAX_RANK]; /* with the batch, which is 1 unless the file fixes another */
    size_t n_elements, size_bytes;
    bool is_constant; /* weights and the like: known without a run */
    bool is_variable; /* state that goes on from run to run */
    bool quantized;   /* one scale for the whole tensor: `scale` and `zero_point` are valid */
    float scale;
    int32_t zero_point;
    uint32_t n_scales; /* 0: not quantized; 1; or the length of dimension `axis`, a scale for each of its slices */
    int32_t axis;
    const float *scales; /* n_scales of them, and as many zero points; NULL for 0 */
    const int32_t *zero_points;
} octet_tensor;
#define OCTET_TENSOR_INIT OCTET_INIT_(octet_tensor)

OCTET_API uint32_t octet_model_n_inputs(const octet_model *model);
OCTET_API uint32_t octet_model_n_outputs(const octet_model *model);
/* index must be below n_inputs or n_outputs; *out must come from OCTET_TENSOR_INIT. */
OCTET_API void octet_model_input(const octet_model *model, uint32_t index, octet_tensor *out);
OCTET_API void octet_model_output(const octet_model *model, uint32_t index, octet_tensor *out);
/* How many tensors the graph has that octet runs and writes. */
OCTET_API uint32_t octet_model_n_tensors(const octet_model *model);
/* index must be below octet_model_n_tensors. */
OCTET_API void octet_model_tensor(const octet_model *model, uint32_t index, octet_tensor *out);
/* "Keras 2", "Keras 3", "TensorFlow Lite". */
OCTET_API const char *octet_model_format(const octet_model *model);
/* Whether any tensor of it is int8, uint8 or int16 with a scale. Bytes without one are numbers: the pictures that a
 * float model takes. QUANTIZE and DEQUANTIZE in pairs around float operators (quantization-aware training, not
 * converted yet) leave a float model. */
OCTET_API bool octet_model_is_quantized(const octet_model *model);

/* Keras's layer table with totals; for a .tflite the table of its operators. Free *out with octet_text_free. */
OCTET_API octet_status octet_model_summary(octet_context *ctx, const octet_model *model, octet_rendering as,
                                           char **out);
/* Operators with versions, tensors with shape, type, scales, zero points and buffer size, and the memory plan. A Keras
 * model is shown as the float graph that octet makes of it. */
OCTET_API octet_status octet_model_inspect(octet_context *ctx, const octet_model *model, octet_rendering as,
                                           char **out);
/* Which operators run on a target, one of octet_choice_name("target"), NULL for "litert": of a float model those that
 * quantizing it to int8 for the target would write, of a quantized one its own. *supported is false when one does not
 * run; the text names layer, operator, reason and remedy, and outputs that join parts with bounds and without. Errors:
 * USAGE, and those of quantizing. */
OCTET_API octet_status octet_model_check(octet_context *ctx, const octet_model *model, const char *target,
                                         octet_rendering as, bool *supported, char **out);
/* Writes the model as .tflite: complete or not at all, whatever happens on
 * the way. The same model gives the same bytes. */
OCTET_API octet_status octet_model_write(octet_context *ctx, const octet_model *model, const char *path);
/* The same into memory: *size bytes at *out, to be freed with octet_bytes_free. */
OCTET_API octet_status octet_model_write_bytes(octet_context *ctx, const octet_model *model, void **out, size_t *size);
/* Whether octet_model_write can write what is made of `model` to `path`, before long work: IO where the folder is
 * missing or not writable, USAGE where `path` is the file that the model was loaded from. */
OCTET_API octet_status octet_model_check_output(octet_context *ctx, const octet_model *model, const char *path);
/* Size in bytes of the .tflite that octet_model_write writes. */
OCTET_API octet_status octet_model_size(octet_context *ctx, const octet_model *model, size_t *out);
/* What octet_model_write wrote to `path`: size, types of the first input and output, in one line or as JSON. */
OCTET_API octet_status octet_model_receipt(octet_context *ctx, const octet_model *model, const char *path,
                                           octet_rendering as, char **out);

/* ---- Data ---- */

typedef struct octet_data octet_data;

/* A number of all channels (n = 1), or one of each of three (n = 3); n = 0: not given. */
typedef struct octet_channels {
    uint32_t n;
    double values[3];
} octet_channels;

typedef struct octet_open_options {
    size_t size;        /* set by the INIT macro */
    const char *path;   /* folder with IDX files under their usual names (plain or .gz), .npz, .npy, folder of pictures;
                           for several inputs "NAME=FILE,NAME=FILE" */
    const char *images; /* .npy or IDX; instead of path */
    const char *labels; /* .npy or IDX: class numbers, one-hot rows, or numbers for every output
                           value; with images, or with a path to an .npy */
    /* x * scale + offset; without any of these, float data are taken as they are, and uint8 data divided by 255, unless
     * the model takes integers or scales bytes itself. */
    bool has_scale, has_offset, has_mean, has_std;
    double scale, offset;       /* not together with mean and std */
    double mean, std;           /* (x - mean) / std */
    const char *preset;         /* of octet_choice_name("preset"); not together with the others */
    octet_channels means, stds; /* as mean and std, by channel of the last dimension; instead of these */
} octet_open_options;
#define OCTET_OPEN_OPTIONS_INIT OCTET_INIT_(octet_open_options)

/* Opens what the options name; files are decoded when their samples are needed. Errors: USAGE, IO, FORMAT, UNSUPPORTED,
 * DATA (labels and images of different count), LIMIT. */
OCTET_API octet_status octet_data_open(octet_context *ctx, const octet_open_options *options, octet_data **out);
/* Numbers in memory: an array of the shape [samples, ...], row-major without gaps, in the machine's byte order. */
typedef struct octet_array_view {
    size_t size;         /* set by the INIT macro */
    const char *name;    /* of the model's input; NULL: inputs go by their position */
    const char *type;    /* "float32", "uint8", "int64", "bool", ...: as numpy spells its numeric types */
    int32_t rank;        /* 1..8 */
    const int64_t *dims; /* rank of them, each at least 1 */
    const void *data;    /* of any alignment */
} octet_array_view;
#define OCTET_ARRAY_VIEW_INIT OCTET_INIT_(octet_array_view)

/* Data from arrays, one for each input of the model; what they point to must outlive the data. labels: as those of
 * octet_open_options, or NULL. Of the options only preprocessing is read; options may be NULL. The samples are both the
 * training and the test split. Errors: USAGE, DATA, LIMIT. */
OCTET_API octet_status octet_data_from_arrays(octet_context *ctx, const octet_array_view *inputs, uint32_t n_inputs,
                                              const octet_array_view *labels, const octet_open_options *options,
                                              octet_data **out);

/* Sets the next batch: n_inputs views, which come initialized, and `labels`, which may stay as it is in all batches.
 * Batches may differ in their number of samples. The data need to live until the next call. Returns 1; 0 when there is
 * no further batch, and nothing was set; or -1 to give up. */
typedef int octet_next_batch(void *user, octet_array_view *inputs, uint32_t n_inputs, octet_array_view *labels);

/* The same from batches: `next` is called here until it returns 0, and all samples are copied into memory. For more
 * samples than fit there, add batches to statistics, and merge evaluations. Errors: as above; CANCELLED after -1. */
OCTET_API octet_status octet_data_from_batches(octet_context *ctx, octet_next_batch *next, void *user,
                                               uint32_t n_inputs, const octet_open_options *options, octet_data **out);
/* Whether there are samples for "train" or "test" (NULL); false for other names. */
OCTET_API bool octet_data_has_split(const octet_data *data, const char *split);
OCTET_API void octet_data_close(octet_context *ctx, octet_data *data);

/* ---- Quantization ---- */

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
    char late_layer[96]; /* the layer of that range */
    uint64_t time_ns;    /* reading, running and rounding together */
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
typedef struct octet_statistics octet_statistics;

/* Of a float model, without any sample. Errors: USAGE (a quantized model), UNSUPPORTED, NOMEM. */
OCTET_API octet_status octet_statistics_create(octet_context *ctx, const octet_model *model, octet_statistics **out);
OCTET_API void octet_statistics_destroy(octet_context *ctx, octet_statistics *statistics);
/* Runs the model over samples and adds what its activations held; unchanged on failure. inputs: for each
 * input of the model n_samples one after the other, as the model takes them, without a batch; an input of
 * integers takes them rounded. The model is prepared anew in each call: a call with many samples costs less
 * than many calls. Of the options: n_threads, progress, strict_tensorflow; may be NULL. NaN in the data is told when
 * the statistics are used. Errors: DATA (another model's statistics; samples in a second call for a model that keeps
 * state), USAGE, UNSUPPORTED, LIMIT, CANCELLED. */
OCTET_API octet_status octet_statistics_add(octet_context *ctx, octet_statistics *statistics, const octet_model *model,
                                            const float *const *inputs, uint64_t n_samples,
                                            const octet_conversion *options);
/* The same with samples of the training split, chosen by the options (indices, all_samples, n_samples, seed) too.
 * Errors: as above, and those of reading the data. */
OCTET_API octet_status octet_statistics_add_data(octet_context *ctx, octet_statistics *statistics,
                                                 const octet_model *model, octet_data *data,
                                                 const octet_conversion *options);
/* Adds another part; `into` is unchanged on failure. Errors: DATA (another model's; a model that keeps state, unless
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
/* What they saw; time_ns is 0. */
OCTET_API void octet_statistics_describe(const octet_statistics *statistics, octet_calibration *out);
/* octet_model_quantize with statistics instead of data; what its options say of calibration is not read. `statistics`
 * may be NULL where `data` may. Errors: as there, and DATA for another model's statistics. */
OCTET_API octet_status octet_model_quantize_with(octet_context *ctx, const octet_model *model,
                                                 const octet_statistics *statistics, const octet_conversion *options,
                                                 octet_model **out);

/* ---- Evaluation ---- */

typedef struct octet_run_options {
    size_t size;          /* set by the INIT macro */
    const char *split;    /* "test" (default) or "train" */
    uint64_t first;       /* of octet_evaluate: number of the first sample, from 0 */
    uint64_t limit;       /* at most so many samples; 0 = all */
    const char *numerics; /* "litert" (default): as LiteRT's reference kernels; "integer": as tflite-micro, CMSIS-NN */
    const char *float_order; /* of float sums: "fma" (default; fast), "tensorflow": as calibration adds, "plain": as
                                LiteRT's reference kernels */
    const char
        *input_rounding;    /* "nearest" (default): half away from zero, clamped; "truncate": as numpy's astype does */
    bool reference_kernels; /* plain loops instead of vector instructions; the same bytes, slower */
    bool keep_values;       /* of an interpreter: every value keeps its own memory (octet_interpreter_value) */
    uint32_t n_threads;     /* at most so many; 0 = one per processor */
    octet_progress *progress; /* NULL: none */
    void *progress_user;
} octet_run_options;
#define OCTET_RUN_OPTIONS_INIT OCTET_INIT_(octet_run_options)

typedef struct octet_evaluation octet_evaluation;

/* Runs the model over a split, and holds its first output against the labels. With a class per sample: the share of
 * samples whose largest output is the label (of a single output: on the right side of 1/2), and the mean categorical
 * (binary) cross-entropy as Keras computes it: outputs divided by their sum and clipped to [1e-7, 1-1e-7]. A model
 * without softmax or sigmoid at its end is taken to give logits. With labels for every output value: the same for each
 * of them (0 and 1, behind a sigmoid) or each row (a class per pixel or step), or the mean absolute and root mean
 * square error. options may be NULL. Errors: USAGE, DATA, UNSUPPORTED, and those of reading the data. */
OCTET_API octet_status octet_evaluate(octet_context *ctx, const octet_model *model, octet_data *data,
                                      const octet_run_options *options, octet_evaluation **out);
/* Makes *into one evaluation of its samples and those of `from`, which stays. Both are of the same split, over
 * different samples (octet_run_options.first and limit). In whatever order parts are merged, the figures are those of
 * one evaluation of all samples; only times are not. Errors: USAGE (they measure different things), DATA (names a
 * sample that both have); *into stays as it was then. */
OCTET_API octet_status octet_evaluation_merge(octet_context *ctx, octet_evaluation **into,
                                              const octet_evaluation *from);
OCTET_API void octet_evaluation_destroy(octet_context *ctx, octet_evaluation *evaluation);
OCTET_API uint64_t octet_evaluation_n_samples(const octet_evaluation *evaluation);
OCTET_API bool octet_evaluation_has_labels(const octet_evaluation *evaluation); /* that accuracy can be counted with */
OCTET_API double octet_evaluation_accuracy(const octet_evaluation *evaluation); /* 0..1; 0 without such labels */
OCTET_API double octet_evaluation_loss(const octet_evaluation *evaluation);     /* nats; 0 without such labels */
/* Against the numbers that the labels give for every output value; NaN where labels are classes, or without. */
OCTET_API double octet_evaluation_mean_absolute_error(const octet_evaluation *evaluation);
OCTET_API double octet_evaluation_root_mean_square_error(const octet_evaluation *evaluation);
/* Class that the model gave sample `index` (below n_samples). */
OCTET_API int32_t octet_evaluation_class(const octet_evaluation *evaluation, uint64_t index);
/* The report; with_confusion adds the matrix (rows: labels, columns: answers) and the recall of every class. */
OCTET_API octet_status octet_evaluation_render(octet_context *ctx, const octet_evaluation *evaluation,
                                               bool with_confusion, octet_rendering as, char **out);

/* ---- The verdict: what quantization cost ---- */

typedef struct octet_verdict octet_verdict;

/* Runs both models over the same samples. The verdict holds accuracy and loss of each (with labels), their
 * difference, how often the two agree (where samples have classes), the distance of their outputs, time
 * per sample, sizes, input and output parameters, the ranges of the data, and warnings about what looks
 * wrong. `calibration` and options may be NULL. */
OCTET_API octet_status octet_compare(octet_context *ctx, const octet_model *original, const octet_model *quantized,
                                     octet_data *data, const octet_calibration *calibration,
                                     const octet_run_options *options, octet_verdict **out);
OCTET_API void octet_verdict_destroy(octet_context *ctx, octet_verdict *verdict);
OCTET_API bool octet_verdict_has_labels(const octet_verdict *verdict);
/* Accuracy of the original minus accuracy of the quantized one, in percentage points; without labels, the share of
 * samples on which they disagree, in percent; NaN for outputs that are numbers, not classes. */
OCTET_API double octet_verdict_drop(const octet_verdict *verdict);
/* path: the quantized file, or NULL; named in the report. */
OCTET_API octet_status octet_verdict_render(octet_context *ctx, const octet_verdict *verdict, const char *path,
                                            octet_rendering as, char **out);

/* ---- Inference ---- */

typedef struct octet_interpreter octet_interpreter;

/* `model` must outlive the interpreter. Of the options: numerics, float_order, reference_kernels, n_threads (the
 * kernels of one sample are spread over them; default here is 1). Errors: UNSUPPORTED (no kernel for an operator and
 * its types), MODEL, LIMIT. */
OCTET_API octet_status octet_interpreter_create(octet_context *ctx, const octet_model *model,
                                                const octet_run_options *options, octet_interpreter **out);
OCTET_API void octet_interpreter_destroy(octet_context *ctx, octet_interpreter *interpreter);
/* Memory of an input to fill before a run, of an output to read after it, in the types and shapes that
 * octet_model_input and octet_model_output state; contents are undefined otherwise. Aligned to 64 bytes. */
OCTET_API void *octet_interpreter_input(octet_interpreter *interpreter, uint32_t index);
OCTET_API const void *octet_interpreter_output(const octet_interpreter *interpreter, uint32_t index);
/* Memory of tensor `index` (octet_model_tensor) after a run: of a constant, of state, and, from an interpreter that was
 * created with keep_values, of every value. NULL otherwise. */
OCTET_API const void *octet_interpreter_value(const octet_interpreter *interpreter, uint32_t index);
/* Real numbers into an input and out of an output, n_elements of them: rounded half away from zero and clamped on the
 * way in where the tensor is quantized, scale * (q - zero_point) on the way out. */
OCTET_API void octet_interpreter_set_input(octet_interpreter *interpreter, uint32_t index, const float *values);
OCTET_API void octet_interpreter_get_output(const octet_interpreter *interpreter, uint32_t index, float *values);
/* Allocates nothing and cannot fail. */
OCTET_API void octet_interpreter_run(octet_interpreter *interpreter);
/* Recurrent state back to its start. */
OCTET_API void octet_interpreter_reset(octet_interpreter *interpreter);
/* Bytes of the planned activation memory. */
OCTET_API size_t octet_interpreter_arena_bytes(const octet_interpreter *interpreter);

/* ---- Files in, files out ---- */

typedef struct octet_array_files {
    size_t size; /* set by the INIT macro */
    const octet_open_options
        *data;          /* path, or "NAME=FILE,NAME=FILE"; an .npy of the input's own type is taken as it is */
    const char *output; /* .npy that is written; with several outputs NAME.npy is put into this folder */
    const char *dump;   /* folder for every intermediate tensor of the first sample, as .npy; or NULL */
    bool real_output;   /* float32, with scale and zero point applied */
} octet_array_files;
#define OCTET_ARRAY_FILES_INIT OCTET_INIT_(octet_array_files)

/* Runs the model over all samples of the data. Outputs have the samples along axis 0. *n_samples may be NULL. */
OCTET_API octet_status octet_model_run_files(octet_context *ctx, const octet_model *model,
                                             const octet_array_files *files, const octet_run_options *options,
                                             uint64_t *n_samples);

/* ---- Time ---- */

/* Runs the model on made-up input for about `seconds` (0 = 1) and reports the time of a run and of every operator (the
 * least of all runs), and the memory that they take. */
OCTET_API octet_status octet_model_bench(octet_context *ctx, const octet_model *model, double seconds,
                                         const octet_run_options *options, octet_rendering as, char **out);

#ifdef __cplusplus
}
#endif

#endif
