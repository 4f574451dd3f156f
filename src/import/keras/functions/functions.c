#include "import/keras/functions/functions.h"

#include <stdio.h>
#include <string.h>

#include "import/keras/emit/argument.h"
#include "import/keras/functions/formula.h"
#include "import/keras/names.h"

/* Columns. */
#define WRITE(writer, operator) .write = octet_keras_function_##writer, .code = OCTET_OP_##operator
#define VARIANT(word) .variant = word
#define TAKES_LIST .takes_list = true

static const octet_keras_function functions[] = {
    {"add add_v2 __add__ bias_add", WRITE(binary, ADD)},
    {"subtract sub __sub__", WRITE(binary, SUB)},
    {"multiply mul __mul__", WRITE(binary, MUL)},
    {"divide truediv true_divide real_div div __truediv__", WRITE(binary, DIV)},
    {"maximum", WRITE(binary, MAXIMUM)},
    {"minimum", WRITE(binary, MINIMUM)},
    {"pow power", WRITE(binary, POW)},
    {"squared_difference", WRITE(binary, SQUARED_DIFFERENCE)},
    {"floordiv floor_div floor_divide", WRITE(binary, FLOOR_DIV)},
    {"floormod floor_mod mod", WRITE(binary, FLOOR_MOD)},
    {"equal", WRITE(binary, EQUAL)},
    {"not_equal", WRITE(binary, NOT_EQUAL)},
    {"less", WRITE(binary, LESS)},
    {"less_equal", WRITE(binary, LESS_EQUAL)},
    {"greater", WRITE(binary, GREATER)},
    {"greater_equal", WRITE(binary, GREATER_EQUAL)},
    {"logical_and", WRITE(binary, LOGICAL_AND)},
    {"logical_or", WRITE(binary, LOGICAL_OR)},
    {"logical_not", WRITE(unary, LOGICAL_NOT)},
    {"matmul mat_mul batch_mat_mul batch_mat_mul_v2", WRITE(matmul, BATCH_MATMUL)},
    {"exp", WRITE(unary, EXP)},
    {"log", WRITE(unary, LOG)},
    {"sqrt", WRITE(unary, SQRT)},
    {"rsqrt", WRITE(unary, RSQRT)},
    {"abs absolute", WRITE(unary, ABS)},
    {"negative neg", WRITE(unary, NEG)},
    {"square", WRITE(unary, SQUARE)},
    {"floor", WRITE(unary, FLOOR)},
    {"ceil", WRITE(unary, CEIL)},
    {"round", WRITE(unary, ROUND)},
    {"sin", WRITE(unary, SIN)},
    {"cos", WRITE(unary, COS)},
    {"sign", WRITE(unary, SIGN)},
    {"identity stop_gradient copy dropout ensure_shape saturate_cast convert_image_dtype", WRITE(identity, RESHAPE)},
    {"cast", WRITE(cast, CAST)},
    {"fake_quant_with_min_max_args fake_quant_with_min_max_vars", WRITE(fake_quant, FAKE_QUANT)},
    {"clip_by_value clip", WRITE(clip, MINIMUM)},
    {"reduce_mean mean", WRITE(reduce, MEAN)},
    {"reduce_sum sum", WRITE(reduce, SUM)},
    {"reduce_max max amax", WRITE(reduce, REDUCE_MAX)},
    {"reduce_min min amin", WRITE(reduce, REDUCE_MIN)},
    {"reduce_prod prod", WRITE(reduce, REDUCE_PROD)},
    {"reduce_any any", WRITE(reduce, REDUCE_ANY)},
    {"reduce_all all", WRITE(reduce, REDUCE_ALL)},
    {"var reduce_variance", WRITE(variance, MEAN)},
    {"std reduce_std", WRITE(variance, SQRT)},
    {"argmax arg_max", WRITE(arg, ARG_MAX)},
    {"argmin arg_min", WRITE(arg, ARG_MIN)},
    {"where select select_v2", WRITE(where, SELECT_V2)},
    {"l2_normalize normalize", WRITE(l2_normalize, L2_NORMALIZATION)},
    {"max_pool max_pool1d max_pool2d", WRITE(pool, MAX_POOL_2D)},
    {"avg_pool avg_pool1d avg_pool2d average_pool", WRITE(pool, AVERAGE_POOL_2D)},
    {"reduce_logsumexp logsumexp", WRITE(logsumexp, LOG)},
    {"norm", WRITE(norm, SQRT)},
    {"moments", WRITE(moments, MEAN)},
    {"add_n accumulate_n", WRITE(add_n, ADD), TAKES_LIST},
    {"crelu", WRITE(crelu, RELU)},
    {"one_hot", WRITE(one_hot, ONE_HOT)},
    {"top_k top_kv2", WRITE(top_k, TOPK_V2)},
    {"cumsum", WRITE(cumsum, CUMSUM)},
    {"local_response_normalization lrn", WRITE(local_response, LOCAL_RESPONSE_NORMALIZATION)},
    {"batch_norm batch_normalization", WRITE(batch_normalization, MUL)},
    {"einsum", WRITE(einsum, BATCH_MATMUL)},
    {"tensordot", WRITE(tensordot, BATCH_MATMUL), VARIANT("tensordot")},
    {"dot", WRITE(tensordot, BATCH_MATMUL), VARIANT("dot")},
    {"inner", WRITE(tensordot, BATCH_MATMUL), VARIANT("inner")},
    {"outer", WRITE(tensordot, MUL), VARIANT("outer")},
    {"slice", WRITE(slice, SLICE)},
    {"roll", WRITE(roll, SLICE)},
    {"diff", WRITE(diff, SUB)},
    {"moveaxis", WRITE(moveaxis, TRANSPOSE)},
    {"ravel", WRITE(ravel, RESHAPE)},
    {"hstack", WRITE(join, CONCATENATION), VARIANT("horizontal")},
    {"vstack", WRITE(join, CONCATENATION), VARIANT("vertical")},
    {"dstack", WRITE(join, CONCATENATION), VARIANT("deep")},
    {"central_crop", WRITE(crop, SLICE), VARIANT("central")},
    {"crop_to_bounding_box", WRITE(crop, SLICE), VARIANT("box")},
    {"flip_left_right", WRITE(flip_picture, REVERSE_V2), VARIANT("left")},
    {"flip_up_down", WRITE(flip_picture, REVERSE_V2), VARIANT("up")},
    {"rgb_to_grayscale", WRITE(grayscale, FULLY_CONNECTED)},
    {"triu", WRITE(triangle, MUL), VARIANT("upper")},
    {"tril", WRITE(triangle, MUL), VARIANT("lower")},
    {"conv conv1d conv2d", WRITE(conv, CONV_2D)},
    {"depthwise_conv depthwise_conv2d", WRITE(conv, DEPTHWISE_CONV_2D)},
    {"dot_product_attention", WRITE(dot_product_attention, SOFTMAX)},
    {"reshape", WRITE(reshape, RESHAPE)},
    {"image.transpose", WRITE(matrix_transpose, TRANSPOSE), VARIANT("picture")},
    {"transpose", WRITE(transpose, TRANSPOSE)},
    {"expand_dims", WRITE(expand_dims, RESHAPE)},
    {"squeeze", WRITE(squeeze, RESHAPE)},
    {"concat concatenate concat_v2", WRITE(concat, CONCATENATION), TAKES_LIST},
    {"stack pack", WRITE(stack, PACK), TAKES_LIST},
    {"unstack unpack", WRITE(unstack, UNPACK)},
    {"split split_v", WRITE(split, SPLIT)},
    {"tile", WRITE(tile, TILE)},
    {"pad", WRITE(pad, PAD)},
    {"strided_slice", WRITE(strided_slice, STRIDED_SLICE)},
    {"getitem get_item", WRITE(getitem, STRIDED_SLICE)},
    {"shape", WRITE(shape, SHAPE)},
    {"reverse flip", WRITE(reverse, REVERSE_V2)},
    {"resize", WRITE(resize, RESIZE_BILINEAR)},
    {"resize_bilinear resize_images", WRITE(resize, RESIZE_BILINEAR), VARIANT("old")},
    {"resize_nearest_neighbor", WRITE(resize, RESIZE_NEAREST_NEIGHBOR), VARIANT("old")},
    {"depth_to_space", WRITE(block, DEPTH_TO_SPACE)},
    {"space_to_depth", WRITE(block, SPACE_TO_DEPTH)},
    {"broadcast_to", WRITE(broadcast_to, BROADCAST_TO)},
    {"swapaxes", WRITE(swapaxes, TRANSPOSE)},
    {"repeat repeat_elements", WRITE(repeat, TILE)},
    {"zeros_like", WRITE(fill, ZEROS_LIKE), VARIANT("like")},
    {"ones_like", WRITE(fill, FILL), VARIANT("like")},
    {"layer_norm layer_normalization", WRITE(layer_norm, MEAN)},
    {"rms_norm rms_normalization", WRITE(rms_norm, MEAN)},
    {"sort", WRITE(sort, TOPK_V2), VARIANT("sort")},
    {"argsort", WRITE(sort, TOPK_V2), VARIANT("argsort")},
    {"median", WRITE(quantile, TOPK_V2), VARIANT("median")},
    {"quantile", WRITE(quantile, TOPK_V2), VARIANT("quantile")},
    {"percentile", WRITE(quantile, TOPK_V2), VARIANT("percentile")},
    {"sparsemax", WRITE(sparsemax, TOPK_V2)},
    {"extract_patches", WRITE(patches, CONV_2D)},
    {"take_along_axis", WRITE(take_along, GATHER)},
    {"gather_nd", WRITE(gather_nd, GATHER_ND)},
    {"boolean_mask", WRITE(boolean_mask, GATHER)},
    {"reverse_sequence", WRITE(reverse_sequence, GATHER)},
    {"scatter_nd scatter", WRITE(scatter_nd, SCATTER_ND)},
    {"diagonal diag_part", WRITE(diagonal, GATHER)},
    {"trace", WRITE(diagonal, GATHER), VARIANT("trace")},
    {"average", WRITE(average, MEAN)},
    {"count_nonzero", WRITE(count, SUM)},
    {"cumprod", WRITE(cumprod, MUL)},
    {"digitize", WRITE(digitize, SUM)},
    {"searchsorted search_sorted", WRITE(digitize, SUM), VARIANT("search")},
    {"band_part", WRITE(band, MUL)},
    {"rot90", WRITE(rot90, REVERSE_V2)},
    {"fliplr", WRITE(reverse, REVERSE_V2), VARIANT("left")},
    {"flipud", WRITE(reverse, REVERSE_V2), VARIANT("up")},
    {"adaptive_average_pool", WRITE(adaptive_pool, AVERAGE_POOL_2D)},
    {"adaptive_max_pool", WRITE(adaptive_pool, MAX_POOL_2D)},
    {"conv_transpose conv2d_transpose", WRITE(conv_transpose, TRANSPOSE_CONV)},
    {"append", WRITE(append, CONCATENATION)},
    {"frame extract_sequences", WRITE(frame, GATHER)},
    {"batch_flatten", WRITE(flatten, RESHAPE)},
    {"size", WRITE(size, SHAPE)},
    {"rank ndim", WRITE(size, SHAPE), VARIANT("rank")},
    {"per_image_standardization", WRITE(picture, DIV), VARIANT("standardize")},
    {"adjust_contrast", WRITE(picture, MUL), VARIANT("contrast")},
    {"grayscale_to_rgb", WRITE(picture, TILE), VARIANT("rgb")},
    {"rgb_to_yuv", WRITE(picture, FULLY_CONNECTED), VARIANT("yuv")},
    {"rgb_to_yiq", WRITE(picture, FULLY_CONNECTED), VARIANT("yiq")},
    {"pad_to_bounding_box", WRITE(place_picture, PAD), VARIANT("box")},
    {"resize_with_crop_or_pad", WRITE(place_picture, PAD), VARIANT("centre")},
    {"pad_images", WRITE(place_picture, PAD), VARIANT("pad")},
    {"crop_images", WRITE(place_picture, SLICE), VARIANT("crop")},
    {"separable_conv separable_conv2d", WRITE(separable, CONV_2D)},
    {"pool", WRITE(pool, MAX_POOL_2D), VARIANT("named")},
    {"ptp", WRITE(span, SUB)},
    {"nansum", WRITE(nan_reduce, SUM)},
    {"nanprod", WRITE(nan_reduce, REDUCE_PROD)},
    {"clip_by_norm", WRITE(clip_by_norm, DIV)},
    {"hsplit", WRITE(split, SPLIT), VARIANT("horizontal")},
    {"vsplit", WRITE(split, SPLIT), VARIANT("vertical")},
    {"dsplit", WRITE(split, SPLIT), VARIANT("deep")},
    {"full_like", WRITE(fill, FILL), VARIANT("like full")},
    {"zeros", WRITE(fill, ZEROS_LIKE)},
    {"ones", WRITE(fill, FILL)},
    {"fill full", WRITE(fill, FILL), VARIANT("full")},
    {"space_to_batch_nd space_to_batch", WRITE(space_to_batch, SPACE_TO_BATCH_ND)},
    {"batch_to_space_nd batch_to_space", WRITE(space_to_batch, BATCH_TO_SPACE_ND)},
    {"matrix_transpose adjoint", WRITE(matrix_transpose, TRANSPOSE)},
    {"array_split", WRITE(split, SPLIT_V), VARIANT("array")},
    {"range", WRITE(range, RANGE)},
    {"gather take embedding_lookup", WRITE(gather, GATHER)},
};

