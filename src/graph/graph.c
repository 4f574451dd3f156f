#include "graph/graph.h"

#include <stdio.h>
#include <string.h>

#include "graph/infer/infer.h"

octet_status octet_graph_create(octet_context *ctx, const char *source, octet_graph **out) {
    *out = NULL;
    octet_graph *graph;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *graph, (void **)&graph));
    *graph = (octet_graph){.name = "main", .source = "", .description = ""};
    const octet_status status = octet_arena_string(ctx, &graph->arena, source != NULL ? source : "", &graph->source);
    if (status != OCTET_OK) {
        octet_graph_destroy(ctx, graph);
        return status;
    }
    *out = graph;
    return OCTET_OK;
}

void octet_graph_destroy(octet_context *ctx, octet_graph *graph) {
    if (graph == NULL) return;
    octet_arena_free(ctx, &graph->arena);
    octet_file_close(ctx, &graph->file);
    octet_memory_free(ctx, graph);
}

/* Makes room for one more element in an array of the arena; the old array stays behind in it. */
static octet_status grow(octet_context *ctx, octet_arena *arena, void **array, uint32_t n, uint32_t *capacity,
                         size_t element_size) {
    if (n < *capacity) return OCTET_OK;
    OCTET_CHECK(ctx, n < UINT32_MAX / 4, OCTET_LIMIT, "the graph has %u elements, more are not possible", n);
    const uint32_t larger = *capacity ? 2 * *capacity : 32;
    void *grown;
    OCTET_TRY(octet_arena_array(ctx, arena, larger, element_size, &grown));
    if (n) memcpy(grown, *array, n * element_size);
    *array = grown;
    *capacity = larger;
    return OCTET_OK;
}

octet_status octet_graph_add_value(octet_context *ctx, octet_graph *graph, const char *name, octet_type type,
                                   const octet_shape *shape, uint32_t *out) {
    OCTET_TRY(octet_shape_check(ctx, shape, name));
    OCTET_TRY(grow(ctx, &graph->arena, (void **)&graph->values, graph->n_values, &graph->values_capacity,
                   sizeof *graph->values));
    octet_value value = {.type = type, .shape = *shape, .producer = OCTET_NONE};
    OCTET_TRY(octet_arena_string(ctx, &graph->arena, name, &value.name));
    graph->values[graph->n_values] = value;
    if (out != NULL) *out = graph->n_values;
    graph->n_values++;
    return OCTET_OK;
}

octet_status octet_graph_add_constant(octet_context *ctx, octet_graph *graph, const char *name, octet_type type,
                                      const octet_shape *shape, const void *data, uint32_t *out) {
    const size_t size_bytes = octet_shape_bytes(shape, type);
    void *copy;
    OCTET_TRY(octet_graph_add_space(ctx, graph, name, type, shape, &copy, out));
    if (size_bytes > 0) memcpy(copy, data, size_bytes);
    return OCTET_OK;
}

octet_status octet_graph_add_space(octet_context *ctx, octet_graph *graph, const char *name, octet_type type,
                                   const octet_shape *shape, void **data, uint32_t *out) {
    uint32_t value;
    OCTET_TRY(octet_graph_add_value(ctx, graph, name, type, shape, &value));
    OCTET_TRY(octet_arena_array(ctx, &graph->arena, octet_shape_bytes(shape, type), 1, data));
    graph->values[value].data = *data;
    if (out != NULL) *out = value;
    return OCTET_OK;
}

octet_status octet_graph_add_i32(octet_context *ctx, octet_graph *graph, const char *name, const int32_t *data,
                                 int32_t n, uint32_t *out) {
    const octet_shape shape = octet_shape_make(1, &n);
    return octet_graph_add_constant(ctx, graph, name, OCTET_INT32, &shape, data, out);
}

octet_status octet_graph_add_f32_scalar(octet_context *ctx, octet_graph *graph, const char *name, float value,
                                        uint32_t *out) {
    const octet_shape shape = {0};
    return octet_graph_add_constant(ctx, graph, name, OCTET_FLOAT32, &shape, &value, out);
}

static octet_status add_port(octet_context *ctx, octet_graph *graph, octet_port **ports, uint32_t *n_ports,
                             uint32_t value, const char *name) {
    octet_port *grown;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, (size_t)*n_ports + 1, &grown));
    if (*n_ports) memcpy(grown, *ports, *n_ports * sizeof *grown);
    grown[*n_ports] = (octet_port){.value = value};
    OCTET_TRY(octet_arena_string(ctx, &graph->arena, name, &grown[*n_ports].name));
    *ports = grown;
    ++*n_ports;
    return OCTET_OK;
}

