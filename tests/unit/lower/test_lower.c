/* Steps describe all that is computed: these tests compute with nothing but kernel names, parameters and operands, in
 * loops of their own, and compare with what exec runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exec/exec.h"
#include "lower/fields.h"
#include "lower/lower.h"
#include "lower/unsigned.h"

enum { MOST = 512 }; /* elements of any value here */

static octet_context context, *ctx = &context;
static octet_graph *graph;
static octet_arena arena;

static int set_up(void **state) {
    (void)state;
    octet_context_init(ctx);
    arena = (octet_arena){0};
    return octet_graph_create(ctx, "test", &graph) != OCTET_OK;
}
static int tear_down(void **state) {
    (void)state;
    octet_arena_free(ctx, &arena);
    octet_graph_destroy(ctx, graph);
    return ctx->memory_bytes != 0;
}

static uint32_t input(octet_type type, octet_shape shape, float scale, int32_t zero_point) {
    uint32_t x;
    assert_int_equal(octet_graph_add_value(ctx, graph, "x", type, &shape, &x), OCTET_OK);
    assert_int_equal(octet_graph_add_input(ctx, graph, x, "x"), OCTET_OK);
    assert_int_equal(octet_value_set_quantization(ctx, graph, x, 1, 0, &scale, &zero_point), OCTET_OK);
    return x;
}
static uint32_t weights(octet_type type, octet_shape shape, uint32_t n_scales, int32_t zero_point) {
    static const float scales[] = {0.011f, 0.004f, 0.02f, 0.0075f};
    const int32_t zero_points[] = {zero_point, zero_point, zero_point, zero_point};
    int8_t data[MOST];
    uint32_t w;
    for (int i = 0; i < MOST; i++) data[i] = (int8_t)(i * 37 % 255 - 127);
    assert_int_equal(octet_graph_add_constant(ctx, graph, "w", type, &shape, data, &w), OCTET_OK);
    assert_int_equal(octet_value_set_quantization(ctx, graph, w, n_scales, 0, scales, zero_points), OCTET_OK);
    return w;
}
static uint32_t bias(void) {
    static const int32_t data[] = {1000, -250, 0, 77};
    const octet_shape shape = {1, {4}};
    uint32_t b;
    assert_int_equal(octet_graph_add_constant(ctx, graph, "b", OCTET_INT32, &shape, data, &b), OCTET_OK);
    return b;
}
static uint32_t emit(octet_operator_code code, const uint32_t *inputs, uint32_t n, const octet_options *options,
                     float scale, int32_t zero_point) {
    uint32_t y;
    assert_int_equal(octet_graph_emit(ctx, graph, code, "layer", NULL, inputs, n, options, &y, 1), OCTET_OK);
    assert_int_equal(octet_value_set_quantization(ctx, graph, y, 1, 0, &scale, &zero_point), OCTET_OK);
    return y;
}
static void conv(bool is_same) {
    const uint32_t x = input(OCTET_INT8, (octet_shape){4, {2, 7, 6, 3}}, 0.05f, 7);
    const uint32_t w = weights(OCTET_INT8, (octet_shape){4, {4, 3, 2, 3}}, 4, 0), b = bias();
    const octet_options options = {.conv_2d = {.padding = is_same ? OCTET_PADDING_SAME : OCTET_PADDING_VALID,
                                               .stride_h = 2,
                                               .stride_w = 1,
                                               .dilation_h = 1,
                                               .dilation_w = 1,
                                               .activation = OCTET_ACTIVATION_RELU6}};
    const uint32_t y = emit(OCTET_OP_CONV_2D, (const uint32_t[]){x, w, b}, 3, &options, 0.03f, -100);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK);
}
static void fully_connected(octet_type type) {
    const int32_t middle = type == OCTET_UINT8 ? 128 : 0;
    const uint32_t x = input(type, (octet_shape){2, {3, 20}}, 0.05f, 7 + middle);
    const uint32_t w = weights(type, (octet_shape){2, {4, 20}}, 1, middle), b = bias();
    const octet_options options = {.fully_connected = {.activation = OCTET_ACTIVATION_NONE}};
    const uint32_t y = emit(OCTET_OP_FULLY_CONNECTED, (const uint32_t[]){x, w, b}, 3, &options, 0.25f, 5 + middle);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK);
}

