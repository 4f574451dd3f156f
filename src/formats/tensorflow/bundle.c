/* PREFIX.index is a table. Its values are protobufs (tensorflow/core/protobuf/tensor_bundle.proto):
 * 1. of the key "": BundleHeaderProto: 1 number of shards, 2 byte order (0: little endian)
 * 2. of each other key: BundleEntryProto: 1 type, 2 shape (2 a dimension: 1 its size), 3 shard, 4 place, 5 size in
 * bytes, 6 the masked CRC-32C of the bytes, 7 slices PREFIX.data-XXXXX-of-YYYYY is a shard: the bytes of tensors. A
 * string tensor is the size of each string (varints), the masked CRC-32C of these sizes as 4 bytes each, the strings;
 * its checksum is that of the sizes as 4 bytes each, of the 4 bytes of the checksum, and of the strings. */
#include "formats/tensorflow/bundle.h"

#include <string.h>

#include "base/checked.h"
#include "base/crc32c.h"
#include "base/reader.h"
#include "formats/tensorflow/protobuf.h"
#include "formats/tensorflow/table.h"

enum { PIECE_ELEMENTS = 1 << 18, MAX_SHARDS = 99999, TYPE_STRING = 7, TYPE_BFLOAT16 = 14 };

struct octet_bundle {
    octet_arena arena;
    octet_file index;
    octet_table table;
    const char *prefix, *name;
    uint32_t n_shards;
    /* The shard that is open. */
    octet_reader reader;
    uint32_t shard;
    const char *shard_name; /* NULL: none was opened */
};

static octet_status read_header(octet_context *ctx, octet_bundle *bundle) {
    const octet_table_entry *header = octet_table_find(&bundle->table, "", 0);
    OCTET_CHECK(ctx, header != NULL, OCTET_FORMAT, "%s: a table without the header of a checkpoint", bundle->name);
    octet_protobuf message = octet_protobuf_of(header->value, bundle->name);
    octet_protobuf_field field;
    uint64_t n_shards = 0, order = 0;
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(ctx, &message, &field));
        if (field.number == 1) n_shards = field.value;
        if (field.number == 2) order = field.value;
    }
    OCTET_CHECK(ctx, n_shards > 0 && n_shards <= MAX_SHARDS, OCTET_FORMAT, "%s: %llu shards: 1 to %d are possible",
                bundle->name, (unsigned long long)n_shards, MAX_SHARDS);
    OCTET_CHECK(ctx, order == 0, OCTET_UNSUPPORTED,
                "%s: was written by a big endian machine; save the model again on another one", bundle->name);
    bundle->n_shards = (uint32_t)n_shards;
    return OCTET_OK;
}

static octet_status open_bundle(octet_context *ctx, const char *prefix, octet_bundle *bundle) {
    OCTET_TRY(octet_arena_string(ctx, &bundle->arena, prefix, &bundle->prefix));
    OCTET_TRY(octet_arena_format(ctx, &bundle->arena, &bundle->name, "%s.index", prefix));
    OCTET_TRY(octet_file_open(ctx, bundle->name, &bundle->index));
    OCTET_TRY(octet_table_read(ctx, &bundle->arena, bundle->index.bytes, bundle->name, &bundle->table));
    return read_header(ctx, bundle);
}

octet_status octet_bundle_open(octet_context *ctx, const char *prefix, octet_bundle **out) {
    octet_bundle *bundle = NULL;
    *out = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *bundle, (void **)&bundle));
    *bundle = (octet_bundle){.reader.descriptor = -1};
    const octet_status status = open_bundle(ctx, prefix, bundle);
    if (status == OCTET_OK) *out = bundle;
    else octet_bundle_close(ctx, bundle);
    return status;
}

void octet_bundle_close(octet_context *ctx, octet_bundle *bundle) {
    if (bundle == NULL) return;
    octet_reader_close(&bundle->reader);
    octet_file_close(ctx, &bundle->index);
    octet_arena_free(ctx, &bundle->arena);
    octet_memory_free(ctx, bundle);
}

const char *octet_bundle_name(const octet_bundle *bundle) { return bundle->name; }

/* How octet_array calls a type; size 0: no numbers, or none that octet reads. bfloat16 stands as uint16. */
static octet_element element_of(int32_t type) {
    static const octet_element elements[] = {
        [1] = {'f', 4, false},  [2] = {'f', 8, false},  [3] = {'i', 4, false},  [4] = {'u', 1, false},
        [5] = {'i', 2, false},  [6] = {'i', 1, false},  [9] = {'i', 8, false},  [10] = {'b', 1, false},
        [14] = {'u', 2, false}, [17] = {'u', 2, false}, [19] = {'f', 2, false}, [22] = {'u', 4, false},
        [23] = {'u', 8, false}};
    const int32_t n = sizeof elements / sizeof *elements;
    return type >= 0 && type < n ? elements[type] : (octet_element){0};
}

