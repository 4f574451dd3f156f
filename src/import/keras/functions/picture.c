/* Functions of pictures [batch,height,width,channels]: colours, contrast, crops and pads to a size, resizing. */
#include <math.h>
#include <string.h>

#include "import/keras/emit/slice.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* rgb_to_yuv, rgb_to_yiq: [out,in] of TensorFlow's image_ops. */
static const float yuv[9] = {0.299f,      0.587f,      0.114f,       -0.14714119f, -0.28886916f,
                             0.43601035f, 0.61497538f, -0.51496512f, -0.10001026f};
static const float yiq[9] = {0.299f,       0.587f,  0.114f,       0.59590059f, -0.27455667f,
                             -0.32134392f, 0.2115f, -0.52273617f, 0.31119955f};

/* (x - mean) / max(deviation, 1 / sqrt(n)) of each picture. */
static octet_status standardize(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t axes[3] = {shape.rank - 3, shape.rank - 2, shape.rank - 1};
    const int32_t n = octet_shape_product(&shape, shape.rank - 3, shape.rank);
    uint32_t mean, deviation;
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", x, axes, 3, false, true, &mean));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SQUARED_DIFFERENCE, "SquaredDifference", x, mean, &deviation));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", x, mean, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "variance", deviation, axes, 3, false, true, &deviation));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQRT, "Sqrt", deviation, &deviation));
    OCTET_TRY(
        octet_keras_with_scalar(call, OCTET_OP_MAXIMUM, "Maximum", deviation, 1.0f / sqrtf((float)n), &deviation));
    return octet_keras_binary(call, OCTET_OP_DIV, "truediv", x, deviation, out);
}

/* (x - mean of each channel) * factor + mean. */
static octet_status adjust_contrast(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t axes[2] = {shape.rank - 3, shape.rank - 2};
    double factor = 1.0;
    uint32_t mean;
    OCTET_TRY(octet_keras_operand_f64(call, 1, "contrast_factor", 1.0, &factor));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", x, axes, 2, false, true, &mean));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", x, mean, &x));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", x, (float)factor, &x));
    return octet_keras_binary(call, OCTET_OP_ADD, "add", x, mean, out);
}

/* The functions that keep the size, by the word of the row. */
octet_status octet_keras_function_picture(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, y;
    const char *what = self->variant;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank < 3) return octet_keras_refuse(call, "is supported on pictures only");
    const int32_t channels = shape.dims[shape.rank - 1];
    if (strcmp(what, "standardize") == 0) {
        OCTET_TRY(standardize(call, x, &x));
    } else if (strcmp(what, "contrast") == 0) {
        OCTET_TRY(adjust_contrast(call, x, &x));
    } else if (strcmp(what, "rgb") == 0) {
        int32_t multiples[OCTET_MAX_RANK];
        if (channels != 1) return octet_keras_contradict(call, "reads something that is not grey");
        for (int32_t i = 0; i < shape.rank; i++) multiples[i] = i == shape.rank - 1 ? 3 : 1;
        OCTET_TRY(octet_keras_i32s(call, "Tile/multiples", multiples, shape.rank, &y));
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_TILE, "Tile", (const uint32_t[]){x, y}, 2, NULL, &x));
    } else {
        if (channels != 3) return octet_keras_contradict(call, "reads something that is not red, green, blue");
        OCTET_TRY(
            octet_keras_constant(call, "colours", NULL, 2, (const int32_t[]){3, 3}, what[1] == 'u' ? yuv : yiq, &y));
        OCTET_TRY(octet_keras_fully_connected(call, "Tensordot", x, y, OCTET_NONE, &x));
    }
    return octet_keras_return(call, x);
}

/* Cut and filled with zeros, so that the cell (top, left) of the result is (0, 0) of the picture; negative: the other
 * way round. */
static octet_status place(octet_keras_call *call, uint32_t x, const int32_t *first, const int32_t *size,
                          uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t before[4] = {0}, after[4] = {0}, begin[4] = {0}, kept[4];
    bool pads = false, cuts = false;
    if (shape.rank != 4) return octet_keras_refuse(call, "is supported on [batch,height,width,channels] only");
    memcpy(kept, shape.dims, sizeof kept);
    for (int32_t i = 0; i < 2; i++) {
        const int32_t length = shape.dims[i + 1], top = first[i] > 0 ? first[i] : 0, room = size[i] - top;
        const int32_t cut = first[i] < 0 ? -first[i] : 0, end = cut + room < length ? cut + room : length;
        if (size[i] < 1 || cut >= end) return octet_keras_contradict(call, "leaves nothing of its picture");
        begin[i + 1] = cut;
        kept[i + 1] = end - cut;
        before[i + 1] = top;
        after[i + 1] = room - (end - cut);
        cuts = cuts || end - cut != length;
        pads = pads || top > 0 || after[i + 1] > 0;
    }
    if (cuts) OCTET_TRY(octet_keras_slice(call, "Slice", x, begin, kept, &x));
    *out = x;
    return pads ? octet_keras_pad(call, "Pad", x, before, after, out) : OCTET_OK;
}

