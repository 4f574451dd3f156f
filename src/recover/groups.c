/* Values are joined (a union-find over values) where an operator needs the same factors for both, and barred where one
 * cannot take factors. Values with rows of different lengths can be joined too: their factors repeat. */
#include "recover/groups.h"

#include "recover/geometry.h"
#include "recover/weighted.h"

typedef struct joining {
    const octet_graph *graph;
    uint32_t *parent; /* by value */
    size_t *period;   /* by root: factors repeat after so many channels; 1: there can only be one for all */
    bool *is_barred;  /* by root */
} joining;

static size_t n_channels(const octet_value *value) {
    return value->shape.rank == 0 ? 1 : (size_t)value->shape.dims[value->shape.rank - 1];
}

static bool is_activation(const octet_value *value) {
    return value != NULL && value->type == OCTET_FLOAT32 && !octet_value_is_constant(value);
}

static size_t common_divisor(size_t a, size_t b) {
    while (b != 0) {
        const size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static uint32_t root_of(joining *j, uint32_t v) {
    while (j->parent[v] != v) v = j->parent[v] = j->parent[j->parent[v]];
    return v;
}

static void bar(joining *j, uint32_t v) { j->is_barred[root_of(j, v)] = true; }

static void divide(joining *j, uint32_t v, size_t n) {
    const uint32_t root = root_of(j, v);
    j->period[root] = common_divisor(j->period[root], n);
}

static void join(joining *j, uint32_t a, uint32_t b) {
    const uint32_t x = root_of(j, a), y = root_of(j, b);
    if (x == y) return;
    divide(j, x, j->period[y]);
    j->is_barred[x] = j->is_barred[x] || j->is_barred[y];
    j->parent[y] = x;
}

static void bar_operands(joining *j, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++)
        if (op->inputs[i] != OCTET_NONE) bar(j, op->inputs[i]);
}

static void bar_results(joining *j, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_outputs; i++) bar(j, op->outputs[i]);
}

static bool is_homogeneous(octet_activation activation) {
    return activation == OCTET_ACTIVATION_NONE || activation == OCTET_ACTIVATION_RELU;
}

bool octet_groups_is_layer(const octet_graph *graph, const octet_operator *op) {
    if (op->code == OCTET_OP_CONV_3D || !octet_weighted_is_layer(graph, op)) return false;
    const octet_value *weights = octet_graph_input(graph, op, (uint32_t)octet_operator_operands(op->code).weights);
    return weights->n_uses == 1 && weights->trained.n == 0;
}

static void visit_layer(joining *j, uint32_t k) {
    const octet_operator *op = &j->graph->operators[k];
    divide(j, octet_weighted_data(j->graph, k), octet_geometry_of(j->graph, op).n_in);
    if (!is_homogeneous(octet_operator_activation(op))) bar_results(j, op);
}

/* No axis of a constant operand is the last one of `value`. */
static bool leaves_channels(const octet_value *axes, const octet_value *value) {
    if (axes == NULL || axes->type != OCTET_INT32 || !octet_value_is_constant(axes)) return false;
    for (size_t i = 0; i < octet_shape_elements(&axes->shape); i++) {
        const int32_t axis = ((const int32_t *)axes->data)[i];
        if (axis == -1 || axis == value->shape.rank - 1) return false;
    }
    return true;
}

/* The last axis gets no padding. */
static bool pads_no_channels(const octet_value *paddings) {
    if (paddings == NULL || paddings->type != OCTET_INT32 || !octet_value_is_constant(paddings)) return false;
    const size_t n = octet_shape_elements(&paddings->shape);
    const int32_t *p = paddings->data;
    return n >= 2 && p[n - 2] == 0 && p[n - 1] == 0;
}

/* Sums: of activations with the same rows; a constant could only be rescaled with them. Products: by a constant. */
static bool passes_arithmetic(const octet_graph *graph, const octet_operator *op) {
    const octet_value *a = octet_graph_input(graph, op, 0), *b = octet_graph_input(graph, op, 1);
    const size_t n = n_channels(octet_graph_output(graph, op, 0));
    if (op->code == OCTET_OP_MUL) {
        const octet_value *data = is_activation(a) ? a : b, *other = data == a ? b : a;
        return is_activation(data) && !is_activation(other) && n_channels(data) == n;
    }
    return is_activation(a) && is_activation(b) && n_channels(a) == n && n_channels(b) == n;
}

/* Whether the operator gives s y for s x, for any positive factors s of channels. */
static bool passes(const octet_graph *graph, const octet_operator *op) {
    const octet_value *x = octet_graph_input(graph, op, 0), *second = octet_graph_input(graph, op, 1);
    if (!is_homogeneous(octet_operator_activation(op))) return false;
    switch ((int)op->code) {
    case OCTET_OP_RELU:
    case OCTET_OP_LEAKY_RELU:
    case OCTET_OP_RESHAPE:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_RESIZE_BILINEAR:
    case OCTET_OP_RESIZE_NEAREST_NEIGHBOR: return true;
    case OCTET_OP_PRELU: return !is_activation(second);
    case OCTET_OP_MEAN:
    case OCTET_OP_REDUCE_MAX: return x != NULL && leaves_channels(second, x);
    case OCTET_OP_PAD: return pads_no_channels(second);
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL: return passes_arithmetic(graph, op);
    default: return false;
    }
}

static void visit(joining *j, uint32_t k) {
    const octet_operator *op = &j->graph->operators[k];
    if (octet_groups_is_layer(j->graph, op)) {
        visit_layer(j, k);
    } else if (op->n_outputs == 1 && passes(j->graph, op)) {
        for (uint32_t i = 0; i < op->n_inputs; i++)
            if (is_activation(octet_graph_input(j->graph, op, i))) join(j, op->inputs[i], op->outputs[0]);
    } else {
        bar_operands(j, op);
        bar_results(j, op);
    }
}

static void bar_ends(joining *j) {
    const octet_graph *graph = j->graph;
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (graph->values[v].producer == OCTET_NONE || !is_activation(&graph->values[v])) bar(j, v);
    for (uint32_t i = 0; i < graph->n_outputs; i++) bar(j, graph->outputs[i].value);
}

/* Numbers the groups that a layer writes and a layer reads. */
static octet_status number(octet_context *ctx, octet_arena *arena, joining *j, octet_groups *out) {
    const octet_graph *graph = j->graph;
    bool *is_read, *is_written;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &is_read));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &is_written));
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        if (!octet_groups_is_layer(graph, &graph->operators[k])) continue;
        is_read[root_of(j, octet_weighted_data(graph, k))] = true;
        is_written[root_of(j, graph->operators[k].outputs[0])] = true;
    }
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const uint32_t root = root_of(j, v);
        out->group_of[v] = OCTET_NONE;
        if (root != v || j->is_barred[v] || j->period[v] < 2 || !is_read[v] || !is_written[v]) continue;
        out->group_of[v] = out->n;
        out->n_channels[out->n++] = j->period[v];
    }
    for (uint32_t v = 0; v < graph->n_values; v++) out->group_of[v] = out->group_of[root_of(j, v)];
    return OCTET_OK;
}

octet_status octet_groups_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, octet_groups *out) {
    joining j = {.graph = graph};
    *out = (octet_groups){0};
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &j.parent));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &j.period));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &j.is_barred));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->group_of));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->n_channels));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        j.parent[v] = v;
        j.period[v] = n_channels(&graph->values[v]);
    }
    bar_ends(&j);
    for (uint32_t k = 0; k < graph->n_operators; k++) visit(&j, k);
    return number(ctx, arena, &j, out);
}
