#include <string.h>

#include "kernels/ref/fake_quant.h"
#include "kernels/ref/quantize_elements.h"
#include "passes/constant.h"
#include "passes/list.h"

/* The result of operator k is known: it becomes a constant and the operator goes. */
static void settle(octet_graph *graph, uint32_t k, const void *data) {
    const uint32_t result = graph->operators[k].outputs[0];
    octet_graph_remove_operator(graph, k);
    graph->values[result].data = data;
    graph->values[result].has_range = false;
}

static octet_status settle_doubles(octet_context *ctx, octet_graph *graph, uint32_t k, const double *values) {
    const octet_value *result = octet_graph_output(graph, &graph->operators[k], 0);
    const void *data = NULL;
    OCTET_TRY(
        octet_constant_write(ctx, &graph->arena, result->type, values, octet_shape_elements(&result->shape), &data));
    settle(graph, k, data);
    return OCTET_OK;
}

/* SHAPE: every shape is static. */
static octet_status settle_shape(octet_context *ctx, octet_graph *graph, uint32_t k) {
    const octet_shape *shape = &octet_graph_input(graph, &graph->operators[k], 0)->shape;
    double dims[OCTET_MAX_RANK];
    for (int32_t i = 0; i < shape->rank; i++) dims[i] = (double)shape->dims[i];
    return settle_doubles(ctx, graph, k, dims);
}

static octet_status settle_fake_quant(octet_context *ctx, octet_graph *graph, uint32_t k) {
    const octet_operator *op = &graph->operators[k];
    const octet_value *in = octet_graph_input(graph, op, 0);
    const octet_fake_quant_grid grid =
        octet_fake_quant_nudge(op->options.fake_quant.min, op->options.fake_quant.max, op->options.fake_quant.n_bits,
                               op->options.fake_quant.narrow_range);
    const size_t n = octet_shape_elements(&in->shape);
    float *rounded = NULL;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, n, &rounded));
    octet_fake_quant_f32_ref(&grid, in->data, rounded, 0, (uint32_t)n);
    settle(graph, k, rounded);
    return OCTET_OK;
}

/* DEQUANTIZE of a float16 constant, as in files with half-precision weights. */
static octet_status settle_half(octet_context *ctx, octet_graph *graph, uint32_t k) {
    const octet_value *in = octet_graph_input(graph, &graph->operators[k], 0);
    const size_t n = octet_shape_elements(&in->shape);
    float *data = NULL;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, n, &data));
    octet_dequantize_f16_ref(in->data, data, 0, (int32_t)n);
    settle(graph, k, data);
    return OCTET_OK;
}

/* A dense layer on zeros gives its bias: the first step of an unrolled recurrent layer. */
static bool settle_dense_on_zeros(octet_context *ctx, octet_graph *graph, uint32_t k, octet_status *status) {
    const octet_operator *op = &graph->operators[k];
    const uint32_t bias = op->n_inputs > 2 ? op->inputs[2] : OCTET_NONE;
    if (op->options.fully_connected.activation != OCTET_ACTIVATION_NONE ||
        !octet_edit_is_splat(graph, op->inputs[0], 0.0f))
        return false;
    if (!octet_edit_is_constant_f32(graph, op->inputs[1]) ||
        (bias != OCTET_NONE && !octet_edit_is_constant_f32(graph, bias)))
        return false;
    const size_t n = octet_shape_elements(&octet_graph_output(graph, op, 0)->shape);
    const size_t n_bias = bias == OCTET_NONE ? 1 : octet_shape_elements(&graph->values[bias].shape);
    const float *from = bias == OCTET_NONE ? NULL : graph->values[bias].data;
    float *data = NULL;
    *status = OCTET_NEW(ctx, &graph->arena, n, &data);
    if (*status != OCTET_OK) return true;
    for (size_t i = 0; i < n && from != NULL; i++) data[i] = from[i % n_bias];
    settle(graph, k, data);
    return true;
}

