#include "kernels/ref/order.h"

#include <stddef.h>

/* A heap of the best so far, the worst of them at its root; the results are its memory. Then the worst goes to the end,
 * again and again. */
#define TOP_K(suffix, TYPE)                                                                                        \
    static inline bool precedes_##suffix(const TYPE *v, const int32_t *at, int32_t a, int32_t b) {                 \
        return v[a] > v[b] || (v[a] == v[b] && at[a] < at[b]);                                                     \
    }                                                                                                              \
    static inline void swap_##suffix(TYPE *v, int32_t *at, int32_t a, int32_t b) {                                 \
        const TYPE value = v[a];                                                                                   \
        const int32_t place = at[a];                                                                               \
        v[a] = v[b];                                                                                               \
        at[a] = at[b];                                                                                             \
        v[b] = value;                                                                                              \
        at[b] = place;                                                                                             \
    }                                                                                                              \
    static void sink_##suffix(TYPE *v, int32_t *at, int32_t root, int32_t n) {                                     \
        for (int64_t child; (child = 2 * (int64_t)root + 1) < n; root = (int32_t)child) {                          \
            if (child + 1 < n && precedes_##suffix(v, at, (int32_t)child, (int32_t)child + 1)) child++;            \
            if (!precedes_##suffix(v, at, root, (int32_t)child)) return;                                           \
            swap_##suffix(v, at, root, (int32_t)child);                                                            \
        }                                                                                                          \
    }                                                                                                              \
    void octet_top_k_##suffix##_ref(const octet_top_k_params *p, const TYPE *input, TYPE *values, int32_t *places, \
                                    uint32_t begin, uint32_t end) {                                                \
        for (uint32_t unit = begin; unit < end && p->k > 0; unit++) {                                              \
            const TYPE *x = input + (size_t)unit * (size_t)p->n;                                                   \
            TYPE *v = values + (size_t)unit * (size_t)p->k;                                                        \
            int32_t *at = places + (size_t)unit * (size_t)p->k;                                                    \
            for (int32_t i = 0; i < p->k; i++) {                                                                   \
                v[i] = x[i];                                                                                       \
                at[i] = i;                                                                                         \
            }                                                                                                      \
            for (int32_t i = p->k / 2; i-- > 0;) sink_##suffix(v, at, i, p->k);                                    \
            for (int32_t i = p->k; i < p->n; i++) {                                                                \
                if (!(x[i] > v[0])) continue; /* of equal ones the first stays */                                  \
                v[0] = x[i];                                                                                       \
                at[0] = i;                                                                                         \
                sink_##suffix(v, at, 0, p->k);                                                                     \
            }                                                                                                      \
            for (int32_t left = p->k - 1; left > 0; left--) {                                                      \
                swap_##suffix(v, at, 0, left);                                                                     \
                sink_##suffix(v, at, 0, left);                                                                     \
            }                                                                                                      \
        }                                                                                                          \
    }
OCTET_ORDER_TYPES(TOP_K)

#define CUMSUM(suffix, TYPE, ADD)                                                                                   \
    void octet_cumsum_##suffix##_ref(const octet_cumsum_params *p, const TYPE *input, TYPE *output, uint32_t begin, \
                                     uint32_t end) {                                                                \
        for (uint32_t unit = begin; unit < end; unit++) {                                                           \
            const size_t inner = (size_t)p->inner, first = unit / inner * inner * (size_t)p->n + unit % inner;      \
            TYPE sum = 0;                                                                                           \
            for (int32_t i = 0; i < p->n; i++) {                                                                    \
                const size_t at = first + (size_t)(p->reverse ? p->n - 1 - i : i) * inner;                          \
                const TYPE next = ADD(sum, input[at]);                                                              \
                output[at] = p->exclusive ? sum : next;                                                             \
                sum = next;                                                                                         \
            }                                                                                                       \
        }                                                                                                           \
    }
#define ADD_F32(a, b) ((a) + (b))
#define ADD_S32(a, b) ((int32_t)((uint32_t)(a) + (uint32_t)(b)))
#define ADD_S64(a, b) ((int64_t)((uint64_t)(a) + (uint64_t)(b)))
CUMSUM(f32, float, ADD_F32)
CUMSUM(s32, int32_t, ADD_S32)
CUMSUM(s64, int64_t, ADD_S64)
