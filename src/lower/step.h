/* lower/step.h - what an operator becomes: a named kernel, its parameters, its operands, its needs of memory.
 * In:  an operator of a verified graph, checked by its family.
 * Out: a step that whoever runs, prints or lists kernels can read.
 * Knows: kernel_list.h, params.h. Every check that a kernel relies on (types, shapes, scales) is done before there
 *        is a step: what runs it runs blind.
 * Does not know: functions, faster kernels, the memory plan, threads. */
#ifndef OCTET_LOWER_STEP_H
#define OCTET_LOWER_STEP_H

#include <assert.h>

#include "graph/graph.h"
#include "lower/kernel_list.h"
#include "lower/params.h"

/* Names as in the list: OCTET_KERNEL_conv_2d_s8. */
#define OCTET_KERNEL_ENUM(name, kind) OCTET_KERNEL_##name,
typedef enum octet_kernel { OCTET_KERNEL_NONE, OCTET_KERNEL_LIST(OCTET_KERNEL_ENUM) OCTET_N_KERNELS } octet_kernel;
#undef OCTET_KERNEL_ENUM
#define OCTET_PARAMS_ENUM(kind, type, operands) OCTET_PARAMS_##kind,
typedef enum octet_params_kind { OCTET_PARAMS_LIST(OCTET_PARAMS_ENUM) OCTET_N_PARAMS } octet_params_kind;
#undef OCTET_PARAMS_ENUM

/* The type of a kernel's parameters: octet_params_of_conv_2d_s8. */
#define OCTET_PARAMS_TYPE(kind, type, operands) typedef type octet_params_##kind;
OCTET_PARAMS_LIST(OCTET_PARAMS_TYPE)
#undef OCTET_PARAMS_TYPE
#define OCTET_PARAMS_TYPE(name, kind) typedef octet_params_##kind octet_params_of_##name;
OCTET_KERNEL_LIST(OCTET_PARAMS_TYPE)
#undef OCTET_PARAMS_TYPE

/* "conv_2d_s8". */
const char *octet_kernel_name(octet_kernel kernel);
octet_params_kind octet_kernel_params(octet_kernel kernel);
/* "input weights bias": names of octet_step.inputs, as in the list. */
const char *octet_kernel_operands(octet_kernel kernel);

enum { OCTET_MAX_PHASES = 6 };

/* A step is done phase by phase; the units of a phase are independent: any order, any thread. */
typedef struct octet_work {
    uint32_t n_phases; /* 1..OCTET_MAX_PHASES; one phase is complete before the next begins */
    uint32_t n_units[OCTET_MAX_PHASES];
    size_t shared_bytes;  /* memory that all threads share, kept from phase to phase */
    size_t scratch_bytes; /* memory of each thread, contents undefined at every call */
} octet_work;

typedef struct octet_step {
    octet_kernel kernel;
    const void *params; /* of the type that the list gives; see octet_step_params_<kind> */
    uint32_t n_inputs, n_outputs;
    const uint32_t *inputs,
        *outputs; /* value indices, inputs in the order of the kernel's operands; OCTET_NONE: absent */
    octet_work work;
    bool in_place; /* output 0 may be the memory of input 0 (same size, element by element) */
    uint32_t operator_index;
    uint32_t absorbed; /* the operator whose work this step does too, reading its inputs instead; or OCTET_NONE */
} octet_step;

/* Sets kernel, parameters and the units of the one phase, and drops inputs behind the kernel's operands. */
void octet_step_set(octet_step *step, octet_kernel kernel, octet_params_kind kind, const void *params,
                    uint32_t n_units);

/* Per kind: octet_step_set_conv_2d(step, kernel, params, n_units) and octet_step_params_conv_2d(step), the parameters
 * of a step whose kernel has that kind. */
#define OCTET_PARAMS_FUNCTIONS(kind, type, operands)                                                    \
    static inline void octet_step_set_##kind(octet_step *step, octet_kernel kernel, const type *params, \
                                             uint32_t n_units) {                                        \
        octet_step_set(step, kernel, OCTET_PARAMS_##kind, params, n_units);                             \
    }                                                                                                   \
    static inline const type *octet_step_params_##kind(const octet_step *step) {                        \
        assert(octet_kernel_params(step->kernel) == OCTET_PARAMS_##kind);                               \
        return (const type *)step->params;                                                              \
    }
OCTET_PARAMS_LIST(OCTET_PARAMS_FUNCTIONS)
#undef OCTET_PARAMS_FUNCTIONS

/* Number of units that n elements (at least 1) are. */
static inline uint32_t octet_step_pieces(size_t n) { return (uint32_t)((n - 1) / OCTET_PIECE + 1); }

#endif
