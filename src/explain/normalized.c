/* Numbers that all of a row go into by fixed-point functions: LOG_SOFTMAX, L2_NORMALIZATION. */
#include <inttypes.h>
#include <math.h>

#include "explain/explainer.h"
#include "kernels/ref/fixed_function.h"

/* ---- LOG_SOFTMAX ---- */

/* Fraction bits of differences, Q5.26, and of the result, whose scale is 1/16. */
enum { DIFFERENCE_FRACTION = 26, OUTPUT_FRACTION = 4, OUTPUT_ZERO_POINT = 127 };

static void set_exact_log(const octet_explainer *e, const octet_softmax_params *p, size_t first) {
    const octet_value *input = octet_explainer_operand(e, 0);
    const void *data = octet_explainer_data(e, 0);
    double max = -INFINITY, sum = 0.0;
    for (size_t i = 0; i < (size_t)p->depth; i++) max = fmax(max, octet_explain_real(input, data, first + i, 0));
    for (size_t i = 0; i < (size_t)p->depth; i++) sum += exp(octet_explain_real(input, data, first + i, 0) - max);
    const double exact = octet_explain_real(input, data, e->element, 0) - max - log(sum);
    octet_derivation_set_exact(e->d, octet_explainer_clamp(e, exact, INT8_MIN, INT8_MAX));
}

/* The least difference whose logarithm of the probability is still a number of Q5.26. */
static int32_t derive_least(octet_derivation *d, const octet_softmax_params *p, int32_t log_sum) {
    const int32_t lowest =
        octet_fixed_scale(octet_fixed_wrap_add(log_sum, INT32_MIN), p->reverse_multiplier, p->reverse_shift);
    const int32_t least = p->difference_min - 1 > lowest ? p->difference_min - 1 : lowest;
    octet_derive_integer(d, "least_difference", least, "what is not above it gets the least code");
    return least;
}

void octet_explain_log_softmax(const octet_explainer *e) {
    const octet_softmax_params *p = octet_step_params_softmax(e->step);
    octet_derivation *d = e->d;
    const size_t first = e->element / (size_t)p->depth * (size_t)p->depth;
    const int8_t *x = (const int8_t *)octet_explainer_data(e, 0) + first;
    const octet_softmax_row r = octet_softmax_row_of(p, x, 8);
    const int32_t own = x[e->element - first] - r.max;
    octet_explainer_list_operands(e, 0);
    octet_derivation_expect_terms(d, (size_t)p->depth, "input", "difference", "exponential");
    set_exact_log(e, p, first);
    for (int32_t i = 0; i < p->depth; i++)
        octet_derivation_add_term(d, first + (size_t)i, SIZE_MAX, x[i], x[i] - r.max,
                                  x[i] - r.max >= p->difference_min ? octet_softmax_exponential(p, x[i] - r.max) : 0);
    octet_derive_integer(d, "largest", r.max, "of the row of %" PRId32, p->depth);
    octet_derive_integer(d, "difference", own, "input - largest");
    octet_derive_integer(d, "sum", r.sum, "of the exponentials (2^31 is 1) in units of 2^-19");
    const int32_t log_sum = octet_fixed_log((int32_t)r.sum);
    octet_derive_integer(d, "logarithm", log_sum, "ln(%.9g) in units of 2^-26, by a rational function in fixed point",
                         ldexp((double)r.sum, -19));
    if (own <= derive_least(d, p, log_sum)) {
        octet_derive_integer(d, "result", INT8_MIN, "the difference is not above it: the least code");
        return;
    }
    const int32_t scaled = octet_derive_scaled(d, own, p->multiplier, p->shift);
    const int32_t fixed = octet_fixed_wrap_subtract(scaled, log_sum);
    octet_derive_integer(d, "logarithm_subtracted", fixed, "%" PRId32 " - %" PRId32 ", in units of 2^-26", scaled,
                         log_sum);
    const int32_t bits = DIFFERENCE_FRACTION - OUTPUT_FRACTION, rounded = octet_fixed_round_shift(fixed, bits);
    octet_derive_integer(d, "result_rounded", rounded,
                         "%" PRId32 " / 2^%" PRId32 " = %.6f, to the nearest, halves away from 0: units of 2^-%d",
                         fixed, bits, ldexp((double)fixed, -bits), OUTPUT_FRACTION);
    octet_derive_output(d, rounded, OUTPUT_ZERO_POINT, INT8_MIN, INT8_MAX);
}

/* ---- L2_NORMALIZATION ---- */

void octet_explain_l2_normalization(const octet_explainer *e) {
    enum { OUTPUT_FRACTION_L2 = 7 }; /* the scale of the result is 2^-7 */
    const octet_l2_normalization_params *p = octet_step_params_l2_normalization(e->step);
    octet_derivation *d = e->d;
    const size_t first = e->element / (size_t)p->depth * (size_t)p->depth;
    uint32_t sum = 0;
    if (octet_explainer_refuse_float(e, octet_explainer_operand(e, 0))) return;
    const int8_t *x = (const int8_t *)octet_explainer_data(e, 0) + first;
    const int32_t own = x[e->element - first] - p->input_zero_point;
    octet_explainer_list_operands(e, 0);
    octet_derivation_expect_terms(d, (size_t)p->depth, "input", "centered", "square");
    for (int32_t i = 0; i < p->depth; i++) {
        const int32_t centered = x[i] - p->input_zero_point;
        octet_derivation_add_term(d, first + (size_t)i, SIZE_MAX, x[i], centered, centered * centered);
        sum += (uint32_t)(centered * centered);
    }
    octet_derive_integer(d, "centered", own, "input - zero point %" PRId32, p->input_zero_point);
    octet_derive_integer(d, "sum", (int32_t)sum, "of the squares of the row of %" PRId32, p->depth);
    int32_t multiplier, shift;
    octet_fixed_inverse_root((int32_t)sum, &multiplier, &shift);
    octet_derive_integer(d, "inverse_root", multiplier,
                         "1 / sqrt(sum) = %" PRId32 " * 2^(%" PRId32 " - 31), by five steps of Newton's method",
                         multiplier, shift);
    const int32_t before = p->scales_first ? OUTPUT_FRACTION_L2 : 0, after = OUTPUT_FRACTION_L2 - before;
    const int32_t shifted = own * (1 << before);
    if (before > 0) octet_derive_integer(d, "a_shifted", shifted, "centered * 2^%" PRId32, before);
    octet_derive_output(d, octet_derive_scaled(d, shifted, multiplier, shift + after), 0, INT8_MIN, INT8_MAX);
    if (sum > 0) octet_derivation_set_exact(d, octet_explainer_clamp(e, own / sqrt((double)sum), INT8_MIN, INT8_MAX));
}
