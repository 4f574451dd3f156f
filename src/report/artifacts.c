#include "report/artifacts.h"

#include "base/format.h"

#include <inttypes.h>

#include "base/json_writer.h"
#include "report/text.h"

/* Of the last operator. */
static const octet_artifact_cost *last_cost(const octet_artifacts_summary *s) {
    return &s->report->cost[s->plan->graph->n_operators - 1];
}

static uint32_t count_several(const octet_artifacts *plan, const char **first) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->graph->n_operators; i++) {
        const octet_artifact_layer *layer = &plan->layers[i];
        if (layer->q == NULL || layer->has_one_scale) continue;
        if (n++ == 0) *first = layer->name;
    }
    return n;
}

octet_status octet_artifacts_summary_write_text(octet_context *ctx, const octet_artifacts_summary *s,
                                                octet_buffer *out) {
    const octet_artifact_report *r = s->report;
    const octet_artifact_cost *cost = last_cost(s);
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE];
    const char *first = "";
    OCTET_TRY(octet_buffer_format(ctx, out, "%s: %" PRIu32 " layer%s with weights, %" PRIu64 " files\n", s->path,
                                  s->plan->n_weighted, s->plan->n_weighted == 1 ? "" : "s", s->n_files));
    const char *what = r->data != NULL ? "samples" : "made-up inputs";
    /* Of real outputs no step is known. */
    char most[OCTET_TEXT_SIZE] = "";
    if (cost->largest > 0) octet_format(most, sizeof most, ", by at most %" PRId64, cost->largest);
    octet_text_count(cost->n_numbers, b);
    octet_text_count(r->n_samples, c);
    if (cost->n_different == 0)
        OCTET_TRY(octet_buffer_format(ctx, out, "rounded once, all %s output numbers are those rounded twice (%s %s)\n",
                                      b, c, what));
    else
        OCTET_TRY(octet_buffer_format(
            ctx, out, "rounded once, %s of %s output numbers differ from those rounded twice%s (%s %s)\n",
            octet_text_count(cost->n_different, a), b, most, c, what));
    if (r->has_answers && r->has_labels)
        OCTET_TRY(octet_buffer_format(ctx, out, "accuracy %.2f %% rounded twice, %.2f %% rounded once\n",
                                      100.0 * r->accuracy_twice, 100.0 * r->accuracy_once));
    const uint32_t n = count_several(s->plan, &first);
    if (n == 0) return OCTET_OK;
    return octet_buffer_format(ctx, out,
                               "warning: %s%s a scale for each output channel; for programs that take one scale a "
                               "layer, quantize with --per-tensor\n",
                               first, n == 1 ? " has" : " and others have");
}

octet_status octet_artifacts_summary_write_json(octet_context *ctx, const octet_artifacts_summary *s,
                                                octet_buffer *out) {
    const octet_artifact_report *r = s->report;
    const octet_artifact_cost *cost = last_cost(s);
    const char *first = "";
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_json_begin_object(&json, NULL, OCTET_JSON_LINES);
    octet_json_write_string(&json, "output", s->path);
    octet_json_write_u64(&json, "layers_with_weights", s->plan->n_weighted);
    octet_json_write_u64(&json, "layers_with_scale_per_channel", count_several(s->plan, &first));
    octet_json_write_u64(&json, "files", s->n_files);
    octet_json_write_u64(&json, "samples", r->n_samples);
    octet_json_write_u64(&json, "output_numbers", cost->n_numbers);
    octet_json_write_u64(&json, "different_rounded_once", cost->n_different);
    octet_json_write_i64(&json, "largest_difference", cost->largest);
    if (r->has_answers) octet_json_write_u64(&json, "different_answers", r->n_flips);
    if (r->has_answers && r->has_labels) {
        octet_json_write_real(&json, "accuracy_rounded_twice", r->accuracy_twice, 6);
        octet_json_write_real(&json, "accuracy_rounded_once", r->accuracy_once, 6);
    }
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
