/* import/keras/functions/arguments.h - the operands that a function asks for, as graph values or as numbers.
 * In:  a call of a function: arguments by position, by keyword, or in the configuration of an Operation.
 * Out: tensors; integers that are known before the model runs; axes.
 * Knows: the words by which both dialects call an argument; arithmetic with parts of shapes is done beforehand.
 * Does not know: what a function computes. */
#ifndef OCTET_IMPORT_KERAS_FUNCTIONS_ARGUMENTS_H
#define OCTET_IMPORT_KERAS_FUNCTIONS_ARGUMENTS_H

#include "import/keras/emit/argument.h"

/* Everywhere: `position` -1 is keyword only, `keywords` are words of which the first names the argument in messages. */

/* A tensor, or numbers made a float32 constant. OCTET_NONE when not given. */
octet_status octet_keras_operand_value(octet_keras_call *call, int32_t position, const char *keywords, uint32_t *out);
octet_status octet_keras_argument_value(octet_keras_call *call, const octet_keras_argument *argument, const char *name,
                                        uint32_t *out);
/* The tensor at position 0 that every function has. */
octet_status octet_keras_operand_x(octet_keras_call *call, uint32_t *out);
/* Two tensors of one type: positions 0 and 1. */
octet_status octet_keras_operand_pair(octet_keras_call *call, uint32_t *x, uint32_t *y);
/* The tensors and constants of the list at position 0: room for OCTET_KERAS_MAX_INPUTS. */
octet_status octet_keras_operand_list(octet_keras_call *call, uint32_t *values, uint32_t *n);
/* int32 places: constants, or a tensor. OCTET_NONE when not given. */
octet_status octet_keras_operand_indices(octet_keras_call *call, int32_t position, const char *keywords, uint32_t *out);

/* As integers: a number, a list, or tensors whose value is known (shapes). *n = -1 when not given. */
octet_status octet_keras_operand_i32s(octet_keras_call *call, int32_t position, const char *keywords, int32_t capacity,
                                      int32_t *out, int32_t *n);
/* One axis of rank dimensions, from 0. */
octet_status octet_keras_operand_axis(octet_keras_call *call, int32_t position, const char *keywords, int32_t rank,
                                      int32_t fallback, int32_t *out);
/* Several axes, from 0; all of them where none is given. */
octet_status octet_keras_operand_axes(octet_keras_call *call, int32_t position, const char *keywords, int32_t rank,
                                      int32_t *axes, int32_t *n);
/* One axis, for functions that Keras 3 applies to the flat tensor where the axis is null: *x becomes that. */
octet_status octet_keras_operand_flat(octet_keras_call *call, int32_t position, const char *keywords, int32_t fallback,
                                      uint32_t *x, int32_t *axis);

/* Arithmetic of two operands that are known sizes (parts of shapes) is done
 * now, and returned; else *is_known is false. */
octet_status octet_keras_compute_known(octet_keras_call *call, octet_operator_code code, bool *is_known);

#endif
