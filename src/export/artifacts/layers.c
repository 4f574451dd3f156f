#include "export/artifacts/layers.h"

#include <inttypes.h>
#include <string.h>

#include "base/ascii.h"
#include "lower/lower.h"

/* ---- Names ---- */

static const char *known_kind(octet_operator_code code) {
    static const struct {
        octet_operator_code code;
        const char *kind;
    } kinds[] = {{OCTET_OP_CONV_2D, "conv"},          {OCTET_OP_DEPTHWISE_CONV_2D, "dwconv"},
                 {OCTET_OP_TRANSPOSE_CONV, "deconv"}, {OCTET_OP_FULLY_CONNECTED, "fc"},
                 {OCTET_OP_MAX_POOL_2D, "maxpool"},   {OCTET_OP_AVERAGE_POOL_2D, "avgpool"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].code == code) return kinds[i].kind;
    return NULL;
}

/* "SQUARED_DIFFERENCE" becomes "squared_difference"; a digit at the end is kept apart from the number behind it. */
static octet_status kind_of(octet_context *ctx, octet_arena *arena, octet_operator_code code, const char **out) {
    const char *known = known_kind(code), *name = octet_operator_name(code);
    char *text;
    if (known != NULL) {
        *out = known;
        return OCTET_OK;
    }
    const size_t length = strlen(name);
    OCTET_TRY(octet_arena_allocate(ctx, arena, length + 2, 1, (void **)&text));
    for (size_t i = 0; i < length; i++) text[i] = (char)octet_ascii_lower(name[i]);
    if (length > 0 && octet_ascii_is_digit(name[length - 1])) text[length] = '_';
    *out = text;
    return OCTET_OK;
}

static octet_status name_layer(octet_context *ctx, octet_arena *arena, octet_artifacts *a, uint32_t index) {
    octet_artifact_layer *layer = &a->layers[index];
    const char *kind;
    uint32_t number = 0;
    OCTET_TRY(kind_of(ctx, arena, layer->op->code, &kind));
    const bool by_layer = layer->q != NULL && a->naming == OCTET_ARTIFACT_NAMES_LAYER;
    for (uint32_t i = 0; i < index; i++)
        number += by_layer ? a->layers[i].q != NULL : a->layers[i].op->code == layer->op->code;
    return octet_arena_format(ctx, arena, &layer->name, "%s%" PRIu32, kind, number);
}

/* ---- Order of axes ---- */

/* Axis k of `to` is axis order[k] of `from`. */
static void permute(const octet_shape *from, const int32_t *order, size_t size, const uint8_t *source,
                    uint8_t *target) {
    const size_t n = octet_shape_elements(from);
    size_t stride[OCTET_MAX_RANK], step[OCTET_MAX_RANK];
    int32_t index[OCTET_MAX_RANK] = {0};
    for (int32_t k = from->rank - 1; k >= 0; k--)
        stride[k] = k == from->rank - 1 ? size : stride[k + 1] * (size_t)from->dims[k + 1];
    for (int32_t k = 0; k < from->rank; k++) step[k] = stride[order[k]];
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        for (int32_t k = 0; k < from->rank; k++) at += (size_t)index[k] * step[k];
        memcpy(target + i * size, source + at, size);
        for (int32_t k = from->rank - 1; k >= 0 && ++index[k] == from->dims[order[k]]; k--) index[k] = 0;
    }
}

static octet_status permute_array(octet_context *ctx, octet_arena *arena, const octet_shape *from, const int32_t *order,
                                  octet_artifact_array *array) {
    uint8_t *data;
    const size_t size = octet_type_size(array->type);
    OCTET_TRY(octet_arena_array(ctx, arena, octet_shape_elements(from), size, (void **)&data));
    permute(from, order, size, array->data, data);
    array->shape = *from;
    for (int32_t k = 0; k < from->rank; k++) array->shape.dims[k] = from->dims[order[k]];
    array->data = data;
    return OCTET_OK;
}

