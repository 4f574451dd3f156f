#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/evaluation.h"
#include "report/text.h"

/* Beyond this many classes a matrix does not fit on any screen. */
enum { MAX_CONFUSION_CLASSES = 100 };

static uint64_t row_sum(const uint64_t *confusion, size_t n, size_t row) {
    uint64_t sum = 0;
    for (size_t column = 0; column < n; column++) sum += confusion[row * n + column];
    return sum;
}

static octet_status write_confusion(octet_context *ctx, const octet_evaluation *e, const uint64_t *confusion,
                                    octet_buffer *out) {
    const size_t n = (size_t)octet_evaluation_n_classes(e);
    int width = 5;
    char text[OCTET_TEXT_SIZE];
    for (size_t i = 0; i < n * n; i++) {
        const int w = snprintf(text, sizeof text, "%" PRIu64, confusion[i]) + 1;
        if (w > width) width = w;
    }
    OCTET_TRY(octet_buffer_format(ctx, out, "\nconfusion: a row per label, a column per answer\n%5s", ""));
    for (size_t i = 0; i < n; i++) OCTET_TRY(octet_buffer_format(ctx, out, "%*zu", width, i));
    OCTET_TRY(octet_buffer_format(ctx, out, "   recall\n"));
    for (size_t row = 0; row < n; row++) {
        OCTET_TRY(octet_buffer_format(ctx, out, "%5zu", row));
        for (size_t i = 0; i < n; i++)
            OCTET_TRY(octet_buffer_format(ctx, out, "%*" PRIu64, width, confusion[row * n + i]));
        const uint64_t sum = row_sum(confusion, n, row);
        if (sum == 0) OCTET_TRY(octet_buffer_format(ctx, out, "        -"));
        else
            OCTET_TRY(
                octet_buffer_format(ctx, out, "  %5.1f %%", 100.0 * (double)confusion[row * n + row] / (double)sum));
        if (e->class_names != NULL) OCTET_TRY(octet_buffer_format(ctx, out, "  %s", e->class_names[row]));
        OCTET_TRY(octet_buffer_append(ctx, out, "\n", 1));
    }
    return OCTET_OK;
}

static octet_status with_matrix(octet_context *ctx, const octet_evaluation *e, octet_buffer *out,
                                octet_status (*write)(octet_context *, const octet_evaluation *, const uint64_t *,
                                                      octet_buffer *)) {
    const size_t n = (size_t)octet_evaluation_n_classes(e);
    OCTET_CHECK(ctx, e->measure == OCTET_MEASURE_CLASS, OCTET_DATA,
                "confusion: the data have no labels that are one class a sample");
    OCTET_CHECK(ctx, n <= MAX_CONFUSION_CLASSES, OCTET_LIMIT,
                "confusion: %zu classes; a matrix is printed for up to %d", n, (int)MAX_CONFUSION_CLASSES);
    void *confusion = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, n * n * sizeof(uint64_t), &confusion));
    octet_evaluation_count_confusion(e, confusion);
    const octet_status status = write(ctx, e, confusion, out);
    octet_memory_free(ctx, confusion);
    return status;
}

const char *octet_text_parts(const octet_evaluation *e) {
    if (e->measure == OCTET_MEASURE_ELEMENTS) return "; every output of a sample is a yes or no of its own";
    return e->measure == OCTET_MEASURE_ROWS ? "; every pixel or step of a sample has a class" : "";
}

octet_status octet_evaluation_write_text(octet_context *ctx, const octet_evaluation *e, bool with_confusion,
                                         octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE], d[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s on %s %ssamples\n", e->model, octet_text_count(e->n_samples, a),
                                  octet_text_split(e->split, b)));
    if (e->has_accuracy) {
        const uint64_t n = e->n_samples * octet_evaluation_n_parts(e);
        OCTET_TRY(octet_buffer_format(ctx, out, "accuracy  %.2f %%  (%s right, %s wrong%s)\n", 100.0 * e->accuracy,
                                      octet_text_count(e->n_right, a), octet_text_count(n - e->n_right, b),
                                      octet_text_parts(e)));
        OCTET_TRY(octet_buffer_format(ctx, out, "loss      %.5f\n", e->loss));
    } else if (e->measure == OCTET_MEASURE_ERROR) {
        OCTET_TRY(
            octet_buffer_format(ctx, out,
                                "error     %.6g mean absolute, %.6g root of the mean square; standard deviation of the "
                                "targets %.6g\n",
                                e->mean_absolute_error, e->root_mean_square_error, e->target_deviation));
    } else {
        OCTET_TRY(octet_buffer_format(ctx, out, "accuracy  unknown: the data have no labels\n"));
    }
    if (e->n_not_finite > 0) {
        OCTET_TRY(octet_buffer_format(ctx, out, "warning   %s samples gave NaN or infinity\n",
                                      octet_text_count(e->n_not_finite, a)));
    }
    OCTET_TRY(octet_buffer_format(ctx, out, "time      %s per sample, %s in all with %u thread%s\n",
                                  octet_text_time(e->time_per_sample_ns, a), octet_text_time((double)e->wall_ns, b),
                                  e->n_threads, e->n_threads == 1 ? "" : "s"));
    OCTET_TRY(octet_buffer_format(ctx, out, "data      %s..%s as stored, %s..%s as the model sees them\n",
                                  octet_text_real(e->raw_min, a), octet_text_real(e->raw_max, b),
                                  octet_text_real(e->min, c), octet_text_real(e->max, d)));
    return with_confusion ? with_matrix(ctx, e, out, write_confusion) : OCTET_OK;
}

