#include "import/keras/config.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

typedef struct reader {
    octet_context *ctx;
    octet_arena *arena;
    const octet_json_document *document;
    const octet_json *model; /* the outermost */
    uint32_t depth, n_arguments;
} reader;

static octet_status read_model(reader *r, const octet_json *object, const char *outer_name, octet_keras_model **out);
static octet_status read_layer(reader *r, const octet_json *object, octet_keras_layer *layer);

static octet_status fail_at(reader *r, octet_status status, const octet_json *where, const char *what) {
    char path[OCTET_JSON_PATH_SIZE];
    return octet_context_fail(r->ctx, status, "%s: %s: %s", r->document->name,
                              octet_json_path(r->document, where, path), what);
}

/* UINT32_MAX when the model has no such layer. */
static uint32_t find_layer(const octet_keras_model *model, const char *name) {
    for (uint32_t slot = (uint32_t)octet_hash_text(0, name) & model->table_mask;;
         slot = (slot + 1) & model->table_mask) {
        const uint32_t layer = model->table[slot];
        if (layer == UINT32_MAX || strcmp(model->layers[layer].name, name) == 0) return layer;
    }
}

static octet_status build_table(reader *r, octet_keras_model *model) {
    uint32_t size = 4;
    while (size < 2 * model->n_layers) size *= 2;
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, size, &model->table));
    memset(model->table, 0xff, size * sizeof *model->table);
    model->table_mask = size - 1;
    for (uint32_t i = 0; i < model->n_layers; i++) {
        OCTET_CHECK(r->ctx, find_layer(model, model->layers[i].name) == UINT32_MAX, OCTET_MODEL,
                    "%s: model %s has two layers named %s", r->document->name, model->name, model->layers[i].name);
        uint32_t slot = (uint32_t)octet_hash_text(0, model->layers[i].name) & model->table_mask;
        while (model->table[slot] != UINT32_MAX) slot = (slot + 1) & model->table_mask;
        model->table[slot] = i;
    }
    return OCTET_OK;
}

/* [name, node, tensor] or [name, node, tensor, {...}] with a layer of this model. */
static bool read_reference(const octet_keras_model *model, const octet_json *item, octet_keras_reference *out) {
    const size_t length = octet_json_length(item);
    if (octet_json_kind_of(item) != OCTET_JSON_ARRAY || length < 3 || length > 4) return false;
    const char *name = octet_json_text(octet_json_at(item, 0));
    if (name == NULL) return false;
    int64_t numbers[2];
    for (size_t i = 0; i < 2; i++) {
        const octet_json *number = octet_json_at(item, i + 1);
        if (octet_json_kind_of(number) != OCTET_JSON_INTEGER || !octet_json_integer(number, &numbers[i])) return false;
        if (numbers[i] < 0 || numbers[i] > INT32_MAX) return false;
    }
    const uint32_t layer = find_layer(model, name);
    *out = (octet_keras_reference){layer, (uint32_t)numbers[0], (uint32_t)numbers[1]};
    return layer < model->n_layers;
}

static octet_status new_arguments(reader *r, size_t n, octet_keras_argument **out) {
    OCTET_CHECK(r->ctx, n <= OCTET_KERAS_MAX_ARGUMENTS - r->n_arguments, OCTET_LIMIT,
                "%s: more than %d arguments of layers", r->document->name, OCTET_KERAS_MAX_ARGUMENTS);
    r->n_arguments += (uint32_t)n;
    return OCTET_NEW(r->ctx, r->arena, n, out);
}