/* Of the operator's weights: [O,I,kH,kW] of [O,kH,kW,I], [O,1,kH,kW] of [1,kH,kW,O]; dense ones as they are. */
static octet_status order_weights(octet_context *ctx, octet_arena *arena, octet_artifact_layer *layer) {
    static const int32_t full[] = {0, 3, 1, 2}, depthwise[] = {3, 0, 1, 2}, columns[] = {0, 3, 1, 2};
    octet_artifact_array *w = &layer->weights;
    const octet_shape shape = w->shape;
    if (layer->op->code == OCTET_OP_FULLY_CONNECTED) {
        w->axes = "[out,in]";
        if (!layer->is_permuted) return OCTET_OK;
        const int32_t *map = layer->map.dims;
        const octet_shape seen = octet_shape_make(4, (const int32_t[]){shape.dims[0], map[1], map[2], map[3]});
        OCTET_TRY(permute_array(ctx, arena, &seen, columns, w));
        w->shape = shape;
        return OCTET_OK;
    }
    w->axes = layer->op->code == OCTET_OP_DEPTHWISE_CONV_2D ? "[O,1,kH,kW]" : "[O,I,kH,kW]";
    return permute_array(ctx, arena, &shape, layer->op->code == OCTET_OP_DEPTHWISE_CONV_2D ? depthwise : full, w);
}

/* ---- Layers ---- */

static const octet_requantize *requantize_of(const octet_step *step) {
    const octet_params_kind kind = octet_kernel_params(step->kernel);
    if (kind == OCTET_PARAMS_conv_2d) return &octet_step_params_conv_2d(step)->q;
    if (kind == OCTET_PARAMS_depthwise) return &octet_step_params_depthwise(step)->q;
    if (kind == OCTET_PARAMS_transpose_conv) return &octet_step_params_transpose_conv(step)->q;
    if (kind == OCTET_PARAMS_fully_connected) return &octet_step_params_fully_connected(step)->q;
    return NULL;
}

/* The map that the first operand of a dense layer was, before RESHAPE flattened it. */
static bool find_map(const octet_graph *graph, uint32_t value, octet_shape *map) {
    const uint32_t producer = graph->values[value].producer;
    if (producer == OCTET_NONE || graph->operators[producer].code != OCTET_OP_RESHAPE) return false;
    const octet_value *from = octet_graph_input(graph, &graph->operators[producer], 0);
    const octet_shape *shape = &from->shape, *flat = &graph->values[value].shape;
    if (shape->rank != 4 || flat->rank < 1 || shape->dims[3] == 1 || shape->dims[1] * shape->dims[2] == 1) return false;
    *map = *shape;
    return flat->dims[flat->rank - 1] == shape->dims[1] * shape->dims[2] * shape->dims[3];
}

static octet_status take_arrays(octet_context *ctx, octet_arena *arena, octet_artifacts *a,
                                octet_artifact_layer *layer) {
    const octet_graph *graph = a->graph;
    const octet_value *weights = &graph->values[layer->step->inputs[1]];
    const bool has_bias = layer->step->n_inputs > 2 && layer->step->inputs[2] != OCTET_NONE;
    const octet_value *bias = has_bias ? &graph->values[layer->step->inputs[2]] : NULL;
    OCTET_CHECK(ctx, weights->data != NULL && (bias == NULL || bias->data != NULL), OCTET_UNSUPPORTED,
                "%s: %s computes its weights: only constants become files", layer->op->layer,
                octet_operator_name(layer->op->code));
    layer->n_channels =
        graph->values[layer->step->outputs[0]].shape.dims[graph->values[layer->step->outputs[0]].shape.rank - 1];
    layer->has_one_scale = weights->quantization.n == 1;
    layer->is_permuted = a->planar && layer->op->code == OCTET_OP_FULLY_CONNECTED &&
                         find_map(graph, layer->step->inputs[0], &layer->map);
    if (layer->is_permuted) {
        a->is_flat_map[layer->step->inputs[0]] = true;
        a->map[layer->step->inputs[0]] = layer->map;
    }
    layer->weights = (octet_artifact_array){.type = weights->type, .shape = weights->shape, .data = weights->data};
    OCTET_TRY(octet_arena_format(ctx, arena, &layer->weights.name, "%s_W", layer->name));
    OCTET_TRY(order_weights(ctx, arena, layer));
    if (bias == NULL) return OCTET_OK;
    layer->bias = (octet_artifact_array){.axes = "[out]", .type = bias->type, .shape = bias->shape, .data = bias->data};
    return octet_arena_format(ctx, arena, &layer->bias.name, "%s_b", layer->name);
}

