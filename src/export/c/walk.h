/* export/c/walk.h - loops over operands that broadcast to one result.
 * In:  octet_broadcast_params.
 * Out: nested loops, and where in them an element lies.
 * Knows: kernels/ref/broadcast.h.
 * Does not know: what is computed. */
#ifndef OCTET_EXPORT_C_WALK_H
#define OCTET_EXPORT_C_WALK_H

#include "export/c/emitter.h"

typedef struct octet_c_walk {
    const char *operands[OCTET_BROADCAST_MAX_OPERANDS], *result; /* indices: "i0 * 448 + i1" */
} octet_c_walk;

/* Behind the head of a function: declares the counters and opens the loops. */
octet_c_walk octet_c_open_walk(octet_c_emitter *e, const octet_broadcast_params *p);
void octet_c_close_walk(octet_c_emitter *e, const octet_broadcast_params *p);

/* A sum of counters "i0", "i1", ... times strides; those of 0 are left out; "0" for none. offset: what is added. */
const char *octet_c_index(octet_c_emitter *e, int32_t n_axes, const int64_t *strides, int64_t offset);
/* "int32_t i0, i1;" and the loops over counts. */
void octet_c_open_loops(octet_c_emitter *e, int32_t n_axes, const int32_t *counts);

/* A block that reads an index, `from`, of a type, and does "<then> (index);", "row = row * 7 + (index);". An index
 * below 0 is 0, one above `last` is `last`. */
void octet_c_write_index(octet_c_emitter *e, const char *type, const char *from, int32_t last, const char *then);

#endif
