/* JSON as RFC 8259 has it, and Python's three other numbers. A parser of octet's own, because a lack of memory must not
 * change what a text says: jansson, for one, leaves characters out where memory for them is refused.
 *
 * 1. value: object, array, string, number, true, false, null, NaN, Infinity, -Infinity
 * 2. object: { "key": value, ... }; array: [ value, ... ]
 * 3. string: UTF-8 without control characters; \" \\ \/ \b \f \n \r \t \uXXXX, which beyond U+FFFF come in pairs
 * 4. number: an integer of 64 bits where it has neither point nor exponent, else a double */
#include "formats/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/checked.h"
#include "base/number.h"
#include "base/utf8.h"
#include "formats/json_node.h"

typedef struct parser {
    octet_context *ctx;
    octet_arena *arena;
    octet_bytes text;
    const char *name;
    size_t at;
    uint32_t depth;
    octet_buffer open;   /* octet_json_member: what is known of containers that are not closed yet; items have no key */
    octet_buffer number; /* the text of one */
} parser;

static octet_status broken(const parser *p, const char *what) {
    size_t line = 1, begin = 0;
    for (size_t i = 0; i < p->at; i++) {
        if (p->text.data[i] != '\n') continue;
        line++;
        begin = i + 1;
    }
    return octet_context_fail(p->ctx, OCTET_FORMAT, "%s: line %zu, column %zu: %s: not valid JSON", p->name, line,
                              p->at - begin + 1, p->at < p->text.size ? what : "the text ends here");
}

/* The next byte, or 0 at the end (and for a NUL, which begins nothing). */
static uint8_t peek(const parser *p) { return p->at < p->text.size ? p->text.data[p->at] : 0; }

static bool take(parser *p, char wanted) {
    if (peek(p) != (uint8_t)wanted) return false;
    p->at++;
    return true;
}

static bool take_word(parser *p, const char *word) {
    const size_t length = strlen(word);
    if (!octet_bytes_inside(p->text, p->at, length) || memcmp(p->text.data + p->at, word, length) != 0) return false;
    p->at += length;
    return true;
}

static void skip_spaces(parser *p) {
    while (peek(p) == ' ' || peek(p) == '\n' || peek(p) == '\t' || peek(p) == '\r') p->at++;
}

/* ---- Strings ---- */

static bool take_unit(parser *p, uint32_t *unit) {
    *unit = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        const uint8_t c = peek(p);
        const uint32_t digit = c >= '0' && c <= '9'   ? c - (uint32_t)'0'
                               : c >= 'a' && c <= 'f' ? c - (uint32_t)'a' + 10
                               : c >= 'A' && c <= 'F' ? c - (uint32_t)'A' + 10
                                                      : 16;
        if (digit == 16) return false;
        *unit = *unit << 4 | digit;
    }
    return true;
}

static char *put_utf8(uint32_t code, char *to) {
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    const int n_more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const uint32_t leads[] = {0, 0xc0, 0xe0, 0xf0};
    *to++ = (char)(leads[n_more] | code >> 6 * n_more);
    for (int i = n_more - 1; i >= 0; i--) *to++ = (char)(0x80 | (code >> 6 * i & 0x3f));
    return to;
}

