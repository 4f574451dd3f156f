/* data/places.h - where the samples and labels of each split are.
 * In:  the path that a user gave.
 * Out: file names, entries of archives, folders of pictures; nothing is opened but what tells them apart.
 * Knows: the usual names of data sets.
 * Does not know: shapes, samples. */
#ifndef OCTET_DATA_PLACES_H
#define OCTET_DATA_PLACES_H

#include "data/dataset.h"
#include "formats/array.h"

typedef struct octet_place {
    const char *path;           /* NULL: there is none */
    const char *entry;          /* of an archive, or NULL */
    bool is_pictures, is_sheet; /* a sheet: a CSV */
    bool is_gzip;               /* compressed */
    const octet_bytes *given;   /* the file `path` in memory; or NULL */
    const octet_array *array;   /* in memory, and `path` stands for it in messages; or NULL */
} octet_place;

typedef struct octet_places {
    uint32_t n_inputs;
    bool is_single;                           /* only [..][0] is set, and it serves as both splits */
    const char *names[OCTET_DATA_MAX_INPUTS]; /* or NULL */
    octet_place inputs[OCTET_DATA_MAX_INPUTS][2], labels[2];
} octet_places;

/* `given`: the file in memory, which `path` names in messages, or NULL. Strings live in `arena`. Errors as
 * octet_dataset_open. */
octet_status octet_places_find(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                               octet_places *out);

#endif
