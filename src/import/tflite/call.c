#include "import/tflite/call.h"

#include "tflite/builtin.h"
#include "tflite/schema.h"

/* Where an operator says which graphs it calls: the field of its options, and the graphs' fields there. */
typedef struct call_fields {
    octet_builtin builtin;
    int options, graphs[2], n_graphs;
} call_fields;

static const call_fields callers[] = {
    {OCTET_BUILTIN_CALL, OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS, {OCTET_TFLITE_CALL_OPTIONS_SUBGRAPH}, 1},
    {OCTET_BUILTIN_IF,
     OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS,
     {OCTET_TFLITE_IF_OPTIONS_THEN_SUBGRAPH, OCTET_TFLITE_IF_OPTIONS_ELSE_SUBGRAPH},
     2},
    {OCTET_BUILTIN_WHILE,
     OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS,
     {OCTET_TFLITE_WHILE_OPTIONS_COND_SUBGRAPH, OCTET_TFLITE_WHILE_OPTIONS_BODY_SUBGRAPH},
     2},
    {OCTET_BUILTIN_STABLEHLO_COMPOSITE,
     OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2,
     {OCTET_TFLITE_COMPOSITE_OPTIONS_DECOMPOSITION_SUBGRAPH},
     1},
};

/* A graph within a graph, and the tensors and operators of called graphs over all calls. A round of an LSTM has
 * about 85. */
enum { MAX_DEPTH = 16, MAX_UNROLLED = 1 << 19 };

/* Elements of vectors that calls may read on top of what a file may: about 16 per tensor or operator. */
enum { CALL_BUDGET = 16 * MAX_UNROLLED };

/* What is handed over: the number of a variable plus one, a list, or else a value. */
typedef struct item {
    uint32_t value, handle;
    const octet_tflite_list *list;
} item;

typedef struct call {
    const char *layer;
    item *items; /* arguments, then results; n_inputs or n_outputs, whichever is more */
    uint32_t *inputs, *outputs, n_inputs, n_outputs; /* tensors of the calling graph */
} call;

static const call_fields *find_fields(int builtin) {
    for (size_t i = 0; i < sizeof callers / sizeof *callers; i++)
        if ((int)callers[i].builtin == builtin) return &callers[i];
    return NULL;
}

bool octet_tflite_is_call(int builtin) { return find_fields(builtin) != NULL; }

static octet_status take_tensor(octet_context *ctx, octet_tflite_source *source, const char *reader, uint32_t tensor,
                                item *out) {
    *out = (item){.value = OCTET_NONE, .handle = source->frame->handles[tensor], .list = source->frame->lists[tensor]};
    return out->handle > 0 || out->list != NULL ? OCTET_OK
                                                : octet_tflite_value_of(ctx, source, tensor, reader, &out->value);
}

/* Makes `tensor` of source->frame what is handed over to it. */
static octet_status give_tensor(octet_context *ctx, octet_tflite_source *source, const char *writer, uint32_t tensor,
                                const item *from) {
    octet_tflite_frame *frame = source->frame;
    OCTET_TRY(octet_tflite_check_free(ctx, source, tensor, writer));
    frame->handles[tensor] = from->handle;
    frame->lists[tensor] = from->list;
    frame->now[tensor] = from->value;
    if (from->value == OCTET_NONE) return OCTET_OK;
    const octet_value *value = &source->graph->values[from->value],
                      *stated = &source->graph->values[frame->first + tensor];
    OCTET_CHECK(ctx, value->type == stated->type, OCTET_MODEL,
                "%s: %s hands over %s for tensor %u (%.80s), which is %s", source->fb.name, writer,
                octet_type_name(value->type), tensor, stated->name, octet_type_name(stated->type));
    OCTET_CHECK(ctx,
                !octet_type_is_quantized(value->type) ||
                    octet_quantization_equal(&value->quantization, &stated->quantization),
                OCTET_UNSUPPORTED, "%s: %s hands over tensor %u (%.80s) with another scale than it has there",
                source->fb.name, writer, tensor, stated->name);
    return OCTET_OK;
}

