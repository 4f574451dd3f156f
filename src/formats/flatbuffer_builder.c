#include "formats/flatbuffer_builder.h"

#include <assert.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "vectors are written as they lie in memory: a little-endian machine is needed"
#endif

static const size_t max_size = (size_t)INT32_MAX;
enum { LEAST_OUTSIDE = 1 << 12 };

void octet_flatbuffer_builder_free(octet_context *ctx, octet_flatbuffer_builder *builder) {
    octet_memory_free(ctx, builder->data);
    octet_memory_free(ctx, builder->vtables);
    octet_memory_free(ctx, builder->outside);
    *builder = (octet_flatbuffer_builder){0};
}

static octet_status reserve(octet_context *ctx, octet_flatbuffer_builder *builder, size_t n_bytes) {
    size_t needed;
    OCTET_CHECK(ctx, octet_add_size(builder->size, n_bytes, &needed) && needed <= max_size, OCTET_LIMIT,
                "the model would be larger than 2 GiB, more than a flatbuffer can hold");
    needed -= builder->size - builder->n_held;
    if (needed <= builder->capacity) return OCTET_OK;
    size_t capacity = builder->capacity < 4096 ? 4096 : 2 * builder->capacity;
    if (capacity < needed) capacity = needed;
    void *data;
    OCTET_TRY(octet_memory_allocate(ctx, capacity, &data));
    if (builder->n_held > 0) {
        memcpy((uint8_t *)data + capacity - builder->n_held, builder->data + builder->capacity - builder->n_held,
               builder->n_held);
    }
    octet_memory_free(ctx, builder->data);
    builder->data = data;
    builder->capacity = capacity;
    return OCTET_OK;
}

/* Puts n_bytes in front of what is written; the caller has reserved them. */
static uint8_t *prepend(octet_flatbuffer_builder *builder, size_t n_bytes) {
    builder->size += n_bytes;
    builder->n_held += n_bytes;
    return builder->data + builder->capacity - builder->n_held;
}

static void store(uint8_t *at, uint64_t bits, size_t size) {
    for (size_t i = 0; i < size; i++) at[i] = (uint8_t)(bits >> (8 * i));
}

/* Reserves n_reserved bytes and up to `alignment` more, and writes zeros so that, once n_bytes more are written, the
 * size is a multiple of `alignment`. Distances from the end count: the finished file is a multiple of the largest
 * alignment. */
static octet_status align(octet_context *ctx, octet_flatbuffer_builder *builder, size_t n_reserved, size_t n_bytes,
                          size_t alignment) {
    assert(alignment > 0 && (alignment & (alignment - 1)) == 0);
    size_t total;
    OCTET_CHECK(ctx, octet_add_size(n_reserved, alignment, &total), OCTET_LIMIT,
                "a vector of %zu bytes does not fit into a flatbuffer", n_bytes);
    OCTET_TRY(reserve(ctx, builder, total));
    if (alignment > builder->alignment) builder->alignment = alignment;
    const size_t padding = (~(builder->size + n_bytes) + 1) & (alignment - 1);
    memset(prepend(builder, padding), 0, padding);
    return OCTET_OK;
}

/* Makes room for one more of n items of `size` bytes in an array that grows by doubling. */
static octet_status grow(octet_context *ctx, void **items, size_t n, size_t *capacity, size_t size) {
    if (n < *capacity) return OCTET_OK;
    const size_t wanted = *capacity == 0 ? 64 : 2 * *capacity;
    void *grown;
    OCTET_TRY(octet_memory_allocate(ctx, wanted * size, &grown));
    if (n > 0) memcpy(grown, *items, n * size);
    octet_memory_free(ctx, *items);
    *items = grown;
    *capacity = wanted;
    return OCTET_OK;
}

