#include <string.h>

#include "graph/constant.h"
#include "passes/cut.h"
#include "passes/list.h"

static bool joins(const octet_operator *op, const octet_graph *graph, int32_t *axis) {
    if (op == NULL || op->removed || (op->code != OCTET_OP_PACK && op->code != OCTET_OP_CONCATENATION)) return false;
    if (op->code == OCTET_OP_CONCATENATION && octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return false;
    *axis = op->code == OCTET_OP_PACK ? op->options.pack.axis : op->options.concatenation.axis;
    *axis = octet_axis_from_start(*axis, octet_graph_output(graph, op, 0)->shape.rank);
    return true;
}

static int32_t rows_of(const octet_graph *graph, const octet_operator *join, uint32_t i, int32_t axis) {
    return join->code == OCTET_OP_PACK ? 1 : octet_graph_input(graph, join, i)->shape.dims[axis];
}

/* Operator k as a SLICE of rows [begin, begin + count) of `from`. */
static octet_status make_slice(octet_context *ctx, octet_graph *graph, uint32_t k, uint32_t from, int32_t axis,
                               int32_t begin) {
    const octet_shape size = graph->values[graph->operators[k].outputs[0]].shape;
    int32_t first[OCTET_MAX_RANK] = {0};
    uint32_t inputs[3] = {from, OCTET_NONE, OCTET_NONE};
    first[axis] = begin;
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "slice/begin", first, size.rank, &inputs[1]));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "slice/size", size.dims, size.rank, &inputs[2]));
    OCTET_TRY(octet_edit_set_inputs(ctx, graph, k, inputs, 3));
    graph->operators[k].code = OCTET_OP_SLICE;
    memset(&graph->operators[k].options, 0, sizeof graph->operators[k].options);
    return OCTET_OK;
}

/* Cut k takes operands [first, first + n) of a join. */
static octet_status take_operands(octet_context *ctx, octet_graph *graph, uint32_t k, const octet_operator *join,
                                  uint32_t first, uint32_t n, const octet_cut *cut) {
    octet_operator *op = &graph->operators[k];
    if (n == 1 && join->code == OCTET_OP_PACK && cut->drops_axis) {
        octet_edit_bypass(graph, k, join->inputs[first]);
        return OCTET_OK;
    }
    if (n == 1) {
        octet_graph_set_input(graph, k, 0, join->inputs[first]);
        return octet_edit_make_reshape(ctx, graph, k);
    }
    OCTET_TRY(octet_edit_set_inputs(ctx, graph, k, join->inputs + first, n));
    op->code = join->code;
    op->options = join->options;
    if (op->code == OCTET_OP_PACK) op->options.pack.count = (int32_t)n;
    return OCTET_OK;
}

/* A part of what PACK or CONCATENATION joins along the same axis: whole operands, or a part of one. */
static octet_status fold_cut(octet_context *ctx, octet_graph *graph, uint32_t k, bool *changed) {
    octet_cut cut;
    bool is_cut;
    int32_t axis = 0, at = 0;
    OCTET_TRY(octet_cut_read(ctx, graph, &graph->operators[k], &cut, &is_cut));
    if (!is_cut) return OCTET_OK;
    if (cut.axis < 0) {
        *changed = true;
        return octet_edit_make_reshape(ctx, graph, k);
    }
    const octet_operator *join = octet_edit_producer(graph, cut.from);
    if (!joins(join, graph, &axis) || axis != cut.axis || cut.count == 0) return OCTET_OK;
    uint32_t first = 0;
    while (at + rows_of(graph, join, first, axis) <= cut.begin) at += rows_of(graph, join, first++, axis);
    const int32_t end = cut.begin + cut.count;
    if (at < cut.begin ||
        at + rows_of(graph, join, first, axis) > end) { /* a part of operand `first`, or parts of several */
        if (cut.drops_axis || at + rows_of(graph, join, first, axis) < end) return OCTET_OK;
        *changed = true;
        return make_slice(ctx, graph, k, join->inputs[first], axis, cut.begin - at);
    }
    uint32_t n = 0;
    while (at < end) at += rows_of(graph, join, first + n++, axis);
    if (at != end) return OCTET_OK;
    *changed = true;
    return take_operands(ctx, graph, k, join, first, n, &cut);
}

