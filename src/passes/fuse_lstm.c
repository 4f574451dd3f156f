/* One step, as Keras writes it (gates i, f, g, o are the quarters of z, in this order):
 *   z = x_t W + h_{t-1} U + b,  c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g),  h_t = sigmoid(o) * tanh(c_t)
 * The first one begins with zeros, and what is multiplied by them has been folded away. */
#include <string.h>

#include "graph/constant.h"
#include "passes/cut.h"
#include "passes/list.h"

enum { I, F, G, O };

typedef struct step {
    uint32_t x, h_before, c_before; /* OCTET_NONE before the first step */
    uint32_t kernel, recurrent,
        bias; /* [4 * units, features], [4 * units, units], 4 * units elements; OCTET_NONE for none */
    uint32_t h, c;
} step;

typedef struct loop {
    uint32_t n;       /* steps */
    const step *last; /* knows all weights */
    uint32_t *x, *h;  /* by step */
} loop;

/* The operator of this code that computes `value`, or NULL. */
static const octet_operator *made_by(const octet_graph *graph, uint32_t value, octet_operator_code code) {
    const octet_operator *op = octet_edit_producer(graph, value);
    if (op == NULL || op->code != code) return NULL;
    const bool is_arithmetic = code == OCTET_OP_ADD || code == OCTET_OP_MUL;
    return is_arithmetic && octet_operator_activation(op) != OCTET_ACTIVATION_NONE ? NULL : op;
}

/* The operand of the function (LOGISTIC, TANH) that computes `value`, or OCTET_NONE. */
static uint32_t argument(const octet_graph *graph, uint32_t value, octet_operator_code function) {
    const octet_operator *op = made_by(graph, value, function);
    return op == NULL ? OCTET_NONE : op->inputs[0];
}

/* value = sigmoid(*gate) * *other, or times tanh(*other); in either order. */
static bool read_gated(const octet_graph *graph, uint32_t value, bool has_tanh, uint32_t *gate, uint32_t *other) {
    const octet_operator *op = made_by(graph, value, OCTET_OP_MUL);
    for (uint32_t i = 0; op != NULL && i < 2; i++) {
        *gate = argument(graph, op->inputs[i], OCTET_OP_LOGISTIC);
        *other = has_tanh ? argument(graph, op->inputs[1 - i], OCTET_OP_TANH) : op->inputs[1 - i];
        if (*gate != OCTET_NONE && *other != OCTET_NONE) return true;
    }
    return false;
}

/* The value that is split into the four gates, or OCTET_NONE. A forget gate that is OCTET_NONE is not looked at. */
static uint32_t split_into(const octet_graph *graph, const uint32_t *gates) {
    const octet_operator *op = made_by(graph, gates[I], OCTET_OP_SPLIT);
    int32_t axis, n;
    if (op == NULL || op->n_outputs != 4 || !octet_constant_read_i32(octet_graph_input(graph, op, 0), 1, &axis, &n))
        return OCTET_NONE;
    for (uint32_t i = 0; i < 4; i++) {
        if (gates[i] != op->outputs[i] && !(i == F && gates[i] == OCTET_NONE)) return OCTET_NONE;
    }
    const octet_shape *shape = &graph->values[op->inputs[1]].shape;
    return shape->rank == 2 && (axis == 1 || axis == -1) ? op->inputs[1] : OCTET_NONE;
}

/* A bias of the step; false when it is no vector of that length, or the second one. */
static bool take_bias(const octet_graph *graph, uint32_t value, int32_t n, step *s) {
    if (value == OCTET_NONE) return true;
    if (s->bias != OCTET_NONE || !octet_edit_is_constant_f32(graph, value)) return false;
    s->bias = value;
    return octet_shape_elements(&graph->values[value].shape) == (size_t)n;
}

