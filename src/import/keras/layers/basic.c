/* Dense, shapes, and layers that do nothing at inference. */
#include <string.h>

#include "import/keras/emit/activation.h"
#include "import/keras/emit/argument.h"
#include "import/keras/emit/mask.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

octet_status octet_keras_weights_dense(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "kernel", "vars/0", true);
    /* EinsumDense has bias_axes instead of use_bias. */
    const octet_json *use_bias = octet_json_get(layer->config, "use_bias");
    const bool is_einsum = layer->class->is_equation;
    const bool has_bias = is_einsum ? octet_json_text(octet_json_get(layer->config, "bias_axes")) != NULL
                                    : octet_json_kind_of(use_bias) != OCTET_JSON_BOOL || octet_json_is_true(use_bias);
    if (has_bias) octet_keras_weights_add(layer, "bias", "vars/1", true);
    return OCTET_OK;
}

octet_status octet_keras_layer_dense(octet_keras_call *call) {
    uint32_t x, weights, bias = OCTET_NONE;
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK, &x));
    int32_t units = 0;
    OCTET_TRY(octet_keras_sizes(call, "units", 1, 0, &units));
    const octet_shape *shape = octet_keras_shape(call, x);
    int32_t dims[2] = {shape->dims[shape->rank - 1], units};
    const float *data = NULL;
    OCTET_TRY(octet_keras_weight_shape(call, "kernel", 2, dims));
    OCTET_TRY(octet_keras_weight_constant(call, "kernel", "MatMul", 2, dims, (const int32_t[]){1, 0}, 2,
                                          (const int32_t[]){dims[1], dims[0]}, &weights));
    if (octet_keras_has_weight(call, "bias")) {
        OCTET_TRY(octet_keras_weight_data(call, "bias", 1, &dims[1], &data));
        OCTET_TRY(octet_keras_constant(call, "BiasAdd/ReadVariableOp", octet_keras_weight_origin(call, "bias"), 1,
                                       &dims[1], data, &bias));
    }
    OCTET_TRY(octet_keras_fully_connected(call, bias == OCTET_NONE ? "MatMul" : "BiasAdd", x, weights, bias, &x));
    OCTET_TRY(octet_keras_activate(call, "activation", "linear", x, &x));
    return octet_keras_return(call, x);
}

/* EinsumDense whose equation is a Dense over the last axes: "...x,xy->...y"
 * or with several letters ("abc,cde->abde"). */
