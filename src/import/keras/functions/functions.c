#include "import/keras/functions/functions.h"

#include <stdio.h>
#include <string.h>

#include "import/keras/emit/argument.h"
#include "import/keras/functions/formula.h"
#include "import/keras/names.h"

static const octet_keras_function functions[] = {
    {"add add_v2 __add__ bias_add", octet_keras_function_binary, OCTET_OP_ADD, NULL},
    {"subtract sub __sub__", octet_keras_function_binary, OCTET_OP_SUB, NULL},
    {"multiply mul __mul__", octet_keras_function_binary, OCTET_OP_MUL, NULL},
    {"divide truediv true_divide real_div div __truediv__", octet_keras_function_binary, OCTET_OP_DIV, NULL},
    {"maximum", octet_keras_function_binary, OCTET_OP_MAXIMUM, NULL},
    {"minimum", octet_keras_function_binary, OCTET_OP_MINIMUM, NULL},
    {"pow power", octet_keras_function_binary, OCTET_OP_POW, NULL},
    {"squared_difference", octet_keras_function_binary, OCTET_OP_SQUARED_DIFFERENCE, NULL},
    {"floordiv floor_div floor_divide", octet_keras_function_binary, OCTET_OP_FLOOR_DIV, NULL},
    {"floormod floor_mod mod", octet_keras_function_binary, OCTET_OP_FLOOR_MOD, NULL},
    {"equal", octet_keras_function_binary, OCTET_OP_EQUAL, NULL},
    {"not_equal", octet_keras_function_binary, OCTET_OP_NOT_EQUAL, NULL},
    {"less", octet_keras_function_binary, OCTET_OP_LESS, NULL},
    {"less_equal", octet_keras_function_binary, OCTET_OP_LESS_EQUAL, NULL},
    {"greater", octet_keras_function_binary, OCTET_OP_GREATER, NULL},
    {"greater_equal", octet_keras_function_binary, OCTET_OP_GREATER_EQUAL, NULL},
    {"logical_and", octet_keras_function_binary, OCTET_OP_LOGICAL_AND, NULL},
    {"logical_or", octet_keras_function_binary, OCTET_OP_LOGICAL_OR, NULL},
    {"logical_not", octet_keras_function_unary, OCTET_OP_LOGICAL_NOT, NULL},
    {"matmul mat_mul batch_mat_mul batch_mat_mul_v2", octet_keras_function_matmul, OCTET_OP_BATCH_MATMUL, NULL},
    {"exp", octet_keras_function_unary, OCTET_OP_EXP, NULL},
    {"log", octet_keras_function_unary, OCTET_OP_LOG, NULL},
    {"sqrt", octet_keras_function_unary, OCTET_OP_SQRT, NULL},
    {"rsqrt", octet_keras_function_unary, OCTET_OP_RSQRT, NULL},
    {"abs absolute", octet_keras_function_unary, OCTET_OP_ABS, NULL},
    {"negative neg", octet_keras_function_unary, OCTET_OP_NEG, NULL},
    {"square", octet_keras_function_unary, OCTET_OP_SQUARE, NULL},
    {"floor", octet_keras_function_unary, OCTET_OP_FLOOR, NULL},
    {"ceil", octet_keras_function_unary, OCTET_OP_CEIL, NULL},
    {"round", octet_keras_function_unary, OCTET_OP_ROUND, NULL},
    {"sin", octet_keras_function_unary, OCTET_OP_SIN, NULL},
    {"cos", octet_keras_function_unary, OCTET_OP_COS, NULL},
    {"sign", octet_keras_function_unary, OCTET_OP_SIGN, NULL},
    {"identity stop_gradient copy dropout ensure_shape saturate_cast convert_image_dtype",
     octet_keras_function_identity, OCTET_OP_RESHAPE, NULL},
    {"cast", octet_keras_function_cast, OCTET_OP_CAST, NULL},
    {"fake_quant_with_min_max_args fake_quant_with_min_max_vars", octet_keras_function_fake_quant, OCTET_OP_FAKE_QUANT,
     NULL},
    {"clip_by_value clip", octet_keras_function_clip, OCTET_OP_MINIMUM, NULL},
    {"reduce_mean mean", octet_keras_function_reduce, OCTET_OP_MEAN, NULL},
    {"reduce_sum sum", octet_keras_function_reduce, OCTET_OP_SUM, NULL},
    {"reduce_max max amax", octet_keras_function_reduce, OCTET_OP_REDUCE_MAX, NULL},
    {"reduce_min min amin", octet_keras_function_reduce, OCTET_OP_REDUCE_MIN, NULL},
    {"reduce_prod prod", octet_keras_function_reduce, OCTET_OP_REDUCE_PROD, NULL},
    {"reduce_any any", octet_keras_function_reduce, OCTET_OP_REDUCE_ANY, NULL},
    {"reduce_all all", octet_keras_function_reduce, OCTET_OP_REDUCE_ALL, NULL},
    {"var reduce_variance", octet_keras_function_variance, OCTET_OP_MEAN, NULL},
    {"std reduce_std", octet_keras_function_variance, OCTET_OP_SQRT, NULL},
    {"argmax arg_max", octet_keras_function_arg, OCTET_OP_ARG_MAX, NULL},
    {"argmin arg_min", octet_keras_function_arg, OCTET_OP_ARG_MIN, NULL},
    {"where select select_v2", octet_keras_function_where, OCTET_OP_SELECT_V2, NULL},
    {"l2_normalize normalize", octet_keras_function_l2_normalize, OCTET_OP_L2_NORMALIZATION, NULL},
    {"max_pool max_pool1d max_pool2d", octet_keras_function_pool, OCTET_OP_MAX_POOL_2D, NULL},
    {"avg_pool avg_pool1d avg_pool2d average_pool", octet_keras_function_pool, OCTET_OP_AVERAGE_POOL_2D, NULL},
    {"reduce_logsumexp logsumexp", octet_keras_function_logsumexp, OCTET_OP_LOG, NULL},
    {"norm", octet_keras_function_norm, OCTET_OP_SQRT, NULL},
    {"moments", octet_keras_function_moments, OCTET_OP_MEAN, NULL},
    {"add_n accumulate_n", octet_keras_function_add_n, OCTET_OP_ADD, NULL},
    {"crelu", octet_keras_function_crelu, OCTET_OP_RELU, NULL},
    {"one_hot", octet_keras_function_one_hot, OCTET_OP_ONE_HOT, NULL},
    {"top_k top_kv2", octet_keras_function_top_k, OCTET_OP_TOPK_V2, NULL},
    {"cumsum", octet_keras_function_cumsum, OCTET_OP_CUMSUM, NULL},
    {"local_response_normalization lrn", octet_keras_function_local_response, OCTET_OP_LOCAL_RESPONSE_NORMALIZATION,
     NULL},
    {"batch_norm batch_normalization", octet_keras_function_batch_normalization, OCTET_OP_MUL, NULL},
    {"einsum", octet_keras_function_einsum, OCTET_OP_BATCH_MATMUL, NULL},
    {"tensordot", octet_keras_function_tensordot, OCTET_OP_BATCH_MATMUL, "tensordot"},
    {"dot", octet_keras_function_tensordot, OCTET_OP_BATCH_MATMUL, "dot"},
    {"inner", octet_keras_function_tensordot, OCTET_OP_BATCH_MATMUL, "inner"},
    {"outer", octet_keras_function_tensordot, OCTET_OP_MUL, "outer"},
    {"slice", octet_keras_function_slice, OCTET_OP_SLICE, NULL},
    {"roll", octet_keras_function_roll, OCTET_OP_SLICE, NULL},
    {"diff", octet_keras_function_diff, OCTET_OP_SUB, NULL},
    {"moveaxis", octet_keras_function_moveaxis, OCTET_OP_TRANSPOSE, NULL},
    {"ravel", octet_keras_function_ravel, OCTET_OP_RESHAPE, NULL},
    {"hstack", octet_keras_function_join, OCTET_OP_CONCATENATION, "horizontal"},
    {"vstack", octet_keras_function_join, OCTET_OP_CONCATENATION, "vertical"},
    {"dstack", octet_keras_function_join, OCTET_OP_CONCATENATION, "deep"},
    {"central_crop", octet_keras_function_crop, OCTET_OP_SLICE, "central"},
    {"crop_to_bounding_box", octet_keras_function_crop, OCTET_OP_SLICE, "box"},
    {"flip_left_right", octet_keras_function_flip_picture, OCTET_OP_REVERSE_V2, "left"},
    {"flip_up_down", octet_keras_function_flip_picture, OCTET_OP_REVERSE_V2, "up"},
    {"rgb_to_grayscale", octet_keras_function_grayscale, OCTET_OP_FULLY_CONNECTED, NULL},
    {"triu", octet_keras_function_triangle, OCTET_OP_MUL, "upper"},
    {"tril", octet_keras_function_triangle, OCTET_OP_MUL, "lower"},
    {"conv conv1d conv2d", octet_keras_function_conv, OCTET_OP_CONV_2D, NULL},
    {"depthwise_conv depthwise_conv2d", octet_keras_function_conv, OCTET_OP_DEPTHWISE_CONV_2D, NULL},
    {"dot_product_attention", octet_keras_function_dot_product_attention, OCTET_OP_SOFTMAX, NULL},
    {"reshape", octet_keras_function_reshape, OCTET_OP_RESHAPE, NULL},
    {"image.transpose", octet_keras_function_matrix_transpose, OCTET_OP_TRANSPOSE, "picture"},
    {"transpose", octet_keras_function_transpose, OCTET_OP_TRANSPOSE, NULL},
    {"expand_dims", octet_keras_function_expand_dims, OCTET_OP_RESHAPE, NULL},
    {"squeeze", octet_keras_function_squeeze, OCTET_OP_RESHAPE, NULL},
    {"concat concatenate concat_v2", octet_keras_function_concat, OCTET_OP_CONCATENATION, NULL},
    {"stack pack", octet_keras_function_stack, OCTET_OP_PACK, NULL},
    {"unstack unpack", octet_keras_function_unstack, OCTET_OP_UNPACK, NULL},
    {"split split_v", octet_keras_function_split, OCTET_OP_SPLIT, NULL},
    {"tile", octet_keras_function_tile, OCTET_OP_TILE, NULL},
    {"pad", octet_keras_function_pad, OCTET_OP_PAD, NULL},
    {"strided_slice", octet_keras_function_strided_slice, OCTET_OP_STRIDED_SLICE, NULL},
    {"getitem get_item", octet_keras_function_getitem, OCTET_OP_STRIDED_SLICE, NULL},
    {"shape", octet_keras_function_shape, OCTET_OP_SHAPE, NULL},
    {"reverse flip", octet_keras_function_reverse, OCTET_OP_REVERSE_V2, NULL},
    {"resize", octet_keras_function_resize, OCTET_OP_RESIZE_BILINEAR, NULL},
    {"resize_bilinear resize_images", octet_keras_function_resize, OCTET_OP_RESIZE_BILINEAR, "old"},
    {"resize_nearest_neighbor", octet_keras_function_resize, OCTET_OP_RESIZE_NEAREST_NEIGHBOR, "old"},
    {"depth_to_space", octet_keras_function_block, OCTET_OP_DEPTH_TO_SPACE, NULL},
    {"space_to_depth", octet_keras_function_block, OCTET_OP_SPACE_TO_DEPTH, NULL},
    {"broadcast_to", octet_keras_function_broadcast_to, OCTET_OP_BROADCAST_TO, NULL},
    {"swapaxes", octet_keras_function_swapaxes, OCTET_OP_TRANSPOSE, NULL},
    {"repeat repeat_elements", octet_keras_function_repeat, OCTET_OP_TILE, NULL},
    {"zeros_like", octet_keras_function_fill, OCTET_OP_ZEROS_LIKE, NULL},
    {"ones_like", octet_keras_function_fill, OCTET_OP_FILL, NULL},
    {"layer_norm layer_normalization", octet_keras_function_layer_norm, OCTET_OP_MEAN, NULL},
    {"rms_norm rms_normalization", octet_keras_function_rms_norm, OCTET_OP_MEAN, NULL},
    {"sort", octet_keras_function_sort, OCTET_OP_TOPK_V2, "sort"},
    {"argsort", octet_keras_function_sort, OCTET_OP_TOPK_V2, "argsort"},
    {"median", octet_keras_function_quantile, OCTET_OP_TOPK_V2, "median"},
    {"quantile", octet_keras_function_quantile, OCTET_OP_TOPK_V2, "quantile"},
    {"percentile", octet_keras_function_quantile, OCTET_OP_TOPK_V2, "percentile"},
    {"sparsemax", octet_keras_function_sparsemax, OCTET_OP_TOPK_V2, NULL},
    {"extract_patches", octet_keras_function_patches, OCTET_OP_CONV_2D, NULL},
    {"take_along_axis", octet_keras_function_take_along, OCTET_OP_GATHER, NULL},
    {"gather_nd", octet_keras_function_gather_nd, OCTET_OP_GATHER_ND, NULL},
    {"boolean_mask", octet_keras_function_boolean_mask, OCTET_OP_GATHER, NULL},
    {"reverse_sequence", octet_keras_function_reverse_sequence, OCTET_OP_GATHER, NULL},
    {"scatter_nd scatter", octet_keras_function_scatter_nd, OCTET_OP_SCATTER_ND, NULL},
    {"diagonal diag_part", octet_keras_function_diagonal, OCTET_OP_GATHER, NULL},
    {"trace", octet_keras_function_diagonal, OCTET_OP_GATHER, "trace"},
    {"average", octet_keras_function_average, OCTET_OP_MEAN, NULL},
    {"count_nonzero", octet_keras_function_count, OCTET_OP_SUM, NULL},
    {"cumprod", octet_keras_function_cumprod, OCTET_OP_MUL, NULL},
    {"digitize", octet_keras_function_digitize, OCTET_OP_SUM, NULL},
    {"searchsorted search_sorted", octet_keras_function_digitize, OCTET_OP_SUM, "search"},
    {"band_part", octet_keras_function_band, OCTET_OP_MUL, NULL},
    {"rot90", octet_keras_function_rot90, OCTET_OP_REVERSE_V2, NULL},
    {"fliplr", octet_keras_function_reverse, OCTET_OP_REVERSE_V2, "left"},
    {"flipud", octet_keras_function_reverse, OCTET_OP_REVERSE_V2, "up"},
    {"adaptive_average_pool", octet_keras_function_adaptive_pool, OCTET_OP_AVERAGE_POOL_2D, NULL},
    {"adaptive_max_pool", octet_keras_function_adaptive_pool, OCTET_OP_MAX_POOL_2D, NULL},
    {"conv_transpose conv2d_transpose", octet_keras_function_conv_transpose, OCTET_OP_TRANSPOSE_CONV, NULL},
    {"append", octet_keras_function_append, OCTET_OP_CONCATENATION, NULL},
    {"frame extract_sequences", octet_keras_function_frame, OCTET_OP_GATHER, NULL},
    {"batch_flatten", octet_keras_function_flatten, OCTET_OP_RESHAPE, NULL},
    {"size", octet_keras_function_size, OCTET_OP_SHAPE, NULL},
    {"rank ndim", octet_keras_function_size, OCTET_OP_SHAPE, "rank"},
    {"per_image_standardization", octet_keras_function_picture, OCTET_OP_DIV, "standardize"},
    {"adjust_contrast", octet_keras_function_picture, OCTET_OP_MUL, "contrast"},
    {"grayscale_to_rgb", octet_keras_function_picture, OCTET_OP_TILE, "rgb"},
    {"rgb_to_yuv", octet_keras_function_picture, OCTET_OP_FULLY_CONNECTED, "yuv"},
    {"rgb_to_yiq", octet_keras_function_picture, OCTET_OP_FULLY_CONNECTED, "yiq"},
    {"pad_to_bounding_box", octet_keras_function_place_picture, OCTET_OP_PAD, "box"},
    {"resize_with_crop_or_pad", octet_keras_function_place_picture, OCTET_OP_PAD, "centre"},
    {"pad_images", octet_keras_function_place_picture, OCTET_OP_PAD, "pad"},
    {"crop_images", octet_keras_function_place_picture, OCTET_OP_SLICE, "crop"},
    {"separable_conv separable_conv2d", octet_keras_function_separable, OCTET_OP_CONV_2D, NULL},
    {"pool", octet_keras_function_pool, OCTET_OP_MAX_POOL_2D, "named"},
    {"ptp", octet_keras_function_span, OCTET_OP_SUB, NULL},
    {"nansum", octet_keras_function_nan_reduce, OCTET_OP_SUM, NULL},
    {"nanprod", octet_keras_function_nan_reduce, OCTET_OP_REDUCE_PROD, NULL},
    {"clip_by_norm", octet_keras_function_clip_by_norm, OCTET_OP_DIV, NULL},
    {"hsplit", octet_keras_function_split, OCTET_OP_SPLIT, "horizontal"},
    {"vsplit", octet_keras_function_split, OCTET_OP_SPLIT, "vertical"},
    {"dsplit", octet_keras_function_split, OCTET_OP_SPLIT, "deep"},
    {"full_like", octet_keras_function_fill, OCTET_OP_FILL, "full"},
    {"zeros", octet_keras_function_fill, OCTET_OP_ZEROS_LIKE, NULL},
    {"ones", octet_keras_function_fill, OCTET_OP_FILL, NULL},
    {"fill full", octet_keras_function_fill, OCTET_OP_FILL, "full"},
    {"space_to_batch_nd space_to_batch", octet_keras_function_space_to_batch, OCTET_OP_SPACE_TO_BATCH_ND, NULL},
    {"batch_to_space_nd batch_to_space", octet_keras_function_space_to_batch, OCTET_OP_BATCH_TO_SPACE_ND, NULL},
    {"matrix_transpose adjoint", octet_keras_function_matrix_transpose, OCTET_OP_TRANSPOSE, NULL},
    {"array_split", octet_keras_function_split, OCTET_OP_SPLIT_V, "array"},
    {"range", octet_keras_function_range, OCTET_OP_RANGE, NULL},
    {"gather take embedding_lookup", octet_keras_function_gather, OCTET_OP_GATHER, NULL},
};

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
    for (const char *key = octet_json_next(constants, NULL, &value); key != NULL;
         key = octet_json_next(constants, key, &value)) {
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

/* A list of tensors that a TensorFlowOpLayer reads is its arguments one by one, unless the function takes a list. */
static octet_status spread_list(octet_keras_call *call, const char *name) {
    if (!call->layer->class->is_node || call->node == NULL || octet_keras_word_in("concat concat_v2 pack", name))
        return OCTET_OK;
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
    uint32_t i = 0;
    for (const char *key = octet_json_next(config, NULL, &value); key != NULL;
         key = octet_json_next(config, key, &value), i++) {
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
    OCTET_TRY(spread_list(call, name));
    OCTET_TRY(check_layout(call));
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (!octet_keras_word_in(functions[i].names, name)) continue;
        OCTET_TRY(functions[i].write(call, &functions[i]));
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
