#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/one_operator.h"

/* Every operator with random numbers of random operands, random constants and random options: whatever is not refused
 * must run without reading or writing out of bounds (sanitizers tell) and give results of the inferred size. */

static one_result r;

static int32_t pick(int32_t n) { return rand() % n; }

/* Options are int32 fields, enums and bools: small numbers mostly, extremes sometimes. Bools keep to 0 and 1. */
static void random_options(octet_operator_code code, octet_options *o) {
    memset(o, 0, sizeof *o);
    static const int32_t numbers[] = {0, 0, 1, 1, 2, 3, -1, -2, 5, INT32_MAX, INT32_MIN};
    const int32_t a = numbers[pick(11)], b = numbers[pick(11)];
    switch ((int)code) {
    case OCTET_OP_STRIDED_SLICE:
        o->strided_slice.begin_mask = pick(16);
        o->strided_slice.end_mask = pick(16);
        o->strided_slice.ellipsis_mask = pick(3) ? 0 : pick(16);
        o->strided_slice.new_axis_mask = pick(3) ? 0 : pick(16);
        o->strided_slice.shrink_axis_mask = pick(3) ? 0 : pick(16);
        o->strided_slice.offset = pick(4) == 0;
        return;
    case OCTET_OP_SQUEEZE:
        o->squeeze.n_dims = a;
        for (int32_t i = 0; i < OCTET_MAX_RANK; i++) o->squeeze.dims[i] = numbers[pick(11)];
        return;
    case OCTET_OP_GATHER:
        o->gather.axis = a;
        o->gather.batch_dims = b;
        return;
    case OCTET_OP_PACK:
    case OCTET_OP_UNPACK:
        o->pack.axis = a;
        o->pack.count = b;
        return;
    case OCTET_OP_CONCATENATION: o->concatenation.axis = a; return;
    case OCTET_OP_CAST: o->cast.out = (octet_type)pick(OCTET_N_TYPES); return;
    case OCTET_OP_SPACE_TO_DEPTH:
    case OCTET_OP_DEPTH_TO_SPACE: o->block.size = a; return;
    case OCTET_OP_MIRROR_PAD: o->mirror_pad.symmetric = pick(2); return;
    case OCTET_OP_RESIZE_BILINEAR:
    case OCTET_OP_RESIZE_NEAREST_NEIGHBOR:
        o->resize.align_corners = pick(2);
        o->resize.half_pixel_centers = pick(2);
        return;
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL:
    case OCTET_OP_DIV: o->arithmetic.activation = (octet_activation)pick(5); return;
    case OCTET_OP_LEAKY_RELU: o->leaky_relu.alpha = (float)a; return;
    default: return;
    }
}

static octet_shape random_shape(void) {
    octet_shape shape = {.rank = pick(5)};
    if (pick(10) == 0) shape.rank = OCTET_MAX_RANK - pick(2);
    for (int32_t i = 0; i < shape.rank; i++) shape.dims[i] = pick(12) == 0 ? 0 : 1 + pick(shape.rank > 5 ? 2 : 4);
    return shape;
}

static void random_operand(operand *o, octet_type main_type, unsigned char *data, bool index) {
    static const int32_t numbers[] = {0, 0, 0, 1, 1, 1, 2, 2, 3, 4, -1, -1, -2, -7, 100, INT32_MAX, INT32_MIN};
    static const float scales[] = {0.5f, 1.0f, 1e-3f, 1e-38f, 3e38f};
    *o = (operand){.type = index ? OCTET_INT32 : main_type, .shape = random_shape(), .data = data};
    if (pick(12) == 0) o->type = (octet_type)pick(OCTET_N_TYPES);
    if (index) {
        o->is_constant = pick(6) != 0;
        o->shape.rank = pick(2) + (pick(4) == 0);
        o->shape.dims[0] = 1 + pick(4);
        o->shape.dims[1] = 2;
    }
    const size_t n = octet_shape_elements(&o->shape);
    if (o->type == OCTET_INT32) {
        for (size_t i = 0; i < n; i++) {
            const int32_t value = numbers[pick(pick(4) ? 9 : 17)];
            memcpy(data + 4 * i, &value, 4);
        }
    } else {
        for (size_t i = 0; i < n * octet_type_size(o->type); i++)
            data[i] = (unsigned char)(o->type == OCTET_BOOL ? pick(2) : pick(256));
    }
    if (octet_type_is_quantized(o->type) && pick(20)) {
        o->scale = scales[pick(pick(8) ? 3 : 5)];
        o->zero_point = o->type == OCTET_INT16 ? 0 : o->type == OCTET_UINT8 ? pick(256) : pick(256) - 128;
    }
}

static uint32_t usual_inputs(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_SELECT:
    case OCTET_OP_SELECT_V2:
    case OCTET_OP_SLICE:
    case OCTET_OP_PADV2:
    case OCTET_OP_RANGE:
    case OCTET_OP_SPLIT_V:
    case OCTET_OP_SPACE_TO_BATCH_ND:
    case OCTET_OP_BATCH_TO_SPACE_ND: return 3;
    case OCTET_OP_STRIDED_SLICE: return 4;
    case OCTET_OP_ABS:
    case OCTET_OP_SHAPE:
    case OCTET_OP_UNPACK:
    case OCTET_OP_SQUEEZE:
    case OCTET_OP_SPACE_TO_DEPTH:
    case OCTET_OP_DEPTH_TO_SPACE:
    case OCTET_OP_CAST: return 1;
    default: return 2;
    }
}

static void random_case(octet_operator_code code) {
    static unsigned char data[4][1 << 15];
    static const octet_type types[] = {OCTET_FLOAT32, OCTET_FLOAT32, OCTET_INT8,  OCTET_INT8,
                                       OCTET_INT16,   OCTET_INT32,   OCTET_INT64, OCTET_BOOL};
    const octet_type type = types[pick(8)];
    octet_options options;
    random_options(code, &options);
    operand operands[4], output;
    const uint32_t n = pick(6) ? usual_inputs(code) : (uint32_t)pick(5);
    const bool elementwise = pick(3) == 0;
    for (uint32_t i = 0; i < n; i++) {
        const bool index = !elementwise && (code == OCTET_OP_SPLIT                            ? i == 0
                                            : code == OCTET_OP_FILL || code == OCTET_OP_RANGE ? i != 1
                                                                                              : i > 0);
        random_operand(&operands[i], type, data[i], index);
        if (elementwise && i > 0 && pick(2)) operands[i].shape = operands[0].shape;
        if (octet_shape_elements(&operands[i].shape) * octet_type_size(operands[i].type) > sizeof data[i]) return;
    }
    random_operand(&output, type, data[3], false);
    one_run(code, &options, operands, n, &output, pick(4) ? 1 : (uint32_t)(1 + pick(3)), pick(2) ? 2 : 1, &r);
    if (r.status != OCTET_OK) assert_true(r.message[0] != 0);
}

static void nothing_crashes(void **state) {
    (void)state;
    srand(11);
    unsigned n_run = 0;
    for (int round = 0; round < 40; round++) {
        for (int code = 0; code < OCTET_N_OPERATORS; code++) {
            random_case((octet_operator_code)code);
            n_run += r.status == OCTET_OK;
        }
    }
    assert_true(n_run > 200); /* the generator still produces valid cases */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_crashes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
