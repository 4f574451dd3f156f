#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

enum { MOST_DEPTH = 1 << 15 }; /* 255 * 255 * depth fits into 31 bits, of int16 into 47 */

void octet_c_emit_batch_matmul(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_batch_matmul_params *p = octet_step_params_batch_matmul(step);
    octet_c_writer *f = &e->functions;
    int64_t lhs[OCTET_BATCH_MATMUL_MAX_AXES + 2], rhs[OCTET_BATCH_MATMUL_MAX_AXES + 2],
        own[OCTET_BATCH_MATMUL_MAX_AXES + 2];
    int32_t counts[OCTET_BATCH_MATMUL_MAX_AXES + 2];
    const int32_t n = p->n_axes;
    const bool is_wide = step->kernel == OCTET_KERNEL_batch_matmul_s16;
    const char *type = octet_c_input_type(e, stage);
    if (is_wide && p->shift >= 15) octet_c_refuse(e, step, "its scales are too far apart");
    if (p->depth > MOST_DEPTH) octet_c_refuse(e, step, "sums of %d products may leave 32 bits", p->depth);
    for (int32_t i = 0; i < n; i++) {
        counts[i] = p->sizes[i];
        lhs[i] = (int64_t)p->lhs_steps[i] * p->rows * p->depth;
        rhs[i] = (int64_t)p->rhs_steps[i] * p->depth * p->columns;
    }
    counts[n] = p->rows, lhs[n] = p->adj_x ? 1 : p->depth, rhs[n] = 0;
    counts[n + 1] = p->columns, lhs[n + 1] = 0, rhs[n + 1] = p->adj_y ? p->depth : 1;
    for (int32_t i = n + 1, stride = 1; i >= 0; stride *= counts[i], i--) own[i] = stride;
    const char *a = octet_c_operand(e, stage, 0), *b = octet_c_operand(e, stage, 1);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t k;");
    octet_c_open_loops(e, n + 2, counts);
    octet_c_line(f, "const %s *x = %s + %s, *y = %s + %s;", type, a, octet_c_index(e, n + 2, lhs, 0), b,
                 octet_c_index(e, n + 2, rhs, 0));
    octet_c_line(f, "%s sum = 0;", is_wide ? "int64_t" : "int32_t");
    octet_c_line(f, "for (k = 0; k < %d; ++k) sum += %s%s * %s;", p->depth, is_wide ? "(int64_t)" : "",
                 octet_c_centered(e, octet_c_format(e, "x[k * %d]", p->adj_x ? p->rows : 1), p->lhs_zero_point),
                 octet_c_centered(e, octet_c_format(e, "y[k * %d]", p->adj_y ? 1 : p->columns), p->rhs_zero_point));
    const char *scaled = is_wide ? octet_c_scaled_wide(e, "sum", p->multiplier, p->shift)
                                 : octet_c_scaled(e, "sum", p->multiplier, p->shift);
    int32_t low, high;
    octet_type_limits(e->graph->values[step->outputs[0]].type, &low, &high);
    octet_c_line(f, "output[%s] = (%s)%s;", octet_c_index(e, n + 2, own, 0), type,
                 octet_c_clamped(e, scaled, is_wide || p->shift > 0, p->output_zero_point, low, high));
    for (int32_t i = 0; i < n + 2; i++) octet_c_line(f, "}");
    octet_c_end(f);
}
