#include "passes/cut.h"
#include "passes/list.h"

/* The cuts of one value: in a list by operator, `next` from the first on. */
typedef struct cuts {
    octet_cut *of;          /* by operator */
    uint32_t *next;         /* by operator; OCTET_NONE ends */
    uint32_t *first, *last; /* by value; OCTET_NONE: nothing is cut from it */
} cuts;

static octet_status collect(octet_context *ctx, const octet_graph *graph, octet_arena *scratch, cuts *c) {
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_operators, &c->of));
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_operators, &c->next));
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, &c->first));
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, &c->last));
    for (uint32_t v = 0; v < graph->n_values; v++) c->first[v] = OCTET_NONE;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        bool is_cut = false;
        c->next[k] = OCTET_NONE;
        if (!graph->operators[k].removed)
            OCTET_TRY(octet_cut_read(ctx, graph, &graph->operators[k], &c->of[k], &is_cut));
        if (!is_cut || c->of[k].axis < 0) continue;
        const uint32_t v = c->of[k].from;
        if (c->first[v] == OCTET_NONE) c->first[v] = k;
        else c->next[c->last[v]] = k;
        c->last[v] = k;
    }
    return OCTET_OK;
}

static bool is_alike(const octet_cut *a, const octet_cut *b) {
    return a->axis == b->axis && a->count == b->count && a->drops_axis == b->drops_axis && b->begin % b->count == 0;
}

/* Operator k cuts what parts[] cut, whose first one it is. */
static octet_status cut_all(octet_context *ctx, octet_graph *graph, uint32_t k, const octet_cut *cut,
                            const uint32_t *parts, uint32_t n) {
    uint32_t *outputs, inputs[2] = {cut->from, OCTET_NONE};
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, n, &outputs));
    if (!cut->drops_axis) {
        OCTET_TRY(octet_graph_add_value(ctx, graph, "split/split_dim", OCTET_INT32, &(octet_shape){0}, &inputs[0]));
        void *axis;
        OCTET_TRY(octet_arena_copy(ctx, &graph->arena, &cut->axis, sizeof cut->axis, &axis));
        graph->values[inputs[0]].data = axis;
        inputs[1] = cut->from;
    }
    for (uint32_t i = 0; i < n; i++) {
        outputs[i] = graph->operators[parts[i]].outputs[0];
        if (parts[i] != k) octet_graph_remove_operator(graph, parts[i]);
        graph->values[outputs[i]].producer = k;
    }
    octet_operator *op = &graph->operators[k];
    OCTET_TRY(octet_edit_set_inputs(ctx, graph, k, inputs, cut->drops_axis ? 1 : 2));
    op->code = cut->drops_axis ? OCTET_OP_UNPACK : OCTET_OP_SPLIT;
    op->options =
        cut->drops_axis ? (octet_options){.pack = {cut->axis, (int32_t)n}} : (octet_options){.split = {(int32_t)n}};
    op->outputs = outputs;
    op->n_outputs = n;
    return OCTET_OK;
}

/* The cuts that begin with operator k, when they are all there. */
static octet_status merge(octet_context *ctx, octet_graph *graph, const cuts *c, uint32_t k, bool *changed) {
    const octet_cut *cut = &c->of[k];
    const int32_t length = graph->values[cut->from].shape.dims[cut->axis];
    uint32_t parts[OCTET_MAX_OPERATOR_INPUTS], missing;
    if (cut->count == 0 || length % cut->count != 0 || length / cut->count > OCTET_MAX_OPERATOR_INPUTS) return OCTET_OK;
    const uint32_t n = missing = (uint32_t)(length / cut->count);
    for (uint32_t i = 0; i < n; i++) parts[i] = OCTET_NONE;
    for (uint32_t j = k; j != OCTET_NONE; j = c->next[j]) {
        if (!is_alike(cut, &c->of[j])) continue;
        uint32_t *part = &parts[c->of[j].begin / cut->count];
        if (*part == OCTET_NONE) {
            *part = j;
            missing--;
        } else if (!octet_graph_is_output(graph, graph->operators[j].outputs[0])) {
            octet_edit_bypass(graph, j, graph->operators[*part].outputs[0]);
            *changed = true;
        }
    }
    if (missing > 0) return OCTET_OK;
    *changed = true;
    return cut_all(ctx, graph, k, cut, parts, n);
}

/* Where every part of a value is taken by an operator of its own, one takes them
 * all: UNPACK, or SPLIT where the axis stays. */
octet_status octet_pass_merge_cuts(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    cuts c = {0};
    const uint32_t n_values = graph->n_values;
    octet_status status = collect(ctx, graph, &scratch, &c);
    for (uint32_t v = 0; v < n_values && status == OCTET_OK; v++) {
        if (c.first[v] != OCTET_NONE && c.next[c.first[v]] != OCTET_NONE)
            status = merge(ctx, graph, &c, c.first[v], changed);
    }
    octet_arena_free(ctx, &scratch);
    return status;
}
