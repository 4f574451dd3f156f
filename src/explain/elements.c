/* Numbers that come from one element of each operand. */
#include <inttypes.h>
#include <math.h>

#include "explain/explainer.h"

/* Which element of operand i the walk reads for the result's. */
static size_t walked_element(const octet_broadcast_params *walk, size_t element, int32_t i) {
    size_t at = 0;
    for (int32_t axis = walk->n_axes - 1; axis >= 0; axis--) {
        at += element % (size_t)walk->count[axis] * (size_t)walk->stride[i][axis];
        element /= (size_t)walk->count[axis];
    }
    return at;
}

/* Codes of the two operands, as a term. */
void octet_explainer_take_pair(const octet_explainer *e, const octet_broadcast_params *walk, int64_t code[2],
                               double real[2]) {
    size_t at[2];
    for (uint32_t i = 0; i < 2; i++) {
        const octet_value *value = octet_explainer_operand(e, i);
        at[i] = walked_element(walk, e->element, (int32_t)i);
        code[i] = octet_explain_code(value->type, octet_explainer_data(e, i), at[i]);
        real[i] = octet_explain_real(value, octet_explainer_data(e, i), at[i], 0);
    }
    octet_explainer_list_operands(e, 0);
    octet_derivation_expect_terms(e->d, 1, "a", "b", NULL);
    octet_derivation_add_term(e->d, at[0], at[1], code[0], code[1], 0);
}

double octet_explainer_clamp(const octet_explainer *e, double real, int32_t min, int32_t max) {
    const octet_quantization *q = &octet_explainer_result(e)->quantization;
    if (q->n != 1) return real;
    const double scale = (double)q->scale[0];
    return fmin(fmax(real, scale * (min - q->zero_point[0])), scale * (max - q->zero_point[0]));
}

/* ---- ADD and its kin ---- */

/* An operand in the scale that both share. */
static int32_t derive_common(const octet_explainer *e, const octet_arithmetic_quantized_params *q, int32_t i,
                             int32_t centered) {
    octet_derivation *d = e->d;
    octet_derive_integer(d, i == 0 ? "a_centered" : "b_centered", centered, "%s - zero point %" PRId32,
                         i == 0 ? "a" : "b", q->zero_point[i]);
    const int32_t shifted = octet_fixed_wrap_left(centered, q->left_shift);
    octet_derive_integer(d, i == 0 ? "a_shifted" : "b_shifted", shifted,
                         "%" PRId32 " * 2^%" PRId32 ", so that rounding costs little", centered, q->left_shift);
    return octet_derive_scaled(d, shifted, q->multiplier[i], q->shift[i]);
}

static void derive_centered(const octet_explainer *e, const octet_arithmetic_quantized_params *q,
                            const int32_t centered[2]) {
    for (int32_t i = 0; i < 2; i++)
        octet_derive_integer(e->d, i == 0 ? "a_centered" : "b_centered", centered[i], "%s - zero point %" PRId32,
                             i == 0 ? "a" : "b", q->zero_point[i]);
}

static void explain_division(const octet_explainer *e, const octet_arithmetic_quantized_params *q,
                             const int32_t centered[2], const double real[2]) {
    derive_centered(e, q, centered);
    const int32_t quotient = octet_derive_quotient(e->d, centered[0], centered[1], q->multiplier_out, q->shift_out);
    if (centered[1] != 0) octet_derivation_set_exact(e->d, octet_explainer_clamp(e, real[0] / real[1], q->min, q->max));
    octet_derive_output(e->d, quotient, q->zero_out, q->min, q->max);
}

static int32_t derive_raw_product(const octet_explainer *e, const octet_arithmetic_quantized_params *q,
                                  const int32_t centered[2]) {
    derive_centered(e, q, centered);
    const int32_t product = (int32_t)((uint32_t)centered[0] * (uint32_t)centered[1]);
    octet_derive_integer(e->d, "product", product, "%" PRId32 " * %" PRId32, centered[0], centered[1]);
    return product;
}

