/* Elements go where indices say, or where their order puts them: GATHER_ND, SCATTER_ND, DYNAMIC_UPDATE_SLICE,
 * TOPK_V2. */
#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

static octet_type operand_type(const octet_c_emitter *e, const octet_step *step, uint32_t i) {
    return e->graph->values[step->inputs[i]].type;
}

/* An index below 0 or beyond the last one is the end that it is nearest to. */
void octet_c_emit_gather_nd(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_gather_nd_params *p = octet_step_params_gather_nd(step);
    const octet_type index = operand_type(e, step, 1);
    const size_t n = p->row_bytes / octet_type_size(operand_type(e, step, 0));
    const char *data = octet_c_operand(e, stage, 0), *indices = p->depth > 0 ? octet_c_operand(e, stage, 1) : "";
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t k, i;");
    if (p->depth == 0 && octet_c_is_parameter(e, step, 1)) octet_c_line(f, "(void)indices;");
    octet_c_line(f, "for (k = 0; k < %u; ++k) {", step->work.n_units[0]);
    octet_c_line(f, "int32_t row = 0;");
    for (int32_t d = 0; d < p->depth; d++)
        octet_c_write_index(e, octet_c_type(index), octet_c_format(e, "%s[k * %d + %d]", indices, p->depth, d),
                            p->axis[d] - 1, octet_c_format(e, "row = row * %d +", p->axis[d]));
    octet_c_line(f, "for (i = 0; i < %zu; ++i) *output++ = %s[row * %zu + i];", n, data, n);
    octet_c_line(f, "}");
    octet_c_end(f);
}

/* What lies outside is left out. */
void octet_c_emit_scatter(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_scatter_params *p = octet_step_params_scatter(step);
    const octet_type type = operand_type(e, step, 1);
    const char *indices = octet_c_operand(e, stage, 0), *updates = octet_c_operand(e, stage, 1),
               *wide = type == OCTET_INT64 ? "uint64_t" : "uint32_t", *index = octet_c_type(operand_type(e, step, 0));
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t k, i;");
    octet_c_line(f, "for (i = 0; i < %zu; ++i) output[i] = 0;", p->n_elements);
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->n_updates);
    octet_c_line(f, "int32_t place = 0;");
    for (int32_t d = 0; d < p->depth; d++) {
        octet_c_line(f, "const %s x%d = %s[k * %d + %d];", index, d, indices, p->depth, d);
        octet_c_line(f, "if (x%d < 0 || x%d >= %d) continue;", d, d, p->axis[d]);
        octet_c_line(f, "place = place * %d + (int32_t)x%d;", p->axis[d], d);
    }
    octet_c_line(f, "for (i = 0; i < %zu; ++i) {", p->slice);
    octet_c_line(f, "const %s sum = (%s)output[place * %zu + i] + (%s)%s[k * %zu + i];", wide, wide, p->slice, wide,
                 updates, p->slice);
    octet_c_line(f, "output[place * %zu + i] = (%s)sum;", p->slice, octet_c_type(type));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

void octet_c_emit_update_slice(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_update_slice_params *p = octet_step_params_update_slice(step);
    const char *names[3], *index = octet_c_type(operand_type(e, step, 2));
    int64_t strides[OCTET_SCATTER_MAX_AXES], own[OCTET_SCATTER_MAX_AXES], n = 1, n_own = 1;
    octet_c_writer *f = &e->functions;
    for (uint32_t i = 0; i < 3; i++) names[i] = octet_c_operand(e, stage, i);
    for (int32_t d = p->rank; d-- > 0;) {
        strides[d] = n;
        own[d] = n_own;
        n *= p->dims[d];
        n_own *= p->update_dims[d];
    }
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t first = 0, i;");
    octet_c_line(f, "for (i = 0; i < %lld; ++i) output[i] = %s[i];", (long long)n, names[0]);
    for (int32_t d = 0; d < p->rank; d++)
        octet_c_write_index(e, index, octet_c_format(e, "%s[%d]", names[2], d), p->dims[d] - p->update_dims[d],
                            octet_c_format(e, "first += %lld *", (long long)strides[d]));
    octet_c_line(f, "{");
    octet_c_open_loops(e, p->rank, p->update_dims);
    octet_c_line(f, "output[first + %s] = %s[%s];", octet_c_index(e, p->rank, strides, 0), names[1],
                 octet_c_index(e, p->rank, own, 0));
    for (int32_t i = 0; i <= p->rank; i++) octet_c_line(f, "}");
    octet_c_end(f);
}

/* Each number is put behind those that are not less, so that of equal ones the first comes first. */
void octet_c_emit_top_k(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_top_k_params *p = octet_step_params_top_k(step);
    const char *type = octet_c_type(operand_type(e, step, 0)), *input = octet_c_operand(e, stage, 0);
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t r, i, n;");
    octet_c_line(f, "for (r = 0; r < %u; ++r, output0 += %d, output1 += %d) {", step->work.n_units[0], p->k, p->k);
    octet_c_line(f, "for (i = n = 0; i < %d; ++i) {", p->n);
    octet_c_line(f, "const %s x = %s[r * %d + i];", type, input, p->n);
    octet_c_line(f, "int32_t at = n;");
    octet_c_line(f, "if (n < %d) ++n;", p->k);
    octet_c_line(f, "for (; at > 0 && output0[at - 1] < x; --at) {");
    octet_c_line(f, "if (at == %d) continue;", p->k);
    octet_c_line(f, "output0[at] = output0[at - 1];");
    octet_c_line(f, "output1[at] = output1[at - 1];");
    octet_c_line(f, "}");
    octet_c_line(f, "if (at < %d) output0[at] = x, output1[at] = i;", p->k);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}
