#include "import/keras/build.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "import/keras/emit/mask.h"
#include "import/keras/layers/classes.h"
#include "import/keras/layers/trained.h"
#include "import/keras/order.h"
#include "import/keras/schedule.h"
#include "import/keras/scope.h"
#include "import/keras/stored.h"
#include "import/keras/weights.h"

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

/* Attributes of every layer, which say nothing about inference. */
static const char common_keys[] = "name trainable dtype batch_input_shape batch_shape batch_size input_shape input_dim "
                                  "input_length build_config compile_config seed "
                                  "registered_name module autocast activity_regularizer kernel_regularizer "
                                  "bias_regularizer kernel_initializer bias_initializer "
                                  "kernel_constraint bias_constraint quantization_config lora_rank lora_alpha "
                                  "shared_object_id sparse ragged dynamic noise_shape";

/* Where a model is called. */
typedef struct place {
    const char *path, *scope; /* names of models, as octet and as TensorFlow writes them (import/keras/scope.h) */
    uint32_t depth;           /* of models in models */
} place;

static octet_status build_model(builder *b, octet_keras_model *model, const place *at, const uint32_t *inputs,
                                uint32_t n_inputs, uint32_t *outputs, uint32_t *n_outputs);

/* An attribute that the row of the class does not name and that is set may change the result: refused. */
static octet_status check_keys(octet_keras_call *call, const octet_keras_class *entry) {
    const octet_json *value = NULL;
    const octet_json *config = call->layer->config;
    if (entry->keys == NULL) return OCTET_OK;
    for (const char *key = octet_json_next(config, NULL, &value); key != NULL;
         key = octet_json_next(config, key, &value)) {
        if (octet_keras_word_in(common_keys, key) || octet_keras_word_in(entry->keys, key)) continue;
        const octet_json_kind kind = octet_json_kind_of(value);
        if (kind == OCTET_JSON_NULL || (kind == OCTET_JSON_BOOL && !octet_json_is_true(value))) continue;
        const size_t length = strlen(key);
        static const char *const endings[] = {"_initializer", "_regularizer", "_constraint", "_dropout"};
        bool is_training = false;
        for (size_t i = 0; i < 4; i++) {
            const size_t n = strlen(endings[i]);
            is_training = is_training || (length > n && strcmp(key + length - n, endings[i]) == 0);
        }
        if (!is_training)
            return octet_keras_refuse(call, "attribute %s is set, and octet does not know what it does; leave it out",
                                      key);
    }
    return OCTET_OK;
}

/* "float32", {"class_name": "DTypePolicy", "config": {"name": "float32"}}, mixed policies: weights are float32 anyhow.
 */
static octet_status check_dtype(octet_keras_call *call) {
    const octet_json *dtype = octet_json_get(call->layer->config, "dtype");
    const char *name = octet_json_text(dtype), *mode = octet_keras_stored_mode(call->layer);
    if (name == NULL) name = octet_json_text(octet_json_get(octet_json_get(dtype, "config"), "name"));
    if (mode != NULL && (strncmp(mode, "int8", 4) != 0 || octet_keras_stored_lacks_scale(call->layer)))
        return octet_keras_refuse(
            call, "was quantized by Keras (%s); octet needs the model as it was before model.quantize()", mode);
    if (name == NULL || mode != NULL) return OCTET_OK;
    static const char *const known[] = {"float32", "float16", "float64", "mixed_float16", "bfloat16", "mixed_bfloat16",
                                        "int8",    "uint8",   "int16",   "int32",         "int64",    "bool"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i]) == 0) return OCTET_OK;
    }
    return octet_keras_refuse(call, "dtype %s is not supported; the model must be trained in float32", name);
}

/* Classes that are known and cannot be written, with what to do instead. */
static const char *const remedies[][2] = {
    {"Lambda", "a Lambda holds Python code, which is never run; replace it by layers (Rescaling, Reshape, Activation, "
               "...) and save again"},
    {"StringLookup TextVectorization Hashing HashedCrossing",
     "texts and hashes are no part of a TensorFlow Lite model; compute the indices before the model, and save one "
     "whose Input they are"},
    {"TFSMLayer JaxLayer FlaxLayer TorchModuleWrapper", "it holds a program of another library, which is never run; "
                                                        "rebuild its part with Keras layers and copy the weights"},
    {"STFTSpectrogram MelSpectrogram", "spectrograms are supported as functions of the data only; compute them before "
                                       "the model, and save one whose Input they are"},
    {"ContrastLimitedAdaptiveHistogramEqualization",
     "it acts at inference too and is not supported; equalize the pictures of the data before the model"},
    {"MaxNumBoundingBoxes", "bounding boxes are no part of a model's inference; save the model without it"},
    {"Pipeline", "a Pipeline of preprocessing layers is not supported; put its layers into the model one by one"},
    {"RandomCrop", "at inference it resizes too, in ways that differ between versions of Keras; replace it by "
                   "CenterCrop or Resizing"},
    {"AutoContrast",
     "it acts at inference too and is not supported; stretch the contrast of the data before the model"},
};

