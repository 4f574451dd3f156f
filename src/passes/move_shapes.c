#include "passes/edit.h"
#include "passes/list.h"

/* An operand that operator k reads from an operator which only moves elements. */
typedef struct moved {
    uint32_t mover;  /* index of that operator */
    uint32_t result; /* what k reads */
    uint32_t source; /* what the mover reads */
} moved;

static bool read_moved(const octet_graph *graph, uint32_t k, uint32_t i, moved *out) {
    const uint32_t v = graph->operators[k].inputs[i];
    if (octet_edit_producer(graph, v) == NULL) return false;
    const uint32_t mover = graph->values[v].producer;
    switch ((int)graph->operators[mover].code) {
    case OCTET_OP_RESHAPE:
    case OCTET_OP_TRANSPOSE:
    case OCTET_OP_DEPTH_TO_SPACE: break;
    default: return false;
    }
    *out = (moved){.mover = mover, .result = v, .source = graph->operators[mover].inputs[0]};
    return true;
}

static bool read_reshaped(const octet_graph *graph, uint32_t k, uint32_t i, moved *out) {
    return read_moved(graph, k, i, out) && graph->operators[out->mover].code == OCTET_OP_RESHAPE;
}

/* Functions of single elements that TensorFlow computes before elements are moved; others stay behind. */
static bool is_function(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_CEIL:
    case OCTET_OP_EXP:
    case OCTET_OP_FLOOR:
    case OCTET_OP_NEG:
    case OCTET_OP_RELU:
    case OCTET_OP_RELU_N1_TO_1:
    case OCTET_OP_RELU6:
    case OCTET_OP_ROUND:
    case OCTET_OP_TANH:
    case OCTET_OP_SQRT:
    case OCTET_OP_SQUARE:
    case OCTET_OP_LOGISTIC: return true;
    default: return false;
    }
}

static bool is_arithmetic(octet_operator_code code) {
    return code == OCTET_OP_ADD || code == OCTET_OP_SUB || code == OCTET_OP_MUL || code == OCTET_OP_DIV;
}

static bool is_binary(octet_operator_code code) {
    return is_arithmetic(code) || code == OCTET_OP_FLOOR_DIV || code == OCTET_OP_FLOOR_MOD ||
           code == OCTET_OP_MINIMUM || code == OCTET_OP_MAXIMUM;
}

static bool commutes(octet_operator_code code) {
    return code == OCTET_OP_ADD || code == OCTET_OP_MUL || code == OCTET_OP_MINIMUM || code == OCTET_OP_MAXIMUM;
}

/* The last dimensions of `full` are those of `tail`. */
static bool is_tail(const octet_shape *tail, const octet_shape *full) {
    if (tail->rank > full->rank) return false;
    for (int32_t i = 1; i <= tail->rank; i++) {
        if (tail->dims[tail->rank - i] != full->dims[full->rank - i]) return false;
    }
    return true;
}

/* Operator k, which reads the mover's result as operand i, takes the mover's place and reads what the mover read; the
 * mover then takes k's place. Only k reads the result between them, which gets the shape of the source. */
static void exchange(octet_graph *graph, uint32_t k, uint32_t i, const moved *m) {
    octet_value *between = &graph->values[m->result];
    const uint32_t result = graph->operators[k].outputs[0];
    const octet_operator function = graph->operators[k];
    graph->operators[k] = graph->operators[m->mover];
    graph->operators[m->mover] = function;
    graph->operators[m->mover].inputs[i] = m->source;
    graph->operators[m->mover].outputs[0] = m->result;
    graph->operators[k].inputs[0] = m->result;
    graph->operators[k].outputs[0] = result;
    between->shape = graph->values[m->source].shape;
    const char *name = between->name;
    between->name = graph->values[result].name;
    if (!octet_graph_is_output(graph, result)) graph->values[result].name = name;
}

static bool move_function(octet_graph *graph, uint32_t k) {
    moved m;
    if (!is_function(graph->operators[k].code) || !read_moved(graph, k, 0, &m) ||
        !octet_edit_is_private(graph, m.result))
        return false;
    exchange(graph, k, 0, &m);
    return true;
}

