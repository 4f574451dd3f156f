/* report/budget.h - what a model needs of a device, as exported C.
 * In:  bytes of flash and RAM; cycles; the groups of its layers; the parts of its arena.
 * Out: tables; JSON; what takes most, and what would help.
 * Knows: how the report is laid out.
 * Does not know: schedules, C. */
#ifndef OCTET_REPORT_BUDGET_H
#define OCTET_REPORT_BUDGET_H

#include "base/buffer.h"

enum { OCTET_BUDGET_N_CORES = 4, OCTET_BUDGET_MOST_ADVICE = 8, OCTET_BUDGET_NAME_WIDTH = 60 };

typedef enum octet_budget_kind {
    OCTET_BUDGET_OTHER,
    OCTET_BUDGET_CONVOLUTION, /* with weights of all input channels */
    OCTET_BUDGET_DENSE
} octet_budget_kind;

/* A layer, or a convolution with its pool. */
typedef struct octet_budget_row {
    uint32_t group;
    const char *layer, *and_layer; /* the second one: whose work is done too, or NULL */
    const char *how;               /* "whole", "rows", "adds" */
    octet_budget_kind kind;
    int32_t kept_rows; /* of its operand, in a ring; 0: all */
    uint64_t calls;    /* of its function in a run */
    uint64_t macs;
    size_t constants_bytes;
    double cycles[OCTET_BUDGET_N_CORES];
} octet_budget_row;

typedef struct octet_budget_part {
    const char *what, *name; /* "sums of", "rows of", "" */
    size_t offset, size_bytes;
    uint32_t first_group, last_group;
} octet_budget_part;

typedef struct octet_budget_core {
    const char *name, *key;      /* "Cortex-M4", "m4" */
    double instructions, cycles; /* of a run */
} octet_budget_core;

typedef struct octet_budget {
    const char *model;
    size_t constants_bytes, code_bytes, arena_bytes, ports_bytes, state_bytes, stack_bytes;
    size_t micro_arena_bytes; /* of tflite-micro, about; with input and output */
    size_t scales_bytes;      /* of constants: multipliers and shifts of single channels */
    uint64_t macs;
    uint64_t flash_bytes, ram_bytes; /* of the device; 0: not known */
    double clock_mhz;                /* of the device; 0: not known */
    octet_budget_core cores[OCTET_BUDGET_N_CORES];
    uint32_t usual_core; /* whose cycles stand in the table */
    const octet_budget_row *rows;
    const octet_budget_part *parts;
    uint32_t n_rows, n_parts;
} octet_budget;

/* What takes most: indices of rows, and of the part that is the largest where the arena is fullest;
 * OCTET_BUDGET_NOTHING where there is none. */
#define OCTET_BUDGET_NOTHING UINT32_MAX
typedef struct octet_budget_most {
    uint32_t flash, cycles, part;
    uint32_t group;    /* in which the arena is fullest */
    size_t used_bytes; /* of the arena in it; a byte that parts share counts once */
} octet_budget_most;

typedef struct octet_budget_advice {
    const char *lines[OCTET_BUDGET_MOST_ADVICE];
    uint32_t n;
} octet_budget_advice;

static inline uint64_t octet_budget_flash(const octet_budget *b) { return b->constants_bytes + b->code_bytes; }
static inline uint64_t octet_budget_ram(const octet_budget *b) {
    return b->arena_bytes + b->ports_bytes + b->state_bytes + b->stack_bytes;
}
/* Three significant digits: more would say more than is known. */
uint64_t octet_budget_round(double cycles);
/* Whether the device has as much as is needed, where it is known what it has. */
bool octet_budget_fits(const octet_budget *b);
octet_budget_most octet_budget_find_most(const octet_budget *b);
/* What would make it smaller or faster; of what does not fit first. Lines live in `arena`. */
octet_status octet_budget_advise(octet_context *ctx, octet_arena *arena, const octet_budget *b,
                                 octet_budget_advice *out);
octet_status octet_budget_write_text(octet_context *ctx, const octet_budget *b, octet_buffer *out);
octet_status octet_budget_write_json(octet_context *ctx, const octet_budget *b, octet_buffer *out);

#endif
