/* passes/list.h - the rewrites, one per file.
 * In:  a verified float graph.
 * Out: the same function of the inputs; *changed is set when anything was rewritten.
 * Knows: the names only; the order and its reasons are in passes.c.
 * Does not know: what each does; that is said on top of each definition. */
#ifndef OCTET_PASSES_LIST_H
#define OCTET_PASSES_LIST_H

#include "passes/passes.h"

octet_pass octet_pass_fold_constants;
octet_pass octet_pass_merge_equal;
octet_pass octet_pass_simplify_shapes;
octet_pass octet_pass_fold_joins;
octet_pass octet_pass_merge_cuts;
octet_pass octet_pass_join_dense;
octet_pass octet_pass_simplify_arithmetic;
octet_pass octet_pass_fuse_hard_swish;
octet_pass octet_pass_fold_dilation;
octet_pass octet_pass_fold_dense;
octet_pass octet_pass_move_shapes;
octet_pass octet_pass_fold_forward;
octet_pass octet_pass_fold_affine;
octet_pass octet_pass_fold_affine_before;
octet_pass octet_pass_fuse_pad;
octet_pass octet_pass_fuse_transpose;
octet_pass octet_pass_fuse_lstm;
octet_pass octet_pass_fuse_activation;

#endif
