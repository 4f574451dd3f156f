/* Functions that repeat cells or add some: tile, repeat, broadcast_to, pad, blocks of cells. */
#include <string.h>

#include "base/ascii.h"
#include "import/keras/emit/gather.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

octet_status octet_keras_function_tile(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t multiples[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "multiples repeats", OCTET_MAX_RANK, multiples, &n));
    const int32_t rank = octet_keras_shape(call, inputs[0])->rank;
    if (n >= 0 && n < rank && call->layer->is_operation) { /* ones before the numbers that are given */
        memmove(multiples + rank - n, multiples, (size_t)n * sizeof *multiples);
        for (int32_t i = 0; i < rank - n; i++) multiples[i] = 1;
        n = rank;
    }
    if (n != rank) return octet_keras_refuse(call, "needs a number of repeats for every dimension");
    OCTET_TRY(octet_keras_i32s(call, "Tile/multiples", multiples, n, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_TILE, "Tile", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

octet_status octet_keras_function_pad(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t pairs[2 * OCTET_MAX_RANK], n = 0, before[OCTET_MAX_RANK], after[OCTET_MAX_RANK];
    double value = 0.0;
    const octet_keras_argument *mode = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "paddings pad_width", 2 * OCTET_MAX_RANK, pairs, &n));
    OCTET_TRY(octet_keras_operand(call, 2, "mode", &mode));
    const char *text = mode != NULL ? octet_json_text(mode->constant) : "CONSTANT";
    static const char *const modes[3] = {"constant", "reflect", "symmetric"};
    int kind = 0;
    while (kind < 3 && (text == NULL || !octet_ascii_is_alike(text, modes[kind]))) kind++;
    if (kind == 3) return octet_keras_refuse(call, "its mode is none of constant, reflect, symmetric");
    OCTET_TRY(octet_keras_operand_f64(call, 3, "constant_values", 0.0, &value));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    if (n != 2 * rank) return octet_keras_refuse(call, "needs two numbers for each of %d dimensions", rank);
    for (int32_t i = 0; i < rank; i++) {
        before[i] = pairs[2 * i];
        after[i] = pairs[2 * i + 1];
        if (before[i] < 0 || after[i] < 0) return octet_keras_contradict(call, "pads with a negative number of cells");
    }
    if (kind == 0 && value == 0.0) {
        OCTET_TRY(octet_keras_pad(call, "Pad", x, before, after, &x));
        return octet_keras_return(call, x);
    }
    uint32_t inputs[3] = {x, OCTET_NONE, OCTET_NONE};
    const octet_options options = {.mirror_pad = {kind == 2}};
    OCTET_TRY(octet_keras_i32_pairs(call, "Pad/paddings", pairs, rank, &inputs[1]));
    if (kind == 0) OCTET_TRY(octet_keras_scalar(call, "PadV2/constant_values", (float)value, &inputs[2]));
    OCTET_TRY(octet_keras_emit(call, kind == 0 ? OCTET_OP_PADV2 : OCTET_OP_MIRROR_PAD, "Pad", inputs, kind == 0 ? 3 : 2,
                               kind == 0 ? NULL : &options, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_broadcast_to(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t dims[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "shape", OCTET_MAX_RANK, dims, &n));
    if (n < 1) return octet_keras_refuse(call, "is given no shape");
    OCTET_TRY(octet_keras_i32s(call, "BroadcastTo/shape", dims, n, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_BROADCAST_TO, "BroadcastTo", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* Every cell along an axis n times, or each as often as a list says: [.., c, ..]
 * -> [.., c, 1, ..] tiled -> [.., c * n, ..]. */
octet_status octet_keras_function_repeat(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t times[1024] = {0}, n = 0, axis = 0, dims[OCTET_MAX_RANK], multiples[OCTET_MAX_RANK], size = 0;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "repeats rep", 1024, times, &n));
    OCTET_TRY(octet_keras_operand_flat(call, 2, "axis", 0, &inputs[0], &axis));
    octet_shape shape = *octet_keras_shape(call, inputs[0]);
    if (n > 1 && n == shape.dims[axis]) {
        OCTET_TRY(octet_keras_gather_repeated(call, inputs[0], axis, times, n, &inputs[0]));
        return octet_keras_return(call, inputs[0]);
    }
    if (n != 1 || times[0] < 1 || shape.rank >= OCTET_MAX_RANK)
        return octet_keras_refuse(call, "needs one positive number of repeats, and an axis");
    if (__builtin_mul_overflow(shape.dims[axis], times[0], &size))
        return octet_keras_contradict(call, "makes its output too large");
    for (int32_t i = 0, j = 0; i < shape.rank; i++) {
        multiples[j] = 1;
        dims[j++] = shape.dims[i];
        if (i != axis) continue;
        multiples[j] = times[0];
        dims[j++] = 1;
    }
    OCTET_TRY(octet_keras_reshape(call, "Reshape", inputs[0], shape.rank + 1, dims, &inputs[0]));
    OCTET_TRY(octet_keras_i32s(call, "Tile/multiples", multiples, shape.rank + 1, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_TILE, "Tile", inputs, 2, NULL, &inputs[0]));
    shape.dims[axis] = size;
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", inputs[0], shape.rank, shape.dims, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* Blocks of the rows and columns to the batch and back; sizes and cells as the file has them. */
octet_status octet_keras_function_space_to_batch(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t inputs[3];
    int32_t block[OCTET_MAX_RANK], pairs[2 * OCTET_MAX_RANK], n[2];
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "block_shape", OCTET_MAX_RANK, block, &n[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "paddings crops", 2 * OCTET_MAX_RANK, pairs, &n[1]));
    if (n[0] < 1 || n[1] != 2 * n[0])
        return octet_keras_refuse(call, "needs two numbers of cells for each size of its blocks");
    OCTET_TRY(octet_keras_i32s(call, "block_shape", block, n[0], &inputs[1]));
    OCTET_TRY(octet_keras_i32_pairs(call, "Pad/paddings", pairs, n[0], &inputs[2]));
    OCTET_TRY(octet_keras_emit(call, self->code, octet_operator_name(self->code), inputs, 3, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

octet_status octet_keras_function_block(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t size[1] = {0}, n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "block_size", 1, size, &n));
    if (n != 1 || size[0] < 2) return octet_keras_contradict(call, "block_size must be at least 2");
    const octet_options options = {.block = {size[0]}};
    OCTET_TRY(octet_keras_emit(call, self->code, octet_operator_name(self->code), &x, 1, &options, &x));
    return octet_keras_return(call, x);
}
