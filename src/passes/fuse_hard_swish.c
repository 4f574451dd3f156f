#include "passes/edit.h"
#include "passes/list.h"

/* The operand of a binary operator without activation whose other operand is a constant that equals `number` everywhere
 * and does not widen the result; OCTET_NONE when it is none. */
static uint32_t other_operand(const octet_graph *graph, const octet_operator *op, octet_operator_code code,
                              float number) {
    if (op == NULL || op->code != code || op->n_inputs != 2) return OCTET_NONE;
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t x = op->inputs[1 - i];
        if (!octet_edit_is_splat(graph, op->inputs[i], number)) continue;
        if (octet_shape_equal(&graph->values[x].shape, &graph->values[op->outputs[0]].shape)) return x;
    }
    return OCTET_NONE;
}

static bool is_plain(const octet_operator *op) { return octet_operator_activation(op) == OCTET_ACTIVATION_NONE; }

/* x, where `value` is relu6(x + 3) that only one operator reads; the RELU6 may be fused. */
static uint32_t shifted_of(const octet_graph *graph, uint32_t value) {
    if (!octet_edit_is_private(graph, value)) return OCTET_NONE;
    const octet_operator *op = octet_edit_producer(graph, value);
    if (op->code == OCTET_OP_RELU6) {
        if (!octet_edit_is_private(graph, op->inputs[0])) return OCTET_NONE;
        op = octet_edit_producer(graph, op->inputs[0]);
        if (op->code != OCTET_OP_ADD || !is_plain(op)) return OCTET_NONE;
    } else if (op->code != OCTET_OP_ADD || octet_operator_activation(op) != OCTET_ACTIVATION_RELU6) {
        return OCTET_NONE;
    }
    return other_operand(graph, op, OCTET_OP_ADD, 3.0f);
}

/* What is multiplied by a sixth to give `value`, which only one operator reads. */
static uint32_t sixfold_of(const octet_graph *graph, uint32_t value) {
    const octet_operator *op = octet_edit_producer(graph, value);
    if (!octet_edit_is_private(graph, value) || op->code != OCTET_OP_MUL || !is_plain(op)) return OCTET_NONE;
    return other_operand(graph, op, OCTET_OP_MUL, 1.0f / 6.0f);
}

/* The x of x * relu6(x + 3) where operator k is that product; `sixth`: one factor is divided by six already. */
static uint32_t product_of(const octet_graph *graph, const octet_operator *op, bool sixth) {
    if (op->code != OCTET_OP_MUL || op->n_inputs != 2) return OCTET_NONE;
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t x = op->inputs[i], factor = sixth ? sixfold_of(graph, op->inputs[1 - i]) : op->inputs[1 - i];
        if (factor != OCTET_NONE && shifted_of(graph, factor) == x) return x;
    }
    return OCTET_NONE;
}

static uint32_t match(const octet_graph *graph, const octet_operator *op) {
    if (op->removed || op->code != OCTET_OP_MUL || !is_plain(op)) return OCTET_NONE;
    const uint32_t x = product_of(graph, op, true);
    if (x != OCTET_NONE) return x;
    const uint32_t inner = other_operand(graph, op, OCTET_OP_MUL, 1.0f / 6.0f);
    if (inner == OCTET_NONE || !octet_edit_is_private(graph, inner)) return OCTET_NONE;
    const octet_operator *product = octet_edit_producer(graph, inner);
    return product->code == OCTET_OP_MUL && is_plain(product) ? product_of(graph, product, false) : OCTET_NONE;
}

/* x * (relu6(x + 3) / 6) and (x * relu6(x + 3)) / 6: HARD_SWISH, as MobileNetV3 is written in Keras 2. */
octet_status octet_pass_fuse_hard_swish(octet_context *ctx, octet_graph *graph, bool *changed) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const uint32_t x = match(graph, &graph->operators[k]);
        if (x == OCTET_NONE) continue;
        OCTET_TRY(octet_edit_set_inputs(ctx, graph, k, &x, 1));
        graph->operators[k].code = OCTET_OP_HARD_SWISH;
        graph->operators[k].options = (octet_options){0};
        *changed = true;
    }
    return OCTET_OK;
}
