/* Kernels with state, as they run from the start of their state. */
#include <inttypes.h>

#include "explain/explainer.h"
#include "kernels/ref/dot.h"
#include "kernels/ref/fixed_function16.h"

enum { GATES = OCTET_LSTM_GATES, INPUT_GATE = 0, FORGET_GATE, CELL_GATE, OUTPUT_GATE };

/* Places in OCTET_LSTM_OPERANDS. */
enum { INPUT, INPUT_WEIGHTS, STATE_WEIGHTS = 5, OUTPUT_STATE = 13, CELL_STATE };

/* ---- LSTM ---- */

/* What a gate of a cell sees at a step of the sequence. */
typedef struct gate_sums {
    int32_t from_input, from_state, scaled_input, scaled_state, sum; /* sums, in Q3.12, saturated together */
    int32_t value;                                                   /* Q0.15 */
} gate_sums;

typedef struct cell_walk {
    const octet_explainer *e;
    const octet_lstm_params *p;
    int32_t batch, cell;
    int32_t state; /* of the cell before the step */
} cell_walk;

static int64_t row_of(const octet_lstm_params *p, int32_t batch, int32_t step) {
    return p->time_major ? (int64_t)step * p->batches + batch : (int64_t)batch * p->steps + step;
}

/* The results of the step before; NULL before the first one, where all are the zero point. */
static const int8_t *hidden_at(const cell_walk *w, int32_t step) {
    const octet_explainer *e = w->e;
    const int8_t *results = e->data[e->step->outputs[0]];
    return step == 0 ? NULL : results + row_of(w->p, w->batch, step - 1) * w->p->cells;
}

static int32_t state_zero_point(const cell_walk *w) {
    const octet_quantization *q = &octet_explainer_operand(w->e, OUTPUT_STATE)->quantization;
    return q->n > 0 ? q->zero_point[0] : 0;
}

static gate_sums gate_at(const cell_walk *w, int32_t step, int32_t gate) {
    const octet_lstm_params *p = w->p;
    const int8_t *x = (const int8_t *)octet_explainer_data(w->e, INPUT) + row_of(p, w->batch, step) * p->inputs,
                 *hidden = hidden_at(w, step);
    const int8_t *a = (const int8_t *)octet_explainer_data(w->e, INPUT_WEIGHTS + (uint32_t)gate) +
                      (int64_t)w->cell * p->inputs,
                 *b = (const int8_t *)octet_explainer_data(w->e, STATE_WEIGHTS + (uint32_t)gate) +
                      (int64_t)w->cell * p->cells;
    const int32_t start = state_zero_point(w);
    uint32_t sum = (uint32_t)p->state_bias[gate][w->cell];
    for (int32_t i = 0; i < p->cells; i++) sum += (uint32_t)((hidden != NULL ? hidden[i] : start) * b[i]);
    gate_sums g = {.from_state = (int32_t)sum};
    g.from_input = (int32_t)((uint32_t)p->input_bias[gate][w->cell] + octet_dot_s8(x, 0, a, 0, p->inputs));
    g.scaled_input = octet_fixed_scale(g.from_input, p->input_multiplier[gate], p->input_shift[gate]);
    g.scaled_state = octet_fixed_scale(g.from_state, p->state_multiplier[gate], p->state_shift[gate]);
    g.sum = octet_fixed16_saturate(octet_fixed_wrap_add(g.scaled_state, octet_fixed16_saturate(g.scaled_input)));
    g.value = gate == CELL_GATE ? octet_fixed16_tanh((int16_t)g.sum, 3) : octet_fixed16_sigmoid((int16_t)g.sum);
    return g;
}

/* The state of the cell after a step. */
static int32_t next_state(const cell_walk *w, const gate_sums *gates, int32_t *kept, int32_t *added) {
    const octet_lstm_params *p = w->p;
    *kept = octet_fixed_round_shift(gates[FORGET_GATE].value * w->state, 15);
    *added = octet_fixed_round_shift(gates[INPUT_GATE].value * gates[CELL_GATE].value, 15 + p->cell_integer_bits);
    const int32_t sum = octet_fixed16_saturate(*kept + *added), clip = p->quantized_cell_clip;
    return clip > 0 ? octet_clamp_s32(sum, -clip, clip) : sum;
}

