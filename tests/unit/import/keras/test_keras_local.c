/* LocallyConnected1D and 2D against the product with the whole input that Keras calls them. */
#include "support/keras_run.h"

enum { MOST = KERAS_RUN_MOST };

typedef struct local_case {
    const char *name, *layer, *shape, *weights;
    int implementation, channels, filters;
    int in[2], out[2], kernel[2], strides[2], before[2]; /* one dimension is two with a height of 1 */
} local_case;

#define LOCAL(class_name, config, implementation) \
    LAYER(class_name, "\"filters\": 2, \"implementation\": " implementation ", " config)
#define PLANE "\"kernel_size\": [3, 2], \"strides\": [1, 2], \"padding\": \"same\""
#define LINE "\"kernel_size\": [3], \"strides\": [2]"

static const local_case cases[] = {
    {"2D, 1",
     LOCAL("LocallyConnected2D", "\"kernel_size\": [3, 2], \"use_bias\": false", "1"),
     "4,3,2",
     "4,12,2",
     1,
     2,
     2,
     {4, 3},
     {2, 2},
     {3, 2},
     {1, 1},
     {0, 0}},
    {"2D, 2",
     LOCAL("LocallyConnected2D", PLANE, "2"),
     "3,4,2",
     "3,4,2,3,2,2 3,2,2",
     2,
     2,
     2,
     {3, 4},
     {3, 2},
     {3, 2},
     {1, 2},
     {1, 1}},
    {"2D, 3",
     LOCAL("LocallyConnected2D", PLANE, "3"),
     "3,4,2",
     "84 3,2,2",
     3,
     2,
     2,
     {3, 4},
     {3, 2},
     {3, 2},
     {1, 2},
     {1, 1}},
    {"1D, 1",
     LOCAL("LocallyConnected1D", LINE, "1"),
     "8,1",
     "3,3,2 3,2",
     1,
     1,
     2,
     {1, 8},
     {1, 3},
     {1, 3},
     {1, 2},
     {0, 0}},
    {"1D, 2",
     LOCAL("LocallyConnected1D", LINE ", \"padding\": \"same\"", "2"),
     "5,3",
     "5,3,3,2 3,2",
     2,
     3,
     2,
     {1, 5},
     {1, 3},
     {1, 3},
     {1, 2},
     {0, 1}},
    {"1D, 3", LOCAL("LocallyConnected1D", LINE, "3"), "7,3", "54 3,2", 3, 3, 2, {1, 7}, {1, 3}, {1, 3}, {1, 2}, {0, 0}},
};

static float number(int i) { return 0.5f * sinf((float)i + 1.0f); } /* as keras_run makes weights */

/* The place of a cell in the window of an output's axis, or -1. */
static int offset_in(const local_case *test, int axis, int out, int in) {
    const int offset = in - out * test->strides[axis] + test->before[axis];
    return offset < test->kernel[axis] ? offset : -1;
}

static void compute(const local_case *test, const float *x, bool has_bias, float *y) {
    const int places = test->out[0] * test->out[1], window = test->kernel[0] * test->kernel[1];
    int listed = 0;
    for (int out = 0; out < places * test->filters; out++) {
        const int place = out / test->filters;
        y[out] = has_bias ? number(out) : 0;
        for (int in = 0; in < test->in[0] * test->in[1] * test->channels; in++) {
            const int cell = in / test->channels;
            const int ky = offset_in(test, 0, place / test->out[1], cell / test->in[1]),
                      kx = offset_in(test, 1, place % test->out[1], cell % test->in[1]);
            if (ky < 0 || kx < 0) continue;
            const int of_window = (ky * test->kernel[1] + kx) * test->channels + in % test->channels;
            const int at = test->implementation == 1
                               ? (place * window * test->channels + of_window) * test->filters + out % test->filters
                           : test->implementation == 2 ? in * places * test->filters + out
                                                       : listed++;
            y[out] += x[in] * number(at);
        }
    }
}

static void each_place_has_weights_of_its_own(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const local_case *test = &cases[i];
        const size_t n_in = (size_t)(test->in[0] * test->in[1] * test->channels),
                     n_out = (size_t)(test->out[0] * test->out[1] * test->filters);
        float x[MOST], found[MOST], expected[MOST];
        for (size_t j = 0; j < n_in; j++) x[j] = cosf(3.0f * (float)j);
        compute(test, x, strstr(test->layer, "use_bias") == NULL, expected);
        assert_int_equal(keras_run(2, test->shape, test->layer, test->weights, x, n_in, found), n_out);
        keras_expect_near(found, expected, n_out, test->name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_place_has_weights_of_its_own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