octet_status octet_graph_add_input(octet_context *ctx, octet_graph *graph, uint32_t value, const char *name) {
    return add_port(ctx, graph, &graph->inputs, &graph->n_inputs, value, name);
}

octet_status octet_graph_add_output(octet_context *ctx, octet_graph *graph, uint32_t value, const char *name) {
    OCTET_TRY(add_port(ctx, graph, &graph->outputs, &graph->n_outputs, value, name));
    graph->values[value].n_uses++;
    return OCTET_OK;
}

octet_status octet_graph_add_carry(octet_context *ctx, octet_graph *graph, uint32_t variable, uint32_t value,
                                   const void *initial) {
    octet_carry *carries, carry = {variable, value, NULL};
    const octet_value *kept = &graph->values[variable];
    if (initial != NULL) {
        const size_t size = octet_value_bytes(kept);
        OCTET_TRY(octet_arena_copy(ctx, &graph->arena, initial, size, (void **)(uintptr_t)&carry.initial));
    }
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, (size_t)graph->n_carries + 1, &carries));
    if (graph->n_carries > 0) memcpy(carries, graph->carries, graph->n_carries * sizeof *carries);
    carries[graph->n_carries++] = carry;
    graph->carries = carries;
    graph->values[variable].n_uses++;
    graph->values[value].n_uses++;
    return OCTET_OK;
}

octet_status octet_graph_add_layer(octet_context *ctx, octet_graph *graph, const octet_layer *layer) {
    OCTET_TRY(grow(ctx, &graph->arena, (void **)&graph->layers, graph->n_layers, &graph->layers_capacity,
                   sizeof *graph->layers));
    octet_layer copy = *layer;
    OCTET_TRY(octet_arena_string(ctx, &graph->arena, layer->name, &copy.name));
    OCTET_TRY(octet_arena_string(ctx, &graph->arena, layer->class_name, &copy.class_name));
    OCTET_TRY(octet_arena_string(ctx, &graph->arena, layer->inputs != NULL ? layer->inputs : "", &copy.inputs));
    graph->layers[graph->n_layers++] = copy;
    return OCTET_OK;
}

/* After an insertion at `position` every producer index behind it is one higher. */
static void renumber_producers(octet_graph *graph, uint32_t position) {
    for (uint32_t i = position; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        if (op->removed) continue;
        for (uint32_t j = 0; j < op->n_outputs; j++) graph->values[op->outputs[j]].producer = i;
    }
}

octet_status octet_graph_add_operator(octet_context *ctx, octet_graph *graph, octet_operator_code code,
                                      const char *layer, const uint32_t *inputs, uint32_t n_inputs,
                                      const octet_options *options, const uint32_t *outputs, uint32_t n_outputs,
                                      uint32_t position, uint32_t *out) {
    OCTET_TRY(grow(ctx, &graph->arena, (void **)&graph->operators, graph->n_operators, &graph->operators_capacity,
                   sizeof *graph->operators));
    octet_operator op = {.code = code, .n_inputs = n_inputs, .n_outputs = n_outputs};
    if (options != NULL) op.options = *options;
    OCTET_TRY(octet_arena_string(ctx, &graph->arena, layer, &op.layer));
    OCTET_TRY(octet_arena_copy(ctx, &graph->arena, inputs, n_inputs * sizeof *inputs, (void **)&op.inputs));
    OCTET_TRY(octet_arena_copy(ctx, &graph->arena, outputs, n_outputs * sizeof *outputs, (void **)&op.outputs));
    if (position > graph->n_operators) position = graph->n_operators;
    memmove(graph->operators + position + 1, graph->operators + position,
            (graph->n_operators - position) * sizeof *graph->operators);
    graph->operators[position] = op;
    graph->n_operators++;
    for (uint32_t i = 0; i < n_inputs; i++)
        if (inputs[i] != OCTET_NONE) graph->values[inputs[i]].n_uses++;
    renumber_producers(graph, position);
    if (out != NULL) *out = position;
    return OCTET_OK;
}

