#include "export/c/forms.h"
#include "export/c/scale.h"

enum { GATES = OCTET_LSTM_GATES, CELL_GATE = 2 };

/* Places in OCTET_LSTM_OPERANDS. */
enum { INPUT, INPUT_WEIGHTS, STATE_WEIGHTS = 5, OUTPUT_STATE = 13, CELL_STATE };

static bool is_constant(const octet_c_emitter *e, const octet_step *step, uint32_t operand) {
    return step->inputs[operand] == OCTET_NONE || e->graph->values[step->inputs[operand]].data != NULL;
}

/* What no sum of a row of n weights with an int8 operand exceeds, in any order. */
static int64_t most_of_row(const int8_t *weights, int32_t n, int32_t bias) {
    int64_t most = bias < 0 ? -(int64_t)bias : bias;
    for (int32_t i = 0; i < n; i++) most += 128 * (weights[i] < 0 ? -weights[i] : weights[i]);
    return most;
}

/* One of the two products of all gates. */
typedef struct product {
    const char *what; /* "input", "state" */
    uint32_t first;   /* operand: weights of the first gate */
    int32_t n;        /* elements of a row */
    const int32_t *const *bias;
    const int32_t *multiplier, *shift;
    const char *weights[GATES];
} product;

/* Writes what the sums of a cell's gates begin with, side by side, and weights; refuses sums that may leave int32. */
static void write_product(octet_c_emitter *e, const octet_stage *stage, int32_t n_cells, product *p) {
    const octet_step *step = &e->steps[stage->step];
    int32_t *table;
    const octet_status status = OCTET_NEW(e->ctx, e->arena, GATES * (size_t)n_cells, &table);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    int64_t most = 0;
    for (int32_t i = 0; i < GATES * n_cells; i++) {
        const int32_t gate = i % GATES, cell = i / GATES;
        const int8_t *weights = e->graph->values[step->inputs[p->first + (uint32_t)gate]].data;
        table[i] = p->bias[gate][cell];
        const int64_t row = most_of_row(weights + (int64_t)cell * p->n, p->n, table[i]);
        if (row > most) most = row;
    }
    if (most > INT32_MAX) octet_c_refuse(e, step, "its sums may leave 32 bits");
    octet_c_table(e, stage, octet_c_format(e, "%s_sums", p->what), OCTET_INT32, table, GATES * (size_t)n_cells);
    for (uint32_t gate = 0; gate < GATES; gate++) p->weights[gate] = octet_c_operand(e, stage, p->first + gate);
}

/* "int32_t from_input[4] = ...": the sums of the gates of cell c over a row `x`. */
static void write_sums(octet_c_emitter *e, const octet_stage *stage, const product *p, const char *x) {
    octet_c_writer *f = &e->functions;
    const octet_c_name name = octet_c_step_name(e, stage->step);
    const char *rows = "";
    for (int32_t gate = 0; gate < GATES; gate++)
        rows = octet_c_format(e, "%s%s + c * %d, ", rows, p->weights[gate], p->n);
    octet_c_line(f, "for (i = 0; i < %d; ++i) from_%s[i] = @%s_%s_sums[c * %d + i];", GATES, p->what, name.text,
                 p->what, GATES);
    octet_c_line(f, "%s(%s, %s%d, from_%s);", octet_c_help(e, OCTET_C_DOT4), x, rows, p->n, p->what);
}

/* A gate of cell c in Q0.15: the two sums in Q3.12 are saturated one after the other. */
static const char *gate_value(octet_c_emitter *e, const product *input, const product *state, int32_t gate) {
    const char *clamp = octet_c_help(e, OCTET_C_CLAMP);
    const char *a = octet_c_scaled(e, octet_c_format(e, "from_input[%d]", gate), input->multiplier[gate],
                                   input->shift[gate]),
               *b = octet_c_scaled(e, octet_c_format(e, "from_state[%d]", gate), state->multiplier[gate],
                                   state->shift[gate]);
    const char *sum = octet_c_format(e, "%s((int32_t)((uint32_t)%s + (uint32_t)%s(%s, -32768, 32767)), -32768, 32767)",
                                     clamp, b, clamp, a);
    if (gate == CELL_GATE) return octet_c_format(e, "%s(%s, 3)", octet_c_help(e, OCTET_C_TANH16), sum);
    return octet_c_format(e, "%s(%s)", octet_c_help(e, OCTET_C_SIGMOID16), sum);
}

