/* formats/json.h - JSON texts as trees of values, with errors that name the path of a value.
 * In:  bytes of a JSON text (UTF-8; Python's NaN, Infinity and -Infinity are accepted as numbers).
 * Out: a read-only tree and typed getters.
 * Knows: RFC 8259, limits of depth and size.
 * Does not know: what the keys mean. */
#ifndef OCTET_FORMATS_JSON_H
#define OCTET_FORMATS_JSON_H

#include "base/file.h"
#include "base/memory.h"

typedef struct octet_json octet_json; /* one value; lives as long as its document */

typedef struct octet_json_document {
    const octet_json *root; /* an object or an array */
    const char *name;       /* "model.keras:config.json": opens every message; not copied, must outlive the document */
    octet_arena arena;
} octet_json_document;

typedef enum octet_json_kind {
    OCTET_JSON_MISSING, /* NULL was given */
    OCTET_JSON_NULL,
    OCTET_JSON_BOOL,
    OCTET_JSON_INTEGER,
    OCTET_JSON_REAL, /* also NaN and infinities */
    OCTET_JSON_STRING,
    OCTET_JSON_ARRAY,
    OCTET_JSON_OBJECT
} octet_json_kind;

#define OCTET_JSON_MAX_BYTES ((size_t)64 << 20)

/* Parses the text. Errors: FORMAT with line and column; LIMIT when it is longer than OCTET_JSON_MAX_BYTES or nested
 * deeper than ctx->max_depth; NOMEM. *out is zeroed on failure. */
octet_status octet_json_parse(octet_context *ctx, octet_bytes text, const char *name, octet_json_document *out);
void octet_json_free(octet_context *ctx, octet_json_document *document); /* a zeroed document is allowed */

/* Looking, without errors. Each accepts NULL and values of any kind. */
octet_json_kind octet_json_kind_of(const octet_json *value);
const octet_json *octet_json_get(const octet_json *object, const char *key); /* NULL when missing or not an object */
const octet_json *octet_json_at(const octet_json *array, size_t index); /* NULL when out of range or not an array */
size_t octet_json_length(const octet_json *value);                  /* items of an array, keys of an object, else 0 */
const char *octet_json_text(const octet_json *value);               /* of a string without NUL, else NULL */
bool octet_json_text_is(const octet_json *value, const char *text); /* a string equal to `text` */
bool octet_json_integer(const octet_json *value, int64_t *out);     /* false unless an integer (or a whole real) */
bool octet_json_number(const octet_json *value, double *out);       /* false unless an integer or a real */
bool octet_json_is_true(const octet_json *value);                   /* the boolean true */
/* Key and value number `index` in the order of the file; NULL behind the last. A key that is repeated stands where it
 * stood first, with its last value. */
const char *octet_json_key(const octet_json *object, size_t index, const octet_json **value);

/* Getters that insist: FORMAT "<name>: $.config.layers[3].units: is a string, must be an integer" when the key is
 * missing or of another kind. `object` must come from `document`. Numbers: integers and reals; an integer getter takes
 * a real that is whole ("units": 32.0). LIMIT when an integer does not fit. */
octet_status octet_json_get_object(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                   const char *key, const octet_json **out);
octet_status octet_json_get_array(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                  const char *key, const octet_json **out);
octet_status octet_json_get_string(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                   const char *key, const char **out);
octet_status octet_json_get_i64(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                const char *key, int64_t *out);
octet_status octet_json_get_i32(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                const char *key, int32_t *out);
octet_status octet_json_get_f64(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                const char *key, double *out);
octet_status octet_json_get_bool(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                 const char *key, bool *out);
/* The same, but a missing key or null gives `fallback`; another kind is still FORMAT. */
octet_status octet_json_get_string_or(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                      const char *key, const char *fallback, const char **out);
octet_status octet_json_get_i32_or(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                   const char *key, int32_t fallback, int32_t *out);
octet_status octet_json_get_f64_or(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                   const char *key, double fallback, double *out);
octet_status octet_json_get_bool_or(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                    const char *key, bool fallback, bool *out);
/* A list of integers of at most `capacity` items: [3,3]; a single integer counts as a list of one. A null item (an open
 * dimension) becomes -1. Missing key: FORMAT. */
octet_status octet_json_get_i32_list(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                     const char *key, int32_t capacity, int32_t *out, int32_t *n);

/* Where a container (an object or array of the document) stands: "$.config.layers[3]", for messages; cut to fit. */
enum { OCTET_JSON_PATH_SIZE = 256 };
const char *octet_json_path(const octet_json_document *document, const octet_json *value,
                            char path[OCTET_JSON_PATH_SIZE]);

#endif
