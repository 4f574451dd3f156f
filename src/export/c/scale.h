/* export/c/scale.h - requantization by literal numbers.
 * In:  expressions, multipliers, shifts, zero points.
 * Out: expressions.
 * Knows: helpers.h.
 * Does not know: kernels. */
#ifndef OCTET_EXPORT_C_SCALE_H
#define OCTET_EXPORT_C_SCALE_H

#include "export/c/emitter.h"

/* "@scale(x, 1200447984, 9)": x * multiplier * 2^(shift - 31). The text lives in e->arena. */
const char *octet_c_scaled(octet_c_emitter *e, const char *x, int32_t multiplier, int32_t shift);
/* "@scale_wide(x, 18318, 24)": the same of an int64, with a multiplier of 16 bits and one rounding. */
const char *octet_c_scaled_wide(octet_c_emitter *e, const char *x, int32_t multiplier, int32_t shift);
/* "@clamp(x + zero_point, min, max)"; the sum wraps where `may_wrap`. */
const char *octet_c_clamped(octet_c_emitter *e, const char *x, bool may_wrap, int32_t zero_point, int32_t min,
                            int32_t max);
/* "x - zero_point" in parentheses. */
const char *octet_c_centered(octet_c_emitter *e, const char *x, int32_t zero_point);
/* printf into e->arena; "" after a failure. */
const char *octet_c_format(octet_c_emitter *e, const char *format, ...) OCTET_PRINTF(2, 3);

#endif
