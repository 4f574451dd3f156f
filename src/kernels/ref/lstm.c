#include "kernels/ref/lstm.h"

#include <math.h>
#include <string.h>

#include "kernels/ref/dot.h"
#include "kernels/ref/elementary.h"
#include "kernels/ref/fixed_function16.h"
#include "kernels/ref/hybrid.h"

enum { INPUT_GATE, FORGET_GATE, CELL_GATE, OUTPUT_GATE };

static int64_t row_of(const octet_lstm_params *p, int32_t batch, int32_t step) {
    return p->time_major ? (int64_t)step * p->batches + batch : (int64_t)batch * p->steps + step;
}

OCTET_INLINE float add_row(bool plain, float sum, const float *x, const float *weights, int32_t n) {
    float row = octet_sum_begin(plain, &sum, 0);
    for (int32_t k = 0; k < n; k++) row = octet_sum_add(plain, row, x[k], weights[k]);
    return octet_sum_end(plain, row, &sum, 0);
}

static float activate(int gate, float sum) {
    return (float)(gate == CELL_GATE ? octet_tanh_f64((double)sum) : octet_logistic_f64((double)sum));
}

/* New cell states and outputs from the four gates. */
OCTET_INLINE void update_f32(const octet_lstm_params *p, const float *gates, float *cell, float *out) {
    const int32_t cells = p->cells;
    for (int32_t c = 0; c < cells; c++) {
        float state = octet_sum_add(p->plain, gates[FORGET_GATE * cells + c] * cell[c], gates[INPUT_GATE * cells + c],
                                    gates[CELL_GATE * cells + c]);
        if (p->cell_clip > 0) state = octet_clamp_f32(state, -p->cell_clip, p->cell_clip);
        cell[c] = state;
        out[c] = (float)octet_tanh_f64((double)state) * gates[OUTPUT_GATE * cells + c];
    }
}

OCTET_TARGET_FMA
void octet_lstm_f32_ref(const octet_lstm_params *p, const float *input,
                        const float *const input_weights[OCTET_LSTM_GATES],
                        const float *const state_weights[OCTET_LSTM_GATES], const float *const bias[OCTET_LSTM_GATES],
                        float *output_state, float *cell_state, float *output, float *scratch, int32_t begin,
                        int32_t end) {
    const int32_t cells = p->cells;
    for (int32_t batch = begin; batch < end; batch++) {
        float *hidden = output_state + (int64_t)batch * cells, *cell = cell_state + (int64_t)batch * cells;
        for (int32_t step = 0; step < p->steps; step++) {
            const float *x = input + row_of(p, batch, step) * p->inputs;
            for (int gate = 0; gate < OCTET_LSTM_GATES; gate++) {
                for (int32_t c = 0; c < cells; c++) {
                    float sum =
                        add_row(p->plain, bias[gate][c], x, input_weights[gate] + (int64_t)c * p->inputs, p->inputs);
                    sum = add_row(p->plain, sum, hidden, state_weights[gate] + (int64_t)c * cells, cells);
                    scratch[gate * cells + c] = activate(gate, sum);
                }
            }
            float *out = output + row_of(p, batch, step) * cells;
            update_f32(p, scratch, cell, out);
            memcpy(hidden, out, (size_t)cells * sizeof *out);
        }
    }
}

/* (x - mean) / deviation over n numbers, times `factors`, plus `bias`. */
OCTET_INLINE void normalize(bool plain, float *x, const float *factors, const float *bias, int32_t n) {
    const float least = 1e-8f;
    float sum = 0.0f, squares = 0.0f;
    for (int32_t i = 0; i < n; i++) sum += x[i];
    const float mean = sum / (float)n;
    for (int32_t i = 0; i < n; i++) squares = octet_sum_add(plain, squares, x[i] - mean, x[i] - mean);
    const float inverse = 1.0f / sqrtf(squares / (float)n + least);
    for (int32_t i = 0; i < n; i++) x[i] = (x[i] - mean) * inverse * factors[i] + bias[i];
}

OCTET_INLINE void full_gate(const octet_lstm_full_params *p, const octet_lstm_full_operands *o, int gate,
                            const float *x, const float *hidden, const float *cell, float *out) {
    const float *norm = o->norms[gate], *peephole = o->peepholes[gate];
    for (int32_t c = 0; c < p->cells; c++) {
        float sum = norm != NULL ? 0.0f : o->bias[gate][c];
        sum = add_row(p->plain, sum, x, o->input_weights[gate] + (int64_t)c * p->inputs, p->inputs);
        sum = add_row(p->plain, sum, hidden, o->state_weights[gate] + (int64_t)c * p->outputs, p->outputs);
        out[c] = peephole != NULL ? octet_sum_add(p->plain, sum, peephole[c], cell[c]) : sum;
    }
    if (norm != NULL) normalize(p->plain, out, norm, o->bias[gate], p->cells);
    for (int32_t c = 0; c < p->cells; c++) out[c] = activate(gate, out[c]);
}

