/* RNN: a cell computes what the layer of its name does, and stacked cells are such layers in a row, since each hears of
 * the others at its own step only. */
#include "import/keras/emit/mask.h"
#include "import/keras/layers/classes.h"
#include "import/keras/layers/recurrence.h"

octet_status octet_keras_layer_stacked_cells(octet_keras_call *call) {
    return octet_keras_refuse(call, "cells stand in an RNN layer only");
}

/* The cells of an RNN from the first to the last, and the number of their states. */
static octet_status list_cells(octet_keras_call *call, const octet_keras_layer **cells, uint32_t *n_cells,
                               uint32_t *n_states) {
    enum { MAX_CELLS = 64 };
    const octet_keras_layer *inner = call->layer->n_wrapped > 0 ? call->layer->wrapped : NULL;
    const bool is_stack = inner != NULL && inner->class != NULL && inner->class->inner == OCTET_KERAS_INNER_CELLS;
    *cells = is_stack ? inner->wrapped : inner;
    *n_cells = is_stack ? inner->n_wrapped : inner != NULL;
    *n_states = 0;
    if (*n_cells == 0) return octet_keras_contradict(call, "has no cell");
    if (*n_cells > MAX_CELLS)
        return octet_keras_refuse(call, "has %u cells, at most %d are supported", (unsigned)*n_cells, MAX_CELLS);
    for (uint32_t i = 0; i < *n_cells; i++) {
        const octet_keras_class *class = (*cells)[i].class;
        if (class == NULL || !class->is_cell)
            return octet_keras_refuse(
                call, "around %s is not supported: LSTMCell, GRUCell, SimpleRNNCell and stacks of them are",
                (*cells)[i].class_name);
        *n_states += class->n_states;
    }
    return OCTET_OK;
}

octet_status octet_keras_layer_rnn(octet_keras_call *call) {
    const octet_keras_layer *cells;
    octet_keras_recurrence steps, inner;
    const uint32_t mask = octet_keras_recurrence_mask(call);
    uint32_t n_cells, n_states, turned = mask, result[OCTET_KERAS_MAX_OUTPUTS], n_results, n = 1, at = 1;
    OCTET_TRY(list_cells(call, &cells, &n_cells, &n_states));
    OCTET_TRY(octet_keras_recurrence_of(call, &steps));
    const bool has_states = call->n_inputs > 1;
    if (call->n_inputs != 1 && call->n_inputs != 1 + n_states) {
        return octet_keras_contradict(call, "reads %u tensors, it takes 1 or, with an initial state, %u",
                                      (unsigned)call->n_inputs, (unsigned)(1 + n_states));
    }
    uint32_t inputs[3] = {call->inputs[0]};
    if (steps.go_backwards) OCTET_TRY(octet_keras_reverse_steps(call, steps.time_major, inputs[0], &inputs[0]));
    if (steps.go_backwards && mask != OCTET_NONE)
        OCTET_TRY(octet_keras_reverse_steps(call, steps.time_major, mask, &turned));
    for (uint32_t i = 0; i < n_cells; i++) {
        const uint32_t n_own = cells[i].class->n_states;
        const bool is_last = i + 1 == n_cells;
        inner = steps;
        inner.go_backwards = false;
        inner.return_sequences = steps.return_sequences || !is_last;
        inner.zero_masked = steps.zero_masked && is_last;
        for (uint32_t j = 0; has_states && j < n_own; j++) inputs[1 + j] = call->inputs[at++];
        call->recurrence = &inner;
        OCTET_TRY(
            octet_keras_call_layer(call, &cells[i], inputs, has_states ? 1 + n_own : 1, turned, result, &n_results));
        call->recurrence = NULL;
        inputs[0] = result[0];
        for (uint32_t j = 1; j < n_results; j++) call->outputs[n++] = result[j];
    }
    call->outputs[0] = inputs[0];
    call->n_outputs = n;
    return steps.return_sequences ? octet_keras_mask_set(call, inputs[0], octet_keras_mask(call)) : OCTET_OK;
}
