/* Chooses a faster variant for the task of a kernel. No other file does. */
#include "exec/task.h"
#include "kernels/fast/select.h"
#include "kernels/fast/softmax.h"
#include "lower/readers.h"

enum { UNPACKED_BYTES = 32 << 20 };

/* Operands by their place in the step. */
static const octet_value *operand_of(const octet_task_maker *maker, const octet_task *task, uint32_t i) {
    const octet_step *step = task->step;
    return i < step->n_inputs && step->inputs[i] != OCTET_NONE ? &maker->values[step->inputs[i]] : NULL;
}
enum { INPUT, WEIGHTS, BIAS };

/* Vectors may pass the end of an activation, not of a constant. */
static bool is_activation(const octet_task_maker *maker, const octet_task *task) {
    return operand_of(maker, task, INPUT)->data == NULL;
}

/* Weights can be packed when they are known before the first run. bias: NULL for none. */
static bool constant_weights(const octet_task_maker *maker, const octet_task *task, const void **weights,
                             const void **bias) {
    const octet_value *b = operand_of(maker, task, BIAS);
    *weights = operand_of(maker, task, WEIGHTS)->data;
    *bias = b != NULL ? b->data : NULL;
    return *weights != NULL && (b == NULL || b->data != NULL) && is_activation(maker, task);
}

/* Work of one phase, or of two when the input is prepared first. */
static octet_work work_of(uint32_t prepare_units, uint32_t units, size_t shared_bytes) {
    if (prepare_units == 0) return (octet_work){.n_phases = 1, .n_units = {units}, .shared_bytes = shared_bytes};
    return (octet_work){.n_phases = 2, .n_units = {prepare_units, units}, .shared_bytes = shared_bytes};
}

static void run_product(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin,
                        uint32_t end) {
    const octet_product *product = task->params;
    const void *input = octet_task_input(task, frame, INPUT);
    if (phase == 0 && task->work.n_phases == 2) {
        octet_product_prepare(product, input, frame->shared, begin, end);
    } else {
        octet_product_run(product, input, frame->shared, octet_task_output(task, frame, 0), begin, end);
    }
}

/* product: NULL where no fast kernel fits. */
static void set_product(octet_task *task, const octet_product *product) {
    if (product == NULL) return;
    task->run = run_product;
    task->params = product;
    task->work = work_of(octet_product_prepare_units(product), octet_product_units(product),
                         octet_product_shared_bytes(product));
    task->variant = product->kernel->name;
}

static octet_status hasten_product_s8(const octet_task_maker *maker, const octet_window_shape *shape, int32_t channels,
                                      const octet_requantize *q, octet_task *task) {
    const void *weights, *bias;
    octet_product *product;
    if (!constant_weights(maker, task, &weights, &bias)) return OCTET_OK;
    OCTET_TRY(octet_product_make_s8(maker->ctx, maker->arena, maker->cpu, shape, (uint32_t)channels, q, weights, bias,
                                    &product));
    set_product(task, product);
    return OCTET_OK;
}

static octet_status hasten_product_f32(const octet_task_maker *maker, const octet_window_shape *shape, int32_t channels,
                                       float real_min, float real_max, octet_task *task) {
    const void *weights, *bias;
    octet_product *product;
    if (!constant_weights(maker, task, &weights, &bias)) return OCTET_OK;
    OCTET_TRY(octet_product_make_f32(maker->ctx, maker->arena, maker->cpu, shape, (uint32_t)channels, real_min,
                                     real_max, weights, bias, &product));
    set_product(task, product);
    return OCTET_OK;
}

static void run_winograd(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin,
                         uint32_t end) {
    octet_winograd_run(task->params, phase, octet_task_input(task, frame, INPUT), frame->shared,
                       octet_task_output(task, frame, 0), begin, end);
}

/* *done: whether it fits and pays. */
static octet_status hasten_winograd(const octet_task_maker *maker, const octet_window_shape *shape, int32_t channels,
                                    const octet_requantize *q, octet_task *task, bool *done) {
    const void *weights, *bias;
    octet_winograd *winograd;
    *done = false;
    if (!constant_weights(maker, task, &weights, &bias)) return OCTET_OK;
    OCTET_TRY(octet_winograd_make(maker->ctx, maker->arena, maker->cpu, shape, (uint32_t)channels, q, weights, bias,
                                  &winograd));
    if (winograd == NULL) return OCTET_OK;
    task->run = run_winograd;
    task->params = winograd;
    task->work = (octet_work){.n_phases = octet_winograd_phases(winograd),
                              .shared_bytes = octet_winograd_shared_bytes(winograd)};
    for (uint32_t i = 0; i < task->work.n_phases; i++) task->work.n_units[i] = octet_winograd_units(winograd, i);
    task->variant = winograd->kernel->name;
    *done = true;
    return OCTET_OK;
}

