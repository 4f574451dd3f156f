/* The text stays text: it is cut into spans of values, and a mutation puts one span in place of another. */
#include "fuzz/json_mutate.h"

#include <stdio.h>
#include <string.h>

enum { MAX_SPANS = 4096, MAX_DEPTH = 100, MAX_PIECE = 4096 };

typedef struct span {
    uint32_t begin, end;   /* of the value */
    uint32_t key, key_end; /* of its key with the quotation marks; equal where it has none */
    uint32_t parent;       /* a span; itself for the root */
    uint32_t n_children;
} span;

typedef struct text {
    const uint8_t *data;
    size_t size, at;
    span *spans;
    uint32_t n;
} text;

static void skip_blanks(text *t) {
    while (t->at < t->size && memchr(" \t\r\n", t->data[t->at], 4) != NULL) t->at++;
}

static int skip_string(text *t) {
    for (t->at++; t->at < t->size && t->data[t->at] != '"'; t->at++) t->at += t->data[t->at] == '\\';
    if (t->at >= t->size) return 0;
    t->at++;
    return 1;
}

static int scan_value(text *t, uint32_t parent, uint32_t key, uint32_t key_end, uint32_t depth);

static int scan_item(text *t, uint32_t parent, int is_object, uint32_t depth) {
    uint32_t key = 0, key_end = 0;
    if (is_object) {
        skip_blanks(t);
        key = (uint32_t)t->at;
        if (t->at >= t->size || t->data[t->at] != '"' || !skip_string(t)) return 0;
        key_end = (uint32_t)t->at;
        skip_blanks(t);
        if (t->at >= t->size || t->data[t->at++] != ':') return 0;
    }
    t->spans[parent].n_children++;
    return scan_value(t, parent, key, key_end, depth);
}

static int scan_container(text *t, uint32_t self, uint32_t depth) {
    const int is_object = t->data[t->at] == '{';
    const uint8_t close = is_object ? '}' : ']';
    t->at++;
    skip_blanks(t);
    if (t->at < t->size && t->data[t->at] == close) {
        t->at++;
        return 1;
    }
    for (;;) {
        if (!scan_item(t, self, is_object, depth + 1)) return 0;
        skip_blanks(t);
        if (t->at >= t->size) return 0;
        const uint8_t mark = t->data[t->at++];
        if (mark == close) return 1;
        if (mark != ',') return 0;
    }
}

static int scan_value(text *t, uint32_t parent, uint32_t key, uint32_t key_end, uint32_t depth) {
    skip_blanks(t);
    if (t->n == MAX_SPANS || depth == MAX_DEPTH || t->at >= t->size) return 0;
    const uint32_t self = t->n++;
    span *const out = &t->spans[self];
    *out = (span){.begin = (uint32_t)t->at, .key = key, .key_end = key_end, .parent = parent};
    const uint8_t first = t->data[t->at];
    int is_good = 1;
    if (first == '{' || first == '[') {
        is_good = scan_container(t, self, depth);
    } else if (first == '"') {
        is_good = skip_string(t);
    } else {
        while (t->at < t->size && memchr(" \t\r\n,:]}[{\"", t->data[t->at], 11) == NULL) t->at++;
    }
    out->end = (uint32_t)t->at;
    return is_good && out->end > out->begin;
}

/* False for what is no JSON. */
static int scan(const uint8_t *data, size_t size, span *spans, text *t) {
    *t = (text){.data = data, .size = size, .spans = spans};
    if (size > UINT32_MAX || !scan_value(t, 0, 0, 0, 0)) return 0;
    skip_blanks(t);
    return t->at == size;
}

/* What comes in place of the bytes from `begin` to `end`. */
typedef struct piece {
    uint32_t begin, end;
    size_t size;
    int is_cut; /* it had no room */
    uint8_t bytes[MAX_PIECE];
} piece;

static void add_bytes(piece *p, const void *bytes, size_t size) {
    p->is_cut = p->is_cut || size > MAX_PIECE - p->size;
    if (p->is_cut || size == 0) return;
    memcpy(p->bytes + p->size, bytes, size);
    p->size += size;
}

static void add_text(piece *p, const char *words) { add_bytes(p, words, strlen(words)); }

static void add_span(piece *p, const text *t, const span *s) { add_bytes(p, t->data + s->begin, s->end - s->begin); }

