/* What octet.h promises to programs: structs that grow, calls that can be stopped, models and files in memory. */
#include <string.h>

#include "octet/octet.h"
#include "support/fixture.h"
#include "support/ports.h"

static octet_context *ctx;

static int start(void **state) {
    (void)state;
    return octet_context_create(&ctx) != OCTET_OK;
}

static int end(void **state) {
    (void)state;
    octet_context_destroy(ctx);
    return 0;
}

#define GOOD(call)                                                                     \
    do {                                                                               \
        if ((call) != OCTET_OK) fail_msg("%s: %s", #call, octet_context_message(ctx)); \
    } while (0)

static const char mnist[] = OCTET_EXAMPLES "/mnist";

static octet_model *load(const char *name) {
    char path[512];
    octet_model *model = NULL;
    snprintf(path, sizeof path, "%s/%s", mnist, name);
    GOOD(octet_model_load(ctx, path, NULL, &model));
    return model;
}

static octet_data *open_mnist(void) {
    octet_open_options options = OCTET_OPEN_OPTIONS_INIT;
    octet_data *data = NULL;
    options.path = mnist;
    GOOD(octet_data_open(ctx, &options, &data));
    return data;
}

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
    GOOD(octet_model_n_tensors(ctx, quantized, &n));
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_another_size),
        cmocka_unit_test(a_call_is_stopped),
        cmocka_unit_test(models_in_memory),
        cmocka_unit_test(tensors_in_detail),
    };
    return cmocka_run_group_tests(tests, start, end);
}
