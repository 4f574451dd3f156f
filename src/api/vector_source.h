/* api/vector_source.h - inputs for vectors that exported files are checked with.
 * In:  a graph, data or none.
 * Out: one tensor after the other, of samples or made up, the same on every machine.
 * Knows: samples, rounding to the input's type.
 * Does not know: what is computed with them. */
#ifndef OCTET_API_VECTOR_SOURCE_H
#define OCTET_API_VECTOR_SOURCE_H

#include "api/handles.h"

typedef struct octet_vector_source {
    const octet_graph *graph;
    octet_samples **samples; /* by input; NULL: made up */
    size_t n_samples;        /* 0: made up */
    float *real;             /* a tensor of the largest input */
    uint32_t state;
} octet_vector_source;

/* data: its test split, or the training split where there is no other; NULL: inputs are made up. In `arena`. Errors:
 * those of octet_api_bind_data. */
octet_status octet_api_vector_source_open(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                          const octet_data *data, octet_vector_source *out);
/* Tensor number `index` of an input: as many samples as a run takes, from the beginning again behind the last one.
 * Made-up ones are to be asked for in order. Errors: those of octet_samples_load. */
octet_status octet_api_vector_source_fill(octet_context *ctx, octet_vector_source *source, uint32_t input, size_t index,
                                          void *tensor);

#endif
