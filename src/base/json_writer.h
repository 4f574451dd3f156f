/* base/json_writer.h - writing JSON, value by value.
 * In:  keys and values in the order in which they shall stand.
 * Out: valid JSON, appended to a buffer: quoted, separated, nested and indented.
 * Knows: JSON (RFC 8259); numbers are the same in every locale, and NaN and infinity, which JSON has not, are null.
 * Does not know: what the keys mean.
 *
 * A writer carries its first failure: calls after it do nothing, and octet_json_writer_finish returns it. `key` is the
 * name of a member where the value goes into an object, and NULL in an array and at the root. */
#ifndef OCTET_BASE_JSON_WRITER_H
#define OCTET_BASE_JSON_WRITER_H

#include "base/buffer.h"

typedef enum octet_json_layout {
    OCTET_JSON_TIGHT, /* {"a":1,"b":2} */
    OCTET_JSON_LINE,  /* {"a": 1, "b": 2} */
    OCTET_JSON_LINES  /* each value on a line of its own, two spaces deeper than what holds it */
} octet_json_layout;

enum { OCTET_JSON_MOST_LEVELS = 16 };

typedef struct octet_json_writer {
    octet_context *ctx;
    octet_buffer *out;
    octet_status status;
    uint32_t n_levels;
    struct {
        octet_json_layout layout;
        bool is_object, is_begun;
    } levels[OCTET_JSON_MOST_LEVELS]; /* from the root inwards */
} octet_json_writer;

/* The buffer must outlive the writer. */
octet_json_writer octet_json_writer_make(octet_context *ctx, octet_buffer *out);
/* Ends the text with a line feed. Everything that was begun must have been
 * ended. Errors: LIMIT, NOMEM of the buffer. */
octet_status octet_json_writer_finish(octet_json_writer *writer);

/* At most OCTET_JSON_MOST_LEVELS deep. */
void octet_json_begin_object(octet_json_writer *writer, const char *key, octet_json_layout layout);
void octet_json_begin_array(octet_json_writer *writer, const char *key, octet_json_layout layout);
/* Ends the innermost one. */
void octet_json_end(octet_json_writer *writer);

/* NULL becomes null; a byte that is no UTF-8 becomes U+FFFD. */
void octet_json_write_string(octet_json_writer *writer, const char *key, const char *text);
void octet_json_write_u64(octet_json_writer *writer, const char *key, uint64_t value);
void octet_json_write_i64(octet_json_writer *writer, const char *key, int64_t value);
void octet_json_write_bool(octet_json_writer *writer, const char *key, bool value);
void octet_json_write_null(octet_json_writer *writer, const char *key);
/* With `digits` significant ones; base/number.h. */
void octet_json_write_real(octet_json_writer *writer, const char *key, double value, int digits);
/* With `decimals` digits behind the point. */
void octet_json_write_fixed(octet_json_writer *writer, const char *key, double value, int decimals);

#endif
