/* Opens a Keras file of any kind, and imports the configuration and weights that it holds. */
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "formats/hdf5.h"
#include "formats/zip.h"
#include "import/import.h"
#include "import/keras/build.h"
#include "import/keras/known.h"
#include "import/keras/metadata.h"
#include "import/keras/objects.h"
#include "import/keras/training.h"
#include "import/keras/weights.h"

/* What is open during an import; closed in one place. */
typedef struct sources {
    octet_arena arena;
    octet_reader own;    /* of the path; closed where the file is in memory */
    octet_reader reader; /* of the file */
    octet_hdf5 *hdf5;
    octet_zip *zip;
    octet_bundle *bundle; /* of a SavedModel folder */
    octet_buffer config_text, metadata_text;
    octet_reader weights;   /* of a .keras file */
    int weights_descriptor; /* -1 where the weights lie in the .keras file as they are */
    octet_file architecture;
    octet_json_document config, metadata;
    const char *config_name, *label;
    int32_t version; /* of Keras; 0: not known yet */
} sources;

static void close_sources(octet_context *ctx, sources *s) {
    octet_json_free(ctx, &s->config);
    octet_json_free(ctx, &s->metadata);
    octet_hdf5_close(ctx, s->hdf5);
    octet_zip_close(ctx, s->zip);
    octet_bundle_close(ctx, s->bundle);
    octet_buffer_free(ctx, &s->config_text);
    octet_buffer_free(ctx, &s->metadata_text);
    if (s->weights_descriptor >= 0) close(s->weights_descriptor);
    octet_file_close(ctx, &s->architecture);
    octet_reader_close(&s->own);
    octet_arena_free(ctx, &s->arena);
}

static int32_t major_version(const char *text) { return text == NULL ? 0 : text[0] >= '3' && text[0] <= '9' ? 3 : 2; }

/* model.to_json() of Keras 2 states its version; that of Keras 3 has none,
 * but says from which module the class comes. */
static octet_status parse_config(octet_context *ctx, sources *s, octet_bytes text, const char *name) {
    s->config_name = name;
    OCTET_TRY(octet_json_parse(ctx, text, s->config_name, &s->config));
    const octet_json *version = octet_json_get(s->config.root, "keras_version"),
                     *module = octet_json_get(s->config.root, "module");
    if (s->version == 0) s->version = major_version(octet_json_text(version));
    if (s->version == 0 && octet_json_text(module) != NULL) s->version = 3;
    return OCTET_OK;
}

static octet_status read_architecture(octet_context *ctx, sources *s, const char *path) {
    const char *name = NULL;
    OCTET_TRY(octet_file_open(ctx, path, &s->architecture));
    OCTET_TRY(octet_arena_string(ctx, &s->arena, path, &name));
    return parse_config(ctx, s, s->architecture.bytes, name);
}

/* As save_weights of either dialect leaves a file. */
static bool holds_weights(const octet_hdf5 *hdf5, const octet_hdf5_node *root) {
    static const char *const groups[] = {"layers", "_layer_checkpoint_dependencies", "model_weights"};
    bool found =
        octet_hdf5_attribute_of(root, "layer_names") != NULL || octet_hdf5_attribute_of(root, "layer_names0") != NULL;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        found = found || octet_hdf5_find(hdf5, root, groups[i]) != NULL;
    return found;
}

