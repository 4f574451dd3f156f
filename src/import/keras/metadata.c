/* Messages and the fields that lead to the metadata of the outermost object:
 * 1. keras_metadata.pb, SavedMetadata: 1 an object (2 its number, 0 is the outermost; 5 its metadata)
 * 2. saved_model.pb, SavedModel: 2 a MetaGraphDef (7 a SavedObjectGraph (1 an object, the outermost first
 *    (4 a SavedUserObject (1 its kind, 3 its metadata)))) */
#include "import/keras/metadata.h"

#include <string.h>

#include "formats/json.h"
#include "formats/tensorflow/protobuf.h"

enum { MAX_NESTED = 512 };

static octet_status look_at(octet_context *ctx, octet_arena *arena, const char *folder, const char *file,
                            const char **path, bool *is_there) {
    octet_path_kind kind = OCTET_PATH_ABSENT;
    OCTET_TRY(octet_arena_format(ctx, arena, path, "%s/%s", folder, file));
    OCTET_TRY(octet_file_look(ctx, *path, &kind));
    *is_there = kind != OCTET_PATH_ABSENT;
    return OCTET_OK;
}

octet_status octet_keras_metadata_look(octet_context *ctx, const char *folder, bool *is_saved_model) {
    octet_arena scratch = {0};
    const char *path = NULL;
    octet_status status = look_at(ctx, &scratch, folder, "keras_metadata.pb", &path, is_saved_model);
    if (status == OCTET_OK && !*is_saved_model)
        status = look_at(ctx, &scratch, folder, "saved_model.pb", &path, is_saved_model);
    octet_arena_free(ctx, &scratch);
    return status;
}

/* The first field of that number; an empty one where there is none. */
static octet_status find_bytes(octet_context *ctx, octet_bytes bytes, const char *name, uint32_t number,
                               octet_bytes *out) {
    octet_protobuf message = octet_protobuf_of(bytes, name);
    octet_protobuf_field field;
    *out = (octet_bytes){0};
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(ctx, &message, &field));
        if (field.number != number) continue;
        *out = field.bytes;
        return OCTET_OK;
    }
    return OCTET_OK;
}

static octet_status find_outermost(octet_context *ctx, octet_bytes bytes, const char *name, octet_bytes *out) {
    octet_protobuf message = octet_protobuf_of(bytes, name);
    octet_protobuf_field node, field;
    *out = (octet_bytes){0};
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(ctx, &message, &node));
        if (node.number != 1) continue;
        octet_protobuf inner = octet_protobuf_of(node.bytes, name);
        octet_bytes metadata = {0};
        uint64_t number = 0;
        while (octet_protobuf_has_next(&inner)) {
            OCTET_TRY(octet_protobuf_next(ctx, &inner, &field));
            if (field.number == 2) number = field.value;
            if (field.number == 5) metadata = field.bytes;
        }
        if (number == 0) {
            *out = metadata;
            return OCTET_OK;
        }
    }
    return OCTET_OK;
}

static octet_status find_in_saved_model(octet_context *ctx, octet_bytes bytes, const char *name, octet_bytes *out) {
    static const uint32_t way[] = {2, 7, 1, 4};
    octet_bytes kind;
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) OCTET_TRY(find_bytes(ctx, bytes, name, way[i], &bytes));
    OCTET_TRY(find_bytes(ctx, bytes, name, 1, &kind));
    OCTET_TRY(find_bytes(ctx, bytes, name, 3, out));
    if (kind.size < 9 || memcmp(kind.data, "_tf_keras", 9) != 0) *out = (octet_bytes){0};
    return OCTET_OK;
}

