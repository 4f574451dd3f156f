#include "import/tflite/lists.h"

#include <string.h>

#include "import/tflite/call.h"
#include "tflite/schema.h"

enum { MAX_LENGTH = OCTET_MAX_OPERATOR_INPUTS }; /* PACK takes no more */

struct octet_tflite_list {
    uint32_t *elements; /* values; OCTET_NONE: zeros */
    uint32_t n;
    octet_shape shape; /* of elements, as reserved; -1 where it is open */
};

static const struct {
    const char *name;
    uint32_t n_inputs;
} operators[] = {
    [OCTET_TFLITE_LIST_RESERVE] = {"TensorListReserve", 2},
    [OCTET_TFLITE_LIST_FROM_TENSOR] = {"TensorListFromTensor", 2},
    [OCTET_TFLITE_LIST_SET] = {"TensorListSetItem", 3},
    [OCTET_TFLITE_LIST_GET] = {"TensorListGetItem", 3},
    [OCTET_TFLITE_LIST_STACK] = {"TensorListStack", 2},
    [OCTET_TFLITE_LIST_LENGTH] = {"TensorListLength", 1},
};

octet_tflite_list_operator octet_tflite_list_operator_of(const char *custom) {
    if (custom == NULL) return OCTET_TFLITE_NO_LIST;
    if (strncmp(custom, "Flex", 4) == 0) custom += 4;
    for (int i = OCTET_TFLITE_NO_LIST + 1; i <= OCTET_TFLITE_LIST_LENGTH; i++)
        if (strcmp(custom, operators[i].name) == 0) return (octet_tflite_list_operator)i;
    return OCTET_TFLITE_NO_LIST;
}

/* What an operator is read with. */
typedef struct reading {
    octet_context *ctx;
    octet_tflite_source *source;
    const char *layer;
    uint32_t *inputs, output; /* tensors */
} reading;

static octet_status list_of(const reading *r, const octet_tflite_list **out) {
    *out = r->source->frame->lists[r->inputs[0]];
    OCTET_CHECK(r->ctx, *out != NULL, OCTET_MODEL, "%s: %s: tensor %u is no list", r->source->fb.name, r->layer,
                r->inputs[0]);
    return OCTET_OK;
}

/* An int32 that must be known by now, from `low` to `high`. */
static octet_status number_of(const reading *r, uint32_t input, int32_t low, int32_t high, int32_t *out) {
    uint32_t value;
    OCTET_TRY(octet_tflite_value_of(r->ctx, r->source, r->inputs[input], r->layer, &value));
    const octet_value *from = &r->source->graph->values[value];
    OCTET_CHECK(r->ctx, from->data != NULL && from->type == OCTET_INT32 && octet_shape_elements(&from->shape) == 1,
                OCTET_UNSUPPORTED, "%s: %s: an index or length is no int32 that the file decides", r->source->fb.name,
                r->layer);
    memcpy(out, from->data, sizeof *out);
    OCTET_CHECK(r->ctx, *out >= low && *out <= high, OCTET_LIMIT, "%s: %s: %d is not between %d and %d",
                r->source->fb.name, r->layer, *out, low, high);
    return OCTET_OK;
}

/* A new list of n elements in the output; elements of `from` are copied, or none is set. */
static octet_status make_list(const reading *r, uint32_t n, const octet_shape *shape, const uint32_t *from,
                              octet_tflite_list **out) {
    octet_tflite_source *source = r->source;
    OCTET_TRY(octet_tflite_charge(r->ctx, source, r->layer, n / 8));
    OCTET_TRY(OCTET_NEW(r->ctx, &source->scratch, 1, out));
    **out = (octet_tflite_list){.n = n, .shape = *shape};
    OCTET_TRY(OCTET_NEW(r->ctx, &source->scratch, n, &(*out)->elements));
    for (uint32_t i = 0; i < n; i++) (*out)->elements[i] = from != NULL ? from[i] : OCTET_NONE;
    source->frame->lists[r->output] = *out;
    return OCTET_OK;
}

static octet_status reserve(const reading *r) {
    uint32_t value;
    int32_t n;
    octet_shape shape = {.rank = -1};
    octet_tflite_list *list;
    OCTET_TRY(number_of(r, 1, 0, MAX_LENGTH, &n));
    OCTET_TRY(octet_tflite_value_of(r->ctx, r->source, r->inputs[0], r->layer, &value));
    const octet_value *dims = &r->source->graph->values[value];
    if (dims->data != NULL && dims->type == OCTET_INT32 && dims->shape.rank == 1 &&
        dims->shape.dims[0] <= OCTET_MAX_RANK) {
        shape.rank = dims->shape.dims[0];
        memcpy(shape.dims, dims->data, (size_t)shape.rank * sizeof shape.dims[0]);
    }
    return make_list(r, (uint32_t)n, &shape, NULL, &list);
}

static octet_status from_tensor(const reading *r) {
    octet_graph *graph = r->source->graph;
    uint32_t value, rows[MAX_LENGTH];
    octet_tflite_list *list;
    OCTET_TRY(octet_tflite_value_of(r->ctx, r->source, r->inputs[0], r->layer, &value));
    const octet_shape shape = graph->values[value].shape;
    OCTET_CHECK(r->ctx, shape.rank > 0 && shape.dims[0] > 0 && shape.dims[0] <= MAX_LENGTH, OCTET_LIMIT,
                "%s: %s: a list of 1 to %d elements is possible", r->source->fb.name, r->layer, MAX_LENGTH);
    const uint32_t n = (uint32_t)shape.dims[0];
    const octet_options options = {.pack = {0, shape.dims[0]}};
    octet_shape row = {.rank = shape.rank - 1};
    memcpy(row.dims, shape.dims + 1, (size_t)row.rank * sizeof row.dims[0]);
    OCTET_TRY(octet_graph_emit(r->ctx, graph, OCTET_OP_UNPACK, r->layer, NULL, &value, 1, &options, rows, n));
    return make_list(r, n, &row, rows, &list);
}

