#include "schedule/states.h"

octet_status octet_states_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph, octet_schedule *out) {
    size_t widest = 1;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->states));
    for (size_t size = 8; size > 0; size /= 2) {
        for (uint32_t v = 0; v < graph->n_values; v++) {
            const octet_value *value = &graph->values[v];
            if (!value->is_variable || value->n_uses == 0 || octet_type_size(value->type) != size) continue;
            if (size > widest) widest = size;
            out->states[out->n_states++] = v;
            OCTET_CHECK(ctx, octet_add_size(out->state_bytes, octet_value_bytes(value), &out->state_bytes), OCTET_LIMIT,
                        "the state is larger than memory can be");
        }
    }
    OCTET_CHECK(ctx, octet_align_size(out->state_bytes, widest, &out->state_bytes), OCTET_LIMIT,
                "the state is larger than memory can be");
    return OCTET_OK;
}
