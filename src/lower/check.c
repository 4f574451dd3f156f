#include "lower/check.h"

#include <string.h>

bool octet_bind_check_empty(octet_binder *binder, const octet_operator *op, octet_step *step) {
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        if (octet_shape_elements(&octet_graph_output(binder->graph, op, i)->shape) > 0) return false;
    }
    octet_step_set_none(step, OCTET_KERNEL_nothing, NULL, 0);
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

void octet_bind_zero_element(const octet_value *value, unsigned char *element) {
    memset(element, 0, 8);
    if (!octet_type_is_quantized(value->type) || value->quantization.n != 1) return;
    const int32_t zero_point = value->quantization.zero_point[0];
    if (value->type == OCTET_INT16) {
        const int16_t narrow = (int16_t)zero_point;
        memcpy(element, &narrow, sizeof narrow);
    } else {
        element[0] = (unsigned char)zero_point;
    }
}
