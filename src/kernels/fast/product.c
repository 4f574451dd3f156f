#include "kernels/fast/product.h"

#include <string.h>

#include "base/checked.h"
#include "kernels/fast/cpu.h"

enum { L1_BYTES = 24 << 10, L2_WEIGHTS = 256 << 10 };

const octet_product_kernel *octet_product_kernel_s8(uint32_t cpu, bool weights_have_zero_point, size_t n_positions) {
#if OCTET_FAST_X86
    if (cpu & OCTET_CPU_AVX512_VNNI && !weights_have_zero_point) return &octet_product_s8_vnni;
    if (cpu & OCTET_CPU_AVX_VNNI && !weights_have_zero_point) return &octet_product_s8_avx_vnni;
    if (cpu & OCTET_CPU_AVX2) return n_positions < 3 && !weights_have_zero_point ? &octet_product_s8_avx2_few : &octet_product_s8_avx2;
#elif OCTET_FAST_NEON
    if (cpu & OCTET_CPU_NEON_DOTPROD && !weights_have_zero_point) return &octet_product_s8_neon;
#endif
    (void)cpu;
    (void)weights_have_zero_point;
    (void)n_positions;
    return NULL;
}

const octet_product_kernel *octet_product_kernel_f32(uint32_t cpu) {
#if OCTET_FAST_X86
    if (cpu & OCTET_CPU_AVX512) return &octet_product_f32_avx512;
    if (cpu & OCTET_CPU_AVX2) return &octet_product_f32_avx2;
#elif OCTET_FAST_NEON
    if (cpu & OCTET_CPU_NEON_DOTPROD) return &octet_product_f32_neon;
#endif
    (void)cpu;
    return NULL;
}

/* Everything but weights and constants. */
static octet_status make(octet_context *ctx, octet_arena *arena, const octet_product_kernel *kernel, const octet_window_shape *shape,
                         uint32_t n_outputs, octet_product *p) {
    *p = (octet_product){.kernel = kernel, .n_outputs = n_outputs, .group_outputs = n_outputs / (uint32_t)shape->groups};
    OCTET_TRY(octet_windows_make(ctx, arena, shape, kernel->element, kernel->prepare == octet_windows_prepare_f32, &p->windows));
    const uint32_t width = kernel->lanes * kernel->vectors;
    p->panels_per_group = (p->group_outputs + width - 1) / width;
    p->n_panels = p->panels_per_group * (uint32_t)shape->groups;
    p->steps = (p->windows.segment_elements + kernel->k_group - 1) / kernel->k_group;
    size_t lanes = (size_t)p->windows.n_segments * p->steps * kernel->k_group;
    OCTET_CHECK(ctx, octet_multiply_size(lanes, (size_t)width * kernel->weight_bytes, &p->panel_bytes) && p->panel_bytes < (size_t)1 << 40,
                OCTET_LIMIT, "a window of %zu elements is too large", lanes);
    const size_t window_bytes = lanes * kernel->element;
    p->tiles = (p->windows.n_positions + kernel->max_rows - 1) / kernel->max_rows;
    p->tiles_per_block = L1_BYTES / (window_bytes * kernel->max_rows + 1);
    if (p->tiles_per_block < 1) p->tiles_per_block = 1;
    if (p->tiles_per_block > 8) p->tiles_per_block = 8;
    p->n_blocks = (p->tiles + p->tiles_per_block - 1) / p->tiles_per_block;
    p->panel_major = p->panel_bytes * p->n_panels > L2_WEIGHTS;
    OCTET_CHECK(ctx, p->n_blocks * p->n_panels < UINT32_MAX, OCTET_LIMIT, "a product of %zu positions is too large", p->windows.n_positions);
    return OCTET_OK;
}

