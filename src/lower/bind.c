#include <math.h>

#include "lower/families.h"
#include "lower/unsigned.h"

static octet_bind_function *const functions[OCTET_N_OPERATORS] = {
#define ROW(name, options, family, operands) [OCTET_OP_##name] = octet_bind_##family,
    OCTET_OPERATOR_LIST(ROW)
#undef ROW
};

/* Families whose int8 kernels serve uint8 operators too. */
static bool serves_unsigned(octet_bind_function *family) {
    static octet_bind_function *const families[] = {octet_bind_arithmetic, octet_bind_compare, octet_bind_conv,
                                                    octet_bind_dense,      octet_bind_reduce,  octet_bind_softmax,
                                                    octet_bind_unary};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (families[i] == family) return true;
    return false;
}

octet_status octet_bind(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_bind_function *family = functions[op->code];
    if (serves_unsigned(family) && octet_bind_has_unsigned(binder->graph, op))
        return octet_bind_unsigned(binder, op, family, step);
    return family(binder, op, step);
}

octet_status octet_bind_unsupported(octet_binder *binder, const octet_operator *op) {
    const octet_value *input = octet_graph_input(binder->graph, op, 0);
    const octet_value *weights = octet_graph_input(binder->graph, op, 1);
    return octet_context_fail(binder->ctx, OCTET_UNSUPPORTED, "%s: %s has no kernel for %s%s%s inputs and %s output",
                              op->layer, octet_operator_name(op->code),
                              input != NULL ? octet_type_name(input->type) : "no", weights != NULL ? " and " : "",
                              weights != NULL ? octet_type_name(weights->type) : "",
                              op->n_outputs ? octet_type_name(octet_graph_output(binder->graph, op, 0)->type) : "no");
}

octet_status octet_bind_input(octet_binder *binder, const octet_operator *op, uint32_t i, octet_value **out) {
    *out = octet_graph_input(binder->graph, op, i);
    OCTET_CHECK(binder->ctx, *out, OCTET_MODEL, "%s: %s has no input %u", op->layer, octet_operator_name(op->code), i);
    return OCTET_OK;
}

octet_status octet_bind_operands(octet_binder *binder, const octet_operator *op, const uint32_t *inputs, uint32_t n,
                                 octet_step *step) {
    uint32_t *operands;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, n, &operands));
    for (uint32_t i = 0; i < n; i++) operands[i] = inputs[i] < op->n_inputs ? op->inputs[inputs[i]] : OCTET_NONE;
    step->inputs = operands;
    step->n_inputs = n;
    return OCTET_OK;
}

octet_status octet_bind_per_tensor(octet_binder *binder, const octet_operator *op, const octet_value *value,
                                   float *scale, int32_t *zero_point) {
    OCTET_CHECK(binder->ctx, value->quantization.n == 1, OCTET_MODEL, "%s: %s: tensor %s has %u scales, one is needed",
                op->layer, octet_operator_name(op->code), value->name, value->quantization.n);
    *scale = value->quantization.scale[0];
    *zero_point = value->quantization.zero_point[0];
    OCTET_CHECK(binder->ctx, isfinite(*scale) && *scale > 0, OCTET_MODEL,
                "%s: %s: tensor %s has scale %g, it must be finite and above 0", op->layer,
                octet_operator_name(op->code), value->name, (double)*scale);
    return OCTET_OK;
}

octet_status octet_bind_same_parameters(octet_binder *binder, const octet_operator *op, const octet_value *a,
                                        const octet_value *b) {
    float scale_a, scale_b;
    int32_t zero_a, zero_b;
    OCTET_TRY(octet_bind_per_tensor(binder, op, a, &scale_a, &zero_a));
    OCTET_TRY(octet_bind_per_tensor(binder, op, b, &scale_b, &zero_b));
    OCTET_CHECK(binder->ctx, scale_a == scale_b && zero_a == zero_b, OCTET_MODEL,
                "%s: %s: tensors %s and %s must have the same scale and zero point, they have %g, %d and %g, %d",
                op->layer, octet_operator_name(op->code), a->name, b->name, (double)scale_a, zero_a, (double)scale_b,
                zero_b);
    return OCTET_OK;
}
