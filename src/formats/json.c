#include "formats/json.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

/* Python's json module writes NaN, Infinity and -Infinity, which JSON does not have. They are rewritten to these
 * strings, which the number getters understand. */
static const char *const special_names[] = {"-Infinity", "Infinity", "NaN"};

static bool special_value(const char *text, double *out) {
    if (strcmp(text, "NaN") == 0) *out = (double)NAN;
    else if (strcmp(text, "Infinity") == 0) *out = (double)INFINITY;
    else if (strcmp(text, "-Infinity") == 0) *out = -(double)INFINITY;
    else return false;
    return true;
}

static size_t special_length(octet_bytes text, size_t at) {
    for (size_t i = 0; i < sizeof special_names / sizeof *special_names; i++) {
        const size_t length = strlen(special_names[i]);
        if (octet_bytes_inside(text, at, length) && memcmp(text.data + at, special_names[i], length) == 0)
            return length;
    }
    return 0;
}

/* One pass over the text before jansson, whose own limit of depth is 2048:
 * measures the nesting and finds special numbers. */
static octet_status scan(octet_context *ctx, octet_bytes text, const char *name, bool *has_special) {
    uint32_t depth = 0;
    bool in_string = false;
    *has_special = false;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t c = text.data[i];
        if (in_string) {
            if (c == '\\') i++;
            else if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            depth++;
            OCTET_CHECK(ctx, depth <= ctx->max_depth, OCTET_LIMIT,
                        "%s: nested deeper than %u levels: the limit of JSON texts", name, (unsigned)ctx->max_depth);
        } else if (c == ']' || c == '}') {
            if (depth > 0) depth--;
        } else if (c == 'N' || c == 'I') {
            *has_special = true;
        }
    }
    return OCTET_OK;
}

static octet_status quote_special(octet_context *ctx, octet_bytes text, octet_buffer *out) {
    bool in_string = false;
    size_t begin = 0;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t c = text.data[i];
        if (in_string) {
            if (c == '\\') i++;
            else if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == 'N' || c == 'I' || c == '-') {
            const size_t length = special_length(text, i);
            if (length == 0) continue;
            OCTET_TRY(octet_buffer_append(ctx, out, text.data + begin, i - begin));
            OCTET_TRY(octet_buffer_append(ctx, out, "\"", 1));
            OCTET_TRY(octet_buffer_append(ctx, out, text.data + i, length));
            OCTET_TRY(octet_buffer_append(ctx, out, "\"", 1));
            begin = i + length;
            i = begin - 1;
        }
    }
    return octet_buffer_append(ctx, out, text.data + begin, text.size - begin);
}

octet_status octet_json_parse(octet_context *ctx, octet_bytes text, const char *name, octet_json_document *out) {
    *out = (octet_json_document){0};
    OCTET_CHECK(ctx, text.size <= OCTET_JSON_MAX_BYTES, OCTET_LIMIT, "%s: %zu bytes of JSON: the limit is %zu", name,
                text.size, OCTET_JSON_MAX_BYTES);
    OCTET_CHECK(ctx, text.size > 0, OCTET_FORMAT, "%s: empty: a JSON text is expected", name);
    bool has_special = false;
    OCTET_TRY(scan(ctx, text, name, &has_special));
    octet_buffer quoted = {0};
    octet_status status = OCTET_OK;
    if (has_special) {
        status = quote_special(ctx, text, &quoted);
        text = (octet_bytes){quoted.data, quoted.size};
    }
    if (status == OCTET_OK) {
        json_error_t error;
        json_t *root = json_loadb((const char *)text.data, text.size, JSON_ALLOW_NUL, &error);
        if (root != NULL) {
            *out = (octet_json_document){root, name};
        } else if (json_error_code(&error) == json_error_out_of_memory) {
            status = octet_context_fail(ctx, OCTET_NOMEM, "%s: out of memory while parsing JSON", name);
        } else {
            status = octet_context_fail(ctx, OCTET_FORMAT, "%s: line %d, column %d: %s: not valid JSON", name,
                                        error.line, error.column, error.text);
        }
    }
    octet_buffer_free(ctx, &quoted);
    return status;
}

void octet_json_free(octet_json_document *document) {
    json_decref(document->root);
    *document = (octet_json_document){0};
}

octet_json_kind octet_json_kind_of(const octet_json *value) {
    if (value == NULL) return OCTET_JSON_MISSING;
    switch (json_typeof(value)) {
    case JSON_OBJECT: return OCTET_JSON_OBJECT;
    case JSON_ARRAY: return OCTET_JSON_ARRAY;
    case JSON_STRING: {
        double number;
        return special_value(json_string_value(value), &number) ? OCTET_JSON_REAL : OCTET_JSON_STRING;
    }
    case JSON_INTEGER: return OCTET_JSON_INTEGER;
    case JSON_REAL: return OCTET_JSON_REAL;
    case JSON_TRUE:
    case JSON_FALSE: return OCTET_JSON_BOOL;
    case JSON_NULL: return OCTET_JSON_NULL;
    }
    return OCTET_JSON_MISSING;
}