/* The dense layer, maybe with a RESHAPE behind it, that computes `value`. */
static bool read_dense(const octet_graph *graph, uint32_t value, int32_t n, step *s, uint32_t *from,
                       uint32_t *weights) {
    const octet_operator *reshape = made_by(graph, value, OCTET_OP_RESHAPE);
    const octet_operator *op = made_by(graph, reshape != NULL ? reshape->inputs[0] : value, OCTET_OP_FULLY_CONNECTED);
    if (op == NULL || octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return false;
    *from = op->inputs[0];
    *weights = op->inputs[1];
    return octet_edit_is_constant_f32(graph, *weights) && graph->values[*from].shape.rank == 2 &&
           take_bias(graph, op->n_inputs > 2 ? op->inputs[2] : OCTET_NONE, n, s);
}

/* z = x W + h U + b, or x W + b. The first summand is x's, unless only the other one reads a row of something. */
static bool read_sum(const octet_graph *graph, uint32_t z, step *s) {
    const int32_t n = graph->values[z].shape.dims[1];
    const octet_operator *add = made_by(graph, z, OCTET_OP_ADD);
    for (uint32_t i = 0; add != NULL && i < 2; i++) {
        if (!octet_edit_is_constant_f32(graph, add->inputs[i])) continue;
        if (!take_bias(graph, add->inputs[i], n, s)) return false;
        z = add->inputs[1 - i];
        add = made_by(graph, z, OCTET_OP_ADD);
        break;
    }
    if (add == NULL) return read_dense(graph, z, n, s, &s->x, &s->kernel);
    if (!read_dense(graph, add->inputs[0], n, s, &s->x, &s->kernel)) return false;
    if (!read_dense(graph, add->inputs[1], n, s, &s->h_before, &s->recurrent)) return false;
    const step turned = {s->h_before, s->x, s->c_before, s->recurrent, s->kernel, s->bias, s->h, s->c};
    if (made_by(graph, s->h_before, OCTET_OP_UNPACK) != NULL && made_by(graph, s->x, OCTET_OP_UNPACK) == NULL)
        *s = turned;
    return true;
}

static bool read_step(const octet_graph *graph, uint32_t h, step *s) {
    uint32_t gates[4] = {OCTET_NONE, OCTET_NONE, OCTET_NONE, OCTET_NONE};
    *s = (step){OCTET_NONE, OCTET_NONE, OCTET_NONE, OCTET_NONE, OCTET_NONE, OCTET_NONE, h, OCTET_NONE};
    if (!read_gated(graph, h, true, &gates[O], &s->c)) return false;
    const octet_operator *add = made_by(graph, s->c, OCTET_OP_ADD);
    if (add == NULL) {
        if (!read_gated(graph, s->c, true, &gates[I], &gates[G])) return false;
    } else {
        const uint32_t new = read_gated(graph, add->inputs[0], true, &gates[I], &gates[G]) ? 0 : 1;
        if (new == 1 && !read_gated(graph, add->inputs[1], true, &gates[I], &gates[G])) return false;
        if (!read_gated(graph, add->inputs[1 - new], false, &gates[F], &s->c_before)) return false;
    }
    const uint32_t z = split_into(graph, gates);
    return z != OCTET_NONE && read_sum(graph, z, s) && (s->h_before == OCTET_NONE) == (s->c_before == OCTET_NONE);
}

static bool same_constant(const octet_graph *graph, uint32_t a, uint32_t b) {
    if (a == b) return true;
    if (a == OCTET_NONE || b == OCTET_NONE) return false;
    const size_t n = octet_shape_elements(&graph->values[a].shape);
    return n == octet_shape_elements(&graph->values[b].shape) &&
           memcmp(graph->values[a].data, graph->values[b].data, n * sizeof(float)) == 0;
}

/* Fills *l with the steps that begin with `first`. next: by value, 1 + the step whose h_before it is. */
static bool follow(const octet_graph *graph, const step *steps, const uint32_t *next, const step *first, loop *l) {
    const step *s = first;
    for (l->n = 0;; s = &steps[next[s->h] - 1]) {
        const step *before = l->last;
        if (l->n > 0 && (s->kernel != first->kernel || !same_constant(graph, s->bias, first->bias))) return false;
        if (l->n > 0 && (s->h_before != before->h || s->c_before != before->c)) return false;
        if (l->n > 1 && s->recurrent != before->recurrent) return false;
        l->x[l->n] = s->x;
        l->h[l->n++] = s->h;
        l->last = s;
        /* c is read by its tanh and by the next step alone */
        if (graph->values[s->c].n_uses != (next[s->h] > 0 ? 2u : 1u)) return false;
        if (next[s->h] == 0) break;
    }
    if (l->n < 2) return false;
    const int32_t units = graph->values[first->h].shape.dims[1];
    const octet_shape *kernel = &graph->values[first->kernel].shape,
                      *recurrent = &graph->values[l->last->recurrent].shape;
    return kernel->rank == 2 && kernel->dims[0] == 4 * units && recurrent->rank == 2 &&
           recurrent->dims[0] == 4 * units && recurrent->dims[1] == units;
}

/* The value whose rows (UNPACK) or row `index` (GATHER, ...) `value` is; OCTET_NONE for none. */
static octet_status rows_from(octet_context *ctx, const octet_graph *graph, uint32_t value, uint32_t index,
                              uint32_t *out) {
    const octet_operator *op = octet_edit_producer(graph, value);
    octet_cut cut;
    bool is_cut;
    *out = OCTET_NONE;
    if (op == NULL) return OCTET_OK;
    if (op->code == OCTET_OP_UNPACK) {
        if (op->options.pack.axis == 0 && index < op->n_outputs && op->outputs[index] == value) *out = op->inputs[0];
        return OCTET_OK;
    }
    OCTET_TRY(octet_cut_read(ctx, graph, op, &cut, &is_cut));
    if (is_cut && cut.axis == 0 && cut.drops_axis && cut.begin == (int32_t)index) *out = cut.from;
    return OCTET_OK;
}

/* The value [steps,batch,features] whose rows the steps read; OCTET_NONE when they are rows of no one value. */
static octet_status find_source(octet_context *ctx, const octet_graph *graph, const loop *l, uint32_t *out) {
    uint32_t from;
    OCTET_TRY(rows_from(ctx, graph, l->x[0], 0, out));
    for (uint32_t i = 1; i < l->n && *out != OCTET_NONE; i++) {
        OCTET_TRY(rows_from(ctx, graph, l->x[i], i, &from));
        if (from != *out) *out = OCTET_NONE;
    }
    if (*out != OCTET_NONE && graph->values[*out].shape.dims[0] != (int32_t)l->n) *out = OCTET_NONE;
    return OCTET_OK;
}

/* Quarters of a constant of 4 * units rows, zeros where there is none. */
static octet_status add_quarters(octet_context *ctx, octet_graph *graph, octet_arena *scratch, uint32_t from,
                                 uint32_t like, const octet_shape *shape, uint32_t *out) {
    const size_t n = octet_shape_elements(shape);
    float *zeros = NULL;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &zeros));
    for (size_t i = 0; i < 4; i++) {
        const float *data = from == OCTET_NONE ? zeros : (const float *)graph->values[from].data + i * n;
        OCTET_TRY(octet_edit_add_f32(ctx, graph, like, shape, data, &out[i]));
    }
    return OCTET_OK;
}