/* Tensor number `position` of a graph's inputs or outputs. */
static octet_status port_of(octet_context *ctx, octet_tflite_source *source, const char *layer,
                            const octet_flatbuffer_vector *list, uint32_t position, uint32_t *out) {
    const int32_t tensor = octet_flatbuffer_i32_at(&source->fb, list, position);
    OCTET_CHECK(ctx, tensor >= 0 && (uint32_t)tensor < source->frame->tensors.n, OCTET_FORMAT,
                "%s: %s: the graph it calls has tensor %d of %u as input or output", source->fb.name, layer, tensor,
                source->frame->tensors.n);
    *out = (uint32_t)tensor;
    return OCTET_OK;
}

octet_status octet_tflite_charge(octet_context *ctx, octet_tflite_source *source, const char *layer, uint64_t n) {
    if (source->n_unrolled == 0) source->fb.budget += CALL_BUDGET;
    source->n_unrolled += n;
    OCTET_CHECK(ctx, source->n_unrolled <= MAX_UNROLLED, OCTET_LIMIT,
                "%s: %s: unrolled, the loops and calls of this model have more than %d tensors and operators; give it "
                "a shorter sequence",
                source->fb.name, layer, MAX_UNROLLED);
    return OCTET_OK;
}

/* Goes through source->frame, which has just been opened: items are its n_in arguments, then its n_out results. */
static octet_status run_frame(octet_context *ctx, octet_tflite_source *source, const char *layer, item *items,
                              uint32_t n_in, uint32_t n_out) {
    const octet_tflite_frame *frame = source->frame;
    uint32_t tensor = 0;
    OCTET_TRY(octet_tflite_charge(ctx, source, layer, 1 + (uint64_t)n_in + frame->tensors.n + frame->operators.n));
    OCTET_CHECK(ctx, frame->inputs.n == n_in && frame->outputs.n == n_out, OCTET_MODEL,
                "%s: %s hands over %u tensors and takes %u, the graph that it calls has %u inputs and %u outputs",
                source->fb.name, layer, n_in, n_out, frame->inputs.n, frame->outputs.n);
    for (uint32_t i = 0; i < frame->tensors.n; i++) {
        const octet_value *value = &source->graph->values[frame->first + i];
        OCTET_CHECK(ctx, !value->is_variable, OCTET_UNSUPPORTED,
                    "%s: %s: the graph that it calls keeps state in tensor %u (%.80s), which octet supports in the "
                    "main graph only",
                    source->fb.name, layer, i, value->name);
    }
    for (uint32_t i = 0; i < n_in; i++) {
        OCTET_TRY(port_of(ctx, source, layer, &frame->inputs, i, &tensor));
        OCTET_TRY(give_tensor(ctx, source, layer, tensor, &items[i]));
    }
    OCTET_TRY(octet_tflite_read_operators(ctx, source));
    for (uint32_t i = 0; i < n_out; i++) {
        OCTET_TRY(port_of(ctx, source, layer, &frame->outputs, i, &tensor));
        OCTET_TRY(take_tensor(ctx, source, layer, tensor, &items[i]));
    }
    return OCTET_OK;
}

static octet_status run_graph(octet_context *ctx, octet_tflite_source *source, const char *layer, int32_t index,
                              item *items, uint32_t n_in, uint32_t n_out) {
    octet_tflite_frame *caller = source->frame;
    OCTET_CHECK(ctx, index >= 0 && (uint32_t)index < source->subgraphs.n, OCTET_FORMAT, "%s: %s calls graph %d of %u",
                source->fb.name, layer, index, source->subgraphs.n);
    OCTET_CHECK(ctx, !source->frames[index].is_running, OCTET_MODEL,
                "%s: %s calls graph %d, which calls itself by that", source->fb.name, layer, index);
    OCTET_CHECK(ctx, source->depth < MAX_DEPTH, OCTET_LIMIT, "%s: %s: graphs call each other more than %d deep",
                source->fb.name, layer, MAX_DEPTH);
    source->n_calls++;
    source->depth++;
    source->frames[index].is_running = true;
    OCTET_TRY(octet_tflite_open_frame(ctx, source, (uint32_t)index));
    OCTET_TRY(run_frame(ctx, source, layer, items, n_in, n_out));
    source->frames[index].is_running = false;
    source->depth--;
    source->frame = caller;
    return OCTET_OK;
}

