/* export/artifacts/artifacts.h - the files around the arrays: parameters as JSON and as C macros, and a guide.
 * In:  the plan of layers.h, golden vectors, what rounding once costs.
 * Out: text.
 * Knows: layers, the arithmetic of a requantization.
 * Does not know: folders, data, how models are run. */
#ifndef OCTET_EXPORT_ARTIFACTS_ARTIFACTS_H
#define OCTET_EXPORT_ARTIFACTS_ARTIFACTS_H

#include "base/buffer.h"
#include "explain/derivation.h"
#include "export/artifacts/layers.h"

/* Results of one layer rounded once against the same rounded twice, over all samples. */
typedef struct octet_artifact_cost {
    uint64_t n_numbers, n_different;
    int64_t largest; /* difference, in steps */
} octet_artifact_cost;

typedef struct octet_artifact_report {
    const char *model;   /* path */
    uint64_t model_hash; /* of the .tflite, base/hash.h */
    const char *command; /* or NULL */
    uint32_t n_vectors;  /* golden ones */
    const char *data;    /* path of the samples; NULL: made up */
    uint64_t n_samples;  /* over which `cost` goes */
    uint64_t n_images;   /* in test_images */
    bool has_images, has_labels;
    const char *images_type;              /* "u8" or "f32" */
    octet_artifact_cost *cost;            /* by operator */
    bool has_answers;                     /* samples have classes */
    uint64_t n_flips;                     /* classes that differ */
    double accuracy_twice, accuracy_once; /* with labels; 0..1 */
    /* One number of the first layer with weights, of the first vector, derived both ways. */
    uint32_t example_layer; /* operator */
    size_t example_element;
    const octet_derivation *twice, *once;
} octet_artifact_report;

/* quant_params.json: docs/artifacts.md has its schema. */
octet_status octet_artifacts_write_json(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                        octet_buffer *out);
/* quant_params.h: a macro for every scale and zero point, by layer and by tensor. */
octet_status octet_artifacts_write_macros(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                          octet_buffer *out);
/* README.md. */
octet_status octet_artifacts_write_guide(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                         octet_buffer *out);

/* The .tflite as C: `const unsigned char NAME[]`, aligned to 16 bytes, and `const unsigned int NAME_len`; its hash in a
 * comment. name: a C identifier. */
octet_status octet_artifacts_write_c_array(octet_context *ctx, const char *name, const char *model, octet_bytes bytes,
                                           octet_buffer *out);

#endif
