#include "kernels/ref/spectrum.h"
#include "graph/infer/infer.h"
#include "lower/check.h"
#include "lower/families.h"

octet_status octet_bind_complex_part(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_complex_part_params *p;
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->part = op->code == OCTET_OP_COMPLEX_ABS ? OCTET_COMPLEX_ABS
              : op->code == OCTET_OP_IMAG      ? OCTET_COMPLEX_IMAG
                                               : OCTET_COMPLEX_REAL;
    p->n_elements = octet_shape_elements(&octet_graph_output(binder->graph, op, 0)->shape);
    octet_step_set_complex_part(step, OCTET_KERNEL_complex_part, p, octet_step_pieces(p->n_elements));
    return OCTET_OK;
}

static octet_status make_turns(octet_binder *binder, int32_t n, const double **out) {
    double *turns;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, (size_t)n, &turns));
    octet_rfft_turns(n, turns);
    *out = turns;
    return OCTET_OK;
}

octet_status octet_bind_spectrum(octet_binder *binder, const octet_operator *op, octet_step *step) {
    if (op->code == OCTET_OP_REAL || op->code == OCTET_OP_IMAG || op->code == OCTET_OP_COMPLEX_ABS)
        return octet_bind_complex_part(binder, op, step);
    if (op->code != OCTET_OP_RFFT2D) return octet_bind_unsupported(binder, op);
    const octet_shape *in = &octet_graph_input(binder->graph, op, 0)->shape;
    octet_rfft_params *p;
    int32_t lengths[2], n;
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, 2, lengths, &n));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_rfft_params){
        .in_h = in->dims[in->rank - 2], .in_w = in->dims[in->rank - 1], .fft_h = lengths[0], .fft_w = lengths[1]};
    OCTET_TRY(make_turns(binder, lengths[0], &p->turns_h));
    OCTET_TRY(make_turns(binder, lengths[1], &p->turns_w));
    octet_step_set_rfft(step, OCTET_KERNEL_rfft, p, (uint32_t)octet_shape_product(in, 0, in->rank - 2));
    step->work.scratch_bytes = octet_rfft_memory(p) * sizeof(double);
    return OCTET_OK;
}
