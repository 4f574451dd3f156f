/* Functions that join, split, repeat, reduce and turn axes: results of numpy, and what is refused. */
#include "support/keras_call.h"

static const float x[12] = {1, 2, 3, 4, -5, 6, 7, 8, 0, -10, 11, 12};

static const keras_case joined[] = {
    {{2, "2, 3", "concat", "[[@, {\"axis\": -1}], [@, {}]]", ""}, 12, {1, 2, 3, 1, 2, 3, 4, -5, 6, 4, -5, 6}},
    {{3, "2, 3", "Concatenate", "[@, @]", ", \"axis\": 1"}, 12, {1, 2, 3, 4, -5, 6, 1, 2, 3, 4, -5, 6}},
    {{2, "2, 3", "stack", "[[@, {\"axis\": 1}], [@, {}]]", ""}, 12, {1, 2, 3, 4, -5, 6, 1, 2, 3, 4, -5, 6}},
    {{3, "2, 3", "Stack", "[@, @]", ", \"axis\": -1"}, 12, {1, 1, 2, 2, 3, 3, 4, 4, -5, -5, 6, 6}},
    {{3, "2, 3", "Hstack", "[@, @]", ""}, 12, {1, 2, 3, 4, -5, 6, 1, 2, 3, 4, -5, 6}},
    {{3, "2, 3", "Dstack", "[@, @]", ""}, 12, {1, 2, 3, 1, 2, 3, 4, -5, 6, 4, -5, 6}},
    {{3, "2, 3", "Append", "@, [[[7.0], [8.0]]]", ", \"axis\": -1"}, 8, {1, 2, 3, 7, 4, -5, 6, 8}},
    {{2, "2, 3", "split:2", "[@, {\"num_or_size_splits\": 3, \"axis\": 2}]", ""}, 2, {3, 6}},
    {{2, "2, 3", "split:1", "[@, {\"num_or_size_splits\": [1, -1], \"axis\": -1}]", ""}, 4, {2, 3, -5, 6}},
    {{3, "2, 3", "Split", "@", ", \"indices_or_sections\": [1], \"axis\": 2"}, 2, {1, 4}},
    {{2, "2, 3", "split", "[@, {\"num_or_size_splits\": [3], \"axis\": 2}]", ""}, 6, {1, 2, 3, 4, -5, 6}},
    {{3, "2, 3", "Split:1", "@", ", \"indices_or_sections\": [1], \"axis\": 2"}, 4, {2, 3, -5, 6}},
    {{3, "2, 3", "Split:1", "@", ", \"indices_or_sections\": 3, \"axis\": 2"}, 2, {2, -5}},
    {{3, "2, 3", "ArraySplit:0", "@", ", \"indices_or_sections\": 2, \"axis\": 2"}, 4, {1, 2, 4, -5}},
    {{3, "2, 3", "ArraySplit:1", "@", ", \"indices_or_sections\": 2, \"axis\": 2"}, 2, {3, 6}},
    {{3, "2, 3", "Hsplit:1", "@", ", \"indices_or_sections\": 2"}, 3, {4, -5, 6}},
    {{3, "2, 3", "Dsplit:0", "@", ", \"indices_or_sections\": [2]"}, 4, {1, 2, 4, -5}},
    {{2, "2, 3", "unstack:1", "[@, {\"axis\": 1}]", ""}, 3, {4, -5, 6}},
};