const octet_keras_function *octet_keras_function_at(uint32_t index) {
    return index < sizeof functions / sizeof *functions ? &functions[index] : NULL;
}

static const octet_keras_function *find(const char *name) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (octet_keras_word_in(functions[i].names, name)) return &functions[i];
    return NULL;
}

/* "math.reduce_mean", "__operators__.add", "nn.relu" -> the last part; class names -> snake case. */
static octet_status function_name(octet_keras_call *call, char *out, size_t capacity) {
    const char *function = NULL;
    if (call->layer->is_operation) {
        octet_keras_snake_case(call->layer->class_name, out, capacity);
        return OCTET_OK;
    }
    if (call->layer->class->is_node) {
        const char *text = octet_json_text(octet_json_get(call->layer->config, "node_def"));
        const char *at = text != NULL ? strstr(text, "\"op\":") : NULL;
        const char *begin = at != NULL ? strchr(at + 5, '"') : NULL;
        const char *end = begin != NULL ? strchr(begin + 1, '"') : NULL;
        if (end == NULL) return octet_keras_refuse(call, "its node_def names no operation that octet can read");
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)(end - begin - 1 < 63 ? end - begin - 1 : 63), begin + 1);
        octet_keras_snake_case(name, out, capacity);
        if (strcmp(out, "add_v2") == 0) snprintf(out, capacity, "add");
        return OCTET_OK;
    }
    OCTET_TRY(octet_keras_string(call, "function", "?", &function));
    if (octet_keras_word_in("image.transpose", function)) { /* by itself a transpose is another function */
        snprintf(out, capacity, "%s", function);
        return OCTET_OK;
    }
    const char *dot = strrchr(function, '.');
    snprintf(out, capacity, "%s", dot != NULL ? dot + 1 : function);
    return OCTET_OK;
}

