/* export/c/row_sums.h - means over height and width whose operand comes row by row.
 * In:  a stage ADDS with one sum per channel.
 * Out: its three functions (emitter.h).
 * Knows: emitter.
 * Does not know: how a sum becomes a result. */
#ifndef OCTET_EXPORT_C_ROW_SUMS_H
#define OCTET_EXPORT_C_ROW_SUMS_H

#include "export/c/emitter.h"

/* Each sum begins with `first`; `result` is the C expression that `sum` becomes. */
void octet_c_write_row_sums(octet_c_emitter *e, const octet_stage *stage, int32_t n_channels, int32_t first,
                            const char *result);

#endif
