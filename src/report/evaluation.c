#include "report/evaluation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

octet_status octet_evaluation_make(octet_context *ctx, const char *model, const char *split, uint64_t n_samples,
                                   size_t n_scores, octet_scores scores, octet_measure measure,
                                   octet_evaluation **out) {
    octet_arena arena = {0};
    octet_evaluation *evaluation = NULL;
    octet_status status = OCTET_NEW(ctx, &arena, 1, &evaluation);
    if (status == OCTET_OK) status = octet_arena_string(ctx, &arena, model, &evaluation->model);
    if (status == OCTET_OK) status = octet_arena_string(ctx, &arena, split, &evaluation->split);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->numbers);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->labels);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->answers);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->losses);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->time_ns);
    if (status == OCTET_OK && (measure == OCTET_MEASURE_ELEMENTS || measure == OCTET_MEASURE_ROWS))
        status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->right);
    if (status == OCTET_OK && measure == OCTET_MEASURE_ERROR)
        status = OCTET_NEW(ctx, &arena, n_samples, &evaluation->errors);
    if (status != OCTET_OK) {
        octet_arena_free(ctx, &arena);
        return status;
    }
    for (uint64_t i = 0; i < n_samples; i++) evaluation->numbers[i] = i;
    evaluation->conditions = "";
    evaluation->n_samples = n_samples;
    evaluation->n_scores = n_scores;
    evaluation->scores = scores;
    evaluation->measure = measure;
    evaluation->n_targets = evaluation->row = n_scores;
    evaluation->has_accuracy = measure != OCTET_MEASURE_NONE && measure != OCTET_MEASURE_ERROR;
    evaluation->has_classes = measure == OCTET_MEASURE_CLASS;
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
    float sum = 0.0f;
    for (size_t i = 0; i < n; i++) sum += scores[i];
    const float p = scores[label] / sum;
    return -log((double)fminf(fmaxf(p, 1e-7f), 1.0f - 1e-7f));
}

static double binary_loss(float score, octet_scores kind, int32_t label) {
    if (kind == OCTET_SCORES_LOGITS) {
        const double x = (double)score;
        return fmax(x, 0.0) - x * label + log1p(exp(-fabs(x)));
    }
    const double p = (double)fminf(fmaxf(score, 1e-7f), 1.0f - 1e-7f);
    return label != 0 ? -log(p) : -log(1.0 - p);
}

static size_t largest(const float *scores, size_t n) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        if (scores[i] > scores[best]) best = i; /* the first of equals, as argmax */
    }
    return best;
}

static bool says_yes(float score, octet_scores kind) { return score > (kind == OCTET_SCORES_LOGITS ? 0.0f : 0.5f); }

static void record_elements(octet_evaluation *evaluation, uint64_t index, const float *scores, const float *targets) {
    double loss = 0.0;
    for (size_t i = 0; i < evaluation->n_scores; i++) {
        const bool yes = targets[i] > 0.5f;
        evaluation->right[index] += says_yes(scores[i], evaluation->scores) == yes;
        loss += binary_loss(scores[i], evaluation->scores, yes);
    }
    evaluation->losses[index] = loss / (double)evaluation->n_scores;
}

static void record_rows(octet_evaluation *evaluation, uint64_t index, const float *scores, const float *targets) {
    const size_t row = evaluation->row, n_rows = evaluation->n_scores / row;
    const bool one_hot = evaluation->n_targets != n_rows;
    double loss = 0.0;
    for (size_t r = 0; r < n_rows; r++) {
        const size_t label = one_hot ? largest(targets + r * row, row) : (size_t)targets[r],
                     best = largest(scores + r * row, row);
        evaluation->right[index] += label == best;
        loss += categorical_loss(scores + r * row, row, evaluation->scores, label, best);
    }
    evaluation->losses[index] = loss / (double)n_rows;
}

static void record_errors(octet_evaluation *evaluation, uint64_t index, const float *scores, const float *targets) {
    octet_errors sums = {0};
    for (size_t i = 0; i < evaluation->n_scores; i++) {
        const double target = (double)targets[i], error = (double)scores[i] - target;
        sums.absolute += fabs(error);
        sums.square += error * error;
        sums.target += target;
        sums.target_square += target * target;
    }
    evaluation->errors[index] = sums;
}

enum { NO_ANSWER = -1 };

static void record_answer(octet_evaluation *evaluation, uint64_t index, const float *scores, int32_t label) {
    const size_t n = evaluation->n_scores, best = largest(scores, n);
    const bool measured = evaluation->measure == OCTET_MEASURE_CLASS;
    evaluation->answers[index] = n == 1 ? says_yes(scores[0], evaluation->scores) : (int32_t)best;
    if (!measured) return;
    evaluation->losses[index] = n == 1 ? binary_loss(scores[0], evaluation->scores, label)
                                       : categorical_loss(scores, n, evaluation->scores, (size_t)label, best);
}