static const octet_step *lower(const octet_lower_options *options) {
    octet_step *steps;
    assert_int_equal(octet_graph_verify(ctx, graph, "test"), OCTET_OK);
    assert_int_equal(octet_lower_graph(ctx, &arena, graph, options, &steps), OCTET_OK);
    return steps;
}

/* The graph's one output for some input, by exec. Also copies the input. */
static size_t run(octet_numerics numerics, bool reference, void *x, void *y) {
    octet_exec *exec;
    octet_runner *runner;
    const octet_exec_options options = {.numerics = numerics, .reference_kernels = reference};
    const uint32_t in = graph->inputs[0].value, out = graph->outputs[0].value;
    const size_t n_in = octet_shape_elements(&graph->values[in].shape),
                 n_out = octet_shape_elements(&graph->values[out].shape);
    assert_true(n_in <= MOST && n_out <= MOST);
    for (size_t i = 0; i < n_in; i++) ((uint8_t *)x)[i] = (uint8_t)(i * 83 % 251);
    assert_int_equal(octet_exec_create(ctx, graph, &options, &exec), OCTET_OK);
    assert_int_equal(octet_runner_create(ctx, exec, 1, &runner), OCTET_OK);
    memcpy(octet_runner_value(runner, in), x, n_in);
    octet_runner_run(runner, NULL);
    memcpy(y, octet_runner_value(runner, out), n_out);
    octet_runner_destroy(ctx, runner);
    octet_exec_destroy(ctx, exec);
    return n_out;
}

/* sum * multiplier / 2^31 rounded to nearest (halves up), then / 2^-shift rounded to nearest (halves away from 0); or
 * sum * scale rounded at once. */
static int8_t requantized(const octet_requantize *q, int32_t sum, int32_t channel) {
    double value;
    if (q->scale != NULL) {
        value = round(sum * q->scale[channel]);
    } else {
        const int32_t shift = q->shift[channel];
        const double shifted = shift > 0 ? ldexp(sum, shift) : sum;
        const double high = floor(shifted * q->multiplier[channel] / 0x1p31 + 0.5);
        value = shift > 0 ? high : round(ldexp(high, shift));
    }
    value += q->output_zero_point;
    return (int8_t)fmin(fmax(value, q->min), q->max);
}

static void convolve(const octet_conv_2d_params *p, const int8_t *x, const int8_t *w, const int32_t *b, int8_t *y) {
    for (int32_t n = 0; n < p->batches; n++)
        for (int32_t oy = 0; oy < p->out_h; oy++)
            for (int32_t ox = 0; ox < p->out_w; ox++)
                for (int32_t o = 0; o < p->out_c; o++) {
                    int32_t sum = b != NULL ? b[o] : 0;
                    for (int32_t ky = 0; ky < p->filter_h; ky++)
                        for (int32_t kx = 0; kx < p->filter_w; kx++)
                            for (int32_t c = 0; c < p->in_c; c++) {
                                const int32_t iy = oy * p->stride_h - p->pad_top + ky * p->dilation_h,
                                              ix = ox * p->stride_w - p->pad_left + kx * p->dilation_w;
                                if (iy < 0 || iy >= p->in_h || ix < 0 || ix >= p->in_w) continue;
                                sum += (x[((n * p->in_h + iy) * p->in_w + ix) * p->in_c + c] - p->q.input_zero_point) *
                                       w[((o * p->filter_h + ky) * p->filter_w + kx) * p->in_c + c];
                            }
                    *y++ = requantized(&p->q, sum, o);
                }
}

