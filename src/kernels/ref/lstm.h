/* kernels/ref/lstm.h - UNIDIRECTIONAL_SEQUENCE_LSTM: without peepholes, projection, layer normalization or coupled
 *        gates (what Keras has), and in float32 with them.
 * In:  input [B,T,I] (or [T,B,I] when time_major), weights [C,I] and [C,C] and bias [C] per gate,
 *        states [B,C] that are read and written.
 * Out: output [B,T,C]; a sequence of the batch is the unit of work.
 * Knows: fixed_function16.h, elementary.h. Gates in the order input, forget, cell, output.
 * Does not know: tensors, the graph, threads.
 * Exact: int8 (cell state int16 with a power of two as its scale) equals TFLite's integer kernel. A float gate starts
 *        at its bias and adds by fma over the input, then over the state, or as `plain` says. */
#ifndef OCTET_KERNELS_REF_LSTM_H
#define OCTET_KERNELS_REF_LSTM_H

#include <stdbool.h>
#include <stdint.h>

enum { OCTET_LSTM_GATES = 4 };

typedef struct octet_lstm_params {
    int32_t batches, steps, inputs, cells;
    bool time_major;
    float cell_clip; /* f32; 0: none */
    bool plain;      /* f32 and hybrid: no fma, and each of the two products of a gate is a sum of its own (sum.h) */
    /* int8 */
    int32_t cell_integer_bits;   /* the cell state is Q<cell_integer_bits> of 15 bits, 0..6 */
    int32_t quantized_cell_clip; /* 0: none */
    int32_t hidden_zero_point;   /* of the results */
    int32_t hidden_multiplier, hidden_shift;
    int32_t input_multiplier[OCTET_LSTM_GATES], input_shift[OCTET_LSTM_GATES]; /* to Q3.12 */
    int32_t state_multiplier[OCTET_LSTM_GATES], state_shift[OCTET_LSTM_GATES];
    const int32_t *input_bias[OCTET_LSTM_GATES]; /* bias - zero point * sum of the row's weights, [C] */
    const int32_t *state_bias[OCTET_LSTM_GATES];
    /* hybrid: float activations, int8 weights */
    bool asymmetric; /* as in octet_hybrid_params */
    float input_weight_scale[OCTET_LSTM_GATES], state_weight_scale[OCTET_LSTM_GATES];
} octet_lstm_params;

typedef struct octet_lstm_full_params {
    int32_t batches, steps, inputs, cells, outputs; /* outputs: of the projection, else cells */
    bool time_major;
    float cell_clip, proj_clip; /* 0: none */
    bool plain;                 /* no fma, and each product is a sum of its own (sum.h) */
} octet_lstm_full_params;

/* NULL: there is none. Peepholes [C], norms [C], projection [outputs,C], its bias [outputs]; states [B,outputs], [B,C].
 * Without weights of the input gate it is 1 - the forget gate. */
typedef struct octet_lstm_full_operands {
    const float *input;
    const float *input_weights[OCTET_LSTM_GATES], *state_weights[OCTET_LSTM_GATES], *peepholes[OCTET_LSTM_GATES],
        *bias[OCTET_LSTM_GATES], *norms[OCTET_LSTM_GATES];
    const float *projection, *projection_bias;
    float *output_state, *cell_state, *output;
} octet_lstm_full_operands;

/* The order of LiteRT's float kernel: the peephole after the products; a norm makes mean 0 and deviation 1 of a gate
 * over its cells, and the bias follows it; the output gate looks at the new cells. scratch: 5 * cells floats. */
void octet_lstm_full_f32_ref(const octet_lstm_full_params *p, const octet_lstm_full_operands *o, float *scratch,
                             int32_t begin, int32_t end);

/* scratch: 4 * cells floats (f32), 4 * cells int16 (int8), 4 * cells floats and inputs + cells bytes (hybrid). */
void octet_lstm_f32_ref(const octet_lstm_params *p, const float *input,
                        const float *const input_weights[OCTET_LSTM_GATES],
                        const float *const state_weights[OCTET_LSTM_GATES], const float *const bias[OCTET_LSTM_GATES],
                        float *output_state, float *cell_state, float *output, float *scratch, int32_t begin,
                        int32_t end);
void octet_lstm_s8_ref(const octet_lstm_params *p, const int8_t *input,
                       const int8_t *const input_weights[OCTET_LSTM_GATES],
                       const int8_t *const state_weights[OCTET_LSTM_GATES], int8_t *output_state, int16_t *cell_state,
                       int8_t *output, int16_t *scratch, int32_t begin, int32_t end);

/* The input and the state of every step are quantized as in hybrid.h; a gate is its bias and the two scaled sums. */
void octet_lstm_hybrid_ref(const octet_lstm_params *p, const float *input,
                           const int8_t *const input_weights[OCTET_LSTM_GATES],
                           const int8_t *const state_weights[OCTET_LSTM_GATES],
                           const float *const bias[OCTET_LSTM_GATES], float *output_state, float *cell_state,
                           float *output, float *scratch, int32_t begin, int32_t end);

#endif
