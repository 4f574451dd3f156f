#include "graph/batch.h"

#include <string.h>

#include "graph/constant.h"
#include "graph/infer/infer.h"

typedef struct search {
    octet_context *ctx;
    const octet_graph *graph; /* for one sample */
    octet_graph two;          /* the same values for two samples; its operators are not read */
    octet_batch *batch;
} search;

static const octet_shape *shape_of(const search *s, uint32_t value) { return &s->graph->values[value].shape; }

/* Elements outside of an axis of the shape for one sample. */
static int32_t outside(const octet_shape *shape, int32_t axis) { return octet_shape_product(shape, 0, axis); }

static void set(search *s, uint32_t value, int32_t axis, int32_t outer) {
    s->batch[value] = (octet_batch){axis, outer};
    s->two.values[value].shape = *shape_of(s, value);
    if (axis >= 0) s->two.values[value].shape.dims[axis] *= 2;
}

static void set_all(search *s, const octet_operator *op, int32_t axis) {
    for (uint32_t i = 0; i < op->n_outputs; i++) set(s, op->outputs[i], axis, 1);
}

/* The axis in which the shapes differ, one being twice as long. */
static int32_t longer_axis(const octet_shape *one, const octet_shape *two) {
    int32_t axis = OCTET_BATCH_NONE;
    if (one->rank != two->rank) return OCTET_BATCH_UNKNOWN;
    for (int32_t i = 0; i < one->rank; i++) {
        if (one->dims[i] == two->dims[i]) continue;
        if (axis >= 0 || two->dims[i] != 2 * one->dims[i]) return OCTET_BATCH_UNKNOWN;
        axis = i;
    }
    return axis;
}

/* The first operand with a batch; OCTET_NONE without one. *is_known: no operand's is unknown. */
static uint32_t first_operand(const octet_batch *batch, const octet_operator *op, bool *is_known) {
    uint32_t first = OCTET_NONE;
    *is_known = true;
    for (uint32_t i = op->n_inputs; i-- > 0;) {
        if (op->inputs[i] == OCTET_NONE) continue;
        if (batch[op->inputs[i]].axis == OCTET_BATCH_UNKNOWN) *is_known = false;
        if (batch[op->inputs[i]].axis >= 0) first = i;
    }
    return first;
}

/* Where the constant of a RESHAPE holds -1. */
static int32_t open_axis(const octet_graph *graph, const octet_operator *op) {
    int32_t dims[OCTET_MAX_RANK], n = 0;
    if (!octet_constant_read_i32(octet_graph_input(graph, op, 1), OCTET_MAX_RANK, dims, &n)) return -1;
    for (int32_t i = 0; i < n; i++)
        if (dims[i] == -1) return i;
    return -1;
}

/* Where a RESHAPE that keeps the order of elements has the batch: in a dimension of 1 between the same elements; else
 * in the dimension that ends there, and of the first ones in the first. */
static int32_t kept_axis(const octet_shape *shape, int32_t outer) {
    int32_t product = 1;
    for (int32_t i = 0; i < shape->rank; i++) {
        if (product == outer && (outer == 1 || shape->dims[i] == 1)) return i;
        if (product < outer && product * shape->dims[i] >= outer) {
            const bool is_next_one =
                product * shape->dims[i] == outer && i + 1 < shape->rank && shape->dims[i + 1] == 1;
            return is_next_one ? i + 1 : i;
        }
        product *= shape->dims[i];
    }
    return OCTET_BATCH_UNKNOWN;
}

static void find_reshaped(search *s, const octet_operator *op) {
    const octet_shape *shape = shape_of(s, op->outputs[0]);
    const int32_t outer = s->batch[op->inputs[0]].outer, open = open_axis(s->graph, op);
    if (open < 0) {
        set(s, op->outputs[0], kept_axis(shape, outer), outer);
        return;
    }
    const int32_t before = outside(shape, open);
    const bool keeps = outer >= before && outer % before == 0 && outer / before <= shape->dims[open];
    set(s, op->outputs[0], open, keeps ? outer : before);
}

bool octet_batch_is_repeated(const octet_graph *graph, const octet_batch *batch, const octet_operator *op, uint32_t i,
                             int32_t *axis) {
    bool is_known;
    if (op->code != OCTET_OP_CONCATENATION && op->code != OCTET_OP_PACK) return false;
    const uint32_t first = first_operand(batch, op, &is_known);
    if (first == OCTET_NONE || !is_known || batch[op->inputs[i]].axis != OCTET_BATCH_NONE) return false;
    const octet_shape *shape = &graph->values[op->inputs[i]].shape;
    *axis = batch[op->inputs[first]].axis;
    const bool along = op->code == OCTET_OP_CONCATENATION &&
                       octet_axis_from_start(op->options.concatenation.axis, shape->rank) == *axis;
    return !along && shape->dims[*axis] == 1;
}