static void multiply(const octet_fully_connected_params *p, const int8_t *x, const int8_t *w, const int32_t *b,
                     int8_t *y) {
    for (int32_t row = 0; row < p->rows; row++)
        for (int32_t o = 0; o < p->out_c; o++) {
            int32_t sum = b != NULL ? b[o] : 0;
            for (int32_t k = 0; k < p->depth; k++)
                sum += (x[row * p->depth + k] - p->q.input_zero_point) * (w[o * p->depth + k] - p->q.weight_zero_point);
            *y++ = requantized(&p->q, sum, o);
        }
}

static void convolution_by_its_step(void **state) {
    (void)state;
    conv(true);
    const octet_step *step = lower(&(octet_lower_options){0});
    assert_string_equal(octet_kernel_name(step->kernel), "conv_2d_s8");
    assert_string_equal(octet_kernel_operands(step->kernel), "input weights bias");
    assert_int_equal(step->n_inputs, 3);
    assert_int_equal(step->work.n_units[0], 2 * 4);
    int8_t x[MOST], want[MOST], got[MOST];
    for (int reference = 0; reference < 2; reference++) {
        const size_t n = run(OCTET_NUMERICS_LITERT, reference, x, want);
        convolve(octet_step_params_conv_2d(step), x, graph->values[step->inputs[1]].data,
                 graph->values[step->inputs[2]].data, got);
        assert_memory_equal(got, want, n);
    }
}

static void fully_connected_by_its_step(void **state) {
    (void)state;
    fully_connected(OCTET_INT8);
    for (octet_numerics numerics = OCTET_NUMERICS_LITERT; numerics <= OCTET_NUMERICS_INTEGER; numerics++) {
        const octet_step *step = lower(&(octet_lower_options){.numerics = numerics});
        assert_int_equal(step->kernel, OCTET_KERNEL_fully_connected_s8);
        const octet_fully_connected_params *p = octet_step_params_fully_connected(step);
        assert_int_equal(p->q.scale != NULL, numerics == OCTET_NUMERICS_LITERT);
        int8_t x[MOST], want[MOST], got[MOST];
        const size_t n = run(numerics, false, x, want);
        multiply(p, x, graph->values[step->inputs[1]].data, graph->values[step->inputs[2]].data, got);
        assert_memory_equal(got, want, n);
    }
}

/* A step around a step: operands are turned, the inner step has values of its own. */
static void unsigned_by_its_step(void **state) {
    (void)state;
    fully_connected(OCTET_UINT8);
    const octet_step *step = lower(&(octet_lower_options){0});
    assert_string_equal(octet_kernel_name(step->kernel), "as_s8");
    const octet_as_s8_params *outer = octet_step_params_as_s8(step);
    const octet_step *inner = &outer->inner;
    assert_string_equal(octet_kernel_name(inner->kernel), "fully_connected_s8");
    assert_int_equal(step->work.n_phases, 3);
    uint8_t x[MOST], want[MOST];
    int8_t turned[MOST], got[MOST];
    const size_t n = run(OCTET_NUMERICS_LITERT, false, x, want);
    const octet_turned *t = &outer->values[inner->inputs[0]];
    assert_int_equal(t->value, graph->inputs[0].value);
    assert_int_equal(t->n_turned, 60);
    for (size_t i = 0; i < t->n_turned; i++) turned[i] = (int8_t)(x[i] - 128);
    multiply(octet_step_params_fully_connected(inner), turned, outer->twins[inner->inputs[1]].data,
             outer->twins[inner->inputs[2]].data, got);
    for (size_t i = 0; i < n; i++) assert_int_equal(got[i] + 128, want[i]);
}

