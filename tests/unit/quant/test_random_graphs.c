/* Random graphs of branches, slices, pools, maxima, reversals and joins, calibrated and quantized: kernels that copy
 * have one scale on both sides, and no value saturates below what its readers tell apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "exec/exec.h"
#include "quant/rules.h"
#include "statistics/observer.h"

enum { N_GRAPHS = 300, N_STEPS = 14, N_SAMPLES = 6, ELEMENTS = 64 };

typedef struct net {
    octet_context ctx;
    octet_graph *graph, *quantized;
    octet_statistics *statistics;
    uint32_t *rows_of;
    octet_arena arena;
    uint32_t values[N_STEPS + 1], n_values; /* all [1,4,4,4] */
    uint32_t seed;
} net;

static void good(net *t, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), t->ctx.message);
}

static uint32_t draw(net *t, uint32_t n) {
    t->seed = t->seed * 1664525u + 1013904223u;
    return (t->seed >> 8) % n;
}

static uint32_t any(net *t) { return t->values[draw(t, t->n_values)]; }

static void emit(net *t, octet_operator_code code, const uint32_t *inputs, uint32_t n, const octet_options *options,
                 uint32_t *outputs, uint32_t n_outputs) {
    char layer[16];
    snprintf(layer, sizeof layer, "op%u", t->graph->n_operators);
    good(t, octet_graph_emit(&t->ctx, t->graph, code, layer, NULL, inputs, n, options, outputs, n_outputs));
}

static uint32_t one(net *t, octet_operator_code code, uint32_t a, uint32_t b, octet_options options) {
    const uint32_t inputs[2] = {a, b};
    uint32_t v;
    emit(t, code, inputs, b == OCTET_NONE ? 1 : 2, &options, &v, 1);
    return v;
}

static uint32_t integers(net *t, const int32_t *numbers, uint32_t n) {
    uint32_t v;
    good(t, octet_graph_add_i32(&t->ctx, t->graph, "integers", numbers, (int32_t)n, &v));
    return v;
}

static uint32_t real(net *t) {
    static const float numbers[] = {0.01f, 0.1f, -0.5f, 2.0f, -9.0f};
    uint32_t v;
    good(t, octet_graph_add_f32_scalar(&t->ctx, t->graph, "real", numbers[draw(t, 5)], &v));
    return v;
}

static uint32_t channels(net *t, uint32_t x, int32_t from, int32_t to) {
    const uint32_t inputs[4] = {x, integers(t, (const int32_t[]){0, 0, 0, from}, 4),
                                integers(t, (const int32_t[]){1, 4, 4, to}, 4),
                                integers(t, (const int32_t[]){1, 1, 1, 1}, 4)};
    const octet_options none = {{0}};
    uint32_t v;
    emit(t, OCTET_OP_STRIDED_SLICE, inputs, 4, &none, &v, 1);
    return v;
}

static uint32_t join(net *t, uint32_t a, uint32_t b) {
    return one(t, OCTET_OP_CONCATENATION, a, b, (octet_options){.concatenation = {OCTET_ACTIVATION_NONE, 3}});
}

/* Attention as in CBAM: mean and maximum of the channels of one value, joined. */
static uint32_t reductions(net *t, uint32_t x) {
    const octet_options keep = {.reduce = {true}};
    const uint32_t axis = integers(t, (const int32_t[]){3}, 1);
    const uint32_t both = join(t, one(t, OCTET_OP_MEAN, x, axis, keep), one(t, OCTET_OP_REDUCE_MAX, x, axis, keep));
    return join(t, both, channels(t, any(t), 0, 2));
}

static uint32_t halves(net *t, uint32_t x) {
    const octet_options options = {.split = {2}};
    uint32_t inputs[2] = {0, x}, parts[2];
    good(t, octet_graph_add_i32(&t->ctx, t->graph, "axis", (const int32_t[]){3}, 1, &inputs[0]));
    t->graph->values[inputs[0]].shape = (octet_shape){0, {0}};
    emit(t, OCTET_OP_SPLIT, inputs, 2, &options, parts, 2);
    return join(t, parts[draw(t, 2)], channels(t, any(t), 1, 3));
}