static void derive_gate(const cell_walk *w, int32_t gate, const gate_sums *g) {
    static const char *const names[GATES][4] = {
        {"input_gate_from_input", "input_gate_from_state", "input_gate_sum", "input_gate"},
        {"forget_gate_from_input", "forget_gate_from_state", "forget_gate_sum", "forget_gate"},
        {"cell_gate_from_input", "cell_gate_from_state", "cell_gate_sum", "cell_gate"},
        {"output_gate_from_input", "output_gate_from_state", "output_gate_sum", "output_gate"}};
    const octet_lstm_params *p = w->p;
    octet_derivation *d = w->e->d;
    octet_derive_integer(d, names[gate][0], g->from_input,
                         "%" PRId32
                         " products of the row with weights, and the bias without the zero point's share %" PRId32,
                         p->inputs, p->input_bias[gate][w->cell]);
    octet_derive_integer(d, names[gate][1], g->from_state,
                         "%" PRId32 " products of the results before with weights, and the zero point's share %" PRId32,
                         p->cells, p->state_bias[gate][w->cell]);
    octet_derive_integer(d, names[gate][2], g->sum,
                         "in Q3.12, 16 bits: %" PRId32 " (by %" PRId32 " * 2^(%" PRId32 " - 31)) + %" PRId32
                         " (by %" PRId32 " * 2^(%" PRId32 " - 31))",
                         g->scaled_input, p->input_multiplier[gate], p->input_shift[gate], g->scaled_state,
                         p->state_multiplier[gate], p->state_shift[gate]);
    octet_derive_integer(d, names[gate][3], g->value, "in Q0.15: %s of it, which is %.6f",
                         gate == CELL_GATE ? "tanh" : "the logistic function", (double)g->value / 32768);
}

static void derive_cell(const cell_walk *w, const gate_sums *gates) {
    const octet_lstm_params *p = w->p;
    octet_derivation *d = w->e->d;
    const double unit = ldexp(1.0, p->cell_integer_bits - 15);
    int32_t kept, added;
    const int32_t state = next_state(w, gates, &kept, &added);
    octet_derive_integer(d, "state_before", w->state, "of the cell: %.6f", unit * w->state);
    octet_derive_integer(d, "kept", kept, "forget_gate * state_before / 2^15, halves away from 0");
    octet_derive_integer(d, "added", added, "input_gate * cell_gate / 2^%" PRId32 ", halves away from 0",
                         15 + p->cell_integer_bits);
    octet_derive_integer(d, "state", state, "kept + added in 16 bits%s: %.6f",
                         p->quantized_cell_clip > 0 ? ", clipped" : "", unit * state);
    const int32_t tanh_of_state = octet_fixed16_tanh((int16_t)state, p->cell_integer_bits);
    octet_derive_integer(d, "tanh_of_state", tanh_of_state, "in Q0.15: %.6f", (double)tanh_of_state / 32768);
    const int32_t product = gates[OUTPUT_GATE].value * tanh_of_state;
    octet_derive_integer(d, "product", product, "output_gate * tanh_of_state, in 2^-30");
    octet_derive_output(d, octet_derive_scaled(d, product, p->hidden_multiplier, p->hidden_shift), p->hidden_zero_point,
                        INT8_MIN, INT8_MAX);
}

