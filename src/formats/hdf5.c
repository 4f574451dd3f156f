#include "formats/hdf5.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "formats/hdf5/exchange.h"
#include "formats/hdf5/tree.h"
#include "formats/kind.h"

struct octet_hdf5 {
    octet_arena arena;
    octet_file file;   /* empty when opened from bytes */
    octet_bytes bytes; /* the whole file */
    octet_bytes body;  /* texts and numbers that are not in the file as they are */
    const char *name;
    octet_hdf5_node root;
};

/* Gives *descriptor to octet-hdf5: of the file, or of a copy of the bytes. */
static octet_status read_file(octet_context *ctx, const char *path, octet_hdf5 *hdf5, int *descriptor) {
    if (path != NULL) {
        uint64_t size;
        OCTET_TRY(octet_file_open_descriptor(ctx, path, descriptor, &size));
        OCTET_TRY(octet_file_open(ctx, path, &hdf5->file));
        hdf5->bytes = hdf5->file.bytes;
    }
    OCTET_CHECK(ctx, octet_file_kind_of(hdf5->bytes) == OCTET_FILE_HDF5, OCTET_FORMAT,
                "%s: %zu bytes without HDF5's signature: not an HDF5 file", hdf5->name, hdf5->bytes.size);
    if (path == NULL) OCTET_TRY(octet_file_from_bytes(ctx, hdf5->bytes, hdf5->name, descriptor));
    return octet_hdf5_exchange(ctx, *descriptor, hdf5->bytes.size, hdf5->name, &hdf5->body);
}

static octet_status open_hdf5(octet_context *ctx, const char *path, octet_bytes bytes, const char *name,
                              octet_hdf5 *hdf5) {
    OCTET_TRY(octet_arena_string(ctx, &hdf5->arena, name, &hdf5->name));
    hdf5->bytes = bytes;
    int descriptor = -1;
    const octet_status status = read_file(ctx, path, hdf5, &descriptor);
    if (descriptor >= 0) close(descriptor);
    OCTET_TRY(status);
    return octet_hdf5_tree_read(ctx, &hdf5->arena, hdf5->body, hdf5->bytes, hdf5->name, &hdf5->root);
}

static octet_status create(octet_context *ctx, const char *path, octet_bytes bytes, const char *name,
                           octet_hdf5 **out) {
    *out = NULL;
    octet_hdf5 *hdf5 = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *hdf5, (void **)&hdf5));
    *hdf5 = (octet_hdf5){0};
    const octet_status status = open_hdf5(ctx, path, bytes, name, hdf5);
    if (status == OCTET_OK) *out = hdf5;
    else octet_hdf5_close(ctx, hdf5);
    return status;
}

octet_status octet_hdf5_open(octet_context *ctx, const char *path, octet_hdf5 **out) {
    return create(ctx, path, (octet_bytes){0}, path, out);
}

octet_status octet_hdf5_open_bytes(octet_context *ctx, octet_bytes bytes, const char *name, octet_hdf5 **out) {
    return create(ctx, NULL, bytes, name, out);
}

void octet_hdf5_close(octet_context *ctx, octet_hdf5 *hdf5) {
    if (hdf5 == NULL) return;
    octet_memory_free(ctx, (void *)(uintptr_t)hdf5->body.data);
    octet_file_close(ctx, &hdf5->file);
    octet_arena_free(ctx, &hdf5->arena);
    octet_memory_free(ctx, hdf5);
}

const char *octet_hdf5_name(const octet_hdf5 *hdf5) { return hdf5->name; }
const octet_hdf5_node *octet_hdf5_root(const octet_hdf5 *hdf5) { return &hdf5->root; }

static const octet_hdf5_node *child_of(const octet_hdf5_node *node, const char *name, size_t length) {
    for (size_t i = 0; i < node->n_children; i++) {
        const octet_hdf5_node *child = node->children[i];
        if (strncmp(child->name, name, length) == 0 && child->name[length] == '\0') return child;
    }
    return NULL;
}

