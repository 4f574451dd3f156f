/* lower/move.h - the binding functions of operators that only move data, by file.
 * In:  an operator, its data operand and its first output, which have elements.
 * Out: a step.
 * Knows: names; move.c says which operator belongs to which.
 * Does not know: what they do. */
#ifndef OCTET_LOWER_MOVE_H
#define OCTET_LOWER_MOVE_H

#include "lower/binder.h"

typedef octet_status octet_move_function(octet_binder *binder, const octet_operator *op, octet_step *step,
                                         const octet_value *input, const octet_value *output);

octet_move_function octet_move_bind_same; /* move.c */
octet_move_function octet_move_bind_concatenation, octet_move_bind_pack, octet_move_bind_split,
    octet_move_bind_unpack;                                                                       /* join.c */
octet_move_function octet_move_bind_pad, octet_move_bind_mirror_pad, octet_move_bind_batch_space; /* edges.c */
octet_move_function octet_move_bind_gather, octet_move_bind_gather_nd;                            /* gather.c */

#endif
