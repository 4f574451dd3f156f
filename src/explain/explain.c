#include "explain/explain.h"

#include <inttypes.h>
#include <string.h>

#include "explain/explainer.h"
#include "kernels/ref/flip.h"
#include "lower/lower.h"
#include "lower/unsigned.h"

/* ---- What families see ---- */

const octet_value *octet_explainer_operand(const octet_explainer *e, uint32_t i) {
    return i < e->step->n_inputs && e->step->inputs[i] != OCTET_NONE ? &e->values[e->step->inputs[i]] : NULL;
}

const void *octet_explainer_data(const octet_explainer *e, uint32_t i) {
    return i < e->step->n_inputs && e->step->inputs[i] != OCTET_NONE ? e->data[e->step->inputs[i]] : NULL;
}

uint32_t octet_explainer_number(const octet_explainer *e, uint32_t i) {
    return e->numbers != NULL ? e->numbers[e->step->inputs[i]] : e->step->inputs[i];
}

const octet_value *octet_explainer_result(const octet_explainer *e) { return &e->values[e->step->outputs[e->output]]; }

bool octet_explainer_refuse_float(const octet_explainer *e, const octet_value *value) {
    if (value->type == OCTET_FLOAT32) octet_derivation_refuse(e->d, "its kernel computes with float32");
    return value->type == OCTET_FLOAT32;
}

int64_t octet_explain_code(octet_type type, const void *data, size_t element) {
    switch (type) {
    case OCTET_INT8: return ((const int8_t *)data)[element];
    case OCTET_UINT8:
    case OCTET_BOOL: return ((const uint8_t *)data)[element];
    case OCTET_INT16: return ((const int16_t *)data)[element];
    case OCTET_INT32: return ((const int32_t *)data)[element];
    case OCTET_INT64: return ((const int64_t *)data)[element];
    case OCTET_FLOAT32:
    case OCTET_FLOAT16:
    case OCTET_COMPLEX64:
    case OCTET_N_TYPES: break;
    }
    return 0;
}

double octet_explain_real(const octet_value *value, const void *data, size_t element, uint32_t channel) {
    const octet_quantization *q = &value->quantization;
    if (value->type == OCTET_FLOAT32) return (double)((const float *)data)[element];
    const int64_t code = octet_explain_code(value->type, data, element);
    if (q->n == 0) return (double)code;
    const uint32_t i = q->n > 1 ? channel : 0;
    return (double)q->scale[i] * (double)(code - q->zero_point[i]);
}

/* "weights" of "input weights bias"; the last name of a list that ends in "..." stands for all. */
static const char *role_of(octet_derivation *d, octet_kernel kernel, uint32_t operand) {
    const char *name = octet_kernel_operands(kernel), *kept = "";
    for (uint32_t i = 0; i < operand && name[strcspn(name, " ")] != '\0'; i++) name += strcspn(name, " ") + 1;
    if (d->status == OCTET_OK)
        d->status = octet_arena_format(d->ctx, d->arena, &kept, "%.*s", (int)strcspn(name, " ."), name);
    return kept;
}

void octet_explainer_list_operands(const octet_explainer *e, uint32_t channel) {
    octet_derivation *d = e->d;
    for (uint32_t i = 0; i < e->step->n_inputs && d->n_operands < OCTET_DERIVATION_OPERANDS; i++) {
        const octet_value *value = octet_explainer_operand(e, i);
        if (value == NULL) continue;
        octet_derivation_operand *operand = &d->operands[d->n_operands++];
        *operand = (octet_derivation_operand){.role = role_of(d, e->step->kernel, i),
                                              .value = octet_explainer_number(e, i),
                                              .has_scale = value->quantization.n > 0};
        if (!operand->has_scale) continue;
        const uint32_t at = value->quantization.n > 1 ? channel : 0;
        if (at >= value->quantization.n) operand->has_scale = false;
        else operand->scale = (double)value->quantization.scale[at];
        if (operand->has_scale) operand->zero_point = value->quantization.zero_point[at];
    }
}

/* ---- Which family ---- */

static void explain_step(const octet_explainer *e);

