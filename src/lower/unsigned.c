#include "lower/unsigned.h"

#include <assert.h>

enum {
    MOST_VALUES = 8,
    BLOCK = 1 << 14
}; /* operands and result of the operators in question; bytes of a unit of turning */

typedef struct turned {
    uint32_t value;       /* of the graph, or OCTET_NONE: `constant` */
    const void *constant; /* turned when it was bound */
    size_t size;   /* bytes to turn before (an operand) or after the inner step (the result); 0: taken as it is */
    size_t offset; /* of a turned operand in the shared memory */
} turned;

typedef struct unsigned_step {
    octet_step inner;
    uint32_t inner_shared; /* where the inner step's shared memory begins */
    uint32_t n_values, n_inputs;
    turned values[MOST_VALUES]; /* by value of the inner step: operands, then the result */
} unsigned_step;

bool octet_bind_has_unsigned(const octet_graph *graph, const octet_operator *op) {
    bool found = false;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *input = octet_graph_input(graph, op, i);
        found = found || (input && input->type == OCTET_UINT8);
    }
    for (uint32_t i = 0; i < op->n_outputs; i++) found = found || octet_graph_output(graph, op, i)->type == OCTET_UINT8;
    return found;
}

/* x - 128 of a byte and back are one operation. */
static void turn(const uint8_t *in, uint8_t *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = in[i] ^ 0x80;
}

static uint32_t blocks_of(const turned *t) { return (uint32_t)((t->size + BLOCK - 1) / BLOCK); }

/* Units [begin, end) of blocks of the operands, one after the other, or of the result, in place. */
static void turn_units(const unsigned_step *u, const octet_frame *frame, bool result, uint32_t begin, uint32_t end) {
    uint32_t first = 0;
    for (uint32_t i = result ? u->n_inputs : 0; i < (result ? u->n_values : u->n_inputs); i++) {
        const turned *t = &u->values[i];
        const uint32_t last = first + blocks_of(t);
        for (uint32_t unit = begin > first ? begin : first; unit < end && unit < last; unit++) {
            const size_t at = (size_t)(unit - first) * BLOCK;
            uint8_t *value = (uint8_t *)frame->values[t->value] + at,
                    *to = result ? value : (uint8_t *)frame->shared + t->offset + at;
            turn(value, to, t->size - at < BLOCK ? t->size - at : BLOCK);
        }
        first = last;
    }
}

static void run(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    const unsigned_step *u = step->params;
    if (phase == 0 || phase == step->n_phases - 1) {
        turn_units(u, frame, phase > 0, begin, end);
        return;
    }
    void *values[MOST_VALUES];
    for (uint32_t i = 0; i < u->n_values; i++) {
        const turned *t = &u->values[i];
        const bool copied = i < u->n_inputs && t->size > 0;
        values[i] = t->value == OCTET_NONE ? (void *)(uintptr_t)t->constant
                    : copied               ? (uint8_t *)frame->shared + t->offset
                                           : frame->values[t->value];
    }
    const octet_frame inner = {
        .values = values, .shared = (uint8_t *)frame->shared + u->inner_shared, .scratch = frame->scratch};
    u->inner.run(&u->inner, &inner, phase - 1, begin, end);
}

/* The int8 twin of a value. Its quantization: zero points 128 less. */
static octet_status make_twin(octet_binder *binder, uint32_t value, bool is_result, octet_value *twin, turned *out) {
    *twin = binder->graph->values[value];
    *out = (turned){.value = value};
    twin->producer = OCTET_NONE;
    twin->n_uses = 1;
    if (twin->type != OCTET_UINT8) return OCTET_OK;
    const size_t n = octet_shape_elements(&twin->shape);
    twin->type = OCTET_INT8;
    int32_t *zero_points;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, twin->quantization.n, &zero_points));
    for (uint32_t i = 0; i < twin->quantization.n; i++) zero_points[i] = twin->quantization.zero_point[i] - 128;
    twin->quantization.zero_point = zero_points;
    if (!twin->data) {
        out->size = n;
        return OCTET_OK;
    }
    assert(!is_result);
    (void)is_result;
    uint8_t *constant;
    OCTET_TRY(
        octet_arena_allocate(binder->ctx, binder->arena, n + OCTET_ALIGNMENT, OCTET_ALIGNMENT, (void **)&constant));
    turn(twin->data, constant, n);
    twin->data = out->constant = constant;
    out->value = OCTET_NONE;
    return OCTET_OK;
}

