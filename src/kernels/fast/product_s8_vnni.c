/* int8 products with AVX-512 VNNI: vpdpbusd adds four products of unsigned activations (value + 128) and signed weights without saturation. */
#include "kernels/fast/product.h"
#include "kernels/fast/scale_avx512.h"

#if OCTET_FAST_X86

enum { VECTORS = 2, LANES = 16, MAX_ROWS = 8 };

OCTET_INLINE OCTET_TARGET_FAST_VNNI void finish(const octet_product *p, int kind, size_t lane, const __m512i *sum, int rows, int vectors,
                                                uint32_t width, int8_t *out) {
    for (int v = 0; v < vectors; v++) {
        const uint32_t left = width - (uint32_t)(v * LANES);
        const __mmask16 mask = left >= LANES ? 0xFFFF : (__mmask16)((1U << left) - 1);
        for (int i = 0; i < rows; i++) {
            const __m512i r = octet_scale_avx512(&p->scale, kind, lane + (size_t)(v * LANES), sum[i * vectors + v]);
            _mm_mask_storeu_epi8(out + (size_t)i * p->n_outputs + v * LANES, mask, _mm512_cvtepi32_epi8(r));
        }
    }
}

OCTET_INLINE OCTET_TARGET_FAST_VNNI __m512i four(const uint8_t *x) {
    int32_t bytes;
    __builtin_memcpy(&bytes, x, 4);
    return _mm512_set1_epi32(bytes);
}

/* rows and vectors are constants at every call: sums live in registers. Few rows take two sums each, to cover the latency. */
OCTET_INLINE OCTET_TARGET_FAST_VNNI void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row, void *out, const int rows,
                                              const int vectors) {
    const size_t lane = (size_t)panel * LANES * VECTORS;
    const int parts = rows * vectors <= 2 ? 4 : rows * vectors <= 4 ? 2 : 1;
    __m512i sum[MAX_ROWS * VECTORS], more[3][4];
    for (int i = 0; i < rows; i++) {
        for (int v = 0; v < vectors; v++) {
            sum[i * vectors + v] = _mm512_loadu_si512(p->scale.bias + lane + (size_t)(v * LANES));
            for (int part = 1; part < parts; part++) more[part - 1][i * vectors + v] = _mm512_setzero_si512();
        }
    }
    const uint8_t *w = p->weights + panel * p->panel_bytes;
    const size_t steps = p->steps, step_bytes = (size_t)(vectors * 64);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x[MAX_ROWS];
        for (int i = 0; i < rows; i++) x[i] = row[i] + p->windows.segment_offsets[segment];
        size_t k = 0;
        for (; parts > 1 && k + (size_t)parts <= steps; k += (size_t)parts) {
            for (int part = 0; part < parts; part++, w += step_bytes) {
                for (int i = 0; i < rows; i++) {
                    const __m512i bytes = four(x[i] + 4 * (k + (size_t)part));
                    for (int v = 0; v < vectors; v++) {
                        __m512i *to = part == 0 ? &sum[i * vectors + v] : &more[part - 1][i * vectors + v];
                        *to = _mm512_dpbusd_epi32(*to, bytes, _mm512_loadu_si512(w + v * 64));
                    }
                }
            }
        }
        for (; k < steps; k++, w += step_bytes) {
            __m512i weight[VECTORS];
            for (int v = 0; v < vectors; v++) weight[v] = _mm512_loadu_si512(w + v * 64);
            for (int i = 0; i < rows; i++) {
                const __m512i bytes = four(x[i] + 4 * k);
                for (int v = 0; v < vectors; v++) sum[i * vectors + v] = _mm512_dpbusd_epi32(sum[i * vectors + v], bytes, weight[v]);
            }
        }
    }
    for (int part = 1; part < parts; part++) {
        for (int i = 0; i < rows * vectors; i++) sum[i] = _mm512_add_epi32(sum[i], more[part - 1][i]);
    }
    const uint32_t width = octet_product_width(p, panel);
    switch (octet_scale_kind(&p->scale)) {
    case OCTET_SCALE_FOLDED:
        finish(p, OCTET_SCALE_FOLDED, lane, sum, rows, vectors, width, out);
        break;
    case OCTET_SCALE_GENERAL:
        finish(p, OCTET_SCALE_GENERAL, lane, sum, rows, vectors, width, out);
        break;
    default:
        finish(p, OCTET_SCALE_REAL, lane, sum, rows, vectors, width, out);
    }
}

#define TILE(n)                                              \
    case n:                                                  \
        if (two) tile(p, panel, rows, out, n, 2);            \
        else tile(p, panel, rows, out, n, 1);                \
        break;

static OCTET_TARGET_FAST_VNNI void tile_any(const octet_product *p, uint32_t panel, const uint8_t *const *rows, uint32_t n_rows, void *out) {
    const bool two = octet_product_width(p, panel) > LANES;
    switch (n_rows) {
        TILE(1)
        TILE(2)
        TILE(3)
        TILE(4)
        TILE(5)
        TILE(6)
        TILE(7)
    default:
        if (two) tile(p, panel, rows, out, 8, 2);
        else tile(p, panel, rows, out, 8, 1);
    }
}

const octet_product_kernel octet_product_s8_vnni = {.name = "avx512vnni", .tile = tile_any, .prepare = octet_windows_prepare_u8, .element = 1,
    .k_group = 4, .weight_bytes = 1, .lanes = LANES, .vectors = VECTORS, .max_rows = MAX_ROWS, .input_offset = 128};

#endif
