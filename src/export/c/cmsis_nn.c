#include "export/c/cmsis_nn.h"

#include "base/format.h"
#include "export/c/files.h"
#include "export/c/scale.h"
#include "schedule/sums.h"

typedef struct dims {
    int32_t n, h, w, c;
} dims;

/* ---- What the library has ---- */

static bool has_weights(const octet_c_emitter *e, const octet_step *step, const octet_requantize *q) {
    const bool has_bias = step->n_inputs > 2 && step->inputs[2] != OCTET_NONE;
    return octet_value_is_constant(&e->graph->values[step->inputs[1]]) &&
           (!has_bias || octet_value_is_constant(&e->graph->values[step->inputs[2]])) && q->weight_zero_point == 0 &&
           octet_sums_most(e->graph, step) <= INT32_MAX;
}

static bool has_conv(const octet_c_emitter *e, const octet_step *step) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(step);
    return p->batches == 1 && p->groups == 1 && has_weights(e, step, &p->q);
}

static bool has_depthwise(const octet_c_emitter *e, const octet_step *step) {
    const octet_depthwise_params *p = octet_step_params_depthwise(step);
    return p->batches == 1 && has_weights(e, step, &p->q);
}

static bool has_dense(const octet_c_emitter *e, const octet_step *step) {
    return has_weights(e, step, &octet_step_params_fully_connected(step)->q);
}

static bool has_pool(const octet_c_emitter *e, const octet_step *step) {
    (void)e;
    return octet_step_params_pool_2d(step)->batches == 1;
}

static bool has_softmax(const octet_c_emitter *e, const octet_step *step) {
    const octet_softmax_params *p = octet_step_params_softmax(step);
    (void)e;
    return p->shift >= 0 && p->shift < 31 && p->depth <= OCTET_C_MOST_SOFTMAX;
}

/* Operands of one shape; the library adds with shifts to the right only. */
static bool has_arithmetic(const octet_c_emitter *e, const octet_step *step) {
    const octet_binary_quantized_params *p = octet_step_params_arithmetic_quantized(step);
    const octet_shape *shape = &e->graph->values[step->outputs[0]].shape;
    for (uint32_t i = 0; i < 2; i++)
        if (!octet_shape_equal(&e->graph->values[step->inputs[i]].shape, shape)) return false;
    if (p->operation == OCTET_ARITHMETIC_MUL) return p->q.shift_out <= 0;
    return p->operation == OCTET_ARITHMETIC_ADD && p->q.shift[0] <= 0 && p->q.shift[1] <= 0 && p->q.shift_out <= 0;
}

/* ---- What its calls are made of ---- */

static void write_dims(octet_c_emitter *e, const char *name, const char *what, dims d) {
    octet_c_line(&e->functions, "static const cmsis_nn_dims @%s_%s_dims = {%d, %d, %d, %d};", name, what, d.n, d.h, d.w,
                 d.c);
}

static const char *step_name(octet_c_emitter *e, const octet_stage *stage) {
    return octet_c_format(e, "%s", octet_c_step_name(e, stage->step).text);
}

/* "NET_SCRATCH_SIZE". */
static const char *scratch_size(octet_c_emitter *e) {
    char macro[64];
    return octet_c_format(e, "%sSCRATCH_SIZE", octet_c_macro(e->functions.prefix, macro));
}

/* The library asks with `query`, a call; it needs no more than so many bytes, with Helium (mve) and without. */
static void need_scratch(octet_c_emitter *e, const char *query, size_t bytes, size_t bytes_mve) {
    if (bytes > e->scratch.bytes) e->scratch.bytes = bytes;
    if (bytes_mve > e->scratch.bytes_mve) e->scratch.bytes_mve = bytes_mve;
    octet_c_line(&e->queries, "n = %s;", query);
    octet_c_line(&e->queries, "if (n > most) most = n;");
}

/* A row of a filter's taps is kept as int16 for two positions, or as int8 for four, in whole vectors. */
static size_t patch_bytes(size_t n) { return (n + 15) / 16 * 16 * 4; }

/* The bias; the library has none that is folded. */
static const char *write_bias(octet_c_emitter *e, const octet_stage *stage, int32_t n) {
    const octet_step *step = &e->steps[stage->step];
    int32_t *zeros;
    if (step->n_inputs > 2 && step->inputs[2] != OCTET_NONE) return octet_c_constant(e, stage, step->inputs[2], "bias");
    const octet_status status = OCTET_NEW(e->ctx, e->arena, (size_t)n, &zeros);
    if (status != OCTET_OK) e->functions.status = status;
    else octet_c_table(e, stage, "bias", OCTET_INT32, zeros, (size_t)n);
    return octet_c_format(e, "@%s_bias", step_name(e, stage));
}

