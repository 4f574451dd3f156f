/* Sums of products: CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED, BATCH_MATMUL. */
#include <inttypes.h>
#include <math.h>

#include "explain/explainer.h"

/* One output channel at one place. */
typedef struct product_sum {
    const octet_explainer *e;
    octet_requantize q; /* of the kernels without one: put together */
    int32_t channel;
    int64_t codes, weights, products; /* sums of x * (w - zero), of (w - zero), of (x - zero) * (w - zero) */
} product_sum;

static void add_product(product_sum *s, int64_t x_at, int64_t w_at) {
    const octet_explainer *e = s->e;
    const int64_t x = octet_explain_code(octet_explainer_operand(e, 0)->type, octet_explainer_data(e, 0), (size_t)x_at);
    const int64_t w = octet_explain_code(octet_explainer_operand(e, 1)->type, octet_explainer_data(e, 1), (size_t)w_at);
    const int64_t weight = w - s->q.weight_zero_point, product = (x - s->q.input_zero_point) * weight;
    s->codes += x * weight;
    s->weights += weight;
    s->products += product;
    octet_derivation_add_term(e->d, (size_t)x_at, (size_t)w_at, x, w, product);
}

static void walk_conv_2d(product_sum *s) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(s->e->step);
    const int64_t place = (int64_t)s->e->element / p->out_c, ox = place % p->out_w, row = place / p->out_w;
    const int32_t y0 = (int32_t)(row % p->out_h) * p->stride_h - p->pad_top,
                  x0 = (int32_t)ox * p->stride_w - p->pad_left;
    const octet_taps ty = octet_taps_inside(y0, p->in_h, p->filter_h, p->dilation_h),
                     tx = octet_taps_inside(x0, p->in_w, p->filter_w, p->dilation_w);
    const int64_t sample = row / p->out_h, group = s->channel / (p->out_c / p->groups);
    for (int32_t ky = ty.first; ky < ty.last; ky++)
        for (int32_t kx = tx.first; kx < tx.last; kx++) {
            const int64_t y = y0 + ky * p->dilation_h, x = x0 + kx * p->dilation_w;
            const int64_t from = ((sample * p->in_h + y) * p->in_w + x) * p->in_c + group * p->filter_c;
            const int64_t weight = (((int64_t)s->channel * p->filter_h + ky) * p->filter_w + kx) * (int64_t)p->filter_c;
            for (int32_t c = 0; c < p->filter_c; c++) add_product(s, from + c, weight + c);
        }
}

static void walk_depthwise(product_sum *s) {
    const octet_depthwise_params *p = octet_step_params_depthwise(s->e->step);
    const int64_t place = (int64_t)s->e->element / p->out_c, ox = place % p->out_w, row = place / p->out_w;
    const int32_t y0 = (int32_t)(row % p->out_h) * p->stride_h - p->pad_top,
                  x0 = (int32_t)ox * p->stride_w - p->pad_left;
    const octet_taps ty = octet_taps_inside(y0, p->in_h, p->filter_h, p->dilation_h),
                     tx = octet_taps_inside(x0, p->in_w, p->filter_w, p->dilation_w);
    for (int32_t ky = ty.first; ky < ty.last; ky++)
        for (int32_t kx = tx.first; kx < tx.last; kx++) {
            const int64_t y = y0 + ky * p->dilation_h, x = x0 + kx * p->dilation_w;
            add_product(s, ((row / p->out_h * p->in_h + y) * p->in_w + x) * p->in_c + s->channel / p->multiplier,
                        ((int64_t)ky * p->filter_w + kx) * p->out_c + s->channel);
        }
}

static void walk_transpose_conv(product_sum *s) {
    const octet_transpose_conv_params *p = octet_step_params_transpose_conv(s->e->step);
    const int64_t place = (int64_t)s->e->element / p->out_c, ox = place % p->out_w, row = place / p->out_w;
    for (int32_t ky = 0; ky < p->filter_h; ky++) {
        int32_t y, x;
        if (!octet_transpose_source((int32_t)(row % p->out_h), p->pad_top, ky, p->stride_h, p->in_h, &y)) continue;
        for (int32_t kx = 0; kx < p->filter_w; kx++) {
            if (!octet_transpose_source((int32_t)ox, p->pad_left, kx, p->stride_w, p->in_w, &x)) continue;
            const int64_t from = ((row / p->out_h * p->in_h + y) * p->in_w + x) * p->in_c;
            const int64_t weight = (((int64_t)s->channel * p->filter_h + ky) * p->filter_w + kx) * (int64_t)p->in_c;
            for (int32_t c = 0; c < p->in_c; c++) add_product(s, from + c, weight + c);
        }
    }
}

