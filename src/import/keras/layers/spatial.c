/* Padding, cropping, enlarging, resizing. */
#include <string.h>

#include "import/keras/emit/slice.h"
#include "import/keras/layers/classes.h"

/* 1, [1,1] or [[0,1],[0,1]]: cells before and after, by spatial axis. In one dimension [a,b] is before and after. */
static octet_status read_margins(octet_keras_call *call, const char *key, int32_t n, int32_t *before, int32_t *after) {
    const octet_json *list = octet_json_get(call->layer->config, key);
    enum { MAX_CELLS = 1 << 20 };
    int64_t numbers[6];
    for (int32_t i = 0; i < 2 * n; i++) {
        const octet_json *item =
            octet_json_kind_of(list) == OCTET_JSON_ARRAY ? octet_json_at(list, (size_t)(n == 1 ? i : i / 2)) : list;
        if (octet_json_kind_of(item) == OCTET_JSON_ARRAY) item = octet_json_at(item, (size_t)(i % 2));
        if (!octet_json_integer(item, &numbers[i]) || numbers[i] < 0 || numbers[i] > MAX_CELLS) {
            return octet_keras_contradict(call, "%s holds no %d pairs of numbers between 0 and %d", key, n, MAX_CELLS);
        }
    }
    for (int32_t i = 0; i < OCTET_MAX_RANK; i++) before[i] = after[i] = 0;
    for (int32_t i = 0; i < n; i++) {
        before[i + 1] = (int32_t)numbers[2 * i];
        after[i + 1] = (int32_t)numbers[2 * i + 1];
    }
    return OCTET_OK;
}

octet_status octet_keras_layer_zero_padding(octet_keras_call *call) {
    uint32_t x;
    int32_t before[OCTET_MAX_RANK], after[OCTET_MAX_RANK];
    const int32_t n = call->layer->class->n_axes;
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_single(call, n + 2, n + 2, &x));
    OCTET_TRY(read_margins(call, "padding", n, before, after));
    OCTET_TRY(octet_keras_pad(call, "Pad", x, before, after, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_cropping(octet_keras_call *call) {
    uint32_t x;
    int32_t before[OCTET_MAX_RANK], after[OCTET_MAX_RANK], strides[OCTET_MAX_RANK], mask = 0;
    const int32_t n = call->layer->class->n_axes;
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_single(call, n + 2, n + 2, &x));
    OCTET_TRY(read_margins(call, "cropping", n, before, after));
    const octet_shape shape = *octet_keras_shape(call, x);
    octet_options options = {.strided_slice = {.begin_mask = 1 | 1 << (n + 1)}};
    for (int32_t i = 0; i < shape.rank; i++) {
        strides[i] = 1;
        if (before[i] + after[i] >= shape.dims[i])
            return octet_keras_contradict(call, "cropping takes all of its input's %d cells", shape.dims[i]);
        if (after[i] == 0) mask |= 1 << i;
        after[i] = -after[i];
    }
    options.strided_slice.end_mask = mask;
    OCTET_TRY(octet_keras_strided_slice(call, x, shape.rank, before, after, strides, &options, &x));
    return octet_keras_return(call, x);
}

/* Each cell along `axis` `times` times: [.., n, ..] -> [.., n, 1, ..] tiled -> [.., n * times, ..]. The last RESHAPE is
 * left to the caller, who may have a next axis: out has `times` on its own axis. */
static octet_status repeat_axis(octet_keras_call *call, uint32_t x, const octet_shape *shape, int32_t axis,
                                int32_t times, uint32_t *out) {
    int32_t dims[OCTET_MAX_RANK], multiples[OCTET_MAX_RANK];
    for (int32_t i = 0, j = 0; i < shape->rank; i++) {
        multiples[j] = 1;
        dims[j++] = shape->dims[i];
        if (i != axis) continue;
        multiples[j] = times;
        dims[j++] = 1;
    }
    uint32_t inputs[2];
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, shape->rank + 1, dims, &inputs[0]));
    OCTET_TRY(octet_keras_i32s(call, "Tile/multiples", multiples, shape->rank + 1, &inputs[1]));
    return octet_keras_emit(call, OCTET_OP_TILE, "Tile", inputs, 2, NULL, out);
}

static octet_status resize(octet_keras_call *call, const char *interpolation, int32_t height, int32_t width, uint32_t x,
                           uint32_t *out) {
    const bool is_bilinear = strcmp(interpolation, "bilinear") == 0;
    if (!is_bilinear && strcmp(interpolation, "nearest") != 0) {
        return octet_keras_refuse(call, "interpolation \"%s\" is not supported: bilinear, nearest are", interpolation);
    }
    uint32_t inputs[2] = {x, 0};
    OCTET_TRY(octet_keras_i32s(call, "resize/size", (const int32_t[]){height, width}, 2, &inputs[1]));
    const octet_options options = {.resize = {.half_pixel_centers = true}};
    return octet_keras_emit(call, is_bilinear ? OCTET_OP_RESIZE_BILINEAR : OCTET_OP_RESIZE_NEAREST_NEIGHBOR,
                            is_bilinear ? "resize/ResizeBilinear" : "resize/ResizeNearestNeighbor", inputs, 2, &options,
                            out);
}