static uint32_t step(net *t) {
    const octet_options none = {{0}};
    const octet_options pool = {.pool_2d = {OCTET_PADDING_SAME, OCTET_ACTIVATION_NONE, 1, 1, 3, 3}};
    const uint32_t x = any(t);
    switch (draw(t, 16)) {
    case 0: return one(t, OCTET_OP_MUL, x, real(t), none);
    case 1: return one(t, OCTET_OP_ADD, x, real(t), none);
    case 2: return one(t, OCTET_OP_ADD, x, any(t), none);
    case 3: return one(t, OCTET_OP_RELU, x, OCTET_NONE, none);
    case 4: return one(t, OCTET_OP_LOGISTIC, x, OCTET_NONE, none);
    case 5: return one(t, OCTET_OP_TANH, x, OCTET_NONE, none);
    case 6: return one(t, OCTET_OP_MAXIMUM, x, any(t), none);
    case 7: return one(t, OCTET_OP_MINIMUM, x, any(t), none);
    case 8: return one(t, OCTET_OP_MINIMUM, x, real(t), none);
    case 9: return one(t, OCTET_OP_REVERSE_V2, x, integers(t, (const int32_t[]){1}, 1), none);
    case 10: return one(t, OCTET_OP_MAX_POOL_2D, x, OCTET_NONE, pool);
    case 11: return one(t, OCTET_OP_AVERAGE_POOL_2D, x, OCTET_NONE, pool);
    case 12: return join(t, channels(t, x, 0, 2), channels(t, any(t), 2, 4));
    case 13: return halves(t, x);
    case 14: return reductions(t, x);
    default:
        return one(t, OCTET_OP_GATHER, x, integers(t, (const int32_t[]){2, 2, 0, 1}, 4),
                   (octet_options){.gather = {3, 0}});
    }
}

static void build(net *t) {
    const octet_shape shape = octet_shape_make(4, (const int32_t[]){1, 4, 4, 4});
    good(t, octet_graph_create(&t->ctx, "random", &t->graph));
    good(t, octet_graph_add_value(&t->ctx, t->graph, "x", OCTET_FLOAT32, &shape, &t->values[t->n_values++]));
    good(t, octet_graph_add_input(&t->ctx, t->graph, t->values[0], "x"));
    for (int i = 0; i < N_STEPS; i++) t->values[t->n_values++] = step(t);
    for (uint32_t i = 1; i < t->n_values; i++) {
        const uint32_t v = t->values[i];
        if (t->graph->values[v].n_uses > 0 && draw(t, 6) != 0) continue;
        good(t, octet_graph_add_output(&t->ctx, t->graph, v, t->graph->values[v].name));
    }
    good(t, octet_graph_verify(&t->ctx, t->graph, "test"));
}

static void calibrate(net *t) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    octet_observer *observer = NULL;
    good(t, octet_statistics_create_for(&t->ctx, t->graph, &t->statistics));
    good(t, octet_statistics_bind(&t->ctx, &t->arena, t->statistics, t->graph, &t->rows_of));
    good(t, octet_exec_create(&t->ctx, t->graph, NULL, &exec));
    good(t, octet_runner_create(&t->ctx, exec, 1, &runner));
    good(t, octet_observer_create(&t->ctx, t->graph, t->statistics, t->rows_of, 1, &observer));
    octet_runner_set_observer(runner, octet_observer_observe, observer);
    for (int s = 0; s < N_SAMPLES; s++) {
        float *x = octet_runner_value(runner, t->values[0]);
        for (int i = 0; i < ELEMENTS; i++) x[i] = 0.001f * (float)draw(t, 4000) * (i % 4 == 0 ? 20.0f : 1.0f) - 1.5f;
        octet_runner_run(runner, NULL);
    }
    good(t, octet_observer_give(&t->ctx, observer, t->statistics));
    t->statistics->n_samples = N_SAMPLES;
    octet_observer_destroy(&t->ctx, observer);
    octet_runner_destroy(&t->ctx, runner);
    octet_exec_destroy(&t->ctx, exec);
}

/* What calibration saw of the float value that a quantized one is a form of. False for constants. */
static bool seen_range(const net *t, uint32_t q, octet_observed_range *out) {
    char name[128];
    snprintf(name, sizeof name, "%s", t->quantized->values[q].name);
    const char *const suffixes[] = {"_requantize", "_quantize"};
    for (int i = 0; i < 2; i++) {
        char *suffix = strstr(name, suffixes[i]);
        if (suffix != NULL) *suffix = '\0';
    }
    for (uint32_t v = 0; v < t->graph->n_values; v++) {
        if (t->rows_of[v] == OCTET_NONE || strcmp(t->graph->values[v].name, name) != 0) continue;
        *out = octet_statistics_range(&t->statistics->rows[t->rows_of[v]]);
        return true;
    }
    return false;
}

static bool is_same(const net *t, const octet_operator *op) {
    (void)t;
    const octet_quantize_options options = {.mode = OCTET_MODE_INT8};
    return octet_rules_class(op->code, &options) == OCTET_RULE_SAME;
}

static void expect_one_scale(const net *t, const octet_operator *op) {
    const octet_value *result = octet_graph_output(t->quantized, op, 0);
    for (uint32_t i = 0; i < op->n_inputs + op->n_outputs; i++) {
        const uint32_t v = i < op->n_inputs ? op->inputs[i] : op->outputs[i - op->n_inputs];
        const octet_value *value = &t->quantized->values[v];
        if (value->quantization.n == 0) continue;
        if (value->quantization.scale[0] == result->quantization.scale[0] &&
            value->quantization.zero_point[0] == result->quantization.zero_point[0])
            continue;
        fail_msg("%s: %s has a scale of its own, the kernel copies", result->name, value->name);
    }
}