/* The value that a RESHAPE has given an axis of length 1; OCTET_NONE when `value` is something else. */
static uint32_t without_axis(const octet_graph *graph, uint32_t value, int32_t axis) {
    const octet_operator *op = octet_edit_producer(graph, value);
    if (op == NULL || op->code != OCTET_OP_RESHAPE) return OCTET_NONE;
    octet_shape shape = graph->values[value].shape;
    if (shape.dims[axis] != 1) return OCTET_NONE;
    shape.rank--;
    for (int32_t d = axis; d < shape.rank; d++) shape.dims[d] = shape.dims[d + 1];
    return octet_shape_equal(&shape, &octet_graph_input(graph, op, 0)->shape) ? op->inputs[0] : OCTET_NONE;
}

/* Operands of CONCATENATION k that are such themselves are opened, empty ones dropped. */
static octet_status open_operands(octet_context *ctx, octet_graph *graph, uint32_t k, int32_t axis, bool *changed) {
    const octet_operator *op = &graph->operators[k];
    uint32_t operands[OCTET_MAX_OPERATOR_INPUTS], n = 0;
    int32_t inner_axis = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_operator *inner = octet_edit_producer(graph, op->inputs[i]);
        const bool opens =
            joins(inner, graph, &inner_axis) && inner->code == OCTET_OP_CONCATENATION && inner_axis == axis;
        if (octet_shape_elements(&octet_graph_input(graph, op, i)->shape) == 0) continue;
        const uint32_t *from = opens ? inner->inputs : &op->inputs[i], count = opens ? inner->n_inputs : 1;
        if (count > OCTET_MAX_OPERATOR_INPUTS - n) return OCTET_OK;
        memcpy(operands + n, from, count * sizeof *from);
        n += count;
    }
    if (n == 0 || (n == op->n_inputs && memcmp(operands, op->inputs, n * sizeof *operands) == 0)) return OCTET_OK;
    *changed = true;
    return octet_edit_set_inputs(ctx, graph, k, operands, n);
}

static octet_status fold_concatenation(octet_context *ctx, octet_graph *graph, uint32_t k, int32_t axis,
                                       bool *changed) {
    OCTET_TRY(open_operands(ctx, graph, k, axis, changed));
    octet_operator *op = &graph->operators[k];
    uint32_t rows[OCTET_MAX_OPERATOR_INPUTS], n = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_operator *inner = octet_edit_producer(graph, op->inputs[i]);
        int32_t inner_axis = 0;
        const bool is_pack = joins(inner, graph, &inner_axis) && inner->code == OCTET_OP_PACK && inner_axis == axis;
        const uint32_t row = is_pack ? OCTET_NONE : without_axis(graph, op->inputs[i], axis),
                       count = is_pack ? inner->n_inputs : 1;
        if ((!is_pack && row == OCTET_NONE) || count > OCTET_MAX_OPERATOR_INPUTS - n) return OCTET_OK;
        memcpy(rows + n, is_pack ? inner->inputs : &row, count * sizeof *rows);
        n += count;
    }
    *changed = true;
    op->code = OCTET_OP_PACK;
    op->options = (octet_options){.pack = {axis, (int32_t)n}};
    return octet_edit_set_inputs(ctx, graph, k, rows, n);
}

/* Rows [begin, begin + n) of `from`, by a new operator; nothing for n = 0. */
static octet_status add_rows(octet_context *ctx, octet_graph *graph, const char *layer, uint32_t from, int32_t axis,
                             int32_t begin, int32_t n, uint32_t *parts, uint32_t *n_parts) {
    octet_shape size = graph->values[from].shape;
    int32_t first[OCTET_MAX_RANK] = {0};
    uint32_t inputs[3] = {from, OCTET_NONE, OCTET_NONE};
    if (n == 0) return OCTET_OK;
    first[axis] = begin;
    size.dims[axis] = n;
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "slice/begin", first, size.rank, &inputs[1]));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "slice/size", size.dims, size.rank, &inputs[2]));
    return octet_graph_emit(ctx, graph, OCTET_OP_SLICE, layer, NULL, inputs, 3, NULL, &parts[(*n_parts)++], 1);
}

