#include "export/c/unsigned.h"

#include "kernels/ref/flip.h"
#include "lower/unsigned.h"

typedef struct unfolding {
    octet_context *ctx;
    octet_arena *arena;
    const octet_graph *from;
    const octet_step *steps;
    octet_graph *graph;
    octet_step *unfolded;
    uint32_t *origins, *places;      /* by new step; by operator: its new step */
    uint32_t *twins;                 /* by value: its int8 form, or OCTET_NONE */
    bool *has_signed, *has_unsigned; /* by value: which form has been computed */
} unfolding;

/* ---- Tensors ---- */

static octet_status add_twin(unfolding *u, uint32_t value, const octet_value *twin, uint32_t *out) {
    u->twins[value] = *out = u->graph->n_values;
    u->graph->values[u->graph->n_values++] = *twin;
    u->has_signed[value] = twin->data != NULL;
    return OCTET_OK;
}

/* The int8 form of a uint8 tensor, made where no step has described it. */
static octet_status twin_of(unfolding *u, uint32_t value, uint32_t *out) {
    const octet_value *outer = &u->from->values[value];
    octet_value twin = *outer;
    int32_t *zero_points;
    *out = u->twins[value];
    if (*out != OCTET_NONE) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, outer->quantization.n, &zero_points));
    for (uint32_t i = 0; i < outer->quantization.n; i++) zero_points[i] = outer->quantization.zero_point[i] - 128;
    twin.type = OCTET_INT8;
    twin.quantization.zero_point = zero_points;
    if (outer->data != NULL) {
        uint8_t *turned;
        const size_t n = octet_shape_elements(&outer->shape);
        OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n, &turned));
        octet_flip_signs(outer->data, turned, n);
        twin.data = turned;
    }
    return add_twin(u, value, &twin, out);
}

static bool is_unsigned(const unfolding *u, uint32_t value) {
    return value != OCTET_NONE && u->from->values[value].type == OCTET_UINT8;
}

/* ---- Steps ---- */

static void add_step(unfolding *u, const octet_operator *op, const octet_step *step, uint32_t origin) {
    const uint32_t at = u->graph->n_operators++;
    u->graph->operators[at] = *op;
    u->unfolded[at] = *step;
    u->unfolded[at].operator_index = at;
    u->origins[at] = origin;
    if (step->absorbed != OCTET_NONE) u->unfolded[at].absorbed = u->places[step->absorbed];
    if (origin != OCTET_NONE) u->places[origin] = at;
}

/* A requantization between the two forms of a value, which only differ by 128. */
static octet_status add_turn(unfolding *u, uint32_t value, bool to_signed, const char *layer) {
    octet_quantize_params *p;
    uint32_t *ends, twin;
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, 1, &p));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, 2, &ends));
    OCTET_TRY(twin_of(u, value, &twin));
    *p = (octet_quantize_params){.scale = 1.0f,
                                 .input_zero_point = to_signed ? 128 : 0,
                                 .output_zero_point = to_signed ? 0 : 128,
                                 .multiplier = 1 << 30,
                                 .shift = 1};
    ends[0] = to_signed ? value : twin;
    ends[1] = to_signed ? twin : value;
    const octet_operator op = {
        .code = OCTET_OP_QUANTIZE, .n_inputs = 1, .n_outputs = 1, .inputs = ends, .outputs = ends + 1, .layer = layer};
    octet_step step = {
        .n_inputs = 1, .n_outputs = 1, .inputs = ends, .outputs = ends + 1, .in_place = true, .absorbed = OCTET_NONE};
    octet_step_set_quantize(&step, to_signed ? OCTET_KERNEL_requantize_u8_s8 : OCTET_KERNEL_requantize_s8_u8, p,
                            (uint32_t)octet_shape_elements(&u->from->values[value].shape));
    add_step(u, &op, &step, OCTET_NONE);
    *(to_signed ? &u->has_signed[value] : &u->has_unsigned[value]) = true;
    return OCTET_OK;
}

