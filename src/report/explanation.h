/* report/explanation.h - a derivation as text and JSON.
 * In:  a derivation of src/explain, and what surrounds it.
 * Out: a page for people, or one JSON object (docs/explain.md).
 * Knows: what people look for first: the number, then the steps to it.
 * Does not know: how the derivation came about. */
#ifndef OCTET_REPORT_EXPLANATION_H
#define OCTET_REPORT_EXPLANATION_H

#include "base/buffer.h"
#include "explain/derivation.h"

typedef struct octet_explanation {
    const octet_graph *graph;
    const char *model, *data; /* paths */
    uint64_t sample;
    const char *numerics; /* "litert", "integer" or "single" */
    uint32_t value;
    size_t element;
    octet_derived_number number; /* what the run gave */
    bool has_real;
    double real; /* what it stands for */
    const octet_derivation *derivation;
    bool with_all;
    /* Of the original, where one was given. */
    const char *original;      /* its path, or NULL */
    const char *original_name; /* of the tensor that this one stands for; NULL: there is none */
    double original_real;
} octet_explanation;

octet_status octet_explanation_write_text(octet_context *ctx, const octet_explanation *e, octet_buffer *out);
octet_status octet_explanation_write_json(octet_context *ctx, const octet_explanation *e, octet_buffer *out);

#endif