static octet_status read_shape(octet_context *ctx, const octet_bundle *bundle, octet_bytes bytes,
                               octet_bundle_tensor *out) {
    octet_protobuf shape = octet_protobuf_of(bytes, bundle->name);
    octet_protobuf_field dim, size;
    while (octet_protobuf_has_next(&shape)) {
        OCTET_TRY(octet_protobuf_next(ctx, &shape, &dim));
        if (dim.number != 2) continue;
        OCTET_CHECK(ctx, out->rank < OCTET_ARRAY_MAX_RANK, OCTET_LIMIT, "%s: tensor %s has more than %d dimensions",
                    bundle->name, out->key, OCTET_ARRAY_MAX_RANK);
        octet_protobuf inner = octet_protobuf_of(dim.bytes, bundle->name);
        while (octet_protobuf_has_next(&inner)) {
            OCTET_TRY(octet_protobuf_next(ctx, &inner, &size));
            if (size.number != 1) continue;
            OCTET_CHECK(ctx, size.value <= INT64_MAX, OCTET_FORMAT, "%s: tensor %s has a negative dimension",
                        bundle->name, out->key);
            out->dims[out->rank] = (int64_t)size.value;
        }
        out->rank++;
    }
    return OCTET_OK;
}

static octet_status read_entry(octet_context *ctx, const octet_bundle *bundle, octet_bytes bytes,
                               octet_bundle_tensor *out, bool *is_sliced) {
    octet_protobuf message = octet_protobuf_of(bytes, bundle->name);
    octet_protobuf_field field;
    uint64_t type = 0, shard = 0;
    while (octet_protobuf_has_next(&message)) {
        OCTET_TRY(octet_protobuf_next(ctx, &message, &field));
        switch (field.number) {
        case 1: type = field.value; break;
        case 2: OCTET_TRY(read_shape(ctx, bundle, field.bytes, out)); break;
        case 3: shard = field.value; break;
        case 4: out->place = field.value; break;
        case 5: out->size = field.value; break;
        case 6: out->checksum = (uint32_t)field.value; break;
        case 7: *is_sliced = true; break;
        default: break;
        }
    }
    OCTET_CHECK(ctx, shard < bundle->n_shards, OCTET_FORMAT, "%s: tensor %s lies in shard %llu of %u", bundle->name,
                out->key, (unsigned long long)shard, (unsigned)bundle->n_shards);
    out->shard = (uint32_t)shard;
    out->type = type <= INT32_MAX ? (int32_t)type : INT32_MAX;
    return OCTET_OK;
}

octet_status octet_bundle_find(octet_context *ctx, const octet_bundle *bundle, const char *key,
                               octet_bundle_tensor *out, bool *found) {
    *out = (octet_bundle_tensor){.key = key};
    bool is_sliced = false;
    const octet_table_entry *entry = octet_table_find(&bundle->table, key, strlen(key));
    *found = entry != NULL && *key != '\0';
    if (!*found) return OCTET_OK;
    OCTET_TRY(read_entry(ctx, bundle, entry->value, out, &is_sliced));
    OCTET_CHECK(
        ctx, !is_sliced, OCTET_UNSUPPORTED,
        "%s: tensor %s is stored in slices, as variables are that several machines share; load the model on one "
        "machine and save it again",
        bundle->name, key);
    octet_array array = {.element = element_of(out->type), .rank = out->rank};
    memcpy(array.dims, out->dims, sizeof array.dims);
    OCTET_TRY(octet_array_count(ctx, bundle->name, &array));
    out->n_elements = array.n_elements;
    out->is_numeric = array.element.size > 0;
    OCTET_CHECK(ctx, !out->is_numeric || octet_array_bytes(&array) == out->size, OCTET_FORMAT,
                "%s: tensor %s has %zu elements in %llu bytes: the file is corrupt", bundle->name, key, out->n_elements,
                (unsigned long long)out->size);
    return OCTET_OK;
}

/* Opens the shard of the tensor, and looks whether the tensor is inside. */
static octet_status open_shard(octet_context *ctx, octet_bundle *bundle, const octet_bundle_tensor *tensor) {
    if (bundle->shard_name == NULL || bundle->shard != tensor->shard) {
        octet_reader_close(&bundle->reader);
        bundle->shard = tensor->shard;
        OCTET_TRY(octet_arena_format(ctx, &bundle->arena, &bundle->shard_name, "%s.data-%05u-of-%05u", bundle->prefix,
                                     (unsigned)tensor->shard, (unsigned)bundle->n_shards));
        octet_path_kind kind;
        OCTET_TRY(octet_file_look(ctx, bundle->shard_name, &kind));
        OCTET_CHECK(ctx, kind != OCTET_PATH_ABSENT, OCTET_IO,
                    "%s: there is no such file, and tensor %s lies in it; copy the whole folder", bundle->shard_name,
                    tensor->key);
        OCTET_TRY(octet_reader_open(ctx, bundle->shard_name, &bundle->reader));
    }
    const uint64_t size = bundle->reader.size;
    OCTET_CHECK(ctx, tensor->place <= size && tensor->size <= size - tensor->place, OCTET_FORMAT,
                "%s: ends at byte %llu, but tensor %s has %llu bytes from byte %llu on: the file is cut; copy it again",
                bundle->shard_name, (unsigned long long)size, tensor->key, (unsigned long long)tensor->size,
                (unsigned long long)tensor->place);
    return OCTET_OK;
}

