#include "base/format.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

/* newlocale hands out C without failing; should it fail, uselocale(0) changes nothing. */
int octet_format_list(char *text, size_t size, const char *format, va_list arguments) {
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(c);
    const int length = vsnprintf(text, size, format, arguments);
    uselocale(before);
    if (c != (locale_t)0) freelocale(c);
    return length;
}

int octet_format(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = octet_format_list(text, size, format, arguments);
    va_end(arguments);
    return length;
}

const char *octet_format_error(int error) {
    const locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(c);
    const char *words = strerror(error);
    uselocale(before);
    if (c != (locale_t)0) freelocale(c);
    return words;
}

void octet_format_remark(char *text) {
    for (char *c = text; *c != '\0'; c++) {
        if (*c == '\\' || *c < ' ' || *c > '~') *c = '?';
        if (*c == '/' && (c[1] == '*' || (c > text && c[-1] == '*'))) *c = '|';
    }
}
