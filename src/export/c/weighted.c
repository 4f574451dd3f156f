#include "export/c/weighted.h"

#include <string.h>

#include "base/format.h"
#include "export/c/scale.h"
#include "kernels/ref/fixed_point.h"

static octet_status fold(octet_c_emitter *e, octet_c_channels channels, const octet_requantize *q,
                         const int8_t *weights, const int32_t *bias, int32_t **out) {
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, (size_t)channels.n_channels, out));
    for (int32_t c = 0; c < channels.n_channels; c++) {
        int64_t sum = bias != NULL ? bias[c] : 0;
        for (size_t i = 0; i < channels.n_weights && weights != NULL; i++)
            sum -= (int64_t)q->input_zero_point * weights[(size_t)c * channels.first_stride + i * channels.stride];
        (*out)[c] = (int32_t)sum;
    }
    return OCTET_OK;
}

static void write_bias(octet_c_emitter *e, octet_c_weighted *w, octet_c_channels channels, bool is_folded) {
    const octet_step *step = &e->steps[w->stage->step];
    const int8_t *weights = e->graph->values[step->inputs[1]].data;
    const bool has_bias = step->n_inputs > 2 && step->inputs[2] != OCTET_NONE;
    const int32_t *bias = has_bias ? e->graph->values[step->inputs[2]].data : NULL;
    int32_t *table = NULL;
    const octet_status status = fold(e, channels, w->q, is_folded ? weights : NULL, bias, &table);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    for (int32_t c = 0; c < channels.n_channels; c++) w->has_bias = w->has_bias || table[c] != 0;
    if (w->has_bias) octet_c_table(e, w->stage, "bias", OCTET_INT32, table, (size_t)channels.n_channels);
}

static bool is_constant(const int32_t *numbers, int32_t n) {
    for (int32_t i = 1; i < n; i++)
        if (numbers[i] != numbers[0]) return false;
    return true;
}

static void write_scales(octet_c_emitter *e, octet_c_weighted *w, int32_t n) {
    int8_t *shifts;
    const octet_status status = OCTET_NEW(e->ctx, e->arena, (size_t)n, &shifts);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    for (int32_t c = 0; c < n; c++) w->has_left = w->has_left || w->q->shift[c] > 0;
    w->is_relu = w->q->min == w->q->output_zero_point && w->min == w->q->min && w->max > w->min && w->are_small;
    for (int32_t c = 0; c < n; c++) w->is_relu = w->is_relu && w->q->shift[c] < 0 && w->q->shift[c] > -31;
    for (int32_t c = 0; c < n; c++) shifts[c] = (int8_t)(w->has_left ? w->q->shift[c] : -w->q->shift[c]);
    if (!is_constant(w->q->multiplier, n))
        octet_c_table(e, w->stage, "multiplier", OCTET_INT32, w->q->multiplier, (size_t)n);
    if (!is_constant(w->q->shift, n)) octet_c_table(e, w->stage, "shift", OCTET_INT8, shifts, (size_t)n);
}