octet_status octet_graph_emit(octet_context *ctx, octet_graph *graph, octet_operator_code code, const char *layer,
                              const char *name, const uint32_t *inputs, uint32_t n_inputs, const octet_options *options,
                              uint32_t *outputs, uint32_t n_outputs) {
    OCTET_CHECK(ctx, n_outputs <= OCTET_MAX_OPERATOR_INPUTS && n_inputs <= OCTET_MAX_OPERATOR_INPUTS, OCTET_LIMIT,
                "%s: %s with %u inputs and %u outputs", layer, octet_operator_name(code), n_inputs, n_outputs);
    octet_inferred *inferred;
    octet_operator op = {
        .code = code, .n_inputs = n_inputs, .n_outputs = n_outputs, .outputs = outputs, .layer = layer};
    if (options != NULL) op.options = *options;
    OCTET_TRY(octet_arena_copy(ctx, &graph->arena, inputs, n_inputs * sizeof *inputs, (void **)&op.inputs));
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, n_outputs, &inferred));
    for (uint32_t i = 0; i < n_outputs; i++) outputs[i] = OCTET_NONE;
    OCTET_TRY(octet_infer(ctx, graph, &op, inferred));
    for (uint32_t i = 0; i < n_outputs; i++) {
        const char *text = name;
        if (text == NULL)
            OCTET_TRY(octet_arena_format(ctx, &graph->arena, &text, "%s/%s", layer, octet_operator_name(code)));
        if (i) OCTET_TRY(octet_arena_format(ctx, &graph->arena, &text, "%s:%u", text, i));
        OCTET_TRY(octet_graph_add_value(ctx, graph, text, inferred[i].type, &inferred[i].shape, &outputs[i]));
    }
    return octet_graph_add_operator(ctx, graph, code, layer, inputs, n_inputs, options, outputs, n_outputs, OCTET_NONE,
                                    NULL);
}

octet_status octet_value_set_quantization(octet_context *ctx, octet_graph *graph, uint32_t value, uint32_t n,
                                          int32_t axis, const float *scale, const int32_t *zero_point) {
    octet_quantization quantization = {.n = n, .axis = axis};
    OCTET_TRY(octet_arena_copy(ctx, &graph->arena, scale, n * sizeof *scale, (void **)(uintptr_t)&quantization.scale));
    OCTET_TRY(octet_arena_copy(ctx, &graph->arena, zero_point, n * sizeof *zero_point,
                               (void **)(uintptr_t)&quantization.zero_point));
    graph->values[value].quantization = quantization;
    return OCTET_OK;
}

octet_status octet_value_state_range(octet_context *ctx, octet_graph *graph, uint32_t value, float min, float max) {
    const float stated[2] = {min, max};
    return octet_arena_copy(ctx, &graph->arena, stated, sizeof stated,
                            (void **)(uintptr_t)&graph->values[value].quantization.stated);
}

octet_status octet_value_set_trained(octet_context *ctx, octet_graph *graph, uint32_t value, uint32_t n,
                                     const double *scales, const float *raw) {
    octet_trained_weights trained = {.n = n};
    const size_t n_elements = octet_shape_elements(&graph->values[value].shape);
    OCTET_TRY(octet_arena_copy(ctx, &graph->arena, scales, n * sizeof *scales, (void **)(uintptr_t)&trained.scales));
    OCTET_TRY(octet_arena_copy(ctx, &graph->arena, raw, n_elements * sizeof *raw, (void **)(uintptr_t)&trained.raw));
    graph->values[value].trained = trained;
    return OCTET_OK;
}

bool octet_quantization_equal(const octet_quantization *a, const octet_quantization *b) {
    if (a->n != b->n) return false;
    return a->n == 0 || (memcmp(a->scale, b->scale, a->n * sizeof *a->scale) == 0 &&
                         memcmp(a->zero_point, b->zero_point, a->n * sizeof *a->zero_point) == 0);
}

void octet_graph_set_input(octet_graph *graph, uint32_t operator_index, uint32_t input, uint32_t value) {
    uint32_t *slot = &graph->operators[operator_index].inputs[input];
    if (*slot != OCTET_NONE) graph->values[*slot].n_uses--;
    if (value != OCTET_NONE) graph->values[value].n_uses++;
    *slot = value;
}

