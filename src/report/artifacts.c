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

static bool has_other_constants(const octet_artifacts *plan, const octet_artifact_layer *layer) {
    if (layer->q != NULL) return false;
    for (uint32_t i = 0; i < layer->op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(plan->graph, layer->op, i);
        if (value != NULL && octet_value_is_constant(value) && octet_type_is_quantized(value->type) &&
            value->quantization.n > 0)
            return true;
    }
    return false;
}

/* Operators with constants that have no files: recurrent layers, PRELU, sums with a constant. */
static uint32_t count_others(const octet_artifacts *plan, const char **first) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < plan->graph->n_operators; i++) {
        if (!has_other_constants(plan, &plan->layers[i])) continue;
        if (n++ == 0) *first = plan->layers[i].op->layer;
    }
    return n;
}

static octet_status warn(octet_context *ctx, const octet_artifacts *plan, octet_buffer *out) {
    const char *first = "";
    const uint32_t n_several = count_several(plan, &first);
    if (n_several > 0)
        OCTET_TRY(octet_buffer_format(ctx, out,
                                      "warning: %s%s a scale for each output channel; for programs that take one scale "
                                      "a layer, quantize with --per-tensor\n",
                                      first, n_several == 1 ? " has" : " and others have"));
    const uint32_t n_others = count_others(plan, &first);
    if (n_others == 0) return OCTET_OK;
    return octet_buffer_format(ctx, out, "warning: %s%s constants that are in no file but model.tflite\n", first,
                               n_others == 1 ? " has" : " and others have");
}

octet_status octet_artifacts_summary_write_text(octet_context *ctx, const octet_artifacts_summary *s,
                                                octet_buffer *out) {
    const octet_artifact_report *r = s->report;
    const octet_artifact_cost *cost = last_cost(s);
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s: %" PRIu32 " layer%s with weights, %" PRIu64 " files\n", s->path,
                                  s->plan->n_weighted, s->plan->n_weighted == 1 ? "" : "s", s->n_files));
    const char *what = r->data == NULL ? "made-up input" : "sample";
    const char *plural = r->n_samples == 1 ? "" : "s";
    /* Of real outputs no step is known. */
    char most[OCTET_TEXT_SIZE] = "";
    if (cost->largest > 0) octet_format(most, sizeof most, ", by at most %" PRId64, cost->largest);
    octet_text_count(cost->n_numbers, b);
    octet_text_count(r->n_samples, c);
    if (cost->n_different == 0)
        OCTET_TRY(octet_buffer_format(
            ctx, out, "rounded once, all %s output numbers are those rounded twice (%s %s%s)\n", b, c, what, plural));
    else
        OCTET_TRY(octet_buffer_format(
            ctx, out, "rounded once, %s of %s output numbers differ from those rounded twice%s (%s %s%s)\n",
            octet_text_count(cost->n_different, a), b, most, c, what, plural));
    if (r->has_answers && r->has_labels)
        OCTET_TRY(octet_buffer_format(ctx, out, "accuracy %.2f %% rounded twice, %.2f %% rounded once\n",
                                      100.0 * r->accuracy_twice, 100.0 * r->accuracy_once));
    return warn(ctx, s->plan, out);
}

octet_status octet_artifacts_summary_write_json(octet_context *ctx, const octet_artifacts_summary *s,
                                                octet_buffer *out) {
    const octet_artifact_report *r = s->report;
    const octet_artifact_cost *cost = last_cost(s);
    const char *first = "";
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "export-artifacts", OCTET_JSON_LINES);
    octet_json_write_string(&json, "output", s->path);
    octet_json_write_u64(&json, "layers_with_weights", s->plan->n_weighted);
    octet_json_write_u64(&json, "layers_with_scale_per_channel", count_several(s->plan, &first));
    octet_json_write_u64(&json, "operators_with_constants_in_no_file", count_others(s->plan, &first));
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
