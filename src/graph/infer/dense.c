#include "graph/infer/check.h"
#include "graph/infer/families.h"

/* [..., K] times [O,K]: [..., O] with keep_num_dims, else [R,O] where R is what remains after rows of K. */
static octet_status infer_fully_connected(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                          octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 3, 1));
    const octet_value *input = octet_graph_input(graph, op, 0), *weights = octet_graph_input(graph, op, 1);
    char text[OCTET_SHAPE_TEXT_SIZE], text_weights[OCTET_SHAPE_TEXT_SIZE];
    const size_t n_elements = octet_shape_elements(&input->shape);
    OCTET_CHECK(ctx,
                weights->shape.rank == 2 && octet_shape_elements(&weights->shape) > 0 && n_elements > 0 &&
                    input->shape.rank >= 1,
                OCTET_MODEL, "%s: FULLY_CONNECTED of input %s and weights %s, it takes [...,K] and [O,K]", op->layer,
                octet_shape_text(&input->shape, text), octet_shape_text(&weights->shape, text_weights));
    const int32_t channels = weights->shape.dims[0], depth = weights->shape.dims[1];
    octet_shape shape = {2, {0}};
    if (op->options.fully_connected.keep_num_dims) {
        shape = input->shape;
        OCTET_CHECK(ctx, shape.dims[shape.rank - 1] == depth, OCTET_MODEL,
                    "%s: FULLY_CONNECTED of input %s and weights %s", op->layer, octet_shape_text(&input->shape, text),
                    octet_shape_text(&weights->shape, text_weights));
        shape.dims[shape.rank - 1] = channels;
    } else {
        OCTET_CHECK(ctx, n_elements % (size_t)depth == 0, OCTET_MODEL,
                    "%s: FULLY_CONNECTED of input %s, which is no rows of %d", op->layer,
                    octet_shape_text(&input->shape, text), depth);
        shape.dims[0] = (int32_t)(n_elements / (size_t)depth);
        shape.dims[1] = channels;
    }
    const octet_value *bias = octet_graph_input(graph, op, 2);
    OCTET_CHECK(ctx, bias == NULL || octet_shape_elements(&bias->shape) == (size_t)channels, OCTET_MODEL,
                "%s: FULLY_CONNECTED: the bias has %zu elements, the output %d channels", op->layer,
                bias != NULL ? octet_shape_elements(&bias->shape) : 0, channels);
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_batch_matmul(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                       octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 2, 1));
    const octet_value *a = octet_graph_input(graph, op, 0), *b = octet_graph_input(graph, op, 1);
    OCTET_CHECK(ctx, a->shape.rank >= 2 && b->shape.rank >= 2, OCTET_MODEL,
                "%s: BATCH_MATMUL of ranks %d and %d, it takes 2 and more", op->layer, a->shape.rank, b->shape.rank);
    octet_shape batch_a = a->shape, batch_b = b->shape, shape;
    batch_a.rank -= 2;
    batch_b.rank -= 2;
    OCTET_TRY(octet_infer_check_broadcast(ctx, op, &batch_a, &batch_b, &shape));
    const int32_t *da = a->shape.dims + batch_a.rank, *db = b->shape.dims + batch_b.rank;
    const bool adj_x = op->options.batch_matmul.adj_x, adj_y = op->options.batch_matmul.adj_y;
    char text_a[OCTET_SHAPE_TEXT_SIZE], text_b[OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(ctx, da[!adj_x] == db[adj_y], OCTET_MODEL, "%s: BATCH_MATMUL of %s%s and %s%s: the inner sizes differ",
                op->layer, octet_shape_text(&a->shape, text_a), adj_x ? " transposed" : "",
                octet_shape_text(&b->shape, text_b), adj_y ? " transposed" : "");
    shape.dims[shape.rank++] = da[adj_x];
    shape.dims[shape.rank++] = db[!adj_y];
    return octet_infer_check_result(ctx, op, a->type, &shape, out);
}

octet_status octet_infer_dense(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                               octet_inferred *out) {
    if (op->code == OCTET_OP_FULLY_CONNECTED) return infer_fully_connected(ctx, graph, op, out);
    if (op->code == OCTET_OP_BATCH_MATMUL) return infer_batch_matmul(ctx, graph, op, out);
    return octet_infer_unknown(ctx, op);
}
