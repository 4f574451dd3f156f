/* Numbers that come from several elements of one operand: pools, reductions, SOFTMAX. */
#include <inttypes.h>
#include <math.h>

#include "explain/explainer.h"

static double real_of(const octet_value *value, double code) {
    return value->quantization.n == 1
               ? (double)value->quantization.scale[0] * (code - (double)value->quantization.zero_point[0])
               : code;
}

/* ---- Sums and extremes of terms that are there already ---- */

static int64_t sum_terms(const octet_derivation *d) {
    int64_t sum = 0;
    for (size_t i = 0; i < d->n_terms; i++) sum += d->terms[i].number[0];
    return sum;
}

static int64_t derive_extreme(const octet_explainer *e, bool largest) {
    octet_derivation *d = e->d;
    int64_t best = d->n_terms > 0 ? d->terms[0].number[0] : 0;
    for (size_t i = 1; i < d->n_terms; i++) {
        const int64_t code = d->terms[i].number[0];
        if (largest ? code > best : code < best) best = code;
    }
    octet_derive_integer(d, largest ? "largest" : "smallest", best,
                         octet_explainer_result(e)->quantization.n > 0 ? "of %zu; input and output have one scale"
                                                                       : "of %zu",
                         d->n_terms);
    return best;
}

static void take_element(const octet_explainer *e, size_t at) {
    octet_derivation_add_term(e->d, at, SIZE_MAX,
                              octet_explain_code(octet_explainer_operand(e, 0)->type, octet_explainer_data(e, 0), at),
                              0, 0);
}

/* ---- Pools ---- */

static void take_cells(const octet_explainer *e, const octet_pool_2d_params *p) {
    const int64_t place = (int64_t)e->element / p->channels, row = place / p->out_w;
    const int64_t y0 = row % p->out_h * p->stride_h - p->pad_top, x0 = place % p->out_w * p->stride_w - p->pad_left;
    const octet_taps ty = octet_taps_inside((int32_t)y0, p->in_h, p->filter_h, 1),
                     tx = octet_taps_inside((int32_t)x0, p->in_w, p->filter_w, 1);
    octet_derivation_expect_terms(e->d, (size_t)(ty.last - ty.first) * (size_t)(tx.last - tx.first), "input", NULL,
                                  NULL);
    for (int64_t y = y0 + ty.first; y < y0 + ty.last; y++)
        for (int64_t x = x0 + tx.first; x < x0 + tx.last; x++)
            take_element(e, (size_t)(((row / p->out_h * p->in_h + y) * p->in_w + x) * p->channels +
                                     (int64_t)e->element % p->channels));
}

void octet_explain_pool(const octet_explainer *e) {
    const octet_pool_2d_params *p = octet_step_params_pool_2d(e->step);
    const octet_kernel kernel = e->step->kernel;
    octet_derivation *d = e->d;
    if (octet_explainer_refuse_float(e, octet_explainer_operand(e, 0))) return;
    octet_explainer_list_operands(e, 0);
    take_cells(e, p);
    int64_t result;
    double exact;
    if (kernel == OCTET_KERNEL_max_pool_2d_s8 || kernel == OCTET_KERNEL_max_pool_2d_u8 ||
        kernel == OCTET_KERNEL_max_pool_2d_s16) {
        result = derive_extreme(e, true);
        exact = (double)result;
    } else {
        const int64_t sum = sum_terms(d), n = (int64_t)d->n_terms;
        octet_derive_integer(d, "sum", sum, "of %zu cells inside the input, as they are stored", d->n_terms);
        result = n == 0 ? 0 : sum > 0 ? (sum + n / 2) / n : (sum - n / 2) / n;
        exact = n == 0 ? 0.0 : (double)sum / (double)n;
        octet_derive_integer(d, "average", result,
                             "%" PRId64 " / %" PRId64 " = %.6f, to the nearest, halves away from 0", sum, n, exact);
    }
    const int32_t clamped = octet_clamp_s32((int32_t)result, p->min, p->max);
    octet_derive_integer(d, "clamped", clamped, "%s [%" PRId32 ", %" PRId32 "], type and fused activation",
                         clamped == result ? "inside" : "clamped to", p->min, p->max);
    octet_derivation_set_exact(d, real_of(octet_explainer_result(e), fmin(fmax(exact, p->min), p->max)));
}

/* ---- Reductions ---- */

