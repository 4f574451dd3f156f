/* Constants that a .tflite holds sparsely or by half bytes, and MediaPipe's transposed convolution: what the importer
 * makes of them. */
#include "support/tflite_parts.h"

enum { INT4 = OCTET_TENSOR_TYPE_INT4, INT8 = OCTET_TENSOR_TYPE_INT8 };

/* The graph; NULL when it is refused. Buffer 1 has `size` bytes of `data`. */
static octet_graph *import(ref codes, ref tensors, ref operators, ref inputs, ref outputs, const void *data,
                           size_t size, octet_buffer *file) {
    *file = finish(
        model(codes, LIST(subgraph(tensors, inputs, outputs, operators)), LIST(table(NULL, 0), buffer(data, size))));
    octet_graph *graph = NULL;
    octet_import_tflite_bytes(ctx, (octet_bytes){file->data, file->size}, "file", NULL, &graph);
    return graph;
}
static void end(octet_graph *graph, octet_buffer *file) {
    octet_graph_destroy(ctx, graph);
    octet_buffer_free(ctx, file);
    octet_context_clear(ctx);
    assert_int_equal(ctx->memory_bytes, 0);
}

static ref dense_level(int32_t size) { return TABLE(octet_flatbuffer_i32(OCTET_TFLITE_DIMENSION_DENSE_SIZE, size, 0)); }
/* Both lists of bytes, or of 16 bits where `wide`. */
static ref compressed_level(const void *segments, size_t n_segments, const void *indices, size_t n_indices, bool wide) {
    const size_t size = wide ? 2 : 1;
    const ref s = TABLE(octet_flatbuffer_link(OCTET_TFLITE_INDICES_VALUES, vector(segments, n_segments, size)));
    const ref i = TABLE(octet_flatbuffer_link(OCTET_TFLITE_INDICES_VALUES, vector(indices, n_indices, size)));
    const uint8_t type = wide ? OCTET_TFLITE_INDICES_U16 : OCTET_TFLITE_INDICES_U8;
    return TABLE(octet_flatbuffer_u8(OCTET_TFLITE_DIMENSION_FORMAT, OCTET_TFLITE_DIMENSION_COMPRESSED, 0),
                 octet_flatbuffer_u8(OCTET_TFLITE_DIMENSION_ARRAY_SEGMENTS_TYPE, type, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_DIMENSION_ARRAY_SEGMENTS, s),
                 octet_flatbuffer_u8(OCTET_TFLITE_DIMENSION_ARRAY_INDICES_TYPE, type, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_DIMENSION_ARRAY_INDICES, i));
}
static ref sparsity(ref order, ref blocks, ref levels) {
    return TABLE(octet_flatbuffer_link(OCTET_TFLITE_SPARSITY_TRAVERSAL_ORDER, order),
                 octet_flatbuffer_link(OCTET_TFLITE_SPARSITY_BLOCK_MAP, blocks),
                 octet_flatbuffer_link(OCTET_TFLITE_SPARSITY_DIM_METADATA, levels));
}

/* DENSIFY of a sparse [n_rows,4] and a dense layer of it. */
static octet_graph *densify(ref how, int32_t n_rows, const float *data, size_t n, octet_buffer *file) {
    const ref tensors = LIST(tensor(I32S(1, 4), 0, 0, 0), tensor(I32S(n_rows, 4), 0, 1, how),
                             tensor(I32S(n_rows, 4), 0, 0, 0), tensor(I32S(1, n_rows), 0, 0, 0));
    const ref operators = LIST(operator(0, I32S(1), I32S(2), 0), operator(1, I32S(0, 2, -1), I32S(3), 0));
    return import(LIST(code(OCTET_BUILTIN_DENSIFY, NULL), code(OCTET_BUILTIN_FULLY_CONNECTED, NULL)), tensors,
                  operators, I32S(0), I32S(3), data, n * sizeof *data, file);
}

