/* An evaluation as text. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/format.h"
#include "report/evaluation.h"
#include "report/gathered.h"
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

const char *octet_evaluation_data_text(const octet_evaluation *e, char *text) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE], d[OCTET_TEXT_SIZE];
    const bool scales = e->own_scaling != NULL;
    octet_format(text, OCTET_EVALUATION_SENTENCE, "%s..%s as stored, %s..%s as the model sees them%s%s%s",
                 octet_text_real(e->raw_min, a), octet_text_real(e->raw_max, b), octet_text_real(e->min, c),
                 octet_text_real(e->max, d), scales ? "; the model scales them itself (" : "",
                 scales ? e->own_scaling : "", scales ? ")" : "");
    return text;
}

static octet_evaluation_line *add_line(octet_evaluation_line *lines, uint32_t *n, const char *name) {
    octet_evaluation_line *line = &lines[(*n)++];
    line->name = name;
    line->text[0] = '\0';
    return line;
}

static void list_result(const octet_evaluation *e, octet_evaluation_line *lines, uint32_t *n) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    octet_evaluation_line *line = add_line(lines, n, e->measure == OCTET_MEASURE_ERROR ? "error" : "accuracy");
    if (e->has_accuracy) {
        const uint64_t n_parts = e->n_samples * octet_evaluation_n_parts(e);
        octet_format(line->text, sizeof line->text, "%.2f %%  (%s right, %s wrong%s)", 100.0 * e->accuracy,
                     octet_text_count(e->n_right, a), octet_text_count(n_parts - e->n_right, b), octet_text_parts(e));
        line = add_line(lines, n, "loss");
        octet_format(line->text, sizeof line->text, "%.5f", e->loss);
    } else if (e->measure == OCTET_MEASURE_ERROR) {
        octet_format(line->text, sizeof line->text,
                     "%.6g mean absolute, %.6g root of the mean square; standard deviation of the targets %.6g",
                     e->mean_absolute_error, e->root_mean_square_error, e->target_deviation);
    } else {
        octet_format(line->text, sizeof line->text, "unknown: %s",
                     e->drops_folders ? octet_text_dropped_folders : "the data have no labels");
    }
}

uint32_t octet_evaluation_list_lines(const octet_evaluation *e, bool with_time,
                                     octet_evaluation_line lines[OCTET_EVALUATION_MOST_LINES]) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    octet_evaluation_line *line;
    uint32_t n = 0;
    list_result(e, lines, &n);
    if (e->n_not_finite > 0) {
        line = add_line(lines, &n, "warning");
        octet_format(line->text, sizeof line->text, "%s samples gave NaN or infinity",
                     octet_text_count(e->n_not_finite, a));
    }
    if (with_time) {
        line = add_line(lines, &n, "time");
        octet_format(line->text, sizeof line->text, "%s per sample, %s in all with %u thread%s",
                     octet_text_time(e->time_per_sample_ns, a), octet_text_time((double)e->wall_ns, b), e->n_threads,
                     e->n_threads == 1 ? "" : "s");
    }
    if (e->parts.n != 0) {
        char parts[OCTET_GATHERED_TEXT];
        line = add_line(lines, &n, "parts");
        octet_format(line->text, sizeof line->text, "%s", octet_gathered_parts_text(&e->parts, parts));
    }
    line = add_line(lines, &n, "data");
    octet_evaluation_data_text(e, line->text);
    line = add_line(lines, &n, "warning");
    if (octet_evaluation_doubt_scaling(e, line->text)[0] == '\0') n--;
    return n;
}

octet_status octet_evaluation_write_text(octet_context *ctx, const octet_evaluation *e, bool with_confusion,
                                         octet_buffer *out) {
    octet_evaluation_line lines[OCTET_EVALUATION_MOST_LINES];
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s on %s %ssamples\n", e->model, octet_text_count(e->n_samples, a),
                                  octet_text_split(e->split, b)));
    const uint32_t n = octet_evaluation_list_lines(e, true, lines);
    for (uint32_t i = 0; i < n; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%-10s%s\n", lines[i].name, lines[i].text));
    if (!with_confusion) return OCTET_OK;
    octet_arena arena = {0};
    octet_confusion confusion;
    octet_status status = octet_evaluation_count_confusion(ctx, &arena, e, &confusion);
    if (status == OCTET_OK) status = write_confusion(ctx, e, &confusion, out);
    octet_arena_free(ctx, &arena);
    return status;
}
