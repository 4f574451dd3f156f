/* The LSTM with peepholes, projection, layer normalization and coupled gates against its equations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "kernels/ref/lstm.h"

enum { INPUTS = 3, CELLS = 4, OUTPUTS = 2, STEPS = 3, BATCHES = 2, GATES = OCTET_LSTM_GATES };

/* What a test gives the operator; OUTPUTS with a projection, else CELLS. */
typedef struct form {
    bool is_coupled, has_peepholes, has_projection, has_projection_bias, has_norms, time_major;
    float cell_clip, proj_clip;
} form;

static float input[STEPS * BATCHES * INPUTS], input_weights[GATES][CELLS * INPUTS], state_weights[GATES][CELLS * CELLS],
    peepholes[GATES][CELLS], bias[GATES][CELLS], norms[GATES][CELLS], projection[CELLS * CELLS], projection_bias[CELLS];

static void fill(float *x, size_t n, float phase) {
    for (size_t i = 0; i < n; i++) x[i] = sinf(1.7f * (float)i + phase);
}

static double gate_of(const form *f, int gate, int c, const double *sums) {
    double mean = 0.0, squares = 0.0, sum = sums[c];
    for (int i = 0; i < CELLS; i++) mean += sums[i] / CELLS;
    for (int i = 0; i < CELLS; i++) squares += (sums[i] - mean) * (sums[i] - mean) / CELLS;
    if (f->has_norms) sum = (sum - mean) / sqrt(squares + 1e-8) * (double)norms[gate][c] + (double)bias[gate][c];
    return gate == 2 ? tanh(sum) : 1.0 / (1.0 + exp(-sum));
}

static void add_sums(const form *f, int gate, const float *x, const double *h, const double *cell, int outputs,
                     double *sums) {
    for (int c = 0; c < CELLS; c++) {
        sums[c] = f->has_norms ? 0.0 : (double)bias[gate][c];
        for (int i = 0; i < INPUTS; i++) sums[c] += (double)input_weights[gate][c * INPUTS + i] * (double)x[i];
        for (int i = 0; i < outputs; i++) sums[c] += (double)state_weights[gate][c * outputs + i] * h[i];
        if (f->has_peepholes && gate != 2) sums[c] += (double)peepholes[gate][c] * cell[c];
    }
}

static double clipped(double x, float limit) { return limit > 0.0f ? fmin(fmax(x, -(double)limit), (double)limit) : x; }

/* One step of the equations: h and cell become the new ones. */
static void compute_step(const form *f, int outputs, const float *x, double *h, double *cell) {
    double gates[GATES][CELLS], sums[CELLS], result[CELLS];
    for (int gate = 0; gate < GATES; gate++) {
        if (gate == 3) {
            for (int c = 0; c < CELLS; c++) {
                const double taken = f->is_coupled ? 1.0 - gates[1][c] : gates[0][c];
                cell[c] = clipped(gates[1][c] * cell[c] + taken * gates[2][c], f->cell_clip);
            }
        }
        add_sums(f, gate, x, h, cell, outputs, sums);
        for (int c = 0; c < CELLS; c++) gates[gate][c] = gate_of(f, gate, c, sums);
    }
    for (int c = 0; c < CELLS; c++) result[c] = gates[3][c] * tanh(cell[c]);
    for (int i = 0; i < outputs; i++) {
        h[i] = f->has_projection ? 0.0 : result[i];
        if (!f->has_projection) continue;
        if (f->has_projection_bias) h[i] = (double)projection_bias[i];
        for (int c = 0; c < CELLS; c++) h[i] += (double)projection[i * CELLS + c] * result[c];
        h[i] = clipped(h[i], f->proj_clip);
    }
}

static void check(const form *f) {
    const int outputs = f->has_projection ? OUTPUTS : CELLS;
    float hidden[BATCHES * CELLS] = {0}, cells[BATCHES * CELLS] = {0}, found[STEPS * BATCHES * CELLS],
                           scratch[(GATES + 1) * CELLS];
    octet_lstm_full_operands o = {.input = input,
                                  .projection = f->has_projection ? projection : NULL,
                                  .projection_bias = f->has_projection_bias ? projection_bias : NULL,
                                  .output_state = hidden,
                                  .cell_state = cells,
                                  .output = found};
    for (int gate = f->is_coupled; gate < GATES; gate++) {
        o.input_weights[gate] = input_weights[gate];
        o.state_weights[gate] = state_weights[gate];
        o.bias[gate] = bias[gate];
        o.norms[gate] = f->has_norms ? norms[gate] : NULL;
        o.peepholes[gate] = f->has_peepholes && gate != 2 ? peepholes[gate] : NULL;
    }
    for (int plain = 0; plain < 2; plain++) {
        const octet_lstm_full_params p = {BATCHES,       STEPS,        INPUTS,       CELLS,     outputs,
                                          f->time_major, f->cell_clip, f->proj_clip, plain == 1};
        memset(hidden, 0, sizeof hidden);
        memset(cells, 0, sizeof cells);
        octet_lstm_full_f32_ref(&p, &o, scratch, 0, BATCHES);
        for (int batch = 0; batch < BATCHES; batch++) {
            double h[CELLS] = {0}, cell[CELLS] = {0};
            for (int step = 0; step < STEPS; step++) {
                const int row = f->time_major ? step * BATCHES + batch : batch * STEPS + step;
                compute_step(f, outputs, input + row * INPUTS, h, cell);
                for (int i = 0; i < outputs; i++) assert_true(fabs((double)found[row * outputs + i] - h[i]) < 1e-5);
            }
            for (int c = 0; c < CELLS; c++) assert_true(fabs((double)cells[batch * CELLS + c] - cell[c]) < 1e-5);
            for (int i = 0; i < outputs; i++) assert_true(fabs((double)hidden[batch * outputs + i] - h[i]) < 1e-5);
        }
    }
}

static void every_form_follows_its_equations(void **state) {
    (void)state;
    fill(input, sizeof input / sizeof *input, 0.3f);
    for (int gate = 0; gate < GATES; gate++) {
        fill(input_weights[gate], CELLS * INPUTS, 1.0f + (float)gate);
        fill(state_weights[gate], CELLS * CELLS, 2.0f + (float)gate);
        fill(peepholes[gate], CELLS, 3.0f + (float)gate);
        fill(bias[gate], CELLS, 4.0f + (float)gate);
        fill(norms[gate], CELLS, 5.0f + (float)gate);
    }
    fill(projection, CELLS * CELLS, 6.0f);
    fill(projection_bias, CELLS, 7.0f);
    for (unsigned bits = 0; bits < 128; bits++) {
        const form f = {.is_coupled = bits & 1u,
                        .has_peepholes = bits >> 1 & 1u,
                        .has_projection = bits >> 2 & 1u,
                        .has_projection_bias = (bits >> 2 & 1u) && (bits >> 3 & 1u),
                        .has_norms = bits >> 4 & 1u,
                        .time_major = bits >> 5 & 1u,
                        .cell_clip = bits >> 6 ? 0.3f : 0.0f,
                        .proj_clip = bits >> 6 ? 0.2f : 0.0f};
        check(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_form_follows_its_equations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
