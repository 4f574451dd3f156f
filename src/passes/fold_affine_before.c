#include "passes/affine.h"
#include "passes/list.h"

/* The constant operand of a binary operator that only operator `a` reads: a vector over the last dimension or one
 * number; OCTET_NONE else. */
static uint32_t constant_before(const octet_graph *graph, const octet_affine *a, int32_t n_inputs, uint32_t *side) {
    const uint32_t v = graph->operators[a->op].inputs[a->data];
    const octet_operator *op = octet_edit_producer(graph, v);
    if (op == NULL || !octet_edit_is_private(graph, v) || !octet_edit_has_constant(graph, op, side)) return OCTET_NONE;
    if (octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return OCTET_NONE;
    if (!octet_shape_equal(&graph->values[op->inputs[*side]].shape, &graph->values[v].shape)) return OCTET_NONE;
    const octet_shape *shape = &graph->values[op->inputs[1 - *side]].shape;
    const size_t n = octet_shape_elements(shape);
    /* TensorFlow folds vectors, and leaves the [1,n] of an adapted Normalization alone. */
    const bool fits = n == 1 || (shape->rank == 1 && n == (size_t)n_inputs);
    return fits ? op->inputs[1 - *side] : OCTET_NONE;
}

/* w'[o][i] = w[o][i] * m[i], or b'[o] = b[o] + off[0] * w[o][0] + ..., added one after the other. */
static octet_status fold_into_dense(octet_context *ctx, octet_graph *graph, const octet_affine *a,
                                    octet_operator_code code, uint32_t constant, octet_arena *scratch) {
    const octet_value *old = octet_graph_input(graph, &graph->operators[a->op], a->weights);
    const float *w = old->data, *factors = graph->values[constant].data;
    const size_t step = octet_shape_elements(&graph->values[constant].shape) == 1 ? 0 : 1;
    if (code == OCTET_OP_MUL) {
        float *weights = NULL;
        const size_t n = octet_shape_elements(&old->shape);
        OCTET_TRY(OCTET_NEW(ctx, scratch, n, &weights));
        for (size_t i = 0; i < n; i++) weights[i] = w[i] * factors[i % a->inner * step];
        return octet_affine_replace(ctx, graph, a, weights, NULL, constant);
    }
    float *bias = NULL;
    OCTET_TRY(octet_affine_read_bias(ctx, scratch, graph, a, &bias));
    for (size_t o = 0; o < (size_t)a->n_channels; o++) {
        for (size_t i = 0; i < a->inner; i++) {
            const float product = factors[i * step] * w[o * a->inner + i];
            bias[o] = code == OCTET_OP_ADD ? bias[o] + product : bias[o] - product;
        }
    }
    return octet_affine_replace(ctx, graph, a, NULL, bias, constant);
}

/* One factor for all inputs of a convolution: padding with zeros stays right. */
static octet_status fold_into_conv(octet_context *ctx, octet_graph *graph, const octet_affine *a, uint32_t constant,
                                   octet_arena *scratch) {
    const octet_value *old = octet_graph_input(graph, &graph->operators[a->op], a->weights);
    const float *w = old->data, factor = ((const float *)graph->values[constant].data)[0];
    const size_t n = octet_shape_elements(&old->shape);
    float *weights = NULL;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &weights));
    for (size_t i = 0; i < n; i++) weights[i] = w[i] * factor;
    return octet_affine_replace(ctx, graph, a, weights, NULL, constant);
}

/* One number added to all inputs of a convolution without padding: b'[o] = b[o] + number * w[o][0] + ... */
static octet_status fold_into_conv_bias(octet_context *ctx, octet_graph *graph, const octet_affine *a,
                                        octet_operator_code code, uint32_t constant, octet_arena *scratch) {
    const float *w = octet_graph_input(graph, &graph->operators[a->op], a->weights)->data;
    const float number = ((const float *)graph->values[constant].data)[0];
    const size_t n_channels = (size_t)a->n_channels;
    float *bias = NULL;
    OCTET_TRY(octet_affine_read_bias(ctx, scratch, graph, a, &bias));
    for (size_t o = 0; o < n_channels; o++) {
        for (size_t i = 0; i < a->outer * a->inner; i++) {
            const float product = number * w[(i / a->inner * n_channels + o) * a->inner + i % a->inner];
            bias[o] = code == OCTET_OP_ADD ? bias[o] + product : bias[o] - product;
        }
    }
    return octet_affine_replace(ctx, graph, a, NULL, bias, constant);
}

