#include <math.h>

#include "kernels/ref/l2_normalization.h"
#include "kernels/ref/local_response.h"
#include "kernels/ref/softmax.h"
#include "kernels/ref/table16.h"
#include "lower/families.h"

/* Rows of the last axis; none when the value is empty. */
static void rows_of(const octet_value *value, int32_t *rows, int32_t *depth) {
    *depth = value->shape.dims[value->shape.rank - 1];
    *rows = *depth ? (int32_t)(octet_shape_elements(&value->shape) / (size_t)*depth) : 0;
}

/* Quantized results of these operators have one possible scale and zero point. */
static octet_status check_output(octet_binder *binder, const octet_operator *op, float scale, int32_t zero_point) {
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    float have_scale;
    int32_t have_zero_point;
    OCTET_TRY(octet_bind_per_tensor(binder, op, output, &have_scale, &have_zero_point));
    OCTET_CHECK(binder->ctx, fabsf(have_scale - scale) <= scale * 1e-3f && have_zero_point == zero_point, OCTET_MODEL,
                "%s: %s: tensor %s has scale %g and zero point %d, they must be %g and %d", op->layer,
                octet_operator_name(op->code), output->name, (double)have_scale, have_zero_point, (double)scale,
                zero_point);
    return OCTET_OK;
}

static octet_status fail_scale(octet_binder *binder, const octet_operator *op, float scale) {
    return octet_context_fail(binder->ctx, OCTET_UNSUPPORTED,
                              "%s: %s: input scale %g is out of the range of the quantized kernel", op->layer,
                              octet_operator_name(op->code), (double)scale);
}

/* is_wide: the result is int16. */
static octet_status bind_softmax_s8(octet_binder *binder, const octet_operator *op, float scale, bool is_wide,
                                    octet_softmax_params *p) {
    const bool log_form = op->code == OCTET_OP_LOG_SOFTMAX;
    if (is_wide) OCTET_TRY(check_output(binder, op, 1.0f / 65536, INT16_MIN));
    else OCTET_TRY(check_output(binder, op, log_form ? 1.0f / 16 : 1.0f / 256, log_form ? 127 : -128));
    const bool usable = log_form ? octet_softmax_prepare_log_s8(p, scale) : octet_softmax_prepare_s8(p, scale, p->beta);
    return usable ? OCTET_OK : fail_scale(binder, op, scale);
}

static octet_status bind_softmax_s16(octet_binder *binder, const octet_operator *op, float scale,
                                     octet_softmax_params *p) {
    int16_t *exp_table, *reciprocal_table;
    OCTET_TRY(check_output(binder, op, 1.0f / 32768, 0));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, OCTET_TABLE16_SIZE, &exp_table));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, OCTET_TABLE16_SIZE, &reciprocal_table));
    octet_softmax_fill_tables(exp_table, reciprocal_table);
    p->exp_table = exp_table;
    p->reciprocal_table = reciprocal_table;
    return octet_softmax_prepare_s16(p, scale, p->beta) ? OCTET_OK : fail_scale(binder, op, scale);
}

static octet_status bind_softmax(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                 octet_step *step) {
    const bool log_form = op->code == OCTET_OP_LOG_SOFTMAX;
    octet_softmax_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    rows_of(input, &p->rows, &p->depth);
    p->beta = log_form ? 1.0f : op->options.softmax.beta;
    octet_kernel kernel = log_form ? OCTET_KERNEL_log_softmax_f32 : OCTET_KERNEL_softmax_f32;
    if (input->type != OCTET_FLOAT32) {
        float scale;
        int32_t zero_point;
        if (input->type != OCTET_INT8 && (input->type != OCTET_INT16 || log_form))
            return octet_bind_unsupported(binder, op);
        OCTET_TRY(octet_bind_per_tensor(binder, op, input, &scale, &zero_point));
        if (input->type == OCTET_INT8) {
            const bool is_wide = octet_graph_output(binder->graph, op, 0)->type == OCTET_INT16;
            OCTET_TRY(bind_softmax_s8(binder, op, scale, is_wide, p));
            kernel = log_form  ? OCTET_KERNEL_log_softmax_s8
                     : is_wide ? OCTET_KERNEL_softmax_s8_s16
                               : OCTET_KERNEL_softmax_s8;
        } else {
            OCTET_TRY(bind_softmax_s16(binder, op, scale, p));
            kernel = OCTET_KERNEL_softmax_s16;
        }
    }
    octet_step_set_softmax(step, kernel, p, (uint32_t)p->rows);
    return OCTET_OK;
}

static octet_status bind_l2(octet_binder *binder, const octet_operator *op, const octet_value *input,
                            octet_step *step) {
    octet_l2_normalization_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    rows_of(input, &p->rows, &p->depth);
    OCTET_CHECK(binder->ctx, octet_operator_activation(op) == OCTET_ACTIVATION_NONE, OCTET_UNSUPPORTED,
                "%s: L2_NORMALIZATION with a fused activation", op->layer);
    octet_kernel kernel = binder->options.float_order == OCTET_FLOAT_ORDER_PLAIN
                              ? OCTET_KERNEL_l2_normalization_f32_plain
                              : OCTET_KERNEL_l2_normalization_f32;
    if (input->type == OCTET_INT8) {
        float scale;
        OCTET_TRY(octet_bind_per_tensor(binder, op, input, &scale, &p->input_zero_point));
        OCTET_TRY(check_output(binder, op, 1.0f / 128, 0));
        p->scales_first = binder->is_unsigned;
        kernel = OCTET_KERNEL_l2_normalization_s8;
    } else if (input->type != OCTET_FLOAT32) {
        return octet_bind_unsupported(binder, op);
    }
    octet_step_set_l2_normalization(step, kernel, p, (uint32_t)p->rows);
    return OCTET_OK;
}

static octet_status bind_local_response(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                        octet_step *step) {
    octet_local_response_params *p;
    int32_t rows;
    if (input->type != OCTET_FLOAT32) return octet_bind_unsupported(binder, op);
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_local_response_params){.radius = op->options.local_response.radius,
                                       .bias = op->options.local_response.bias,
                                       .alpha = op->options.local_response.alpha,
                                       .beta = op->options.local_response.beta};
    rows_of(input, &rows, &p->depth);
    octet_step_set_local_response(step, OCTET_KERNEL_local_response_f32, p, (uint32_t)rows);
    return OCTET_OK;
}

octet_status octet_bind_softmax(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    if (op->code == OCTET_OP_L2_NORMALIZATION) return bind_l2(binder, op, input, step);
    if (op->code == OCTET_OP_LOCAL_RESPONSE_NORMALIZATION) return bind_local_response(binder, op, input, step);
    if (op->code == OCTET_OP_SOFTMAX || op->code == OCTET_OP_LOG_SOFTMAX) return bind_softmax(binder, op, input, step);
    return octet_bind_unsupported(binder, op);
}
