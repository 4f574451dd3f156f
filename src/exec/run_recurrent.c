/* The plain loops of kernels with state. */
#include <string.h>

#include "exec/run.h"

/* Places in OCTET_LSTM_OPERANDS; what a gate has stands there gate by gate. */
enum { INPUT, INPUT_WEIGHTS, STATE_WEIGHTS = 5, BIAS = 9, OUTPUT_STATE = 13, CELL_STATE };

/* The operands of each gate, from `first` on. */
#define GATES(TYPE, name, first)        \
    const TYPE *name[OCTET_LSTM_GATES]; \
    for (uint32_t gate = 0; gate < OCTET_LSTM_GATES; gate++) name[gate] = octet_task_input(task, frame, (first) + gate)

OCTET_RUN(lstm_f32) {
    (void)phase;
    GATES(float, input_weights, INPUT_WEIGHTS);
    GATES(float, state_weights, STATE_WEIGHTS);
    GATES(float, bias, BIAS);
    octet_lstm_f32_ref(task->params, octet_task_input(task, frame, INPUT), input_weights, state_weights, bias,
                       octet_task_state(task, frame, OUTPUT_STATE), octet_task_state(task, frame, CELL_STATE),
                       octet_task_output(task, frame, 0), frame->scratch, (int32_t)begin, (int32_t)end);
}

OCTET_RUN(lstm_hybrid) {
    (void)phase;
    GATES(int8_t, input_weights, INPUT_WEIGHTS);
    GATES(int8_t, state_weights, STATE_WEIGHTS);
    GATES(float, bias, BIAS);
    octet_lstm_hybrid_ref(task->params, octet_task_input(task, frame, INPUT), input_weights, state_weights, bias,
                          octet_task_state(task, frame, OUTPUT_STATE), octet_task_state(task, frame, CELL_STATE),
                          octet_task_output(task, frame, 0), frame->scratch, (int32_t)begin, (int32_t)end);
}

OCTET_RUN(lstm_s8) {
    (void)phase;
    GATES(int8_t, input_weights, INPUT_WEIGHTS);
    GATES(int8_t, state_weights, STATE_WEIGHTS);
    octet_lstm_s8_ref(task->params, octet_task_input(task, frame, INPUT), input_weights, state_weights,
                      octet_task_state(task, frame, OUTPUT_STATE), octet_task_state(task, frame, CELL_STATE),
                      octet_task_output(task, frame, 0), frame->scratch, (int32_t)begin, (int32_t)end);
}

/* Operands stand as the operator has them. */
OCTET_RUN(lstm_full_f32) {
    (void)phase;
    enum { FORGET_PEEPHOLE = OCTET_LSTM_PEEPHOLES + 1, OUTPUT_PEEPHOLE };
    GATES(float, input_weights, OCTET_LSTM_INPUT_WEIGHTS);
    GATES(float, state_weights, OCTET_LSTM_STATE_WEIGHTS);
    GATES(float, bias, OCTET_LSTM_BIASES);
    GATES(float, norms, OCTET_LSTM_NORMS);
    octet_lstm_full_operands o = {.input = octet_task_input(task, frame, INPUT),
                                  .peepholes = {octet_task_input(task, frame, OCTET_LSTM_PEEPHOLES),
                                                octet_task_input(task, frame, FORGET_PEEPHOLE), NULL,
                                                octet_task_input(task, frame, OUTPUT_PEEPHOLE)},
                                  .projection = octet_task_input(task, frame, OCTET_LSTM_PROJECTION),
                                  .projection_bias = octet_task_input(task, frame, OCTET_LSTM_PROJECTION + 1),
                                  .output_state = octet_task_state(task, frame, OCTET_LSTM_STATE),
                                  .cell_state = octet_task_state(task, frame, OCTET_LSTM_CELL_STATE),
                                  .output = octet_task_output(task, frame, 0)};
    memcpy(o.input_weights, input_weights, sizeof input_weights);
    memcpy(o.state_weights, state_weights, sizeof state_weights);
    memcpy(o.bias, bias, sizeof bias);
    memcpy(o.norms, norms, sizeof norms);
    octet_lstm_full_f32_ref(task->params, &o, frame->scratch, (int32_t)begin, (int32_t)end);
}

#define RUN_SVDF(name)                                                                                              \
    OCTET_RUN(name) {                                                                                               \
        (void)phase;                                                                                                \
        const octet_params_of_##name *p = task->params;                                                             \
        octet_##name##_ref(                                                                                         \
            p, octet_task_input(task, frame, INPUT), octet_task_input(task, frame, OCTET_SVDF_FEATURE_WEIGHTS),     \
            octet_task_input(task, frame, OCTET_SVDF_TIME_WEIGHTS), octet_task_input(task, frame, OCTET_SVDF_BIAS), \
            octet_task_state(task, frame, OCTET_SVDF_STATE), octet_task_output(task, frame, 0), (int32_t)begin,     \
            (int32_t)end);                                                                                          \
    }

RUN_SVDF(svdf_f32)
RUN_SVDF(svdf_s8)

OCTET_RUN(svdf_hybrid) {
    (void)phase;
    const octet_hybrid_svdf_params *p = task->params;
    octet_svdf_hybrid_ref(&p->shape, &p->rows, octet_task_input(task, frame, INPUT),
                          octet_task_input(task, frame, OCTET_SVDF_FEATURE_WEIGHTS), p->time_weights,
                          octet_task_input(task, frame, OCTET_SVDF_BIAS),
                          octet_task_state(task, frame, OCTET_SVDF_STATE), octet_task_output(task, frame, 0),
                          frame->scratch, (int32_t)begin, (int32_t)end);
}
