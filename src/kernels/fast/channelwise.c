#include "kernels/fast/channelwise.h"

#include <string.h>

#include "kernels/fast/product.h"
#include "kernels/fast/select.h"

enum { BLOCK = OCTET_CHANNEL_BLOCK };

static size_t blocks(const octet_depthwise_params *p) { return ((size_t)p->out_c + BLOCK - 1) / BLOCK; }

static octet_status make(octet_context *ctx, octet_arena *arena, const octet_channelwise_kernel *kernel,
                         const octet_depthwise_params *p, octet_channelwise **out) {
    octet_channelwise *c;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &c));
    *c = (octet_channelwise){.kernel = kernel, .shape = *p};
    const octet_window_shape shape = octet_window_shape_of_depthwise(p);
    if (kernel->prepare != NULL) OCTET_TRY(octet_windows_make(ctx, arena, &shape, kernel->element, false, &c->windows));
    const uint32_t n_taps = (uint32_t)p->filter_h * (uint32_t)p->filter_w;
    c->n_groups = (n_taps + kernel->tap_group - 1) / kernel->tap_group;
    size_t *offsets;
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)c->n_groups * kernel->tap_group,
                        &offsets)); /* taps of no weight read the first element */
    for (uint32_t tap = 0; tap < n_taps; tap++) {
        const uint32_t ky = tap / (uint32_t)p->filter_w, kx = tap % (uint32_t)p->filter_w;
        offsets[tap] = ky * (size_t)p->dilation_h * c->windows.row + kx * (size_t)p->dilation_w * c->windows.pixel;
    }
    c->tap_offsets = offsets;
    *out = c;
    return OCTET_OK;
}

octet_status octet_channelwise_make_s8(octet_context *ctx, octet_arena *arena, uint32_t cpu,
                                       const octet_depthwise_params *p, const int8_t *filter, const int32_t *bias,
                                       octet_channelwise **out) {
    bool wide = p->q.weight_zero_point != 0;
    for (size_t i = 0; i < (size_t)p->filter_h * (size_t)p->filter_w * (size_t)p->out_c && !wide; i++)
        wide = filter[i] == INT8_MIN;
    const octet_channelwise_kernel *kernel = octet_select_channelwise_s8(cpu, p, wide);
    *out = NULL;
    if (kernel == NULL || p->multiplier != 1) return OCTET_OK;
    octet_channelwise *c;
    OCTET_TRY(make(ctx, arena, kernel, p, &c));
    const size_t n_lanes = blocks(p) * BLOCK, n_taps = (size_t)p->filter_h * (size_t)p->filter_w,
                 group = kernel->tap_group;
    int32_t *channel, *folded;
    uint8_t *weights;
    OCTET_TRY(OCTET_NEW(ctx, arena, n_lanes, &channel));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * sizeof *folded, OCTET_ALIGNMENT, (void **)&folded));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * c->n_groups * group * kernel->element, OCTET_ALIGNMENT,
                                   (void **)&weights));
    for (size_t lane = 0; lane < n_lanes; lane++) {
        const size_t block = lane / BLOCK, of = block * BLOCK + kernel->channel_of_lane[lane % BLOCK];
        channel[lane] = of < (size_t)p->out_c ? (int32_t)of : -1;
        if (channel[lane] < 0) continue;
        int64_t total = 0;
        for (size_t tap = 0; tap < n_taps; tap++) {
            const int16_t w = (int16_t)(filter[tap * (size_t)p->out_c + of] - p->q.weight_zero_point);
            const size_t at = kernel->place != NULL ? kernel->place[tap] : tap;
            const size_t place = ((block * c->n_groups + at / group) * BLOCK + lane % BLOCK) * group + at % group;
            if (kernel->element == 2) ((int16_t *)(void *)weights)[place] = w;
            else weights[place] = (uint8_t)w;
            total += w;
        }
        uint32_t sum = bias != NULL ? (uint32_t)bias[of] : 0;
        if (kernel->input_offset != OCTET_PRODUCT_NO_OFFSET)
            sum -= (uint32_t)total * (uint32_t)(kernel->input_offset + p->q.input_zero_point);
        folded[lane] = (int32_t)sum;
    }
    c->weights = weights;
    OCTET_TRY(octet_scale_pack(ctx, arena, &p->q, channel, n_lanes, folded, &c->scale));
    *out = c;
    return OCTET_OK;
}

octet_status octet_channelwise_make_f32(octet_context *ctx, octet_arena *arena, uint32_t cpu,
                                        const octet_depthwise_params *p, const float *filter, const float *bias,
                                        octet_channelwise **out) {
    const octet_channelwise_kernel *kernel = octet_select_channelwise_f32(cpu, p->in_c);
    *out = NULL;
    if (kernel == NULL || p->multiplier != 1) return OCTET_OK;
    octet_channelwise *c;
    OCTET_TRY(make(ctx, arena, kernel, p, &c));
    const size_t n_lanes = blocks(p) * BLOCK, n_taps = (size_t)p->filter_h * (size_t)p->filter_w;
    float *weights, *padded;
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * n_taps * sizeof *weights, OCTET_ALIGNMENT, (void **)&weights));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * sizeof *padded, OCTET_ALIGNMENT, (void **)&padded));
    for (size_t of = 0; of < (size_t)p->out_c; of++) {
        padded[of] = bias != NULL ? bias[of] : 0.0f;
        for (size_t tap = 0; tap < n_taps; tap++) {
            weights[(of / BLOCK * n_taps + tap) * BLOCK + of % BLOCK] = filter[tap * (size_t)p->out_c + of];
        }
    }
    c->weights = (const uint8_t *)weights;
    c->bias = padded;
    *out = c;
    return OCTET_OK;
}

uint32_t octet_channelwise_prepare_units(const octet_channelwise *c) {
    return c->kernel->prepare != NULL ? (uint32_t)c->shape.batches * (uint32_t)c->windows.padded_h : 0;
}
uint32_t octet_channelwise_units(const octet_channelwise *c) {
    return (uint32_t)c->shape.batches * (uint32_t)c->shape.out_h;
}
size_t octet_channelwise_shared_bytes(const octet_channelwise *c) {
    return c->kernel->prepare != NULL ? c->windows.prepared_bytes : 0;
}

void octet_channelwise_prepare(const octet_channelwise *c, const void *input, void *shared, uint32_t begin,
                               uint32_t end) {
    if (begin < end) c->kernel->prepare(&c->windows, input, c->shape.q.input_zero_point, shared, begin, end);
}

void octet_channelwise_run(const octet_channelwise *c, const void *input, const void *shared, void *output,
                           uint32_t begin, uint32_t end) {
    c->kernel->rows(c, c->kernel->prepare != NULL ? shared : input, output, begin, end);
}
