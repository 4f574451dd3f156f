#include "report/profile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "base/json_writer.h"
#include "report/text.h"

/* Of an operator and of those that run with it. */
static uint64_t macs_of(const octet_profile *p, const octet_profile_row *row) {
    uint64_t macs = 0;
    for (uint32_t i = 0; i < p->n_rows; i++)
        if (p->rows[i].with == row->index) macs += p->rows[i].macs;
    return macs;
}

const char *octet_profile_kernel(const octet_profile_row *row, char *text) {
    if (row->is_no_work) return "no work";
    if (row->with == row->index) return row->variant;
    octet_format(text, OCTET_TEXT_SIZE, "with %u", row->with);
    return text;
}

octet_status octet_profile_write_text(octet_context *ctx, const octet_profile *p, octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE];
    double total_ns = 0.0;
    uint64_t total_macs = 0;
    int width = 8;
    for (uint32_t i = 0; i < p->n_rows; i++) {
        const int n = (int)strlen(p->rows[i].name);
        if (n > width) width = n;
        total_ns += p->rows[i].time_ns;
        total_macs += p->rows[i].macs;
    }
    OCTET_TRY(octet_buffer_format(ctx, out, "%s: %s at best, %s in the median of %" PRIu64 " run%s, %u thread%s\n",
                                  p->model, octet_text_time(p->min_ns, a), octet_text_time(p->median_ns, b), p->n_runs,
                                  p->n_runs == 1 ? "" : "s", p->n_threads, p->n_threads == 1 ? "" : "s"));
    if (p->is_slow)
        OCTET_TRY(octet_buffer_format(ctx, out,
                                      "One run takes longer than was to be measured: it is the first one, "
                                      "which is slower than those that follow.\n"));
    OCTET_TRY(octet_buffer_format(ctx, out, "%s multiply-accumulates, %.2f GMAC/s; ", octet_text_count(total_macs, a),
                                  p->median_ns > 0.0 ? (double)total_macs / p->median_ns : 0.0));
    OCTET_TRY(octet_buffer_format(ctx, out, "activations %s bytes, constants %s bytes, peak memory %s bytes\n\n",
                                  octet_text_count(p->arena_bytes, a), octet_text_count(p->weight_bytes, b),
                                  octet_text_count(p->peak_bytes, c)));
    OCTET_TRY(octet_buffer_format(ctx, out, "%4s  %-*s %10s %7s %8s  %-10s %s\n", "", width, "operator", "time",
                                  "share", "GMAC/s", "kernel", "layer"));
    for (uint32_t i = 0; i < p->n_rows; i++) {
        const octet_profile_row *row = &p->rows[i];
        char rate[OCTET_TEXT_SIZE] = "";
        const uint64_t macs = macs_of(p, row);
        if (macs > 0 && row->time_ns > 0.0) octet_format(rate, sizeof rate, "%.2f", (double)macs / row->time_ns);
        OCTET_TRY(octet_buffer_format(ctx, out, "%4u  %-*s %10s %6.1f%% %8s  %-10s %s\n", row->index, width, row->name,
                                      octet_text_time(row->time_ns, a),
                                      total_ns > 0.0 ? 100.0 * row->time_ns / total_ns : 0.0, rate,
                                      octet_profile_kernel(row, b), row->layer));
    }
    return OCTET_OK;
}

octet_status octet_profile_write_json(octet_context *ctx, const octet_profile *p, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "bench", OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", p->model);
    octet_json_write_u64(&json, "threads", p->n_threads);
    octet_json_write_u64(&json, "runs", p->n_runs);
    octet_json_write_fixed(&json, "min_us", p->min_ns / 1e3, 4);
    octet_json_write_fixed(&json, "median_us", p->median_ns / 1e3, 4);
    octet_json_write_fixed(&json, "mean_us", p->mean_ns / 1e3, 4);
    octet_json_write_u64(&json, "activation_bytes", p->arena_bytes);
    octet_json_write_u64(&json, "constants_bytes", p->weight_bytes);
    octet_json_write_u64(&json, "peak_bytes", p->peak_bytes);
    octet_json_begin_array(&json, "operators", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < p->n_rows; i++) {
        const octet_profile_row *row = &p->rows[i];
        octet_json_begin_object(&json, NULL, OCTET_JSON_LINE);
        octet_json_write_u64(&json, "index", row->index);
        octet_json_write_string(&json, "operator", row->name);
        octet_json_write_fixed(&json, "time_us", row->time_ns / 1e3, 4);
        octet_json_write_u64(&json, "macs", row->macs);
        octet_json_write_string(&json, "kernel", row->is_no_work ? "none" : row->variant);
        if (row->with != row->index) octet_json_write_u64(&json, "with", row->with);
        octet_json_write_string(&json, "layer", row->layer);
        octet_json_end(&json);
    }
    octet_json_end(&json);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
