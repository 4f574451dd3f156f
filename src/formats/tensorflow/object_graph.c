/* Messages and the fields that are read:
 * 1. TrackableObjectGraph: 1 an object
 * 2. an object: 1 a child (1: its number, 2: its name), 2 an attribute
 * 3. an attribute: 1 its name (VARIABLE_VALUE of a variable), 2 the name of the variable, 3 the key of its tensor */
#include "formats/tensorflow/object_graph.h"

#include <string.h>

#include "formats/tensorflow/protobuf.h"

typedef struct reader {
    octet_context *ctx;
    octet_arena *arena;
    const char *name;
    size_t n_nodes;
} reader;

static octet_status count_fields(const reader *r, octet_bytes bytes, uint32_t number, size_t *n) {
    octet_protobuf message = octet_protobuf_of(bytes, r->name);
    octet_protobuf_field field;
    *n = 0;
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(r->ctx, &message, &field));
        *n += field.number == number;
    }
    return OCTET_OK;
}

static octet_status read_child(reader *r, octet_bytes bytes, octet_object_child *out) {
    octet_protobuf message = octet_protobuf_of(bytes, r->name);
    octet_protobuf_field field;
    uint64_t node = 0;
    out->name = "";
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(r->ctx, &message, &field));
        if (field.number == 1) node = field.value;
        if (field.number == 2) OCTET_TRY(octet_protobuf_text(r->ctx, r->arena, &field, r->name, &out->name));
    }
    OCTET_CHECK(r->ctx, node < r->n_nodes, OCTET_FORMAT, "%s: object %llu of %zu is named: the file is corrupt",
                r->name, (unsigned long long)node, r->n_nodes);
    out->node = (uint32_t)node;
    return OCTET_OK;
}

static octet_status read_attribute(reader *r, octet_bytes bytes, octet_object *out) {
    octet_protobuf message = octet_protobuf_of(bytes, r->name);
    octet_protobuf_field field;
    const char *texts[4] = {"", "", "", ""};
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(r->ctx, &message, &field));
        if (field.number > 3) continue;
        OCTET_TRY(octet_protobuf_text(r->ctx, r->arena, &field, r->name, &texts[field.number]));
    }
    if (strcmp(texts[1], "VARIABLE_VALUE") != 0) return OCTET_OK;
    out->variable = texts[2];
    out->key = texts[3];
    return OCTET_OK;
}

static octet_status read_object(reader *r, octet_bytes bytes, octet_object *out) {
    octet_protobuf message = octet_protobuf_of(bytes, r->name);
    octet_protobuf_field field;
    octet_object_child *children = NULL;
    size_t n_children = 0;
    OCTET_TRY(count_fields(r, bytes, 1, &n_children));
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, n_children, &children));
    out->children = children;
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(r->ctx, &message, &field));
        if (field.number == 1) OCTET_TRY(read_child(r, field.bytes, &children[out->n_children++]));
        if (field.number == 2) OCTET_TRY(read_attribute(r, field.bytes, out));
    }
    return OCTET_OK;
}

octet_status octet_object_graph_read(octet_context *ctx, octet_arena *arena, octet_bytes bytes, const char *name,
                                     octet_object_graph *out) {
    reader r = {.ctx = ctx, .arena = arena, .name = name};
    octet_protobuf message = octet_protobuf_of(bytes, name);
    octet_protobuf_field field;
    octet_object *nodes = NULL;
    size_t n = 0;
    *out = (octet_object_graph){0};
    OCTET_TRY(count_fields(&r, bytes, 1, &r.n_nodes));
    OCTET_CHECK(ctx, r.n_nodes > 0 && r.n_nodes < UINT32_MAX, OCTET_FORMAT, "%s: %zu objects: the file is corrupt",
                name, r.n_nodes);
    OCTET_TRY(OCTET_NEW(ctx, arena, r.n_nodes, &nodes));
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(ctx, &message, &field));
        if (field.number == 1) OCTET_TRY(read_object(&r, field.bytes, &nodes[n++]));
    }
    *out = (octet_object_graph){nodes, r.n_nodes};
    return OCTET_OK;
}

const octet_object *octet_object_child_of(const octet_object_graph *graph, const octet_object *from, const char *name) {
    for (size_t i = 0; from != NULL && i < from->n_children; i++)
        if (strcmp(from->children[i].name, name) == 0) return &graph->nodes[from->children[i].node];
    return NULL;
}