/* Packed order: panel, segment, step, vector, lane, element of the group. */
static void pack(const octet_product *p, const void *weights, size_t size, int16_t zero_point, uint8_t *out) {
    const octet_product_kernel *kernel = p->kernel;
    const size_t run = p->windows.segment_elements, group = kernel->k_group;
    for (uint32_t panel = 0; panel < p->n_panels; panel++) {
        const size_t first = octet_product_first(p, panel), n = octet_product_width(p, panel);
        const size_t lanes = (n + kernel->lanes - 1) / kernel->lanes * kernel->lanes; /* absent vectors take no place */
        for (size_t lane = 0; lane < n; lane++) {
            const uint8_t *source = (const uint8_t *)weights + (first + lane) * run * p->windows.n_segments * size;
            uint8_t *place = out + panel * p->panel_bytes + lane * group * kernel->weight_bytes;
            for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
                for (size_t k = 0; k < run; k += group, place += lanes * group * kernel->weight_bytes) {
                    const size_t count = run - k < group ? run - k : group;
                    if (size == kernel->weight_bytes) {
                        memcpy(place, source, count * size);
                    } else {
                        for (size_t i = 0; i < count; i++) {
                            const int16_t wide = (int16_t)((int8_t)source[i] - zero_point);
                            memcpy(place + i * sizeof wide, &wide, sizeof wide);
                        }
                    }
                    source += count * size;
                }
            }
        }
    }
}

/* Bias with the zero-point correction: sum w * (x - z) = sum w * (x + 128) - (128 + z) * sum w, modulo 2^32. */
static octet_status constants(octet_context *ctx, octet_arena *arena, octet_product *p, const octet_requantize *q, const int8_t *weights,
                              const int32_t *bias) {
    const octet_product_kernel *kernel = p->kernel;
    const size_t width = (size_t)kernel->lanes * kernel->vectors, lanes = (p->n_panels * width + 15) / 16 * 16;
    const size_t depth = (size_t)p->windows.segment_elements * p->windows.n_segments;
    int32_t *channel, *folded;
    OCTET_TRY(OCTET_NEW(ctx, arena, lanes, &channel));
    OCTET_TRY(octet_arena_allocate(ctx, arena, lanes * sizeof *folded, OCTET_ALIGNMENT, (void **)&folded));
    for (size_t i = 0; i < lanes; i++) channel[i] = -1;
    for (uint32_t panel = 0; panel < p->n_panels; panel++) {
        const uint32_t first = octet_product_first(p, panel), n = octet_product_width(p, panel);
        for (uint32_t lane = 0; lane < n; lane++) {
            const size_t c = first + lane;
            uint32_t sum = bias ? (uint32_t)bias[c] : 0;
            if (kernel->input_offset != OCTET_PRODUCT_NO_OFFSET) {
                int64_t total = 0;
                for (size_t k = 0; k < depth; k++) total += weights[c * depth + k];
                sum -= (uint32_t)total * (uint32_t)(kernel->input_offset + q->input_zero_point);
            }
            channel[panel * width + lane] = (int32_t)c;
            folded[panel * width + lane] = (int32_t)sum;
        }
    }
    return octet_scale_pack(ctx, arena, q, channel, lanes, folded, &p->scale);
}

octet_status octet_product_make_s8(octet_context *ctx, octet_arena *arena, uint32_t cpu, const octet_window_shape *shape, uint32_t n_outputs,
                                   const octet_requantize *q, const int8_t *weights, const int32_t *bias, octet_product **out) {
    *out = NULL;
    const size_t n_positions = (size_t)shape->batches * (size_t)shape->out_h * (size_t)shape->out_w;
    const octet_product_kernel *kernel = octet_product_kernel_s8(cpu, q->weight_zero_point != 0, n_positions);
    if (!kernel) return OCTET_OK;
    octet_product *p;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &p));
    OCTET_TRY(make(ctx, arena, kernel, shape, n_outputs, p));
    p->zero_point = q->input_zero_point;
    uint8_t *packed;
    OCTET_TRY(octet_arena_allocate(ctx, arena, p->panel_bytes * p->n_panels, OCTET_ALIGNMENT, (void **)&packed));
    pack(p, weights, 1, (int16_t)q->weight_zero_point, packed);
    p->weights = packed;
    OCTET_TRY(constants(ctx, arena, p, q, weights, bias));
    *out = p;
    return OCTET_OK;
}

