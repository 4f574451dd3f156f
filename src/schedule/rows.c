#include "schedule/rows.h"

#include "lower/readers.h"
#include "schedule/sums.h"

/* size: of an element, here and below. */
static octet_rows conv_rows(const octet_conv_2d_params *p, size_t size) {
    return (octet_rows){.n_operands = 1,
                        .batches = p->batches,
                        .out_h = p->out_h,
                        .in_h = p->in_h,
                        .stride = p->stride_h,
                        .extent = (p->filter_h - 1) * p->dilation_h + 1,
                        .pad = p->pad_top,
                        .out_bytes = size * (size_t)p->out_w * (size_t)p->out_c,
                        .in_bytes = size * (size_t)p->in_w * (size_t)p->in_c};
}

static octet_rows depthwise_rows(const octet_depthwise_params *p, size_t size) {
    return (octet_rows){.n_operands = 1,
                        .batches = p->batches,
                        .out_h = p->out_h,
                        .in_h = p->in_h,
                        .stride = p->stride_h,
                        .extent = (p->filter_h - 1) * p->dilation_h + 1,
                        .pad = p->pad_top,
                        .out_bytes = size * (size_t)p->out_w * (size_t)p->out_c,
                        .in_bytes = size * (size_t)p->in_w * (size_t)p->in_c};
}

static octet_rows pool_rows(const octet_pool_2d_params *p, size_t size) {
    return (octet_rows){.n_operands = 1,
                        .batches = p->batches,
                        .out_h = p->out_h,
                        .in_h = p->in_h,
                        .stride = p->stride_h,
                        .extent = p->filter_h,
                        .pad = p->pad_top,
                        .out_bytes = size * (size_t)p->out_w * (size_t)p->channels,
                        .in_bytes = size * (size_t)p->in_w * (size_t)p->channels};
}

/* A row is a step of the sequence, which changes the state: they are done in order, each once. */
static octet_rows lstm_rows(const octet_lstm_params *p) {
    return (octet_rows){.n_operands = 1,
                        .batches = 1,
                        .out_h = p->steps,
                        .in_h = p->steps,
                        .stride = 1,
                        .extent = 1,
                        .out_bytes = (size_t)p->cells,
                        .in_bytes = (size_t)p->inputs};
}

static bool is_quantized(octet_type type) { return type == OCTET_INT8 || type == OCTET_UINT8 || type == OCTET_INT16; }

/* All operands have the shape of the result, [1,H,W,C]: a row of each gives a row. */
static bool element_rows(const octet_graph *graph, const octet_step *step, octet_rows *out) {
    const octet_shape *shape = &graph->values[step->outputs[0]].shape;
    if (shape->rank != 4 || shape->dims[0] != 1) return false;
    for (uint32_t i = 0; i < step->n_inputs; i++)
        if (step->inputs[i] == OCTET_NONE || !octet_shape_equal(&graph->values[step->inputs[i]].shape, shape))
            return false;
    const size_t n = (size_t)shape->dims[2] * (size_t)shape->dims[3];
    *out = (octet_rows){.n_operands = step->n_inputs,
                        .batches = 1,
                        .out_h = shape->dims[1],
                        .in_h = shape->dims[1],
                        .stride = 1,
                        .extent = 1,
                        .out_bytes = n * octet_type_size(graph->values[step->outputs[0]].type),
                        .in_bytes = n * octet_type_size(graph->values[step->inputs[0]].type)};
    return true;
}

/* Of one number each; QUANTIZE and DEQUANTIZE of float32 too. */
static bool is_elementwise(const octet_step *step) {
    const octet_params_kind kind = octet_kernel_params(step->kernel);
    return kind == OCTET_PARAMS_arithmetic_quantized || kind == OCTET_PARAMS_unary_table ||
           kind == OCTET_PARAMS_unary_s16 || kind == OCTET_PARAMS_quantize;
}

bool octet_rows_of(const octet_graph *graph, const octet_step *step, octet_rows *out) {
    const octet_params_kind kind = octet_kernel_params(step->kernel);
    if (step->n_inputs == 0 || step->inputs[0] == OCTET_NONE || step->n_outputs == 0) return false;
    if (is_elementwise(step)) return element_rows(graph, step, out);
    const octet_type type = graph->values[step->inputs[0]].type;
    const size_t size = octet_type_size(type);
    if (!is_quantized(type) || graph->values[step->outputs[0]].type != type) return false;
    if (kind == OCTET_PARAMS_conv_2d) *out = conv_rows(octet_step_params_conv_2d(step), size);
    else if (kind == OCTET_PARAMS_depthwise) *out = depthwise_rows(octet_step_params_depthwise(step), size);
    else if (kind == OCTET_PARAMS_lstm && octet_step_params_lstm(step)->batches == 1)
        *out = lstm_rows(octet_step_params_lstm(step));
    else if (kind == OCTET_PARAMS_pool_2d) *out = pool_rows(octet_step_params_pool_2d(step), size);
    else return false;
    return true;
}

