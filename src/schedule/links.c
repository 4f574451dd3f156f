#include "schedule/links.h"

#include "lower/readers.h"

static void find_unread(octet_links *l) {
    for (uint32_t v = 0; v < l->graph->n_values; v++) {
        const uint32_t reader = l->readers[v];
        if (l->n_reads[v] != 1 || reader == OCTET_NONE) continue;
        for (uint32_t i = 0; i < l->steps[reader].n_inputs; i++)
            if (l->steps[reader].inputs[i] != OCTET_NONE && l->roots[l->steps[reader].inputs[i]] == v)
                l->unread[v] = octet_rows_unread(&l->steps[reader], i);
    }
}

int32_t octet_links_kept_rows(const octet_links *l, const octet_stage *stage) {
    const uint32_t root = l->roots[stage->result];
    const size_t all = octet_value_bytes(&l->graph->values[root]);
    const bool is_last = stage->flow == OCTET_FLOW_ROWS && !l->is_output[root] && stage->rows.batches == 1 &&
                         stage->rows.out_h > 1 && l->unread[root] >= all - stage->rows.out_bytes;
    return is_last ? 1 : stage->rows.out_h;
}

static void take_pools(octet_links *l, const octet_readers *readers) {
    octet_rows rows;
    for (uint32_t s = 0; s < l->graph->n_operators; s++) {
        const uint32_t reader = octet_readers_only(readers, s);
        l->pools[s] = OCTET_NONE;
        if (reader == OCTET_NONE || l->options.no_fusion) continue;
        if (!octet_rows_with_pool(l->graph, &l->steps[s], &l->steps[reader], &rows)) continue;
        l->pools[s] = reader;
        l->is_skipped[reader] = true;
    }
}

octet_status octet_links_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const octet_step *steps,
                              octet_schedule_options options, octet_links *out) {
    octet_readers readers;
    OCTET_TRY(octet_readers_make(ctx, arena, graph, steps, &readers));
    *out = (octet_links){.graph = graph,
                         .steps = steps,
                         .roots = readers.roots,
                         .n_reads = readers.n_reads,
                         .readers = readers.readers,
                         .is_output = readers.is_output,
                         .is_fixed = readers.is_fixed,
                         .is_skipped = readers.is_skipped,
                         .options = options};
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->unread));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->pools));
    if (!options.no_fusion) find_unread(out);
    take_pools(out, &readers);
    return OCTET_OK;
}
