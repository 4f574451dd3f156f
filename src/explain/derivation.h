/* explain/derivation.h - how one number came about: what met, and what was done with it, step by step.
 * In:  operands, terms and steps, in the order of the computation.
 * Out: octet_derivation, which a report prints.
 * Knows: integers and real numbers, and sentences about them.
 * Does not know: kernels, how a report looks. */
#ifndef OCTET_EXPLAIN_DERIVATION_H
#define OCTET_EXPLAIN_DERIVATION_H

#include "graph/graph.h"

enum { OCTET_DERIVATION_OPERANDS = 8, OCTET_DERIVATION_COLUMNS = 3, OCTET_DERIVATION_STEPS = 48 };

typedef struct octet_derived_number {
    bool is_real;
    int64_t integer;
    double real;
} octet_derived_number;

/* A tensor that the step reads, and how its codes become real numbers. */
typedef struct octet_derivation_operand {
    const char *role; /* "input", "weights", "bias": as kernel_list.h names it */
    uint32_t value;   /* of the graph */
    bool has_scale;
    double scale; /* of the channel that the number belongs to */
    int32_t zero_point;
} octet_derivation_operand;

/* One of the things that are summed or compared. */
typedef struct octet_derivation_term {
    size_t element[2]; /* flat, of the first two operands; SIZE_MAX: no such operand */
    int64_t number[OCTET_DERIVATION_COLUMNS];
} octet_derivation_term;

typedef struct octet_derivation_step {
    const char *name; /* "accumulator"; the same for all kernels that have such a step */
    octet_derived_number value;
    const char *how;
} octet_derivation_step;

typedef struct octet_derivation {
    octet_context *ctx;
    octet_arena *arena;
    octet_status status; /* of the first failure; calls after it do nothing */
    const char *kernel;  /* of kernel_list.h; "" where no kernel ran */
    const char *reason;  /* NULL, or one sentence: why there are no steps */
    const char *note;    /* NULL, or one sentence that goes before the steps */
    octet_derivation_operand operands[OCTET_DERIVATION_OPERANDS];
    uint32_t n_operands;
    const char *columns[OCTET_DERIVATION_COLUMNS]; /* names of the numbers of a term; NULL: no such column */
    octet_derivation_term *terms;
    size_t n_terms, terms_capacity;
    octet_derivation_step steps[OCTET_DERIVATION_STEPS];
    uint32_t n_steps;
    octet_derived_number result;
    bool has_result;
    /* The number is a copy: of this element. */
    bool is_copy;
    uint32_t copied_value;
    size_t copied_element;
    bool has_exact;
    double exact; /* what the operator gives in real numbers from the numbers that it read, clamped but not rounded */
} octet_derivation;

/* An empty one; everything it holds is in `arena`. */
octet_derivation octet_derivation_make(octet_context *ctx, octet_arena *arena);

void octet_derivation_expect_terms(octet_derivation *d, size_t n, const char *a, const char *b, const char *c);
/* At most as many as were expected. */
void octet_derivation_add_term(octet_derivation *d, size_t first, size_t second, int64_t a, int64_t b, int64_t c);

/* A step whose value is an integer, or a real number. `name` is a literal. The last one is the result so far. */
void octet_derive_integer(octet_derivation *d, const char *name, int64_t value, const char *format, ...)
    OCTET_PRINTF(4, 5);
void octet_derive_real(octet_derivation *d, const char *name, double value, const char *format, ...) OCTET_PRINTF(4, 5);
/* One sentence; the first one stays. */
void octet_derivation_refuse(octet_derivation *d, const char *format, ...) OCTET_PRINTF(2, 3);
void octet_derivation_remark(octet_derivation *d, const char *format, ...) OCTET_PRINTF(2, 3);

void octet_derivation_set_exact(octet_derivation *d, double exact);

#endif
