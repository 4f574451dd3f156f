/* export/c/conv_rows.h - CONV_2D on int8 with four channels at a time.
 * In:  a stage, its weights.
 * Out: its function.
 * Knows: @rows4; the rows of a window, and what stands for those outside.
 * Does not know: other forms of convolutions. */
#ifndef OCTET_EXPORT_C_CONV_ROWS_H
#define OCTET_EXPORT_C_CONV_ROWS_H

#include "export/c/weighted.h"

/* Without groups and horizontal dilation; the numbers that lie side by side come in fours. */
bool octet_c_conv_has_rows(const octet_c_emitter *e, const octet_stage *stage);
/* The zero point is folded into the bias. */
void octet_c_emit_conv_rows(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w);

#endif
