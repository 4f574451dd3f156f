/* Compared layers as JSON and as CSV. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "layers/cause.h"
#include "report/islands.h"
#include "report/layers.h"
#include "report/text.h"

enum { DIGITS = 9 };

static void write_error(octet_json_writer *json, const char *key, const octet_error_figures *error) {
    octet_json_begin_object(json, key, OCTET_JSON_LINE);
    octet_json_write_real(json, "mean", error->mean, DIGITS);
    octet_json_write_real(json, "stddev", error->deviation, DIGITS);
    octet_json_write_real(json, "mean_square", error->mean_square, DIGITS);
    octet_json_write_real(json, "max_abs", error->largest, DIGITS);
    octet_json_end(json);
}

static void write_row(octet_json_writer *json, const octet_layer_row *row) {
    octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
    octet_json_write_string(json, "layer", row->layer);
    octet_json_write_string(json, "operator", row->op);
    octet_json_write_string(json, "name", row->tensor);
    octet_json_write_string(json, "original_name", row->partner);
    octet_json_write_u64(json, "tensor", row->value);
    octet_json_write_string(json, "type", row->type);
    octet_json_write_u64(json, "elements", row->n_elements);
    if (row->is_rescaled) octet_json_write_bool(json, "rescaled", true);
    octet_json_write_real(json, "sqnr_db", row->sqnr_db, DIGITS);
    octet_json_write_real(json, "added_db", row->added_db, DIGITS);
    octet_json_write_real(json, "inherited_db", row->inherited_db, DIGITS);
    octet_json_write_real(json, "cosine", row->cosine, DIGITS);
    write_error(json, "error", &row->error);
    if (row->has_added) write_error(json, "added_error", &row->added);
    octet_text_json_range(json, "original_range", row->min, row->max);
    octet_json_write_u64(json, "not_finite", row->n_not_finite);
    if (row->has_step) {
        octet_json_write_real(json, "scale", row->scale, DIGITS);
        octet_json_write_i64(json, "zero_point", row->zero_point);
        octet_text_json_range(json, "range", row->low, row->high);
        octet_json_write_real(json, "mean_error_steps", row->error.mean / row->scale, DIGITS);
        octet_json_write_real(json, "max_error_steps", row->error.largest / row->scale, DIGITS);
        octet_json_write_real(json, "low_share", row->low_share, DIGITS);
        octet_json_write_real(json, "high_share", row->high_share, DIGITS);
        octet_json_write_real(json, "unused_share", row->unused_share, DIGITS);
        octet_json_write_real(json, "cut_share", row->cut_share, DIGITS);
    }
    octet_json_write_real(json, "channel_shift_share", row->shift_share, DIGITS);
    octet_json_write_string(json, "cause", octet_cause_name(row->cause));
    octet_json_write_string(json, "why", row->why);
    octet_json_end(json);
}

static void write_flips(octet_json_writer *json, const octet_layers *layers) {
    octet_json_begin_array(json, "flipped", OCTET_JSON_LINES);
    for (uint64_t i = 0; i < layers->n_flips; i++) {
        const octet_flip *flip = &layers->flips[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_u64(json, "sample", flip->sample);
        octet_json_write_i64(json, "before", flip->before);
        octet_json_write_i64(json, "after", flip->after);
        if (flip->label >= 0) octet_json_write_i64(json, "label", flip->label);
        octet_json_end(json);
    }
    octet_json_end(json);
}

static void write_unpaired(octet_json_writer *json, const octet_layers *layers) {
    octet_json_begin_array(json, "unpaired", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < layers->n_unpaired; i++) {
        const octet_unpaired *unpaired = &layers->unpaired[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "model", unpaired->is_quantized ? "quantized" : "original");
        octet_json_write_string(json, "layer", unpaired->layer);
        octet_json_write_string(json, "operator", unpaired->op);
        octet_json_write_string(json, "name", unpaired->tensor);
        octet_json_end(json);
    }
    octet_json_end(json);
}

static void write_model(octet_json_writer *json, const char *key, const char *path, bool has_accuracy,
                        double accuracy) {
    octet_json_begin_object(json, key, OCTET_JSON_LINE);
    octet_json_write_string(json, "model", path);
    if (has_accuracy) octet_json_write_real(json, "accuracy", accuracy, DIGITS);
    octet_json_end(json);
}

octet_status octet_layers_write_json(octet_context *ctx, const octet_layers *layers, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "compare", OCTET_JSON_LINES);
    write_model(&json, "original", layers->original, layers->has_accuracy, layers->accuracy_before);
    write_model(&json, "quantized", layers->quantized, layers->has_accuracy, layers->accuracy_after);
    octet_json_write_string(&json, "split", layers->split);
    octet_json_write_u64(&json, "samples", layers->n_samples);
    octet_islands_write_member(&json, &layers->islands);
    if (layers->first_collapse < layers->n_rows) octet_json_write_u64(&json, "first_collapse", layers->first_collapse);
    else octet_json_write_null(&json, "first_collapse");
    octet_json_begin_array(&json, "worst", OCTET_JSON_LINE);
    for (uint32_t i = 0; i < layers->n_rows; i++) octet_json_write_u64(&json, NULL, layers->worst[i]);
    octet_json_end(&json);
    octet_json_begin_array(&json, "layers", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < layers->n_rows; i++) write_row(&json, &layers->rows[i]);
    octet_json_end(&json);
    if (layers->has_answers) write_flips(&json, layers);
    write_unpaired(&json, layers);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}

/* ---- CSV (RFC 4180) ---- */

