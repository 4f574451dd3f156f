#include "import/tflite/custom.h"

#include <string.h>

#include "formats/flexbuffer.h"
#include "graph/options.h"
#include "tflite/builtin.h"
#include "tflite/schema.h"

/* MediaPipe's TRANSPOSE_CONV: operands input, weights, bias; options as LiteRT's C struct TfLiteTransposeConvParams
 * begins: padding (1 SAME, 2 VALID), stride_w, stride_h. */
static octet_status read_transpose_conv(octet_context *ctx, octet_tflite_source *source, octet_bytes options,
                                        octet_operator *op) {
    octet_graph *graph = source->graph;
    int32_t numbers[3];
    OCTET_CHECK(ctx, options.size >= sizeof numbers, OCTET_FORMAT, "%s: %s has options of %zu bytes", source->fb.name,
                op->layer, options.size);
    memcpy(numbers, options.data, sizeof numbers);
    const int32_t stride_w = numbers[1], stride_h = numbers[2];
    OCTET_CHECK(ctx,
                numbers[0] >= 1 && numbers[0] <= 2 && stride_w >= 1 && stride_h >= 1 && stride_w <= 1 << 15 &&
                    stride_h <= 1 << 15,
                OCTET_FORMAT, "%s: %s has the options padding %d, strides %d and %d, which are not possible",
                source->fb.name, op->layer, numbers[0], stride_w, stride_h);
    const octet_value *input = octet_graph_input(graph, op, 0), *weights = octet_graph_input(graph, op, 1);
    OCTET_CHECK(ctx,
                op->n_inputs == 3 && input != NULL && weights != NULL && input->shape.rank == 4 &&
                    weights->shape.rank == 4,
                OCTET_MODEL, "%s: %s takes an input and weights of rank 4, and a bias", source->fb.name, op->layer);
    const bool same = numbers[0] == 1;
    op->options.transpose_conv.padding = same ? OCTET_PADDING_SAME : OCTET_PADDING_VALID;
    op->options.transpose_conv.stride_w = stride_w;
    op->options.transpose_conv.stride_h = stride_h;
    const int32_t *in = input->shape.dims, *filter = weights->shape.dims;
    const int64_t height = same ? (int64_t)in[1] * stride_h : (int64_t)(in[1] - 1) * stride_h + filter[1];
    const int64_t width = same ? (int64_t)in[2] * stride_w : (int64_t)(in[2] - 1) * stride_w + filter[2];
    OCTET_CHECK(ctx, height >= 0 && width >= 0 && height <= INT32_MAX && width <= INT32_MAX, OCTET_LIMIT,
                "%s: %s gives %lldx%lld cells", source->fb.name, op->layer, (long long)height, (long long)width);
    const int32_t shape[4] = {in[0], (int32_t)height, (int32_t)width, filter[0]};
    const uint32_t x = op->inputs[0];
    op->inputs[3] = op->inputs[2];
    op->inputs[2] = x;
    op->n_inputs = 4;
    return octet_graph_add_i32(ctx, graph, "", shape, 4, &op->inputs[0]);
}

/* A map of FlexBuffers whose keys are the names of the options. */
static octet_status read_map(octet_context *ctx, octet_tflite_source *source, octet_bytes bytes, octet_operator *op) {
    const octet_option_list list = octet_options_of(op->code);
    octet_flexbuffer_map map;
    (void)source;
    OCTET_TRY(octet_flexbuffer_open(ctx, bytes, op->layer, &map));
    for (uint32_t i = 0; i < list.n; i++) {
        const octet_option *option = &list.items[i];
        uint8_t *place = (uint8_t *)&op->options + option->offset;
        double number = option->usual;
        octet_flexbuffer_number(&map, octet_option_name(option), &number);
        const bool fits = number >= option->minimum && number <= INT32_MAX, flag = number != 0;
        const float real = (float)number;
        OCTET_CHECK(ctx, option->kind != OCTET_OPTION_I32 || fits, OCTET_FORMAT, "%s: %s is %g, which is not possible",
                    op->layer, option->path, number);
        const int32_t whole = fits ? (int32_t)number : 0;
        if (option->kind == OCTET_OPTION_I32) memcpy(place, &whole, sizeof whole);
        if (option->kind == OCTET_OPTION_F32) memcpy(place, &real, sizeof real);
        if (option->kind == OCTET_OPTION_BOOL) memcpy(place, &flag, sizeof flag);
    }
    return OCTET_OK;
}

static const struct {
    const char *custom;
    octet_operator_code code;
    octet_status (*read)(octet_context *ctx, octet_tflite_source *source, octet_bytes options, octet_operator *op);
} known[] = {
    {"Convolution2DTransposeBias", OCTET_OP_TRANSPOSE_CONV, read_transpose_conv},
    {OCTET_CUSTOM_DETECTION_POSTPROCESS, OCTET_OP_DETECTION_POSTPROCESS, read_map},
};

bool octet_tflite_custom_code(const char *custom, octet_operator_code *out) {
    for (size_t i = 0; custom != NULL && i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].custom, custom) != 0) continue;
        *out = known[i].code;
        return true;
    }
    return false;
}

octet_status octet_tflite_read_custom(octet_context *ctx, octet_tflite_source *source,
                                      const octet_flatbuffer_table *table, octet_operator *op) {
    octet_flatbuffer_vector vector;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, &source->fb, table, OCTET_TFLITE_OPERATOR_CUSTOM_OPTIONS, 1, false,
                                            &vector));
    const octet_bytes options = {.data = source->fb.bytes.data + vector.at, .size = vector.n};
    size_t i = 0;
    while (known[i].code != op->code) i++;
    return known[i].read(ctx, source, options, op);
}
