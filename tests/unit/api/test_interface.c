/* What octet.h promises to programs: structs that grow, calls that can be stopped, models and files in memory. */
#include <string.h>

#include "octet/octet.h"
#include "support/fixture.h"
#include "support/mnist.h"
#include "support/ports.h"

static void options_of_another_size(void **state) {
    (void)state;
    octet_model *model = load("mnist_fc_k2.h5");
    octet_interpreter *interpreter = NULL;
    octet_run_options options = {0};
    assert_int_equal(octet_interpreter_create(ctx, model, &options, &interpreter), OCTET_USAGE);
    assert_non_null(strstr(octet_context_message(ctx), "INIT macro"));
    octet_context_clear_error(ctx);
    options.size = sizeof options.size + sizeof(char *); /* of a header that had one member only */
    options.numerics = "no such thing";                  /* lies beyond it, and is not read */
    GOOD(octet_interpreter_create(ctx, model, &options, &interpreter));
    octet_interpreter_destroy(ctx, interpreter);
    struct {
        octet_run_options options;
        uint64_t later[2];
    } newer = {.options = OCTET_RUN_OPTIONS_INIT};
    newer.options.size = sizeof newer;
    GOOD(octet_interpreter_create(ctx, model, &newer.options, &interpreter));
    octet_interpreter_destroy(ctx, interpreter);
    newer.later[1] = 1;
    interpreter = NULL;
    assert_int_equal(octet_interpreter_create(ctx, model, &newer.options, &interpreter), OCTET_USAGE);
    assert_null(interpreter);
    octet_context_clear_error(ctx);
    octet_tensor tensor = {.size = offsetof(octet_tensor, type)};
    octet_model_input(model, 0, &tensor);
    assert_string_equal(tensor.name, "input_1");
    assert_null(tensor.type);
    octet_model_destroy(ctx, model);
}

typedef struct patience {
    uint64_t n_calls, most;
} patience;

static bool tell(void *user, const char *what, uint64_t done, uint64_t total) {
    patience *p = user;
    assert_non_null(what);
    assert_true(done <= total);
    return ++p->n_calls < p->most;
}

static void a_call_is_stopped(void **state) {
    (void)state;
    octet_model *model = load("mnist_fc_k2.h5"), *quantized = NULL;
    octet_data *data = open_mnist();
    patience p = {.most = 2};
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    octet_evaluation *evaluation = NULL;
    options.progress = tell;
    options.progress_user = &p;
    options.n_threads = 2;
    assert_int_equal(octet_evaluate(ctx, model, data, &options, &evaluation), OCTET_CANCELLED);
    assert_null(evaluation);
    assert_int_equal(p.n_calls, 2);
    octet_context_clear_error(ctx);
    octet_conversion conversion = OCTET_CONVERSION_INIT;
    conversion.progress = tell;
    conversion.progress_user = &p;
    p = (patience){.most = 1};
    assert_int_equal(octet_model_quantize(ctx, model, data, &conversion, &quantized, NULL), OCTET_CANCELLED);
    assert_null(quantized);
    octet_context_clear_error(ctx);
    GOOD(octet_evaluate(ctx, model, data, NULL, &evaluation)); /* both are as they were */
    octet_evaluation_destroy(ctx, evaluation);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

static void *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*size);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* The same file from a path and from memory, and back: the same bytes. */
static void models_in_memory(void **state) {
    (void)state;
    static const char *const names[] = {"mnist_cnn_k2.h5", "mnist_fc_k2.h5"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        size_t size, size_a, size_b, size_c;
        void *a, *b, *c;
        octet_model *from_path = load(names[i]), *from_memory = NULL, *again = NULL;
        snprintf(path, sizeof path, "%s/%s", mnist, names[i]);
        void *bytes = read_file(path, &size);
        GOOD(octet_model_load_bytes(ctx, bytes, size, names[i], NULL, &from_memory));
        assert_string_equal(octet_model_format(from_memory), octet_model_format(from_path));
        GOOD(octet_model_write_bytes(ctx, from_path, &a, &size_a));
        GOOD(octet_model_write_bytes(ctx, from_memory, &b, &size_b));
        assert_int_equal(size_a, size_b);
        assert_memory_equal(a, b, size_a);
        GOOD(octet_model_load_bytes(ctx, a, size_a, "written", NULL, &again));
        assert_string_equal(octet_model_format(again), "TensorFlow Lite");
        GOOD(octet_model_write_bytes(ctx, again, &c, &size_c));
        assert_int_equal(size_c, size_a);
        octet_bytes_free(ctx, c);
        octet_bytes_free(ctx, b);
        octet_model_destroy(ctx, again);
        octet_model_destroy(ctx, from_memory);
        octet_model_destroy(ctx, from_path);
        octet_bytes_free(ctx, a);
        const octet_status cut = octet_model_load_bytes(ctx, bytes, size / 2, "cut", NULL, &again);
        assert_int_equal(cut, OCTET_FORMAT);
        assert_non_null(strstr(octet_context_message(ctx), "cut"));
        octet_context_clear_error(ctx);
        free(bytes);
    }
}

