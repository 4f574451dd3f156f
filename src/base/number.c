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

/* The product or quotient is held as a sum of two doubles, whose error is below 2^-100 of it: where the sum rounds the
 * same way with the smaller part a little smaller and a little larger, the error does not count. */
bool octet_number_from_digits(uint64_t digits, int exponent, double *out) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    enum { MOST = sizeof powers / sizeof *powers - 1 }; /* 10^23 is no double */
    static const double little = 0x1p-40;
    if (exponent < -MOST || exponent > MOST || digits > INT64_MAX) return false;
    const double power = powers[exponent < 0 ? -exponent : exponent], high = (double)digits;
    if (digits <= UINT64_C(1) << 53) { /* one operation on exact numbers */
        *out = exponent < 0 ? high / power : high * power;
        return true;
    }
    const double low = (double)((int64_t)digits - (int64_t)high); /* exact: below 2^10 */
    double first, second;
    if (exponent < 0) {
        first = high / power;
        second = (fma(-first, power, high) + low) / power;
    } else {
        first = high * power;
        second = fma(high, power, -first) + low * power;
    }
    *out = first + second;
    return *out == first + second * (1.0 - little) && *out == first + second * (1.0 + little);
}
