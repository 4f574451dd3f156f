#include "graph/joined.h"

#include <math.h>
#include <string.h>

#include "graph/constant.h"

/* What a value consists of along one of its axes. */
typedef enum way {
    WAY_END,     /* no join: one part */
    WAY_ALONG,   /* joined along this axis */
    WAY_ACROSS,  /* joined along another axis: every operand has the parts that all have */
    WAY_THROUGH, /* moved: one operand has the parts along `axis` */
} way;

typedef struct look {
    way way;
    const octet_operator *op;
    int32_t axis; /* of the operands; WHOLE where they have none: they are one index each */
} look;

/* Of a value that PACK makes one index of: all of it is one part. */
enum { WHOLE = -1 };

/* The axis of `before` that a RESHAPE leaves as it is in `behind`: as long, with as many elements below it; or -1. */
static int32_t kept_axis(const octet_shape *before, const octet_shape *behind, int32_t axis) {
    const int32_t inner = octet_shape_product(behind, axis + 1, behind->rank);
    for (int32_t a = 0; a < before->rank; a++) {
        const bool same = before->dims[a] == behind->dims[axis];
        if (same && octet_shape_product(before, a + 1, before->rank) == inner) return a;
    }
    return -1;
}

static int32_t transposed_axis(const octet_graph *graph, const octet_operator *op, int32_t axis) {
    int32_t order[OCTET_MAX_RANK], n;
    if (!octet_constant_read_i32(octet_graph_input(graph, op, 1), OCTET_MAX_RANK, order, &n) || axis >= n) return -1;
    return order[axis];
}

/* PACK gives its operands an axis more. */
static void look_at_join(look *l, int32_t joined, int32_t axis) {
    l->way = joined == axis ? WAY_ALONG : WAY_ACROSS;
    l->axis = axis;
    if (l->op->code == OCTET_OP_PACK) l->axis = joined == axis ? WHOLE : axis < joined ? axis : axis - 1;
}

static look look_at(const octet_graph *graph, uint32_t v, int32_t axis) {
    const octet_value *value = &graph->values[v];
    look l = {WAY_END, NULL, -1};
    if (axis == WHOLE || value->producer == OCTET_NONE || value->type != OCTET_FLOAT32) return l;
    /* Joins of nothing may be nested without growing, and would be walked through once for each way to them. */
    if (octet_shape_elements(&value->shape) == 0) return l;
    l.op = &graph->operators[value->producer];
    if (l.op->code == OCTET_OP_CONCATENATION) {
        if (l.op->options.concatenation.activation != OCTET_ACTIVATION_NONE) return l;
        look_at_join(&l, octet_axis_from_start(l.op->options.concatenation.axis, value->shape.rank), axis);
    } else if (l.op->code == OCTET_OP_PACK) {
        look_at_join(&l, octet_axis_from_start(l.op->options.pack.axis, value->shape.rank), axis);
    } else if (l.op->code == OCTET_OP_RESHAPE || l.op->code == OCTET_OP_TRANSPOSE) {
        l.axis = l.op->code == OCTET_OP_RESHAPE
                     ? kept_axis(&octet_graph_input(graph, l.op, 0)->shape, &value->shape, axis)
                     : transposed_axis(graph, l.op, axis);
        if (l.axis >= 0) l.way = WAY_THROUGH;
    }
    return l;
}

static int32_t length_of(const octet_graph *graph, uint32_t v, int32_t axis) {
    return axis == WHOLE ? 1 : graph->values[v].shape.dims[axis];
}

