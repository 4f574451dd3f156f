#include "import/import.h"

#include "import/keras/metadata.h"

#define FROM_TENSORFLOW \
    "; load it in TensorFlow and save it with model.save(\"model.keras\"), or have it converted to a float .tflite"

/* What is said of a file that is no model for octet: what it seems to be, and what to do about it. */
static const struct {
    const char *what, *remedy;
} refusals[OCTET_N_FILE_KINDS] = {
    [OCTET_FILE_STATISTICS] = {"is a calibration, no model", "; octet quantize MODEL --calibration takes it, and octet "
                                                             "inspect shows it"},
    [OCTET_FILE_EVALUATION] = {"is a saved evaluation, no model", "; octet merge takes it, and octet inspect shows it"},
    [OCTET_FILE_EMPTY] = {"the file is empty", NULL},
    [OCTET_FILE_GIT_LFS] = {"stands for a file in Git LFS", ": fetch the file with git lfs pull"},
    [OCTET_FILE_JSON] = {"is JSON", "; of a model's to_json() it is named with --architecture, and the file of the "
                                    "weights instead of it"},
    [OCTET_FILE_MARKUP] = {"is a web page or XML", NULL},
    [OCTET_FILE_PICKLE] = {"is a Python pickle", NULL},
    [OCTET_FILE_PROTOBUF] = {"seems to be a saved_model.pb, a frozen graph or ONNX", FROM_TENSORFLOW},
};

octet_status octet_import_file_kind(octet_context *ctx, const octet_reader *file, octet_file_kind *out) {
    const char *name = file->name;
    OCTET_TRY(octet_file_kind_of_reader(ctx, file, out));
    const char *what = refusals[*out].what, *remedy = refusals[*out].remedy;
    OCTET_CHECK(ctx, *out == OCTET_FILE_TFLITE || *out == OCTET_FILE_ZIP || *out == OCTET_FILE_HDF5, OCTET_FORMAT,
                "%s: %s%s", name, what != NULL ? what : "the first bytes are of no model file",
                remedy != NULL ? remedy : "; a model is a Keras .h5 or .keras file or a .tflite");
    return OCTET_OK;
}

static octet_status refuse_signature(octet_context *ctx, const char *name, const octet_import_options *options) {
    OCTET_CHECK(ctx, options == NULL || options->signature == NULL, OCTET_USAGE,
                "%s: is a Keras model, and only a .tflite has signatures; leave --signature out", name);
    return OCTET_OK;
}

octet_status octet_import(octet_context *ctx, const char *path, const octet_import_options *options,
                          octet_model_kind *kind, octet_graph **out) {
    octet_file_kind container;
    octet_reader file;
    *out = NULL;
    octet_path_kind at_path;
    OCTET_TRY(octet_file_look(ctx, path, &at_path));
    bool is_saved_model = false;
    if (at_path == OCTET_PATH_FOLDER) OCTET_TRY(octet_keras_metadata_look(ctx, path, &is_saved_model));
    if (is_saved_model) {
        OCTET_TRY(refuse_signature(ctx, path, options));
        return octet_import_keras(ctx, path, options, kind, out);
    }
    OCTET_TRY(octet_reader_open(ctx, path, &file));
    const octet_status status = octet_import_file_kind(ctx, &file, &container);
    octet_reader_close(&file);
    OCTET_TRY(status);
    if (container != OCTET_FILE_TFLITE) {
        OCTET_TRY(refuse_signature(ctx, path, options));
        return octet_import_keras(ctx, path, options, kind, out);
    }
    if (kind != NULL) *kind = OCTET_KIND_TFLITE;
    return octet_import_tflite(ctx, path, options, out);
}

octet_status octet_import_bytes(octet_context *ctx, octet_bytes bytes, const char *name,
                                const octet_import_options *options, octet_model_kind *kind, octet_graph **out) {
    octet_file_kind container;
    const octet_reader file = octet_reader_of_bytes(bytes, name);
    *out = NULL;
    OCTET_TRY(octet_import_file_kind(ctx, &file, &container));
    if (container != OCTET_FILE_TFLITE) {
        OCTET_TRY(refuse_signature(ctx, name, options));
        return octet_import_keras_bytes(ctx, bytes, name, options, kind, out);
    }
    if (kind != NULL) *kind = OCTET_KIND_TFLITE;
    return octet_import_tflite_bytes(ctx, bytes, name, options, out);
}