static const keras_case repeated[] = {
    {{2, "2, 3", "tile", "[@, {\"multiples\": [1, 2, 1]}]", ""}, 12, {1, 2, 3, 4, -5, 6, 1, 2, 3, 4, -5, 6}},
    {{3, "2, 3", "Tile", "@", ", \"repeats\": [2]"}, 12, {1, 2, 3, 1, 2, 3, 4, -5, 6, 4, -5, 6}},
    {{2, "2, 3", "broadcast_to", "[@, {\"shape\": [2, 2, 3]}]", ""}, 12, {1, 2, 3, 4, -5, 6, 1, 2, 3, 4, -5, 6}},
    {{2, "2, 3", "repeat", "[@, {\"repeats\": 2, \"axis\": 1}]", ""}, 12, {1, 2, 3, 1, 2, 3, 4, -5, 6, 4, -5, 6}},
    {{2, "2, 3", "space_to_batch_nd", "[@, {\"block_shape\": [2], \"paddings\": [[0, 0]]}]", ""},
     6,
     {1, 2, 3, 4, -5, 6}},
    {{2, "2, 3", "space_to_batch", "[@, {\"block_shape\": [2], \"paddings\": [[1, 1]]}]", ""},
     12,
     {0, 0, 0, 4, -5, 6, 1, 2, 3, 0, 0, 0}},
    {{2, "1, 2, 4", "nn.depth_to_space", "[@, {\"block_size\": 2}]", ""}, 8, {1, 2, -5, 6, 3, 4, 7, 8}},
    {{2, "2, 4, 1", "nn.space_to_depth", "[@, {\"block_size\": 2}]", ""}, 8, {1, 2, -5, 6, 3, 4, 7, 8}},
    {{2, "2, 3", "pad", "[@, {\"paddings\": [[0, 0], [1, 0], [0, 1]]}]", ""},
     12,
     {0, 0, 0, 0, 1, 2, 3, 0, 4, -5, 6, 0}},
};

static const keras_case reduced[] = {
    {{2, "2, 3", "math.reduce_sum", "[@, {}]", ""}, 1, {11}},
    {{2, "2, 3", "math.reduce_mean", "[@, {\"axis\": 1, \"keepdims\": true}]", ""}, 3, {2.5f, -1.5f, 4.5f}},
    {{3, "2, 3", "Max", "@", ", \"axis\": [2], \"keepdims\": false"}, 2, {3, 6}},
    {{3, "2, 3", "Prod", "@", ", \"axis\": [1], \"keepdims\": false, \"dtype\": null"}, 3, {4, -1e+01f, 18}},
    {{3, "2, 3", "Var", "@", ", \"axis\": [2], \"keepdims\": true"}, 2, {0.6666667f, 22.88889f}},
    {{2, "2, 3", "math.reduce_std", "[@, {\"axis\": [1]}]", ""}, 3, {1.5f, 3.5f, 1.5f}},
    {{2, "2, 3", "math.reduce_variance", "[@, {}]", ""}, 1, {11.805555f}},
    {{2, "2, 3", "math.argmax", "[@, {\"axis\": 2}]", ""}, 2, {2, 2}},
    {{2, "2, 3", "math.argmin", "[@, {\"axis\": 1, \"output_type\": \"int32\"}]", ""}, 3, {0, 1, 0}},
    {{3, "2, 3", "Argmax", "@", ", \"axis\": null, \"keepdims\": true"}, 1, {5}},
    {{3, "2, 3", "Argmin", "@", ", \"axis\": 2, \"keepdims\": true"}, 2, {0, 1}},
    {{2, "2, 3", "nn.moments:0", "[@, {\"axes\": [2]}]", ""}, 2, {2, 1.6666666f}},
    {{2, "2, 3", "nn.moments:1", "[@, {\"axes\": [2]}]", ""}, 2, {0.6666667f, 22.88889f}},
    {{2, "2, 3", "nn.moments:1", "[@, {\"axes\": [1, 2], \"keepdims\": true}]", ""}, 1, {11.805555f}},
    {{3, "3, 4", "CountNonzero", "@", ", \"axis\": [2]"}, 3, {4, 4, 3}},
    {{2, "3, 4", "math.count_nonzero", "[@, {\"keepdims\": true}]", ""}, 1, {11}},
    {{3, "2, 3", "Nansum", "@", ", \"axis\": [2], \"keepdims\": false"}, 2, {6, 5}},
    {{3, "2, 3", "Nanprod", "@", ", \"axis\": [1], \"keepdims\": true"}, 3, {4, -1e+01f, 18}},
    {{2, "2, 3", "norm", "[@, {\"ord\": 2, \"axis\": [2]}]", ""}, 2, {3.7416575f, 8.774964f}},
};