static void explain_quantized_pair(const octet_explainer *e) {
    const octet_binary_quantized_params *p = octet_step_params_arithmetic_quantized(e->step);
    const octet_arithmetic_quantized_params *q = &p->q;
    int64_t code[2];
    double real[2], exact = 0.0;
    octet_explainer_take_pair(e, &p->walk, code, real);
    const int32_t centered[2] = {(int32_t)code[0] - q->zero_point[0], (int32_t)code[1] - q->zero_point[1]};
    int32_t sum = 0;
    if (p->operation == OCTET_ARITHMETIC_DIV) {
        explain_division(e, q, centered, real);
        return;
    }
    if (p->operation == OCTET_ARITHMETIC_MUL) {
        sum = derive_raw_product(e, q, centered);
        exact = real[0] * real[1];
    } else {
        const int32_t a = derive_common(e, q, 0, centered[0]), b = derive_common(e, q, 1, centered[1]);
        const bool adds = p->operation == OCTET_ARITHMETIC_ADD;
        sum = adds ? octet_fixed_wrap_add(a, b) : octet_fixed_wrap_subtract(a, b);
        octet_derive_integer(e->d, adds ? "sum" : "difference", sum, "%" PRId32 " %c %" PRId32, a, adds ? '+' : '-', b);
        exact = adds ? real[0] + real[1] : real[0] - real[1];
        if (p->operation == OCTET_ARITHMETIC_SQUARED_DIFFERENCE) {
            const int32_t difference = sum;
            exact *= exact;
            sum = (int32_t)((uint32_t)difference * (uint32_t)difference);
            octet_derive_integer(e->d, "square", sum, "%" PRId32 " * %" PRId32, difference, difference);
        }
    }
    octet_derivation_set_exact(e->d, octet_explainer_clamp(e, exact, q->min, q->max));
    octet_derive_output(e->d, octet_derive_scaled(e->d, sum, q->multiplier_out, q->shift_out), q->zero_out, q->min,
                        q->max);
}

/* MAXIMUM and MINIMUM of operands in one scale. */
static void explain_picked_pair(const octet_explainer *e) {
    const octet_binary_params *p = octet_step_params_arithmetic(e->step);
    const bool largest = p->operation == OCTET_ARITHMETIC_MAXIMUM;
    int64_t code[2];
    double real[2];
    if (!octet_type_is_quantized(octet_explainer_operand(e, 0)->type) ||
        (!largest && p->operation != OCTET_ARITHMETIC_MINIMUM)) {
        octet_explain_arithmetic_integers(e);
        return;
    }
    octet_explainer_take_pair(e, &p->walk, code, real);
    const bool first = largest ? code[0] > code[1] : code[0] < code[1];
    octet_derive_integer(e->d, largest ? "largest" : "smallest", first ? code[0] : code[1],
                         "the %s of %" PRId64 " and %" PRId64 "; all have one scale", largest ? "larger" : "smaller",
                         code[0], code[1]);
    octet_derivation_set_exact(e->d, first ? real[0] : real[1]);
}

void octet_explain_arithmetic(const octet_explainer *e) {
    if (octet_kernel_params(e->step->kernel) == OCTET_PARAMS_arithmetic_quantized) explain_quantized_pair(e);
    else explain_picked_pair(e);
}

void octet_explain_prelu(const octet_explainer *e) {
    const octet_prelu_walk_params *p = octet_step_params_prelu(e->step);
    const octet_prelu_params *q = &p->q;
    int64_t code[2];
    double real[2];
    int32_t low, high;
    if (octet_explainer_refuse_float(e, octet_explainer_operand(e, 0))) return;
    octet_type_limits(octet_explainer_result(e)->type, &low, &high);
    octet_explainer_take_pair(e, &p->walk, code, real);
    const int32_t x = (int32_t)code[0] - q->zero_in;
    octet_derive_integer(e->d, "centered", x, "input - zero point %" PRId32, q->zero_in);
    octet_derivation_set_exact(e->d, octet_explainer_clamp(e, x >= 0 ? real[0] : real[0] * real[1], low, high));
    int32_t scaled;
    if (x >= 0) {
        scaled = octet_derive_scaled(e->d, x, q->multiplier, q->shift);
    } else {
        const int32_t product = (int32_t)((uint32_t)x * (uint32_t)((int32_t)code[1] - q->zero_slope));
        octet_derive_integer(e->d, "product", product, "%" PRId32 " * (slope - zero point %" PRId32 ")", x,
                             q->zero_slope);
        scaled = octet_derive_scaled(e->d, product, q->multiplier_negative, q->shift_negative);
    }
    octet_derive_output(e->d, scaled, q->zero_out, low, high);
}

/* ---- QUANTIZE, DEQUANTIZE ---- */

