/* Numbers that their place decides: interpolated, in order, added up, counted, joined. */
#include <inttypes.h>
#include <math.h>

#include "explain/explainer.h"
#include "kernels/ref/shape_values.h"

static int64_t code_at(const octet_explainer *e, uint32_t operand, size_t at) {
    return octet_explain_code(octet_explainer_operand(e, operand)->type, octet_explainer_data(e, operand), at);
}

/* An integer as the type of the result holds it: what does not fit wraps. */
static int64_t wrapped(const octet_explainer *e, uint64_t number) {
    switch (octet_type_size(octet_explainer_result(e)->type)) {
    case 1: return octet_explainer_result(e)->type == OCTET_INT8 ? (int8_t)number : (uint8_t)number;
    case 2: return (int16_t)number;
    case 4: return (int32_t)number;
    default: return (int64_t)number;
    }
}

/* ---- RESIZE_BILINEAR ---- */

/* Where the four cells of a result lie in the input, and the weights of the lower and the right ones; 1 = `one`. */
typedef struct quartet {
    size_t cells[4]; /* above left, above right, below left, below right */
    double down, right;
} quartet;

static quartet quartet_of(const octet_explainer *e, const octet_resize_params *p, bool in_float, double one) {
    const size_t c = e->element % (size_t)p->channels, place = e->element / (size_t)p->channels;
    const int32_t column = (int32_t)(place % (size_t)p->out_w),
                  row = (int32_t)(place / (size_t)p->out_w % (size_t)p->out_h);
    const size_t sample = place / (size_t)p->out_w / (size_t)p->out_h;
    octet_resize_spot y = {0, 0, 0}, x = {0, 0, 0};
    octet_resize_spot_f32 fy = {0, 0, 0.0f}, fx = {0, 0, 0.0f};
    if (in_float) {
        fy = octet_resize_find_spot_f32(p, row, p->in_h, p->out_h);
        fx = octet_resize_find_spot_f32(p, column, p->in_w, p->out_w);
        y = (octet_resize_spot){fy.low, fy.high, 0};
        x = (octet_resize_spot){fx.low, fx.high, 0};
    } else {
        y = octet_resize_find_spot(p, row, p->in_h, p->out_h);
        x = octet_resize_find_spot(p, column, p->in_w, p->out_w);
    }
    quartet q = {.down = in_float ? (double)fy.weight : (double)y.weight / one,
                 .right = in_float ? (double)fx.weight : (double)x.weight / one};
    for (size_t i = 0; i < 4; i++) {
        const size_t cell_y = (size_t)(i < 2 ? y.low : y.high), cell_x = (size_t)(i % 2 == 0 ? x.low : x.high);
        q.cells[i] = ((sample * (size_t)p->in_h + cell_y) * (size_t)p->in_w + cell_x) * (size_t)p->channels + c;
    }
    return q;
}

static void list_weights(octet_derivation *d, const quartet *q) {
    octet_derive_real(d, "weight_down", q->down, "of the lower cells; the upper ones have 1 less that");
    octet_derive_real(d, "weight_right", q->right, "of the right cells; the left ones have 1 less that");
}

/* Fixed point: weights in 1024ths. */
static void interpolate(const octet_explainer *e, const quartet *q) {
    const int64_t down = (int64_t)(q->down * 1024.0), right = (int64_t)(q->right * 1024.0);
    const int64_t weights[4] = {(1024 - down) * (1024 - right), (1024 - down) * right, down * (1024 - right),
                                down * right};
    int64_t sum = 0;
    octet_derivation_expect_terms(e->d, 4, "input", "weight", "product");
    for (size_t i = 0; i < 4; i++) {
        const int64_t code = code_at(e, 0, q->cells[i]);
        octet_derivation_add_term(e->d, q->cells[i], SIZE_MAX, code, weights[i], code * weights[i]);
        sum += code * weights[i];
    }
    list_weights(e->d, q);
    octet_derive_integer(e->d, "sum", sum, "of the four products; weights are in units of 2^-20");
    octet_derive_integer(e->d, "rounded", (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20),
                         "%" PRId64 " / 2^20 = %.6f, to the nearest, halves away from 0", sum, ldexp((double)sum, -20));
}

