#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

/* MEAN: loops over the axes that stay, and in them over those that go. */
void octet_c_emit_mean(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_reduce_params *p = octet_step_params_reduce(step);
    octet_c_writer *f = &e->functions;
    int64_t strides[2 * OCTET_REDUCE_MAX_AXES], own[2 * OCTET_REDUCE_MAX_AXES], stride = 1;
    int32_t counts[2 * OCTET_REDUCE_MAX_AXES];
    if (p->count > 1 << 23) octet_c_refuse(e, step, "the sum of %d elements may leave 32 bits", p->count);
    for (int32_t i = 0; i < p->n_kept; i++) counts[i] = p->kept[i].size, strides[i] = p->kept[i].stride;
    for (int32_t i = 0; i < p->n_reduced; i++)
        counts[p->n_kept + i] = p->reduced[i].size, strides[p->n_kept + i] = p->reduced[i].stride;
    for (int32_t i = p->n_kept - 1; i >= 0; i--) own[i] = stride, stride *= p->kept[i].size;
    octet_c_open(e, stage);
    octet_c_open_loops(e, p->n_kept, counts);
    octet_c_line(f, "int32_t sum = %d;", -p->input_zero_point * p->count);
    for (int32_t i = p->n_kept; i < p->n_kept + p->n_reduced; i++) {
        octet_c_line(f, "int32_t i%d;", i);
        octet_c_line(f, "for (i%d = 0; i%d < %d; ++i%d) {", i, i, counts[i], i);
    }
    octet_c_line(f, "sum += input[%s];", octet_c_index(e, p->n_kept + p->n_reduced, strides, 0));
    for (int32_t i = 0; i < p->n_reduced; i++) octet_c_line(f, "}");
    octet_c_line(f, "output[%s] = (int8_t)%s;", octet_c_index(e, p->n_kept, own, 0),
                 octet_c_clamped(e, octet_c_scaled(e, "sum", p->multiplier, p->shift), p->shift > 0,
                                 p->output_zero_point, -128, 127));
    for (int32_t i = 0; i < p->n_kept; i++) octet_c_line(f, "}");
    octet_c_end(f);
}
