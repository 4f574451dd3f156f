/* A verdict as JSON. */
#include <math.h>

#include "report/islands.h"
#include "report/ladder.h"
#include "report/text.h"
#include "report/verdict.h"
#include "report/warning_names.h"

static void write_side(octet_json_writer *json, const octet_verdict_side *side, const char *name) {
    const octet_evaluation *e = side->evaluation;
    octet_json_begin_object(json, name, OCTET_JSON_LINE);
    octet_json_write_string(json, "type", side->type);
    if (e->measure == OCTET_MEASURE_ERROR) {
        octet_json_write_real(json, "mean_absolute_error", e->mean_absolute_error, 10);
        octet_json_write_real(json, "root_mean_square_error", e->root_mean_square_error, 10);
    }
    if (e->has_accuracy) {
        octet_json_write_real(json, "accuracy", e->accuracy, 10);
        octet_json_write_real(json, "loss", e->loss, 10);
    }
    octet_json_write_u64(json, "size_bytes", side->size_bytes);
    octet_json_write_real(json, "time_per_sample_us", e->time_per_sample_ns / 1e3, 6);
    octet_json_end(json);
}

static void write_calibration(octet_json_writer *json, const octet_verdict_calibration *k) {
    octet_json_begin_object(json, "calibration", OCTET_JSON_LINE);
    octet_json_write_u64(json, "samples", k->n_samples);
    octet_json_write_u64(json, "distinct", k->n_distinct);
    octet_text_json_range(json, "model", k->min, k->max);
    octet_json_write_real(json, "late_growth", k->late_growth, 6);
    octet_json_write_real(json, "last_tenth", k->last_tenth, 6);
    octet_json_write_u64(json, "enough_samples", k->n_enough);
    octet_json_write_string(json, "method", k->method);
    if (k->clipped > 0.0) octet_json_write_real(json, "clipped", k->clipped, 6);
    octet_json_write_u64(json, "statistics_bytes", k->statistics_bytes);
    octet_json_write_real(json, "time_s", (double)k->time_ns / 1e9, 6);
    octet_json_end(json);
}

octet_status octet_verdict_write_json(octet_context *ctx, const octet_verdict *v, const char *path, octet_buffer *out) {
    const octet_evaluation *before = v->before.evaluation;
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "quantize", OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", before->model);
    octet_json_write_string(&json, "output", path);
    octet_json_write_bool(&json, "evaluated", true);
    octet_json_write_u64(&json, "samples", before->n_samples);
    octet_json_write_string(&json, "split", before->split);
    write_side(&json, &v->before, "original");
    write_side(&json, &v->after, "quantized");
    if (before->has_accuracy) octet_json_write_real(&json, "drop_points", v->drop_points, 10);
    if (before->has_classes) octet_json_write_real(&json, "agreement", v->agreement, 10);
    octet_json_write_real(&json, "root_mean_square_error", sqrt(v->mean_square_difference), 6);
    octet_json_write_real(&json, "signal_to_noise_db", v->signal_to_noise_db, 6);
    if (v->n_distances > 1) octet_json_write_string(&json, "worst_output", v->outputs[v->worst].name);
    octet_json_write_real(&json, "largest_difference", v->max_difference, 6);
    octet_json_write_real(&json, "size_ratio", v->size_ratio, 6);
    octet_report_ports_write_member(&json, "inputs", v->inputs, v->n_inputs);
    octet_report_ports_write_member(&json, "outputs", v->outputs, v->n_outputs);
    octet_evaluation_write_data_range(&json, before);
    if (v->calibration.given) write_calibration(&json, &v->calibration);
    octet_attempts_write_member(&json, v->attempts, v->n_attempts);
    octet_islands_write_member(&json, &v->islands);
    octet_ladder_write_member(&json, &v->ladder);
    if (v->support != NULL) octet_support_write_member(&json, v->support);
    octet_warnings_write_member(&json, v->warnings, v->warning_names, v->n_warnings);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
