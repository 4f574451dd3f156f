#include "import/keras/weights.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "import/keras/layers/trained.h"
#include "import/keras/names.h"
#include "import/keras/stored.h"

typedef struct binder {
    octet_context *ctx;
    octet_arena *arena;
    octet_hdf5 *hdf5;
    const char *label;
} binder;

void octet_keras_weights_add(octet_keras_layer *layer, const char *name, const char *path, bool is_trainable) {
    assert(layer->n_weights < OCTET_KERAS_MAX_WEIGHTS);
    layer->weights[layer->n_weights++] = (octet_keras_weight){.name = name, .path = path, .is_trainable = is_trainable};
}

/* 1. Which weights: asked from the table of layers, for the whole tree. */

static octet_status list_layer(binder *b, octet_keras_layer *layer, uint32_t depth) {
    OCTET_CHECK(b->ctx, depth < b->ctx->max_depth, OCTET_LIMIT, "%s: layers nested deeper than %u", b->label,
                (unsigned)b->ctx->max_depth);
    if (layer->model != NULL) {
        for (uint32_t i = 0; i < layer->model->n_layers; i++)
            OCTET_TRY(list_layer(b, &layer->model->layers[i], depth + 1));
        return OCTET_OK;
    }
    for (uint32_t i = 0; i < layer->n_wrapped; i++) OCTET_TRY(list_layer(b, &layer->wrapped[i], depth + 1));
    /* An unknown class is refused with a better sentence when it is built. */
    if (layer->class == NULL || layer->class->weights == NULL) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, OCTET_KERAS_MAX_WEIGHTS, &layer->weights));
    OCTET_TRY(layer->class->weights(b->ctx, b->arena, layer));
    octet_keras_stored_list(layer);
    return OCTET_OK;
}

/* 2. Keras 2's layout: a group per layer of the outermost model, with a list of its weights in order. */

typedef struct weight_list {
    octet_keras_weight **items;
    const octet_keras_layer **layers; /* whose weight it is */
    size_t n, capacity;
} weight_list;

static octet_status push(binder *b, weight_list *list, const octet_keras_layer *layer, octet_keras_weight *weight) {
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        octet_keras_weight **items = NULL;
        const octet_keras_layer **layers = NULL;
        OCTET_TRY(OCTET_NEW(b->ctx, b->arena, capacity, &items));
        OCTET_TRY(OCTET_NEW(b->ctx, b->arena, capacity, &layers));
        if (list->n > 0) {
            memcpy(items, list->items, list->n * sizeof *items);
            memcpy(layers, list->layers, list->n * sizeof *layers);
        }
        list->items = items;
        list->layers = layers;
        list->capacity = capacity;
    }
    list->layers[list->n] = layer;
    list->items[list->n++] = weight;
    return OCTET_OK;
}

static octet_status join_layer(binder *b, octet_keras_layer *layer) {
    for (uint32_t i = 0; layer->model != NULL && i < layer->model->n_layers; i++)
        OCTET_TRY(join_layer(b, &layer->model->layers[i]));
    for (uint32_t i = 0; i < layer->n_wrapped; i++) OCTET_TRY(join_layer(b, &layer->wrapped[i]));
    return octet_keras_stored_join(b->ctx, b->arena, layer, b->label);
}

/* Keras's order: all trainable weights of the tree, then all others; nothing in a frozen layer is trainable. */
static octet_status collect(binder *b, octet_keras_layer *layer, bool want_trainable, bool is_frozen,
                            weight_list *list) {
    is_frozen = is_frozen || !layer->is_trainable;
    if (layer->model != NULL) {
        for (uint32_t i = 0; i < layer->model->n_layers; i++) {
            OCTET_TRY(collect(b, &layer->model->layers[i], want_trainable, is_frozen, list));
        }
        return OCTET_OK;
    }
    /* Within a frozen layer the trainable ones still come first. */
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < layer->n_weights; i++) {
            octet_keras_weight *weight = &layer->weights[i];
            if (weight->is_trainable != (pass == 0)) continue;
            if ((weight->is_trainable && !is_frozen) == want_trainable) OCTET_TRY(push(b, list, layer, weight));
        }
    }
    for (uint32_t i = 0; i < layer->n_wrapped; i++)
        OCTET_TRY(collect(b, &layer->wrapped[i], want_trainable, is_frozen, list));
    return OCTET_OK;
}

