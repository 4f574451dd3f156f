/* The plain loops of kernels that compute over rows and windows. */
#include "exec/run.h"

/* One operand, one result; the kernel counts its units in INDEX. */
#define RUN(name, INDEX)                                                                                         \
    OCTET_RUN(name) {                                                                                            \
        (void)phase;                                                                                             \
        const octet_params_of_##name *p = task->params;                                                          \
        octet_##name##_ref(p, octet_task_input(task, frame, 0), octet_task_output(task, frame, 0), (INDEX)begin, \
                           (INDEX)end);                                                                          \
    }

RUN(average_pool_2d_f32, int32_t)
RUN(average_pool_2d_s8, int32_t)
RUN(average_pool_2d_u8, int32_t)
RUN(average_pool_2d_s16, int32_t)
RUN(max_pool_2d_f32, int32_t)
RUN(max_pool_2d_s8, int32_t)
RUN(max_pool_2d_u8, int32_t)
RUN(max_pool_2d_s16, int32_t)
RUN(l2_pool_2d_f32, int32_t)

RUN(softmax_f32, int32_t)
RUN(softmax_s8, int32_t)
RUN(softmax_s8_s16, int32_t)
RUN(softmax_s16, int32_t)
RUN(log_softmax_f32, int32_t)
RUN(log_softmax_s8, int32_t)
RUN(l2_normalization_f32, int32_t)
RUN(l2_normalization_s8, int32_t)
RUN(local_response_f32, uint32_t)

OCTET_RUN(l2_normalization_f32_plain) {
    (void)phase;
    octet_l2_normalization_f32_plain(task->params, octet_task_input(task, frame, 0), octet_task_output(task, frame, 0),
                                     (int32_t)begin, (int32_t)end);
}

RUN(quantize_f32_s8, int32_t)
RUN(quantize_f32_u8, int32_t)
RUN(quantize_f32_s16, int32_t)
RUN(requantize_s8_s8, int32_t)
RUN(requantize_s8_u8, int32_t)
RUN(requantize_s8_s16, int32_t)
RUN(requantize_u8_s8, int32_t)
RUN(requantize_u8_u8, int32_t)
RUN(requantize_s16_s8, int32_t)
RUN(requantize_s16_s16, int32_t)
RUN(dequantize_s8, int32_t)
RUN(dequantize_u8, int32_t)
RUN(dequantize_s16, int32_t)
RUN(dequantize_channels_s8, int32_t)
RUN(fake_quant_f32, uint32_t)

OCTET_RUN(dequantize_f16) {
    (void)phase;
    octet_dequantize_f16_ref(octet_task_input(task, frame, 0), octet_task_output(task, frame, 0), (int32_t)begin,
                             (int32_t)end);
}

#define RUN_TYPES(name)      \
    RUN(name##_f32, int32_t) \
    RUN(name##_s8, int32_t) RUN(name##_s16, int32_t) RUN(name##_s32, int32_t) RUN(name##_s64, int32_t)

RUN_TYPES(sum)
RUN_TYPES(mean)
RUN_TYPES(reduce_max)
RUN_TYPES(reduce_min)
RUN_TYPES(reduce_prod)
RUN(reduce_any_u8, int32_t)
RUN(reduce_all_u8, int32_t)

#define RUN_ARG(name)                                                                                                \
    OCTET_RUN(name) {                                                                                                \
        (void)phase;                                                                                                 \
        const octet_params_of_##name *p = task->params;                                                              \
        octet_##name##_ref(&p->reduce, octet_task_input(task, frame, 0), octet_task_output(task, frame, 0), p->wide, \
                           (int32_t)begin, (int32_t)end);                                                            \
    }

RUN_ARG(arg_max_f32)
RUN_ARG(arg_max_s8)
RUN_ARG(arg_max_s16)
RUN_ARG(arg_max_s32)
RUN_ARG(arg_min_f32)
RUN_ARG(arg_min_s8)
RUN_ARG(arg_min_s16)
RUN_ARG(arg_min_s32)

RUN(cumsum_f32, uint32_t)
RUN(cumsum_s32, uint32_t)
RUN(cumsum_s64, uint32_t)

#define RUN_TOP_K(suffix, TYPE)                                                                                       \
    OCTET_RUN(top_k_##suffix) {                                                                                       \
        (void)phase;                                                                                                  \
        octet_top_k_##suffix##_ref(task->params, octet_task_input(task, frame, 0), octet_task_output(task, frame, 0), \
                                   octet_task_output(task, frame, 1), begin, end);                                    \
    }
OCTET_ORDER_TYPES(RUN_TOP_K)

RUN(resize_bilinear_f32, uint32_t)
RUN(resize_bilinear_s8, uint32_t)
RUN(resize_bilinear_u8, uint32_t)
RUN(resize_bilinear_s16, uint32_t)
RUN(resize_nearest, uint32_t)

OCTET_RUN(rfft) {
    (void)phase;
    octet_rfft_ref(task->params, octet_task_input(task, frame, 0), octet_task_output(task, frame, 0), frame->scratch,
                   begin, end);
}
