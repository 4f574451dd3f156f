/* export/artifacts/layers.h - a quantized graph as a list of named layers with plain arrays.
 * In:  a verified quantized graph.
 * Out: a name for every operator ("conv0", "fc1", "maxpool0"); of those with weights the arrays as kernels written by
 *      hand take them: weights [out,in] or [O,I,kH,kW], biases [out], multipliers and shifts.
 * Knows: lower (numerics `integer`), the order of axes.
 * Does not know: file formats, data. */
#ifndef OCTET_EXPORT_ARTIFACTS_LAYERS_H
#define OCTET_EXPORT_ARTIFACTS_LAYERS_H

#include "graph/graph.h"
#include "lower/step.h"

typedef enum octet_artifact_naming {
    OCTET_ARTIFACT_NAMES_LAYER = 0, /* one count over all layers with weights: conv0, fc1, fc2 */
    OCTET_ARTIFACT_NAMES_KIND = 1   /* a count for each kind: conv0, conv1, fc0 */
} octet_artifact_naming;

/* Numbers for a file: row-major. */
typedef struct octet_artifact_array {
    const char *name; /* "fc0_W": the file's, without its ending */
    const char *axes; /* "[out,in]" */
    octet_type type;
    octet_shape shape;
    const void *data; /* NULL: there is none */
} octet_artifact_array;

typedef struct octet_artifact_layer {
    const char *name;
    const octet_operator *op;
    uint32_t number; /* of the operator */
    const octet_step *step;
    const octet_requantize *q; /* of an operator with weights; else NULL */
    int32_t n_channels;        /* of the output; with weights */
    bool has_one_scale;        /* for all weights */
    bool is_permuted;          /* a dense layer whose columns were brought from HWC to CHW */
    octet_shape map;           /* of such a layer: [N,H,W,C] before it was flattened */
    octet_artifact_array weights, bias;
} octet_artifact_layer;

typedef struct octet_artifacts {
    const octet_graph *graph;
    octet_artifact_naming naming;
    bool planar;                  /* maps are written as [C,H,W] */
    octet_artifact_layer *layers; /* by operator */
    uint32_t n_weighted;
    bool *is_flat_map; /* by value: a map [N,H,W,C] flattened, for a permuted layer */
    octet_shape *map;  /* by value: the map's shape where is_flat_map says so */
} octet_artifacts;

/* *out and its arrays live in `arena`, and point into the graph. Errors: UNSUPPORTED names a layer with weights that
 * are not int8, or a graph in which nothing is quantized; those of octet_lower_graph. */
octet_status octet_artifacts_plan(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                  octet_artifact_naming naming, bool planar, octet_artifacts *out);
/* For a file: n tensors of the shape of a value, in `type`, one after the other, with maps [H,W,C] brought to [C,H,W]
 * where the artifacts are planar. *out: its shape begins with n. Data live in `arena`. */
octet_status octet_artifacts_tensors(octet_context *ctx, octet_arena *arena, const octet_artifacts *a, const char *name,
                                     uint32_t value, octet_type type, uint32_t n, const void *data,
                                     octet_artifact_array *out);

#endif
