/* tflite/version.h - versions of operators, and the releases of TensorFlow Lite that run them.
 * In:  an operator with its operands.
 * Out: the version that a file must name: the number grows with the types and options that an operator understands; the
 *        first release that knows a version.
 * Knows: how TensorFlow's converter assigns both.
 * Does not know: files. */
#ifndef OCTET_TFLITE_VERSION_H
#define OCTET_TFLITE_VERSION_H

#include "graph/graph.h"

/* At least 1. `op` is of `graph`, verified. */
int32_t octet_version_of_operator(const octet_graph *graph, const octet_operator *op);
/* Releases are major * 100 + minor: 204 is 2.4. */
enum { OCTET_OLDEST_RELEASE = 114 };
/* At least OCTET_OLDEST_RELEASE. */
uint32_t octet_version_release(octet_operator_code code, int32_t version);

#endif