static octet_status refuse_class(octet_keras_call *call) {
    for (size_t i = 0; i < sizeof remedies / sizeof *remedies; i++) {
        const char *package = strchr(call->layer->class_name, '>');
        const char *class_name = package != NULL ? package + 1 : call->layer->class_name;
        if (octet_keras_word_in(remedies[i][0], class_name)) return octet_keras_refuse(call, "%s", remedies[i][1]);
    }
    octet_buffer list = {0};
    for (uint32_t i = 0; octet_keras_class_at(i) != NULL && list.size < 600; i++) {
        const octet_status status =
            octet_buffer_format(call->ctx, &list, "%s%s", i > 0 ? " " : "", octet_keras_class_at(i)->name);
        if (status != OCTET_OK) break;
    }
    const octet_status status =
        octet_keras_refuse(call, "this class is not supported; supported are %s%s",
                           list.data != NULL ? (const char *)list.data : "", list.size >= 600 ? " ..." : "");
    octet_buffer_free(call->ctx, &list);
    return status;
}

/* Layers that take integers as they are; all others compute in float32. */
static const char integer_layers[] = "Embedding ReversibleEmbedding Flatten Reshape Permute RepeatVector Concatenate "
                                     "ZeroPadding1D Cropping1D Dropout Identity "
                                     "TimeDistributed";

static octet_status cast_inputs(octet_keras_call *call) {
    if (octet_keras_class_of(call->layer)->emit == octet_keras_call_function) return OCTET_OK;
    if (octet_keras_word_in(integer_layers, call->layer->class_name)) return OCTET_OK;
    for (uint32_t i = 0; i < call->n_inputs; i++) {
        const octet_type type = call->graph->values[call->inputs[i]].type;
        const octet_options options = {.cast = {type, OCTET_FLOAT32}};
        if (type == OCTET_FLOAT32) continue;
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast", &call->inputs[i], 1, &options, &call->inputs[i]));
    }
    return OCTET_OK;
}

static octet_status emit_leaf(octet_keras_call *call) {
    const octet_keras_class *entry = octet_keras_class_of(call->layer);
    if (entry == NULL) return refuse_class(call);
    OCTET_TRY(check_keys(call, entry));
    OCTET_TRY(check_dtype(call));
    OCTET_TRY(cast_inputs(call));
    OCTET_TRY(entry->emit(call));
    return octet_keras_mask_pass(call);
}

static void note_shape(builder *b, octet_keras_layer *layer, uint32_t value) {
    if (layer->output_rank >= 0) return;
    const octet_shape *shape = &b->graph->values[value].shape;
    layer->output_rank = shape->rank;
    memcpy(layer->output_dims, shape->dims, sizeof shape->dims);
}

/* Graph inputs. */

/* Integers where the layer says so, as the converter's files have it: pixels as bytes, indices of words. All floats are
 * float32. */
static octet_type input_type_of(const octet_keras_layer *layer) {
    const octet_json *dtype = octet_json_get(layer->config, "dtype");
    const char *name = octet_json_text(dtype);
    if (name == NULL) name = octet_json_text(octet_json_get(octet_json_get(dtype, "config"), "name"));
    static const octet_type integers[] = {OCTET_INT8, OCTET_UINT8, OCTET_INT16, OCTET_INT32, OCTET_INT64, OCTET_BOOL};
    for (size_t i = 0; name != NULL && i < sizeof integers / sizeof *integers; i++)
        if (strcmp(name, octet_type_name(integers[i])) == 0) return integers[i];
    return OCTET_FLOAT32;
}

/* "64,64,3": the shape that the file has, with a size where it leaves one open. */
static const char *example_shape(const octet_json *list, char text[OCTET_SHAPE_TEXT_SIZE]) {
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 1; i < octet_json_length(list) && used < OCTET_SHAPE_TEXT_SIZE - 16; i++) {
        int64_t size = 64;
        if (!octet_json_integer(octet_json_at(list, i), &size) || size > INT32_MAX || size < 1) size = 64;
        used += (size_t)snprintf(text + used, OCTET_SHAPE_TEXT_SIZE - used, "%s%d", i > 1 ? "," : "", (int)size);
    }
    return text;
}