static void run_columns(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin,
                        uint32_t end) {
    octet_columns_run(task->params, phase, octet_task_input(task, frame, INPUT), frame->shared,
                      octet_task_output(task, frame, 0), begin, end);
}

/* *done: whether it fits and pays. */
static octet_status hasten_columns(const octet_task_maker *maker, const octet_window_shape *shape, int32_t channels,
                                   const octet_requantize *q, octet_task *task, bool *done) {
    const void *weights, *bias;
    octet_columns *columns;
    *done = false;
    if (!constant_weights(maker, task, &weights, &bias)) return OCTET_OK;
    OCTET_TRY(octet_columns_make(maker->ctx, maker->arena, maker->cpu, shape, (uint32_t)channels, q, weights, bias,
                                 &columns));
    if (columns == NULL) return OCTET_OK;
    task->run = run_columns;
    task->params = columns;
    task->work = (octet_work){.n_phases = 3, .shared_bytes = octet_columns_shared_bytes(columns)};
    for (uint32_t i = 0; i < task->work.n_phases; i++) task->work.n_units[i] = octet_columns_units(columns, i);
    task->variant = columns->kernel->name;
    *done = true;
    return OCTET_OK;
}

static void run_strips(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    octet_strips_run(task->params, phase, octet_task_input(task, frame, INPUT), frame->shared,
                     octet_task_output(task, frame, 0), begin, end);
}

/* *done: whether it fits and pays. */
static octet_status hasten_strips(const octet_task_maker *maker, const octet_window_shape *shape, int32_t channels,
                                  const octet_requantize *q, octet_task *task, bool *done) {
    const void *weights, *bias;
    octet_strips *strips;
    *done = false;
    if (!constant_weights(maker, task, &weights, &bias)) return OCTET_OK;
    OCTET_TRY(
        octet_strips_make(maker->ctx, maker->arena, maker->cpu, shape, (uint32_t)channels, q, weights, bias, &strips));
    if (strips == NULL) return OCTET_OK;
    task->run = run_strips;
    task->params = strips;
    task->work =
        work_of(octet_strips_units(strips, 0), octet_strips_units(strips, 1), octet_strips_shared_bytes(strips));
    task->variant = strips->kernel->name;
    *done = true;
    return OCTET_OK;
}

static octet_status hasten_conv_s8(const octet_task_maker *maker, const octet_conv_2d_params *p,
                                   const octet_window_shape *shape, octet_task *task) {
    bool done;
    OCTET_TRY(hasten_winograd(maker, shape, p->out_c, &p->q, task, &done));
    if (!done) OCTET_TRY(hasten_strips(maker, shape, p->out_c, &p->q, task, &done));
    if (!done) OCTET_TRY(hasten_columns(maker, shape, p->out_c, &p->q, task, &done));
    return done ? OCTET_OK : hasten_product_s8(maker, shape, p->out_c, &p->q, task);
}

static octet_status hasten_conv_2d(const octet_task_maker *maker, octet_task *task) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(task->step);
    const octet_window_shape shape = octet_window_shape_of_conv_2d(p);
    if (task->step->kernel == OCTET_KERNEL_conv_2d_f32)
        return hasten_product_f32(maker, &shape, p->out_c, p->real_min, p->real_max, task);
    return hasten_conv_s8(maker, p, &shape, task);
}

/* The pool takes its maximum of sums. */
static octet_status hasten_conv_2d_with_pool(const octet_task_maker *maker, octet_task *task) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(task->step);
    const octet_window_shape shape = octet_window_shape_of_pooled(p, octet_step_params_pool_2d(task->behind[0]));
    return hasten_conv_s8(maker, p, &shape, task);
}

/* One row through float weights that no cache holds waits for memory. The plain loop, which computes some outputs
 * side by side, does so too (207 MB: 12.8 ms against 14.9 ms), and packed weights would be in memory twice. */
static bool waits_for_memory(const octet_fully_connected_params *p) {
    return p->rows == 1 && (size_t)p->depth * (size_t)p->out_c * sizeof(float) >= UNPACKED_BYTES;
}

