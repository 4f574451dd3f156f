/* kernels/fast/window.h - where the inputs of a convolution lie, so that it becomes a
 *        matrix product without a copied matrix.
 * In:  the geometry of a convolution [N,H,W,C] (a fully connected layer is one with 1x1 inputs and windows).
 * Out: for an output position, the address of its window; for a window, the offsets of its contiguous segments.
 * Knows: shapes and strides. The prepared input is the input with its padding written out, so that every window is
 *        whole: [N, PH, PW, C] in units of `element` bytes.
 * Does not know: arithmetic. */
#ifndef OCTET_KERNELS_FAST_WINDOW_H
#define OCTET_KERNELS_FAST_WINDOW_H

#include "base/memory.h"
#include "kernels/ref/depthwise.h"
#include "kernels/ref/fully_connected.h"
#include "kernels/ref/pool.h"

enum { OCTET_WINDOW_SLACK = 128 }; /* readable bytes after a prepared input: vector loads may pass the end */

typedef struct octet_window_shape {
    int32_t batches, in_h, in_w, in_c, out_h, out_w, filter_h, filter_w, stride_h, stride_w, dilation_h, dilation_w,
        pad_top, pad_left;
    int32_t groups;
    int32_t cell_h, cell_w, cell_step_h,
        cell_step_w; /* a position has cell_h * cell_w windows, so far apart, which a
                        max pool takes for one; its own strides are in stride_h and _w */
} octet_window_shape;

octet_window_shape octet_window_shape_of_conv_2d(const octet_conv_2d_params *p);
/* Of a convolution with the pool behind it, whose windows neither overlap nor reach over the edge. */
octet_window_shape octet_window_shape_of_pooled(const octet_conv_2d_params *p, const octet_pool_2d_params *pool);
octet_window_shape octet_window_shape_of_depthwise(const octet_depthwise_params *p); /* groups: 1 */
/* A fully connected layer is a convolution of 1x1 inputs by 1x1 windows. */
octet_window_shape octet_window_shape_of_fully_connected(const octet_fully_connected_params *p);

typedef struct octet_windows {
    octet_window_shape shape;
    size_t element; /* bytes */
    int32_t padded_h, padded_w;
    size_t pixel, row, sample;  /* bytes between neighbours in the prepared input */
    size_t n_positions;         /* N * OH * OW */
    uint32_t n_cells;           /* windows of a position */
    const size_t *cell_offsets; /* of them, in bytes from the first */
    uint32_t n_segments, segment_elements;
    const size_t *segment_offsets; /* bytes from the window's first element, ascending in k */
    size_t prepared_bytes;         /* with slack */
    bool whole;                    /* every window lies inside the input, which serves as it is */
} octet_windows;

/* in_place: the kernel can read the input itself where nothing is padded. LIMIT when the prepared input has 2^40 bytes
 * or more. */
octet_status octet_windows_make(octet_context *ctx, octet_arena *arena, const octet_window_shape *shape, size_t element,
                                bool in_place, octet_windows *out);

/* Walks over the windows in the order of their positions. */
typedef struct octet_windows_cursor {
    const uint8_t *sample, *row; /* where the next window's sample and row of windows begin */
    size_t x, y;                 /* of the next window */
} octet_windows_cursor;

octet_windows_cursor octet_windows_seek(const octet_windows *w, const void *prepared, size_t position);
/* Addresses of the windows of the next n positions, n_cells each. */
void octet_windows_next(const octet_windows *w, octet_windows_cursor *c, uint32_t n, const uint8_t **rows);

/* Fills padded rows [begin, end) of N * PH. u8: value ^ 0x80 (value + 128), padding zero_point + 128. s16: value -
 * zero_point; f32: values as they are, padding 0. */
typedef void octet_windows_prepare(const octet_windows *w, const void *input, int32_t zero_point, void *prepared,
                                   uint32_t begin, uint32_t end);
octet_windows_prepare octet_windows_prepare_u8, octet_windows_prepare_s8, octet_windows_prepare_s16,
    octet_windows_prepare_f32;

#endif
