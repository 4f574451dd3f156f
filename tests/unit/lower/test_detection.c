/* TFLite_Detection_PostProcess on boxes small enough to follow: decoding, suppression over all classes and class by
 * class, bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/one_operator.h"

enum { BOXES = 3 };
/* Anchors are centre and size. The first two boxes cover each other, the third lies aside. */
static const float anchors[BOXES * 4] = {0.5f, 0.5f, 0.25f, 0.5f, 0.5f, 0.5f, 0.25f, 0.5f, 0.25f, 0.125f, 0.25f, 0.25f};
static const float encodings[BOXES * 4] = {0, 0, 0, 0, 1, 0,
                                           0, 0, 0, 0, 0, 0}; /* the second is moved by 1 / 10 of its height */
/* Background, then two classes. */
static const float scores[BOXES * 3] = {0, 0.5f, 0.25f, 0, 0.75f, 0.875f, 0, 0.625f, 0.375f};

#define TOP (0.525f - 0.125f) /* of the second box */

static one_result r;

static void run(bool by_class, int32_t per_box, float threshold, const operand *operands) {
    const octet_options options = {.detection = {.max_detections = 3,
                                                 .max_classes_per_detection = per_box,
                                                 .detections_per_class = 3,
                                                 .num_classes = 2,
                                                 .use_regular_nms = by_class,
                                                 .nms_score_threshold = threshold,
                                                 .nms_iou_threshold = 0.5f,
                                                 .y_scale = 10,
                                                 .x_scale = 10,
                                                 .h_scale = 5,
                                                 .w_scale = 5}};
    one_run(OCTET_OP_DETECTION_POSTPROCESS, &options, operands, 3, NULL, 4, 1, &r);
    if (r.status != OCTET_OK) fail_msg("%s", r.message);
}
#define EXPECT(output, ...)                                                                     \
    do {                                                                                        \
        const float want_[] = {__VA_ARGS__};                                                    \
        assert_int_equal(octet_shape_elements(&r.shape[output]) * sizeof(float), sizeof want_); \
        assert_memory_equal(r.data[output], want_, sizeof want_);                               \
    } while (0)

static const operand reals[] = {{OCTET_FLOAT32, {3, {1, BOXES, 4}}, encodings, false, 0, 0},
                                {OCTET_FLOAT32, {3, {1, BOXES, 3}}, scores, false, 0, 0},
                                {OCTET_FLOAT32, {2, {BOXES, 4}}, anchors, true, 0, 0}};

static void test_over_all_classes(void **state) {
    (void)state;
    run(false, 2, 0.1f, reals);
    EXPECT(3, 2); /* the first box is the second's shadow */
    EXPECT(0, TOP, 0.25f, 0.65f, 0.75f, TOP, 0.25f, 0.65f, 0.75f, 0.125f, 0, 0.375f, 0.25f, 0.125f, 0, 0.375f, 0.25f, 0,
           0, 0, 0, 0, 0, 0, 0);
    EXPECT(1, 1, 0, 0, 1, 0, 0);
    EXPECT(2, 0.875f, 0.75f, 0.625f, 0.375f, 0, 0);
    run(false, 1, 0.7f, reals);
    EXPECT(3, 1);
    EXPECT(2, 0.875f, 0, 0);
}

static void test_class_by_class(void **state) {
    (void)state;
    run(true, 1, 0.1f, reals);
    EXPECT(3, 3); /* of four */
    EXPECT(0, TOP, 0.25f, 0.65f, 0.75f, TOP, 0.25f, 0.65f, 0.75f, 0.125f, 0, 0.375f, 0.25f);
    EXPECT(1, 1, 0, 0);
    EXPECT(2, 0.875f, 0.75f, 0.625f);
}

static void test_bytes(void **state) {
    (void)state;
    static const uint8_t bytes[BOXES * 3] = {0, 128, 64, 0, 192, 224, 0, 160, 96};
    static const uint8_t moved[BOXES * 4] = {100, 100, 100, 100, 102, 100, 100, 100, 100, 100, 100, 100};
    const operand operands[] = {{OCTET_UINT8, {3, {1, BOXES, 4}}, moved, false, 0.5f, 100},
                                {OCTET_UINT8, {3, {1, BOXES, 3}}, bytes, false, 1.0f / 256, 0},
                                reals[2]};
    run(false, 1, 0.1f, operands);
    EXPECT(3, 2);
    EXPECT(2, 0.875f, 0.625f, 0);
    EXPECT(0, TOP, 0.25f, 0.65f, 0.75f, 0.125f, 0, 0.375f, 0.25f, 0, 0, 0, 0);
}

static void test_refusals(void **state) {
    (void)state;
    octet_options options = {.detection = {.max_detections = 1 << 30,
                                           .max_classes_per_detection = 1 << 30,
                                           .num_classes = 2,
                                           .y_scale = 1,
                                           .x_scale = 1,
                                           .h_scale = 1,
                                           .w_scale = 1}};
    one_run(OCTET_OP_DETECTION_POSTPROCESS, &options, reals, 3, NULL, 4, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
    options.detection.max_detections = options.detection.max_classes_per_detection = 1;
    options.detection.num_classes = 4;
    one_run(OCTET_OP_DETECTION_POSTPROCESS, &options, reals, 3, NULL, 4, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
    options.detection.num_classes = 1;
    options.detection.w_scale = 0;
    one_run(OCTET_OP_DETECTION_POSTPROCESS, &options, reals, 3, NULL, 4, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_over_all_classes), cmocka_unit_test(test_class_by_class),
                                       cmocka_unit_test(test_bytes), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
