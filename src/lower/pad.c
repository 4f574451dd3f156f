#include "lower/pad.h"

#include <string.h>

#include "graph/infer/infer.h"
#include "kernels/ref/conv.h"

/* int8: padding is the zero point, which adds nothing to a sum. */
static bool zeros_are_neutral(const octet_weighted *w, octet_weighted_kind kind) {
    if (kind == OCTET_WEIGHTED_S8) return true;
    if (kind != OCTET_WEIGHTED_F32 || w->weights->data == NULL || (w->bias != NULL && w->bias->data == NULL))
        return false;
    return octet_conv_zeros_are_neutral((const float *)w->weights->data, octet_shape_elements(&w->weights->shape),
                                        w->bias != NULL ? (const float *)w->bias->data : NULL, (size_t)w->channels);
}

octet_status octet_bind_absorbed_pad(octet_binder *binder, const octet_operator *op, octet_padding padding,
                                     const octet_weighted *w, octet_weighted_kind kind, octet_step *step,
                                     octet_absorbed_pad *out) {
    const octet_graph *graph = binder->graph;
    *out = (octet_absorbed_pad){.input = w->input};
    if (!binder->options.absorb_pads || binder->options.float_order != OCTET_FLOAT_ORDER_FMA ||
        padding != OCTET_PADDING_VALID)
        return OCTET_OK;
    if (w->input->n_uses != 1 || w->input->producer == OCTET_NONE) return OCTET_OK;
    const octet_operator *pad = &graph->operators[w->input->producer];
    if (pad->code != OCTET_OP_PAD || !zeros_are_neutral(w, kind)) return OCTET_OK;
    const octet_value *input = octet_graph_input(graph, pad, 0);
    int32_t amounts[8], n;
    if (input->data != NULL || input->shape.rank != 4) return OCTET_OK;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, graph, pad, 1, 8, amounts, &n));
    if (amounts[0] || amounts[1] || amounts[6] || amounts[7]) return OCTET_OK;
    uint32_t *inputs;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, op->n_inputs, &inputs));
    memcpy(inputs, op->inputs, op->n_inputs * sizeof *inputs);
    inputs[0] = pad->inputs[0];
    step->inputs = inputs;
    step->absorbed = w->input->producer;
    *out = (octet_absorbed_pad){input, amounts[2], amounts[4]};
    return OCTET_OK;
}