static octet_status check_sum(octet_context *ctx, const octet_bundle *bundle, const octet_bundle_tensor *tensor,
                              uint32_t crc) {
    OCTET_CHECK(ctx, octet_crc32c_mask(crc) == tensor->checksum, OCTET_FORMAT,
                "%s: tensor %s: its checksum is wrong: the file is corrupt; copy it again", bundle->shard_name,
                tensor->key);
    return OCTET_OK;
}

octet_status octet_bundle_string(octet_context *ctx, octet_bundle *bundle, octet_arena *arena,
                                 const octet_bundle_tensor *tensor, octet_bytes *out) {
    uint8_t *data = NULL;
    uint64_t length = 0;
    size_t at = 0;
    OCTET_CHECK(ctx, tensor->type == TYPE_STRING && tensor->n_elements == 1, OCTET_FORMAT,
                "%s: tensor %s is not one string", bundle->name, tensor->key);
    OCTET_TRY(open_shard(ctx, bundle, tensor));
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)tensor->size, &data));
    OCTET_TRY(octet_reader_read(ctx, &bundle->reader, tensor->place, data, (size_t)tensor->size));
    const octet_bytes bytes = {data, (size_t)tensor->size};
    const bool is_sound = octet_varint_read(bytes, &at, &length) && length <= UINT32_MAX && bytes.size - at >= 4 &&
                          length == bytes.size - at - 4;
    OCTET_CHECK(ctx, is_sound, OCTET_FORMAT,
                "%s: tensor %s: %zu bytes are no string: the file is corrupt; copy it again", bundle->shard_name,
                tensor->key, bytes.size);
    const uint32_t size = (uint32_t)length;
    const uint8_t size_bytes[] = {(uint8_t)size, (uint8_t)(size >> 8), (uint8_t)(size >> 16), (uint8_t)(size >> 24)};
    *out = (octet_bytes){data + at + 4, (size_t)length};
    return check_sum(ctx, bundle, tensor, octet_crc32c(octet_crc32c(0, size_bytes, 4), data + at, bytes.size - at));
}

static void convert(int32_t type, const uint8_t *raw, size_t n, float *out) {
    octet_array array = {.element = element_of(type), .rank = 1, .dims = {(int64_t)n}, .n_elements = n, .data = raw};
    if (type != TYPE_BFLOAT16) {
        octet_array_f32(&array, 0, n, out);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t bits = ((uint32_t)raw[2 * i] | (uint32_t)raw[2 * i + 1] << 8) << 16;
        memcpy(&out[i], &bits, sizeof bits);
    }
}

/* Elements [first, first + n) through `raw`, which has room for them. */
static octet_status read_piece(octet_context *ctx, octet_bundle *bundle, const octet_bundle_tensor *tensor,
                               size_t first, size_t n, uint8_t *raw, float *out, uint32_t *crc) {
    const size_t width = element_of(tensor->type).size;
    OCTET_TRY(octet_reader_read(ctx, &bundle->reader, tensor->place + first * width, raw, n * width));
    *crc = octet_crc32c(*crc, raw, n * width);
    convert(tensor->type, raw, n, out);
    return OCTET_OK;
}

octet_status octet_bundle_pieces(octet_context *ctx, octet_bundle *bundle, const octet_bundle_tensor *tensor,
                                 size_t unit, octet_bundle_visit *visit, void *user) {
    size_t most = unit < PIECE_ELEMENTS ? PIECE_ELEMENTS / unit * unit : unit;
    if (most > tensor->n_elements) most = tensor->n_elements;
    uint8_t *raw = NULL;
    float *piece = NULL;
    uint32_t crc = 0;
    OCTET_CHECK(ctx, tensor->is_numeric, OCTET_FORMAT, "%s: tensor %s holds no numbers", bundle->name, tensor->key);
    OCTET_TRY(open_shard(ctx, bundle, tensor));
    octet_status status = octet_memory_allocate(ctx, most * element_of(tensor->type).size, (void **)&raw);
    if (status == OCTET_OK) status = octet_memory_allocate(ctx, most * sizeof *piece, (void **)&piece);
    for (size_t first = 0; first < tensor->n_elements && status == OCTET_OK; first += most) {
        const size_t left = tensor->n_elements - first, n = left < most ? left : most;
        status = read_piece(ctx, bundle, tensor, first, n, raw, piece, &crc);
        if (status == OCTET_OK) status = visit(user, piece, first, n);
    }
    octet_memory_free(ctx, piece);
    octet_memory_free(ctx, raw);
    return status == OCTET_OK ? check_sum(ctx, bundle, tensor, crc) : status;
}

static octet_status put_piece(void *user, const float *piece, size_t first, size_t n) {
    memcpy((float *)user + first, piece, n * sizeof *piece);
    return OCTET_OK;
}

octet_status octet_bundle_numbers(octet_context *ctx, octet_bundle *bundle, const octet_bundle_tensor *tensor,
                                  float *out) {
    return octet_bundle_pieces(ctx, bundle, tensor, 1, put_piece, out);
}