/* Makes sure that a value is there in the form that is wanted. */
static octet_status need(unfolding *u, uint32_t value, bool is_signed, const char *layer) {
    if (!is_unsigned(u, value)) return OCTET_OK;
    uint32_t twin;
    if (is_signed) OCTET_TRY(twin_of(u, value, &twin));
    if (is_signed ? u->has_signed[value] : u->has_unsigned[value]) return OCTET_OK;
    return add_turn(u, value, is_signed, layer);
}

/* The indices of values in int8 form where they have one. */
static octet_status rename_values(unfolding *u, const uint32_t *values, uint32_t n, uint32_t **out) {
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n, out));
    for (uint32_t i = 0; i < n; i++) {
        (*out)[i] = values[i];
        if (is_unsigned(u, values[i])) OCTET_TRY(twin_of(u, values[i], &(*out)[i]));
    }
    return OCTET_OK;
}

static octet_status rename_step(unfolding *u, octet_step *step) {
    uint32_t *inputs, *outputs;
    OCTET_TRY(rename_values(u, step->inputs, step->n_inputs, &inputs));
    OCTET_TRY(rename_values(u, step->outputs, step->n_outputs, &outputs));
    for (uint32_t i = 0; i < step->n_outputs; i++)
        if (is_unsigned(u, step->outputs[i])) u->has_signed[step->outputs[i]] = true;
    step->inputs = inputs;
    step->outputs = outputs;
    return OCTET_OK;
}

/* The step inside as_s8, with the values of the graph. */
static octet_status unfold(unfolding *u, const octet_operator *op, const octet_step *step) {
    const octet_as_s8_params *p = octet_step_params_as_s8(step);
    octet_step inner = p->inner;
    uint32_t *inputs, *outputs, twin;
    for (uint32_t i = 0; i < p->n_values; i++) {
        const uint32_t value = i < p->n_inputs ? op->inputs[i] : op->outputs[i - p->n_inputs];
        if (is_unsigned(u, value) && u->twins[value] == OCTET_NONE) OCTET_TRY(add_twin(u, value, &p->twins[i], &twin));
    }
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, inner.n_inputs, &inputs));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, inner.n_outputs, &outputs));
    for (uint32_t i = 0; i < inner.n_inputs; i++) {
        inputs[i] = inner.inputs[i] != OCTET_NONE ? op->inputs[inner.inputs[i]] : OCTET_NONE;
        OCTET_TRY(need(u, inputs[i], true, op->layer));
    }
    for (uint32_t i = 0; i < inner.n_outputs; i++) outputs[i] = op->outputs[inner.outputs[i] - p->n_inputs];
    inner.inputs = inputs;
    inner.outputs = outputs;
    OCTET_TRY(rename_step(u, &inner));
    add_step(u, op, &inner, step->operator_index);
    return OCTET_OK;
}

/* ---- Movements, which take either form ---- */

/* Whether a step moves bytes of which all are there as int8. */
static bool moves_signed(const unfolding *u, const octet_step *step) {
    const octet_kernel kernel = step->kernel;
    bool has_any = false;
    if (kernel != OCTET_KERNEL_copies && kernel != OCTET_KERNEL_max_pool_2d_u8 && kernel != OCTET_KERNEL_mirror_pad &&
        kernel != OCTET_KERNEL_gather && kernel != OCTET_KERNEL_resize_nearest &&
        kernel != OCTET_KERNEL_batch_to_space && kernel != OCTET_KERNEL_space_to_batch)
        return false;
    for (uint32_t i = 0; i < step->n_inputs; i++) {
        if (!is_unsigned(u, step->inputs[i]) || octet_value_is_constant(&u->from->values[step->inputs[i]])) continue;
        if (!u->has_signed[step->inputs[i]]) return false;
        has_any = true;
    }
    return has_any;
}