static void tensors_in_detail(void **state) {
    (void)state;
    octet_model *model = load("mnist_cnn_k2.h5"), *quantized = NULL;
    octet_data *data = open_mnist();
    uint32_t n, n_filters = 0;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    n = octet_model_n_tensors(quantized);
    for (uint32_t i = 0; i < n; i++) {
        octet_tensor tensor = OCTET_TENSOR_INIT;
        octet_model_tensor(quantized, i, &tensor);
        assert_int_equal(tensor.index, i);
        assert_true(tensor.rank <= OCTET_TENSOR_MAX_RANK);
        if (tensor.n_scales <= 1) continue;
        n_filters++;
        assert_true(tensor.is_constant);
        assert_false(tensor.quantized);
        assert_int_equal(tensor.n_scales, tensor.dims[tensor.axis]);
        for (uint32_t k = 0; k < tensor.n_scales; k++) assert_true(tensor.scales[k] > 0.0f);
    }
    assert_true(n_filters > 0);
    const octet_tensor input = input_of(quantized, 0);
    octet_tensor same = OCTET_TENSOR_INIT;
    octet_model_tensor(quantized, input.index, &same);
    assert_true(same.scale == input.scale && same.zero_point == input.zero_point && input.quantized);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, model);
}

enum { N_SAMPLES = 60, SIDE = 28 };
static uint8_t pictures[N_SAMPLES][SIDE][SIDE];
static uint8_t labels[N_SAMPLES];
static const int64_t picture_dims[] = {N_SAMPLES, SIDE, SIDE}, label_dims[] = {N_SAMPLES};

/* Made-up pictures: noise by a linear congruential generator (Numerical Recipes' constants). */
static void make_pictures(void) {
    uint32_t state = 1;
    for (size_t i = 0; i < sizeof pictures; i++) {
        state = state * 1664525u + 1013904223u;
        ((uint8_t *)pictures)[i] = (uint8_t)(state >> 24);
    }
    for (size_t i = 0; i < N_SAMPLES; i++) labels[i] = (uint8_t)(i % 10);
}

static octet_array_view view(const char *type, int32_t rank, const int64_t *dims, const void *values) {
    octet_array_view v = OCTET_ARRAY_VIEW_INIT;
    v.type = type;
    v.rank = rank;
    v.dims = dims;
    v.data = values;
    return v;
}

/* The samples as IDX files, which the data room reads. */
static octet_data *from_files(void) {
    static uint8_t images_file[16 + sizeof pictures] = {0, 0, 8, 3, 0, 0, 0, N_SAMPLES, 0, 0, 0, SIDE, 0, 0, 0, SIDE};
    static uint8_t labels_file[8 + sizeof labels] = {0, 0, 8, 1, 0, 0, 0, N_SAMPLES};
    memcpy(images_file + 16, pictures, sizeof pictures);
    memcpy(labels_file + 8, labels, sizeof labels);
    octet_open_options options = OCTET_OPEN_OPTIONS_INIT;
    octet_data *data = NULL;
    options.images = fixture_write("images", images_file, sizeof images_file);
    options.labels = fixture_write("labels", labels_file, sizeof labels_file);
    GOOD(octet_data_open(ctx, &options, &data));
    return data;
}

