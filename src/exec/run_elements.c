/* The plain loops of kernels that compute element by element. */
#include "exec/run.h"
#include "kernels/ref/select.h"

/* Operands that broadcast to the result; `row` computes n elements side by side. */
static void walk(const octet_task *task, const octet_frame *frame, const octet_broadcast_params *walk,
                 octet_broadcast_row *row, const void *params, uint32_t begin, uint32_t end) {
    const void *in[OCTET_BROADCAST_MAX_OPERANDS];
    for (int32_t i = 0; i < walk->n_operands; i++) in[i] = octet_task_input(task, frame, (uint32_t)i);
    octet_broadcast_walk(walk, row, params, in, octet_task_output(task, frame, 0), begin, end);
}

#define RUN_WALK(name, row, row_params)                           \
    OCTET_RUN(name) {                                             \
        (void)phase;                                              \
        const octet_params_of_##name *p = task->params;           \
        walk(task, frame, &p->walk, row, row_params, begin, end); \
    }

RUN_WALK(arithmetic_f32, octet_arithmetic_row_ref(p->operation, OCTET_ARITHMETIC_F32), &p->bounds)
RUN_WALK(arithmetic_s8, octet_arithmetic_row_ref(p->operation, OCTET_ARITHMETIC_S8), &p->bounds)
RUN_WALK(arithmetic_s16, octet_arithmetic_row_ref(p->operation, OCTET_ARITHMETIC_S16), &p->bounds)
RUN_WALK(arithmetic_s32, octet_arithmetic_row_ref(p->operation, OCTET_ARITHMETIC_S32), &p->bounds)
RUN_WALK(arithmetic_s64, octet_arithmetic_row_ref(p->operation, OCTET_ARITHMETIC_S64), &p->bounds)
RUN_WALK(arithmetic_quantized_s8, octet_arithmetic_quantized_row_ref(p->operation, OCTET_ARITHMETIC_S8), &p->q)
RUN_WALK(arithmetic_quantized_s16, octet_arithmetic_quantized_row_ref(p->operation, OCTET_ARITHMETIC_S16), &p->q)
RUN_WALK(compare_f32, octet_compare_row_ref(p->operation, OCTET_COMPARE_F32), &p->q)
RUN_WALK(compare_s8, octet_compare_row_ref(p->operation, OCTET_COMPARE_S8), &p->q)
RUN_WALK(compare_u8, octet_compare_row_ref(p->operation, OCTET_COMPARE_U8), &p->q)
RUN_WALK(compare_s16, octet_compare_row_ref(p->operation, OCTET_COMPARE_S16), &p->q)
RUN_WALK(compare_s32, octet_compare_row_ref(p->operation, OCTET_COMPARE_S32), &p->q)
RUN_WALK(compare_s64, octet_compare_row_ref(p->operation, OCTET_COMPARE_S64), &p->q)
RUN_WALK(prelu_f32, octet_prelu_f32_ref, &p->q)
RUN_WALK(prelu_s8, octet_prelu_s8_ref, &p->q)
RUN_WALK(prelu_s16, octet_prelu_s16_ref, &p->q)

OCTET_RUN(select) {
    (void)phase;
    const octet_broadcast_params *p = task->params;
    walk(task, frame, p, octet_select_row_ref(p->out_size), NULL, begin, end);
}

/* Elements one by one: `statement` does n of them, from `in` to `out`. */
#define RUN_PIECES(name, TYPE, statement)                                             \
    OCTET_RUN(name) {                                                                 \
        (void)phase;                                                                  \
        const octet_params_of_##name *p = task->params;                               \
        const octet_span span = octet_run_span(p->n_elements, begin, end);            \
        const TYPE *in = (const TYPE *)octet_task_input(task, frame, 0) + span.first; \
        TYPE *out = (TYPE *)octet_task_output(task, frame, 0) + span.first;           \
        const size_t n = span.count;                                                  \
        statement;                                                                    \
    }

RUN_PIECES(unary_f32, float, octet_unary_f32_ref(p->operation)(in, out, n, p->alpha))
RUN_PIECES(unary_f32_plain, float, octet_unary_f32_plain(p->operation)(in, out, n, p->alpha))
RUN_PIECES(unary_s32, int32_t, octet_unary_s32_ref(p->operation, in, out, n))
RUN_PIECES(unary_s64, int64_t, octet_unary_s64_ref(p->operation, in, out, n))
RUN_PIECES(unary_s8, int8_t, octet_unary_table_s8_ref(p->table, in, out, n))
RUN_PIECES(unary_s16, int16_t, octet_unary_s16_ref(&p->q, in, out, n))
RUN_PIECES(logical_not, uint8_t, octet_logical_not_ref(in, out, n))

OCTET_RUN(cast) {
    (void)phase;
    const octet_cast_params *p = task->params;
    const octet_span span = octet_run_span(p->n_elements, begin, end);
    octet_cast_ref(p->from, p->to, (const char *)octet_task_input(task, frame, 0) + span.first * p->from_size,
                   (char *)octet_task_output(task, frame, 0) + span.first * p->to_size, span.count);
}

OCTET_RUN(complex_part) {
    (void)phase;
    const octet_complex_part_params *p = task->params;
    const octet_span span = octet_run_span(p->n_elements, begin, end);
    octet_complex_part_ref(p->part, (const float *)octet_task_input(task, frame, 0) + 2 * span.first,
                           (float *)octet_task_output(task, frame, 0) + span.first, span.count);
}
