#include "api/layer_plan.h"

#include <string.h>

#include "layers/names.h"
#include "layers/ports.h"
#include "layers/weights.h"

static bool takes_part(const octet_graph *graph, uint32_t value) {
    octet_layer_measured ignored;
    return octet_pairs_is_computed(graph, value) && octet_layer_measured_make(&graph->values[value], &ignored);
}

static octet_status find_tips(octet_context *ctx, octet_layer_plan *plan) {
    OCTET_TRY(OCTET_NEW(ctx, &plan->arena, plan->real->n_values, &plan->tips));
    for (uint32_t v = 0; v < plan->real->n_values; v++) plan->tips[v] = v;
    for (uint32_t k = plan->real->n_operators; k-- > 0;) {
        const octet_operator *op = &plan->real->operators[k];
        if (op->code != OCTET_OP_FAKE_QUANT || plan->real->values[op->inputs[0]].n_uses != 1) continue;
        plan->tips[op->inputs[0]] = plan->tips[op->outputs[0]];
    }
    return OCTET_OK;
}

/* The layer that a value of a graph is of. Files of TensorFlow have no layers but names that begin with them. */
static octet_status name_layer(octet_context *ctx, octet_layer_plan *plan, uint32_t model, const octet_graph *graph,
                               uint32_t value, const char **out) {
    octet_arena *arena = &plan->layers->arena;
    const uint32_t producer = graph->values[value].producer;
    if (producer != OCTET_NONE && plan->models[model]->kind != OCTET_KIND_TFLITE)
        return octet_arena_string(ctx, arena, graph->operators[producer].layer, out);
    return octet_name_layer_of(ctx, arena, graph, value, out);
}

static bool can_feed(const octet_layer_plan *plan, const octet_segment *segment) {
    for (uint32_t i = 0; i < segment->n_feeds; i++) {
        const octet_value *to = &plan->real->values[segment->feeds[i].real],
                          *from = &plan->quantized->values[segment->feeds[i].quantized];
        if (octet_shape_elements(&to->shape) != octet_shape_elements(&from->shape)) return false;
        if (to->type != OCTET_FLOAT32 && to->type != from->type) return false;
    }
    return true;
}

static bool keeps_state(const octet_layer_plan *plan, const octet_segment *segment) {
    for (uint32_t i = 0; i < segment->n_operators; i++) {
        const octet_operator *op = &plan->real->operators[segment->operators[i]];
        if (op->code == OCTET_OP_SVDF) return true;
        for (uint32_t k = 0; k < op->n_inputs; k++)
            if (op->inputs[k] != OCTET_NONE && plan->real->values[op->inputs[k]].is_variable) return true;
    }
    return false;
}

/* The layer whose scale a value has to have: of what its operator reads, or of what joins it. */
static octet_status find_shared(octet_context *ctx, octet_layer_plan *plan, const octet_layer_row *row,
                                const char **out) {
    const octet_graph *q = plan->quantized;
    const octet_quantization *own = &q->values[row->value].quantization;
    if (own->n != 1) return OCTET_OK;
    const octet_operator *op = row->producer != OCTET_NONE ? &q->operators[row->producer] : NULL;
    uint32_t other = OCTET_NONE;
    for (uint32_t i = 0; op != NULL && i < op->n_inputs && other == OCTET_NONE; i++)
        if (octet_pairs_is_computed(q, op->inputs[i]) &&
            octet_quantization_equal(own, &q->values[op->inputs[i]].quantization))
            other = op->inputs[i];
    for (uint32_t k = 0; k < q->n_operators && other == OCTET_NONE; k++) {
        const octet_operator *reader = &q->operators[k];
        for (uint32_t i = 0; i < reader->n_inputs; i++)
            if (reader->inputs[i] == row->value && reader->n_outputs > 0 &&
                octet_quantization_equal(own, &q->values[reader->outputs[0]].quantization))
                other = reader->outputs[0];
    }
    if (other == OCTET_NONE) return OCTET_OK;
    const uint32_t real = plan->pairs.partner[other];
    const char *layer;
    OCTET_TRY(real != OCTET_NONE ? name_layer(ctx, plan, OCTET_LAYERS_FLOAT, plan->real, real, &layer)
                                 : name_layer(ctx, plan, OCTET_LAYERS_QUANTIZED, q, other, &layer));
    if (strcmp(layer, row->layer) != 0) *out = layer;
    return OCTET_OK;
}