octet_status octet_flatbuffer_build_vector(octet_context *ctx, octet_flatbuffer_builder *builder, const void *data,
                                           size_t n, size_t element_size, size_t alignment, octet_flatbuffer_ref *out) {
    size_t n_bytes;
    OCTET_CHECK(ctx, octet_multiply_size(n, element_size, &n_bytes) && n <= max_size, OCTET_LIMIT,
                "a vector of %zu elements does not fit into a flatbuffer", n);
    if (alignment < 4) alignment = 4;
    const bool is_outside = n_bytes >= LEAST_OUTSIDE;
    OCTET_TRY(align(ctx, builder, is_outside ? 0 : n_bytes, n_bytes, alignment));
    if (is_outside) {
        OCTET_TRY(grow(ctx, (void **)&builder->outside, builder->n_outside, &builder->outside_capacity,
                       sizeof *builder->outside));
        builder->outside[builder->n_outside++] =
            (octet_flatbuffer_outside){.bytes = {data, n_bytes}, .n_held = builder->n_held};
        OCTET_CHECK(ctx, n_bytes <= max_size - builder->size, OCTET_LIMIT,
                    "the model would be larger than 2 GiB, more than a flatbuffer can hold");
        builder->size += n_bytes;
        OCTET_TRY(reserve(ctx, builder, 4));
    } else {
        OCTET_TRY(reserve(ctx, builder, n_bytes + 4));
        uint8_t *elements = prepend(builder, n_bytes);
        if (n_bytes > 0) memcpy(elements, data, n_bytes);
    }
    store(prepend(builder, 4), n, 4);
    *out = (octet_flatbuffer_ref)builder->size;
    return OCTET_OK;
}

octet_status octet_flatbuffer_build_string(octet_context *ctx, octet_flatbuffer_builder *builder, const char *text,
                                           octet_flatbuffer_ref *out) {
    *out = 0;
    if (text == NULL) return OCTET_OK;
    const size_t n = strlen(text);
    OCTET_CHECK(ctx, n < max_size, OCTET_LIMIT, "a name of %zu bytes does not fit into a flatbuffer", n);
    OCTET_TRY(align(ctx, builder, n + 1, n + 1, 4));
    OCTET_TRY(reserve(ctx, builder, n + 5));
    memcpy(prepend(builder, n + 1), text, n + 1);
    store(prepend(builder, 4), n, 4);
    *out = (octet_flatbuffer_ref)builder->size;
    return OCTET_OK;
}

octet_status octet_flatbuffer_build_refs(octet_context *ctx, octet_flatbuffer_builder *builder,
                                         const octet_flatbuffer_ref *refs, size_t n, octet_flatbuffer_ref *out) {
    OCTET_CHECK(ctx, n <= max_size / 8, OCTET_LIMIT, "a vector of %zu tables does not fit into a flatbuffer", n);
    OCTET_TRY(align(ctx, builder, 4 * n, 4 * n, 4));
    OCTET_TRY(reserve(ctx, builder, 4 * n + 4));
    for (size_t i = n; i-- > 0;) {
        uint8_t *at = prepend(builder, 4);
        assert(refs[i] != 0 && refs[i] < builder->size);
        store(at, builder->size - refs[i], 4);
    }
    store(prepend(builder, 4), n, 4);
    *out = (octet_flatbuffer_ref)builder->size;
    return OCTET_OK;
}

/* Places fields in the inline part, largest first so that no padding is needed between them; gives its size. The inline
 * part begins with the 4-byte distance to the vtable and at a multiple of `alignment`. */
static uint16_t place_fields(const octet_flatbuffer_field *fields, size_t n_fields, uint16_t *distances,
                             uint16_t *n_numbers, size_t *alignment) {
    static const size_t sizes[] = {8, 4, 2, 1};
    size_t end = 4;
    *n_numbers = 0;
    *alignment = 4;
    for (size_t s = 0; s < 4; s++) {
        for (size_t i = 0; i < n_fields; i++) {
            if (fields[i].size != sizes[s]) continue;
            assert(fields[i].number >= 0 && fields[i].number < OCTET_FLATBUFFER_MAX_FIELDS &&
                   distances[fields[i].number] == 0);
            if (fields[i].size > *alignment) *alignment = fields[i].size;
            end = (end + fields[i].size - 1) & ~(fields[i].size - 1);
            distances[fields[i].number] = (uint16_t)end;
            end += fields[i].size;
            if (fields[i].number >= *n_numbers) *n_numbers = (uint16_t)(fields[i].number + 1);
        }
    }
    return (uint16_t)end;
}

