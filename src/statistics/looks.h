/* statistics/looks.h - what the samples themselves looked like, for warnings about them.
 * In:  what was seen of the samples of one part; the looks of parts.
 * Out: counts, first places, classes, ranges of columns and the largest magnitudes, merged in any order.
 * Knows: that what comes first has the lowest place among the samples that were chosen.
 * Does not know: data, from when on anything is a warning. */
#ifndef OCTET_STATISTICS_LOOKS_H
#define OCTET_STATISTICS_LOOKS_H

#include "base/record.h"

enum {
    OCTET_LOOKS_REACHES = 4096,    /* so many of the largest magnitudes are kept: one in 50 of 204,800 samples */
    OCTET_LOOKS_CLASSES = 1 << 16, /* more classes are not told apart */
    OCTET_LOOKS_COLUMNS = 64,      /* nor more columns */
    OCTET_CLASS_THERE = 1,         /* a training sample has the class */
    OCTET_CLASS_CHOSEN = 2         /* a calibration sample has it */
};

/* A sample: its place among those that were chosen, its number in the data. */
typedef struct octet_look_place {
    uint64_t place, sample;
} octet_look_place;

/* Samples that are odd in one way. */
typedef struct octet_look_odd {
    uint64_t n;
    octet_look_place first; /* where n > 0 */
} octet_look_odd;

/* Of one input of the model. */
typedef struct octet_look_input {
    uint32_t n_columns;    /* of the last dimension; 0: not told apart */
    float *min, *max;      /* by column; min > max: nothing was seen; never -0.0f */
    bool is_bytes;         /* a sample is stored as bytes, which reach equally far: the following is not kept */
    uint32_t n_reaches;    /* at most OCTET_LOOKS_REACHES */
    uint32_t room;         /* for so many */
    float *reaches;        /* the largest magnitudes of samples, the largest one first */
    octet_look_place most; /* where n_reaches > 0: the first sample that has the largest one */
    uint32_t most_column;
} octet_look_input;

typedef struct octet_looks {
    bool given;        /* somebody looked; else everything is 0 */
    uint64_t n_looked; /* samples whose numbers were looked at one by one */
    octet_look_odd constant, noise;
    uint32_t n_classes;
    uint8_t *classes; /* n_classes sums of OCTET_CLASS_... */
    uint32_t n_inputs;
    octet_look_input *inputs;
} octet_looks;

/* Looks at nothing yet, in `arena`; inputs without columns. Errors: NOMEM. */
octet_status octet_looks_create(octet_context *ctx, octet_arena *arena, uint32_t n_inputs, octet_looks *out);
/* Gives an input columns. Errors: NOMEM. */
octet_status octet_looks_give_columns(octet_context *ctx, octet_arena *arena, uint32_t n_columns,
                                      octet_look_input *input);
/* Gives room for n classes, at most OCTET_LOOKS_CLASSES, besides those that are known. Errors: NOMEM. */
octet_status octet_looks_give_classes(octet_context *ctx, octet_arena *arena, uint32_t n, octet_looks *looks);
/* One more odd sample. */
void octet_look_add_odd(octet_look_odd *odd, octet_look_place at);
/* reaches: of n samples, none NaN; sorted here, and the largest ones kept. most, column: of the largest one. Errors:
 * NOMEM. */
octet_status octet_look_set_reaches(octet_context *ctx, octet_arena *arena, octet_look_input *input, float *reaches,
                                    size_t n, octet_look_place most, uint32_t column);

/* Whether both have the same inputs and columns. */
bool octet_looks_match(const octet_looks *a, const octet_looks *b);
/* Both are given and match. Errors: NOMEM. */
octet_status octet_looks_merge(octet_context *ctx, octet_arena *arena, octet_looks *into, const octet_looks *from);

/* As listed in looks.c. Errors: NOMEM, LIMIT. */
octet_status octet_looks_write(octet_context *ctx, const octet_looks *looks, octet_buffer *out);
/* Errors: FORMAT, NOMEM. */
octet_status octet_looks_read(octet_record_reader *r, octet_arena *arena, octet_looks *out);

#endif
