/* Export and import against each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "export/tflite/tflite.h"
#include "formats/npy.h"
#include "import/import.h"
#include "octet/octet.h"
#include "support/every_operator.h"
#include "support/ports.h"
#include "support/sample_graph.h"
#include "tflite/options.h"
#include "tflite/version.h"

static octet_buffer export(octet_context *ctx, const octet_graph *graph) {
    octet_buffer out = {0};
    assert_int_equal(octet_export_tflite(ctx, graph, &out), OCTET_OK);
    return out;
}

static void assert_same_value(const octet_value *a, const octet_value *b) {
    assert_int_equal(a->type, b->type);
    assert_true(octet_shape_equal(&a->shape, &b->shape));
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->quantization.n, b->quantization.n);
    if (a->quantization.n > 0) {
        assert_memory_equal(a->quantization.scale, b->quantization.scale, a->quantization.n * sizeof(float));
        assert_memory_equal(a->quantization.zero_point, b->quantization.zero_point,
                            a->quantization.n * sizeof(int32_t));
        assert_int_equal(a->quantization.axis, b->quantization.axis);
    }
    assert_int_equal(a->data != NULL, b->data != NULL);
    if (a->data != NULL)
        assert_memory_equal(a->data, b->data, octet_shape_elements(&a->shape) * octet_type_size(a->type));
}

static void round_trip(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph, *back;
    assert_int_equal(sample_graph(&ctx, &graph), OCTET_OK);
    octet_buffer file = export(&ctx, graph), again = export(&ctx, graph);
    assert_int_equal(file.size, again.size);
    assert_memory_equal(file.data, again.data, file.size);
    assert_int_equal(octet_import_tflite_bytes(&ctx, (octet_bytes){file.data, file.size}, "file", NULL, &back),
                     OCTET_OK);
    assert_int_equal(back->n_operators, graph->n_operators);
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *a = &graph->operators[i], *b = &back->operators[i];
        assert_int_equal(a->code, b->code);
        assert_memory_equal(&a->options, &b->options, sizeof a->options);
        assert_int_equal(a->n_inputs, b->n_inputs);
        for (uint32_t j = 0; j < a->n_inputs; j++) {
            const octet_value *x = octet_graph_input(graph, a, j), *y = octet_graph_input(back, b, j);
            assert_int_equal(x != NULL, y != NULL);
            if (x != NULL) assert_same_value(x, y);
        }
        assert_same_value(octet_graph_output(graph, a, 0), octet_graph_output(back, b, 0));
    }
    assert_string_equal(back->inputs[0].name, "image");
    assert_string_equal(back->outputs[0].name, "scores");
    assert_false(back->open_batch);
    /* Constants are read where they lie, and buffers are at multiples of 16; equal ones are one. */
    const octet_operator *first = &back->operators[4], *second = &back->operators[5];
    assert_int_equal(first->code, OCTET_OP_FULLY_CONNECTED);
    assert_ptr_equal(octet_graph_input(back, first, 1)->data, octet_graph_input(back, second, 1)->data);
    const size_t place = (size_t)((const uint8_t *)octet_graph_input(back, first, 1)->data - file.data);
    assert_true(place < file.size && place % 16 == 0);
    octet_buffer_free(&ctx, &again);
    again = export(&ctx, back);
    assert_int_equal(file.size, again.size);
    assert_memory_equal(file.data, again.data, file.size);
    octet_graph_destroy(&ctx, back);
    octet_graph_destroy(&ctx, graph);
    octet_buffer_free(&ctx, &file);
    octet_buffer_free(&ctx, &again);
    assert_int_equal(ctx.memory_bytes, 0);
}

/* Operators that only compute shapes come back as constants. */
static bool is_folded(octet_operator_code code) { return code == OCTET_OP_SHAPE || code == OCTET_OP_BROADCAST_ARGS; }

static void every_operator_survives(void **state) {
    (void)state;
    bool seen[OCTET_N_OPERATORS] = {false};
    const char *corpus = getenv("OCTET_WRITE_CORPUS"); /* a folder for the fuzz target's first files */
    for (uint32_t row = 0; row < EVERY_N_ROWS; row++) {
        octet_context ctx;
        octet_context_init(&ctx);
        octet_graph *graph, *back = NULL;
        if (every_operator(&ctx, row, row + 1, &graph) != OCTET_OK) fail_msg("%s", ctx.message);
        octet_buffer file = export(&ctx, graph), again = {0};
        if (octet_import_tflite_bytes(&ctx, (octet_bytes){file.data, file.size}, "file", NULL, &back) != OCTET_OK)
            fail_msg("%s", ctx.message);
        const octet_operator_code code = every_rows[row].code;
        assert_int_equal(back->n_operators, is_folded(code) ? 0 : 1);
        if (!is_folded(code)) {
            assert_int_equal(back->operators[0].code, code);
            assert_memory_equal(&back->operators[0].options, &graph->operators[0].options, sizeof(octet_options));
            again = export(&ctx, back);
            assert_int_equal(file.size, again.size);
            assert_memory_equal(file.data, again.data, file.size);
        }
        seen[code] = true;
        if (corpus != NULL) {
            char path[512];
            snprintf(path, sizeof path, "%s/%s", corpus, octet_operator_name(code));
            assert_int_equal(octet_file_write(&ctx, path, (octet_bytes){file.data, file.size}), OCTET_OK);
        }
        octet_graph_destroy(&ctx, back);
        octet_graph_destroy(&ctx, graph);
        octet_buffer_free(&ctx, &file);
        octet_buffer_free(&ctx, &again);
        assert_int_equal(ctx.memory_bytes, 0);
    }
    for (int i = 0; i < OCTET_N_OPERATORS; i++)
        if (!seen[i]) fail_msg("%s is missing in every_operator.h", octet_operator_name((octet_operator_code)i));
}

