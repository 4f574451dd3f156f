#include "kernels/ref/spectrum.h"
#include "graph/infer/infer.h"
#include "lower/check.h"
#include "lower/families.h"

enum { PIECE = 4096 }; /* elements per unit */

typedef struct part_step {
    octet_complex_part part;
    size_t n_elements;
} part_step;

static void run_part(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const part_step *p = step->params;
    const size_t first = (size_t)begin * PIECE, last = (size_t)end * PIECE;
    octet_complex_part_ref(p->part, (const float *)octet_step_input(step, frame, 0) + 2 * first,
                           (float *)octet_step_output(step, frame, 0) + first,
                           (last < p->n_elements ? last : p->n_elements) - first);
}

static void run_rfft(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    octet_rfft_ref(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), frame->scratch,
                   begin, end);
}

octet_status octet_bind_complex_part(octet_binder *binder, const octet_operator *op, octet_step *step) {
    part_step *p;
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->part = op->code == OCTET_OP_COMPLEX_ABS ? OCTET_COMPLEX_ABS
              : op->code == OCTET_OP_IMAG      ? OCTET_COMPLEX_IMAG
                                               : OCTET_COMPLEX_REAL;
    p->n_elements = octet_shape_elements(&octet_graph_output(binder->graph, op, 0)->shape);
    octet_step_set(step, run_part, p, (uint32_t)((p->n_elements - 1) / PIECE + 1), "ref");
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
    if (op->code != OCTET_OP_RFFT2D) return octet_bind_complex_part(binder, op, step);
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
    octet_step_set(step, run_rfft, p, (uint32_t)octet_shape_product(in, 0, in->rank - 2), "ref");
    step->scratch_bytes = octet_rfft_memory(p) * sizeof(double);
    return OCTET_OK;
}