static octet_status add_state(octet_context *ctx, octet_graph *graph, const char *layer, const char *name,
                              const octet_shape *shape, uint32_t *out) {
    const char *full = NULL;
    OCTET_TRY(octet_arena_format(ctx, &graph->arena, &full, "%s/%s", layer, name));
    OCTET_TRY(octet_graph_add_value(ctx, graph, full, OCTET_FLOAT32, shape, out));
    graph->values[*out].is_variable = true;
    return OCTET_OK;
}

static octet_status turn(octet_context *ctx, octet_graph *graph, const char *layer, uint32_t x, uint32_t *out) {
    uint32_t inputs[2] = {x, OCTET_NONE};
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "transpose/perm", (const int32_t[]){1, 0, 2}, 3, &inputs[1]));
    return octet_graph_emit(ctx, graph, OCTET_OP_TRANSPOSE, layer, NULL, inputs, 2, NULL, out, 1);
}

/* The operator, batch first, of the rows of `source`, or of a PACK of what the steps read: *out [batch,steps,units]. */
static octet_status emit(octet_context *ctx, octet_graph *graph, octet_arena *scratch, const loop *l, uint32_t source,
                         uint32_t *out) {
    const char *layer = graph->operators[graph->values[l->last->h].producer].layer;
    const octet_shape state = graph->values[l->last->h].shape;
    const int32_t units = state.dims[1], features = graph->values[l->last->kernel].shape.dims[1];
    const octet_shape kernel = {2, {units, features}}, recurrent = {2, {units, units}}, bias = {1, {units}};
    const uint32_t like = l->last->bias != OCTET_NONE ? l->last->bias : l->last->kernel;
    uint32_t inputs[OCTET_LSTM_N_OPERANDS];
    for (size_t i = 0; i < OCTET_LSTM_N_OPERANDS; i++) inputs[i] = OCTET_NONE;
    const octet_options pack = {.pack = {0, (int32_t)l->n}};
    if (source == OCTET_NONE)
        OCTET_TRY(octet_graph_emit(ctx, graph, OCTET_OP_PACK, layer, NULL, l->x, l->n, &pack, &source, 1));
    OCTET_TRY(turn(ctx, graph, layer, source, &inputs[OCTET_LSTM_INPUT]));
    OCTET_TRY(add_quarters(ctx, graph, scratch, l->last->kernel, l->last->kernel, &kernel,
                           &inputs[OCTET_LSTM_INPUT_WEIGHTS]));
    OCTET_TRY(add_quarters(ctx, graph, scratch, l->last->recurrent, l->last->recurrent, &recurrent,
                           &inputs[OCTET_LSTM_STATE_WEIGHTS]));
    OCTET_TRY(add_quarters(ctx, graph, scratch, l->last->bias, like, &bias, &inputs[OCTET_LSTM_BIASES]));
    OCTET_TRY(add_state(ctx, graph, layer, "output_state", &state, &inputs[OCTET_LSTM_STATE]));
    OCTET_TRY(add_state(ctx, graph, layer, "cell_state", &state, &inputs[OCTET_LSTM_CELL_STATE]));
    const octet_options options = {.lstm = {.activation = OCTET_ACTIVATION_TANH}};
    return octet_graph_emit(ctx, graph, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, layer, NULL, inputs,
                            OCTET_LSTM_N_OPERANDS, &options, out, 1);
}

