#include "export/c/weighted.h"

#include <assert.h>
#include <string.h>

#include "base/format.h"
#include "export/c/scale.h"
#include "kernels/ref/fixed_point.h"
#include "schedule/sums.h"

/* Biases, with the zero point of the operand in them where it is folded. */
static octet_status fold(octet_c_emitter *e, const octet_sums *sums, bool is_folded, int64_t **out) {
    const int8_t *weights = sums->weights->data;
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, (size_t)sums->n_channels, out));
    for (int32_t c = 0; c < sums->n_channels; c++) {
        int64_t sum = octet_sums_bias(sums, c);
        for (size_t i = 0; i < sums->n_weights && is_folded; i++)
            sum -= (int64_t)sums->q->input_zero_point * weights[(size_t)c * sums->first_stride + i * sums->stride];
        (*out)[c] = sum;
    }
    return OCTET_OK;
}

/* Whether 256 times a sum stays in int32, and 256 times a weight plus another in int16. */
static bool can_pair(const octet_sums *sums) {
    const int8_t *weights = sums->weights->data;
    enum { MOST = INT32_MAX / (256 * 128 + 127) };
    for (int32_t c = 0; c < sums->n_channels; c++) {
        int64_t most = 0;
        for (size_t i = 0; i < sums->n_weights; i++) {
            const int8_t w = weights[(size_t)c * sums->n_weights + i];
            if (w == INT8_MIN) return false;
            most += w < 0 ? -w : w;
        }
        if (most > MOST) return false;
    }
    return true;
}

/* The number of channels whose weights are paired. */
static int32_t paired_channels(const octet_sums *sums) { return sums->n_channels / 4 * 4; }

static octet_status pair_weights(octet_c_emitter *e, const octet_sums *sums, int8_t **out) {
    const int8_t *weights = sums->weights->data;
    const size_t n = (size_t)sums->n_channels * sums->n_weights;
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, n, out));
    memcpy(*out, weights, n);
    for (size_t i = 1; i < (size_t)paired_channels(sums) * sums->n_weights; i += 2)
        if (weights[i - 1] < 0) (*out)[i]--;
    return OCTET_OK;
}

/* What @rows4 adds too much to the sum of channel c. */
static int32_t excess_of(const octet_sums *sums, size_t run, int32_t c) {
    const int8_t *weights = sums->weights->data;
    int32_t excess = 0;
    for (size_t begin = 0; begin < sums->n_weights; begin += run) {
        int32_t sum = 0;
        for (size_t i = begin; i < begin + run; i += 2) sum += weights[(size_t)c * sums->n_weights + i];
        excess += (127 * sum - (127 * sum & 255)) / 256; /* rounded down */
    }
    return excess;
}

/* Weights and bias in both forms. */
static octet_status write_paired(octet_c_emitter *e, octet_c_weighted *w, const octet_sums *sums, const int32_t *bias,
                                 size_t run) {
    int8_t *paired;
    int32_t *corrected;
    OCTET_TRY(pair_weights(e, sums, &paired));
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, (size_t)sums->n_channels, &corrected));
    for (int32_t c = 0; c < sums->n_channels; c++)
        corrected[c] = bias[c] - (c < paired_channels(sums) ? excess_of(sums, run, c) : 0);
    w->weights = octet_c_format(e, "@%s_weights", octet_c_step_name(e, w->stage->step).text);
    w->has_bias = true;
    octet_c_table_of_two(e, w->stage, "weights", OCTET_INT8, paired, sums->weights->data,
                         (size_t)sums->n_channels * sums->n_weights);
    octet_c_table_of_two(e, w->stage, "bias", OCTET_INT32, corrected, bias, (size_t)sums->n_channels);
    return OCTET_OK;
}

