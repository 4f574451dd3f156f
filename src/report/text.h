/* report/text.h - the small pieces that every report is made of.
 * In:  numbers and strings.
 * Out: text appended to a buffer: "12,345", "17.4 us", JSON strings and numbers.
 * Knows: how people and JSON parsers like to read.
 * Does not know: what the numbers mean. */
#ifndef OCTET_REPORT_TEXT_H
#define OCTET_REPORT_TEXT_H

#include "base/buffer.h"

enum { OCTET_TEXT_SIZE = 48 };

/* Each writes into `text`, OCTET_TEXT_SIZE bytes, and returns it. */
const char *octet_text_count(uint64_t value, char *text); /* 12,345 */
const char *octet_text_time(double time_ns, char *text);  /* 850 ns, 17.4 us, 3.21 ms, 1.25 s */
const char *octet_text_real(double value, char *text);    /* six significant digits, no trailing zeros */
const char *octet_text_split(const char *split,
                             char *text); /* "test " or "training " before "samples"; of "all" nothing */

/* A string in quotes, with JSON's escapes; NULL becomes null. */
octet_status octet_text_json_string(octet_context *ctx, octet_buffer *out, const char *string);
/* A number with `digits` significant digits; what JSON has no number for (NaN, infinity) becomes null. */
octet_status octet_text_json_number(octet_context *ctx, octet_buffer *out, double value, int digits);

#endif
