/* Functions of single elements and of pictures: results of numpy, and what is refused. */
#include "support/keras_call.h"

static const float x[12] = {1, 2, 3, 4, -5, 6, 7, 8, 0, -10, 11, 12};

static const keras_case elements[] = {
    {{2, "2, 3", "clip_by_value", "[@, {\"clip_value_min\": 0.0, \"clip_value_max\": 6.0}]", ""},
     6,
     {1, 2, 3, 4, 0, 6}},
    {{2, "2, 3", "clip_by_value", "[@, {\"clip_value_min\": 0.0, \"clip_value_max\": 2.5}]", ""},
     6,
     {1, 2, 2.5f, 2.5f, 0, 2.5f}},
    {{3, "2, 3", "Clip", "@", ", \"x_min\": -1.5, \"x_max\": 3.0"}, 6, {1, 2, 3, 3, -1.5f, 3}},
    {{2, "2, 3", "math.divide", "[@, {\"y\": [[[2.0, -4.0, 0.5]]]}]", ""}, 6, {0.5f, -0.5f, 6, 2, 1.25f, 12}},
    {{2, "2, 3", "math.pow", "[@, {\"y\": 2.0}]", ""}, 6, {1, 4, 9, 16, 25, 36}},
    {{2, "2, 3", "math.pow", "[@, {\"y\": 3.0}]", ""}, 6, {1, 8, 27, 64, -125, 216}},
    {{2, "2, 3", "identity", "[@, {}]", ""}, 6, {1, 2, 3, 4, -5, 6}},
    {{2, "2, 3", "cast", "[@, {\"dtype\": \"float32\"}]", ""}, 6, {1, 2, 3, 4, -5, 6}},
    {{2, "2, 3", "math.greater", "[@, {\"y\": 2.0}]", ""}, 6, {0, 0, 1, 1, 0, 1}},
    {{2, "2, 3", "math.negative", "[@, {}]", ""}, 6, {-1, -2, -3, -4, 5, -6}},
    {{2, "2, 3", "math.floormod", "[@, {\"y\": 4.0}]", ""}, 6, {1, 2, 3, 0, 3, 2}},
    {{2, "2, 3", "nn.softmax", "[@, {\"axis\": 1}]", ""},
     6,
     {0.047425874f, 0.99908894f, 0.047425874f, 0.95257413f, 0.0009110512f, 0.95257413f}},
    {{3, "2, 3", "LogSoftmax", "@", ", \"axis\": -1"},
     6,
     {-2.407606f, -1.407606f, -0.40760598f, -2.1269426f, -11.126943f, -0.12694272f}},
    {{3, "2, 3", "Gelu", "@", ", \"approximate\": true"},
     6,
     {0.841192f, 1.9545977f, 2.9963627f, 3.9999297f, -2.2917962e-07f, 6}},
};

static const keras_case pictures[] = {
    {{2, "4, 3, 1", "image.central_crop", "[@, {\"central_fraction\": 0.5}]", ""}, 6, {4, -5, 6, 7, 8, 0}},
    {{2, "4, 3, 1", "image.crop_to_bounding_box",
      "[@, {\"offset_height\": 1, \"offset_width\": 1, \"target_height\": 2, \"target_width\": 2}]", ""},
     4,
     {-5, 6, 8, 0}},
    {{2, "2, 3, 1", "image.flip_left_right", "[@, {}]", ""}, 6, {3, 2, 1, 6, -5, 4}},
    {{2, "2, 3, 1", "image.flip_up_down", "[@, {}]", ""}, 6, {4, -5, 6, 1, 2, 3}},
    {{2, "1, 2, 3", "image.rgb_to_grayscale", "[@, {}]", ""}, 2, {1.8149f, -1.0554f}},
    {{2, "2, 3, 1", "image.per_image_standardization", "[@, {}]", ""},
     6,
     {-0.24253562f, 0.048507124f, 0.33954987f, 0.63059264f, -1.9887922f, 1.2126781f}},
    {{2, "2, 3, 1", "image.adjust_contrast", "[@, {\"contrast_factor\": 2.0}]", ""},
     6,
     {0.16666667f, 2.1666667f, 4.1666665f, 6.1666665f, -11.833333f, 10.166667f}},
    {{2, "2, 2, 1", "image.grayscale_to_rgb", "[@, {}]", ""}, 12, {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}},
    {{2, "1, 2, 3", "image.rgb_to_yuv", "[@, {}]", ""},
     6,
     {1.815f, 0.5831515f, -0.71498567f, -1.055f, 3.4718432f, 4.4346657f}},
    {{2, "1, 2, 3", "image.rgb_to_yiq", "[@, {}]", ""},
     6,
     {1.815f, -0.9172445f, 0.09962631f, -1.055f, 1.8283222f, 5.326878f}},
    {{3, "2, 3, 1", "PadImages", "@",
      ", \"top_padding\": 1, \"left_padding\": 0, \"bottom_padding\": null, \"right_padding\": 1, \"target_height\": "
      "3, \"target_width\": null"},
     12,
     {0, 0, 0, 0, 1, 2, 3, 0, 4, -5, 6, 0}},
    {{3, "2, 3, 1", "CropImages", "@",
      ", \"top_cropping\": null, \"left_cropping\": 1, \"bottom_cropping\": 1, \"right_cropping\": null, "
      "\"target_height\": 1, \"target_width\": 2"},
     2,
     {2, 3}},
    {{2, "2, 3, 1", "nn.pool",
      "[@, {\"window_shape\": [2, 2], \"pooling_type\": \"MAX\", \"strides\": [1, 1], \"padding\": \"VALID\"}]", ""},
     2,
     {4, 6}},
    {{2, "2, 3, 1", "nn.pool",
      "[@, {\"window_shape\": [2, 2], \"pooling_type\": \"AVG\", \"strides\": [1, 1], \"padding\": \"VALID\"}]", ""},
     2,
     {0.5f, 1.5f}},
    {{3, "3, 2, 2", "DotProductAttention", "@, @, @", ", \"scale\": 0.1, \"is_causal\": false"},
     12,
     {-2.2170787f, 3.6933413f, 10.74371f, 11.74371f, -4.972995f, 5.9819264f, 10.990061f, 11.990061f, 5.5815017e-06f,
      -9.999925f, 10.999596f, 11.999596f}},
    {{3, "3, 2, 2", "DotProductAttention", "@, @, @", ", \"scale\": 0.1, \"is_causal\": true"},
     12,
     {1, 2, 3, 4, -4.9730225f, 5.982015f, 6.9901094f, 7.9901094f, 5.5815017e-06f, -9.999925f, 10.999596f, 11.999596f}},
};