/* TensorFlow 2.0 to 2.3 keep the operands that are no tensors in "constants": {"1": 2.0}, by position. */
static octet_status add_constants(octet_keras_call *call) {
    const octet_json *constants = octet_json_get(call->layer->config, "constants"), *value = NULL;
    const size_t n = octet_json_kind_of(constants) == OCTET_JSON_OBJECT ? octet_json_length(constants) : 0;
    if (n == 0 || call->node == NULL) return OCTET_OK;
    octet_keras_node *node = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, 1, &node));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n + call->n_inputs, &node->arguments));
    node->n_arguments = (uint32_t)n + call->n_inputs;
    const char *key;
    for (size_t k = 0; (key = octet_json_key(constants, k, &value)) != NULL; k++) {
        const uint32_t at = key[0] >= '0' && key[0] <= '9' && key[1] == '\0' ? (uint32_t)(key[0] - '0') : UINT32_MAX;
        if (at >= node->n_arguments || node->arguments[at].constant != NULL)
            return octet_keras_refuse(call, "its constants are written in a way that octet does not know");
        node->arguments[at].kind = OCTET_KERAS_CONSTANT;
        node->arguments[at].constant = value;
    }
    for (uint32_t i = 0, j = 0; i < node->n_arguments; i++) {
        if (node->arguments[i].constant != NULL) continue;
        node->arguments[i].kind = OCTET_KERAS_TENSOR;
        node->arguments[i].value = call->inputs[j++];
    }
    call->node = node;
    return OCTET_OK;
}

