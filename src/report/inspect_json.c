/* An inspection as JSON. */
#include "base/json_writer.h"
#include "graph/options.h"
#include "report/inspect.h"
#include "report/islands.h"
#include "report/summary.h"
#include "report/text.h"

static void write_quantization(octet_json_writer *json, const octet_quantization *q) {
    if (q->n == 0) {
        octet_json_write_null(json, "quantization");
        return;
    }
    octet_json_begin_object(json, "quantization", OCTET_JSON_TIGHT);
    octet_json_begin_array(json, "scale", OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < q->n; i++) octet_json_write_real(json, NULL, (double)q->scale[i], 9);
    octet_json_end(json);
    octet_json_begin_array(json, "zero_point", OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < q->n; i++) octet_json_write_i64(json, NULL, q->zero_point[i]);
    octet_json_end(json);
    octet_json_write_i64(json, "quantized_dimension", q->axis);
    octet_json_end(json);
}

static void write_values(octet_json_writer *json, const char *key, const uint32_t *values, uint32_t n) {
    octet_json_begin_array(json, key, OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < n; i++) {
        if (values[i] == OCTET_NONE) octet_json_write_null(json, NULL);
        else octet_json_write_u64(json, NULL, values[i]);
    }
    octet_json_end(json);
}

static void write_ports(octet_json_writer *json, const char *key, const octet_port *ports, uint32_t n) {
    octet_json_begin_array(json, key, OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < n; i++) {
        octet_json_begin_object(json, NULL, OCTET_JSON_TIGHT);
        octet_json_write_string(json, "name", ports[i].name);
        octet_json_write_u64(json, "tensor", ports[i].value);
        octet_json_end(json);
    }
    octet_json_end(json);
}

static void write_option(octet_json_writer *json, const octet_option *option, const octet_options *options) {
    const char *name = octet_option_name(option);
    const octet_option_value value = octet_option_get(option, options);
    if (option->kind == OCTET_OPTION_BOOL) {
        octet_json_write_bool(json, name, value.flag);
    } else if (option->kind == OCTET_OPTION_F32) {
        octet_json_write_real(json, name, (double)value.real, 9);
    } else if (value.word != NULL) {
        octet_json_write_string(json, name, value.word);
    } else if (value.list != NULL) {
        octet_json_begin_array(json, name, OCTET_JSON_TIGHT);
        for (int32_t i = 0; i < value.n_list; i++) octet_json_write_i64(json, NULL, value.list[i]);
        octet_json_end(json);
    } else {
        octet_json_write_i64(json, name, value.integer);
    }
}

static void write_operator(octet_json_writer *json, const octet_inspection *in, uint32_t index) {
    const octet_operator *op = &in->graph->operators[index];
    const octet_option_list list = octet_options_of(op->code);
    octet_json_begin_object(json, NULL, OCTET_JSON_TIGHT);
    octet_json_write_u64(json, "index", index);
    octet_json_write_string(json, "operator", octet_operator_name(op->code));
    octet_json_write_i64(json, "version", octet_inspect_version(in, index));
    octet_json_write_string(json, "layer", op->layer);
    write_values(json, "inputs", op->inputs, op->n_inputs);
    write_values(json, "outputs", op->outputs, op->n_outputs);
    octet_json_begin_object(json, "options", OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < list.n; i++) write_option(json, &list.items[i], &op->options);
    octet_json_end(json);
    octet_json_end(json);
}

static void write_tensor(octet_json_writer *json, const octet_inspection *in, uint32_t index) {
    const octet_value *value = &in->graph->values[index];
    octet_json_begin_object(json, NULL, OCTET_JSON_TIGHT);
    octet_json_write_u64(json, "index", index);
    octet_json_write_string(json, "name", value->name);
    octet_json_write_string(json, "type", octet_type_name(value->type));
    octet_text_json_shape(json, "shape", &value->shape);
    write_quantization(json, &value->quantization);
    octet_json_write_u64(json, "size_bytes", octet_value_bytes(value));
    octet_json_write_bool(json, "constant", value->data != NULL);
    octet_json_write_bool(json, "variable", value->is_variable);
    if (value->quantization.stated != NULL)
        octet_text_json_range(json, "stated_range", (double)value->quantization.stated[0],
                              (double)value->quantization.stated[1]);
    if (octet_inspect_is_placed(in, index)) octet_json_write_u64(json, "offset", in->offsets[index]);
    octet_json_end(json);
}

octet_status octet_inspect_write_json(octet_context *ctx, const octet_inspection *in, octet_buffer *out) {
    const octet_graph *graph = in->graph;
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "inspect", OCTET_JSON_TIGHT);
    octet_json_write_string(&json, "model", in->model);
    octet_summary_json_signatures(&json, graph);
    octet_json_write_string(&json, "description", graph->description);
    octet_json_write_u64(&json, "size_bytes", in->file_bytes);
    octet_json_write_u64(&json, "activation_bytes", in->arena_bytes);
    write_ports(&json, "inputs", graph->inputs, graph->n_inputs);
    write_ports(&json, "outputs", graph->outputs, graph->n_outputs);
    octet_json_write_u64(&json, "folded_operators", graph->n_folded);
    octet_json_begin_array(&json, "operators", OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < graph->n_operators; i++) write_operator(&json, in, i);
    octet_json_end(&json);
    octet_islands_write_member(&json, &in->islands);
    octet_json_begin_array(&json, "tensors", OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < graph->n_values; i++) write_tensor(&json, in, i);
    octet_json_end(&json);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
