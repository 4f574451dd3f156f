#include "exec/task.h"

#include "kernels/ref/flip.h"
#include "lower/unsigned.h"

/* The orders of sums that are not the reference's have a name of their own in profiles. */
static const char *variant_of(octet_kernel kernel) {
    const bool is_eigen = kernel == OCTET_KERNEL_conv_2d_f32_eigen || kernel == OCTET_KERNEL_depthwise_f32_eigen ||
                          kernel == OCTET_KERNEL_fully_connected_f32_eigen;
    return is_eigen ? "eigen" : "ref";
}

/* An int8 step for uint8 operands, with whatever loops the inner step runs on. */
typedef struct as_s8_task {
    const octet_as_s8_params *p;
    octet_task inner;
} as_s8_task;

static octet_status make_as_s8(const octet_task_maker *maker, octet_task *out) {
    as_s8_task *t;
    OCTET_TRY(OCTET_NEW(maker->ctx, maker->arena, 1, &t));
    t->p = octet_step_params_as_s8(out->step);
    octet_task_maker inner = *maker;
    inner.values = t->p->twins;
    OCTET_TRY(octet_task_make(&inner, &t->p->inner, &t->inner));
    out->params = t;
    out->work = octet_as_s8_work(t->p, &t->inner.work);
    out->variant = t->inner.variant;
    return OCTET_OK;
}

/* Units [begin, end) of blocks of the operands, one after the other, or of the results, in place. */
static void turn_units(const octet_as_s8_params *p, const octet_frame *frame, bool results, uint32_t begin,
                       uint32_t end) {
    uint32_t first = 0;
    for (uint32_t i = results ? p->n_inputs : 0; i < (results ? p->n_values : p->n_inputs); i++) {
        const octet_turned *t = &p->values[i];
        const uint32_t last = first + octet_as_s8_blocks(t);
        for (uint32_t unit = begin > first ? begin : first; unit < end && unit < last; unit++) {
            const size_t at = (size_t)(unit - first) * OCTET_AS_S8_BLOCK, left = t->n_turned - at;
            uint8_t *value = (uint8_t *)frame->values[t->value] + at,
                    *to = results ? value : (uint8_t *)frame->shared + t->offset + at;
            octet_flip_signs(value, to, left < OCTET_AS_S8_BLOCK ? left : OCTET_AS_S8_BLOCK);
        }
        first = last;
    }
}

OCTET_RUN(as_s8) {
    const as_s8_task *s = task->params;
    const octet_as_s8_params *p = s->p;
    if (phase == 0 || phase == task->work.n_phases - 1) {
        turn_units(p, frame, phase > 0, begin, end);
        return;
    }
    void *values[OCTET_AS_S8_VALUES];
    for (uint32_t i = 0; i < p->n_values; i++) {
        const octet_turned *t = &p->values[i];
        const bool copied = i < p->n_inputs && t->n_turned > 0;
        values[i] = t->value == OCTET_NONE ? (void *)(uintptr_t)t->constant
                    : copied               ? (uint8_t *)frame->shared + t->offset
                                           : frame->values[t->value];
    }
    const octet_frame inner = {
        .values = values, .shared = (uint8_t *)frame->shared + p->inner_shared, .scratch = frame->scratch};
    s->inner.run(&s->inner, &inner, phase - 1, begin, end);
}

octet_status octet_task_make(const octet_task_maker *maker, const octet_step *step, octet_task *out) {
    *out = (octet_task){.run = octet_runs[step->kernel],
                        .params = step->params,
                        .step = step,
                        .work = step->work,
                        .variant = variant_of(step->kernel)};
    if (step->kernel == OCTET_KERNEL_as_s8) return make_as_s8(maker, out);
    return maker->cpu != 0 ? octet_task_hasten(maker, out) : OCTET_OK;
}

octet_status octet_task_make_group(const octet_task_maker *maker, const octet_step *step, const octet_step *behind,
                                   octet_task *out, bool *done) {
    *out = (octet_task){.step = step, .behind = {behind}, .n_behind = 1};
    OCTET_TRY(octet_task_hasten_group(maker, out));
    *done = out->run != NULL;
    return OCTET_OK;
}
