/* api/artifact_runs.h - a model run over samples in both roundings, side by side.
 * In:  the plan of the artifacts, data or none.
 * Out: golden vectors, images, labels, and what rounding once changes.
 * Knows: exec, numerics `integer` and `single`.
 * Does not know: files. */
#ifndef OCTET_API_ARTIFACT_RUNS_H
#define OCTET_API_ARTIFACT_RUNS_H

#include "api/vector_source.h"
#include "export/artifacts/artifacts.h"

typedef enum octet_artifact_run { OCTET_ARTIFACT_TWICE, OCTET_ARTIFACT_ONCE, OCTET_ARTIFACT_N_RUNS } octet_artifact_run;

static inline octet_numerics octet_artifact_numerics(octet_artifact_run run) {
    return run == OCTET_ARTIFACT_ONCE ? OCTET_NUMERICS_SINGLE : OCTET_NUMERICS_INTEGER;
}

/* All samples of one input, a tensor for each run. */
typedef struct octet_artifact_images {
    bool has_bytes;
    uint8_t *bytes; /* as stored */
    float *real;    /* as the model sees them, where they are not stored as bytes */
    uint8_t *codes; /* as the model takes them */
} octet_artifact_images;

typedef struct octet_artifact_runs {
    const octet_artifacts *plan;
    octet_vector_source source;
    octet_exec *execs[OCTET_ARTIFACT_N_RUNS];
    octet_runner *runners[OCTET_ARTIFACT_N_RUNS];
    size_t n_runs;
    uint32_t n_vectors;
    void **golden[OCTET_ARTIFACT_N_RUNS];      /* by value: n_vectors tensors; NULL for constants */
    const void **first[OCTET_ARTIFACT_N_RUNS]; /* by value: the tensor of the first run, or the constant */
    octet_artifact_images *images;             /* by input; with samples */
    int32_t *labels;                           /* by run; NULL without classes */
    octet_artifact_cost *cost;                 /* by operator */
    bool has_answers;
    uint64_t n_flips, n_right[OCTET_ARTIFACT_N_RUNS];
} octet_artifact_runs;

/* At most `limit` runs, and at most so many golden vectors. In `arena`; octet_api_artifact_runs_close may follow a
 * failure. */
octet_status octet_api_artifact_runs_open(octet_context *ctx, octet_arena *arena, const octet_artifacts *plan,
                                          const octet_data *data, uint64_t limit, uint64_t n_vectors,
                                          octet_artifact_runs *out);
/* Errors: those of loading samples; CANCELLED. */
octet_status octet_api_artifact_runs_run(octet_context *ctx, octet_artifact_runs *runs, octet_progress *progress,
                                         void *user);
void octet_api_artifact_runs_close(octet_context *ctx, octet_artifact_runs *runs);

#endif
