/* octet/artifacts.h - a quantized model as plain files: for kernels written by hand, simulators and FPGA tools.
 * In:  a quantized model, samples.
 * Out: a folder of arrays and parameters; a C array.
 * Knows: models, data.
 * Does not know: how models are quantized. */
#ifndef OCTET_ARTIFACTS_H
#define OCTET_ARTIFACTS_H

#include "octet/data.h"
#include "octet/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct octet_artifacts_options {
    size_t size;        /* set by the INIT macro */
    const char *names;  /* of octet_choice_name("layer names"): one count over all layers, or one for each kind */
    bool planar;        /* maps as [C,H,W]: golden vectors, images, and the columns of a dense layer behind a map */
    bool replace;       /* write into a folder that exists; files of other names stay */
    uint64_t n_vectors; /* golden ones; 0 = 4 */
    uint64_t limit;     /* at most so many samples: images, and what rounding once is measured on; 0 = 1,000, of made-up
                            ones 100 */
    const char *command;      /* stands in the guide; or NULL */
    octet_progress *progress; /* NULL: none */
    void *progress_user;
} octet_artifacts_options;
#define OCTET_ARTIFACTS_OPTIONS_INIT OCTET_INIT_(octet_artifacts_options)

/* Writes the folder `path`, complete or not at all: weights and biases of every layer, golden vectors of every layer in
 * both roundings, test images and labels, quant_params.json, quant_params.h and a README.md with the arithmetic
 * (docs/artifacts.md). Samples come from `data` (the test split, or the training split where there is no other), or are
 * made up where it is NULL. *out says what was written and what rounding once costs; free it with octet_text_free.
 * Errors: UNSUPPORTED (a layer whose weights are not int8), USAGE (a folder that exists), IO, DATA. */
OCTET_API octet_status octet_model_export_artifacts(octet_context *ctx, const octet_model *model,
                                                    const octet_data *data, const char *path,
                                                    const octet_artifacts_options *options, octet_rendering as,
                                                    char **out);
/* Writes the .tflite as C source: an aligned const array, its length, its hash. name: a C identifier; NULL: made from
 * the model's path. Errors: USAGE (the name), IO. */
OCTET_API octet_status octet_model_export_c_array(octet_context *ctx, const octet_model *model, const char *name,
                                                  const char *path);

#ifdef __cplusplus
}
#endif

#endif
