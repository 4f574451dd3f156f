#include "export/c/forms.h"
#include "export/c/row_sums.h"
#include "export/c/scale.h"
#include "export/c/walk.h"
#include "kernels/ref/fixed_point.h"

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

static octet_type element_type(const octet_c_emitter *e, const octet_stage *stage) {
    return e->graph->values[e->steps[stage->step].inputs[0]].type;
}

/* Writes the loops: `first` begins a result, `step` is done for each element. */
static void open_reduction(octet_c_emitter *e, const octet_stage *stage, const reduction *r, const char *first,
                           const char *step) {
    const char *input = octet_c_operand(e, stage, 0);
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_open_loops(e, r->n_kept, r->counts);
    octet_c_line(f, "%s", first);
    for (int32_t i = r->n_kept; i < r->n_kept + r->n_reduced; i++) {
        octet_c_line(f, "int32_t i%d;", i);
        octet_c_line(f, "for (i%d = 0; i%d < %d; ++i%d) {", i, i, r->counts[i], i);
    }
    octet_c_line(f, "const %s element = %s[%s];", octet_c_type(element_type(e, stage)), input,
                 octet_c_index(e, r->n_kept + r->n_reduced, r->strides, 0));
    octet_c_line(f, "%s", step);
    for (int32_t i = 0; i < r->n_reduced; i++) octet_c_line(f, "}");
}

/* `last` is the result. */
static void close_reduction(octet_c_emitter *e, const octet_stage *stage, const reduction *r, const char *last) {
    const octet_type type = e->graph->values[e->steps[stage->step].outputs[0]].type;
    octet_c_writer *f = &e->functions;
    octet_c_line(f, "output[%s] = (%s)%s;", octet_c_index(e, r->n_kept, r->own, 0), octet_c_type(type), last);
    for (int32_t i = 0; i < r->n_kept; i++) octet_c_line(f, "}");
    octet_c_end(f);
}

static void write_reduction(octet_c_emitter *e, const octet_stage *stage, const reduction *r, const char *first,
                            const char *step, const char *last) {
    open_reduction(e, stage, r, first, step);
    close_reduction(e, stage, r, last);
}

/* The sum of quantized numbers stays inside 32 bits. */
static void check_count(octet_c_emitter *e, const octet_step *step, const octet_reduce_params *p) {
    if (p->count > octet_rows_most_mean(e->graph->values[step->inputs[0]].type))
        octet_c_refuse(e, step, "the sum of %d elements may leave 32 bits", p->count);
}

void octet_c_emit_mean(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_reduce_params *p = octet_step_params_reduce(step);
    const reduction r = reduction_of(p);
    int32_t low, high;
    octet_type_limits(e->graph->values[step->outputs[0]].type, &low, &high);
    check_count(e, step, p);
    const int32_t first = -p->input_zero_point * p->count;
    const char *result = octet_c_clamped(e, octet_c_scaled(e, "sum", p->multiplier, p->shift), p->shift > 0,
                                         p->output_zero_point, low, high);
    if (stage->flow == OCTET_FLOW_ADDS) octet_c_write_row_sums(e, stage, p->n_outputs, first, result);
    else write_reduction(e, stage, &r, octet_c_format(e, "int32_t sum = %d;", first), "sum += element;", result);
}

/* ---- SUM of int8 ---- */

/* The kernel scales in float32. Its result grows with the sum, so it is known from the sums at which it changes:
 * steps[i] is the least one whose result is above `lowest` + i. */
typedef struct sum_steps {
    int32_t steps[UINT8_MAX], n, lowest;
} sum_steps;

static int32_t result_of_sum(const octet_reduce_params *p, int64_t sum) {
    return octet_clamp_s32(octet_reduce_finish_sum(p, (int32_t)sum), INT8_MIN, INT8_MAX);
}

static void find_steps(const octet_reduce_params *p, sum_steps *s) {
    const int64_t first = (int64_t)INT8_MIN * p->count, last = (int64_t)INT8_MAX * p->count;
    const int32_t highest = result_of_sum(p, last);
    s->lowest = result_of_sum(p, first);
    for (s->n = 0; s->lowest + s->n < highest; s->n++) {
        int64_t low = first, high = last; /* the result of low is not above, that of high is */
        while (high - low > 1) {
            const int64_t middle = (low + high) / 2;
            if (result_of_sum(p, middle) > s->lowest + s->n) high = middle;
            else low = middle;
        }
        s->steps[s->n] = (int32_t)high;
    }
}