/* Any argument: a tensor in either dialect, a list with tensors in it, or a constant. */
static octet_status read_argument(reader *r, const octet_keras_model *model, const octet_json *item, uint32_t depth,
                                  octet_keras_argument *out) {
    OCTET_CHECK(r->ctx, depth < 8, OCTET_LIMIT, "%s: arguments of a layer nested deeper than 8", r->document->name);
    if (read_reference(model, item, &out->reference)) {
        out->kind = OCTET_KERAS_TENSOR;
        return OCTET_OK;
    }
    const octet_json *class_name = octet_json_get(item, "class_name");
    if (octet_json_text_is(class_name, "__keras_tensor__")) {
        const octet_json *history = octet_json_get(octet_json_get(item, "config"), "keras_history");
        if (!read_reference(model, history, &out->reference)) {
            return fail_at(r, OCTET_MODEL, item, "is a tensor of no layer of its model");
        }
        out->kind = OCTET_KERAS_TENSOR;
        return OCTET_OK;
    }
    if (octet_json_text_is(class_name, "__tuple__")) {
        const octet_json *items = octet_json_get(item, "items");
        return read_argument(r, model, items != NULL ? items : octet_json_get(octet_json_get(item, "config"), "value"),
                             depth + 1, out);
    }
    out->kind = OCTET_KERAS_CONSTANT;
    out->constant = item;
    if (octet_json_kind_of(item) != OCTET_JSON_ARRAY) return OCTET_OK;
    const size_t n = octet_json_length(item);
    octet_keras_argument *items = NULL;
    /* ["_CONSTANT_VALUE", -1, value, {...}]: Keras 2's way to write a first argument that is no tensor. */
    if (n >= 3 && octet_json_text_is(octet_json_at(item, 0), "_CONSTANT_VALUE")) {
        out->constant = octet_json_at(item, 2);
        return OCTET_OK;
    }
    OCTET_TRY(new_arguments(r, n, &items));
    bool has_tensor = false;
    for (size_t i = 0; i < n; i++) {
        OCTET_TRY(read_argument(r, model, octet_json_at(item, i), depth + 1, &items[i]));
        has_tensor = has_tensor || items[i].kind != OCTET_KERAS_CONSTANT;
    }
    if (!has_tensor) return OCTET_OK;
    out->kind = OCTET_KERAS_LIST;
    out->items = items;
    out->n_items = (uint32_t)n;
    return OCTET_OK;
}

static octet_status read_keywords(reader *r, const octet_keras_model *model, const octet_json *object,
                                  octet_keras_argument *out) {
    const octet_json *value = NULL;
    const char *key;
    for (size_t k = 0; (key = octet_json_key(object, k, &value)) != NULL; k++) {
        OCTET_TRY(read_argument(r, model, value, 0, out));
        out->keyword = key;
        out++;
    }
    return OCTET_OK;
}

/* Keras 3: {"args": [...], "kwargs": {...}}. */
static octet_status read_node_3(reader *r, const octet_keras_model *model, const octet_json *item,
                                octet_keras_node *node) {
    const octet_json *args = octet_json_get(item, "args"), *kwargs = octet_json_get(item, "kwargs");
    const size_t n_args = octet_json_kind_of(args) == OCTET_JSON_ARRAY ? octet_json_length(args) : 0;
    const size_t n_kwargs = octet_json_kind_of(kwargs) == OCTET_JSON_OBJECT ? octet_json_length(kwargs) : 0;
    OCTET_TRY(new_arguments(r, n_args + n_kwargs, &node->arguments));
    node->n_arguments = (uint32_t)(n_args + n_kwargs);
    for (size_t i = 0; i < n_args; i++)
        OCTET_TRY(read_argument(r, model, octet_json_at(args, i), 0, &node->arguments[i]));
    return n_kwargs > 0 ? read_keywords(r, model, kwargs, node->arguments + n_args) : OCTET_OK;
}

/* Keras 2: [[name, node, tensor, kwargs], ...], or one such entry without the outer list. */
static octet_status read_node_2(reader *r, const octet_keras_model *model, const octet_json *item,
                                octet_keras_node *node) {
    const bool is_single = octet_json_kind_of(octet_json_at(item, 0)) == OCTET_JSON_STRING;
    const octet_json *first = is_single ? item : octet_json_at(item, 0);
    if (octet_json_kind_of(first) != OCTET_JSON_ARRAY || octet_json_length(first) < 3) {
        return fail_at(r, OCTET_UNSUPPORTED, item, "is a call written in a way that octet does not know");
    }
    const octet_json *kwargs = octet_json_at(first, 3);
    const size_t n_kwargs = octet_json_kind_of(kwargs) == OCTET_JSON_OBJECT ? octet_json_length(kwargs) : 0;
    OCTET_TRY(new_arguments(r, 1 + n_kwargs, &node->arguments));
    node->n_arguments = (uint32_t)(1 + n_kwargs);
    OCTET_TRY(read_argument(r, model,
                            is_single                      ? item
                            : octet_json_length(item) == 1 ? first
                                                           : item,
                            0, &node->arguments[0]));
    if (node->arguments[0].kind == OCTET_KERAS_CONSTANT &&
        octet_json_text_is(octet_json_at(first, 0), "_CONSTANT_VALUE") == false) {
        return fail_at(r, OCTET_MODEL, item, "reads a tensor of no layer of its model");
    }
    return n_kwargs > 0 ? read_keywords(r, model, kwargs, node->arguments + 1) : OCTET_OK;
}