void octet_rows_window(const octet_rows *r, int32_t y, int32_t *begin, int32_t *end) {
    const int32_t first = y * r->stride - r->pad, last = first + r->extent;
    *end = last < r->in_h ? last : r->in_h;
    *begin = first > 0 ? first : 0;
}

/* Over height and width, and over nothing else; one mean for each channel. */
static bool is_mean_of_maps(const octet_graph *graph, const octet_step *step, octet_rows *out) {
    const octet_reduce_params *p = octet_step_params_reduce(step);
    const octet_shape *in = &graph->values[step->inputs[0]].shape;
    if (in->rank != 4 || in->dims[0] != 1 || p->n_outputs != in->dims[3]) return false;
    for (int32_t i = 0; i < p->n_kept; i++)
        if (p->kept[i].size > 1 && p->kept[i].stride != 1) return false;
    const octet_type type = graph->values[step->inputs[0]].type;
    out->in_h = in->dims[1];
    out->in_bytes = octet_type_size(type) * (size_t)in->dims[2] * (size_t)in->dims[3];
    return p->count == in->dims[1] * in->dims[2] && p->count <= octet_rows_most_mean(type);
}

static bool is_pool_of_maps(const octet_graph *graph, const octet_step *step, octet_rows *out) {
    const octet_pool_2d_params *p = octet_step_params_pool_2d(step);
    const octet_type type = graph->values[step->inputs[0]].type;
    out->in_h = p->in_h;
    out->in_bytes = octet_type_size(type) * (size_t)p->in_w * (size_t)p->channels;
    return p->batches == 1 && p->out_h == 1 && p->out_w == 1 && p->pad_top == 0 && p->pad_left == 0 &&
           p->filter_h == p->in_h && p->filter_w == p->in_w &&
           (int64_t)p->in_h * (int64_t)p->in_w <= octet_rows_most_mean(type);
}

bool octet_rows_of_sums(const octet_graph *graph, const octet_step *step, const octet_rows *before, octet_rows *out) {
    octet_rows rows = {.n_operands = 1, .batches = 1, .stride = 1, .extent = 1};
    bool can_add = false;
    if (octet_kernel_params(step->kernel) == OCTET_PARAMS_fully_connected) {
        rows.in_h = before->out_h, rows.in_bytes = before->out_bytes;
        can_add = octet_sums_words(graph, step) > 0;
    } else if (step->kernel == OCTET_KERNEL_mean_s8 || step->kernel == OCTET_KERNEL_mean_s16) {
        can_add = is_mean_of_maps(graph, step, &rows);
    } else if (step->kernel == OCTET_KERNEL_average_pool_2d_s8 || step->kernel == OCTET_KERNEL_average_pool_2d_s16) {
        can_add = is_pool_of_maps(graph, step, &rows);
    }
    rows.out_h = rows.in_h;
    if (can_add) *out = rows;
    return can_add;
}

size_t octet_rows_unread(const octet_step *step, uint32_t operand) {
    if (step->kernel != OCTET_KERNEL_copies) return 0;
    const octet_copies_params *p = octet_step_params_copies(step);
    int64_t first = INT64_MAX;
    for (uint32_t i = 0; i < p->n_parts; i++) {
        const octet_copy_params *c = &p->parts[i].copy;
        int64_t low = c->in_offset;
        if (p->parts[i].input != operand || p->parts[i].n_rows == 0) continue;
        for (int32_t k = 0; k < c->n_axes; k++)
            if (c->in_stride[k] < 0) low += c->in_stride[k] * (c->count[k] - 1);
        if (low < first) first = low;
    }
    return first < 0 || first == INT64_MAX ? 0 : (size_t)first;
}

bool octet_rows_with_pool(const octet_graph *graph, const octet_step *step, const octet_step *pool, octet_rows *out) {
    if (!octet_step_takes_pool(step, pool) || octet_sums_most(graph, step) > INT32_MAX) return false;
    const octet_conv_2d_params *c = octet_step_params_conv_2d(step);
    const octet_pool_2d_params *p = octet_step_params_pool_2d(pool);
    const size_t element = step->kernel == OCTET_KERNEL_conv_2d_s16 ? 2 : 1;
    *out = conv_rows(c, element);
    out->out_h = p->out_h;
    out->out_bytes = element * (size_t)p->out_w * (size_t)p->channels;
    out->extent += (p->filter_h - 1) * c->stride_h;
    out->stride *= p->stride_h;
    return true;
}