static const keras_case reshaped[] = {
    {{2, "2, 3", "reshape", "[@, {\"shape\": [1, -1, 2]}]", ""}, 6, {1, 2, 3, 4, -5, 6}},
    {{2, "2, 3", "transpose", "[@, {\"perm\": [0, 2, 1]}]", ""}, 6, {1, 4, 2, -5, 3, 6}},
    {{3, "2, 3", "Transpose", "@", ", \"axes\": null"}, 6, {1, 4, 2, -5, 3, 6}},
    {{2, "2, 3", "expand_dims", "[@, {\"axis\": -1}]", ""}, 6, {1, 2, 3, 4, -5, 6}},
    {{2, "1, 6", "squeeze", "[@, {\"axis\": [1]}]", ""}, 6, {1, 2, 3, 4, -5, 6}},
    {{3, "1, 6", "Squeeze", "@", ", \"axis\": null"}, 6, {1, 2, 3, 4, -5, 6}},
    {{3, "2, 3", "Swapaxes", "@", ", \"axis1\": 1, \"axis2\": -1"}, 6, {1, 4, 2, -5, 3, 6}},
    {{2, "2, 3", "linalg.matrix_transpose", "[@, {}]", ""}, 6, {1, 4, 2, -5, 3, 6}},
    {{3, "2, 3", "Ravel", "@", ""}, 6, {1, 2, 3, 4, -5, 6}},
    {{2, "2, 3", "compat.v1.size", "[@, {}]", ""}, 1, {6}},
    {{2, "2, 3", "compat.v1.rank", "[@, {}]", ""}, 1, {3}},
    {{2, "2, 3", "compat.v1.shape", "[@, {}]", ""}, 3, {1, 2, 3}},
};

static const keras_case counted[] = {
    {{3, "2, 3", "Average", "@", ", \"axis\": null"}, 1, {1.8333334f}},
    {{3, "2, 3", "Average", "@, [[[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]]", ", \"axis\": 2"}, 2, {2.3333333f, 1.3333334f}},
    {{3, "2, 3", "Average", "@, [1.0, 3.0]", ", \"axis\": 1"}, 3, {3.25f, -3.25f, 5.25f}},
    {{2, "2, 3", "math.cumprod", "[@, {\"axis\": 1, \"exclusive\": true}]", ""}, 6, {1, 1, 1, 1, 2, 3}},
    {{3, "2, 3", "Digitize", "@", ", \"bins\": [0.0, 2.0, 5.0]"}, 6, {1, 2, 2, 2, 0, 3}},
    {{3, "2, 3", "SearchSorted", "[0.0, 2.0, 5.0], @", ", \"side\": \"left\""}, 6, {1, 1, 2, 2, 0, 3}},
    {{3, "2, 3", "SearchSorted", "[0.0, 2.0, 5.0], @", ", \"side\": \"right\""}, 6, {1, 2, 2, 2, 0, 3}},
};