/* uint8: in float32, in the order of the kernel. */
static void interpolate_f32(const octet_explainer *e, const quartet *q) {
    const float down = (float)q->down, right = (float)q->right;
    float cell[4];
    octet_derivation_expect_terms(e->d, 4, "input", NULL, NULL);
    for (size_t i = 0; i < 4; i++) {
        cell[i] = (float)code_at(e, 0, q->cells[i]);
        octet_derivation_add_term(e->d, q->cells[i], SIZE_MAX, (int64_t)cell[i], 0, 0);
    }
    list_weights(e->d, q);
    const float sum = cell[0] * (1 - down) * (1 - right) + cell[2] * down * (1 - right) + cell[1] * (1 - down) * right +
                      cell[3] * down * right + 0.5f;
    octet_derive_real(e->d, "sum", (double)sum, "of cells times weights, plus 1/2, in float32");
    octet_derive_integer(e->d, "rounded", (uint8_t)sum, "cut to an integer");
}

void octet_explain_resize(const octet_explainer *e) {
    const octet_resize_params *p = octet_step_params_resize(e->step);
    const bool in_float = e->step->kernel == OCTET_KERNEL_resize_bilinear_u8;
    const octet_value *input = octet_explainer_operand(e, 0);
    double exact = 0.0;
    if (octet_explainer_refuse_float(e, octet_explainer_result(e))) return;
    const quartet q = quartet_of(e, p, in_float, 1024.0);
    octet_explainer_list_operands(e, 0);
    if (in_float) interpolate_f32(e, &q);
    else interpolate(e, &q);
    for (size_t i = 0; i < 4; i++)
        exact += octet_explain_real(input, octet_explainer_data(e, 0), q.cells[i], 0) *
                 (i < 2 ? 1.0 - q.down : q.down) * (i % 2 == 0 ? 1.0 - q.right : q.right);
    octet_derivation_set_exact(e->d, exact);
}

/* ---- CUMSUM, SCATTER_ND ---- */

void octet_explain_cumsum(const octet_explainer *e) {
    const octet_cumsum_params *p = octet_step_params_cumsum(e->step);
    const size_t inner = (size_t)p->inner, n = (size_t)p->n, at = e->element / inner % n,
                 first = e->element - at * inner, place = p->reverse ? n - 1 - at : at;
    const size_t count = place + (p->exclusive ? 0 : 1);
    uint64_t sum = 0;
    if (octet_explainer_refuse_float(e, octet_explainer_result(e))) return;
    octet_explainer_list_operands(e, 0);
    octet_derivation_expect_terms(e->d, count, "input", NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        const size_t from = first + (p->reverse ? n - 1 - i : i) * inner;
        octet_derivation_add_term(e->d, from, SIZE_MAX, code_at(e, 0, from), 0, 0);
        sum += (uint64_t)code_at(e, 0, from);
    }
    octet_derive_integer(e->d, "sum", wrapped(e, sum), "of the first %zu of %zu numbers along the axis%s", count, n,
                         p->reverse ? ", from its end on" : "");
}

/* Where update i begins in the result, or SIZE_MAX outside. */
static size_t place_of(const octet_explainer *e, const octet_scatter_params *p, size_t i) {
    size_t place = 0;
    for (int32_t axis = 0; axis < p->depth; axis++) {
        const int64_t index = code_at(e, 0, i * (size_t)p->depth + (size_t)axis);
        if (index < 0 || index >= p->axis[axis]) return SIZE_MAX;
        place = place * (size_t)p->axis[axis] + (size_t)index;
    }
    return place;
}

void octet_explain_scatter(const octet_explainer *e) {
    const octet_scatter_params *p = octet_step_params_scatter(e->step);
    uint64_t sum = 0;
    if (octet_explainer_refuse_float(e, octet_explainer_result(e))) return;
    octet_explainer_list_operands(e, 0);
    octet_derivation_expect_terms(e->d, (size_t)p->n_updates, "update", NULL, NULL);
    for (size_t i = 0; i < (size_t)p->n_updates; i++) {
        const size_t from = i * p->slice + e->element % p->slice;
        if (place_of(e, p, i) != e->element / p->slice) continue;
        octet_derivation_add_term(e->d, i * (size_t)p->depth, from, code_at(e, 1, from), 0, 0);
        sum += (uint64_t)code_at(e, 1, from);
    }
    octet_derive_integer(e->d, "sum", wrapped(e, sum),
                         "of the %zu updates whose indices lead here, from 0 on, wrapping", e->d->n_terms);
}