static octet_status input_shape_of(builder *b, const octet_keras_layer *layer, const octet_shape *given,
                                   octet_shape *out, bool *open_batch) {
    const octet_json *list = layer->input_shape;
    const size_t rank = octet_json_length(list);
    OCTET_CHECK(
        b->ctx, octet_json_kind_of(list) == OCTET_JSON_ARRAY, OCTET_MODEL,
        "%s: input %s: the file does not say its shape; save the model after building it (an Input layer first)",
        b->label, layer->name);
    OCTET_CHECK(b->ctx, rank >= 1 && rank <= OCTET_MAX_RANK, OCTET_UNSUPPORTED,
                "%s: input %s has %zu dimensions, 1 to %d are supported", b->label, layer->name, rank, OCTET_MAX_RANK);
    *out = (octet_shape){.rank = (int32_t)rank};
    for (size_t i = 0; i < rank; i++) {
        int64_t size = -1;
        const octet_json *item = octet_json_at(list, i);
        const bool is_open = octet_json_kind_of(item) == OCTET_JSON_NULL;
        OCTET_CHECK(b->ctx, is_open || (octet_json_integer(item, &size) && size >= 1 && size <= INT32_MAX), OCTET_MODEL,
                    "%s: input %s: dimension %zu is no size", b->label, layer->name, i);
        if (i == 0) {
            *open_batch = is_open;
            out->dims[0] = is_open ? 1 : (int32_t)size;
            continue;
        }
        if (is_open && given != NULL && given->rank == (int32_t)rank) size = given->dims[i];
        if (is_open && given != NULL && given->rank == (int32_t)rank - 1) size = given->dims[i - 1];
        char text[OCTET_SHAPE_TEXT_SIZE];
        OCTET_CHECK(b->ctx, size >= 1, OCTET_UNSUPPORTED,
                    "%s: input %s leaves dimension %zu open: say its shape, as --input-shape %s", b->label, layer->name,
                    i, example_shape(list, text));
        out->dims[i] = (int32_t)size;
    }
    return octet_shape_check(b->ctx, out, layer->name);
}

static octet_status add_inputs(builder *b, octet_keras_model *model, const octet_import_options *options,
                               uint32_t *values) {
    for (uint32_t i = 0; i < model->n_inputs; i++) {
        octet_keras_layer *layer = &model->layers[model->inputs[i].layer];
        OCTET_CHECK(b->ctx, strcmp(layer->class_name, "InputLayer") == 0, OCTET_MODEL,
                    "%s: input_layers names %s, which is a %s", b->label, layer->name, layer->class_name);
        const octet_shape *given = options != NULL && i < options->n_input_shapes ? &options->input_shapes[i] : NULL;
        octet_shape shape;
        bool open_batch = false;
        OCTET_TRY(input_shape_of(b, layer, given, &shape, &open_batch));
        b->graph->open_batch = b->graph->open_batch || open_batch;
        const char *name = NULL;
        OCTET_TRY(octet_arena_format(b->ctx, b->arena, &name, "serving_default_%s:0", layer->name));
        OCTET_TRY(octet_graph_add_value(b->ctx, b->graph, name, input_type_of(layer), &shape, &values[i]));
        OCTET_TRY(octet_graph_add_input(b->ctx, b->graph, values[i], layer->name));
    }
    return OCTET_OK;
}

/* Calls. */

static octet_status resolve(builder *b, octet_keras_model *model, octet_keras_argument *argument,
                            octet_keras_call *call) {
    if (argument->kind == OCTET_KERAS_LIST) {
        for (uint32_t i = 0; i < argument->n_items; i++) OCTET_TRY(resolve(b, model, &argument->items[i], call));
        return OCTET_OK;
    }
    if (argument->kind != OCTET_KERAS_TENSOR) return OCTET_OK;
    const octet_keras_layer *source = &model->layers[argument->reference.layer];
    const octet_keras_node *node = &source->nodes[argument->reference.node];
    OCTET_CHECK(b->ctx, argument->reference.tensor < node->n_outputs, OCTET_MODEL,
                "%s: layer %s reads output %u of %s, which has %u", b->label, call->layer->name,
                (unsigned)argument->reference.tensor, source->name, (unsigned)node->n_outputs);
    OCTET_CHECK(b->ctx, call->n_inputs < OCTET_KERAS_MAX_INPUTS, OCTET_LIMIT, "%s: layer %s reads more than %d tensors",
                b->label, call->layer->name, OCTET_KERAS_MAX_INPUTS);
    argument->value = node->outputs[argument->reference.tensor];
    if (argument->keyword != NULL && strcmp(argument->keyword, "mask") == 0 && !call->layer->is_operation) {
        call->mask = argument->value;
    } else {
        call->inputs[call->n_inputs++] = argument->value;
    }
    return OCTET_OK;
}

