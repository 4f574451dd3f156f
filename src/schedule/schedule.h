/* schedule/schedule.h - in which order, and in how little memory, a device computes a graph.
 * In:  a graph and its steps.
 * Out: groups of stages in the order of their work, the home of every value, the plan of one arena.
 * Knows: lower. Stages of a group hand each other rows: a ring holds the rows that are still to be read, so that no map
 *        between them is ever whole, and nothing is computed twice.
 * Does not know: C, processors, files. */
#ifndef OCTET_SCHEDULE_SCHEDULE_H
#define OCTET_SCHEDULE_SCHEDULE_H

#include "schedule/rows.h"

/* How a stage is called. */
typedef enum octet_flow {
    OCTET_FLOW_WHOLE, /* once: whole operands, whole results */
    OCTET_FLOW_ROWS,  /* once for each row of its result, from 0 on */
    OCTET_FLOW_ADDS   /* once for each row of its operand, which it adds to sums; at the end those become the result */
} octet_flow;

enum { OCTET_GROUP_STAGES = 32, OCTET_STAGE_ASKS = 2 }; /* of a group, at most; operands that come by rows, at most */

typedef struct octet_stage {
    uint32_t step; /* index in the steps */
    uint32_t pool; /* step of the MAX_POOL_2D whose work this stage does too, on sums that are not requantized yet:
                      requantizing keeps their order; or OCTET_NONE */
    octet_flow flow;
    octet_rows rows;                 /* ROWS; with the pool's. ADDS: those of the operand, out_h is in_h */
    uint32_t sums;                   /* ADDS: part of the int32 sums; else OCTET_NONE */
    uint32_t result;                 /* value that output 0 of step or pool is */
    uint32_t asks[OCTET_STAGE_ASKS]; /* stages of the group, as counted in it: before each of its rows this stage has
                                        the rows computed that it reads, of the first one first. Rows of operands that
                                        are not named here are there already. OCTET_NONE behind the last one */
} octet_stage;

/* Calls of its function in a run; of a stage ADDS those that add a row. */
static inline uint64_t octet_stage_calls(const octet_stage *stage) {
    if (stage->flow == OCTET_FLOW_WHOLE) return 1;
    const int32_t rows = stage->flow == OCTET_FLOW_ROWS ? stage->rows.out_h : stage->rows.in_h;
    return (uint64_t)rows * (uint64_t)(stage->rows.batches > 1 ? stage->rows.batches : 1);
}

/* The last stage computes its rows from 0 on; each asks for the rows that it needs. */
typedef struct octet_group {
    uint32_t first_stage, n_stages;
} octet_group;

typedef enum octet_home_kind {
    OCTET_HOME_NONE,     /* nobody keeps it */
    OCTET_HOME_CONSTANT, /* data of the graph */
    OCTET_HOME_INPUT,    /* memory of the caller: graph input `index` */
    OCTET_HOME_OUTPUT,   /* memory of the caller: graph output `index` */
    OCTET_HOME_STATE,    /* memory of the caller that stays from run to run: states[index] */
    OCTET_HOME_PART      /* part `index` of the arena */
} octet_home_kind;

typedef struct octet_home {
    octet_home_kind kind;
    uint32_t index;
} octet_home;

/* A part of the arena. Parts that one group uses may share bytes: each row is there from when it is written until it is
 * read. */
typedef struct octet_part {
    uint32_t value; /* one of those that live here; OCTET_NONE for sums */
    uint32_t stage; /* of sums: who adds; else OCTET_NONE */
    int32_t n_rows; /* a ring: row y of the value lies in slot y % n_rows; 0: the whole value */
    bool is_fresh;  /* a variable that begins every run at its zero point: to be filled before first_group */
    size_t size_bytes, offset;
    uint32_t first_group, last_group; /* that use it */
} octet_part;

/* Of offsets, and of the arena: int32 sums, and words of four int8; where int64 lives in it, twice that. */
enum { OCTET_SCHEDULE_ALIGNMENT = 4 };

typedef struct octet_schedule {
    octet_stage *stages;
    uint32_t n_stages;
    octet_group *groups;
    uint32_t n_groups;
    octet_home *homes; /* by value */
    octet_part *parts;
    uint32_t n_parts;
    size_t arena_bytes, alignment;
    uint32_t *states; /* variables that go on from run to run, widest elements first: none needs padding before it */
    uint32_t n_states;
    size_t state_bytes; /* of a C struct of them */
} octet_schedule;

typedef struct octet_schedule_options {
    bool no_fusion;   /* every stage is a group of its own, every value whole */
    bool no_sharing;  /* no result takes bytes of an operand whose rows are read meanwhile: stages may be computed in
                         another order than row by row */
    bool keeps_state; /* variables go on from run to run, also where the graph does not say so */
} octet_schedule_options;

/* Whether something goes on from run to run: the graph has variables, and one of these asks for it: keeps_state, a
 * stateful layer of the source, an operator whose state is a stream (SVDF), a variable that the graph assigns. All
 * other recurrent layers begin every run anew. */
bool octet_schedule_has_state(const octet_graph *graph, bool keeps_state);

/* *out lives in `arena` and points at nothing of the graph. options may be NULL. Errors: NOMEM, LIMIT. */
octet_status octet_schedule_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_step *steps, const octet_schedule_options *options, octet_schedule *out);

#endif
