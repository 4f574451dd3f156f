/* lower/step.h - how an operator becomes something that runs.
 * In:  an operator of a verified graph.
 * Out: a step: a function, its parameters (multipliers, packed weights, offsets) and its needs of memory.
 * Knows: graph, kernels. bind_<family>.c does every check that a kernel relies on (types, shapes, scales); a step then
 *        runs blind: it cannot fail and allocates nothing.
 * Does not know: the memory plan, threads, observers. */
#ifndef OCTET_LOWER_STEP_H
#define OCTET_LOWER_STEP_H

#include "exec/exec.h"
#include "graph/graph.h"

/* What a step sees while it runs. */
typedef struct octet_frame {
    void *const *values; /* by value index: the memory of every constant and activation */
    void *shared;        /* step->shared_bytes, the same for all threads, kept from phase to phase */
    void *scratch;       /* step->scratch_bytes, this thread's own, contents undefined at every call */
} octet_frame;

typedef struct octet_step octet_step;

/* Does units [begin, end) of one phase. Units of a phase are independent: any order, any thread. */
typedef void octet_step_run(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                            uint32_t end);

enum { OCTET_MAX_PHASES = 6 };

struct octet_step {
    octet_step_run *run;
    const void *params; /* of the kernel; lives in the binder's arena */
    uint32_t n_phases;  /* 1..OCTET_MAX_PHASES; one phase is complete before the next begins */
    uint32_t n_units[OCTET_MAX_PHASES];
    size_t shared_bytes, scratch_bytes;
    bool in_place;       /* output 0 may be the memory of input 0 (same size, element by element) */
    const char *variant; /* "ref", "avx2", ...: which kernel it is, for profiles */
    /* Filled by prepare before the binding function is called: */
    uint32_t operator_index;
    uint32_t n_inputs, n_outputs;
    const uint32_t *inputs, *outputs; /* value indices; OCTET_NONE for absent */
    uint32_t absorbed; /* the operator whose work this step does too, reading its inputs instead; or OCTET_NONE */
    bool idle;         /* another step absorbed it: runs for observers only */
};

typedef struct octet_binder {
    octet_context *ctx;
    const octet_graph *graph;
    octet_arena *arena; /* of the exec: parameters and packed weights live here */
    octet_numerics numerics;
    octet_float_order float_order;
    bool is_unsigned; /* the operator stands for one on uint8 tensors (lower/unsigned.h) */
    uint32_t cpu;     /* OCTET_CPU_* bits that fast kernels may use (kernels/fast/cpu.h); 0 = reference kernels only */
} octet_binder;

typedef octet_status octet_bind_function(octet_binder *binder, const octet_operator *op, octet_step *step);

/* The table: bind.c. UNSUPPORTED names operator, layer and types when there is no kernel. */
octet_status octet_bind(octet_binder *binder, const octet_operator *op, octet_step *step);

/* Sets the fields of an ordinary one-phase step. */
void octet_step_set(octet_step *step, octet_step_run *run, const void *params, uint32_t n_units, const char *variant);

static inline const void *octet_step_input(const octet_step *step, const octet_frame *frame, uint32_t i) {
    return i < step->n_inputs && step->inputs[i] != OCTET_NONE ? frame->values[step->inputs[i]] : NULL;
}
static inline void *octet_step_output(const octet_step *step, const octet_frame *frame, uint32_t i) {
    return frame->values[step->outputs[i]];
}

/* Helpers for bind_<family>.c; each names operator and layer in its message. */
octet_status octet_bind_unsupported(octet_binder *binder,
                                    const octet_operator *op); /* always fails: no kernel for these types */
/* The value of an input that must be there (MODEL otherwise). */
octet_status octet_bind_input(octet_binder *binder, const octet_operator *op, uint32_t i, octet_value **out);
/* MODEL unless the value has exactly one scale (finite, > 0) and zero point. */
octet_status octet_bind_per_tensor(octet_binder *binder, const octet_operator *op, const octet_value *value,
                                   float *scale, int32_t *zero_point);
/* MODEL unless a and b have the same per-tensor parameters (operators that only move data). */
octet_status octet_bind_same_parameters(octet_binder *binder, const octet_operator *op, const octet_value *a,
                                        const octet_value *b);

#endif