static const struct {
    keras_call call;
    const char *sentence;
} refused[] = {
    {{2, "2, 3", "split", "[@, {\"num_or_size_splits\": 2, \"axis\": 2}]", ""},
     "3 cells cannot be split into 2 equal parts"},
    {{2, "2, 3", "split", "[@, {\"num_or_size_splits\": [1, 1], \"axis\": 2}]", ""},
     "its parts do not make up 3 cells"},
    {{2, "2, 3", "split", "[@, {\"axis\": 2}]", ""}, "is not told into how many parts"},
    {{3, "2, 3", "Split", "@", ", \"indices_or_sections\": [2, 1], \"axis\": 2"},
     "its cuts are not ascending places in 3 cells"},
    {{3, "3", "Dstack", "[@, @]", ""}, "is supported for 3 dimensions and more"},
    {{2, "2, 3", "tile", "[@, {\"multiples\": [2]}]", ""}, "needs a number of repeats for every dimension"},
    {{2, "2, 3", "pad", "[@, {\"paddings\": [[0, 0], [0, -1], [0, 0]]}]", ""}, "pads with a negative number of cells"},
    {{2, "2, 3", "pad", "[@, {\"paddings\": [[0, 0], [0, 1]]}]", ""}, "needs two numbers for each of 3 dimensions"},
    {{2, "2, 3", "pad", "[@, {\"paddings\": [[0, 0], [0, 1], [0, 0]], \"mode\": \"edge\"}]", ""},
     "its mode is none of constant, reflect, symmetric"},
    {{2, "2, 3", "broadcast_to", "[@, {}]", ""}, "is given no shape"},
    {{2, "2, 3", "repeat", "[@, {\"repeats\": 0, \"axis\": 1}]", ""}, "needs one positive number of repeats"},
    {{2, "2, 3", "space_to_batch_nd", "[@, {\"block_shape\": [2], \"paddings\": [[0, 0], [0, 0]]}]", ""},
     "needs two numbers of cells for each size of its blocks"},
    {{2, "2, 2, 1", "nn.space_to_depth", "[@, {\"block_size\": 1}]", ""}, "block_size must be at least 2"},
    {{2, "2, 3", "norm", "[@, {\"ord\": \"nuc\"}]", ""}, "its order is none of 1, 2, infinity, euclidean, fro"},
    {{2, "2, 3", "norm", "[@, {\"ord\": 3, \"axis\": 2}]", ""},
     "is supported for vectors, of the order 1, 2 or infinity"},
    {{2, "2, 3", "reshape", "[@, {\"shape\": [-1, -1]}]", ""}, "its shape is not possible"},
    {{2, "2, 3", "reshape", "[@, {\"shape\": [-1, 4]}]", ""}, "its shape does not divide 6 elements"},
    {{2, "2, 3", "reshape", "[@, {\"shape\": [1, 5]}]", ""}, "its shape has 5 elements, its input 6 for one sample"},
    {{2, "2, 3", "reshape", "[@, {}]", ""}, "is given no shape"},
    {{2, "2, 3", "transpose", "[@, {\"perm\": [0, 1, 1]}]", ""}, "its axes are no order of 0 to 2"},
    {{2, "2, 3", "transpose", "[@, {\"perm\": [1, 0]}]", ""}, "has 2 axes for 3 dimensions"},
    {{2, "2, 3", "squeeze", "[@, {\"axis\": [1]}]", ""}, "axis 1 does not have length 1"},
    {{2, "2, 3, 1, 1, 1", "expand_dims", "[@, {\"axis\": 9}]", ""}, "axis is outside of"},
    {{3, "2, 3", "Moveaxis", "@", ", \"source\": [1, 2], \"destination\": [0]"}, "moves 2 axes to 1 places"},
    {{3, "2, 3", "Moveaxis", "@", ", \"source\": [1, 1], \"destination\": [0, 1]"}, "names one axis twice"},
    {{3, "2, 3", "Average", "@, [1.0, 2.0, 3.0]", ", \"axis\": 1"}, "needs weights of its input's shape"},
    {{3, "2, 3", "Average", "@, [1.0, -1.0]", ", \"axis\": 1"}, "its weights sum to 0"},
    {{3, "2, 3", "Digitize", "@", ", \"bins\": [[0.0], [1.0]]"}, "is supported for one row of bounds"},
};

static void tensors_are_joined_and_split(void **state) {
    (void)state;
    keras_cases_hold(joined, sizeof joined / sizeof *joined, x);
}

static void cells_are_repeated(void **state) {
    (void)state;
    keras_cases_hold(repeated, sizeof repeated / sizeof *repeated, x);
}

static void axes_are_reduced(void **state) {
    (void)state;
    keras_cases_hold(reduced, sizeof reduced / sizeof *reduced, x);
}

static void shapes_change(void **state) {
    (void)state;
    keras_cases_hold(reshaped, sizeof reshaped / sizeof *reshaped, x);
}

static void cells_are_weighed_and_counted(void **state) {
    (void)state;
    keras_cases_hold(counted, sizeof counted / sizeof *counted, x);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        keras_call_refused(&refused[i].call, refused[i].sentence);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tensors_are_joined_and_split),
                                       cmocka_unit_test(cells_are_repeated),
                                       cmocka_unit_test(axes_are_reduced),
                                       cmocka_unit_test(shapes_change),
                                       cmocka_unit_test(cells_are_weighed_and_counted),
                                       cmocka_unit_test(what_makes_no_sense_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