/* A whole element: with its key, if it has one. */
static uint32_t element_begin(const span *s) { return s->key_end > s->key ? s->key : s->begin; }
static void add_element(piece *p, const text *t, const span *s) {
    add_bytes(p, t->data + element_begin(s), s->end - element_begin(s));
}

static int is_kind(const text *t, const span *s, char kind) { return t->data[s->begin] == (uint8_t)kind; }

/* A value that begins with `kind`, any where there is none. */
static const span *any_like(const text *t, mutate_random *random, uint8_t kind) {
    for (int tries = 0; tries < 16; tries++) {
        const span *s = &t->spans[mutate_below(random, t->n)];
        if (t->data[s->begin] == kind) return s;
    }
    return &t->spans[mutate_below(random, t->n)];
}

static void add_word(piece *p, const text *t, mutate_random *random, int is_key, json_mutate_word *word) {
    char out[JSON_MUTATE_MAX_WORD] = "axis";
    if (word == NULL || mutate_once_in(random, 4)) { /* one of the text */
        const span *s = any_like(t, random, '"');
        if (s->key_end > s->key && (is_key || !is_kind(t, s, '"'))) {
            add_bytes(p, t->data + s->key, s->key_end - s->key);
            return;
        }
        if (is_kind(t, s, '"')) {
            add_span(p, t, s);
            return;
        }
    } else {
        word(random, is_key, out);
    }
    add_text(p, "\"");
    add_text(p, out);
    add_text(p, "\"");
}

static void add_number(piece *p, const text *t, const span *old, mutate_random *random) {
    char out[40] = "";
    double value = 1.0;
    const size_t size = old->end - old->begin < sizeof out - 1 ? old->end - old->begin : sizeof out - 1;
    memcpy(out, t->data + old->begin, size);
    out[size] = '\0';
    if (sscanf(out, "%lf", &value) != 1 || !(value > -1e18 && value < 1e18)) value = 1.0;
    if (mutate_once_in(random, 3)) snprintf(out, sizeof out, "%.6g", mutate_real(random, value));
    else snprintf(out, sizeof out, "%lld", (long long)mutate_integer(random, (int64_t)value));
    const int is_infinite = strstr(out, "inf") != NULL;
    add_text(p, strstr(out, "nan") != NULL     ? "NaN"
                : is_infinite && out[0] == '-' ? "-Infinity"
                : is_infinite                  ? "Infinity"
                                               : out);
}

/* Another value in place of one. */
static void replace_value(piece *p, const text *t, const span *old, mutate_random *random, json_mutate_word *word) {
    static const char *const constants[] = {"null",          "true",   "false", "[]",       "{}",
                                            "\"\"",          "0",      "1",     "-1",       "[1,2]",
                                            "[[0,1],[1,0]]", "[null]", "0.5",   "\"same\"", "\"valid\""};
    p->begin = old->begin;
    p->end = old->end;
    const uint8_t first = t->data[old->begin];
    const int is_number = first == '-' || (first >= '0' && first <= '9');
    switch (mutate_below(random, 6)) {
    case 0: add_text(p, constants[mutate_below(random, sizeof constants / sizeof *constants)]); return;
    case 1:
        add_text(p, "[");
        add_span(p, t, old);
        add_text(p, "]");
        return;
    case 2: add_span(p, t, any_like(t, random, first)); return;
    default: break;
    }
    if (is_number) add_number(p, t, old, random);
    else if (first == '"') add_word(p, t, random, 0, word);
    else if (first == 't' || first == 'f') add_text(p, first == 't' ? "false" : "true");
    else if (old->n_children > 0) add_span(p, t, any_like(t, random, first));
    else add_text(p, constants[mutate_below(random, sizeof constants / sizeof *constants)]);
}

/* An element twice, or a new one before it. */
static void insert_element(piece *p, const text *t, const span *at, mutate_random *random, json_mutate_word *word) {
    const span *source = mutate_once_in(random, 2) ? at : &t->spans[mutate_below(random, t->n)];
    const int in_object = is_kind(t, &t->spans[at->parent], '{');
    p->begin = p->end = element_begin(at);
    if (in_object && (source != at || mutate_once_in(random, 2))) {
        add_word(p, t, random, 1, word);
        add_text(p, ":");
        add_span(p, t, source);
    } else if (in_object) {
        add_element(p, t, source);
    } else {
        add_span(p, t, source);
    }
    add_text(p, ",");
}

