#include "import/keras/build.h"

#include <stdio.h>
#include <string.h>

#include "import/keras/emit/mask.h"
#include "import/keras/inputs.h"
#include "import/keras/leaf.h"
#include "import/keras/order.h"
#include "import/keras/schedule.h"
#include "import/keras/scope.h"
#include "import/keras/summary.h"

typedef struct builder {
    octet_context *ctx;
    octet_arena *arena;
    const octet_json_document *document;
    const char *label;
    int32_t keras_version;
    octet_graph *graph;
    uint32_t *n_calls; /* so far, everywhere */
    octet_keras_masks *masks;
    octet_keras_scopes *scopes;
    octet_keras_steps *steps; /* NULL inside a layer that calls others: what these write is its own */
} builder;

/* Shared models that call shared models multiply: a bound on what a small file can ask for. */
enum { MAX_CALLS = 1 << 18 };

/* Where a model is called. */
typedef struct place {
    const char *path, *scope; /* names of models, as octet and as TensorFlow writes them (import/keras/scope.h) */
    uint32_t depth;           /* of models in models */
} place;

static octet_status build_model(builder *b, octet_keras_model *model, const place *at, const uint32_t *inputs,
                                uint32_t n_inputs, uint32_t *outputs, uint32_t *n_outputs);

static void note_shape(builder *b, octet_keras_layer *layer, uint32_t value) {
    if (layer->output_rank >= 0) return;
    const octet_shape *shape = &b->graph->values[value].shape;
    layer->output_rank = shape->rank;
    memcpy(layer->output_dims, shape->dims, sizeof shape->dims);
}

/* Calls. */

/* The value of an argument that is a tensor. */
static octet_status resolve_tensor(builder *b, octet_keras_model *model, octet_keras_argument *argument,
                                   const octet_keras_layer *layer) {
    const octet_keras_layer *source = &model->layers[argument->reference.layer];
    const octet_keras_node *node = &source->nodes[argument->reference.node];
    OCTET_CHECK(b->ctx, argument->reference.tensor < node->n_outputs, OCTET_MODEL,
                "%s: layer %s reads output %u of %s, which has %u", b->label, layer->name,
                (unsigned)argument->reference.tensor, source->name, (unsigned)node->n_outputs);
    argument->value = node->outputs[argument->reference.tensor];
    return OCTET_OK;
}

static octet_status resolve(builder *b, octet_keras_model *model, octet_keras_argument *argument,
                            octet_keras_call *call) {
    if (argument->kind == OCTET_KERAS_LIST) {
        for (uint32_t i = 0; i < argument->n_items; i++) OCTET_TRY(resolve(b, model, &argument->items[i], call));
        return OCTET_OK;
    }
    if (argument->kind != OCTET_KERAS_TENSOR) return OCTET_OK;
    OCTET_TRY(resolve_tensor(b, model, argument, call->layer));
    OCTET_CHECK(b->ctx, call->n_inputs < OCTET_KERAS_MAX_INPUTS, OCTET_LIMIT, "%s: layer %s reads more than %d tensors",
                b->label, call->layer->name, OCTET_KERAS_MAX_INPUTS);
    call->inputs[call->n_inputs++] = argument->value;
    return OCTET_OK;
}

/* One tensor, or a list with an item per input (null: none), of which the first one's is the layer's. */
static octet_status resolve_mask(builder *b, octet_keras_model *model, octet_keras_argument *argument,
                                 octet_keras_call *call) {
    if (argument->kind == OCTET_KERAS_TENSOR) {
        OCTET_TRY(resolve_tensor(b, model, argument, call->layer));
        call->mask = argument->value;
    }
    for (uint32_t i = 0; argument->kind == OCTET_KERAS_LIST && i < argument->n_items; i++) {
        octet_keras_argument *item = &argument->items[i];
        if (item->kind == OCTET_KERAS_TENSOR) OCTET_TRY(resolve_tensor(b, model, item, call->layer));
        if (item->kind == OCTET_KERAS_TENSOR && i == 0) call->mask = item->value;
    }
    return OCTET_OK;
}

