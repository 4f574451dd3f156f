/* A sparse tensor is traversed level by level: its dimensions in some order,
 * each divided by the size of its block, then the blocks' own. Entry e of a compressed level holds the indices
 * segments[e] to segments[e + 1] of the next; the elements follow in that order. */
#include "import/tflite/packed.h"

#include <string.h>

#include "tflite/schema.h"
#include "tflite/types.h"

enum { MOST_LEVELS = 2 * OCTET_MAX_RANK, MOST_ZEROS = 1024 /* for an element that is stored */ };

bool octet_tflite_is_nibbles(int code, octet_type *type) {
    *type = OCTET_INT8;
    return code == OCTET_TENSOR_TYPE_INT4;
}

octet_status octet_tflite_unpack_nibbles(octet_context *ctx, octet_tflite_source *source, const char *name,
                                         const octet_shape *shape, octet_bytes data, octet_bytes *out) {
    const size_t n = octet_shape_elements(shape);
    OCTET_CHECK(ctx, data.size == (n + 1) / 2, OCTET_FORMAT,
                "%s: tensor %s needs %zu bytes of 4-bit elements, its buffer has %zu", source->fb.name, name,
                (n + 1) / 2, data.size);
    int8_t *wide;
    OCTET_TRY(OCTET_NEW(ctx, &source->graph->arena, n, &wide));
    for (size_t i = 0; i < n; i++) {
        const uint8_t nibble = i % 2 == 0 ? data.data[i / 2] & 15 : data.data[i / 2] >> 4;
        wide[i] = (int8_t)(nibble < 8 ? nibble : nibble - 16);
    }
    *out = (octet_bytes){(const uint8_t *)wide, n};
    return OCTET_OK;
}

/* Indices of a compressed level, of 1, 2 or 4 bytes. */
typedef struct numbers {
    octet_flatbuffer_vector vector;
    uint32_t width;
} numbers;

typedef struct level {
    bool compressed;
    uint32_t size; /* of the dimension or block: indices are below it */
    int32_t dim;   /* of the tensor */
    numbers segments, indices;
} level;

typedef struct walk {
    const octet_tflite_source *source;
    const char *name;
    level levels[MOST_LEVELS];
    uint32_t n_levels;
    int32_t rank;
    uint32_t index[MOST_LEVELS];
    size_t strides[OCTET_MAX_RANK]; /* elements of the dense tensor */
    uint32_t block[OCTET_MAX_RANK]; /* size of a dimension's block; 1 without */
    const uint8_t *from;
    size_t n_left, element;
    uint8_t *to;
} walk;

static uint32_t number_at(const walk *w, const numbers *n, uint32_t i) {
    const uint8_t *p = w->source->fb.bytes.data + n->vector.at + (size_t)i * n->width;
    uint32_t value = 0;
    for (uint32_t k = 0; k < n->width; k++) value |= (uint32_t)p[k] << 8 * k;
    return value;
}

static octet_status read_numbers(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table,
                                 int type_field, const char *name, numbers *out) {
    octet_flatbuffer *fb = &source->fb;
    uint8_t type;
    octet_flatbuffer_table holder;
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, table, type_field, 0, &type));
    OCTET_TRY(octet_flatbuffer_table_field(ctx, fb, table, type_field + 1, &holder));
    OCTET_CHECK(ctx, type >= OCTET_TFLITE_INDICES_I32 && type <= OCTET_TFLITE_INDICES_U8, OCTET_FORMAT,
                "%s: sparse tensor %s has no list of indices", fb->name, name);
    out->width = type == OCTET_TFLITE_INDICES_I32 ? 4 : type == OCTET_TFLITE_INDICES_U16 ? 2 : 1;
    return octet_flatbuffer_vector_field(ctx, fb, &holder, OCTET_TFLITE_INDICES_VALUES, out->width, true, &out->vector);
}

