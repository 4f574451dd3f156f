/* explain/explain.h - how one number of a graph that has run came about.
 * In:  a graph, the memory of its values after a run, a value and an element.
 * Out: its derivation, whose last step is the number that the run gave.
 * Knows: which family of kernels explains which step.
 * Does not know: how the graph was run; that the numbers agree shows that both do the same. */
#ifndef OCTET_EXPLAIN_EXPLAIN_H
#define OCTET_EXPLAIN_EXPLAIN_H

#include "explain/derivation.h"
#include "lower/options.h"

typedef struct octet_explain_request {
    const octet_graph *graph;           /* verified */
    const octet_lower_options *options; /* that it ran with */
    const void *const *data;            /* by value: its memory; every value that is computed has its own */
    const float *const *given;          /* by input: the real numbers that it was given, or NULL: codes */
    uint32_t value;
    size_t element; /* flat, below the elements of the value */
} octet_explain_request;

/* *out lives in `arena`, as do the steps that it was made from. Where there is no derivation, out->reason says why.
 * Errors: INTERNAL when the derivation does not arrive at the number of the run; those of octet_lower_graph. */
octet_status octet_explain_element(octet_context *ctx, octet_arena *arena, const octet_explain_request *request,
                                   octet_derivation *out);

/* The number itself, and the real number that it stands for; false where it stands for none (an index). */
octet_derived_number octet_explain_number(const octet_graph *graph, uint32_t value, const void *data, size_t element);
bool octet_explain_stands_for(const octet_graph *graph, uint32_t value, const void *data, size_t element, double *real);

#endif
