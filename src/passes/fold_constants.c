#include "graph/fold.h"
#include "kernels/ref/fake_quant.h"
#include "kernels/ref/quantize_elements.h"
#include "passes/edit.h"
#include "passes/list.h"

enum { MAX_ELEMENTS = 1 << 22 };

/* The result of an operator, to be filled: it becomes a constant. */
static octet_status make_constant_f32(octet_context *ctx, octet_graph *graph, const octet_operator *op, float **data) {
    octet_value *result = octet_graph_output(graph, op, 0);
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, octet_shape_elements(&result->shape), data));
    result->data = *data;
    return OCTET_OK;
}

static octet_status fold_fake_quant(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *is_known) {
    const octet_value *in = octet_graph_input(graph, op, 0);
    float *rounded = NULL;
    if (!octet_value_is_constant(in)) return OCTET_OK;
    const octet_fake_quant_grid grid =
        octet_fake_quant_nudge(op->options.fake_quant.min, op->options.fake_quant.max, op->options.fake_quant.n_bits,
                               op->options.fake_quant.narrow_range);
    OCTET_TRY(make_constant_f32(ctx, graph, op, &rounded));
    octet_fake_quant_f32_ref(&grid, in->data, rounded, 0, (uint32_t)octet_shape_elements(&in->shape));
    *is_known = true;
    return OCTET_OK;
}

/* DEQUANTIZE of a float16 constant, as in files with half-precision weights. */
static octet_status fold_half(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *is_known) {
    const octet_value *in = octet_graph_input(graph, op, 0);
    float *data = NULL;
    if (in->type != OCTET_FLOAT16 || !octet_value_is_constant(in)) return OCTET_OK;
    OCTET_TRY(make_constant_f32(ctx, graph, op, &data));
    octet_dequantize_f16_ref(in->data, data, 0, (int32_t)octet_shape_elements(&in->shape));
    *is_known = true;
    return OCTET_OK;
}

/* A dense layer on zeros gives its bias: the first step of an unrolled recurrent layer. */
static octet_status fold_dense_on_zeros(octet_context *ctx, octet_graph *graph, const octet_operator *op,
                                        bool *is_known) {
    const uint32_t bias = op->n_inputs > 2 ? op->inputs[2] : OCTET_NONE;
    if (octet_operator_activation(op) != OCTET_ACTIVATION_NONE || !octet_edit_is_splat(graph, op->inputs[0], 0.0f) ||
        !octet_edit_is_constant_f32(graph, op->inputs[1]) ||
        (bias != OCTET_NONE && !octet_edit_is_constant_f32(graph, bias)))
        return OCTET_OK;
    const size_t n = octet_shape_elements(&octet_graph_output(graph, op, 0)->shape);
    const size_t n_bias = bias == OCTET_NONE ? 1 : octet_shape_elements(&graph->values[bias].shape);
    const float *from = bias == OCTET_NONE ? NULL : graph->values[bias].data;
    float *data = NULL;
    OCTET_TRY(make_constant_f32(ctx, graph, op, &data));
    for (size_t i = 0; i < n && from != NULL; i++) data[i] = from[i % n_bias];
    *is_known = true;
    return OCTET_OK;
}

/* The state that a loop begins with. */
static octet_status fold_zeros_like(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *is_known) {
    float *zeros = NULL;
    if (!graph->is_unrolled || octet_graph_input(graph, op, 0)->type != OCTET_FLOAT32) return OCTET_OK;
    *is_known = true;
    return make_constant_f32(ctx, graph, op, &zeros);
}

static octet_status fold(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *is_known) {
    octet_folding folding = OCTET_FOLDING_UNKNOWN;
    switch ((int)op->code) {
    case OCTET_OP_FAKE_QUANT: return fold_fake_quant(ctx, graph, op, is_known);
    case OCTET_OP_DEQUANTIZE: return fold_half(ctx, graph, op, is_known);
    case OCTET_OP_FULLY_CONNECTED: return fold_dense_on_zeros(ctx, graph, op, is_known);
    case OCTET_OP_ZEROS_LIKE: return fold_zeros_like(ctx, graph, op, is_known);
    default: break;
    }
    OCTET_TRY(octet_fold_outputs(ctx, graph, op, MAX_ELEMENTS, &folding));
    *is_known = folding == OCTET_FOLDING_KNOWN;
    return OCTET_OK;
}

/* Operators on constants, and SHAPE of anything, are computed now; shape
 * arithmetic of an open batch disappears with it. */
octet_status octet_pass_fold_constants(octet_context *ctx, octet_graph *graph, bool *changed) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        bool is_known = false;
        if (op->removed || octet_graph_input(graph, op, 0) == NULL) continue;
        OCTET_TRY(fold(ctx, graph, op, &is_known));
        if (!is_known) continue;
        octet_graph_remove_operator(graph, k);
        *changed = true;
    }
    return OCTET_OK;
}
