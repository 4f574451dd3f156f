#include "fuzz/tflite_tree.h"

#include <string.h>

#include "formats/flatbuffer.h"
#include "support/flatbuffer_bytes.h"
#include "tflite/schema.h"

#define NUMBER(size, meaning) \
    { TREE_NUMBER, (size), TREE_##meaning, 0 }
#define NUMBERS(size, meaning) \
    { TREE_NUMBERS, (size), TREE_##meaning, 0 }
#define TEXT \
    { TREE_TEXT, 1, TREE_BYTE, 0 }
#define TABLE(kind) \
    { TREE_TABLE, 4, TREE_ANY, TREE_##kind }
#define TABLES(kind) \
    { TREE_TABLES, 4, TREE_ANY, TREE_##kind }

/* tflite/schema.h, with the form and the meaning of each field. */
static const tree_rule rules[TREE_N_KINDS][TREE_MAX_FIELDS] = {
    [TREE_MODEL] = {[OCTET_TFLITE_MODEL_VERSION] = NUMBER(4, SMALL),
                    [OCTET_TFLITE_MODEL_OPERATOR_CODES] = TABLES(OPERATOR_CODE),
                    [OCTET_TFLITE_MODEL_SUBGRAPHS] = TABLES(SUBGRAPH),
                    [OCTET_TFLITE_MODEL_DESCRIPTION] = TEXT,
                    [OCTET_TFLITE_MODEL_BUFFERS] = TABLES(BUFFER),
                    [OCTET_TFLITE_MODEL_METADATA] = TABLES(METADATA),
                    [OCTET_TFLITE_MODEL_SIGNATURE_DEFS] = TABLES(SIGNATURE)},
    [TREE_OPERATOR_CODE] = {[OCTET_TFLITE_OPERATOR_CODE_DEPRECATED_BUILTIN] = NUMBER(1, BUILTIN),
                            [OCTET_TFLITE_OPERATOR_CODE_CUSTOM] = TEXT,
                            [OCTET_TFLITE_OPERATOR_CODE_VERSION] = NUMBER(4, SMALL),
                            [OCTET_TFLITE_OPERATOR_CODE_BUILTIN] = NUMBER(4, BUILTIN)},
    [TREE_SUBGRAPH] = {[OCTET_TFLITE_SUBGRAPH_TENSORS] = TABLES(TENSOR),
                       [OCTET_TFLITE_SUBGRAPH_INPUTS] = NUMBERS(4, TENSOR_INDEX),
                       [OCTET_TFLITE_SUBGRAPH_OUTPUTS] = NUMBERS(4, TENSOR_INDEX),
                       [OCTET_TFLITE_SUBGRAPH_OPERATORS] = TABLES(OPERATOR),
                       [OCTET_TFLITE_SUBGRAPH_NAME] = TEXT},
    [TREE_OPERATOR] = {[OCTET_TFLITE_OPERATOR_OPCODE_INDEX] = NUMBER(4, CODE_INDEX),
                       [OCTET_TFLITE_OPERATOR_INPUTS] = NUMBERS(4, TENSOR_INDEX),
                       [OCTET_TFLITE_OPERATOR_OUTPUTS] = NUMBERS(4, TENSOR_INDEX),
                       [OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_TYPE] = NUMBER(1, ANY),
                       [OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS] = TABLE(OPTIONS),
                       [OCTET_TFLITE_OPERATOR_CUSTOM_OPTIONS] = NUMBERS(1, BYTE),
                       [OCTET_TFLITE_OPERATOR_INTERMEDIATES] = NUMBERS(4, TENSOR_INDEX),
                       [OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2_TYPE] = NUMBER(1, ANY),
                       [OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_2] = TABLE(OPTIONS)},
    [TREE_TENSOR] = {[OCTET_TFLITE_TENSOR_SHAPE] = NUMBERS(4, DIM),
                     [OCTET_TFLITE_TENSOR_TYPE] = NUMBER(1, TYPE),
                     [OCTET_TFLITE_TENSOR_BUFFER] = NUMBER(4, BUFFER_INDEX),
                     [OCTET_TFLITE_TENSOR_NAME] = TEXT,
                     [OCTET_TFLITE_TENSOR_QUANTIZATION] = TABLE(QUANTIZATION),
                     [OCTET_TFLITE_TENSOR_IS_VARIABLE] = NUMBER(1, FLAG),
                     [OCTET_TFLITE_TENSOR_SPARSITY] = TABLE(SPARSITY),
                     [OCTET_TFLITE_TENSOR_SHAPE_SIGNATURE] = NUMBERS(4, DIM),
                     [OCTET_TFLITE_TENSOR_HAS_RANK] = NUMBER(1, FLAG),
                     [OCTET_TFLITE_TENSOR_EXTERNAL_BUFFER] = NUMBER(4, SMALL)},
    [TREE_BUFFER] = {[OCTET_TFLITE_BUFFER_DATA] = NUMBERS(1, BYTE),
                     [OCTET_TFLITE_BUFFER_OFFSET] = NUMBER(8, ANY),
                     [OCTET_TFLITE_BUFFER_SIZE] = NUMBER(8, ANY)},
    [TREE_QUANTIZATION] = {[OCTET_TFLITE_QUANTIZATION_MIN] = NUMBERS(4, REAL),
                           [OCTET_TFLITE_QUANTIZATION_MAX] = NUMBERS(4, REAL),
                           [OCTET_TFLITE_QUANTIZATION_SCALE] = NUMBERS(4, REAL),
                           [OCTET_TFLITE_QUANTIZATION_ZERO_POINT] = NUMBERS(8, ANY),
                           [OCTET_TFLITE_QUANTIZATION_DETAILS_TYPE] = NUMBER(1, SMALL),
                           [OCTET_TFLITE_QUANTIZATION_QUANTIZED_DIMENSION] = NUMBER(4, SMALL)},
    [TREE_SPARSITY] = {[OCTET_TFLITE_SPARSITY_TRAVERSAL_ORDER] = NUMBERS(4, SMALL),
                       [OCTET_TFLITE_SPARSITY_BLOCK_MAP] = NUMBERS(4, SMALL),
                       [OCTET_TFLITE_SPARSITY_DIM_METADATA] = TABLES(DIMENSION)},
    [TREE_DIMENSION] = {[OCTET_TFLITE_DIMENSION_FORMAT] = NUMBER(1, FLAG),
                        [OCTET_TFLITE_DIMENSION_DENSE_SIZE] = NUMBER(4, DIM),
                        [OCTET_TFLITE_DIMENSION_ARRAY_SEGMENTS_TYPE] = NUMBER(1, SMALL),
                        [OCTET_TFLITE_DIMENSION_ARRAY_SEGMENTS] = TABLE(INDICES_U8),
                        [OCTET_TFLITE_DIMENSION_ARRAY_INDICES_TYPE] = NUMBER(1, SMALL),
                        [OCTET_TFLITE_DIMENSION_ARRAY_INDICES] = TABLE(INDICES_U8)},
    [TREE_INDICES_U8] = {[OCTET_TFLITE_INDICES_VALUES] = NUMBERS(1, SMALL)},
    [TREE_INDICES_U16] = {[OCTET_TFLITE_INDICES_VALUES] = NUMBERS(2, SMALL)},
    [TREE_INDICES_I32] = {[OCTET_TFLITE_INDICES_VALUES] = NUMBERS(4, SMALL)},
    [TREE_SIGNATURE] = {[OCTET_TFLITE_SIGNATURE_INPUTS] = TABLES(TENSOR_MAP),
                        [OCTET_TFLITE_SIGNATURE_OUTPUTS] = TABLES(TENSOR_MAP),
                        [OCTET_TFLITE_SIGNATURE_KEY] = TEXT,
                        [OCTET_TFLITE_SIGNATURE_SUBGRAPH_INDEX] = NUMBER(4, SUBGRAPH_INDEX)},
    [TREE_TENSOR_MAP] =
        {[OCTET_TFLITE_TENSOR_MAP_NAME] = TEXT, [OCTET_TFLITE_TENSOR_MAP_TENSOR_INDEX] = NUMBER(4, TENSOR_INDEX)},
    [TREE_METADATA] = {[OCTET_TFLITE_METADATA_NAME] = TEXT, [OCTET_TFLITE_METADATA_BUFFER] = NUMBER(4, BUFFER_INDEX)},
    [TREE_OPTIONS_LIST] = {NUMBERS(4, DIM)},
    [TREE_OPTIONS_WORDS] = {TEXT, TEXT},
};

tree_rule tree_rule_of(tree_kind kind, int field) {
    if (kind == TREE_OPTIONS) return (tree_rule)NUMBER(4, ANY);
    return rules[kind][field];
}

/* Of enum BuiltinOptions. */
enum { RESHAPE_OPTIONS = 17, SQUEEZE_OPTIONS = 30, VAR_HANDLE_OPTIONS = 111 };

tree_kind tree_kind_at(const tree_table *table, int field) {
    const uint64_t type = field > 0 ? table->fields[field - 1].bits : 0; /* a union's type stands before it */
    const tree_rule rule = tree_rule_of(table->kind, field);
    if (rule.kind == TREE_OPTIONS && field == OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS) {
        if (type == RESHAPE_OPTIONS || type == SQUEEZE_OPTIONS) return TREE_OPTIONS_LIST;
        if (type == VAR_HANDLE_OPTIONS) return TREE_OPTIONS_WORDS;
    }
    if (table->kind == TREE_DIMENSION && rule.form == TREE_TABLE) {
        if (type == OCTET_TFLITE_INDICES_I32) return TREE_INDICES_I32;
        if (type == OCTET_TFLITE_INDICES_U16) return TREE_INDICES_U16;
    }
    return (tree_kind)rule.kind;
}

typedef struct reader {
    octet_context *ctx;
    octet_arena *arena;
    octet_flatbuffer fb;
} reader;

static octet_status read_table(reader *r, const octet_flatbuffer_table *from, tree_kind kind, tree_table **out);

/* The room that a field of options has: up to the next one, or the end. What is read too wide has the number in its
 * first bytes. */
static uint8_t room_of(const reader *r, const octet_flatbuffer_table *from, int field) {
    uint16_t at = 0, end = from->size, other;
    octet_bytes_u16le(r->fb.bytes, (size_t)from->vtable + 4 + 2 * (size_t)field, &at);
    for (int i = 0; i < from->n_fields; i++)
        if (octet_bytes_u16le(r->fb.bytes, (size_t)from->vtable + 4 + 2 * (size_t)i, &other) && other > at &&
            other < end)
            end = other;
    return end < at + 2 ? 1 : end < at + 4 ? 2 : 4;
}

static octet_status read_numbers(reader *r, const octet_flatbuffer_table *from, int field, size_t size,
                                 tree_field *out) {
    octet_flatbuffer_vector vector;
    void *data = NULL;
    OCTET_TRY(octet_flatbuffer_vector_field(r->ctx, &r->fb, from, field, size, true, &vector));
    if (vector.at == 0) return OCTET_OK;
    OCTET_TRY(octet_arena_copy(r->ctx, r->arena, r->fb.bytes.data + vector.at, vector.n * size, &data));
    out->data = data;
    out->n = vector.n;
    out->is_present = true;
    return OCTET_OK;
}

static octet_status read_text(reader *r, const octet_flatbuffer_table *from, int field, tree_field *out) {
    const char *text = NULL;
    void *data = NULL;
    OCTET_TRY(octet_flatbuffer_string_field(r->ctx, &r->fb, from, field, &text));
    if (text == NULL) return OCTET_OK;
    OCTET_TRY(octet_arena_copy(r->ctx, r->arena, text, strlen(text) + 1, &data));
    out->data = data;
    out->n = (uint32_t)strlen(text);
    out->is_present = true;
    return OCTET_OK;
}

static octet_status read_tables(reader *r, const octet_flatbuffer_table *from, int field, tree_kind kind,
                                tree_field *out) {
    octet_flatbuffer_vector vector;
    octet_flatbuffer_table element;
    OCTET_TRY(octet_flatbuffer_vector_field(r->ctx, &r->fb, from, field, 4, true, &vector));
    if (vector.at == 0) return OCTET_OK;
    out->is_present = true;
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, vector.n, &out->tables));
    for (uint32_t i = 0; i < vector.n; i++) {
        OCTET_TRY(octet_flatbuffer_element_table(r->ctx, &r->fb, &vector, i, &element));
        OCTET_TRY(read_table(r, &element, kind, &out->tables[out->n]));
        out->n++;
    }
    return OCTET_OK;
}

static octet_status read_field(reader *r, const octet_flatbuffer_table *from, int field, tree_table *table) {
    const tree_rule rule = tree_rule_of(table->kind, field);
    tree_field *out = &table->fields[field];
    octet_flatbuffer_table inner;
    switch (rule.form) {
    case TREE_NUMBER:
        out->size = rule.size;
        if (table->kind == TREE_OPTIONS) out->size = field < from->n_fields ? room_of(r, from, field) : 4;
        return octet_flatbuffer_scalar_field(r->ctx, &r->fb, from, field, out->size, &out->is_present, &out->bits);
    case TREE_NUMBERS: return read_numbers(r, from, field, rule.size, out);
    case TREE_TEXT: return read_text(r, from, field, out);
    case TREE_TABLES: return read_tables(r, from, field, (tree_kind)rule.kind, out);
    case TREE_TABLE:
        OCTET_TRY(octet_flatbuffer_table_field(r->ctx, &r->fb, from, field, &inner));
        if (inner.at == 0) return OCTET_OK;
        OCTET_TRY(OCTET_NEW(r->ctx, r->arena, 1, &out->tables));
        OCTET_TRY(read_table(r, &inner, tree_kind_at(table, field), &out->tables[0]));
        out->n = 1;
        out->is_present = true;
        return OCTET_OK;
    default: return OCTET_OK;
    }
}

static octet_status read_table(reader *r, const octet_flatbuffer_table *from, tree_kind kind, tree_table **out) {
    OCTET_TRY(OCTET_NEW(r->ctx, r->arena, 1, out));
    (*out)->kind = kind;
    for (int i = 0; i < TREE_MAX_FIELDS; i++) {
        if (read_field(r, from, i, *out) == OCTET_OK) continue;
        if (r->ctx->status != OCTET_FORMAT) return r->ctx->status;
        octet_context_clear(r->ctx); /* broken: what was read so far stands */
    }
    return OCTET_OK;
}

octet_status tree_read(octet_context *ctx, octet_arena *arena, octet_bytes bytes, tree_table **out) {
    reader r = {.ctx = ctx, .arena = arena};
    octet_flatbuffer_table root;
    OCTET_CHECK(ctx, bytes.size <= TREE_MAX_BYTES, OCTET_LIMIT, "too large");
    OCTET_TRY(octet_flatbuffer_open(ctx, bytes, "TFL3", "tree", &r.fb, &root));
    return read_table(&r, &root, TREE_MODEL, out);
}

static octet_status write_table(octet_context *ctx, octet_flatbuffer_builder *builder, const tree_table *table,
                                octet_flatbuffer_ref *out);

static octet_status write_tables(octet_context *ctx, octet_flatbuffer_builder *builder, const tree_field *field,
                                 octet_flatbuffer_ref *out) {
    void *block = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, field->n * sizeof(octet_flatbuffer_ref), &block));
    octet_flatbuffer_ref *refs = block;
    octet_status status = OCTET_OK;
    for (uint32_t i = 0; i < field->n && status == OCTET_OK; i++)
        status = write_table(ctx, builder, field->tables[i], &refs[i]);
    if (status == OCTET_OK) status = octet_flatbuffer_build_refs(ctx, builder, refs, field->n, out);
    octet_memory_free(ctx, block);
    return status;
}

