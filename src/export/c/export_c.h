/* export/c/export_c.h - a quantized graph becomes C99.
 * In:  a verified graph whose operators have int8 kernels; a name; vectors for the self-test.
 * Out: the files NAME.h, NAME.c, NAME_weights.c, NAME_selftest.c, Makefile, CMakeLists.txt as text; what they need.
 * Knows: lower, schedule, the emitters. The C computes the bytes of numerics `integer`.
 * Does not know: folders, compilers, data. */
#ifndef OCTET_EXPORT_C_EXPORT_C_H
#define OCTET_EXPORT_C_EXPORT_C_H

#include "export/c/count.h"
#include "export/c/writer.h"
#include "graph/graph.h"
#include "schedule/schedule.h"

/* Inputs and what must come of them. */
typedef struct octet_c_vectors {
    uint32_t n;
    const void **inputs, **outputs; /* by port: n tensors one after the other */
} octet_c_vectors;

typedef struct octet_c_job {
    const octet_graph *graph;
    const char *name;            /* a C identifier: prefix and file names */
    const char *const *scalings; /* by input: the body of a C function of `x` and `channel`, from stored numbers to real
                                    ones, "return x / 255.0f;"; NULL, or one that is: they are the same */
    const char *const *remarks;  /* lines for the top of NAME.h: where it comes from; NULL ends them */
    bool keeps_state;            /* as octet_schedule_options has it */
    bool uses_cmsis_nn;          /* NAME.c calls CMSIS-NN for the operators that it has; groups then are single steps */
    octet_c_vectors vectors;     /* where state goes on: in the order in which they were run */
} octet_c_job;

typedef struct octet_c_file {
    const char *name;
    octet_buffer text;
} octet_c_file;

enum { OCTET_C_N_FILES = 6, OCTET_C_SELFTEST = 3 };

typedef struct octet_c_stage_needs {
    size_t constants; /* that no stage before it has too */
    octet_c_count instructions;
} octet_c_stage_needs;

/* What the C takes of a device, in bytes. */
typedef struct octet_c_needs {
    size_t constants; /* of flash, exactly */
    size_t code;      /* of flash: an estimate of what gcc -Os makes for a Cortex-M4, within 15 % for whole networks */
    size_t arena;     /* of RAM, exactly; the caller's inputs and outputs come on top: */
    size_t ports;
    size_t state;                /* of RAM, exactly: the caller's struct of what goes on from run to run */
    size_t stack;                /* of RAM: a bound for gcc -Os and -O2 on Cortex-M */
    uint64_t macs;               /* multiplications of a run */
    octet_c_count instructions;  /* of a run, an estimate of what gcc -Os makes: count.h */
    octet_c_stage_needs *stages; /* by stage of the schedule; lives as long as that */
} octet_c_needs;

typedef struct octet_c_export {
    octet_arena arena; /* of the names */
    octet_c_file files[OCTET_C_N_FILES];
    octet_c_needs needs;
} octet_c_export;

/* Whether `name` may be a job's: a C identifier of at most 40 letters that is no keyword of C or C++, does not begin
 * with '_', and gives files that hide no header. USAGE. */
octet_status octet_c_check_name(octet_context *ctx, const char *name);
/* Whether a graph may be a job's before anything of it is computed: every value within what int32_t
 * counts. UNSUPPORTED. */
octet_status octet_c_check_graph(octet_context *ctx, const octet_graph *graph);
/* UNSUPPORTED for more bytes than exported C counts. */
octet_status octet_c_check_size(octet_context *ctx, const char *what, size_t bytes);
/* Texts are freed by octet_c_export_free, also after a failure. Errors: UNSUPPORTED names layer, operator and reason;
 * NOMEM, LIMIT. */
octet_status octet_c_export_graph(octet_context *ctx, const octet_c_job *job, octet_c_export *out);
/* The self-test alone, for other vectors. */
octet_status octet_c_export_selftest(octet_context *ctx, const octet_c_job *job, octet_buffer *out);
/* What the C would need, without its files; the graph (where steps on uint8 became steps on int8), the steps and the
 * schedule that it is made of live in `arena`. Errors as above. */
octet_status octet_c_measure(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool keeps_state,
                             octet_c_needs *needs, const octet_graph **scheduled, const octet_step **steps,
                             octet_schedule *schedule);
/* Whether each operator has a C form: reasons[i] is NULL, or says why operator i has none; an array in `arena`. Errors:
 * those of lowering a graph. */
octet_status octet_c_check(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const char ***reasons);
void octet_c_export_free(octet_context *ctx, octet_c_export *out);

#endif