void octet_c_emit_sum(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_reduce_params *p = octet_step_params_reduce(step);
    const reduction r = reduction_of(p);
    octet_c_writer *f = &e->functions;
    sum_steps s;
    check_count(e, step, p);
    if (f->status != OCTET_OK) return;
    find_steps(p, &s);
    if (s.n == 0) s.steps[s.n++] = INT32_MAX; /* which no sum reaches */
    octet_c_table(e, stage, "steps", OCTET_INT32, s.steps, (size_t)s.n);
    open_reduction(e, stage, &r, "int32_t sum = 0, low = 0, high;", "sum += element;");
    octet_c_line(f, "for (high = %d; low < high;) {", s.n);
    octet_c_line(f, "const int32_t middle = (low + high) / 2;");
    octet_c_line(f, "if (sum >= @%s_steps[middle]) low = middle + 1;", octet_c_step_name(e, stage->step).text);
    octet_c_line(f, "else high = middle;");
    octet_c_line(f, "}");
    close_reduction(e, stage, &r, octet_c_format(e, "(low + %d)", s.lowest));
}

/* REDUCE_PROD of int8. */
void octet_c_emit_product(octet_c_emitter *e, const octet_stage *stage) {
    const octet_reduce_params *p = octet_step_params_reduce(&e->steps[stage->step]);
    const reduction r = reduction_of(p);
    const char *element = octet_c_centered(e, "element", p->input_zero_point);
    const char *next =
        octet_c_scaled_wide(e, octet_c_format(e, "(int64_t)product * %s", element), p->multiplier, p->shift);
    write_reduction(e, stage, &r, "int32_t product = 0, n = 0;",
                    octet_c_format(e, "product = n++ == 0 ? %s : %s;", element, next),
                    octet_c_clamped(e, octet_c_scaled_wide(e, "product", p->multiplier, p->shift), true,
                                    p->output_zero_point, -128, 127));
}

/* ---- Without scales ---- */

/* SUM, MEAN and REDUCE_PROD of numbers as they stand, which wrap. */
void octet_c_emit_reduce_integers(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_reduce_params *p = octet_step_params_reduce(step);
    const octet_operator_code code = e->graph->operators[step->operator_index].code;
    const reduction r = reduction_of(p);
    const bool is_product = code == OCTET_OP_REDUCE_PROD;
    write_reduction(e, stage, &r, is_product ? "uint64_t found = 1;" : "uint64_t found = 0;",
                    is_product ? "found *= (uint64_t)element;" : "found += (uint64_t)element;",
                    code == OCTET_OP_MEAN ? octet_c_format(e, "((int64_t)found / %d)", p->count) : "found");
}

/* REDUCE_ANY, REDUCE_ALL. */
void octet_c_emit_reduce_logic(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const reduction r = reduction_of(octet_step_params_reduce(step));
    const bool is_any = step->kernel == OCTET_KERNEL_reduce_any_u8;
    write_reduction(e, stage, &r, is_any ? "int32_t found = 0;" : "int32_t found = 1;",
                    is_any ? "if (element != 0) found = 1;" : "if (element == 0) found = 0;", "found");
}

/* "int8_t found = -128;": where the search for a largest, or smallest, number begins. */
static const char *first_found(octet_c_emitter *e, octet_type type, bool is_max) {
    static const int64_t ends[2] = {INT64_MAX, INT64_MIN};
    char number[OCTET_C_NUMBER_SIZE];
    int32_t low, high;
    octet_type_limits(type, &low, &high);
    if (type == OCTET_INT32) low = INT32_MIN, high = INT32_MAX;
    if (type == OCTET_INT64) octet_c_number(type, ends, is_max ? 1 : 0, number);
    else octet_c_number(OCTET_INT32, is_max ? &low : &high, 0, number);
    return octet_c_format(e, "%s found = %s;", octet_c_type(type), number);
}

/* REDUCE_MAX, REDUCE_MIN. */
void octet_c_emit_reduce_extremes(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const reduction r = reduction_of(octet_step_params_reduce(step));
    const bool is_max = e->graph->operators[step->operator_index].code == OCTET_OP_REDUCE_MAX;
    write_reduction(e, stage, &r, first_found(e, element_type(e, stage), is_max),
                    is_max ? "if (element > found) found = element;" : "if (element < found) found = element;",
                    "found");
}

/* ARG_MAX, ARG_MIN: the first of equal ones. */
void octet_c_emit_arg(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const reduction r = reduction_of(&octet_step_params_arg(step)->reduce);
    const bool is_max = e->graph->operators[step->operator_index].code == OCTET_OP_ARG_MAX;
    write_reduction(
        e, stage, &r, octet_c_format(e, "int32_t at = 0; %s", first_found(e, element_type(e, stage), is_max)),
        octet_c_format(e, "if (element %c found) found = element, at = i%d;", is_max ? '>' : '<', r.n_kept), "at");
}
