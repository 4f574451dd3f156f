/* Prints a graph, a line per operator. */
#include "base/buffer.h"
#include "graph/graph.h"

static octet_status dump_value(octet_context *ctx, const octet_graph *graph, uint32_t index, octet_buffer *out) {
    const octet_value *value = &graph->values[index];
    char shape[OCTET_SHAPE_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%%%u %s%s %s", index, octet_type_name(value->type),
                                  octet_shape_text(&value->shape, shape), value->name));
    if (value->data != NULL) OCTET_TRY(octet_buffer_format(ctx, out, " constant"));
    if (value->is_variable) OCTET_TRY(octet_buffer_format(ctx, out, " variable"));
    if (value->quantization.n)
        OCTET_TRY(octet_buffer_format(ctx, out, " scale %.9g%s zero_point %d", (double)value->quantization.scale[0],
                                      value->quantization.n > 1 ? ",..." : "", value->quantization.zero_point[0]));
    const float *stated = value->quantization.stated;
    if (stated != NULL)
        OCTET_TRY(octet_buffer_format(ctx, out, " range [%.9g, %.9g]", (double)stated[0], (double)stated[1]));
    return octet_buffer_format(ctx, out, "\n");
}

octet_status octet_graph_dump(octet_context *ctx, const octet_graph *graph, octet_buffer *out) {
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "input %s %%%u\n", graph->inputs[i].name, graph->inputs[i].value));
    for (uint32_t i = 0; i < graph->n_values; i++) OCTET_TRY(dump_value(ctx, graph, i, out));
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        if (op->removed) continue;
        OCTET_TRY(octet_buffer_format(ctx, out, "#%u %s(", i, octet_operator_name(op->code)));
        for (uint32_t j = 0; j < op->n_inputs; j++)
            OCTET_TRY(op->inputs[j] == OCTET_NONE
                          ? octet_buffer_format(ctx, out, "%s-", j ? ", " : "")
                          : octet_buffer_format(ctx, out, "%s%%%u", j ? ", " : "", op->inputs[j]));
        OCTET_TRY(octet_buffer_format(ctx, out, ") ->"));
        for (uint32_t j = 0; j < op->n_outputs; j++) OCTET_TRY(octet_buffer_format(ctx, out, " %%%u", op->outputs[j]));
        OCTET_TRY(octet_buffer_format(ctx, out, "  # %s\n", op->layer));
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "output %s %%%u\n", graph->outputs[i].name, graph->outputs[i].value));
    return OCTET_OK;
}
