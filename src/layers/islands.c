#include "layers/islands.h"

#include <string.h>

#include "layers/names.h"
#include "layers/pairs.h"

static bool is_computed(const octet_graph *graph, uint32_t v, octet_type type) {
    return octet_pairs_is_computed(graph, v) && graph->values[v].type == type;
}

/* Whether it reads or gives numbers of this type that are computed anew in each run. */
static bool touches(const octet_graph *graph, const octet_operator *op, octet_type type) {
    for (uint32_t i = 0; i < op->n_inputs; i++)
        if (is_computed(graph, op->inputs[i], type)) return true;
    for (uint32_t i = 0; i < op->n_outputs; i++)
        if (is_computed(graph, op->outputs[i], type)) return true;
    return false;
}

/* Of the last operator the port has the layer's name, and a QUANTIZE may stand between. */
static octet_status name_layer(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool has_layers,
                               uint32_t k, const char **out) {
    uint32_t value = graph->operators[k].outputs[0];
    if (has_layers) return octet_arena_string(ctx, arena, graph->operators[k].layer, out);
    for (uint32_t user = octet_graph_only_user(graph, value);
         user != OCTET_NONE && octet_pairs_is_passage(graph->operators[user].code) &&
         strchr(graph->values[value].name, '/') == NULL;
         user = octet_graph_only_user(graph, value))
        value = graph->operators[user].outputs[0];
    return octet_name_layer_of(ctx, arena, graph, value, out);
}

octet_status octet_islands_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool has_layers,
                                octet_island_list *out) {
    bool has_int8 = false, has_int16 = false;
    *out = (octet_island_list){0};
    for (uint32_t v = 0; v < graph->n_values; v++) {
        has_int8 = has_int8 || is_computed(graph, v, OCTET_INT8);
        has_int16 = has_int16 || is_computed(graph, v, OCTET_INT16);
    }
    if (!has_int8 && !has_int16) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->rows));
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        const bool is_float = touches(graph, op, OCTET_FLOAT32);
        if (octet_pairs_is_passage(op->code) || !(is_float || (has_int8 && touches(graph, op, OCTET_INT16)))) continue;
        octet_island_row *row = &out->rows[out->n++];
        *row = (octet_island_row){.op = octet_operator_name(op->code),
                                  .operator_index = k,
                                  .island = is_float ? OCTET_ISLAND_FLOAT : OCTET_ISLAND_INT16};
        OCTET_TRY(name_layer(ctx, arena, graph, has_layers, k, &row->layer));
    }
    return OCTET_OK;
}
