#include "report/inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "graph/options.h"
#include "report/islands.h"
#include "report/summary.h"
#include "report/table.h"
#include "report/text.h"

enum { NAME_WIDTH = 44, LIST_ITEMS = 6 };

int32_t octet_inspect_version(const octet_inspection *in, uint32_t op) {
    return in->versions != NULL ? in->versions[op] : in->graph->operators[op].version;
}

bool octet_inspect_is_placed(const octet_inspection *in, uint32_t value) {
    return in->offsets != NULL && in->offsets[value] != SIZE_MAX;
}

static octet_status write_option(octet_context *ctx, const octet_option *option, const octet_options *options,
                                 octet_buffer *out) {
    const octet_option_value value = octet_option_get(option, options);
    if (value.is_usual) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "%s%s=", out->size > 0 ? " " : "", octet_option_name(option)));
    if (option->kind == OCTET_OPTION_F32) return octet_buffer_format(ctx, out, "%.9g", (double)value.real);
    if (option->kind == OCTET_OPTION_BOOL) return octet_buffer_format(ctx, out, "%s", value.flag ? "true" : "false");
    if (value.word != NULL) return octet_buffer_format(ctx, out, "%s", value.word);
    for (int32_t i = 0; i < value.n_list; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, i == 0 ? "%d" : ",%d", value.list[i]));
    return value.list != NULL ? OCTET_OK : octet_buffer_format(ctx, out, "%d", value.integer);
}

octet_status octet_inspect_options(octet_context *ctx, const octet_operator *op, octet_buffer *out) {
    const octet_option_list list = octet_options_of(op->code);
    for (uint32_t i = 0; i < list.n; i++) OCTET_TRY(write_option(ctx, &list.items[i], &op->options, out));
    return OCTET_OK;
}

static octet_status write_port(octet_context *ctx, const octet_graph *graph, const octet_port *port, const char *what,
                               octet_table *table) {
    char shape[OCTET_SHAPE_TEXT_SIZE];
    const octet_value *value = &graph->values[port->value];
    OCTET_TRY(octet_table_cell(ctx, table, "%s", what));
    OCTET_TRY(octet_table_name(ctx, table, port->name, NAME_WIDTH));
    OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_type_name(value->type)));
    OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_shape_text(&value->shape, shape)));
    if (value->quantization.n == 0) return octet_table_cell(ctx, table, "%s", "");
    return octet_table_cell(ctx, table, "scale %.9g, zero point %d", (double)value->quantization.scale[0],
                            value->quantization.zero_point[0]);
}

static octet_status write_ports(octet_context *ctx, const octet_graph *graph, octet_buffer *out) {
    octet_table table = {.n_columns = 5};
    octet_status status = OCTET_OK;
    for (int i = 0; i < 5 && status == OCTET_OK; i++) status = octet_table_cell(ctx, &table, "%s", "");
    for (uint32_t i = 0; i < graph->n_inputs && status == OCTET_OK; i++)
        status = write_port(ctx, graph, &graph->inputs[i], "input", &table);
    for (uint32_t i = 0; i < graph->n_outputs && status == OCTET_OK; i++)
        status = write_port(ctx, graph, &graph->outputs[i], "output", &table);
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 0, out);
    octet_table_free(ctx, &table);
    return status;
}

/* "3 12 13 -": values by number; the middle of a long list is left out. */
static octet_status list_values(octet_context *ctx, octet_table *table, const uint32_t *values, uint32_t n) {
    char text[160];
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < n; i++) {
        if (n > LIST_ITEMS + 1 && i == LIST_ITEMS - 1) {
            used += (size_t)snprintf(text + used, sizeof text - used, " ...");
            i = n - 1;
        }
        const char *space = used > 0 ? " " : "";
        if (values[i] == OCTET_NONE) used += (size_t)snprintf(text + used, sizeof text - used, "%s-", space);
        else used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRIu32, space, values[i]);
    }
    return octet_table_cell(ctx, table, "%s", text);
}

static octet_status fill_operators(octet_context *ctx, const octet_inspection *in, octet_table *table,
                                   octet_buffer *options) {
    static const char *const heading[] = {"#", "operator", "version", "inputs", "outputs", "options"};
    for (size_t i = 0; i < 6; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", heading[i]));
    for (uint32_t i = 0; i < in->graph->n_operators; i++) {
        const octet_operator *op = &in->graph->operators[i];
        const int32_t version = octet_inspect_version(in, i);
        options->size = 0;
        OCTET_TRY(octet_inspect_options(ctx, op, options));
        OCTET_TRY(octet_table_cell(ctx, table, "%" PRIu32, i));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_operator_name(op->code)));
        OCTET_TRY(version > 0 ? octet_table_cell(ctx, table, "%d", version) : octet_table_cell(ctx, table, "%s", ""));
        OCTET_TRY(list_values(ctx, table, op->inputs, op->n_inputs));
        OCTET_TRY(list_values(ctx, table, op->outputs, op->n_outputs));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", options->size > 0 ? (const char *)options->data : ""));
    }
    return OCTET_OK;
}

