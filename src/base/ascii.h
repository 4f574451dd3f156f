/* base/ascii.h - letters and digits of ASCII.
 * In:  characters of names and formulas.
 * Out: what kind they are, the same in every locale.
 * Knows: that isalpha and strcasecmp take letters from the locale of the thread.
 * Does not know: UTF-8 (utf8.h). */
#ifndef OCTET_BASE_ASCII_H
#define OCTET_BASE_ASCII_H

#include <stdbool.h>

static inline bool octet_ascii_is_lower(int c) { return c >= 'a' && c <= 'z'; }
static inline bool octet_ascii_is_letter(int c) { return octet_ascii_is_lower(c) || (c >= 'A' && c <= 'Z'); }
static inline bool octet_ascii_is_digit(int c) { return c >= '0' && c <= '9'; }
static inline int octet_ascii_lower(int c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; }
/* Equal but for upper and lower case. */
static inline bool octet_ascii_is_alike(const char *a, const char *b) {
    while (*a != '\0' && octet_ascii_lower(*a) == octet_ascii_lower(*b)) a++, b++;
    return *a == *b;
}

#endif
