/* api/sweep.h - one or two models over many samples, in parallel by whole runs: of one sample, or of
 *        as many as the models' batch takes.
 * In:  execs, samples by input, and a visitor.
 * Out: a visit after every sample, with the runners that have just run.
 * Knows: exec, data, threads. Each thread has its own runners; a visit gets the sample's position, so that what it
 *        stores does not depend on who ran it.
 * Does not know: what the results are for. */
#ifndef OCTET_API_SWEEP_H
#define OCTET_API_SWEEP_H

#include <stdatomic.h>

#include "api/handles.h"
#include "exec/convert.h"

enum { OCTET_SWEEP_MODELS = 2, OCTET_SWEEP_ROW = 16 };

typedef struct octet_sweep octet_sweep;

/* Called on several threads at once, each with its own `thread` number and positions. slot: which part of the runners'
 * tensors, cut into `batch` along axis 0, is this sample's. time_ns: by model, a sample's share of this run, or 0. */
typedef void octet_sweep_visit(void *user, uint32_t thread, size_t position, uint32_t slot,
                               octet_runner *const *runners, const uint64_t *time_ns);

/* What the first of two models gave for the samples first..first+n before (ahead.h). */
typedef struct octet_early {
    size_t first, n;
    const uint8_t *outputs;  /* [n][kept_bytes[0]], as octet_sweep_keep_outputs leaves them */
    const uint64_t *time_ns; /* [n] */
} octet_early;

/* A model that takes several samples per run, beside the one that takes one (octet_sweep_widen). */
typedef struct octet_wide {
    uint32_t n; /* samples; 0: there is none */
    octet_graph graph;
    octet_exec *exec;
    octet_runner **runners; /* [thread] */
} octet_wide;

struct octet_sweep {
    octet_arena arena;
    uint32_t n_models, n_threads, batch;
    const octet_graph *graphs[OCTET_SWEEP_MODELS];
    octet_exec *execs[OCTET_SWEEP_MODELS]; /* owned */
    octet_pool *pool;                      /* owned */
    octet_runner **runners;                /* [thread][model], owned */
    float **real;                          /* [thread][input]: the samples of one run */
    bool keep_state; /* variables go on from sample to sample, as TensorFlow calibrates and streams do; one thread */
    uint8_t (*byte_tables)[256]; /* [model][input]: stored byte to input byte; valid where has_table says so */
    bool *has_table;             /* [model][input] */
    bool *is_shift;              /* [model][input]: the table adds its first entry to each byte, modulo 256 */
    octet_samples **samples;     /* by input */
    const uint8_t **raw;         /* by input: samples in the tensor's own type, one after the other; or NULL */
    size_t *position;            /* [thread]: of the first sample that is being run */
    size_t row;                  /* 1..OCTET_SWEEP_ROW: runs of one model before the other has its */
    size_t kept_bytes[OCTET_SWEEP_MODELS]; /* of all outputs of a model, for one run */
    uint8_t *kept;                         /* [thread][n_kept]: outputs of runs that are not visited yet; or NULL */
    size_t n_kept;
    octet_wide wide[OCTET_SWEEP_MODELS]; /* by model, owned */
    octet_early early;                   /* only where the batch is 1 and the samples have no list of indices */
    const atomic_bool *stop;             /* true: no further run is begun; or NULL */
    octet_rounding rounding;
    octet_progress *progress;
    void *progress_user;
    const char *what; /* for progress */
};

/* samples: NULL for an input whose `raw` the caller sets after opening. Samples that octet_samples_take_stored was told
 * of are fed as they are stored. A sweep of zeros is empty; octet_sweep_close may follow a failure at any
 * point. n_threads 0: one per processor. The graphs have the same input shapes. */
octet_status octet_sweep_open(octet_context *ctx, octet_sweep *sweep, const octet_graph *const *graphs,
                              uint32_t n_models, const octet_exec_options *options, uint32_t n_threads,
                              octet_samples *const *samples);
/* From now on several samples run at a time where weights of dense layers are what takes the time and all of it stays
 * in the cache: with the same results, but only outputs are there for visits, and the time of a sample is 0, not
 * measured, for those that did not run alone. Samples do so in one row of OCTET_SINGLE_ROWS. */
octet_status octet_sweep_widen(octet_context *ctx, octet_sweep *sweep, const octet_exec_options *options);
enum { OCTET_SINGLE_ROWS = 8 };
void octet_sweep_close(octet_context *ctx, octet_sweep *sweep);
/* The hash of each of the samples indices[0..n), or 0..n, as statistics/observer.h has it: of the first model's inputs.
 * Loads them; runs nothing. */
octet_status octet_sweep_hash(octet_context *ctx, octet_sweep *sweep, const size_t *indices, size_t n,
                              uint64_t *hashes);
/* Loads and runs samples indices[first..first+n) (indices NULL: the samples first..first+n themselves); positions are
 * first..first+n. A last run of fewer samples than the batch repeats its last one. Large samples are loaded in pieces.
 * Errors: those of octet_samples_load; CANCELLED, also where `stop` became true. */
octet_status octet_sweep_run(octet_context *ctx, octet_sweep *sweep, const size_t *indices, size_t first, size_t n,
                             octet_sweep_visit *visit, void *user);
/* Copies all outputs of model m, which has just run on this thread, to `kept`, kept_bytes[m] of them. */
void octet_sweep_keep_outputs(const octet_sweep *sweep, uint32_t thread, uint32_t m, uint8_t *kept);

#endif
