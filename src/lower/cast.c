#include "kernels/ref/cast.h"
#include "lower/check.h"
#include "lower/families.h"

static octet_cast_type type_of(octet_type type) {
    switch (type) {
    case OCTET_FLOAT32: return OCTET_CAST_F32;
    case OCTET_FLOAT16: return OCTET_CAST_F16;
    case OCTET_INT64: return OCTET_CAST_S64;
    case OCTET_INT32: return OCTET_CAST_S32;
    case OCTET_INT16: return OCTET_CAST_S16;
    case OCTET_INT8: return OCTET_CAST_S8;
    case OCTET_UINT8: return OCTET_CAST_U8;
    case OCTET_BOOL:
    case OCTET_COMPLEX64:
    case OCTET_N_TYPES: break;
    }
    return OCTET_CAST_BOOL;
}

octet_status octet_bind_cast(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    if (input->type == OCTET_COMPLEX64) return octet_bind_complex_part(binder, op, step); /* its real part */
    octet_cast_params *c;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &c));
    *c = (octet_cast_params){.from = type_of(input->type),
                             .to = type_of(output->type),
                             .from_size = octet_type_size(input->type),
                             .to_size = octet_type_size(output->type),
                             .n_elements = octet_shape_elements(&output->shape)};
    octet_step_set_cast(step, OCTET_KERNEL_cast, c, octet_step_pieces(c->n_elements));
    return OCTET_OK;
}