static octet_status write_weights(octet_c_emitter *e, octet_c_weighted *w, const octet_sums *sums, bool is_folded,
                                  octet_c_weights_order order, size_t run) {
    const octet_step *step = &e->steps[w->stage->step];
    const bool is_s8 = e->graph->values[step->inputs[0]].type == OCTET_INT8;
    const size_t n = (size_t)sums->n_channels;
    int64_t *bias;
    int32_t *narrow;
    OCTET_TRY(fold(e, sums, is_folded, &bias));
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, n, &narrow));
    bool fits = true;
    for (size_t c = 0; c < n; c++) {
        w->has_bias = w->has_bias || bias[c] != 0;
        fits = fits && bias[c] >= INT32_MIN && bias[c] <= INT32_MAX;
        narrow[c] = (int32_t)bias[c];
    }
    w->is_paired = order == OCTET_C_WEIGHTS_PAIRED && is_s8 && can_pair(sums);
    if (w->is_paired) return write_paired(e, w, sums, narrow, run);
    if (order != OCTET_C_WEIGHTS_ABSENT) w->weights = octet_c_constant(e, w->stage, step->inputs[1], "weights");
    if (w->has_bias && fits) octet_c_table(e, w->stage, "bias", OCTET_INT32, narrow, n);
    else if (w->has_bias) octet_c_table(e, w->stage, "bias", OCTET_INT64, bias, n);
    return OCTET_OK;
}

static bool is_constant(const int32_t *numbers, int32_t n) {
    for (int32_t i = 1; i < n; i++)
        if (numbers[i] != numbers[0]) return false;
    return true;
}