/* The segments are as many as the entries of the level above, never go back and end where the indices do. */
static octet_status check_segments(octet_context *ctx, const walk *w, const level *l, size_t n_entries) {
    const numbers *s = &l->segments;
    bool good = s->vector.n == n_entries + 1 && number_at(w, s, 0) == 0 &&
                number_at(w, s, s->vector.n - 1) == l->indices.vector.n;
    for (uint32_t i = 1; good && i < s->vector.n; i++) good = number_at(w, s, i) >= number_at(w, s, i - 1);
    for (uint32_t i = 0; good && i < l->indices.vector.n; i++) good = number_at(w, &l->indices, i) < l->size;
    OCTET_CHECK(ctx, good, OCTET_FORMAT, "%s: sparse tensor %s has indices that contradict its shape",
                w->source->fb.name, w->name);
    return OCTET_OK;
}

/* Traversal dimension `order` is one of the tensor, or block `order - rank`, which belongs to the dimension that
 * block_map names. */
static octet_status place_levels(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_vector *order,
                                 const octet_flatbuffer_vector *blocks, walk *w) {
    uint32_t seen = 0;
    for (uint32_t i = 0; i < w->n_levels; i++) {
        const int32_t at = octet_flatbuffer_i32_at(&source->fb, order, i);
        const bool is_block = i >= (uint32_t)w->rank;
        bool good = at >= (is_block ? w->rank : 0) && at < (is_block ? (int32_t)w->n_levels : w->rank) &&
                    (seen >> at & 1u) == 0;
        if (good)
            w->levels[i].dim = is_block ? octet_flatbuffer_i32_at(&source->fb, blocks, (uint32_t)(at - w->rank)) : at;
        good = good && w->levels[i].dim >= 0 && w->levels[i].dim < w->rank;
        OCTET_CHECK(ctx, good, OCTET_FORMAT, "%s: sparse tensor %s has a wrong order of dimensions", source->fb.name,
                    w->name);
        seen |= 1u << at;
    }
    return OCTET_OK;
}

static octet_status read_levels(octet_context *ctx, octet_tflite_source *source,
                                const octet_flatbuffer_vector *metadata, const octet_shape *shape, walk *w) {
    octet_flatbuffer *fb = &source->fb;
    for (uint32_t i = w->n_levels; i-- > 0;) { /* blocks before what they divide */
        level *l = &w->levels[i];
        octet_flatbuffer_table table;
        uint8_t format;
        int32_t size;
        OCTET_TRY(octet_flatbuffer_element_table(ctx, fb, metadata, i, &table));
        OCTET_TRY(octet_flatbuffer_u8_field(ctx, fb, &table, OCTET_TFLITE_DIMENSION_FORMAT, 0, &format));
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, fb, &table, OCTET_TFLITE_DIMENSION_DENSE_SIZE, 0, &size));
        const bool is_block = i >= (uint32_t)w->rank;
        const uint32_t whole = (uint32_t)shape->dims[l->dim];
        const bool is_compressed = format == OCTET_TFLITE_DIMENSION_COMPRESSED;
        bool good = format <= OCTET_TFLITE_DIMENSION_COMPRESSED && !(is_block && is_compressed);
        if (is_block) {
            good = good && size >= 1 && w->block[l->dim] == 1 && whole % (uint32_t)size == 0;
            if (good) w->block[l->dim] = l->size = (uint32_t)size;
        } else {
            l->size = whole / w->block[l->dim];
            good = good && (is_compressed || (uint32_t)size == l->size);
        }
        OCTET_CHECK(ctx, good, OCTET_FORMAT, "%s: sparse tensor %s has dimensions that contradict its shape", fb->name,
                    w->name);
        l->compressed = is_compressed;
        if (!l->compressed) continue;
        OCTET_TRY(read_numbers(ctx, source, &table, OCTET_TFLITE_DIMENSION_ARRAY_SEGMENTS_TYPE, w->name, &l->segments));
        OCTET_TRY(read_numbers(ctx, source, &table, OCTET_TFLITE_DIMENSION_ARRAY_INDICES_TYPE, w->name, &l->indices));
    }
    size_t n_entries = 1;
    for (uint32_t i = 0; i < w->n_levels; i++) {
        const level *l = &w->levels[i];
        if (l->compressed) OCTET_TRY(check_segments(ctx, w, l, n_entries));
        n_entries = l->compressed ? l->indices.vector.n : n_entries * l->size;
    }
    OCTET_CHECK(ctx, n_entries == w->n_left, OCTET_FORMAT,
                "%s: sparse tensor %s needs %zu elements, its buffer has %zu", fb->name, w->name, n_entries, w->n_left);
    return OCTET_OK;
}

