/* export/c/elements.h - functions over elements that are independent of each other.
 * In:  a stage.
 * Out: the loop around what is done with an element.
 * Knows: rows.
 * Does not know: what is computed. */
#ifndef OCTET_EXPORT_C_ELEMENTS_H
#define OCTET_EXPORT_C_ELEMENTS_H

#include "export/c/emitter.h"

/* The head of a function over elements, a row of them or all, and the loop over `i`; operands[]: their names, as seen
 * from the first element. */
void octet_c_open_elements(octet_c_emitter *e, const octet_stage *stage, const char **operands);
void octet_c_close_elements(octet_c_emitter *e);

#endif
