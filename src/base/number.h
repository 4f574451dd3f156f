/* base/number.h - real numbers as text, the same in every locale.
 * In:  doubles; text.
 * Out: digits with a point: what JSON, source text and other programs read; and back.
 * Knows: that strtod takes the decimal mark from the locale of the thread, which a host program may have set.
 * Does not know: units, who reads the text. */
#ifndef OCTET_BASE_NUMBER_H
#define OCTET_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

enum { OCTET_NUMBER_SIZE = 352, OCTET_NUMBER_MOST_DIGITS = 17 };

/* Both write into `text`, OCTET_NUMBER_SIZE bytes, and return it. The value is finite. */
/* As printf's %.*g: `digits` (1..OCTET_NUMBER_MOST_DIGITS) significant ones, no zeros at the end. */
const char *octet_number_significant(double value, int digits, char *text);
/* As printf's %.*f: `decimals` (0..OCTET_NUMBER_MOST_DIGITS) digits behind the point. */
const char *octet_number_fixed(double value, int decimals, char *text);

/* As strtof and strtod read them in the C locale; *end (NULL: not wanted) is
 * behind the number, and `text` without one. */
float octet_number_read_f32(const char *text, char **end);
double octet_number_read_f64(const char *text, char **end);

/* digits * 10^exponent, rounded to nearest even, many times faster than by way of text. False where this way cannot
 * tell the last bit, which is rare, and for exponents beyond -22..22: octet_number_read_f64 can. */
bool octet_number_from_digits(uint64_t digits, int exponent, double *out);

#endif
