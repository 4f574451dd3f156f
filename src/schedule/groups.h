/* schedule/groups.h - steps that hand each other rows become groups.
 * In:  links.
 * Out: stages, and groups of them.
 * Knows: order.h; what a group keeps at once.
 * Does not know: where in the arena. */
#ifndef OCTET_SCHEDULE_GROUPS_H
#define OCTET_SCHEDULE_GROUPS_H

#include "schedule/order.h"

/* How steps are divided. */
typedef enum octet_grouping {
    OCTET_GROUPING_SINGLE, /* every stage a group of its own, however much memory that needs */
    OCTET_GROUPING_SHARED, /* a group's result is expected to share bytes with its operand */
    OCTET_GROUPING_FEW,    /* so it is; of equal divisions that with the fewest groups, not that with the most */
    OCTET_GROUPING_APART   /* it is not: the arena may have no place where it could */
} octet_grouping;

/* Sets stages and groups of `out`. Steps are divided into groups of neighbours so that the dearest group, with what
 * lives while it works, keeps as little as possible. */
octet_status octet_groups_make(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_links *links,
                               octet_grouping grouping, octet_schedule *out);
/* Whether stage i of the group keeps no map: all readers of its result are stages of the group. */
bool octet_groups_is_ring(const octet_links *links, const octet_order *order, const octet_stage *stages, uint32_t n,
                          uint32_t i);
/* Rows that the stages of a schedule have together, of results and operands: room for an order. */
size_t octet_groups_rows(const octet_stage *stages, uint32_t n);

#endif
