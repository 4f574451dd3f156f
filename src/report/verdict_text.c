/* A verdict as text. */
#include "report/islands.h"
#include "report/ladder.h"
#include "report/verdict_lines.h"

static octet_status write_table(octet_context *ctx, const octet_verdict *v, octet_buffer *out) {
    octet_verdict_line lines[OCTET_VERDICT_MOST_LINES];
    const uint32_t n = octet_verdict_list_lines(v, true, lines);
    OCTET_TRY(octet_buffer_format(ctx, out, "%-16s%14s%14s   %s\n", "", v->before.type, v->after.type, "change"));
    for (uint32_t i = 0; i < n; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%-16s%14s%14s   %s\n", lines[i].name, lines[i].before, lines[i].after,
                                      lines[i].change));
    return OCTET_OK;
}

static octet_status write_ports(octet_context *ctx, const octet_report_port *ports, uint32_t n, const char *what,
                                octet_buffer *out) {
    char text[OCTET_VERDICT_SENTENCE];
    for (uint32_t i = 0; i < n; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%-16s%s%s%s\n", i == 0 ? what : "",
                                      octet_verdict_port_text(&ports[i], text), n > 1 ? "  " : "",
                                      n > 1 ? ports[i].name : ""));
    return OCTET_OK;
}

static octet_status write_calibration(octet_context *ctx, const octet_verdict_calibration *k, octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE], d[OCTET_TEXT_SIZE],
        settled[OCTET_VERDICT_SENTENCE];
    OCTET_TRY(octet_buffer_format(ctx, out, "calibration     %s samples, %s..%s, in %s; %s\n",
                                  octet_text_count(k->n_samples, a), octet_text_real(k->min, b),
                                  octet_text_real(k->max, c), octet_text_time((double)k->time_ns, d),
                                  octet_verdict_settled_text(k, settled)));
    if (k->method[0] == '\0') return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "ranges          by %s", k->method));
    if (k->clipped > 0.0)
        OCTET_TRY(octet_buffer_format(ctx, out, ", beyond which %.3g %% of the numbers lie", 100.0 * k->clipped));
    return octet_buffer_format(ctx, out, "; statistics take %s bytes for any number of samples\n",
                               octet_text_count(k->statistics_bytes, a));
}

octet_status octet_verdict_write_text(octet_context *ctx, const octet_verdict *v, const char *path, octet_buffer *out) {
    const octet_evaluation *before = v->before.evaluation;
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], data[OCTET_EVALUATION_SENTENCE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s -> %s, on %s %ssamples\n\n", before->model,
                                  path != NULL ? path : v->after.evaluation->model,
                                  octet_text_count(before->n_samples, a), octet_text_split(before->split, b)));
    OCTET_TRY(write_table(ctx, v, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "\n"));
    OCTET_TRY(write_ports(ctx, v->inputs, v->n_inputs, "input", out));
    OCTET_TRY(write_ports(ctx, v->outputs, v->n_outputs, "output", out));
    OCTET_TRY(octet_buffer_format(ctx, out, "%-16s%s\n", "data", octet_evaluation_data_text(before, data)));
    if (v->calibration.given) OCTET_TRY(write_calibration(ctx, &v->calibration, out));
    OCTET_TRY(octet_attempts_write_text(ctx, v->attempts, v->n_attempts, out));
    OCTET_TRY(octet_islands_write_text(ctx, &v->islands, false, out));
    OCTET_TRY(octet_ladder_write_text(ctx, &v->ladder, out));
    if (v->support != NULL) OCTET_TRY(octet_support_write_line(ctx, v->support, out));
    for (uint32_t i = 0; i < v->n_warnings; i++)
        OCTET_TRY(
            octet_buffer_format(ctx, out, "%s! %s [%s]\n", i == 0 ? "\n" : "", v->warnings[i], v->warning_names[i]));
    return OCTET_OK;
}