static octet_status describe_row(octet_context *ctx, octet_layer_plan *plan, uint32_t root, uint32_t producer,
                                 const octet_layer_job *job, octet_layer_row *row) {
    octet_arena *arena = &plan->layers->arena;
    const octet_operator *op = producer != OCTET_NONE ? &plan->quantized->operators[producer] : NULL;
    row->code = op != NULL ? op->code : OCTET_N_OPERATORS;
    row->op = op != NULL ? octet_operator_name(op->code) : "INPUT";
    row->value = job->quantized;
    row->producer = producer;
    row->type = octet_type_name(plan->quantized->values[job->quantized].type);
    row->n_elements = octet_shape_elements(&plan->quantized->values[job->quantized].shape);
    row->has_weights = op != NULL && octet_operator_operands(op->code).weights >= 0;
    row->has_added = job->segment.is_known;
    row->is_rescaled = plan->gains[job->quantized].n > 0;
    OCTET_TRY(octet_arena_string(ctx, arena, plan->quantized->values[job->quantized].name, &row->tensor));
    OCTET_TRY(octet_arena_string(ctx, arena, plan->real->values[job->real].name, &row->partner));
    OCTET_TRY(name_layer(ctx, plan, OCTET_LAYERS_FLOAT, plan->real, root, &row->layer));
    if (op != NULL) OCTET_TRY(octet_layer_weights_count(ctx, arena, plan->quantized, op, &row->weights));
    return find_shared(ctx, plan, row, &row->shared_with);
}

/* A row for value `quantized`, if it can be compared. */
static octet_status add_row(octet_context *ctx, octet_layer_plan *plan, uint32_t quantized, uint32_t producer) {
    const uint32_t root = plan->pairs.partner[quantized];
    if (root == OCTET_NONE || plan->real->values[root].type != OCTET_FLOAT32) return OCTET_OK;
    octet_layer_job *job = &plan->rows[plan->n_rows];
    *job = (octet_layer_job){.real = plan->tips[root], .quantized = quantized, .first_sum = plan->n_sums};
    if (!octet_layer_measured_make(&plan->quantized->values[quantized], &job->measured)) return OCTET_OK;
    if (producer == OCTET_NONE) {
        job->segment = (octet_segment){.is_known = true};
    } else {
        OCTET_TRY(octet_segment_find(ctx, &plan->arena, plan->real, plan->quantized, &plan->pairs, job->real, producer,
                                     &job->segment));
    }
    const bool streams = octet_graph_is_stream(plan->real) && keeps_state(plan, &job->segment);
    job->segment.is_known = job->segment.is_known && can_feed(plan, &job->segment) && !streams;
    OCTET_TRY(describe_row(ctx, plan, root, producer, job, &plan->layers->rows[plan->n_rows]));
    plan->n_sums += octet_layer_measured_n_sums(&job->measured);
    plan->n_rows++;
    return OCTET_OK;
}

static octet_status list_rows(octet_context *ctx, octet_layer_plan *plan) {
    const octet_graph *q = plan->quantized;
    size_t most = q->n_inputs;
    for (uint32_t k = 0; k < q->n_operators; k++) most += q->operators[k].n_outputs;
    OCTET_TRY(OCTET_NEW(ctx, &plan->arena, most, &plan->rows));
    OCTET_TRY(OCTET_NEW(ctx, &plan->layers->arena, most, &plan->layers->rows));
    for (uint32_t i = 0; i < q->n_inputs; i++)
        if (q->values[q->inputs[i].value].type != OCTET_FLOAT32)
            OCTET_TRY(add_row(ctx, plan, q->inputs[i].value, OCTET_NONE));
    for (uint32_t k = 0; k < q->n_operators; k++) {
        const octet_operator *op = &q->operators[k];
        if (op->code == OCTET_OP_DEQUANTIZE) continue;
        for (uint32_t i = 0; i < op->n_outputs; i++) OCTET_TRY(add_row(ctx, plan, op->outputs[i], k));
    }
    plan->layers->n_rows = plan->n_rows;
    return OCTET_OK;
}

/* They have the names of the float model's layers where they have rows. */
static octet_status list_islands(octet_context *ctx, octet_layer_plan *plan) {
    octet_layers *layers = plan->layers;
    const bool has_layers = plan->models[OCTET_LAYERS_QUANTIZED]->has_layers;
    OCTET_TRY(octet_islands_find(ctx, &layers->arena, plan->quantized, has_layers, &layers->islands));
    for (uint32_t i = 0; i < layers->islands.n; i++)
        for (uint32_t r = 0; r < layers->n_rows; r++)
            if (layers->rows[r].producer == layers->islands.rows[i].operator_index)
                layers->islands.rows[i].layer = layers->rows[r].layer;
    return OCTET_OK;
}

/* Results of operators without a partner; passages and RESHAPE, which change no number, do not count. *n: how many
 * results could have one. */
