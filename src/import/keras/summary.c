#include "import/keras/summary.h"

#include <string.h>

#include "base/buffer.h"
#include "import/keras/weights.h"

static octet_status list_sources(octet_context *ctx, const octet_keras_model *model,
                                 const octet_keras_argument *argument, octet_buffer *text) {
    for (uint32_t i = 0; argument->kind == OCTET_KERAS_LIST && i < argument->n_items; i++)
        OCTET_TRY(list_sources(ctx, model, &argument->items[i], text));
    if (argument->kind != OCTET_KERAS_TENSOR || text->size > 4096) return OCTET_OK;
    return octet_buffer_format(ctx, text, "%s%s", text->size > 0 ? ", " : "",
                               model->layers[argument->reference.layer].name);
}

static octet_status add_row(octet_context *ctx, octet_graph *graph, const octet_keras_model *model,
                            const octet_keras_layer *layer, int32_t depth) {
    octet_layer row = {.name = layer->name, .class_name = layer->class_name, .depth = depth};
    octet_keras_weights_count(layer, &row.n_parameters, &row.n_trainable);
    row.output_shape.rank = layer->output_rank < 0 ? 0 : layer->output_rank;
    memcpy(row.output_shape.dims, layer->output_dims, sizeof row.output_shape.dims);
    if (graph->open_batch && row.output_shape.rank > 0) row.output_shape.dims[0] = -1;
    octet_buffer sources = {0};
    octet_status status = OCTET_OK;
    for (uint32_t i = 0; status == OCTET_OK && layer->n_nodes > 0 && i < layer->nodes[0].n_arguments; i++) {
        status = list_sources(ctx, model, &layer->nodes[0].arguments[i], &sources);
    }
    row.inputs = sources.data != NULL ? (const char *)sources.data : "";
    if (status == OCTET_OK) status = octet_graph_add_layer(ctx, graph, &row);
    octet_buffer_free(ctx, &sources);
    return status;
}

static octet_status add_rows(octet_context *ctx, octet_graph *graph, const octet_keras_model *model, int32_t depth) {
    for (uint32_t i = 0; i < model->n_layers; i++) {
        const octet_keras_layer *layer = &model->layers[i];
        if (model->is_sequential && i == 0) continue; /* Keras does not list a Sequential's InputLayer */
        OCTET_TRY(add_row(ctx, graph, model, layer, depth));
        if (layer->model != NULL) OCTET_TRY(add_rows(ctx, graph, layer->model, depth + 1));
    }
    return OCTET_OK;
}

octet_status octet_keras_summary_add(octet_context *ctx, octet_graph *graph, const octet_keras_model *model) {
    return add_rows(ctx, graph, model, 0);
}