static octet_status open_h5(octet_context *ctx, sources *s, const char *path, const octet_import_options *options) {
    OCTET_TRY(octet_hdf5_open_reader(ctx, &s->reader, &s->hdf5));
    const octet_hdf5_node *root = octet_hdf5_root(s->hdf5), *weights = octet_hdf5_find(s->hdf5, root, "model_weights");
    const char *text = NULL, *version = NULL, *name = NULL;
    OCTET_TRY(octet_hdf5_text(ctx, s->hdf5, &s->arena, root, "keras_version", &version));
    if (version == NULL && weights != NULL)
        OCTET_TRY(octet_hdf5_text(ctx, s->hdf5, &s->arena, weights, "keras_version", &version));
    s->version = major_version(version);
    if (options != NULL && options->architecture != NULL) return read_architecture(ctx, s, options->architecture);
    OCTET_TRY(octet_hdf5_text(ctx, s->hdf5, &s->arena, root, "model_config", &text));
    OCTET_CHECK(ctx, text != NULL || holds_weights(s->hdf5, root), OCTET_FORMAT,
                "%s: is an HDF5 file, but no Keras model; save the model with model.save(\"model.keras\")", path);
    OCTET_CHECK(ctx, text != NULL, OCTET_FORMAT,
                "%s: holds the weights of a model without its architecture (save_weights); save the whole model with "
                "model.save(\"model.keras\"), or name the text of its model.to_json() with --architecture",
                path);
    OCTET_TRY(octet_arena_format(ctx, &s->arena, &name, "%s:model_config", path));
    return parse_config(ctx, s, (octet_bytes){(const uint8_t *)text, strlen(text)}, name);
}

enum { MAX_METADATA_BYTES = 1 << 20 };

static octet_status find_entry(octet_context *ctx, const sources *s, const char *path, const char *entry,
                               size_t *index) {
    OCTET_CHECK(ctx, octet_zip_find(s->zip, entry, index), OCTET_FORMAT,
                "%s: has no %s: it is not a .keras file; save the model with model.save(\"model.keras\")", path, entry);
    return OCTET_OK;
}

static octet_status open_weights(octet_context *ctx, sources *s, const char *path) {
    size_t index = 0;
    OCTET_TRY(octet_arena_format(ctx, &s->arena, &s->label, "%s:model.weights.h5", path));
    OCTET_TRY(find_entry(ctx, s, path, "model.weights.h5", &index));
    OCTET_TRY(octet_zip_reader(ctx, s->zip, index, s->label, &s->weights_descriptor, &s->weights));
    return octet_hdf5_open_reader(ctx, &s->weights, &s->hdf5);
}

static octet_status open_zip(octet_context *ctx, sources *s, const char *path, const octet_import_options *options) {
    const char *name = NULL;
    size_t index = 0;
    OCTET_TRY(octet_zip_open_reader(ctx, &s->reader, &s->zip));
    if (octet_zip_find(s->zip, "metadata.json", &index)) {
        OCTET_TRY(octet_zip_read(ctx, s->zip, index, MAX_METADATA_BYTES, &s->metadata_text));
        OCTET_TRY(octet_arena_format(ctx, &s->arena, &name, "%s:metadata.json", path));
        OCTET_TRY(
            octet_json_parse(ctx, (octet_bytes){s->metadata_text.data, s->metadata_text.size}, name, &s->metadata));
        s->version = major_version(octet_json_text(octet_json_get(s->metadata.root, "keras_version")));
    }
    if (options != NULL && options->architecture != NULL) {
        OCTET_TRY(read_architecture(ctx, s, options->architecture));
    } else {
        OCTET_TRY(find_entry(ctx, s, path, "config.json", &index));
        OCTET_TRY(octet_zip_read(ctx, s->zip, index, OCTET_JSON_MAX_BYTES, &s->config_text));
        OCTET_TRY(octet_arena_format(ctx, &s->arena, &name, "%s:config.json", path));
        OCTET_TRY(parse_config(ctx, s, (octet_bytes){s->config_text.data, s->config_text.size}, name));
    }
    return open_weights(ctx, s, path);
}

static octet_status open_folder(octet_context *ctx, sources *s, const char *path, const octet_import_options *options) {
    const char *name = NULL, *prefix = NULL;
    if (options != NULL && options->architecture != NULL) {
        OCTET_TRY(read_architecture(ctx, s, options->architecture));
    } else {
        OCTET_TRY(octet_keras_metadata_read(ctx, &s->arena, path, &s->config_text, &name));
        OCTET_TRY(parse_config(ctx, s, (octet_bytes){s->config_text.data, s->config_text.size}, name));
    }
    OCTET_TRY(octet_arena_format(ctx, &s->arena, &prefix, "%s/variables/variables", path));
    OCTET_TRY(octet_bundle_open(ctx, prefix, &s->bundle));
    s->label = octet_bundle_name(s->bundle);
    return OCTET_OK;
}

