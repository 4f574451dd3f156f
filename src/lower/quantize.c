#include "kernels/ref/fake_quant.h"
#include "kernels/ref/fixed_point.h"
#include "kernels/ref/quantize_elements.h"
#include "lower/families.h"

static const struct {
    octet_type from, to;
    octet_kernel kernel;
} conversions[] = {{OCTET_FLOAT32, OCTET_INT8, OCTET_KERNEL_quantize_f32_s8},
                   {OCTET_FLOAT32, OCTET_UINT8, OCTET_KERNEL_quantize_f32_u8},
                   {OCTET_FLOAT32, OCTET_INT16, OCTET_KERNEL_quantize_f32_s16},
                   {OCTET_INT8, OCTET_INT8, OCTET_KERNEL_requantize_s8_s8},
                   {OCTET_INT8, OCTET_UINT8, OCTET_KERNEL_requantize_s8_u8},
                   {OCTET_INT8, OCTET_INT16, OCTET_KERNEL_requantize_s8_s16},
                   {OCTET_UINT8, OCTET_INT8, OCTET_KERNEL_requantize_u8_s8},
                   {OCTET_UINT8, OCTET_UINT8, OCTET_KERNEL_requantize_u8_u8},
                   {OCTET_INT16, OCTET_INT8, OCTET_KERNEL_requantize_s16_s8},
                   {OCTET_INT16, OCTET_INT16, OCTET_KERNEL_requantize_s16_s16},
                   {OCTET_INT8, OCTET_FLOAT32, OCTET_KERNEL_dequantize_s8},
                   {OCTET_UINT8, OCTET_FLOAT32, OCTET_KERNEL_dequantize_u8},
                   {OCTET_INT16, OCTET_FLOAT32, OCTET_KERNEL_dequantize_s16},
                   {OCTET_FLOAT16, OCTET_FLOAT32, OCTET_KERNEL_dequantize_f16}};

/* Weights with a scale per channel, turned into floats. */
static octet_status bind_channels(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                  octet_quantize_params *p, octet_kernel *kernel) {
    const octet_quantization *q = &input->quantization;
    OCTET_CHECK(
        binder->ctx, q->axis >= 0 && q->axis < input->shape.rank && (uint32_t)input->shape.dims[q->axis] == q->n,
        OCTET_MODEL, "%s: DEQUANTIZE: tensor %s has %u scales along axis %d", op->layer, input->name, q->n, q->axis);
    if (input->type != OCTET_INT8) return octet_bind_unsupported(binder, op);
    for (uint32_t i = 0; i < q->n; i++) {
        OCTET_CHECK(binder->ctx, q->zero_point[i] >= INT8_MIN && q->zero_point[i] <= INT8_MAX, OCTET_MODEL,
                    "%s: DEQUANTIZE: tensor %s has zero point %d", op->layer, input->name, q->zero_point[i]);
    }
    p->channels = (int32_t)q->n;
    p->inner = octet_shape_product(&input->shape, q->axis + 1, input->shape.rank);
    if (p->inner == 0) p->inner = 1; /* an empty tensor */
    p->scales = q->scale;
    p->zero_points = q->zero_point;
    *kernel = OCTET_KERNEL_dequantize_channels_s8;
    return OCTET_OK;
}

static octet_status bind_half(octet_binder *binder, uint32_t n_elements, octet_step *step) {
    octet_elements_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->n_elements = n_elements;
    octet_step_set_elements(step, OCTET_KERNEL_dequantize_f16, p, n_elements);
    return OCTET_OK;
}

static octet_status bind_fake_quant(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    octet_fake_quant_params *grid;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    if (input->type != OCTET_FLOAT32) return octet_bind_unsupported(binder, op);
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &grid));
    *grid = octet_fake_quant_nudge(op->options.fake_quant.min, op->options.fake_quant.max,
                                   op->options.fake_quant.n_bits, op->options.fake_quant.narrow_range);
    octet_step_set_fake_quant(step, OCTET_KERNEL_fake_quant_f32, grid, (uint32_t)octet_shape_elements(&input->shape));
    step->in_place = true;
    return OCTET_OK;
}

octet_status octet_bind_quantize(octet_binder *binder, const octet_operator *op, octet_step *step) {
    if (op->code == OCTET_OP_FAKE_QUANT) return bind_fake_quant(binder, op, step);
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_kernel kernel = OCTET_KERNEL_NONE;
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        if (conversions[i].from == input->type && conversions[i].to == output->type) kernel = conversions[i].kernel;
    }
    const bool converts = op->code == OCTET_OP_QUANTIZE || op->code == OCTET_OP_DEQUANTIZE;
    if (kernel == OCTET_KERNEL_NONE || !converts) return octet_bind_unsupported(binder, op);
    const uint32_t n_elements = (uint32_t)octet_shape_elements(&output->shape);
    step->in_place = octet_type_size(input->type) == octet_type_size(output->type);
    if (kernel == OCTET_KERNEL_dequantize_f16) return bind_half(binder, n_elements, step);
    octet_quantize_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    const bool from_integer = octet_type_is_quantized(input->type), to_integer = octet_type_is_quantized(output->type);
    float input_scale = 1, output_scale = 1;
    if (from_integer && !to_integer && input->quantization.n > 1) {
        OCTET_TRY(bind_channels(binder, op, input, p, &kernel));
    } else if (from_integer) {
        OCTET_TRY(octet_bind_per_tensor(binder, op, input, &input_scale, &p->input_zero_point));
    }
    if (to_integer) OCTET_TRY(octet_bind_per_tensor(binder, op, output, &output_scale, &p->output_zero_point));
    p->scale = to_integer ? output_scale : input_scale;
    if (from_integer && to_integer) {
        const double real = (double)input_scale / (double)output_scale;
        OCTET_CHECK(binder->ctx, octet_fixed_multiplier(real, &p->multiplier, &p->shift), OCTET_MODEL,
                    "%s: QUANTIZE: scales %g (input) and %g (output) do not fit together", op->layer,
                    (double)input_scale, (double)output_scale);
    }
    octet_step_set_quantize(step, kernel, p, n_elements);
    return OCTET_OK;
}
