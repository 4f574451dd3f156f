#include "kernels/ref/detection.h"

#include <string.h>

#include "kernels/ref/elementary.h"

typedef struct corners {
    float ymin, xmin, ymax, xmax;
} corners;
typedef struct found {
    float score;
    int32_t box, class_index;
} found;

/* Parts of the working memory. */
typedef struct workplace {
    corners *boxes; /* B */
    float *scores;  /* B*C */
    float *column;  /* B: scores of one class, or the best of each box */
    int32_t *order, *merged,
        *chosen;         /* B each: candidates in order; for sorting (and C more: classes of a box); what was chosen */
    uint8_t *active;     /* B */
    found *best, *other; /* twice max_detections: results over the classes so far; for merging */
} workplace;

static size_t round_up(size_t n) { return (n + 15) / 16 * 16; }

/* Cuts `memory` into parts; returns the bytes of all of them. */
static size_t lay_out(const octet_detection_params *p, uint8_t *memory, workplace *w) {
    const size_t b = (size_t)p->n_boxes, most = 2 * (size_t)p->max_detections;
    size_t at = 0;
#define PART(member, n) (w->member = (void *)(memory + at), at += round_up((n) * sizeof *w->member))
    PART(boxes, b);
    PART(scores, b * (size_t)p->n_scores);
    PART(column, b);
    PART(order, b);
    PART(merged, b + (size_t)p->n_scores);
    PART(chosen, b);
    PART(active, b);
    PART(best, most);
    PART(other, most);
#undef PART
    return at;
}

size_t octet_detection_bytes(const octet_detection_params *p) {
    workplace w;
    uint8_t nothing = 0;
    return lay_out(p, &nothing, &w);
}

static float number_at(const octet_detection_operand *operand, const void *data, size_t i) {
    if (!operand->is_u8) return ((const float *)data)[i];
    return operand->scale * (float)(((const uint8_t *)data)[i] - operand->zero_point);
}

static void decode(const octet_detection_params *p, const void *encodings, const void *anchors, corners *boxes) {
    for (size_t i = 0; i < (size_t)p->n_boxes; i++) {
        double e[4], a[4];
        for (size_t k = 0; k < 4; k++) {
            e[k] = (double)number_at(&p->boxes, encodings, i * (size_t)p->encoding_size + k);
            a[k] = (double)number_at(&p->anchors, anchors, i * 4 + k);
        }
        const float y = (float)(e[0] / (double)p->y_scale * a[2] + a[0]),
                    x = (float)(e[1] / (double)p->x_scale * a[3] + a[1]);
        const float half_h = (float)(0.5 * octet_exp_f64(e[2] / (double)p->h_scale) * a[2]);
        const float half_w = (float)(0.5 * octet_exp_f64(e[3] / (double)p->w_scale) * a[3]);
        boxes[i] = (corners){y - half_h, x - half_w, y + half_h, x + half_w};
    }
}

static float larger(float a, float b) { return a < b ? b : a; }
static float smaller(float a, float b) { return b < a ? b : a; }

/* Area of the intersection over that of the union. */
static float overlap(const corners *a, const corners *b) {
    const float area_a = (a->ymax - a->ymin) * (a->xmax - a->xmin), area_b = (b->ymax - b->ymin) * (b->xmax - b->xmin);
    if (area_a <= 0 || area_b <= 0) return 0;
    const float height = larger(smaller(a->ymax, b->ymax) - larger(a->ymin, b->ymin), 0);
    const float width = larger(smaller(a->xmax, b->xmax) - larger(a->xmin, b->xmin), 0);
    return height * width / (area_a + area_b - height * width);
}

/* Stable, decreasing: merges runs of 1, 2, 4, ... */
static void sort(const float *values, int32_t *order, int32_t *merged, int32_t n) {
    for (int64_t run = 1; run < n; run *= 2) {
        for (int64_t first = 0; first < n; first += 2 * run) {
            const int64_t middle = first + run < n ? first + run : n, last = first + 2 * run < n ? first + 2 * run : n;
            int64_t a = first, b = middle;
            for (int64_t i = first; i < last; i++) {
                const bool take_a = a < middle && (b == last || !(values[order[b]] > values[order[a]]));
                merged[i] = take_a ? order[a++] : order[b++];
            }
        }
        memcpy(order, merged, (size_t)n * sizeof *order);
    }
}

/* Greedy: the best candidate goes in, those that overlap it too much go
 * out. Returns how many boxes are in w->chosen. */