static octet_status write_operators(octet_context *ctx, const octet_inspection *in, octet_buffer *out) {
    octet_table table = {.n_columns = 6, .right = 1u << 0 | 1u << 2};
    octet_buffer options = {0};
    OCTET_TRY(octet_buffer_format(ctx, out, "\nOperators (%" PRIu32, in->graph->n_operators));
    if (in->graph->n_folded > 0)
        OCTET_TRY(octet_buffer_format(ctx, out, ", besides %" PRIu32 " that compute shapes: constants here",
                                      in->graph->n_folded));
    OCTET_TRY(octet_buffer_format(ctx, out, ")\n"));
    octet_status status = fill_operators(ctx, in, &table, &options);
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 0, out);
    octet_buffer_free(ctx, &options);
    octet_table_free(ctx, &table);
    return status;
}

/* Something of the model reads or makes it, or it is state. */
static bool is_used(const octet_graph *graph, const octet_value *value, uint32_t index) {
    if (value->n_uses > 0 || value->producer != OCTET_NONE || value->is_variable) return true;
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        if (graph->inputs[i].value == index) return true;
    return false;
}

static octet_status scale_cells(octet_context *ctx, const octet_quantization *q, octet_table *table) {
    if (q->n == 0) {
        for (int i = 0; i < 3; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", ""));
        return OCTET_OK;
    }
    if (q->n == 1) {
        OCTET_TRY(octet_table_cell(ctx, table, "%.9g", (double)q->scale[0]));
        OCTET_TRY(octet_table_cell(ctx, table, "%d", q->zero_point[0]));
        return octet_table_cell(ctx, table, "%s", "");
    }
    float low = q->scale[0], high = low;
    int32_t zero_low = q->zero_point[0], zero_high = zero_low;
    for (uint32_t i = 1; i < q->n; i++) {
        if (q->scale[i] < low) low = q->scale[i];
        if (q->scale[i] > high) high = q->scale[i];
        if (q->zero_point[i] < zero_low) zero_low = q->zero_point[i];
        if (q->zero_point[i] > zero_high) zero_high = q->zero_point[i];
    }
    OCTET_TRY(octet_table_cell(ctx, table, "%.3g..%.3g", (double)low, (double)high));
    OCTET_TRY(zero_low == zero_high ? octet_table_cell(ctx, table, "%d", zero_low)
                                    : octet_table_cell(ctx, table, "%d..%d", zero_low, zero_high));
    return octet_table_cell(ctx, table, "%d", q->axis);
}

static octet_status fill_tensors(octet_context *ctx, const octet_inspection *in, octet_table *table) {
    static const char *const heading[] = {"#",          "tensor", "type",  "shape", "scale",
                                          "zero point", "axis",   "bytes", "kept",  "offset"};
    for (size_t i = 0; i < 10; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", heading[i]));
    for (uint32_t i = 0; i < in->graph->n_values; i++) {
        char shape[OCTET_SHAPE_TEXT_SIZE], count[OCTET_TEXT_SIZE];
        const octet_value *value = &in->graph->values[i];
        if (!is_used(in->graph, value, i)) continue;
        OCTET_TRY(octet_table_cell(ctx, table, "%" PRIu32, i));
        OCTET_TRY(octet_table_name(ctx, table, value->name, NAME_WIDTH));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_type_name(value->type)));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_shape_text(&value->shape, shape)));
        OCTET_TRY(scale_cells(ctx, &value->quantization, table));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_text_count(octet_value_bytes(value), count)));
        OCTET_TRY(octet_table_cell(ctx, table, "%s",
                                   octet_value_is_constant(value) ? "constant"
                                   : value->is_variable           ? "variable"
                                                                  : ""));
        const bool is_placed = octet_inspect_is_placed(in, i);
        OCTET_TRY(octet_table_cell(ctx, table, "%s", is_placed ? octet_text_count(in->offsets[i], count) : ""));
    }
    return OCTET_OK;
}

static octet_status write_tensors(octet_context *ctx, const octet_inspection *in, octet_buffer *out) {
    octet_table table = {.n_columns = 10, .right = 1u << 0 | 1u << 5 | 1u << 7 | 1u << 9};
    OCTET_TRY(octet_buffer_format(ctx, out, "\nTensors\n"));
    octet_status status = fill_tensors(ctx, in, &table);
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 0, out);
    octet_table_free(ctx, &table);
    return status;
}

octet_status octet_inspect_write_text(octet_context *ctx, const octet_inspection *in, octet_buffer *out) {
    const octet_graph *graph = in->graph;
    char count[OCTET_TEXT_SIZE];
    const octet_constants constants = octet_summary_constants(graph);
    OCTET_TRY(octet_buffer_format(ctx, out, "%s", in->model));
    if (in->file_bytes > 0)
        OCTET_TRY(octet_buffer_format(ctx, out, ": %s bytes", octet_text_count(in->file_bytes, count)));
    OCTET_TRY(octet_buffer_format(ctx, out, "%s%s%s\n", graph->description[0] ? " (" : "", graph->description,
                                  graph->description[0] ? ")" : ""));
    OCTET_TRY(octet_summary_write_signatures(ctx, graph, out));
    OCTET_TRY(write_ports(ctx, graph, out));
    OCTET_TRY(write_operators(ctx, in, out));
    if (in->islands.n > 0) OCTET_TRY(octet_buffer_format(ctx, out, "\n"));
    OCTET_TRY(octet_islands_write_text(ctx, &in->islands, true, out));
    OCTET_TRY(write_tensors(ctx, in, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "\nConstants   %s bytes\n", octet_text_count(constants.n_bytes, count)));
    if (in->arena_bytes == 0) return OCTET_OK;
    return octet_buffer_format(ctx, out, "Activations %s bytes, planned\n", octet_text_count(in->arena_bytes, count));
}