static void expect_weights(octet_graph *graph, const float *want, size_t n) {
    if (graph == NULL) fail_msg("%s", ctx->message);
    assert_int_equal(graph->n_operators, 1);
    const octet_value *weights = &graph->values[graph->operators[0].inputs[1]];
    assert_int_equal(octet_shape_elements(&weights->shape), n);
    assert_memory_equal(weights->data, want, n * sizeof *want);
}

static void test_compressed_rows(void **state) {
    (void)state;
    octet_buffer file;
    const uint8_t segments[] = {0, 2, 2, 3}, indices[] = {1, 3, 0};
    const ref how = sparsity(I32S(0, 1), 0, LIST(dense_level(3), compressed_level(segments, 4, indices, 3, false)));
    octet_graph *graph = densify(how, 3, (const float[]){5, 6, 7}, 3, &file);
    expect_weights(graph, (const float[]){0, 5, 0, 6, 0, 0, 0, 0, 7, 0, 0, 0}, 12);
    end(graph, &file);
}

/* Blocks of 2 rows by 2 columns; columns are traversed before rows. */
static void test_blocks(void **state) {
    (void)state;
    octet_buffer file;
    const uint16_t segments[] = {0, 1, 2}, indices[] = {1, 0};
    const ref how =
        sparsity(I32S(1, 0, 2, 3), I32S(0, 1),
                 LIST(dense_level(2), compressed_level(segments, 3, indices, 2, true), dense_level(2), dense_level(2)));
    octet_graph *graph = densify(how, 4, (const float[]){1, 2, 3, 4, 5, 6, 7, 8}, 8, &file);
    expect_weights(graph, (const float[]){0, 0, 5, 6, 0, 0, 7, 8, 1, 2, 0, 0, 3, 4, 0, 0}, 16);
    end(graph, &file);
}