/* The list of tensors that a TensorFlowOpLayer reads is its arguments one by one. */
static octet_status spread_list(octet_keras_call *call) {
    if (!call->layer->class->is_node || call->node == NULL) return OCTET_OK;
    if (octet_json_kind_of(octet_json_get(call->layer->config, "constants")) == OCTET_JSON_OBJECT &&
        octet_json_length(octet_json_get(call->layer->config, "constants")) > 0) {
        return add_constants(call);
    }
    octet_keras_node *node = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, 1, &node));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, call->n_inputs, &node->arguments));
    node->n_arguments = call->n_inputs;
    for (uint32_t i = 0; i < call->n_inputs; i++)
        node->arguments[i] = (octet_keras_argument){.kind = OCTET_KERAS_TENSOR, .value = call->inputs[i]};
    call->node = node;
    return OCTET_OK;
}

/* Arguments that say nothing about the result, or nothing that is not known without them. */
static const char silent_words[] =
    "name dtype DstT out_type output_type trainable function node_def constants data_format validate_indices num "
    "sorted "
    "stable synchronized flash_attention use_cudnn_on_gpu bad_indices_policy partition_strategy equal_nan posinf "
    "neginf seed "
    "noise_shape rate fill_mode fill_value reduction_type side batch_axis expand_nested_dims precision grad_a grad_b "
    "a_is_sparse b_is_sparse";

