#include "passes/edit.h"
#include "passes/list.h"

static int32_t last(const octet_shape *shape) { return shape->rank > 0 ? shape->dims[shape->rank - 1] : 0; }

/* `in` with another last dimension. */
static octet_shape with_last(const octet_shape *in, int32_t size) {
    octet_shape shape = *in;
    shape.dims[shape.rank - 1] = size;
    return shape;
}

static bool is_dense(const octet_graph *graph, const octet_operator *op) {
    return op->code == OCTET_OP_FULLY_CONNECTED && octet_graph_input(graph, op, 1)->shape.rank == 2;
}

/* The RESHAPE whose result operator k reads, or NULL. */
static const octet_operator *reshape_before(const octet_graph *graph, const octet_operator *op) {
    const octet_operator *before = octet_edit_producer(graph, op->inputs[0]);
    return before != NULL && before->code == OCTET_OP_RESHAPE ? before : NULL;
}

/* RESHAPE, dense layer d, RESHAPE k: the rows are those of the first one's source, and the last one brings its
 * dimensions back. */
static bool fold_around(octet_graph *graph, uint32_t d, uint32_t k) {
    octet_operator *dense = &graph->operators[d];
    const octet_operator *before = reshape_before(graph, dense);
    if (before == NULL) return false;
    const octet_shape *in = &octet_graph_input(graph, before, 0)->shape,
                      *weights = &octet_graph_input(graph, dense, 1)->shape;
    if (in->rank < 3 || last(in) != weights->dims[1]) return false;
    const octet_shape whole = with_last(in, weights->dims[0]);
    if (!octet_shape_equal(&whole, &octet_graph_output(graph, &graph->operators[k], 0)->shape)) return false;
    octet_graph_set_input(graph, d, 0, before->inputs[0]);
    dense->options.fully_connected.keep_num_dims = true;
    octet_edit_take_output(graph, d, k);
    return true;
}

/* A dense layer that keeps no dimensions reads rows, whatever is before them. */
static bool drop_before(octet_graph *graph, uint32_t d) {
    const octet_operator *dense = &graph->operators[d], *before = reshape_before(graph, dense);
    if (before == NULL || dense->options.fully_connected.keep_num_dims) return false;
    if (last(&octet_graph_input(graph, before, 0)->shape) != last(&octet_graph_input(graph, dense, 0)->shape))
        return false;
    octet_graph_set_input(graph, d, 0, before->inputs[0]);
    return true;
}

/* Dense layer d, RESHAPE k that gives the dimensions of the layer's input: the layer keeps them. */
static bool keep_dimensions(octet_graph *graph, uint32_t d, uint32_t k) {
    octet_operator *dense = &graph->operators[d];
    const octet_shape *in = &octet_graph_input(graph, dense, 0)->shape;
    octet_value *result = octet_graph_output(graph, dense, 0);
    if (last(in) != octet_graph_input(graph, dense, 1)->shape.dims[1]) return false;
    const octet_shape whole = with_last(in, last(&result->shape));
    const bool same = octet_shape_equal(&whole, &octet_graph_output(graph, &graph->operators[k], 0)->shape);
    const bool keeps = dense->options.fully_connected.keep_num_dims || in->rank == 2;
    if (!same && keeps) return false;
    if (!keeps) {
        dense->options.fully_connected.keep_num_dims = true;
        result->shape = whole;
    }
    if (same) octet_edit_take_output(graph, d, k);
    return true;
}

/* RESHAPE, dense layer d, RESHAPE k that leaves the rows alone: it goes before the layer, where the two become one. */
static octet_status move_before(octet_context *ctx, octet_graph *graph, uint32_t d, uint32_t k, bool *changed) {
    octet_operator *dense = &graph->operators[d];
    const octet_operator *before = reshape_before(graph, dense);
    const octet_shape *out = &octet_graph_output(graph, &graph->operators[k], 0)->shape;
    if (before == NULL || out->rank < 2 || last(out) != last(&octet_graph_output(graph, dense, 0)->shape))
        return OCTET_OK;
    const octet_shape rows = with_last(out, last(&octet_graph_input(graph, dense, 0)->shape));
    const char *name = graph->values[dense->inputs[0]].name, *layer = before->layer;
    uint32_t inputs[2] = {before->inputs[0], OCTET_NONE}, reshaped;
    OCTET_TRY(octet_graph_add_i32(ctx, graph, name, rows.dims, rows.rank, &inputs[1]));
    OCTET_TRY(octet_graph_add_value(ctx, graph, name, OCTET_FLOAT32, &rows, &reshaped));
    dense->options.fully_connected.keep_num_dims = rows.rank != 2;
    octet_edit_take_output(graph, d, k);
    octet_graph_set_input(graph, d, 0, reshaped);
    *changed = true;
    return octet_graph_add_operator(ctx, graph, OCTET_OP_RESHAPE, layer, inputs, 2, NULL, &reshaped, 1, d, NULL);
}

/* RESHAPE k behind dense layer d. */
static octet_status fold_behind(octet_context *ctx, octet_graph *graph, uint32_t d, uint32_t k, bool *changed) {
    if (fold_around(graph, d, k) || (octet_edit_has_fixed_batch(graph) && keep_dimensions(graph, d, k))) {
        *changed = true;
        return OCTET_OK;
    }
    return octet_edit_has_fixed_batch(graph) ? move_before(ctx, graph, d, k, changed) : OCTET_OK;
}

/* RESHAPE around FULLY_CONNECTED that leaves the rows as they are: what the converter writes for a dense layer on more
 * than two dimensions, and, when the batch is fixed, Flatten of one pixel and Reshape of features. */
octet_status octet_pass_fold_dense(octet_context *ctx, octet_graph *graph, bool *changed) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->removed) continue;
        if (is_dense(graph, op) && octet_edit_has_fixed_batch(graph) && drop_before(graph, k)) *changed = true;
        if (op->code != OCTET_OP_RESHAPE || !octet_edit_is_private(graph, op->inputs[0])) continue;
        const uint32_t d = graph->values[op->inputs[0]].producer;
        if (is_dense(graph, &graph->operators[d])) OCTET_TRY(fold_behind(ctx, graph, d, k, changed));
    }
    return OCTET_OK;
}
