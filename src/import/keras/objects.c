#include "import/keras/objects.h"

#include <string.h>

#include "formats/tensorflow/object_graph.h"
#include "import/keras/weights.h"

enum { MAX_VARIABLES = 1 << 20, MAX_VISITS = 1 << 24 };

typedef struct binder {
    octet_context *ctx;
    octet_arena *arena;
    octet_bundle *bundle;
    octet_object_graph graph;
    const char *label;
    uint32_t *seen;           /* by object: the number of the group that saw it last */
    const octet_object **row; /* the variables of the group, in order */
    size_t n_row, n_variables, n_visits;
    uint32_t group; /* from 1 */
} binder;

static octet_status read_graph(binder *b) {
    octet_bundle_tensor tensor;
    octet_bytes bytes;
    bool found = false;
    OCTET_TRY(octet_bundle_find(b->ctx, b->bundle, OCTET_OBJECT_GRAPH_KEY, &tensor, &found));
    OCTET_CHECK(b->ctx, found, OCTET_UNSUPPORTED,
                "%s: says nothing of the objects that its tensors belong to, as TensorFlow 1 leaves it; save the model "
                "again with TensorFlow 2",
                b->label);
    OCTET_TRY(octet_bundle_string(b->ctx, b->bundle, b->arena, &tensor, &bytes));
    OCTET_TRY(octet_object_graph_read(b->ctx, b->arena, bytes, b->label, &b->graph));
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, b->graph.n_nodes, &b->seen));
    return OCTET_NEW(b->ctx, b->arena, b->graph.n_nodes, &b->row);
}

/* "layer-12" is 12; UINT32_MAX: another name. */
static uint32_t layer_number(const char *name) {
    uint32_t number = 0;
    if (strncmp(name, "layer-", 6) != 0 || name[6] == '\0' || strlen(name) > 12) return UINT32_MAX;
    for (name += 6; *name >= '0' && *name <= '9'; name++) number = 10 * number + (uint32_t)(*name - '0');
    return *name == '\0' ? number : UINT32_MAX;
}

/* layers[i]: the object of model->layers[i]; NULL: the InputLayer of a Sequential, which Keras does not count. */
static octet_status find_layers(const binder *b, const octet_keras_model *model, const octet_object **layers) {
    const octet_object *root = &b->graph.nodes[0];
    uint32_t n = 0;
    for (size_t i = 0; i < root->n_children; i++) {
        const uint32_t number = layer_number(root->children[i].name);
        if (number == UINT32_MAX) continue;
        if (number >= n) n = number + 1;
        if (number < model->n_layers) layers[number] = &b->graph.nodes[root->children[i].node];
    }
    const uint32_t gap = model->is_sequential && n + 1 == model->n_layers;
    OCTET_CHECK(b->ctx, n + gap == model->n_layers, OCTET_MODEL,
                "%s: holds %u layers, but model %s has %u as it is configured; save the model again from Keras",
                b->label, (unsigned)n, model->name, (unsigned)(model->n_layers - gap));
    if (gap == 0) return OCTET_OK;
    memmove(layers + 1, layers, n * sizeof *layers);
    layers[0] = NULL;
    return OCTET_OK;
}

static octet_status take(binder *b, const octet_object *object) {
    uint32_t *seen = &b->seen[object - b->graph.nodes];
    OCTET_CHECK(b->ctx, ++b->n_visits <= MAX_VISITS, OCTET_LIMIT, "%s: more than %d objects to look at", b->label,
                MAX_VISITS);
    if (*seen == b->group) return OCTET_OK;
    *seen = b->group;
    if (object->key == NULL) return OCTET_OK;
    OCTET_CHECK(b->ctx, ++b->n_variables <= MAX_VARIABLES, OCTET_LIMIT, "%s: more than %d variables", b->label,
                MAX_VARIABLES);
    b->row[b->n_row++] = object;
    return OCTET_OK;
}

static octet_status take_list(binder *b, const octet_object *list) {
    for (size_t i = 0; list != NULL && i < list->n_children; i++)
        OCTET_TRY(take(b, &b->graph.nodes[list->children[i].node]));
    return OCTET_OK;
}