void octet_evaluation_record(octet_evaluation *evaluation, uint64_t index, const float *scores, int32_t label,
                             const float *targets, uint64_t time_ns) {
    const size_t n = evaluation->n_scores;
    evaluation->time_ns[index] = time_ns;
    evaluation->labels[index] = label;
    bool finite = true;
    for (size_t i = 0; i < n; i++) finite = finite && isfinite(scores[i]);
    if (!finite) {
        evaluation->answers[index] = NO_ANSWER;
        evaluation->losses[index] = (double)NAN;
        if (evaluation->errors != NULL)
            evaluation->errors[index] = (octet_errors){(double)NAN, (double)NAN, (double)NAN, (double)NAN};
        return;
    }
    record_answer(evaluation, index, scores, label);
    if (evaluation->measure == OCTET_MEASURE_ELEMENTS) record_elements(evaluation, index, scores, targets);
    if (evaluation->measure == OCTET_MEASURE_ROWS) record_rows(evaluation, index, scores, targets);
    if (evaluation->measure == OCTET_MEASURE_ERROR) record_errors(evaluation, index, scores, targets);
}

static int compare_times(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Of up to 1001 samples, evenly spread, of which not all were timed: the mean would be the mean of what else the
 * machine did. */
static double median_time(const octet_evaluation *evaluation) {
    enum { MAX = 1001 };
    uint64_t times[MAX];
    const uint64_t step = evaluation->n_samples / MAX + 1;
    size_t n = 0;
    for (uint64_t i = 0; i < evaluation->n_samples && n < MAX; i += step)
        if (evaluation->time_ns[i] > 0) times[n++] = evaluation->time_ns[i];
    qsort(times, n, sizeof *times, compare_times);
    const size_t middle = n / 2;
    return n > 0 ? (double)times[middle] : 0.0;
}

static void sum_errors(octet_evaluation *evaluation) {
    octet_errors sums = {0};
    for (uint64_t i = 0; i < evaluation->n_samples; i++) {
        const octet_errors *e = &evaluation->errors[i];
        sums.absolute += e->absolute;
        sums.square += e->square;
        sums.target += e->target;
        sums.target_square += e->target_square;
    }
    const double n = (double)evaluation->n_samples * (double)evaluation->n_scores, mean = sums.target / n;
    evaluation->mean_absolute_error = sums.absolute / n;
    evaluation->root_mean_square_error = sqrt(sums.square / n);
    evaluation->target_deviation = sqrt(fmax(sums.target_square / n - mean * mean, 0.0));
}

uint64_t octet_evaluation_n_parts(const octet_evaluation *evaluation) {
    if (evaluation->measure == OCTET_MEASURE_ELEMENTS) return evaluation->n_scores;
    return evaluation->measure == OCTET_MEASURE_ROWS ? evaluation->n_scores / evaluation->row : 1;
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
        if (evaluation->right != NULL) evaluation->n_right += evaluation->right[i];
        else evaluation->n_right += evaluation->measure == OCTET_MEASURE_CLASS && answer == evaluation->labels[i];
        evaluation->n_not_finite += answer == NO_ANSWER;
        if (evaluation->n_distinct_answers == 0) first = answer, evaluation->n_distinct_answers = 1;
        else if (answer != first) evaluation->n_distinct_answers = 2; /* one or several is all that matters */
    }
    const double n = (double)evaluation->n_samples;
    const double n_parts = n * (double)octet_evaluation_n_parts(evaluation);
    evaluation->accuracy = evaluation->has_accuracy ? (double)evaluation->n_right / n_parts : 0.0;
    evaluation->loss = evaluation->has_accuracy ? loss / n : 0.0;
    if (evaluation->errors != NULL) sum_errors(evaluation);
    evaluation->time_per_sample_ns = median_time(evaluation);
}

int32_t octet_evaluation_n_classes(const octet_evaluation *evaluation) {
    return evaluation->n_scores == 1 ? 2 : (int32_t)evaluation->n_scores;
}

octet_status octet_evaluation_count_confusion(octet_context *ctx, octet_arena *arena,
                                              const octet_evaluation *evaluation, octet_confusion *out) {
    enum { MOST_CLASSES = 100 };
    const size_t n = (size_t)octet_evaluation_n_classes(evaluation);
    OCTET_CHECK(ctx, evaluation->measure == OCTET_MEASURE_CLASS, OCTET_DATA,
                "confusion: the data have no labels that are one class a sample");
    OCTET_CHECK(ctx, n <= MOST_CLASSES, OCTET_LIMIT, "confusion: %zu classes; a matrix is printed for up to %d", n,
                (int)MOST_CLASSES);
    out->n = n;
    OCTET_TRY(OCTET_NEW(ctx, arena, n * n, &out->counts));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &out->recall));
    for (uint64_t i = 0; i < evaluation->n_samples; i++) {
        if (evaluation->answers[i] == NO_ANSWER) continue;
        out->counts[(size_t)evaluation->labels[i] * n + (size_t)evaluation->answers[i]]++;
    }
    for (size_t row = 0; row < n; row++) {
        uint64_t sum = 0;
        for (size_t column = 0; column < n; column++) sum += out->counts[row * n + column];
        out->recall[row] = sum > 0 ? (double)out->counts[row * n + row] / (double)sum : (double)NAN;
    }
    return OCTET_OK;
}