const octet_json *octet_json_get(const octet_json *object, const char *key) { return json_object_get(object, key); }
const octet_json *octet_json_at(const octet_json *array, size_t index) { return json_array_get(array, index); }
const char *octet_json_text(const octet_json *value) {
    const char *text = json_string_value(value);
    return text != NULL && strlen(text) == json_string_length(value) ? text : NULL;
}

size_t octet_json_length(const octet_json *value) {
    return json_is_array(value) ? json_array_size(value) : json_object_size(value);
}

bool octet_json_text_is(const octet_json *value, const char *text) {
    const char *own = json_string_value(value);
    return own != NULL && strcmp(own, text) == 0;
}

const char *octet_json_next(const octet_json *object, const char *previous, const octet_json **value) {
    /* jansson iterates over a json_t without const, but only writes to it through json_object_iter_set. */
    union {
        const json_t *in;
        json_t *out;
    } unconst = {object};
    void *iterator = previous == NULL ? json_object_iter(unconst.out)
                                      : json_object_iter_next(unconst.out, json_object_key_to_iter(previous));
    if (iterator == NULL) return NULL;
    if (value != NULL) *value = json_object_iter_value(iterator);
    return json_object_iter_key(iterator);
}

/* Paths. A container occurs once in its tree, so it can be searched for when a message needs its path. */
typedef struct path_search {
    const json_t *wanted;
    char *path;
    size_t length;
} path_search;

static bool find_path(path_search *search, const json_t *value) {
    if (value == search->wanted) return true;
    const size_t length = search->length;
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            const json_t *item = json_array_get(value, i);
            if (!json_is_array(item) && !json_is_object(item)) continue;
            char text[32];
            const int n = snprintf(text, sizeof text, "[%zu]", i);
            const size_t room = OCTET_JSON_PATH_SIZE - 1 - length;
            const size_t used = (size_t)n < room ? (size_t)n : room;
            memcpy(search->path + length, text, used);
            search->length = length + used;
            if (find_path(search, item)) return true;
        }
    } else if (json_is_object(value)) {
        const octet_json *item;
        for (const char *key = octet_json_next(value, NULL, &item); key != NULL;
             key = octet_json_next(value, key, &item)) {
            if (!json_is_array(item) && !json_is_object(item)) continue;
            const size_t room = OCTET_JSON_PATH_SIZE - 1 - length, key_length = strlen(key);
            const size_t used = key_length + 1 < room ? key_length + 1 : room;
            if (used > 0) {
                search->path[length] = '.';
                memcpy(search->path + length + 1, key, used - 1);
            }
            search->length = length + used;
            if (find_path(search, item)) return true;
        }
    }
    search->length = length;
    return false;
}

const char *octet_json_path(const octet_json_document *document, const octet_json *value,
                            char path[OCTET_JSON_PATH_SIZE]) {
    path[0] = '$';
    path_search search = {value, path, 1};
    if (!find_path(&search, document->root)) search.length = 1;
    path[search.length] = '\0';
    return path;
}

static const char *kind_text(octet_json_kind kind) {
    switch (kind) {
    case OCTET_JSON_MISSING: return "missing";
    case OCTET_JSON_NULL: return "null";
    case OCTET_JSON_BOOL: return "a boolean";
    case OCTET_JSON_INTEGER: return "an integer";
    case OCTET_JSON_REAL: return "a number";
    case OCTET_JSON_STRING: return "a string";
    case OCTET_JSON_ARRAY: return "an array";
    case OCTET_JSON_OBJECT: return "an object";
    }
    return "unknown";
}

static octet_status wrong_kind(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                               const char *key, const octet_json *value, const char *wanted) {
    char path[OCTET_JSON_PATH_SIZE];
    return octet_context_fail(ctx, OCTET_FORMAT, "%s: %s.%s: is %s, must be %s", document->name,
                              octet_json_path(document, object, path), key, kind_text(octet_json_kind_of(value)),
                              wanted);
}

static octet_status get_kind(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                             const char *key, octet_json_kind kind, const octet_json **out) {
    const octet_json *value = octet_json_get(object, key);
    if (octet_json_kind_of(value) != kind) return wrong_kind(ctx, document, object, key, value, kind_text(kind));
    *out = value;
    return OCTET_OK;
}

octet_status octet_json_get_object(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                   const char *key, const octet_json **out) {
    return get_kind(ctx, document, object, key, OCTET_JSON_OBJECT, out);
}

octet_status octet_json_get_array(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                  const char *key, const octet_json **out) {
    return get_kind(ctx, document, object, key, OCTET_JSON_ARRAY, out);
}

