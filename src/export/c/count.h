/* export/c/count.h - how many instructions exported functions take: an estimate from their text.
 * In:  functions as the emitters write them: literal bounds, one statement a line.
 * Out: instructions of calls, for two instruction sets; the cycles that cores make of them.
 * Knows: what lines, loads, comparisons and single helpers take, measured on networks (docs/device.md).
 * Does not know: kernels, schedules, compilers. */
#ifndef OCTET_EXPORT_C_COUNT_H
#define OCTET_EXPORT_C_COUNT_H

#include "base/memory.h"
#include "export/c/span.h"

typedef enum octet_c_set {
    OCTET_C_PLAIN, /* Armv6-M: no 64-bit products, no DSP instructions */
    OCTET_C_DSP,   /* Armv7E-M and Armv8-M with the DSP extension */
    OCTET_C_N_SETS
} octet_c_set;

/* Instructions. */
typedef struct octet_c_count {
    double of[OCTET_C_N_SETS];
} octet_c_count;

/* A core without caches or waiting for its flash. */
typedef struct octet_c_core {
    const char *name, *key; /* "Cortex-M4", "m4" */
    octet_c_set set;
    double cycles_per_instruction;
} octet_c_core;

enum { OCTET_C_N_CORES = 4 };
const octet_c_core *octet_c_core_at(uint32_t index);
static inline double octet_c_cycles(const octet_c_count *count, const octet_c_core *core) {
    return count->of[core->set] * core->cycles_per_instruction;
}

typedef struct octet_c_function {
    octet_c_span name, parameters, body;
} octet_c_function;

typedef struct octet_c_functions {
    octet_c_function *of;
    uint32_t n;
    const char *prefix; /* of all names, "net_" */
} octet_c_functions;

/* The functions that `text` defines; they point into it. Errors: NOMEM. */
octet_status octet_c_functions_find(octet_context *ctx, octet_arena *arena, octet_c_span text, const char *prefix,
                                    octet_c_functions *out);
/* Of parts that depend on the processor each set takes its own. Adds `times` calls of the function `name`, whose
 * arguments are not known; nothing where there is none. */
void octet_c_count_calls(const octet_c_functions *functions, const char *name, double times, octet_c_count *count);

#endif