/* "sequential/dense/kernel:0" names the weight `base` of `layer` in `scope` ("query", or ""): the last part is the base
 * without ":0", and the layer's name and the scope are among the parts before. */
static bool has_part(const char *path, size_t length, const char *part) {
    const size_t n = strlen(part);
    for (size_t i = 0; i + n <= length; i++) {
        if (i > 0 && path[i - 1] != '/') continue;
        if (strncmp(path + i, part, n) == 0 && (i + n == length || path[i + n] == '/')) return true;
    }
    return false;
}

static bool name_matches(const char *path, const octet_keras_layer *layer, const octet_keras_weight *weight) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL) return false;
    const char *own = strrchr(weight->name, '/');
    const char *base = own != NULL ? own + 1 : weight->name;
    const size_t n = strlen(base);
    if (strncmp(slash + 1, base, n) != 0 || (slash[1 + n] != '\0' && slash[1 + n] != ':')) return false;
    const size_t length = (size_t)(slash - path);
    if (!has_part(path, length, layer->name)) return false;
    if (own == NULL) return true;
    char scope[64];
    snprintf(scope, sizeof scope, "%.*s", (int)(own - weight->name), weight->name);
    return has_part(path, length, scope);
}

/* True when every weight is named by exactly one of the datasets (an optional one by none or one), and no dataset names
 * two. */
static bool match_by_name(const weight_list *list, const octet_keras_weight_group *group) {
    for (size_t i = 0; i < list->n; i++) {
        size_t found = group->n;
        for (size_t j = 0; j < group->n; j++) {
            if (!name_matches(group->names[j], list->layers[i], list->items[i])) continue;
            if (found < group->n) return false;
            found = j;
        }
        if (found == group->n && list->items[i]->is_optional) continue;
        if (found == group->n) return false;
        for (size_t k = 0; k < i; k++) {
            if (list->items[k]->dataset == group->datasets[found]) return false;
        }
        list->items[i]->dataset = group->datasets[found];
    }
    return true;
}

/* Keras's rule where names are not clear: the weights of both sides in order. */
static octet_status bind_by_order(binder *b, const octet_keras_layer *layer, weight_list *list,
                                  const octet_keras_weight_group *group) {
    size_t needed = 0;
    for (size_t i = 0; i < list->n; i++) {
        list->items[i]->dataset = NULL;
        needed += !list->items[i]->is_optional;
    }
    if (group->n < list->n &&
        group->n == needed) { /* the optional ones (Normalization's statistics) are absent altogether */
        size_t m = 0;
        for (size_t i = 0; i < list->n; i++) {
            if (!list->items[i]->is_optional) list->items[m++] = list->items[i];
        }
        list->n = m;
    }
    OCTET_CHECK(b->ctx, group->n >= list->n, OCTET_MODEL,
                "%s:%s: holds %zu weights, but layer %s (%s) has %zu, the missing one may be %s; save the model again "
                "from Keras",
                b->label, group->place, group->n, layer->name, layer->class_name, list->n,
                list->items[group->n < list->n ? group->n : 0]->name);
    OCTET_CHECK(
        b->ctx, group->n == list->n, OCTET_MODEL,
        "%s:%s: holds %zu weights, but layer %s (%s) has %zu as it is configured; save the model again from Keras",
        b->label, group->place, group->n, layer->name, layer->class_name, list->n);
    OCTET_CHECK(b->ctx, group->is_ordered || layer->model == NULL, OCTET_MODEL,
                "%s:%s: the names of its weights do not tell which layer of %s (%s) they are of; save the whole model "
                "with model.save(\"model.keras\")",
                b->label, group->place, layer->name, layer->class_name);
    for (size_t i = 0; i < group->n; i++) list->items[i]->dataset = group->datasets[i];
    return OCTET_OK;
}

static octet_status bind_group(binder *b, octet_keras_layer *layer, const octet_keras_weight_group *group) {
    weight_list list = {0};
    OCTET_TRY(collect(b, layer, true, false, &list));
    OCTET_TRY(collect(b, layer, false, false, &list));
    if (list.n == 0) return OCTET_OK;
    OCTET_CHECK(b->ctx, group->is_there, OCTET_MODEL,
                "%s:%s: no such group, but layer %s (%s) has %zu weights; save the model again from Keras", b->label,
                group->place, layer->name, layer->class_name, list.n);
    if (list.n <= 4096 && group->n <= 8192 && match_by_name(&list, group)) return OCTET_OK;
    return bind_by_order(b, layer, &list, group);
}

