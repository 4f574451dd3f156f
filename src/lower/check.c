#include "lower/check.h"

static void run_nothing(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                        uint32_t end) {
    (void)step;
    (void)frame;
    (void)phase;
    (void)begin;
    (void)end;
}

bool octet_bind_check_empty(octet_binder *binder, const octet_operator *op, octet_step *step) {
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        if (octet_shape_elements(&octet_graph_output(binder->graph, op, i)->shape) > 0) return false;
    }
    octet_step_set(step, run_nothing, NULL, 0, "ref");
    return true;
}

octet_status octet_bind_check_moved(octet_binder *binder, const octet_operator *op, const octet_value *a,
                                    const octet_value *b) {
    if (!octet_type_is_quantized(a->type) || (a->quantization.n == 0 && b->quantization.n == 0)) return OCTET_OK;
    return octet_bind_same_parameters(binder, op, a, b);
}

octet_status octet_bind_check_symmetric(octet_binder *binder, const octet_operator *op, const octet_value *value,
                                        float *scale) {
    int32_t zero_point;
    OCTET_TRY(octet_bind_per_tensor(binder, op, value, scale, &zero_point));
    OCTET_CHECK(binder->ctx, zero_point == 0, OCTET_MODEL, "%s: %s: %s tensor %s has zero point %d, it must be 0",
                op->layer, octet_operator_name(op->code), octet_type_name(value->type), value->name, zero_point);
    return OCTET_OK;
}