/* given: the file in memory; NULL: it is at the path. */
static octet_status open_file(octet_context *ctx, sources *s, const octet_bytes *given, const char *path,
                              const octet_import_options *options) {
    octet_file_kind kind = OCTET_FILE_HDF5;
    if (given == NULL) OCTET_TRY(octet_reader_open(ctx, path, &s->own));
    s->reader = given != NULL ? octet_reader_of_bytes(*given, path) : s->own;
    OCTET_TRY(octet_import_file_kind(ctx, &s->reader, &kind));
    s->label = path;
    if (kind == OCTET_FILE_ZIP) return open_zip(ctx, s, path, options);
    OCTET_CHECK(ctx, kind == OCTET_FILE_HDF5, OCTET_FORMAT, "%s: is no Keras model", path);
    return open_h5(ctx, s, path, options);
}

static octet_status read_training(octet_context *ctx, const sources *s, octet_graph *graph) {
    if (s->zip == NULL && s->bundle == NULL) return octet_keras_training_read_h5(ctx, s->hdf5, graph);
    const char *key = s->zip != NULL ? "compile_config" : "training_config";
    return octet_keras_training_read(ctx, octet_json_get(s->config.root, key), graph);
}

static octet_status import_sources(octet_context *ctx, sources *s, const octet_bytes *given, const char *path,
                                   const octet_import_options *options, octet_graph *graph) {
    octet_path_kind at_path = OCTET_PATH_FILE;
    if (given == NULL) OCTET_TRY(octet_file_look(ctx, path, &at_path));
    if (at_path == OCTET_PATH_FOLDER) OCTET_TRY(open_folder(ctx, s, path, options));
    else OCTET_TRY(open_file(ctx, s, given, path, options));
    OCTET_TRY(read_training(ctx, s, graph));
    if (s->version == 0) s->version = 2;
    /* The metadata of a SavedModel hold the model among other things. */
    const octet_json *whole = s->config.root, *inner = octet_json_get(whole, "model_config"),
                     *object = octet_json_kind_of(inner) == OCTET_JSON_OBJECT ? inner : whole;
    octet_keras_model *model = NULL;
    OCTET_TRY(octet_keras_config_read(ctx, &s->arena, &s->config, object, &model));
    OCTET_TRY(octet_keras_known_check(ctx, path, model));
    OCTET_TRY(octet_keras_weights_list(ctx, &s->arena, model, s->label));
    if (s->bundle != NULL) OCTET_TRY(octet_keras_objects_bind(ctx, &s->arena, model, s->bundle));
    else OCTET_TRY(octet_keras_weights_bind(ctx, &s->arena, model, s->hdf5, s->label));
    OCTET_TRY(octet_keras_build(ctx, &s->arena, &s->config, path, s->version, model, options, graph));
    return octet_graph_verify(ctx, graph, "import");
}

static octet_status import(octet_context *ctx, const octet_bytes *given, const char *path,
                           const octet_import_options *options, octet_model_kind *kind, octet_graph **out) {
    sources s = {.own.descriptor = -1, .weights_descriptor = -1};
    octet_graph *graph = NULL;
    OCTET_TRY(octet_graph_create(ctx, path, &graph));
    const octet_status status = import_sources(ctx, &s, given, path, options, graph);
    if (kind != NULL) *kind = s.version >= 3 ? OCTET_KIND_KERAS_3 : OCTET_KIND_KERAS_2;
    close_sources(ctx, &s);
    if (status != OCTET_OK) {
        octet_graph_destroy(ctx, graph);
        return status;
    }
    *out = graph;
    return OCTET_OK;
}

octet_status octet_import_keras(octet_context *ctx, const char *path, const octet_import_options *options,
                                octet_model_kind *kind, octet_graph **out) {
    return import(ctx, NULL, path, options, kind, out);
}

octet_status octet_import_keras_bytes(octet_context *ctx, octet_bytes bytes, const char *name,
                                      const octet_import_options *options, octet_model_kind *kind, octet_graph **out) {
    return import(ctx, &bytes, name, options, kind, out);
}
