#include "kernels/ref/suppression.h"
#include "lower/families.h"

octet_status octet_bind_suppression(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *boxes = octet_graph_input(binder->graph, op, 0);
    const bool is_soft = op->code == OCTET_OP_NON_MAX_SUPPRESSION_V5;
    if (!is_soft && op->code != OCTET_OP_NON_MAX_SUPPRESSION_V4) return octet_bind_unsupported(binder, op);
    if (boxes->type != OCTET_FLOAT32 || octet_graph_input(binder->graph, op, 1)->type != OCTET_FLOAT32)
        return octet_bind_unsupported(binder, op);
    octet_suppression_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_suppression_params){.n_boxes = boxes->shape.dims[0],
                                    .most = octet_graph_output(binder->graph, op, 0)->shape.dims[0]};
    octet_step_set_suppression(step, is_soft ? OCTET_KERNEL_soft_suppression : OCTET_KERNEL_suppression, p, 1);
    step->work.shared_bytes = octet_suppression_bytes(p);
    return OCTET_OK;
}
