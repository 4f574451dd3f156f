/* kernels/ref/scatter.h - ONE_HOT, SCATTER_ND and DYNAMIC_UPDATE_SLICE: elements go where indices say.
 * In:  indices (int32 or int64), values.
 * Out: a tensor that is filled or copied first.
 * Knows: element sizes.
 * Does not know: tensors, threads; SCATTER_ND and DYNAMIC_UPDATE_SLICE are one unit of work.
 * Exact: equal to TFLite's reference kernels, which stop at an index outside; here SCATTER_ND leaves it out. */
#ifndef OCTET_KERNELS_REF_SCATTER_H
#define OCTET_KERNELS_REF_SCATTER_H

#include <stddef.h>
#include <stdint.h>

enum { OCTET_SCATTER_MAX_AXES = 8 };

/* [P,S] indices become [P,depth,S]: `on` where the index is that of the row,
 * else `off`; a row of S is the unit of work. */
typedef struct octet_one_hot_params {
    int32_t depth, suffix, index_size; /* index_size: 4 or 8 */
    size_t element_size;
} octet_one_hot_params;
void octet_one_hot_ref(const octet_one_hot_params *p, const void *indices, const void *on, const void *off,
                       void *output, uint32_t begin, uint32_t end);

/* Updates [U,slice] are added to zeros at indices [U,depth] along the first axes. */
typedef struct octet_scatter_params {
    int32_t n_updates, depth, index_size;
    int32_t axis[OCTET_SCATTER_MAX_AXES];
    size_t slice, n_elements; /* elements */
} octet_scatter_params;
void octet_scatter_f32_ref(const octet_scatter_params *p, const void *indices, const float *updates, float *output);
void octet_scatter_s8_ref(const octet_scatter_params *p, const void *indices, const int8_t *updates, int8_t *output);
void octet_scatter_u8_ref(const octet_scatter_params *p, const void *indices, const uint8_t *updates, uint8_t *output);
void octet_scatter_s32_ref(const octet_scatter_params *p, const void *indices, const int32_t *updates, int32_t *output);
void octet_scatter_s64_ref(const octet_scatter_params *p, const void *indices, const int64_t *updates, int64_t *output);

/* A copy of `operand` in which `update` stands from `starts` on, moved so that it lies inside. */
typedef struct octet_update_slice_params {
    int32_t rank, index_size;
    int32_t dims[OCTET_SCATTER_MAX_AXES], update_dims[OCTET_SCATTER_MAX_AXES];
    size_t element_size;
} octet_update_slice_params;
void octet_update_slice_ref(const octet_update_slice_params *p, const void *operand, const void *update,
                            const void *starts, void *output);

#endif
