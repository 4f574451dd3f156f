#include "layers/gains.h"

#include <math.h>

/* Rounding changes the weights of a channel by a few percent at most; another layer's do not look alike. */
static const double least_square_cosine = 0.8, most_off = 0.25; /* the latter of the logarithm to base 2 */

void octet_gain_multiply(const octet_gain *gain, float *numbers, size_t n) {
    for (size_t i = 0; gain->n > 0 && i < n; i++) numbers[i] *= gain->factors[i % gain->n];
}

void octet_gain_divide(const octet_gain *gain, float *numbers, size_t n) {
    for (size_t i = 0; gain->n > 0 && i < n; i++) numbers[i] /= gain->factors[i % gain->n];
}

/* The weights of an operator that runs over channels, or NULL. */
static const octet_value *weights_of(const octet_graph *graph, const octet_operator *op) {
    if (op->code != OCTET_OP_CONV_2D && op->code != OCTET_OP_DEPTHWISE_CONV_2D && op->code != OCTET_OP_TRANSPOSE_CONV &&
        op->code != OCTET_OP_FULLY_CONNECTED)
        return NULL;
    const uint32_t operand = (uint32_t)octet_operator_operands(op->code).weights;
    if (operand >= op->n_inputs || op->inputs[operand] == OCTET_NONE) return NULL;
    const octet_value *value = &graph->values[op->inputs[operand]];
    return value->data != NULL ? value : NULL;
}

/* Weight i as a real number. */
static double weight_at(const octet_value *value, size_t i, size_t channel) {
    if (value->type == OCTET_FLOAT32) return (double)((const float *)value->data)[i];
    const octet_quantization *q = &value->quantization;
    const size_t c = q->n > 1 ? channel : 0;
    const int32_t code =
        value->type == OCTET_INT8 ? ((const int8_t *)value->data)[i] : ((const uint8_t *)value->data)[i];
    return (double)q->scale[c] * (code - q->zero_point[c]);
}

static bool can_read(const octet_value *value, size_t n_channels) {
    if (value->type == OCTET_FLOAT32) return true;
    const uint32_t n = value->quantization.n;
    return (value->type == OCTET_INT8 || value->type == OCTET_UINT8) && (n == 1 || n == n_channels);
}

/* Weights of an operator as rows of channels. */
typedef struct weight_shape {
    size_t n, n_out, inner; /* channel of element i: i / inner % n_out */
    size_t n_in, per_group; /* channel that it reads: i % n_in, or out / per_group of a depthwise one */
    bool is_depthwise;
} weight_shape;

static bool shape_weights(const octet_operator *op, const octet_value *weights, size_t n_read, weight_shape *out) {
    const octet_shape *shape = &weights->shape;
    const int32_t axis = octet_operator_operands(op->code).axis;
    if (axis < 0 || axis >= shape->rank || shape->rank < 2) return false;
    *out = (weight_shape){.n = octet_shape_elements(shape),
                          .n_out = (size_t)shape->dims[axis],
                          .inner = 1,
                          .n_in = (size_t)shape->dims[shape->rank - 1],
                          .is_depthwise = op->code == OCTET_OP_DEPTHWISE_CONV_2D};
    for (int32_t i = axis + 1; i < shape->rank; i++) out->inner *= (size_t)shape->dims[i];
    if (out->n == 0 || n_read == 0) return false;
    /* Outputs of a group of channels; of a depthwise operator those of one channel. */
    const size_t n_groups = out->is_depthwise ? n_read : n_read % out->n_in == 0 ? n_read / out->n_in : 1;
    out->per_group = out->n_out / n_groups;
    return out->per_group > 0;
}

static size_t channel_read(const weight_shape *shape, size_t i, size_t out) {
    const size_t group = out / shape->per_group;
    return shape->is_depthwise ? group : group * shape->n_in + i % shape->n_in;
}

/* sums: [channel]{x * x, x * y, y * y} of the weights of both graphs. */
static void add_weights(const octet_value *real, const octet_value *quantized, const weight_shape *shape,
                        const octet_gain *read, double (*sums)[3]) {
    for (size_t i = 0; i < shape->n; i++) {
        const size_t out = i / shape->inner % shape->n_out;
        const double factor = read->n > 0 ? (double)read->factors[channel_read(shape, i, out) % read->n] : 1.0;
        const double x = weight_at(quantized, i, out) * factor, y = weight_at(real, i, out);
        sums[out][0] += x * x;
        sums[out][1] += x * y;
        sums[out][2] += y * y;
    }
}