/* Multipliers of 16 bits; a result is sum * multiplier / 2^shift. */
static void write_wide_scales(octet_c_emitter *e, octet_c_weighted *w, int32_t n) {
    int16_t *multipliers;
    int8_t *shifts;
    octet_status status = OCTET_NEW(e->ctx, e->arena, (size_t)n, &multipliers);
    if (status == OCTET_OK) status = OCTET_NEW(e->ctx, e->arena, (size_t)n, &shifts);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    for (int32_t c = 0; c < n; c++) {
        multipliers[c] = (int16_t)octet_fixed_reduce_multiplier(w->q->multiplier[c]);
        shifts[c] = (int8_t)(15 - w->q->shift[c]);
        if (shifts[c] <= 0) octet_c_refuse(e, &e->steps[w->stage->step], "its scales are too far apart");
    }
    if (!is_constant(w->q->multiplier, n))
        octet_c_table(e, w->stage, "multiplier", OCTET_INT16, multipliers, (size_t)n);
    if (!is_constant(w->q->shift, n)) octet_c_table(e, w->stage, "shift", OCTET_INT8, shifts, (size_t)n);
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

octet_c_weighted octet_c_weigh(octet_c_emitter *e, const octet_stage *stage, bool is_folded,
                               octet_c_weights_order order, size_t run) {
    const octet_step *step = &e->steps[stage->step];
    const octet_type type = e->graph->values[step->inputs[0]].type;
    octet_sums sums;
    octet_c_weighted w = {.stage = stage, .weights = ""};
    const bool has_weights = octet_sums_of(e->graph, step, &sums);
    assert(has_weights);
    (void)has_weights;
    const octet_requantize *q = sums.q;
    w.q = q, w.min = q->min, w.max = q->max;
    w.type = octet_c_type(type);
    w.is_wide = type == OCTET_INT16 && (sums.bias == NULL || sums.bias->type == OCTET_INT64);
    if (stage->pool != OCTET_NONE) {
        const octet_pool_2d_params *pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
        w.min = octet_clamp_s32(w.min, pool->min, pool->max);
        w.max = octet_clamp_s32(w.max, pool->min, pool->max);
    }
    const bool are_constant = e->schedule->homes[step->inputs[1]].kind == OCTET_HOME_CONSTANT &&
                              (sums.bias == NULL || e->schedule->homes[step->inputs[2]].kind == OCTET_HOME_CONSTANT);
    if (!are_constant) octet_c_refuse(e, step, "its weights are computed");
    else if (q->weight_zero_point != 0) octet_c_refuse(e, step, "its weights have a zero point");
    else if (type == OCTET_INT16 && q->input_zero_point != 0) octet_c_refuse(e, step, "int16 with a zero point");
    if (e->functions.status != OCTET_OK) return w;
    const int64_t most = octet_sums_most(e->graph, step);
    if (most > (type == OCTET_INT16 ? INT64_C(1) << 47 : INT32_MAX))
        octet_c_refuse(e, step, "its sums may leave %d bits", type == OCTET_INT16 ? 48 : 32);
    w.are_small = most < 1 << 30;
    w.sum = most > INT32_MAX ? "int64_t" : "int32_t";
    const octet_status status = write_weights(e, &w, &sums, is_folded, order, run);
    if (status != OCTET_OK && e->functions.status == OCTET_OK) e->functions.status = status;
    if (e->functions.status != OCTET_OK) return w;
    if (w.is_wide) write_wide_scales(e, &w, sums.n_channels);
    else write_scales(e, &w, sums.n_channels);
    if (!is_folded && q->input_zero_point != 0)
        octet_format(w.less.text, sizeof w.less.text, " %c %d", q->input_zero_point < 0 ? '+' : '-',
                     q->input_zero_point < 0 ? -q->input_zero_point : q->input_zero_point);
    else w.less.text[0] = '\0';
    return w;
}

void octet_c_write_zeros(octet_c_emitter *e, const octet_c_weighted *w, size_t n) {
    const octet_type type = e->graph->values[e->steps[w->stage->step].inputs[0]].type;
    int16_t *zeros; /* of int16 all are 0 */
    const octet_status status = OCTET_NEW(e->ctx, e->arena, n, &zeros);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    if (type == OCTET_INT8) memset(zeros, (int8_t)w->q->input_zero_point, n);
    octet_c_table(e, w->stage, "zeros", type, zeros, n);
}

int32_t octet_c_side_by_side(const octet_c_weighted *w, int32_t n) {
    if (n % 4 == 0 && strcmp(w->sum, "int32_t") == 0) return 4;
    return n % 2 == 0 ? 2 : 1;
}

octet_c_name octet_c_bias(const octet_c_emitter *e, const octet_c_weighted *w, const char *channel) {
    octet_c_name text;
    if (w->has_bias)
        octet_format(text.text, sizeof text.text, "@%s_bias[%s]", octet_c_step_name(e, w->stage->step).text, channel);
    else octet_format(text.text, sizeof text.text, "0");
    return text;
}

/* A table's element, or `number` where all its elements are one. */
static octet_c_name element(const octet_c_emitter *e, const octet_c_weighted *w, const char *what,
                            const int32_t *numbers, int32_t number, const char *channel) {
    octet_c_name text;
    const octet_step *step = &e->steps[w->stage->step];
    const octet_shape *shape = &e->graph->values[step->outputs[0]].shape;
    if (is_constant(numbers, shape->dims[shape->rank - 1])) octet_format(text.text, sizeof text.text, "%d", number);
    else
        octet_format(text.text, sizeof text.text, "@%s_%s[%s]", octet_c_step_name(e, w->stage->step).text, what,
                     channel);
    return text;
}

static const char *wide_requantized(octet_c_emitter *e, const octet_c_weighted *w, const char *sum,
                                    const char *channel) {
    const int32_t reduced = octet_fixed_reduce_multiplier(w->q->multiplier[0]), right = 15 - w->q->shift[0];
    const octet_c_name multiplier = element(e, w, "multiplier", w->q->multiplier, reduced, channel),
                       shift = element(e, w, "shift", w->q->shift, right, channel);
    const char *scaled =
        octet_c_format(e, "%s(%s, %s, %s)", octet_c_help(e, OCTET_C_SCALE_WIDE), sum, multiplier.text, shift.text);
    return octet_c_format(
        e, "(%s)%s", w->type,
        octet_c_clamped(e, scaled, w->q->output_zero_point != 0, w->q->output_zero_point, w->min, w->max));
}

const char *octet_c_requantized(octet_c_emitter *e, const octet_c_weighted *w, const char *sum, const char *channel) {
    if (w->is_wide) return wide_requantized(e, w, sum, channel);
    const int32_t sign = w->has_left ? 1 : -1;
    const octet_c_name multiplier = element(e, w, "multiplier", w->q->multiplier, w->q->multiplier[0], channel),
                       shift = element(e, w, "shift", w->q->shift, sign * w->q->shift[0], channel);
    if (w->is_relu)
        return octet_c_format(e, "(%s)(%s(%s, %s, %s, %d) %c %d)", w->type, octet_c_help(e, OCTET_C_SCALE_RELU), sum,
                              multiplier.text, shift.text, w->max - w->min, w->min < 0 ? '-' : '+',
                              w->min < 0 ? -w->min : w->min);
    if (w->sum[3] == '6') sum = octet_c_format(e, "(int32_t)(uint32_t)%s", sum); /* as the kernel takes it */
    const char *scale = octet_c_help(e, w->has_left ? OCTET_C_SCALE_BY : OCTET_C_SCALE);
    return octet_c_format(e, "(%s)%s", w->type,
                          octet_c_clamped(e,
                                          octet_c_format(e, "%s(%s, %s, %s)", scale, sum, multiplier.text, shift.text),
                                          w->has_left, w->q->output_zero_point, w->min, w->max));
}
