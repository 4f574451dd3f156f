#include "passes/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "passes/trained_pairs.h"

/* The order: shapes first, since later passes read constants; pads and dilations before multiplications reach the
 * weights behind them; shapes out of the way before arithmetic is folded; activations last, since a fused one ends
 * folding. The list is run until nothing changes. */
static const struct {
    const char *name;
    octet_pass *run;
    bool is_once;      /* in the first round only, and not on what a converter has written */
    bool is_for_loops; /* on a graph with unrolled loops only */
} PASSES[] = {
    {"fold_constants", octet_pass_fold_constants, false, false},
    {"merge_equal", octet_pass_merge_equal, false, false},
    {"simplify_shapes", octet_pass_simplify_shapes, false, false},
    {"fold_joins", octet_pass_fold_joins, false, true},
    {"merge_cuts", octet_pass_merge_cuts, false, true},
    {"join_dense", octet_pass_join_dense, false, true},
    {"simplify_arithmetic", octet_pass_simplify_arithmetic, false, false},
    {"fuse_hard_swish", octet_pass_fuse_hard_swish, false, false},
    {"fold_dilation", octet_pass_fold_dilation, false, false},
    {"fold_dense", octet_pass_fold_dense, false, false},
    {"move_shapes", octet_pass_move_shapes, false, false},
    {"fold_forward", octet_pass_fold_forward, true, false},
    {"fold_affine", octet_pass_fold_affine, false, false},
    {"fold_affine_before", octet_pass_fold_affine_before, false, false},
    {"fuse_pad", octet_pass_fuse_pad, false, false},
    {"fuse_transpose", octet_pass_fuse_transpose, false, false},
    {"fuse_lstm", octet_pass_fuse_lstm, false, true},
    {"fuse_activation", octet_pass_fuse_activation, false, false},
};

/* Each round shortens chains by at least one operator; real models settle in three. */
enum { MAX_ROUNDS = 32 };

static bool is_quantized(const octet_graph *graph) {
    for (uint32_t v = 0; v < graph->n_values; v++) {
        if (graph->values[v].quantization.n > 0) return true;
    }
    return false;
}

static bool wants_dump(void) {
    const char *debug = getenv("OCTET_DEBUG");
    return debug != NULL && strstr(debug, "passes") != NULL;
}

static octet_status dump(octet_context *ctx, const octet_graph *graph, const char *name) {
    octet_buffer text = {0};
    octet_status status = octet_buffer_format(ctx, &text, "after %s\n", name);
    if (status == OCTET_OK) status = octet_graph_dump(ctx, graph, &text);
    if (status == OCTET_OK) status = octet_file_write(ctx, "/dev/stderr", (octet_bytes){text.data, text.size});
    octet_buffer_free(ctx, &text);
    return status;
}

octet_status octet_passes_run(octet_context *ctx, octet_graph *graph) {
    if (octet_trained_pairs_stand(graph)) OCTET_TRY(octet_trained_pairs_replace(ctx, graph));
    if (graph->is_canonical || is_quantized(graph)) return OCTET_OK;
    OCTET_TRY(octet_graph_compact(ctx, graph));
    bool changed = true;
    for (int round = 0; changed && round < MAX_ROUNDS; round++) {
        changed = false;
        for (size_t i = 0; i < sizeof PASSES / sizeof *PASSES; i++) {
            bool here = false;
            if (PASSES[i].is_once && (round > 0 || !graph->is_traced)) continue;
            if (PASSES[i].is_for_loops && !graph->is_unrolled) continue;
            OCTET_TRY(PASSES[i].run(ctx, graph, &here));
            if (!here) continue;
            changed = true;
            OCTET_TRY(octet_graph_compact(ctx, graph));
            OCTET_TRY(octet_graph_verify(ctx, graph, PASSES[i].name));
            if (wants_dump()) OCTET_TRY(dump(ctx, graph, PASSES[i].name));
        }
    }
    graph->is_canonical = true;
    return OCTET_OK;
}
