/* TILE and BROADCAST_TO repeat blocks of elements, whatever the shape: along an axis, each block of the elements from
 * this axis on, so often. RESHAPE changes nothing of that. So a chain of these operators is a list of repeats, and the
 * upsampling of a picture is two of them: rows of a picture and cells of a row. */
#include "graph/constant.h"
#include "target/capabilities.h"
#include "target/fit.h"

enum { MOST_REPEATS = 2 * OCTET_MAX_RANK, MOST_COPIES = 10 };

typedef struct repeat {
    int32_t inner, times; /* a block of `inner` elements becomes `times` of them */
} repeat;

typedef struct chain {
    uint32_t source, result;
    repeat repeats[MOST_REPEATS];
    uint32_t n;
} chain;

static bool is_repeat(octet_operator_code code) { return code == OCTET_OP_TILE || code == OCTET_OP_BROADCAST_TO; }

/* How often operator k repeats each axis of its result; `in` is its operand's shape with ones in front. */
static bool read_times(const octet_graph *graph, const octet_operator *op, octet_shape *in, int32_t *times) {
    const octet_shape *from = &octet_graph_input(graph, op, 0)->shape, *to = &octet_graph_output(graph, op, 0)->shape;
    if (!octet_value_is_constant(octet_graph_input(graph, op, 1)) || octet_shape_elements(to) == 0) return false;
    *in = *to;
    for (int32_t a = 0; a < to->rank; a++) {
        const int32_t own = a - (to->rank - from->rank);
        in->dims[a] = own < 0 ? 1 : from->dims[own];
        times[a] = to->dims[a] / in->dims[a];
    }
    return true;
}

/* Repeats of the same blocks are one: the blocks of a list stand as they are for any order of its axes. */
static bool add_repeat(chain *c, repeat r) {
    if (r.times == 1) return true;
    if (c->n > 0 && c->repeats[c->n - 1].inner == r.inner) {
        c->repeats[c->n - 1].times *= r.times;
        return true;
    }
    if (c->n == MOST_REPEATS) return false;
    c->repeats[c->n++] = r;
    return true;
}

static bool add_operator(const octet_graph *graph, const octet_operator *op, chain *c) {
    int32_t times[OCTET_MAX_RANK];
    octet_shape in;
    if (op->code == OCTET_OP_RESHAPE) return true;
    if (!is_repeat(op->code) || !read_times(graph, op, &in, times)) return false;
    chain grown = *c;
    /* From the first axis on: what stands below an axis is then still as the operand has it. */
    for (int32_t a = 0; a < in.rank; a++)
        if (!add_repeat(&grown, (repeat){octet_shape_product(&in, a, in.rank), times[a]})) return false;
    *c = grown;
    return true;
}

/* Operator k, the RESHAPE before it, and what reads its result alone. */
static bool find_chain(const octet_graph *graph, uint32_t k, chain *c) {
    const octet_operator *op = &graph->operators[k];
    *c = (chain){.source = op->inputs[0], .result = op->outputs[0]};
    if (!add_operator(graph, op, c)) return false;
    const uint32_t before = graph->values[c->source].producer;
    if (before != OCTET_NONE && graph->operators[before].code == OCTET_OP_RESHAPE)
        c->source = graph->operators[before].inputs[0];
    for (;;) {
        const uint32_t user = octet_graph_only_user(graph, c->result);
        if (user == OCTET_NONE || graph->operators[user].inputs[0] != c->result) return true;
        if (!add_operator(graph, &graph->operators[user], c)) return true;
        c->result = graph->operators[user].outputs[0];
    }
}

/* [1,h,w,inner] to [1,h * rows,w * cells,inner]. */
static octet_status put_resize(const octet_put *put, uint32_t *value, const int32_t from[4], int32_t rows,
                               int32_t cells) {
    const octet_options options = {.resize = {.half_pixel_centers = true}};
    const int32_t size[2] = {from[1] * rows, from[2] * cells}, to[4] = {1, size[0], size[1], from[3]};
    uint32_t inputs[2] = {OCTET_NONE, OCTET_NONE};
    OCTET_TRY(octet_put_reshape(put, *value, octet_shape_make(4, from), &inputs[0]));
    OCTET_TRY(octet_graph_add_i32(put->ctx, put->graph, "size", size, 2, &inputs[1]));
    *value = OCTET_NONE;
    return octet_put_operator(put, OCTET_OP_RESIZE_NEAREST_NEIGHBOR, inputs, 2, &options, octet_shape_make(4, to),
                              value);
}