octet_status octet_artifacts_plan(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                  octet_artifact_naming naming, bool planar, octet_artifacts *out) {
    const octet_lower_options options = {.numerics = OCTET_NUMERICS_INTEGER};
    octet_step *steps;
    *out = (octet_artifacts){.graph = graph, .naming = naming, .planar = planar};
    OCTET_TRY(octet_lower_graph(ctx, arena, graph, &options, &steps));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->layers));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->is_flat_map));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->map));
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        octet_artifact_layer *layer = &out->layers[i];
        *layer = (octet_artifact_layer){.op = &graph->operators[i], .number = i, .step = &steps[i]};
        const octet_requantize *q = requantize_of(&steps[i]);
        const octet_value *input = q != NULL ? &graph->values[steps[i].inputs[0]] : NULL,
                          *weights = q != NULL ? &graph->values[steps[i].inputs[1]] : NULL;
        if (q != NULL && octet_type_is_quantized(input->type) && weights->type == OCTET_INT8) layer->q = q;
        const bool has_kind = known_kind(layer->op->code) != NULL && layer->op->n_inputs > 1;
        OCTET_CHECK(ctx, layer->q != NULL || !has_kind, OCTET_UNSUPPORTED,
                    "%s: %s has no int8 weights with quantized activations: quantize the model with --mode int8",
                    layer->op->layer, octet_operator_name(layer->op->code));
        OCTET_TRY(name_layer(ctx, arena, out, i));
        if (layer->q == NULL) continue;
        OCTET_TRY(take_arrays(ctx, arena, out, layer));
        out->n_weighted++;
    }
    OCTET_CHECK(ctx, out->n_weighted > 0, OCTET_UNSUPPORTED,
                "%s: it has no convolutions and no dense layers with int8 weights", graph->source);
    return OCTET_OK;
}

octet_status octet_artifacts_tensors(octet_context *ctx, octet_arena *arena, const octet_artifacts *a, const char *name,
                                     uint32_t value, octet_type type, uint32_t n, const void *data,
                                     octet_artifact_array *out) {
    static const int32_t planes[] = {0, 3, 1, 2};
    const octet_value *of = &a->graph->values[value];
    const bool is_map = of->shape.rank == 4, is_flat = a->is_flat_map[value];
    *out = (octet_artifact_array){.name = name, .axes = "[n,...]", .type = type, .shape = of->shape, .data = data};
    const octet_shape *seen = is_map ? &of->shape : &a->map[value];
    const bool has_batch = of->shape.rank > 0 && of->shape.dims[0] == 1;
    if (a->planar && (is_map || is_flat)) {
        octet_shape all = *seen;
        all.dims[0] *= (int32_t)n;
        OCTET_TRY(permute_array(ctx, arena, &all, planes, out));
    }
    if (!(a->planar && is_map)) {
        out->shape = of->shape;
        if (!has_batch) {
            OCTET_CHECK(ctx, of->shape.rank < OCTET_MAX_RANK, OCTET_LIMIT,
                        "%s: rank %d is too high for several samples", of->name, of->shape.rank);
            memmove(out->shape.dims + 1, of->shape.dims, (size_t)of->shape.rank * sizeof *of->shape.dims);
            out->shape.rank++;
            out->shape.dims[0] = 1;
        }
        out->shape.dims[0] *= (int32_t)n;
    }
    if (is_map) out->axes = a->planar ? "[n,C,H,W]" : "[n,H,W,C]";
    return OCTET_OK;
}