static int32_t suppress(const octet_detection_params *p, const workplace *w, int32_t most) {
    int32_t n = 0, n_chosen = 0;
    for (int32_t i = 0; i < p->n_boxes; i++)
        if (w->column[i] >= p->score_threshold) w->order[n++] = i;
    sort(w->column, w->order, w->merged, n);
    memset(w->active, 1, (size_t)n);
    for (int32_t i = 0; i < n && n_chosen < most; i++) {
        if (!w->active[i]) continue;
        w->chosen[n_chosen++] = w->order[i];
        for (int32_t j = i + 1; j < n; j++)
            if (w->active[j] && overlap(&w->boxes[w->order[i]], &w->boxes[w->order[j]]) > p->overlap_threshold)
                w->active[j] = 0;
    }
    return n_chosen;
}

/* The class with the k-th best score of a box, the first of equal ones; those taken before are in classes[0..k). */
static int32_t next_best(const float *scores, int32_t n, const int32_t *classes, int32_t k) {
    int32_t best = -1;
    for (int32_t c = 0; c < n; c++) {
        bool taken = false;
        for (int32_t i = 0; i < k; i++) taken = taken || classes[i] == c;
        if (!taken && (best < 0 || scores[c] > scores[best])) best = c;
    }
    return best;
}

static int32_t over_all(const octet_detection_params *p, const workplace *w, int32_t first_class, float *const *out) {
    const int32_t per_box = p->classes_per_detection < p->n_classes ? p->classes_per_detection : p->n_classes;
    for (int32_t i = 0; i < p->n_boxes; i++) {
        const float *scores = w->scores + (size_t)i * (size_t)p->n_scores + first_class;
        w->column[i] = scores[next_best(scores, p->n_classes, NULL, 0)];
    }
    const int32_t n = suppress(p, w, p->max_detections);
    for (int32_t i = 0; i < n; i++) {
        const float *scores = w->scores + (size_t)w->chosen[i] * (size_t)p->n_scores + first_class;
        int32_t *classes = w->merged;
        for (int32_t k = 0; k < per_box; k++) {
            const size_t at = (size_t)i * (size_t)p->classes_per_detection + (size_t)k;
            classes[k] = next_best(scores, p->n_classes, classes, k);
            memcpy(out[0] + at * 4, &w->boxes[w->chosen[i]], sizeof(corners));
            out[1][at] = (float)classes[k];
            out[2][at] = scores[classes[k]];
        }
    }
    return n;
}

static int32_t class_by_class(const octet_detection_params *p, workplace *w, int32_t first_class, float *const *out) {
    const int32_t per_class = p->detections_per_class < p->max_detections ? p->detections_per_class : p->max_detections;
    int32_t n = 0;
    for (int32_t c = 0; c < p->n_classes; c++) {
        for (int32_t i = 0; i < p->n_boxes; i++)
            w->column[i] = w->scores[(size_t)i * (size_t)p->n_scores + (size_t)(c + first_class)];
        const int32_t n_new = suppress(p, w, per_class), all = n + n_new;
        /* Of equal scores those of earlier classes come first. */
        int32_t old = 0, fresh = 0;
        for (int32_t i = 0; i < all; i++) {
            const float score = fresh < n_new ? w->column[w->chosen[fresh]] : 0;
            const bool take_new = fresh < n_new && (old == n || score > w->best[old].score);
            w->other[i] = take_new ? (found){score, w->chosen[fresh], c} : w->best[old];
            *(take_new ? &fresh : &old) += 1;
        }
        n = all < p->max_detections ? all : p->max_detections;
        memcpy(w->best, w->other, (size_t)n * sizeof *w->best);
    }
    for (int32_t i = 0; i < n; i++) {
        memcpy(out[0] + (size_t)i * 4, &w->boxes[w->best[i].box], sizeof(corners));
        out[1][i] = (float)w->best[i].class_index;
        out[2][i] = w->best[i].score;
    }
    return n;
}

void octet_detection_ref(const octet_detection_params *p, const void *const *in, float *const *out, void *memory) {
    workplace w;
    lay_out(p, memory, &w);
    const size_t n_results = (size_t)p->max_detections * (size_t)p->classes_per_detection;
    memset(out[0], 0, n_results * 4 * sizeof(float));
    memset(out[1], 0, n_results * sizeof(float));
    memset(out[2], 0, n_results * sizeof(float));
    decode(p, in[0], in[2], w.boxes);
    for (size_t i = 0; i < (size_t)p->n_boxes * (size_t)p->n_scores; i++) w.scores[i] = number_at(&p->scores, in[1], i);
    const int32_t first_class = p->n_scores - p->n_classes;
    out[3][0] = (float)(p->by_class ? class_by_class(p, &w, first_class, out) : over_all(p, &w, first_class, out));
}
