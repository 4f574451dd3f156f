/* one_operator.h - a graph of one operator, run once: for unit tests of inference, binding and kernels together.
 * In:  operands with data.
 * Out: shapes and data of the results, or the error.
 * Knows: graph, exec.
 * Does not know: what is tested. Needs cmocka.h. */
#ifndef OCTET_TESTS_SUPPORT_ONE_OPERATOR_H
#define OCTET_TESTS_SUPPORT_ONE_OPERATOR_H

#include <stdio.h>
#include <string.h>

#include "exec/exec.h"

typedef struct operand {
    octet_type type;
    octet_shape shape;
    const void *data;
    bool is_constant;
    float scale; /* 0: not quantized */
    int32_t zero_point;
} operand;

enum { ONE_MAX_OUTPUTS = 4, ONE_MAX_BYTES = 1 << 16 };

typedef struct one_result {
    octet_status status;
    char message[OCTET_MESSAGE_SIZE];
    octet_type type[ONE_MAX_OUTPUTS];
    octet_shape shape[ONE_MAX_OUTPUTS];
    _Alignas(64) unsigned char data[ONE_MAX_OUTPUTS][ONE_MAX_BYTES];
} one_result;

#define DIMS(...) \
    octet_shape_make((int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)), (const int32_t[]){__VA_ARGS__})
#define F32(shape_, ...) ((operand){OCTET_FLOAT32, shape_, (const float[]){__VA_ARGS__}, false, 0, 0})
#define S32(shape_, ...) ((operand){OCTET_INT32, shape_, (const int32_t[]){__VA_ARGS__}, false, 0, 0})
#define S64(shape_, ...) ((operand){OCTET_INT64, shape_, (const int64_t[]){__VA_ARGS__}, false, 0, 0})
#define BOOL(shape_, ...) ((operand){OCTET_BOOL, shape_, (const uint8_t[]){__VA_ARGS__}, false, 0, 0})
#define S8(shape_, scale_, zero_, ...) \
    ((operand){OCTET_INT8, shape_, (const int8_t[]){__VA_ARGS__}, false, scale_, zero_})
#define S16(shape_, scale_, ...) ((operand){OCTET_INT16, shape_, (const int16_t[]){__VA_ARGS__}, false, scale_, 0})
#define I32(...) \
    ((operand){OCTET_INT32, DIMS(sizeof((int32_t[]){__VA_ARGS__}) / 4), (const int32_t[]){__VA_ARGS__}, true, 0, 0})

static octet_status one_build(octet_context *ctx, octet_graph *graph, octet_operator_code code,
                              const octet_options *options, const operand *operands, uint32_t n, const operand *outputs,
                              uint32_t n_outputs) {
    uint32_t inputs[16], results[ONE_MAX_OUTPUTS];
    for (uint32_t i = 0; i < n; i++) {
        const operand *o = &operands[i];
        char name[16];
        snprintf(name, sizeof name, "x%u", i);
        if (o->is_constant) {
            OCTET_TRY(octet_graph_add_constant(ctx, graph, name, o->type, &o->shape, o->data, &inputs[i]));
        } else {
            OCTET_TRY(octet_graph_add_value(ctx, graph, name, o->type, &o->shape, &inputs[i]));
            OCTET_TRY(octet_graph_add_input(ctx, graph, inputs[i], name));
        }
        if (o->scale != 0)
            OCTET_TRY(octet_value_set_quantization(ctx, graph, inputs[i], 1, 0, &o->scale, &o->zero_point));
    }
    if (graph->n_inputs == 0) {
        uint32_t unused;
        const octet_shape scalar = {0};
        OCTET_TRY(octet_graph_add_value(ctx, graph, "unused", OCTET_FLOAT32, &scalar, &unused));
        OCTET_TRY(octet_graph_add_input(ctx, graph, unused, "unused"));
    }
    OCTET_TRY(octet_graph_emit(ctx, graph, code, "layer", NULL, inputs, n, options, results, n_outputs));
    for (uint32_t i = 0; i < n_outputs; i++) {
        OCTET_TRY(octet_graph_add_output(ctx, graph, results[i], "y"));
        if (outputs == NULL || outputs[i].scale == 0) continue;
        OCTET_TRY(
            octet_value_set_quantization(ctx, graph, results[i], 1, 0, &outputs[i].scale, &outputs[i].zero_point));
    }
    return octet_graph_verify(ctx, graph, "test");
}

