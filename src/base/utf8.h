/* base/utf8.h - makes text from files safe to print.
 * In:  bytes that claim to be text.
 * Out: valid UTF-8 without control characters.
 * Knows: UTF-8.
 * Does not know: languages, terminals. */
#ifndef OCTET_BASE_UTF8_H
#define OCTET_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the valid UTF-8 sequence that starts at bytes (1..4), or 0. Overlong forms and surrogates are invalid.
 * bytes ends with NUL, which is a sequence of length 1. */
size_t octet_utf8_length(const char *bytes);
/* Whether a byte is not the first one of its sequence. */
static inline bool octet_utf8_is_inside(char byte) { return ((unsigned char)byte & 0xc0) == 0x80; }
/* Replaces control characters and invalid bytes by '?': what is shown cannot move the cursor or break the line. */
void octet_utf8_make_printable(char *text);

#endif