static octet_status hasten_fully_connected(const octet_task_maker *maker, octet_task *task) {
    const octet_fully_connected_params *p = octet_step_params_fully_connected(task->step);
    if (task->step->kernel == OCTET_KERNEL_fully_connected_f32 && waits_for_memory(p)) return OCTET_OK;
    const octet_window_shape shape = octet_window_shape_of_fully_connected(p);
    if (task->step->kernel == OCTET_KERNEL_fully_connected_f32)
        return hasten_product_f32(maker, &shape, p->out_c, p->real_min, p->real_max, task);
    return hasten_product_s8(maker, &shape, p->out_c, &p->q, task);
}

static void run_channelwise(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin,
                            uint32_t end) {
    const octet_channelwise *channelwise = task->params;
    const void *input = octet_task_input(task, frame, INPUT);
    if (phase == 0 && task->work.n_phases == 2) {
        octet_channelwise_prepare(channelwise, input, frame->shared, begin, end);
    } else {
        octet_channelwise_run(channelwise, input, frame->shared, octet_task_output(task, frame, 0), begin, end);
    }
}

static octet_status hasten_depthwise(const octet_task_maker *maker, octet_task *task) {
    const octet_depthwise_params *p = octet_step_params_depthwise(task->step);
    const void *weights, *bias;
    octet_channelwise *c = NULL;
    if (!constant_weights(maker, task, &weights, &bias)) return OCTET_OK;
    if (task->step->kernel == OCTET_KERNEL_depthwise_f32)
        OCTET_TRY(octet_channelwise_make_f32(maker->ctx, maker->arena, maker->cpu, p, weights, bias, &c));
    else OCTET_TRY(octet_channelwise_make_s8(maker->ctx, maker->arena, maker->cpu, p, weights, bias, &c));
    if (c == NULL) return OCTET_OK;
    task->run = run_channelwise;
    task->params = c;
    task->work =
        work_of(octet_channelwise_prepare_units(c), octet_channelwise_units(c), octet_channelwise_shared_bytes(c));
    task->variant = c->kernel->name;
    return OCTET_OK;
}

/* Kernels that take what the plain loops take. */
typedef struct fast_mean {
    const octet_reduce_params *params;
    const octet_mean_kernel *kernel;
} fast_mean;
typedef struct fast_pool {
    const octet_pool_2d_params *params;
    octet_pool_f32 *f32;
    octet_pool_s8 *s8;
} fast_pool;

#define RUN(name, TASK, function)                                                                                      \
    static void name(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) { \
        (void)phase;                                                                                                   \
        const TASK *fast = task->params;                                                                               \
        fast->function(fast->params, octet_task_input(task, frame, INPUT), octet_task_output(task, frame, 0),          \
                       (int32_t)begin, (int32_t)end);                                                                  \
    }

RUN(run_mean_f32, fast_mean, kernel->f32)
RUN(run_mean_s8, fast_mean, kernel->s8)
RUN(run_pool_f32, fast_pool, f32)
RUN(run_pool_s8, fast_pool, s8)

static octet_status hasten_mean(const octet_task_maker *maker, octet_task *task) {
    const octet_reduce_params *p = octet_step_params_reduce(task->step);
    const octet_mean_kernel *kernel = octet_select_mean(maker->cpu);
    if (kernel == NULL || !octet_mean_fast_fits(p)) return OCTET_OK;
    fast_mean *fast;
    OCTET_TRY(OCTET_NEW(maker->ctx, maker->arena, 1, &fast));
    *fast = (fast_mean){.params = p, .kernel = kernel};
    task->run = task->step->kernel == OCTET_KERNEL_mean_f32 ? run_mean_f32 : run_mean_s8;
    task->params = fast;
    task->variant = kernel->name;
    return OCTET_OK;
}

static octet_status hasten_pool_2d(const octet_task_maker *maker, octet_task *task) {
    const octet_pool_2d_params *p = octet_step_params_pool_2d(task->step);
    const octet_pool_kernel *kernel = octet_select_pool_2d(maker->cpu);
    if (kernel == NULL || !is_activation(maker, task)) return OCTET_OK;
    const bool few = (int64_t)p->filter_h * p->filter_w <= OCTET_POOL_AVERAGE_CELLS;
    const octet_kernel plain = task->step->kernel;
    fast_pool *fast;
    OCTET_TRY(OCTET_NEW(maker->ctx, maker->arena, 1, &fast));
    fast->params = p;
    if (plain == OCTET_KERNEL_max_pool_2d_f32) fast->f32 = kernel->max_f32;
    if (plain == OCTET_KERNEL_average_pool_2d_f32) fast->f32 = kernel->average_f32;
    if (plain == OCTET_KERNEL_max_pool_2d_s8) fast->s8 = kernel->max_s8;
    if (plain == OCTET_KERNEL_average_pool_2d_s8 && few) fast->s8 = kernel->average_s8;
    if (fast->f32 == NULL && fast->s8 == NULL) return OCTET_OK;
    task->run = fast->f32 != NULL ? run_pool_f32 : run_pool_s8;
    task->params = fast;
    task->variant = kernel->name;
    return OCTET_OK;
}