/* The caller frees it by octet_memory_free. */
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
    if (call->layer->model == NULL) return emit_leaf(call);
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
    octet_status status = OCTET_OK;
    for (uint32_t i = 0; status == OCTET_OK && i < node->n_arguments; i++)
        status = resolve(b, model, &node->arguments[i], call);
    if (status == OCTET_OK) status = run_call(b, call, step.scope, at->depth);
    if (status == OCTET_OK) status = add_step(b, layer, at, &step);
    if (status == OCTET_OK) status = OCTET_NEW(b->ctx, b->arena, call->n_outputs, &node->outputs);
    if (status == OCTET_OK) {
        memcpy(node->outputs, call->outputs, call->n_outputs * sizeof *node->outputs);
        node->n_outputs = call->n_outputs;
        node->state = 2;
        if (node->n_outputs > 0) note_shape(b, layer, node->outputs[0]);
    }
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
    const bool is_trained =
        octet_keras_trained_is_wrapper(outer->layer); /* it opens no scope of its own for its layer */
    OCTET_TRY(
        octet_arena_format(outer->ctx, outer->arena, &full, is_trained ? "%s" : "%s/%s", outer->path, layer->name));
    octet_keras_call *call = NULL;
    OCTET_TRY(new_call(&b, layer, full, &call));
    memcpy(call->inputs, inputs, n_inputs * sizeof *inputs);
    call->n_inputs = n_inputs;
    call->mask = mask;
    call->zero_masked = outer->zero_masked;
    call->steps = outer->steps;
    call->trainer = is_trained ? outer : outer->trainer;
    const octet_status status = run_call(&b, call, "", 1);
    if (status == OCTET_OK) {
        memcpy(outputs, call->outputs, call->n_outputs * sizeof *outputs);
        *n_outputs = call->n_outputs;
    }
    octet_memory_free(outer->ctx, call);
    return status;
}

/* The layer table. */

static octet_status list_sources(builder *b, const octet_keras_model *model, const octet_keras_argument *argument,
                                 octet_buffer *text) {
    for (uint32_t i = 0; argument->kind == OCTET_KERAS_LIST && i < argument->n_items; i++)
        OCTET_TRY(list_sources(b, model, &argument->items[i], text));
    if (argument->kind != OCTET_KERAS_TENSOR || text->size > 4096) return OCTET_OK;
    return octet_buffer_format(b->ctx, text, "%s%s", text->size > 0 ? ", " : "",
                               model->layers[argument->reference.layer].name);
}

static octet_status add_row(builder *b, const octet_keras_model *model, const octet_keras_layer *layer, int32_t depth) {
    octet_layer row = {.name = layer->name, .class_name = layer->class_name, .depth = depth};
    octet_keras_weights_count(layer, &row.n_parameters, &row.n_trainable);
    row.output_shape.rank = layer->output_rank < 0 ? 0 : layer->output_rank;
    memcpy(row.output_shape.dims, layer->output_dims, sizeof row.output_shape.dims);
    if (b->graph->open_batch && row.output_shape.rank > 0) row.output_shape.dims[0] = -1;
    octet_buffer sources = {0};
    octet_status status = OCTET_OK;
    for (uint32_t i = 0; status == OCTET_OK && layer->n_nodes > 0 && i < layer->nodes[0].n_arguments; i++) {
        status = list_sources(b, model, &layer->nodes[0].arguments[i], &sources);
    }
    row.inputs = sources.data != NULL ? (const char *)sources.data : "";
    if (status == OCTET_OK) status = octet_graph_add_layer(b->ctx, b->graph, &row);
    octet_buffer_free(b->ctx, &sources);
    return status;
}

static octet_status add_rows(builder *b, const octet_keras_model *model, int32_t depth) {
    for (uint32_t i = 0; i < model->n_layers; i++) {
        const octet_keras_layer *layer = &model->layers[i];
        if (model->is_sequential && i == 0) continue; /* Keras does not list a Sequential's InputLayer */
        OCTET_TRY(add_row(b, model, layer, depth));
        if (layer->model != NULL) OCTET_TRY(add_rows(b, layer->model, depth + 1));
    }
    return OCTET_OK;
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
    graph->output_call = keras_version >= 3 ? "StatefulPartitionedCall_1" : "StatefulPartitionedCall";
    OCTET_TRY(add_inputs(&b, model, options, inputs));
    place at = {.path = model->name};
    OCTET_TRY(octet_keras_scope_enter(ctx, arena, &scopes, keras_version, "", model->name, &at.scope));
    OCTET_TRY(build_model(&b, model, &at, inputs, model->n_inputs, outputs, &n_outputs));
    OCTET_TRY(add_outputs(&b, model, outputs, n_outputs));
    OCTET_TRY(octet_keras_order(ctx, graph, keras_version, &steps));
    return add_rows(&b, model, 0);
}
