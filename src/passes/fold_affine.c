#include <math.h>

#include "passes/affine.h"
#include "passes/list.h"

/* One candidate: a binary operator with a constant operand behind an
 * affine operator, perhaps with a RESHAPE between. */
typedef struct candidate {
    uint32_t k, constant, reshape; /* reshape: operator index or OCTET_NONE */
    octet_affine affine;
} candidate;

/* True when the constant has one element, or runs over exactly the trailing
 * dimensions of `out` that hold the channels. */
static bool covers_channels(const octet_shape *constant, const octet_shape *out, int32_t n_channels) {
    if (octet_shape_elements(constant) == 1) return constant->rank <= out->rank;
    if (octet_shape_elements(constant) != (size_t)n_channels || constant->rank > out->rank) return false;
    size_t covered = 1;
    for (int32_t i = 1; i <= constant->rank && covered < (size_t)n_channels; i++) {
        const int32_t length = constant->dims[constant->rank - i];
        if (length != out->dims[out->rank - i]) return false;
        covered *= (size_t)length;
    }
    return true;
}

static bool match(const octet_graph *graph, uint32_t k, candidate *out) {
    const octet_operator *op = &graph->operators[k];
    uint32_t side;
    if (op->removed || !octet_edit_has_constant(graph, op, &side)) return false;
    uint32_t v = op->inputs[side];
    if (!octet_edit_is_private(graph, v)) return false;
    *out = (candidate){.k = k, .constant = op->inputs[1 - side], .reshape = OCTET_NONE};
    const octet_shape *shape = &graph->values[v].shape;
    if (!octet_shape_equal(shape, &octet_graph_output(graph, op, 0)->shape)) return false;
    uint32_t p = graph->values[v].producer;
    if (graph->operators[p].code == OCTET_OP_RESHAPE) {
        out->reshape = p;
        v = graph->operators[p].inputs[0];
        if (!octet_edit_is_private(graph, v)) return false;
        p = graph->values[v].producer;
    }
    if (!octet_affine_match(graph, p, &out->affine)) return false;
    if (!covers_channels(&graph->values[out->constant].shape, shape, out->affine.n_channels)) return false;
    /* Behind a RESHAPE the channels must still be the trailing dimensions; one number fits everywhere. */
    if (out->reshape == OCTET_NONE || octet_shape_elements(&graph->values[out->constant].shape) == 1) return true;
    int32_t trailing = 1;
    for (int32_t i = shape->rank; i > 0 && trailing < out->affine.n_channels; i--) trailing *= shape->dims[i - 1];
    return trailing == out->affine.n_channels;
}

/* Weights with a trained scale per channel stay so: the scales are multiplied too. With one scale for all they are
 * constants like any others afterwards. */
static octet_status fold_trained(octet_context *ctx, octet_graph *graph, const octet_affine *a,
                                 const octet_trained_weights *trained, const float *factors, size_t step,
                                 octet_arena *scratch) {
    const size_t n = (size_t)a->n_channels;
    const uint32_t value = graph->operators[a->op].inputs[a->weights];
    double *scales = NULL;
    float *raw = NULL;
    if (trained->n != n) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &scales));
    OCTET_TRY(OCTET_NEW(ctx, scratch, a->outer * n * a->inner, &raw));
    for (size_t c = 0; c < n; c++) scales[c] = trained->scales[c] * fabs((double)factors[c * step]);
    for (size_t c = 0; c < n; c++) {
        if (!(scales[c] > 0.0) || !isfinite(scales[c]))
            return OCTET_OK; /* a channel that is switched off has no scale */
    }
    for (size_t i = 0; i < a->outer * n * a->inner; i++) raw[i] = trained->raw[i] * factors[i / a->inner % n * step];
    return octet_value_set_trained(ctx, graph, value, (uint32_t)n, scales, raw);
}

static octet_status fold(octet_context *ctx, octet_graph *graph, const candidate *c, octet_arena *scratch) {
    octet_operator *op = &graph->operators[c->k];
    const octet_value *constant = &graph->values[c->constant];
    const float *factors = constant->data;
    const size_t step = octet_shape_elements(&constant->shape) == 1 ? 0 : 1;
    const octet_affine *a = &c->affine;
    const size_t n = (size_t)a->n_channels;
    float *bias = NULL, *weights = NULL;
    const octet_trained_weights trained = octet_graph_input(graph, &graph->operators[a->op], a->weights)->trained;
    OCTET_TRY(octet_affine_read_bias(ctx, scratch, graph, a, &bias));
    if (op->code == OCTET_OP_MUL) {
        const octet_value *old = octet_graph_input(graph, &graph->operators[a->op], a->weights);
        const float *w = old->data;
        OCTET_TRY(OCTET_NEW(ctx, scratch, octet_shape_elements(&old->shape), &weights));
        for (size_t i = 0; i < a->outer * n * a->inner; i++) weights[i] = w[i] * factors[i / a->inner % n * step];
        for (size_t c_out = 0; c_out < n; c_out++) bias[c_out] = bias[c_out] * factors[c_out * step];
    } else {
        const float sign = op->code == OCTET_OP_ADD ? 1.0f : -1.0f;
        for (size_t c_out = 0; c_out < n; c_out++) bias[c_out] = bias[c_out] + sign * factors[c_out * step];
    }
    /* A dense layer without bias needs none for a multiplication. */
    const bool keeps_none =
        op->code == OCTET_OP_MUL && octet_graph_input(graph, &graph->operators[a->op], a->bias) == NULL;
    const octet_activation activation = octet_operator_activation(op);
    OCTET_TRY(octet_affine_replace(ctx, graph, a, weights, keeps_none ? NULL : bias, c->constant));
    if (weights != NULL) OCTET_TRY(fold_trained(ctx, graph, a, &trained, factors, step, scratch));
    octet_operator_set_activation(&graph->operators[a->op], activation);
    octet_edit_take_output(graph, c->reshape != OCTET_NONE ? c->reshape : a->op, c->k);
    return OCTET_OK;
}

/* MUL, ADD and SUB by constants over the output channels go into the weights and the bias before them, in float32 and
 * in the order in which they stand: batch normalization as m, off gives w * m and bias * m + off. */
octet_status octet_pass_fold_affine(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    octet_status status = OCTET_OK;
    for (uint32_t k = 0; k < graph->n_operators && status == OCTET_OK; k++) {
        candidate c;
        if (!match(graph, k, &c)) continue;
        status = fold(ctx, graph, &c, &scratch);
        *changed = true;
        octet_arena_free(ctx, &scratch);
    }
    octet_arena_free(ctx, &scratch);
    return status;
}