static void walk_fully_connected(product_sum *s) {
    const octet_fully_connected_params *p = octet_step_params_fully_connected(s->e->step);
    const int64_t row = (int64_t)s->e->element / p->out_c;
    for (int32_t k = 0; k < p->depth; k++) add_product(s, row * p->depth + k, (int64_t)s->channel * p->depth + k);
}

static void walk_batch_matmul(product_sum *s) {
    const octet_batch_matmul_params *p = octet_step_params_batch_matmul(s->e->step);
    const int64_t unit = (int64_t)s->e->element / p->columns, row = unit % p->rows;
    int64_t product = unit / p->rows, lhs = 0, rhs = 0;
    for (int32_t axis = p->n_axes - 1; axis >= 0; axis--) {
        lhs += product % p->sizes[axis] * p->lhs_steps[axis];
        rhs += product % p->sizes[axis] * p->rhs_steps[axis];
        product /= p->sizes[axis];
    }
    for (int32_t k = 0; k < p->depth; k++)
        add_product(s, lhs * p->rows * p->depth + (p->adj_x ? (int64_t)k * p->rows + row : row * p->depth + k),
                    rhs * p->depth * p->columns +
                        (p->adj_y ? (int64_t)s->channel * p->depth + k : (int64_t)k * p->columns + s->channel));
}

/* What the walk of a kind of kernels needs: its function, the most terms, the output channels. */
typedef struct weighted_kind {
    void (*walk)(product_sum *s);
    size_t most_terms;
    int32_t n_channels;
} weighted_kind;

static bool find_kind(const octet_explainer *e, product_sum *s, weighted_kind *kind) {
    const octet_params_kind params = octet_kernel_params(e->step->kernel);
    if (params == OCTET_PARAMS_conv_2d) {
        const octet_conv_2d_params *p = octet_step_params_conv_2d(e->step);
        s->q = p->q;
        *kind =
            (weighted_kind){walk_conv_2d, (size_t)p->filter_h * (size_t)p->filter_w * (size_t)p->filter_c, p->out_c};
    } else if (params == OCTET_PARAMS_depthwise) {
        const octet_depthwise_params *p = octet_step_params_depthwise(e->step);
        s->q = p->q;
        *kind = (weighted_kind){walk_depthwise, (size_t)p->filter_h * (size_t)p->filter_w, p->out_c};
    } else if (params == OCTET_PARAMS_transpose_conv) {
        const octet_transpose_conv_params *p = octet_step_params_transpose_conv(e->step);
        s->q = p->q;
        *kind =
            (weighted_kind){walk_transpose_conv, (size_t)p->filter_h * (size_t)p->filter_w * (size_t)p->in_c, p->out_c};
    } else if (params == OCTET_PARAMS_fully_connected) {
        const octet_fully_connected_params *p = octet_step_params_fully_connected(e->step);
        s->q = p->q;
        *kind = (weighted_kind){walk_fully_connected, (size_t)p->depth, p->out_c};
    } else if (params == OCTET_PARAMS_batch_matmul) {
        const octet_batch_matmul_params *p = octet_step_params_batch_matmul(e->step);
        *kind = (weighted_kind){walk_batch_matmul, (size_t)p->depth, p->columns};
        s->q = (octet_requantize){.input_zero_point = p->lhs_zero_point,
                                  .weight_zero_point = p->rhs_zero_point,
                                  .output_zero_point = p->output_zero_point};
        octet_type_limits(octet_explainer_result(e)->type, &s->q.min, &s->q.max);
    } else {
        return false;
    }
    return true;
}

