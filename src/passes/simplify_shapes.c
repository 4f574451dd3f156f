#include "graph/batch.h"
#include "graph/constant.h"
#include "passes/edit.h"
#include "passes/list.h"

/* The permutation of a TRANSPOSE; false when it is not constant. */
static bool read_permutation(const octet_graph *graph, const octet_operator *op, int32_t *permutation) {
    int32_t n;
    if (!octet_constant_read_i32(octet_graph_input(graph, op, 1), OCTET_MAX_RANK, permutation, &n)) return false;
    const int32_t rank = octet_graph_input(graph, op, 0)->shape.rank;
    if (n != rank) return false;
    for (int32_t i = 0; i < n; i++) {
        permutation[i] = octet_axis_from_start(permutation[i], rank);
        if (permutation[i] < 0 || permutation[i] >= rank) return false;
    }
    return true;
}

/* True when the dimensions longer than 1 keep their order. */
static bool moves_nothing(const octet_shape *in, const int32_t *permutation) {
    int32_t last = -1;
    for (int32_t i = 0; i < in->rank; i++) {
        if (in->dims[permutation[i]] == 1) continue;
        if (permutation[i] < last) return false;
        last = permutation[i];
    }
    return true;
}

static octet_status merge_transposes(octet_context *ctx, octet_graph *graph, uint32_t k, const int32_t *outer,
                                     bool *changed) {
    const octet_operator *first = octet_edit_producer(graph, graph->operators[k].inputs[0]);
    int32_t inner[OCTET_MAX_RANK], merged[OCTET_MAX_RANK];
    if (first == NULL || first->code != OCTET_OP_TRANSPOSE || !read_permutation(graph, first, inner)) return OCTET_OK;
    const int32_t rank = octet_graph_input(graph, first, 0)->shape.rank;
    for (int32_t i = 0; i < rank; i++) merged[i] = inner[outer[i]];
    uint32_t inputs[2] = {first->inputs[0], OCTET_NONE};
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "transpose/perm", merged, rank, &inputs[1]));
    OCTET_TRY(octet_edit_set_inputs(ctx, graph, k, inputs, 2));
    *changed = true;
    return OCTET_OK;
}

/* Where the batch is, found when it is first asked for. The pass adds constants only, and leaves every value's batch
 * where it is. */
typedef struct places {
    octet_arena arena;
    octet_batch *batch; /* NULL: not asked for */
} places;

static octet_status find_places(octet_context *ctx, const octet_graph *graph, places *p) {
    if (p->batch != NULL || !graph->open_batch || !graph->is_traced)
        return OCTET_OK; /* a .tflite keeps its constants */
    return octet_batch_find(ctx, &p->arena, graph, &p->batch);
}

/* Whether more samples than one lie in another order in value `b` than in value `a`, which has the same elements. */
static bool moves_batch(const places *p, uint32_t a, uint32_t b) {
    return p->batch != NULL && p->batch[a].axis >= 0 && p->batch[b].axis >= 0 && p->batch[a].outer != p->batch[b].outer;
}

/* Whether the batch is in another axis of value `b`, which has the shape of `a`. */
static bool shifts_batch(const places *p, uint32_t a, uint32_t b) {
    return p->batch != NULL && p->batch[a].axis >= 0 && p->batch[b].axis >= 0 && p->batch[a].axis != p->batch[b].axis;
}

static octet_status make_reshape(octet_context *ctx, octet_graph *graph, places *p, uint32_t k) {
    OCTET_TRY(find_places(ctx, graph, p));
    const uint32_t to = graph->operators[k].outputs[0];
    OCTET_TRY(octet_edit_make_reshape(ctx, graph, k));
    return p->batch != NULL && p->batch[to].axis >= 0 ? octet_edit_mark_batch(ctx, graph, k, p->batch[to].axis)
                                                      : OCTET_OK;
}

static octet_status simplify_transpose(octet_context *ctx, octet_graph *graph, places *p, uint32_t k, bool *changed) {
    int32_t permutation[OCTET_MAX_RANK];
    const octet_operator *op = &graph->operators[k];
    if (!read_permutation(graph, op, permutation)) return OCTET_OK;
    if (!moves_nothing(&octet_graph_input(graph, op, 0)->shape, permutation))
        return merge_transposes(ctx, graph, k, permutation, changed);
    *changed = true;
    OCTET_TRY(find_places(ctx, graph, p));
    const uint32_t from = op->inputs[0], to = op->outputs[0];
    if (octet_shape_equal(&graph->values[from].shape, &graph->values[to].shape) && !shifts_batch(p, from, to)) {
        octet_edit_bypass(graph, k, from);
        return OCTET_OK;
    }
    return make_reshape(ctx, graph, p, k);
}

static bool integers_all_equal(const octet_graph *graph, const octet_operator *op, uint32_t i, int32_t number) {
    int32_t values[2 * OCTET_MAX_RANK], n;
    if (!octet_constant_read_i32(octet_graph_input(graph, op, i), 2 * OCTET_MAX_RANK, values, &n)) return false;
    for (int32_t j = 0; j < n; j++) {
        if (values[j] != number) return false;
    }
    return true;
}

static bool strides_are_one(const octet_graph *graph, const octet_operator *op) {
    return op->code != OCTET_OP_STRIDED_SLICE || integers_all_equal(graph, op, 3, 1);
}

