#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formats/json.h"
#include "formats/json_node.h"

octet_json_kind octet_json_kind_of(const octet_json *value) { return value != NULL ? value->kind : OCTET_JSON_MISSING; }

static bool is_kind(const octet_json *value, octet_json_kind kind) { return octet_json_kind_of(value) == kind; }

const octet_json *octet_json_get(const octet_json *object, const char *key) {
    if (!is_kind(object, OCTET_JSON_OBJECT)) return NULL;
    const octet_json_member *const *sorted = octet_json_sorted(object);
    uint32_t low = 0, high = object->n;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = strcmp(sorted[middle]->key, key);
        if (order == 0) return &sorted[middle]->value;
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

const octet_json *octet_json_at(const octet_json *array, size_t index) {
    return is_kind(array, OCTET_JSON_ARRAY) && index < array->n ? &array->is.items[index] : NULL;
}

const char *octet_json_key(const octet_json *object, size_t index, const octet_json **value) {
    if (!is_kind(object, OCTET_JSON_OBJECT) || index >= object->n) return NULL;
    *value = &object->is.members[index].value;
    return object->is.members[index].key;
}

const char *octet_json_text(const octet_json *value) {
    return is_kind(value, OCTET_JSON_STRING) && strlen(value->is.text) == value->n ? value->is.text : NULL;
}

size_t octet_json_length(const octet_json *value) {
    return is_kind(value, OCTET_JSON_ARRAY) || is_kind(value, OCTET_JSON_OBJECT) ? value->n : 0;
}

bool octet_json_text_is(const octet_json *value, const char *text) {
    return is_kind(value, OCTET_JSON_STRING) && strcmp(value->is.text, text) == 0;
}

/* Paths. A container occurs once in its tree, so it can be searched for when a message needs its path. */
typedef struct path_search {
    const octet_json *wanted;
    char *path;
    size_t length;
} path_search;

static bool is_container(const octet_json *value) {
    return is_kind(value, OCTET_JSON_ARRAY) || is_kind(value, OCTET_JSON_OBJECT);
}

static bool find_path(path_search *search, const octet_json *value) {
    if (value == search->wanted) return true;
    const size_t length = search->length;
    if (is_kind(value, OCTET_JSON_ARRAY)) {
        for (size_t i = 0; i < value->n; i++) {
            const octet_json *item = &value->is.items[i];
            if (!is_container(item)) continue;
            char text[32];
            const int n = snprintf(text, sizeof text, "[%zu]", i);
            const size_t room = OCTET_JSON_PATH_SIZE - 1 - length;
            const size_t used = (size_t)n < room ? (size_t)n : room;
            memcpy(search->path + length, text, used);
            search->length = length + used;
            if (find_path(search, item)) return true;
        }
    } else if (is_kind(value, OCTET_JSON_OBJECT)) {
        const octet_json *item;
        const char *key;
        for (size_t i = 0; (key = octet_json_key(value, i, &item)) != NULL; i++) {
            if (!is_container(item)) continue;
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
    if (is_kind(value, OCTET_JSON_REAL)) *out = value->is.real;
    else if (is_kind(value, OCTET_JSON_INTEGER)) *out = (double)value->is.integer;
    else return false;
    return true;
}

/* Integers, and reals that are whole and exactly representable. */
static bool to_i64(const octet_json *value, int64_t *out) {
    if (is_kind(value, OCTET_JSON_INTEGER)) {
        *out = value->is.integer;
        return true;
    }
    double number;
    if (!octet_json_number(value, &number) || !(fabs(number) <= 9007199254740992.0) || number != floor(number))
        return false;
    *out = (int64_t)number;
    return true;
}

bool octet_json_integer(const octet_json *value, int64_t *out) { return to_i64(value, out); }
bool octet_json_is_true(const octet_json *value) { return is_kind(value, OCTET_JSON_BOOL) && value->is.integer != 0; }

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
    if (!is_kind(value, OCTET_JSON_BOOL)) return wrong_kind(ctx, document, object, key, value, "a boolean");
    *out = octet_json_is_true(value);
    return OCTET_OK;
}

static bool is_absent(const octet_json *object, const char *key) {
    const octet_json *value = octet_json_get(object, key);
    return value == NULL || value->kind == OCTET_JSON_NULL;
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
    const bool is_list = is_kind(value, OCTET_JSON_ARRAY);
    const size_t length = is_list ? value->n : 1;
    char path[OCTET_JSON_PATH_SIZE];
    OCTET_CHECK(ctx, length <= (size_t)capacity, OCTET_FORMAT, "%s: %s.%s: has %zu items, at most %d are expected",
                document->name, octet_json_path(document, object, path), key, length, (int)capacity);
    for (size_t i = 0; i < length; i++) {
        const octet_json *item = is_list ? octet_json_at(value, i) : value;
        int64_t wide = -1;
        if (!(is_list && is_kind(item, OCTET_JSON_NULL)) && !to_i64(item, &wide))
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
