#include "import/keras/training.h"

#include <string.h>

/* The loss of a single output may stand in a list or under the output's name. */
static const char *loss_name(const octet_json *loss) {
    const octet_json *only = octet_json_at(loss, 0);
    if (octet_json_length(loss) == 1) {
        if (only == NULL) octet_json_key(loss, 0, &only);
        return loss_name(only);
    }
    if (octet_json_text(loss) != NULL) return octet_json_text(loss);
    const char *name = octet_json_text(octet_json_get(octet_json_get(loss, "config"), "name"));
    return name != NULL ? name : octet_json_text(octet_json_get(loss, "class_name"));
}

octet_status octet_keras_training_read(octet_context *ctx, const octet_json *config, octet_graph *graph) {
    const char *name = loss_name(octet_json_get(config, "loss"));
    return name != NULL ? octet_arena_string(ctx, &graph->arena, name, &graph->loss) : OCTET_OK;
}

octet_status octet_keras_training_read_h5(octet_context *ctx, const octet_hdf5 *hdf5, octet_graph *graph) {
    octet_context attempt;
    octet_arena arena = {0};
    octet_json_document document = {0};
    const char *text = NULL;
    octet_context_child(ctx, &attempt);
    octet_status status = octet_hdf5_text(&attempt, hdf5, &arena, octet_hdf5_root(hdf5), "training_config", &text);
    if (status == OCTET_OK && text != NULL)
        status = octet_json_parse(&attempt, (octet_bytes){(const uint8_t *)text, strlen(text)}, "training_config",
                                  &document);
    const octet_status stored = octet_keras_training_read(ctx, document.root, graph);
    octet_json_free(&attempt, &document);
    octet_arena_free(&attempt, &arena);
    OCTET_CHECK(ctx, status != OCTET_NOMEM, OCTET_NOMEM, "%s", attempt.message);
    return stored;
}