static float factor_of(const double sums[3]) {
    if (!(sums[1] > 0.0) || sums[1] * sums[1] < least_square_cosine * sums[0] * sums[2]) return 1.0f;
    const double exponent = log2(sums[1] / sums[2]), nearest = round(exponent);
    return fabs(exponent - nearest) < most_off ? (float)exp2(nearest) : 1.0f;
}

/* Of the result of an operator with weights, from its weights. */
static octet_status find_from_weights(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                      const octet_operator *real_op, const octet_graph *quantized,
                                      const octet_operator *op, const octet_gain *read, octet_gain *out) {
    const octet_value *x = weights_of(quantized, op), *y = weights_of(real, real_op);
    const octet_shape *input = &quantized->values[op->inputs[octet_operator_operands(op->code).data]].shape;
    const size_t n_read = input->rank > 0 ? (size_t)input->dims[input->rank - 1] : 0;
    weight_shape shape;
    double(*sums)[3];
    float *factors;
    bool any = false;
    if (x == NULL || y == NULL || !octet_shape_equal(&x->shape, &y->shape) || y->type != OCTET_FLOAT32) return OCTET_OK;
    if (!shape_weights(op, x, n_read, &shape) || !can_read(x, shape.n_out)) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, shape.n_out, &sums));
    OCTET_TRY(OCTET_NEW(ctx, arena, shape.n_out, &factors));
    add_weights(y, x, &shape, read, sums);
    for (size_t c = 0; c < shape.n_out; c++) {
        factors[c] = factor_of(sums[c]);
        any = any || factors[c] != 1.0f;
    }
    if (any) *out = (octet_gain){factors, (uint32_t)shape.n_out};
    return OCTET_OK;
}

/* Results have the channels of what is read, each multiplied as there. */
static bool passes(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_RELU:
    case OCTET_OP_LEAKY_RELU:
    case OCTET_OP_PRELU:
    case OCTET_OP_RESHAPE:
    case OCTET_OP_SQUEEZE:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_QUANTIZE:
    case OCTET_OP_DEQUANTIZE:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_RESIZE_BILINEAR:
    case OCTET_OP_RESIZE_NEAREST_NEIGHBOR:
    case OCTET_OP_MEAN:
    case OCTET_OP_REDUCE_MAX:
    case OCTET_OP_PAD:
    case OCTET_OP_PADV2:
    case OCTET_OP_ADD:
    case OCTET_OP_SUB:
    case OCTET_OP_MUL: return true;
    default: return false;
    }
}

/* That of the first operand with one; none where the last axis is no row of such channels. */
static octet_gain pass_on(const octet_graph *graph, const octet_operator *op, const octet_gain *gains) {
    const octet_shape *shape = &graph->values[op->outputs[0]].shape;
    const uint32_t n = shape->rank > 0 ? (uint32_t)shape->dims[shape->rank - 1] : 0;
    for (uint32_t i = 0; i < op->n_inputs && passes(op->code); i++) {
        if (op->inputs[i] == OCTET_NONE) continue;
        const octet_gain *gain = &gains[op->inputs[i]];
        if (gain->n > 0 && n % gain->n == 0) return *gain;
    }
    return (octet_gain){0};
}

octet_status octet_gains_find(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                              const octet_graph *quantized, const octet_pairs *pairs, octet_gain **out) {
    octet_gain *gains;
    OCTET_TRY(OCTET_NEW(ctx, arena, quantized->n_values, &gains));
    for (uint32_t k = 0; k < quantized->n_operators; k++) {
        const octet_operator *op = &quantized->operators[k];
        if (op->n_outputs != 1 || op->n_inputs == 0) continue;
        octet_gain *gain = &gains[op->outputs[0]];
        if (weights_of(quantized, op) == NULL) {
            *gain = pass_on(quantized, op, gains);
            continue;
        }
        const uint32_t partner = pairs->partner[op->outputs[0]];
        const uint32_t producer = partner != OCTET_NONE ? real->values[partner].producer : OCTET_NONE;
        if (producer == OCTET_NONE || real->operators[producer].code != op->code) continue;
        OCTET_TRY(find_from_weights(ctx, arena, real, &real->operators[producer], quantized, op,
                                    &gains[op->inputs[octet_operator_operands(op->code).data]], gain));
    }
    *out = gains;
    return OCTET_OK;
}