octet_status octet_json_get_string(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                   const char *key, const char **out) {
    const octet_json *value = octet_json_get(object, key);
    *out = octet_json_text(value);
    if (*out == NULL) return wrong_kind(ctx, document, object, key, value, "a string");
    return OCTET_OK;
}

bool octet_json_number(const octet_json *value, double *out) {
    if (json_is_string(value)) return special_value(json_string_value(value), out);
    if (!json_is_number(value)) return false;
    *out = json_number_value(value);
    return true;
}

/* Integers, and reals that are whole and exactly representable. */
static bool to_i64(const octet_json *value, int64_t *out) {
    if (json_is_integer(value)) {
        *out = (int64_t)json_integer_value(value);
        return true;
    }
    double number;
    if (!octet_json_number(value, &number) || !(fabs(number) <= 9007199254740992.0) || number != floor(number))
        return false;
    *out = (int64_t)number;
    return true;
}

bool octet_json_integer(const octet_json *value, int64_t *out) { return to_i64(value, out); }
bool octet_json_is_true(const octet_json *value) { return json_is_true(value); }

octet_status octet_json_get_i64(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                const char *key, int64_t *out) {
    const octet_json *value = octet_json_get(object, key);
    if (!to_i64(value, out)) return wrong_kind(ctx, document, object, key, value, "an integer");
    return OCTET_OK;
}

octet_status octet_json_get_i32(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                const char *key, int32_t *out) {
    int64_t wide = 0;
    OCTET_TRY(octet_json_get_i64(ctx, document, object, key, &wide));
    char path[OCTET_JSON_PATH_SIZE];
    OCTET_CHECK(ctx, wide >= INT32_MIN && wide <= INT32_MAX, OCTET_LIMIT, "%s: %s.%s: %lld does not fit into 32 bits",
                document->name, octet_json_path(document, object, path), key, (long long)wide);
    *out = (int32_t)wide;
    return OCTET_OK;
}

octet_status octet_json_get_f64(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                const char *key, double *out) {
    const octet_json *value = octet_json_get(object, key);
    if (!octet_json_number(value, out)) return wrong_kind(ctx, document, object, key, value, "a number");
    return OCTET_OK;
}

octet_status octet_json_get_bool(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                 const char *key, bool *out) {
    const octet_json *value = octet_json_get(object, key);
    if (!json_is_boolean(value)) return wrong_kind(ctx, document, object, key, value, "a boolean");
    *out = json_is_true(value);
    return OCTET_OK;
}

static bool is_absent(const octet_json *object, const char *key) {
    const octet_json *value = octet_json_get(object, key);
    return value == NULL || json_is_null(value);
}

octet_status octet_json_get_string_or(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                      const char *key, const char *fallback, const char **out) {
    *out = fallback;
    return is_absent(object, key) ? OCTET_OK : octet_json_get_string(ctx, document, object, key, out);
}

octet_status octet_json_get_i32_or(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                   const char *key, int32_t fallback, int32_t *out) {
    *out = fallback;
    return is_absent(object, key) ? OCTET_OK : octet_json_get_i32(ctx, document, object, key, out);
}

octet_status octet_json_get_f64_or(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                   const char *key, double fallback, double *out) {
    *out = fallback;
    return is_absent(object, key) ? OCTET_OK : octet_json_get_f64(ctx, document, object, key, out);
}

octet_status octet_json_get_bool_or(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                    const char *key, bool fallback, bool *out) {
    *out = fallback;
    return is_absent(object, key) ? OCTET_OK : octet_json_get_bool(ctx, document, object, key, out);
}

octet_status octet_json_get_i32_list(octet_context *ctx, const octet_json_document *document, const octet_json *object,
                                     const char *key, int32_t capacity, int32_t *out, int32_t *n) {
    const octet_json *value = octet_json_get(object, key);
    const bool is_list = json_is_array(value);
    const size_t length = is_list ? json_array_size(value) : 1;
    char path[OCTET_JSON_PATH_SIZE];
    OCTET_CHECK(ctx, length <= (size_t)capacity, OCTET_FORMAT, "%s: %s.%s: has %zu items, at most %d are expected",
                document->name, octet_json_path(document, object, path), key, length, (int)capacity);
    for (size_t i = 0; i < length; i++) {
        const octet_json *item = is_list ? json_array_get(value, i) : value;
        int64_t wide = -1;
        if (!(is_list && json_is_null(item)) && !to_i64(item, &wide))
            return wrong_kind(ctx, document, object, key, item,
                              is_list ? "a list of integers" : "an integer or a list of integers");
        OCTET_CHECK(ctx, wide >= INT32_MIN && wide <= INT32_MAX, OCTET_LIMIT,
                    "%s: %s.%s: %lld does not fit into 32 bits", document->name,
                    octet_json_path(document, object, path), key, (long long)wide);
        out[i] = (int32_t)wide;
    }
    *n = (int32_t)length;
    return OCTET_OK;
}
