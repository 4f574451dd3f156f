#include "import/keras/known.h"

#include <stdio.h>
#include <string.h>

#include "import/keras/names.h"

enum { MAX_NEAR = 3 };

/* " (near names: Conv2D, Conv1D)": a letter in four may differ. Empty when there are none. */
static void near_names(const char *name, char *out, size_t capacity) {
    const size_t limit = strlen(name) < 8 ? 1 : strlen(name) / 4;
    const octet_keras_class *class = NULL;
    size_t used = 0, n = 0;
    out[0] = '\0';
    for (size_t distance = 0; distance <= limit; distance++) {
        for (uint32_t i = 0; (class = octet_keras_class_at(i)) != NULL && n < MAX_NEAR; i++) {
            if (class->refusal != NULL || octet_keras_name_distance(name, class->name) != distance) continue;
            used +=
                (size_t)snprintf(out + used, capacity - used, "%s%s", n++ == 0 ? " (near names: " : ", ", class->name);
        }
    }
    if (n > 0) snprintf(out + used, capacity - used, ")");
}

octet_status octet_keras_known_check_layer(octet_context *ctx, const char *label, const octet_keras_layer *layer) {
    const octet_keras_class *class = layer->class;
    if (class != NULL && class->refusal == NULL) return OCTET_OK;
    if (class != NULL)
        return octet_context_fail(ctx, OCTET_UNSUPPORTED, "%s: layer %s (%s): %s", label, layer->name,
                                  layer->class_name, class->refusal);
    char near[MAX_NEAR * 64 + 32];
    near_names(layer->class_name, near, sizeof near);
    return octet_context_fail(ctx, OCTET_UNSUPPORTED,
                              "%s: layer %.80s (%.60s): this class is not supported: octet does not know it, and never "
                              "runs code of a model's author; build the layer from Keras layers, or convert the float "
                              "model with TensorFlow and give octet the .tflite%s",
                              label, layer->name, layer->class_name, near);
}

static octet_status check_all(octet_context *ctx, const char *label, const octet_keras_layer *layers, uint32_t n,
                              bool is_called) {
    for (uint32_t i = 0; i < n; i++) {
        const octet_keras_layer *layer = &layers[i];
        if (!is_called && layer->n_nodes == 0) continue;
        if (layer->model != NULL) {
            OCTET_TRY(check_all(ctx, label, layer->model->layers, layer->model->n_layers, false));
            continue;
        }
        OCTET_TRY(octet_keras_known_check_layer(ctx, label, layer));
        OCTET_TRY(check_all(ctx, label, layer->wrapped, layer->n_wrapped, true));
    }
    return OCTET_OK;
}

octet_status octet_keras_known_check(octet_context *ctx, const char *label, const octet_keras_model *model) {
    return check_all(ctx, label, model->layers, model->n_layers, false);
}
