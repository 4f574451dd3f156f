/* A verdict as text. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/format.h"
#include "report/islands.h"
#include "report/ladder.h"
#include "report/text.h"
#include "report/verdict.h"

/* One row of the table: name, original, quantized, change. */
static octet_status row(octet_context *ctx, octet_buffer *out, const char *name, const char *before, const char *after,
                        const char *change) {
    return octet_buffer_format(ctx, out, "%-16s%14s%14s   %s\n", name, before, after, change);
}

/* "3.74 times smaller". */
static void ratio(double before, double after, const char *less, const char *more, char *text, size_t size) {
    if (before >= after) octet_format(text, size, "%.2f times %s", before / after, less);
    else octet_format(text, size, "%.2f times %s", after / before, more);
}

/* Errors against targets. */
static octet_status write_error_row(octet_context *ctx, octet_buffer *out, const char *name, double before,
                                    double after) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[96];
    octet_format(a, sizeof a, "%.5g", before);
    octet_format(b, sizeof b, "%.5g", after);
    octet_format(c, sizeof c, "%+.2f %%", 100.0 * (after - before) / before);
    return row(ctx, out, name, a, b, before > 0.0 ? c : "");
}

static octet_status write_table(octet_context *ctx, const octet_verdict *v, octet_buffer *out) {
    const octet_evaluation *before = v->before.evaluation;
    const octet_evaluation *after = v->after.evaluation;
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[256], d[OCTET_TEXT_SIZE], of[160] = "";
    if (v->n_distances > 1)
        octet_format(of, sizeof of, " of %s, the worst of %u", v->outputs[v->worst].name, (unsigned)v->n_outputs);
    OCTET_TRY(row(ctx, out, "", v->before.type, v->after.type, "change"));
    if (before->has_accuracy) {
        octet_format(a, sizeof a, "%.2f %%", 100.0 * before->accuracy);
        octet_format(b, sizeof b, "%.2f %%", 100.0 * after->accuracy);
        octet_format(c, sizeof c, "%+.2f points%s", 100.0 * (after->accuracy - before->accuracy),
                     octet_text_parts(before));
        OCTET_TRY(row(ctx, out, "accuracy", a, b, c));
        octet_format(a, sizeof a, "%.5f", before->loss);
        octet_format(b, sizeof b, "%.5f", after->loss);
        octet_format(c, sizeof c, "%+.5f", after->loss - before->loss);
        OCTET_TRY(row(ctx, out, "loss", a, b, c));
    }
    if (before->measure == OCTET_MEASURE_ERROR) {
        OCTET_TRY(
            write_error_row(ctx, out, "mean abs. error", before->mean_absolute_error, after->mean_absolute_error));
        OCTET_TRY(
            write_error_row(ctx, out, "rms error", before->root_mean_square_error, after->root_mean_square_error));
    }
    if (before->has_classes) {
        octet_format(b, sizeof b, "%.2f %%", 100.0 * v->agreement);
        octet_format(c, sizeof c, "%s of %s samples answered differently",
                     octet_text_count(before->n_samples - v->n_agree, a), octet_text_count(before->n_samples, d));
        OCTET_TRY(row(ctx, out, "agreement", "", b, c));
    }
    if (!before->has_classes) {
        octet_format(b, sizeof b, "%.4g", sqrt(v->mean_square_difference));
        octet_format(c, sizeof c, "from the original's outputs%s, whose own root of the mean square is %.4g", of,
                     sqrt(v->mean_square));
        OCTET_TRY(row(ctx, out, "rms difference", "", b, c));
    }
    octet_format(b, sizeof b, isfinite(v->signal_to_noise_db) ? "%.1f dB" : "equal", v->signal_to_noise_db);
    octet_format(c, sizeof c, "signal to noise of the outputs%s; largest difference %.4g", of, v->max_difference);
    OCTET_TRY(row(ctx, out, "fidelity", "", b, c));
    ratio((double)v->before.size_bytes, (double)v->after.size_bytes, "smaller", "larger", c, sizeof c);
    OCTET_TRY(row(ctx, out, "size (bytes)", octet_text_count(v->before.size_bytes, a),
                  octet_text_count(v->after.size_bytes, b), c));
    ratio(before->time_per_sample_ns, after->time_per_sample_ns, "faster", "slower", c, sizeof c);
    return row(ctx, out, "time per sample", octet_text_time(before->time_per_sample_ns, a),
               octet_text_time(after->time_per_sample_ns, b), c);
}

