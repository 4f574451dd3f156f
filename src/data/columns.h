/* data/columns.h - how each column of the samples is scaled, from a file: a scaler that was fitted in training.
 * In:  a CSV, JSON or .npz with a mean and a standard deviation, or a least and a greatest number, for each column.
 * Out: one function of a number and its column; the names of the columns.
 * Knows: what scikit-learn's scalers call their numbers, and how they compute.
 * Does not know: samples.
 *
 * The names of fields (upper and lower case count):
 *   names    name, names, column, columns, feature, features, feature_names_in_; in a CSV also a column without a name
 *   mean     mean, mean_, center_
 *   std      std, std_, scale, scale_
 *   least    min, data_min_          greatest  max, data_max_
 * Others are passed over. A CSV has a line for each column. JSON is {"mean": [...], "std": [...], "names": [...]}, or
 * {"a column": {"mean": 1, "std": 2}, ...}. An .npz has an array for each field, and no names. */
#ifndef OCTET_DATA_COLUMNS_H
#define OCTET_DATA_COLUMNS_H

#include "base/buffer.h"
#include "base/memory.h"

/* (x - shift) / scale, or, of least and greatest, x * scale + shift, in float64, each operation rounded: what
 * StandardScaler and MinMaxScaler (to 0..1) do to float64. As they have it, a standard deviation of 0 counts as 1, and
 * so does a range (greatest - least) below 10 epsilons of float64. */
typedef struct octet_columns {
    const char *path;
    uint32_t n;               /* 0: none are given */
    const char *const *names; /* by column, or NULL */
    bool is_range;            /* of least and greatest: scale = 1 / range, shift = 0 - least * scale */
    double *shift, *scale;    /* by column */
    uint64_t hash;            /* of all of it but the path */
} octet_columns;

/* Reads `path`, or `given`, which `path` names in messages. Everything lives in `arena`. Errors: IO, FORMAT, LIMIT;
 * DATA for fields that are missing, given in both ways, of different length, not finite, or of a range below 0, and for
 * names that stand twice. */
octet_status octet_columns_read(octet_context *ctx, octet_arena *arena, const char *path, octet_bytes given,
                                octet_columns *out);
/* False: no column has the name, or none has one. */
bool octet_columns_find(const octet_columns *columns, const char *name, uint32_t *out);
double octet_columns_scale(const octet_columns *columns, uint32_t column, double x);

#endif