static void take_reduced(const octet_explainer *e, const octet_reduce_params *p) {
    int64_t first = 0, left = (int64_t)e->element;
    for (int32_t axis = p->n_kept - 1; axis >= 0; axis--) {
        first += left % p->kept[axis].size * p->kept[axis].stride;
        left /= p->kept[axis].size;
    }
    octet_derivation_expect_terms(e->d, (size_t)p->count, "input", NULL, NULL);
    for (int32_t k = 0; k < p->count; k++) {
        int64_t at = first;
        left = k;
        for (int32_t axis = p->n_reduced - 1; axis >= 0; axis--) {
            at += left % p->reduced[axis].size * p->reduced[axis].stride;
            left /= p->reduced[axis].size;
        }
        take_element(e, (size_t)at);
    }
}

static void derive_mean(const octet_explainer *e, const octet_reduce_params *p, int64_t sum, int32_t low,
                        int32_t high) {
    const int32_t centered = (int32_t)((uint32_t)sum - (uint32_t)p->input_zero_point * (uint32_t)p->count);
    octet_derive_integer(e->d, "centered", centered, "sum - %" PRId32 " * zero point %" PRId32, p->count,
                         p->input_zero_point);
    octet_derive_output(e->d, octet_derive_scaled(e->d, centered, p->multiplier, p->shift), p->output_zero_point, low,
                        high);
    octet_derivation_set_exact(e->d, real_of(octet_explainer_operand(e, 0), (double)sum / (double)p->count));
}

static void derive_sum(const octet_explainer *e, const octet_reduce_params *p, int64_t sum, int32_t low, int32_t high) {
    const float scaled = (float)(int32_t)(uint32_t)sum * p->scale + p->offset;
    octet_derive_real(e->d, "scaled", (double)scaled,
                      "sum * %.9g + %.9g, in float32: input scale / output scale, and %s", (double)p->scale,
                      (double)p->offset, "what the zero points add up to");
    const int32_t rounded = octet_round_s32(round((double)scaled) + (double)p->output_zero_point);
    octet_derive_integer(e->d, "rounded", rounded, "to the nearest, halves away from 0, + zero point %" PRId32,
                         p->output_zero_point);
    octet_derive_integer(e->d, "clamped", octet_clamp_s32(rounded, low, high), "to [%" PRId32 ", %" PRId32 "]", low,
                         high);
    octet_derivation_set_exact(
        e->d, real_of(octet_explainer_operand(e, 0), (double)sum - (p->count - 1) * (double)p->input_zero_point));
}

/* Each factor but the first is scaled at once, so that products stay small. */
static void derive_product(const octet_explainer *e, const octet_reduce_params *p, int32_t low, int32_t high) {
    octet_derivation *d = e->d;
    int32_t product = 0;
    double exact = 1.0;
    d->columns[1] = "centered";
    d->columns[2] = "product";
    for (size_t i = 0; i < d->n_terms; i++) {
        const int32_t centered = (int32_t)d->terms[i].number[0] - p->input_zero_point;
        product = i == 0 ? centered : octet_fixed_scale_s64((int64_t)product * centered, p->multiplier, p->shift);
        exact *=
            octet_explain_real(octet_explainer_operand(e, 0), octet_explainer_data(e, 0), d->terms[i].element[0], 0);
        d->terms[i].number[1] = centered;
        d->terms[i].number[2] = product;
    }
    octet_derive_integer(
        d, "product", product,
        "of %zu factors (input - zero point %" PRId32 "); each but the first is multiplied by %.9g at once", d->n_terms,
        p->input_zero_point, ldexp(octet_fixed_reduce_multiplier(p->multiplier), p->shift - 15));
    octet_derive_output(d, octet_derive_scaled_s64(d, product, p->multiplier, p->shift), p->output_zero_point, low,
                        high);
    octet_derivation_set_exact(d, octet_explainer_clamp(e, exact, low, high));
}