static octet_status list_unpaired(octet_context *ctx, octet_layer_plan *plan, uint32_t model, uint32_t *n) {
    const octet_graph *graph = model == OCTET_LAYERS_FLOAT ? plan->real : plan->quantized;
    octet_layers *layers = plan->layers;
    *n = 0;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        const uint32_t root = model == OCTET_LAYERS_FLOAT ? plan->pairs.real_root[v] : plan->pairs.root[v];
        if (root != v || value->producer == OCTET_NONE || !takes_part(graph, v)) continue;
        if (octet_pairs_is_reshape(graph->operators[value->producer].code)) continue;
        ++*n;
        if ((model == OCTET_LAYERS_FLOAT ? plan->pairs.taken[v] : plan->pairs.partner[v]) != OCTET_NONE) continue;
        octet_unpaired *unpaired = &layers->unpaired[layers->n_unpaired++];
        unpaired->is_quantized = model == OCTET_LAYERS_QUANTIZED;
        unpaired->op = octet_operator_name(graph->operators[value->producer].code);
        OCTET_TRY(octet_arena_string(ctx, &layers->arena, value->name, &unpaired->tensor));
        OCTET_TRY(name_layer(ctx, plan, model, graph, v, &unpaired->layer));
    }
    return OCTET_OK;
}

/* In the order of the float model: ports[order[i]] under the name of real[i]. */
static octet_status order_ports(octet_context *ctx, octet_arena *arena, const octet_port *real, const uint32_t *order,
                                uint32_t n, octet_port **ports) {
    octet_port *ordered;
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &ordered));
    for (uint32_t i = 0; i < n; i++) {
        ordered[i] = (*ports)[order[i]];
        ordered[i].name = real[i].name;
    }
    *ports = ordered;
    return OCTET_OK;
}

octet_status octet_api_align_ports(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                   const octet_model *quantized, octet_model *model, octet_graph *graph) {
    uint32_t *order;
    OCTET_CHECK(ctx, real->n_inputs == quantized->graph->n_inputs, OCTET_DATA,
                "%s has %u inputs, %s has %u: they cannot be compared", real->source, real->n_inputs, quantized->path,
                quantized->graph->n_inputs);
    *model = *quantized;
    *graph = *quantized->graph;
    OCTET_TRY(octet_ports_match_inputs(ctx, arena, real, quantized->graph, &order));
    OCTET_TRY(order_ports(ctx, arena, real->inputs, order, real->n_inputs, &graph->inputs));
    if (real->n_outputs == graph->n_outputs) {
        OCTET_TRY(octet_ports_match_outputs(ctx, arena, real, quantized->graph, &order));
        OCTET_TRY(order_ports(ctx, arena, real->outputs, order, real->n_outputs, &graph->outputs));
    }
    model->graph = graph;
    return OCTET_OK;
}

/* One sample is then the same for both models, and output 0 the same output. */
static octet_status align_ports(octet_context *ctx, octet_layer_plan *plan) {
    OCTET_TRY(octet_api_align_ports(ctx, &plan->arena, plan->real, plan->models[OCTET_LAYERS_QUANTIZED], &plan->model,
                                    &plan->graph));
    plan->models[OCTET_LAYERS_QUANTIZED] = &plan->model;
    plan->quantized = &plan->graph;
    return OCTET_OK;
}

/* Half of the values have partners, or half of the layers their weights. */
static octet_status check_network(octet_context *ctx, const octet_layer_plan *plan, uint32_t n, uint32_t n_unpaired) {
    const bool has_values = 2 * n_unpaired <= n;
    const bool has_weights = plan->pairs.n_weights > 0 && 2 * plan->pairs.n_weights >= plan->pairs.n_weights_all;
    OCTET_CHECK(ctx, has_values || has_weights, OCTET_DATA,
                "%s is not made from the network of %s: of its %u values %u have a partner there, of its %u layers "
                "with weights %u",
                plan->models[OCTET_LAYERS_QUANTIZED]->path, plan->models[OCTET_LAYERS_FLOAT]->path, n, n - n_unpaired,
                plan->pairs.n_weights_all, plan->pairs.n_weights);
    return OCTET_OK;
}

octet_status octet_api_plan_layers(octet_context *ctx, octet_layer_plan *plan) {
    octet_layers *layers = plan->layers;
    uint32_t n;
    OCTET_TRY(align_ports(ctx, plan));
    OCTET_TRY(octet_pairs_find(ctx, &plan->arena, plan->real, plan->quantized, &plan->pairs));
    OCTET_TRY(octet_gains_find(ctx, &plan->arena, plan->real, plan->quantized, &plan->pairs, &plan->gains));
    OCTET_TRY(
        OCTET_NEW(ctx, &layers->arena, (size_t)plan->real->n_values + plan->quantized->n_values, &layers->unpaired));
    OCTET_TRY(list_unpaired(ctx, plan, OCTET_LAYERS_QUANTIZED, &n));
    OCTET_TRY(check_network(ctx, plan, n, layers->n_unpaired));
    OCTET_TRY(list_unpaired(ctx, plan, OCTET_LAYERS_FLOAT, &n));
    OCTET_TRY(find_tips(ctx, plan));
    OCTET_TRY(list_rows(ctx, plan));
    return list_islands(ctx, plan);
}