/* DYNAMIC_UPDATE_SLICE k that replaces known rows: CONCATENATION of what is
 * before them, the rows, and what is behind. */
static octet_status open_update(octet_context *ctx, octet_graph *graph, uint32_t k, bool *changed) {
    const octet_operator *op = &graph->operators[k];
    const uint32_t from = op->inputs[0], update = op->inputs[1];
    const octet_shape whole = graph->values[from].shape, rows = graph->values[update].shape;
    int32_t begin[OCTET_MAX_RANK], n, axis = -1;
    if (!octet_constant_read_i32(octet_graph_input(graph, op, 2), OCTET_MAX_RANK, begin, &n) || n != whole.rank)
        return OCTET_OK;
    for (int32_t d = 0; d < n; d++) {
        if (rows.dims[d] == whole.dims[d]) continue;
        if (axis >= 0) return OCTET_OK;
        axis = d;
    }
    *changed = true;
    if (axis < 0) {
        octet_edit_bypass(graph, k, update);
        return OCTET_OK;
    }
    const int32_t last = whole.dims[axis] - rows.dims[axis];
    const int32_t at = begin[axis] < 0 ? 0 : begin[axis] > last ? last : begin[axis]; /* as the operator has it */
    uint32_t parts[3], n_parts = 0;
    const char *layer = op->layer;
    OCTET_TRY(add_rows(ctx, graph, layer, from, axis, 0, at, parts, &n_parts));
    parts[n_parts++] = update;
    OCTET_TRY(add_rows(ctx, graph, layer, from, axis, at + rows.dims[axis], last - at, parts, &n_parts));
    graph->operators[k].code = OCTET_OP_CONCATENATION;
    graph->operators[k].options = (octet_options){.concatenation = {.axis = axis}};
    return octet_edit_set_inputs(ctx, graph, k, parts, n_parts);
}

/* PACK k joins what an UNPACK took apart. */
static bool puts_back(const octet_graph *graph, uint32_t k, int32_t axis) {
    const octet_operator *op = &graph->operators[k], *unpack = octet_edit_producer(graph, op->inputs[0]);
    if (unpack == NULL || unpack->code != OCTET_OP_UNPACK || unpack->n_outputs != op->n_inputs) return false;
    const int32_t from = unpack->options.pack.axis, rank = octet_graph_output(graph, op, 0)->shape.rank;
    return octet_axis_from_start(from, rank) == axis &&
           memcmp(op->inputs, unpack->outputs, op->n_inputs * sizeof *op->inputs) == 0;
}

/* What a loop did to its list of results step by step: parts of joined values are their operands, joins of joins one
 * join, joins of rows with an axis of their own PACK, and of one row RESHAPE. */
octet_status octet_pass_fold_joins(octet_context *ctx, octet_graph *graph, bool *changed) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        int32_t axis = 0;
        if (graph->operators[k].removed) continue;
        if (graph->operators[k].code == OCTET_OP_DYNAMIC_UPDATE_SLICE) {
            OCTET_TRY(open_update(ctx, graph, k, changed));
        } else if (!joins(&graph->operators[k], graph, &axis)) {
            OCTET_TRY(fold_cut(ctx, graph, k, changed));
        } else if (graph->operators[k].code == OCTET_OP_CONCATENATION) {
            OCTET_TRY(fold_concatenation(ctx, graph, k, axis, changed));
        } else if (puts_back(graph, k, axis)) {
            octet_edit_bypass(graph, k, octet_edit_producer(graph, graph->operators[k].inputs[0])->inputs[0]);
            *changed = true;
        } else if (graph->operators[k].n_inputs == 1) {
            OCTET_TRY(octet_edit_make_reshape(ctx, graph, k));
            *changed = true;
        }
    }
    return OCTET_OK;
}
