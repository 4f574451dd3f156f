#include "import/keras/schedule.h"

#include <string.h>

typedef struct schedule {
    octet_context *ctx;
    octet_arena *arena;
    const octet_keras_model *model;
    uint32_t *first_node; /* of layer i: number of its first call; of n_layers: how many calls there are */
    uint32_t *first_parent,
        *parents; /* of call i: parents[first_parent[i]] .. parents[first_parent[i + 1] - 1], in order of arguments */
    uint32_t *layer_of;
    uint32_t *left, n_left; /* calls in the order in which a walk back from the outputs leaves them */
} schedule;

static uint32_t number_of(const schedule *s, const octet_keras_reference *reference) {
    return s->first_node[reference->layer] + reference->node;
}

/* Counts the tensors of an argument, and lists their calls when `parents` is given. */
static uint32_t collect(const schedule *s, const octet_keras_argument *argument, uint32_t *parents) {
    uint32_t n = 0;
    if (argument->kind == OCTET_KERAS_TENSOR) {
        if (parents != NULL) parents[0] = number_of(s, &argument->reference);
        return 1;
    }
    for (uint32_t i = 0; argument->kind == OCTET_KERAS_LIST && i < argument->n_items; i++)
        n += collect(s, &argument->items[i], parents != NULL ? parents + n : NULL);
    return n;
}

static octet_status list_parents(schedule *s) {
    const octet_keras_model *model = s->model;
    uint32_t n_nodes = 0, n_parents = 0;
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, (size_t)model->n_layers + 1, &s->first_node));
    for (uint32_t i = 0; i < model->n_layers; i++) {
        s->first_node[i] = n_nodes;
        n_nodes += model->layers[i].n_nodes;
    }
    s->first_node[model->n_layers] = n_nodes;
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, (size_t)n_nodes + 1, &s->first_parent));
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, n_nodes, &s->layer_of));
    for (int pass = 0; pass < 2; pass++) {
        n_parents = 0;
        for (uint32_t i = 0, k = 0; i < model->n_layers; i++) {
            for (uint32_t j = 0; j < model->layers[i].n_nodes; j++, k++) {
                const octet_keras_node *node = &model->layers[i].nodes[j];
                s->layer_of[k] = i;
                s->first_parent[k] = n_parents;
                for (uint32_t a = 0; a < node->n_arguments; a++)
                    n_parents += collect(s, &node->arguments[a], pass == 0 ? NULL : s->parents + n_parents);
            }
        }
        s->first_parent[n_nodes] = n_parents;
        if (pass == 0) OCTET_TRY(OCTET_NEW(s->ctx, s->arena, n_parents, &s->parents));
    }
    return OCTET_OK;
}

static octet_status walk_back(schedule *s) {
    const uint32_t n_nodes = s->first_node[s->model->n_layers];
    uint32_t *stack = NULL, *next = NULL;
    bool *seen = NULL;
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, n_nodes, &s->left));
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, n_nodes, &stack));
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, n_nodes, &next));
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, n_nodes, &seen));
    memcpy(next, s->first_parent, n_nodes * sizeof *next);
    for (uint32_t o = 0; o < s->model->n_outputs; o++) {
        uint32_t n = 0;
        const uint32_t start = number_of(s, &s->model->outputs[o]);
        if (seen[start]) continue;
        seen[start] = true;
        stack[n++] = start;
        while (n > 0) {
            const uint32_t node = stack[n - 1];
            if (next[node] == s->first_parent[node + 1]) {
                s->left[s->n_left++] = node;
                n--;
                continue;
            }
            const uint32_t parent = s->parents[next[node]++];
            if (seen[parent]) continue;
            seen[parent] = true;
            stack[n++] = parent;
        }
    }
    return OCTET_OK;
}

/* Depth 0 is a call that only outputs read. A layer's calls are as deep as the deepest of them seen so far. met: all
 * calls in the order in which a depth was first given to them. */
static octet_status measure(const schedule *s, uint32_t *met, uint32_t *depths, uint32_t *deepest) {
    uint32_t *layer_depth = NULL, n_met = 0;
    bool *is_met = NULL;
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, s->model->n_layers, &layer_depth));
    OCTET_TRY(OCTET_NEW(s->ctx, s->arena, s->first_node[s->model->n_layers], &is_met));
    *deepest = 0;
    for (uint32_t i = s->n_left; i-- > 0;) {
        const uint32_t node = s->left[i];
        uint32_t *of_layer = &layer_depth[s->layer_of[node]];
        if (!is_met[node]) met[n_met++] = node;
        is_met[node] = true;
        if (depths[node] < *of_layer) depths[node] = *of_layer;
        *of_layer = depths[node];
        if (*deepest < depths[node]) *deepest = depths[node];
        for (uint32_t p = s->first_parent[node]; p < s->first_parent[node + 1]; p++) {
            const uint32_t parent = s->parents[p];
            if (!is_met[parent]) met[n_met++] = parent;
            is_met[parent] = true;
            if (depths[parent] < depths[node] + 1) depths[parent] = depths[node] + 1;
        }
    }
    /* Calls in a circle, which the builder refuses, may be deeper than any that was left behind them. */
    for (uint32_t i = 0; i < s->n_left; i++)
        if (*deepest < depths[s->left[i]]) *deepest = depths[s->left[i]];
    return OCTET_OK;
}

octet_status octet_keras_schedule(octet_context *ctx, octet_arena *arena, const octet_keras_model *model,
                                  octet_keras_reference **out, uint32_t *n) {
    schedule s = {.ctx = ctx, .arena = arena, .model = model};
    uint32_t *met = NULL, *depths = NULL, *place = NULL, deepest = 0;
    OCTET_TRY(list_parents(&s));
    OCTET_TRY(walk_back(&s));
    OCTET_TRY(OCTET_NEW(ctx, arena, s.n_left, &met));
    OCTET_TRY(OCTET_NEW(ctx, arena, s.first_node[model->n_layers], &depths));
    OCTET_TRY(measure(&s, met, depths, &deepest));
    /* The deepest first; among equals as they were met. */
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)deepest + 2, &place));
    OCTET_TRY(OCTET_NEW(ctx, arena, s.n_left, out));
    for (uint32_t i = 0; i < s.n_left; i++) place[deepest - depths[met[i]] + 1]++;
    for (uint32_t d = 0; d <= deepest; d++) place[d + 1] += place[d];
    for (uint32_t i = 0; i < s.n_left; i++) {
        const uint32_t node = met[i], layer = s.layer_of[node];
        (*out)[place[deepest - depths[node]]++] = (octet_keras_reference){layer, node - s.first_node[layer], 0};
    }
    *n = s.n_left;
    return OCTET_OK;
}