/* seams[i]: a part begins at index i; one more than the axis is long. */
static octet_status find_seams(octet_context *ctx, octet_arena *arena, const octet_graph *graph, uint32_t v,
                               int32_t axis, bool **seams) {
    const int32_t n = length_of(graph, v, axis);
    const look l = look_at(graph, v, axis);
    bool *inner;
    if (l.way == WAY_THROUGH) return find_seams(ctx, arena, graph, l.op->inputs[0], l.axis, seams);
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)n + 1, seams));
    (*seams)[0] = (*seams)[n] = true;
    int32_t at = 0;
    for (uint32_t i = 0; l.way == WAY_ALONG && i < l.op->n_inputs; i++) {
        const int32_t n_inner = length_of(graph, l.op->inputs[i], l.axis);
        OCTET_TRY(find_seams(ctx, arena, graph, l.op->inputs[i], l.axis, &inner));
        memcpy(*seams + at, inner, (size_t)n_inner * sizeof *inner);
        at += n_inner;
    }
    for (uint32_t i = 0; l.way == WAY_ACROSS && i < l.op->n_inputs; i++) {
        OCTET_TRY(find_seams(ctx, arena, graph, l.op->inputs[i], l.axis, &inner));
        for (int32_t k = 1; k < n; k++) (*seams)[k] = inner[k] && (i == 0 || (*seams)[k]);
    }
    return OCTET_OK;
}

static float data_width(const octet_value *value) {
    const float *data = value->data;
    float min = 0.0f, max = 0.0f;
    for (size_t i = 0; i < octet_shape_elements(&value->shape); i++) {
        min = fminf(min, data[i]);
        max = fmaxf(max, data[i]);
    }
    return max - min;
}

/* The widest of what indices first .. end of the axis hold; below 0 where one is not known. */
static float width_of(const octet_graph *graph, const float *widths, uint32_t v, int32_t axis, int32_t first,
                      int32_t end) {
    const look l = look_at(graph, v, axis);
    if (l.way == WAY_THROUGH) return width_of(graph, widths, l.op->inputs[0], l.axis, first, end);
    if (l.way == WAY_END && graph->values[v].type == OCTET_FLOAT32 && octet_value_is_constant(&graph->values[v]))
        return data_width(&graph->values[v]);
    if (l.way == WAY_END) return widths[v];
    float widest = 0.0f;
    for (uint32_t i = 0, at = 0; i < l.op->n_inputs; i++) {
        const uint32_t operand = l.op->inputs[i];
        const int32_t n = length_of(graph, operand, l.axis), start = l.way == WAY_ALONG ? (int32_t)at : 0;
        const int32_t from = first > start ? first - start : 0, to = end - start < n ? end - start : n;
        at += (uint32_t)n;
        if (from >= to) continue;
        const float width = width_of(graph, widths, operand, l.axis, from, to);
        if (width < 0.0f) return width;
        widest = fmaxf(widest, width);
    }
    return widest;
}

/* The value that is indices first .. end of the axis, where no operator has to be added for it; or OCTET_NONE. */
static uint32_t find_value(const octet_graph *graph, uint32_t v, int32_t axis, int32_t first, int32_t end) {
    if (first == 0 && end == length_of(graph, v, axis)) return v;
    const look l = look_at(graph, v, axis);
    if (l.way != WAY_ALONG || l.op->code != OCTET_OP_CONCATENATION) return OCTET_NONE;
    for (uint32_t i = 0, at = 0; i < l.op->n_inputs; i++) {
        const int32_t start = (int32_t)at, n = length_of(graph, l.op->inputs[i], axis);
        at += (uint32_t)n;
        if (first >= start && end <= start + n)
            return find_value(graph, l.op->inputs[i], axis, first - start, end - start);
    }
    return OCTET_NONE;
}

static uint32_t find_output(const octet_graph *graph, uint32_t value) {
    for (uint32_t i = 0; i < graph->n_outputs && value != OCTET_NONE; i++)
        if (graph->outputs[i].value == value) return i;
    return OCTET_NONE;
}

