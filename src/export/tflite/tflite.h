/* export/tflite/tflite.h - a graph becomes a .tflite file.
 * In:  a verified graph, float or quantized.
 * Out: the bytes of a TFLite flatbuffer, schema version 3; the same graph gives the same bytes.
 * Knows: graph, tflite, formats/flatbuffer.
 * Does not know: where the graph came from. */
#ifndef OCTET_EXPORT_TFLITE_TFLITE_H
#define OCTET_EXPORT_TFLITE_TFLITE_H

#include "base/buffer.h"
#include "graph/graph.h"

/* Appends the file to `out` (empty at the call). Buffers are 16-byte aligned; equal constants are stored once. */
octet_status octet_export_tflite(octet_context *ctx, const octet_graph *graph, octet_buffer *out);
/* Writes the same bytes to `path` (octet_file_write), the constants from where the graph has them. */
octet_status octet_export_tflite_file(octet_context *ctx, const octet_graph *graph, const char *path);
/* How many bytes these are. */
octet_status octet_export_tflite_size(octet_context *ctx, const octet_graph *graph, size_t *size);

#endif
