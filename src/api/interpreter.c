/* octet_interpreter: one model, run on arrays in memory. */
#include "api/handles.h"
#include "api/options.h"
#include "exec/convert.h"

struct octet_interpreter {
    const octet_graph *graph;
    octet_exec *exec;
    octet_runner *runner;
    octet_pool *pool;
    bool keeps_values;
};

static octet_status create(octet_context *ctx, const octet_model *model, const octet_run_options *given,
                           octet_interpreter *interpreter) {
    octet_run_options options;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, given, &options));
    octet_exec_options exec;
    OCTET_TRY(octet_api_exec_options(ctx, &options, &exec));
    exec.outputs_only = !options.keep_values;
    interpreter->graph = model->graph;
    interpreter->keeps_values = options.keep_values;
    OCTET_TRY(octet_pool_create(ctx, options.n_threads > 0 ? options.n_threads : 1, &interpreter->pool));
    OCTET_TRY(octet_exec_create(ctx, model->graph, &exec, &interpreter->exec));
    return octet_runner_create(ctx, interpreter->exec, octet_pool_size(interpreter->pool), &interpreter->runner);
}

octet_status octet_interpreter_create(octet_context *ctx, const octet_model *model, const octet_run_options *options,
                                      octet_interpreter **out) {
    void *block = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof(octet_interpreter), &block));
    octet_interpreter *interpreter = block;
    *interpreter = (octet_interpreter){0};
    const octet_status status = create(ctx, model, options, interpreter);
    if (status == OCTET_OK) *out = interpreter;
    else octet_interpreter_destroy(ctx, interpreter);
    return status;
}

void octet_interpreter_destroy(octet_context *ctx, octet_interpreter *interpreter) {
    if (interpreter == NULL) return;
    octet_runner_destroy(ctx, interpreter->runner);
    octet_exec_destroy(ctx, interpreter->exec);
    octet_pool_destroy(ctx, interpreter->pool);
    octet_memory_free(ctx, interpreter);
}

void *octet_interpreter_input(octet_interpreter *interpreter, uint32_t index) {
    return octet_runner_value(interpreter->runner, interpreter->graph->inputs[index].value);
}

const void *octet_interpreter_output(const octet_interpreter *interpreter, uint32_t index) {
    return octet_runner_value(interpreter->runner, interpreter->graph->outputs[index].value);
}

const void *octet_interpreter_value(const octet_interpreter *interpreter, uint32_t index) {
    const octet_value *value = &interpreter->graph->values[index];
    const bool is_kept = interpreter->keeps_values || octet_value_is_constant(value) || value->is_variable;
    return is_kept ? octet_runner_value(interpreter->runner, index) : NULL;
}

void octet_interpreter_set_input(octet_interpreter *interpreter, uint32_t index, const float *values) {
    const octet_value *value = &interpreter->graph->values[interpreter->graph->inputs[index].value];
    octet_convert_from_real(value, OCTET_ROUND_NEAREST, values, octet_shape_elements(&value->shape),
                            octet_interpreter_input(interpreter, index));
}

void octet_interpreter_get_output(const octet_interpreter *interpreter, uint32_t index, float *values) {
    const octet_value *value = &interpreter->graph->values[interpreter->graph->outputs[index].value];
    octet_convert_to_real(value, octet_interpreter_output(interpreter, index), octet_shape_elements(&value->shape),
                          values);
}

void octet_interpreter_run(octet_interpreter *interpreter) { octet_runner_run(interpreter->runner, interpreter->pool); }
void octet_interpreter_reset(octet_interpreter *interpreter) { octet_runner_reset(interpreter->runner); }
size_t octet_interpreter_arena_bytes(const octet_interpreter *interpreter) {
    return octet_exec_arena_bytes(interpreter->exec);
}
