#include "import/keras/inputs.h"

#include <stdio.h>
#include <string.h>

/* Integers where the layer says so, as the converter's files have it: pixels as
 * bytes, indices of words. All floats are float32. */
static octet_type input_type_of(const octet_keras_layer *layer) {
    const char *name = octet_keras_dtype_name(octet_json_get(layer->config, "dtype"));
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

static octet_status input_shape_of(octet_context *ctx, const char *label, const octet_keras_layer *layer,
                                   const octet_shape *given, octet_shape *out, bool *open_batch) {
    const octet_json *list = layer->input_shape;
    const size_t rank = octet_json_length(list);
    OCTET_CHECK(
        ctx, octet_json_kind_of(list) == OCTET_JSON_ARRAY, OCTET_MODEL,
        "%s: input %s: the file does not say its shape; save the model after building it (an Input layer first)", label,
        layer->name);
    OCTET_CHECK(ctx, rank >= 1 && rank <= OCTET_MAX_RANK, OCTET_UNSUPPORTED,
                "%s: input %s has %zu dimensions, 1 to %d are supported", label, layer->name, rank, OCTET_MAX_RANK);
    *out = (octet_shape){.rank = (int32_t)rank};
    for (size_t i = 0; i < rank; i++) {
        int64_t size = -1;
        const octet_json *item = octet_json_at(list, i);
        const bool is_open = octet_json_kind_of(item) == OCTET_JSON_NULL;
        OCTET_CHECK(ctx, is_open || (octet_json_integer(item, &size) && size >= 1 && size <= INT32_MAX), OCTET_MODEL,
                    "%s: input %s: dimension %zu is no size", label, layer->name, i);
        if (i == 0) {
            *open_batch = is_open;
            out->dims[0] = is_open ? 1 : (int32_t)size;
            continue;
        }
        if (is_open && given != NULL && given->rank == (int32_t)rank) size = given->dims[i];
        if (is_open && given != NULL && given->rank == (int32_t)rank - 1) size = given->dims[i - 1];
        char text[OCTET_SHAPE_TEXT_SIZE];
        OCTET_CHECK(ctx, size >= 1, OCTET_UNSUPPORTED,
                    "%s: input %s leaves dimension %zu open: say its shape, as --input-shape %s", label, layer->name, i,
                    example_shape(list, text));
        out->dims[i] = (int32_t)size;
    }
    return octet_shape_check(ctx, out, layer->name);
}

octet_status octet_keras_inputs_add(octet_context *ctx, octet_arena *arena, const char *label,
                                    const octet_keras_model *model, const octet_import_options *options,
                                    octet_graph *graph, uint32_t *values) {
    for (uint32_t i = 0; i < model->n_inputs; i++) {
        const octet_keras_layer *layer = &model->layers[model->inputs[i].layer];
        OCTET_CHECK(ctx, layer->class != NULL && layer->class->is_input, OCTET_MODEL,
                    "%s: input_layers names %s, which is a %s", label, layer->name, layer->class_name);
        const octet_shape *given = options != NULL && i < options->n_input_shapes ? &options->input_shapes[i] : NULL;
        octet_shape shape;
        bool open_batch = false;
        OCTET_TRY(input_shape_of(ctx, label, layer, given, &shape, &open_batch));
        graph->open_batch = graph->open_batch || open_batch;
        const char *name = NULL;
        OCTET_TRY(octet_arena_format(ctx, arena, &name, "serving_default_%s:0", layer->name));
        OCTET_TRY(octet_graph_add_value(ctx, graph, name, input_type_of(layer), &shape, &values[i]));
        OCTET_TRY(octet_graph_add_input(ctx, graph, values[i], layer->name));
    }
    return OCTET_OK;
}
