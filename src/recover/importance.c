#include "recover/importance.h"

#include "recover/geometry.h"
#include "recover/weight_map.h"
#include "recover/weighted.h"

static size_t n_channels(const octet_value *value) {
    return value->shape.rank == 0 ? 1 : (size_t)value->shape.dims[value->shape.rank - 1];
}

static bool has_importance(const octet_value *value) {
    return value->type == OCTET_FLOAT32 && !octet_value_is_constant(value);
}

/* ---- One operator, from the importance `from` of its result to that of an operand ---- */

static void through_weights(const octet_graph *graph, const octet_operator *op, const double *from, double *to) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *data = octet_graph_input(graph, op, (uint32_t)operands.data);
    const float *w = octet_graph_input(graph, op, (uint32_t)operands.weights)->data;
    const octet_weight_map map = octet_weight_map_of(graph, op);
    const octet_geometry g = octet_geometry_of(graph, op);
    const double in = (double)g.in[0] * g.in[1] * g.in[2], out = (double)octet_geometry_n_places(&g);
    const size_t n = n_channels(data);
    /* Every element of the data of a TRANSPOSE_CONV meets all taps. A dense layer may read
     * several rows as one, or one as several. */
    const double places = op->code == OCTET_OP_TRANSPOSE_CONV ? 1.0 : out / in;
    const double share = places * (n < map.n_inputs ? (double)n / (double)map.n_inputs : 1.0);
    for (size_t i = 0; i < map.n_weights; i++) {
        const double square = share * (double)w[i] * (double)w[i] * from[octet_weight_map_output(&map, i)];
        for (size_t c = octet_weight_map_input(&map, i) % n; c < n; c += map.n_inputs) to[c] += square;
    }
}

/* What the squares of errors are multiplied with besides: an average takes them down. */
static double factor_of(const octet_operator *op, const octet_value *in, const octet_value *out) {
    const double n_in = (double)octet_shape_elements(&in->shape), n_out = (double)octet_shape_elements(&out->shape);
    if (op->code == OCTET_OP_AVERAGE_POOL_2D)
        return n_out / n_in / ((double)op->options.pool_2d.filter_h * op->options.pool_2d.filter_w);
    if (op->code == OCTET_OP_MEAN) return n_out / n_in * (n_out / n_in);
    return n_out / n_in;
}

static void through_channels(const octet_value *in, const octet_value *out, double factor, const double *from,
                             double *to) {
    const size_t n_in = n_channels(in), n_out = n_channels(out);
    double mean = 0.0;
    for (size_t c = 0; c < n_out; c++) mean += from[c] / (double)n_out;
    if (n_in == n_out) {
        for (size_t c = 0; c < n_in; c++) to[c] += factor * from[c];
    } else if (n_out > n_in && n_out % n_in == 0) { /* rows that became one */
        for (size_t c = 0; c < n_out; c++) to[c % n_in] += factor * from[c] * (double)n_in / (double)n_out;
    } else {
        for (size_t c = 0; c < n_in; c++) to[c] += factor * mean;
    }
}

static bool joins_channels(const octet_operator *op, const octet_value *out) {
    const int32_t axis = op->options.concatenation.axis;
    return op->code == OCTET_OP_CONCATENATION && (axis == -1 || axis == out->shape.rank - 1);
}

static void through_operands(const octet_graph *graph, const octet_operator *op, uint32_t result, double *const *all) {
    const octet_value *out = octet_graph_output(graph, op, result);
    const double *from = all[op->outputs[result]];
    const bool joins = joins_channels(op, out);
    size_t first = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *in = octet_graph_input(graph, op, i);
        if (in == NULL) continue;
        if (has_importance(in) && joins) {
            for (size_t c = 0; c < n_channels(in); c++) all[op->inputs[i]][c] += from[first + c];
        } else if (has_importance(in)) {
            through_channels(in, out, factor_of(op, in, out), from, all[op->inputs[i]]);
        }
        first += n_channels(in);
    }
}

octet_status octet_importance_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, double ***out) {
    double **all;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &all));
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (has_importance(&graph->values[v])) OCTET_TRY(OCTET_NEW(ctx, arena, n_channels(&graph->values[v]), &all[v]));
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const uint32_t v = graph->outputs[i].value;
        for (size_t c = 0; all[v] != NULL && c < n_channels(&graph->values[v]); c++) all[v][c] = 1.0;
    }
    for (uint32_t k = graph->n_operators; k-- > 0;) {
        const octet_operator *op = &graph->operators[k];
        if (octet_weighted_is_layer(graph, op))
            through_weights(graph, op, all[op->outputs[0]], all[octet_weighted_data(graph, k)]);
        else
            for (uint32_t i = 0; i < op->n_outputs; i++)
                if (all[op->outputs[i]] != NULL) through_operands(graph, op, i, all);
    }
    *out = all;
    return OCTET_OK;
}
