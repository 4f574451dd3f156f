/* NON_MAX_SUPPRESSION: which boxes are chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "kernels/ref/suppression.h"

enum { BOXES = 6, MOST = 4 };

/* Two that overlap by 9 / 11, one on its side that is the second with its corners swapped, one apart, one without area,
 * one with a low score. */
static const float boxes[4 * BOXES] = {0, 0, 1, 10, 0, 1, 1, 11, 1, 11, 0, 1, 5, 5, 6, 6, 3, 3, 3, 9, 7, 7, 8, 8};
static const float scores[BOXES] = {0.9f, 0.95f, 0.5f, 0.6f, 0.3f, 0.1f};

static int32_t choose(float overlap, float sigma, int32_t most, int32_t *chosen, float *kept) {
    const octet_suppression_params p = {BOXES, most};
    int32_t memory[BOXES * 4], n = -1;
    assert_true(octet_suppression_bytes(&p) <= sizeof memory);
    octet_suppression_ref(&p, boxes, scores, overlap, 0.2f, sigma, chosen, kept, &n, memory);
    return n;
}

static void overlapping_boxes_leave_the_best(void **state) {
    (void)state;
    int32_t chosen[MOST];
    float kept[MOST];
    assert_int_equal(choose(0.5f, 0.0f, 2, chosen, kept), 2);
    assert_true(chosen[0] == 1 && chosen[1] == 3 && kept[0] == 0.95f && kept[1] == 0.6f);
    /* The box without area is chosen again and again, as TFLite does; no other box is left. */
    assert_int_equal(choose(0.5f, 0.0f, MOST, chosen, kept), 4);
    assert_memory_equal(chosen, ((const int32_t[MOST]){1, 3, 4, 4}), sizeof chosen);
    assert_int_equal(choose(0.9f, 0.0f, MOST, chosen, NULL), 4); /* 9 / 11 is less; the swapped one is all of box 1 */
    assert_memory_equal(chosen, ((const int32_t[MOST]){1, 0, 3, 4}), sizeof chosen);
    assert_int_equal(choose(0.5f, 0.0f, 1, chosen, NULL), 1);
    assert_int_equal(chosen[0], 1);
}

/* exp(-(9 / 11)^2 / (2 sigma)) lowers the score of the first; the swapped one falls below the threshold. */
static void soft_suppression_lowers_scores(void **state) {
    (void)state;
    int32_t chosen[MOST];
    float kept[MOST];
    assert_int_equal(choose(1.0f, 0.5f, MOST, chosen, kept), 4);
    const float lowered = 0.9f * expf(-(9.0f / 11.0f) * (9.0f / 11.0f));
    assert_memory_equal(chosen, ((const int32_t[MOST]){1, 3, 0, 4}), sizeof chosen);
    assert_true(fabsf(kept[2] - lowered) < 1e-6f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(overlapping_boxes_leave_the_best),
                                       cmocka_unit_test(soft_suppression_lowers_scores)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