/* Two repeats as rows and cells of a picture; false when they are none. */
static bool are_picture(repeat a, repeat b, int32_t total, int32_t from[4], int32_t *rows, int32_t *cells) {
    const bool rows_first = a.inner > b.inner;
    const int32_t inner = rows_first ? b.inner : a.inner;
    const int32_t row = rows_first ? a.inner : b.inner / a.times; /* elements of a row before it is widened */
    *rows = rows_first ? a.times : b.times;
    *cells = rows_first ? b.times : a.times;
    if (row % inner != 0 || (!rows_first && b.inner % a.times != 0) || total % row != 0) return false;
    from[0] = 1;
    from[1] = total / row;
    from[2] = row / inner;
    from[3] = inner;
    return true;
}

static octet_status put_copies(const octet_put *put, const octet_target *target, uint32_t *value, repeat r) {
    const int32_t row[2] = {1, r.inner}, rows[2] = {r.times, r.inner};
    uint32_t copies[MOST_COPIES], inputs[2] = {OCTET_NONE, OCTET_NONE};
    OCTET_TRY(octet_put_reshape(put, *value, octet_shape_make(2, row), &inputs[0]));
    *value = OCTET_NONE;
    if (octet_capabilities_in_int8(target, OCTET_OP_BROADCAST_TO)) {
        OCTET_TRY(octet_graph_add_i32(put->ctx, put->graph, "shape", rows, 2, &inputs[1]));
        return octet_put_operator(put, OCTET_OP_BROADCAST_TO, inputs, 2, NULL, octet_shape_make(2, rows), value);
    }
    for (int32_t i = 0; i < r.times; i++) copies[i] = inputs[0];
    return octet_put_concatenation(put, copies, (uint32_t)r.times, 1, value);
}

static octet_status put_repeats(const octet_put *put, const octet_target *target, const chain *c, bool resizes) {
    const octet_shape last = put->graph->values[c->result].shape;
    uint32_t value = c->source, result = c->result;
    for (uint32_t i = 0; i < c->n; i++) {
        const int32_t total = (int32_t)octet_shape_elements(&put->graph->values[value].shape);
        const repeat r = c->repeats[i];
        const bool whole = r.inner == total;
        int32_t from[4] = {1, total / r.inner, 1, r.inner}, rows, cells;
        if (resizes && i + 1 < c->n && are_picture(r, c->repeats[i + 1], total, from, &rows, &cells)) {
            OCTET_TRY(put_resize(put, &value, from, rows, cells));
            i++;
        } else if (whole && (r.times <= MOST_COPIES || octet_capabilities_in_int8(target, OCTET_OP_BROADCAST_TO))) {
            OCTET_TRY(put_copies(put, target, &value, r));
        } else {
            const int32_t columns[4] = {1, total / r.inner, 1, r.inner};
            OCTET_TRY(put_resize(put, &value, columns, r.times, 1));
        }
    }
    if (value == c->source || !octet_shape_equal(&put->graph->values[value].shape, &last))
        return octet_put_reshape(put, value, last, &result);
    /* The last operator computes the result itself. */
    const uint32_t producer = put->graph->values[value].producer;
    put->graph->operators[producer].outputs[0] = result;
    put->graph->values[result].producer = producer;
    put->graph->values[value].producer = OCTET_NONE;
    return OCTET_OK;
}

/* Whether copies of whole values are enough, for types that no RESIZE_NEAREST_NEIGHBOR takes. */
static bool are_copies(const octet_graph *graph, const octet_target *target, const chain *c) {
    int64_t total = (int64_t)octet_shape_elements(&graph->values[c->source].shape);
    for (uint32_t i = 0; i < c->n; i++) {
        const bool few =
            c->repeats[i].times <= MOST_COPIES || octet_capabilities_in_int8(target, OCTET_OP_BROADCAST_TO);
        if (c->repeats[i].inner != total || !few) return false;
        total *= c->repeats[i].times;
    }
    return true;
}

octet_status octet_fit_repeat(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    chain c;
    if (!find_chain(graph, k, &c)) return OCTET_OK;
    const octet_value *result = &graph->values[c.result];
    const bool resizes = result->type == OCTET_INT8 || result->type == OCTET_INT16 || result->type == OCTET_FLOAT32;
    const bool same = octet_quantization_equal(&result->quantization, &graph->values[c.source].quantization);
    if (!same || (!resizes && !are_copies(graph, target, &c))) return OCTET_OK;
    const octet_put put = {ctx, graph, graph->operators[k].layer, c.result};
    octet_graph_remove_operator(graph, result->producer);
    return put_repeats(&put, target, &c, resizes);
}