static octet_status resolve_all(builder *b, octet_keras_model *model, octet_keras_node *node, octet_keras_call *call) {
    for (uint32_t i = 0; i < node->n_arguments; i++) {
        octet_keras_argument *argument = &node->arguments[i];
        const bool is_mask =
            argument->keyword != NULL && strcmp(argument->keyword, "mask") == 0 && !call->layer->is_operation;
        OCTET_TRY(is_mask ? resolve_mask(b, model, argument, call) : resolve(b, model, argument, call));
    }
    return OCTET_OK;
}

/* The caller frees its weights by octet_arena_free and itself by octet_memory_free. */
static octet_status new_call(builder *b, const octet_keras_layer *layer, const char *path, octet_keras_call **out) {
    OCTET_CHECK(b->ctx, ++*b->n_calls <= MAX_CALLS, OCTET_LIMIT, "%s: more than %d calls of layers", b->label,
                MAX_CALLS);
    void *block = NULL;
    OCTET_TRY(octet_memory_allocate(b->ctx, sizeof **out, &block));
    *out = block;
    **out = (octet_keras_call){.ctx = b->ctx,
                               .graph = b->graph,
                               .arena = b->arena,
                               .document = b->document,
                               .label = b->label,
                               .keras_version = b->keras_version,
                               .layer = layer,
                               .path = path,
                               .mask = OCTET_NONE,
                               .masks = b->masks,
                               .n_calls = b->n_calls};
    return OCTET_OK;
}

static octet_status run_call(builder *b, octet_keras_call *call, const char *scope, uint32_t depth) {
    if (call->layer->model == NULL) return octet_keras_leaf_emit(call);
    call->n_outputs = OCTET_KERAS_MAX_OUTPUTS;
    const place inside = {call->path, scope, depth + 1};
    return build_model(b, call->layer->model, &inside, call->inputs, call->n_inputs, call->outputs, &call->n_outputs);
}

/* Functions of Keras 3 open no scope: they are named after what they write. */
static octet_status enter_scope(builder *b, const octet_keras_layer *layer, const place *at, const char **out) {
    *out = "";
    if (b->scopes == NULL || (layer->is_operation && b->keras_version >= 3)) return OCTET_OK;
    return octet_keras_scope_enter(b->ctx, b->arena, b->scopes, b->keras_version, at->scope, layer->name, out);
}

/* A few operators that read no computed value twice: each stands where it would without the others, so that what needs
 * no weights does not wait for those of the rest. */
static bool is_tree(const octet_graph *graph, const octet_keras_step *step) {
    enum { MAX_OPERATORS = 8, MAX_READ = 16 };
    uint32_t read[MAX_READ], n = 0;
    if (step->end - step->first > MAX_OPERATORS) return false;
    for (uint32_t i = step->first; i < step->end; i++) {
        for (uint32_t j = 0; j < graph->operators[i].n_inputs; j++) {
            const uint32_t v = graph->operators[i].inputs[j];
            if (v == OCTET_NONE || octet_value_is_constant(&graph->values[v])) continue;
            for (uint32_t k = 0; k < n; k++)
                if (read[k] == v) return false;
            if (n == MAX_READ) return false;
            read[n++] = v;
        }
    }
    return true;
}