/* SUM, MEAN and REDUCE_PROD of int32 and int64, REDUCE_ANY, REDUCE_ALL. */
static void derive_integers(const octet_explainer *e, octet_operator_code code) {
    octet_derivation *d = e->d;
    const bool is_narrow = octet_explainer_result(e)->type == OCTET_INT32;
    uint64_t sum = 0, product = 1;
    size_t n_true = 0;
    for (size_t i = 0; i < d->n_terms; i++) {
        sum += (uint64_t)d->terms[i].number[0];
        product *= (uint64_t)d->terms[i].number[0];
        n_true += d->terms[i].number[0] != 0;
    }
    if (code == OCTET_OP_REDUCE_ANY || code == OCTET_OP_REDUCE_ALL) {
        octet_derive_integer(d, "result", code == OCTET_OP_REDUCE_ANY ? n_true > 0 : n_true == d->n_terms,
                             "%zu of %zu are true", n_true, d->n_terms);
    } else if (code == OCTET_OP_MEAN) {
        octet_derive_integer(d, "sum", (int64_t)sum, "of %zu numbers", d->n_terms);
        octet_derive_integer(d, "average", (int64_t)sum / (int64_t)d->n_terms, "the sum / %zu, cut to an integer",
                             d->n_terms);
    } else {
        const uint64_t result = code == OCTET_OP_SUM ? sum : product;
        octet_derive_integer(d, code == OCTET_OP_SUM ? "sum" : "product", is_narrow ? (int32_t)result : (int64_t)result,
                             "of %zu numbers as they stand, wrapping", d->n_terms);
    }
}

static void derive_quantized(const octet_explainer *e, const octet_reduce_params *p, octet_operator_code code) {
    int32_t low, high;
    octet_type_limits(octet_explainer_operand(e, 0)->type, &low, &high);
    if (code == OCTET_OP_REDUCE_PROD) {
        derive_product(e, p, low, high);
        return;
    }
    const int64_t sum = sum_terms(e->d);
    octet_derive_integer(e->d, "sum", sum, "of %zu elements, as they are stored", e->d->n_terms);
    if (code == OCTET_OP_MEAN) derive_mean(e, p, sum, low, high);
    else derive_sum(e, p, sum, low, high);
}

void octet_explain_reduce(const octet_explainer *e) {
    const octet_reduce_params *p = octet_step_params_reduce(e->step);
    const octet_operator_code code = e->op->code;
    const octet_type type = octet_explainer_operand(e, 0)->type;
    const bool is_max = code == OCTET_OP_REDUCE_MAX;
    if (octet_explainer_refuse_float(e, octet_explainer_operand(e, 0))) return;
    octet_explainer_list_operands(e, 0);
    take_reduced(e, p);
    if (is_max || code == OCTET_OP_REDUCE_MIN)
        octet_derivation_set_exact(e->d, real_of(octet_explainer_operand(e, 0), (double)derive_extreme(e, is_max)));
    else if (octet_type_is_quantized(type)) derive_quantized(e, p, code);
    else derive_integers(e, code);
}

/* ARG_MAX, ARG_MIN. */
void octet_explain_arg(const octet_explainer *e) {
    const octet_arg_params *p = octet_step_params_arg(e->step);
    if (octet_explainer_refuse_float(e, octet_explainer_operand(e, 0))) return;
    octet_explainer_list_operands(e, 0);
    take_reduced(e, &p->reduce);
    const int64_t found = derive_extreme(e, e->op->code == OCTET_OP_ARG_MAX);
    int64_t place = 0;
    while (e->d->terms[place].number[0] != found) place++;
    octet_derive_integer(e->d, "place", place, "where it stands along the axis, of equal ones the first");
}

/* ---- SOFTMAX ---- */

static void set_exact_softmax(const octet_explainer *e, const octet_softmax_params *p, size_t first, size_t at) {
    const octet_value *input = octet_explainer_operand(e, 0);
    const void *data = octet_explainer_data(e, 0);
    double max = -INFINITY, sum = 0.0;
    for (size_t i = 0; i < (size_t)p->depth; i++) max = fmax(max, octet_explain_real(input, data, first + i, 0));
    for (size_t i = 0; i < (size_t)p->depth; i++)
        sum += exp((double)p->beta * (octet_explain_real(input, data, first + i, 0) - max));
    octet_derivation_set_exact(e->d, exp((double)p->beta * (octet_explain_real(input, data, at, 0) - max)) / sum);
}