static void names_of_a_traced_model(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph, *back;
    assert_int_equal(sample_graph(&ctx, &graph), OCTET_OK);
    graph->output_call = "StatefulPartitionedCall";
    octet_buffer file = export(&ctx, graph);
    assert_int_equal(octet_import_tflite_bytes(&ctx, (octet_bytes){file.data, file.size}, "file", NULL, &back),
                     OCTET_OK);
    assert_string_equal(back->values[back->inputs[0].value].name, "serving_default_image:0");
    assert_string_equal(back->values[back->outputs[0].value].name, "StatefulPartitionedCall:0");
    assert_string_equal(back->description, "octet " OCTET_VERSION);
    octet_graph_destroy(&ctx, back);
    octet_graph_destroy(&ctx, graph);
    octet_buffer_free(&ctx, &file);
}

static void versions(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph;
    assert_int_equal(sample_graph(&ctx, &graph), OCTET_OK);
    const int32_t expected[] = {3, 3, 2, 1, 4, 4, 2, 2};
    for (uint32_t i = 0; i < graph->n_operators; i++)
        assert_int_equal(octet_version_of_operator(graph, &graph->operators[i]), expected[i]);
    graph->operators[4].options.fully_connected.keep_num_dims = true;
    assert_int_equal(octet_version_of_operator(graph, &graph->operators[4]), 5);
    octet_graph_destroy(&ctx, graph);
}

/* A float model that casts its pixels is not a quantized one: it is quantized, and its input stays as it is. */
static void bytes_without_scale_are_numbers(void **state) {
    (void)state;
    octet_context ctx, *user;
    octet_context_init(&ctx);
    octet_graph *graph;
    uint32_t pixels, real, result;
    const octet_shape shape = octet_shape_make(2, (const int32_t[]){1, 4});
    assert_int_equal(octet_graph_create(&ctx, "bytes", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(&ctx, graph, "pixels", OCTET_UINT8, &shape, &pixels), OCTET_OK);
    assert_int_equal(octet_graph_add_input(&ctx, graph, pixels, "pixels"), OCTET_OK);
    const octet_options cast = {.cast = {OCTET_UINT8, OCTET_FLOAT32}};
    assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_CAST, "cast", "real", &pixels, 1, &cast, &real, 1),
                     OCTET_OK);
    assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_RELU, "relu", "result", &real, 1, NULL, &result, 1),
                     OCTET_OK);
    assert_int_equal(octet_graph_add_output(&ctx, graph, result, "result"), OCTET_OK);
    octet_buffer file = export(&ctx, graph);
    octet_model *model, *quantized;
    octet_data *data;
    octet_calibration seen = OCTET_CALIBRATION_INIT;
    char path[64];
    snprintf(path, sizeof path, "/tmp/octet_bytes_%ld.npy", (long)getpid());
    const octet_open_options open = {.size = sizeof open, .path = path};
    const octet_conversion as = {.size = sizeof as, .input_type = "int8"};
    static const uint8_t samples[8] = {0, 7, 200, 51, 3, 4, 5, 6};
    assert_int_equal(octet_npy_save(&ctx, path, "|u1", 2, (const int32_t[]){2, 4}, samples), OCTET_OK);
    assert_int_equal(octet_context_create(&user), OCTET_OK);
    assert_int_equal(octet_model_load_bytes(user, file.data, file.size, "file", NULL, &model), OCTET_OK);
    assert_false(octet_model_is_quantized(model));
    assert_int_equal(octet_data_open(user, &open, &data), OCTET_OK);
    if (octet_model_quantize(user, model, data, &as, &quantized, &seen) != OCTET_OK)
        fail_msg("%s", octet_context_message(user));
    assert_true(seen.max == 200);
    assert_string_equal(input_of(quantized, 0).type, "uint8");
    assert_false(input_of(quantized, 0).quantized);
    const octet_tensor output = output_of(quantized, 0);
    assert_true(output.quantized && output.scale > 0.78f && output.scale < 0.79f); /* 200 / 255 */
    octet_model_destroy(user, quantized);
    octet_model_destroy(user, model);
    octet_data_close(user, data);
    octet_context_destroy(user);
    unlink(path);
    octet_buffer_free(&ctx, &file);
    octet_graph_destroy(&ctx, graph);
}

/* Every allocation of import and export may fail; nothing is lost and the status says why. */
static void allocations_fail(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph;
    assert_int_equal(sample_graph(&ctx, &graph), OCTET_OK);
    octet_buffer file = export(&ctx, graph);
    octet_graph_destroy(&ctx, graph);
    const size_t before = ctx.memory_bytes;
    octet_status status = OCTET_NOMEM;
    for (uint64_t i = 1; status != OCTET_OK && i < 10000; i++) {
        octet_context_clear(&ctx);
        octet_buffer out = {0};
        ctx.fail_allocation = ctx.n_allocations + i;
        status = octet_import_tflite_bytes(&ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph);
        if (status == OCTET_OK) status = octet_export_tflite(&ctx, graph, &out);
        octet_graph_destroy(&ctx, graph);
        octet_buffer_free(&ctx, &out);
        assert_int_equal(ctx.memory_bytes, before);
        assert_true(status == OCTET_OK || status == OCTET_NOMEM);
    }
    assert_int_equal(status, OCTET_OK);
    ctx.fail_allocation = 0;
    octet_buffer_free(&ctx, &file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(every_operator_survives),
        cmocka_unit_test(names_of_a_traced_model),
        cmocka_unit_test(versions),
        cmocka_unit_test(bytes_without_scale_are_numbers),
        cmocka_unit_test(allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
