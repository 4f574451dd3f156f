#include "export/c/scale.h"

#include "base/format.h"
#include "kernels/ref/fixed_point.h"

const char *octet_c_format(octet_c_emitter *e, const char *format, ...) {
    char text[OCTET_C_LINE_SIZE];
    const char *copy = "";
    va_list arguments;
    va_start(arguments, format);
    octet_format_list(text, sizeof text, format, arguments);
    va_end(arguments);
    const octet_status status = octet_arena_string(e->ctx, e->arena, text, &copy);
    if (status != OCTET_OK && e->functions.status == OCTET_OK) e->functions.status = status;
    return status == OCTET_OK ? copy : "";
}

const char *octet_c_scaled(octet_c_emitter *e, const char *x, int32_t multiplier, int32_t shift) {
    const char *scale = octet_c_help(e, shift > 0 ? OCTET_C_SCALE_LEFT : OCTET_C_SCALE);
    return octet_c_format(e, "%s(%s, %d, %d)", scale, x, multiplier, shift > 0 ? shift : -shift);
}

const char *octet_c_scaled_wide(octet_c_emitter *e, const char *x, int32_t multiplier, int32_t shift) {
    return octet_c_format(e, "%s(%s, %d, %d)", octet_c_help(e, OCTET_C_SCALE_WIDE), x,
                          octet_fixed_reduce_multiplier(multiplier), 15 - shift);
}

const char *octet_c_clamped(octet_c_emitter *e, const char *x, bool may_wrap, int32_t zero_point, int32_t min,
                            int32_t max) {
    const char *clamp = octet_c_help(e, OCTET_C_CLAMP);
    if (may_wrap)
        return octet_c_format(e, "%s((int32_t)((uint32_t)%s + (uint32_t)%d), %d, %d)", clamp, x, zero_point, min, max);
    return octet_c_format(e, "%s(%s + %d, %d, %d)", clamp, x, zero_point, min, max);
}

const char *octet_c_centered(octet_c_emitter *e, const char *x, int32_t zero_point) {
    if (zero_point == 0) return x;
    return octet_c_format(e, "(%s %c %d)", x, zero_point < 0 ? '+' : '-', zero_point < 0 ? -zero_point : zero_point);
}
