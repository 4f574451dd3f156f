/* import/keras/functions/functions.h - functions of TensorFlow and of keras.ops that stand among the layers of a model.
 * In:  the name of a function and its arguments: positional, by keyword, or in the configuration of an Operation.
 * Out: the operands that a function asks for, as graph values or as numbers.
 * Knows: TFOpLambda, SlicingOpLambda, TensorFlowOpLayer (Keras 2), Operation (Keras 3).
 * Does not know: what a function computes (import/keras/functions/functions.c, import/keras/functions/shape.c). */
#ifndef OCTET_IMPORT_KERAS_FUNCTIONS_FUNCTIONS_H
#define OCTET_IMPORT_KERAS_FUNCTIONS_FUNCTIONS_H

#include "import/keras/layers/classes.h"

typedef struct octet_keras_operation {
    const char *names; /* words: snake case of every dialect */
    octet_status (*emit)(octet_keras_call *call, const struct octet_keras_operation *self);
    octet_operator_code code;
    const char *activation; /* name of the activation that the function is, or which of several it is; NULL */
} octet_keras_operation;

typedef octet_status octet_keras_operation_function(octet_keras_call *call, const octet_keras_operation *self);

/* An argument by one of the words in `keywords`, or at `position` (-1: keyword only). NULL: not given (null counts as
 * not given). The result is a temporary of the call's arena. */
octet_status octet_keras_operand(octet_keras_call *call, int32_t position, const char *keywords,
                                 const octet_keras_argument **out);
/* The same as a graph value: a tensor, or numbers made a float32 constant. OCTET_NONE when not given. */
octet_status octet_keras_operand_value(octet_keras_call *call, int32_t position, const char *keywords, uint32_t *out);
octet_status octet_keras_argument_value(octet_keras_call *call, const octet_keras_argument *argument, const char *name,
                                        uint32_t *out);
/* The tensors and constants of the list at position 0: room for OCTET_KERAS_MAX_INPUTS. */
octet_status octet_keras_operand_list(octet_keras_call *call, uint32_t *values, uint32_t *n);
/* As integers: a number, a list, or tensors whose value is known (shapes). *n = -1 when not given. */
octet_status octet_keras_operand_i32s(octet_keras_call *call, int32_t position, const char *keywords, int32_t capacity,
                                      int32_t *out, int32_t *n);
octet_status octet_keras_operand_f64(octet_keras_call *call, int32_t position, const char *keywords, double fallback,
                                     double *out);
octet_status octet_keras_operand_bool(octet_keras_call *call, int32_t position, const char *keywords, bool fallback,
                                      bool *out);
/* The tensor at position 0 that every function has. */
octet_status octet_keras_operand_x(octet_keras_call *call, uint32_t *out);
/* Arithmetic of two operands that are known sizes (parts of shapes) is done now, and returned; else *is_known is false.
 */
octet_status octet_keras_compute_known(octet_keras_call *call, octet_operator_code code, bool *is_known);
/* Condition, x, y: SELECT where they have one shape, SELECT_V2 where not, as TensorFlow's converter decides. */
octet_status octet_keras_select(octet_keras_call *call, const uint32_t *inputs, uint32_t *out);
/* Several axes, normalized; all of them where none is given. */
octet_status octet_keras_operand_axes(octet_keras_call *call, int32_t position, const char *words, int32_t rank,
                                      int32_t *axes, int32_t *n);
/* Two tensors of one type: positions 0 and 1. */
octet_status octet_keras_operand_pair(octet_keras_call *call, uint32_t *x, uint32_t *y);
octet_status octet_keras_as_float(octet_keras_call *call, uint32_t x, uint32_t *out);
/* SLICE: begin and size of every dimension, inside of x (import/keras/functions/cut.c). */
octet_status octet_keras_emit_slice(octet_keras_call *call, const char *name, uint32_t x, const int32_t *begin,
                                    const int32_t *size, uint32_t *out);
/* Rows along an axis at places that were counted by the importer: at least one (import/keras/functions/gather.c). */
octet_status octet_keras_gather_known(octet_keras_call *call, uint32_t x, int32_t axis, const int32_t *places,
                                      int32_t n, uint32_t *out);
/* Row i of x along an axis times[i] times (import/keras/functions/gather.c). */
octet_status octet_keras_repeat_rows(octet_keras_call *call, uint32_t x, int32_t axis, const int32_t *times,
                                     int32_t length, uint32_t *out);