/* The new state of cell c, and its result. */
static void write_cell(octet_c_emitter *e, const octet_lstm_params *p) {
    octet_c_writer *f = &e->functions;
    const char *clamp = octet_c_help(e, OCTET_C_CLAMP), *shift = octet_c_help(e, OCTET_C_ROUND_SHIFT);
    const int32_t low = p->quantized_cell_clip > 0 ? -p->quantized_cell_clip : INT16_MIN,
                  high = p->quantized_cell_clip > 0 ? p->quantized_cell_clip : INT16_MAX;
    octet_c_line(f, "const int32_t kept = %s(forget_gate * cell[c], 15);", shift);
    octet_c_line(f, "const int32_t added = %s(input_gate * cell_gate, %d);", shift, 15 + p->cell_integer_bits);
    octet_c_line(f, "cell[c] = (int16_t)%s(kept + added, %d, %d);", clamp, low, high);
    const char *result =
        octet_c_format(e, "output_gate * %s(cell[c], %d)", octet_c_help(e, OCTET_C_TANH16), p->cell_integer_bits);
    octet_c_line(f, "result[c] = (int8_t)%s;",
                 octet_c_clamped(e, octet_c_scaled(e, result, p->hidden_multiplier, p->hidden_shift), true,
                                 p->hidden_zero_point, INT8_MIN, INT8_MAX));
}

/* One step of the sequence: from a row `x`, `hidden` and `cell` to `result`. A cell's gates are computed together and
 * never kept: its state is its own, and the results of the step before change only when all cells are done. */
static void write_step(octet_c_emitter *e, const octet_stage *stage, const octet_lstm_params *p, const product *input,
                       const product *state) {
    static const char *const names[GATES] = {"input", "forget", "cell", "output"};
    octet_c_writer *f = &e->functions;
    octet_c_use_stack(e, 2 * GATES * sizeof(int32_t));
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->cells);
    octet_c_line(f, "int32_t from_input[%d], from_state[%d], input_gate, forget_gate, cell_gate, output_gate;", GATES,
                 GATES);
    write_sums(e, stage, input, "x");
    write_sums(e, stage, state, "hidden");
    for (int32_t gate = 0; gate < GATES; gate++)
        octet_c_line(f, "%s_gate = %s;", names[gate], gate_value(e, input, state, gate));
    octet_c_line(f, "{");
    write_cell(e, p);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_line(f, "for (c = 0; c < %d; ++c) hidden[c] = result[c];", p->cells);
}

void octet_c_emit_lstm(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_lstm_params *p = octet_step_params_lstm(step);
    octet_c_writer *f = &e->functions;
    product input = {"input", INPUT_WEIGHTS, p->inputs, p->input_bias, p->input_multiplier, p->input_shift, {NULL}},
            state = {"state", STATE_WEIGHTS, p->cells, p->state_bias, p->state_multiplier, p->state_shift, {NULL}};
    write_product(e, stage, p->cells, &input);
    write_product(e, stage, p->cells, &state);
    const char *x = octet_c_operand(e, stage, INPUT), *hidden = octet_c_operand(e, stage, OUTPUT_STATE),
               *cells = octet_c_operand(e, stage, CELL_STATE);
    const bool is_whole = stage->flow == OCTET_FLOW_WHOLE;
    octet_c_open(e, stage);
    if (is_whole) {
        octet_c_line(f, "int32_t n, t;");
        octet_c_line(f, "for (n = 0; n < %d; ++n) {", p->batches);
        octet_c_line(f, "for (t = 0; t < %d; ++t) {", p->steps);
        const char *row =
            p->time_major ? octet_c_format(e, "(t * %d + n)", p->batches) : octet_c_format(e, "(n * %d + t)", p->steps);
        octet_c_line(f, "const int8_t *x = %s + %s * %d;", x, row, p->inputs);
        octet_c_line(f, "int8_t *result = output + %s * %d, *hidden = %s + n * %d;", row, p->cells, hidden, p->cells);
        octet_c_line(f, "int16_t *cell = %s + n * %d;", cells, p->cells);
    } else {
        octet_c_line(f, "const int8_t *x = %s;", octet_c_row(e, stage, INPUT, "y").text);
        octet_c_line(f, "int8_t *result = output, *hidden = %s;", hidden);
        octet_c_line(f, "int16_t *cell = %s;", cells);
    }
    octet_c_line(f, "int32_t c, i;");
    write_step(e, stage, p, &input, &state);
    for (int32_t i = 0; i < 2 && is_whole; i++) octet_c_line(f, "}");
    octet_c_end(f);
}

