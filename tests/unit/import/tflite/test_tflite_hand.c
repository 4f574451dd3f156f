/* A model written by hand: what the importer refuses, what it reads behind the flatbuffer, shapes that are given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "formats/flatbuffer_builder.h"
#include "formats/kind.h"
#include "import/import.h"
#include "support/flatbuffer_bytes.h"
#include "tflite/builtin.h"
#include "tflite/options.h"
#include "tflite/schema.h"
#include "tflite/types.h"

/* A model written by hand, one RELU from tensor 0 to tensor 1, with one thing changed. */
typedef struct knobs {
    int version, n_subgraphs, type, builtin, opcode, input, output, second_input, second_output, graph_output;
    int n_scales, n_zero_points, buffer;
    float scale;
    int64_t zero_point;
    const char *custom;
    const char *shape_option; /* a RESHAPE with its shape in the options */
    uint64_t offset, size;    /* of buffer 1, behind the flatbuffer */
    int signature;            /* dimension 1 of the shape_signature of the input; 0 = none */
} knobs;

static const knobs plain = {.version = 3,
                            .n_subgraphs = 1,
                            .type = OCTET_TENSOR_TYPE_INT8,
                            .builtin = OCTET_BUILTIN_RELU,
                            .output = 1,
                            .second_output = -1,
                            .graph_output = 1,
                            .n_scales = 1,
                            .n_zero_points = 1,
                            .scale = 0.5f};

typedef octet_flatbuffer_ref ref;

static ref table(octet_context *ctx, octet_flatbuffer_builder *b, const octet_flatbuffer_field *fields, size_t n) {
    ref out;
    assert_int_equal(octet_flatbuffer_build_table(ctx, b, fields, n, &out), OCTET_OK);
    return out;
}

static ref vector(octet_context *ctx, octet_flatbuffer_builder *b, const void *data, size_t n, size_t size) {
    ref out;
    assert_int_equal(octet_flatbuffer_build_vector(ctx, b, data, n, size, size, &out), OCTET_OK);
    return out;
}

static ref list(octet_context *ctx, octet_flatbuffer_builder *b, const ref *refs, size_t n) {
    ref out;
    assert_int_equal(octet_flatbuffer_build_refs(ctx, b, refs, n, &out), OCTET_OK);
    return out;
}

static ref string(octet_context *ctx, octet_flatbuffer_builder *b, const char *text) {
    ref out;
    assert_int_equal(octet_flatbuffer_build_string(ctx, b, text, &out), OCTET_OK);
    return out;
}

static ref make_tensor(octet_context *ctx, octet_flatbuffer_builder *b, const knobs *k, int index) {
    const float scales[4] = {k->scale, k->scale, k->scale, k->scale};
    const int64_t zeros[4] = {k->zero_point, k->zero_point, k->zero_point, k->zero_point};
    const octet_flatbuffer_field q[] = {
        octet_flatbuffer_link(OCTET_TFLITE_QUANTIZATION_SCALE, vector(ctx, b, scales, (size_t)k->n_scales, 4)),
        octet_flatbuffer_link(OCTET_TFLITE_QUANTIZATION_ZERO_POINT, vector(ctx, b, zeros, (size_t)k->n_zero_points, 8)),
        octet_flatbuffer_i32(OCTET_TFLITE_QUANTIZATION_QUANTIZED_DIMENSION, 1, 0)};
    const ref quantization = table(ctx, b, q, 3), name = string(ctx, b, index == 0 ? "x" : "y");
    const int32_t signature[] = {1, k->signature};
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_link(OCTET_TFLITE_TENSOR_SHAPE, vector(ctx, b, (int32_t[]){1, 4}, 2, 4)),
        octet_flatbuffer_u8(OCTET_TFLITE_TENSOR_TYPE, (uint8_t)k->type, 0),
        octet_flatbuffer_u32(OCTET_TFLITE_TENSOR_BUFFER, index == 2 ? 1 : (uint32_t)k->buffer, 0),
        octet_flatbuffer_link(OCTET_TFLITE_TENSOR_NAME, name),
        octet_flatbuffer_link(OCTET_TFLITE_TENSOR_QUANTIZATION, quantization),
        octet_flatbuffer_link(OCTET_TFLITE_TENSOR_SHAPE_SIGNATURE,
                              k->signature != 0 && index == 0 ? vector(ctx, b, signature, 2, 4) : 0),
    };
    return table(ctx, b, fields, 6);
}

