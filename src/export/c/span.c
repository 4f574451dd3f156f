#include "export/c/span.h"

#include <string.h>

#include "base/ascii.h"

static bool is_in_name(int c) { return octet_ascii_is_letter(c) || octet_ascii_is_digit(c) || c == '_'; }

static octet_c_span from(octet_c_span a, size_t n) { return (octet_c_span){a.at + n, a.n - n}; }

octet_c_span octet_c_span_trim(octet_c_span a) {
    while (a.n > 0 && (*a.at == ' ' || *a.at == '\t')) a = from(a, 1);
    while (a.n > 0 && (a.at[a.n - 1] == ' ' || a.at[a.n - 1] == '\t')) a.n--;
    return a;
}

bool octet_c_span_next_line(octet_c_span *text, octet_c_span *line) {
    *line = (octet_c_span){"", 0};
    if (text->n == 0) return false;
    const char *end = memchr(text->at, '\n', text->n);
    const size_t n = end != NULL ? (size_t)(end - text->at) : text->n;
    *line = octet_c_span_trim((octet_c_span){text->at, n});
    *text = from(*text, end != NULL ? n + 1 : n);
    return true;
}

bool octet_c_span_begins(octet_c_span a, const char *text) {
    const size_t n = strlen(text);
    return a.n >= n && memcmp(a.at, text, n) == 0;
}

bool octet_c_span_ends(octet_c_span a, const char *text) {
    const size_t n = strlen(text);
    return a.n >= n && memcmp(a.at + a.n - n, text, n) == 0;
}

bool octet_c_span_is(octet_c_span a, const char *text) { return a.n == strlen(text) && octet_c_span_begins(a, text); }

size_t octet_c_span_find(octet_c_span a, const char *text) {
    for (size_t i = 0; i < a.n; i++)
        if (octet_c_span_begins(from(a, i), text)) return i;
    return a.n;
}

bool octet_c_span_next_name(octet_c_span *a, octet_c_span *name) {
    while (a->n > 0 && !octet_ascii_is_letter(*a->at) && *a->at != '_') {
        size_t n = 1;
        if (octet_ascii_is_digit(*a->at))
            while (n < a->n && is_in_name(a->at[n])) n++;
        *a = from(*a, n);
    }
    if (a->n == 0) return false;
    size_t n = 0;
    while (n < a->n && is_in_name(a->at[n])) n++;
    *name = (octet_c_span){a->at, n};
    *a = from(*a, n);
    return true;
}

uint32_t octet_c_span_arguments(octet_c_span a, size_t open, char separator, octet_c_span *arguments, uint32_t most,
                                size_t *end) {
    uint32_t n = 0, depth = 0;
    size_t begin = open + 1;
    for (uint32_t i = 0; i < most; i++) arguments[i] = (octet_c_span){"", 0};
    for (size_t i = open; i < a.n; i++) {
        const char c = a.at[i];
        if (c == '(' || c == '[' || c == '{') depth++;
        const bool is_end = (c == ')' || c == ']' || c == '}') && --depth == 0;
        if (!is_end && !(c == separator && depth == 1)) continue;
        if (n < most) arguments[n] = octet_c_span_trim((octet_c_span){a.at + begin, i - begin});
        n++;
        begin = i + 1;
        *end = i + 1;
        if (is_end) return n;
    }
    *end = a.n;
    return n;
}

void octet_c_known_set(octet_c_known *known, octet_c_span name, bool is_known, int64_t value) {
    for (uint32_t i = 0; i < known->n; i++) {
        if (known->of[i].name.n != name.n || memcmp(known->of[i].name.at, name.at, name.n) != 0) continue;
        known->of[i] = known->of[--known->n];
        break;
    }
    if (!is_known || known->n == OCTET_C_MOST_KNOWN) return;
    known->of[known->n].name = name;
    known->of[known->n++].value = value;
}

/* ---- Expressions: what is left of one, and whether all of it was known so far ---- */

typedef struct reader {
    octet_c_span left;
    const octet_c_known *known;
    bool is_good;
    int32_t depth;
} reader;

static int64_t read_sum(reader *r);

static char next(reader *r) {
    r->left = octet_c_span_trim(r->left);
    return r->left.n > 0 ? *r->left.at : '\0';
}

static bool take(reader *r, char c) {
    if (next(r) != c) return false;
    r->left = from(r->left, 1);
    return true;
}

static int64_t read_name(reader *r) {
    octet_c_span name;
    octet_c_span_next_name(&r->left, &name);
    for (uint32_t i = 0; i < r->known->n; i++)
        if (r->known->of[i].name.n == name.n && memcmp(r->known->of[i].name.at, name.at, name.n) == 0)
            return r->known->of[i].value;
    r->is_good = false;
    return 0;
}

static int64_t read_number(reader *r) {
    int64_t value = 0;
    while (r->left.n > 0 && octet_ascii_is_digit(*r->left.at)) {
        if (value > INT32_MAX) r->is_good = false;
        else value = value * 10 + (*r->left.at - '0');
        r->left = from(r->left, 1);
    }
    return value;
}

static int64_t read_factor(reader *r) {
    const char c = next(r);
    int64_t value = 0;
    if (++r->depth > 32) r->is_good = false;
    else if (octet_ascii_is_digit(c)) value = read_number(r);
    else if (octet_ascii_is_letter(c) || c == '_') value = read_name(r);
    else if (take(r, '-')) value = -read_factor(r);
    else if (take(r, '(')) {
        value = read_sum(r);
        if (!take(r, ')')) r->is_good = false;
    } else r->is_good = false;
    r->depth--;
    return value;
}

/* Numbers stay small enough that nothing overflows. */
static int64_t checked(reader *r, int64_t value) {
    if (value > INT32_MAX || value < INT32_MIN) r->is_good = false;
    return r->is_good ? value : 0;
}

static int64_t read_product(reader *r) {
    int64_t value = checked(r, read_factor(r));
    for (char c = next(r); r->is_good && (c == '*' || c == '/' || c == '%'); c = next(r)) {
        take(r, c);
        const int64_t by = checked(r, read_factor(r));
        if (c == '*') value = checked(r, value * by);
        else if (by == 0) r->is_good = false;
        else value = c == '/' ? value / by : value % by;
    }
    return value;
}

static int64_t read_sum(reader *r) {
    int64_t value = read_product(r);
    for (char c = next(r); r->is_good && (c == '+' || c == '-'); c = next(r)) {
        take(r, c);
        const int64_t more = read_product(r);
        value = checked(r, c == '+' ? value + more : value - more);
    }
    return value;
}

bool octet_c_span_value(octet_c_span a, const octet_c_known *known, int64_t *value) {
    reader r = {.left = a, .known = known, .is_good = true};
    const int64_t read = read_sum(&r);
    if (!r.is_good || next(&r) != '\0') return false;
    *value = read;
    return true;
}
