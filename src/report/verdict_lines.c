#include "report/verdict_lines.h"

#include <math.h>
#include <string.h>

#include "base/format.h"
#include "report/warnings.h"

static const double good_drop = 0.5, fair_drop = 2.0, good_flips = 1.0, fair_flips = 5.0, good_growth = 0.02,
                    fair_growth = 0.1, good_db = 30.0, fair_db = OCTET_VERDICT_LOW_FIDELITY_DB;

/* "3.74 times smaller". */
static void ratio(double before, double after, const char *less, const char *more, char *text) {
    if (before >= after) octet_format(text, OCTET_VERDICT_SENTENCE, "%.2f times %s", before / after, less);
    else octet_format(text, OCTET_VERDICT_SENTENCE, "%.2f times %s", after / before, more);
}

/* Errors against targets. */
static void fill_error(octet_verdict_line *line, const char *name, double before, double after) {
    line->name = name;
    octet_format(line->before, sizeof line->before, "%.5g", before);
    octet_format(line->after, sizeof line->after, "%.5g", after);
    if (before > 0.0) octet_format(line->change, sizeof line->change, "%+.2f %%", 100.0 * (after - before) / before);
}

static uint32_t list_accuracy(const octet_verdict *v, octet_verdict_line *lines) {
    const octet_evaluation *before = v->before.evaluation, *after = v->after.evaluation;
    lines[0].name = "accuracy";
    octet_format(lines[0].before, sizeof lines[0].before, "%.2f %%", 100.0 * before->accuracy);
    octet_format(lines[0].after, sizeof lines[0].after, "%.2f %%", 100.0 * after->accuracy);
    octet_format(lines[0].change, sizeof lines[0].change, "%+.2f points%s",
                 100.0 * (after->accuracy - before->accuracy), octet_text_parts(before));
    lines[1].name = "loss";
    octet_format(lines[1].before, sizeof lines[1].before, "%.5f", before->loss);
    octet_format(lines[1].after, sizeof lines[1].after, "%.5f", after->loss);
    octet_format(lines[1].change, sizeof lines[1].change, "%+.5f", after->loss - before->loss);
    return 2;
}

static uint32_t list_distance(const octet_verdict *v, octet_verdict_line *lines) {
    const octet_evaluation *before = v->before.evaluation;
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], of[160] = "";
    if (v->n_distances > 1)
        octet_format(of, sizeof of, " of %s, the worst of %u", v->outputs[v->worst].name, (unsigned)v->n_outputs);
    if (before->has_classes) {
        lines[0].name = "agreement";
        octet_format(lines[0].after, sizeof lines[0].after, "%.2f %%", 100.0 * v->agreement);
        octet_format(lines[0].change, sizeof lines[0].change, "%s of %s samples answered differently",
                     octet_text_count(before->n_samples - v->n_agree, a), octet_text_count(before->n_samples, b));
    } else {
        lines[0].name = "rms difference";
        octet_format(lines[0].after, sizeof lines[0].after, "%.4g", sqrt(v->mean_square_difference));
        octet_format(lines[0].change, sizeof lines[0].change,
                     "from the original's outputs%s, whose own root of the mean square is %.4g", of,
                     sqrt(v->mean_square));
    }
    lines[1].name = "fidelity";
    octet_format(lines[1].after, sizeof lines[1].after,
                 isfinite(v->signal_to_noise_db) ? "%.1f dB"
                 : v->signal_to_noise_db > 0.0   ? "equal"
                                                 : "none",
                 v->signal_to_noise_db);
    octet_format(lines[1].change, sizeof lines[1].change, "signal to noise of the outputs%s; largest difference %.4g",
                 of, v->max_difference);
    return 2;
}

uint32_t octet_verdict_list_lines(const octet_verdict *v, bool with_time,
                                  octet_verdict_line lines[OCTET_VERDICT_MOST_LINES]) {
    const octet_evaluation *before = v->before.evaluation, *after = v->after.evaluation;
    uint32_t n = 0;
    memset(lines, 0, OCTET_VERDICT_MOST_LINES * sizeof *lines);
    if (before->has_accuracy) n += list_accuracy(v, lines);
    if (before->measure == OCTET_MEASURE_ERROR) {
        fill_error(&lines[n++], "mean abs. error", before->mean_absolute_error, after->mean_absolute_error);
        fill_error(&lines[n++], "rms error", before->root_mean_square_error, after->root_mean_square_error);
    }
    n += list_distance(v, lines + n);
    octet_verdict_line *size = &lines[n++], *time = &lines[n];
    size->name = "size (bytes)";
    octet_text_count(v->before.size_bytes, size->before);
    octet_text_count(v->after.size_bytes, size->after);
    ratio((double)v->before.size_bytes, (double)v->after.size_bytes, "smaller", "larger", size->change);
    if (!with_time) return n;
    time->name = "time per sample";
    octet_text_time(before->time_per_sample_ns, time->before);
    octet_text_time(after->time_per_sample_ns, time->after);
    ratio(before->time_per_sample_ns, after->time_per_sample_ns, "faster", "slower", time->change);
    return n + 1;
}

