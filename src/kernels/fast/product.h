/* kernels/fast/product.h - a matrix product with packed weights: what convolutions and
 *        fully connected layers come down to.
 * In:  weights [O, segments, elements] (once, packed), prepared windows (window.h).
 * Out: output [positions, O], float32 or requantized int8.
 * Knows: packing into panels of outputs, tiles of positions.
 * Does not know: which kernel is best on a processor (select.h), the graph, threads.
 * Exact: int8 equals octet_conv_2d_s8_ref / octet_fully_connected_s8_ref byte for byte; f32 adds by fma from the bias
 *        over k ascending, one output per lane (padding takes part as zeros, which could be told from the reference
 *        only by the sign of a zero that underflow left behind). */
#ifndef OCTET_KERNELS_FAST_PRODUCT_H
#define OCTET_KERNELS_FAST_PRODUCT_H

#include "kernels/fast/lines.h"
#include "kernels/fast/pairs.h"
#include "kernels/fast/scale.h"
#include "kernels/fast/window.h"

typedef struct octet_product octet_product;

/* Outputs of panel `panel` for n_rows (1..max_rows) windows; out points at the first window's
 * output pixel. A kernel that fetches finds begin and end of memory to fetch meanwhile in
 * rows[n_rows] and rows[n_rows + 1], both NULL for none. */
typedef void octet_product_tile(const octet_product *p, uint32_t panel, const uint8_t *const *rows, uint32_t n_rows,
                                void *out);

/* Instead of tiles one by one: panels [first, end) of tiles [first_tile, end_tile), each two parts of lines (lines.h),
 * between enter, which prepares a thread for it, and leave. */
typedef void octet_product_block(const octet_product *p, const uint8_t *prepared, uint8_t *output, size_t first_tile,
                                 size_t end_tile, uint32_t first, uint32_t end);

typedef struct octet_product_kernel {
    const char *name;
    octet_product_tile *tile; /* or: */
    octet_product_block *block;
    void (*enter)(const octet_product *p);
    void (*leave)(void);
    octet_windows_prepare *prepare; /* of the input */
    uint32_t element;               /* bytes of a prepared input element */
    uint32_t k_group;               /* elements of k that one lane takes per step */
    uint32_t k_multiple;            /* segments are padded to it; 0 for k_group */
    uint32_t weight_bytes;          /* of one packed weight */
    uint32_t lanes, vectors;        /* outputs per vector, vectors per panel */
    uint32_t max_rows;
    uint32_t max_steps; /* that a window may have where it pays; 0: any number */
    bool pools;         /* takes the maximum of the windows of a position */
    bool fetches;
    int32_t
        input_offset; /* prepared element - (input - zero point) = input_offset + zero point (u8: 128), or NO_OFFSET */
} octet_product_kernel;
/* MAX_ROWS: the most of any kernel; SLACK: bytes after the input that must be readable. */
enum { OCTET_PRODUCT_NO_OFFSET = INT32_MIN, OCTET_PRODUCT_MAX_ROWS = 16, OCTET_PRODUCT_SLACK = 64 };

/* The outputs of a panel; fewer than it has lanes at the end of a group. */
typedef struct octet_product_span {
    uint32_t first, width;
} octet_product_span;

struct octet_product {
    const octet_product_kernel *kernel;
    octet_windows windows;
    octet_lines lines; /* for kernels with `block` */
    uint32_t n_outputs, group_outputs, panels_per_group, n_panels;
    const octet_product_span *spans; /* by panel */
    uint32_t steps;                  /* per segment */
    size_t panel_bytes;
    const uint8_t *weights;
    const octet_pairs_panel *pairs; /* instead of weights, by panel */
    octet_scale scale;              /* int8 */
    const float *bias;              /* f32, padded to panels */
    float real_min, real_max;
    int32_t zero_point; /* of the input */
    bool direct;        /* the input itself serves as prepared input */
    size_t tiles, tiles_per_block, n_blocks;
    bool panel_major; /* order of units: all blocks of a panel, or all panels of a block */
};

/* *out: NULL where no kernel fits; of a shape with several windows per position where none pools so many.
 * weights: [O][n_segments][segment_elements] with group_outputs = O / groups outputs per group; bias: [O] or NULL.
 * Work: n_prepare units of prepare (0 when the input serves directly), then n_units of run. */
octet_status octet_product_make_s8(octet_context *ctx, octet_arena *arena, uint32_t cpu,
                                   const octet_window_shape *shape, uint32_t n_outputs, const octet_requantize *q,
                                   const int8_t *weights, const int32_t *bias, octet_product **out);
octet_status octet_product_make_f32(octet_context *ctx, octet_arena *arena, uint32_t cpu,
                                    const octet_window_shape *shape, uint32_t n_outputs, float real_min, float real_max,
                                    const float *weights, const float *bias, octet_product **out);
uint32_t octet_product_prepare_units(const octet_product *p);
uint32_t octet_product_units(const octet_product *p);
/* Bytes of the prepared input (0 when direct). */
size_t octet_product_shared_bytes(const octet_product *p);
void octet_product_prepare(const octet_product *p, const void *input, void *shared, uint32_t begin, uint32_t end);
void octet_product_run(const octet_product *p, const void *input, const void *shared, void *output, uint32_t begin,
                       uint32_t end);

static inline uint32_t octet_product_first(const octet_product *p, uint32_t panel) { return p->spans[panel].first; }
static inline uint32_t octet_product_width(const octet_product *p, uint32_t panel) { return p->spans[panel].width; }

#endif
