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

octet_status octet_import_kind(octet_context *ctx, const char *path, octet_model_kind *out) {
    octet_file file;
    OCTET_TRY(octet_file_open(ctx, path, &file));
    const octet_bytes bytes = file.bytes;
    bool found = true;
    if (octet_bytes_inside(bytes, 4, 4) && memcmp(bytes.data + 4, "TFL3", 4) == 0) {
        *out = OCTET_KIND_TFLITE;
    } else if (octet_bytes_inside(bytes, 0, 4) && memcmp(bytes.data, "PK\3\4", 4) == 0) {
        *out = OCTET_KIND_KERAS_ZIP;
    } else if (is_hdf5(bytes)) {
        *out = OCTET_KIND_KERAS_H5;
    } else {
        found = false;
    }
    const size_t size = bytes.size;
    octet_file_close(&file);
    OCTET_CHECK(ctx, found, OCTET_FORMAT, "%s: %s; a model is a Keras .h5 or .keras file or a .tflite", path,
                size == 0 ? "the file is empty" : "the first bytes are of no model file");
    return OCTET_OK;
}

octet_status octet_import(octet_context *ctx, const char *path, const octet_import_options *options, octet_graph **out) {
    octet_model_kind kind;
    *out = NULL;
    OCTET_TRY(octet_import_kind(ctx, path, &kind));
    if (kind == OCTET_KIND_TFLITE) return octet_import_tflite(ctx, path, options, out);
    return octet_import_keras(ctx, path, options, out);
}
