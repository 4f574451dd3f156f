/* report/layers.h - compared layers as text, JSON and CSV.
 * In:  the table of src/layers.
 * Out: one screen for people, or all of it; one JSON object; a CSV row per layer.
 * Knows: what people look for first; the columns of TensorFlow's QuantizationDebugger.
 * Does not know: how the figures came about. */
#ifndef OCTET_REPORT_LAYERS_H
#define OCTET_REPORT_LAYERS_H

#include "base/buffer.h"
#include "layers/table.h"
#include "report/text.h"

/* "34.5", "exact" where there is no error, "?" where it is not known; into `text`, OCTET_TEXT_SIZE bytes. */
const char *octet_layers_decibels(double db, char *text);
/* "0.9998", or "?" of a value that is zero throughout. */
const char *octet_layers_cosine(double cosine, char *text);

/* A figure of a row in words. */
typedef struct octet_layer_cell {
    const char *heading, *name; /* of a column; beside the figure alone */
    char text[OCTET_TEXT_SIZE]; /* empty: the value has no codes */
} octet_layer_cell;
enum { OCTET_LAYER_MOST_CELLS = 8 };
/* Returns how many there are: the same for all rows. */
uint32_t octet_layers_list_cells(const octet_layer_row *row, octet_layer_cell cells[OCTET_LAYER_MOST_CELLS]);

octet_status octet_layers_write_text(octet_context *ctx, const octet_layers *layers, bool with_all, octet_buffer *out);
octet_status octet_layers_write_json(octet_context *ctx, const octet_layers *layers, octet_buffer *out);
/* The columns op_name, tensor_idx, num_elements, stddev, mean_error, max_abs_error, mean_squared_error, scale,
 * zero_point and tensor_name mean what they mean there: the errors are those that a layer adds. They go over all
 * samples at once, though, and max_abs_error is the largest of all samples, not the mean over samples of the largest.
 */
octet_status octet_layers_write_csv(octet_context *ctx, const octet_layers *layers, octet_buffer *out);

#endif
