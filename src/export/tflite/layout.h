/* export/tflite/layout.h - what goes where in a .tflite, decided before a byte is written.
 * In:  a verified graph.
 * Out: the order of tensors, the buffers with equal constants merged, the operator codes with their versions.
 * Knows: TensorFlow's habits: inputs first, then constants (last layer's first, bias before weights), then results.
 * Does not know: flatbuffers. Everything depends on the graph's contents only, never on addresses. */
#ifndef OCTET_EXPORT_TFLITE_LAYOUT_H
#define OCTET_EXPORT_TFLITE_LAYOUT_H

#include "graph/graph.h"

typedef struct octet_tflite_layout {
    uint32_t *tensors; /* value of each tensor */
    uint32_t n_tensors;
    uint32_t *tensor_of; /* by value: its tensor, OCTET_NONE when nothing names the value */
    uint32_t *buffers;   /* value whose data each buffer holds; buffer 0 is the empty one (OCTET_NONE) */
    uint32_t n_buffers;
    uint32_t *buffer_of;        /* by value: 0 without data */
    octet_operator_code *codes; /* in order of first use */
    int32_t *versions;          /* by code: the highest that an operator of the graph needs */
    uint32_t n_codes;
    uint32_t code_index[OCTET_N_OPERATORS];
} octet_tflite_layout;

/* Arrays live in `arena`. */
octet_status octet_tflite_layout_plan(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                      octet_tflite_layout *out);
/* "2.4.0": the first TensorFlow Lite that runs all operators at these versions; at least 1.14.0. */
octet_status octet_tflite_layout_runtime(octet_context *ctx, octet_arena *arena, const octet_tflite_layout *layout,
                                         const char **out);

#endif