static bool has_weights(const octet_keras_layer *layer) {
    bool found = layer->n_weights > 0;
    for (uint32_t i = 0; i < layer->n_wrapped; i++) found = found || has_weights(&layer->wrapped[i]);
    for (uint32_t i = 0; layer->model != NULL && i < layer->model->n_layers && !found; i++)
        found = has_weights(&layer->model->layers[i]);
    return found;
}

/* A name with '/' is a path of groups, which octet_hdf5_find follows. */
static octet_status read_group(binder *b, const octet_hdf5_node *root, const char *layer_name,
                               octet_keras_weight_group *out) {
    const octet_hdf5_node *group = octet_hdf5_find(b->hdf5, root, layer_name);
    const octet_keras_dataset **datasets = NULL;
    const char *root_path = strcmp(root->path, "/") == 0 ? "" : root->path;
    *out = (octet_keras_weight_group){.is_there = group != NULL, .is_ordered = true};
    if (group == NULL) return octet_arena_format(b->ctx, b->arena, &out->place, "%s/%s", root_path, layer_name);
    out->place = group->path;
    OCTET_TRY(octet_hdf5_strings(b->ctx, b->hdf5, b->arena, group, "weight_names", &out->names, &out->n));
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, out->n, &datasets));
    for (size_t i = 0; i < out->n; i++) {
        const octet_hdf5_node *node = octet_hdf5_find(b->hdf5, group, out->names[i]);
        OCTET_CHECK(b->ctx, node != NULL && node->is_dataset, OCTET_MODEL,
                    "%s:%s/%s: weight_names lists it, but there is no such dataset", b->label, group->path,
                    out->names[i]);
        OCTET_TRY(octet_keras_dataset_of_node(b->ctx, b->arena, b->hdf5, node, &datasets[i]));
    }
    out->datasets = datasets;
    return OCTET_OK;
}

static octet_status bind_keras_2(binder *b, octet_keras_model *model, const octet_hdf5_node *root) {
    for (uint32_t i = 0; i < model->n_layers; i++) {
        octet_keras_layer *layer = &model->layers[i];
        octet_keras_weight_group group;
        if (layer->is_operation || !has_weights(layer)) continue;
        OCTET_TRY(read_group(b, root, layer->name, &group));
        OCTET_TRY(bind_group(b, layer, &group));
    }
    return OCTET_OK;
}

/* 3. Keras 3's layout: groups named by class and counter, mirrored from the objects. */

/* A child by name, or by the name with an underscore before it (older versions save private attributes). */
static const octet_hdf5_node *child_of(const binder *b, const octet_hdf5_node *group, const char *path) {
    const octet_hdf5_node *found = octet_hdf5_find(b->hdf5, group, path);
    if (found != NULL) return found;
    char other[400];
    snprintf(other, sizeof other, "_%s", path);
    return octet_hdf5_find(b->hdf5, group, other);
}

static octet_status bind_tree(binder *b, octet_keras_layer *layer, const octet_hdf5_node *group, const char *path);

/* A list of layers has a group per layer, named by class; the first of several of a class has no number. Counting: an
 * entry per class seen. */
typedef struct class_count {
    const char *class_name;
    uint32_t n;
} class_count;

static void name_child(const octet_keras_layer *layer, class_count *counts, uint32_t *n_counts, char *name,
                       size_t capacity) {
    char snake[256];
    const char *class_name = layer->class != NULL ? layer->class->name : layer->class_name;
    octet_keras_snake_case(class_name, snake, sizeof snake);
    uint32_t k = 0;
    while (k < *n_counts && strcmp(counts[k].class_name, class_name) != 0) k++;
    if (k == *n_counts) counts[(*n_counts)++].class_name = class_name;
    const uint32_t number = counts[k].n++;
    if (number == 0) {
        snprintf(name, capacity, "%s", snake);
    } else {
        snprintf(name, capacity, "%s_%u", snake, (unsigned)number);
    }
}

/* The groups of the layers of a model. Keras 2.12 and 2.13 visit a layer with weights twice, as "layer_with_weights-N"
 * and as "layer-N", save it at the first visit and count both. names: by layer; NULL: an operation, or refused when it
 * is built. */
