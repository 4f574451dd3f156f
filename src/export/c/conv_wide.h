/* export/c/conv_wide.h - convolutions of int16.
 * In:  a stage of CONV_2D.
 * Out: its function.
 * Knows: weighted.h. Outside lie zeros, which add nothing: a filter row meets what is inside of a row.
 * Does not know: groups, dilation. */
#ifndef OCTET_EXPORT_C_CONV_WIDE_H
#define OCTET_EXPORT_C_CONV_WIDE_H

#include "export/c/weighted.h"

/* Whether a convolution of int16 is written here. */
bool octet_c_conv_has_wide(const octet_conv_2d_params *p);
void octet_c_emit_conv_wide(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w);

#endif