static octet_status csv_text(octet_context *ctx, const char *text, const char *end, octet_buffer *out) {
    if (strpbrk(text, ",\"\r\n") == NULL) return octet_buffer_format(ctx, out, "%s%s", text, end);
    OCTET_TRY(octet_buffer_append(ctx, out, "\"", 1));
    for (; *text != '\0'; text++) {
        if (*text == '"') OCTET_TRY(octet_buffer_append(ctx, out, "\"", 1));
        OCTET_TRY(octet_buffer_append(ctx, out, text, 1));
    }
    return octet_buffer_format(ctx, out, "\"%s", end);
}

/* Empty where it is not known; "inf" as numpy and spreadsheets read it. */
static octet_status csv_real(octet_context *ctx, double value, octet_buffer *out) {
    char text[OCTET_NUMBER_SIZE];
    if (value != value) return octet_buffer_append(ctx, out, ",", 1);
    if (value - value != 0.0) return octet_buffer_format(ctx, out, "%s,", value > 0.0 ? "inf" : "-inf");
    return octet_buffer_format(ctx, out, "%s,", octet_number_significant(value, DIGITS, text));
}

static octet_status csv_row(octet_context *ctx, const octet_layer_row *row, octet_buffer *out) {
    const octet_error_figures *a = &row->added, *e = &row->error;
    const double added[] = {a->deviation, a->mean, a->largest, a->mean_square};
    const double others[] = {e->deviation,   e->mean,         e->largest,        e->mean_square,
                             row->sqnr_db,   row->added_db,   row->inherited_db, row->cosine,
                             row->low_share, row->high_share, row->unused_share, row->cut_share,
                             row->low,       row->high,       row->min,          row->max};
    OCTET_TRY(csv_text(ctx, row->op, ",", out));
    OCTET_TRY(octet_buffer_format(ctx, out, "%" PRIu32 ",%" PRIu64 ",", row->value, row->n_elements));
    for (size_t i = 0; i < sizeof added / sizeof *added; i++) OCTET_TRY(csv_real(ctx, added[i], out));
    OCTET_TRY(csv_real(ctx, row->scale, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "%" PRId32 ",", row->zero_point));
    OCTET_TRY(csv_text(ctx, row->tensor, ",", out));
    OCTET_TRY(csv_text(ctx, row->layer, ",", out));
    OCTET_TRY(csv_text(ctx, row->type, ",", out));
    OCTET_TRY(csv_real(ctx, row->has_step ? sqrt(a->mean_square) / row->scale : NAN, out));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) OCTET_TRY(csv_real(ctx, others[i], out));
    OCTET_TRY(csv_text(ctx, octet_cause_name(row->cause), ",", out));
    return csv_text(ctx, row->why, "\n", out);
}

octet_status octet_layers_write_csv(octet_context *ctx, const octet_layers *layers, octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out,
                                  "op_name,tensor_idx,num_elements,stddev,mean_error,max_abs_error,mean_squared_error,"
                                  "scale,zero_point,tensor_name,layer,type,rmse/scale,total_stddev,total_mean_error,"
                                  "total_max_abs_error,total_mean_squared_error,sqnr_db,added_db,inherited_db,cosine,"
                                  "low_share,high_share,unused_share,cut_share,range_min,range_max,float_min,float_max,"
                                  "cause,why\n"));
    for (uint32_t i = 0; i < layers->n_rows; i++) OCTET_TRY(csv_row(ctx, &layers->rows[i], out));
    return OCTET_OK;
}
