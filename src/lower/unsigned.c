#include "lower/unsigned.h"

#include "kernels/ref/flip.h"

bool octet_bind_has_unsigned(const octet_graph *graph, const octet_operator *op) {
    bool found = false;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *input = octet_graph_input(graph, op, i);
        found = found || (input != NULL && input->type == OCTET_UINT8);
    }
    for (uint32_t i = 0; i < op->n_outputs; i++) found = found || octet_graph_output(graph, op, i)->type == OCTET_UINT8;
    return found;
}

/* The int8 twin of a value. Its quantization: zero points 128 less. */
static octet_status make_twin(octet_binder *binder, uint32_t value, bool is_result, octet_value *twin,
                              octet_turned *out) {
    *twin = binder->graph->values[value];
    *out = (octet_turned){.value = value};
    twin->producer = OCTET_NONE;
    twin->n_uses = 1;
    if (twin->type != OCTET_UINT8) return OCTET_OK;
    const size_t n = octet_shape_elements(&twin->shape);
    twin->type = OCTET_INT8;
    int32_t *zero_points;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, twin->quantization.n, &zero_points));
    for (uint32_t i = 0; i < twin->quantization.n; i++) zero_points[i] = twin->quantization.zero_point[i] - 128;
    twin->quantization.zero_point = zero_points;
    if (twin->data == NULL) {
        out->n_turned = n;
        return OCTET_OK;
    }
    assert(!is_result);
    (void)is_result;
    uint8_t *constant;
    OCTET_TRY(
        octet_arena_allocate(binder->ctx, binder->arena, n + OCTET_ALIGNMENT, OCTET_ALIGNMENT, (void **)&constant));
    octet_flip_signs(twin->data, constant, n);
    twin->data = out->constant = constant;
    out->value = OCTET_NONE;
    return OCTET_OK;
}

static octet_status make_twins(octet_binder *binder, const octet_operator *op, octet_value *twins, uint32_t *indices,
                               octet_as_s8_params *p) {
    for (uint32_t i = 0; i < p->n_values; i++) {
        const bool is_result = i >= p->n_inputs;
        const uint32_t value = is_result ? op->outputs[i - p->n_inputs] : op->inputs[i];
        indices[i] = value == OCTET_NONE ? OCTET_NONE : i;
        p->values[i].value = OCTET_NONE;
        if (value != OCTET_NONE) OCTET_TRY(make_twin(binder, value, is_result, &twins[i], &p->values[i]));
    }
    return OCTET_OK;
}

/* Turned operands lie one after the other before the inner step's shared memory. */
static octet_status place(octet_binder *binder, const octet_operator *op, octet_as_s8_params *p) {
    size_t end = 0;
    for (uint32_t i = 0; i < p->n_inputs; i++) {
        p->values[i].offset = end;
        const bool fits = octet_align_size(end + p->values[i].n_turned + OCTET_ALIGNMENT, OCTET_ALIGNMENT, &end);
        OCTET_CHECK(binder->ctx, fits && end <= UINT32_MAX, OCTET_LIMIT, "%s: %s of uint8 tensors that are too large",
                    op->layer, octet_operator_name(op->code));
    }
    p->inner_shared = (uint32_t)end;
    return OCTET_OK;
}

octet_work octet_as_s8_work(const octet_as_s8_params *p, const octet_work *inner) {
    octet_work work = {.n_phases = inner->n_phases + 2,
                       .shared_bytes = p->inner_shared + inner->shared_bytes,
                       .scratch_bytes = inner->scratch_bytes};
    for (uint32_t i = 0; i < inner->n_phases; i++) work.n_units[i + 1] = inner->n_units[i];
    for (uint32_t i = 0; i < p->n_values; i++)
        work.n_units[i < p->n_inputs ? 0 : work.n_phases - 1] += octet_as_s8_blocks(&p->values[i]);
    return work;
}

octet_status octet_bind_unsigned(octet_binder *binder, const octet_operator *op, octet_bind_function *bind,
                                 octet_step *step) {
    const bool as_they_stand =
        op->code == OCTET_OP_FLOOR_DIV || op->code == OCTET_OP_FLOOR_MOD || op->code == OCTET_OP_NEG;
    if (as_they_stand || op->n_inputs + op->n_outputs > OCTET_AS_S8_VALUES) return octet_bind_unsupported(binder, op);
    octet_as_s8_params *p;
    octet_value *twins;
    uint32_t *indices;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, OCTET_AS_S8_VALUES, &twins));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, OCTET_AS_S8_VALUES, &indices));
    p->twins = twins;
    p->n_inputs = op->n_inputs;
    p->n_values = op->n_inputs + op->n_outputs;
    OCTET_TRY(make_twins(binder, op, twins, indices, p));
    octet_graph graph = {.source = binder->graph->source, .values = twins, .n_values = p->n_values};
    octet_operator twin = *op;
    twin.inputs = indices;
    twin.outputs = indices + op->n_inputs;
    octet_binder inner = *binder;
    inner.graph = &graph;
    inner.is_unsigned = true;
    if (inner.options.numerics == OCTET_NUMERICS_LITERT) inner.options.numerics = OCTET_NUMERICS_INTEGER;
    p->inner = (octet_step){.operator_index = step->operator_index,
                            .n_inputs = op->n_inputs,
                            .n_outputs = op->n_outputs,
                            .inputs = twin.inputs,
                            .outputs = twin.outputs,
                            .absorbed = OCTET_NONE};
    OCTET_TRY(bind(&inner, &twin, &p->inner));
    OCTET_TRY(place(binder, op, p));
    octet_step_set_as_s8(step, OCTET_KERNEL_as_s8, p, 0);
    step->work = octet_as_s8_work(p, &p->inner.work);
    return OCTET_OK;
}
