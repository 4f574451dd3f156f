#include "layers/names.h"

#include <stdlib.h>
#include <string.h>

bool octet_name_next(octet_name_part part, const char **cursor, const char **text, size_t *length) {
    if (*cursor == NULL || **cursor == '\0') return false;
    *text = *cursor;
    *length = part == OCTET_NAME_WHOLE ? strlen(*cursor) : strcspn(*cursor, ";");
    const char *behind = *cursor + *length;
    *cursor = part == OCTET_NAME_ANY && *behind == ';' ? behind + 1 : NULL;
    return true;
}

static int compare_texts(const octet_name_entry *a, const char *text, size_t length) {
    const size_t n = a->length < length ? a->length : length;
    const int order = n > 0 ? memcmp(a->text, text, n) : 0;
    if (order != 0) return order;
    return (a->length > length) - (a->length < length);
}

static int by_text(const void *a, const void *b) {
    const octet_name_entry *x = a, *y = b;
    const int order = compare_texts(x, y->text, y->length);
    return order != 0 ? order : (x->value > y->value) - (x->value < y->value);
}

static bool is_indexed(const octet_value *value) { return value->producer != OCTET_NONE && value->data == NULL; }

octet_status octet_name_index_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                   octet_name_part part, octet_name_index *out) {
    const char *text;
    size_t length, n = 0;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const char *cursor = graph->values[v].name;
        while (is_indexed(&graph->values[v]) && octet_name_next(part, &cursor, &text, &length)) n++;
    }
    *out = (octet_name_index){0};
    OCTET_TRY(OCTET_NEW(ctx, arena, n + 1, &out->entries));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const char *cursor = graph->values[v].name;
        while (is_indexed(&graph->values[v]) && octet_name_next(part, &cursor, &text, &length))
            out->entries[out->n++] = (octet_name_entry){text, length, v};
    }
    qsort(out->entries, out->n, sizeof *out->entries, by_text);
    return OCTET_OK;
}

const octet_name_entry *octet_name_index_find(const octet_name_index *index, const char *text, size_t length,
                                              size_t *n) {
    size_t low = 0, high = index->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare_texts(&index->entries[middle], text, length) < 0) low = middle + 1;
        else high = middle;
    }
    *n = 0;
    while (low + *n < index->n && compare_texts(&index->entries[low + *n], text, length) == 0) ++*n;
    return index->entries + low;
}

octet_status octet_name_layer(octet_context *ctx, octet_arena *arena, const char *name, const char **out) {
    const char *begin = name, *end = name + strcspn(name, ";"), *last = NULL, *first = NULL;
    for (const char *c = begin; c < end; c++) {
        if (*c != '/') continue;
        if (first == NULL) first = c;
        last = c;
    }
    if (last != NULL && last > begin) end = last;
    if (first != NULL && first < last) begin = first + 1;
    return octet_arena_format(ctx, arena, out, "%.*s", (int)(end - begin), begin);
}

static const char *port_name(const octet_port *ports, uint32_t n, uint32_t value) {
    for (uint32_t i = 0; i < n; i++)
        if (ports[i].value == value) return ports[i].name;
    return NULL;
}

octet_status octet_name_layer_of(octet_context *ctx, octet_arena *arena, const octet_graph *graph, uint32_t value,
                                 const char **out) {
    const char *own = graph->values[value].name, *name = port_name(graph->inputs, graph->n_inputs, value);
    if (name == NULL && strchr(own, '/') == NULL) name = port_name(graph->outputs, graph->n_outputs, value);
    return name != NULL ? octet_arena_string(ctx, arena, name, out) : octet_name_layer(ctx, arena, own, out);
}
