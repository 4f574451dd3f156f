#include "export/c/forms.h"
#include "export/c/row_sums.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

/* Loops over the axes that stay, and in them over those that go. */
typedef struct reduction {
    int64_t strides[2 * OCTET_REDUCE_MAX_AXES], own[OCTET_REDUCE_MAX_AXES];
    int32_t counts[2 * OCTET_REDUCE_MAX_AXES], n_kept, n_reduced;
} reduction;

static reduction reduction_of(const octet_reduce_params *p) {
    reduction r = {.n_kept = p->n_kept, .n_reduced = p->n_reduced};
    int64_t stride = 1;
    for (int32_t i = 0; i < p->n_kept; i++) {
        r.counts[i] = p->kept[i].size;
        r.strides[i] = p->kept[i].stride;
    }
    for (int32_t i = 0; i < p->n_reduced; i++) {
        r.counts[p->n_kept + i] = p->reduced[i].size;
        r.strides[p->n_kept + i] = p->reduced[i].stride;
    }
    for (int32_t i = p->n_kept - 1; i >= 0; i--) {
        r.own[i] = stride;
        stride *= p->kept[i].size;
    }
    return r;
}

/* Writes the loops: `first` begins a result, `step` is done for each element, `last` is the result. */
static void write_reduction(octet_c_emitter *e, const octet_stage *stage, const reduction *r, const char *first,
                            const char *step, const char *last) {
    const octet_type type = e->graph->values[e->steps[stage->step].outputs[0]].type;
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_open_loops(e, r->n_kept, r->counts);
    octet_c_line(f, "%s", first);
    for (int32_t i = r->n_kept; i < r->n_kept + r->n_reduced; i++) {
        octet_c_line(f, "int32_t i%d;", i);
        octet_c_line(f, "for (i%d = 0; i%d < %d; ++i%d) {", i, i, r->counts[i], i);
    }
    octet_c_line(f, "const %s element = input[%s];", octet_c_input_type(e, stage),
                 octet_c_index(e, r->n_kept + r->n_reduced, r->strides, 0));
    octet_c_line(f, "%s", step);
    for (int32_t i = 0; i < r->n_reduced; i++) octet_c_line(f, "}");
    octet_c_line(f, "output[%s] = (%s)%s;", octet_c_index(e, r->n_kept, r->own, 0), octet_c_type(type), last);
    for (int32_t i = 0; i < r->n_kept; i++) octet_c_line(f, "}");
    octet_c_end(f);
}

void octet_c_emit_mean(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_reduce_params *p = octet_step_params_reduce(step);
    const reduction r = reduction_of(p);
    int32_t low, high;
    octet_type_limits(e->graph->values[step->outputs[0]].type, &low, &high);
    if (p->count > octet_rows_most_mean(e->graph->values[step->inputs[0]].type))
        octet_c_refuse(e, step, "the sum of %d elements may leave 32 bits", p->count);
    const int32_t first = -p->input_zero_point * p->count;
    const char *result = octet_c_clamped(e, octet_c_scaled(e, "sum", p->multiplier, p->shift), p->shift > 0,
                                         p->output_zero_point, low, high);
    if (stage->flow == OCTET_FLOW_ADDS) octet_c_write_row_sums(e, stage, p->n_outputs, first, result);
    else write_reduction(e, stage, &r, octet_c_format(e, "int32_t sum = %d;", first), "sum += element;", result);
}

/* "int8_t found = -128": what every element is at least as good as. */
static const char *worst(octet_c_emitter *e, const octet_stage *stage, bool is_max) {
    int32_t low, high;
    octet_type_limits(e->graph->values[e->steps[stage->step].inputs[0]].type, &low, &high);
    return octet_c_format(e, "%s found = %d;", octet_c_input_type(e, stage), is_max ? low : high);
}

/* REDUCE_MAX, REDUCE_MIN. */
void octet_c_emit_reduce_extremes(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const reduction r = reduction_of(octet_step_params_reduce(step));
    const bool is_max = step->kernel == OCTET_KERNEL_reduce_max_s8 || step->kernel == OCTET_KERNEL_reduce_max_s16;
    write_reduction(e, stage, &r, worst(e, stage, is_max),
                    is_max ? "if (element > found) found = element;" : "if (element < found) found = element;",
                    "found");
}

/* ARG_MAX, ARG_MIN: the first of equal ones. */
void octet_c_emit_arg(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const reduction r = reduction_of(&octet_step_params_arg(step)->reduce);
    const bool is_max = step->kernel == OCTET_KERNEL_arg_max_s8 || step->kernel == OCTET_KERNEL_arg_max_s16;
    write_reduction(e, stage, &r, octet_c_format(e, "int32_t at = 0; %s", worst(e, stage, is_max)),
                    octet_c_format(e, "if (element %c found) found = element, at = i%d;", is_max ? '>' : '<', r.n_kept),
                    "at");
}