/* The parts of a constant: SPLIT, SPLIT_V and UNPACK. */
static octet_status settle_parts(octet_context *ctx, octet_graph *graph, uint32_t k, bool *changed) {
    const octet_operator *op = &graph->operators[k];
    const octet_value *in = octet_graph_input(graph, op, op->code == OCTET_OP_SPLIT ? 1 : 0);
    int32_t axis = op->options.pack.axis, n = 1;
    if (!octet_value_is_constant(in) || !octet_constant_has_type(in->type)) return OCTET_OK;
    if (octet_shape_elements(&in->shape) > OCTET_CONSTANT_MAX_ELEMENTS) return OCTET_OK;
    const uint32_t place = op->code == OCTET_OP_SPLIT ? 0 : 2; /* of the axis */
    if (op->code != OCTET_OP_UNPACK && !octet_edit_read_integers(graph, op, place, 1, &axis, &n)) return OCTET_OK;
    if (axis < 0) axis += in->shape.rank;
    const size_t size = octet_type_size(in->type), outer = (size_t)octet_shape_product(&in->shape, 0, axis);
    const size_t whole = octet_shape_elements(&in->shape) * size;
    size_t done = 0;
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        octet_value *part = octet_graph_output(graph, op, i);
        const size_t bytes = octet_shape_elements(&part->shape) * size;
        uint8_t *data = NULL;
        OCTET_TRY(octet_arena_array(ctx, &graph->arena, bytes, 1, (void **)&data));
        for (size_t o = 0; o < outer; o++)
            memcpy(data + o * (bytes / outer), (const uint8_t *)in->data + o * (whole / outer) + done, bytes / outer);
        done += outer == 0 ? 0 : bytes / outer;
        part->data = data;
        part->has_range = false;
    }
    octet_graph_remove_operator(graph, k);
    *changed = true;
    return OCTET_OK;
}

static bool all_constant(const octet_graph *graph, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        if (value == NULL || !octet_value_is_constant(value) || !octet_constant_has_type(value->type)) return false;
        if (octet_shape_elements(&value->shape) > OCTET_CONSTANT_MAX_ELEMENTS) return false;
    }
    const octet_value *result = octet_graph_output(graph, op, 0);
    return op->n_inputs > 0 && op->n_outputs == 1 && octet_constant_has_type(result->type) &&
           octet_shape_elements(&result->shape) <= OCTET_CONSTANT_MAX_ELEMENTS;
}

static octet_status fold(octet_context *ctx, octet_graph *graph, uint32_t k, octet_arena *scratch, bool *changed) {
    const octet_operator *op = &graph->operators[k];
    const octet_value *in = octet_graph_input(graph, op, 0);
    octet_status status = OCTET_OK;
    if (op->removed || in == NULL) return OCTET_OK;
    if (op->code == OCTET_OP_SHAPE) {
        *changed = true;
        return settle_shape(ctx, graph, k);
    }
    if (op->code == OCTET_OP_ZEROS_LIKE && graph->is_unrolled &&
        in->type == OCTET_FLOAT32) { /* the state that a loop begins with */
        float *zeros = NULL;
        OCTET_TRY(OCTET_NEW(ctx, &graph->arena, octet_shape_elements(&in->shape), &zeros));
        settle(graph, k, zeros);
        *changed = true;
        return OCTET_OK;
    }
    if (op->code == OCTET_OP_DEQUANTIZE && in->type == OCTET_FLOAT16 && octet_value_is_constant(in)) {
        *changed = true;
        return settle_half(ctx, graph, k);
    }
    if (op->code == OCTET_OP_FAKE_QUANT && octet_value_is_constant(in)) {
        *changed = true;
        return settle_fake_quant(ctx, graph, k);
    }
    if (op->code == OCTET_OP_FULLY_CONNECTED && settle_dense_on_zeros(ctx, graph, k, &status)) {
        *changed = true;
        return status;
    }
    if (op->code == OCTET_OP_SPLIT || op->code == OCTET_OP_SPLIT_V || op->code == OCTET_OP_UNPACK)
        return settle_parts(ctx, graph, k, changed);
    if (!all_constant(graph, op)) return OCTET_OK;
    double *values = NULL;
    OCTET_TRY(octet_constant_compute(ctx, scratch, graph, op, &values));
    if (values == NULL) return OCTET_OK;
    *changed = true;
    return settle_doubles(ctx, graph, k, values);
}

/* Operators on constants, and SHAPE of anything, are computed now; shape arithmetic of an open batch disappears with
 * it. */
octet_status octet_pass_fold_constants(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    octet_status status = OCTET_OK;
    for (uint32_t k = 0; k < graph->n_operators && status == OCTET_OK; k++) {
        status = fold(ctx, graph, k, &scratch, changed);
        octet_arena_free(ctx, &scratch);
    }
    octet_arena_free(ctx, &scratch);
    return status;
}