OCTET_INLINE void full_step(const octet_lstm_full_params *p, const octet_lstm_full_operands *o, const float *x,
                            float *hidden, float *cell, float *scratch) {
    const int32_t cells = p->cells;
    float *const input = scratch + INPUT_GATE * cells, *const forget = scratch + FORGET_GATE * cells,
                 *const candidate = scratch + CELL_GATE * cells, *const output = scratch + OUTPUT_GATE * cells,
                 *const result = scratch + OCTET_LSTM_GATES * cells;
    if (o->input_weights[INPUT_GATE] != NULL) full_gate(p, o, INPUT_GATE, x, hidden, cell, input);
    full_gate(p, o, FORGET_GATE, x, hidden, cell, forget);
    full_gate(p, o, CELL_GATE, x, hidden, cell, candidate);
    for (int32_t c = 0; c < cells; c++) {
        const float taken = o->input_weights[INPUT_GATE] != NULL ? input[c] : 1.0f - forget[c];
        cell[c] = octet_sum_add(p->plain, forget[c] * cell[c], taken, candidate[c]);
        if (p->cell_clip > 0) cell[c] = octet_clamp_f32(cell[c], -p->cell_clip, p->cell_clip);
    }
    full_gate(p, o, OUTPUT_GATE, x, hidden, cell, output);
    for (int32_t c = 0; c < cells; c++) result[c] = (float)octet_tanh_f64((double)cell[c]) * output[c];
    if (o->projection == NULL) {
        memcpy(hidden, result, (size_t)cells * sizeof *hidden);
        return;
    }
    for (int32_t i = 0; i < p->outputs; i++) {
        const float start = o->projection_bias != NULL ? o->projection_bias[i] : 0.0f;
        hidden[i] = add_row(p->plain, start, result, o->projection + (int64_t)i * cells, cells);
        if (p->proj_clip > 0) hidden[i] = octet_clamp_f32(hidden[i], -p->proj_clip, p->proj_clip);
    }
}

OCTET_TARGET_FMA
void octet_lstm_full_f32_ref(const octet_lstm_full_params *p, const octet_lstm_full_operands *o, float *scratch,
                             int32_t begin, int32_t end) {
    for (int32_t batch = begin; batch < end; batch++) {
        float *hidden = o->output_state + (int64_t)batch * p->outputs,
              *cell = o->cell_state + (int64_t)batch * p->cells;
        for (int32_t step = 0; step < p->steps; step++) {
            const int64_t row = p->time_major ? (int64_t)step * p->batches + batch : (int64_t)batch * p->steps + step;
            full_step(p, o, o->input + row * p->inputs, hidden, cell, scratch);
            memcpy(o->output + row * p->outputs, hidden, (size_t)p->outputs * sizeof *hidden);
        }
    }
}

/* One gate before its activation, Q3.12: the two products are scaled and saturated one after the other. */
static int16_t gate_sum(const octet_lstm_params *p, int gate, int32_t c, const int8_t *x, const int8_t *hidden,
                        const int8_t *input_weights, const int8_t *state_weights) {
    const uint32_t from_input =
        (uint32_t)p->input_bias[gate][c] + octet_dot_s8(x, 0, input_weights + (int64_t)c * p->inputs, 0, p->inputs);
    const int8_t *state_row = state_weights + (int64_t)c * p->cells;
    const uint32_t from_state = (uint32_t)p->state_bias[gate][c] + octet_dot_s8(hidden, 0, state_row, 0, p->cells);
    int32_t sum = octet_fixed_scale((int32_t)from_input, p->input_multiplier[gate], p->input_shift[gate]);
    sum = octet_fixed16_saturate(sum);
    return octet_fixed16_saturate(octet_fixed_wrap_add(
        octet_fixed_scale((int32_t)from_state, p->state_multiplier[gate], p->state_shift[gate]), sum));
}