/* Turned operands lie one after the other before the inner step's shared memory. */
static octet_status place(octet_binder *binder, const octet_operator *op, unsigned_step *u, octet_step *step) {
    size_t end = 0;
    for (uint32_t i = 0; i < u->n_inputs; i++) {
        u->values[i].offset = end;
        const bool fits = octet_align_size(end + u->values[i].size + OCTET_ALIGNMENT, OCTET_ALIGNMENT, &end);
        OCTET_CHECK(binder->ctx, fits && end <= UINT32_MAX, OCTET_LIMIT, "%s: %s of uint8 tensors that are too large",
                    op->layer, octet_operator_name(op->code));
        step->n_units[0] += blocks_of(&u->values[i]);
    }
    u->inner_shared = (uint32_t)end;
    step->shared_bytes = end + u->inner.shared_bytes;
    step->scratch_bytes = u->inner.scratch_bytes;
    return OCTET_OK;
}

octet_status octet_bind_unsigned(octet_binder *binder, const octet_operator *op, octet_bind_function *bind,
                                 octet_step *step) {
    const bool as_they_stand =
        op->code == OCTET_OP_FLOOR_DIV || op->code == OCTET_OP_FLOOR_MOD || op->code == OCTET_OP_NEG;
    if (as_they_stand || op->n_inputs + op->n_outputs > MOST_VALUES) return octet_bind_unsupported(binder, op);
    unsigned_step *u;
    octet_value *twins;
    uint32_t *indices;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &u));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, MOST_VALUES, &twins));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, MOST_VALUES, &indices));
    u->n_inputs = op->n_inputs;
    u->n_values = op->n_inputs + op->n_outputs;
    for (uint32_t i = 0; i < u->n_values; i++) {
        const bool is_result = i >= op->n_inputs;
        const uint32_t value = is_result ? op->outputs[i - op->n_inputs] : op->inputs[i];
        indices[i] = value == OCTET_NONE ? OCTET_NONE : i;
        u->values[i].value = OCTET_NONE;
        if (value != OCTET_NONE) OCTET_TRY(make_twin(binder, value, is_result, &twins[i], &u->values[i]));
    }
    octet_graph graph = {.source = binder->graph->source, .values = twins, .n_values = u->n_values};
    octet_operator twin = *op;
    twin.inputs = indices;
    twin.outputs = indices + op->n_inputs;
    octet_binder inner = *binder;
    inner.graph = &graph;
    inner.is_unsigned = true;
    inner.numerics = OCTET_NUMERICS_INTEGER;
    u->inner = (octet_step){.operator_index = step->operator_index,
                            .n_inputs = op->n_inputs,
                            .n_outputs = op->n_outputs,
                            .inputs = twin.inputs,
                            .outputs = twin.outputs,
                            .absorbed = OCTET_NONE};
    OCTET_TRY(bind(&inner, &twin, &u->inner));
    octet_step_set(step, run, u, 0, u->inner.variant);
    step->n_phases = u->inner.n_phases + 2;
    for (uint32_t i = 0; i < u->inner.n_phases; i++) step->n_units[i + 1] = u->inner.n_units[i];
    step->n_units[step->n_phases - 1] = 0;
    for (uint32_t i = u->n_inputs; i < u->n_values; i++) step->n_units[step->n_phases - 1] += blocks_of(&u->values[i]);
    return place(binder, op, u, step);
}
