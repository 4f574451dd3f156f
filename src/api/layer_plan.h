/* api/layer_plan.h - which values of two models are compared, and what is run for it.
 * In:  a float model and a quantized one.
 * Out: a row for each pair of values, described; what has no partner.
 * Knows: src/layers.
 * Does not know: data, runs. */
#ifndef OCTET_API_LAYER_PLAN_H
#define OCTET_API_LAYER_PLAN_H

#include "api/handles.h"
#include "layers/gains.h"
#include "layers/pairs.h"
#include "layers/segment.h"
#include "layers/table.h"

enum { OCTET_LAYERS_FLOAT = 0, OCTET_LAYERS_QUANTIZED = 1 };

typedef struct octet_layer_job {
    uint32_t real, quantized; /* values that are compared */
    octet_layer_measured measured;
    octet_segment segment;
    size_t first_sum; /* among the sums of a run */
} octet_layer_job;

typedef struct octet_layer_plan {
    octet_arena arena; /* of what is only needed while models are compared */
    const octet_model *models[2];
    const octet_graph *real, *quantized;
    octet_model model; /* the quantized one, with the inputs and outputs of the float one in order and name */
    octet_graph graph; /* of it */
    octet_pairs pairs;
    octet_gain *gains;     /* by value of the quantized graph */
    octet_layers *layers;  /* rows are described, without figures */
    uint32_t *tips;        /* by value of the float graph: FAKE_QUANT behind it, if that alone reads it */
    octet_layer_job *rows; /* as layers->rows */
    uint32_t n_rows;
    size_t n_sums; /* of a run */
} octet_layer_plan;

/* A copy of `quantized`, and of its graph, that has the inputs and outputs of `real` in order and name; both live as
 * long as `quantized` and own nothing. Errors: DATA (another number of inputs), NOMEM. */
octet_status octet_api_align_ports(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                   const octet_model *quantized, octet_model *model, octet_graph *graph);
/* models, real (the canonical graph of the first one) and layers are set, the rest is zeros; models[1] and quantized
 * then are what to run. Errors: DATA (not of one network), NOMEM. */
octet_status octet_api_plan_layers(octet_context *ctx, octet_layer_plan *plan);

#endif
