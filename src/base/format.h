/* base/format.h - printf that a host program's locale does not change.
 * In:  formats and arguments as printf takes them; error numbers of the system.
 * Out: text with a point in numbers, and English words.
 * Knows: that printf takes the decimal mark and strerror its language from the locale of the thread.
 * Does not know: who reads the text. */
#ifndef OCTET_BASE_FORMAT_H
#define OCTET_BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

#include "base/context.h"

/* As snprintf and vsnprintf in the C locale. */
int octet_format(char *text, size_t size, const char *format, ...) OCTET_PRINTF(3, 4);
int octet_format_list(char *text, size_t size, const char *format, va_list arguments) OCTET_PRINTF(3, 0);
/* The words for a number of errno; valid until the next call on this thread. */
const char *octet_format_error(int error);

/* Replaces in place what could end a comment of C, begin one inside it, or is no printable ASCII. */
void octet_format_remark(char *text);

#endif
