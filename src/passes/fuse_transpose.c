#include "graph/constant.h"
#include "passes/edit.h"
#include "passes/list.h"

/* A TRANSPOSE of the last two dimensions that only this operator reads. */
static const octet_operator *turned_operand(const octet_graph *graph, uint32_t v) {
    const octet_operator *op = octet_edit_producer(graph, v);
    int32_t permutation[OCTET_MAX_RANK], n;
    if (op == NULL || op->code != OCTET_OP_TRANSPOSE || !octet_edit_is_private(graph, v)) return NULL;
    if (!octet_constant_read_i32(octet_graph_input(graph, op, 1), OCTET_MAX_RANK, permutation, &n) || n < 2)
        return NULL;
    for (int32_t i = 0; i < n - 2; i++) {
        if (permutation[i] != i) return NULL;
    }
    return permutation[n - 2] == n - 1 && permutation[n - 1] == n - 2 ? op : NULL;
}

/* BATCH_MATMUL reads its operands either way round: a TRANSPOSE of the last two dimensions before it is a flag. */
octet_status octet_pass_fuse_transpose(octet_context *ctx, octet_graph *graph, bool *changed) {
    (void)ctx;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        octet_operator *op = &graph->operators[k];
        if (op->removed || op->code != OCTET_OP_BATCH_MATMUL) continue;
        bool *flags[2] = {&op->options.batch_matmul.adj_x, &op->options.batch_matmul.adj_y};
        for (uint32_t i = 0; i < 2; i++) {
            const octet_operator *transpose = turned_operand(graph, op->inputs[i]);
            if (transpose == NULL) continue;
            *flags[i] = !*flags[i];
            octet_graph_set_input(graph, k, i, transpose->inputs[0]);
            *changed = true;
        }
    }
    return OCTET_OK;
}
