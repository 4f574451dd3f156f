#include "formats/hdf5.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/checked.h"
#include "formats/hdf5/exchange.h"
#include "formats/hdf5/tree.h"
#include "formats/kind.h"

enum { PIECE_ELEMENTS = 1 << 18 };

struct octet_hdf5 {
    octet_arena arena;
    octet_reader own;    /* of a path */
    octet_reader reader; /* of the whole file */
    octet_hdf5_exchange exchange;
    octet_bytes body; /* texts and numbers of attributes */
    const char *name;
    octet_hdf5_node root;
};

static octet_status check_kind(octet_context *ctx, const octet_hdf5 *hdf5) {
    octet_file_kind kind;
    OCTET_TRY(octet_file_kind_of_reader(ctx, &hdf5->reader, &kind));
    OCTET_CHECK(ctx, kind == OCTET_FILE_HDF5, OCTET_FORMAT, "%s: %llu bytes without HDF5's signature: not an HDF5 file",
                hdf5->name, (unsigned long long)hdf5->reader.size);
    return OCTET_OK;
}

/* Gives the file to octet-hdf5, or a copy of the bytes. */
static octet_status start_exchange(octet_context *ctx, octet_hdf5 *hdf5) {
    int copy = -1;
    octet_reader given = hdf5->reader;
    if (given.descriptor < 0) {
        OCTET_TRY(octet_file_from_bytes(ctx, hdf5->reader.bytes, hdf5->name, &copy));
        given = (octet_reader){.name = hdf5->name, .descriptor = copy, .size = hdf5->reader.size};
    }
    const octet_status status = octet_hdf5_exchange_open(ctx, &given, hdf5->name, &hdf5->exchange, &hdf5->body);
    if (copy >= 0) close(copy);
    return status;
}

/* path: NULL where the reader is given. */
static octet_status open_hdf5(octet_context *ctx, const char *path, const octet_reader *reader, octet_hdf5 *hdf5) {
    OCTET_TRY(octet_arena_string(ctx, &hdf5->arena, path != NULL ? path : reader->name, &hdf5->name));
    if (path != NULL) OCTET_TRY(octet_reader_open(ctx, hdf5->name, &hdf5->own));
    hdf5->reader = path != NULL ? hdf5->own : *reader;
    hdf5->reader.name = hdf5->name;
    OCTET_TRY(check_kind(ctx, hdf5));
    OCTET_TRY(start_exchange(ctx, hdf5));
    return octet_hdf5_tree_read(ctx, &hdf5->arena, hdf5->body, hdf5->reader.size, hdf5->name, &hdf5->root);
}

static octet_status create(octet_context *ctx, const char *path, const octet_reader *reader, octet_hdf5 **out) {
    *out = NULL;
    octet_hdf5 *hdf5 = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *hdf5, (void **)&hdf5));
    *hdf5 = (octet_hdf5){.own.descriptor = -1};
    const octet_status status = open_hdf5(ctx, path, reader, hdf5);
    if (status == OCTET_OK) *out = hdf5;
    else octet_hdf5_close(ctx, hdf5);
    return status;
}

octet_status octet_hdf5_open(octet_context *ctx, const char *path, octet_hdf5 **out) {
    return create(ctx, path, NULL, out);
}

octet_status octet_hdf5_open_reader(octet_context *ctx, const octet_reader *reader, octet_hdf5 **out) {
    return create(ctx, NULL, reader, out);
}

octet_status octet_hdf5_open_bytes(octet_context *ctx, octet_bytes bytes, const char *name, octet_hdf5 **out) {
    const octet_reader reader = octet_reader_of_bytes(bytes, name);
    return create(ctx, NULL, &reader, out);
}

void octet_hdf5_close(octet_context *ctx, octet_hdf5 *hdf5) {
    if (hdf5 == NULL) return;
    octet_hdf5_exchange_close(ctx, &hdf5->exchange);
    octet_memory_free(ctx, (void *)(uintptr_t)hdf5->body.data);
    octet_reader_close(&hdf5->own);
    octet_arena_free(ctx, &hdf5->arena);
    octet_memory_free(ctx, hdf5);
}

