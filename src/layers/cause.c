#include "layers/cause.h"

#include <math.h>

static const double inherited_most = 0.1, inherited_least_db = 35.0, rounding_steps = 0.6, cut_least = 0.25,
                    shift_least = 0.3, shift_least_steps = 0.2, shift_left_least = 0.5, shared_most = 0.5,
                    outlier_least = 8.0;

double octet_cause_added_steps(const octet_layer_row *row) {
    if (!row->has_step) return 0.0;
    return row->signal_rms * pow(10.0, -octet_layer_row_worth(row) / 20.0) / row->scale;
}

/* The part of the range that the value needs. */
static double used_share(const octet_layer_row *row) {
    return row->high > row->low ? (row->max - row->min) / (row->high - row->low) : 1.0;
}

bool octet_cause_is_inherited(const octet_layer_row *row) {
    return row->has_added && row->added_share < inherited_most && row->added_db >= inherited_least_db;
}

bool octet_cause_is_ceiling(const octet_layer_row *row) {
    const bool is_fixed = row->code == OCTET_OP_SOFTMAX || row->code == OCTET_OP_LOGISTIC || row->code == OCTET_OP_TANH;
    return row->has_step && is_fixed && octet_cause_added_steps(row) <= rounding_steps;
}

bool octet_cause_is_cut(const octet_layer_row *row) { return row->has_step && row->cut_energy_share >= cut_least; }

bool octet_cause_is_shift(const octet_layer_row *row) {
    return row->has_weights && row->shift_share >= shift_least && row->shift_left >= shift_left_least &&
           (!row->has_step || row->shift_steps >= shift_least_steps);
}

bool octet_cause_is_shared(const octet_layer_row *row) {
    return row->has_step && row->shared_with != NULL && used_share(row) < shared_most;
}

bool octet_cause_is_outlier(const octet_layer_row *row) { return row->has_step && row->outlier_ratio >= outlier_least; }

bool octet_cause_is_weights(const octet_layer_row *row) {
    return row->has_weights && (!row->has_step || octet_cause_added_steps(row) > rounding_steps);
}

bool octet_cause_is_coarse(const octet_layer_row *row) {
    return row->has_step && octet_cause_added_steps(row) <= rounding_steps;
}

bool octet_cause_is_operator(const octet_layer_row *row) {
    return row->has_step && !row->has_weights && octet_cause_added_steps(row) > rounding_steps;
}

const char *octet_cause_name(octet_cause cause) {
    static const char *const names[OCTET_N_CAUSES] = {
        [OCTET_CAUSE_NONE] = "none",       [OCTET_CAUSE_INHERITED] = "inherited",
        [OCTET_CAUSE_CEILING] = "ceiling", [OCTET_CAUSE_CUT] = "cut",
        [OCTET_CAUSE_SHIFT] = "shift",     [OCTET_CAUSE_SHARED] = "shared scale",
        [OCTET_CAUSE_OUTLIER] = "outlier", [OCTET_CAUSE_WEIGHTS] = "weights",
        [OCTET_CAUSE_COARSE] = "coarse",   [OCTET_CAUSE_OPERATOR] = "operator"};
    return names[cause];
}

octet_status octet_cause_remedy(octet_context *ctx, octet_arena *arena, const octet_layer_row *row, const char **out) {
    static const char *const remedies[OCTET_N_CAUSES] = {
        [OCTET_CAUSE_NONE] = "",
        [OCTET_CAUSE_INHERITED] = "look at the layers before it, where the error comes from",
        [OCTET_CAUSE_CEILING] = "finer codes, as --int16-layers %s gives",
        [OCTET_CAUSE_CUT] = "calibration samples that reach as far as these (--samples, --indices)",
        [OCTET_CAUSE_SHIFT] = "--recover fast, whose biases take the shift back",
        [OCTET_CAUSE_SHARED] = "--recover full, which may find a form with a scale of its own, or --int16-layers %s",
        [OCTET_CAUSE_OUTLIER] = "--recover full, which equalizes channels, or --int16-layers %s",
        [OCTET_CAUSE_WEIGHTS] = "--recover full, which rounds the weights anew, or --keep-float %s",
        [OCTET_CAUSE_COARSE] = "finer codes, as --int16-layers %s gives: the error is that of rounding to 8 bits",
        [OCTET_CAUSE_OPERATOR] = "--keep-float %s, or --int16-layers"};
    return octet_arena_format(ctx, arena, out, remedies[row->cause], row->layer);
}