static octet_status read_nodes(reader *r, octet_keras_model *model, const octet_json *object,
                               octet_keras_layer *layer) {
    const octet_json *list = octet_json_get(object, "inbound_nodes");
    const size_t n = octet_json_kind_of(list) == OCTET_JSON_ARRAY ? octet_json_length(list) : 0;
    OCTET_CHECK(r->ctx, n <= OCTET_KERAS_MAX_LAYERS, OCTET_LIMIT, "%s: layer %s is called more than %d times",
                r->document->name, layer->name, OCTET_KERAS_MAX_LAYERS);
    const bool is_input = layer->class != NULL && layer->class->is_input;
    if (is_input || n == 0) {
        layer->n_nodes = is_input;
        return OCTET_NEW(r->ctx, r->arena, layer->n_nodes, &layer->nodes);
    }
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, n, &layer->nodes));
    layer->n_nodes = (uint32_t)n;
    for (size_t i = 0; i < n; i++) {
        const octet_json *item = octet_json_at(list, i);
        if (octet_json_kind_of(item) == OCTET_JSON_OBJECT) {
            model->has_keras_3_nodes = true;
            OCTET_TRY(read_node_3(r, model, item, &layer->nodes[i]));
        } else {
            OCTET_TRY(read_node_2(r, model, item, &layer->nodes[i]));
        }
    }
    return OCTET_OK;
}

/* input_layers, output_layers: one reference, a list of them, lists in lists, or an object of them. */
static octet_status read_ends(reader *r, const octet_keras_model *model, const octet_json *item, uint32_t depth,
                              octet_keras_reference *out, uint32_t capacity, uint32_t *n) {
    octet_keras_reference reference;
    if (read_reference(model, item, &reference)) {
        OCTET_CHECK(r->ctx, *n < capacity, OCTET_LIMIT, "%s: model %s has more than %u inputs or outputs",
                    r->document->name, model->name, (unsigned)capacity);
        out[(*n)++] = reference;
        return OCTET_OK;
    }
    const octet_json_kind kind = octet_json_kind_of(item);
    if ((kind != OCTET_JSON_ARRAY && kind != OCTET_JSON_OBJECT) || depth > 4) {
        return fail_at(r, OCTET_MODEL, octet_json_get(octet_json_get(r->model, "config"), "layers"),
                       "input_layers or output_layers name a layer that the model does not have");
    }
    if (kind == OCTET_JSON_ARRAY) {
        for (size_t i = 0; i < octet_json_length(item); i++) {
            OCTET_TRY(read_ends(r, model, octet_json_at(item, i), depth + 1, out, capacity, n));
        }
        return OCTET_OK;
    }
    const octet_json *value = NULL;
    const char *key;
    for (size_t k = 0; (key = octet_json_key(item, k, &value)) != NULL; k++) {
        OCTET_TRY(read_ends(r, model, value, depth + 1, out, capacity, n));
    }
    return OCTET_OK;
}

static void note_reference(octet_keras_model *model, const octet_keras_argument *argument) {
    if (argument->kind == OCTET_KERAS_TENSOR) {
        octet_keras_layer *layer = &model->layers[argument->reference.layer];
        if (argument->reference.node < layer->first_node) layer->first_node = argument->reference.node;
    } else if (argument->kind == OCTET_KERAS_LIST) {
        for (uint32_t i = 0; i < argument->n_items; i++) note_reference(model, &argument->items[i]);
    }
}

static octet_status check_reference(reader *r, const octet_keras_model *model, octet_keras_reference *reference) {
    const octet_keras_layer *layer = &model->layers[reference->layer];
    reference->node -= layer->first_node;
    OCTET_CHECK(r->ctx, reference->node < layer->n_nodes, OCTET_MODEL,
                "%s: call %u of layer %s is read, but the layer is called %u times", r->document->name,
                (unsigned)reference->node, layer->name, (unsigned)layer->n_nodes);
    return OCTET_OK;
}

static octet_status check_argument(reader *r, const octet_keras_model *model, octet_keras_argument *argument) {
    if (argument->kind == OCTET_KERAS_TENSOR) return check_reference(r, model, &argument->reference);
    for (uint32_t i = 0; argument->kind == OCTET_KERAS_LIST && i < argument->n_items; i++) {
        OCTET_TRY(check_argument(r, model, &argument->items[i]));
    }
    return OCTET_OK;
}

