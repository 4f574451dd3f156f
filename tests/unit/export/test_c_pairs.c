/* Weights in pairs, which a compiler with Arm's DSP instructions takes: the sums of @rows4 with them are those of the
 * weights as they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "export/c/export_c.h"
#include "export/c/helpers.h"
#include "fuzz/kernel_random.h"
#include "support/sample_graph.h"

enum { DEPTH = 20, CHANNELS = 6, PAIRED = 4 }; /* of six channels the first four */

static octet_context context, *ctx = &context;
static int8_t weights[CHANNELS * DEPTH];

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx->message);
}

/* A dense layer with `weights`. */
static octet_graph *make_graph(void) {
    static const int32_t bias[CHANNELS] = {0, 100, -100, 7, 1, 2};
    octet_graph *graph;
    uint32_t x, operands[3], y;
    const octet_options options = {0};
    good(octet_graph_create(ctx, "test", &graph));
    good(octet_graph_add_value(ctx, graph, "x", OCTET_INT8, &(octet_shape){2, {1, DEPTH}}, &x));
    good(sample_quantize(ctx, graph, x, 1, 0, -5));
    good(octet_graph_add_input(ctx, graph, x, "x"));
    operands[0] = x;
    good(octet_graph_add_constant(ctx, graph, "w", OCTET_INT8, &(octet_shape){2, {CHANNELS, DEPTH}}, weights,
                                  &operands[1]));
    good(sample_quantize(ctx, graph, operands[1], 1, 0, 0));
    good(octet_graph_add_constant(ctx, graph, "b", OCTET_INT32, &(octet_shape){1, {CHANNELS}}, bias, &operands[2]));
    good(sample_quantize(ctx, graph, operands[2], 1, 0, 0));
    good(sample_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, operands, 3, &options, &y));
    good(octet_graph_add_output(ctx, graph, y, "y"));
    good(octet_graph_verify(ctx, graph, "test"));
    return graph;
}

/* The n numbers in the braces that follow; moves *text behind them. */
static void read_numbers(const char **text, int32_t *out, int n) {
    *text = strchr(*text, '{');
    assert_non_null(*text);
    for (int i = 0; i < n; i++) {
        char *end;
        out[i] = (int32_t)strtol(*text + 1, &end, 10);
        *text = end;
    }
}

/* Both forms of an array. */
static void read_table(const char *text, const char *name, int32_t *paired, int32_t *plain, int n) {
    text = strstr(text, name);
    assert_non_null(text);
    text = strstr(text, OCTET_C_IF_PAIRED);
    assert_non_null(text);
    read_numbers(&text, paired, n);
    text = strstr(text, "#else");
    assert_non_null(text);
    read_numbers(&text, plain, n);
}

/* What helpers.c does with 16 bits at a time. */
static int32_t sum_pairs(const int32_t *w, const int8_t *x) {
    int32_t sum = 0;
    for (int i = 0; i < DEPTH; i += 2) {
        const int32_t half = (int16_t)(uint16_t)((uint32_t)(w[i] & 255) | (uint32_t)(w[i + 1] & 255) << 8);
        sum += half * x[i + 1] + w[i] * (256 * x[i] + 127 - x[i + 1]);
    }
    return (sum - (sum & 255)) / 256;
}

static void export(octet_c_export *files) {
    static const int8_t zeros[DEPTH] = {0};
    const void *inputs[1] = {zeros}, *outputs[1] = {zeros};
    octet_graph *graph = make_graph();
    octet_c_job job = {.graph = graph, .name = "net"};
    job.vectors.n = 1;
    job.vectors.inputs = inputs;
    job.vectors.outputs = outputs;
    good(octet_c_export_graph(ctx, &job, files));
    octet_graph_destroy(ctx, graph);
}

static void test_sums(void **state) {
    (void)state;
    int32_t paired[CHANNELS * DEPTH], plain[CHANNELS * DEPTH], paired_bias[CHANNELS], plain_bias[CHANNELS];
    octet_case_random random = {1};
    octet_c_export files;
    octet_context_init(ctx);
    for (int i = 0; i < CHANNELS * DEPTH; i++) weights[i] = (int8_t)case_range(&random, -127, 127);
    memset(weights, 127, DEPTH);
    memset(weights + DEPTH, -127, DEPTH);
    export(&files);
    const char *text = (const char *)files.files[2].text.data;
    read_table(text, "net_fully_connected_0_weights", paired, plain, CHANNELS * DEPTH);
    read_table(text, "net_fully_connected_0_bias", paired_bias, plain_bias, CHANNELS);
    for (int i = 0; i < CHANNELS * DEPTH; i++) assert_int_equal(plain[i], weights[i]);
    assert_memory_equal(paired + PAIRED * DEPTH, plain + PAIRED * DEPTH, (CHANNELS - PAIRED) * DEPTH * sizeof *plain);
    for (int k = 0; k < 200; k++) {
        int8_t x[DEPTH];
        for (int i = 0; i < DEPTH; i++)
            x[i] = (int8_t)(k < 4 ? (k & 1 << i % 2 ? 127 : -128) : case_range(&random, -128, 127));
        for (int c = 0; c < PAIRED; c++) {
            int32_t sum = plain_bias[c];
            for (int i = 0; i < DEPTH; i++) sum += plain[c * DEPTH + i] * x[i];
            assert_int_equal(paired_bias[c] + sum_pairs(paired + c * DEPTH, x), sum);
        }
    }
    octet_c_export_free(ctx, &files);
    assert_int_equal(ctx->memory_bytes, 0);
}

/* 256 times -128 less one leaves 16 bits: such weights stay as they are. */
static void test_least_weight(void **state) {
    (void)state;
    octet_c_export files;
    octet_context_init(ctx);
    memset(weights, -1, sizeof weights);
    weights[3] = -128;
    export(&files);
    assert_null(strstr((const char *)files.files[2].text.data, "__ARM_FEATURE_DSP"));
    octet_c_export_free(ctx, &files);
    assert_int_equal(ctx->memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_least_weight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
