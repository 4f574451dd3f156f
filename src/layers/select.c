#include "layers/select.h"

#include <string.h>

#include "layers/names.h"

enum { MOST_ALIKE = 3, LEAST_COMMON = 2 };

bool octet_select_matches(const char *pattern, const char *text) {
    const char *star = NULL, *after = NULL; /* the last *, and the text that is tried behind it */
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            after = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++after;
        } else {
            return false;
        }
    }
    while (*pattern == '*') pattern++;
    return *pattern == '\0';
}

static bool is_choosable(const octet_graph *graph, const octet_operator *op) {
    if (op->code == OCTET_OP_FAKE_QUANT) return false;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        if (value != NULL && value->type == OCTET_FLOAT32) return true;
    }
    for (uint32_t i = 0; i < op->n_outputs; i++)
        if (octet_graph_output(graph, op, i)->type == OCTET_FLOAT32) return true;
    return false;
}

static octet_status name_of_result(octet_context *ctx, octet_arena *arena, const octet_graph *graph, uint32_t k,
                                   const char **out) {
    return octet_name_layer_of(ctx, arena, graph, graph->operators[k].outputs[0], out);
}

octet_status octet_select_layer_name(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool has_layers,
                                     uint32_t k, const char **out) {
    *out = graph->operators[k].layer;
    return has_layers ? OCTET_OK : name_of_result(ctx, arena, graph, k, out);
}

octet_status octet_select_operators(octet_context *ctx, const octet_graph *graph, bool has_layers, const char *pattern,
                                    bool *chosen, uint32_t *n) {
    octet_arena scratch = {0};
    octet_status status = OCTET_OK;
    *n = 0;
    for (uint32_t k = 0; k < graph->n_operators && status == OCTET_OK; k++) {
        const octet_operator *op = &graph->operators[k];
        const char *layer, *fused;
        if (!is_choosable(graph, op)) continue;
        status = octet_select_layer_name(ctx, &scratch, graph, has_layers, k, &layer);
        if (status == OCTET_OK) status = name_of_result(ctx, &scratch, graph, k, &fused);
        if (status != OCTET_OK) break;
        if (!octet_select_matches(pattern, layer) && !octet_select_matches(pattern, fused) &&
            !octet_select_matches(pattern, octet_operator_name(op->code)))
            continue;
        chosen[k] = true;
        ++*n;
    }
    octet_arena_free(ctx, &scratch);
    return status;
}

/* Letters in a row that both have. */
static size_t common(const char *a, const char *b) {
    size_t most = 0;
    for (size_t i = 0; a[i] != '\0'; i++) {
        for (size_t j = 0; b[j] != '\0'; j++) {
            size_t n = 0;
            while (a[i + n] != '\0' && a[i + n] == b[j + n]) n++;
            if (n > most) most = n;
        }
    }
    return most;
}

typedef struct alike {
    const char *names[MOST_ALIKE];
    size_t common[MOST_ALIKE];
} alike;

/* Of names that have as much in common the first ones stay. */
static void offer(alike *best, const char *name, size_t n) {
    for (int i = 0; i < MOST_ALIKE; i++)
        if (best->names[i] != NULL && strcmp(best->names[i], name) == 0) return;
    for (int i = 0; i < MOST_ALIKE; i++) {
        if (best->names[i] != NULL && best->common[i] >= n) continue;
        for (int k = MOST_ALIKE - 1; k > i; k--) {
            best->names[k] = best->names[k - 1];
            best->common[k] = best->common[k - 1];
        }
        best->names[i] = name;
        best->common[i] = n;
        return;
    }
}

octet_status octet_select_alike(octet_context *ctx, octet_arena *arena, const octet_graph *graph, bool has_layers,
                                const char *pattern, const char **out) {
    alike best = {0};
    const bool has_small = strpbrk(pattern, "abcdefghijklmnopqrstuvwxyz") != NULL;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const char *name = octet_operator_name(graph->operators[k].code);
        if (!is_choosable(graph, &graph->operators[k])) continue;
        if (has_small) OCTET_TRY(octet_select_layer_name(ctx, arena, graph, has_layers, k, &name));
        const size_t n = common(pattern, name);
        if (n >= LEAST_COMMON) offer(&best, name, n);
    }
    *out = "";
    for (int i = 0; i < MOST_ALIKE && best.names[i] != NULL && 2 * best.common[i] > best.common[0]; i++)
        OCTET_TRY(octet_arena_format(ctx, arena, out, "%s%s%s", *out, i > 0 ? ", " : "", best.names[i]));
    return OCTET_OK;
}