/* A nested model is born with a call of its own, which the file leaves out. Keras 2 numbers the calls that count from 1
 * (some versions from 0): the lowest number that anybody reads tells which. Keras 3 numbers them from 0, but in
 * output_layers from 1 where the nested model is a Functional. */
static octet_status number_nodes(reader *r, octet_keras_model *model) {
    for (uint32_t i = 0; i < model->n_layers; i++)
        model->layers[i].first_node = model->layers[i].model != NULL && !model->has_keras_3_nodes;
    for (uint32_t i = 0; i < model->n_outputs && model->has_keras_3_nodes; i++) {
        const octet_keras_layer *layer = &model->layers[model->outputs[i].layer];
        if (layer->model != NULL && !layer->model->is_sequential && model->outputs[i].node > 0)
            model->outputs[i].node--;
    }
    for (uint32_t i = 0; i < model->n_layers; i++) {
        for (uint32_t j = 0; j < model->layers[i].n_nodes; j++) {
            const octet_keras_node *node = &model->layers[i].nodes[j];
            for (uint32_t k = 0; k < node->n_arguments; k++) note_reference(model, &node->arguments[k]);
        }
    }
    for (uint32_t i = 0; i < model->n_outputs; i++) {
        note_reference(model, &(octet_keras_argument){.kind = OCTET_KERAS_TENSOR, .reference = model->outputs[i]});
    }
    for (uint32_t i = 0; i < model->n_layers; i++) {
        for (uint32_t j = 0; j < model->layers[i].n_nodes; j++) {
            octet_keras_node *node = &model->layers[i].nodes[j];
            for (uint32_t k = 0; k < node->n_arguments; k++) OCTET_TRY(check_argument(r, model, &node->arguments[k]));
        }
    }
    for (uint32_t i = 0; i < model->n_inputs; i++) OCTET_TRY(check_reference(r, model, &model->inputs[i]));
    for (uint32_t i = 0; i < model->n_outputs; i++) OCTET_TRY(check_reference(r, model, &model->outputs[i]));
    return OCTET_OK;
}

static octet_status read_functional(reader *r, const octet_json *config, octet_keras_model *model) {
    const octet_json *layers = octet_json_get(config, "layers");
    OCTET_TRY(build_table(r, model));
    for (uint32_t i = 0; i < model->n_layers; i++) {
        OCTET_TRY(read_nodes(r, model, octet_json_at(layers, i), &model->layers[i]));
    }
    enum { MAX_ENDS = 256 };
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, MAX_ENDS, &model->inputs));
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, MAX_ENDS, &model->outputs));
    OCTET_TRY(
        read_ends(r, model, octet_json_get(config, "input_layers"), 0, model->inputs, MAX_ENDS, &model->n_inputs));
    OCTET_TRY(
        read_ends(r, model, octet_json_get(config, "output_layers"), 0, model->outputs, MAX_ENDS, &model->n_outputs));
    OCTET_CHECK(r->ctx, model->n_outputs > 0, OCTET_MODEL, "%s: model %s has no outputs", r->document->name,
                model->name);
    return number_nodes(r, model);
}

/* The shape that a Sequential without InputLayer starts with: of its first layer, or as the model was built. */
static const octet_json *first_shape(const octet_keras_model *model, const octet_json *config) {
    const octet_keras_layer *first = &model->layers[1];
    static const char *const keys[] = {"batch_input_shape", "batch_shape"};
    for (size_t i = 0; i < 2; i++) {
        const octet_json *shape = octet_json_get(first->config, keys[i]);
        if (octet_json_kind_of(shape) == OCTET_JSON_ARRAY) return shape;
    }
    const octet_json *built = octet_json_get(config, "build_input_shape");
    if (octet_json_kind_of(built) == OCTET_JSON_ARRAY) return built;
    if (octet_json_kind_of(first->input_shape) == OCTET_JSON_ARRAY) return first->input_shape;
    if (first->model != NULL && first->model->n_inputs == 1)
        return first->model->layers[first->model->inputs[0].layer].input_shape;
    return NULL;
}

