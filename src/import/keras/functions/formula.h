/* import/keras/functions/formula.h - functions of each element that are stated as formulas.
 * In:  the name of a function, and a call with its operands.
 * Out: its operators.
 * Knows: the formulas (import/keras/emit/formula.h says how they are written).
 * Does not know: activations, which layers have too (import/keras/emit/activation.h). */
#ifndef OCTET_IMPORT_KERAS_FUNCTIONS_FORMULA_H
#define OCTET_IMPORT_KERAS_FUNCTIONS_FORMULA_H

#include "import/keras/emit/call.h"

bool octet_keras_is_formula(const char *name);
/* name: one that is a formula. */
octet_status octet_keras_call_formula(octet_keras_call *call, const char *name);

#endif
