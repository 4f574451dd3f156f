/* octet_sweep_widen. */
#include "graph/widen.h"
#include "api/sweep.h"
#include "graph/work.h"

/* At most so many samples at once: more gain nothing. */
enum { MOST_SAMPLES = 4 };
/* Activations stay in the second cache; weights, which are packed once more, take no memory to speak of. */
enum { MOST_ACTIVATION_BYTES = 1 << 18, MOST_CONSTANT_BYTES = 1 << 23 };
/* Dense layers are worth it from this part of the arithmetic on: they read each weight for one product. */
enum { LEAST_DENSE_PART = 32 };

static bool is_dense_enough(const octet_graph *graph) {
    uint64_t all = 0, dense = 0, constant_bytes = 0;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        const uint64_t macs = octet_operator_macs(graph, op);
        all += macs;
        if (op->code == OCTET_OP_FULLY_CONNECTED) dense += macs;
    }
    for (uint32_t i = 0; i < graph->n_values; i++)
        if (octet_value_is_constant(&graph->values[i])) constant_bytes += octet_value_bytes(&graph->values[i]);
    return dense > 0 && dense >= all / LEAST_DENSE_PART && constant_bytes <= MOST_CONSTANT_BYTES;
}

static octet_status widen(octet_context *ctx, octet_sweep *sweep, uint32_t m, const octet_exec_options *options) {
    octet_wide *wide = &sweep->wide[m];
    const size_t room = MOST_ACTIVATION_BYTES / (octet_exec_arena_bytes(sweep->execs[m]) + 1);
    const uint32_t n = room < MOST_SAMPLES ? (uint32_t)room : MOST_SAMPLES;
    bool is_wide;
    if (n < 2 || !is_dense_enough(sweep->graphs[m])) return OCTET_OK;
    OCTET_TRY(octet_graph_widen(ctx, &sweep->arena, sweep->graphs[m], (int32_t)n, &wide->graph, &is_wide));
    if (!is_wide) return OCTET_OK;
    OCTET_TRY(octet_exec_create(ctx, &wide->graph, options, &wide->exec));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, sweep->n_threads, &wide->runners));
    for (uint32_t t = 0; t < sweep->n_threads; t++)
        OCTET_TRY(octet_runner_create(ctx, wide->exec, 1, &wide->runners[t]));
    wide->n = n;
    return OCTET_OK;
}

octet_status octet_sweep_widen(octet_context *ctx, octet_sweep *sweep, const octet_exec_options *options) {
    const bool is_plain = sweep->batch == 1 && !sweep->keep_state && sweep->row == OCTET_SWEEP_ROW;
    bool is_any = false;
    for (uint32_t m = 0; m < sweep->n_models && is_plain; m++) {
        OCTET_TRY(widen(ctx, sweep, m, options));
        is_any = is_any || sweep->wide[m].n > 0;
    }
    if (!is_any) return OCTET_OK;
    sweep->n_kept = 0;
    for (uint32_t m = 0; m < sweep->n_models; m++) sweep->n_kept += sweep->row * sweep->kept_bytes[m];
    return octet_arena_array(ctx, &sweep->arena, sweep->n_threads, sweep->n_kept, (void **)&sweep->kept);
}
