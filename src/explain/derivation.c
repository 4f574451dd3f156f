#include "explain/derivation.h"

#include <assert.h>

#include "base/format.h"

enum { SENTENCE_SIZE = 512 };

octet_derivation octet_derivation_make(octet_context *ctx, octet_arena *arena) {
    return (octet_derivation){.ctx = ctx, .arena = arena, .kernel = ""};
}

static const char *sentence(octet_derivation *d, const char *format, va_list arguments) {
    char text[SENTENCE_SIZE];
    const char *kept = "";
    octet_format_list(text, sizeof text, format, arguments);
    d->status = octet_arena_string(d->ctx, d->arena, text, &kept);
    return kept;
}

void octet_derivation_expect_terms(octet_derivation *d, size_t n, const char *a, const char *b, const char *c) {
    if (d->status != OCTET_OK) return;
    d->columns[0] = a;
    d->columns[1] = b;
    d->columns[2] = c;
    d->terms_capacity = n;
    d->status = OCTET_NEW(d->ctx, d->arena, n, &d->terms);
}

void octet_derivation_add_term(octet_derivation *d, size_t first, size_t second, int64_t a, int64_t b, int64_t c) {
    if (d->status != OCTET_OK) return;
    assert(d->n_terms < d->terms_capacity);
    d->terms[d->n_terms++] = (octet_derivation_term){{first, second}, {a, b, c}};
}

static void add_step(octet_derivation *d, const char *name, octet_derived_number value, const char *format,
                     va_list arguments) {
    if (d->status != OCTET_OK) return;
    assert(d->n_steps < OCTET_DERIVATION_STEPS);
    d->steps[d->n_steps++] = (octet_derivation_step){name, value, sentence(d, format, arguments)};
    d->result = value;
    d->has_result = true;
}

void octet_derive_integer(octet_derivation *d, const char *name, int64_t value, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_step(d, name, (octet_derived_number){false, value, (double)value}, format, arguments);
    va_end(arguments);
}

void octet_derive_real(octet_derivation *d, const char *name, double value, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add_step(d, name, (octet_derived_number){true, 0, value}, format, arguments);
    va_end(arguments);
}

void octet_derivation_refuse(octet_derivation *d, const char *format, ...) {
    va_list arguments;
    if (d->status != OCTET_OK || d->reason != NULL) return;
    va_start(arguments, format);
    d->reason = sentence(d, format, arguments);
    va_end(arguments);
}

void octet_derivation_remark(octet_derivation *d, const char *format, ...) {
    va_list arguments;
    if (d->status != OCTET_OK || d->note != NULL) return;
    va_start(arguments, format);
    d->note = sentence(d, format, arguments);
    va_end(arguments);
}

void octet_derivation_set_exact(octet_derivation *d, double exact) {
    d->has_exact = true;
    d->exact = exact;
}