/* True when the parts along this axis lie far apart. */
static octet_status find_along(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const float *widths,
                               octet_joined *joined, bool *far) {
    const uint32_t v = graph->outputs[joined->output].value;
    const int32_t n = length_of(graph, v, joined->axis);
    float narrowest = INFINITY, widest = 0.0f;
    bool *seams;
    *far = false;
    OCTET_TRY(find_seams(ctx, arena, graph, v, joined->axis, &seams));
    joined->n_parts = 0;
    for (int32_t i = 0; i < n; i++) joined->n_parts += seams[i];
    if (joined->n_parts < 2) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, joined->n_parts, &joined->parts));
    for (int32_t i = 0, p = 0, end; i < n; i = end, p++) {
        for (end = i + 1; !seams[end]; end++) {}
        const float width = width_of(graph, widths, v, joined->axis, i, end);
        const uint32_t output = find_output(graph, find_value(graph, v, joined->axis, i, end));
        joined->parts[p] = (octet_joined_part){i, end - i, width, output};
        if (width < 0.0f) return OCTET_OK;
        if (width > 0.0f) narrowest = fminf(narrowest, width);
        widest = fmaxf(widest, width);
    }
    *far = widest > (float)OCTET_JOINED_FAR * narrowest;
    return OCTET_OK;
}

octet_status octet_joined_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const float *widths,
                               octet_joined **out, uint32_t *n) {
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_outputs, out));
    *n = 0;
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_value *value = &graph->values[graph->outputs[i].value];
        const bool has_parts = value->type == OCTET_FLOAT32 && octet_shape_elements(&value->shape) > 0;
        bool far = false;
        for (int32_t axis = value->shape.rank; axis-- > 0 && !far && has_parts;) {
            (*out)[*n] = (octet_joined){.output = i, .axis = axis};
            OCTET_TRY(find_along(ctx, arena, graph, widths, &(*out)[*n], &far));
        }
        *n += far;
    }
    return OCTET_OK;
}

/* Of what an operator computes, whatever its operands; 0: no bound. */
static float bound_of(const octet_operator *op) {
    if (octet_operator_activation(op) == OCTET_ACTIVATION_RELU6) return 6.0f;
    if (octet_operator_activation(op) == OCTET_ACTIVATION_RELU_N1_TO_1) return 2.0f;
    switch ((int)op->code) {
    case OCTET_OP_LOGISTIC:
    case OCTET_OP_SOFTMAX:
    case OCTET_OP_RELU_0_TO_1: return 1.0f;
    case OCTET_OP_TANH:
    case OCTET_OP_SIN:
    case OCTET_OP_COS:
    case OCTET_OP_L2_NORMALIZATION:
    case OCTET_OP_RELU_N1_TO_1: return 2.0f;
    case OCTET_OP_RELU6: return 6.0f;
    default: return 0.0f;
    }
}

static bool only_moves(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_RESHAPE:
    case OCTET_OP_TRANSPOSE:
    case OCTET_OP_SLICE:
    case OCTET_OP_STRIDED_SLICE:
    case OCTET_OP_SPLIT:
    case OCTET_OP_SQUEEZE:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_GATHER:
    case OCTET_OP_REDUCE_MAX:
    case OCTET_OP_MAX_POOL_2D: return true;
    default: return false;
    }
}

void octet_joined_bounds(const octet_graph *graph, float *widths) {
    for (uint32_t v = 0; v < graph->n_values; v++) widths[v] = -1.0f;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        const float bound = bound_of(op);
        for (uint32_t i = 0; i < op->n_outputs; i++) {
            float *width = &widths[op->outputs[i]];
            *width = bound > 0.0f ? bound : INFINITY;
            /* SPLIT has its axis in front. */
            const uint32_t operand = op->code == OCTET_OP_SPLIT;
            if (!only_moves(op->code) || octet_graph_input(graph, op, operand) == NULL) continue;
            if (widths[op->inputs[operand]] >= 0.0f) *width = widths[op->inputs[operand]];
        }
    }
}

