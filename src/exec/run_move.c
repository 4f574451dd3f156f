/* The plain loops of kernels that move elements. */
#include <string.h>

#include "exec/run.h"
#include "kernels/ref/shape_values.h"

OCTET_RUN(copies) {
    (void)phase;
    const octet_copies_params *p = task->params;
    for (uint32_t i = 0; i < p->n_parts; i++) {
        const octet_copies_part *part = &p->parts[i];
        const uint32_t last = part->first_row + part->n_rows;
        if (last <= begin || part->first_row >= end) continue;
        const void *input = part->input == OCTET_NONE ? p->value : octet_task_input(task, frame, part->input);
        octet_copy_ref(&part->copy, input, octet_task_output(task, frame, part->output),
                       begin > part->first_row ? begin - part->first_row : 0,
                       (end < last ? end : last) - part->first_row);
    }
}

OCTET_RUN(join_bytes) {
    (void)phase;
    const octet_join_bytes_params *p = task->params;
    size_t at = 0;
    for (uint32_t i = 0; i < p->n_parts; at += p->parts[i++].run)
        octet_join_bytes_ref(p, i, at, octet_task_input(task, frame, i), octet_task_output(task, frame, 0), begin, end);
}

#define RUN_ONE(name)                                                                                           \
    OCTET_RUN(name) {                                                                                           \
        (void)phase;                                                                                            \
        const octet_params_of_##name *p = task->params;                                                         \
        octet_##name##_ref(p, octet_task_input(task, frame, 0), octet_task_output(task, frame, 0), begin, end); \
    }

RUN_ONE(mirror_pad)
RUN_ONE(space_to_batch)
RUN_ONE(batch_to_space)

#define RUN_TWO(name)                                                                             \
    OCTET_RUN(name) {                                                                             \
        (void)phase;                                                                              \
        const octet_params_of_##name *p = task->params;                                           \
        octet_##name##_ref(p, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1), \
                           octet_task_output(task, frame, 0), begin, end);                        \
    }

RUN_TWO(gather)
RUN_TWO(gather_nd)

OCTET_RUN(one_hot) {
    (void)phase;
    octet_one_hot_ref(task->params, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1),
                      octet_task_input(task, frame, 2), octet_task_output(task, frame, 0), begin, end);
}

/* The following are one unit of work. */
#define RUN_SCATTER(suffix)                                                                                            \
    OCTET_RUN(scatter_##suffix) {                                                                                      \
        (void)phase;                                                                                                   \
        if (begin == end) return;                                                                                      \
        octet_scatter_##suffix##_ref(task->params, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1), \
                                     octet_task_output(task, frame, 0));                                               \
    }

RUN_SCATTER(f32)
RUN_SCATTER(s8)
RUN_SCATTER(u8)
RUN_SCATTER(s32)
RUN_SCATTER(s64)

OCTET_RUN(update_slice) {
    (void)phase;
    if (begin == end) return;
    octet_update_slice_ref(task->params, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1),
                           octet_task_input(task, frame, 2), octet_task_output(task, frame, 0));
}

OCTET_RUN(bytes) {
    (void)phase;
    const octet_bytes_params *p = task->params;
    if (begin < end) memcpy(octet_task_output(task, frame, 0), p->bytes, p->n_bytes);
}

#define RUN_RANGE(suffix, TYPE)                                                                                        \
    OCTET_RUN(range_##suffix) {                                                                                        \
        (void)phase;                                                                                                   \
        const octet_elements_params *p = task->params;                                                                 \
        const TYPE *start = octet_task_input(task, frame, 0), *delta = octet_task_input(task, frame, 1);               \
        if (begin < end) octet_range_##suffix##_ref(*start, *delta, octet_task_output(task, frame, 0), p->n_elements); \
    }

RUN_RANGE(f32, float)
RUN_RANGE(s32, int32_t)
RUN_RANGE(s64, int64_t)

OCTET_RUN(broadcast_args) {
    (void)phase;
    const octet_broadcast_args_params *p = task->params;
    if (begin == end) return;
    octet_broadcast_args_ref(octet_task_input(task, frame, 0), p->n[0], octet_task_input(task, frame, 1), p->n[1],
                             octet_task_output(task, frame, 0), p->element_size);
}

static void fill(const octet_fill_params *p, const void *value, void *output, uint32_t begin, uint32_t end) {
    const octet_span span = octet_run_span(p->n_elements, begin, end);
    octet_fill_ref(value, p->element_size, (char *)output + span.first * p->element_size, span.count);
}

OCTET_RUN(fill) {
    (void)phase;
    fill(task->params, octet_task_input(task, frame, 0), octet_task_output(task, frame, 0), begin, end);
}

OCTET_RUN(fill_constant) {
    (void)phase;
    const octet_fill_params *p = task->params;
    fill(p, p->value, octet_task_output(task, frame, 0), begin, end);
}

OCTET_RUN(detection) {
    (void)phase;
    const void *in[3];
    float *out[4];
    if (begin == end) return;
    for (uint32_t i = 0; i < 3; i++) in[i] = octet_task_input(task, frame, i);
    for (uint32_t i = 0; i < 4; i++) out[i] = octet_task_output(task, frame, i);
    octet_detection_ref(task->params, in, out, frame->shared);
}

static float number(const octet_task *task, const octet_frame *frame, uint32_t i) {
    return *(const float *)octet_task_input(task, frame, i);
}

OCTET_RUN(suppression) {
    (void)phase;
    if (begin == end) return;
    octet_suppression_ref(task->params, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1),
                          number(task, frame, 3), number(task, frame, 4), 0.0f, octet_task_output(task, frame, 0), NULL,
                          octet_task_output(task, frame, 1), frame->shared);
}

OCTET_RUN(soft_suppression) {
    (void)phase;
    if (begin == end) return;
    octet_suppression_ref(task->params, octet_task_input(task, frame, 0), octet_task_input(task, frame, 1),
                          number(task, frame, 3), number(task, frame, 4), number(task, frame, 5),
                          octet_task_output(task, frame, 0), octet_task_output(task, frame, 1),
                          octet_task_output(task, frame, 2), frame->shared);
}