/* Notes the operators that a call of a layer wrote. */
static octet_status add_step(builder *b, const octet_keras_layer *layer, const place *at, octet_keras_step *step) {
    step->end = b->graph->n_operators;
    if (b->steps == NULL || layer->model != NULL || step->first == step->end) return OCTET_OK;
    if (layer->is_operation && b->keras_version >= 3) {
        const octet_operator *op = &b->graph->operators[step->first];
        const char *name = b->graph->values[op->outputs[0]].name;
        const size_t n = strlen(step->path);
        name = strncmp(name, step->path, n) == 0 && name[n] == '/' ? name + n + 1 : octet_operator_name(op->code);
        OCTET_TRY(octet_keras_scope_operator(b->ctx, b->arena, b->scopes, at->scope, name, &step->scope));
    }
    if (!is_tree(b->graph, step)) return octet_keras_steps_add(b->ctx, b->arena, b->steps, step);
    for (uint32_t i = step->first; i < step->end; i++) {
        const octet_keras_step part = {step->path, step->scope, i, i + 1};
        OCTET_TRY(octet_keras_steps_add(b->ctx, b->arena, b->steps, &part));
    }
    return OCTET_OK;
}

static octet_status build_node(builder *b, octet_keras_model *model, octet_keras_layer *layer, octet_keras_node *node,
                               const place *at) {
    octet_keras_step step = {.first = b->graph->n_operators};
    OCTET_TRY(octet_arena_format(b->ctx, b->arena, &step.path, "%s/%s", at->path, layer->name));
    OCTET_TRY(enter_scope(b, layer, at, &step.scope));
    octet_keras_call *call = NULL;
    OCTET_TRY(new_call(b, layer, step.path, &call));
    call->node = node;
    octet_status status = resolve_all(b, model, node, call);
    if (status == OCTET_OK) status = run_call(b, call, step.scope, at->depth);
    if (status == OCTET_OK) status = add_step(b, layer, at, &step);
    if (status == OCTET_OK) status = OCTET_NEW(b->ctx, b->arena, call->n_outputs, &node->outputs);
    if (status == OCTET_OK) {
        memcpy(node->outputs, call->outputs, call->n_outputs * sizeof *node->outputs);
        node->n_outputs = call->n_outputs;
        node->state = 2;
        if (node->n_outputs > 0) note_shape(b, layer, node->outputs[0]);
    }
    octet_arena_free(b->ctx, &call->weights);
    octet_memory_free(b->ctx, call);
    return status;
}

/* The first tensor of an argument whose call is not done; NULL when all are. */
static const octet_keras_reference *unmet_argument(const octet_keras_model *model,
                                                   const octet_keras_argument *argument) {
    if (argument->kind == OCTET_KERAS_TENSOR) {
        return model->layers[argument->reference.layer].nodes[argument->reference.node].state == 2
                   ? NULL
                   : &argument->reference;
    }
    for (uint32_t i = 0; argument->kind == OCTET_KERAS_LIST && i < argument->n_items; i++) {
        const octet_keras_reference *found = unmet_argument(model, &argument->items[i]);
        if (found != NULL) return found;
    }
    return NULL;
}

static const octet_keras_reference *unmet(const octet_keras_model *model, const octet_keras_node *node) {
    for (uint32_t i = 0; i < node->n_arguments; i++) {
        const octet_keras_reference *found = unmet_argument(model, &node->arguments[i]);
        if (found != NULL) return found;
    }
    return NULL;
}

/* Depth first, with a stack of our own: a chain may be as long as the model. */
static octet_status build_with_inputs(builder *b, octet_keras_model *model, octet_keras_reference *stack,
                                      uint32_t capacity, const place *at, octet_keras_reference start) {
    uint32_t n = 0;
    stack[n++] = start;
    while (n > 0) {
        octet_keras_layer *layer = &model->layers[stack[n - 1].layer];
        octet_keras_node *node = &layer->nodes[stack[n - 1].node];
        const octet_keras_reference *next = node->state == 2 ? NULL : unmet(model, node);
        if (next == NULL) {
            if (node->state != 2) OCTET_TRY(build_node(b, model, layer, node, at));
            n--;
            continue;
        }
        node->state = 1;
        OCTET_CHECK(b->ctx, model->layers[next->layer].nodes[next->node].state == 0 && n < capacity, OCTET_MODEL,
                    "%s: layer %s depends on itself", b->label, model->layers[next->layer].name);
        stack[n++] = *next;
    }
    return OCTET_OK;
}