/* Multipliers and shifts per channel. */
static void write_scales(octet_c_emitter *e, const octet_stage *stage, const octet_requantize *q, int32_t n) {
    const char *name = step_name(e, stage);
    octet_c_table(e, stage, "multiplier", OCTET_INT32, q->multiplier, (size_t)n);
    octet_c_table(e, stage, "shift", OCTET_INT32, q->shift, (size_t)n);
    octet_c_line(&e->functions,
                 "static const cmsis_nn_per_channel_quant_params @%s_scales = {(int32_t *)@%s_multiplier, (int32_t "
                 "*)@%s_shift};",
                 name, name, name);
}

static void write_weighted_dims(octet_c_emitter *e, const char *name, dims in, dims filter, dims out) {
    write_dims(e, name, "in", in);
    write_dims(e, name, "filter", filter);
    write_dims(e, name, "bias", (dims){1, 1, 1, out.c});
    write_dims(e, name, "out", out);
}

/* "arm_x(&context, &@x_params, &@x_scales, ..., output);" */
static void write_weighted_call(octet_c_emitter *e, const octet_stage *stage, const char *function, const char *bias) {
    const char *name = step_name(e, stage), *input = octet_c_operand(e, stage, 0),
               *weights = octet_c_constant(e, stage, e->steps[stage->step].inputs[1], "weights");
    octet_c_line(
        &e->functions,
        "(void)%s(&context, &@%s_params, &@%s_scales, &@%s_in_dims, %s, &@%s_filter_dims, %s, &@%s_bias_dims, %s, "
        "&@%s_out_dims, output);",
        function, name, name, name, input, name, weights, name, bias, name);
}

static void open_with_context(octet_c_emitter *e, const octet_stage *stage) {
    octet_c_open(e, stage);
    octet_c_line(&e->functions, "const cmsis_nn_context context = {scratch, %s};", scratch_size(e));
}

/* ---- The calls ---- */

static void emit_conv(octet_c_emitter *e, const octet_stage *stage) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    const char *name = step_name(e, stage), *bias = write_bias(e, stage, p->out_c);
    write_scales(e, stage, &p->q, p->out_c);
    write_weighted_dims(e, name, (dims){1, p->in_h, p->in_w, p->in_c},
                        (dims){p->out_c, p->filter_h, p->filter_w, p->in_c}, (dims){1, p->out_h, p->out_w, p->out_c});
    octet_c_line(&e->functions,
                 "static const cmsis_nn_conv_params @%s_params = {%d, %d, {%d, %d}, {%d, %d}, {%d, %d}, {%d, %d}};",
                 name, -p->q.input_zero_point, p->q.output_zero_point, p->stride_w, p->stride_h, p->pad_left,
                 p->pad_top, p->dilation_w, p->dilation_h, p->q.min, p->q.max);
    open_with_context(e, stage);
    write_weighted_call(e, stage, "arm_convolve_wrapper_s8", bias);
    octet_c_end(&e->functions);
    const size_t bytes = patch_bytes((size_t)p->filter_h * (size_t)p->filter_w * (size_t)p->in_c);
    need_scratch(e,
                 octet_c_format(e,
                                "arm_convolve_wrapper_s8_get_buffer_size(&@%s_params, &@%s_in_dims, &@%s_filter_dims, "
                                "&@%s_out_dims)",
                                name, name, name, name),
                 bytes, bytes);
}

static void emit_depthwise(octet_c_emitter *e, const octet_stage *stage) {
    enum { BLOCK = 124, ROWS = 4 }; /* Helium: channels side by side, positions */
    const octet_depthwise_params *p = octet_step_params_depthwise(&e->steps[stage->step]);
    const char *name = step_name(e, stage), *bias = write_bias(e, stage, p->out_c);
    write_scales(e, stage, &p->q, p->out_c);
    write_weighted_dims(e, name, (dims){1, p->in_h, p->in_w, p->in_c}, (dims){1, p->filter_h, p->filter_w, p->out_c},
                        (dims){1, p->out_h, p->out_w, p->out_c});
    octet_c_line(
        &e->functions,
        "static const cmsis_nn_dw_conv_params @%s_params = {%d, %d, %d, {%d, %d}, {%d, %d}, {%d, %d}, {%d, %d}};", name,
        -p->q.input_zero_point, p->q.output_zero_point, p->multiplier, p->stride_w, p->stride_h, p->pad_left,
        p->pad_top, p->dilation_w, p->dilation_h, p->q.min, p->q.max);
    open_with_context(e, stage);
    write_weighted_call(e, stage, "arm_depthwise_conv_wrapper_s8", bias);
    octet_c_end(&e->functions);
    const size_t n_taps = (size_t)p->filter_h * (size_t)p->filter_w;
    const bool is_plain = p->multiplier == 1 && p->dilation_h == 1 && p->dilation_w == 1;
    need_scratch(e,
                 octet_c_format(e,
                                "arm_depthwise_conv_wrapper_s8_get_buffer_size(&@%s_params, &@%s_in_dims, "
                                "&@%s_filter_dims, &@%s_out_dims)",
                                name, name, name, name),
                 is_plain ? n_taps * (size_t)p->in_c * sizeof(int16_t) : 0, is_plain ? n_taps * BLOCK * ROWS : 0);
}

