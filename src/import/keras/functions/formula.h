/* import/keras/functions/formula.h - functions of each element that are stated as formulas. */
#ifndef OCTET_IMPORT_KERAS_FUNCTIONS_FORMULA_H
#define OCTET_IMPORT_KERAS_FUNCTIONS_FORMULA_H

#include "import/keras/emit/call.h"

bool octet_keras_is_formula(const char *name);
octet_status octet_keras_emit_formula(octet_keras_call *call, const char *name);

#endif