/* All variables in and below an object, each object once. */
static octet_status take_tree(binder *b, const octet_object *object, uint32_t depth) {
    OCTET_CHECK(b->ctx, depth < b->ctx->max_depth, OCTET_LIMIT, "%s: objects nested deeper than %u", b->label,
                (unsigned)b->ctx->max_depth);
    for (size_t i = 0; i < object->n_children; i++) {
        const octet_object *child = &b->graph.nodes[object->children[i].node];
        const bool is_new = b->seen[child - b->graph.nodes] != b->group;
        OCTET_TRY(take(b, child));
        if (is_new) OCTET_TRY(take_tree(b, child, depth + 1));
    }
    return OCTET_OK;
}

static octet_status find_child(binder *b, const octet_object *from, const char *name, const octet_object **out) {
    b->n_visits += from != NULL ? from->n_children : 0;
    OCTET_CHECK(b->ctx, b->n_visits <= MAX_VISITS, OCTET_LIMIT, "%s: more than %d objects to look at", b->label,
                MAX_VISITS);
    *out = octet_object_child_of(&b->graph, from, name);
    return OCTET_OK;
}

/* A SavedModel lists the variables of each object, in Keras's order; a checkpoint of save_weights has them where the
 * objects keep them. */
static octet_status take_layer(binder *b, const octet_object *layer, bool *is_ordered) {
    const octet_object *trainable = NULL, *others = NULL, *all = NULL, *api = NULL;
    OCTET_TRY(find_child(b, layer, "trainable_variables", &trainable));
    OCTET_TRY(find_child(b, layer, "variables", &all));
    OCTET_TRY(find_child(b, layer, "keras_api", &api));
    OCTET_TRY(find_child(b, api, "non_trainable_variables", &others));
    b->group++;
    b->n_row = 0;
    *is_ordered = trainable != NULL || layer == NULL;
    if (layer == NULL) return OCTET_OK;
    if (trainable == NULL) return take_tree(b, layer, 0);
    OCTET_TRY(take_list(b, trainable));
    OCTET_TRY(take_list(b, others));
    return take_list(b, all);
}

static octet_status read_group(binder *b, const octet_keras_layer *layer, const octet_object *object,
                               octet_keras_weight_group *out) {
    const octet_keras_dataset **datasets = NULL;
    octet_bundle_tensor *tensors = NULL;
    const char **names = NULL;
    *out = (octet_keras_weight_group){.place = layer->name, .is_there = object != NULL};
    OCTET_TRY(take_layer(b, object, &out->is_ordered));
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, b->n_row, &datasets));
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, b->n_row, &tensors));
    OCTET_TRY(OCTET_NEW(b->ctx, b->arena, b->n_row, &names));
    for (size_t i = 0; i < b->n_row; i++) {
        const octet_object *variable = b->row[i];
        bool found = false;
        OCTET_TRY(octet_bundle_find(b->ctx, b->bundle, variable->key, &tensors[i], &found));
        OCTET_CHECK(b->ctx, found, OCTET_MODEL,
                    "%s: there is no tensor %s, but layer %s (%s) has it as %s; save the model again from Keras",
                    b->label, variable->key, layer->name, layer->class_name, variable->variable);
        OCTET_TRY(octet_keras_dataset_of_tensor(b->ctx, b->arena, b->bundle, &tensors[i], &datasets[i]));
        names[i] = variable->variable;
    }
    out->names = names;
    out->datasets = datasets;
    out->n = b->n_row;
    return OCTET_OK;
}

octet_status octet_keras_objects_bind(octet_context *ctx, octet_arena *arena, octet_keras_model *model,
                                      octet_bundle *bundle) {
    binder b = {.ctx = ctx, .arena = arena, .bundle = bundle, .label = octet_bundle_name(bundle)};
    const octet_object **layers = NULL;
    octet_keras_weight_group *groups = NULL;
    OCTET_TRY(read_graph(&b));
    OCTET_TRY(OCTET_NEW(ctx, arena, model->n_layers, &layers));
    OCTET_TRY(OCTET_NEW(ctx, arena, model->n_layers, &groups));
    OCTET_TRY(find_layers(&b, model, layers));
    for (uint32_t i = 0; i < model->n_layers; i++) OCTET_TRY(read_group(&b, &model->layers[i], layers[i], &groups[i]));
    return octet_keras_weights_bind_groups(ctx, arena, model, groups, b.label);
}