static bool has_one_scale(const octet_requantize *q, int32_t n) {
    for (int32_t c = 1; c < n; c++)
        if (q->multiplier[c] != q->multiplier[0] || q->shift[c] != q->shift[0]) return false;
    return true;
}

/* arm_fully_connected_s8 takes one scale, and with Helium sums of the weights, of which versions of the library have
 * other ideas. Otherwise the layer is a convolution of one tap. */
static void emit_dense(octet_c_emitter *e, const octet_stage *stage) {
    const octet_fully_connected_params *p = octet_step_params_fully_connected(&e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    const char *name = step_name(e, stage), *bias = write_bias(e, stage, p->out_c);
    const bool has_both = has_one_scale(&p->q, p->out_c);
    if (has_both) {
        octet_c_text(f, "#if !defined(__ARM_FEATURE_MVE)\n");
        octet_c_line(f, "static const cmsis_nn_per_tensor_quant_params @%s_scales = {%d, %d};", name,
                     p->q.multiplier[0], p->q.shift[0]);
        octet_c_line(f, "static const cmsis_nn_fc_params @%s_params = {%d, 0, %d, {%d, %d}};", name,
                     -p->q.input_zero_point, p->q.output_zero_point, p->q.min, p->q.max);
        write_weighted_dims(e, name, (dims){p->rows, 1, 1, p->depth}, (dims){p->depth, 1, 1, p->out_c},
                            (dims){p->rows, 1, 1, p->out_c});
        octet_c_text(f, "#else\n");
    }
    write_scales(e, stage, &p->q, p->out_c);
    write_weighted_dims(e, name, (dims){1, 1, p->rows, p->depth}, (dims){p->out_c, 1, 1, p->depth},
                        (dims){1, 1, p->rows, p->out_c});
    octet_c_line(f, "static const cmsis_nn_conv_params @%s_params = {%d, %d, {1, 1}, {0, 0}, {1, 1}, {%d, %d}};", name,
                 -p->q.input_zero_point, p->q.output_zero_point, p->q.min, p->q.max);
    if (has_both) octet_c_text(f, "#endif\n");
    open_with_context(e, stage);
    if (has_both) {
        octet_c_text(f, "#if !defined(__ARM_FEATURE_MVE)\n");
        write_weighted_call(e, stage, "arm_fully_connected_s8", bias);
        octet_c_text(f, "#else\n");
    }
    write_weighted_call(e, stage, "arm_convolve_wrapper_s8", bias);
    if (has_both) octet_c_text(f, "#endif\n");
    octet_c_end(f);
    if (has_both) octet_c_text(&e->queries, "#if defined(__ARM_FEATURE_MVE)\n");
    need_scratch(e,
                 octet_c_format(e,
                                "arm_convolve_wrapper_s8_get_buffer_size(&@%s_params, &@%s_in_dims, &@%s_filter_dims, "
                                "&@%s_out_dims)",
                                name, name, name, name),
                 0, 0);
    if (has_both) octet_c_text(&e->queries, "#endif\n");
}

static void emit_pool(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_pool_2d_params *p = octet_step_params_pool_2d(step);
    const bool is_max = step->kernel == OCTET_KERNEL_max_pool_2d_s8;
    const char *name = step_name(e, stage), *input = octet_c_operand(e, stage, 0);
    write_dims(e, name, "in", (dims){1, p->in_h, p->in_w, p->channels});
    write_dims(e, name, "filter", (dims){1, p->filter_h, p->filter_w, 1});
    write_dims(e, name, "out", (dims){1, p->out_h, p->out_w, p->channels});
    octet_c_line(&e->functions, "static const cmsis_nn_pool_params @%s_params = {{%d, %d}, {%d, %d}, {%d, %d}};", name,
                 p->stride_w, p->stride_h, p->pad_left, p->pad_top, p->min, p->max);
    open_with_context(e, stage);
    octet_c_line(&e->functions,
                 "(void)%s(&context, &@%s_params, &@%s_in_dims, %s, &@%s_filter_dims, &@%s_out_dims, output);",
                 is_max ? "arm_max_pool_s8" : "arm_avgpool_s8", name, name, input, name, name);
    octet_c_end(&e->functions);
    if (is_max) return;
    const size_t bytes = (size_t)p->channels * sizeof(int32_t);
    need_scratch(e, octet_c_format(e, "arm_avgpool_s8_get_buffer_size(%d, %d)", p->out_w, p->channels), bytes, bytes);
}

static void emit_softmax(octet_c_emitter *e, const octet_stage *stage) {
    const octet_softmax_params *p = octet_step_params_softmax(&e->steps[stage->step]);
    const char *input = octet_c_operand(e, stage, 0);
    octet_c_open(e, stage);
    octet_c_line(&e->functions, "arm_softmax_s8(%s, %d, %d, %d, %d, %d, output);", input, p->rows, p->depth,
                 p->multiplier, p->shift, p->difference_min);
    octet_c_end(&e->functions);
}

static void emit_arithmetic(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_binary_quantized_params *p = octet_step_params_arithmetic_quantized(step);
    const octet_arithmetic_quantized_params *q = &p->q;
    const char *a = octet_c_operand(e, stage, 0), *b = octet_c_operand(e, stage, 1);
    const size_t n = octet_shape_elements(&e->graph->values[step->outputs[0]].shape);
    octet_c_open(e, stage);
    if (p->operation == OCTET_ARITHMETIC_MUL)
        octet_c_line(&e->functions, "(void)arm_elementwise_mul_s8(%s, %s, %d, %d, output, %d, %d, %d, %d, %d, %zu);", a,
                     b, -q->zero_point[0], -q->zero_point[1], q->zero_out, q->multiplier_out, q->shift_out, q->min,
                     q->max, n);
    else
        octet_c_line(&e->functions,
                     "(void)arm_elementwise_add_s8(%s, %s, %d, %d, %d, %d, %d, %d, %d, output, %d, %d, %d, %d, %d, "
                     "%zu);",
                     a, b, -q->zero_point[0], q->multiplier[0], q->shift[0], -q->zero_point[1], q->multiplier[1],
                     q->shift[1], q->left_shift, q->zero_out, q->multiplier_out, q->shift_out, q->min, q->max, n);
    octet_c_end(&e->functions);
}

static const struct {
    octet_kernel kernel;
    bool takes_scratch;
    bool (*has)(const octet_c_emitter *e, const octet_step *step);
    octet_c_emit *emit;
} calls[] = {
    {OCTET_KERNEL_arithmetic_quantized_s8, false, has_arithmetic, emit_arithmetic},
    {OCTET_KERNEL_average_pool_2d_s8, true, has_pool, emit_pool},
    {OCTET_KERNEL_conv_2d_s8, true, has_conv, emit_conv},
    {OCTET_KERNEL_depthwise_s8, true, has_depthwise, emit_depthwise},
    {OCTET_KERNEL_fully_connected_s8, true, has_dense, emit_dense},
    {OCTET_KERNEL_max_pool_2d_s8, true, has_pool, emit_pool},
    {OCTET_KERNEL_softmax_s8, false, has_softmax, emit_softmax},
};
enum { N_CALLS = sizeof calls / sizeof *calls };

static uint32_t call_of(const octet_c_emitter *e, const octet_step *step) {
    for (uint32_t i = 0; i < N_CALLS && e->uses_cmsis_nn; i++)
        if (calls[i].kernel == step->kernel && calls[i].has(e, step)) return i;
    return N_CALLS;
}

bool octet_c_cmsis_nn_has(const octet_c_emitter *e, const octet_step *step) { return call_of(e, step) < N_CALLS; }

bool octet_c_cmsis_nn_takes_scratch(const octet_c_emitter *e, const octet_step *step) {
    const uint32_t i = call_of(e, step);
    return i < N_CALLS && calls[i].takes_scratch;
}

bool octet_c_cmsis_nn_is_called(const octet_c_emitter *e) {
    for (uint32_t i = 0; i < e->schedule->n_stages; i++)
        if (octet_c_cmsis_nn_takes_scratch(e, &e->steps[e->schedule->stages[i].step])) return true;
    return false;
}

void octet_c_emit_cmsis_nn(octet_c_emitter *e, const octet_stage *stage) {
    calls[call_of(e, &e->steps[stage->step])].emit(e, stage);
}

void octet_c_cmsis_nn_write_query(octet_c_emitter *e) {
    octet_c_writer *f = &e->functions;
    octet_c_blank(f);
    octet_c_line(f, "int32_t @scratch_needed(void) {");
    octet_c_line(f, "int32_t most = 0, n = 0;");
    if (f->status == OCTET_OK && e->queries.text.size > 0)
        f->status = octet_buffer_append(f->ctx, &f->text, e->queries.text.data, e->queries.text.size);
    octet_c_line(f, "(void)n;");
    octet_c_line(f, "return most;");
    octet_c_end(f);
}
