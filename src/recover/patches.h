/* recover/patches.h - what the weights of a quantized layer are multiplied with.
 * In:  runs in lockstep that stand before the layer.
 * Out: a column for each weight of an output channel, a row for each place that was chosen.
 * Knows: which places are chosen: the same ones each time.
 * Does not know: weights. */
#ifndef OCTET_RECOVER_PATCHES_H
#define OCTET_RECOVER_PATCHES_H

#include "recover/geometry.h"
#include "recover/lockstep.h"

enum { OCTET_PATCHES_MOST_ROWS = 4000, OCTET_PATCHES_LARGEST = 256 };

typedef struct octet_patch_place {
    size_t run, batch;
    int32_t at[3]; /* of the output */
} octet_patch_place;

typedef struct octet_patches {
    const octet_lockstep *lockstep;
    const octet_value *data;
    uint32_t data_index;
    octet_geometry geometry;
    octet_patch_place *places; /* by row */
    size_t n_rows, column;     /* a column has `column` numbers, n_rows and then zeros */
    double unit;               /* numbers of a column times this are q - zero_point */
} octet_patches;

/* Of operator `op` of the graph of the runs: CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED on int8 or int16. Of more
 * than OCTET_PATCHES_MOST_ROWS places one in each of as many equal parts is taken. Errors: NOMEM. */
octet_status octet_patches_choose(octet_context *ctx, octet_arena *arena, const octet_lockstep *lockstep,
                                  const octet_graph *graph, uint32_t op, octet_patches *out);

/* Columns j of `n`, from `begin` on, of a filter that reads `depth` channels of the data from `first` on: column j is
 * tap j / depth and channel first + j % depth. columns: n * patches->column numbers of at most OCTET_PATCHES_LARGEST in
 * magnitude; padding is 0. */
void octet_patches_gather(const octet_patches *patches, size_t first, size_t depth, size_t begin, size_t n,
                          octet_pool *pool, int16_t *columns);

#endif