static ref make_operator(octet_context *ctx, octet_flatbuffer_builder *b, const knobs *k, int32_t input,
                         int32_t output) {
    ref options = 0;
    if (k->shape_option != NULL) {
        const octet_flatbuffer_field shape =
            octet_flatbuffer_link(OCTET_TFLITE_RESHAPE_OPTIONS_NEW_SHAPE, vector(ctx, b, (int32_t[]){4, -1}, 2, 4));
        options = table(ctx, b, &shape, 1);
    }
    const ref inputs = vector(ctx, b, &input, 1, 4), outputs = vector(ctx, b, &output, 1, 4);
    const octet_flatbuffer_field fields[] = {
        octet_flatbuffer_u32(OCTET_TFLITE_OPERATOR_OPCODE_INDEX, (uint32_t)k->opcode, 0),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_INPUTS, inputs),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_OUTPUTS, outputs),
        octet_flatbuffer_u8(OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_TYPE,
                            k->shape_option != NULL ? octet_tflite_options_of(OCTET_OP_RESHAPE).type : 0, 0),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS, options),
    };
    return table(ctx, b, fields, 5);
}

/* `tail` is put behind the flatbuffer. */
static octet_buffer make(octet_context *ctx, const knobs *k, const char *tail) {
    octet_flatbuffer_builder b = {0};
    const ref tensors[] = {make_tensor(ctx, &b, k, 0), make_tensor(ctx, &b, k, 1), make_tensor(ctx, &b, k, 2)};
    ref operators[2];
    size_t n = 0;
    operators[n++] = make_operator(ctx, &b, k, k->input, k->output);
    if (k->second_output >= 0) operators[n++] = make_operator(ctx, &b, k, k->second_input, k->second_output);
    const int32_t in = 0, out = k->graph_output;
    const octet_flatbuffer_field graph[] = {

        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_TENSORS, list(ctx, &b, tensors, 3)),
        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_INPUTS, vector(ctx, &b, &in, 1, 4)),
        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_OUTPUTS, vector(ctx, &b, &out, 1, 4)),
        octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_OPERATORS, list(ctx, &b, operators, n)),
    };
    const ref subgraph = table(ctx, &b, graph, 4), subgraphs[] = {subgraph, subgraph};
    const ref custom = string(ctx, &b, k->custom);
    const octet_flatbuffer_field code[] = {
        octet_flatbuffer_u8(OCTET_TFLITE_OPERATOR_CODE_DEPRECATED_BUILTIN,
                            (uint8_t)(k->builtin < OCTET_BUILTIN_PLACEHOLDER ? k->builtin : OCTET_BUILTIN_PLACEHOLDER),
                            0),
        octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_CODE_CUSTOM, custom),
        octet_flatbuffer_i32(OCTET_TFLITE_OPERATOR_CODE_BUILTIN, k->builtin, 0),
    };
    const ref codes = table(ctx, &b, code, 3);
    const octet_flatbuffer_field data[] = {octet_flatbuffer_u64(OCTET_TFLITE_BUFFER_OFFSET, k->offset, 0),
                                           octet_flatbuffer_u64(OCTET_TFLITE_BUFFER_SIZE, k->size, 0)};
    const ref buffers[] = {table(ctx, &b, NULL, 0), table(ctx, &b, data, 2)};
    const octet_flatbuffer_field model[] = {
        octet_flatbuffer_u32(OCTET_TFLITE_MODEL_VERSION, (uint32_t)k->version, 0),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_OPERATOR_CODES, list(ctx, &b, &codes, 1)),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_SUBGRAPHS, list(ctx, &b, subgraphs, (size_t)k->n_subgraphs)),
        octet_flatbuffer_link(OCTET_TFLITE_MODEL_BUFFERS, list(ctx, &b, buffers, 2)),
    };
    octet_buffer file = {0};
    assert_int_equal(flatbuffer_finish(ctx, &b, table(ctx, &b, model, 4), OCTET_SIGNATURE_TFLITE, &file), OCTET_OK);
    octet_flatbuffer_builder_free(ctx, &b);
    if (tail != NULL) assert_int_equal(octet_buffer_append(ctx, &file, tail, strlen(tail)), OCTET_OK);
    return file;
}

