/* export/c/span.h - pieces of exported C as text.
 * In:  text that the emitters wrote.
 * Out: its lines, the arguments of a call, the values of expressions of integers.
 * Knows: that a line has one statement, and that braces end lines or begin them.
 * Does not know: functions, instructions. */
#ifndef OCTET_EXPORT_C_SPAN_H
#define OCTET_EXPORT_C_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct octet_c_span {
    const char *at;
    size_t n;
} octet_c_span;

/* Variables whose values are known. */
enum { OCTET_C_MOST_KNOWN = 24 };
typedef struct octet_c_known {
    struct {
        octet_c_span name;
        int64_t value;
    } of[OCTET_C_MOST_KNOWN];
    uint32_t n;
} octet_c_known;

/* Takes the first line off `text`, without blanks before it. False at the end. */
bool octet_c_span_next_line(octet_c_span *text, octet_c_span *line);
/* What is between blanks. */
octet_c_span octet_c_span_trim(octet_c_span a);
bool octet_c_span_is(octet_c_span a, const char *text);
bool octet_c_span_begins(octet_c_span a, const char *text);
bool octet_c_span_ends(octet_c_span a, const char *text);
/* Where `text` begins in `a`, or a.n. */
size_t octet_c_span_find(octet_c_span a, const char *text);
/* The first name in `a`, which it is cut from; false where there is none. */
bool octet_c_span_next_name(octet_c_span *a, octet_c_span *name);

/* a.at[open] is '('. Sets `most` arguments, which `separator` parts, those that are missing to "", and returns their
 * number, which may be larger; *end: behind the closing parenthesis. */
uint32_t octet_c_span_arguments(octet_c_span a, size_t open, char separator, octet_c_span *arguments, uint32_t most,
                                size_t *end);

/* Notes the value of a name, or forgets it. At most OCTET_C_MOST_KNOWN are kept. */
void octet_c_known_set(octet_c_known *known, octet_c_span name, bool is_known, int64_t value);
/* Sums, products, quotients and remainders of numbers and known variables, with parentheses. */
bool octet_c_span_value(octet_c_span a, const octet_c_known *known, int64_t *value);

#endif