/* A number by keyword, or `fallback`. */
static octet_status number(octet_keras_call *call, int32_t position, const char *word, int32_t fallback, int32_t *out) {
    int32_t n = 0;
    *out = fallback;
    OCTET_TRY(octet_keras_operand_i32s(call, position, word, 1, out, &n));
    if (*out < -(1 << 24) || *out > 1 << 24) return octet_keras_contradict(call, "its %s is no size", word);
    return OCTET_OK;
}

/* pad_to_bounding_box, resize_with_crop_or_pad (Keras 2), pad_images, crop_images (Keras 3), by the word of the row. */
octet_status octet_keras_function_place_picture(octet_keras_call *call, const octet_keras_function *self) {
    enum { NOT_GIVEN = -(1 << 24) };
    static const char *const words[2][3][2] = {
        {{"top_padding", "left_padding"}, {"bottom_padding", "right_padding"}, {"target_height", "target_width"}},
        {{"top_cropping", "left_cropping"}, {"bottom_cropping", "right_cropping"}, {"target_height", "target_width"}},
    };
    uint32_t x;
    int32_t first[2], size[2], last[2];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank != 4) return octet_keras_refuse(call, "is supported on [batch,height,width,channels] only");
    for (int32_t i = 0; i < 2; i++) {
        const int32_t length = shape.dims[i + 1];
        if (strcmp(self->variant, "box") == 0) {
            OCTET_TRY(number(call, 1 + i, i == 0 ? "offset_height" : "offset_width", 0, &first[i]));
            OCTET_TRY(number(call, 3 + i, i == 0 ? "target_height" : "target_width", 0, &size[i]));
            if (first[i] < 0 || size[i] < first[i] + length)
                return octet_keras_contradict(call, "its picture does not fit");
        } else if (strcmp(self->variant, "centre") == 0) {
            OCTET_TRY(number(call, 1 + i, i == 0 ? "target_height" : "target_width", 0, &size[i]));
            first[i] = size[i] >= length ? (size[i] - length) / 2 : -((length - size[i]) / 2);
        } else {
            const bool crops = self->variant[0] == 'c';
            const int32_t sign = crops ? -1 : 1;
            OCTET_TRY(number(call, -1, words[crops][0][i], NOT_GIVEN, &first[i]));
            OCTET_TRY(number(call, -1, words[crops][1][i], NOT_GIVEN, &last[i]));
            OCTET_TRY(number(call, -1, words[crops][2][i], NOT_GIVEN, &size[i]));
            if ((first[i] == NOT_GIVEN) + (last[i] == NOT_GIVEN) + (size[i] == NOT_GIVEN) > 1)
                return octet_keras_refuse(call, "needs two of its three sizes");
            if (size[i] == NOT_GIVEN) size[i] = length + sign * (first[i] + last[i]);
            if (first[i] == NOT_GIVEN) first[i] = sign * (size[i] - length) - last[i];
            first[i] *= sign;
        }
    }
    OCTET_TRY(place(call, x, first, size, &x));
    return octet_keras_return(call, x);
}

/* resize has the centres of pixels at a half; the older functions (the row
 * says so) have them at 0 unless they are told. */
octet_status octet_keras_function_resize(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t inputs[2];
    int32_t size[2], n = 0;
    const bool is_old = self->variant != NULL && !call->layer->class->is_node;
    octet_options options = {.resize = {0}};
    const octet_keras_argument *method = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "size", 2, size, &n));
    OCTET_TRY(octet_keras_operand(call, is_old ? -1 : 2, "method interpolation", &method));
    const char *text = method != NULL ? octet_json_text(method->constant) : "bilinear";
    if (text == NULL || (strcmp(text, "bilinear") != 0 && strcmp(text, "nearest") != 0))
        return octet_keras_refuse(call, "its method is neither bilinear nor nearest");
    if (n != 2 || size[0] < 1 || size[1] < 1)
        return octet_keras_contradict(call, "its size is no pair of positive numbers");
    OCTET_TRY(octet_keras_operand_bool(call, is_old ? 2 : -1, "align_corners", false, &options.resize.align_corners));
    OCTET_TRY(octet_keras_operand_bool(call, is_old ? 4 : -1, "half_pixel_centers", !is_old,
                                       &options.resize.half_pixel_centers));
    OCTET_TRY(octet_keras_i32s(call, "resize/size", size, 2, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, text[0] == 'n' ? OCTET_OP_RESIZE_NEAREST_NEIGHBOR : self->code, "resize", inputs,
                               2, &options, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}