static void pads_are_absorbed_on_request(void **state) {
    (void)state;
    const uint32_t x = input(OCTET_INT8, (octet_shape){4, {1, 4, 4, 3}}, 0.05f, 7);
    const octet_shape shape = {2, {4, 2}};
    uint32_t amounts;
    assert_int_equal(octet_graph_add_constant(ctx, graph, "amounts", OCTET_INT32, &shape,
                                              (const int32_t[]){0, 0, 1, 1, 2, 0, 0, 0}, &amounts),
                     OCTET_OK);
    const uint32_t padded = emit(OCTET_OP_PAD, (const uint32_t[]){x, amounts}, 2, NULL, 0.05f, 7);
    const uint32_t w = weights(OCTET_INT8, (octet_shape){4, {4, 3, 3, 3}}, 4, 0);
    const octet_options options = {
        .conv_2d = {.padding = OCTET_PADDING_VALID, .stride_h = 1, .stride_w = 1, .dilation_h = 1, .dilation_w = 1}};
    const uint32_t y = emit(OCTET_OP_CONV_2D, (const uint32_t[]){padded, w, OCTET_NONE}, 3, &options, 0.03f, 3);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK);
    for (int absorb = 0; absorb < 2; absorb++) {
        const octet_step *steps = lower(&(octet_lower_options){.absorb_pads = absorb});
        const octet_conv_2d_params *p = octet_step_params_conv_2d(&steps[1]);
        assert_int_equal(steps[0].kernel, OCTET_KERNEL_copies);
        assert_int_equal(steps[0].n_inputs, 1); /* amounts are no operand of the kernel */
        assert_int_equal(steps[1].absorbed, absorb ? 0 : OCTET_NONE);
        assert_int_equal(steps[1].inputs[0], absorb ? x : padded);
        assert_int_equal(p->in_h, absorb ? 4 : 6);
        assert_int_equal(p->pad_left, absorb ? 2 : 0);
        int8_t in[MOST], want[MOST], got[MOST];
        const size_t n = run(OCTET_NUMERICS_LITERT, false, in, want);
        if (absorb) {
            convolve(p, in, graph->values[w].data, NULL, got);
            assert_memory_equal(got, want, n);
        }
    }
}

static void a_line_per_step(void **state) {
    (void)state;
    conv(false);
    octet_buffer text = {0};
    assert_int_equal(octet_lower_dump(ctx, graph, lower(&(octet_lower_options){0}), &text), OCTET_OK);
    assert_int_equal(octet_buffer_append(ctx, &text, "", 1), OCTET_OK);
    const char *line = (const char *)text.data;
    const char *const parts[] = {"#0 conv_2d_s8(input=%0, weights=%1, bias=%2) -> %3 ",
                                 " batches=2 in_h=7 in_w=6 in_c=3 out_h=3 out_w=5 out_c=4 ",
                                 " filter_h=3 filter_w=2 stride_h=2 stride_w=1 ",
                                 " real_min=0 real_max=6 ",
                                 " q.input_zero_point=7 q.weight_zero_point=0 q.output_zero_point=-100 q.min=-100 ",
                                 " units=6  # layer\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(line, parts[i]) == NULL) fail_msg("no '%s' in: %s", parts[i], line);
    assert_null(strstr(line, "q.scale")); /* there is none */
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
    octet_buffer_free(ctx, &text);
}

static void names_are_unique(void **state) {
    (void)state;
    for (octet_kernel a = OCTET_KERNEL_NONE + 1; a < OCTET_N_KERNELS; a++) {
        for (octet_kernel b = a + 1; b < OCTET_N_KERNELS; b++)
            assert_string_not_equal(octet_kernel_name(a), octet_kernel_name(b));
    }
    for (octet_params_kind kind = 0; kind < OCTET_N_PARAMS; kind++) {
        size_t n;
        const octet_field *fields = octet_params_fields(kind, &n);
        assert_true(n > 0 || kind == OCTET_PARAMS_none);
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++) {
                assert_string_not_equal(fields[i].name, fields[j].name);
                assert_int_not_equal(fields[i].offset, fields[j].offset);
            }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(convolution_by_its_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fully_connected_by_its_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(unsigned_by_its_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pads_are_absorbed_on_request, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_per_step, set_up, tear_down),
        cmocka_unit_test(names_are_unique),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
