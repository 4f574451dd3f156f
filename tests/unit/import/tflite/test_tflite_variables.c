/* Resource variables of a .tflite: what they hold from run to run, and which files are refused. */
#include "support/tflite_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "exec/exec.h"
#include "octet/octet.h"

enum {
    ADD = OCTET_BUILTIN_ADD,
    WHILE = OCTET_BUILTIN_WHILE,
    CALL_ONCE = OCTET_BUILTIN_CALL_ONCE,
    VAR_HANDLE = OCTET_BUILTIN_VAR_HANDLE,
    READ_VARIABLE = OCTET_BUILTIN_READ_VARIABLE,
    ASSIGN_VARIABLE = OCTET_BUILTIN_ASSIGN_VARIABLE,
    RESOURCE = OCTET_TENSOR_TYPE_RESOURCE,
    CALL_ONCE_OPTIONS = 103,
    VAR_HANDLE_OPTIONS = 111
};
enum { OF_ADD, OF_ONCE, OF_HANDLE, OF_READ, OF_ASSIGN, OF_OTHER };

static ref handle(const char *name, int32_t tensor_index) {
    ref text;
    assert_int_equal(octet_flatbuffer_build_string(ctx, &builder, name, &text), OCTET_OK);
    return operator_with_options(OF_HANDLE, 0, I32S(tensor_index), VAR_HANDLE_OPTIONS,
                                 TABLE(octet_flatbuffer_link(OCTET_TFLITE_VAR_HANDLE_OPTIONS_SHARED_NAME, text)));
}

/* y = x + a + b; z = a after a := x; b := what a was. a begins with the n numbers of `first`. `other`: a builtin put
 * first, or 0. */
static octet_buffer make(const float *first, int32_t n, int other, uint32_t called) {
    const ref row = I32S(1, 2);
    const ref tensors = LIST(tensor(row, 0, 0, 0), tensor(I32S(0), RESOURCE, 0, 0), tensor(I32S(0), RESOURCE, 0, 0),
                             tensor(row, 0, 0, 0), tensor(row, 0, 0, 0), tensor(row, 0, 0, 0), tensor(row, 0, 0, 0),
                             tensor(row, 0, 0, 0));
    const ref once = operator_with_options(
        OF_ONCE, 0, 0, CALL_ONCE_OPTIONS,
        TABLE(octet_flatbuffer_i32(OCTET_TFLITE_CALL_ONCE_OPTIONS_INIT_SUBGRAPH, (int32_t)called, 0)));
    const ref operators =
        LIST(other != 0 ? operator(OF_OTHER, I32S(0), I32S(0), 0) : once, handle("a", 1),
             handle("b", 2), operator(OF_READ, I32S(1), I32S(3), 0), operator(OF_READ, I32S(2), I32S(4), 0),
                                                                     operator(OF_ADD, I32S(0, 3), I32S(5), 0),
                                                                     operator(OF_ASSIGN, I32S(1, 0), 0, 0),
                                                                     operator(OF_ASSIGN, I32S(2, 3), 0, 0),
                                                                     operator(OF_ADD, I32S(5, 4), I32S(6), 0),
                                                                     operator(OF_READ, I32S(1), I32S(7), 0));
    const ref graph = subgraph(tensors, I32S(0), I32S(6, 7), operators);
    const ref initial = subgraph(LIST(tensor(I32S(0), RESOURCE, 0, 0), tensor(I32S(1, n), 0, 1, 0)), 0, 0,
                                 LIST(handle("a", 0), operator(OF_ASSIGN, I32S(0, 1), 0, 0)));
    const ref codes = LIST(code(ADD, NULL), code(CALL_ONCE, NULL), code(VAR_HANDLE, NULL), code(READ_VARIABLE, NULL),
                           code(ASSIGN_VARIABLE, NULL), code(other, NULL));
    return finish(model(codes, LIST(graph, initial), LIST(table(NULL, 0), buffer(first, 4 * (size_t)n))));
}