octet_status octet_keras_layer_upsampling(octet_keras_call *call) {
    uint32_t x;
    int32_t size[3];
    const int32_t n = call->layer->class->n_axes;
    const char *interpolation = NULL;
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_single(call, n + 2, n + 2, &x));
    OCTET_TRY(octet_keras_sizes(call, "size", n, 2, size));
    OCTET_TRY(octet_keras_string(call, "interpolation", "nearest", &interpolation));
    octet_shape shape = *octet_keras_shape(call, x);
    for (int32_t i = 0; i < n; i++) {
        int64_t cells = 0;
        if (!octet_multiply_i64(shape.dims[i + 1], size[i], &cells) || cells > INT32_MAX / 4)
            return octet_keras_contradict(call, "size %d makes its output too large", size[i]);
    }
    const bool is_nearest = strcmp(interpolation, "nearest") == 0;
    if (n == 2 && (!is_nearest || call->keras_version < 3)) {
        OCTET_TRY(resize(call, interpolation, shape.dims[1] * size[0], shape.dims[2] * size[1], x, &x));
        return octet_keras_return(call, x);
    }
    /* Keras 3 repeats the cells of each axis. */
    for (int32_t i = 0; i < n; i++) {
        if (size[i] == 1) continue;
        OCTET_TRY(repeat_axis(call, x, &shape, i + 1, size[i], &x));
        shape.dims[i + 1] *= size[i];
        OCTET_TRY(octet_shape_check(call->ctx, &shape, call->path));
        bool is_last = true;
        for (int32_t j = i + 1; j < n; j++) is_last = is_last && size[j] == 1;
        if (is_last) OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, shape.rank, shape.dims, &x));
    }
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_resizing(octet_keras_call *call) {
    uint32_t x;
    int32_t height = 0, width = 0;
    const char *interpolation = NULL;
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_single(call, 4, 4, &x));
    OCTET_TRY(octet_keras_sizes(call, "height", 1, 1, &height));
    OCTET_TRY(octet_keras_sizes(call, "width", 1, 1, &width));
    OCTET_TRY(octet_keras_string(call, "interpolation", "bilinear", &interpolation));
    static const char *const flags[] = {"crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"};
    for (size_t i = 0; i < 3; i++) {
        bool is_set = false;
        OCTET_TRY(octet_keras_bool(call, flags[i], false, &is_set));
        if (is_set) return octet_keras_refuse(call, "%s is not supported", flags[i]);
    }
    OCTET_TRY(resize(call, interpolation, height, width, x, &x));
    return octet_keras_return(call, x);
}

/* Keras's smart_resize: the middle of the picture that has the proportions of `size`, then resized to it. */
static octet_status resize_smartly(octet_keras_call *call, const int32_t *size, uint32_t x, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t begin[4] = {0}, sizes[4];
    memcpy(sizes, shape.dims, sizeof sizes);
    for (int32_t i = 0; i < 2; i++) {
        const int64_t fitting = (int64_t)shape.dims[2 - i] * size[i] / size[1 - i];
        if (fitting < sizes[i + 1]) sizes[i + 1] = fitting > 0 ? (int32_t)fitting : 1;
        begin[i + 1] = (shape.dims[i + 1] - sizes[i + 1]) / 2;
    }
    if (sizes[1] != shape.dims[1] || sizes[2] != shape.dims[2])
        OCTET_TRY(octet_keras_slice(call, "Slice", x, begin, sizes, &x));
    return resize(call, "bilinear", size[0], size[1], x, out);
}

octet_status octet_keras_layer_center_crop(octet_keras_call *call) {
    uint32_t x;
    int32_t size[2] = {0, 0};
    OCTET_TRY(octet_keras_channels_last(call));
    OCTET_TRY(octet_keras_single(call, 4, 4, &x));
    OCTET_TRY(octet_keras_sizes(call, "height", 1, 1, &size[0]));
    OCTET_TRY(octet_keras_sizes(call, "width", 1, 1, &size[1]));
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t begin[4] = {0}, sizes[4];
    memcpy(sizes, shape.dims, sizeof sizes);
    if (shape.dims[1] < size[0] || shape.dims[2] < size[1]) {
        OCTET_TRY(resize_smartly(call, size, x, &x));
        return octet_keras_return(call, x);
    }
    int32_t end[4] = {0};
    for (int32_t i = 0; i < 2; i++) {
        begin[i + 1] = (shape.dims[i + 1] - size[i]) / 2;
        end[i + 1] = begin[i + 1] + size[i];
        sizes[i + 1] = size[i];
    }
    uint32_t inputs[4] = {x};
    OCTET_TRY(octet_keras_i32s(call, "begin", begin, 4, &inputs[1]));
    if (call->keras_version < 3) { /* tf.slice there, indexing here */
        OCTET_TRY(octet_keras_i32s(call, "size", sizes, 4, &inputs[2]));
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_SLICE, "Slice", inputs, 3, NULL, &x));
        return octet_keras_return(call, x);
    }
    const octet_options options = {
        .strided_slice = {.begin_mask = 9, .end_mask = 9}}; /* all of the batch and the channels */
    OCTET_TRY(octet_keras_i32s(call, "end", end, 4, &inputs[2]));
    OCTET_TRY(octet_keras_i32s(call, "strides", (const int32_t[]){1, 1, 1, 1}, 4, &inputs[3]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_STRIDED_SLICE, "strided_slice", inputs, 4, &options, &x));
    return octet_keras_return(call, x);
}