static octet_status set(const reading *r) {
    const octet_tflite_list *before;
    octet_tflite_list *list;
    uint32_t value;
    int32_t index;
    OCTET_TRY(list_of(r, &before));
    OCTET_TRY(number_of(r, 1, 0, (int32_t)before->n - 1, &index));
    OCTET_TRY(octet_tflite_value_of(r->ctx, r->source, r->inputs[2], r->layer, &value));
    OCTET_TRY(make_list(r, before->n, &before->shape, before->elements, &list));
    list->elements[index] = value;
    return OCTET_OK;
}

/* Zeros in the place of an element that was never set: like another element, or of the shape that was reserved. */
static octet_status add_zeros(const reading *r, const octet_tflite_list *list, uint32_t *out) {
    octet_graph *graph = r->source->graph;
    octet_type type = OCTET_FLOAT32;
    octet_shape shape = list->shape;
    bool known = shape.rank >= 0;
    for (int32_t i = 0; known && i < shape.rank; i++) known = shape.dims[i] >= 0;
    for (uint32_t i = 0; i < list->n; i++) {
        if (list->elements[i] == OCTET_NONE) continue;
        type = graph->values[list->elements[i]].type;
        shape = graph->values[list->elements[i]].shape;
        known = true;
    }
    OCTET_CHECK(r->ctx, known && type == OCTET_FLOAT32, OCTET_UNSUPPORTED,
                "%s: %s reads an element that nothing has set", r->source->fb.name, r->layer);
    OCTET_TRY(octet_shape_check(r->ctx, &shape, r->layer));
    float *zeros;
    OCTET_TRY(OCTET_NEW(r->ctx, &graph->arena, octet_shape_elements(&shape), &zeros));
    OCTET_TRY(octet_graph_add_value(r->ctx, graph, "zeros", type, &shape, out));
    graph->values[*out].data = zeros;
    return OCTET_OK;
}

static octet_status get(const reading *r) {
    const octet_tflite_list *list;
    int32_t index;
    OCTET_TRY(list_of(r, &list));
    OCTET_TRY(number_of(r, 1, 0, (int32_t)list->n - 1, &index));
    uint32_t *now = &r->source->frame->now[r->output];
    *now = list->elements[index];
    return *now == OCTET_NONE ? add_zeros(r, list, now) : OCTET_OK;
}

static octet_status stack(const reading *r) {
    octet_tflite_source *source = r->source;
    const octet_tflite_list *list;
    uint32_t rows[MAX_LENGTH], zeros = OCTET_NONE;
    OCTET_TRY(list_of(r, &list));
    OCTET_CHECK(r->ctx, list->n > 0, OCTET_UNSUPPORTED, "%s: %s stacks an empty list", source->fb.name, r->layer);
    for (uint32_t i = 0; i < list->n; i++) {
        rows[i] = list->elements[i];
        if (rows[i] == OCTET_NONE && zeros == OCTET_NONE) OCTET_TRY(add_zeros(r, list, &zeros));
        if (rows[i] == OCTET_NONE) rows[i] = zeros;
    }
    const octet_options options = {.pack = {0, (int32_t)list->n}};
    const char *name = source->graph->values[source->frame->first + r->output].name;
    return octet_graph_emit(r->ctx, source->graph, OCTET_OP_PACK, r->layer, name, rows, list->n, &options,
                            &source->frame->now[r->output], 1);
}

static octet_status length(const reading *r) {
    static const octet_shape scalar = {0};
    const octet_tflite_list *list;
    OCTET_TRY(list_of(r, &list));
    const int32_t n = (int32_t)list->n;
    return octet_graph_add_constant(r->ctx, r->source->graph, "length", OCTET_INT32, &scalar, &n,
                                    &r->source->frame->now[r->output]);
}

octet_status octet_tflite_read_list_operator(octet_context *ctx, octet_tflite_source *source,
                                             const octet_flatbuffer_table *table, octet_tflite_list_operator what,
                                             uint32_t index) {
    reading r = {.ctx = ctx, .source = source};
    uint32_t *outputs, n_inputs, n_outputs;
    OCTET_TRY(octet_arena_format(ctx, &source->graph->arena, &r.layer, "%s #%u", operators[what].name, index));
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_INPUTS, false, index, &r.inputs,
                                        &n_inputs));
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_OUTPUTS, false, index, &outputs,
                                        &n_outputs));
    OCTET_CHECK(ctx, n_inputs == operators[what].n_inputs && n_outputs == 1, OCTET_MODEL,
                "%s: %s with %u inputs and %u outputs", source->fb.name, r.layer, n_inputs, n_outputs);
    r.output = outputs[0];
    OCTET_TRY(octet_tflite_check_free(ctx, source, r.output, r.layer));
    switch (what) {
    case OCTET_TFLITE_LIST_RESERVE: return reserve(&r);
    case OCTET_TFLITE_LIST_FROM_TENSOR: return from_tensor(&r);
    case OCTET_TFLITE_LIST_SET: return set(&r);
    case OCTET_TFLITE_LIST_GET: return get(&r);
    case OCTET_TFLITE_LIST_STACK: return stack(&r);
    case OCTET_TFLITE_LIST_LENGTH: return length(&r);
    case OCTET_TFLITE_NO_LIST: break;
    }
    return OCTET_OK;
}