const octet_hdf5_node *octet_hdf5_find(const octet_hdf5 *hdf5, const octet_hdf5_node *from, const char *path) {
    const octet_hdf5_node *node = from != NULL ? from : &hdf5->root;
    while (node != NULL && *path != '\0') {
        const size_t length = strcspn(path, "/");
        if (length > 0) node = child_of(node, path, length);
        path += length + (path[length] == '/');
    }
    return node;
}

const octet_hdf5_attribute *octet_hdf5_attribute_of(const octet_hdf5_node *node, const char *name) {
    for (size_t i = 0; i < node->n_attributes; i++)
        if (strcmp(node->attributes[i].name, name) == 0) return &node->attributes[i];
    return NULL;
}

/* Piece number `index` of an attribute that Keras cut; 0 is also the attribute itself, if it was not cut. */
static octet_status piece_of(octet_context *ctx, const octet_hdf5 *hdf5, const octet_hdf5_node *node, const char *name,
                             unsigned index, const octet_hdf5_attribute **out, bool *is_whole) {
    char numbered[256];
    snprintf(numbered, sizeof numbered, "%s%u", name, index);
    *out = index == 0 ? octet_hdf5_attribute_of(node, name) : NULL;
    *is_whole = *out != NULL;
    if (*out == NULL) *out = octet_hdf5_attribute_of(node, numbered);
    /* numpy makes an empty list one of float64. */
    OCTET_CHECK(ctx, *out == NULL || (*out)->kind == OCTET_HDF5_STRINGS || (*out)->n == 0, OCTET_FORMAT,
                "%s:%s: attribute %s holds no strings", hdf5->name, node->path, (*out)->name);
    return OCTET_OK;
}

octet_status octet_hdf5_strings(octet_context *ctx, const octet_hdf5 *hdf5, octet_arena *arena,
                                const octet_hdf5_node *node, const char *name, const char *const **strings, size_t *n) {
    const octet_hdf5_attribute *piece;
    bool is_whole;
    *strings = NULL;
    *n = 0;
    OCTET_TRY(piece_of(ctx, hdf5, node, name, 0, &piece, &is_whole));
    if (is_whole) {
        *strings = piece->strings;
        *n = piece->kind == OCTET_HDF5_STRINGS ? piece->n : 0;
        return OCTET_OK;
    }
    size_t total = 0;
    unsigned n_pieces = 0;
    while (piece != NULL) {
        total += piece->n;
        OCTET_TRY(piece_of(ctx, hdf5, node, name, ++n_pieces, &piece, &is_whole));
    }
    if (n_pieces == 0) return OCTET_OK;
    const char **joined = NULL;
    OCTET_TRY(OCTET_NEW(ctx, arena, total, &joined));
    for (unsigned i = 0; i < n_pieces; i++) {
        OCTET_TRY(piece_of(ctx, hdf5, node, name, i, &piece, &is_whole));
        for (size_t j = 0; j < piece->n; j++) joined[(*n)++] = piece->strings[j];
    }
    *strings = joined;
    return OCTET_OK;
}

octet_status octet_hdf5_text(octet_context *ctx, const octet_hdf5 *hdf5, octet_arena *arena,
                             const octet_hdf5_node *node, const char *name, const char **text) {
    const char *const *strings;
    size_t n, length = 0;
    *text = NULL;
    OCTET_TRY(octet_hdf5_strings(ctx, hdf5, arena, node, name, &strings, &n));
    if (n == 1) *text = strings[0];
    if (n <= 1) return OCTET_OK;
    for (size_t i = 0; i < n; i++) length += strlen(strings[i]);
    char *joined;
    OCTET_TRY(OCTET_NEW(ctx, arena, length + 1, &joined));
    *text = joined;
    for (size_t i = 0; i < n; i++) {
        const size_t size = strlen(strings[i]);
        memcpy(joined, strings[i], size);
        joined += size;
    }
    return OCTET_OK;
}
