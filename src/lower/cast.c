#include "kernels/ref/cast.h"
#include "lower/check.h"
#include "lower/families.h"

enum { PIECE = 4096 }; /* elements per unit */

typedef struct cast_step {
    octet_cast_type from, to;
    size_t from_size, to_size, n_elements;
} cast_step;

static void run_cast(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const cast_step *c = step->params;
    const size_t first = (size_t)begin * PIECE, last = (size_t)end * PIECE;
    octet_cast_ref(c->from, c->to, (const char *)octet_step_input(step, frame, 0) + first * c->from_size,
                   (char *)octet_step_output(step, frame, 0) + first * c->to_size,
                   (last < c->n_elements ? last : c->n_elements) - first);
}

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
    cast_step *c;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &c));
    *c = (cast_step){.from = type_of(input->type),
                     .to = type_of(output->type),
                     .from_size = octet_type_size(input->type),
                     .to_size = octet_type_size(output->type),
                     .n_elements = octet_shape_elements(&output->shape)};
    octet_step_set(step, run_cast, c, (uint32_t)((c->n_elements - 1) / PIECE + 1), "ref");
    return OCTET_OK;
}
