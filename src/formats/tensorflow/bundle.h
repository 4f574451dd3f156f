/* formats/tensorflow/bundle.h - the tensors of a TensorFlow checkpoint, in SavedModel folders or alone.
 * In:  the prefix of its files: FOLDER/variables/variables.
 * Out: type, shape and place of each tensor by its key; its numbers as float32, read when they are asked for.
 * Knows: PREFIX.index (a table of BundleEntryProto), PREFIX.data-XXXXX-of-YYYYY; checksums are verified.
 * Does not know: which tensor belongs to which object (formats/tensorflow/object_graph.h), Keras. */
#ifndef OCTET_FORMATS_TENSORFLOW_BUNDLE_H
#define OCTET_FORMATS_TENSORFLOW_BUNDLE_H

#include "formats/array.h"

typedef struct octet_bundle octet_bundle;

typedef struct octet_bundle_tensor {
    const char *key;
    int32_t type; /* DT_FLOAT is 1, DT_STRING 7, ... (tensorflow/core/framework/types.proto) */
    int32_t rank;
    int64_t dims[OCTET_ARRAY_MAX_RANK];
    size_t n_elements;
    bool is_numeric; /* its numbers can be read */
    uint32_t shard, checksum;
    uint64_t place, size; /* in the shard, in bytes */
} octet_bundle_tensor;

/* Reads PREFIX.index. Errors: IO; FORMAT (cut, wrong checksum); UNSUPPORTED (big endian); LIMIT; NOMEM. */
octet_status octet_bundle_open(octet_context *ctx, const char *prefix, octet_bundle **out);
void octet_bundle_close(octet_context *ctx, octet_bundle *bundle); /* NULL is allowed */
const char *octet_bundle_name(const octet_bundle *bundle);         /* the path of the .index */

/* Looks a tensor up; *found is false where there is none. `key` must outlive *out. Errors: FORMAT (type, shape and size
 * that contradict each other), UNSUPPORTED (a tensor in slices), LIMIT. */
octet_status octet_bundle_find(octet_context *ctx, const octet_bundle *bundle, const char *key,
                               octet_bundle_tensor *out, bool *found);
/* The bytes of a tensor that is one string; *out lives in `arena`. Errors: IO, FORMAT, NOMEM. */
octet_status octet_bundle_string(octet_context *ctx, octet_bundle *bundle, octet_arena *arena,
                                 const octet_bundle_tensor *tensor, octet_bytes *out);

/* Gives `visit` the numbers in order: elements [first, first + n), n being a multiple of `unit` and no more than 1 MB
 * or one unit. What `visit` returns ends it. Wider types are rounded to nearest even. The checksum is known at the end
 * only: what was visited before a failure is not to be used. Errors: IO (no such shard, cut), FORMAT (checksum). */
typedef octet_status octet_bundle_visit(void *user, const float *piece, size_t first, size_t n);
octet_status octet_bundle_pieces(octet_context *ctx, octet_bundle *bundle, const octet_bundle_tensor *tensor,
                                 size_t unit, octet_bundle_visit *visit, void *user);
/* All of them: tensor->n_elements numbers. */
octet_status octet_bundle_numbers(octet_context *ctx, octet_bundle *bundle, const octet_bundle_tensor *tensor,
                                  float *out);

#endif
