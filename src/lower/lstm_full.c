/* UNIDIRECTIONAL_SEQUENCE_LSTM with coupled gates, peepholes, projection or layer normalization: float32 only. */
#include "kernels/ref/lstm.h"
#include "lower/families.h"

enum { LAST_GATE = OCTET_LSTM_GATES - 1, CELL_GATE = 2, N_PEEPHOLES = OCTET_LSTM_BIASES - OCTET_LSTM_PEEPHOLES };

static bool has(const octet_operator *op, uint32_t i) { return i < op->n_inputs && op->inputs[i] != OCTET_NONE; }

/* A float32 operand of its shape; columns 0: a vector. */
static octet_status check(octet_binder *binder, const octet_operator *op, uint32_t i, int32_t rows, int32_t columns) {
    const octet_value *value = octet_graph_input(binder->graph, op, i);
    const octet_shape want = {columns ? 2 : 1, {rows, columns}};
    char text[OCTET_SHAPE_TEXT_SIZE], text_want[OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(binder->ctx, value != NULL, OCTET_MODEL, "%s: UNIDIRECTIONAL_SEQUENCE_LSTM lacks input %u", op->layer,
                i);
    OCTET_CHECK(binder->ctx, value->type == OCTET_FLOAT32, OCTET_UNSUPPORTED,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM with coupled gates, peepholes, projection or layer normalization is "
                "supported in float32 only; tensor %s is %s",
                op->layer, value->name, octet_type_name(value->type));
    OCTET_CHECK(binder->ctx, octet_shape_equal(&value->shape, &want), OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: tensor %s has shape %s, it must be %s", op->layer, value->name,
                octet_shape_text(&value->shape, text), octet_shape_text(&want, text_want));
    return OCTET_OK;
}

static octet_status check_given(octet_binder *binder, const octet_operator *op, uint32_t i, bool is_wanted,
                                int32_t rows, int32_t columns) {
    if (is_wanted) return check(binder, op, i, rows, columns);
    OCTET_CHECK(binder->ctx, !has(op, i), OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: input %u is given, which its other inputs leave out", op->layer, i);
    return OCTET_OK;
}

static octet_status check_operands(octet_binder *binder, const octet_operator *op, const octet_lstm_full_params *p) {
    const bool is_coupled = !has(op, OCTET_LSTM_INPUT_WEIGHTS),
               has_peepholes = has(op, OCTET_LSTM_PEEPHOLES + N_PEEPHOLES - 1),
               has_norms = has(op, OCTET_LSTM_NORMS + LAST_GATE), has_projection = has(op, OCTET_LSTM_PROJECTION);
    for (uint32_t gate = 0; gate < OCTET_LSTM_GATES; gate++) {
        const bool is_there = gate > 0 || !is_coupled;
        OCTET_TRY(check_given(binder, op, OCTET_LSTM_INPUT_WEIGHTS + gate, is_there, p->cells, p->inputs));
        OCTET_TRY(check_given(binder, op, OCTET_LSTM_STATE_WEIGHTS + gate, is_there, p->cells, p->outputs));
        OCTET_TRY(check_given(binder, op, OCTET_LSTM_BIASES + gate, is_there, p->cells, 0));
        OCTET_TRY(check_given(binder, op, OCTET_LSTM_NORMS + gate, is_there && has_norms, p->cells, 0));
        if (gate < N_PEEPHOLES)
            OCTET_TRY(check_given(binder, op, OCTET_LSTM_PEEPHOLES + gate, is_there && has_peepholes, p->cells, 0));
    }
    OCTET_CHECK(binder->ctx, has_projection || p->outputs == p->cells, OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM of %d cells with %d results needs a projection", op->layer, p->cells,
                p->outputs);
    OCTET_TRY(check_given(binder, op, OCTET_LSTM_PROJECTION, has_projection, p->outputs, p->cells));
    OCTET_TRY(check_given(binder, op, OCTET_LSTM_PROJECTION + 1, has(op, OCTET_LSTM_PROJECTION + 1) && has_projection,
                          p->outputs, 0));
    OCTET_TRY(check(binder, op, OCTET_LSTM_STATE, p->batches, p->outputs));
    OCTET_TRY(check(binder, op, OCTET_LSTM_CELL_STATE, p->batches, p->cells));
    for (uint32_t i = OCTET_LSTM_STATE; i <= OCTET_LSTM_CELL_STATE; i++) {
        const octet_value *state = octet_graph_input(binder->graph, op, i);
        OCTET_CHECK(binder->ctx, state->is_variable && state->data == NULL, OCTET_MODEL,
                    "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: tensor %s must be a variable", op->layer, state->name);
    }
    OCTET_CHECK(binder->ctx, op->inputs[OCTET_LSTM_STATE] != op->inputs[OCTET_LSTM_CELL_STATE], OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: the two states are one tensor", op->layer);
    return OCTET_OK;
}

octet_status octet_bind_lstm_full(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *input = octet_graph_input(binder->graph, op, OCTET_LSTM_INPUT),
                      *output = octet_graph_output(binder->graph, op, 0),
                      *weights = octet_graph_input(binder->graph, op, OCTET_LSTM_INPUT_WEIGHTS + CELL_GATE);
    OCTET_CHECK(binder->ctx, weights != NULL && weights->shape.rank == 2, OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM lacks the weights of its cells", op->layer);
    if (input->type != OCTET_FLOAT32) return octet_bind_unsupported(binder, op);
    const bool time_major = op->options.lstm.time_major;
    octet_lstm_full_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_lstm_full_params){.batches = input->shape.dims[time_major],
                                  .steps = input->shape.dims[!time_major],
                                  .inputs = input->shape.dims[2],
                                  .cells = weights->shape.dims[0],
                                  .outputs = output->shape.dims[2],
                                  .time_major = time_major,
                                  .cell_clip = op->options.lstm.cell_clip,
                                  .proj_clip = op->options.lstm.proj_clip,
                                  .plain = binder->options.float_order == OCTET_FLOAT_ORDER_PLAIN};
    OCTET_TRY(check_operands(binder, op, p));
    uint32_t operands[OCTET_LSTM_N_OPERANDS];
    for (uint32_t i = 0; i < OCTET_LSTM_N_OPERANDS; i++) operands[i] = i;
    OCTET_TRY(octet_bind_operands(binder, op, operands, OCTET_LSTM_N_OPERANDS, step));
    octet_step_set_lstm_full(step, OCTET_KERNEL_lstm_full_f32, p, (uint32_t)p->batches);
    step->work.scratch_bytes = (OCTET_LSTM_GATES + 1) * (size_t)p->cells * sizeof(float);
    return OCTET_OK;
}
