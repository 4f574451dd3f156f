/* octet/explain.h - how one number of a quantized model came about.
 * In:  a model, a sample, the name of a number.
 * Out: its derivation, step by step, as text or JSON.
 * Knows: models, data.
 * Does not know: how models are quantized. */
#ifndef OCTET_EXPLAIN_H
#define OCTET_EXPLAIN_H

#include "octet/run.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct octet_explain_options {
    size_t size;                    /* set by the INIT macro */
    const octet_open_options *data; /* path as in octet_array_files */
    uint64_t sample;                /* which one, from 0; all that a run of the model takes begin with it */
    const char *value; /* "NAME[1,3,0,7]", with NAME as octet_model_render gives it, or a tensor's number; the first
                          index may be left out where it can only be 0, and one number alone is a flat index */
    bool with_all;     /* list all terms of a sum, not only the largest */
    const octet_model *original; /* the float model that it was made from, or NULL */
} octet_explain_options;
#define OCTET_EXPLAIN_OPTIONS_INIT OCTET_INIT_(octet_explain_options)

/* Runs the model over the sample and derives the number in integers: what its kernel read, the sum, the bias, each
 * rounding, the clamp. The last step is the number that the run gave; where it is not, the call fails with INTERNAL. An
 * operator that has no derivation is named, with the number. Of the run options: split, numerics, float_order,
 * reference_kernels; may be NULL. Errors: USAGE (no such tensor, names like it; an index that is outside), DATA (no
 * such sample, another network), those of reading data and of running. */
OCTET_API octet_status octet_model_explain(octet_context *ctx, const octet_model *model,
                                           const octet_explain_options *options, const octet_run_options *run,
                                           octet_rendering as, char **out);

#ifdef __cplusplus
}
#endif

#endif