octet_status octet_graph_widen_inputs(octet_context *ctx, octet_graph *graph, uint32_t operator_index, uint32_t n) {
    octet_operator *op = &graph->operators[operator_index];
    uint32_t *inputs;
    if (op->n_inputs >= n) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, n, &inputs));
    for (uint32_t i = 0; i < n; i++) inputs[i] = i < op->n_inputs ? op->inputs[i] : OCTET_NONE;
    op->inputs = inputs;
    op->n_inputs = n;
    return OCTET_OK;
}

/* The operator from which on the users of a value are looked for: most stand right behind the one that makes it. */
static uint32_t first_user(const octet_graph *graph, uint32_t value) {
    const uint32_t producer = graph->values[value].producer;
    return producer < graph->n_operators ? producer : 0;
}

void octet_graph_replace_uses(octet_graph *graph, uint32_t from, uint32_t to) {
    if (from == to) return;
    /* A pass may have removed the producer: then what takes over stands where it stood. */
    const uint32_t first = first_user(graph, graph->values[from].producer != OCTET_NONE ? from : to);
    for (uint32_t k = 0; k < graph->n_operators && graph->values[from].n_uses > 0; k++) {
        const uint32_t i = (first + k) % graph->n_operators;
        if (graph->operators[i].removed) continue;
        for (uint32_t j = 0; j < graph->operators[i].n_inputs; j++)
            if (graph->operators[i].inputs[j] == from) octet_graph_set_input(graph, i, j, to);
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        if (graph->outputs[i].value != from) continue;
        graph->outputs[i].value = to;
        graph->values[from].n_uses--;
        graph->values[to].n_uses++;
    }
    for (uint32_t i = 0; i < graph->n_carries; i++) {
        if (graph->carries[i].value != from) continue;
        graph->carries[i].value = to;
        graph->values[from].n_uses--;
        graph->values[to].n_uses++;
    }
}

void octet_graph_remove_operator(octet_graph *graph, uint32_t operator_index) {
    octet_operator *op = &graph->operators[operator_index];
    if (op->removed) return;
    op->removed = true;
    for (uint32_t i = 0; i < op->n_inputs; i++)
        if (op->inputs[i] != OCTET_NONE) graph->values[op->inputs[i]].n_uses--;
    for (uint32_t i = 0; i < op->n_outputs; i++)
        if (graph->values[op->outputs[i]].producer == operator_index)
            graph->values[op->outputs[i]].producer = OCTET_NONE;
}

octet_status octet_graph_permute(octet_context *ctx, octet_graph *graph, const uint32_t *order) {
    octet_operator *operators = NULL;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, graph->operators_capacity, &operators));
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        operators[i] = graph->operators[order[i]];
        for (uint32_t j = 0; j < operators[i].n_outputs; j++) graph->values[operators[i].outputs[j]].producer = i;
    }
    graph->operators = operators;
    return OCTET_OK;
}

bool octet_graph_is_output(const octet_graph *graph, uint32_t value) {
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        if (graph->outputs[i].value == value) return true;
    return false;
}

bool octet_graph_is_stream(const octet_graph *graph) {
    for (uint32_t i = 0; i < graph->n_operators; i++)
        if (graph->operators[i].code == OCTET_OP_SVDF) return true;
    return graph->n_carries > 0;
}

uint32_t octet_graph_only_user(const octet_graph *graph, uint32_t value) {
    if (graph->values[value].n_uses != 1 || octet_graph_is_output(graph, value)) return OCTET_NONE;
    const uint32_t first = first_user(graph, value);
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const uint32_t i = (first + k) % graph->n_operators;
        if (graph->operators[i].removed) continue;
        for (uint32_t j = 0; j < graph->operators[i].n_inputs; j++)
            if (graph->operators[i].inputs[j] == value) return i;
    }
    return OCTET_NONE;
}

bool octet_operator_is_plain_lstm(const octet_operator *op) {
    bool is_plain = op->n_inputs > OCTET_LSTM_INPUT_WEIGHTS && op->inputs[OCTET_LSTM_INPUT_WEIGHTS] != OCTET_NONE;
    for (uint32_t i = OCTET_LSTM_PEEPHOLES; i < op->n_inputs; i++) {
        const bool is_extra =
            i < OCTET_LSTM_BIASES || i >= OCTET_LSTM_NORMS || (i >= OCTET_LSTM_PROJECTION && i < OCTET_LSTM_STATE);
        is_plain = is_plain && !(is_extra && op->inputs[i] != OCTET_NONE);
    }
    return is_plain;
}
