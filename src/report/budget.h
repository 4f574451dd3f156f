/* report/budget.h - what a model needs of a device, as exported C.
 * In:  bytes of flash and RAM; the groups of its layers; the parts of its arena.
 * Out: tables; JSON.
 * Knows: how the report is laid out.
 * Does not know: schedules, C. */
#ifndef OCTET_REPORT_BUDGET_H
#define OCTET_REPORT_BUDGET_H

#include "base/buffer.h"

/* A layer, or a convolution with its pool. */
typedef struct octet_budget_row {
    uint32_t group;
    const char *layer, *and_layer; /* the second one: whose work is done too, or NULL */
    const char *how;               /* "whole", "rows", "adds" */
    int32_t kept_rows;             /* of its operand, in a ring; 0: all */
    uint64_t macs;
} octet_budget_row;

typedef struct octet_budget_part {
    const char *what, *name; /* "sums of", "rows of", "" */
    size_t offset, size_bytes;
    uint32_t first_group, last_group;
} octet_budget_part;

typedef struct octet_budget {
    const char *model;
    size_t constants_bytes, code_bytes, arena_bytes, ports_bytes, state_bytes, stack_bytes;
    uint64_t macs;
    uint64_t flash_bytes, ram_bytes; /* of the device; 0: not known */
    const octet_budget_row *rows;
    const octet_budget_part *parts;
    uint32_t n_rows, n_parts;
} octet_budget;

static inline uint64_t octet_budget_flash(const octet_budget *b) { return b->constants_bytes + b->code_bytes; }
static inline uint64_t octet_budget_ram(const octet_budget *b) {
    return b->arena_bytes + b->ports_bytes + b->state_bytes + b->stack_bytes;
}
/* Whether the device has as much as is needed, where it is known what it has. */
bool octet_budget_fits(const octet_budget *b);
octet_status octet_budget_write_text(octet_context *ctx, const octet_budget *b, octet_buffer *out);
octet_status octet_budget_write_json(octet_context *ctx, const octet_budget *b, octet_buffer *out);

#endif