/* Every layer is called once on the layer before. */
static octet_status read_sequential(reader *r, const octet_json *config, octet_keras_model *model) {
    octet_keras_layer *first = &model->layers[0];
    if (first->name == NULL) { /* the place that read_model left for an InputLayer */
        const char *name = model->n_layers > 1 ? model->layers[1].name : model->name;
        first->class_name = "InputLayer";
        first->class = octet_keras_class_find(first->class_name);
        OCTET_TRY(octet_arena_format(r->ctx, r->arena, &first->name, "%s_input", name));
        first->input_shape = model->n_layers > 1 ? first_shape(model, config) : NULL;
        first->is_trainable = true;
    }
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, 1, &model->inputs));
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, 1, &model->outputs));
    model->n_inputs = model->n_outputs = 1;
    model->outputs[0] = (octet_keras_reference){model->n_layers - 1, 0, 0};
    for (uint32_t i = 0; i < model->n_layers; i++) {
        octet_keras_layer *layer = &model->layers[i];
        OCTET_TRY(OCTET_NEW(r->ctx, r->arena, 1, &layer->nodes));
        layer->n_nodes = 1;
        layer->first_node = 0;
        if (i == 0) continue;
        OCTET_TRY(new_arguments(r, 1, &layer->nodes[0].arguments));
        layer->nodes[0].n_arguments = 1;
        layer->nodes[0].arguments[0].kind = OCTET_KERAS_TENSOR;
        layer->nodes[0].arguments[0].reference = (octet_keras_reference){i - 1, 0, 0};
    }
    return OCTET_OK;
}

static octet_status read_wrapped(reader *r, const octet_json *config, octet_keras_layer *layer) {
    static const char *const keys[] = {"layer", "backward_layer", "cell"};
    const octet_json *cells = octet_json_get(config, "cells");
    const size_t n_cells = octet_json_kind_of(cells) == OCTET_JSON_ARRAY ? octet_json_length(cells) : 0;
    OCTET_CHECK(r->ctx, n_cells < OCTET_KERAS_MAX_LAYERS, OCTET_LIMIT, "%s: layer %s has %zu cells", r->document->name,
                layer->name, n_cells);
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, n_cells + 3, &layer->wrapped));
    for (size_t i = 0; i < n_cells + 3; i++) {
        const octet_json *inner = i < 3 ? octet_json_get(config, keys[i]) : octet_json_at(cells, i - 3);
        if (octet_json_kind_of(inner) != OCTET_JSON_OBJECT ||
            octet_json_text(octet_json_get(inner, "class_name")) == NULL)
            continue;
        OCTET_TRY(read_layer(r, inner, &layer->wrapped[layer->n_wrapped++]));
    }
    const bool is_pair = layer->class != NULL && layer->class->inner == OCTET_KERAS_INNER_DIRECTIONS;
    if (is_pair && layer->n_wrapped == 1) {
        /* Keras 2 writes the forward layer only; the backward one is the same with go_backwards turned round. */
        OCTET_TRY(read_layer(r, octet_json_get(config, "layer"), &layer->wrapped[layer->n_wrapped++]));
    }
    return OCTET_OK;
}

/* Keras 3's .h5 files leave the module out; a layer's configuration says trainable (but for some, as the table of
 * classes has it), a function's never. */
static bool is_operation(const octet_json *object, const octet_keras_class *class) {
    const char *module = octet_json_text(octet_json_get(object, "module"));
    if (module != NULL) return strncmp(module, "keras.src.ops", 13) == 0 || strncmp(module, "keras.ops", 9) == 0;
    const octet_json *config = octet_json_get(object, "config");
    const octet_json *first_node = octet_json_at(octet_json_get(object, "inbound_nodes"), 0);
    return octet_json_kind_of(first_node) == OCTET_JSON_OBJECT && octet_json_kind_of(config) == OCTET_JSON_OBJECT &&
           octet_json_get(config, "trainable") == NULL && octet_json_get(config, "layers") == NULL &&
           (class == NULL || !class->is_bare);
}