void octet_lstm_s8_ref(const octet_lstm_params *p, const int8_t *input,
                       const int8_t *const input_weights[OCTET_LSTM_GATES],
                       const int8_t *const state_weights[OCTET_LSTM_GATES], int8_t *output_state, int16_t *cell_state,
                       int8_t *output, int16_t *scratch, int32_t begin, int32_t end) {
    const int32_t cells = p->cells;
    for (int32_t batch = begin; batch < end; batch++) {
        int8_t *hidden = output_state + (int64_t)batch * cells;
        int16_t *cell = cell_state + (int64_t)batch * cells;
        for (int32_t step = 0; step < p->steps; step++) {
            const int8_t *x = input + row_of(p, batch, step) * p->inputs;
            for (int gate = 0; gate < OCTET_LSTM_GATES; gate++) {
                for (int32_t c = 0; c < cells; c++) {
                    const int16_t sum = gate_sum(p, gate, c, x, hidden, input_weights[gate], state_weights[gate]);
                    scratch[gate * cells + c] =
                        gate == CELL_GATE ? octet_fixed16_tanh(sum, 3) : octet_fixed16_sigmoid(sum);
                }
            }
            int8_t *out = output + row_of(p, batch, step) * cells;
            for (int32_t c = 0; c < cells; c++) {
                const int32_t kept = octet_fixed_round_shift(scratch[FORGET_GATE * cells + c] * cell[c], 15);
                const int32_t added = octet_fixed_round_shift(
                    scratch[INPUT_GATE * cells + c] * scratch[CELL_GATE * cells + c], 15 + p->cell_integer_bits);
                int32_t state = octet_fixed16_saturate((int16_t)kept + (int16_t)added);
                if (p->quantized_cell_clip > 0)
                    state = octet_clamp_s32(state, -p->quantized_cell_clip, p->quantized_cell_clip);
                cell[c] = (int16_t)state;
                const int32_t product =
                    scratch[OUTPUT_GATE * cells + c] * octet_fixed16_tanh(cell[c], p->cell_integer_bits);
                const int32_t scaled = octet_fixed_scale(product, p->hidden_multiplier, p->hidden_shift);
                out[c] =
                    (int8_t)octet_clamp_s32(octet_fixed_wrap_add(scaled, p->hidden_zero_point), INT8_MIN, INT8_MAX);
            }
            memcpy(hidden, out, (size_t)cells);
        }
    }
}

/* sum + scale * (row . quantized), the product rounded before the sum. */
static float add_quantized(float sum, const octet_hybrid_rows *rows, const int8_t *weights, float weight_scale,
                           int32_t n) {
    const int32_t product = (int32_t)octet_dot_s8(rows->data, rows->zero_points[0], weights, 0, n);
    return sum + (float)product * (rows->scales[0] * weight_scale);
}

OCTET_TARGET_FMA
void octet_lstm_hybrid_ref(const octet_lstm_params *p, const float *input,
                           const int8_t *const input_weights[OCTET_LSTM_GATES],
                           const int8_t *const state_weights[OCTET_LSTM_GATES],
                           const float *const bias[OCTET_LSTM_GATES], float *output_state, float *cell_state,
                           float *output, float *scratch, int32_t begin, int32_t end) {
    const int32_t cells = p->cells;
    float input_scale, state_scale;
    int32_t input_zero_point, state_zero_point;
    int8_t *bytes = (int8_t *)(scratch + OCTET_LSTM_GATES * cells);
    const octet_hybrid_rows input_row = {bytes, &input_scale, &input_zero_point};
    const octet_hybrid_rows state_row = {bytes + p->inputs, &state_scale, &state_zero_point};
    const octet_hybrid_params quantize_input = {
        .rows = 1, .depth = p->inputs, .asymmetric = p->asymmetric, .row_factor = 1};
    const octet_hybrid_params quantize_state = {
        .rows = 1, .depth = cells, .asymmetric = p->asymmetric, .row_factor = 1};
    for (int32_t batch = begin; batch < end; batch++) {
        float *hidden = output_state + (int64_t)batch * cells, *cell = cell_state + (int64_t)batch * cells;
        for (int32_t step = 0; step < p->steps; step++) {
            octet_hybrid_quantize_ref(&quantize_input, input + row_of(p, batch, step) * p->inputs, &input_row, 0, 1);
            octet_hybrid_quantize_ref(&quantize_state, hidden, &state_row, 0, 1);
            for (int gate = 0; gate < OCTET_LSTM_GATES; gate++) {
                for (int32_t c = 0; c < cells; c++) {
                    float sum = add_quantized(bias[gate][c], &input_row, input_weights[gate] + (int64_t)c * p->inputs,
                                              p->input_weight_scale[gate], p->inputs);
                    sum = add_quantized(sum, &state_row, state_weights[gate] + (int64_t)c * cells,
                                        p->state_weight_scale[gate], cells);
                    scratch[gate * cells + c] = activate(gate, sum);
                }
            }
            float *out = output + row_of(p, batch, step) * cells;
            update_f32(p, scratch, cell, out);
            memcpy(hidden, out, (size_t)cells * sizeof *out);
        }
    }
}
