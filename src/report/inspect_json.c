#include <inttypes.h>

#include "graph/options.h"
#include "report/inspect.h"
#include "report/text.h"

static octet_status write_key(octet_context *ctx, octet_buffer *out, const char *key, const char *text) {
    OCTET_TRY(octet_buffer_format(ctx, out, "\"%s\":", key));
    return octet_text_json_string(ctx, out, text);
}

static octet_status write_shape(octet_context *ctx, octet_buffer *out, const octet_shape *shape) {
    OCTET_TRY(octet_buffer_format(ctx, out, "\"shape\":["));
    for (int32_t i = 0; i < shape->rank; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, i == 0 ? "%d" : ",%d", shape->dims[i]));
    return octet_buffer_format(ctx, out, "]");
}

static octet_status write_quantization(octet_context *ctx, octet_buffer *out, const octet_quantization *q) {
    if (q->n == 0) return octet_buffer_format(ctx, out, "\"quantization\":null");
    OCTET_TRY(octet_buffer_format(ctx, out, "\"quantization\":{\"scale\":["));
    for (uint32_t i = 0; i < q->n; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, i == 0 ? "%.9g" : ",%.9g", (double)q->scale[i]));
    OCTET_TRY(octet_buffer_format(ctx, out, "],\"zero_point\":["));
    for (uint32_t i = 0; i < q->n; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, i == 0 ? "%d" : ",%d", q->zero_point[i]));
    return octet_buffer_format(ctx, out, "],\"quantized_dimension\":%d}", q->axis);
}

static octet_status write_list(octet_context *ctx, octet_buffer *out, const char *key, const uint32_t *values,
                               uint32_t n) {
    OCTET_TRY(octet_buffer_format(ctx, out, "\"%s\":[", key));
    for (uint32_t i = 0; i < n; i++) {
        const char *comma = i == 0 ? "" : ",";
        if (values[i] == OCTET_NONE) OCTET_TRY(octet_buffer_format(ctx, out, "%s-1", comma));
        else OCTET_TRY(octet_buffer_format(ctx, out, "%s%" PRIu32, comma, values[i]));
    }
    return octet_buffer_format(ctx, out, "]");
}

static octet_status write_ports(octet_context *ctx, octet_buffer *out, const char *key, const octet_port *ports,
                                uint32_t n) {
    OCTET_TRY(octet_buffer_format(ctx, out, "\"%s\":[", key));
    for (uint32_t i = 0; i < n; i++) {
        OCTET_TRY(octet_buffer_format(ctx, out, "%s{", i == 0 ? "" : ","));
        OCTET_TRY(write_key(ctx, out, "name", ports[i].name));
        OCTET_TRY(octet_buffer_format(ctx, out, ",\"tensor\":%" PRIu32 "}", ports[i].value));
    }
    return octet_buffer_format(ctx, out, "],");
}

static octet_status write_option(octet_context *ctx, octet_buffer *out, const octet_option *option,
                                 const octet_options *options) {
    const octet_option_value value = octet_option_get(option, options);
    if (option->kind == OCTET_OPTION_BOOL) return octet_buffer_format(ctx, out, "%s", value.flag ? "true" : "false");
    if (option->kind == OCTET_OPTION_F32) return octet_text_json_number(ctx, out, (double)value.real, 9);
    if (value.word != NULL) return octet_text_json_string(ctx, out, value.word);
    if (value.list == NULL) return octet_buffer_format(ctx, out, "%d", value.integer);
    OCTET_TRY(octet_buffer_format(ctx, out, "["));
    for (int32_t i = 0; i < value.n_list; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, i == 0 ? "%d" : ",%d", value.list[i]));
    return octet_buffer_format(ctx, out, "]");
}