/* What the sum of each filter begins with: the zero point times its weights. False where all are 0. */
static bool write_feature_sums(octet_c_emitter *e, const octet_stage *stage, const octet_svdf_params *p) {
    const octet_step *step = &e->steps[stage->step];
    const int8_t *weights = e->graph->values[step->inputs[OCTET_SVDF_FEATURE_WEIGHTS]].data;
    int32_t *table;
    bool has_sums = false;
    const octet_status status = OCTET_NEW(e->ctx, e->arena, (size_t)p->filters, &table);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return false;
    }
    for (int32_t f = 0; f < p->filters; f++) {
        for (int32_t i = 0; i < p->inputs; i++) table[f] -= p->input_zero_point * weights[(int64_t)f * p->inputs + i];
        has_sums = has_sums || table[f] != 0;
    }
    if (has_sums) octet_c_table(e, stage, "feature_sums", OCTET_INT32, table, (size_t)p->filters);
    return has_sums;
}

/* A filter moves its state on and sums over it in one pass. */
static void write_filter(octet_c_emitter *e, const octet_stage *stage, const octet_svdf_params *p, bool has_sums) {
    octet_c_writer *f = &e->functions;
    const octet_c_name name = octet_c_step_name(e, stage->step);
    const char *sum = octet_c_format(
        e, "%s%s(input, %s + k * %d, %d)", has_sums ? octet_c_format(e, "@%s_feature_sums[k] + ", name.text) : "",
        octet_c_help(e, OCTET_C_DOT), octet_c_operand(e, stage, OCTET_SVDF_FEATURE_WEIGHTS), p->inputs, p->inputs);
    octet_c_line(f, "const int16_t *w = %s + k * %d;", octet_c_operand(e, stage, OCTET_SVDF_TIME_WEIGHTS), p->memory);
    octet_c_line(f, "const int32_t newest = %s(%s, -32768, 32767);", octet_c_help(e, OCTET_C_CLAMP),
                 octet_c_scaled(e, octet_c_format(e, "(%s)", sum), p->feature_multiplier, p->feature_shift));
    octet_c_line(f, "for (j = 0; j < %d; ++j) {", p->memory - 1);
    octet_c_line(f, "state[j] = state[j + 1];");
    octet_c_line(f, "sum += (uint32_t)(w[j] * state[j]);");
    octet_c_line(f, "}");
    octet_c_line(f, "state[j] = (int16_t)newest;");
    octet_c_line(f, "sum += (uint32_t)(w[j] * newest);");
    octet_c_line(f, "state += %d;", p->memory);
}

void octet_c_emit_svdf(octet_c_emitter *e, const octet_stage *stage) {
    enum { MOST_INPUTS = 1 << 15 }; /* 255 * 128 * n fits into 31 bits */
    const octet_step *step = &e->steps[stage->step];
    const octet_svdf_params *p = octet_step_params_svdf(step);
    octet_c_writer *f = &e->functions;
    const bool has_bias = step->n_inputs > OCTET_SVDF_BIAS && step->inputs[OCTET_SVDF_BIAS] != OCTET_NONE;
    if (!is_constant(e, step, OCTET_SVDF_FEATURE_WEIGHTS) || !is_constant(e, step, OCTET_SVDF_TIME_WEIGHTS))
        octet_c_refuse(e, step, "its weights are computed");
    if (p->inputs > MOST_INPUTS) octet_c_refuse(e, step, "sums of %d products may leave 32 bits", p->inputs);
    if (e->functions.status != OCTET_OK) return;
    const bool has_sums = write_feature_sums(e, stage, p);
    const char *bias =
        has_bias ? octet_c_format(e, "(uint32_t)%s[u]", octet_c_operand(e, stage, OCTET_SVDF_BIAS)) : "0";
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t n, u, k, j;");
    octet_c_line(f, "for (n = 0; n < %d; ++n, input += %d) {", p->batches, p->inputs);
    octet_c_line(f, "for (u = 0; u < %d; ++u) {", p->filters / p->rank);
    octet_c_line(f, "uint32_t sum = %s;", bias);
    octet_c_line(f, "for (k = u * %d; k < (u + 1) * %d; ++k) {", p->rank, p->rank);
    write_filter(e, stage, p, has_sums);
    octet_c_line(f, "}");
    octet_c_line(f, "*output++ = (int8_t)%s;",
                 octet_c_clamped(e, octet_c_scaled(e, "(int32_t)sum", p->time_multiplier, p->time_shift), true,
                                 p->output_zero_point, INT8_MIN, INT8_MAX));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}