/* What follows a backslash. */
static octet_status take_escape(parser *p, char **to) {
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *name = peek(p) != 0 ? strchr(names, peek(p)) : NULL;
    if (name != NULL) {
        p->at++;
        *(*to)++ = meanings[name - names];
        return OCTET_OK;
    }
    uint32_t code = 0, low = 0;
    if (!take(p, 'u')) return broken(p, "an unknown escape in a string");
    if (!take_unit(p, &code)) return broken(p, "four hexadecimal digits are expected");
    if (code >= 0xd800 && code < 0xe000) {
        if (code >= 0xdc00 || !take_word(p, "\\u") || !take_unit(p, &low) || low < 0xdc00 || low >= 0xe000)
            return broken(p, "half of a pair of surrogates");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    *to = put_utf8(code, *to);
    return OCTET_OK;
}

/* Copies one character as it is. */
static octet_status take_plain(parser *p, char **to) {
    char sequence[5] = {0}; /* ends with NUL also at the end of the text */
    const size_t left = p->text.size - p->at;
    memcpy(sequence, p->text.data + p->at, left < 4 ? left : 4);
    const size_t length = octet_utf8_length(sequence);
    if ((uint8_t)sequence[0] < 0x20) return broken(p, "a control character in a string");
    if (length == 0) return broken(p, "a byte that is no UTF-8");
    memcpy(*to, sequence, length);
    *to += length;
    p->at += length;
    return OCTET_OK;
}

static octet_status take_string(parser *p, const char **out, uint32_t *n) {
    if (!take(p, '"')) return broken(p, "a string is expected");
    size_t end = p->at;
    while (end < p->text.size && p->text.data[end] != '"') end += p->text.data[end] == '\\' ? 2 : 1;
    char *begin;
    OCTET_TRY(octet_arena_allocate(p->ctx, p->arena, end - p->at + 2, 1, (void **)&begin)); /* escapes are longer */
    char *to = begin;
    while (!take(p, '"')) {
        if (p->at >= p->text.size) return broken(p, "");
        OCTET_TRY(take(p, '\\') ? take_escape(p, &to) : take_plain(p, &to));
    }
    *out = begin;
    *n = (uint32_t)(to - begin);
    return OCTET_OK;
}

/* ---- Numbers ---- */

static bool skip_digits(parser *p) {
    const size_t begin = p->at;
    while (peek(p) >= '0' && peek(p) <= '9') p->at++;
    return p->at > begin;
}

static octet_status take_integer(parser *p, size_t begin, octet_json *out) {
    const bool is_negative = p->text.data[begin] == '-';
    int64_t value = 0;
    for (size_t i = begin + is_negative; i < p->at; i++) {
        const int64_t digit = p->text.data[i] - '0';
        if (octet_multiply_i64(value, 10, &value) && octet_add_i64(value, is_negative ? -digit : digit, &value))
            continue;
        p->at = begin;
        return broken(p, "an integer of more than 64 bits");
    }
    *out = (octet_json){.kind = OCTET_JSON_INTEGER, .is.integer = value};
    return OCTET_OK;
}

static octet_status take_number(parser *p, octet_json *out) {
    const size_t begin = p->at;
    const bool is_negative = take(p, '-');
    *out = (octet_json){.kind = OCTET_JSON_REAL};
    if (take_word(p, "Infinity")) {
        out->is.real = is_negative ? -(double)INFINITY : (double)INFINITY;
        return OCTET_OK;
    }
    if (!take(p, '0') && !skip_digits(p)) return broken(p, "a digit is expected");
    bool is_real = take(p, '.');
    if (is_real && !skip_digits(p)) return broken(p, "a digit is expected");
    if (take(p, 'e') || take(p, 'E')) {
        is_real = true;
        if (!take(p, '+')) take(p, '-');
        if (!skip_digits(p)) return broken(p, "a digit is expected");
    }
    if (!is_real) return take_integer(p, begin, out);
    p->number.size = 0;
    OCTET_TRY(octet_buffer_append(p->ctx, &p->number, p->text.data + begin, p->at - begin));
    out->is.real = octet_number_read_f64((const char *)p->number.data, NULL);
    if (isfinite(out->is.real)) return OCTET_OK;
    p->at = begin;
    return broken(p, "a number that is too large");
}

/* ---- Containers ---- */

static octet_status take_value(parser *p, octet_json *out);

static size_t n_open(const parser *p) { return p->open.size / sizeof(octet_json_member); }

static octet_status push(parser *p, const char *key, const octet_json *value) {
    const octet_json_member member = {key, *value};
    return octet_buffer_append(p->ctx, &p->open, &member, sizeof member);
}

/* The members that were pushed since `first`; they are taken off when they are copied. */
static const octet_json_member *pushed(parser *p, size_t first, size_t *n) {
    *n = n_open(p) - first;
    p->open.size = first * sizeof(octet_json_member);
    return *n > 0 ? (const octet_json_member *)(const void *)p->open.data + first : NULL;
}

static octet_status close_array(parser *p, size_t first, octet_json *out) {
    size_t n;
    octet_json *items = NULL;
    const octet_json_member *members = pushed(p, first, &n);
    OCTET_TRY(OCTET_NEW(p->ctx, p->arena, n, &items));
    for (size_t i = 0; i < n; i++) items[i] = members[i].value;
    *out = (octet_json){.kind = OCTET_JSON_ARRAY, .n = (uint32_t)n, .is.items = items};
    return OCTET_OK;
}

/* By key; equal ones in the order of the file. */
static int compare_members(const void *a, const void *b) {
    const octet_json_member *first = *(const octet_json_member *const *)a,
                            *second = *(const octet_json_member *const *)b;
    const int order = strcmp(first->key, second->key);
    return order != 0 ? order : (first > second) - (first < second);
}

static void sort_members(octet_json_member *members, size_t n, octet_json_member **sorted) {
    for (size_t i = 0; i < n; i++) sorted[i] = &members[i];
    qsort(sorted, n, sizeof *sorted, compare_members);
}

/* Leaves of equal keys the first, with the value of the last. Returns how many are left. */
static size_t drop_repeated(octet_json_member *members, size_t n, octet_json_member **sorted) {
    for (size_t i = 0, first = 0; i < n; i++) {
        if (i == first || strcmp(sorted[i]->key, sorted[first]->key) != 0) {
            first = i;
            continue;
        }
        sorted[first]->value = sorted[i]->value;
        sorted[i]->value.kind = OCTET_JSON_MISSING;
    }
    size_t n_left = 0;
    for (size_t i = 0; i < n; i++)
        if (members[i].value.kind != OCTET_JSON_MISSING) members[n_left++] = members[i];
    return n_left;
}

static octet_status close_object(parser *p, size_t first, octet_json *out) {
    size_t n;
    const octet_json_member *from = pushed(p, first, &n);
    octet_json_member *members = NULL;
    void *block;
    OCTET_TRY(octet_arena_array(p->ctx, p->arena, n, sizeof *members + sizeof(octet_json_member *), &block));
    members = block;
    if (n > 0) memcpy(members, from, n * sizeof *members);
    octet_json_member **sorted = (octet_json_member **)(void *)(members + n);
    sort_members(members, n, sorted);
    const size_t n_left = drop_repeated(members, n, sorted);
    if (n_left < n) sort_members(members, n_left, (octet_json_member **)(void *)(members + n_left));
    *out = (octet_json){.kind = OCTET_JSON_OBJECT, .n = (uint32_t)n_left, .is.members = members};
    return OCTET_OK;
}

static octet_status take_items(parser *p, octet_json *out) {
    const size_t first = n_open(p);
    skip_spaces(p);
    if (take(p, ']')) return close_array(p, first, out);
    for (;;) {
        octet_json item;
        OCTET_TRY(take_value(p, &item));
        OCTET_TRY(push(p, NULL, &item));
        skip_spaces(p);
        if (take(p, ']')) return close_array(p, first, out);
        if (!take(p, ',')) return broken(p, "',' or ']' is expected");
    }
}

static octet_status take_members(parser *p, octet_json *out) {
    const size_t first = n_open(p);
    skip_spaces(p);
    if (take(p, '}')) return close_object(p, first, out);
    for (;;) {
        octet_json item;
        const char *key;
        uint32_t length;
        skip_spaces(p);
        OCTET_TRY(take_string(p, &key, &length));
        if (strlen(key) != length) return broken(p, "a key with a NUL");
        skip_spaces(p);
        if (!take(p, ':')) return broken(p, "':' is expected");
        OCTET_TRY(take_value(p, &item));
        OCTET_TRY(push(p, key, &item));
        skip_spaces(p);
        if (take(p, '}')) return close_object(p, first, out);
        if (!take(p, ',')) return broken(p, "',' or '}' is expected");
    }
}

static octet_status take_container(parser *p, octet_json *out) {
    const bool is_object = peek(p) == '{';
    p->at++;
    OCTET_CHECK(p->ctx, ++p->depth <= p->ctx->max_depth, OCTET_LIMIT,
                "%s: nested deeper than %u levels: the limit of JSON texts", p->name, (unsigned)p->ctx->max_depth);
    OCTET_TRY(is_object ? take_members(p, out) : take_items(p, out));
    p->depth--;
    return OCTET_OK;
}

static octet_status take_value(parser *p, octet_json *out) {
    skip_spaces(p);
    *out = (octet_json){.kind = OCTET_JSON_NULL};
    switch (peek(p)) {
    case '{':
    case '[': return take_container(p, out);
    case '"': out->kind = OCTET_JSON_STRING; return take_string(p, &out->is.text, &out->n);
    case 'n':
        if (take_word(p, "null")) return OCTET_OK;
        break;
    case 'f':
        out->kind = OCTET_JSON_BOOL;
        if (take_word(p, "false")) return OCTET_OK;
        break;
    case 't':
        *out = (octet_json){.kind = OCTET_JSON_BOOL, .is.integer = 1};
        if (take_word(p, "true")) return OCTET_OK;
        break;
    case 'N':
        *out = (octet_json){.kind = OCTET_JSON_REAL, .is.real = (double)NAN};
        if (take_word(p, "NaN")) return OCTET_OK;
        break;
    case 'I':
    case '-': return take_number(p, out);
    default:
        if (peek(p) >= '0' && peek(p) <= '9') return take_number(p, out);
    }
    return broken(p, "a value is expected");
}

static octet_status take_text(parser *p, const octet_json **root) {
    octet_json *value;
    OCTET_TRY(OCTET_NEW(p->ctx, p->arena, 1, &value));
    skip_spaces(p);
    if (peek(p) != '{' && peek(p) != '[') return broken(p, "'{' or '[' is expected");
    OCTET_TRY(take_value(p, value));
    skip_spaces(p);
    if (p->at < p->text.size) return broken(p, "something follows the value");
    *root = value;
    return OCTET_OK;
}

octet_status octet_json_parse(octet_context *ctx, octet_bytes text, const char *name, octet_json_document *out) {
    *out = (octet_json_document){0};
    OCTET_CHECK(ctx, text.size <= OCTET_JSON_MAX_BYTES, OCTET_LIMIT, "%s: %zu bytes of JSON: the limit is %zu", name,
                text.size, OCTET_JSON_MAX_BYTES);
    OCTET_CHECK(ctx, text.size > 0, OCTET_FORMAT, "%s: empty: a JSON text is expected", name);
    octet_json_document document = {.name = name};
    parser p = {.ctx = ctx,
                .arena = &document.arena,
                .text = text,
                .name = name,
                .open.max_size = ctx->max_memory_bytes,
                .number.max_size = ctx->max_memory_bytes};
    const octet_status status = take_text(&p, &document.root);
    octet_buffer_free(ctx, &p.open);
    octet_buffer_free(ctx, &p.number);
    if (status == OCTET_OK) *out = document;
    else octet_arena_free(ctx, &document.arena);
    return status;
}

void octet_json_free(octet_context *ctx, octet_json_document *document) {
    octet_arena_free(ctx, &document->arena);
    *document = (octet_json_document){0};
}
