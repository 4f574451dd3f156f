/* An evaluation as text. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/format.h"
#include "report/evaluation.h"
#include "report/text.h"

static octet_status write_confusion(octet_context *ctx, const octet_evaluation *e, const octet_confusion *confusion,
                                    octet_buffer *out) {
    const size_t n = confusion->n;
    int width = 5;
    char text[OCTET_TEXT_SIZE];
    for (size_t i = 0; i < n * n; i++) {
        const int w = octet_format(text, sizeof text, "%" PRIu64, confusion->counts[i]) + 1;
        if (w > width) width = w;
    }
    OCTET_TRY(octet_buffer_format(ctx, out, "\nconfusion: a row per label, a column per answer\n%5s", ""));
    for (size_t i = 0; i < n; i++) OCTET_TRY(octet_buffer_format(ctx, out, "%*zu", width, i));
    OCTET_TRY(octet_buffer_format(ctx, out, "   recall\n"));
    for (size_t row = 0; row < n; row++) {
        OCTET_TRY(octet_buffer_format(ctx, out, "%5zu", row));
        for (size_t i = 0; i < n; i++)
            OCTET_TRY(octet_buffer_format(ctx, out, "%*" PRIu64, width, confusion->counts[row * n + i]));
        if (isnan(confusion->recall[row])) OCTET_TRY(octet_buffer_format(ctx, out, "        -"));
        else OCTET_TRY(octet_buffer_format(ctx, out, "  %5.1f %%", 100.0 * confusion->recall[row]));
        if (e->class_names != NULL) OCTET_TRY(octet_buffer_format(ctx, out, "  %s", e->class_names[row]));
        OCTET_TRY(octet_buffer_append(ctx, out, "\n", 1));
    }
    return OCTET_OK;
}

const char octet_text_dropped_folders[] = "the model is no classifier, so that folders of pictures give no labels "
                                          "(--labels FILE gives numbers for every output)";

const char *octet_text_parts(const octet_evaluation *e) {
    if (e->measure == OCTET_MEASURE_ELEMENTS) return "; every output of a sample is a yes or no of its own";
    return e->measure == OCTET_MEASURE_ROWS ? "; every pixel or step of a sample has a class" : "";
}

/* Values that reach no farther than a preset leaves them. */
static const double scaled_reach = 3.0;

const char *octet_evaluation_doubt_scaling(const octet_evaluation *e, char *text) {
    text[0] = '\0';
    if (!e->expects_bytes || e->own_scaling == NULL || fmax(fabs(e->min), fabs(e->max)) > scaled_reach) return text;
    const bool stored_so = fmax(fabs(e->raw_min), fabs(e->raw_max)) <= scaled_reach;
    octet_format(
        text, OCTET_EVALUATION_SENTENCE,
        "the model scales its input itself (%s), and is given values from %.6g to %.6g, which look scaled already: "
        "%s",
        e->own_scaling, e->min, e->max,
        stored_so ? "give it the values as they were before (for x / 255: --scale 255)"
                  : "leave the scaling to the model (--preprocess raw)");
    return text;
}

octet_status octet_evaluation_write_data_line(octet_context *ctx, const octet_evaluation *e, const char *head,
                                              octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE], d[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s%s..%s as stored, %s..%s as the model sees them", head,
                                  octet_text_real(e->raw_min, a), octet_text_real(e->raw_max, b),
                                  octet_text_real(e->min, c), octet_text_real(e->max, d)));
    if (e->own_scaling != NULL)
        OCTET_TRY(octet_buffer_format(ctx, out, "; the model scales them itself (%s)", e->own_scaling));
    return octet_buffer_append(ctx, out, "\n", 1);
}

octet_status octet_evaluation_write_text(octet_context *ctx, const octet_evaluation *e, bool with_confusion,
                                         octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], sentence[OCTET_EVALUATION_SENTENCE];
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
        const char *why = e->drops_folders ? octet_text_dropped_folders : "the data have no labels";
        OCTET_TRY(octet_buffer_format(ctx, out, "accuracy  unknown: %s\n", why));
    }
    if (e->n_not_finite > 0) {
        OCTET_TRY(octet_buffer_format(ctx, out, "warning   %s samples gave NaN or infinity\n",
                                      octet_text_count(e->n_not_finite, a)));
    }
    OCTET_TRY(octet_buffer_format(ctx, out, "time      %s per sample, %s in all with %u thread%s\n",
                                  octet_text_time(e->time_per_sample_ns, a), octet_text_time((double)e->wall_ns, b),
                                  e->n_threads, e->n_threads == 1 ? "" : "s"));
    OCTET_TRY(octet_evaluation_write_data_line(ctx, e, "data      ", out));
    if (octet_evaluation_doubt_scaling(e, sentence)[0] != '\0')
        OCTET_TRY(octet_buffer_format(ctx, out, "warning   %s\n", sentence));
    if (!with_confusion) return OCTET_OK;
    octet_arena arena = {0};
    octet_confusion confusion;
    octet_status status = octet_evaluation_count_confusion(ctx, &arena, e, &confusion);
    if (status == OCTET_OK) status = write_confusion(ctx, e, &confusion, out);
    octet_arena_free(ctx, &arena);
    return status;
}
