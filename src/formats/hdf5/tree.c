#include "formats/hdf5/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/checked.h"
#include "formats/hdf5/protocol.h"

/* A program that went astray before it ended may have sent anything. */

typedef struct parser {
    octet_context *ctx;
    octet_arena *arena;
    octet_bytes body;
    uint64_t file_size;
    const char *name;
    size_t offset;
    uint32_t depth, n_datasets;
} parser;

static octet_status broken(const parser *p) {
    return octet_context_fail(p->ctx, OCTET_FORMAT,
                              "%s: the HDF5 library reads nonsense from it (at %zu): the file is corrupt", p->name,
                              p->offset);
}

static octet_status take_word(parser *p, uint64_t max, uint64_t *out) {
    *out = 0;
    if (!octet_bytes_inside(p->body, p->offset, 8)) return broken(p);
    memcpy(out, p->body.data + p->offset, 8);
    if (*out > max) return broken(p);
    p->offset += 8;
    return OCTET_OK;
}

/* A count of items that take at least `size` bytes each. */
static octet_status take_count(parser *p, size_t size, size_t *out) {
    uint64_t word;
    *out = 0;
    OCTET_TRY(take_word(p, UINT64_MAX, &word));
    if (word > (p->body.size - p->offset) / size) return broken(p);
    *out = (size_t)word;
    return OCTET_OK;
}

static octet_status take_text(parser *p, const char **out) {
    size_t length;
    OCTET_TRY(take_count(p, 1, &length));
    const size_t padded = (length & ~(size_t)7) + 8;
    if (!octet_bytes_inside(p->body, p->offset, padded) || p->body.data[p->offset + length] != 0) return broken(p);
    *out = (const char *)p->body.data + p->offset;
    p->offset += padded;
    return OCTET_OK;
}

static octet_status take_strings(parser *p, const char *const **out, size_t *n) {
    OCTET_TRY(take_count(p, 16, n));
    const char **strings = NULL;
    OCTET_TRY(OCTET_NEW(p->ctx, p->arena, *n, &strings));
    for (size_t i = 0; i < *n; i++) OCTET_TRY(take_text(p, &strings[i]));
    *out = strings;
    return OCTET_OK;
}

static octet_status take_attribute(parser *p, octet_hdf5_attribute *out) {
    uint64_t word;
    OCTET_TRY(take_text(p, &out->name));
    OCTET_TRY(take_word(p, OCTET_HDF5_OTHER, &word));
    out->kind = (octet_hdf5_kind)word;
    OCTET_TRY(take_word(p, 1, &word));
    out->is_scalar = word != 0;
    if (out->kind == OCTET_HDF5_STRINGS) return take_strings(p, &out->strings, &out->n);
    OCTET_TRY(take_count(p, 8, &out->n));
    if (out->kind == OCTET_HDF5_OTHER && out->n != 0) return broken(p);
    out->numbers = (const double *)(const void *)(p->body.data + p->offset);
    p->offset += 8 * out->n;
    return OCTET_OK;
}

static octet_status take_attributes(parser *p, octet_hdf5_node *node) {
    octet_hdf5_attribute *attributes = NULL;
    OCTET_TRY(take_count(p, 32, &node->n_attributes));
    OCTET_TRY(OCTET_NEW(p->ctx, p->arena, node->n_attributes, &attributes));
    node->attributes = attributes;
    for (size_t i = 0; i < node->n_attributes; i++) OCTET_TRY(take_attribute(p, &attributes[i]));
    return OCTET_OK;
}

static octet_status take_numbers(parser *p, octet_hdf5_node *node) {
    uint64_t n;
    OCTET_TRY(take_word(p, SIZE_MAX / 8, &n));
    node->n_elements = (size_t)n;
    if (node->kind >= OCTET_HDF5_OTHER) return n == 0 ? OCTET_OK : broken(p);
    OCTET_TRY(take_word(p, UINT64_MAX, &node->place));
    OCTET_TRY(take_word(p, UINT64_MAX, &node->n_stored_bytes));
    const uint64_t offset = node->place != 0 ? node->place - 1 : 0;
    const bool is_inside = offset <= p->file_size && n <= (p->file_size - offset) / 4;
    return node->place == 0 || is_inside ? OCTET_OK : broken(p);
}

