/* kernels/fast/x86/product_pool.h - the end of an int8 tile whose windows are cells of a max pool.
 * In:  sums of a tile, n_cells neighbouring windows of each position.
 * Out: int8, a result per position.
 * Knows: product.h; AVX2, AVX-512. The maximum is taken before requantizing, which keeps the order of sums.
 * Does not know: how sums come about. */
#ifndef OCTET_KERNELS_FAST_X86_PRODUCT_POOL_H
#define OCTET_KERNELS_FAST_X86_PRODUCT_POOL_H

#include "kernels/fast/product.h"
#include "kernels/fast/x86/scale_avx512.h"

#if OCTET_FAST_X86

/* sum: [rows][vectors], of lanes [lane, lane + 8 * vectors), vectors 1 or 2; is overwritten. */
static inline OCTET_TARGET_FAST_AVX2 void octet_product_pool_avx2(const octet_product *p, uint32_t panel, size_t lane,
                                                                  __m256i *sum, int rows, int vectors, int8_t *out) {
    const int n_cells = (int)p->windows.n_cells, kind = octet_scale_kind(&p->scale);
    const octet_scale_lanes l = octet_scale_lanes_avx2(&p->scale, kind, lane),
                            m = vectors == 2 ? octet_scale_lanes_avx2(&p->scale, kind, lane + 8) : l;
    const uint32_t width = octet_product_width(p, panel);
    for (int i = 0; i < rows; i += n_cells, sum += n_cells * vectors, out += p->n_outputs) {
        __m256i a = sum[0], b = sum[vectors - 1];
        for (int k = 1; k < n_cells; k++) {
            a = _mm256_max_epi32(a, sum[k * vectors]);
            b = _mm256_max_epi32(b, sum[k * vectors + vectors - 1]);
        }
        octet_store_bytes_avx2(out, octet_scale_bytes_of_avx2(&p->scale, kind, &l, &m, a, b), width);
    }
}

/* The same of 16 * vectors lanes, vectors 1 to 4, a constant at every call. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 void octet_product_pool_avx512(const octet_product *p, uint32_t panel,
                                                                     size_t lane, const __m512i *sum, int rows,
                                                                     const int vectors, int8_t *out) {
    const int n_cells = (int)p->windows.n_cells, kind = octet_scale_kind(&p->scale);
    const uint32_t width = octet_product_width(p, panel);
    for (int i = 0; i < rows; i += n_cells, sum += n_cells * vectors, out += p->n_outputs) {
        __m512i most[4];
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) {
            most[v] = sum[v];
            for (int k = 1; k < n_cells; k++) most[v] = _mm512_max_epi32(most[v], sum[k * vectors + v]);
        }
        octet_scale_store_avx512(&p->scale, kind, lane, most, 1, vectors, width, out, 0);
    }
}

#endif
#endif
