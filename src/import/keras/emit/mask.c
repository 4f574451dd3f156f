#include "import/keras/emit/mask.h"

uint32_t octet_keras_mask_of(const octet_keras_call *call, uint32_t value) {
    return value < call->masks->n ? call->masks->of[value] : OCTET_NONE;
}

octet_status octet_keras_mask_set(octet_keras_call *call, uint32_t value, uint32_t mask) {
    octet_keras_masks *masks = call->masks;
    if (mask == OCTET_NONE) return OCTET_OK;
    if (value >= masks->n) {
        const uint32_t n = value + value / 2 + 64;
        uint32_t *of = NULL;
        OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &of));
        for (uint32_t i = 0; i < n; i++) of[i] = i < masks->n ? masks->of[i] : OCTET_NONE;
        *masks = (octet_keras_masks){of, n};
    }
    masks->of[value] = mask;
    return OCTET_OK;
}

/* Keras 3 writes the mask that it derived as operations of the file, and names the last one as an argument. */
static bool is_derived(const octet_keras_call *call, uint32_t mask) {
    const uint32_t producer = call->graph->values[mask].producer;
    if (producer == OCTET_NONE) return false;
    const octet_operator_code code = call->graph->operators[producer].code;
    return code == OCTET_OP_NOT_EQUAL || code == OCTET_OP_REDUCE_ANY || code == OCTET_OP_LOGICAL_AND ||
           code == OCTET_OP_LOGICAL_OR;
}

uint32_t octet_keras_mask(const octet_keras_call *call) {
    const uint32_t own = call->n_inputs > 0 ? octet_keras_mask_of(call, call->inputs[0]) : OCTET_NONE;
    if (call->mask == OCTET_NONE) return own;
    return own != OCTET_NONE && is_derived(call, call->mask) ? own : call->mask;
}

octet_status octet_keras_refuse_mask(octet_keras_call *call) {
    bool is_masked = call->mask != OCTET_NONE;
    for (uint32_t i = 0; i < call->n_inputs; i++)
        is_masked = is_masked || octet_keras_mask_of(call, call->inputs[i]) != OCTET_NONE;
    if (!is_masked) return OCTET_OK;
    return octet_keras_refuse(
        call, "reads a sequence with a mask (of an Embedding with mask_zero, or a Masking), which it does not heed "
              "in octet; train without the mask");
}

/* A mask of which every step counts, for a sequence without one. */
static octet_status mask_of_ones(octet_keras_call *call, uint32_t value, uint32_t *out) {
    const octet_shape shape = {2, {octet_keras_shape(call, value)->dims[0], octet_keras_shape(call, value)->dims[1]}};
    const size_t n = octet_shape_elements(&shape);
    bool *ones = NULL;
    const char *name = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &ones));
    for (size_t i = 0; i < n; i++) ones[i] = true;
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/ones_like", call->path));
    return octet_graph_add_constant(call->ctx, call->graph, name, OCTET_BOOL, &shape, ones, out);
}

/* A Concatenate along the steps joins the masks as it joins the sequences. */
static octet_status join_masks(octet_keras_call *call) {
    uint32_t masks[OCTET_KERAS_MAX_INPUTS], mask;
    for (uint32_t i = 0; i < call->n_inputs; i++) {
        masks[i] = octet_keras_mask_of(call, call->inputs[i]);
        if (masks[i] == OCTET_NONE) OCTET_TRY(mask_of_ones(call, call->inputs[i], &masks[i]));
    }
    OCTET_TRY(octet_keras_concatenate(call, "concat_masks", masks, call->n_inputs, 1, &mask));
    return octet_keras_mask_set(call, call->outputs[0], mask);
}

/* Sequences put together step by step. Keras 2: a step counts where all masks that there are say so; Keras 3: where one
 * does, and anywhere when a sequence has none. */
static octet_status merge_masks(octet_keras_call *call) {
    const bool is_any = call->keras_version >= 3;
    const octet_operator_code code = is_any ? OCTET_OP_LOGICAL_OR : OCTET_OP_LOGICAL_AND;
    uint32_t mask = OCTET_NONE, n_masks = 0;
    for (uint32_t i = 0; i < call->n_inputs; i++) n_masks += octet_keras_mask_of(call, call->inputs[i]) != OCTET_NONE;
    if (n_masks == 0) return OCTET_OK;
    const octet_shape *in = octet_keras_shape(call, call->inputs[0]), *out = octet_keras_shape(call, call->outputs[0]);
    if (out->rank < 2 || in->rank != out->rank)
        return octet_keras_refuse(call, "joins sequences with masks and others of another rank");
    if (in->dims[1] != out->dims[1]) return join_masks(call);
    if (is_any && n_masks < call->n_inputs) return OCTET_OK;
    for (uint32_t i = 0; i < call->n_inputs; i++) {
        const uint32_t own = octet_keras_mask_of(call, call->inputs[i]);
        if (own == OCTET_NONE || own == mask) continue;
        if (mask == OCTET_NONE) mask = own;
        else OCTET_TRY(octet_keras_binary(call, code, is_any ? "LogicalOr" : "LogicalAnd", mask, own, &mask));
    }
    return octet_keras_mask_set(call, call->outputs[0], mask);
}

octet_status octet_keras_mask_pass(octet_keras_call *call) {
    const octet_keras_mask_rule rule = call->layer->class->mask;
    if (call->masks->n == 0 || call->n_inputs == 0 || call->n_outputs != 1) return OCTET_OK;
    if (rule == OCTET_KERAS_MASK_PASSED)
        return octet_keras_mask_set(call, call->outputs[0], octet_keras_mask_of(call, call->inputs[0]));
    return rule == OCTET_KERAS_MASK_MERGED ? merge_masks(call) : OCTET_OK;
}

octet_status octet_keras_mask_numbers(octet_keras_call *call, uint32_t mask, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, mask);
    OCTET_TRY(octet_keras_cast(call, mask, OCTET_FLOAT32, out));
    return octet_keras_reshape(call, "ExpandDims", *out, 3, (const int32_t[]){shape.dims[0], shape.dims[1], 1}, out);
}