static const struct {
    keras_call call;
    const char *sentence;
} refused[] = {
    {{2, "2, 3", "math.divide", "[@, {\"y\": 0.0}]", ""}, "divides by 0"},
    {{2, "2, 3", "cast", "[@, {\"dtype\": \"complex64\"}]", ""}, "a cast to complex64 is not supported"},
    {{2, "2, 3, 1", "image.central_crop", "[@, {\"central_fraction\": 1.5}]", ""},
     "its fraction is not between 0 and 1"},
    {{2, "2, 3", "image.central_crop", "[@, {\"central_fraction\": 0.5}]", ""},
     "is supported on [batch,height,width,channels] only"},
    {{2, "2, 3, 1", "image.crop_to_bounding_box",
      "[@, {\"offset_height\": 1, \"offset_width\": 1, \"target_height\": 2, \"target_width\": 2}]", ""},
     "cuts outside of its picture"},
    {{2, "2, 3, 1", "image.crop_to_bounding_box", "[@, {\"offset_height\": 1}]", ""}, "needs offset_width"},
    {{2, "2", "image.flip_left_right", "[@, {}]", ""}, "is supported on pictures only"},
    {{2, "1, 3, 2", "image.rgb_to_grayscale", "[@, {}]", ""}, "reads something that is not red, green, blue"},
    {{2, "1, 3, 2", "image.rgb_to_yuv", "[@, {}]", ""}, "reads something that is not red, green, blue"},
    {{2, "1, 3, 2", "image.grayscale_to_rgb", "[@, {}]", ""}, "reads something that is not grey"},
    {{2, "2", "image.adjust_contrast", "[@, {\"contrast_factor\": 2.0}]", ""}, "is supported on pictures only"},
    {{3, "2, 3, 1", "PadImages", "@", ", \"top_padding\": 1"}, "needs two of its three sizes"},
    {{2, "2, 3, 1", "image.pad_to_bounding_box",
      "[@, {\"offset_height\": 2, \"offset_width\": 0, \"target_height\": 3, \"target_width\": 3}]", ""},
     "its picture does not fit"},
    {{2, "2, 3, 1", "nn.pool",
      "[@, {\"window_shape\": [2, 2], \"pooling_type\": \"MIN\", \"strides\": [1, 1], \"padding\": \"VALID\"}]", ""},
     "its pooling_type is neither MAX nor AVG"},
    {{2, "2, 3, 1", "nn.max_pool2d", "[@, {\"ksize\": [2, 2, 2], \"strides\": 1, \"padding\": \"VALID\"}]", ""},
     "are neither 1, 2 nor 4 numbers"},
    {{2, "2, 3, 1", "nn.max_pool2d", "[@, {\"ksize\": 0, \"strides\": 1, \"padding\": \"VALID\"}]", ""},
     "must be at least 1"},
    {{2, "2, 3, 1", "nn.max_pool2d", "[@, {\"ksize\": 2, \"strides\": 1, \"padding\": \"FULL\"}]", ""},
     "its padding is neither valid nor same"},
    {{2, "2", "nn.max_pool2d", "[@, {\"ksize\": 2, \"strides\": 1, \"padding\": \"VALID\"}]", ""},
     "[batch,steps,channels] only"},
    {{2, "2, 3, 1", "nn.max_pool2d",
      "[@, {\"ksize\": 2, \"strides\": 1, \"padding\": \"VALID\", \"data_format\": \"NCHW\"}]", ""},
     "build the model with channels_last"},
    {{3, "2, 3", "DotProductAttention", "@, @, @", ""}, "needs a query, a key and a value of four dimensions"},
    {{3, "3, 2, 2", "DotProductAttention", "@, @, @", ", \"attn_logits_soft_cap\": 2.0"},
     "is supported without a soft cap"},
};

static void elements_are_changed(void **state) {
    (void)state;
    keras_cases_hold(elements, sizeof elements / sizeof *elements, x);
}

static void pictures_are_changed(void **state) {
    (void)state;
    keras_cases_hold(pictures, sizeof pictures / sizeof *pictures, x);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        keras_call_refused(&refused[i].call, refused[i].sentence);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(elements_are_changed), cmocka_unit_test(pictures_are_changed),
                                       cmocka_unit_test(what_makes_no_sense_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