/* Operators whose constants say what follows from the batch. False: the shape rules decide. */
static bool find_stated(search *s, const octet_operator *op, uint32_t first) {
    const octet_batch in = s->batch[op->inputs[first]];
    const octet_shape *from = shape_of(s, op->inputs[first]), *to = shape_of(s, op->outputs[0]);
    int32_t begin[OCTET_MAX_RANK], n = 0, axis = in.axis;
    switch ((int)op->code) {
    case OCTET_OP_RESHAPE: find_reshaped(s, op); return true;
    case OCTET_OP_TRANSPOSE_CONV: set(s, op->outputs[0], in.axis, in.outer); return true;
    case OCTET_OP_BROADCAST_TO:
        axis += to->rank - from->rank;
        if (to->dims[axis] != from->dims[in.axis]) axis = OCTET_BATCH_UNKNOWN;
        set(s, op->outputs[0], axis, axis < 0 ? 1 : outside(to, axis) * (in.outer / outside(from, in.axis)));
        return true;
    case OCTET_OP_SLICE:
        if (!octet_constant_read_i32(octet_graph_input(s->graph, op, 1), OCTET_MAX_RANK, begin, &n)) return false;
        if (n != from->rank || begin[axis] != 0 || to->dims[axis] != from->dims[axis]) return false;
        set(s, op->outputs[0], axis, outside(to, axis) * (in.outer / outside(from, axis)));
        return true;
    default: return false;
    }
}

static octet_status find_inferred(search *s, octet_arena *arena, const octet_operator *op, uint32_t first) {
    const octet_batch in = s->batch[op->inputs[first]];
    const int32_t within = in.outer / outside(shape_of(s, op->inputs[first]), in.axis);
    octet_context inner; /* operators may refuse two samples */
    octet_inferred *inferred;
    OCTET_TRY(OCTET_NEW(s->ctx, arena, op->n_outputs, &inferred));
    octet_context_init(&inner);
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        int32_t axis;
        if (op->inputs[i] != OCTET_NONE && octet_batch_is_repeated(s->graph, s->batch, op, i, &axis))
            s->two.values[op->inputs[i]].shape.dims[axis] = 2;
    }
    const bool fits = octet_infer(&inner, &s->two, op, inferred) == OCTET_OK;
    for (uint32_t i = 0; i < op->n_inputs; i++)
        if (op->inputs[i] != OCTET_NONE && s->batch[op->inputs[i]].axis == OCTET_BATCH_NONE)
            s->two.values[op->inputs[i]].shape = *shape_of(s, op->inputs[i]);
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        const octet_shape *to = shape_of(s, op->outputs[i]);
        const int32_t axis = fits ? longer_axis(to, &inferred[i].shape) : OCTET_BATCH_UNKNOWN;
        const bool joins_rows = op->code == OCTET_OP_FULLY_CONNECTED; /* [T,batch,C] to [T*batch,O] */
        set(s, op->outputs[i], axis, axis < 0 ? 1 : joins_rows ? in.outer : outside(to, axis) * within);
    }
    return OCTET_OK;
}

static octet_status find(search *s, octet_arena *arena) {
    const octet_graph *graph = s->graph;
    for (uint32_t v = 0; v < graph->n_values; v++) s->batch[v] = (octet_batch){OCTET_BATCH_NONE, 1};
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_shape *shape = shape_of(s, graph->inputs[i].value);
        if (shape->rank > 0 && shape->dims[0] == 1) set(s, graph->inputs[i].value, 0, 1);
    }
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        bool is_known;
        if (op->removed) continue;
        const uint32_t first = first_operand(s->batch, op, &is_known);
        if (!is_known) set_all(s, op, OCTET_BATCH_UNKNOWN);
        else if (first != OCTET_NONE && !find_stated(s, op, first)) OCTET_TRY(find_inferred(s, arena, op, first));
    }
    return OCTET_OK;
}

octet_status octet_batch_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, octet_batch **out) {
    search s = {.ctx = ctx, .graph = graph, .two = *graph};
    octet_arena scratch = {0};
    octet_status status = OCTET_NEW(ctx, arena, graph->n_values, &s.batch);
    if (status == OCTET_OK)
        status = octet_arena_copy(ctx, &scratch, graph->values, graph->n_values * sizeof *graph->values,
                                  (void **)&s.two.values);
    if (status == OCTET_OK) status = find(&s, &scratch);
    octet_arena_free(ctx, &scratch);
    *out = s.batch;
    return status;
}
