#include "import/tflite/rewrite.h"

#include "graph/infer/infer.h"
#include "tflite/builtin.h"

bool octet_tflite_is_rewritten(int32_t builtin) {
    return builtin == OCTET_BUILTIN_EMBEDDING_LOOKUP || builtin == OCTET_BUILTIN_ADD_N ||
           builtin == OCTET_BUILTIN_RANK || builtin == OCTET_BUILTIN_DENSIFY;
}

/* An operator whose result exists as a tensor of the file; its type must be the one that inference gives. */
static octet_status add(octet_context *ctx, octet_graph *graph, octet_operator_code code, const char *layer,
                        uint32_t *inputs, uint32_t n_inputs, const octet_options *options, uint32_t *output) {
    octet_operator op = {
        .code = code, .layer = layer, .inputs = inputs, .n_inputs = n_inputs, .outputs = output, .n_outputs = 1};
    if (options != NULL) op.options = *options;
    octet_inferred inferred;
    OCTET_TRY(octet_infer(ctx, graph, &op, &inferred));
    octet_value *value = &graph->values[*output];
    OCTET_CHECK(ctx, value->type == inferred.type, OCTET_UNSUPPORTED, "%s: %s of %s that gives %s is not supported",
                graph->source, layer, octet_type_name(inferred.type), octet_type_name(value->type));
    value->shape = inferred.shape;
    return octet_graph_add_operator(ctx, graph, code, layer, inputs, n_inputs, options, output, 1, OCTET_NONE, NULL);
}

/* The elements of a sparse constant have been unpacked already. */
static octet_status densify(octet_context *ctx, octet_graph *graph, const octet_operator *op) {
    const octet_value *from = octet_graph_input(graph, op, 0);
    octet_value *to = octet_graph_output(graph, op, 0);
    OCTET_CHECK(ctx, from != NULL && from->data != NULL && from->type == to->type, OCTET_MODEL,
                "%s: %s does not name a constant of its type", graph->source, op->layer);
    to->shape = from->shape;
    to->data = from->data;
    to->quantization = from->quantization;
    return OCTET_OK;
}

static octet_status rank(octet_context *ctx, octet_graph *graph, const octet_operator *op) {
    const octet_value *input = octet_graph_input(graph, op, 0);
    octet_value *to = octet_graph_output(graph, op, 0);
    OCTET_CHECK(ctx, input != NULL && to->type == OCTET_INT32, OCTET_MODEL, "%s: %s gives an int32", graph->source,
                op->layer);
    void *data;
    OCTET_TRY(octet_arena_copy(ctx, &graph->arena, &input->shape.rank, sizeof input->shape.rank, &data));
    to->shape = (octet_shape){0};
    to->data = data;
    graph->n_folded++;
    return OCTET_OK;
}

/* Of ids and a table: rows of the table. */
static octet_status embedding_lookup(octet_context *ctx, octet_graph *graph, const octet_operator *op) {
    const octet_options options = {.gather = {0, 0}};
    OCTET_CHECK(ctx, op->n_inputs == 2, OCTET_MODEL, "%s: %s takes ids and a table", graph->source, op->layer);
    uint32_t inputs[2] = {op->inputs[1], op->inputs[0]};
    return add(ctx, graph, OCTET_OP_GATHER, op->layer, inputs, 2, &options, op->outputs);
}

static octet_status add_n(octet_context *ctx, octet_graph *graph, const octet_operator *op) {
    OCTET_CHECK(ctx, op->n_inputs >= 2, OCTET_MODEL, "%s: %s has %u summands", graph->source, op->layer, op->n_inputs);
    uint32_t sum = op->inputs[0];
    for (uint32_t i = 1; i < op->n_inputs; i++) {
        uint32_t pair[2] = {sum, op->inputs[i]};
        if (i + 1 == op->n_inputs) return add(ctx, graph, OCTET_OP_ADD, op->layer, pair, 2, NULL, op->outputs);
        OCTET_TRY(octet_graph_emit(ctx, graph, OCTET_OP_ADD, op->layer, NULL, pair, 2, NULL, &sum, 1));
    }
    return OCTET_OK;
}

octet_status octet_tflite_rewrite(octet_context *ctx, octet_graph *graph, int32_t builtin, octet_operator *op) {
    bool present = op->n_outputs == 1 && op->n_inputs > 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) present = present && op->inputs[i] != OCTET_NONE;
    OCTET_CHECK(ctx, present, OCTET_MODEL, "%s: %s with %u inputs and %u outputs", graph->source, op->layer,
                op->n_inputs, op->n_outputs);
    if (builtin == OCTET_BUILTIN_DENSIFY) return densify(ctx, graph, op);
    if (builtin == OCTET_BUILTIN_RANK) return rank(ctx, graph, op);
    return builtin == OCTET_BUILTIN_ADD_N ? add_n(ctx, graph, op) : embedding_lookup(ctx, graph, op);
}