void octet_explain_lstm(const octet_explainer *e) {
    const octet_value *cells = octet_explainer_operand(e, CELL_STATE),
                      *hidden = octet_explainer_operand(e, OUTPUT_STATE);
    if (e->step->kernel != OCTET_KERNEL_lstm_s8) {
        octet_derivation_refuse(e->d, "its kernel computes with float32");
        return;
    }
    if (cells->n_uses > 1 || hidden->n_uses > 1) {
        octet_derivation_refuse(e->d, "another layer uses its state too");
        return;
    }
    const octet_lstm_params *p = octet_step_params_lstm(e->step);
    const int64_t row = (int64_t)(e->element / (size_t)p->cells);
    cell_walk w = {.e = e, .p = p, .cell = (int32_t)(e->element % (size_t)p->cells)};
    w.batch = (int32_t)(p->time_major ? row % p->batches : row / p->steps);
    const int32_t step = (int32_t)(p->time_major ? row / p->batches : row % p->steps);
    gate_sums gates[GATES];
    for (int32_t t = 0; t <= step; t++) {
        int32_t kept, added;
        for (int32_t gate = 0; gate < GATES; gate++) gates[gate] = gate_at(&w, t, gate);
        if (t < step) w.state = next_state(&w, gates, &kept, &added);
    }
    octet_explainer_list_operands(e, 0);
    octet_derivation_remark(e->d,
                            "step %" PRId32 " of the sequence, cell %" PRId32 ", from states that begin at their "
                            "zero points",
                            step, w.cell);
    for (int32_t gate = 0; gate < GATES; gate++) derive_gate(&w, gate, &gates[gate]);
    derive_cell(&w, gates);
}

/* ---- SVDF ---- */

/* After the run the state holds what was summed. */
void octet_explain_svdf(const octet_explainer *e) {
    if (e->step->kernel != OCTET_KERNEL_svdf_s8) {
        octet_derivation_refuse(e->d, "its kernel computes with float32");
        return;
    }
    const octet_svdf_params *p = octet_step_params_svdf(e->step);
    const int32_t n_units = p->filters / p->rank, n = p->rank * p->memory;
    const size_t batch = e->element / (size_t)n_units, unit = e->element % (size_t)n_units, first = unit * (size_t)n,
                 state = batch * (size_t)p->filters * (size_t)p->memory + first;
    if (octet_explainer_operand(e, OCTET_SVDF_STATE)->n_uses > 1) {
        octet_derivation_refuse(e->d, "another layer uses its state too");
        return;
    }
    octet_explainer_list_operands(e, 0);
    octet_derivation_remark(e->d, "terms are the state after the run, filter by filter, the oldest column first, and "
                                  "the time weights; the newest column is the product of the input with the filter");
    octet_derivation_expect_terms(e->d, (size_t)n, "state", "weight", "product");
    int64_t exact = 0;
    for (size_t i = 0; i < (size_t)n; i++) {
        const int64_t a = octet_explain_code(OCTET_INT16, octet_explainer_data(e, OCTET_SVDF_STATE), state + i),
                      b = octet_explain_code(OCTET_INT16, octet_explainer_data(e, OCTET_SVDF_TIME_WEIGHTS), first + i);
        octet_derivation_add_term(e->d, SIZE_MAX, SIZE_MAX, a, b, a * b);
        exact += a * b;
    }
    octet_derive_integer(e->d, "sum_of_products", exact, "sum over %" PRId32 " terms of state * weight", n);
    const octet_value *bias = octet_explainer_operand(e, OCTET_SVDF_BIAS);
    const int64_t start =
        bias != NULL ? octet_explain_code(OCTET_INT32, octet_explainer_data(e, OCTET_SVDF_BIAS), unit) : 0;
    octet_derive_integer(e->d, "bias", start, "%s", bias != NULL ? "of this unit" : "there is none");
    const int32_t sum = (int32_t)(uint32_t)(uint64_t)(exact + start);
    octet_derive_integer(e->d, "accumulator", sum,
                         sum == exact + start ? "sum_of_products + bias"
                                              : "sum_of_products + bias, which left 32 bits and wrapped");
    octet_derive_output(e->d, octet_derive_scaled(e->d, sum, p->time_multiplier, p->time_shift), p->output_zero_point,
                        INT8_MIN, INT8_MAX);
}
