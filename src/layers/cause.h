/* layers/cause.h - why a layer loses accuracy, in words.
 * In:  the figures of a row.
 * Out: the first rule that holds, and a sentence with its figures and a remedy.
 * Knows: what a quantized operator can lose.
 * Does not know: graphs, samples.
 *
 * Rules in the order in which they are asked; each is a function of the row alone. "Adds" are the figures of the added
 * error, or of all error where the added one is not known. */
#ifndef OCTET_LAYERS_CAUSE_H
#define OCTET_LAYERS_CAUSE_H

#include "layers/table.h"

/* Less than a tenth of the energy of added and inherited error is added, and it is small (35 dB or better). */
bool octet_cause_is_inherited(const octet_layer_row *row);
/* SOFTMAX, LOGISTIC or TANH, whose scale the format fixes, and an added error of at most 0.6 steps in the root of the
 * mean square: rounding (0.29), and what the operator's own table adds. */
bool octet_cause_is_ceiling(const octet_layer_row *row);
/* Elements beyond the range carry at least a quarter of the energy of all error. */
bool octet_cause_is_cut(const octet_layer_row *row);
/* The operator has weights, means of channels carry at least 30 % of the energy that it adds, they are at least 0.2
 * steps in the root of the mean square, and at least half of their energy is left in the means of all error: a bias
 * that was corrected takes them back there. */
bool octet_cause_is_shift(const octet_layer_row *row);
/* The scale has to be that of what the operator reads, or of what joins it, and what the value holds needs less than
 * half of the range. */
bool octet_cause_is_shared(const octet_layer_row *row);
/* The channel that reaches farthest reaches eight times as far as the median of channels. */
bool octet_cause_is_outlier(const octet_layer_row *row);
/* The operator has weights, and the added error is more than 0.6 steps in the root of the mean square. */
bool octet_cause_is_weights(const octet_layer_row *row);
/* The added error is at most 0.6 steps in the root of the mean square: rounding of the result. */
bool octet_cause_is_coarse(const octet_layer_row *row);
/* It adds more than that, and has no weights, or several (LSTM, SVDF). */
bool octet_cause_is_operator(const octet_layer_row *row);

/* Sets row->cause and row->why, in `arena`. Errors: NOMEM. */
octet_status octet_cause_find(octet_context *ctx, octet_arena *arena, octet_layer_row *row);
/* "shift", "shared scale", ...: for programs; NULL never. */
const char *octet_cause_name(octet_cause cause);
/* What helps against the cause of a row of an int8 file, to stand behind a colon; "" for none. In `arena`. Errors:
 * NOMEM. */
octet_status octet_cause_remedy(octet_context *ctx, octet_arena *arena, const octet_layer_row *row, const char **out);
/* Root of the mean square of the added error, in steps. */
double octet_cause_added_steps(const octet_layer_row *row);

#endif
