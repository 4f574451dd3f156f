#include "import/keras/layers/recurrence.h"

#include "import/keras/emit/mask.h"

octet_status octet_keras_recurrence_of(octet_keras_call *call, octet_keras_recurrence *out) {
    if (call->recurrence != NULL) {
        *out = *call->recurrence;
        return OCTET_OK;
    }
    *out = (octet_keras_recurrence){0};
    OCTET_TRY(octet_keras_bool(call, "return_sequences", false, &out->return_sequences));
    OCTET_TRY(octet_keras_bool(call, "return_state", false, &out->return_state));
    OCTET_TRY(octet_keras_bool(call, "go_backwards", false, &out->go_backwards));
    OCTET_TRY(octet_keras_bool(call, "unroll", false, &out->unroll));
    OCTET_TRY(octet_keras_bool(call, "stateful", false, &out->is_stateful));
    OCTET_TRY(octet_keras_bool(call, "zero_output_for_mask", false, &out->zero_masked));
    OCTET_TRY(octet_keras_bool(call, "time_major", false, &out->time_major));
    if (call->zero_masked) out->zero_masked = out->return_sequences;
    return OCTET_OK;
}

octet_status octet_keras_refuse_stateful(octet_keras_call *call, const octet_keras_recurrence *steps) {
    if (!steps->is_stateful) return OCTET_OK;
    return octet_keras_refuse(
        call, "stateful is supported for an LSTM with its default activations only, whose operator keeps the state; "
              "make the state an Input (initial_state) and an output (return_state=True), and copy the weights "
              "with set_weights");
}

uint32_t octet_keras_recurrence_mask(const octet_keras_call *call) {
    const bool is_blind = call->keras_version >= 3 && call->n_inputs > 1 && call->mask == OCTET_NONE;
    return is_blind ? OCTET_NONE : octet_keras_mask(call);
}

octet_status octet_keras_reverse_steps(octet_keras_call *call, bool time_major, uint32_t x, uint32_t *out) {
    uint32_t inputs[2] = {x, 0};
    OCTET_TRY(octet_keras_i32s(call, "ReverseV2/axis", (const int32_t[]){time_major ? 0 : 1}, 1, &inputs[1]));
    return octet_keras_emit(call, OCTET_OP_REVERSE_V2, "ReverseV2", inputs, 2, NULL, out);
}
