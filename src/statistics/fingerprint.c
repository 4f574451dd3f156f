#include "statistics/fingerprint.h"

#include "base/hash.h"
#include "graph/options.h"

typedef struct state {
    const octet_graph *graph;
    uint32_t *numbers; /* by value: from 1 in the order of first use; 0 for one that was not used yet */
    uint32_t n_used;
    uint64_t hash;
} state;

static void add(state *s, const void *data, size_t size) { s->hash = octet_hash(s->hash, data, size); }

static void add_text(state *s, const char *text) { s->hash = octet_hash_text(s->hash, text); }

static void add_number(state *s, uint32_t number) { add(s, &number, sizeof number); }

static void add_value(state *s, uint32_t v) {
    if (v == OCTET_NONE || s->numbers[v] != 0) {
        add_number(s, v == OCTET_NONE ? 0 : s->numbers[v]);
        return;
    }
    const octet_value *value = &s->graph->values[v];
    const size_t n = octet_shape_elements(&value->shape);
    s->numbers[v] = ++s->n_used;
    add_number(s, s->n_used);
    add_text(s, octet_type_name(value->type));
    add_number(s, value->is_variable);
    add(s, value->shape.dims, (size_t)value->shape.rank * sizeof *value->shape.dims);
    if (value->quantization.n > 0) {
        add(s, value->quantization.scale, value->quantization.n * sizeof *value->quantization.scale);
        add(s, value->quantization.zero_point, value->quantization.n * sizeof *value->quantization.zero_point);
    }
    if (octet_value_is_constant(value)) {
        add(s, value->data, n * octet_type_size(value->type));
        add(s, value->trained.scales, value->trained.n * sizeof *value->trained.scales);
        if (value->trained.n > 0) add(s, value->trained.raw, n * sizeof *value->trained.raw);
    } else {
        add_text(s, value->name);
    }
}

static void add_options(state *s, const octet_operator *op) {
    const octet_option_list options = octet_options_of(op->code);
    for (uint32_t i = 0; i < options.n; i++) {
        const octet_option_value option = octet_option_get(&options.items[i], &op->options);
        switch (options.items[i].kind) {
        case OCTET_OPTION_MUST_BE_0: break;
        case OCTET_OPTION_I32: add(s, &option.integer, sizeof option.integer); break;
        case OCTET_OPTION_F32: add(s, &option.real, sizeof option.real); break;
        case OCTET_OPTION_BOOL: add_number(s, option.flag); break;
        case OCTET_OPTION_I32_LIST: add(s, option.list, (size_t)option.n_list * sizeof *option.list); break;
        case OCTET_OPTION_PADDING:
        case OCTET_OPTION_ACTIVATION:
        case OCTET_OPTION_TYPE: add_text(s, option.word); break;
        }
    }
}

octet_status octet_fingerprint_make(octet_context *ctx, const octet_graph *graph, uint64_t *out) {
    octet_arena arena = {0};
    state s = {.graph = graph};
    *out = graph->fingerprint;
    if (graph->fingerprint != 0) return OCTET_OK;
    const octet_status status = OCTET_NEW(ctx, &arena, graph->n_values, &s.numbers);
    for (uint32_t i = 0; i < graph->n_inputs && status == OCTET_OK; i++) {
        add_value(&s, graph->inputs[i].value);
        add_text(&s, graph->inputs[i].name);
    }
    for (uint32_t k = 0; k < graph->n_operators && status == OCTET_OK; k++) {
        const octet_operator *op = &graph->operators[k];
        add_text(&s, octet_operator_name(op->code));
        add_options(&s, op);
        add_number(&s, op->n_inputs);
        for (uint32_t i = 0; i < op->n_inputs; i++) add_value(&s, op->inputs[i]);
        for (uint32_t i = 0; i < op->n_outputs; i++) add_value(&s, op->outputs[i]);
    }
    for (uint32_t i = 0; i < graph->n_outputs && status == OCTET_OK; i++) add_value(&s, graph->outputs[i].value);
    octet_arena_free(ctx, &arena);
    *out = s.hash;
    return status;
}

octet_status octet_fingerprint_know(octet_context *ctx, const octet_graph *graph, octet_graph *out) {
    *out = *graph;
    return octet_fingerprint_make(ctx, graph, &out->fingerprint);
}