static octet_status name_children(binder *b, const octet_keras_model *model, bool is_twice, const char **names) {
    class_count *counts = NULL;
    uint32_t n_counts = 0;
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, model->n_layers, &counts));
    for (uint32_t i = 0; i < model->n_layers; i++) {
        const octet_keras_layer *layer = &model->layers[i];
        char name[288], second[288];
        names[i] = NULL;
        if (layer->is_operation || (layer->model == NULL && layer->class == NULL)) continue;
        name_child(layer, counts, &n_counts, name, sizeof name);
        if (is_twice && has_weights(layer)) name_child(layer, counts, &n_counts, second, sizeof second);
        OCTET_TRY(octet_arena_string(b->ctx, b->arena, name, &names[i]));
    }
    return OCTET_OK;
}

/* Whether each layer with weights has its group. */
static bool has_all(const binder *b, const octet_keras_model *model, const octet_hdf5_node *place,
                    const char *const *names) {
    for (uint32_t i = 0; i < model->n_layers; i++)
        if (names[i] != NULL && has_weights(&model->layers[i]) && octet_hdf5_find(b->hdf5, place, names[i]) == NULL)
            return false;
    return true;
}

static octet_status bind_container(binder *b, octet_keras_model *model, const octet_hdf5_node *group,
                                   const char *path) {
    static const char *const words[2] = {"_layer_checkpoint_dependencies", "layers"};
    const octet_hdf5_node *places[2];
    for (size_t j = 0; j < 2; j++) places[j] = octet_hdf5_find(b->hdf5, group, words[j]);
    const char **names = NULL;
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, model->n_layers, &names));
    OCTET_TRY(name_children(b, model, places[0] != NULL, names));
    if (places[0] != NULL && !has_all(b, model, places[0], names)) OCTET_TRY(name_children(b, model, false, names));
    for (uint32_t i = 0; i < model->n_layers; i++) {
        octet_keras_layer *layer = &model->layers[i];
        if (names[i] == NULL) continue;
        const octet_hdf5_node *child = NULL;
        for (size_t j = 0; j < 2 && child == NULL; j++) {
            if (places[j] != NULL) child = octet_hdf5_find(b->hdf5, places[j], names[i]);
            if (places[j] != NULL && child == NULL) child = octet_hdf5_find(b->hdf5, places[j], layer->name);
        }
        const char *child_path = NULL;
        OCTET_TRY(octet_arena_format(b->ctx, b->arena, &child_path, "%s/%s/%s", path,
                                     words[places[0] == NULL || places[1] != NULL], names[i]));
        OCTET_TRY(bind_tree(b, layer, child, child_path));
    }
    return OCTET_OK;
}

/* Where a wrapper keeps its layers: attributes by name, or a list. */
static octet_status bind_wrapped(binder *b, octet_keras_layer *layer, const octet_hdf5_node *group, const char *path) {
    static const char *const directions[] = {"forward_layer", "backward_layer"};
    const octet_keras_inner inner = layer->class != NULL ? layer->class->inner : OCTET_KERAS_INNER_LAYER;
    class_count *counts = NULL;
    uint32_t n_counts = 0;
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, layer->n_wrapped, &counts));
    for (uint32_t i = 0; i < layer->n_wrapped; i++) {
        const char *child_path = NULL;
        char name[320];
        if (inner == OCTET_KERAS_INNER_CELLS) {
            const int length = snprintf(name, sizeof name, "cells/");
            name_child(&layer->wrapped[i], counts, &n_counts, name + length, sizeof name - (size_t)length);
        } else {
            snprintf(name, sizeof name, "%s",
                     inner == OCTET_KERAS_INNER_DIRECTIONS ? directions[i]
                     : inner == OCTET_KERAS_INNER_CELL     ? "cell"
                                                           : "layer");
        }
        OCTET_TRY(octet_arena_format(b->ctx, b->arena, &child_path, "%s/%s", path, name));
        OCTET_TRY(bind_tree(b, &layer->wrapped[i], group != NULL ? child_of(b, group, name) : NULL, child_path));
    }
    return OCTET_OK;
}