static int64_t take_one(const octet_explainer *e, uint32_t channel) {
    const octet_value *input = octet_explainer_operand(e, 0);
    const int64_t code = octet_explain_code(input->type, octet_explainer_data(e, 0), e->element);
    octet_explainer_list_operands(e, channel);
    octet_derivation_expect_terms(e->d, 1, octet_type_is_quantized(input->type) ? "input" : NULL, NULL, NULL);
    octet_derivation_add_term(e->d, e->element, SIZE_MAX, code, 0, 0);
    return code;
}

static void explain_dequantized(const octet_explainer *e, const octet_quantize_params *p) {
    const uint32_t channel =
        p->channels > 0 ? (uint32_t)(e->element / (size_t)p->inner % (size_t)p->channels) : UINT32_C(0);
    const float scale = p->channels > 0 ? p->scales[channel] : p->scale;
    const int32_t zero_point = p->channels > 0 ? p->zero_points[channel] : p->input_zero_point;
    const int32_t centered = (int32_t)take_one(e, channel) - zero_point;
    octet_derive_integer(e->d, "centered", centered, "input - zero point %" PRId32, zero_point);
    octet_derive_real(e->d, "real", (double)(scale * (float)centered), "%.9g * %" PRId32 ", in float32", (double)scale,
                      centered);
    octet_derivation_set_exact(e->d, (double)scale * centered);
}

void octet_derive_quantized(octet_derivation *d, float real, float scale, int32_t zero_point, octet_type type) {
    int32_t min, max;
    octet_type_limits(type, &min, &max);
    const float steps = real / scale, low = (float)(min - zero_point), high = (float)(max - zero_point);
    octet_derive_real(d, "quotient", (double)steps, "%.9g / scale %.9g, in float32", (double)real, (double)scale);
    const float inside = steps > low ? steps < high ? steps : high : low; /* NaN is low */
    const int32_t rounded = octet_round_s32((double)inside);
    octet_derive_integer(d, "rounded", rounded, "to the nearest, halves away from 0%s",
                         inside < steps || inside > steps ? "; clamped to the type before" : "");
    octet_derive_integer(d, "zero_point_added", rounded + zero_point, "%" PRId32 " + zero point %" PRId32, rounded,
                         zero_point);
}

void octet_explain_quantize(const octet_explainer *e) {
    const octet_value *input = octet_explainer_operand(e, 0), *output = octet_explainer_result(e);
    if (octet_kernel_params(e->step->kernel) != OCTET_PARAMS_quantize) {
        octet_derivation_refuse(e->d, "its kernel turns float16 into float32, which is exact");
        return;
    }
    const octet_quantize_params *p = octet_step_params_quantize(e->step);
    if (!octet_type_is_quantized(output->type)) {
        explain_dequantized(e, p);
        return;
    }
    int32_t low, high;
    octet_type_limits(output->type, &low, &high);
    const double real = octet_explain_real(input, octet_explainer_data(e, 0), e->element, 0);
    octet_derivation_set_exact(e->d, octet_explainer_clamp(e, real, low, high));
    const int64_t code = take_one(e, 0);
    if (!octet_type_is_quantized(input->type)) {
        octet_derive_quantized(e->d, (float)real, p->scale, p->output_zero_point, output->type);
        return;
    }
    const int32_t centered = (int32_t)code - p->input_zero_point;
    octet_derive_integer(e->d, "centered", centered, "input - zero point %" PRId32, p->input_zero_point);
    octet_derive_output(e->d, octet_derive_scaled(e->d, centered, p->multiplier, p->shift), p->output_zero_point, low,
                        high);
}

/* ---- Functions of one number ---- */

/* The function of the number itself, where it is defined. */
static void derive_function(const octet_explainer *e, octet_unary operation) {
    const float alpha = e->op->code == OCTET_OP_LEAKY_RELU ? e->op->options.leaky_relu.alpha : 0.0f;
    const octet_value *input = octet_explainer_operand(e, 0), *output = octet_explainer_result(e);
    const float x = (float)octet_explain_real(input, octet_explainer_data(e, 0), e->element, 0);
    int32_t low, high;
    float y;
    octet_type_limits(output->type, &low, &high);
    octet_unary_f32_ref(operation)(&x, &y, 1, alpha);
    if (!isfinite(y) || output->quantization.n != 1) return;
    const float scale = output->quantization.scale[0];
    octet_derive_real(e->d, "function", (double)y, "of the real number %.9g", (double)x);
    octet_derive_real(e->d, "function_in_steps", (double)y / (double)scale + (double)output->quantization.zero_point[0],
                      "%.9g / scale %.9g + zero point %" PRId32, (double)y, (double)scale,
                      output->quantization.zero_point[0]);
    octet_derivation_set_exact(e->d, octet_explainer_clamp(e, (double)y, low, high));
}