static bool is_off(const octet_json *value) {
    double number = 0.0;
    const octet_json_kind kind = octet_json_kind_of(value);
    return kind == OCTET_JSON_MISSING || kind == OCTET_JSON_NULL ||
           (kind == OCTET_JSON_BOOL && !octet_json_is_true(value)) ||
           (octet_json_number(value, &number) && number == 0.0);
}

/* An argument that is set and that the function has not read may change the result: refused. */
static octet_status check_arguments(octet_keras_call *call) {
    const octet_json *value = NULL, *config = call->layer->config;
    for (uint32_t i = 0; call->node != NULL && i < call->node->n_arguments; i++) {
        const octet_keras_argument *argument = &call->node->arguments[i];
        const bool is_read = i < 64 && (call->arguments_read >> i & 1) != 0;
        if (is_read || (argument->kind == OCTET_KERAS_CONSTANT && is_off(argument->constant))) continue;
        if (argument->keyword == NULL)
            return octet_keras_refuse(call, "is called with an argument %u, which octet does not know", i + 1);
        if (!octet_keras_word_in(silent_words, argument->keyword))
            return octet_keras_refuse(call, "is called with %s, which octet does not know", argument->keyword);
    }
    const char *key;
    for (uint32_t i = 0; (key = octet_json_key(config, i, &value)) != NULL; i++) {
        const bool is_read = i < 64 && (call->keys_read >> i & 1) != 0;
        if (!is_read && !octet_keras_word_in(silent_words, key) && !is_off(value))
            return octet_keras_refuse(call, "attribute %s is set, and octet does not know what it does", key);
    }
    return OCTET_OK;
}

static octet_status check_layout(octet_keras_call *call) {
    const octet_keras_argument *format = NULL;
    OCTET_TRY(octet_keras_operand(call, -1, "data_format", &format));
    const char *text = format != NULL ? octet_json_text(format->constant) : NULL;
    if (text != NULL && (strcmp(text, "channels_first") == 0 || strncmp(text, "NC", 2) == 0))
        return octet_keras_refuse(call, "data_format \"%s\" is not supported; build the model with channels_last",
                                  text);
    return OCTET_OK;
}

octet_status octet_keras_call_function(octet_keras_call *call) {
    char name[128];
    OCTET_TRY(function_name(call, name, sizeof name));
    const octet_keras_function *function = find(name);
    if (function == NULL || !function->takes_list) OCTET_TRY(spread_list(call));
    OCTET_TRY(check_layout(call));
    if (function != NULL) {
        OCTET_TRY(function->write(call, function));
        return check_arguments(call);
    }
    const octet_keras_activation *activation = octet_keras_activation_find(name);
    if (activation != NULL || octet_keras_is_formula(name)) {
        OCTET_TRY(activation != NULL ? octet_keras_call_activation(call, activation)
                                     : octet_keras_call_formula(call, name));
        return check_arguments(call);
    }
    return octet_keras_refuse(call,
                              "the function %s is not supported; supported are arithmetic, comparisons, activations, "
                              "reductions, clip, matmul, where, pooling, "
                              "reshape, transpose, concat, split, tile, pad, slicing, reverse, resize, gather, einsum, "
                              "convolutions and more; "
                              "write it with Keras layers instead",
                              name);
}
