/* What octet.h gives of compared layers. */
#include "report/layers.h"
#include "api/handles.h"
#include "api/options.h"
#include "layers/cause.h"

void octet_layers_destroy(octet_context *ctx, octet_layers *layers) { octet_layers_free(ctx, layers); }
uint32_t octet_layers_n_rows(const octet_layers *layers) { return layers->n_rows; }
uint32_t octet_layers_worst(const octet_layers *layers, uint32_t rank) { return layers->worst[rank]; }
uint32_t octet_layers_first_collapse(const octet_layers *layers) { return layers->first_collapse; }
uint64_t octet_layers_n_flipped(const octet_layers *layers) { return layers->n_flips; }

void octet_layers_row(const octet_layers *layers, uint32_t index, octet_layer_figures *out) {
    const octet_layer_row *row = &layers->rows[index];
    const octet_layer_figures figures = {.layer = row->layer,
                                         .op_name = row->op,
                                         .tensor_name = row->tensor,
                                         .float_name = row->partner,
                                         .tensor_index = row->value,
                                         .type = row->type,
                                         .n_elements = row->n_elements,
                                         .has_scale = row->has_step,
                                         .scale = row->scale,
                                         .zero_point = row->zero_point,
                                         .sqnr_db = row->sqnr_db,
                                         .cosine = row->cosine,
                                         .has_added = row->has_added,
                                         .added_db = row->added_db,
                                         .inherited_db = row->inherited_db,
                                         .mean_error = row->error.mean,
                                         .stddev = row->error.deviation,
                                         .mean_squared_error = row->error.mean_square,
                                         .max_abs_error = row->error.largest,
                                         .added_mean_error = row->added.mean,
                                         .added_stddev = row->added.deviation,
                                         .added_mean_squared_error = row->added.mean_square,
                                         .added_max_abs_error = row->added.largest,
                                         .low_share = row->low_share,
                                         .high_share = row->high_share,
                                         .unused_share = row->unused_share,
                                         .cut_share = row->cut_share,
                                         .range_min = row->low,
                                         .range_max = row->high,
                                         .float_min = row->min,
                                         .float_max = row->max,
                                         .cause = octet_cause_name(row->cause),
                                         .why = row->why};
    octet_options_give(&figures, sizeof figures, out);
}

void octet_layers_flipped(const octet_layers *layers, uint64_t index, octet_flipped_sample *out) {
    const octet_flip *flip = &layers->flips[index];
    const octet_flipped_sample sample = {
        .sample = flip->sample, .before = flip->before, .after = flip->after, .label = flip->label};
    octet_options_give(&sample, sizeof sample, out);
}

octet_status octet_layers_render(octet_context *ctx, const octet_layers *layers, bool with_all, octet_rendering as,
                                 char **out) {
    octet_buffer buffer = {0};
    octet_status status = OCTET_OK;
    switch (as) {
    case OCTET_AS_TEXT: status = octet_layers_write_text(ctx, layers, with_all, &buffer); break;
    case OCTET_AS_JSON: status = octet_layers_write_json(ctx, layers, &buffer); break;
    case OCTET_AS_CSV: status = octet_layers_write_csv(ctx, layers, &buffer); break;
    case OCTET_AS_HTML:
        status = octet_context_fail(ctx, OCTET_USAGE, "compared layers are text, JSON or CSV; see octet_report_write");
        break;
    }
    return octet_api_give_text(ctx, &buffer, status, out);
}