/* With the comma behind it, or before it. */
static void remove_element(piece *p, const text *t, const span *s) {
    p->begin = element_begin(s);
    p->end = s->end;
    uint32_t at = s->end;
    while (at < t->size && memchr(" \t\r\n", t->data[at], 4) != NULL) at++;
    if (at < t->size && t->data[at] == ',') {
        p->end = at + 1;
        return;
    }
    at = p->begin;
    while (at > 0 && memchr(" \t\r\n", t->data[at - 1], 4) != NULL) at--;
    if (at > 0 && t->data[at - 1] == ',') p->begin = at - 1;
}

/* Two elements of one parent change places, with all that is between them where it was. */
static void swap_elements(piece *p, const text *t, const span *a, mutate_random *random) {
    const span *b = a;
    for (int tries = 0; tries < 16 && b == a; tries++) {
        const span *s = &t->spans[mutate_below(random, t->n)];
        if (s != t->spans && s->parent == a->parent) b = s;
    }
    if (b < a) {
        const span *first = b;
        b = a;
        a = first;
    }
    p->begin = element_begin(a);
    p->end = b->end;
    p->is_cut = a == b; /* nothing changes */
    if (a == b) return;
    add_element(p, t, b);
    add_bytes(p, t->data + a->end, element_begin(b) - a->end);
    add_element(p, t, a);
}

static void choose(piece *p, const text *t, mutate_random *random, json_mutate_word *word) {
    /* The whole stays what it is: a text that is a number alone has nothing to read. */
    const span *s = &t->spans[t->n > 1 ? 1 + mutate_below(random, t->n - 1) : 0];
    const uint32_t what = t->n > 1 ? mutate_below(random, 10) : 0;
    const int is_outer = t->n > 1 && s->parent == 0;
    if (what < 4) {
        replace_value(p, t, s, random, word);
    } else if (what == 4 && s->key_end > s->key) {
        p->begin = s->key;
        p->end = s->key_end;
        add_word(p, t, random, 1, word);
    } else if (what == 5) {
        insert_element(p, t, s, random, word);
    } else if (what == 6) {
        remove_element(p, t, s);
    } else if (what == 7 && (!is_outer || s->n_children > 0)) { /* the parent becomes its child */
        const span *parent = &t->spans[s->parent];
        p->begin = parent->begin;
        p->end = parent->end;
        add_span(p, t, s);
    } else {
        swap_elements(p, t, s, random);
    }
}

/* Bytes of a string or anywhere; the text may end as no JSON. */
static size_t change_bytes(uint8_t *data, size_t size, size_t max_size) {
    return LLVMFuzzerMutate(data, size, max_size);
}

size_t mutate_json(uint8_t *data, size_t size, size_t max_size, mutate_random *random, json_mutate_word *word) {
    static span spans[MAX_SPANS];
    text t;
    if (mutate_once_in(random, 8)) return change_bytes(data, size, max_size);
    for (uint32_t left = 1 + mutate_below(random, 3); left > 0; left--) {
        piece p;
        p.size = 0;
        p.is_cut = 0;
        if (!scan(data, size, spans, &t)) return change_bytes(data, size, max_size);
        choose(&p, &t, random, word);
        if (p.is_cut || size - (p.end - p.begin) + p.size > max_size) continue;
        memmove(data + p.begin + p.size, data + p.end, size - p.end);
        memcpy(data + p.begin, p.bytes, p.size);
        size = size - (p.end - p.begin) + p.size;
    }
    return size;
}

size_t mutate_json_cross(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                         size_t max_size, mutate_random *random) {
    static span spans1[MAX_SPANS], spans2[MAX_SPANS];
    text a, b;
    if (!scan(data1, size1, spans1, &a) || !scan(data2, size2, spans2, &b)) return 0;
    const span *to = &a.spans[mutate_below(random, a.n)], *from = any_like(&b, random, a.data[to->begin]);
    const size_t size = from->end - from->begin;
    if (size1 - (to->end - to->begin) + size > max_size) return 0;
    memcpy(out, data1, to->begin);
    memcpy(out + to->begin, data2 + from->begin, size);
    memcpy(out + to->begin + size, data1 + to->end, size1 - to->end);
    return size1 - (to->end - to->begin) + size;
}
