#include "import/import.h"

#include <string.h>

#include "base/buffer.h"

static const uint8_t hdf5_signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

/* HDF5's signature stands at 0, or, behind a user block, at 512, 1024, 2048, ... */
static bool is_hdf5(octet_bytes bytes) {
    for (size_t at = 0; octet_bytes_inside(bytes, at, sizeof hdf5_signature); at = at == 0 ? 512 : 2 * at)
        if (memcmp(bytes.data + at, hdf5_signature, sizeof hdf5_signature) == 0) return true;
    return false;
}

static bool starts(octet_bytes bytes, const char *text) {
    const size_t n = strlen(text);
    return octet_bytes_inside(bytes, 0, n) && memcmp(bytes.data, text, n) == 0;
}

static const char from_tensorflow[] =
    "; load it in TensorFlow and save it with model.save(\"model.keras\"), or have it converted to a float .tflite";

/* What a file that is no model for octet seems to be, by its first bytes, and what to do about it. */
static const char *guess(octet_bytes bytes, const char **remedy) {
    *remedy = "; a model is a Keras .h5 or .keras file or a .tflite";
    if (bytes.size == 0) return "the file is empty";
    if (starts(bytes, "version https://git-lfs")) {
        *remedy = ": fetch the file with git lfs pull";
        return "stands for a file in Git LFS";
    }
    if (bytes.data[0] == '{') {
        *remedy = "; of a model's to_json() it is named with --architecture, and the file of the weights instead of it";
        return "is JSON";
    }
    if (bytes.data[0] == '<') return "is a web page or XML";
    if (bytes.data[0] == 0x80 && octet_bytes_inside(bytes, 1, 1) && bytes.data[1] <= 5) return "is a Python pickle";
    /* Fields 1 and 2 of a message open a SavedModel, a frozen graph, and ONNX. */
    if ((bytes.data[0] == 0x08 || bytes.data[0] == 0x0a) && bytes.size > 64) {
        *remedy = from_tensorflow;
        return "seems to be a saved_model.pb, a frozen graph or ONNX";
    }
    return "the first bytes are of no model file";
}

static octet_status refuse_saved_model(octet_context *ctx, const char *path) {
    octet_arena scratch = {0};
    const char *inner = NULL;
    octet_status status = octet_arena_format(ctx, &scratch, &inner, "%s/saved_model.pb", path);
    if (status == OCTET_OK && octet_file_exists(inner))
        status = octet_context_fail(ctx, OCTET_UNSUPPORTED, "%s: is a SavedModel folder%s", path, from_tensorflow);
    octet_arena_free(ctx, &scratch);
    return status;
}

octet_status octet_import_file_kind(octet_context *ctx, octet_bytes bytes, const char *name, octet_file_kind *out) {
    const char *remedy = "";
    if (octet_bytes_inside(bytes, 4, 4) && memcmp(bytes.data + 4, "TFL3", 4) == 0) *out = OCTET_FILE_TFLITE;
    else if (starts(bytes, "PK\3\4")) *out = OCTET_FILE_KERAS_ZIP;
    else if (is_hdf5(bytes)) *out = OCTET_FILE_KERAS_H5;
    else {
        const char *what = guess(bytes, &remedy);
        return octet_context_fail(ctx, OCTET_FORMAT, "%s: %s%s", name, what, remedy);
    }
    return OCTET_OK;
}

octet_status octet_import(octet_context *ctx, const char *path, const octet_import_options *options,
                          octet_model_kind *kind, octet_graph **out) {
    octet_file_kind container;
    octet_file file;
    *out = NULL;
    if (octet_file_is_directory(path)) OCTET_TRY(refuse_saved_model(ctx, path));
    OCTET_TRY(octet_file_open(ctx, path, &file));
    const octet_status status = octet_import_file_kind(ctx, file.bytes, path, &container);
    octet_file_close(&file);
    OCTET_TRY(status);
    if (container != OCTET_FILE_TFLITE) return octet_import_keras(ctx, path, options, kind, out);
    if (kind != NULL) *kind = OCTET_KIND_TFLITE;
    return octet_import_tflite(ctx, path, options, out);
}

octet_status octet_import_bytes(octet_context *ctx, octet_bytes bytes, const char *name,
                                const octet_import_options *options, octet_model_kind *kind, octet_graph **out) {
    octet_file_kind container;
    *out = NULL;
    OCTET_TRY(octet_import_file_kind(ctx, bytes, name, &container));
    if (container != OCTET_FILE_TFLITE) return octet_import_keras_bytes(ctx, bytes, name, options, kind, out);
    if (kind != NULL) *kind = OCTET_KIND_TFLITE;
    return octet_import_tflite_bytes(ctx, bytes, name, options, out);
}