static octet_status read_file(octet_context *ctx, const char *folder, const char *path, bool has_own_file,
                              octet_bytes file, octet_buffer *text) {
    octet_bytes metadata;
    if (has_own_file) {
        OCTET_TRY(find_outermost(ctx, file, path, &metadata));
        OCTET_CHECK(ctx, metadata.size > 0, OCTET_FORMAT,
                    "%s: describes no model: the file is cut or corrupt; save the model again", path);
    } else {
        OCTET_TRY(find_in_saved_model(ctx, file, path, &metadata));
        OCTET_CHECK(
            ctx, metadata.size > 0, OCTET_UNSUPPORTED,
            "%s: is a SavedModel without keras_metadata.pb: it holds functions, and no Keras model that can be "
            "read; load the Keras model that it was made of and save it with model.save(\"model.keras\"), or have "
            "the folder converted to a float .tflite",
            folder);
    }
    OCTET_CHECK(ctx, metadata.size <= OCTET_JSON_MAX_BYTES, OCTET_LIMIT, "%s: its metadata are longer than %zu bytes",
                path, OCTET_JSON_MAX_BYTES);
    OCTET_TRY(octet_buffer_append(ctx, text, metadata.data, metadata.size));
    return octet_keras_metadata_unwrap(ctx, (char *)text->data, text->size, path);
}

octet_status octet_keras_metadata_read(octet_context *ctx, octet_arena *arena, const char *folder, octet_buffer *text,
                                       const char **name) {
    bool has_own_file = false, is_there = false;
    octet_file file = {0};
    OCTET_TRY(look_at(ctx, arena, folder, "keras_metadata.pb", name, &has_own_file));
    if (!has_own_file) OCTET_TRY(look_at(ctx, arena, folder, "saved_model.pb", name, &is_there));
    OCTET_TRY(octet_file_open(ctx, *name, &file));
    const octet_status status = read_file(ctx, folder, *name, has_own_file, file.bytes, text);
    octet_file_close(ctx, &file);
    return status;
}

static size_t skip_blanks(const char *text, size_t size, size_t at) {
    while (at < size && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r')) at++;
    return at;
}

/* Where the words that follow each other from `at` on, with or without blanks between them, end; 0: others stand there.
 */
static size_t match(const char *text, size_t size, size_t at, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const size_t length = strlen(words[i]);
        at = skip_blanks(text, size, at);
        if (size - at < length || memcmp(text + at, words[i], length) != 0) return 0;
        at += length;
    }
    return at;
}

/* Behind {"class_name": "__tuple__", "items":, where that stands at `at`; else 0. */
static size_t match_wrapper(const char *text, size_t size, size_t at) {
    static const char *const begin[] = {"{", "\"class_name\"", ":"}, *const end[] = {",", "\"items\"", ":"};
    static const char *const tuple = "\"__tuple__\"", *const shape = "\"TensorShape\"";
    at = match(text, size, at, begin, 3);
    if (at == 0) return 0;
    const size_t tuple_end = match(text, size, at, &tuple, 1);
    at = tuple_end > 0 ? tuple_end : match(text, size, at, &shape, 1);
    return at > 0 ? match(text, size, at, end, 3) : 0;
}

static size_t skip_string(const char *text, size_t size, size_t at) {
    for (at++; at < size && text[at] != '"'; at++) at += text[at] == '\\';
    return at;
}

octet_status octet_keras_metadata_unwrap(octet_context *ctx, char *text, size_t size, const char *name) {
    bool is_wrapper[MAX_NESTED];
    size_t depth = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"') {
            i = skip_string(text, size, i);
        } else if (text[i] == '{') {
            OCTET_CHECK(ctx, depth < MAX_NESTED, OCTET_LIMIT, "%s: objects nested deeper than %d", name, MAX_NESTED);
            const size_t end = match_wrapper(text, size, i);
            is_wrapper[depth++] = end > 0;
            if (end == 0) continue;
            memset(text + i, ' ', end - i);
            i = end - 1;
        } else if (text[i] == '}' && depth > 0 && is_wrapper[--depth]) {
            text[i] = ' ';
        }
    }
    return OCTET_OK;
}