static octet_status take_dataset(parser *p, octet_hdf5_node *node) {
    uint64_t word;
    node->number = p->n_datasets++;
    OCTET_TRY(take_word(p, OCTET_HDF5_EMPTY, &word));
    node->kind = (octet_hdf5_kind)word;
    OCTET_TRY(take_word(p, OCTET_HDF5_MAX_RANK, &word));
    node->rank = (int32_t)word;
    int64_t n = 1;
    for (int32_t i = 0; i < node->rank; i++) {
        OCTET_TRY(take_word(p, INT64_MAX, &word));
        node->dims[i] = (int64_t)word;
        if (!octet_multiply_i64(n, node->dims[i], &n)) return broken(p);
    }
    if (node->kind == OCTET_HDF5_STRINGS) OCTET_TRY(take_strings(p, &node->strings, &node->n_elements));
    else OCTET_TRY(take_numbers(p, node));
    if (node->kind < OCTET_HDF5_OTHER && node->n_elements != (uint64_t)n) return broken(p);
    return OCTET_OK;
}

/* Equal names, which only nonsense has, stay in their order. */
static int by_name(const void *a, const void *b) {
    const octet_hdf5_node *const x = *(const octet_hdf5_node *const *)a, *const y = *(const octet_hdf5_node *const *)b;
    const int order = strcmp(x->name, y->name);
    return order != 0 ? order : (x > y) - (x < y);
}

static octet_status take_node(parser *p, const octet_hdf5_node *parent, octet_hdf5_node *node);

static octet_status take_children(parser *p, octet_hdf5_node *node) {
    OCTET_TRY(take_count(p, 48, &node->n_children));
    const octet_hdf5_node **children = NULL;
    octet_hdf5_node *nodes = NULL;
    OCTET_TRY(OCTET_NEW(p->ctx, p->arena, node->n_children, &children));
    OCTET_TRY(OCTET_NEW(p->ctx, p->arena, node->n_children, &nodes));
    node->children = children;
    if (++p->depth > p->ctx->max_depth + 1) return broken(p);
    for (size_t i = 0; i < node->n_children; i++) {
        children[i] = &nodes[i];
        OCTET_TRY(take_node(p, node, &nodes[i]));
    }
    p->depth--;
    const octet_hdf5_node **sorted = NULL;
    OCTET_TRY(octet_arena_copy(p->ctx, p->arena, children, node->n_children * sizeof *children, (void **)&sorted));
    if (node->n_children > 0) qsort(sorted, node->n_children, sizeof *sorted, by_name);
    node->by_name = sorted;
    return OCTET_OK;
}

static octet_status take_node(parser *p, const octet_hdf5_node *parent, octet_hdf5_node *node) {
    uint64_t is_dataset;
    node->parent = parent;
    OCTET_TRY(take_text(p, &node->name));
    node->path = "/";
    if (parent != NULL)
        OCTET_TRY(octet_arena_format(p->ctx, p->arena, &node->path, "%s/%s", parent->parent != NULL ? parent->path : "",
                                     node->name));
    OCTET_TRY(take_word(p, 1, &is_dataset));
    node->is_dataset = is_dataset != 0;
    if (node->is_dataset) OCTET_TRY(take_dataset(p, node));
    OCTET_TRY(take_attributes(p, node));
    return take_children(p, node);
}

octet_status octet_hdf5_tree_read(octet_context *ctx, octet_arena *arena, octet_bytes body, uint64_t file_size,
                                  const char *name, octet_hdf5_node *root) {
    parser p = {.ctx = ctx, .arena = arena, .body = body, .file_size = file_size, .name = name};
    *root = (octet_hdf5_node){0};
    OCTET_TRY(take_node(&p, NULL, root));
    return root->is_dataset || p.offset != body.size ? broken(&p) : OCTET_OK;
}
