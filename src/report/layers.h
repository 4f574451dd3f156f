/* report/layers.h - compared layers as text, JSON and CSV.
 * In:  the table of src/layers.
 * Out: one screen for people, or all of it; one JSON object; a CSV row per layer.
 * Knows: what people look for first; the columns of TensorFlow's QuantizationDebugger.
 * Does not know: how the figures came about. */
#ifndef OCTET_REPORT_LAYERS_H
#define OCTET_REPORT_LAYERS_H

#include "base/buffer.h"
#include "layers/table.h"

octet_status octet_layers_write_text(octet_context *ctx, const octet_layers *layers, bool with_all, octet_buffer *out);
octet_status octet_layers_write_json(octet_context *ctx, const octet_layers *layers, octet_buffer *out);
/* The columns op_name, tensor_idx, num_elements, stddev, mean_error, max_abs_error, mean_squared_error, scale,
 * zero_point and tensor_name mean what they mean there: the errors are those that a layer adds. They go over all
 * samples at once, though, and max_abs_error is the largest of all samples, not the mean over samples of the largest.
 */
octet_status octet_layers_write_csv(octet_context *ctx, const octet_layers *layers, octet_buffer *out);

#endif
