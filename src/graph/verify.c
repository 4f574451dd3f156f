/* Checks that a graph holds together: indices, order, types, shapes and quantization. */
#include <math.h>
#include <string.h>

#include "graph/graph.h"
#include "graph/infer/infer.h"

static octet_status verify_quantization(octet_context *ctx, const octet_graph *graph, const octet_value *value,
                                        const char *stage) {
    const octet_quantization *q = &value->quantization;
    if (q->n == 0) return OCTET_OK;
    if (q->n > 1)
        OCTET_CHECK(ctx, q->axis >= 0 && q->axis < value->shape.rank && (uint32_t)value->shape.dims[q->axis] == q->n,
                    OCTET_MODEL, "%s (%s): tensor %s has %u scales for dimension %d, which is not that long",
                    graph->source, stage, value->name, q->n, q->axis);
    int32_t low, high;
    octet_type_limits(value->type, &low, &high);
    for (uint32_t i = 0; i < q->n; i++) {
        OCTET_CHECK(ctx, isfinite(q->scale[i]) && q->scale[i] > 0, OCTET_MODEL,
                    "%s (%s): tensor %s has scale %g, it must be finite and above 0", graph->source, stage, value->name,
                    (double)q->scale[i]);
        OCTET_CHECK(ctx, q->zero_point[i] >= low && q->zero_point[i] <= high, OCTET_MODEL,
                    "%s (%s): tensor %s has zero point %d, %d to %d are possible", graph->source, stage, value->name,
                    q->zero_point[i], low, high);
    }
    return OCTET_OK;
}

static octet_status verify_indices(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                   const char *stage) {
    OCTET_CHECK(ctx,
                op->n_inputs <= OCTET_MAX_OPERATOR_INPUTS && op->n_outputs <= OCTET_MAX_OPERATOR_INPUTS &&
                    op->n_outputs > 0,
                OCTET_LIMIT, "%s (%s): %s has %u inputs and %u outputs", graph->source, stage, op->layer, op->n_inputs,
                op->n_outputs);
    for (uint32_t i = 0; i < op->n_inputs; i++)
        OCTET_CHECK(ctx, op->inputs[i] == OCTET_NONE || op->inputs[i] < graph->n_values, OCTET_MODEL,
                    "%s (%s): %s reads tensor %u of %u", graph->source, stage, op->layer, op->inputs[i],
                    graph->n_values);
    for (uint32_t i = 0; i < op->n_outputs; i++)
        OCTET_CHECK(ctx, op->outputs[i] < graph->n_values, OCTET_MODEL, "%s (%s): %s writes tensor %u of %u",
                    graph->source, stage, op->layer, op->outputs[i], graph->n_values);
    for (uint32_t i = 0; i < op->n_intermediates; i++)
        OCTET_CHECK(ctx, op->intermediates[i] == OCTET_NONE || op->intermediates[i] < graph->n_values, OCTET_MODEL,
                    "%s (%s): %s has intermediate tensor %u of %u", graph->source, stage, op->layer,
                    op->intermediates[i], graph->n_values);
    return OCTET_OK;
}

/* `known` says which values exist before an operator runs: constants, inputs, variables, results so far. */
static octet_status verify_operator(octet_context *ctx, const octet_graph *graph, uint32_t index, bool *known,
                                    octet_arena *scratch, const char *stage) {
    const octet_operator *op = &graph->operators[index];
    OCTET_TRY(verify_indices(ctx, graph, op, stage));
    for (uint32_t i = 0; i < op->n_inputs; i++)
        OCTET_CHECK(ctx, op->inputs[i] == OCTET_NONE || known[op->inputs[i]], OCTET_MODEL,
                    "%s (%s): %s reads tensor %s before anything computes it", graph->source, stage, op->layer,
                    graph->values[op->inputs[i]].name);
    octet_inferred *inferred;
    OCTET_TRY(OCTET_NEW(ctx, scratch, op->n_outputs, &inferred));
    OCTET_TRY(octet_infer(ctx, graph, op, inferred));
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        const octet_value *value = &graph->values[op->outputs[i]];
        OCTET_CHECK(ctx, !known[op->outputs[i]], OCTET_MODEL, "%s (%s): %s writes tensor %s, which already has a value",
                    graph->source, stage, op->layer, value->name);
        known[op->outputs[i]] = true;
        OCTET_CHECK(ctx, value->producer == index, OCTET_INTERNAL, "%s (%s): the producer of tensor %s is not kept",
                    graph->source, stage, value->name);
        OCTET_CHECK(ctx, value->type == inferred[i].type, OCTET_MODEL, "%s (%s): %s gives %s, tensor %s is %s",
                    graph->source, stage, op->layer, octet_type_name(inferred[i].type), value->name,
                    octet_type_name(value->type));
        char have[OCTET_SHAPE_TEXT_SIZE], want[OCTET_SHAPE_TEXT_SIZE];
        OCTET_CHECK(ctx, octet_shape_equal(&value->shape, &inferred[i].shape), OCTET_MODEL,
                    "%s (%s): %s gives shape %s, tensor %s has %s", graph->source, stage, op->layer,
                    octet_shape_text(&inferred[i].shape, want), value->name, octet_shape_text(&value->shape, have));
    }
    return OCTET_OK;
}

static octet_status verify(octet_context *ctx, const octet_graph *graph, const char *stage, octet_arena *scratch) {
    bool *known;
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, &known));
    for (uint32_t i = 0; i < graph->n_values; i++) {
        const octet_value *value = &graph->values[i];
        OCTET_TRY(octet_shape_check(ctx, &value->shape, value->name));
        OCTET_TRY(verify_quantization(ctx, graph, value, stage));
        known[i] = value->data != NULL || value->is_variable;
    }
    OCTET_CHECK(ctx, graph->n_inputs > 0 && graph->n_outputs > 0, OCTET_MODEL,
                "%s (%s): the graph has %u inputs and %u outputs", graph->source, stage, graph->n_inputs,
                graph->n_outputs);
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const uint32_t value = graph->inputs[i].value;
        OCTET_CHECK(ctx, value < graph->n_values && !known[value], OCTET_MODEL, "%s (%s): input %u is no free tensor",
                    graph->source, stage, i);
        known[value] = true;
    }
    for (uint32_t i = 0; i < graph->n_operators; i++) OCTET_TRY(verify_operator(ctx, graph, i, known, scratch, stage));
    for (uint32_t i = 0; i < graph->n_carries; i++) {
        const octet_carry *carry = &graph->carries[i];
        OCTET_CHECK(ctx, carry->variable < graph->n_values && carry->value < graph->n_values && known[carry->value],
                    OCTET_MODEL, "%s (%s): nothing computes what is carried to the next run", graph->source, stage);
        const octet_value *kept = &graph->values[carry->variable], *value = &graph->values[carry->value];
        OCTET_CHECK(ctx,
                    kept->is_variable && kept->type == value->type && octet_shape_equal(&kept->shape, &value->shape),
                    OCTET_MODEL, "%s (%s): tensor %s cannot become %s in the next run", graph->source, stage,
                    value->name, kept->name);
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const uint32_t value = graph->outputs[i].value;
        OCTET_CHECK(ctx, value < graph->n_values && known[value], OCTET_MODEL, "%s (%s): nothing computes output %u",
                    graph->source, stage, i);
    }
    return OCTET_OK;
}

octet_status octet_graph_verify(octet_context *ctx, const octet_graph *graph, const char *stage) {
    octet_arena scratch = {0};
    const octet_status status = verify(ctx, graph, stage, &scratch);
    octet_arena_free(ctx, &scratch);
    return status;
}