/* The truth of one element that is known by now. */
static octet_status decide(octet_context *ctx, octet_tflite_source *source, const char *layer, const item *from,
                           const char *what, bool *out) {
    const octet_value *value = from->value == OCTET_NONE ? NULL : &source->graph->values[from->value];
    OCTET_CHECK(ctx, value != NULL && value->type == OCTET_BOOL && octet_shape_elements(&value->shape) == 1,
                OCTET_MODEL, "%s: %s: its condition is not one bool", source->fb.name, layer);
    OCTET_CHECK(ctx, value->data != NULL, OCTET_UNSUPPORTED, "%s: %s %s", source->fb.name, layer, what);
    *out = *(const uint8_t *)value->data != 0;
    return OCTET_OK;
}

static octet_status run_while(octet_context *ctx, octet_tflite_source *source, const call *c, int32_t condition,
                              int32_t body) {
    static const char *const open =
        "goes on as long as data of the run say so, and octet unrolls loops; build the model with a fixed "
        "number of steps";
    item *copy;
    bool goes_on = true;
    OCTET_CHECK(ctx, c->n_inputs == c->n_outputs, OCTET_MODEL, "%s: %s has %u inputs and %u outputs", source->fb.name,
                c->layer, c->n_inputs, c->n_outputs);
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, (size_t)c->n_inputs + 1, &copy));
    for (;;) {
        for (uint32_t i = 0; i < c->n_inputs; i++) copy[i] = c->items[i];
        OCTET_TRY(run_graph(ctx, source, c->layer, condition, copy, c->n_inputs, 1));
        OCTET_TRY(decide(ctx, source, c->layer, copy, open, &goes_on));
        if (!goes_on) return OCTET_OK;
        OCTET_TRY(run_graph(ctx, source, c->layer, body, c->items, c->n_inputs, c->n_outputs));
    }
}

static octet_status run_if(octet_context *ctx, octet_tflite_source *source, const call *c, int32_t yes, int32_t no) {
    static const char *const open =
        "takes one of two ways as data of the run say, and octet reads branches that the file decides; build "
        "the model for one of them";
    bool taken = false;
    OCTET_CHECK(ctx, c->n_inputs > 0, OCTET_MODEL, "%s: %s has no condition", source->fb.name, c->layer);
    OCTET_TRY(decide(ctx, source, c->layer, c->items, open, &taken));
    for (uint32_t i = 1; i < c->n_inputs; i++) c->items[i - 1] = c->items[i];
    return run_graph(ctx, source, c->layer, taken ? yes : no, c->items, c->n_inputs - 1, c->n_outputs);
}

octet_status octet_tflite_read_call(octet_context *ctx, octet_tflite_source *source,
                                    const octet_flatbuffer_table *table, int builtin, uint32_t index) {
    const call_fields *fields = find_fields(builtin);
    call c;
    int32_t graphs[2] = {0, 0};
    octet_flatbuffer_table options;
    OCTET_TRY(octet_arena_format(ctx, &source->graph->arena, &c.layer, "%s #%u", octet_builtin_name(builtin), index));
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_INPUTS, false, index, &c.inputs,
                                        &c.n_inputs));
    OCTET_TRY(octet_tflite_read_tensors(ctx, source, table, OCTET_TFLITE_OPERATOR_OUTPUTS, false, index, &c.outputs,
                                        &c.n_outputs));
    OCTET_TRY(octet_flatbuffer_table_field(ctx, &source->fb, table, fields->options, &options));
    for (int i = 0; i < fields->n_graphs; i++)
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, &source->fb, &options, fields->graphs[i], 0, &graphs[i]));
    OCTET_TRY(OCTET_NEW(ctx, &source->scratch, (size_t)c.n_inputs + c.n_outputs + 1, &c.items));
    for (uint32_t i = 0; i < c.n_inputs; i++) OCTET_TRY(take_tensor(ctx, source, c.layer, c.inputs[i], &c.items[i]));
    if (builtin == OCTET_BUILTIN_WHILE) OCTET_TRY(run_while(ctx, source, &c, graphs[0], graphs[1]));
    else if (builtin == OCTET_BUILTIN_IF) OCTET_TRY(run_if(ctx, source, &c, graphs[0], graphs[1]));
    else OCTET_TRY(run_graph(ctx, source, c.layer, graphs[0], c.items, c.n_inputs, c.n_outputs));
    for (uint32_t i = 0; i < c.n_outputs; i++) OCTET_TRY(give_tensor(ctx, source, c.layer, c.outputs[i], &c.items[i]));
    return OCTET_OK;
}