static octet_status write_confusion_json(octet_context *ctx, const octet_evaluation *e, const uint64_t *confusion,
                                         octet_buffer *out) {
    const size_t n = (size_t)octet_evaluation_n_classes(e);
    OCTET_TRY(octet_buffer_format(ctx, out, ",\n  \"confusion\": ["));
    for (size_t row = 0; row < n; row++) {
        OCTET_TRY(octet_buffer_format(ctx, out, row == 0 ? "\n    [" : ",\n    ["));
        for (size_t i = 0; i < n; i++)
            OCTET_TRY(octet_buffer_format(ctx, out, "%s%" PRIu64, i == 0 ? "" : ", ", confusion[row * n + i]));
        OCTET_TRY(octet_buffer_format(ctx, out, "]"));
    }
    OCTET_TRY(octet_buffer_format(ctx, out, "\n  ],\n  \"recall\": ["));
    for (size_t row = 0; row < n; row++) {
        const uint64_t sum = row_sum(confusion, n, row);
        OCTET_TRY(octet_buffer_format(ctx, out, row == 0 ? "" : ", "));
        if (sum == 0) OCTET_TRY(octet_buffer_format(ctx, out, "null"));
        else OCTET_TRY(octet_text_json_number(ctx, out, (double)confusion[row * n + row] / (double)sum, 10));
    }
    if (e->class_names != NULL) OCTET_TRY(octet_buffer_format(ctx, out, "],\n  \"classes\": ["));
    for (size_t row = 0; e->class_names != NULL && row < n; row++) {
        OCTET_TRY(octet_buffer_format(ctx, out, row == 0 ? "" : ", "));
        OCTET_TRY(octet_text_json_string(ctx, out, e->class_names[row]));
    }
    return octet_buffer_format(ctx, out, "]");
}

static octet_status field(octet_context *ctx, octet_buffer *out, const char *name, double value, int digits) {
    OCTET_TRY(octet_buffer_format(ctx, out, ",\n  \"%s\": ", name));
    return octet_text_json_number(ctx, out, value, digits);
}

octet_status octet_evaluation_write_json(octet_context *ctx, const octet_evaluation *e, bool with_confusion,
                                         octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out, "{\n  \"model\": "));
    OCTET_TRY(octet_text_json_string(ctx, out, e->model));
    OCTET_TRY(
        octet_buffer_format(ctx, out, ",\n  \"split\": \"%s\",\n  \"samples\": %" PRIu64, e->split, e->n_samples));
    if (e->measure == OCTET_MEASURE_ERROR) {
        OCTET_TRY(field(ctx, out, "mean_absolute_error", e->mean_absolute_error, 10));
        OCTET_TRY(field(ctx, out, "root_mean_square_error", e->root_mean_square_error, 10));
        OCTET_TRY(field(ctx, out, "target_deviation", e->target_deviation, 10));
    }
    if (e->has_accuracy) {
        OCTET_TRY(field(ctx, out, "accuracy", e->accuracy, 10));
        OCTET_TRY(octet_buffer_format(ctx, out, ",\n  \"right\": %" PRIu64, e->n_right));
        OCTET_TRY(field(ctx, out, "loss", e->loss, 10));
    }
    OCTET_TRY(octet_buffer_format(ctx, out, ",\n  \"not_finite\": %" PRIu64 ",\n  \"threads\": %u", e->n_not_finite,
                                  e->n_threads));
    OCTET_TRY(field(ctx, out, "time_per_sample_us", e->time_per_sample_ns / 1e3, 6));
    OCTET_TRY(field(ctx, out, "time_s", (double)e->wall_ns / 1e9, 6));
    OCTET_TRY(octet_buffer_format(ctx, out, ",\n  \"data_range\": {\"stored\": ["));
    OCTET_TRY(octet_text_json_number(ctx, out, e->raw_min, 9));
    OCTET_TRY(octet_buffer_format(ctx, out, ", "));
    OCTET_TRY(octet_text_json_number(ctx, out, e->raw_max, 9));
    OCTET_TRY(octet_buffer_format(ctx, out, "], \"model\": ["));
    OCTET_TRY(octet_text_json_number(ctx, out, e->min, 9));
    OCTET_TRY(octet_buffer_format(ctx, out, ", "));
    OCTET_TRY(octet_text_json_number(ctx, out, e->max, 9));
    OCTET_TRY(octet_buffer_format(ctx, out, "]}"));
    if (with_confusion) OCTET_TRY(with_matrix(ctx, e, out, write_confusion_json));
    return octet_buffer_format(ctx, out, "\n}\n");
}