const char *octet_hdf5_name(const octet_hdf5 *hdf5) { return hdf5->name; }
const octet_hdf5_node *octet_hdf5_root(const octet_hdf5 *hdf5) { return &hdf5->root; }

/* The first child whose name is the first `length` bytes of `name`. */
static const octet_hdf5_node *child_of(const octet_hdf5_node *node, const char *name, size_t length) {
    size_t first = 0, end = node->n_children;
    while (first < end) {
        const size_t middle = first + (end - first) / 2;
        if (strncmp(node->by_name[middle]->name, name, length) < 0) first = middle + 1;
        else end = middle;
    }
    if (first == node->n_children) return NULL;
    const octet_hdf5_node *child = node->by_name[first]; /* of those that begin so, the shortest stands first */
    return strncmp(child->name, name, length) == 0 && child->name[length] == '\0' ? child : NULL;
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

octet_status octet_hdf5_check_size(octet_context *ctx, const octet_hdf5 *hdf5, const octet_hdf5_node *node) {
    const bool is_plain = node->data != NULL || node->place != 0 || node->kind != OCTET_HDF5_NUMBERS;
    OCTET_CHECK(ctx, is_plain || node->n_elements <= octet_inflated_limit(node->n_stored_bytes) / sizeof(float),
                OCTET_LIMIT,
                "%s:%s: %zu numbers that are compressed to %llu bytes: the limit is 64 MiB or 100 times the compressed "
                "size; store the dataset uncompressed",
                hdf5->name, node->path, node->n_elements, (unsigned long long)node->n_stored_bytes);
    return OCTET_OK;
}

static octet_status begin(octet_context *ctx, octet_hdf5 *hdf5, const octet_hdf5_node *node) {
    OCTET_TRY(octet_hdf5_check_size(ctx, hdf5, node));
    if (node->data != NULL || node->place != 0 || node->n_elements == 0) return OCTET_OK;
    return octet_hdf5_exchange_ask(ctx, &hdf5->exchange, node->number, node->n_elements * sizeof(float));
}

/* Elements [first, first + n): the first ones that were not yet taken. */
static octet_status take(octet_context *ctx, octet_hdf5 *hdf5, const octet_hdf5_node *node, size_t first, size_t n,
                         float *out) {
    if (n == 0) return OCTET_OK;
    if (node->data != NULL) {
        memcpy(out, node->data + first, n * sizeof *out);
        return OCTET_OK;
    }
    if (node->place != 0)
        return octet_reader_read(ctx, &hdf5->reader, node->place - 1 + first * sizeof *out, out, n * sizeof *out);
    return octet_hdf5_exchange_take(ctx, &hdf5->exchange, out, n * sizeof *out);
}

octet_status octet_hdf5_numbers(octet_context *ctx, octet_hdf5 *hdf5, const octet_hdf5_node *node, float *out) {
    OCTET_TRY(begin(ctx, hdf5, node));
    return take(ctx, hdf5, node, 0, node->n_elements, out);
}

octet_status octet_hdf5_pieces(octet_context *ctx, octet_hdf5 *hdf5, const octet_hdf5_node *node, size_t unit,
                               octet_hdf5_visit *visit, void *user) {
    size_t most = unit < PIECE_ELEMENTS ? PIECE_ELEMENTS / unit * unit : unit;
    if (most > node->n_elements) most = node->n_elements;
    void *piece;
    OCTET_TRY(begin(ctx, hdf5, node));
    OCTET_TRY(octet_memory_allocate(ctx, most * sizeof(float), &piece));
    octet_status status = OCTET_OK;
    for (size_t first = 0; first < node->n_elements && status == OCTET_OK; first += most) {
        const size_t left = node->n_elements - first, n = left < most ? left : most;
        status = take(ctx, hdf5, node, first, n, piece);
        if (status == OCTET_OK) status = visit(user, piece, first, n);
    }
    octet_memory_free(ctx, piece);
    return status;
}
