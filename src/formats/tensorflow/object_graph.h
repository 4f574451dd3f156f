/* formats/tensorflow/object_graph.h - the objects of a TensorFlow checkpoint, and which tensors they keep.
 * In:  the string of the tensor _CHECKPOINTABLE_OBJECT_GRAPH.
 * Out: objects as plain structs: their children by name, and the key of a variable's tensor.
 * Knows: TrackableObjectGraph (tensorflow/core/protobuf/trackable_object_graph.proto).
 * Does not know: Keras, tensors. The graph may have cycles. */
#ifndef OCTET_FORMATS_TENSORFLOW_OBJECT_GRAPH_H
#define OCTET_FORMATS_TENSORFLOW_OBJECT_GRAPH_H

#include "base/file.h"

#define OCTET_OBJECT_GRAPH_KEY "_CHECKPOINTABLE_OBJECT_GRAPH"

typedef struct octet_object_child {
    const char *name;
    uint32_t node;
} octet_object_child;

typedef struct octet_object {
    const octet_object_child *children; /* in the order of the file */
    size_t n_children;
    /* Of a variable; NULL: the object is none. */
    const char *variable; /* "dense/kernel" */
    const char *key;      /* of its tensor in the bundle */
} octet_object;

typedef struct octet_object_graph {
    const octet_object *nodes; /* the first is the root; children name nodes that are there */
    size_t n_nodes;
} octet_object_graph;

/* `name` opens messages. Errors: FORMAT, NOMEM. The graph lives in `arena`. */
octet_status octet_object_graph_read(octet_context *ctx, octet_arena *arena, octet_bytes bytes, const char *name,
                                     octet_object_graph *out);
/* The first child of that name; NULL where `from` is NULL or has none. */
const octet_object *octet_object_child_of(const octet_object_graph *graph, const octet_object *from, const char *name);

#endif
