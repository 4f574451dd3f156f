#include "kernels/ref/suppression.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef struct candidate {
    float score;
    int32_t box, first; /* of the chosen boxes that it has not been compared with */
} candidate;

size_t octet_suppression_bytes(const octet_suppression_params *p) { return (size_t)p->n_boxes * sizeof(candidate); }

/* Heap: no child has a higher score than its parent. The hole moves up to where `value` belongs. */
static void sift_up(candidate *heap, int32_t hole, candidate value) {
    while (hole > 0 && heap[(hole - 1) / 2].score < value.score) {
        heap[hole] = heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    heap[hole] = value;
}

/* Of equal children the right one moves up; the last element then goes where it belongs. */
static candidate pop(candidate *heap, int32_t *n) {
    const candidate top = heap[0], last = heap[--*n];
    int32_t hole = 0;
    while (2 * hole + 2 < *n) {
        const int32_t right = 2 * hole + 2, child = heap[right].score < heap[right - 1].score ? right - 1 : right;
        heap[hole] = heap[child];
        hole = child;
    }
    if (2 * hole + 2 == *n) {
        heap[hole] = heap[2 * hole + 1];
        hole = 2 * hole + 1;
    }
    if (*n > 0) sift_up(heap, hole, last);
    return top;
}

static float least(float a, float b) { return b < a ? b : a; }
static float most_of(float a, float b) { return a < b ? b : a; }

static float area_of(const float *box) {
    return (most_of(box[0], box[2]) - least(box[0], box[2])) * (most_of(box[1], box[3]) - least(box[1], box[3]));
}

/* What both cover, of what either does. */
static float overlap(const float *a, const float *b) {
    const float area_a = area_of(a), area_b = area_of(b);
    if (area_a <= 0.0f || area_b <= 0.0f) return 0.0f;
    float sides[2];
    for (int i = 0; i < 2; i++) {
        const float end = least(most_of(a[i], a[i + 2]), most_of(b[i], b[i + 2]));
        const float begin = most_of(least(a[i], a[i + 2]), least(b[i], b[i + 2]));
        sides[i] = most_of(end - begin, 0.0f);
    }
    const float both = sides[0] * sides[1];
    return both / (area_a + area_b - both);
}

void octet_suppression_ref(const octet_suppression_params *p, const float *boxes, const float *scores,
                           float overlap_threshold, float score_threshold, float sigma, int32_t *chosen,
                           float *chosen_scores, int32_t *n_chosen, void *memory) {
    candidate *heap = memory;
    int32_t n = 0, found = 0;
    for (int32_t i = 0; i < p->n_boxes; i++) {
        if (scores[i] > score_threshold) {
            sift_up(heap, n, (candidate){scores[i], i, 0});
            n++;
        }
    }
    memset(chosen, 0, (size_t)p->most * sizeof *chosen);
    if (chosen_scores != NULL) memset(chosen_scores, 0, (size_t)p->most * sizeof *chosen_scores);
    const int32_t limit = n < p->most ? n : p->most;
    const float factor = sigma > 0.0f ? -0.5f / sigma : 0.0f;
    while (found < limit && n > 0) {
        candidate next = pop(heap, &n);
        const float score = next.score;
        bool is_suppressed = false;
        for (int32_t j = found - 1; j >= next.first && !is_suppressed; j--) {
            const float shared = overlap(boxes + 4 * (int64_t)next.box, boxes + 4 * (int64_t)chosen[j]);
            is_suppressed = shared >= overlap_threshold;
            if (is_suppressed) break;
            if (sigma > 0.0f) next.score = next.score * expf(factor * shared * shared);
            if (next.score <= score_threshold) break;
        }
        next.first = found;
        if (is_suppressed) continue;
        if (next.score == score) {
            chosen[found] = next.box;
            if (chosen_scores != NULL) chosen_scores[found] = next.score;
            found++;
        }
        /* A chosen box too, as in TFLite: it then suppresses itself, but one without area is chosen again. */
        if (next.score > score_threshold) {
            sift_up(heap, n, next);
            n++;
        }
    }
    *n_chosen = found;
}
