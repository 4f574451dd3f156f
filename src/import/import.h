/* import/import.h - a model file of any kind becomes a graph.
 * In:  paths: Keras 2 and 3 .h5, .keras, weights with an architecture .json, SavedModel folders, .tflite; told apart by
 *      content.
 * Out: a verified graph, not yet rewritten; every value remembers where it came from.
 * Knows: formats, graph; which reader is for which kind of file (import/keras, import/tflite).
 * Does not know: quantization, execution. Code inside a file is never run. */
#ifndef OCTET_IMPORT_IMPORT_H
#define OCTET_IMPORT_IMPORT_H

#include "base/reader.h"
#include "formats/kind.h"
#include "graph/graph.h"

typedef struct octet_import_options {
    const char *architecture; /* JSON of model.to_json(), for an .h5 that holds weights only; or NULL */
    const octet_shape
        *input_shapes; /* for inputs whose height, width or length the file leaves open; by input; or NULL */
    uint32_t n_input_shapes;
    bool resize;           /* of a .tflite: input_shapes stand in the place of what the file says, of whatever rank */
    const char *signature; /* of a .tflite that offers several; NULL: "serving_default", or the only one */
    bool first_graph;      /* of a .tflite: graph 0, whichever signatures the file has; signature is NULL */
} octet_import_options;

/* What wrote the model; a .h5 holds either dialect of Keras. */
typedef enum octet_model_kind { OCTET_KIND_KERAS_2, OCTET_KIND_KERAS_3, OCTET_KIND_TFLITE } octet_model_kind;

/* OCTET_FILE_HDF5, OCTET_FILE_ZIP or OCTET_FILE_TFLITE; FORMAT for every other kind. */
octet_status octet_import_file_kind(octet_context *ctx, const octet_reader *file, octet_file_kind *out);
/* options and kind may be NULL. Errors: IO, FORMAT, UNSUPPORTED, MODEL, LIMIT, NOMEM. */
octet_status octet_import(octet_context *ctx, const char *path, const octet_import_options *options,
                          octet_model_kind *kind, octet_graph **out);
/* The same from memory; `name` is used in messages. bytes must outlive the graph. */
octet_status octet_import_bytes(octet_context *ctx, octet_bytes bytes, const char *name,
                                const octet_import_options *options, octet_model_kind *kind, octet_graph **out);

/* The same for one kind. */
octet_status octet_import_keras(octet_context *ctx, const char *path, const octet_import_options *options,
                                octet_model_kind *kind, octet_graph **out);
octet_status octet_import_keras_bytes(octet_context *ctx, octet_bytes bytes, const char *name,
                                      const octet_import_options *options, octet_model_kind *kind, octet_graph **out);
octet_status octet_import_tflite(octet_context *ctx, const char *path, const octet_import_options *options,
                                 octet_graph **out);
octet_status octet_import_tflite_bytes(octet_context *ctx, octet_bytes bytes, const char *name,
                                       const octet_import_options *options, octet_graph **out);

#endif
