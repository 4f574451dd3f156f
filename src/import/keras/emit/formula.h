/* import/keras/emit/formula.h - functions of each element, stated as formulas.
 * In:  a formula and its operands.
 * Out: the operators that it stands for.
 * Knows: how words become operators.
 * Does not know: which formulas there are (import/keras/emit/activation.c, import/keras/functions/formula.c).
 *
 * A formula is a row of words that work on a stack. `x` and `y` push the operands, a number itself, `@` the parameter,
 * `@word:position=number` the argument of the call of that name; `=a` names what is on top and `a` pushes it again;
 * `number` makes what is on top float32. Every other word is an operator, or another formula, that takes its operands
 * from the stack and pushes its result. What is on top in the end is the result. An operator or number may be followed
 * by the name of its node: "exp'Exp 1'add/y +'add"; without one it has TFLite's name, and a number is "number". */
#ifndef OCTET_IMPORT_KERAS_EMIT_FORMULA_H
#define OCTET_IMPORT_KERAS_EMIT_FORMULA_H

#include "import/keras/emit/call.h"

typedef struct octet_keras_formula {
    const char *text;
    uint32_t x, y;                         /* y: OCTET_NONE where the formula has none */
    const char *parameter;                 /* its name; NULL: none */
    float value;                           /* the parameter's */
    const char *(*find)(const char *name); /* the formula that a word stands for; NULL: none is used */
} octet_keras_formula;

/* Whether it has two operands. No name of a node with `y` may stand in it. */
bool octet_keras_formula_is_binary(const char *text);
octet_status octet_keras_formula_emit(octet_keras_call *call, const octet_keras_formula *formula, uint32_t *out);

#endif
