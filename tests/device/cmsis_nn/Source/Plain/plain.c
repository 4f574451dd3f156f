/* The functions of arm_nnfunctions.h in plain loops. They take the scratch that CMSIS-NN would take on a processor with
 * the DSP extension, overwrite all of it, and refuse less. Results are computed from the last channel to the first, and
 * from the end: the library promises no order. */
#include "arm_nnfunctions.h"

#include <string.h>

/* x * multiplier * 2^(shift - 31), rounded twice: halves upwards by the multiplication, away from 0 by the shift. */
static int32_t scale(int32_t x, int32_t multiplier, int32_t shift) {
    const int64_t product = (int64_t)(int32_t)((uint32_t)x << (shift > 0 ? shift : 0)) * multiplier;
    const int64_t high = (product + (INT64_C(1) << 30)) >> 31, unit = INT64_C(1) << (shift < 0 ? -shift : 0);
    return (int32_t)(high < 0 ? -((-high + unit / 2) / unit) : (high + unit / 2) / unit);
}

static int8_t clamp(int64_t x, cmsis_nn_activation range) {
    return (int8_t)(x < range.min ? range.min : x > range.max ? range.max : x);
}

static int takes(const cmsis_nn_context *ctx, int32_t bytes) {
    if (bytes == 0) return 1;
    if (ctx->buf == NULL || ctx->size < bytes || (uintptr_t)ctx->buf % 4 != 0) return 0;
    memset(ctx->buf, 0xA5, (size_t)bytes);
    return 1;
}

int32_t arm_convolve_wrapper_s8_get_buffer_size(const cmsis_nn_conv_params *conv_params,
                                                const cmsis_nn_dims *input_dims, const cmsis_nn_dims *filter_dims,
                                                const cmsis_nn_dims *output_dims) {
    const int32_t n = filter_dims->h * filter_dims->w * input_dims->c;
    (void)output_dims;
    if (filter_dims->h == 1 && filter_dims->w == 1 && conv_params->padding.h == 0 && conv_params->padding.w == 0)
        return 0;
    return (n + 3) / 4 * 4 * 2 * (int32_t)sizeof(int16_t);
}

int32_t arm_depthwise_conv_wrapper_s8_get_buffer_size(const cmsis_nn_dw_conv_params *dw_conv_params,
                                                      const cmsis_nn_dims *input_dims, const cmsis_nn_dims *filter_dims,
                                                      const cmsis_nn_dims *output_dims) {
    const int is_plain = input_dims->c == output_dims->c && input_dims->n == 1 && dw_conv_params->dilation.h == 1 &&
                         dw_conv_params->dilation.w == 1;
    return is_plain ? input_dims->c * filter_dims->h * filter_dims->w * (int32_t)sizeof(int16_t) : 0;
}

int32_t arm_avgpool_s8_get_buffer_size(const int output_x, const int ch_src) {
    (void)output_x;
    return ch_src * (int32_t)sizeof(int32_t);
}

/* Of a convolution and a depthwise one: the input's element, or "outside". */
static int inside(const cmsis_nn_dims *d, int32_t y, int32_t x) { return y >= 0 && y < d->h && x >= 0 && x < d->w; }