static void test_hostile_sparsity(void **state) {
    (void)state;
    static const struct {
        uint8_t segments[4], indices[3];
        int32_t order[2], dense;
        size_t n_data;
        const char *words;
    } cases[] = {
        {{0, 2, 2, 3}, {1, 3, 4}, {0, 1}, 3, 3, "indices that contradict"},
        {{0, 2, 1, 3}, {1, 3, 0}, {0, 1}, 3, 3, "indices that contradict"},
        {{0, 2, 2, 9}, {1, 3, 0}, {0, 1}, 3, 3, "indices that contradict"},
        {{0, 2, 2, 3}, {1, 3, 0}, {0, 0}, 3, 3, "order of dimensions"},
        {{0, 2, 2, 3}, {1, 3, 0}, {0, 7}, 3, 3, "order of dimensions"},
        {{0, 2, 2, 3}, {1, 3, 0}, {0, 1}, 2, 3, "contradict its shape"},
        {{0, 2, 2, 3}, {1, 3, 0}, {0, 1}, 3, 2, "needs 3 elements, its buffer has 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        octet_buffer file;
        const ref how = sparsity(
            vector(cases[i].order, 2, 4), 0,
            LIST(dense_level(cases[i].dense), compressed_level(cases[i].segments, 4, cases[i].indices, 3, false)));
        octet_graph *graph = densify(how, 3, (const float[]){5, 6, 7}, cases[i].n_data, &file);
        assert_null(graph);
        if (strstr(ctx->message, cases[i].words) == NULL) fail_msg("%s", ctx->message);
        end(graph, &file);
    }
    octet_buffer file; /* 2^24 elements, of which 3 are stored */
    const uint8_t none[4] = {0};
    octet_graph *graph =
        densify(sparsity(I32S(0, 1), 0, LIST(dense_level(1 << 22), compressed_level(none, 4, none, 3, false))), 1 << 22,
                (const float[]){5, 6, 7}, 3, &file);
    assert_null(graph);
    assert_int_equal(ctx->status, OCTET_LIMIT);
    end(graph, &file);
}

static void test_half_bytes(void **state) {
    (void)state;
    octet_buffer file;
    const uint8_t data[] = {0x71, 0x8f, 0x03}; /* five elements, low half first */
    for (size_t size = 2; size <= 3; size++) {
        const ref tensors = LIST(tensor(I32S(5), INT4, 1, 0), tensor(I32S(5), INT8, 0, 0), tensor(I32S(5), INT8, 0, 0));
        octet_graph *graph = import(LIST(code(OCTET_BUILTIN_MAXIMUM, NULL)), tensors,
                                    LIST(operator(0, I32S(1, 0), I32S(2), 0)), I32S(1), I32S(2), data, size, &file);
        if (size == 3) {
            if (graph == NULL) fail_msg("%s", ctx->message);
            assert_int_equal(graph->values[0].type, OCTET_INT8);
            assert_memory_equal(graph->values[0].data, ((const int8_t[]){1, 7, -1, -8, 3}), 5);
        } else {
            assert_null(graph);
            assert_non_null(strstr(ctx->message, "needs 3 bytes of 4-bit elements"));
        }
        end(graph, &file);
    }
}

/* Options: padding (1 SAME, 2 VALID), stride_w, stride_h. */
static void test_transposed_convolution(void **state) {
    (void)state;
    static const int32_t options[][3] = {{1, 2, 3}, {2, 2, 3}, {0, 2, 3}, {1, 0, 3}};
    static const int32_t shapes[][4] = {{1, 6, 6, 1}, {1, 7, 8, 1}};
    const float data[1 * 4 * 4 * 2] = {0};
    for (size_t i = 0; i < 4; i++) {
        octet_buffer file;
        const ref tensors = LIST(tensor(I32S(1, 2, 3, 2), 0, 0, 0), tensor(I32S(1, 4, 4, 2), 0, 1, 0),
                                 tensor(I32S(1), 0, 0, 0), tensor(I32S(1, 6, 6, 1), 0, 0, 0));
        const ref one = operator(0, I32S(0, 1, 2), I32S(3), vector(options[i], sizeof options[i], 1));
        const ref codes = LIST(code(OCTET_BUILTIN_CUSTOM, "Convolution2DTransposeBias"));
        octet_graph *graph = import(codes, tensors, LIST(one), I32S(0, 2), I32S(3), data, sizeof data, &file);
        if (i < 2) {
            if (graph == NULL) fail_msg("%s", ctx->message);
            assert_int_equal(graph->operators[0].code, OCTET_OP_TRANSPOSE_CONV);
            assert_int_equal(graph->operators[0].options.transpose_conv.stride_w, 2);
            assert_int_equal(graph->operators[0].options.transpose_conv.stride_h, 3);
            assert_memory_equal(graph->values[graph->outputs[0].value].shape.dims, shapes[i], sizeof shapes[i]);
        } else {
            assert_null(graph);
            assert_non_null(strstr(ctx->message, "options"));
        }
        end(graph, &file);
    }
}

/* LiteRT takes a shape of one dimension only. */
static void test_shape_of_two_dimensions(void **state) {
    (void)state;
    const int32_t shape[2] = {4, -1};
    octet_buffer file;
    octet_graph *graph =
        import(LIST(code(OCTET_BUILTIN_RESHAPE, NULL)),
               LIST(tensor(I32S(2, 6), 0, 0, 0), tensor(I32S(2, 1), OCTET_TENSOR_TYPE_INT32, 1, 0),
                    tensor(I32S(4, 3), 0, 0, 0)),
               LIST(operator(0, I32S(0, 1), I32S(2), 0)), I32S(0), I32S(2), shape, sizeof shape, &file);
    assert_non_null(graph);
    const octet_value *value = &graph->values[graph->operators[0].inputs[1]];
    assert_int_equal(value->shape.rank, 1);
    assert_memory_equal(value->data, shape, sizeof shape);
    end(graph, &file);
}

int main(void) {
    octet_context_init(ctx);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compressed_rows),        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_hostile_sparsity),       cmocka_unit_test(test_half_bytes),
        cmocka_unit_test(test_transposed_convolution), cmocka_unit_test(test_shape_of_two_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
