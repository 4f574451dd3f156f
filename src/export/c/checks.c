/* What cannot become C is refused before anything is computed. */
#include <string.h>

#include "base/ascii.h"
#include "export/c/export_c.h"

/* In one list: keywords of C and C++. */
static const char *const keywords[] = {
    "alignas",  "alignof",  "and",     "asm",      "auto",     "bool",     "break",     "case",      "catch",
    "char",     "class",    "compl",   "concept",  "const",    "continue", "default",   "delete",    "do",
    "double",   "else",     "enum",    "explicit", "export",   "extern",   "false",     "float",     "for",
    "friend",   "goto",     "if",      "inline",   "int",      "long",     "mutable",   "namespace", "new",
    "noexcept", "not",      "nullptr", "operator", "or",       "private",  "protected", "public",    "register",
    "requires", "restrict", "return",  "short",    "signed",   "sizeof",   "static",    "struct",    "switch",
    "template", "this",     "throw",   "true",     "try",      "typedef",  "typeid",    "typename",  "union",
    "unsigned", "using",    "virtual", "void",     "volatile", "while",    "xor"};

/* NAME.h would hide one of these from everything that is compiled with its folder in the search path: headers of C,
 * those that the headers of glibc and newlib include, CMSIS-NN's. main.c is the program's. */
static const char *const taken[] = {
    "arm_nn_types", "arm_nnfunctions", "alloca",    "assert",   "complex",  "ctype",   "endian",
    "errno",        "features",        "fenv",      "inttypes", "iso646",   "limits",  "locale",
    "main",         "malloc",          "math",      "memory",   "newlib",   "pthread", "reent",
    "sched",        "semaphore",       "setjmp",    "signal",   "stdalign", "stdarg",  "stdatomic",
    "stdbit",       "stdbool",         "stdckdint", "stddef",   "stdint",   "stdio",   "stdlib",
    "stdnoreturn",  "string",          "strings",   "tgmath",   "threads",  "time",    "uchar",
    "unistd",       "wchar",           "wctype",    "xlocale"};

static bool stands_in(const char *name, const char *const *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, list[i]) == 0) return true;
    return false;
}

octet_status octet_c_check_name(octet_context *ctx, const char *name) {
    enum { MOST = 40 };
    size_t n = 0;
    while (octet_ascii_is_letter(name[n]) || (n > 0 && (octet_ascii_is_digit(name[n]) || name[n] == '_'))) n++;
    const bool is_identifier = n > 0 && name[n] == '\0' && n <= MOST;
    OCTET_CHECK(ctx, is_identifier && !stands_in(name, keywords, sizeof keywords / sizeof *keywords), OCTET_USAGE,
                "name '%s': must be a C identifier: a letter, then letters, digits and '_', at most %d, no keyword",
                name, MOST);
    OCTET_CHECK(ctx, !stands_in(name, taken, sizeof taken / sizeof *taken), OCTET_USAGE,
                "name '%s': %s.h or %s.c would stand in the way of a file that C programs have; use another name", name,
                name, name);
    return OCTET_OK;
}

octet_status octet_c_check_size(octet_context *ctx, const char *what, size_t bytes) {
    OCTET_CHECK(ctx, bytes <= INT32_MAX, OCTET_UNSUPPORTED,
                "%s: %zu bytes: C counts them with int32_t, at most %d are there to address", what, bytes, INT32_MAX);
    return OCTET_OK;
}

octet_status octet_c_check_graph(octet_context *ctx, const octet_graph *graph) {
    for (uint32_t i = 0; i < graph->n_values; i++)
        OCTET_TRY(octet_c_check_size(ctx, graph->values[i].name, octet_value_bytes(&graph->values[i])));
    return OCTET_OK;
}