static void run_softmax_s8(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin,
                           uint32_t end) {
    (void)phase;
    octet_softmax_s8_fast(task->params, octet_task_input(task, frame, INPUT), octet_task_output(task, frame, 0),
                          (int32_t)begin, (int32_t)end);
}

static octet_status hasten_softmax_s8(const octet_task_maker *maker, octet_task *task) {
    octet_softmax_fast *fast;
    OCTET_TRY(OCTET_NEW(maker->ctx, maker->arena, 1, &fast));
    octet_softmax_fast_make(octet_step_params_softmax(task->step), fast);
    task->run = run_softmax_s8;
    task->params = fast;
    task->variant = "table";
    return OCTET_OK;
}

typedef struct fast_rows {
    const octet_broadcast_params *walk;
    octet_broadcast_row *row;
    const octet_rows_s8 *params;
} fast_rows;

static void run_rows(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const fast_rows *r = task->params;
    const void *const in[2] = {octet_task_input(task, frame, 0), octet_task_input(task, frame, 1)};
    octet_broadcast_walk(r->walk, r->row, r->params, in, octet_task_output(task, frame, 0), begin, end);
}

static octet_status hasten_arithmetic(const octet_task_maker *maker, octet_task *task) {
    const octet_binary_quantized_params *p = octet_step_params_arithmetic_quantized(task->step);
    const size_t n_elements = octet_shape_elements(&maker->values[task->step->outputs[0]].shape);
    octet_broadcast_row *row;
    octet_rows_s8 *params;
    OCTET_TRY(octet_rows_make_s8(maker->ctx, maker->arena, maker->cpu, p->operation, &p->q, n_elements, &row, &params));
    if (row == NULL) return OCTET_OK;
    fast_rows *r;
    OCTET_TRY(OCTET_NEW(maker->ctx, maker->arena, 1, &r));
    *r = (fast_rows){.walk = &p->walk, .row = row, .params = params};
    task->run = run_rows;
    task->params = r;
    task->variant = params->name;
    return OCTET_OK;
}

octet_status octet_task_hasten(const octet_task_maker *maker, octet_task *task) {
    static const struct {
        octet_kernel kernel;
        octet_status (*hasten)(const octet_task_maker *maker, octet_task *task);
    } table[] = {
        {OCTET_KERNEL_arithmetic_quantized_s8, hasten_arithmetic},
        {OCTET_KERNEL_average_pool_2d_f32, hasten_pool_2d},
        {OCTET_KERNEL_average_pool_2d_s8, hasten_pool_2d},
        {OCTET_KERNEL_conv_2d_f32, hasten_conv_2d},
        {OCTET_KERNEL_conv_2d_s8, hasten_conv_2d},
        {OCTET_KERNEL_depthwise_f32, hasten_depthwise},
        {OCTET_KERNEL_depthwise_s8, hasten_depthwise},
        {OCTET_KERNEL_fully_connected_f32, hasten_fully_connected},
        {OCTET_KERNEL_fully_connected_s8, hasten_fully_connected},
        {OCTET_KERNEL_max_pool_2d_f32, hasten_pool_2d},
        {OCTET_KERNEL_max_pool_2d_s8, hasten_pool_2d},
        {OCTET_KERNEL_mean_f32, hasten_mean},
        {OCTET_KERNEL_mean_s8, hasten_mean},
        {OCTET_KERNEL_softmax_s8, hasten_softmax_s8},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].kernel == task->step->kernel) return table[i].hasten(maker, task);
    return OCTET_OK;
}

octet_status octet_task_hasten_group(const octet_task_maker *maker, octet_task *task) {
    if (task->step->kernel == OCTET_KERNEL_conv_2d_s8 && octet_step_takes_pool(task->step, task->behind[0]))
        return hasten_conv_2d_with_pool(maker, task);
    return OCTET_OK;
}
