#include "report/summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/table.h"
#include "report/text.h"

typedef struct totals {
    uint64_t all, trainable;
} totals;

/* A row of depth 0 counts what is inside it. */
static totals count_layers(const octet_graph *graph) {
    totals t = {0};
    for (uint32_t i = 0; i < graph->n_layers; i++) {
        if (graph->layers[i].depth != 0) continue;
        t.all += graph->layers[i].n_parameters;
        t.trainable += graph->layers[i].n_trainable;
    }
    return t;
}

/* As Keras 3 writes sizes: "409.91 KB", "0.00 B"; steps of 1024. */
static octet_status write_total(octet_context *ctx, octet_buffer *out, const char *label, uint64_t n) {
    static const char *const units[] = {"B", "KB", "MB", "GB", "TB"};
    char count[OCTET_TEXT_SIZE];
    double size = 4.0 * (double)n; /* Keras keeps them as float32 */
    size_t unit = 0;
    for (; size >= 1024 && unit < 4; unit++) size /= 1024;
    return octet_buffer_format(ctx, out, "%s: %s (%.2f %s)\n", label, octet_text_count(n, count), size, units[unit]);
}

/* "(None, 28, 28)" as Keras shows shapes; "(None,)" for a vector. */
static octet_status shape_cell(octet_context *ctx, octet_table *table, const octet_shape *shape) {
    char text[OCTET_SHAPE_TEXT_SIZE + 32];
    size_t used = 0;
    for (int32_t i = 0; i < shape->rank; i++) {
        const char *comma = i > 0 ? ", " : "";
        if (shape->dims[i] < 0) used += (size_t)snprintf(text + used, sizeof text - used, "%sNone", comma);
        else used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", comma, shape->dims[i]);
    }
    return octet_table_cell(ctx, table, "(%.*s%s)", (int)used, text, shape->rank == 1 ? "," : "");
}

/* Every layer reads the one before it: then Keras leaves the last column out. */
static bool is_chain(const octet_graph *graph) {
    for (uint32_t i = 1; i < graph->n_layers; i++) {
        const octet_layer *layer = &graph->layers[i];
        if (layer->depth != 0) return false;
        if (layer->inputs[0] != '\0' && strcmp(layer->inputs, graph->layers[i - 1].name) != 0) return false;
    }
    return true;
}

static octet_status fill_layers(octet_context *ctx, const octet_graph *graph, octet_table *table) {
    static const char *const heading[] = {"Layer (type)", "Output Shape", "Param #", "Connected to"};
    const bool chain = is_chain(graph);
    for (size_t i = 0; i < 4; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", heading[i]));
    for (uint32_t i = 0; i < graph->n_layers; i++) {
        char count[OCTET_TEXT_SIZE];
        const octet_layer *layer = &graph->layers[i];
        OCTET_TRY(octet_table_cell(ctx, table, "%*s%s (%s)", 2 * layer->depth, "", layer->name, layer->class_name));
        OCTET_TRY(shape_cell(ctx, table, &layer->output_shape));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_text_count(layer->n_parameters, count)));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", chain ? "" : layer->inputs));
    }
    return OCTET_OK;
}

static octet_status write_layers(octet_context *ctx, const octet_graph *graph, octet_buffer *out) {
    octet_table table = {.n_columns = 4, .right = 1u << 2};
    const totals t = count_layers(graph);
    octet_status status = fill_layers(ctx, graph, &table);
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 0, out);
    octet_table_free(ctx, &table);
    OCTET_TRY(status);
    OCTET_TRY(octet_buffer_format(ctx, out, "\n"));
    OCTET_TRY(write_total(ctx, out, "Total params", t.all));
    OCTET_TRY(write_total(ctx, out, "Trainable params", t.trainable));
    return write_total(ctx, out, "Non-trainable params", t.all - t.trainable);
}

static void add_constant(octet_constants *sum, const octet_value *value) {
    if (value == NULL || !octet_value_is_constant(value)) return;
    sum->n_elements += octet_shape_elements(&value->shape);
    sum->n_bytes += octet_value_bytes(value);
}

octet_constants octet_summary_constants(const octet_graph *graph) {
    octet_constants sum = {0};
    for (uint32_t i = 0; i < graph->n_values; i++)
        if (graph->values[i].n_uses > 0) add_constant(&sum, &graph->values[i]);
    return sum;
}

static octet_constants constants_of(const octet_graph *graph, const octet_operator *op) {
    octet_constants sum = {0};
    for (uint32_t i = 0; i < op->n_inputs; i++) add_constant(&sum, octet_graph_input(graph, op, i));
    return sum;
}