/* A constant that meets the same elements on both sides of the RESHAPE. */
static bool move_with_constant(octet_graph *graph, uint32_t k) {
    const octet_operator *op = &graph->operators[k];
    const uint32_t i = octet_edit_is_constant_f32(graph, op->inputs[1]) ? 0 : 1;
    if (i == 1 && (!commutes(op->code) || !octet_edit_is_constant_f32(graph, op->inputs[0]))) return false;
    moved m;
    if (!read_reshaped(graph, k, i, &m) || !octet_edit_is_private(graph, m.result)) return false;
    const octet_shape *constant = &graph->values[op->inputs[1 - i]].shape;
    const octet_shape *before = &graph->values[m.source].shape, *behind = &graph->values[m.result].shape;
    if (before->rank > 4 || behind->rank > 4 || !is_tail(constant, behind) || !is_tail(constant, before)) return false;
    exchange(graph, k, i, &m);
    return true;
}

/* Two operands reshaped alike from one shape. */
static bool move_between_two(octet_graph *graph, uint32_t k) {
    moved a, b;
    if (!read_reshaped(graph, k, 0, &a) || !read_reshaped(graph, k, 1, &b) || a.result == b.result) return false;
    if (!octet_edit_is_private(graph, a.result) || !octet_edit_is_private(graph, b.result)) return false;
    if (!octet_shape_equal(&graph->values[a.result].shape, &graph->values[b.result].shape)) return false;
    if (!octet_shape_equal(&graph->values[a.source].shape, &graph->values[b.source].shape)) return false;
    if (graph->values[a.source].type != OCTET_FLOAT32 || graph->values[b.source].type != OCTET_FLOAT32) return false;
    octet_graph_set_input(graph, k, 1, b.source);
    exchange(graph, k, 0, &a);
    return true;
}

/* Only arithmetic of two operands reads the value. */
static bool feeds_arithmetic_only(const octet_graph *graph, uint32_t value) {
    if (octet_graph_is_output(graph, value)) return false;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->removed || is_arithmetic(op->code)) continue;
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            if (op->inputs[i] == value) return false;
        }
    }
    return true;
}

/* A RESHAPE that puts ones in front, which the other operand's rank does as well. */
static bool drop_ones_in_front(octet_graph *graph, uint32_t k, uint32_t i) {
    const octet_operator *op = &graph->operators[k];
    moved m;
    if (!octet_edit_has_fixed_batch(graph) || !read_reshaped(graph, k, i, &m)) return false;
    const octet_shape *before = &graph->values[m.source].shape, *behind = &graph->values[m.result].shape;
    const octet_shape *other = &graph->values[op->inputs[1 - i]].shape;
    if (before->rank > 4 || other->rank > 4 || before->rank > behind->rank || behind->rank > other->rank) return false;
    octet_shape reduced = {0};
    for (int32_t d = 0; d < behind->rank; d++) {
        if (reduced.rank > 0 || behind->dims[d] != 1) reduced.dims[reduced.rank++] = behind->dims[d];
    }
    if (!is_tail(&reduced, before)) return false;
    if (!octet_edit_is_private(graph, m.result) && !feeds_arithmetic_only(graph, m.result)) return false;
    octet_graph_set_input(graph, k, i, m.source);
    return true;
}

static bool move(octet_graph *graph, uint32_t k) {
    const octet_operator *op = &graph->operators[k];
    if (op->removed || octet_graph_output(graph, op, 0)->type != OCTET_FLOAT32) return false;
    if (!is_binary(op->code)) return move_function(graph, k);
    if (move_with_constant(graph, k) || move_between_two(graph, k)) return true;
    return is_arithmetic(op->code) && (drop_ones_in_front(graph, k, 0) || drop_ones_in_front(graph, k, 1));
}

/* Arithmetic goes before the RESHAPE (functions of one operand also before TRANSPOSE and DEPTH_TO_SPACE) that it reads,
 * so that it meets the operator that it can be folded into, and the RESHAPE the next one. */
octet_status octet_pass_move_shapes(octet_context *ctx, octet_graph *graph, bool *changed) {
    (void)ctx;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        if (move(graph, k)) *changed = true;
    }
    return OCTET_OK;
}