octet_status octet_keras_layer_einsum_dense(octet_keras_call *call) {
    uint32_t x, weights, bias = OCTET_NONE;
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK, &x));
    const char *equation = NULL;
    OCTET_TRY(octet_keras_string(call, "equation", "", &equation));
    const char *comma = strchr(equation, ','), *arrow = strstr(equation, "->");
    if (comma == NULL || arrow == NULL || arrow < comma)
        return octet_keras_refuse(call, "equation \"%s\" is not of the form a,b->c", equation);
    const char *input = equation, *kernel = comma + 1, *output = arrow + 2;
    size_t n_input = (size_t)(comma - input), n_kernel = (size_t)(arrow - kernel), n_output = strlen(output);
    if (n_input >= 3 && strncmp(input, "...", 3) == 0 && n_output >= 3 && strncmp(output, "...", 3) == 0) {
        input += 3, n_input -= 3, output += 3, n_output -= 3;
    }
    /* The letters of the input that the kernel starts with must be its last ones;
     * the rest of the kernel ends the output. */
    size_t n_shared = 0;
    while (n_shared < n_kernel && memchr(input, kernel[n_shared], n_input) != NULL) n_shared++;
    const size_t n_new = n_kernel - n_shared, n_kept = n_input - (n_shared < n_input ? n_shared : n_input);
    const bool fits = n_shared > 0 && n_shared <= n_input && n_new > 0 &&
                      strncmp(input + n_kept, kernel, n_shared) == 0 && n_output == n_kept + n_new &&
                      strncmp(output, input, n_kept) == 0 && strncmp(output + n_kept, kernel + n_shared, n_new) == 0 &&
                      n_kernel <= OCTET_MAX_RANK;
    if (!fits)
        return octet_keras_refuse(call, "equation \"%s\" is not a product over the last axes, which alone is supported",
                                  equation);
    const octet_shape shape = *octet_keras_shape(call, x);
    if ((int32_t)n_shared >= shape.rank || (int32_t)n_kernel - 2 * (int32_t)n_shared + shape.rank > OCTET_MAX_RANK) {
        return octet_keras_contradict(call, "equation \"%s\" does not fit an input of %d dimensions", equation,
                                      shape.rank);
    }
    int32_t dims[OCTET_MAX_RANK], flat[2] = {1, 1}, rows[OCTET_MAX_RANK], result[OCTET_MAX_RANK];
    const int32_t n_rows = shape.rank - (int32_t)n_shared;
    for (size_t i = 0; i < n_kernel; i++) dims[i] = i < n_shared ? shape.dims[n_rows + (int32_t)i] : -1;
    const float *data = NULL;
    OCTET_TRY(octet_keras_weight_shape(call, "kernel", (int32_t)n_kernel, dims));
    for (size_t i = 0; i < n_kernel; i++) flat[i >= n_shared] *= dims[i];
    OCTET_TRY(octet_keras_weight_constant(call, "kernel", "MatMul", 2, flat, (const int32_t[]){1, 0}, 2,
                                          (const int32_t[]){flat[1], flat[0]}, &weights));
    if (octet_keras_has_weight(call, "bias")) {
        const char *axes = NULL;
        OCTET_TRY(octet_keras_string(call, "bias_axes", "", &axes));
        if (strncmp(axes, kernel + n_shared, n_new) != 0 || strlen(axes) != n_new)
            return octet_keras_refuse(call, "bias_axes \"%s\" with equation \"%s\" is not supported", axes, equation);
        OCTET_TRY(octet_keras_weight_data(call, "bias", (int32_t)n_new, dims + n_shared, &data));
        OCTET_TRY(
            octet_keras_constant(call, "BiasAdd", octet_keras_weight_origin(call, "bias"), 1, &flat[1], data, &bias));
    }
    memcpy(rows, shape.dims, sizeof rows);
    memcpy(result, shape.dims, sizeof result);
    rows[n_rows] = flat[0];
    for (size_t i = 0; i < n_new; i++) result[n_rows + (int32_t)i] = dims[n_shared + i];
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, n_rows + 1, rows, &x));
    OCTET_TRY(octet_keras_fully_connected(call, "einsum/Einsum", x, weights, bias, &x));
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, n_rows + (int32_t)n_new, result, &x));
    OCTET_TRY(octet_keras_activate(call, "activation", "linear", x, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_flatten(octet_keras_call *call) {
    uint32_t x;
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK, &x));
    const octet_shape *shape = octet_keras_shape(call, x);
    const bool is_open = call->keras_version < 3; /* TensorFlow's Flatten writes [-1, n] */
    const int32_t dims[2] = {is_open ? -1 : shape->dims[0], octet_shape_product(shape, 1, shape->rank)};
    OCTET_TRY(octet_keras_reshape_open(call, "Reshape", x, 2, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_reshape(octet_keras_call *call) {
    uint32_t x;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK, &x));
    int32_t dims[OCTET_MAX_RANK], n = 0, open = -1;
    OCTET_TRY(octet_json_get_i32_list(call->ctx, call->document, call->layer->config, "target_shape",
                                      OCTET_MAX_RANK - 1, dims + 1, &n));
    const octet_shape *shape = octet_keras_shape(call, x);
    const int64_t wanted = octet_shape_product(shape, 1, shape->rank);
    int64_t product = 1;
    dims[0] = shape->dims[0];
    for (int32_t i = 1; i <= n; i++) {
        if (dims[i] < 0) {
            if (open >= 0) return octet_keras_contradict(call, "target_shape has two open dimensions");
            open = i;
        } else if (!octet_multiply_i64(product, dims[i], &product) || product > INT32_MAX) {
            return octet_keras_contradict(call, "target_shape has more elements than its input");
        }
    }
    if (open >= 0) {
        if (product == 0 || wanted % product != 0)
            return octet_keras_contradict(call, "target_shape does not divide %lld elements", (long long)wanted);
        dims[open] = (int32_t)(wanted / product);
    } else if (product != wanted) {
        return octet_keras_contradict(call, "target_shape has %lld elements, its input %lld", (long long)product,
                                      (long long)wanted);
    }
    OCTET_TRY(octet_keras_reshape_open(call, "Reshape", x, n + 1, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_permute(octet_keras_call *call) {
    uint32_t x;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    int32_t perm[OCTET_MAX_RANK] = {0}, n = 0;
    OCTET_TRY(octet_json_get_i32_list(call->ctx, call->document, call->layer->config, "dims", OCTET_MAX_RANK - 1,
                                      perm + 1, &n));
    uint32_t seen = 1;
    for (int32_t i = 1; i <= n; i++) {
        if (perm[i] < 1 || perm[i] >= rank || (seen >> perm[i] & 1) != 0)
            return octet_keras_contradict(call, "dims is no order of 1 to %d", rank - 1);
        seen |= 1u << perm[i];
    }
    if (n != rank - 1) return octet_keras_contradict(call, "dims has %d numbers, it needs %d", n, rank - 1);
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_repeat_vector(octet_keras_call *call) {
    uint32_t inputs[2];
    int32_t times = 1;
    OCTET_TRY(octet_keras_single(call, 2, 2, &inputs[0]));
    OCTET_TRY(octet_keras_sizes(call, "n", 1, 1, &times));
    const int32_t batch = octet_keras_shape(call, inputs[0])->dims[0],
                  features = octet_keras_shape(call, inputs[0])->dims[1];
    if (call->keras_version >= 3) {
        OCTET_TRY(
            octet_keras_reshape(call, "Reshape", inputs[0], 4, (const int32_t[]){batch, 1, 1, features}, &inputs[0]));
        OCTET_TRY(octet_keras_i32s(call, "Tile/multiples", (const int32_t[]){1, 1, times, 1}, 4, &inputs[1]));
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_TILE, "Tile", inputs, 2, NULL, &inputs[0]));
        OCTET_TRY(octet_keras_reshape(call, "Reshape_1", inputs[0], 3, (const int32_t[]){batch, times, features},
                                      &inputs[0]));
    } else {
        OCTET_TRY(
            octet_keras_reshape(call, "ExpandDims", inputs[0], 3, (const int32_t[]){batch, 1, features}, &inputs[0]));
        OCTET_TRY(octet_keras_i32s(call, "Tile/multiples", (const int32_t[]){1, times, 1}, 3, &inputs[1]));
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_TILE, "Tile", inputs, 2, NULL, &inputs[0]));
    }
    return octet_keras_return(call, inputs[0]);
}

/* Dropout, noise, ActivityRegularization: they act in training only. */
octet_status octet_keras_layer_identity(octet_keras_call *call) {
    if (call->n_inputs > OCTET_KERAS_MAX_OUTPUTS)
        return octet_keras_refuse(call, "has more than %d inputs", OCTET_KERAS_MAX_OUTPUTS);
    memcpy(call->outputs, call->inputs, call->n_inputs * sizeof *call->inputs);
    call->n_outputs = call->n_inputs;
    return OCTET_OK;
}

octet_status octet_keras_weights_embedding(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    octet_keras_weights_add(layer, "embeddings", "vars/0", true);
    return OCTET_OK;
}

/* A whole number of the type of the indices x. */
static octet_status index_scalar(octet_keras_call *call, const char *name, uint32_t x, int32_t value, uint32_t *out) {
    OCTET_TRY(octet_keras_i32_scalar(call, name, value, out));
    octet_value *scalar = &call->graph->values[*out];
    const int64_t wide = value;
    if (call->graph->values[x].type != OCTET_INT64) return OCTET_OK;
    return octet_graph_add_constant(call->ctx, call->graph, scalar->name, OCTET_INT64, &scalar->shape, &wide, out);
}

octet_status octet_keras_layer_embedding(octet_keras_call *call) {
    uint32_t x, table;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK - 1, &x));
    int32_t dims[2] = {0, 0};
    bool mask_zero = false;
    OCTET_TRY(octet_keras_bool(call, "mask_zero", false, &mask_zero));
    OCTET_TRY(octet_keras_sizes(call, "input_dim", 1, 0, &dims[0]));
    OCTET_TRY(octet_keras_sizes(call, "output_dim", 1, 0, &dims[1]));
    OCTET_TRY(octet_keras_weight_shape(call, "embeddings", 2, dims));
    OCTET_TRY(octet_keras_weight_constant(call, "embeddings", "embedding_lookup", 2, dims, NULL, 2, dims, &table));
    const octet_type given = call->graph->values[x].type;
    if (given != OCTET_INT32 && given != OCTET_INT64) OCTET_TRY(octet_keras_cast(call, x, OCTET_INT32, &x));
    uint32_t mask = OCTET_NONE, padding;
    if (mask_zero) {
        OCTET_TRY(index_scalar(call, "NotEqual/y", x, 0, &padding));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_NOT_EQUAL, "NotEqual", x, padding, &mask));
    }
    if (call->keras_version >= 3) { /* Keras 3 counts negative indices from the end */
        uint32_t zero, size, is_negative, shifted;
        OCTET_TRY(index_scalar(call, "Less/y", x, 0, &zero));
        OCTET_TRY(index_scalar(call, "add/y", x, dims[0], &size));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_LESS, "Less", x, zero, &is_negative));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", x, size, &shifted));
        const uint32_t choice[3] = {is_negative, shifted, x};
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_SELECT, "SelectV2", choice, 3, NULL, &x));
    }
    const octet_options gather = {.gather = {0, 0}};
    const uint32_t inputs[2] = {table, x};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_GATHER, "GatherV2", inputs, 2, &gather, &x));
    OCTET_TRY(octet_keras_mask_set(call, x, mask));
    return octet_keras_return(call, x);
}