static octet_status one_execute(octet_context *ctx, const octet_graph *graph, const octet_exec *exec,
                                const operand *operands, uint32_t n, octet_runner **runner, octet_pool *pool,
                                one_result *out) {
    OCTET_TRY(octet_runner_create(ctx, exec, 2, runner));
    for (uint32_t i = 0, port = 0; i < n; i++) {
        if (operands[i].is_constant) continue;
        const size_t size = octet_shape_elements(&operands[i].shape) * octet_type_size(operands[i].type);
        if (size) memcpy(octet_runner_value(*runner, graph->inputs[port].value), operands[i].data, size);
        port++;
    }
    octet_runner_run(*runner, pool);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_value *value = &graph->values[graph->outputs[i].value];
        out->type[i] = value->type;
        out->shape[i] = value->shape;
        const size_t size = octet_value_bytes(value);
        OCTET_CHECK(ctx, size <= ONE_MAX_BYTES, OCTET_LIMIT, "a result of %zu bytes has no room in one_result", size);
        memcpy(out->data[i], octet_runner_value(*runner, graph->outputs[i].value), size);
    }
    return OCTET_OK;
}

/* outputs: only scales and zero points are read; NULL for none. threads: 1 or 2. */
static inline void one_run(octet_operator_code code, const octet_options *options, const operand *operands, uint32_t n,
                           const operand *outputs, uint32_t n_outputs, uint32_t threads, one_result *out) {
    octet_context ctx;
    octet_context_init(&ctx);
    ctx.max_memory_bytes = (size_t)1 << 28; /* FILL and its kin can ask for much more */
    octet_graph *graph = NULL;
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    octet_pool *pool = NULL;
    out->status = octet_graph_create(&ctx, "test", &graph);
    if (out->status == OCTET_OK) out->status = one_build(&ctx, graph, code, options, operands, n, outputs, n_outputs);
    if (out->status == OCTET_OK) out->status = octet_exec_create(&ctx, graph, NULL, &exec);
    if (out->status == OCTET_OK) out->status = octet_pool_create(&ctx, threads, &pool);
    if (out->status == OCTET_OK) out->status = one_execute(&ctx, graph, exec, operands, n, &runner, pool, out);
    snprintf(out->message, sizeof out->message, "%s", ctx.message);
    octet_pool_destroy(&ctx, pool);
    octet_runner_destroy(&ctx, runner);
    octet_exec_destroy(&ctx, exec);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static inline void one_expect_shape(const one_result *r, uint32_t output, octet_shape want) {
    if (r->status != OCTET_OK) fail_msg("%s: %s", octet_status_name(r->status), r->message);
    char have_text[OCTET_SHAPE_TEXT_SIZE], want_text[OCTET_SHAPE_TEXT_SIZE];
    if (!octet_shape_equal(&r->shape[output], &want)) {
        fail_msg("shape %s, expected %s", octet_shape_text(&r->shape[output], have_text),
                 octet_shape_text(&want, want_text));
    }
}

/* Compares output 0 with literal values of the type. */
#define ONE_EXPECT(r, type, want_shape, ...)                                                \
    do {                                                                                    \
        one_expect_shape(&(r), 0, want_shape);                                              \
        const type want_[] = {__VA_ARGS__};                                                 \
        assert_int_equal(octet_shape_elements(&(r).shape[0]) * sizeof(type), sizeof want_); \
        assert_memory_equal((r).data[0], want_, sizeof want_);                              \
    } while (0)

#endif
