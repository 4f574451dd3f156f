#include "recover/gate.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "exec/convert.h"
#include "statistics/observer.h"

static octet_status hash_run(octet_context *ctx, const octet_recover_source *source, size_t run, uint64_t *hash) {
    octet_arena arena = {0};
    *hash = 0;
    for (uint32_t i = 0; i < source->graph->n_inputs; i++) {
        const octet_value *value = &source->graph->values[source->graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        void *tensor;
        const octet_status status = octet_arena_array(ctx, &arena, n, octet_type_size(value->type), &tensor);
        if (status == OCTET_OK) {
            octet_convert_from_real(value, OCTET_ROUND_NEAREST, source->inputs[i] + run * n, n, tensor);
            *hash = octet_hash(*hash, tensor, n * octet_type_size(value->type));
        }
        octet_arena_free(ctx, &arena);
        OCTET_TRY(status);
    }
    return OCTET_OK;
}

octet_status octet_gate_split(octet_context *ctx, const octet_recover_source *source, size_t *order, size_t *n_first) {
    const size_t n = source->n_runs;
    size_t n_second = 0;
    *n_first = 0;
    for (size_t run = 0; run < n; run++) {
        uint64_t hash;
        OCTET_TRY(hash_run(ctx, source, run, &hash));
        if (octet_observer_half(hash) == 0) order[(*n_first)++] = run;
        else order[n - ++n_second] = run;
    }
    for (size_t i = 0; i < n_second / 2; i++) { /* back into their order */
        const size_t run = order[*n_first + i];
        order[*n_first + i] = order[n - 1 - i];
        order[n - 1 - i] = run;
    }
    if (*n_first * 3 >= n && n_second * 3 >= n) return OCTET_OK;
    *n_first = (n + 1) / 2;
    for (size_t run = 0; run < n; run++) order[run % 2 == 0 ? run / 2 : *n_first + run / 2] = run;
    return OCTET_OK;
}

octet_status octet_gate_sort_runs(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                                  octet_recover_source *sorted, size_t *n_first) {
    const octet_graph *graph = source->graph;
    const float **inputs;
    size_t *order;
    OCTET_TRY(OCTET_NEW(ctx, arena, source->n_runs, &order));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_inputs, &inputs));
    OCTET_TRY(octet_gate_split(ctx, source, order, n_first));
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const size_t n = octet_shape_elements(&graph->values[graph->inputs[i].value].shape);
        float *numbers;
        OCTET_TRY(OCTET_NEW(ctx, arena, n * source->n_runs, &numbers));
        for (size_t run = 0; run < source->n_runs; run++)
            memcpy(numbers + run * n, source->inputs[i] + order[run] * n, n * sizeof *numbers);
        inputs[i] = numbers;
    }
    *sorted = *source;
    sorted->inputs = inputs;
    sorted->reference = NULL;
    return OCTET_OK;
}

octet_gate_decision octet_gate_decide(const double *before_db, const double *after_db, double most_loss_db) {
    const double gains[2] = {after_db[0] - before_db[0], after_db[1] - before_db[1]};
    octet_gate_decision out = {.gain_db = (gains[0] + gains[1]) / 2.0, .worst_db = fmin(gains[0], gains[1])};
    out.is_kept = out.gain_db >= OCTET_GATE_LEAST_GAIN_DB && out.worst_db >= -most_loss_db;
    if (out.is_kept) out.why = out.worst_db >= 0.0 ? "both halves gain" : "one half gains more than the other loses";
    else if (out.gain_db >= OCTET_GATE_LEAST_GAIN_DB) out.why = "one half loses";
    else out.why = out.gain_db > -OCTET_GATE_LEAST_GAIN_DB ? "no gain" : "a loss";
    return out;
}