static void explain_scaled_s16(const octet_explainer *e, const octet_unary_quantized_params *q, int32_t code) {
    const int32_t x = code - q->zero_in;
    octet_derive_integer(e->d, "centered", x, "input - zero point %" PRId32, q->zero_in);
    int32_t y;
    if (x >= 0) {
        y = octet_derive_scaled(e->d, x, q->multiplier, q->shift);
    } else {
        y = octet_derive_scaled(e->d, x, q->multiplier_negative, q->shift_negative);
        if (q->negative_slope) {
            y = octet_fixed_wrap_subtract(0, y);
            octet_derive_integer(e->d, "negated", y, "the slope is negative");
        }
    }
    octet_derive_output(e->d, y, q->zero_out, q->min, q->max);
}

static void explain_interpolated_s16(const octet_explainer *e, const octet_unary_quantized_params *q, int16_t code) {
    const int32_t index = 256 + (code >> 7), offset = code & 127;
    octet_derive_integer(e->d, "table_index", index, "256 + (input >> 7), of %d points", OCTET_TABLE16_SIZE);
    octet_derive_integer(e->d, "table_low", q->table[index], "the point at the index");
    octet_derive_integer(e->d, "table_high", q->table[index + 1], "the next one");
    octet_derive_integer(e->d, "interpolated", octet_table16_lookup(code, q->table),
                         "low + ((high - low) * %" PRId32 " + 64 >> 7); %" PRId32 " is input & 127", offset, offset);
}

static void explain_unary_s16(const octet_explainer *e, const octet_unary_quantized_params *q, int16_t code) {
    int16_t result;
    octet_unary_s16_ref(q, &code, &result, 1);
    if (q->operation == OCTET_UNARY_LOGISTIC || q->operation == OCTET_UNARY_TANH) {
        const int64_t half = q->shift > 0 ? INT64_C(1) << (q->shift - 1) : 0;
        const int64_t x = ((int64_t)code * q->multiplier + half) >> q->shift;
        octet_derive_integer(e->d, "table_position", x,
                             "%d * %" PRId32 " / 2^%" PRId32 ", rounded: in units of 1 / (3 * 4096)", code,
                             q->multiplier, q->shift);
        octet_derive_integer(e->d, "interpolated", result,
                             "from 256 points of the sigmoid, 1/24 apart, linear between");
    } else if (q->operation == OCTET_UNARY_ABS || q->operation == OCTET_UNARY_RELU ||
               q->operation == OCTET_UNARY_RELU6 || q->operation == OCTET_UNARY_LEAKY_RELU) {
        explain_scaled_s16(e, q, code);
    } else if (q->operation == OCTET_UNARY_SQRT || q->operation == OCTET_UNARY_NEG) {
        octet_derive_integer(e->d, "result", result, "%s",
                             q->operation == OCTET_UNARY_NEG ? "- input" : "by the root in float32, cut to an integer");
    } else {
        explain_interpolated_s16(e, q, code);
    }
}

void octet_explain_unary(const octet_explainer *e) {
    const octet_params_kind kind = octet_kernel_params(e->step->kernel);
    if (kind == OCTET_PARAMS_unary_table) {
        const octet_unary_table_params *p = octet_step_params_unary_table(e->step);
        const int32_t code = (int32_t)take_one(e, 0);
        derive_function(e, p->operation);
        octet_derive_integer(e->d, "table_index", code + 128, "input + 128, of 256 results");
        octet_derive_integer(e->d, "table", p->table[code + 128], "the result that the table has for this input");
    } else if (kind == OCTET_PARAMS_unary_s16) {
        const octet_unary_s16_params *p = octet_step_params_unary_s16(e->step);
        const int16_t code = (int16_t)take_one(e, 0);
        derive_function(e, p->q.operation);
        explain_unary_s16(e, &p->q, code);
    } else if (octet_explainer_operand(e, 0)->type != OCTET_FLOAT32) {
        octet_explain_unary_integers(e);
    } else {
        octet_derivation_refuse(e->d, "its kernel computes with float32");
    }
}