arm_cmsis_nn_status arm_convolve_wrapper_s8(const cmsis_nn_context *ctx, const cmsis_nn_conv_params *p,
                                            const cmsis_nn_per_channel_quant_params *q, const cmsis_nn_dims *in_dims,
                                            const int8_t *input, const cmsis_nn_dims *filter_dims, const int8_t *filter,
                                            const cmsis_nn_dims *bias_dims, const int32_t *bias,
                                            const cmsis_nn_dims *out_dims, int8_t *output) {
    int32_t y, x, o, ky, kx, c;
    if (in_dims->n != 1 || filter_dims->n != out_dims->c || filter_dims->c != in_dims->c || bias_dims->c != out_dims->c)
        return ARM_CMSIS_NN_ARG_ERROR;
    if (!takes(ctx, arm_convolve_wrapper_s8_get_buffer_size(p, in_dims, filter_dims, out_dims)))
        return ARM_CMSIS_NN_ARG_ERROR;
    for (o = out_dims->c; o-- > 0;)
        for (y = out_dims->h; y-- > 0;)
            for (x = out_dims->w; x-- > 0;) {
                int64_t sum = bias[o];
                for (ky = 0; ky < filter_dims->h; ++ky)
                    for (kx = 0; kx < filter_dims->w; ++kx) {
                        const int32_t iy = y * p->stride.h - p->padding.h + ky * p->dilation.h;
                        const int32_t ix = x * p->stride.w - p->padding.w + kx * p->dilation.w;
                        if (!inside(in_dims, iy, ix)) continue;
                        for (c = 0; c < in_dims->c; ++c)
                            sum += (input[(iy * in_dims->w + ix) * in_dims->c + c] + p->input_offset) *
                                   filter[((o * filter_dims->h + ky) * filter_dims->w + kx) * in_dims->c + c];
                    }
                output[(y * out_dims->w + x) * out_dims->c + o] = clamp(
                    (int64_t)scale((int32_t)sum, q->multiplier[o], q->shift[o]) + p->output_offset, p->activation);
            }
    return ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_depthwise_conv_wrapper_s8(const cmsis_nn_context *ctx, const cmsis_nn_dw_conv_params *p,
                                                  const cmsis_nn_per_channel_quant_params *q,
                                                  const cmsis_nn_dims *in_dims, const int8_t *input,
                                                  const cmsis_nn_dims *filter_dims, const int8_t *filter,
                                                  const cmsis_nn_dims *bias_dims, const int32_t *bias,
                                                  const cmsis_nn_dims *out_dims, int8_t *output) {
    int32_t y, x, o, ky, kx;
    if (filter_dims->c != out_dims->c || in_dims->c * p->ch_mult != out_dims->c || bias_dims->c != out_dims->c)
        return ARM_CMSIS_NN_ARG_ERROR;
    if (!takes(ctx, arm_depthwise_conv_wrapper_s8_get_buffer_size(p, in_dims, filter_dims, out_dims)))
        return ARM_CMSIS_NN_ARG_ERROR;
    for (o = out_dims->c; o-- > 0;)
        for (y = out_dims->h; y-- > 0;)
            for (x = out_dims->w; x-- > 0;) {
                int64_t sum = bias[o];
                for (ky = 0; ky < filter_dims->h; ++ky)
                    for (kx = 0; kx < filter_dims->w; ++kx) {
                        const int32_t iy = y * p->stride.h - p->padding.h + ky * p->dilation.h;
                        const int32_t ix = x * p->stride.w - p->padding.w + kx * p->dilation.w;
                        if (inside(in_dims, iy, ix))
                            sum += (input[(iy * in_dims->w + ix) * in_dims->c + o / p->ch_mult] + p->input_offset) *
                                   filter[(ky * filter_dims->w + kx) * out_dims->c + o];
                    }
                output[(y * out_dims->w + x) * out_dims->c + o] = clamp(
                    (int64_t)scale((int32_t)sum, q->multiplier[o], q->shift[o]) + p->output_offset, p->activation);
            }
    return ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_fully_connected_s8(const cmsis_nn_context *ctx, const cmsis_nn_fc_params *p,
                                           const cmsis_nn_per_tensor_quant_params *q, const cmsis_nn_dims *in_dims,
                                           const int8_t *input, const cmsis_nn_dims *filter_dims, const int8_t *filter,
                                           const cmsis_nn_dims *bias_dims, const int32_t *bias,
                                           const cmsis_nn_dims *out_dims, int8_t *output) {
    int32_t n, o, c;
    (void)ctx;
    if (filter_dims->c != out_dims->c || bias_dims->c != out_dims->c || in_dims->n != out_dims->n)
        return ARM_CMSIS_NN_ARG_ERROR;
    for (o = out_dims->c; o-- > 0;)
        for (n = in_dims->n; n-- > 0;) {
            int64_t sum = bias[o];
            for (c = 0; c < filter_dims->n; ++c)
                sum += (input[n * filter_dims->n + c] + p->input_offset) *
                       (filter[o * filter_dims->n + c] + p->filter_offset);
            output[n * out_dims->c + o] =
                clamp((int64_t)scale((int32_t)sum, q->multiplier, q->shift) + p->output_offset, p->activation);
        }
    return ARM_CMSIS_NN_SUCCESS;
}

static arm_cmsis_nn_status pool(int is_max, const cmsis_nn_pool_params *p, const cmsis_nn_dims *in_dims,
                                const int8_t *input, const cmsis_nn_dims *filter_dims, const cmsis_nn_dims *out_dims,
                                int8_t *output) {
    int32_t y, x, c, ky, kx;
    if (in_dims->c != out_dims->c) return ARM_CMSIS_NN_ARG_ERROR;
    for (c = out_dims->c; c-- > 0;)
        for (y = out_dims->h; y-- > 0;)
            for (x = out_dims->w; x-- > 0;) {
                int32_t most = -128, sum = 0, n = 0;
                for (ky = 0; ky < filter_dims->h; ++ky)
                    for (kx = 0; kx < filter_dims->w; ++kx) {
                        const int32_t iy = y * p->stride.h - p->padding.h + ky;
                        const int32_t ix = x * p->stride.w - p->padding.w + kx;
                        int32_t value;
                        if (!inside(in_dims, iy, ix)) continue;
                        value = input[(iy * in_dims->w + ix) * in_dims->c + c];
                        if (value > most) most = value;
                        sum += value;
                        ++n;
                    }
                if (!is_max) most = (sum > 0 ? sum + n / 2 : sum - n / 2) / n;
                output[(y * out_dims->w + x) * out_dims->c + c] = clamp(most, p->activation);
            }
    return ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_avgpool_s8(const cmsis_nn_context *ctx, const cmsis_nn_pool_params *pool_params,
                                   const cmsis_nn_dims *input_dims, const int8_t *input_data,
                                   const cmsis_nn_dims *filter_dims, const cmsis_nn_dims *output_dims,
                                   int8_t *output_data) {
    if (!takes(ctx, arm_avgpool_s8_get_buffer_size(output_dims->w, input_dims->c))) return ARM_CMSIS_NN_ARG_ERROR;
    return pool(0, pool_params, input_dims, input_data, filter_dims, output_dims, output_data);
}

arm_cmsis_nn_status arm_max_pool_s8(const cmsis_nn_context *ctx, const cmsis_nn_pool_params *pool_params,
                                    const cmsis_nn_dims *input_dims, const int8_t *input_data,
                                    const cmsis_nn_dims *filter_dims, const cmsis_nn_dims *output_dims,
                                    int8_t *output_data) {
    (void)ctx;
    return pool(1, pool_params, input_dims, input_data, filter_dims, output_dims, output_data);
}

arm_cmsis_nn_status arm_elementwise_add_s8(const int8_t *a, const int8_t *b, const int32_t a_offset,
                                           const int32_t a_mult, const int32_t a_shift, const int32_t b_offset,
                                           const int32_t b_mult, const int32_t b_shift, const int32_t left_shift,
                                           int8_t *output, const int32_t out_offset, const int32_t out_mult,
                                           const int32_t out_shift, const int32_t out_activation_min,
                                           const int32_t out_activation_max, const int32_t block_size) {
    const cmsis_nn_activation range = {out_activation_min, out_activation_max};
    int32_t i;
    if (a_shift > 0 || b_shift > 0 || out_shift > 0) return ARM_CMSIS_NN_ARG_ERROR;
    for (i = 0; i < block_size; ++i) {
        const int32_t x = scale((a[i] + a_offset) * (1 << left_shift), a_mult, a_shift);
        const int32_t y = scale((b[i] + b_offset) * (1 << left_shift), b_mult, b_shift);
        output[i] = clamp((int64_t)scale(x + y, out_mult, out_shift) + out_offset, range);
    }
    return ARM_CMSIS_NN_SUCCESS;
}

arm_cmsis_nn_status arm_elementwise_mul_s8(const int8_t *a, const int8_t *b, const int32_t a_offset,
                                           const int32_t b_offset, int8_t *output, const int32_t out_offset,
                                           const int32_t out_mult, const int32_t out_shift,
                                           const int32_t out_activation_min, const int32_t out_activation_max,
                                           const int32_t block_size) {
    const cmsis_nn_activation range = {out_activation_min, out_activation_max};
    int32_t i;
    for (i = 0; i < block_size; ++i)
        output[i] =
            clamp((int64_t)scale((a[i] + a_offset) * (b[i] + b_offset), out_mult, out_shift) + out_offset, range);
    return ARM_CMSIS_NN_SUCCESS;
}

/* ---- Softmax: e^x and 1 / x in fixed point, as TensorFlow Lite defines them ---- */

static int32_t high(int32_t a, int32_t b) { return scale(a, b, 0); }

/* x / 2^shift, halves away from 0. */
static int32_t rounded(int64_t x, int32_t shift) {
    const int64_t unit = INT64_C(1) << shift;
    return (int32_t)(x < 0 ? -((-x + unit / 2) / unit) : (x + unit / 2) / unit);
}

/* e^x for x <= 0 in Q5.26, as Q0.31: e^-(bits above 1/4) by a product, the rest by four terms around -1/8. */
static int32_t exponential(int32_t x) {
    static const int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = 1 << 24, low = (x & (quarter - 1)) - quarter;
    const uint32_t above = (uint32_t)low - (uint32_t)x;
    const int32_t t = low * 32 + (1 << 28), t2 = high(t, t), t3 = high(t2, t), t4 = high(t2, t2);
    const int32_t terms = high(rounded(t4, 2) + t3, 715827883) + t2;
    int32_t y = 1895147668 + high(1895147668, t + rounded(terms, 1)), i;
    if (x == 0) return INT32_MAX;
    for (i = 0; i < 7; ++i)
        if ((above & ((uint32_t)quarter << i)) != 0) y = high(y, factors[i]);
    return y;
}

/* 1 / (1 + a) in Q0.31 for a in [0, 1), by Newton's method. */
static int32_t reciprocal(int32_t a) {
    const int32_t half = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
    int64_t x = 1515870810 + (int64_t)high(half, -1010580540);
    int i;
    for (i = 0; i < 3; ++i) x += (int64_t)high((int32_t)x, 536870912 - high(half, (int32_t)x)) * 4;
    return x * 2 > INT32_MAX ? INT32_MAX : (int32_t)(x * 2);
}

void arm_softmax_s8(const int8_t *input, const int32_t num_rows, const int32_t row_size, const int32_t mult,
                    const int32_t shift, const int32_t diff_min, int8_t *output) {
    const cmsis_nn_activation range = {-128, 127};
    int32_t r, i;
    for (r = 0; r < num_rows; ++r, input += row_size, output += row_size) {
        int32_t most = -128, zeros = 0, factor;
        int64_t sum = 0;
        for (i = 0; i < row_size; ++i)
            if (input[i] > most) most = input[i];
        for (i = 0; i < row_size; ++i)
            if (input[i] - most >= diff_min) sum += rounded(exponential(scale(input[i] - most, mult, shift)), 12);
        while ((sum << zeros) < (INT64_C(1) << 31)) ++zeros;
        factor = reciprocal((int32_t)((sum << zeros) - (INT64_C(1) << 31)));
        for (i = 0; i < row_size; ++i) {
            const int32_t e = input[i] - most >= diff_min ? exponential(scale(input[i] - most, mult, shift)) : 0;
            const int32_t bits = 35 - zeros < 31 ? 35 - zeros : 31;
            output[i] =
                input[i] - most >= diff_min ? clamp((int64_t)rounded(high(factor, e), bits) - 128, range) : -128;
        }
    }
}