/* Parameters that hold codes. */
static octet_status turn_params(unfolding *u, octet_step *step) {
    if (step->kernel == OCTET_KERNEL_copies) {
        octet_copies_params *p;
        OCTET_TRY(OCTET_NEW(u->ctx, u->arena, 1, &p));
        *p = *octet_step_params_copies(step);
        p->value[0] ^= 0x80;
        step->params = p;
    } else if (step->kernel == OCTET_KERNEL_space_to_batch) {
        octet_batch_space_params *p;
        OCTET_TRY(OCTET_NEW(u->ctx, u->arena, 1, &p));
        *p = *octet_step_params_batch_space(step);
        p->pad[0] ^= 0x80;
        step->params = p;
    } else if (step->kernel == OCTET_KERNEL_max_pool_2d_u8) {
        octet_pool_2d_params *p;
        OCTET_TRY(OCTET_NEW(u->ctx, u->arena, 1, &p));
        *p = *octet_step_params_pool_2d(step);
        p->min -= 128;
        p->max -= 128;
        step->params = p;
        step->kernel = OCTET_KERNEL_max_pool_2d_s8;
    }
    return OCTET_OK;
}

static octet_status keep(unfolding *u, const octet_operator *op, const octet_step *step) {
    octet_step kept = *step;
    const bool is_signed = moves_signed(u, step);
    for (uint32_t i = 0; i < step->n_inputs; i++) OCTET_TRY(need(u, step->inputs[i], is_signed, op->layer));
    if (is_signed) {
        OCTET_TRY(turn_params(u, &kept));
        OCTET_TRY(rename_step(u, &kept));
    }
    for (uint32_t i = 0; i < step->n_outputs && !is_signed; i++) u->has_unsigned[step->outputs[i]] = true;
    add_step(u, op, &kept, step->operator_index);
    return OCTET_OK;
}

/* ---- The whole graph ---- */

static octet_status open(unfolding *u) {
    const uint32_t n_values = u->from->n_values, n = u->from->n_operators, n_steps = n + n_values;
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, 1, &u->graph));
    *u->graph = *u->from;
    u->graph->n_operators = 0;
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, 2 * (size_t)n_values, &u->graph->values));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n_steps, &u->graph->operators));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n_steps, &u->unfolded));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n_steps, &u->origins));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n, &u->places));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n_values, &u->twins));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n_values, &u->has_signed));
    OCTET_TRY(OCTET_NEW(u->ctx, u->arena, n_values, &u->has_unsigned));
    for (uint32_t v = 0; v < n_values; v++) {
        u->graph->values[v] = u->from->values[v];
        u->twins[v] = OCTET_NONE;
        u->has_unsigned[v] = octet_value_is_constant(&u->from->values[v]) || u->from->values[v].is_variable;
    }
    for (uint32_t i = 0; i < u->from->n_inputs; i++) u->has_unsigned[u->from->inputs[i].value] = true;
    return OCTET_OK;
}

octet_status octet_c_unfold_unsigned(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                     const octet_step *steps, octet_c_unfolded *out) {
    unfolding u = {.ctx = ctx, .arena = arena, .from = graph, .steps = steps};
    OCTET_TRY(open(&u));
    for (uint32_t s = 0; s < graph->n_operators; s++) {
        const octet_operator *op = &graph->operators[s];
        if (steps[s].kernel == OCTET_KERNEL_as_s8) OCTET_TRY(unfold(&u, op, &steps[s]));
        else OCTET_TRY(keep(&u, op, &steps[s]));
    }
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        OCTET_TRY(need(&u, graph->outputs[i].value, false, graph->outputs[i].name));
    for (uint32_t i = 0; i < graph->n_carries; i++) OCTET_TRY(need(&u, graph->carries[i].value, false, graph->name));
    *out = (octet_c_unfolded){.graph = u.graph, .steps = u.unfolded, .origins = u.origins};
    return OCTET_OK;
}
