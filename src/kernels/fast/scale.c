#include "kernels/fast/scale.h"

octet_status octet_scale_pack(octet_context *ctx, octet_arena *arena, const octet_requantize *q, const int32_t *channel,
                              size_t n_lanes, const int32_t *bias, octet_scale *out) {
    *out = (octet_scale){.bias = bias,
                         .zero_point = q->output_zero_point,
                         .min = q->min,
                         .max = q->max,
                         .folded = true,
                         .positive = q->min >= q->output_zero_point};
    if (q->scale != NULL) {
        double *real;
        OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * sizeof *real, OCTET_ALIGNMENT, (void **)&real));
        for (size_t i = 0; i < n_lanes; i++) real[i] = channel[i] < 0 ? 0.0 : q->scale[channel[i]];
        out->real = real;
        return OCTET_OK;
    }
    int32_t *multiplier, *right, *left, *down;
    int64_t *round, *multiplier_odd;
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * sizeof *multiplier, OCTET_ALIGNMENT, (void **)&multiplier));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * sizeof *right, OCTET_ALIGNMENT, (void **)&right));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * sizeof *left, OCTET_ALIGNMENT, (void **)&left));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * sizeof *down, OCTET_ALIGNMENT, (void **)&down));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes * sizeof *round, OCTET_ALIGNMENT, (void **)&round));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n_lanes / 2 * sizeof *multiplier_odd, OCTET_ALIGNMENT,
                                   (void **)&multiplier_odd));
    for (size_t i = 0; i < n_lanes; i++) {
        const int32_t c = channel[i];
        multiplier[i] = c < 0 ? 0 : q->multiplier[c];
        const int32_t shift =
            multiplier[i] == 0 ? -1 : q->shift[c]; /* nothing times anything is nothing, whatever the shift */
        if (i % 2) multiplier_odd[i / 2] = multiplier[i];
        left[i] = shift > 0 ? shift : 0;
        right[i] = shift > 0 ? 0 : -shift;
        down[i] = -right[i];
        if (right[i] < 1) out->folded = false;
    }
    int64_t *even = round, *odd = round + n_lanes / 2;
    for (size_t i = 0; i < n_lanes && out->folded; i++) {
        (i % 2 ? odd : even)[i / 2] = (INT64_C(1) << 30) + (INT64_C(1) << (30 + right[i]));
        right[i]--;
    }
    out->multiplier = multiplier;
    out->multiplier_odd = multiplier_odd;
    out->right = right;
    out->left = left;
    out->down = down;
    out->round_even = even;
    out->round_odd = odd;
    return OCTET_OK;
}
