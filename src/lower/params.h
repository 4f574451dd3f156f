/* lower/params.h - parameters of the kernels: what kernels/ref declares, and what is put together from it here.
 * In:  nothing.
 * Out: a struct per kind of parameters (kernel_list.h).
 * Knows: kernels/ref. All numbers that a kernel computes with stand here: sizes, bounds, multipliers, shifts, zero
 *        points, tables; data of constants stand in the graph. Pointers lead into the arena of the steps.
 * Does not know: how a kernel is run, and that there are faster ones. */
#ifndef OCTET_LOWER_PARAMS_H
#define OCTET_LOWER_PARAMS_H

#include "graph/type.h"
#include "kernels/ref/arithmetic_quantized.h"
#include "kernels/ref/batch_matmul.h"
#include "kernels/ref/batch_space.h"
#include "kernels/ref/cast.h"
#include "kernels/ref/compare.h"
#include "kernels/ref/conv_3d.h"
#include "kernels/ref/copy.h"
#include "kernels/ref/detection.h"
#include "kernels/ref/eigen.h"
#include "kernels/ref/fake_quant.h"
#include "kernels/ref/gather.h"
#include "kernels/ref/hybrid.h"
#include "kernels/ref/join_bytes.h"
#include "kernels/ref/l2_normalization.h"
#include "kernels/ref/local_response.h"
#include "kernels/ref/lstm.h"
#include "kernels/ref/mirror_pad.h"
#include "kernels/ref/order.h"
#include "kernels/ref/pool.h"
#include "kernels/ref/prelu.h"
#include "kernels/ref/quantize_elements.h"
#include "kernels/ref/reduce.h"
#include "kernels/ref/resize_2d.h"
#include "kernels/ref/scatter.h"
#include "kernels/ref/softmax.h"
#include "kernels/ref/spectrum.h"
#include "kernels/ref/suppression.h"
#include "kernels/ref/svdf.h"
#include "kernels/ref/unary_quantized.h"

/* Where elements are independent of each other, a unit of work is this many of them. */
enum { OCTET_PIECE = 4096 };

/* Operators on one or two operands, element by element; `walk` broadcasts them. */
typedef struct octet_binary_params {
    octet_broadcast_params walk;
    octet_arithmetic operation;
    octet_arithmetic_params bounds;
} octet_binary_params;
typedef struct octet_binary_quantized_params {
    octet_broadcast_params walk;
    octet_arithmetic operation;
    octet_arithmetic_quantized_params q;
} octet_binary_quantized_params;
typedef struct octet_comparison_params {
    octet_broadcast_params walk;
    octet_comparison operation;
    octet_compare_params q; /* of int8 */
} octet_comparison_params;
typedef struct octet_prelu_walk_params {
    octet_broadcast_params walk;
    octet_prelu_params q; /* of int8 and int16 */
} octet_prelu_walk_params;

typedef struct octet_elements_params {
    size_t n_elements;
} octet_elements_params;
typedef struct octet_unary_params {
    size_t n_elements;
    octet_unary operation;
    float alpha; /* of LEAKY_RELU */
} octet_unary_params;
typedef struct octet_unary_table_params {
    size_t n_elements;
    octet_unary operation;
    int8_t table[OCTET_UNARY_TABLE_S8]; /* the result of q is table[q + 128] */
} octet_unary_table_params;
typedef struct octet_unary_s16_params {
    size_t n_elements;
    octet_unary_quantized_params q;
} octet_unary_s16_params;
typedef struct octet_cast_params {
    size_t n_elements;
    octet_cast_type from, to;
    size_t from_size, to_size; /* bytes of an element */
} octet_cast_params;
typedef struct octet_complex_part_params {
    size_t n_elements; /* of the result */
    octet_complex_part part;
} octet_complex_part_params;
typedef octet_fake_quant_grid octet_fake_quant_params;

/* One element, repeated. */
typedef struct octet_fill_params {
    size_t n_elements, element_size;
    unsigned char value[8]; /* fill_constant: the element */
} octet_fill_params;
/* A result that is known before the run: SHAPE. */
typedef struct octet_bytes_params {
    size_t n_bytes;
    unsigned char bytes[OCTET_MAX_RANK * sizeof(int64_t)];
} octet_bytes_params;
typedef struct octet_broadcast_args_params {
    size_t n[2]; /* lengths of the operands */
    size_t element_size;
} octet_broadcast_args_params;

/* Copies between strided views. Units of work are their rows, one copy after the other. */
typedef struct octet_copies_part {
    octet_copy_params copy;
    uint32_t input;  /* operand; OCTET_NONE: octet_copies_params.value */
    uint32_t output; /* result */
    uint32_t first_row, n_rows;
} octet_copies_part;
typedef struct octet_copies_params {
    uint32_t n_parts, capacity;
    octet_copies_part *parts;
    unsigned char value[8]; /* one element, what PAD fills with */
} octet_copies_params;

typedef struct octet_arg_params {
    octet_reduce_params reduce;
    bool wide; /* indices are int64 */
} octet_arg_params;

/* Float activations, int8 weights. Phase 0 quantizes the `rows` of the input, phase 1 multiplies. In the memory that is
 * shared between them lie the scales of the rows, their zero points, their data (octet_hybrid_rows_in). */
typedef struct octet_hybrid_conv_2d_params {
    octet_hybrid_params rows;
    octet_conv_2d_params shape;
} octet_hybrid_conv_2d_params;
typedef struct octet_hybrid_depthwise_params {
    octet_hybrid_params rows;
    octet_depthwise_params shape;
} octet_hybrid_depthwise_params;
typedef struct octet_hybrid_fully_connected_params {
    octet_hybrid_params rows;
    octet_fully_connected_params shape;
} octet_hybrid_fully_connected_params;
typedef struct octet_hybrid_transpose_conv_params {
    octet_hybrid_params rows;
    octet_transpose_conv_params shape;
} octet_hybrid_transpose_conv_params;
typedef struct octet_hybrid_svdf_params {
    octet_hybrid_params rows; /* one phase: a row at a time */
    octet_svdf_params shape;
    const float *time_weights; /* as real numbers, [filters, memory] */
} octet_hybrid_svdf_params;

/* An operator on uint8 as its int8 kernel does it: lower/unsigned.h. */
typedef struct octet_as_s8_params octet_as_s8_params;

#endif