static octet_status fill_operators(octet_context *ctx, const octet_graph *graph, octet_table *table) {
    static const char *const heading[] = {"#", "Operator", "Version", "Output", "Type", "Shape", "Constants", "Bytes"};
    for (size_t i = 0; i < 8; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", heading[i]));
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        char shape[OCTET_SHAPE_TEXT_SIZE], count[OCTET_TEXT_SIZE];
        const octet_operator *op = &graph->operators[i];
        const octet_value *output = octet_graph_output(graph, op, 0);
        const octet_constants read = constants_of(graph, op);
        OCTET_TRY(octet_table_cell(ctx, table, "%" PRIu32, i));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_operator_name(op->code)));
        OCTET_TRY(op->version > 0 ? octet_table_cell(ctx, table, "%d", op->version)
                                  : octet_table_cell(ctx, table, "%s", ""));
        OCTET_TRY(octet_table_name(ctx, table, output->name, 40));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_type_name(output->type)));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_shape_text(&output->shape, shape)));
        OCTET_TRY(
            octet_table_cell(ctx, table, "%s", read.n_elements > 0 ? octet_text_count(read.n_elements, count) : ""));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", read.n_bytes > 0 ? octet_text_count(read.n_bytes, count) : ""));
    }
    return OCTET_OK;
}

static octet_status write_operators(octet_context *ctx, const octet_graph *graph, octet_buffer *out) {
    octet_table table = {.n_columns = 8, .right = 1u << 0 | 1u << 2 | 1u << 6 | 1u << 7};
    char elements[OCTET_TEXT_SIZE], bytes[OCTET_TEXT_SIZE];
    const octet_constants sum = octet_summary_constants(graph);
    octet_status status = fill_operators(ctx, graph, &table);
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 0, out);
    octet_table_free(ctx, &table);
    OCTET_TRY(status);
    return octet_buffer_format(ctx, out, "\n%" PRIu32 " operators, %s constants in %s bytes\n", graph->n_operators,
                               octet_text_count(sum.n_elements, elements), octet_text_count(sum.n_bytes, bytes));
}

static const char *current_signature(const octet_graph *graph) {
    return graph->signature < graph->n_signatures ? graph->signatures[graph->signature] : "none";
}

octet_status octet_summary_write_signatures(octet_context *ctx, const octet_graph *graph, octet_buffer *out) {
    if (graph->n_signatures < 2) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "signature %s of", current_signature(graph)));
    for (uint32_t i = 0; i < graph->n_signatures; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%s %s", i > 0 ? "," : "", graph->signatures[i]));
    return octet_buffer_format(ctx, out, "\n");
}

void octet_summary_json_signatures(octet_json_writer *json, const octet_graph *graph) {
    if (graph->n_signatures < 2) return;
    octet_json_write_string(json, "signature", current_signature(graph));
    octet_json_begin_array(json, "signatures", OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < graph->n_signatures; i++) octet_json_write_string(json, NULL, graph->signatures[i]);
    octet_json_end(json);
}

octet_status octet_summary_write_text(octet_context *ctx, const octet_graph *graph, const char *model,
                                      octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out, "%s\n", model));
    OCTET_TRY(octet_summary_write_signatures(ctx, graph, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "\n"));
    return graph->n_layers > 0 ? write_layers(ctx, graph, out) : write_operators(ctx, graph, out);
}

static void write_json_layers(octet_json_writer *json, const octet_graph *graph) {
    const totals t = count_layers(graph);
    octet_json_begin_array(json, "layers", OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < graph->n_layers; i++) {
        const octet_layer *layer = &graph->layers[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_TIGHT);
        octet_json_write_string(json, "name", layer->name);
        octet_json_write_string(json, "class", layer->class_name);
        octet_text_json_shape(json, "output_shape", &layer->output_shape);
        octet_json_write_u64(json, "parameters", layer->n_parameters);
        octet_json_write_u64(json, "trainable", layer->n_trainable);
        octet_json_write_i64(json, "depth", layer->depth);
        octet_json_write_string(json, "inputs", layer->inputs);
        octet_json_end(json);
    }
    octet_json_end(json);
    octet_json_write_u64(json, "parameters", t.all);
    octet_json_write_u64(json, "trainable", t.trainable);
    octet_json_write_u64(json, "non_trainable", t.all - t.trainable);
}

static void write_json_operators(octet_json_writer *json, const octet_graph *graph) {
    octet_json_begin_array(json, "operators", OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        const octet_value *output = octet_graph_output(graph, op, 0);
        const octet_constants read = constants_of(graph, op);
        octet_json_begin_object(json, NULL, OCTET_JSON_TIGHT);
        octet_json_write_string(json, "operator", octet_operator_name(op->code));
        octet_json_write_i64(json, "version", op->version);
        octet_json_write_string(json, "output", output->name);
        octet_json_write_string(json, "type", octet_type_name(output->type));
        octet_text_json_shape(json, "output_shape", &output->shape);
        octet_json_write_u64(json, "constants", read.n_elements);
        octet_json_write_u64(json, "constants_bytes", read.n_bytes);
        octet_json_end(json);
    }
    octet_json_end(json);
}

octet_status octet_summary_write_json(octet_context *ctx, const octet_graph *graph, const char *model,
                                      octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "summary", OCTET_JSON_TIGHT);
    octet_json_write_string(&json, "model", model);
    octet_summary_json_signatures(&json, graph);
    if (graph->n_layers > 0) write_json_layers(&json, graph);
    else write_json_operators(&json, graph);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
