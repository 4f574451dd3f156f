#include "base/number.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/format.h"

const char *octet_number_significant(double value, int digits, char *text) {
    assert(isfinite(value) && digits >= 1 && digits <= OCTET_NUMBER_MOST_DIGITS);
    octet_format(text, OCTET_NUMBER_SIZE, "%.*g", digits, value);
    return text;
}

const char *octet_number_fixed(double value, int decimals, char *text) {
    assert(isfinite(value) && decimals >= 0 && decimals <= OCTET_NUMBER_MOST_DIGITS);
    octet_format(text, OCTET_NUMBER_SIZE, "%.*f", decimals, value);
    return text;
}

/* newlocale hands out C without failing; should it fail, uselocale(0) changes nothing. */
float octet_number_read_f32(const char *text, char **end) {
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(c);
    const float value = strtof(text, end);
    uselocale(before);
    if (c != (locale_t)0) freelocale(c);
    return value;
}

double octet_number_read_f64(const char *text, char **end) {
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(c);
    const double value = strtod(text, end);
    uselocale(before);
    if (c != (locale_t)0) freelocale(c);
    return value;
}