static void store(walk *w) {
    uint32_t at[OCTET_MAX_RANK] = {0};
    size_t place = 0;
    for (uint32_t i = 0; i < w->n_levels; i++) {
        const int32_t dim = w->levels[i].dim;
        at[dim] = i < (uint32_t)w->rank ? w->index[i] : at[dim] * w->block[dim] + w->index[i];
    }
    for (int32_t d = 0; d < w->rank; d++) place += at[d] * w->strides[d];
    memcpy(w->to + place * w->element, w->from, w->element);
    w->from += w->element;
}

/* entry: which one of the level above. At most MOST_LEVELS deep; as many leaves as there are elements. */
static void descend(walk *w, uint32_t depth, size_t entry) {
    if (depth == w->n_levels) {
        store(w);
        return;
    }
    const level *l = &w->levels[depth];
    const size_t first = l->compressed ? number_at(w, &l->segments, (uint32_t)entry) : entry * l->size;
    const size_t last = l->compressed ? number_at(w, &l->segments, (uint32_t)entry + 1) : first + l->size;
    for (size_t i = first; i < last; i++) {
        w->index[depth] = l->compressed ? number_at(w, &l->indices, (uint32_t)i) : (uint32_t)(i - first);
        descend(w, depth + 1, i);
    }
}

octet_status octet_tflite_unpack_sparse(octet_context *ctx, octet_tflite_source *source,
                                        const octet_flatbuffer_table *sparsity, const char *name,
                                        const octet_shape *shape, size_t element, octet_bytes data, octet_bytes *out) {
    octet_flatbuffer *fb = &source->fb;
    octet_flatbuffer_vector order, blocks, metadata;
    const size_t n = octet_shape_elements(shape);
    walk w = {.source = source, .name = name, .rank = shape->rank, .from = data.data, .element = element};
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, sparsity, OCTET_TFLITE_SPARSITY_TRAVERSAL_ORDER, 4, true, &order));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, sparsity, OCTET_TFLITE_SPARSITY_BLOCK_MAP, 4, true, &blocks));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, sparsity, OCTET_TFLITE_SPARSITY_DIM_METADATA, 4, true, &metadata));
    w.n_levels = metadata.n;
    const bool good = order.n == metadata.n && metadata.n == (uint32_t)shape->rank + blocks.n &&
                      blocks.n <= (uint32_t)shape->rank && data.size % element == 0;
    OCTET_CHECK(ctx, good, OCTET_FORMAT, "%s: sparse tensor %s of rank %d is described by %u dimensions and %u blocks",
                fb->name, name, shape->rank, metadata.n, blocks.n);
    w.n_left = data.size / element;
    OCTET_CHECK(ctx, n / MOST_ZEROS <= w.n_left, OCTET_LIMIT,
                "%s: sparse tensor %s has %zu elements, of which %zu are stored", fb->name, name, n, w.n_left);
    size_t stride = 1;
    for (int32_t d = shape->rank; d-- > 0;) {
        w.strides[d] = stride;
        w.block[d] = 1;
        stride *= (size_t)shape->dims[d];
    }
    OCTET_TRY(place_levels(ctx, source, &order, &blocks, &w));
    OCTET_TRY(read_levels(ctx, source, &metadata, shape, &w));
    OCTET_TRY(octet_arena_array(ctx, &source->graph->arena, n, element, (void **)&w.to));
    descend(&w, 0, 0);
    *out = (octet_bytes){w.to, n * element};
    return OCTET_OK;
}
