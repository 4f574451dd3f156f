#include "graph/entry.h"

#include <math.h>

#include "graph/constant.h"

/* More channels than these are not looked at. */
enum { CHANNELS = 64 };

static const double byte_unit = 8.0, byte_center = 2.0, byte_reach = 20.0;

/* A value that is an input times `scale` plus `offset`, by channel. */
typedef struct scaled_value {
    uint32_t input;    /* number of the graph's input */
    const char *layer; /* the first that scales; NULL: it is the input as it was */
    size_t n;          /* channels: 1 where all are alike */
    double scale[CHANNELS], offset[CHANNELS];
} scaled_value;

typedef struct search {
    octet_arena arena;
    octet_graph *graph;
    scaled_value **values; /* by value; NULL for one that is none */
} search;

/* The constant that a value is, or that casts, dequantizations and changes of shape make of one; NULL for others. */
static const octet_value *constant_behind(const octet_graph *graph, uint32_t id) {
    while (id != OCTET_NONE) {
        const octet_value *value = &graph->values[id];
        if (octet_value_is_constant(value)) return value;
        if (value->producer == OCTET_NONE) return NULL;
        const octet_operator *op = &graph->operators[value->producer];
        const bool passes_on = op->code == OCTET_OP_CAST || op->code == OCTET_OP_DEQUANTIZE ||
                               op->code == OCTET_OP_RESHAPE || op->code == OCTET_OP_EXPAND_DIMS ||
                               op->code == OCTET_OP_SQUEEZE || op->code == OCTET_OP_BROADCAST_TO;
        if (!passes_on) return NULL;
        id = op->inputs[0];
    }
    return NULL;
}

/* False for types that no formula is written in. */
static bool read_constant(const octet_value *value, double *out, size_t *n) {
    const size_t n_elements = octet_shape_elements(&value->shape);
    const bool readable = value->type == OCTET_FLOAT32 || octet_constant_is_whole(value->type);
    if (!readable || n_elements == 0) return false;
    *n = n_elements < CHANNELS ? n_elements : CHANNELS;
    for (size_t i = 0; i < *n; i++) out[i] = octet_constant_real(value->type, value->data, i);
    return true;
}

/* y = s * x + o, then x (+ - * /) constant, or the other way round. */
static void apply(octet_operator_code code, bool constant_first, double constant, double *scale, double *offset) {
    const double sign = constant_first ? -1.0 : 1.0;
    if (code == OCTET_OP_ADD) *offset += constant;
    if (code == OCTET_OP_SUB) {
        *scale *= sign;
        *offset = sign * (*offset - constant);
    }
    if (code == OCTET_OP_MUL || code == OCTET_OP_DIV) {
        const double factor = code == OCTET_OP_DIV ? 1.0 / constant : constant;
        *scale *= factor;
        *offset *= factor;
    }
}

/* Makes *out of op's result where op is arithmetic with a constant. */
static octet_status scale_by(octet_context *ctx, search *s, const octet_operator *op, scaled_value **out) {
    const bool arithmetic =
        op->code == OCTET_OP_ADD || op->code == OCTET_OP_SUB || op->code == OCTET_OP_MUL || op->code == OCTET_OP_DIV;
    if (!arithmetic || octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return OCTET_OK;
    const uint32_t data = op->inputs[0] != OCTET_NONE && s->values[op->inputs[0]] != NULL ? 0 : 1;
    if (op->inputs[data] == OCTET_NONE || (data == 1 && op->code == OCTET_OP_DIV)) return OCTET_OK;
    const scaled_value *from = s->values[op->inputs[data]];
    const octet_value *constant = constant_behind(s->graph, op->inputs[1 - data]);
    double numbers[CHANNELS];
    size_t n;
    if (from == NULL || constant == NULL || !read_constant(constant, numbers, &n)) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, &s->arena, 1, out));
    **out = (scaled_value){
        .input = from->input, .layer = from->layer != NULL ? from->layer : op->layer, .n = n > from->n ? n : from->n};
    for (size_t i = 0; i < (*out)->n; i++) {
        (*out)->scale[i] = from->scale[i % from->n];
        (*out)->offset[i] = from->offset[i % from->n];
        apply(op->code, data == 1, numbers[i % n], &(*out)->scale[i], &(*out)->offset[i]);
    }
    return OCTET_OK;
}

/* Results hold elements of the first operand, or means of them. */
static bool moves(octet_operator_code code) {
    switch ((int)code) {
    case OCTET_OP_RESHAPE:
    case OCTET_OP_EXPAND_DIMS:
    case OCTET_OP_SQUEEZE:
    case OCTET_OP_CAST:
    case OCTET_OP_TRANSPOSE:
    case OCTET_OP_REVERSE_V2:
    case OCTET_OP_STRIDED_SLICE:
    case OCTET_OP_SLICE:
    case OCTET_OP_GATHER:
    case OCTET_OP_SPLIT_V:
    case OCTET_OP_UNPACK:
    case OCTET_OP_TILE:
    case OCTET_OP_BROADCAST_TO:
    case OCTET_OP_PAD:
    case OCTET_OP_PADV2:
    case OCTET_OP_MIRROR_PAD:
    case OCTET_OP_RESIZE_BILINEAR:
    case OCTET_OP_RESIZE_NEAREST_NEIGHBOR:
    case OCTET_OP_AVERAGE_POOL_2D:
    case OCTET_OP_MAX_POOL_2D:
    case OCTET_OP_SPACE_TO_DEPTH:
    case OCTET_OP_DEPTH_TO_SPACE:
    case OCTET_OP_FAKE_QUANT:
    case OCTET_OP_DEQUANTIZE: return true;
    default: return false;
    }
}

