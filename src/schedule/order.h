/* schedule/order.h - in which order the stages of a group compute their rows.
 * In:  links, the stages of a group.
 * Out: one event per row; when each row is written and last read; how many rows a ring keeps, how close results may
 *      follow the operand that they overwrite.
 * Knows: rows.h. A stage asks for the rows that it reads right before it computes a row.
 * Does not know: which stages make a group, where in the arena. */
#ifndef OCTET_SCHEDULE_ORDER_H
#define OCTET_SCHEDULE_ORDER_H

#include "schedule/links.h"

/* Numbers of events. `read`: of the last stage that reads the row; `written` where nobody does. */
typedef struct octet_row_life {
    uint32_t written, read;
} octet_row_life;

/* Of a stage. */
typedef struct octet_order_stage {
    uint32_t from[OCTET_STAGE_ASKS]; /* by operand: the stage of the group that computes its rows, or OCTET_NONE */
    uint32_t n_readers, n_askers;    /* operands that are its result; stages that ask for its rows */
    uint32_t first;                  /* its first row in lives */
    int32_t n_done;                  /* rows that are computed in the end */
    uint32_t ahead, stride;          /* rows of the group's operand: read beyond its own place; for one of its own */
} octet_order_stage;

typedef struct octet_order {
    octet_order_stage stages[OCTET_GROUP_STAGES];
    uint32_t n_events;
    uint32_t *whose;       /* by event: the stage */
    int32_t *rows;         /* by event: the row of its result; of a stage ADDS, of its operand */
    octet_row_life *lives; /* of the rows of stage 0, then of stage 1, ... */
    uint32_t *reads;       /* scratch */
} octet_order;

/* Room for the stages of any group whose results and operands have n_rows rows together. */
octet_status octet_order_create(octet_context *ctx, octet_arena *arena, size_t n_rows, octet_order *out);
/* Lets the last of n stages ask for all its rows, and sets what each stage asks for. A stage WHOLE is no event. False
 * where two stages would ask for the rows of a third. */
bool octet_order_run(octet_order *order, const octet_links *links, octet_stage *stages, uint32_t n);
/* Rows of stage i that live at once, at most: row y lies in slot y % n until it has been read. */
int32_t octet_order_ring(const octet_order *order, uint32_t i);
/* Sets alive[event] where some row of stage i is written, or still to be read. */
void octet_order_mark(const octet_order *order, uint32_t i, bool *alive);
/* The value `root` comes from outside and is whole, and nobody reads it after the group; the result of stage i is whole
 * too. They may share bytes when the operand begins *lead_bytes after the result: each row is then written over rows
 * that have been read for the last time. False where that is never so. */
bool octet_order_lead(const octet_order *order, const octet_links *links, const octet_stage *stages, uint32_t n,
                      uint32_t root, uint32_t i, size_t *lead_bytes);

#endif