static octet_status write_ports(octet_context *ctx, const octet_verdict_port *ports, uint32_t n, const char *what,
                                octet_buffer *out) {
    for (uint32_t i = 0; i < n; i++) {
        OCTET_TRY(octet_buffer_format(ctx, out, "%-16s%s", i == 0 ? what : "", ports[i].type));
        if (ports[i].quantized) {
            OCTET_TRY(octet_buffer_format(ctx, out, ", real = %.9g * (q %c %d)", (double)ports[i].scale,
                                          ports[i].zero_point < 0 ? '+' : '-',
                                          ports[i].zero_point < 0 ? -ports[i].zero_point : ports[i].zero_point));
        }
        OCTET_TRY(octet_buffer_format(ctx, out, n > 1 ? "  %s\n" : "\n", ports[i].name));
    }
    return OCTET_OK;
}

static octet_status write_calibration(octet_context *ctx, const octet_verdict_calibration *k, octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE], d[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "calibration     %s samples, %s..%s, in %s; ",
                                  octet_text_count(k->n_samples, a), octet_text_real(k->min, b),
                                  octet_text_real(k->max, c), octet_text_time((double)k->time_ns, d)));
    if (k->n_samples < OCTET_VERDICT_FEW_SAMPLES)
        OCTET_TRY(octet_buffer_format(ctx, out, "too few to tell how far the ranges have settled\n"));
    else if (k->late_growth <= 0.0) OCTET_TRY(octet_buffer_format(ctx, out, "half of them give the same ranges\n"));
    else
        OCTET_TRY(octet_buffer_format(ctx, out, "ranges at most %.1f %% wider than half of them give\n",
                                      100.0 * k->late_growth));
    if (k->method[0] == '\0') return OCTET_OK;
    return octet_buffer_format(ctx, out, "ranges          by %s; statistics take %s bytes for any number of samples\n",
                               k->method, octet_text_count(k->statistics_bytes, a));
}

octet_status octet_verdict_write_text(octet_context *ctx, const octet_verdict *v, const char *path, octet_buffer *out) {
    const octet_evaluation *before = v->before.evaluation;
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s -> %s, on %s %ssamples\n\n", before->model,
                                  path != NULL ? path : v->after.evaluation->model,
                                  octet_text_count(before->n_samples, a), octet_text_split(before->split, b)));
    OCTET_TRY(write_table(ctx, v, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "\n"));
    OCTET_TRY(write_ports(ctx, v->inputs, v->n_inputs, "input", out));
    OCTET_TRY(write_ports(ctx, v->outputs, v->n_outputs, "output", out));
    OCTET_TRY(octet_evaluation_write_data_line(ctx, before, "data            ", out));
    if (v->calibration.given) OCTET_TRY(write_calibration(ctx, &v->calibration, out));
    OCTET_TRY(octet_attempts_write_text(ctx, v->attempts, v->n_attempts, out));
    OCTET_TRY(octet_islands_write_text(ctx, &v->islands, false, out));
    OCTET_TRY(octet_ladder_write_text(ctx, &v->ladder, out));
    if (v->support != NULL) OCTET_TRY(octet_support_write_line(ctx, v->support, out));
    for (uint32_t i = 0; i < v->n_warnings; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%s! %s\n", i == 0 ? "\n" : "", v->warnings[i]));
    return OCTET_OK;
}
