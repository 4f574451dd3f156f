/* octet/model.h - models: loading, describing, checking, writing.
 * In:  model files (.h5, .keras, .tflite), SavedModel folders of Keras 2, or the bytes of a file.
 * Out: handles, tables, .tflite files.
 * Knows: contexts.
 * Does not know: data, how a model is quantized or run. */
#ifndef OCTET_MODEL_H
#define OCTET_MODEL_H

#include "octet/context.h"

#ifdef __cplusplus
extern "C" {
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
    bool resize;      /* of a .tflite: input_shape, with the batch, replaces also what the file fixes; the shapes
                         of all other tensors follow. An input without a shape keeps its own */
    bool first_graph; /* of a .tflite: its graph 0, whichever signatures it has; not together with signature */
} octet_load_options;
#define OCTET_LOAD_OPTIONS_INIT OCTET_INIT_(octet_load_options)

/* Reads a Keras 2 or Keras 3 .h5, a .keras, a SavedModel folder of Keras 2 or a .tflite; the content decides, not the
 * name. Code inside a file is never run. options may be NULL. Errors: IO, FORMAT, UNSUPPORTED (names layer,
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
    int32_t dims_signature[OCTET_TENSOR_MAX_RANK]; /* as dims; -1 for a dimension that the .tflite leaves open */
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
/* Graphs that the .tflite offers to run, by name: what octet_load_options.signature takes. 0 for a model that was made
 * here, or of a file without them. */
OCTET_API uint32_t octet_model_n_signatures(const octet_model *model);
/* index must be below octet_model_n_signatures. */
OCTET_API const char *octet_model_signature(const octet_model *model, uint32_t index);
/* The one of the graph that was loaded; octet_model_n_signatures: none is. */
OCTET_API uint32_t octet_model_current_signature(const octet_model *model);
/* "Keras 2", "Keras 3", "TensorFlow Lite". */
OCTET_API const char *octet_model_format(const octet_model *model);
/* The loss that a Keras model was compiled with, by the name in its file ("mean_squared_error"); NULL where that says
 * nothing, or names several. Belongs to the model. */
OCTET_API const char *octet_model_loss(const octet_model *model);
/* Whether any tensor of it is int8, uint8 or int16 with a scale. Bytes without one are numbers: the pictures that a
 * float model takes. QUANTIZE and DEQUANTIZE in pairs around float operators (quantization-aware training, not
 * converted yet) leave a float model. */
OCTET_API bool octet_model_is_quantized(const octet_model *model);
/* Whether quantization-aware training left ranges in a float model, so that int8 needs no samples. Errors: USAGE (a
 * quantized model), those of passes over a .tflite. */
OCTET_API octet_status octet_model_is_trained(octet_context *ctx, const octet_model *model, bool *out);

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

#ifdef __cplusplus
}
#endif

#endif
