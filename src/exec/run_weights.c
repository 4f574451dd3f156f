/* The plain loops of kernels with weights. */
#include "exec/run.h"

/* Input, weights and bias; the kernel does its units of the output. */
#define RUN(name, kernel)                                                                                          \
    OCTET_RUN(name) {                                                                                              \
        (void)phase;                                                                                               \
        const octet_params_of_##name *p = task->params;                                                            \
        kernel(p, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1),                              \
               octet_task_input(task, frame, 2), octet_task_output(task, frame, 0), (int32_t)begin, (int32_t)end); \
    }

RUN(conv_2d_f32, octet_conv_2d_f32_ref)
RUN(conv_2d_f32_plain, octet_conv_2d_f32_plain)
RUN(conv_2d_s8, octet_conv_2d_s8_ref)
RUN(conv_2d_s16, octet_conv_2d_s16_ref)
RUN(conv_2d_s16_b32, octet_conv_2d_s16_b32_ref)
RUN(conv_3d_f32, octet_conv_3d_f32_ref)
RUN(conv_3d_f32_plain, octet_conv_3d_f32_plain)
RUN(depthwise_f32, octet_depthwise_f32_ref)
RUN(depthwise_f32_plain, octet_depthwise_f32_plain)
RUN(depthwise_f32_eigen, octet_eigen_depthwise)
RUN(depthwise_s8, octet_depthwise_s8_ref)
RUN(depthwise_s16, octet_depthwise_s16_ref)
RUN(fully_connected_f32, octet_fully_connected_f32_ref)
RUN(fully_connected_f32_plain, octet_fully_connected_f32_plain)
RUN(fully_connected_s8, octet_fully_connected_s8_ref)
RUN(fully_connected_s16, octet_fully_connected_s16_ref)
RUN(fully_connected_s16_b32, octet_fully_connected_s16_b32_ref)
RUN(transpose_conv_f32, octet_transpose_conv_f32_ref)
RUN(transpose_conv_f32_plain, octet_transpose_conv_f32_plain)
RUN(transpose_conv_s8, octet_transpose_conv_s8_ref)
RUN(transpose_conv_s16, octet_transpose_conv_s16_ref)

#define RUN_EIGEN(name)                                                                                          \
    OCTET_RUN(name) {                                                                                            \
        (void)phase;                                                                                             \
        const octet_params_of_##name *p = task->params;                                                          \
        octet_eigen_product(p, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1),               \
                            octet_task_input(task, frame, 2), octet_task_output(task, frame, 0), frame->scratch, \
                            (int32_t)begin, (int32_t)end);                                                       \
    }

RUN_EIGEN(conv_2d_f32_eigen)
RUN_EIGEN(fully_connected_f32_eigen)

#define RUN_MATMUL(name, kernel)                                                      \
    OCTET_RUN(name) {                                                                 \
        (void)phase;                                                                  \
        const octet_params_of_##name *p = task->params;                               \
        kernel(p, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1), \
               octet_task_output(task, frame, 0), (int32_t)begin, (int32_t)end);      \
    }

RUN_MATMUL(batch_matmul_f32, octet_batch_matmul_f32_ref)
RUN_MATMUL(batch_matmul_f32_plain, octet_batch_matmul_f32_plain)
RUN_MATMUL(batch_matmul_s8, octet_batch_matmul_s8_ref)
RUN_MATMUL(batch_matmul_s16, octet_batch_matmul_s16_ref)

/* The rows in the memory that the threads share. */
static octet_hybrid_rows rows_in(const octet_hybrid_params *h, void *shared) {
    octet_hybrid_rows rows;
    rows.scales = shared;
    rows.zero_points = (int32_t *)(rows.scales + h->rows);
    rows.data = (int8_t *)(rows.zero_points + h->rows);
    return rows;
}

#define RUN_HYBRID(name)                                                                                            \
    OCTET_RUN(name) {                                                                                               \
        const octet_params_of_##name *p = task->params;                                                             \
        const octet_hybrid_rows rows = rows_in(&p->rows, frame->shared);                                            \
        if (phase == 0) {                                                                                           \
            octet_hybrid_quantize_ref(&p->rows, octet_task_input(task, frame, 0), &rows, (int32_t)begin,            \
                                      (int32_t)end);                                                                \
        } else {                                                                                                    \
            octet_##name##_ref(&p->shape, &p->rows, &rows, octet_task_input(task, frame, 1),                        \
                               octet_task_input(task, frame, 2), octet_task_output(task, frame, 0), (int32_t)begin, \
                               (int32_t)end);                                                                       \
        }                                                                                                           \
    }

RUN_HYBRID(conv_2d_hybrid)
RUN_HYBRID(depthwise_hybrid)
RUN_HYBRID(fully_connected_hybrid)
RUN_HYBRID(transpose_conv_hybrid)