static bool has_no_padding(const octet_operator *op) {
    if (op->code == OCTET_OP_CONV_2D) return op->options.conv_2d.padding == OCTET_PADDING_VALID;
    return op->code == OCTET_OP_DEPTHWISE_CONV_2D && op->options.depthwise_conv_2d.padding == OCTET_PADDING_VALID;
}

static octet_status fold_before(octet_context *ctx, octet_graph *graph, uint32_t k, octet_arena *scratch,
                                bool *folded) {
    octet_affine a;
    if (!octet_affine_takes(graph, k, &a)) return OCTET_OK;
    const bool dense = graph->operators[k].code == OCTET_OP_FULLY_CONNECTED;
    uint32_t side = 0;
    const octet_shape *in = &graph->values[graph->operators[k].inputs[a.data]].shape;
    const uint32_t constant = in->rank == 0 ? OCTET_NONE : constant_before(graph, &a, in->dims[in->rank - 1], &side);
    if (constant == OCTET_NONE || (dense && in->dims[in->rank - 1] != (int32_t)a.inner)) return OCTET_OK;
    const octet_operator *op = octet_edit_producer(graph, graph->operators[k].inputs[a.data]);
    const uint32_t source = op->inputs[side];
    const bool is_number = octet_shape_elements(&graph->values[constant].shape) == 1;
    if (graph->operators[k].code == OCTET_OP_TRANSPOSE_CONV) return OCTET_OK;
    if (dense && op->code != OCTET_OP_MUL && !is_number &&
        octet_graph_input(graph, &graph->operators[k], a.bias) == NULL)
        return OCTET_OK;
    if (dense) {
        OCTET_TRY(fold_into_dense(ctx, graph, &a, op->code, constant, scratch));
    } else if (op->code == OCTET_OP_MUL && is_number) {
        OCTET_TRY(fold_into_conv(ctx, graph, &a, constant, scratch));
    } else if (op->code != OCTET_OP_MUL && is_number && has_no_padding(&graph->operators[k])) {
        OCTET_TRY(fold_into_conv_bias(ctx, graph, &a, op->code, constant, scratch));
    } else {
        return OCTET_OK;
    }
    const uint32_t producer = (uint32_t)(op - graph->operators);
    octet_graph_set_input(graph, k, a.data, source);
    octet_graph_remove_operator(graph, producer);
    *folded = true;
    return OCTET_OK;
}

/* MUL by constants over the last dimension before a FULLY_CONNECTED, ADD and SUB of such before one with a bias and of
 * one number before any, MUL by one number before CONV_2D and DEPTHWISE_CONV_2D, and ADD and SUB of one number before
 * one of these without padding, go into the weights and the bias behind them. */
octet_status octet_pass_fold_affine_before(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    octet_status status = OCTET_OK;
    for (uint32_t k = 0; k < graph->n_operators && status == OCTET_OK; k++) {
        bool folded = !graph->operators[k].removed;
        while (folded && status == OCTET_OK) {
            folded = false;
            status = fold_before(ctx, graph, k, &scratch, &folded);
            *changed = *changed || folded;
        }
        octet_arena_free(ctx, &scratch);
    }
    octet_arena_free(ctx, &scratch);
    return status;
}

/* A RELU or RELU6 that alone reads the result: TensorFlow's rewriter has fused it by then, and moves no bias into an
 * operator with an activation. */
static bool has_relu(const octet_graph *graph, const octet_operator *op) {
    const uint32_t v = op->outputs[0];
    if (!octet_edit_is_private(graph, v)) return false;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *reader = &graph->operators[k];
        if (reader->removed || reader->n_inputs == 0 || reader->inputs[0] != v) continue;
        return reader->code == OCTET_OP_RELU || reader->code == OCTET_OP_RELU6;
    }
    return false;
}

