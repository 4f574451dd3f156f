#include "layers/weights.h"

#include <math.h>
#include <stdlib.h>

/* The constant of the weights that can be counted, or NULL. */
static const octet_value *weights_of(const octet_graph *graph, const octet_operator *op) {
    const int operand = octet_operator_operands(op->code).weights;
    if (operand < 0 || (uint32_t)operand >= op->n_inputs || op->inputs[operand] == OCTET_NONE) return NULL;
    const octet_value *value = &graph->values[op->inputs[operand]];
    if (value->data == NULL || value->quantization.n == 0) return NULL;
    return value->type == OCTET_INT8 || value->type == OCTET_UINT8 ? value : NULL;
}

octet_status octet_layer_weights_count(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                       const octet_operator *op, octet_layer_weights *out) {
    const octet_value *value = weights_of(graph, op);
    uint64_t *bins;
    int32_t least, greatest;
    *out = (octet_layer_weights){0};
    if (value == NULL) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, OCTET_MEASURE_INNER_BINS, &bins));
    octet_type_limits(value->type, &least, &greatest);
    const octet_quantization *q = &value->quantization;
    const size_t n = octet_shape_elements(&value->shape);
    size_t inner = 1; /* elements from one channel to the next */
    for (int32_t i = q->axis + 1; q->n > 1 && i < value->shape.rank; i++) inner *= (size_t)value->shape.dims[i];
    out->bins = bins;
    out->n_elements = n;
    out->n_scales = q->n;
    out->least_scale = out->greatest_scale = (double)q->scale[0];
    for (uint32_t c = 1; c < q->n; c++) {
        out->least_scale = fmin(out->least_scale, (double)q->scale[c]);
        out->greatest_scale = fmax(out->greatest_scale, (double)q->scale[c]);
    }
    for (size_t i = 0; i < n; i++) {
        const size_t c = q->n > 1 ? i / inner % q->n : 0;
        const int32_t code =
            value->type == OCTET_INT8 ? ((const int8_t *)value->data)[i] : ((const uint8_t *)value->data)[i];
        const int32_t offset = code - q->zero_point[c];
        const double weight = (double)q->scale[c] * offset;
        bins[(code - least) * OCTET_MEASURE_INNER_BINS / (greatest - least + 1)]++;
        out->n_at_ends += abs(offset) >= 127;
        out->low = fmin(out->low, weight);
        out->high = fmax(out->high, weight);
    }
    return OCTET_OK;
}