/* The calls that the outputs need, as Keras runs them; then the others. */
static octet_status build_calls(builder *b, octet_keras_model *model, const place *at, uint32_t n_nodes,
                                octet_arena *scratch) {
    octet_keras_reference *stack = NULL, *scheduled = NULL;
    uint32_t n = 0;
    OCTET_TRY(OCTET_NEW(b->ctx, scratch, (size_t)n_nodes + 1, &stack));
    OCTET_TRY(octet_keras_schedule(b->ctx, scratch, model, &scheduled, &n));
    for (uint32_t i = 0; i < n; i++) OCTET_TRY(build_with_inputs(b, model, stack, n_nodes + 1, at, scheduled[i]));
    for (uint32_t i = 0; i < model->n_layers; i++)
        for (uint32_t j = 0; j < model->layers[i].n_nodes; j++)
            OCTET_TRY(build_with_inputs(b, model, stack, n_nodes + 1, at, (octet_keras_reference){i, j, 0}));
    return OCTET_OK;
}

static octet_status build_model(builder *b, octet_keras_model *model, const place *at, const uint32_t *inputs,
                                uint32_t n_inputs, uint32_t *outputs, uint32_t *n_outputs) {
    OCTET_CHECK(b->ctx, at->depth < b->ctx->max_depth, OCTET_LIMIT, "%s: models nested deeper than %u", b->label,
                (unsigned)b->ctx->max_depth);
    OCTET_CHECK(b->ctx, n_inputs == model->n_inputs, OCTET_MODEL,
                "%s: model %s has %u inputs, but is called with %u tensors", b->label, model->name,
                (unsigned)model->n_inputs, (unsigned)n_inputs);
    uint32_t n_nodes = 0;
    for (uint32_t i = 0; i < model->n_layers; i++) {
        n_nodes += model->layers[i].n_nodes;
        for (uint32_t j = 0; j < model->layers[i].n_nodes; j++) model->layers[i].nodes[j].state = 0;
    }
    for (uint32_t i = 0; i < n_inputs; i++) {
        octet_keras_layer *layer = &model->layers[model->inputs[i].layer];
        octet_keras_node *node = &layer->nodes[model->inputs[i].node];
        OCTET_TRY(OCTET_NEW(b->ctx, b->arena, 1, &node->outputs));
        node->outputs[0] = inputs[i];
        node->n_outputs = 1;
        node->state = 2;
        note_shape(b, layer, inputs[i]);
    }
    octet_arena scratch = {0};
    const octet_status status = build_calls(b, model, at, n_nodes, &scratch);
    octet_arena_free(b->ctx, &scratch);
    OCTET_TRY(status);
    OCTET_CHECK(b->ctx, model->n_outputs <= *n_outputs, OCTET_LIMIT, "%s: model %s has %u outputs, the limit is %u",
                b->label, model->name, (unsigned)model->n_outputs, (unsigned)*n_outputs);
    *n_outputs = model->n_outputs;
    for (uint32_t i = 0; i < model->n_outputs; i++) {
        const octet_keras_layer *layer = &model->layers[model->outputs[i].layer];
        const octet_keras_node *node = &layer->nodes[model->outputs[i].node];
        OCTET_CHECK(b->ctx, model->outputs[i].tensor < node->n_outputs, OCTET_MODEL,
                    "%s: output %u of layer %s is read, which has %u", b->label, (unsigned)model->outputs[i].tensor,
                    layer->name, (unsigned)node->n_outputs);
        outputs[i] = node->outputs[model->outputs[i].tensor];
    }
    return OCTET_OK;
}