static octet_cause choose(const octet_layer_row *row) {
    if (row->sqnr_db >= OCTET_FAITHFUL_DB) return OCTET_CAUSE_NONE;
    if (octet_cause_is_inherited(row)) return OCTET_CAUSE_INHERITED;
    if (octet_cause_is_ceiling(row)) return OCTET_CAUSE_CEILING;
    if (octet_cause_is_cut(row)) return OCTET_CAUSE_CUT;
    if (octet_cause_is_shift(row)) return OCTET_CAUSE_SHIFT;
    if (octet_cause_is_shared(row)) return OCTET_CAUSE_SHARED;
    if (octet_cause_is_outlier(row)) return OCTET_CAUSE_OUTLIER;
    if (octet_cause_is_weights(row)) return OCTET_CAUSE_WEIGHTS;
    if (octet_cause_is_coarse(row)) return OCTET_CAUSE_COARSE;
    return octet_cause_is_operator(row) ? OCTET_CAUSE_OPERATOR : OCTET_CAUSE_NONE;
}

octet_status octet_cause_find(octet_context *ctx, octet_arena *arena, octet_layer_row *row) {
    const double steps = octet_cause_added_steps(row);
    row->cause = choose(row);
    switch (row->cause) {
    case OCTET_CAUSE_NONE: return octet_arena_string(ctx, arena, "", &row->why);
    case OCTET_CAUSE_INHERITED:
        return octet_arena_format(ctx, arena, &row->why, "inherited: %.0f %% of the error comes from layers before it",
                                  100.0 * (1.0 - row->added_share));
    case OCTET_CAUSE_CEILING:
        return octet_arena_format(ctx, arena, &row->why,
                                  "ceiling: the format gives %s codes of %.3g; only int16 or float has more", row->op,
                                  row->scale);
    case OCTET_CAUSE_CUT:
        return octet_arena_format(
            ctx, arena, &row->why, "cut: %.2g %% of the values lie beyond the range %.4g..%.4g, here %.4g..%.4g; %s%s",
            100.0 * row->cut_share, row->low, row->high, row->min, row->max,
            row->shared_with != NULL ? "the range is that of " : "calibrate with samples like these",
            row->shared_with != NULL ? row->shared_with : "");
    case OCTET_CAUSE_SHIFT:
        return octet_arena_format(ctx, arena, &row->why,
                                  "weights: rounding shifts the means of channels (%.0f %% of the error%s); "
                                  "--recover fast takes that back",
                                  100.0 * row->shift_share, row->has_added ? " that it adds" : "");
    case OCTET_CAUSE_SHARED:
        return octet_arena_format(ctx, arena, &row->why,
                                  "shared scale: it has that of %s, and needs %.0f %% of the range", row->shared_with,
                                  100.0 * used_share(row));
    case OCTET_CAUSE_OUTLIER:
        return octet_arena_format(ctx, arena, &row->why,
                                  "outlier: channel %u reaches %.0f times as far as the median channel and sets the "
                                  "scale of all",
                                  row->outlier_channel, row->outlier_ratio);
    case OCTET_CAUSE_WEIGHTS:
        if (!row->has_step) return octet_arena_string(ctx, arena, "weights: rounding of the weights", &row->why);
        return octet_arena_format(ctx, arena, &row->why,
                                  "weights: rounding of the weights makes most of an added error of %.2g steps", steps);
    case OCTET_CAUSE_COARSE:
        return octet_arena_format(ctx, arena, &row->why,
                                  "coarse: rounding of the result; the values are %.3g steps of %.3g (root of the mean "
                                  "square)",
                                  row->signal_rms / row->scale, row->scale);
    case OCTET_CAUSE_OPERATOR:
        return octet_arena_format(
            ctx, arena, &row->why,
            "operator: %s adds %.2g steps, more than rounding its result takes: its tables, inner "
            "scales or weights",
            row->op, steps);
    case OCTET_N_CAUSES: break;
    }
    return OCTET_OK;
}
