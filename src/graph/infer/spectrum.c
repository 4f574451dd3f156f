#include "graph/infer/check.h"
#include "graph/infer/families.h"

static bool is_power_of_two(int32_t n) { return n > 0 && (n & (n - 1)) == 0 && n <= 1 << 24; }

/* The last two axes become those of the half spectrum. */
static octet_status infer_rfft(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                               octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 2, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    int32_t lengths[2] = {0}, n = 0;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, 2, lengths, &n));
    OCTET_CHECK(ctx, input->type == OCTET_FLOAT32 && input->shape.rank >= 2 && n == 2, OCTET_MODEL,
                "%s: RFFT2D takes float32 of rank 2 and more, and two lengths", op->layer);
    OCTET_CHECK(ctx, is_power_of_two(lengths[0]) && is_power_of_two(lengths[1]), OCTET_MODEL,
                "%s: RFFT2D of lengths %d and %d, which must be powers of two up to 2^24", op->layer, lengths[0],
                lengths[1]);
    octet_shape shape = input->shape;
    shape.dims[shape.rank - 2] = lengths[0];
    shape.dims[shape.rank - 1] = lengths[1] / 2 + 1;
    return octet_infer_check_result(ctx, op, OCTET_COMPLEX64, &shape, out);
}

octet_status octet_infer_spectrum(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  octet_inferred *out) {
    if (op->code == OCTET_OP_RFFT2D) return infer_rfft(ctx, graph, op, out);
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    OCTET_CHECK(ctx, input->type == OCTET_COMPLEX64, OCTET_MODEL, "%s: %s of %s, it takes complex64", op->layer,
                octet_operator_name(op->code), octet_type_name(input->type));
    return octet_infer_check_result(ctx, op, OCTET_FLOAT32, &input->shape, out);
}