static octet_status emit_move(octet_context *ctx, octet_graph *graph, const octet_operator *op, octet_shape shape,
                              uint32_t source, uint32_t *out) {
    uint32_t inputs[2] = {source, op->inputs[op->n_inputs - 1]};
    const char *name = graph->values[op->outputs[0]].name;
    if (op->code == OCTET_OP_RESHAPE)
        OCTET_TRY(octet_graph_add_i32(ctx, graph, "part/shape", shape.dims, shape.rank, &inputs[1]));
    return octet_graph_emit(ctx, graph, op->code, op->layer, name, inputs, 2, NULL, out, 1);
}

/* The value that holds indices first .. end of the axis; both are seams of `v`. */
static octet_status emit_part(octet_context *ctx, octet_graph *graph, uint32_t v, int32_t axis, int32_t first,
                              int32_t end, uint32_t *out) {
    *out = v;
    if (first == 0 && end == length_of(graph, v, axis)) return OCTET_OK;
    const look l = look_at(graph, v, axis);
    OCTET_CHECK(ctx, l.way != WAY_END, OCTET_INTERNAL, "%s: is no join", graph->values[v].name);
    const octet_operator op = *l.op; /* operators move in memory when some are added */
    uint32_t *pieces = NULL, n_pieces = 0;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, op.n_inputs, &pieces));
    if (l.way == WAY_THROUGH) {
        octet_shape shape = graph->values[v].shape;
        shape.dims[axis] = end - first;
        OCTET_TRY(emit_part(ctx, graph, op.inputs[0], l.axis, first, end, &pieces[0]));
        return emit_move(ctx, graph, &op, shape, pieces[0], out);
    }
    for (uint32_t i = 0, at = 0; i < op.n_inputs; i++) {
        const int32_t n = length_of(graph, op.inputs[i], l.axis), start = l.way == WAY_ALONG ? (int32_t)at : 0;
        const int32_t from = first > start ? first - start : 0, to = end - start < n ? end - start : n;
        at += (uint32_t)n;
        if (from < to) OCTET_TRY(emit_part(ctx, graph, op.inputs[i], l.axis, from, to, &pieces[n_pieces++]));
    }
    *out = pieces[0];
    octet_options options = op.options;
    if (op.code == OCTET_OP_PACK) options.pack.count = (int32_t)n_pieces;
    else if (n_pieces == 1) return OCTET_OK;
    return octet_graph_emit(ctx, graph, op.code, op.layer, graph->values[v].name, pieces, n_pieces, &options, out, 1);
}

static octet_status add_parts(octet_context *ctx, octet_graph *graph, const octet_port *port,
                              const octet_joined *joined) {
    for (uint32_t p = 0; p < joined->n_parts; p++) {
        const octet_joined_part *part = &joined->parts[p];
        const char *name;
        uint32_t value;
        if (part->output != OCTET_NONE) continue;
        OCTET_TRY(octet_arena_format(ctx, &graph->arena, &name, "%s_part%u", port->name, p));
        OCTET_TRY(emit_part(ctx, graph, port->value, joined->axis, part->first, part->first + part->n, &value));
        OCTET_TRY(octet_graph_add_output(ctx, graph, value, name));
    }
    return OCTET_OK;
}

octet_status octet_joined_split(octet_context *ctx, octet_graph *graph, const octet_joined *joined, uint32_t n) {
    const octet_port *ports = graph->outputs;
    const uint32_t n_ports = graph->n_outputs;
    graph->outputs = NULL;
    graph->n_outputs = 0;
    for (uint32_t i = 0, k = 0; i < n_ports; i++) {
        graph->values[ports[i].value].n_uses--;
        if (k < n && joined[k].output == i) {
            OCTET_TRY(add_parts(ctx, graph, &ports[i], &joined[k++]));
        } else {
            OCTET_TRY(octet_graph_add_output(ctx, graph, ports[i].value, ports[i].name));
        }
    }
    return OCTET_OK;
}