/* Functions of each element that are stated as formulas (import/keras/functions/formula.c). */
bool octet_keras_is_formula(const char *name);
octet_status octet_keras_emit_formula(octet_keras_call *call, const char *name);
/* GELU where a times b is one written out; OCTET_NONE where it is not (import/keras/functions/gelu.c). */
octet_status octet_keras_written_gelu(octet_keras_call *call, uint32_t a, uint32_t b, uint32_t *out);
/* Tuples, tensors and arrays of numbers as Keras serializes them -> the list or number inside. */
const octet_json *octet_keras_unwrap(const octet_json *value);
/* One axis of rank dimensions, normalized. */
octet_status octet_keras_operand_axis(octet_keras_call *call, int32_t position, const char *keywords, int32_t rank,
                                      int32_t fallback, int32_t *out);

/* The same for functions that Keras 3 applies to the flat tensor where the axis is null: *x becomes that. */
octet_status octet_keras_operand_flat(octet_keras_call *call, int32_t position, const char *keywords, int32_t fallback,
                                      uint32_t *x, int32_t *axis);
/* int32 places: constants, or a tensor. OCTET_NONE when not given. */
octet_status octet_keras_operand_indices(octet_keras_call *call, int32_t position, const char *keywords, uint32_t *out);

octet_keras_operation_function octet_keras_operation_reshape, octet_keras_operation_transpose,
    octet_keras_operation_expand_dims, octet_keras_operation_squeeze, octet_keras_operation_concat,
    octet_keras_operation_stack, octet_keras_operation_unstack, octet_keras_operation_split, octet_keras_operation_tile,
    octet_keras_operation_pad, octet_keras_operation_getitem, octet_keras_operation_shape,
    octet_keras_operation_reverse, octet_keras_operation_resize, octet_keras_operation_block,
    octet_keras_operation_broadcast_to, octet_keras_operation_gather, octet_keras_operation_swapaxes,
    octet_keras_operation_repeat, octet_keras_operation_range;

octet_keras_operation_function octet_keras_operation_layer_norm, octet_keras_operation_rms_norm,
    octet_keras_operation_sort, octet_keras_operation_quantile, octet_keras_operation_sparsemax,
    octet_keras_operation_patches, octet_keras_operation_gather_nd, octet_keras_operation_take_along,
    octet_keras_operation_average, octet_keras_operation_cumprod, octet_keras_operation_count,
    octet_keras_operation_digitize, octet_keras_operation_select, octet_keras_operation_band,
    octet_keras_operation_fill, octet_keras_operation_rot90, octet_keras_operation_space_to_batch,
    octet_keras_operation_scatter_nd, octet_keras_operation_matrix_transpose, octet_keras_operation_diagonal,
    octet_keras_operation_boolean_mask, octet_keras_operation_reverse_sequence, octet_keras_operation_frame,
    octet_keras_operation_flatten, octet_keras_operation_size, octet_keras_operation_picture,
    octet_keras_operation_place_picture, octet_keras_operation_separable, octet_keras_operation_span,
    octet_keras_operation_nan_reduce, octet_keras_operation_clip_by_norm, octet_keras_operation_adaptive_pool,
    octet_keras_operation_conv_transpose, octet_keras_operation_append;

octet_keras_operation_function octet_keras_operation_logsumexp, octet_keras_operation_norm,
    octet_keras_operation_moments, octet_keras_operation_add_n, octet_keras_operation_crelu,
    octet_keras_operation_one_hot, octet_keras_operation_top_k, octet_keras_operation_cumsum,
    octet_keras_operation_local_response, octet_keras_operation_batch_normalization, octet_keras_operation_einsum,
    octet_keras_operation_tensordot, octet_keras_operation_slice, octet_keras_operation_roll,
    octet_keras_operation_diff, octet_keras_operation_moveaxis, octet_keras_operation_ravel, octet_keras_operation_join,
    octet_keras_operation_crop, octet_keras_operation_flip_picture, octet_keras_operation_grayscale,
    octet_keras_operation_triangle, octet_keras_operation_conv, octet_keras_operation_dot_product_attention,
    octet_keras_operation_l2_normalize, octet_keras_operation_pool, octet_keras_operation_strided_slice;

octet_keras_operation_function octet_keras_operation_fake_quant; /* import/keras/layers/trained.c */

#endif
