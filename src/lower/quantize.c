#include "kernels/ref/fake_quant.h"
#include "kernels/ref/fixed_point.h"
#include "kernels/ref/quantize_elements.h"
#include "lower/families.h"

#define RUN(name, kernel)                                                                                              \
    static void name(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) { \
        (void)phase;                                                                                                   \
        kernel(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), (int32_t)begin,      \
               (int32_t)end);                                                                                          \
    }

RUN(run_f32_s8, octet_quantize_f32_s8_ref)
RUN(run_f32_u8, octet_quantize_f32_u8_ref)
RUN(run_f32_s16, octet_quantize_f32_s16_ref)
RUN(run_s8_s8, octet_requantize_s8_s8_ref)
RUN(run_s8_u8, octet_requantize_s8_u8_ref)
RUN(run_s8_s16, octet_requantize_s8_s16_ref)
RUN(run_u8_s8, octet_requantize_u8_s8_ref)
RUN(run_u8_u8, octet_requantize_u8_u8_ref)
RUN(run_s16_s8, octet_requantize_s16_s8_ref)
RUN(run_s16_s16, octet_requantize_s16_s16_ref)
RUN(run_s8_f32, octet_dequantize_s8_ref)
RUN(run_u8_f32, octet_dequantize_u8_ref)
RUN(run_s16_f32, octet_dequantize_s16_ref)
RUN(run_channels_s8_f32, octet_dequantize_channels_s8_ref)

static void run_f16_f32(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                        uint32_t end) {
    (void)phase;
    octet_dequantize_f16_ref(octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), (int32_t)begin,
                             (int32_t)end);
}

static const struct {
    octet_type from, to;
    octet_step_run *run;
} conversions[] = {{OCTET_FLOAT32, OCTET_INT8, run_f32_s8},   {OCTET_FLOAT32, OCTET_UINT8, run_f32_u8},
                   {OCTET_FLOAT32, OCTET_INT16, run_f32_s16}, {OCTET_INT8, OCTET_INT8, run_s8_s8},
                   {OCTET_INT8, OCTET_UINT8, run_s8_u8},      {OCTET_INT8, OCTET_INT16, run_s8_s16},
                   {OCTET_UINT8, OCTET_INT8, run_u8_s8},      {OCTET_UINT8, OCTET_UINT8, run_u8_u8},
                   {OCTET_INT16, OCTET_INT8, run_s16_s8},     {OCTET_INT16, OCTET_INT16, run_s16_s16},
                   {OCTET_INT8, OCTET_FLOAT32, run_s8_f32},   {OCTET_UINT8, OCTET_FLOAT32, run_u8_f32},
                   {OCTET_INT16, OCTET_FLOAT32, run_s16_f32}, {OCTET_FLOAT16, OCTET_FLOAT32, run_f16_f32}};

/* Weights with a scale per channel, turned into floats. */
static octet_status bind_channels(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                  octet_quantize_params *p, octet_step_run **run) {
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
    *run = run_channels_s8_f32;
    return OCTET_OK;
}

static void run_fake_quant(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                           uint32_t end) {
    (void)phase;
    octet_fake_quant_f32_ref(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), begin,
                             end);
}

static octet_status bind_fake_quant(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    octet_fake_quant_grid *grid;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    if (input->type != OCTET_FLOAT32) return octet_bind_unsupported(binder, op);
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &grid));
    *grid = octet_fake_quant_nudge(op->options.fake_quant.min, op->options.fake_quant.max,
                                   op->options.fake_quant.n_bits, op->options.fake_quant.narrow_range);
    octet_step_set(step, run_fake_quant, grid, (uint32_t)octet_shape_elements(&input->shape), "ref");
    step->in_place = true;
    return OCTET_OK;
}

octet_status octet_bind_quantize(octet_binder *binder, const octet_operator *op, octet_step *step) {
    if (op->code == OCTET_OP_FAKE_QUANT) return bind_fake_quant(binder, op, step);
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_step_run *run = NULL;
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        if (conversions[i].from == input->type && conversions[i].to == output->type) run = conversions[i].run;
    }
    if (!run) return octet_bind_unsupported(binder, op);
    octet_quantize_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    const bool from_integer = octet_type_is_quantized(input->type), to_integer = octet_type_is_quantized(output->type);
    float input_scale = 1, output_scale = 1;
    if (from_integer && !to_integer && input->quantization.n > 1) {
        OCTET_TRY(bind_channels(binder, op, input, p, &run));
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
    octet_step_set(step, run, p, (uint32_t)octet_shape_elements(&output->shape), "ref");
    step->in_place = octet_type_size(input->type) == octet_type_size(output->type);
    return OCTET_OK;
}
