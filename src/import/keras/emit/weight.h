/* import/keras/emit/weight.h - the weights of the layer that is called.
 * In:  datasets (import/keras/dataset.h), which are read when they are asked for.
 * Out: their numbers for the time of the call, or a constant of the graph that they are read into.
 * Knows: the shape that the configuration asks for.
 * Does not know: which weights a layer has (import/keras/weights.h), what they mean. */
#ifndef OCTET_IMPORT_KERAS_EMIT_WEIGHT_H
#define OCTET_IMPORT_KERAS_EMIT_WEIGHT_H

#include "import/keras/emit/call.h"

/* `dims` is the shape that the configuration asks for (-1: any, filled in); MODEL names dataset and both
 * shapes. The values are finite (DATA otherwise). *data lives while the call is written. */
octet_status octet_keras_weight_data(octet_keras_call *call, const char *name, int32_t rank, int32_t *dims,
                                     const float **data);
int32_t octet_keras_weight_rank(const octet_keras_weight *weight); /* of its dataset */
size_t octet_keras_weight_elements(const octet_keras_weight *weight);
bool octet_keras_has_weight(const octet_keras_call *call, const char *name);
const char *octet_keras_weight_origin(octet_keras_call *call, const char *name);

/* The checks of octet_keras_weight_data for what is read later: fills in open dimensions. */
octet_status octet_keras_weight_shape(octet_keras_call *call, const char *name, int32_t rank, int32_t *dims);
/* A weight becomes a constant, read straight to its place: octet_keras_weight_data of `rank` and `dims`, then the
 * constant `name` of shape out_dims. perm: an order of the axes of `shape` (as many numbers as the weight has, in
 * `rank` axes or others), or NULL for that of the file. */
octet_status octet_keras_weight_constant(octet_keras_call *call, const char *weight, const char *name, int32_t rank,
                                         const int32_t *shape, const int32_t *perm, int32_t out_rank,
                                         const int32_t *out_dims, uint32_t *out);
/* to[i] = from[permuted i], as octet_keras_constant_permuted; `dims` are those of `from`, `whole` those of which it is
 * a part along its first axes. */
void octet_keras_permute(int32_t rank, const int32_t *dims, const int32_t *whole, const int32_t *perm,
                         const float *from, float *to);

#endif