/* The sum with the bias; wraps where the kernel adds in 32 bits. */
static int64_t derive_accumulator(product_sum *s, bool is_wide) {
    octet_derivation *d = s->e->d;
    const octet_value *bias_value = octet_explainer_operand(s->e, 2);
    const int64_t bias = bias_value != NULL
                             ? octet_explain_code(bias_value->type, octet_explainer_data(s->e, 2), (size_t)s->channel)
                             : 0;
    const int64_t exact = (int64_t)((uint64_t)s->products + (uint64_t)bias);
    const int64_t sum = is_wide ? exact : (int32_t)(uint32_t)exact;
    octet_derive_integer(d, "sum_of_products", s->products,
                         "sum over %zu terms of (input - zero point %" PRId32 ") * (weight - zero point %" PRId32 ")",
                         d->n_terms, s->q.input_zero_point, s->q.weight_zero_point);
    octet_derive_integer(d, "bias", bias, "%s", bias_value != NULL ? "of this output channel" : "there is none");
    octet_derive_integer(d, "sum_of_codes", s->codes,
                         "the same sum with the input as it is stored, without zero point");
    octet_derive_integer(d, "folded_bias", bias - s->q.input_zero_point * s->weights,
                         "bias - zero point %" PRId32 " * sum of these weights %" PRId64, s->q.input_zero_point,
                         s->weights);
    octet_derive_integer(d, "accumulator", sum,
                         sum == exact ? "sum_of_products + bias = sum_of_codes + folded_bias"
                                      : "sum_of_products + bias, which left 32 bits and wrapped");
    return sum;
}

static void set_exact(const product_sum *s, int64_t sum) {
    const octet_value *x = octet_explainer_operand(s->e, 0), *w = octet_explainer_operand(s->e, 1),
                      *y = octet_explainer_result(s->e);
    if (x->quantization.n != 1 || w->quantization.n == 0 || y->quantization.n != 1) return;
    const double scale = (double)w->quantization.scale[w->quantization.n > 1 ? s->channel : 0],
                 step = (double)y->quantization.scale[0], real = (double)x->quantization.scale[0] * scale * (double)sum;
    octet_derivation_set_exact(s->e->d, fmin(fmax(real, step * (s->q.min - s->q.output_zero_point)),
                                             step * (s->q.max - s->q.output_zero_point)));
}

static void derive_result(product_sum *s, int64_t sum, bool is_wide) {
    octet_derivation *d = s->e->d;
    int32_t multiplier, shift, scaled;
    if (octet_kernel_params(s->e->step->kernel) == OCTET_PARAMS_batch_matmul) {
        const octet_batch_matmul_params *p = octet_step_params_batch_matmul(s->e->step);
        multiplier = p->multiplier;
        shift = p->shift;
    } else {
        multiplier = s->q.multiplier[s->channel];
        shift = s->q.shift[s->channel];
    }
    if (s->q.scale != NULL) scaled = octet_derive_scaled_double(d, (double)sum, s->q.scale[s->channel]);
    else if (is_wide) scaled = octet_derive_scaled_s64(d, sum, multiplier, shift);
    else if (s->q.rounds_once) scaled = octet_derive_scaled_once(d, (int32_t)sum, multiplier, shift);
    else scaled = octet_derive_scaled(d, (int32_t)sum, multiplier, shift);
    octet_derive_output(d, scaled, s->q.output_zero_point, s->q.min, s->q.max);
}

void octet_explain_weighted(const octet_explainer *e) {
    product_sum s = {.e = e};
    weighted_kind kind;
    if (octet_explainer_operand(e, 0)->type == OCTET_FLOAT32 || !find_kind(e, &s, &kind)) {
        octet_derivation_refuse(e->d, "its kernel computes with float32");
        return;
    }
    /* int16 sums have 64 bits, unless the bias has 32 */
    const octet_kernel kernel = e->step->kernel;
    const bool is_wide = octet_explainer_operand(e, 0)->type == OCTET_INT16 && kernel != OCTET_KERNEL_conv_2d_s16_b32 &&
                         kernel != OCTET_KERNEL_fully_connected_s16_b32;
    s.channel = (int32_t)(e->element % (size_t)kind.n_channels);
    octet_explainer_list_operands(e, (uint32_t)s.channel);
    octet_derivation_expect_terms(e->d, kind.most_terms, "input", "weight", "product");
    kind.walk(&s);
    const int64_t sum = derive_accumulator(&s, is_wide);
    set_exact(&s, sum);
    derive_result(&s, sum, is_wide);
}