/* Operators that, with these constants, hand on what they are given. */
static bool is_identity(const octet_graph *graph, const octet_operator *op) {
    const octet_value *in = octet_graph_input(graph, op, 0), *out = octet_graph_output(graph, op, 0);
    switch ((int)op->code) {
    case OCTET_OP_RESHAPE:
    case OCTET_OP_BROADCAST_TO:
    case OCTET_OP_TILE: break;
    case OCTET_OP_SLICE:
    case OCTET_OP_STRIDED_SLICE:
        if (!strides_are_one(graph, op)) return false;
        break;
    case OCTET_OP_PAD:
    case OCTET_OP_MIRROR_PAD:
        if (!integers_all_equal(graph, op, 1, 0)) return false;
        break;
    case OCTET_OP_MEAN:
    case OCTET_OP_SUM:
    case OCTET_OP_REDUCE_MAX:
    case OCTET_OP_REDUCE_MIN:
    case OCTET_OP_REDUCE_PROD:
    case OCTET_OP_CAST: break;
    case OCTET_OP_CONCATENATION:
        if (op->n_inputs != 1 || octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return false;
        break;
    default: return false;
    }
    return in != NULL && in->type == out->type && octet_shape_equal(&in->shape, &out->shape);
}

static bool is_reduction(octet_operator_code code) {
    return code == OCTET_OP_MEAN || code == OCTET_OP_SUM || code == OCTET_OP_REDUCE_MAX ||
           code == OCTET_OP_REDUCE_MIN || code == OCTET_OP_REDUCE_PROD;
}

/* RESHAPE k that only puts back, as ones, the dimensions over which the operator before it reduces. */
static bool keep_reduced(octet_graph *graph, uint32_t k) {
    const uint32_t v = graph->operators[k].inputs[0];
    octet_operator *reduction = octet_edit_producer(graph, v);
    if (!octet_edit_has_fixed_batch(graph) || !octet_edit_is_private(graph, v)) return false;
    if (reduction == NULL || !is_reduction(reduction->code) || reduction->options.reduce.keep_dims) return false;
    octet_shape kept = octet_graph_input(graph, reduction, 0)->shape;
    int32_t axes[OCTET_MAX_RANK], n;
    if (!octet_constant_read_i32(octet_graph_input(graph, reduction, 1), OCTET_MAX_RANK, axes, &n)) return false;
    for (int32_t i = 0; i < n; i++) kept.dims[axes[i] < 0 ? axes[i] + kept.rank : axes[i]] = 1;
    if (!octet_shape_equal(&kept, &octet_graph_output(graph, &graph->operators[k], 0)->shape)) return false;
    reduction->options.reduce.keep_dims = true;
    octet_edit_take_output(graph, graph->values[v].producer, k);
    return true;
}

/* RESHAPE k reads what the RESHAPE before it reads. */
static octet_status merge_reshapes(octet_context *ctx, octet_graph *graph, places *p, uint32_t k, bool *changed) {
    const octet_operator *op = &graph->operators[k], *first = octet_edit_producer(graph, op->inputs[0]);
    if (first == NULL || first->code != OCTET_OP_RESHAPE) return OCTET_OK;
    OCTET_TRY(find_places(ctx, graph, p));
    const uint32_t to = op->outputs[0];
    if (moves_batch(p, first->inputs[0], first->outputs[0]) && p->batch[to].axis >= 0)
        OCTET_TRY(octet_edit_mark_batch(ctx, graph, k, p->batch[to].axis));
    octet_graph_set_input(graph, k, 0, first->inputs[0]);
    *changed = true;
    return OCTET_OK;
}

static octet_status simplify(octet_context *ctx, octet_graph *graph, places *p, uint32_t k, bool *changed) {
    const octet_operator *op = &graph->operators[k];
    if (is_identity(graph, op)) {
        if (op->code == OCTET_OP_RESHAPE) OCTET_TRY(find_places(ctx, graph, p));
        if (op->code == OCTET_OP_RESHAPE && shifts_batch(p, op->inputs[0], op->outputs[0])) return OCTET_OK;
        octet_edit_bypass(graph, k, op->inputs[0]);
        *changed = true;
        return OCTET_OK;
    }
    if (op->code == OCTET_OP_TRANSPOSE) return simplify_transpose(ctx, graph, p, k, changed);
    if (op->code == OCTET_OP_EXPAND_DIMS || op->code == OCTET_OP_SQUEEZE) {
        *changed = true;
        return make_reshape(ctx, graph, p, k);
    }
    if (op->code != OCTET_OP_RESHAPE) return OCTET_OK;
    if (keep_reduced(graph, k)) {
        *changed = true;
        return OCTET_OK;
    }
    return merge_reshapes(ctx, graph, p, k, changed);
}

/* EXPAND_DIMS, SQUEEZE and TRANSPOSE that moves no data become RESHAPE, as with a static batch; pairs of RESHAPE or
 * TRANSPOSE become one, and with a fixed batch a RESHAPE behind a reduction part of it; what changes nothing goes. */
octet_status octet_pass_simplify_shapes(octet_context *ctx, octet_graph *graph, bool *changed) {
    places p = {0};
    octet_status status = OCTET_OK;
    for (uint32_t k = 0; k < graph->n_operators && status == OCTET_OK; k++) {
        if (!graph->operators[k].removed) status = simplify(ctx, graph, &p, k, changed);
    }
    octet_arena_free(ctx, &p.arena);
    return status;
}