static octet_status read_layer(reader *r, const octet_json *object, octet_keras_layer *layer) {
    OCTET_CHECK(r->ctx, r->depth < r->ctx->max_depth, OCTET_LIMIT, "%s: layers nested deeper than %u",
                r->document->name, (unsigned)r->ctx->max_depth);
    OCTET_TRY(octet_json_get_string(r->ctx, r->document, object, "class_name", &layer->class_name));
    const octet_json *config = octet_json_get(object, "config");
    layer->output_rank = -1;
    layer->config = config;
    const char *name = octet_json_text(octet_json_get(config, "name"));
    if (name == NULL) name = octet_json_text(octet_json_get(object, "name"));
    OCTET_CHECK(r->ctx, name != NULL || octet_json_kind_of(config) == OCTET_JSON_ARRAY, OCTET_FORMAT,
                "%s: a layer of class %s has no name", r->document->name, layer->class_name);
    layer->name = name != NULL ? name : "sequential";
    layer->class = octet_keras_class_find(layer->class_name);
    layer->is_operation = is_operation(object, layer->class);
    if (layer->is_operation) layer->class = octet_keras_class_operation();
    const octet_json *trainable = octet_json_get(config, "trainable");
    layer->is_trainable = octet_json_kind_of(trainable) != OCTET_JSON_BOOL || octet_json_is_true(trainable);
    const bool is_model = octet_json_kind_of(config) == OCTET_JSON_ARRAY ||
                          octet_json_kind_of(octet_json_get(config, "layers")) == OCTET_JSON_ARRAY;
    if (is_model) {
        layer->class = NULL;
        r->depth++;
        OCTET_TRY(read_model(r, object, layer->name, &layer->model));
        r->depth--;
        return OCTET_OK;
    }
    OCTET_CHECK(r->ctx, octet_json_kind_of(config) == OCTET_JSON_OBJECT, OCTET_FORMAT, "%s: layer %s has no config",
                r->document->name, layer->name);
    if (layer->class != NULL && layer->class->is_input) {
        layer->input_shape = octet_json_get(config, "batch_shape");
        if (layer->input_shape == NULL) layer->input_shape = octet_json_get(config, "batch_input_shape");
        return OCTET_OK;
    }
    layer->input_shape = octet_json_get(octet_json_get(object, "build_config"), "input_shape");
    r->depth++;
    OCTET_TRY(read_wrapped(r, config, layer));
    r->depth--;
    return OCTET_OK;
}

static octet_status read_model(reader *r, const octet_json *object, const char *outer_name, octet_keras_model **out) {
    octet_keras_model *model = NULL;
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, 1, &model));
    const octet_json *config = octet_json_get(object, "config");
    const octet_json *layers =
        octet_json_kind_of(config) == OCTET_JSON_ARRAY ? config : octet_json_get(config, "layers");
    const char *class_name = octet_json_text(octet_json_get(object, "class_name"));
    OCTET_CHECK(
        r->ctx, octet_json_kind_of(layers) == OCTET_JSON_ARRAY, OCTET_UNSUPPORTED,
        "%s: model class %s has no list of layers: only Sequential and Functional models can be read; build the model "
        "with one of them and save it again",
        r->document->name, class_name != NULL ? class_name : "?");
    const char *name = octet_json_text(octet_json_get(config, "name"));
    model->name = name != NULL ? name : outer_name;
    const size_t n = octet_json_length(layers);
    OCTET_CHECK(r->ctx, n > 0, OCTET_MODEL, "%s: model %s has no layers", r->document->name, model->name);
    OCTET_CHECK(r->ctx, n < OCTET_KERAS_MAX_LAYERS, OCTET_LIMIT, "%s: model %s has %zu layers, the limit is %d",
                r->document->name, model->name, n, OCTET_KERAS_MAX_LAYERS);
    model->is_sequential = octet_json_get(config, "output_layers") == NULL;
    const bool starts = octet_json_text_is(octet_json_get(octet_json_at(layers, 0), "class_name"), "InputLayer");
    const uint32_t gap = model->is_sequential && !starts;
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, n + gap, &model->layers));
    if (gap) model->layers[0].output_rank = -1;
    for (size_t i = 0; i < n; i++) OCTET_TRY(read_layer(r, octet_json_at(layers, i), &model->layers[i + gap]));
    model->n_layers = (uint32_t)n + gap;
    if (model->is_sequential) {
        OCTET_TRY(read_sequential(r, config, model));
    } else {
        OCTET_TRY(read_functional(r, config, model));
    }
    *out = model;
    return OCTET_OK;
}

octet_status octet_keras_config_read(octet_context *ctx, octet_arena *arena, const octet_json_document *document,
                                     const octet_json *object, octet_keras_model **out) {
    reader r = {.ctx = ctx, .arena = arena, .document = document, .model = object};
    OCTET_CHECK(ctx, octet_json_kind_of(object) == OCTET_JSON_OBJECT, OCTET_FORMAT,
                "%s: is not the configuration of a model", document->name);
    return read_model(&r, object, "model", out);
}

const char *octet_keras_dtype_name(const octet_json *dtype) {
    const char *name = octet_json_text(dtype);
    return name != NULL ? name : octet_json_text(octet_json_get(octet_json_get(dtype, "config"), "name"));
}