/* ---- TOPK_V2 ---- */

/* Element `rank` of a row in falling order, of equal ones the first: the largest of those that come behind the one
 * before. */
static size_t find_ranked(const octet_explainer *e, size_t first, size_t n, size_t rank) {
    size_t found = SIZE_MAX;
    for (size_t r = 0; r <= rank; r++) {
        const size_t before = found;
        found = SIZE_MAX;
        for (size_t i = first; i < first + n; i++) {
            const bool is_behind = before == SIZE_MAX || code_at(e, 0, i) < code_at(e, 0, before) ||
                                   (code_at(e, 0, i) == code_at(e, 0, before) && i > before);
            if (is_behind && (found == SIZE_MAX || code_at(e, 0, i) > code_at(e, 0, found))) found = i;
        }
    }
    return found;
}

void octet_explain_top_k(const octet_explainer *e) {
    const octet_top_k_params *p = octet_step_params_top_k(e->step);
    const size_t n = (size_t)p->n, k = (size_t)p->k, first = e->element / k * n, rank = e->element % k;
    if (octet_explainer_operand(e, 0)->type == OCTET_FLOAT32) {
        octet_derivation_refuse(e->d, "its kernel compares float32");
        return;
    }
    octet_explainer_list_operands(e, 0);
    octet_derivation_expect_terms(e->d, n, "input", NULL, NULL);
    for (size_t i = first; i < first + n; i++) octet_derivation_add_term(e->d, i, SIZE_MAX, code_at(e, 0, i), 0, 0);
    const size_t found = find_ranked(e, first, n, rank);
    if (e->output == 1) {
        octet_derive_integer(e->d, "place", (int64_t)(found - first),
                             "of number %zu in falling order, of equal ones the first", rank);
        return;
    }
    e->d->is_copy = true;
    e->d->copied_value = octet_explainer_number(e, 0);
    e->d->copied_element = found;
    octet_derive_integer(e->d, "copy", code_at(e, 0, found), "number %zu of the row in falling order", rank);
}

/* ---- RANGE, BROADCAST_ARGS, CONCATENATION of uint8 ---- */

void octet_explain_range(const octet_explainer *e) {
    if (octet_explainer_refuse_float(e, octet_explainer_result(e))) return;
    const int64_t start = code_at(e, 0, 0), delta = code_at(e, 1, 0);
    octet_explainer_list_operands(e, 0);
    octet_derive_integer(e->d, "result", wrapped(e, (uint64_t)start + e->element * (uint64_t)delta),
                         "%" PRId64 " + %zu * %" PRId64 ", wrapping", start, e->element, delta);
}

/* The dimension of a shape with n of them, aligned at the last of `most`. */
static int64_t dimension_of(const octet_explainer *e, uint32_t operand, size_t n, size_t most) {
    return e->element + n < most ? 1 : code_at(e, operand, e->element + n - most);
}

void octet_explain_broadcast_args(const octet_explainer *e) {
    const octet_broadcast_args_params *p = octet_step_params_broadcast_args(e->step);
    const size_t most = p->n[0] > p->n[1] ? p->n[0] : p->n[1];
    const int64_t a = dimension_of(e, 0, p->n[0], most), b = dimension_of(e, 1, p->n[1], most);
    octet_explainer_list_operands(e, 0);
    octet_derive_integer(e->d, "result", a == 1 ? b : a, "both broadcast to it: %" PRId64 " and %" PRId64, a, b);
}

void octet_explain_join_bytes(const octet_explainer *e) {
    const octet_join_bytes_params *p = octet_step_params_join_bytes(e->step);
    size_t at = e->element % p->run;
    uint32_t part = 0;
    while (at >= p->parts[part].run) at -= p->parts[part++].run;
    const size_t from = e->element / p->run * p->parts[part].run + at;
    const int64_t code = code_at(e, part, from);
    octet_explainer_list_operands(e, 0);
    octet_derive_integer(e->d, "input", code, "element %zu of operand %" PRIu32, from, part);
    octet_derive_integer(e->d, "table", p->parts[part].table[code],
                         "the table from the scale of this operand to that of the result");
    octet_derivation_set_exact(
        e->d, octet_explain_real(octet_explainer_operand(e, part), octet_explainer_data(e, part), from, 0));
}
