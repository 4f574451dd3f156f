/* import/keras/functions/functions.h - functions of TensorFlow and of keras.ops that stand among the layers of a model.
 * In:  a call of TFOpLambda, SlicingOpLambda, TensorFlowOpLayer (Keras 2) or Operation (Keras 3).
 * Out: the operators of the function that it names.
 * Knows: the names of functions in every dialect; what writes each.
 * Does not know: what a function computes (one file per family), its arguments (import/keras/functions/arguments.h). */
#ifndef OCTET_IMPORT_KERAS_FUNCTIONS_FUNCTIONS_H
#define OCTET_IMPORT_KERAS_FUNCTIONS_FUNCTIONS_H

#include "import/keras/emit/activation.h"

/* A row of the table: functions that one writer serves differ in their operator or by a word. */
typedef struct octet_keras_function {
    const char *names; /* words: snake case of every dialect */
    octet_status (*write)(octet_keras_call *call, const struct octet_keras_function *self);
    octet_operator_code code;
    const char *variant; /* which of the functions of its writer it is; NULL: the usual one */
    bool takes_list;     /* its tensors are one argument */
} octet_keras_function;

/* By place in the table; NULL after the last. */
const octet_keras_function *octet_keras_function_at(uint32_t index);

typedef octet_status octet_keras_function_writer(octet_keras_call *call, const octet_keras_function *self);

/* Writes the function that the call names, and refuses arguments that it has not read. */
octet_status octet_keras_call_function(octet_keras_call *call);

/* An activation that stands as a function, with its second argument (element.c). */
octet_status octet_keras_call_activation(octet_keras_call *call, const octet_keras_activation *activation);

/* Families, by file. */

/* element.c */
octet_keras_function_writer octet_keras_function_unary, octet_keras_function_identity, octet_keras_function_cast,
    octet_keras_function_binary, octet_keras_function_clip, octet_keras_function_where, octet_keras_function_fake_quant;

/* math.c */
octet_keras_function_writer octet_keras_function_add_n, octet_keras_function_crelu, octet_keras_function_one_hot,
    octet_keras_function_top_k, octet_keras_function_cumsum, octet_keras_function_clip_by_norm;

/* reduce.c */
octet_keras_function_writer octet_keras_function_reduce, octet_keras_function_variance, octet_keras_function_arg,
    octet_keras_function_logsumexp, octet_keras_function_norm, octet_keras_function_moments, octet_keras_function_count,
    octet_keras_function_span, octet_keras_function_nan_reduce;

/* norm.c */
octet_keras_function_writer octet_keras_function_layer_norm, octet_keras_function_rms_norm,
    octet_keras_function_l2_normalize, octet_keras_function_local_response, octet_keras_function_batch_normalization;

/* einsum.c */
octet_keras_function_writer octet_keras_function_einsum, octet_keras_function_tensordot, octet_keras_function_matmul;

/* window.c */
octet_keras_function_writer octet_keras_function_pool, octet_keras_function_conv, octet_keras_function_separable,
    octet_keras_function_conv_transpose, octet_keras_function_patches, octet_keras_function_dot_product_attention,
    octet_keras_function_adaptive_pool;

/* gather.c */
octet_keras_function_writer octet_keras_function_gather, octet_keras_function_take_along,
    octet_keras_function_gather_nd, octet_keras_function_boolean_mask, octet_keras_function_reverse_sequence,
    octet_keras_function_diagonal, octet_keras_function_scatter_nd, octet_keras_function_frame;

/* shape.c */
octet_keras_function_writer octet_keras_function_reshape, octet_keras_function_transpose,
    octet_keras_function_expand_dims, octet_keras_function_squeeze, octet_keras_function_shape,
    octet_keras_function_swapaxes, octet_keras_function_matrix_transpose, octet_keras_function_moveaxis,
    octet_keras_function_flatten, octet_keras_function_ravel, octet_keras_function_size;

/* slice.c */
octet_keras_function_writer octet_keras_function_getitem, octet_keras_function_slice,
    octet_keras_function_strided_slice;

/* join.c */
octet_keras_function_writer octet_keras_function_concat, octet_keras_function_stack, octet_keras_function_unstack,
    octet_keras_function_split, octet_keras_function_join, octet_keras_function_append;

/* tile.c */
octet_keras_function_writer octet_keras_function_tile, octet_keras_function_pad, octet_keras_function_broadcast_to,
    octet_keras_function_repeat, octet_keras_function_space_to_batch, octet_keras_function_block;

/* fill.c */
octet_keras_function_writer octet_keras_function_fill, octet_keras_function_range;

/* cut.c */
octet_keras_function_writer octet_keras_function_roll, octet_keras_function_diff, octet_keras_function_crop,
    octet_keras_function_flip_picture, octet_keras_function_grayscale, octet_keras_function_triangle,
    octet_keras_function_band, octet_keras_function_rot90, octet_keras_function_reverse;

/* sort.c */
octet_keras_function_writer octet_keras_function_sort, octet_keras_function_quantile, octet_keras_function_sparsemax;

/* count.c */
octet_keras_function_writer octet_keras_function_average, octet_keras_function_cumprod, octet_keras_function_digitize,
    octet_keras_function_select;

/* picture.c */
octet_keras_function_writer octet_keras_function_picture, octet_keras_function_place_picture,
    octet_keras_function_resize;

#endif
