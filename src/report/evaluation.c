#include "report/evaluation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

octet_status octet_evaluation_make(octet_context *ctx, const char *model, const char *split, uint64_t n_samples, size_t n_scores,
                                   octet_scores scores, bool has_labels, octet_evaluation **out) {
    octet_arena arena = {0};
    octet_evaluation *evaluation = NULL;
    octet_status status = OCTET_NEW(ctx, &arena, 1, &evaluation);
    if (status == OCTET_OK) status = octet_arena_string(ctx, &arena, model, &evaluation->model);
    if (status == OCTET_OK) status = octet_arena_string(ctx, &arena, split, &evaluation->split);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->labels);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->answers);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->losses);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->time_ns);
    if (status != OCTET_OK) {
        octet_arena_free(ctx, &arena);
        return status;
    }
    evaluation->n_samples = n_samples;
    evaluation->n_scores = n_scores;
    evaluation->scores = scores;
    evaluation->has_labels = has_labels;
    evaluation->has_classes = has_labels;
    evaluation->arena = arena;
    *out = evaluation;
    return OCTET_OK;
}

void octet_evaluation_free(octet_context *ctx, octet_evaluation *evaluation) {
    if (evaluation == NULL) return;
    octet_arena arena = evaluation->arena; /* the evaluation lives in it */
    octet_arena_free(ctx, &arena);
}

/* Keras: probabilities are divided by their sum and clipped to [1e-7, 1 - 1e-7]; logits go through a stable softmax. */
static double categorical_loss(const float *scores, size_t n, octet_scores kind, size_t label, size_t best) {
    if (kind == OCTET_SCORES_LOGITS) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) sum += exp((double)scores[i] - (double)scores[best]);
        return log(sum) + (double)scores[best] - (double)scores[label];
    }
    float sum = 0.0F;
    for (size_t i = 0; i < n; i++) sum += scores[i];
    const float p = scores[label] / sum;
    return -log((double)fminf(fmaxf(p, 1e-7F), 1.0F - 1e-7F));
}

static double binary_loss(float score, octet_scores kind, int32_t label) {
    if (kind == OCTET_SCORES_LOGITS) {
        const double x = (double)score;
        return fmax(x, 0.0) - x * label + log1p(exp(-fabs(x)));
    }
    const double p = (double)fminf(fmaxf(score, 1e-7F), 1.0F - 1e-7F);
    return label != 0 ? -log(p) : -log(1.0 - p);
}

enum { NO_ANSWER = -1 };

void octet_evaluation_record(octet_evaluation *evaluation, uint64_t index, const float *scores, int32_t label, uint64_t time_ns) {
    const size_t n = evaluation->n_scores;
    evaluation->time_ns[index] = time_ns;
    evaluation->labels[index] = label;
    size_t best = 0;
    bool finite = true;
    for (size_t i = 0; i < n; i++) {
        if (scores[i] > scores[best]) best = i; /* the first of equals, as argmax */
        finite = finite && isfinite(scores[i]);
    }
    if (!finite) {
        evaluation->answers[index] = NO_ANSWER;
        evaluation->losses[index] = (double)NAN;
    } else if (n == 1) {
        const float threshold = evaluation->scores == OCTET_SCORES_LOGITS ? 0.0F : 0.5F;
        evaluation->answers[index] = scores[0] > threshold;
        if (evaluation->has_labels) evaluation->losses[index] = binary_loss(scores[0], evaluation->scores, label);
    } else {
        evaluation->answers[index] = (int32_t)best;
        if (evaluation->has_labels) evaluation->losses[index] = categorical_loss(scores, n, evaluation->scores, (size_t)label, best);
    }
}

static int compare_times(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Of up to 1001 samples, evenly spread: the mean would be the mean of what else the machine did. */
static double median_time(const octet_evaluation *evaluation) {
    enum { MAX = 1001 };
    uint64_t times[MAX];
    const uint64_t step = evaluation->n_samples / MAX + 1;
    size_t n = 0;
    for (uint64_t i = 0; i < evaluation->n_samples && n < MAX; i += step) times[n++] = evaluation->time_ns[i];
    qsort(times, n, sizeof *times, compare_times);
    return n > 0 ? (double)times[n / 2] : 0.0;
}

void octet_evaluation_finish(octet_evaluation *evaluation) {
    double loss = 0.0;
    evaluation->n_right = 0;
    evaluation->n_not_finite = 0;
    int32_t first = NO_ANSWER;
    evaluation->n_distinct_answers = 0;
    for (uint64_t i = 0; i < evaluation->n_samples; i++) {
        const int32_t answer = evaluation->answers[i];
        loss += evaluation->losses[i];
        evaluation->n_right += evaluation->has_labels && answer == evaluation->labels[i];
        evaluation->n_not_finite += answer == NO_ANSWER;
        if (evaluation->n_distinct_answers == 0) first = answer, evaluation->n_distinct_answers = 1;
        else if (answer != first) evaluation->n_distinct_answers = 2; /* one or several is all that matters */
    }
    const double n = (double)evaluation->n_samples;
    evaluation->accuracy = evaluation->has_labels ? (double)evaluation->n_right / n : 0.0;
    evaluation->loss = evaluation->has_labels ? loss / n : 0.0;
    evaluation->time_per_sample_ns = median_time(evaluation);
}

int32_t octet_evaluation_n_classes(const octet_evaluation *evaluation) {
    return evaluation->n_scores == 1 ? 2 : (int32_t)evaluation->n_scores;
}

void octet_evaluation_count_confusion(const octet_evaluation *evaluation, uint64_t *confusion) {
    const size_t n = (size_t)octet_evaluation_n_classes(evaluation);
    memset(confusion, 0, n * n * sizeof *confusion);
    for (uint64_t i = 0; i < evaluation->n_samples; i++) {
        if (evaluation->answers[i] == NO_ANSWER) continue;
        confusion[(size_t)evaluation->labels[i] * n + (size_t)evaluation->answers[i]]++;
    }
}