static octet_status write_field(octet_context *ctx, octet_flatbuffer_builder *builder, const tree_table *table,
                                int number, octet_flatbuffer_field *out) {
    const tree_field *field = &table->fields[number];
    const tree_rule rule = tree_rule_of(table->kind, number);
    octet_flatbuffer_ref ref = 0;
    *out = (octet_flatbuffer_field){.number = number};
    if (!field->is_present) return OCTET_OK;
    switch (rule.form) {
    case TREE_NUMBER: *out = (octet_flatbuffer_field){number, field->size, field->bits, false}; return OCTET_OK;
    case TREE_NUMBERS:
        OCTET_TRY(octet_flatbuffer_build_vector(
            ctx, builder, field->data, field->n, rule.size,
            table->kind == TREE_BUFFER ? (size_t)OCTET_TFLITE_BUFFER_ALIGNMENT : rule.size, &ref));
        break;
    case TREE_TEXT: OCTET_TRY(octet_flatbuffer_build_string(ctx, builder, (const char *)field->data, &ref)); break;
    case TREE_TABLES: OCTET_TRY(write_tables(ctx, builder, field, &ref)); break;
    case TREE_TABLE: OCTET_TRY(write_table(ctx, builder, field->tables[0], &ref)); break;
    default: break;
    }
    *out = octet_flatbuffer_link(number, ref);
    return OCTET_OK;
}

static octet_status write_table(octet_context *ctx, octet_flatbuffer_builder *builder, const tree_table *table,
                                octet_flatbuffer_ref *out) {
    octet_flatbuffer_field fields[TREE_MAX_FIELDS];
    OCTET_CHECK(ctx, builder->size <= TREE_MAX_BYTES, OCTET_LIMIT, "too large");
    for (int i = 0; i < TREE_MAX_FIELDS; i++) OCTET_TRY(write_field(ctx, builder, table, i, &fields[i]));
    return octet_flatbuffer_build_table(ctx, builder, fields, TREE_MAX_FIELDS, out);
}

octet_status tree_write(octet_context *ctx, const tree_table *root, octet_buffer *out) {
    octet_flatbuffer_builder builder = {0};
    octet_flatbuffer_ref ref = 0;
    octet_status status = write_table(ctx, &builder, root, &ref);
    if (status == OCTET_OK) status = flatbuffer_finish(ctx, &builder, ref, "TFL3", out);
    octet_flatbuffer_builder_free(ctx, &builder);
    return status;
}