static void expect(const knobs *k, octet_status status, const char *words) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer file = make(&ctx, k, NULL);
    octet_graph *graph;
    const octet_status got = octet_import_tflite_bytes(&ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph);
    if (got != status || (words != NULL && strstr(ctx.message, words) == NULL))
        fail_msg("%s: %s, expected %s: %s", octet_status_name(got), ctx.message, octet_status_name(status),
                 words != NULL ? words : "");
    octet_graph_destroy(&ctx, graph);
    octet_buffer_free(&ctx, &file);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void refusals(void **state) {
    (void)state;
    knobs k = plain;
    expect(&k, OCTET_OK, NULL);
    k = plain, k.version = 2, expect(&k, OCTET_UNSUPPORTED, "schema version 2");
    k = plain, k.n_subgraphs = 2, expect(&k, OCTET_OK, NULL); /* nothing calls the other one */
    k = plain, k.type = OCTET_TENSOR_TYPE_INT4,
    expect(&k, OCTET_UNSUPPORTED, "has 4-bit elements and is not a dense constant");
    k = plain, k.type = OCTET_TENSOR_TYPE_BFLOAT16, expect(&k, OCTET_UNSUPPORTED, "BFLOAT16 (18)");
    k = plain, k.type = 200, expect(&k, OCTET_UNSUPPORTED, "(200)");
    k = plain, k.builtin = OCTET_BUILTIN_UNIQUE, expect(&k, OCTET_UNSUPPORTED, "operator 0 is UNIQUE (103)");
    k = plain, k.builtin = OCTET_BUILTIN_CUSTOM, k.custom = "Fancy",
    expect(&k, OCTET_UNSUPPORTED, "custom operator \"Fancy\"");
    k = plain, k.opcode = 1, expect(&k, OCTET_FORMAT, "code 1 of 1");
    k = plain, k.input = 3, expect(&k, OCTET_FORMAT, "names tensor 3 of 3");
    k = plain, k.output = -1, expect(&k, OCTET_FORMAT, "names tensor -1 of 3");
    k = plain, k.input = -1, expect(&k, OCTET_MODEL, NULL);
    k = plain, k.input = 2, expect(&k, OCTET_MODEL, "before anything computes it");
    k = plain, k.output = 0, expect(&k, OCTET_MODEL, "already has a value");
    k = plain, k.second_output = 1, expect(&k, OCTET_MODEL, "already has a value");
    k = plain, k.input = 2, k.second_input = 1, k.second_output = 2,
    expect(&k, OCTET_MODEL, "before anything computes it"); /* a cycle */
    k = plain, k.graph_output = 2, expect(&k, OCTET_MODEL, "nothing computes output 0");
    k = plain, k.graph_output = 7, expect(&k, OCTET_FORMAT, "output 0 is tensor 7 of 3");
    k = plain, k.buffer = 2, expect(&k, OCTET_FORMAT, "buffer 2 of 2");
    k = plain, k.n_zero_points = 2, expect(&k, OCTET_FORMAT, "1 scales and 2 zero points");
    k = plain, k.n_scales = k.n_zero_points = 3, expect(&k, OCTET_FORMAT, "3 scales for dimension 1");
    k = plain, k.n_scales = k.n_zero_points = 4, expect(&k, OCTET_OK, NULL);
    k = plain, k.scale = 0, expect(&k, OCTET_FORMAT, "finite and above 0");
    k = plain, k.scale = 1e38f * 10, expect(&k, OCTET_FORMAT, "finite and above 0");
    k = plain, k.zero_point = 128, expect(&k, OCTET_FORMAT, "zero point 128");
    k = plain, k.signature = -1, expect(&k, OCTET_UNSUPPORTED, "leaves a dimension besides the batch open");
    k = plain, k.offset = 1u << 30, k.size = 4, expect(&k, OCTET_FORMAT, "behind the end of the file");
}