octet_status octet_keras_call_layer(octet_keras_call *outer, const octet_keras_layer *layer, const uint32_t *inputs,
                                    uint32_t n_inputs, uint32_t mask, uint32_t *outputs, uint32_t *n_outputs) {
    builder b = {.ctx = outer->ctx,
                 .arena = outer->arena,
                 .document = outer->document,
                 .label = outer->label,
                 .keras_version = outer->keras_version,
                 .graph = outer->graph,
                 .n_calls = outer->n_calls,
                 .masks = outer->masks};
    const char *full = NULL;
    const bool is_trained = outer->layer->class->is_trainer; /* it opens no scope of its own for its layer */
    OCTET_TRY(
        octet_arena_format(outer->ctx, outer->arena, &full, is_trained ? "%s" : "%s/%s", outer->path, layer->name));
    octet_keras_call *call = NULL;
    OCTET_TRY(new_call(&b, layer, full, &call));
    memcpy(call->inputs, inputs, n_inputs * sizeof *inputs);
    call->n_inputs = n_inputs;
    call->mask = mask;
    call->zero_masked = outer->zero_masked;
    call->recurrence = outer->recurrence;
    call->trainer = is_trained ? outer : outer->trainer;
    const octet_status status = run_call(&b, call, "", 1);
    if (status == OCTET_OK) {
        memcpy(outputs, call->outputs, call->n_outputs * sizeof *outputs);
        *n_outputs = call->n_outputs;
    }
    octet_arena_free(outer->ctx, &call->weights);
    octet_memory_free(outer->ctx, call);
    return status;
}

static octet_status add_outputs(builder *b, const octet_keras_model *model, const uint32_t *outputs, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        char number[32];
        snprintf(number, sizeof number, "output_%u", (unsigned)i);
        OCTET_TRY(octet_graph_add_output(b->ctx, b->graph, outputs[i],
                                         b->keras_version >= 3 ? number : model->layers[model->outputs[i].layer].name));
    }
    return OCTET_OK;
}

/* TensorFlow calls a function with variables by another operator than one without. */
static const char *output_call(const octet_graph *graph, int32_t keras_version) {
    bool has_variables = false;
    for (uint32_t i = 0; i < graph->n_layers; i++) has_variables = has_variables || graph->layers[i].n_parameters > 0;
    if (keras_version >= 3) return has_variables ? "StatefulPartitionedCall_1" : "PartitionedCall_1";
    return has_variables ? "StatefulPartitionedCall" : "PartitionedCall";
}

octet_status octet_keras_build(octet_context *ctx, octet_arena *arena, const octet_json_document *document,
                               const char *label, int32_t keras_version, octet_keras_model *model,
                               const octet_import_options *options, octet_graph *graph) {
    uint32_t n_calls = 0;
    octet_keras_masks masks = {0};
    octet_keras_steps steps = {0};
    octet_keras_scopes scopes = {0};
    builder b = {ctx, arena, document, label, keras_version, graph, &n_calls, &masks, &scopes, &steps};
    uint32_t *inputs = NULL, *outputs = NULL, n_outputs = OCTET_KERAS_MAX_OUTPUTS;
    OCTET_TRY(OCTET_NEW(ctx, arena, model->n_inputs, &inputs));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_outputs, &outputs));
    graph->is_traced = true;
    OCTET_TRY(octet_keras_inputs_add(ctx, arena, label, model, options, graph, inputs));
    place at = {.path = model->name};
    OCTET_TRY(octet_keras_scope_enter(ctx, arena, &scopes, keras_version, "", model->name, &at.scope));
    OCTET_TRY(build_model(&b, model, &at, inputs, model->n_inputs, outputs, &n_outputs));
    OCTET_TRY(add_outputs(&b, model, outputs, n_outputs));
    OCTET_TRY(octet_keras_order(ctx, graph, keras_version, &steps));
    OCTET_TRY(octet_keras_summary_add(ctx, graph, model));
    graph->output_call = output_call(graph, keras_version);
    return OCTET_OK;
}
