#include "kernels/ref/select.h"
#include "lower/check.h"
#include "lower/families.h"

typedef struct select_step {
    octet_broadcast_params walk;
    octet_broadcast_row *row;
} select_step;

static void run_select(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const select_step *s = step->params;
    const void *const in[3] = {octet_step_input(step, frame, 0), octet_step_input(step, frame, 1),
                               octet_step_input(step, frame, 2)};
    octet_broadcast_walk(&s->walk, s->row, NULL, in, octet_step_output(step, frame, 0), begin, end);
}

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
    select_step *s;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &s));
    const octet_broadcast_shape shapes[3] = {
        {chosen.rank, chosen.dims}, {x->shape.rank, x->shape.dims}, {y->shape.rank, y->shape.dims}};
    const uint32_t n_units =
        octet_broadcast_prepare(&s->walk, (octet_broadcast_shape){output->shape.rank, output->shape.dims}, shapes, 3);
    s->walk.element_size[0] = 1;
    s->walk.element_size[1] = s->walk.element_size[2] = s->walk.out_size = octet_type_size(output->type);
    s->row = octet_select_row_ref(s->walk.out_size);
    octet_step_set(step, run_select, s, n_units, "ref");
    return OCTET_OK;
}