octet_status octet_product_make_f32(octet_context *ctx, octet_arena *arena, uint32_t cpu, const octet_window_shape *shape, uint32_t n_outputs,
                                    float real_min, float real_max, const float *weights, const float *bias, octet_product **out) {
    *out = NULL;
    const octet_product_kernel *kernel = octet_product_kernel_f32(cpu);
    if (!kernel) return OCTET_OK;
    octet_product *p;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &p));
    OCTET_TRY(make(ctx, arena, kernel, shape, n_outputs, p));
    p->direct = p->windows.whole;
    p->real_min = real_min;
    p->real_max = real_max;
    uint8_t *packed;
    OCTET_TRY(octet_arena_allocate(ctx, arena, p->panel_bytes * p->n_panels, OCTET_ALIGNMENT, (void **)&packed));
    pack(p, weights, sizeof(float), 0, packed);
    p->weights = packed;
    const uint32_t width = kernel->lanes * kernel->vectors;
    float *padded;
    OCTET_TRY(octet_arena_allocate(ctx, arena, (size_t)p->n_panels * width * sizeof *padded, OCTET_ALIGNMENT, (void **)&padded));
    for (uint32_t panel = 0; bias && panel < p->n_panels; panel++) {
        memcpy(padded + panel * width, bias + octet_product_first(p, panel), octet_product_width(p, panel) * sizeof *padded);
    }
    p->bias = padded;
    *out = p;
    return OCTET_OK;
}

uint32_t octet_product_prepare_units(const octet_product *p) {
    return p->direct ? 0 : (uint32_t)p->windows.shape.batches * (uint32_t)p->windows.padded_h;
}
uint32_t octet_product_units(const octet_product *p) { return (uint32_t)(p->n_blocks * p->n_panels); }
size_t octet_product_shared_bytes(const octet_product *p) { return p->direct ? 0 : p->windows.prepared_bytes; }

void octet_product_prepare(const octet_product *p, const void *input, void *shared, uint32_t begin, uint32_t end) {
    p->kernel->prepare(&p->windows, input, p->zero_point, shared, begin, end);
}

void octet_product_run(const octet_product *p, const void *input, const void *shared, void *output, uint32_t begin, uint32_t end) {
    const uint8_t *prepared = p->direct ? input : shared;
    const size_t n = p->windows.n_positions, out_element = p->kernel->element == sizeof(float) ? sizeof(float) : 1;
    const size_t group_bytes = p->windows.shape.groups > 1 ? (size_t)(p->windows.shape.in_c / p->windows.shape.groups) * p->kernel->element : 0;
    for (uint32_t unit = begin; unit < end; unit++) {
        const uint32_t panel = (uint32_t)(p->panel_major ? unit / p->n_blocks : unit % p->n_panels);
        const size_t block = p->panel_major ? unit % p->n_blocks : unit / p->n_panels;
        const size_t first_tile = block * p->tiles_per_block;
        const size_t last_tile = first_tile + p->tiles_per_block < p->tiles ? first_tile + p->tiles_per_block : p->tiles;
        const uint8_t *base = prepared + panel / p->panels_per_group * group_bytes;
        uint8_t *out = (uint8_t *)output + octet_product_first(p, panel) * out_element;
        for (size_t tile = first_tile; tile < last_tile; tile++) {
            const size_t first = tile * n / p->tiles, last = (tile + 1) * n / p->tiles; /* sizes differ by one at most */
            const uint8_t *rows[16];
            octet_windows_rows(&p->windows, base, first, (uint32_t)(last - first), rows);
            p->kernel->tile(p, panel, rows, (uint32_t)(last - first), out + first * p->n_outputs * out_element);
        }
    }
}