octet_status octet_keras_weights_reversible_embedding(octet_context *ctx, octet_arena *arena,
                                                      octet_keras_layer *layer) {
    const octet_json *tied = octet_json_get(layer->config, "tie_weights");
    OCTET_TRY(octet_keras_weights_embedding(ctx, arena, layer));
    if (octet_json_kind_of(tied) == OCTET_JSON_BOOL && !octet_json_is_true(tied))
        octet_keras_weights_add(layer, "reverse_embeddings", "vars/1", true);
    return OCTET_OK;
}

/* An Embedding, or with reverse=True from features to the words: a product with the table turned round, or with one of
 * its own. */
octet_status octet_keras_layer_reversible_embedding(octet_keras_call *call) {
    bool is_reverse = false;
    uint32_t x, weights;
    int32_t dims[2] = {0, 0};
    float cap = 0.0f;
    OCTET_TRY(octet_keras_operand_bool(call, 1, "reverse", false, &is_reverse));
    if (!is_reverse) return octet_keras_layer_embedding(call);
    OCTET_TRY(octet_keras_single(call, 2, OCTET_MAX_RANK, &x));
    OCTET_TRY(octet_keras_sizes(call, "input_dim", 1, 0, &dims[0]));
    OCTET_TRY(octet_keras_sizes(call, "output_dim", 1, 0, &dims[1]));
    OCTET_TRY(octet_keras_f32(call, "logit_soft_cap", 0.0, &cap));
    if (octet_keras_has_weight(call, "reverse_embeddings")) {
        int32_t own[2] = {dims[1], dims[0]};
        OCTET_TRY(octet_keras_weight_shape(call, "reverse_embeddings", 2, own));
        OCTET_TRY(octet_keras_weight_constant(call, "reverse_embeddings", "MatMul", 2, own, (const int32_t[]){1, 0}, 2,
                                              dims, &weights));
    } else {
        OCTET_TRY(octet_keras_weight_shape(call, "embeddings", 2, dims));
        OCTET_TRY(octet_keras_weight_constant(call, "embeddings", "MatMul", 2, dims, NULL, 2, dims, &weights));
    }
    OCTET_TRY(octet_keras_fully_connected(call, "MatMul", x, weights, OCTET_NONE, &x));
    if (cap != 0.0f) {
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "truediv", x, 1.0f / cap, &x));
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_TANH, "Tanh", x, &x));
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", x, cap, &x));
    }
    return octet_keras_return(call, x);
}

/* Steps whose features all have the value are masked, and set to zero. */
octet_status octet_keras_layer_masking(octet_keras_call *call) {
    uint32_t x, is_step, factor;
    float value = 0.0f;
    OCTET_TRY(octet_keras_single(call, 3, 3, &x));
    OCTET_TRY(octet_keras_f32(call, "mask_value", 0.0, &value));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_NOT_EQUAL, "NotEqual", x, value, &is_step));
    OCTET_TRY(
        octet_keras_reduce(call, OCTET_OP_REDUCE_ANY, "Any", is_step, (const int32_t[]){-1}, 1, true, true, &is_step));
    OCTET_TRY(octet_keras_cast(call, is_step, OCTET_FLOAT32, &factor));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, factor, &x));
    OCTET_TRY(octet_keras_reshape(call, "Squeeze", is_step, 2, shape.dims, &is_step));
    OCTET_TRY(octet_keras_mask_set(call, x, is_step));
    return octet_keras_return(call, x);
}