/* The data of tensor 2 lie behind the flatbuffer. */
static void appended_data(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    knobs k = plain;
    k.input = 2;
    k.offset = k.size = 4; /* 4 bytes; where is known once the file is made */
    octet_buffer file = make(&ctx, &k, NULL);
    k.offset = file.size;
    octet_buffer_free(&ctx, &file);
    file = make(&ctx, &k, "data");
    octet_graph *graph;
    assert_int_equal(octet_import_tflite_bytes(&ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph),
                     OCTET_OK);
    assert_memory_equal(graph->values[2].data, "data", 4);
    octet_graph_destroy(&ctx, graph);
    file.size--;
    assert_int_equal(octet_import_tflite_bytes(&ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph),
                     OCTET_FORMAT);
    octet_buffer_free(&ctx, &file);
}

/* What the file leaves open must be given, with or without the batch; what it fixes changes only with `resize`. */
static void given_shapes(void **state) {
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "/tmp/octet_shape_%ld.tflite", (long)getpid());
    octet_context ctx;
    octet_context_init(&ctx);
    knobs k = plain;
    k.signature = -1;
    octet_buffer file = make(&ctx, &k, NULL);
    assert_int_equal(octet_file_write(&ctx, path, (octet_bytes){file.data, file.size}), OCTET_OK);
    octet_buffer_free(&ctx, &file);
    const struct {
        octet_shape given;
        bool resize;
        octet_status status;
    } cases[] = {{{1, {6}}, false, OCTET_OK},       {{2, {1, 6}}, false, OCTET_OK},
                 {{2, {2, 6}}, false, OCTET_USAGE}, {{3, {1, 1, 6}}, false, OCTET_USAGE},
                 {{2, {2, 6}}, true, OCTET_OK},     {{3, {1, 6, 2}}, true, OCTET_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const octet_import_options options = {
            .input_shapes = &cases[i].given, .n_input_shapes = 1, .resize = cases[i].resize};
        octet_graph *graph;
        octet_context_clear(&ctx);
        assert_int_equal(octet_import(&ctx, path, &options, NULL, &graph), cases[i].status);
        if (graph != NULL) assert_int_equal(graph->values[1].shape.dims[1], 6);
        if (graph != NULL) assert_int_equal(graph->values[0].open, 2);
        octet_graph_destroy(&ctx, graph);
    }
    unlink(path);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void reshape_by_options(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    knobs k = plain;
    k.builtin = OCTET_BUILTIN_RESHAPE;
    k.shape_option = "4,-1";
    octet_buffer file = make(&ctx, &k, NULL);
    octet_graph *graph;
    assert_int_equal(octet_import_tflite_bytes(&ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph),
                     OCTET_OK);
    assert_int_equal(graph->operators[0].n_inputs, 2);
    const octet_shape expected = {2, {4, 1}};
    assert_true(octet_shape_equal(&graph->values[1].shape, &expected));
    octet_graph_destroy(&ctx, graph);
    octet_buffer_free(&ctx, &file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals),
        cmocka_unit_test(appended_data),
        cmocka_unit_test(given_shapes),
        cmocka_unit_test(reshape_by_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