/* An int8 step around which uint8 tensors are turned: its operands are turned here too. */
static void explain_as_s8(const octet_explainer *e) {
    octet_derivation *d = e->d;
    const octet_as_s8_params *p = octet_step_params_as_s8(e->step);
    const void **data;
    uint32_t *numbers;
    if (d->status == OCTET_OK) d->status = OCTET_NEW(d->ctx, d->arena, OCTET_AS_S8_VALUES, &data);
    if (d->status == OCTET_OK) d->status = OCTET_NEW(d->ctx, d->arena, OCTET_AS_S8_VALUES, &numbers);
    if (d->status != OCTET_OK) return;
    for (uint32_t i = 0; i < p->n_values; i++) {
        const octet_turned *turned = &p->values[i];
        const uint32_t outer = i < p->n_inputs ? e->step->inputs[i] : e->step->outputs[i - p->n_inputs];
        uint8_t *copy;
        numbers[i] = outer;
        if (outer == OCTET_NONE) continue;
        data[i] = turned->value == OCTET_NONE ? turned->constant : e->data[outer];
        if (turned->n_turned == 0 || i >= p->n_inputs) continue;
        if (d->status == OCTET_OK) d->status = OCTET_NEW(d->ctx, d->arena, turned->n_turned, &copy);
        if (d->status != OCTET_OK) return;
        octet_flip_signs(e->data[outer], copy, turned->n_turned);
        data[i] = copy;
    }
    const octet_explainer inner = {.d = d,
                                   .op = e->op,
                                   .step = &p->inner,
                                   .values = p->twins,
                                   .data = data,
                                   .numbers = numbers,
                                   .output = e->output,
                                   .element = e->element};
    octet_derivation_remark(d, "uint8 tensors are taken as int8: codes and zero points are 128 less here");
    explain_step(&inner);
    if (octet_explainer_result(e)->type != OCTET_UINT8 || !d->has_result) return;
    octet_derive_integer(d, "turned_back", d->result.integer + 128, "%" PRId64 " + 128: uint8", d->result.integer);
}

/* Whether a step reads a variable that the graph has assigned behind the run. */
static bool reads_assigned(const octet_explainer *e) {
    const octet_params_kind kind = octet_kernel_params(e->step->kernel);
    bool reads = false;
    for (uint32_t i = 0; i < e->step->n_inputs; i++)
        reads = reads || (octet_explainer_operand(e, i) != NULL && octet_explainer_operand(e, i)->is_variable);
    return reads && kind != OCTET_PARAMS_lstm && kind != OCTET_PARAMS_lstm_full && kind != OCTET_PARAMS_svdf &&
           kind != OCTET_PARAMS_hybrid_svdf;
}

static void explain_step(const octet_explainer *e) {
    static const struct {
        octet_params_kind kind;
        void (*explain)(const octet_explainer *e);
    } families[] = {{OCTET_PARAMS_conv_2d, octet_explain_weighted},
                    {OCTET_PARAMS_depthwise, octet_explain_weighted},
                    {OCTET_PARAMS_fully_connected, octet_explain_weighted},
                    {OCTET_PARAMS_transpose_conv, octet_explain_weighted},
                    {OCTET_PARAMS_batch_matmul, octet_explain_weighted},
                    {OCTET_PARAMS_arithmetic, octet_explain_arithmetic},
                    {OCTET_PARAMS_arithmetic_quantized, octet_explain_arithmetic},
                    {OCTET_PARAMS_prelu, octet_explain_prelu},
                    {OCTET_PARAMS_compare, octet_explain_compare},
                    {OCTET_PARAMS_elements, octet_explain_elements},
                    {OCTET_PARAMS_cast, octet_explain_cast},
                    {OCTET_PARAMS_quantize, octet_explain_quantize},
                    {OCTET_PARAMS_unary, octet_explain_unary},
                    {OCTET_PARAMS_unary_table, octet_explain_unary},
                    {OCTET_PARAMS_unary_s16, octet_explain_unary},
                    {OCTET_PARAMS_pool_2d, octet_explain_pool},
                    {OCTET_PARAMS_reduce, octet_explain_reduce},
                    {OCTET_PARAMS_arg, octet_explain_arg},
                    {OCTET_PARAMS_softmax, octet_explain_softmax},
                    {OCTET_PARAMS_l2_normalization, octet_explain_l2_normalization},
                    {OCTET_PARAMS_resize, octet_explain_resize},
                    {OCTET_PARAMS_cumsum, octet_explain_cumsum},
                    {OCTET_PARAMS_scatter, octet_explain_scatter},
                    {OCTET_PARAMS_top_k, octet_explain_top_k},
                    {OCTET_PARAMS_range, octet_explain_range},
                    {OCTET_PARAMS_broadcast_args, octet_explain_broadcast_args},
                    {OCTET_PARAMS_join_bytes, octet_explain_join_bytes},
                    {OCTET_PARAMS_lstm, octet_explain_lstm},
                    {OCTET_PARAMS_svdf, octet_explain_svdf},
                    {OCTET_PARAMS_as_s8, explain_as_s8}};
    const octet_params_kind kind = octet_kernel_params(e->step->kernel);
    e->d->kernel = octet_kernel_name(e->step->kernel);
    if (reads_assigned(e)) {
        octet_derivation_refuse(e->d, "it reads state, which has changed at the end of the run");
        return;
    }
    if (octet_explain_is_move(e->step->kernel)) {
        octet_explain_move(e);
        return;
    }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (families[i].kind != kind) continue;
        families[i].explain(e);
        return;
    }
    octet_derivation_refuse(e->d, "%s has no derivation: its kernel %s is not among those that explain takes apart",
                            octet_operator_name(e->op->code), octet_kernel_name(e->step->kernel));
}