/* An equal vtable that was written before, or 0. */
static octet_flatbuffer_ref find_vtable(const octet_flatbuffer_builder *builder, const uint8_t *vtable, size_t size) {
    for (size_t i = 0; i < builder->n_vtables; i++) {
        const uint8_t *other = builder->data + builder->capacity - builder->vtables[i].n_held;
        if (size == (size_t)(other[0] | other[1] << 8) && memcmp(vtable, other, size) == 0)
            return builder->vtables[i].ref;
    }
    return 0;
}

octet_status octet_flatbuffer_build_table(octet_context *ctx, octet_flatbuffer_builder *builder,
                                          const octet_flatbuffer_field *fields, size_t n_fields,
                                          octet_flatbuffer_ref *out) {
    uint16_t distances[OCTET_FLATBUFFER_MAX_FIELDS] = {0};
    uint16_t n_numbers;
    size_t alignment;
    const uint16_t table_size = place_fields(fields, n_fields, distances, &n_numbers, &alignment);
    const size_t vtable_size = 4 + 2 * (size_t)n_numbers;

    OCTET_TRY(align(ctx, builder, table_size, table_size, alignment));
    OCTET_TRY(reserve(ctx, builder, table_size + vtable_size + 4));
    uint8_t *table = prepend(builder, table_size);
    const size_t table_ref = builder->size, table_held = builder->n_held;
    memset(table, 0, table_size);
    for (size_t i = 0; i < n_fields; i++) {
        if (fields[i].size == 0) continue;
        const size_t distance = distances[fields[i].number];
        assert(!fields[i].is_ref || fields[i].bits < table_ref - distance);
        store(table + distance, fields[i].is_ref ? (uint64_t)(table_ref - distance) - fields[i].bits : fields[i].bits,
              fields[i].size);
    }

    uint8_t vtable[4 + 2 * OCTET_FLATBUFFER_MAX_FIELDS];
    store(vtable, vtable_size, 2);
    store(vtable + 2, table_size, 2);
    for (size_t i = 0; i < n_numbers; i++) store(vtable + 4 + 2 * i, distances[i], 2);
    octet_flatbuffer_ref vtable_ref = find_vtable(builder, vtable, vtable_size);
    if (vtable_ref == 0) {
        memcpy(prepend(builder, vtable_size), vtable, vtable_size);
        vtable_ref = (octet_flatbuffer_ref)builder->size;
        OCTET_TRY(grow(ctx, (void **)&builder->vtables, builder->n_vtables, &builder->vtables_capacity,
                       sizeof *builder->vtables));
        builder->vtables[builder->n_vtables++] = (octet_flatbuffer_vtable){vtable_ref, builder->n_held};
    }
    /* vtable = table - distance, and places are counted from the end here. */
    store(builder->data + builder->capacity - table_held, (uint64_t)((int64_t)vtable_ref - (int64_t)table_ref), 4);
    *out = (octet_flatbuffer_ref)table_ref;
    return OCTET_OK;
}

octet_status octet_flatbuffer_builder_finish(octet_context *ctx, octet_flatbuffer_builder *builder,
                                             octet_flatbuffer_ref root, const char *identifier) {
    assert(root != 0 && strlen(identifier) == 4);
    OCTET_TRY(align(ctx, builder, 8, 8, builder->alignment));
    OCTET_TRY(reserve(ctx, builder, 8));
    memcpy(prepend(builder, 4), identifier, 4);
    uint8_t *start = prepend(builder, 4);
    store(start, builder->size - root, 4);
    return OCTET_OK;
}

/* What is held lies between the vectors outside, which were built from the last to the first. */
octet_status octet_flatbuffer_builder_pieces(octet_context *ctx, const octet_flatbuffer_builder *builder,
                                             octet_arena *arena, octet_bytes **pieces, size_t *n) {
    size_t end = builder->n_held;
    *n = 0;
    OCTET_TRY(OCTET_NEW(ctx, arena, 2 * builder->n_outside + 1, pieces));
    for (size_t i = builder->n_outside; i-- > 0;) {
        const octet_flatbuffer_outside *outside = &builder->outside[i];
        (*pieces)[(*n)++] = (octet_bytes){builder->data + builder->capacity - end, end - outside->n_held};
        (*pieces)[(*n)++] = outside->bytes;
        end = outside->n_held;
    }
    (*pieces)[(*n)++] = (octet_bytes){builder->data + builder->capacity - end, end};
    return OCTET_OK;
}