/* The bias of a dense layer that feeds only dense layers which have one
 * too: b2'[o] = b2[o] + sum of b1[i] * w2[o][i]. */
static bool reads_as_data(const octet_graph *graph, uint32_t k, uint32_t v, octet_affine *a) {
    octet_operator *op = &graph->operators[k];
    if (op->removed || op->code != OCTET_OP_FULLY_CONNECTED || op->inputs[0] != v || !octet_affine_takes(graph, k, a))
        return false;
    const octet_shape *in = &graph->values[v].shape;
    return octet_graph_input(graph, op, a->bias) != NULL && in->rank > 0 &&
           in->dims[in->rank - 1] == (int32_t)a->inner && !has_relu(graph, op);
}

static octet_status move_bias(octet_context *ctx, octet_graph *graph, uint32_t v, octet_arena *scratch, bool *changed) {
    octet_affine from, to;
    const uint32_t k = graph->values[v].producer;
    const octet_operator *op = octet_edit_producer(graph, v);
    if (op == NULL || op->removed || op->code != OCTET_OP_FULLY_CONNECTED || !octet_affine_match(graph, k, &from))
        return OCTET_OK;
    const uint32_t bias = octet_graph_input(graph, op, from.bias) == NULL ? OCTET_NONE : op->inputs[from.bias];
    if (bias == OCTET_NONE || octet_graph_is_output(graph, v)) return OCTET_OK;
    uint32_t n_readers = 0;
    for (uint32_t j = k + 1; j < graph->n_operators; j++) n_readers += reads_as_data(graph, j, v, &to);
    if (n_readers == 0 || n_readers != graph->values[v].n_uses) return OCTET_OK;
    for (uint32_t j = k + 1; j < graph->n_operators; j++) {
        if (reads_as_data(graph, j, v, &to)) OCTET_TRY(fold_into_dense(ctx, graph, &to, OCTET_OP_ADD, bias, scratch));
    }
    octet_graph_set_input(graph, k, from.bias, OCTET_NONE);
    *changed = true;
    return OCTET_OK;
}

/* Vectors and biases before operator k, a dense layer with a bias. */
static octet_status fold_forward(octet_context *ctx, octet_graph *graph, uint32_t k, octet_arena *scratch,
                                 bool *changed) {
    octet_affine a;
    for (bool folded = true; folded;) {
        const octet_operator *op = &graph->operators[k];
        folded = false;
        if (op->removed || op->code != OCTET_OP_FULLY_CONNECTED || !octet_affine_takes(graph, k, &a)) return OCTET_OK;
        if (octet_graph_input(graph, op, a.bias) == NULL) return OCTET_OK;
        const octet_shape *in =
            octet_edit_is_private(graph, op->inputs[0]) ? &graph->values[op->inputs[0]].shape : NULL;
        uint32_t side = 0;
        const uint32_t constant =
            in == NULL || in->rank == 0 ? OCTET_NONE : constant_before(graph, &a, in->dims[in->rank - 1], &side);
        if (constant != OCTET_NONE && octet_shape_elements(&graph->values[constant].shape) > 1) {
            OCTET_TRY(fold_before(ctx, graph, k, scratch, &folded));
        } else {
            OCTET_TRY(move_bias(ctx, graph, op->inputs[0], scratch, changed));
        }
        *changed = *changed || folded;
    }
    return OCTET_OK;
}

/* What stands before a dense layer with a bias goes into it first, before anything goes into the layer in front of it:
 * factors and summands for every input, and the bias of a dense layer unless a RELU follows. From the last operator to
 * the first, as TensorFlow's rewriter goes: in a chain of dense layers every second one keeps its bias. Once: biases
 * that later passes bring together stay. */
octet_status octet_pass_fold_forward(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    octet_status status = OCTET_OK;
    for (uint32_t k = graph->n_operators; k-- > 0 && status == OCTET_OK;) {
        status = fold_forward(ctx, graph, k, &scratch, changed);
        octet_arena_free(ctx, &scratch);
    }
    return status;
}
