/* GRU, SimpleRNN and their cells: the products with the inputs of all steps are one FULLY_CONNECTED. */
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"
#include "import/keras/layers/recurrent.h"

static octet_status project_steps(octet_keras_call *call, const octet_keras_recurrent *r, uint32_t bias,
                                  uint32_t **steps) {
    uint32_t x;
    OCTET_TRY(octet_keras_fully_connected(call, "MatMul", r->x, r->kernel, bias, &x));
    return octet_keras_recurrent_unpack(call, r, x, steps);
}

typedef struct gru {
    octet_keras_recurrent base;
    bool reset_after;
    uint32_t inner_bias;              /* of h * recurrent (reset_after) */
    uint32_t update_reset, candidate; /* octet_keras_recurrent kernels of [z, r] and of h (not reset_after) */
    uint32_t inner_candidate;         /* bias of the candidate's octet_keras_recurrent part alone, for the first step */
    uint32_t first_bias; /* of the inputs in the first step: with the octet_keras_recurrent biases of z and r */
    uint32_t axis;
} gru;

/* Rows [begin, end) of a [3 * units, units] constant as a constant of its own. */
static octet_status slice_rows(octet_keras_call *call, const char *name, uint32_t from, int32_t begin, int32_t end,
                               int32_t width, uint32_t *out) {
    const float *data = call->graph->values[from].data;
    return octet_keras_constant(call, name, call->graph->values[from].origin, 2, (const int32_t[]){end - begin, width},
                                data + (size_t)begin * (size_t)width, out);
}

static octet_status load_gru(octet_keras_call *call, gru *g) {
    octet_keras_recurrent *r = &g->base;
    const int32_t n = 3 * r->units;
    OCTET_TRY(octet_keras_bool(call, "reset_after", call->layer->class->is_cudnn, &g->reset_after));
    OCTET_TRY(octet_keras_recurrent_load(call, r));
    g->inner_bias = g->inner_candidate = g->first_bias = OCTET_NONE;
    OCTET_TRY(octet_keras_i32_scalar(call, "split/split_dim", 1, &g->axis));
    if (octet_keras_has_weight(call, "bias")) {
        int32_t dims[2] = {2, n}, both = 2 * n;
        const float *data = NULL;
        const char *origin = octet_keras_weight_origin(call, "bias");
        if (call->layer->class->is_cudnn) OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &both, &data));
        else
            OCTET_TRY(
                octet_keras_weight_data(call, "bias", g->reset_after ? 2 : 1, g->reset_after ? dims : &dims[1], &data));
        OCTET_TRY(octet_keras_constant(call, "bias", origin, 1, &n, data, &r->bias));
        if (g->reset_after) {
            OCTET_TRY(octet_keras_constant(call, "recurrent_bias", origin, 1, &n, data + n, &g->inner_bias));
            OCTET_TRY(octet_keras_constant(call, "recurrent_bias_h", origin, 1, &r->units, data + n + 2 * r->units,
                                           &g->inner_candidate));
            float *sum = NULL;
            OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)(2 * r->units), &sum));
            for (int32_t i = 0; i < 2 * r->units; i++) sum[i] = data[n + i];
            OCTET_TRY(octet_keras_constant(call, "recurrent_bias_zr", origin, 1, (const int32_t[]){2 * r->units}, sum,
                                           &g->first_bias));
        }
    }
    if (g->reset_after) return OCTET_OK;
    OCTET_TRY(slice_rows(call, "recurrent_kernel_zr", r->recurrent, 0, 2 * r->units, r->units, &g->update_reset));
    return slice_rows(call, "recurrent_kernel_h", r->recurrent, 2 * r->units, n, r->units, &g->candidate);
}

/* x: [z, r, h] of the inputs, biases included. With reset_after: h' = z *
 * h + (1 - z) * act(x_h + r * (h U_h + b_h)). */
