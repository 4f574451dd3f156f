/* keras_model.h - a Keras configuration with made-up weights becomes a graph, without any file.
 * In:  the JSON, and the shapes of all weights in the order of the layers: rank, then dimensions, a byte each.
 * Out: a graph.
 * Knows: the importer's inner steps.
 * Does not know: HDF5. */
#ifndef OCTET_TESTS_KERAS_MODEL_H
#define OCTET_TESTS_KERAS_MODEL_H

#include "import/keras/build.h"
#include "import/keras/weights.h"

enum { KERAS_MODEL_MAX_ELEMENTS = 1 << 14 };

typedef struct keras_shapes {
    octet_bytes bytes;
    size_t at;
    const float *data; /* KERAS_MODEL_MAX_ELEMENTS numbers that every weight starts from */
} keras_shapes;

static inline int keras_next(keras_shapes *shapes) {
    return shapes->at < shapes->bytes.size ? shapes->bytes.data[shapes->at++] : 0;
}

static inline octet_status keras_give_weights(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer,
                                              keras_shapes *shapes) {
    for (uint32_t i = 0; layer->model != NULL && i < layer->model->n_layers; i++)
        OCTET_TRY(keras_give_weights(ctx, arena, &layer->model->layers[i], shapes));
    for (uint32_t i = 0; i < layer->n_weights; i++) {
        /* Scales and LoRA weights come with files alone. */
        const bool in_files =
            strstr(layer->weights[i].name, "_scale") != NULL || strstr(layer->weights[i].name, "lora_") != NULL;
        if (layer->weights[i].is_optional && (in_files || shapes->at >= shapes->bytes.size)) continue;
        octet_keras_dataset *dataset = NULL;
        OCTET_TRY(OCTET_NEW(ctx, arena, 1, &dataset));
        dataset->path = layer->weights[i].path;
        dataset->is_numeric = true;
        dataset->rank = keras_next(shapes) % (OCTET_KERAS_MAX_RANK + 1);
        dataset->n_elements = 1;
        dataset->data = shapes->data;
        for (int32_t j = 0; j < dataset->rank; j++) {
            dataset->dims[j] = keras_next(shapes);
            if (dataset->n_elements * (size_t)dataset->dims[j] > KERAS_MODEL_MAX_ELEMENTS) dataset->dims[j] = 1;
            dataset->n_elements *= (size_t)dataset->dims[j];
        }
        layer->weights[i].dataset = dataset;
    }
    for (uint32_t i = 0; i < layer->n_wrapped; i++)
        OCTET_TRY(keras_give_weights(ctx, arena, &layer->wrapped[i], shapes));
    return OCTET_OK;
}

static inline octet_status keras_model_steps(octet_context *ctx, octet_arena *arena,
                                             const octet_json_document *document, int32_t keras_version,
                                             keras_shapes *shapes, const octet_import_options *options,
                                             octet_graph *graph) {
    octet_keras_model *model = NULL;
    OCTET_TRY(octet_keras_config_read(ctx, arena, document, document->root, &model));
    OCTET_TRY(octet_keras_weights_list(ctx, arena, model, "test"));
    octet_keras_layer whole = {.name = model->name, .class_name = "Functional", .model = model, .is_trainable = true};
    OCTET_TRY(keras_give_weights(ctx, arena, &whole, shapes));
    OCTET_TRY(octet_keras_build(ctx, arena, document, "test", keras_version, model, options, graph));
    return octet_graph_verify(ctx, graph, "import");
}

/* *out is NULL on failure. */
static inline octet_status keras_model_build(octet_context *ctx, octet_bytes json, int32_t keras_version,
                                             keras_shapes *shapes, const octet_import_options *options,
                                             octet_graph **out) {
    octet_arena arena = {0};
    octet_json_document document = {0};
    *out = NULL;
    OCTET_TRY(octet_graph_create(ctx, "test", out));
    octet_status status = octet_json_parse(ctx, json, "test", &document);
    if (status == OCTET_OK) status = keras_model_steps(ctx, &arena, &document, keras_version, shapes, options, *out);
    octet_json_free(ctx, &document);
    octet_arena_free(ctx, &arena);
    if (status != OCTET_OK) {
        octet_graph_destroy(ctx, *out);
        *out = NULL;
    }
    return status;
}

#endif
