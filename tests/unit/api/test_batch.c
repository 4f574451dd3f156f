/* Models with a fixed batch: samples are grouped, the last group is filled up and cut, and everything else is as with a
 * batch of one. */
#include "support/fixture.h"

#include "export/tflite/tflite.h"
#include "formats/npy.h"
#include "octet/octet.h"
#include "support/ports.h"

enum { SAMPLES = 5, IN = 3, OUT = 2 };
static const float samples[SAMPLES * IN] = {1, 2, 3, -4, 5, 6, 7, -8, 9, 0.5f, -1, 2, 20, 1, 1};
static const int64_t labels[SAMPLES] = {0, 1, 0, 1, 0};

/* [batch,3] times weights; reduced over the batch as well when `mixes`, which leaves no rows to hand out. */
static octet_buffer make_model(int32_t batch, bool mixes) {
    static const float weights[OUT * IN] = {1, 0.5f, -0.25f, -1, 2, 0.125f};
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph;
    uint32_t inputs[3] = {0, 0, OCTET_NONE}, y;
    const octet_shape shape = octet_shape_make(2, (const int32_t[]){batch, IN}),
                      table = octet_shape_make(2, (const int32_t[]){OUT, IN});
    assert_int_equal(octet_graph_create(&ctx, "batch", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(&ctx, graph, "x", OCTET_FLOAT32, &shape, &inputs[0]), OCTET_OK);
    assert_int_equal(octet_graph_add_input(&ctx, graph, inputs[0], "x"), OCTET_OK);
    assert_int_equal(octet_graph_add_constant(&ctx, graph, "w", OCTET_FLOAT32, &table, weights, &inputs[1]), OCTET_OK);
    assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_FULLY_CONNECTED, "dense", "y", inputs, 3, NULL, &y, 1),
                     OCTET_OK);
    if (mixes) {
        const octet_options keep = {.reduce = {.keep_dims = true}};
        inputs[0] = y;
        assert_int_equal(octet_graph_add_i32(&ctx, graph, "axes", (const int32_t[]){0}, 1, &inputs[1]), OCTET_OK);
        assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_SUM, "sum", "sum", inputs, 2, &keep, &y, 1), OCTET_OK);
    }
    assert_int_equal(octet_graph_add_output(&ctx, graph, y, "y"), OCTET_OK);
    octet_buffer file = {0};
    assert_int_equal(octet_export_tflite(&ctx, graph, &file), OCTET_OK);
    octet_graph_destroy(&ctx, graph);
    return file;
}

typedef struct outcome {
    float outputs[64];
    size_t n;
    double accuracy;
    float scale; /* of the output of the int8 model */
    int32_t batch;
} outcome;

static void check(octet_context *user, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s", octet_context_message(user));
}

static void read_floats(const char *path, float *out, size_t *n) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_file file;
    octet_array array;
    assert_int_equal(octet_file_open(&ctx, path, &file), OCTET_OK);
    assert_int_equal(octet_npy_parse(&ctx, file.bytes, path, &array), OCTET_OK);
    *n = array.n_elements;
    assert_true(*n <= 64);
    memcpy(out, array.data, *n * sizeof *out);
    octet_file_close(&ctx, &file);
}

static outcome use(int32_t batch, bool mixes, const char *data) {
    outcome result = {0};
    octet_buffer file = make_model(batch, mixes);
    octet_context *user;
    octet_model *model, *quantized;
    octet_data *opened;
    octet_evaluation *evaluation;
    uint64_t n;
    const char *path = fixture_path(data), *output = fixture_path("y.npy");
    assert_int_equal(octet_context_create(&user), OCTET_OK);
    check(user, octet_model_load_bytes(user, file.data, file.size, "batch", NULL, &model));
    result.batch = input_of(model, 0).dims[0];
    const octet_open_options source = {.size = sizeof source, .path = path};
    const octet_array_files files = {
        .size = sizeof files, .data = &source, .output = output, .dump = fixture_path("dump")};
    const octet_run_options two = {.size = sizeof two, .n_threads = 2};
    check(user, octet_model_run_files(user, model, &files, &two, &n));
    read_floats(output, result.outputs, &result.n);
    const octet_open_options open = {
        .size = sizeof open, .path = path, .labels = mixes ? NULL : fixture_path("labels.npy")};
    check(user, octet_data_open(user, &open, &opened));
    check(user, octet_evaluate(user, model, opened, &two, &evaluation));
    result.accuracy = octet_evaluation_accuracy(evaluation);
    octet_evaluation_destroy(user, evaluation);
    check(user, octet_model_quantize(user, model, opened, NULL, &quantized, NULL));
    result.scale = output_of(quantized, 0).scale;
    assert_int_equal(input_of(quantized, 0).dims[0], batch);
    octet_model_destroy(user, quantized);
    octet_data_close(user, opened);
    octet_model_destroy(user, model);
    octet_context_destroy(user);
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer_free(&ctx, &file);
    return result;
}

static void batches_change_nothing(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    assert_int_equal(octet_npy_save(&ctx, fixture_path("x.npy"), "<f4", 2, (const int32_t[]){SAMPLES, IN}, samples),
                     OCTET_OK);
    assert_int_equal(octet_npy_save(&ctx, fixture_path("labels.npy"), "<i8", 1, (const int32_t[]){SAMPLES}, labels),
                     OCTET_OK);
    const outcome one = use(1, false, "x.npy");
    assert_int_equal(one.n, SAMPLES * OUT);
    assert_true(one.outputs[0] == 1.25f && one.outputs[9] == -17.875f);
    float dumped[64];
    size_t n;
    for (int32_t batch = 2; batch <= 8; batch += 3) { /* the last: more than there are */
        const outcome many = use(batch, false, "x.npy");
        assert_int_equal(many.batch, batch);
        assert_int_equal(many.n, one.n);
        assert_memory_equal(many.outputs, one.outputs, one.n * sizeof *one.outputs);
        assert_true(many.accuracy == one.accuracy && many.scale == one.scale);
        read_floats(fixture_path("dump/001_y.npy"), dumped, &n);
        assert_int_equal(n, one.n);
        assert_memory_equal(dumped, one.outputs, n * sizeof *dumped);
    }
}

/* Where the outputs are no rows of a batch, a sample is all of the input. */
static void without_rows_a_sample_is_the_whole_input(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    float wide[2 * 2 * IN] = {0};
    memcpy(wide, samples, sizeof wide);
    assert_int_equal(octet_npy_save(&ctx, fixture_path("pairs.npy"), "<f4", 3, (const int32_t[]){2, 2, IN}, wide),
                     OCTET_OK);
    const outcome mixed = use(2, true, "pairs.npy");
    assert_int_equal(mixed.n, 2 * OUT);
    assert_true(mixed.outputs[0] == 1.25f + -3.0f && mixed.outputs[1] == 3.375f + 14.75f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(batches_change_nothing),
                                       cmocka_unit_test(without_rows_a_sample_is_the_whole_input)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