static octet_status gru_step(octet_keras_call *call, const gru *g, uint32_t x, uint32_t *h) {
    const int32_t units = g->base.units;
    uint32_t parts[3], inner[3] = {OCTET_NONE, OCTET_NONE, OCTET_NONE}, z, r = OCTET_NONE, candidate;
    OCTET_TRY(octet_keras_recurrent_split(call, g->axis, x, 3, parts));
    if (*h != OCTET_NONE && g->reset_after) {
        uint32_t product;
        OCTET_TRY(octet_keras_fully_connected(call, "MatMul_1", *h, g->base.recurrent, g->inner_bias, &product));
        OCTET_TRY(octet_keras_recurrent_split(call, g->axis, product, 3, inner));
    } else if (*h != OCTET_NONE) {
        uint32_t product;
        OCTET_TRY(octet_keras_fully_connected(call, "MatMul_1", *h, g->update_reset, OCTET_NONE, &product));
        OCTET_TRY(octet_keras_recurrent_split(call, g->axis, product, 2, inner));
    } else if (g->first_bias != OCTET_NONE) { /* zeros times U plus the octet_keras_recurrent bias */
        const float *data = call->graph->values[g->first_bias].data;
        for (int32_t i = 0; i < 2; i++)
            OCTET_TRY(octet_keras_constant(call, i == 0 ? "recurrent_bias_z" : "recurrent_bias_r", NULL, 1, &units,
                                           data + i * units, &inner[i]));
        inner[2] = g->inner_candidate;
    }
    z = parts[0];
    if (inner[0] != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", z, inner[0], &z));
    OCTET_TRY(octet_keras_recurrent_gate(call, z, &z));
    if (*h != OCTET_NONE || inner[2] != OCTET_NONE) {
        r = parts[1];
        if (inner[1] != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_1", r, inner[1], &r));
        OCTET_TRY(octet_keras_recurrent_gate(call, r, &r));
    }
    candidate = parts[2];
    if (g->reset_after && inner[2] != OCTET_NONE) {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", r, inner[2], &r));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_2", candidate, r, &candidate));
    } else if (!g->reset_after && *h != OCTET_NONE) {
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", r, *h, &r));
        OCTET_TRY(octet_keras_fully_connected(call, "MatMul_2", r, g->candidate, OCTET_NONE, &r));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_2", candidate, r, &candidate));
    }
    OCTET_TRY(octet_keras_recurrent_squash(call, candidate, &candidate));
    uint32_t one, rest;
    OCTET_TRY(octet_keras_scalar(call, "sub/x", 1.0f, &one));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", one, z, &rest));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_2", rest, candidate, &candidate));
    if (*h == OCTET_NONE) {
        *h = candidate;
        return OCTET_OK;
    }
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_1", z, *h, &z));
    return octet_keras_binary(call, OCTET_OP_ADD, "add_3", z, candidate, h);
}

octet_status octet_keras_layer_gru(octet_keras_call *call) {
    gru g = {0};
    OCTET_TRY(octet_keras_recurrent_read(call, 3, &g.base));
    OCTET_TRY(octet_keras_refuse_stateful(call, &g.base.as));
    OCTET_TRY(load_gru(call, &g));
    uint32_t *steps = NULL, h = g.base.h;
    OCTET_TRY(project_steps(call, &g.base, g.base.bias, &steps));
    OCTET_TRY(octet_keras_recurrent_unpack_mask(call, &g.base));
    for (int32_t i = 0; i < g.base.n_steps; i++) {
        const uint32_t before = h;
        OCTET_TRY(gru_step(call, &g, steps[i], &h));
        OCTET_TRY(octet_keras_recurrent_end_step(call, &g.base, i, before, &h, steps));
    }
    return octet_keras_recurrent_return(call, &g.base, steps, h, OCTET_NONE);
}

octet_status octet_keras_layer_simple_rnn(octet_keras_call *call) {
    octet_keras_recurrent r;
    OCTET_TRY(octet_keras_recurrent_read(call, 1, &r));
    OCTET_TRY(octet_keras_refuse_stateful(call, &r.as));
    OCTET_TRY(octet_keras_recurrent_load(call, &r));
    if (octet_keras_has_weight(call, "bias")) {
        const float *data = NULL;
        OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &r.units, &data));
        OCTET_TRY(
            octet_keras_constant(call, "bias", octet_keras_weight_origin(call, "bias"), 1, &r.units, data, &r.bias));
    }
    uint32_t *steps = NULL, h = r.h;
    OCTET_TRY(project_steps(call, &r, r.bias, &steps));
    OCTET_TRY(octet_keras_recurrent_unpack_mask(call, &r));
    for (int32_t i = 0; i < r.n_steps; i++) {
        const uint32_t before = h;
        uint32_t x = steps[i];
        if (h != OCTET_NONE) {
            OCTET_TRY(octet_keras_fully_connected(call, "MatMul_1", h, r.recurrent, OCTET_NONE, &h));
            OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", x, h, &x));
        }
        OCTET_TRY(octet_keras_recurrent_squash(call, x, &h));
        OCTET_TRY(octet_keras_recurrent_end_step(call, &r, i, before, &h, steps));
    }
    return octet_keras_recurrent_return(call, &r, steps, h, OCTET_NONE);
}
