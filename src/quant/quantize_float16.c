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
    for (size_t i = 0; i < n; i++) half[i] = octet_qparams_float16(data[i]);
    uint32_t constant;
    octet_status status = octet_graph_add_constant(b->ctx, b->to, value->name, OCTET_FLOAT16, &value->shape, half, &constant);
    octet_memory_free(b->ctx, half);
    OCTET_TRY(status);
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s1", value->name));
    OCTET_TRY(octet_graph_add_value(b->ctx, b->to, name, OCTET_FLOAT32, &value->shape, &b->real[v]));
    return octet_graph_add_operator(b->ctx, b->to, OCTET_OP_DEQUANTIZE, op->layer, &constant, 1, NULL, &b->real[v], 1, OCTET_NONE, NULL);
}

static bool has_fused_activation(const octet_operator *op) {
    return op->code == OCTET_OP_FULLY_CONNECTED && op->options.fully_connected.activation != OCTET_ACTIVATION_NONE;
}

/* TensorFlow's order of constants: biases of FULLY_CONNECTED with an activation, then all others, each from the last operator to the
 * first; the bias of a FULLY_CONNECTED before its weights, other operands as they stand. */
static octet_status halve_all(octet_builder *b) {
    const octet_graph *from = b->from;
    for (uint32_t k = from->n_operators; k-- > 0;) {
        const octet_operator *op = &from->operators[k];
        if (has_fused_activation(op) && op->n_inputs > 2) OCTET_TRY(halve(b, op, op->inputs[2]));
    }
    for (uint32_t k = from->n_operators; k-- > 0;) {
        const octet_operator *op = &from->operators[k];
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const uint32_t operand = op->code == OCTET_OP_FULLY_CONNECTED ? op->n_inputs - 1 - i : i;
            OCTET_TRY(halve(b, op, op->inputs[operand]));
        }
    }
    return OCTET_OK;
}

octet_status octet_quantize_float16(octet_builder *b) {
    const octet_graph *from = b->from;
    for (uint32_t i = 0; i < from->n_inputs; i++) {
        uint32_t input;
        OCTET_TRY(octet_builder_real(b, from->inputs[i].value, "input", &input));
        OCTET_TRY(octet_graph_add_input(b->ctx, b->to, input, from->inputs[i].name));
    }
    OCTET_TRY(halve_all(b));
    for (uint32_t k = 0; k < from->n_operators; k++) OCTET_TRY(octet_builder_copy_operator(b, k, OCTET_NONE, OCTET_NONE, NULL));
    for (uint32_t i = 0; i < from->n_outputs; i++) {
        uint32_t output;
        OCTET_TRY(octet_builder_real(b, from->outputs[i].value, "output", &output));
        OCTET_TRY(octet_graph_add_output(b->ctx, b->to, output, from->outputs[i].name));
    }
    return octet_graph_compact(b->ctx, b->to);
}