static octet_status bind_tree(binder *b, octet_keras_layer *layer, const octet_hdf5_node *group, const char *path) {
    if (layer->model != NULL) return bind_container(b, layer->model, group, path);
    const bool is_clustered = layer->class != NULL && layer->class->is_clusterer && group != NULL &&
                              octet_hdf5_find(b->hdf5, group, "vars/0") != NULL;
    OCTET_CHECK(
        b->ctx, !is_clustered, OCTET_UNSUPPORTED,
        "%s: layer %s (%s): octet does not read clustered weights from a .keras file; save the model as .h5, or "
        "what tfmot.clustering.keras.strip_clustering(model) gives",
        b->label, layer->name, layer->class_name);
    if (group != NULL && layer->class != NULL && layer->class->is_trainer)
        OCTET_TRY(octet_keras_trained_bind(b->ctx, b->arena, b->hdf5, group, layer));
    for (uint32_t i = 0; i < layer->n_weights; i++) {
        octet_keras_weight *weight = &layer->weights[i];
        if (weight->dataset != NULL) continue;
        const octet_hdf5_node *node = group != NULL ? child_of(b, group, weight->path) : NULL;
        if (node == NULL && weight->is_optional) continue;
        OCTET_CHECK(b->ctx, node != NULL && node->is_dataset, OCTET_MODEL,
                    "%s:%s/%s: no such weight, but layer %s (%s) needs it as its %s; save the model again from Keras",
                    b->label, path, weight->path, layer->name, layer->class_name, weight->name);
        OCTET_TRY(octet_keras_dataset_of_node(b->ctx, b->arena, b->hdf5, node, &weight->dataset));
    }
    return bind_wrapped(b, layer, group, path);
}

octet_status octet_keras_weights_list(octet_context *ctx, octet_arena *arena, octet_keras_model *model,
                                      const char *label) {
    binder b = {.ctx = ctx, .arena = arena, .label = label};
    octet_keras_layer whole = {.name = model->name, .class_name = "Functional", .model = model, .is_trainable = true};
    return list_layer(&b, &whole, 0);
}

octet_status octet_keras_weights_bind(octet_context *ctx, octet_arena *arena, octet_keras_model *model,
                                      octet_hdf5 *hdf5, const char *label) {
    binder b = {.ctx = ctx, .arena = arena, .hdf5 = hdf5, .label = label};
    const octet_hdf5_node *root = octet_hdf5_root(hdf5);
    const octet_hdf5_node *group = octet_hdf5_find(hdf5, root, "model_weights");
    if (group == NULL) group = root;
    octet_keras_layer whole = {.name = model->name, .class_name = "Functional", .model = model};
    if (octet_hdf5_attribute_of(group, "layer_names") != NULL ||
        octet_hdf5_attribute_of(group, "layer_names0") != NULL) {
        OCTET_TRY(bind_keras_2(&b, model, group));
        return join_layer(&b, &whole);
    }
    const bool is_tree = octet_hdf5_find(hdf5, root, "layers") != NULL ||
                         octet_hdf5_find(hdf5, root, "_layer_checkpoint_dependencies") != NULL;
    OCTET_CHECK(ctx, is_tree, OCTET_FORMAT,
                "%s: holds no weights of a Keras model (no layer_names and no layers); save the model with "
                "model.save(\"model.keras\")",
                label);
    OCTET_TRY(bind_container(&b, model, root, ""));
    return join_layer(&b, &whole);
}

octet_status octet_keras_weights_bind_groups(octet_context *ctx, octet_arena *arena, octet_keras_model *model,
                                             const octet_keras_weight_group *groups, const char *label) {
    binder b = {.ctx = ctx, .arena = arena, .label = label};
    octet_keras_layer whole = {.name = model->name, .class_name = "Functional", .model = model};
    for (uint32_t i = 0; i < model->n_layers; i++)
        if (!model->layers[i].is_operation) OCTET_TRY(bind_group(&b, &model->layers[i], &groups[i]));
    return join_layer(&b, &whole);
}

void octet_keras_weights_count(const octet_keras_layer *layer, uint64_t *n_parameters, uint64_t *n_trainable) {
    *n_parameters = *n_trainable = 0;
    for (uint32_t i = 0; i < layer->n_weights; i++) {
        if (layer->weights[i].dataset == NULL) continue;
        *n_parameters += layer->weights[i].dataset->n_elements;
        if (layer->weights[i].is_trainable) *n_trainable += layer->weights[i].dataset->n_elements;
    }
    uint64_t inner[2];
    for (uint32_t i = 0; i < layer->n_wrapped; i++) {
        octet_keras_weights_count(&layer->wrapped[i], &inner[0], &inner[1]);
        *n_parameters += inner[0];
        *n_trainable += inner[1];
    }
    for (uint32_t i = 0; layer->model != NULL && i < layer->model->n_layers; i++) {
        octet_keras_weights_count(&layer->model->layers[i], &inner[0], &inner[1]);
        *n_parameters += inner[0];
        *n_trainable += inner[1];
    }
    if (!layer->is_trainable) *n_trainable = 0;
}