const char *octet_verdict_port_text(const octet_report_port *port, char *text) {
    if (!port->quantized) {
        octet_format(text, OCTET_VERDICT_SENTENCE, "%s", port->type);
        return text;
    }
    octet_format(text, OCTET_VERDICT_SENTENCE, "%s, real = %.9g * (q %c %d)", port->type, (double)port->scale,
                 port->zero_point < 0 ? '+' : '-', port->zero_point < 0 ? -port->zero_point : port->zero_point);
    return text;
}

const char *octet_verdict_settled_text(const octet_verdict_calibration *k, char *text) {
    if (k->n_samples < OCTET_CHECKS_FEW_SAMPLES)
        octet_format(text, OCTET_VERDICT_SENTENCE, "too few to tell how far the ranges have settled");
    else if (k->late_growth <= 0.0) octet_format(text, OCTET_VERDICT_SENTENCE, "half of them give the same ranges");
    else
        octet_format(text, OCTET_VERDICT_SENTENCE, "ranges at most %.1f %% wider than half of them give",
                     100.0 * k->late_growth);
    return text;
}

static octet_tone grade(double x, double good, double fair) {
    return x <= good ? OCTET_TONE_GOOD : x <= fair ? OCTET_TONE_FAIR : OCTET_TONE_POOR;
}

static double growth(const octet_verdict *v) {
    const double before = v->before.evaluation->root_mean_square_error;
    return before > 0.0 ? v->after.evaluation->root_mean_square_error / before - 1.0 : 0.0;
}

static octet_tone grade_answers(const octet_verdict *v) {
    const octet_evaluation *before = v->before.evaluation;
    if (v->after.evaluation->n_not_finite > before->n_not_finite) return OCTET_TONE_POOR;
    if (before->has_accuracy) return grade(v->drop_points, good_drop, fair_drop);
    if (before->measure == OCTET_MEASURE_ERROR) return grade(growth(v), good_growth, fair_growth);
    if (before->has_classes) return grade(v->drop_points, good_flips, fair_flips);
    return grade(-v->signal_to_noise_db, -good_db, -fair_db);
}

octet_tone octet_verdict_grade(const octet_verdict *v) {
    const octet_tone tone = grade_answers(v);
    return tone == OCTET_TONE_GOOD && v->signal_to_noise_db < fair_db ? OCTET_TONE_FAIR : tone;
}

static void describe_cost(const octet_verdict *v, char *text, size_t size) {
    const octet_evaluation *before = v->before.evaluation, *after = v->after.evaluation;
    const char *type = v->after.type;
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    if (before->has_accuracy && v->drop_points > 0.0)
        octet_format(text, size, "%s costs %.2f points of accuracy: %.2f %% instead of %.2f %%", type, v->drop_points,
                     100.0 * after->accuracy, 100.0 * before->accuracy);
    else if (before->has_accuracy)
        octet_format(text, size, "%s costs no accuracy: %.2f %% instead of %.2f %%", type, 100.0 * after->accuracy,
                     100.0 * before->accuracy);
    else if (before->measure == OCTET_MEASURE_ERROR)
        octet_format(text, size, "%s changes the error by %+.2f %%: %.5g instead of %.5g (root of the mean square)",
                     type, 100.0 * growth(v), after->root_mean_square_error, before->root_mean_square_error);
    else if (before->has_classes)
        octet_format(text, size, "%s answers %s of %s samples differently (no labels tell which answers are right)",
                     type, octet_text_count(before->n_samples - v->n_agree, a), octet_text_count(before->n_samples, b));
    else if (!isfinite(v->signal_to_noise_db))
        octet_format(text, size,
                     v->signal_to_noise_db < 0.0 ? "the outputs of %s are not those of the original"
                                                 : "%s gives the outputs of the original",
                     type);
    else
        octet_format(text, size, "%s puts noise of %.2g %% on the outputs (%.1f dB)", type,
                     100.0 * pow(10.0, -v->signal_to_noise_db / 20.0), v->signal_to_noise_db);
}

const char *octet_verdict_sentence(const octet_verdict *v, char *text) {
    char cost[OCTET_VERDICT_SENTENCE / 2], size[OCTET_VERDICT_SENTENCE], a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    describe_cost(v, cost, sizeof cost);
    ratio((double)v->before.size_bytes, (double)v->after.size_bytes, "smaller", "larger", size);
    octet_format(text, OCTET_VERDICT_SENTENCE, "%s. The file is %s: %s bytes instead of %s.", cost, size,
                 octet_text_count(v->after.size_bytes, a), octet_text_count(v->before.size_bytes, b));
    return text;
}