/* The PACK of all results in their order, or OCTET_NONE. */
static uint32_t find_pack(const octet_graph *graph, const loop *l) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->removed || op->code != OCTET_OP_PACK || op->n_inputs != l->n || op->options.pack.axis != 0) continue;
        if (memcmp(op->inputs, l->h, l->n * sizeof *l->h) == 0) return k;
    }
    return OCTET_NONE;
}

/* The last step of y [batch,steps,units]. */
static octet_status emit_last(octet_context *ctx, octet_graph *graph, const char *layer, uint32_t y, uint32_t *out) {
    uint32_t inputs[4] = {y, OCTET_NONE, OCTET_NONE, OCTET_NONE};
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "strided_slice/stack", (const int32_t[]){0, -1, 0}, 3, &inputs[1]));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "strided_slice/stack_1", (const int32_t[]){0, 0, 0}, 3, &inputs[2]));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "strided_slice/stack_2", (const int32_t[]){1, 1, 1}, 3, &inputs[3]));
    const octet_options options = {.strided_slice = {.begin_mask = 5, .end_mask = 5, .shrink_axis_mask = 2}};
    return octet_graph_emit(ctx, graph, OCTET_OP_STRIDED_SLICE, layer, NULL, inputs, 4, &options, out, 1);
}

/* Whoever read a step's result reads it from the operator; the steps themselves are dead then. */
static octet_status replace(octet_context *ctx, octet_graph *graph, octet_arena *scratch, const loop *l,
                            bool *changed) {
    const char *layer = graph->operators[graph->values[l->last->h].producer].layer;
    const uint32_t pack = find_pack(graph, l),
                   n_known = pack != OCTET_NONE ? 2 : 1; /* readers: the next step and PACK */
    uint32_t source, y, turned, *rows, last;
    bool is_read = false;
    OCTET_TRY(find_source(ctx, graph, l, &source));
    for (uint32_t i = 0; i + 1 < l->n; i++) is_read = is_read || graph->values[l->h[i]].n_uses > n_known;
    if (l->n > OCTET_MAX_OPERATOR_INPUTS && (is_read || source == OCTET_NONE)) return OCTET_OK;
    *changed = true;
    OCTET_TRY(emit(ctx, graph, scratch, l, source, &y));
    OCTET_TRY(turn(ctx, graph, layer, y, &turned));
    if (pack != OCTET_NONE) octet_edit_bypass(graph, pack, turned);
    if (!is_read) {
        if (graph->values[l->last->h].n_uses == 0) return OCTET_OK;
        OCTET_TRY(emit_last(ctx, graph, layer, y, &last));
        octet_graph_replace_uses(graph, l->last->h, last);
        return OCTET_OK;
    }
    const octet_options options = {.pack = {0, (int32_t)l->n}};
    OCTET_TRY(OCTET_NEW(ctx, scratch, l->n, &rows));
    OCTET_TRY(octet_graph_emit(ctx, graph, OCTET_OP_UNPACK, layer, NULL, &turned, 1, &options, rows, l->n));
    for (uint32_t i = 0; i < l->n; i++) octet_graph_replace_uses(graph, l->h[i], rows[i]);
    return OCTET_OK;
}

static octet_status fuse_first(octet_context *ctx, octet_graph *graph, octet_arena *scratch, bool *changed) {
    step *steps;
    uint32_t *next, n_steps = 0;
    loop l = {0};
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_operators, &steps));
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, &next));
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_operators, &l.x));
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_operators, &l.h));
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->removed || op->code != OCTET_OP_MUL || !read_step(graph, op->outputs[0], &steps[n_steps])) continue;
        const uint32_t before = steps[n_steps++].h_before;
        if (before != OCTET_NONE) next[before] = n_steps;
    }
    for (uint32_t i = 0; i < n_steps && !*changed; i++) {
        if (steps[i].h_before != OCTET_NONE || !follow(graph, steps, next, &steps[i], &l)) continue;
        OCTET_TRY(replace(ctx, graph, scratch, &l, changed));
    }
    return OCTET_OK;
}

/* The unrolled steps of an LSTM with Keras's default activations, from zeros and without masks:
 * UNIDIRECTIONAL_SEQUENCE_LSTM, as the same layer of a Keras file becomes. */
octet_status octet_pass_fuse_lstm(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    octet_status status = OCTET_OK;
    bool found = true;
    while (found && status == OCTET_OK) {
        found = false;
        status = fuse_first(ctx, graph, &scratch, &found);
        octet_arena_free(ctx, &scratch);
        if (found) *changed = true;
        if (found && status == OCTET_OK) status = octet_graph_compact(ctx, graph);
    }
    return status;
}
