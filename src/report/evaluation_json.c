/* An evaluation as JSON. */
#include "report/evaluation.h"
#include "report/gathered.h"
#include "report/text.h"

static void write_confusion(octet_json_writer *json, const octet_evaluation *e, const octet_confusion *confusion) {
    const size_t n = confusion->n;
    octet_json_begin_array(json, "confusion", OCTET_JSON_LINES);
    for (size_t row = 0; row < n; row++) {
        octet_json_begin_array(json, NULL, OCTET_JSON_LINE);
        for (size_t i = 0; i < n; i++) octet_json_write_u64(json, NULL, confusion->counts[row * n + i]);
        octet_json_end(json);
    }
    octet_json_end(json);
    octet_json_begin_array(json, "recall", OCTET_JSON_LINE);
    for (size_t row = 0; row < n; row++) octet_json_write_real(json, NULL, confusion->recall[row], 10);
    octet_json_end(json);
    if (e->class_names == NULL) return;
    octet_json_begin_array(json, "classes", OCTET_JSON_LINE);
    for (size_t row = 0; row < n; row++) octet_json_write_string(json, NULL, e->class_names[row]);
    octet_json_end(json);
}

void octet_evaluation_write_data_range(octet_json_writer *json, const octet_evaluation *e) {
    octet_json_begin_object(json, "data_range", OCTET_JSON_LINE);
    octet_text_json_range(json, "stored", e->raw_min, e->raw_max);
    octet_text_json_range(json, "model", e->min, e->max);
    if (e->own_scaling != NULL) octet_json_write_string(json, "model_scales", e->own_scaling);
    octet_json_end(json);
}

/* confusion: or NULL. */
static octet_status write(octet_context *ctx, const octet_evaluation *e, const octet_confusion *confusion,
                          octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "evaluate", OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", e->model);
    octet_json_write_string(&json, "split", e->split);
    octet_json_write_u64(&json, "samples", e->n_samples);
    octet_gathered_write_parts(&json, &e->parts);
    if (e->measure == OCTET_MEASURE_ERROR) {
        octet_json_write_real(&json, "mean_absolute_error", e->mean_absolute_error, 10);
        octet_json_write_real(&json, "root_mean_square_error", e->root_mean_square_error, 10);
        octet_json_write_real(&json, "target_deviation", e->target_deviation, 10);
    }
    if (e->has_accuracy) {
        octet_json_write_real(&json, "accuracy", e->accuracy, 10);
        octet_json_write_u64(&json, "right", e->n_right);
        octet_json_write_real(&json, "loss", e->loss, 10);
    }
    octet_json_write_u64(&json, "not_finite", e->n_not_finite);
    octet_json_write_u64(&json, "threads", e->n_threads);
    octet_json_write_real(&json, "time_per_sample_us", e->time_per_sample_ns / 1e3, 6);
    octet_json_write_real(&json, "time_s", (double)e->wall_ns / 1e9, 6);
    octet_evaluation_write_data_range(&json, e);
    if (confusion != NULL) write_confusion(&json, e, confusion);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}

octet_status octet_evaluation_write_json(octet_context *ctx, const octet_evaluation *e, bool with_confusion,
                                         octet_buffer *out) {
    octet_arena arena = {0};
    octet_confusion confusion;
    octet_status status = OCTET_OK;
    if (with_confusion) status = octet_evaluation_count_confusion(ctx, &arena, e, &confusion);
    if (status == OCTET_OK) status = write(ctx, e, with_confusion ? &confusion : NULL, out);
    octet_arena_free(ctx, &arena);
    return status;
}
