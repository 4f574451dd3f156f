/* export/c/conv_patch.h - convolutions with small windows: few input channels.
 * In:  a stage of CONV_2D.
 * Out: a function that copies the windows of some positions as int16 and multiplies them in pairs with all channels.
 * Knows: that one copy serves all output channels, and that padding is then nothing but another number.
 * Does not know: windows that are too large for a copy (conv.c). */
#ifndef OCTET_EXPORT_C_CONV_PATCH_H
#define OCTET_EXPORT_C_CONV_PATCH_H

#include "export/c/weighted.h"

/* Whether the stage is one. Its zero point is then folded into the bias, and its weights are written here. */
bool octet_c_conv_has_patch(const octet_c_emitter *e, const octet_stage *stage);
void octet_c_emit_conv_patch(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w);

/* conv.c: whether some tap of some window lies outside, above or below, left or right. */
bool octet_c_conv_pads_rows(const octet_conv_2d_params *p);
bool octet_c_conv_pads_columns(const octet_conv_2d_params *p);

#endif
