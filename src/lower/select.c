#include "lower/check.h"
#include "lower/families.h"

octet_status octet_bind_select(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *condition, *x, *y;
    OCTET_TRY(octet_bind_input(binder, op, 0, &condition));
    OCTET_TRY(octet_bind_input(binder, op, 1, &x));
    OCTET_TRY(octet_bind_input(binder, op, 2, &y));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    OCTET_TRY(octet_bind_check_moved(binder, op, x, output));
    OCTET_TRY(octet_bind_check_moved(binder, op, y, output));
    /* SELECT takes a vector for the first axis: it then broadcasts as [n,1,...,1]. */
    octet_shape chosen = condition->shape;
    if (op->code == OCTET_OP_SELECT && chosen.rank == 1) {
        chosen.rank = output->shape.rank;
        for (int32_t i = 1; i < chosen.rank; i++) chosen.dims[i] = 1;
    }
    if (op->code != OCTET_OP_SELECT && op->code != OCTET_OP_SELECT_V2) return octet_bind_unsupported(binder, op);
    octet_broadcast_params *walk;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &walk));
    const octet_broadcast_shape shapes[3] = {
        {chosen.rank, chosen.dims}, {x->shape.rank, x->shape.dims}, {y->shape.rank, y->shape.dims}};
    const uint32_t n_units =
        octet_broadcast_prepare(walk, (octet_broadcast_shape){output->shape.rank, output->shape.dims}, shapes, 3);
    walk->element_size[0] = 1;
    walk->element_size[1] = walk->element_size[2] = walk->out_size = octet_type_size(output->type);
    octet_step_set_select(step, OCTET_KERNEL_select, walk, n_units);
    return OCTET_OK;
}
