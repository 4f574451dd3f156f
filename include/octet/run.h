/* octet/run.h - inference, runs over files, times.
 * In:  models, numbers or files.
 * Out: results, a profile.
 * Knows: models, data.
 * Does not know: labels, quantization. */
#ifndef OCTET_RUN_H
#define OCTET_RUN_H

#include "octet/data.h"
#include "octet/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- How models are run ---- */

typedef struct octet_run_options {
    size_t size;             /* set by the INIT macro */
    const char *split;       /* "test" (default) or "train" */
    uint64_t first;          /* of octet_evaluate: number of the first sample, from 0 */
    uint64_t limit;          /* at most so many samples; 0 = all */
    const char *numerics;    /* "litert" (default): as LiteRT's reference kernels; "integer": as tflite-micro, CMSIS-NN;
                                "single": as these when they are built to round once; plain loops */
    const char *float_order; /* of float sums: "fma" (default; fast), "tensorflow": as calibration adds, "plain": as
                                LiteRT's reference kernels */
    const char
        *input_rounding;    /* "nearest" (default): half away from zero, clamped; "truncate": as numpy's astype does */
    bool reference_kernels; /* plain loops instead of vector instructions; the same bytes, slower */
    bool keep_values;       /* of an interpreter: every value keeps its own memory (octet_interpreter_value) */
    uint32_t n_threads;     /* at most so many; 0 = one per processor */
    octet_progress *progress; /* NULL: none */
    void *progress_user;
    uint64_t number_from; /* of octet_evaluate: the number that the data's first sample has among all samples, where the
                             data are a part of them and evaluations are to be merged */
    /* Of octet_evaluate: part 3 of 16 of the samples that first and limit leave, in blocks that follow each other. 0:
     * all of them. A model whose state goes on from sample to sample cannot be evaluated in parts. */
    uint32_t part, n_parts;
} octet_run_options;
#define OCTET_RUN_OPTIONS_INIT OCTET_INIT_(octet_run_options)

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

/* ---- Samples in, arrays out ---- */

/* How many samples octet_model_run_data runs: those of the split, at most options->limit. options may be NULL. Errors:
 * USAGE, DATA, those of reading the data. */
OCTET_API octet_status octet_model_count_samples(octet_context *ctx, const octet_model *model, octet_data *data,
                                                 const octet_run_options *options, uint64_t *out);
/* Runs the model over the samples. outputs: for each output of the model an array of n_samples parts, which hold the
 * elements that one sample has, in the output's own type, or, with real_output, as float32. n_samples: what
 * octet_model_count_samples says. Arrays of an input's own integer type are taken as they are, unless the data were
 * opened with a scaling. The outputs are undefined after an error. Errors: as above, USAGE (another n_samples),
 * UNSUPPORTED, LIMIT, CANCELLED. */
OCTET_API octet_status octet_model_run_data(octet_context *ctx, const octet_model *model, octet_data *data,
                                            const octet_run_options *options, bool real_output, void *const *outputs,
                                            uint64_t n_samples);

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

/* What octet_model_run_files wrote, in one line or as JSON. */
OCTET_API octet_status octet_array_files_render(octet_context *ctx, const octet_model *model,
                                                const octet_array_files *files, uint64_t n_samples, octet_rendering as,
                                                char **out);

/* ---- Time ---- */

/* Runs the model on made-up input for about `seconds` (0 = 1) and reports the time of a run and of every operator (the
 * least of all runs), and the memory that they take. */
OCTET_API octet_status octet_model_bench(octet_context *ctx, const octet_model *model, double seconds,
                                         const octet_run_options *options, octet_rendering as, char **out);

#ifdef __cplusplus
}
#endif

#endif
