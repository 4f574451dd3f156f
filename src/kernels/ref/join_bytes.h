/* kernels/ref/join_bytes.h - CONCATENATION of uint8 tensors that have different scales.
 * In:  n tensors; tables of 256 bytes from the scale of each to that of the output.
 * Out: for each index of the axes before the joined one a run of each tensor, one after the other.
 * Knows: an outer index as the unit of work.
 * Does not know: tensors, threads.
 * Exact: equal to TFLite's reference kernel, the only one that joins different scales. */
#ifndef OCTET_KERNELS_REF_JOIN_BYTES_H
#define OCTET_KERNELS_REF_JOIN_BYTES_H

#include <stddef.h>
#include <stdint.h>

typedef struct octet_join_bytes_part {
    size_t run; /* bytes per outer index */
    uint8_t table[256];
} octet_join_bytes_part;

typedef struct octet_join_bytes_params {
    uint32_t n_parts;
    size_t run; /* of the output: the sum of the parts' */
    const octet_join_bytes_part *parts;
} octet_join_bytes_params;

/* table[q] = round(q * s - zero_point * s) + output_zero_point, s = scale * (1 / output_scale), all in float, clamped
 * to a byte. */
void octet_join_bytes_prepare(octet_join_bytes_part *part, float scale, int32_t zero_point, float output_scale,
                              int32_t output_zero_point);
/* `part`: its number; at: where it begins in a run of the output. */
void octet_join_bytes_ref(const octet_join_bytes_params *p, uint32_t part, size_t at, const uint8_t *input,
                          uint8_t *output, uint32_t begin, uint32_t end);

#endif