/* What op hands on as it came; NULL where it computes. */
static scaled_value *moved(const search *s, const octet_operator *op) {
    if (op->code == OCTET_OP_SPLIT) return op->inputs[1] != OCTET_NONE ? s->values[op->inputs[1]] : NULL;
    if (op->code == OCTET_OP_CONCATENATION || op->code == OCTET_OP_PACK) {
        for (uint32_t i = 0; i < op->n_inputs; i++)
            if (op->inputs[i] == OCTET_NONE || s->values[op->inputs[i]] == NULL) return NULL;
        return s->values[op->inputs[0]];
    }
    return moves(op->code) && op->inputs[0] != OCTET_NONE ? s->values[op->inputs[0]] : NULL;
}

static bool expects_bytes(const scaled_value *value) {
    size_t n_bytes = 0;
    for (size_t i = 0; i < value->n; i++) {
        const double unit = 1.0 / fabs(value->scale[i]), center = -value->offset[i] / value->scale[i];
        n_bytes += isfinite(unit) && (unit >= byte_unit || center > byte_center);
    }
    return 2 * n_bytes >= value->n;
}

/* The largest number that a quantized value can hold; 0 where it is none. */
static double reach(const octet_value *value) {
    if (value->quantization.n != 1) return 0.0;
    const double scale = (double)value->quantization.scale[0], zero_point = value->quantization.zero_point[0];
    switch ((int)value->type) {
    case OCTET_INT8: return scale * (127.0 - zero_point);
    case OCTET_UINT8: return scale * (255.0 - zero_point);
    case OCTET_INT16: return scale * 32767.0;
    default: return 0.0;
    }
}

/* A value that is read by an operator which computes: the last of the scaling. */
static octet_status conclude(octet_context *ctx, search *s, const scaled_value *value) {
    octet_entry *entry = &s->graph->inputs[value->input].entry;
    if (value->layer == NULL || entry->expects_bytes) return OCTET_OK;
    entry->expects_bytes = expects_bytes(value);
    if (entry->layer != NULL && !entry->expects_bytes) return OCTET_OK;
    entry->is_uniform = true;
    for (size_t i = 1; i < value->n; i++) {
        const bool alike = value->scale[i] == value->scale[0] && value->offset[i] == value->offset[0];
        entry->is_uniform = entry->is_uniform && alike;
    }
    entry->scale = value->scale[0];
    entry->offset = value->offset[0];
    return octet_arena_string(ctx, &s->graph->arena, value->layer, &entry->layer);
}

static octet_status follow(octet_context *ctx, search *s, const octet_operator *op) {
    scaled_value *result = moved(s, op);
    if (result == NULL && op->n_inputs == 2) OCTET_TRY(scale_by(ctx, s, op, &result));
    for (uint32_t i = 0; i < op->n_outputs && result != NULL; i++) s->values[op->outputs[i]] = result;
    for (uint32_t i = 0; i < op->n_inputs && result == NULL; i++)
        if (op->inputs[i] != OCTET_NONE && s->values[op->inputs[i]] != NULL)
            OCTET_TRY(conclude(ctx, s, s->values[op->inputs[i]]));
    return OCTET_OK;
}

static octet_status find(octet_context *ctx, search *s) {
    octet_graph *graph = s->graph;
    OCTET_TRY(OCTET_NEW(ctx, &s->arena, graph->n_values, &s->values));
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        octet_port *input = &graph->inputs[i];
        const uint32_t reader = octet_graph_only_user(graph, input->value);
        const bool is_quantized = reader != OCTET_NONE && graph->operators[reader].code == OCTET_OP_QUANTIZE;
        const octet_value *value =
            is_quantized ? octet_graph_output(graph, &graph->operators[reader], 0) : &graph->values[input->value];
        input->entry = (octet_entry){.expects_bytes = reach(value) > byte_reach};
        scaled_value *start;
        OCTET_TRY(OCTET_NEW(ctx, &s->arena, 1, &start));
        *start = (scaled_value){.input = i, .n = 1, .scale = {1.0}};
        s->values[input->value] = start;
    }
    for (uint32_t i = 0; i < graph->n_operators; i++)
        if (!graph->operators[i].removed) OCTET_TRY(follow(ctx, s, &graph->operators[i]));
    return OCTET_OK;
}

octet_status octet_graph_find_entries(octet_context *ctx, octet_graph *graph) {
    search s = {.graph = graph};
    const octet_status status = find(ctx, &s);
    octet_arena_free(ctx, &s.arena);
    return status;
}

octet_status octet_graph_copy_entries(octet_context *ctx, const octet_graph *from, octet_graph *to) {
    for (uint32_t i = 0; i < to->n_inputs && i < from->n_inputs; i++) {
        const octet_entry *entry = &from->inputs[i].entry;
        to->inputs[i].entry = *entry;
        if (entry->layer != NULL)
            OCTET_TRY(octet_arena_string(ctx, &to->arena, entry->layer, &to->inputs[i].entry.layer));
    }
    return OCTET_OK;
}
