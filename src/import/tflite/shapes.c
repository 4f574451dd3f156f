/* Converters write shapes that depend on the batch as operators on small integers: SHAPE, STRIDED_SLICE, PACK, RESHAPE.
 * With the batch fixed all of these are known, and become constants here, so that a graph has static shapes only.
 * So do the counters of loops, and the comparisons that end them. */
#include "graph/constant.h"
#include "graph/fold.h"
#include "import/tflite/source.h"

enum { MAX_ELEMENTS = 64 }; /* of a shape, with room to spare */

octet_status octet_tflite_fold_shape(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *folded) {
    octet_folding folding = OCTET_FOLDING_UNKNOWN;
    bool is_whole = true;
    *folded = false;
    for (uint32_t i = 0; i < op->n_outputs; i++)
        is_whole = is_whole && octet_constant_is_whole(octet_graph_output(graph, op, i)->type);
    if (!is_whole) return OCTET_OK;
    OCTET_TRY(octet_fold_outputs(ctx, graph, op, MAX_ELEMENTS, &folding));
    *folded = folding == OCTET_FOLDING_KNOWN;
    return OCTET_OK;
}