/* ---- Values that no operator computes ---- */

static uint32_t input_of(const octet_graph *graph, uint32_t value) {
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        if (graph->inputs[i].value == value) return i;
    return OCTET_NONE;
}

static void explain_source(octet_derivation *d, const octet_explain_request *request) {
    const octet_value *value = &request->graph->values[request->value];
    const uint32_t input = input_of(request->graph, request->value);
    if (octet_value_is_constant(value)) {
        octet_derivation_refuse(d, "it is a constant of the model");
    } else if (value->is_variable) {
        octet_derivation_refuse(d, "it is state that goes on from run to run");
    } else if (input == OCTET_NONE) {
        octet_derivation_refuse(d, "nothing computes it");
    } else if (!octet_type_is_quantized(value->type) || value->quantization.n != 1) {
        octet_derivation_refuse(d, "it is an input that takes the numbers as they are");
    } else if (request->given == NULL || request->given[input] == NULL) {
        octet_derivation_refuse(d, "it is an input, and the data hold its codes");
    } else {
        octet_derive_quantized(d, request->given[input][request->element], value->quantization.scale[0],
                               value->quantization.zero_point[0], value->type);
        octet_derivation_set_exact(d, (double)request->given[input][request->element]);
    }
}

static bool arrives(const octet_derivation *d, const octet_value *value, const void *data, size_t element) {
    const double real = octet_explain_real(value, data, element, 0);
    if (!d->result.is_real) return d->result.integer == octet_explain_code(value->type, data, element);
    return d->result.real <= real && d->result.real >= real;
}

octet_status octet_explain_element(octet_context *ctx, octet_arena *arena, const octet_explain_request *request,
                                   octet_derivation *out) {
    const octet_graph *graph = request->graph;
    const octet_value *value = &graph->values[request->value];
    *out = octet_derivation_make(ctx, arena);
    if (value->producer == OCTET_NONE) {
        explain_source(out, request);
        return out->status;
    }
    octet_step *steps;
    OCTET_TRY(octet_lower_graph(ctx, arena, graph, request->options, &steps));
    const octet_operator *op = &graph->operators[value->producer];
    octet_explainer e = {.d = out,
                         .op = op,
                         .step = &steps[value->producer],
                         .values = graph->values,
                         .data = request->data,
                         .element = request->element};
    while (op->outputs[e.output] != request->value) e.output++;
    explain_step(&e);
    OCTET_TRY(out->status);
    OCTET_CHECK(ctx, out->reason != NULL || out->has_result, OCTET_INTERNAL, "%s: its derivation has no steps",
                value->name);
    OCTET_CHECK(ctx, out->reason != NULL || arrives(out, value, request->data[request->value], request->element),
                OCTET_INTERNAL,
                "%s: element %zu: the derivation arrives at %" PRId64 " (%g), the interpreter at %" PRId64
                ": this is a mistake in octet",
                value->name, request->element, out->result.integer, out->result.real,
                octet_explain_code(value->type, request->data[request->value], request->element));
    return OCTET_OK;
}

octet_derived_number octet_explain_number(const octet_graph *graph, uint32_t value, const void *data, size_t element) {
    const octet_value *of = &graph->values[value];
    const bool is_real = of->type == OCTET_FLOAT32;
    return (octet_derived_number){.is_real = is_real,
                                  .integer = is_real ? 0 : octet_explain_code(of->type, data, element),
                                  .real = is_real ? octet_explain_real(of, data, element, 0) : 0.0};
}

bool octet_explain_stands_for(const octet_graph *graph, uint32_t value, const void *data, size_t element,
                              double *real) {
    const octet_value *of = &graph->values[value];
    const octet_quantization *q = &of->quantization;
    uint32_t channel = 0;
    if (of->type != OCTET_FLOAT32 && q->n == 0) return false;
    if (q->n > 1) {
        const int32_t inner = octet_shape_product(&of->shape, q->axis + 1, of->shape.rank);
        channel = (uint32_t)(element / (size_t)inner % q->n);
    }
    *real = octet_explain_real(of, data, element, channel);
    return true;
}