static void variables_go_on_from_run_to_run(void **state) {
    (void)state;
    static const float first[2] = {10, 20};
    static const float x[4][2] = {{1, 2}, {3, 4}, {0, 0}, {1, 2}};
    static const float y[4][2] = {{11, 22}, {14, 26}, {4, 6}, {11, 22}}; /* the last one after a reset */
    octet_buffer file = make(first, 2, 0, 1);
    const char *corpus = getenv("OCTET_WRITE_CORPUS"); /* a folder for the fuzz target's first files */
    if (corpus != NULL) {
        char path[512];
        snprintf(path, sizeof path, "%s/VARIABLES", corpus);
        assert_int_equal(octet_file_write(ctx, path, (octet_bytes){file.data, file.size}), OCTET_OK);
    }
    octet_graph *graph = NULL, *copy = NULL;
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    if (octet_import_tflite_bytes(ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph) != OCTET_OK)
        fail_msg("%s", ctx->message);
    assert_int_equal(octet_graph_clone(ctx, graph, &copy), OCTET_OK);
    octet_graph_destroy(ctx, graph);
    octet_buffer_free(ctx, &file);
    assert_int_equal(octet_graph_compact(ctx, copy), OCTET_OK);
    assert_int_equal(octet_graph_verify(ctx, copy, "test"), OCTET_OK);
    assert_int_equal(copy->n_carries, 2);
    assert_int_equal(octet_exec_create(ctx, copy, NULL, &exec), OCTET_OK);
    assert_int_equal(octet_runner_create(ctx, exec, 1, &runner), OCTET_OK);
    for (int i = 0; i < 4; i++) {
        if (i == 3) octet_runner_reset(runner);
        memcpy(octet_runner_value(runner, copy->inputs[0].value), x[i], sizeof x[i]);
        octet_runner_run(runner, NULL);
        assert_memory_equal(octet_runner_value(runner, copy->outputs[0].value), y[i], sizeof y[i]);
        assert_memory_equal(octet_runner_value(runner, copy->outputs[1].value), x[i], sizeof x[i]);
    }
    octet_runner_destroy(ctx, runner);
    octet_exec_destroy(ctx, exec);
    octet_graph_destroy(ctx, copy);
    assert_int_equal(ctx->memory_bytes, 0);
}

/* What quantizing refuses, a check refuses with the same sentence. */
static void a_check_says_that_variables_are_not_written(void **state) {
    (void)state;
    static const float first[2] = {10, 20};
    octet_buffer file = make(first, 2, 0, 1);
    octet_model *model = NULL, *quantized = NULL;
    char *text = NULL;
    bool is_supported;
    char message[OCTET_MESSAGE_SIZE];
    octet_context_init(ctx);
    assert_int_equal(octet_model_load_bytes(ctx, file.data, file.size, "m.tflite", NULL, &model), OCTET_OK);
    assert_int_equal(octet_model_check(ctx, model, NULL, OCTET_AS_TEXT, &is_supported, &text), OCTET_UNSUPPORTED);
    memcpy(message, ctx->message, sizeof message);
    octet_context_clear(ctx);
    assert_int_equal(octet_model_quantize(ctx, model, NULL, NULL, &quantized, NULL), OCTET_UNSUPPORTED);
    assert_string_equal(ctx->message, message);
    octet_model_destroy(ctx, model);
    octet_buffer_free(ctx, &file);
    assert_int_equal(ctx->memory_bytes, 0);
}

static void refuse(octet_buffer file, const char *words) {
    octet_graph *graph = NULL;
    octet_context_init(ctx);
    const octet_status status =
        octet_import_tflite_bytes(ctx, (octet_bytes){file.data, file.size}, "file", NULL, &graph);
    if (status != OCTET_UNSUPPORTED && status != OCTET_FORMAT && status != OCTET_MODEL)
        fail_msg("not refused: %s", words);
    if (strstr(ctx->message, words) == NULL) fail_msg("%s instead of %s", ctx->message, words);
    octet_buffer_free(ctx, &file);
}

static void other_graphs_are_refused(void **state) {
    (void)state;
    static const float first[2] = {10, 20};
    refuse(make(first, 2, WHILE, 1), "WHILE #0 calls graph 0, which calls itself by that");
    refuse(make(first, 2, 0, 2), "CALL_ONCE names graph 2 of 2");
    refuse(make(first, 0, 0, 1), "variable a begins with something else than a constant of its 0 bytes");
    refuse(make(first, 1, 0, 1), "variable a begins with a tensor of another type or shape");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_go_on_from_run_to_run),
        cmocka_unit_test(a_check_says_that_variables_are_not_written),
        cmocka_unit_test(other_graphs_are_refused),
    };
    octet_context_init(ctx);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
