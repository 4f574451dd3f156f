/* Each operator becomes one product: weights[channel][tap] with mean patches, where a tap is a place of the filter and
 * a channel of the data, and its mean is taken over the places of the output. */
#include "recover/expected.h"

#include <string.h>

#include "recover/geometry.h"
#include "recover/weight_map.h"

static const octet_value *operand(const octet_graph *graph, const octet_operator *op, int8_t index) {
    return octet_graph_input(graph, op, (uint32_t)index);
}

static void add_row(const double *from, size_t n, double *sums) {
    for (size_t c = 0; c < n; c++) sums[c] += from[c];
}

/* Sums over all places of what tap (t[0], t[1], t[2]) meets. `transposed`: the data lie on the other side. */
static void sum_tap(const octet_geometry *g, const int32_t *t, bool transposed, const double *means, double *sums) {
    const size_t n_places = octet_geometry_n_places(g);
    int32_t o[3];
    for (size_t batch = 0; batch < g->n_batches; batch++) {
        size_t place = batch * n_places;
        for (o[0] = 0; o[0] < g->out[0]; o[0]++)
            for (o[1] = 0; o[1] < g->out[1]; o[1]++)
                for (o[2] = 0; o[2] < g->out[2]; o[2]++, place++) {
                    const int64_t met = octet_geometry_meet(g, batch, o, t);
                    if (met < 0) continue;
                    add_row(means + (transposed ? place : (size_t)met) * g->n_in, g->n_in, sums);
                }
    }
}

/* patches[tap][channel of the data] */
static octet_status mean_patches(octet_context *ctx, octet_arena *scratch, const octet_geometry *g, bool transposed,
                                 const double *means, double **out) {
    const size_t n_taps = octet_geometry_n_taps(g);
    const int32_t *result = transposed ? g->in : g->out;
    const double n = (double)g->n_batches * result[0] * result[1] * result[2];
    double *sums;
    int32_t t[3];
    size_t tap = 0;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_taps * g->n_in, out));
    for (t[0] = 0; t[0] < g->filter[0]; t[0]++)
        for (t[1] = 0; t[1] < g->filter[1]; t[1]++)
            for (t[2] = 0; t[2] < g->filter[2]; t[2]++, tap++) {
                sums = *out + tap * g->n_in;
                sum_tap(g, t, transposed, means, sums);
                for (size_t c = 0; c < g->n_in; c++) sums[c] /= n;
            }
    return OCTET_OK;
}

static double weight(const octet_value *weights, size_t i, size_t channel) {
    if (weights->type == OCTET_FLOAT32) return (double)((const float *)weights->data)[i];
    const octet_quantization *q = &weights->quantization;
    return (double)q->scale[q->n > 1 ? channel : 0] * (double)((const int8_t *)weights->data)[i];
}

octet_status octet_expected_output(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                   const octet_operator *op, const double *means, double *out) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *weights = operand(graph, op, operands.weights);
    const octet_weight_map map = octet_weight_map_of(graph, op);
    const octet_geometry g = octet_geometry_of(graph, op);
    double *patch;
    OCTET_TRY(mean_patches(ctx, scratch, &g, op->code == OCTET_OP_TRANSPOSE_CONV, means, &patch));
    memset(out, 0, map.n_outputs * sizeof *out);
    for (size_t i = 0; i < map.n_weights; i++) {
        const size_t c = octet_weight_map_output(&map, i);
        out[c] +=
            weight(weights, i, c) * patch[octet_weight_map_tap(&map, i) * g.n_in + octet_weight_map_input(&map, i)];
    }
    return OCTET_OK;
}