static octet_status write_operator(octet_context *ctx, octet_buffer *out, const octet_inspection *in, uint32_t index) {
    const octet_operator *op = &in->graph->operators[index];
    const octet_option_list list = octet_options_of(op->code);
    OCTET_TRY(octet_buffer_format(ctx, out, "%s{\"index\":%" PRIu32 ",", index == 0 ? "" : ",", index));
    OCTET_TRY(write_key(ctx, out, "operator", octet_operator_name(op->code)));
    OCTET_TRY(octet_buffer_format(ctx, out, ",\"version\":%d,", in->versions ? in->versions[index] : op->version));
    OCTET_TRY(write_key(ctx, out, "layer", op->layer));
    OCTET_TRY(octet_buffer_format(ctx, out, ","));
    OCTET_TRY(write_list(ctx, out, "inputs", op->inputs, op->n_inputs));
    OCTET_TRY(octet_buffer_format(ctx, out, ","));
    OCTET_TRY(write_list(ctx, out, "outputs", op->outputs, op->n_outputs));
    OCTET_TRY(octet_buffer_format(ctx, out, ",\"options\":{"));
    for (uint32_t i = 0; i < list.n; i++) {
        OCTET_TRY(octet_buffer_format(ctx, out, "%s\"%s\":", i == 0 ? "" : ",", octet_option_name(&list.items[i])));
        OCTET_TRY(write_option(ctx, out, &list.items[i], &op->options));
    }
    return octet_buffer_format(ctx, out, "}}");
}

static octet_status write_tensor(octet_context *ctx, octet_buffer *out, const octet_inspection *in, uint32_t index) {
    const octet_value *value = &in->graph->values[index];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s{\"index\":%" PRIu32 ",", index == 0 ? "" : ",", index));
    OCTET_TRY(write_key(ctx, out, "name", value->name));
    OCTET_TRY(octet_buffer_format(ctx, out, ","));
    OCTET_TRY(write_key(ctx, out, "type", octet_type_name(value->type)));
    OCTET_TRY(octet_buffer_format(ctx, out, ","));
    OCTET_TRY(write_shape(ctx, out, &value->shape));
    OCTET_TRY(octet_buffer_format(ctx, out, ","));
    OCTET_TRY(write_quantization(ctx, out, &value->quantization));
    OCTET_TRY(octet_buffer_format(ctx, out, ",\"bytes\":%zu,\"constant\":%s,\"variable\":%s",
                                  octet_inspect_value_bytes(value), value->data ? "true" : "false",
                                  value->is_variable ? "true" : "false"));
    if (value->has_range)
        OCTET_TRY(octet_buffer_format(ctx, out, ",\"min\":%.9g,\"max\":%.9g", (double)value->min, (double)value->max));
    if (in->offsets && in->offsets[index] != SIZE_MAX)
        OCTET_TRY(octet_buffer_format(ctx, out, ",\"offset\":%zu", in->offsets[index]));
    return octet_buffer_format(ctx, out, "}");
}

octet_status octet_inspect_write_json(octet_context *ctx, const octet_inspection *in, octet_buffer *out) {
    const octet_graph *graph = in->graph;
    OCTET_TRY(octet_buffer_format(ctx, out, "{"));
    OCTET_TRY(write_key(ctx, out, "model", in->model));
    OCTET_TRY(octet_buffer_format(ctx, out, ","));
    OCTET_TRY(write_key(ctx, out, "description", graph->description));
    OCTET_TRY(octet_buffer_format(ctx, out, ",\"file_bytes\":%zu,\"activation_bytes\":%zu,", in->file_bytes,
                                  in->arena_bytes));
    OCTET_TRY(write_ports(ctx, out, "inputs", graph->inputs, graph->n_inputs));
    OCTET_TRY(write_ports(ctx, out, "outputs", graph->outputs, graph->n_outputs));
    OCTET_TRY(octet_buffer_format(ctx, out, "\"folded_operators\":%" PRIu32 ",\"operators\":[", graph->n_folded));
    for (uint32_t i = 0; i < graph->n_operators; i++) OCTET_TRY(write_operator(ctx, out, in, i));
    OCTET_TRY(octet_buffer_format(ctx, out, "],\"tensors\":["));
    for (uint32_t i = 0; i < graph->n_values; i++) OCTET_TRY(write_tensor(ctx, out, in, i));
    return octet_buffer_format(ctx, out, "]}\n");
}