octet_c_weighted octet_c_weigh(octet_c_emitter *e, const octet_stage *stage, const octet_requantize *q,
                               octet_c_channels channels, bool is_folded, bool no_weights) {
    const octet_step *step = &e->steps[stage->step];
    octet_c_weighted w = {.stage = stage, .q = q, .min = q->min, .max = q->max, .weights = ""};
    if (stage->pool != OCTET_NONE) {
        const octet_pool_2d_params *pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
        w.min = octet_clamp_s32(w.min, pool->min, pool->max);
        w.max = octet_clamp_s32(w.max, pool->min, pool->max);
    }
    const bool are_constant = e->schedule->homes[step->inputs[1]].kind == OCTET_HOME_CONSTANT &&
                              (step->n_inputs < 3 || step->inputs[2] == OCTET_NONE ||
                               e->schedule->homes[step->inputs[2]].kind == OCTET_HOME_CONSTANT);
    if (!are_constant) octet_c_refuse(e, step, "its weights are computed");
    else if (q->weight_zero_point != 0) octet_c_refuse(e, step, "its weights have a zero point");
    else if (octet_rows_most_sum(e->graph, step) > INT32_MAX) octet_c_refuse(e, step, "its sums may leave 32 bits");
    if (e->functions.status != OCTET_OK) return w;
    w.are_small = octet_rows_most_sum(e->graph, step) < 1 << 30;
    if (!no_weights) w.weights = octet_c_constant(e, stage, step->inputs[1], "weights");
    write_bias(e, &w, channels, is_folded);
    write_scales(e, &w, channels.n_channels);
    if (!is_folded && q->input_zero_point != 0)
        octet_format(w.less.text, sizeof w.less.text, " %c %d", q->input_zero_point < 0 ? '+' : '-',
                     q->input_zero_point < 0 ? -q->input_zero_point : q->input_zero_point);
    else w.less.text[0] = '\0';
    return w;
}

void octet_c_write_zeros(octet_c_emitter *e, const octet_c_weighted *w, size_t n) {
    int8_t *zeros;
    const octet_status status = OCTET_NEW(e->ctx, e->arena, n, &zeros);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    memset(zeros, (int8_t)w->q->input_zero_point, n);
    octet_c_table(e, w->stage, "zeros", OCTET_INT8, zeros, n);
}

octet_c_name octet_c_bias(const octet_c_emitter *e, const octet_c_weighted *w, const char *channel) {
    octet_c_name text;
    if (w->has_bias)
        octet_format(text.text, sizeof text.text, "@%s_bias[%s]", octet_c_step_name(e, w->stage->step).text, channel);
    else octet_format(text.text, sizeof text.text, "0");
    return text;
}

/* A table's element, or the one number that all its elements are. */
static octet_c_name element(const octet_c_emitter *e, const octet_c_weighted *w, const char *what,
                            const int32_t *numbers, int32_t sign, const char *channel) {
    octet_c_name text;
    const octet_step *step = &e->steps[w->stage->step];
    const octet_shape *shape = &e->graph->values[step->outputs[0]].shape;
    if (is_constant(numbers, shape->dims[shape->rank - 1]))
        octet_format(text.text, sizeof text.text, "%d", sign * numbers[0]);
    else
        octet_format(text.text, sizeof text.text, "@%s_%s[%s]", octet_c_step_name(e, w->stage->step).text, what,
                     channel);
    return text;
}

const char *octet_c_requantized(octet_c_emitter *e, const octet_c_weighted *w, const char *sum, const char *channel) {
    const char *text = "";
    const octet_c_name multiplier = element(e, w, "multiplier", w->q->multiplier, 1, channel),
                       shift = element(e, w, "shift", w->q->shift, w->has_left ? 1 : -1, channel);
    if (w->is_relu)
        return octet_c_format(e, "(int8_t)(%s(%s, %s, %s, %d) %c %d)", octet_c_help(e, OCTET_C_SCALE_RELU), sum,
                              multiplier.text, shift.text, w->max - w->min, w->min < 0 ? '-' : '+',
                              w->min < 0 ? -w->min : w->min);
    const char *clamp = octet_c_help(e, OCTET_C_CLAMP),
               *scale = octet_c_help(e, w->has_left ? OCTET_C_SCALE_BY : OCTET_C_SCALE);
    const octet_status status =
        octet_arena_format(e->ctx, e->arena, &text,
                           w->has_left ? "(int8_t)%s((int32_t)((uint32_t)%s(%s, %s, %s) + (uint32_t)%d), %d, %d)"
                                       : "(int8_t)%s(%s(%s, %s, %s) + %d, %d, %d)",
                           clamp, scale, sum, multiplier.text, shift.text, w->q->output_zero_point, w->min, w->max);
    if (status != OCTET_OK) e->functions.status = status;
    return text;
}