/* From the last operator to the first: what is read of each value, unless it is picked from and then dropped. */
static void expect_no_cut(const net *t, uint32_t seed) {
    const octet_graph *graph = t->quantized;
    static float low[4096], high[4096];
    assert_true(graph->n_values <= 4096);
    for (uint32_t v = 0; v < graph->n_values; v++) low[v] = INFINITY, high[v] = -INFINITY;
    octet_observed_range seen;
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        if (seen_range(t, graph->outputs[i].value, &seen))
            low[graph->outputs[i].value] = seen.min, high[graph->outputs[i].value] = seen.max;
    for (uint32_t k = graph->n_operators; k-- > 0;) {
        const octet_operator *op = &graph->operators[k];
        const bool averages = op->code == OCTET_OP_AVERAGE_POOL_2D;
        const bool picks = op->code == OCTET_OP_QUANTIZE || (is_same(t, op) && !averages);
        float least = INFINITY, most = -INFINITY;
        for (uint32_t i = 0; i < op->n_outputs; i++)
            least = fminf(least, low[op->outputs[i]]), most = fmaxf(most, high[op->outputs[i]]);
        if (is_same(t, op) && octet_graph_output(graph, op, 0)->quantization.n > 0) expect_one_scale(t, op);
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const uint32_t v = op->inputs[i];
            if (graph->values[v].quantization.n == 0 || !seen_range(t, v, &seen)) continue;
            const float from = picks ? fmaxf(seen.min, least) : seen.min, to = picks ? fminf(seen.max, most) : seen.max;
            if (from <= to) low[v] = fminf(low[v], from), high[v] = fmaxf(high[v], to);
        }
    }
    /* A cut of one step, and the rounding of the zero point. */
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const bool is_narrow = graph->values[v].type == OCTET_INT8;
        const float ends[2] = {is_narrow ? -128.0f : -32768.0f, is_narrow ? 127.0f : 32767.0f};
        const octet_quantization *q = &graph->values[v].quantization;
        if (q->n == 0 || !(low[v] <= high[v])) continue;
        const float from = (ends[0] - (float)q->zero_point[0]) * q->scale[0],
                    to = from + (ends[1] - ends[0]) * q->scale[0];
        if (low[v] >= from - 1.51f * q->scale[0] && high[v] <= to + 1.51f * q->scale[0]) continue;
        fail_msg("graph %u: %s holds %g .. %g, its readers need %g .. %g", seed, graph->values[v].name, (double)from,
                 (double)to, (double)low[v], (double)high[v]);
    }
}

/* An operator in three stays in other numbers. */
static void scatter_islands(net *t) {
    for (uint32_t k = 0; k < t->graph->n_operators; k++) {
        const uint32_t drawn = draw(t, 6);
        t->graph->operators[k].island = drawn == 0   ? OCTET_ISLAND_FLOAT
                                        : drawn == 1 ? OCTET_ISLAND_INT16
                                                     : OCTET_ISLAND_NONE;
    }
}

static void look_at(octet_mode mode, bool has_islands) {
    const octet_type type = mode == OCTET_MODE_INT8 ? OCTET_INT8 : OCTET_INT16;
    const octet_quantize_options options = {.mode = mode, .input_type = type, .output_type = type};
    for (uint32_t seed = 0; seed < N_GRAPHS; seed++) {
        net t = {.seed = 2654435761u * seed + 1u};
        octet_context_init(&t.ctx);
        build(&t);
        calibrate(&t);
        if (has_islands) scatter_islands(&t);
        good(&t, octet_quantize_graph(&t.ctx, t.graph, t.statistics, &options, &t.quantized));
        expect_no_cut(&t, seed);
        octet_graph_destroy(&t.ctx, t.quantized);
        octet_statistics_free(&t.ctx, t.statistics);
        octet_arena_free(&t.ctx, &t.arena);
        octet_graph_destroy(&t.ctx, t.graph);
        assert_int_equal(t.ctx.memory_bytes, 0);
    }
}

static void no_value_of_8_bits_loses_what_is_read(void **state) {
    (void)state;
    look_at(OCTET_MODE_INT8, false);
}

static void no_value_of_16_bits_loses_what_is_read(void **state) {
    (void)state;
    look_at(OCTET_MODE_INT16X8, false);
}

static void islands_lose_nothing_either(void **state) {
    (void)state;
    look_at(OCTET_MODE_INT8, true);
    look_at(OCTET_MODE_INT16X8, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_value_of_8_bits_loses_what_is_read),
                                       cmocka_unit_test(no_value_of_16_bits_loses_what_is_read),
                                       cmocka_unit_test(islands_lose_nothing_either)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
