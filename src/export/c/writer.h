/* export/c/writer.h - lines of C into a buffer.
 * In:  formats that read like the C that comes out.
 * Out: text, indented by its braces.
 * Knows: that '@' stands for the prefix of all names, and that comments must not end early.
 * Does not know: graphs, kernels. */
#ifndef OCTET_EXPORT_C_WRITER_H
#define OCTET_EXPORT_C_WRITER_H

#include "base/buffer.h"
#include "graph/type.h"

typedef struct octet_c_writer {
    octet_context *ctx;
    const char *prefix;  /* "mnist_" */
    octet_buffer text;   /* the caller frees it */
    octet_status status; /* of the first failure; nothing is written after it */
    int32_t depth;       /* braces that are open */
} octet_c_writer;

enum { OCTET_C_LINE_SIZE = 2048 }; /* bytes of a line, at most; INTERNAL beyond it */

/* A line. One that begins with '}' closes a block, one that ends in '{' opens one. */
void octet_c_line(octet_c_writer *w, const char *format, ...) OCTET_PRINTF(2, 3);
void octet_c_blank(octet_c_writer *w);
/* Closes a function: "}" and an empty line. */
void octet_c_end(octet_c_writer *w);
/* Lines as they stand, but for '@'. */
void octet_c_text(octet_c_writer *w, const char *text);
/* A line with a remark, which may hold names from files: what could end it is replaced. */
void octet_c_remark(octet_c_writer *w, const char *format, ...) OCTET_PRINTF(2, 3);
enum { OCTET_C_NUMBER_SIZE = 48 };

/* Element i of memory of a type as a literal; halves (float16) as their bits. `text` has room for
 * OCTET_C_NUMBER_SIZE bytes. */
void octet_c_number(octet_type type, const void *data, size_t i, char *text);
/* "declaration = {1, 2, ...};" of n numbers; n is at least 1. */
void octet_c_numbers(octet_c_writer *w, const char *declaration, octet_type type, const void *data, size_t n);
/* "int8_t", "float"; "int8_t" for types that C99 has no name for. */
const char *octet_c_type(octet_type type);

#endif
