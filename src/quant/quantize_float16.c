/* Mode float16: float16 weights behind DEQUANTIZE. */
#include "base/half.h"
#include "quant/builder.h"

/* One constant: its float16 form, and a DEQUANTIZE that brings it back when the graph starts. */
static octet_status halve(octet_builder *b, const octet_operator *op, uint32_t v) {
    if (v == OCTET_NONE || b->real[v] != OCTET_NONE) return OCTET_OK;
    const octet_value *value = &b->from->values[v];
    if (value->type != OCTET_FLOAT32 || !octet_value_is_constant(value)) return OCTET_OK;
    OCTET_TRY(octet_builder_check_constant(b, op, value));
    const size_t n = octet_shape_elements(&value->shape);
    const float *data = value->data;
    uint16_t *half = NULL;
    OCTET_TRY(octet_memory_allocate(b->ctx, n * sizeof *half, (void **)&half));
    for (size_t i = 0; i < n; i++) half[i] = octet_half_from_f32_saturated(data[i]);
    uint32_t constant;
    octet_status status =
        octet_graph_add_constant(b->ctx, b->to, value->name, OCTET_FLOAT16, &value->shape, half, &constant);
    octet_memory_free(b->ctx, half);
    OCTET_TRY(status);
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s1", value->name));
    OCTET_TRY(octet_graph_add_value(b->ctx, b->to, name, OCTET_FLOAT32, &value->shape, &b->real[v]));
    return octet_graph_add_operator(b->ctx, b->to, OCTET_OP_DEQUANTIZE, op->layer, &constant, 1, NULL, &b->real[v], 1,
                                    OCTET_NONE, NULL);
}

/* TRANSPOSE_CONV counts among those that have none. */
static bool has_fused_activation(const octet_operator *op) {
    return op->code != OCTET_OP_TRANSPOSE_CONV && octet_operator_activation(op) != OCTET_ACTIVATION_NONE;
}

/* TensorFlow's order, as its files show it: biases of operators with a fused activation, other biases, weights of
 * convolutions, other weights, each from the last operator to the first; then the weights and bias of a convolution
 * that opens the graph; then the rest. */
enum { ACTIVATED_BIASES, OTHER_BIASES, CONVOLUTIONS, OTHER_WEIGHTS, THE_REST, N_GROUPS };

static bool belongs(const octet_operator *op, bool opens, uint32_t operand, int group) {
    if (group == THE_REST) return true;
    const octet_operands operands = octet_operator_operands(op->code);
    if (octet_rules_get(op->code).rule_class == OCTET_RULE_NONE) return false; /* CONV_3D */
    if (opens && operands.bias >= 0) return false;
    const bool dense = op->code == OCTET_OP_FULLY_CONNECTED;
    if (operands.bias == (int)operand) return group == (has_fused_activation(op) ? ACTIVATED_BIASES : OTHER_BIASES);
    return operands.weights == (int)operand && group == (dense ? OTHER_WEIGHTS : CONVOLUTIONS);
}

static octet_status halve_all(octet_builder *b) {
    const octet_graph *from = b->from;
    for (int group = 0; group < N_GROUPS; group++) {
        for (uint32_t k = from->n_operators; k-- > 0;) {
            const octet_operator *op = &from->operators[k];
            for (uint32_t i = 0; i < op->n_inputs; i++) {
                if (belongs(op, k == 0, i, group)) OCTET_TRY(halve(b, op, op->inputs[i]));
            }
        }
    }
    return OCTET_OK;
}

octet_status octet_quantize_float16(octet_builder *b) {
    const octet_graph *from = b->from;
    OCTET_TRY(octet_builder_real_inputs(b));
    OCTET_TRY(halve_all(b));
    for (uint32_t k = 0; k < from->n_operators; k++)
        OCTET_TRY(octet_builder_copy_operator(b, k, OCTET_NONE, OCTET_NONE, NULL));
    return octet_builder_real_outputs(b);
}
