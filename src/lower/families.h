/* lower/families.h - the binding functions, one per family of operators.
 * In:  an operator.
 * Out: a step (step.h).
 * Knows: the families that graph/operator_list.h names; octet_bind_<family> is in <family>.c.
 * Does not know: what a family does. */
#ifndef OCTET_LOWER_FAMILIES_H
#define OCTET_LOWER_FAMILIES_H

#include "lower/binder.h"

/* One declaration per operator, so the same one several times. */
#define DECLARE(name, options, family, operands) octet_bind_function octet_bind_##family;
OCTET_OPERATOR_LIST(DECLARE)
#undef DECLARE
/* An LSTM of another form than Keras has. */
octet_bind_function octet_bind_lstm_full;
/* REAL, IMAG, COMPLEX_ABS, and CAST of complex numbers, which keeps the real part. */
octet_bind_function octet_bind_complex_part;

#endif