static octet_data *from_arrays(void) {
    const octet_array_view input = view("uint8", 3, picture_dims, pictures);
    const octet_array_view classes = view("uint8", 1, label_dims, labels);
    octet_data *data = NULL;
    GOOD(octet_data_from_arrays(ctx, &input, 1, &classes, NULL, &data));
    return data;
}

/* Batches of 7 samples; the last has 4. */
static int next_batch(void *user, octet_array_view *inputs, uint32_t n_inputs, octet_array_view *batch_labels) {
    static int64_t dims[3] = {0, SIDE, SIDE};
    size_t *done = user;
    assert_int_equal(n_inputs, 1);
    if (*done == N_SAMPLES) return 0;
    const size_t n = N_SAMPLES - *done < 7 ? N_SAMPLES - *done : 7;
    dims[0] = (int64_t)n;
    inputs[0] = view("uint8", 3, dims, pictures[*done]);
    *batch_labels = view("uint8", 1, dims, labels + *done);
    *done += n;
    return 1;
}

static octet_data *from_batches(void) {
    octet_data *data = NULL;
    size_t done = 0;
    GOOD(octet_data_from_batches(ctx, next_batch, &done, 1, NULL, &data));
    return data;
}

/* What stays of a report when times are left out. */
static void same_figures(const octet_evaluation *a, const octet_evaluation *b) {
    assert_int_equal(octet_evaluation_n_samples(a), octet_evaluation_n_samples(b));
    const double loss_a = octet_evaluation_loss(a), loss_b = octet_evaluation_loss(b);
    assert_memory_equal(&loss_a, &loss_b, sizeof loss_a);
    assert_true(octet_evaluation_accuracy(a) == octet_evaluation_accuracy(b));
    for (uint64_t i = 0; i < octet_evaluation_n_samples(a); i++)
        assert_int_equal(octet_evaluation_class(a, i), octet_evaluation_class(b, i));
}

static void data_in_memory(void **state) {
    (void)state;
    octet_model *model = load("mnist_cnn_k2.h5");
    octet_data *const data[] = {from_files(), from_arrays(), from_batches()};
    octet_evaluation *evaluations[3];
    void *files[3];
    size_t sizes[3];
    for (int i = 0; i < 3; i++) {
        octet_model *quantized = NULL;
        GOOD(octet_evaluate(ctx, model, data[i], NULL, &evaluations[i]));
        GOOD(octet_model_quantize(ctx, model, data[i], NULL, &quantized, NULL));
        GOOD(octet_model_write_bytes(ctx, quantized, &files[i], &sizes[i]));
        octet_model_destroy(ctx, quantized);
        octet_data_close(ctx, data[i]);
        same_figures(evaluations[i], evaluations[0]);
        assert_int_equal(sizes[i], sizes[0]);
        assert_memory_equal(files[i], files[0], sizes[0]);
    }
    for (int i = 0; i < 3; i++) {
        octet_evaluation_destroy(ctx, evaluations[i]);
        octet_bytes_free(ctx, files[i]);
    }
    octet_model_destroy(ctx, model);
}

static int give_up(void *user, octet_array_view *inputs, uint32_t n_inputs, octet_array_view *batch_labels) {
    size_t *done = user;
    return *done >= 14 ? -1 : next_batch(user, inputs, n_inputs, batch_labels);
}

static int two_shapes(void *user, octet_array_view *inputs, uint32_t n_inputs, octet_array_view *batch_labels) {
    static const int64_t narrow[] = {1, SIDE, SIDE - 1};
    size_t *done = user;
    const bool is_second = *done > 0;
    const int more = next_batch(user, inputs, n_inputs, batch_labels);
    if (is_second) inputs[0].dims = narrow;
    return more;
}

static void refused(octet_status got, octet_status expected, const char *word) {
    if (got != expected || strstr(octet_context_message(ctx), word) == NULL)
        fail_msg("status %d, message '%s' without '%s'", got, octet_context_message(ctx), word);
    octet_context_clear_error(ctx);
}