static void explain_softmax_s8(const octet_explainer *e, const octet_softmax_params *p, size_t first, int32_t bits) {
    octet_derivation *d = e->d;
    const int8_t *x = (const int8_t *)octet_explainer_data(e, 0) + first;
    const octet_softmax_row r = octet_softmax_row_of(p, x, bits);
    const int32_t own = x[e->element - first] - r.max, least = bits == 8 ? INT8_MIN : INT16_MIN,
                  most = bits == 8 ? INT8_MAX : INT16_MAX;
    for (int32_t i = 0; i < p->depth; i++) {
        const bool counts = x[i] - r.max >= p->difference_min;
        octet_derivation_add_term(d, first + (size_t)i, SIZE_MAX, x[i], x[i] - r.max,
                                  counts ? octet_softmax_exponential(p, x[i] - r.max) : 0);
    }
    octet_derive_integer(d, "largest", r.max, "of the row of %" PRId32, p->depth);
    octet_derive_integer(d, "difference", own, "input - largest");
    octet_derive_integer(d, "sum", r.sum,
                         "of the exponentials (2^31 is 1) in units of 2^-19; differences below %" PRId32 " count as 0",
                         p->difference_min);
    if (own < p->difference_min) {
        octet_derive_integer(d, "result", least, "the difference is below %" PRId32 ": the least code",
                             p->difference_min);
        return;
    }
    const int32_t fixed = octet_fixed_scale(own, p->multiplier, p->shift);
    octet_derive_integer(d, "scaled_difference", fixed,
                         "difference * %" PRId32 " * 2^(%" PRId32 " - 31), rounded twice: beta * input scale in 2^-26",
                         p->multiplier, p->shift);
    const int32_t power = octet_softmax_exponential(p, own);
    octet_derive_integer(d, "exponential", power, "e^%.9g in fixed point; 2^31 is 1", ldexp((double)fixed, -26));
    octet_derive_integer(d, "reciprocal", r.reciprocal, "of the sum without its power of two; 2^31 is 1");
    const int32_t product = octet_fixed_high_multiply(r.reciprocal, power);
    octet_derive_integer(d, "high_multiply", product, "reciprocal * exponential / 2^31, to the nearest");
    const int32_t rounded = octet_fixed_round_shift(product, r.exponent);
    octet_derive_integer(d, "rounding_shift", rounded, "%" PRId32 " / 2^%" PRId32 " = %.6f, to the nearest", product,
                         r.exponent, ldexp((double)product, -r.exponent));
    octet_derive_output(d, rounded, least, least, most);
}

static void explain_softmax_s16(const octet_explainer *e, const octet_softmax_params *p, size_t first) {
    octet_derivation *d = e->d;
    const int16_t *x = (const int16_t *)octet_explainer_data(e, 0) + first;
    int16_t *powers;
    if (d->status == OCTET_OK) d->status = OCTET_NEW(d->ctx, d->arena, (size_t)p->depth, &powers);
    if (d->status != OCTET_OK) return;
    const octet_softmax_row_s16 r = octet_softmax_row_of_s16(p, x, powers);
    const size_t own = e->element - first;
    for (size_t i = 0; i < (size_t)p->depth; i++)
        octet_derivation_add_term(d, first + i, SIZE_MAX, x[i], x[i] - r.max, powers[i]);
    octet_derive_integer(d, "largest", r.max, "of the row of %" PRId32, p->depth);
    octet_derive_integer(d, "difference", x[own] - r.max, "input - largest");
    octet_derive_integer(d, "exponential", powers[own], "from a table of e^x over [-10, 0]; 2^15 is 1");
    octet_derive_integer(d, "sum", r.sum, "of the exponentials");
    octet_derive_integer(d, "reciprocal", r.reciprocal, "from a table, of the sum without its power of two; 2^15 is 1");
    const int64_t product = (int64_t)powers[own] * r.reciprocal;
    octet_derive_integer(d, "product", product, "exponential * reciprocal");
    const int64_t rounded = (product + (INT64_C(1) << (r.shift - 1))) >> r.shift;
    octet_derive_integer(d, "rounded", rounded, "%" PRId64 " / 2^%" PRId32 " = %.6f, halves upwards", product, r.shift,
                         ldexp((double)product, -r.shift));
    octet_derive_integer(d, "clamped", octet_clamp_s32((int32_t)rounded, 0, INT16_MAX), "to [0, %d]", INT16_MAX);
}

void octet_explain_softmax(const octet_explainer *e) {
    const octet_softmax_params *p = octet_step_params_softmax(e->step);
    const octet_kernel kernel = e->step->kernel;
    const size_t first = e->element / (size_t)p->depth * (size_t)p->depth;
    if (octet_explainer_refuse_float(e, octet_explainer_operand(e, 0))) return;
    if (kernel == OCTET_KERNEL_log_softmax_s8) {
        octet_explain_log_softmax(e);
        return;
    }
    octet_explainer_list_operands(e, 0);
    octet_derivation_expect_terms(e->d, (size_t)p->depth, "input", "difference", "exponential");
    set_exact_softmax(e, p, first, e->element);
    if (kernel == OCTET_KERNEL_softmax_s16) explain_softmax_s16(e, p, first);
    else explain_softmax_s8(e, p, first, kernel == OCTET_KERNEL_softmax_s8 ? 8 : 16);
}