static void bad_data_in_memory(void **state) {
    (void)state;
    octet_data *data = NULL;
    static const int64_t empty[] = {0, SIDE, SIDE}, fewer[] = {N_SAMPLES - 1};
    octet_array_view input = view("float99", 3, picture_dims, pictures);
    refused(octet_data_from_arrays(ctx, &input, 1, NULL, NULL, &data), OCTET_USAGE, "float99");
    input = view("uint8", 0, picture_dims, pictures);
    refused(octet_data_from_arrays(ctx, &input, 1, NULL, NULL, &data), OCTET_USAGE, "dimensions");
    input = view("uint8", 3, empty, pictures);
    refused(octet_data_from_arrays(ctx, &input, 1, NULL, NULL, &data), OCTET_DATA, "dimension 0");
    input = view("uint8", 3, picture_dims, NULL);
    refused(octet_data_from_arrays(ctx, &input, 1, NULL, NULL, &data), OCTET_USAGE, "no data");
    input.size = 3;
    refused(octet_data_from_arrays(ctx, &input, 1, NULL, NULL, &data), OCTET_USAGE, "INIT macro");
    size_t done = 0;
    refused(octet_data_from_batches(ctx, give_up, &done, 1, NULL, &data), OCTET_CANCELLED, "batch 2");
    done = 0;
    refused(octet_data_from_batches(ctx, two_shapes, &done, 1, NULL, &data), OCTET_DATA, "batch 1");
    done = N_SAMPLES;
    refused(octet_data_from_batches(ctx, next_batch, &done, 1, NULL, &data), OCTET_DATA, "no batch");
    octet_open_options options = OCTET_OPEN_OPTIONS_INIT;
    options.path = "file.npy";
    input = view("uint8", 3, picture_dims, pictures);
    refused(octet_data_from_arrays(ctx, &input, 1, NULL, &options, &data), OCTET_USAGE, "files");
    const octet_array_view few_labels = view("uint8", 1, fewer, labels);
    octet_model *model = load("mnist_fc_k2.h5");
    octet_evaluation *evaluation = NULL;
    GOOD(octet_data_from_arrays(ctx, &input, 1, &few_labels, NULL, &data));
    refused(octet_evaluate(ctx, model, data, NULL, &evaluation), OCTET_DATA, "59 samples");
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

static octet_evaluation *evaluate_part(octet_model *model, octet_data *data, uint64_t first, uint64_t n) {
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    octet_evaluation *part = NULL;
    options.first = first;
    options.limit = n;
    GOOD(octet_evaluate(ctx, model, data, &options, &part));
    assert_int_equal(octet_evaluation_n_samples(part), n);
    return part;
}

/* Saved to bytes and to a file, read again. */
static octet_evaluation *saved(octet_evaluation *evaluation, bool to_file) {
    static const char path[] = "test_interface.oct";
    octet_evaluation *again = NULL;
    void *bytes = NULL;
    size_t size = 0;
    if (to_file) {
        GOOD(octet_evaluation_save(ctx, evaluation, path));
        GOOD(octet_evaluation_load(ctx, path, &again));
        assert_int_equal(remove(path), 0);
    } else {
        GOOD(octet_evaluation_save_bytes(ctx, evaluation, &bytes, &size));
        GOOD(octet_evaluation_load_bytes(ctx, bytes, size, "bytes", &again));
        octet_bytes_free(ctx, bytes);
    }
    octet_evaluation_destroy(ctx, evaluation);
    return again;
}

/* Parts that other processes might have made: by number, not by first and limit. */
static void parts_by_number_are_merged(void **state) {
    (void)state;
    static const uint32_t numbers[] = {1, 2, 7, 32};
    octet_model *model = load("mnist_fc_k2.h5");
    octet_data *data = from_arrays();
    octet_evaluation *whole = evaluate_part(model, data, 0, N_SAMPLES);
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        octet_evaluation *all = NULL, *part = NULL;
        options.n_parts = numbers[k];
        for (uint32_t i = 0; i < numbers[k]; i++) {
            options.part = 1 + (i * 5 + 3) % numbers[k];
            GOOD(octet_evaluate(ctx, model, data, &options, &part));
            part = saved(part, i == 0);
            if (all == NULL) {
                all = part;
                continue;
            }
            GOOD(octet_evaluation_merge(ctx, &all, part));
            octet_evaluation_destroy(ctx, part);
        }
        bool is_equal = false;
        GOOD(octet_evaluation_equal(ctx, all, whole, &is_equal)); /* though their times are not */
        assert_true(is_equal);
        assert_int_equal(octet_evaluation_fingerprint(all), octet_evaluation_fingerprint(whole));
        same_figures(all, whole);
        octet_evaluation_destroy(ctx, all);
    }
    octet_evaluation *none = NULL;
    options.n_parts = N_SAMPLES + 1;
    refused(octet_evaluate(ctx, model, data, &options, &none), OCTET_USAGE, "would be empty");
    octet_evaluation_destroy(ctx, whole);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

/* Parts of 13, 1, 30 and 16 samples, in several orders. */
static void evaluations_are_merged(void **state) {
    (void)state;
    static const uint64_t starts[] = {0, 13, 14, 44, N_SAMPLES};
    static const int orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
    octet_model *model = load("mnist_cnn_k2.h5");
    octet_data *data = from_arrays();
    octet_evaluation *whole = evaluate_part(model, data, 0, N_SAMPLES);
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        octet_evaluation *all = NULL;
        for (int i = 0; i < 4; i++) {
            const uint64_t first = starts[orders[o][i]], n = starts[orders[o][i] + 1] - first;
            octet_evaluation *part = evaluate_part(model, data, first, n);
            if (all == NULL) {
                all = part;
                continue;
            }
            GOOD(octet_evaluation_merge(ctx, &all, part));
            refused(octet_evaluation_merge(ctx, &all, part), OCTET_DATA, "both evaluations");
            octet_evaluation_destroy(ctx, part);
        }
        same_figures(all, whole);
        octet_evaluation_destroy(ctx, all);
    }
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    octet_evaluation *none = NULL;
    options.first = N_SAMPLES;
    refused(octet_evaluate(ctx, model, data, &options, &none), OCTET_DATA, "there are 60");
    octet_evaluation_destroy(ctx, whole);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

/* Every value of a run can be read from an interpreter that keeps them, with the same results. */
static void values_are_kept(void **state) {
    (void)state;
    octet_model *model = load("mnist_cnn_k2.h5");
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    octet_interpreter *keeping = NULL, *sharing = NULL;
    uint32_t n, n_hidden = 0;
    float image[SIDE * SIDE], kept[10], shared[10];
    for (int i = 0; i < SIDE * SIDE; i++) image[i] = (float)pictures[0][i / SIDE][i % SIDE] / 255.0f;
    options.keep_values = true;
    GOOD(octet_interpreter_create(ctx, model, &options, &keeping));
    GOOD(octet_interpreter_create(ctx, model, NULL, &sharing));
    n = octet_model_n_tensors(model);
    octet_interpreter_set_input(keeping, 0, image);
    octet_interpreter_set_input(sharing, 0, image);
    octet_interpreter_run(keeping);
    octet_interpreter_run(sharing);
    octet_interpreter_get_output(keeping, 0, kept);
    octet_interpreter_get_output(sharing, 0, shared);
    assert_memory_equal(kept, shared, sizeof kept);
    for (uint32_t i = 0; i < n; i++) {
        octet_tensor tensor = OCTET_TENSOR_INIT;
        octet_model_tensor(model, i, &tensor);
        assert_non_null(octet_interpreter_value(keeping, i));
        if (tensor.is_constant) continue;
        assert_null(octet_interpreter_value(sharing, i));
        n_hidden++;
    }
    assert_true(n_hidden >= 6);
    assert_memory_equal(octet_interpreter_value(keeping, input_of(model, 0).index), image, sizeof image);
    assert_memory_equal(octet_interpreter_value(keeping, output_of(model, 0).index), kept, sizeof kept);
    assert_true(octet_interpreter_arena_bytes(keeping) > octet_interpreter_arena_bytes(sharing));
    octet_interpreter_destroy(ctx, sharing);
    octet_interpreter_destroy(ctx, keeping);
    octet_model_destroy(ctx, model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_another_size),
        cmocka_unit_test(a_call_is_stopped),
        cmocka_unit_test(models_in_memory),
        cmocka_unit_test(tensors_in_detail),
        cmocka_unit_test(data_in_memory),
        cmocka_unit_test(bad_data_in_memory),
        cmocka_unit_test(evaluations_are_merged),
        cmocka_unit_test(values_are_kept),
        cmocka_unit_test(parts_by_number_are_merged),
        cmocka_unit_test(values_are_kept),
    };
    make_pictures();
    return cmocka_run_group_tests(tests, start, end);
}
