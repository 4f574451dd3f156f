#include "support/fixture.h"

#include "base/crc32c.h"
#include "formats/tensorflow/bundle.h"
#include "formats/tensorflow/object_graph.h"
#include "formats/tensorflow/protobuf.h"
#include "formats/tensorflow/table.h"
#include "support/bundle_files.h"

/* The examples of RFC 3720, B.4. */
static void checksums_are_those_of_the_standard(void **state) {
    (void)state;
    uint8_t bytes[32] = {0};
    assert_int_equal(octet_crc32c(0, bytes, 32), 0x8a9136aa);
    for (int i = 0; i < 32; i++) bytes[i] = (uint8_t)i;
    assert_int_equal(octet_crc32c(0, bytes, 32), 0x46dd794e);
    assert_int_equal(octet_crc32c(octet_crc32c(0, bytes, 5), bytes + 5, 27), 0x46dd794e);
    assert_int_equal(octet_crc32c(0, NULL, 0), 0);
}

static void fields_of_all_types_are_read(void **state) {
    (void)state;
    static const uint8_t bytes[] = {0x08, 0x96, 0x01, 0x12, 2, 'h', 'i', 0x1d, 4, 3, 2,
                                    1,    0x21, 8,    7,    6, 5,   4,   3,    2, 1};
    octet_context ctx;
    octet_protobuf_field field;
    octet_context_init(&ctx);
    octet_protobuf message = octet_protobuf_of((octet_bytes){bytes, sizeof bytes}, "m.pb");
    assert_int_equal(octet_protobuf_next(&ctx, &message, &field), OCTET_OK);
    assert_true(field.number == 1 && field.value == 150);
    assert_int_equal(octet_protobuf_next(&ctx, &message, &field), OCTET_OK);
    assert_true(field.number == 2 && field.bytes.size == 2 && memcmp(field.bytes.data, "hi", 2) == 0);
    assert_int_equal(octet_protobuf_next(&ctx, &message, &field), OCTET_OK);
    assert_true(field.number == 3 && field.value == 0x01020304);
    assert_int_equal(octet_protobuf_next(&ctx, &message, &field), OCTET_OK);
    assert_true(field.number == 4 && field.value == 0x0102030405060708);
    assert_false(octet_protobuf_has_next(&message));
}

static void fields_that_are_none_are_refused(void **state) {
    (void)state;
    static const struct {
        size_t size;
        uint8_t bytes[12];
    } cases[] = {{1, {0x08}},
                 {2, {0x08, 0x80}},
                 {2, {0x12, 1}},
                 {1, {0x00}},
                 {4, {0x1d, 1, 2, 3}},
                 {3, {0x21, 1, 2}},
                 {2, {0x0b, 0x0c}},
                 {2, {0x0e, 1}},
                 {11, {0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2}},
                 {6, {0x12, 255, 255, 255, 255, 15}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        octet_context ctx;
        octet_protobuf_field field;
        octet_context_init(&ctx);
        octet_protobuf message = octet_protobuf_of((octet_bytes){cases[i].bytes, cases[i].size}, "m.pb");
        assert_int_equal(octet_protobuf_next(&ctx, &message, &field), OCTET_FORMAT);
        assert_non_null(strstr(ctx.message, "m.pb: byte 0 of"));
    }
}

/* A table of two blocks of data with keys that share their beginnings. */
static void write_table(octet_context *ctx, octet_buffer *file, bool is_overlapping) {
    octet_buffer handle = {0}, second = {0}, index = {0};
    block_writer block = {0}, top = {0};
    put_entry(ctx, &block, "", "zero", 4);
    put_entry(ctx, &block, "layer/bias", "b", 1);
    put_entry(ctx, &block, "layer/kernel", "kk", 2);
    close_block(ctx, &block, file, 0, &handle);
    put_entry(ctx, &block, "other", "", 0);
    close_block(ctx, &block, file, 0, &second);
    put_entry(ctx, &top, "m", handle.data, handle.size);
    put_entry(ctx, &top, "z", is_overlapping ? handle.data : second.data, is_overlapping ? handle.size : second.size);
    close_block(ctx, &top, file, 0, &index);
    put_footer(ctx, file, &index);
    octet_buffer_free(ctx, &handle);
    octet_buffer_free(ctx, &second);
    octet_buffer_free(ctx, &index);
}

static void tables_are_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_arena arena = {0};
    octet_buffer file = {0};
    octet_table table;
    octet_context_init(&ctx);
    write_table(&ctx, &file, false);
    assert_int_equal(octet_table_read(&ctx, &arena, (octet_bytes){file.data, file.size}, "t", &table), OCTET_OK);
    assert_int_equal(table.n_entries, 4);
    const octet_table_entry *entry = octet_table_find(&table, "layer/kernel", 12);
    assert_non_null(entry);
    assert_true(entry->value.size == 2 && memcmp(entry->value.data, "kk", 2) == 0);
    assert_non_null(octet_table_find(&table, "", 0));
    assert_non_null(octet_table_find(&table, "other", 5));
    assert_null(octet_table_find(&table, "layer", 5));
    assert_null(octet_table_find(&table, "zzz", 3));
    octet_buffer_free(&ctx, &file);
    octet_arena_free(&ctx, &arena);
}

static octet_status read_damaged(const octet_buffer *file, size_t size, size_t changed, char *message) {
    octet_context ctx;
    octet_arena arena = {0};
    octet_table table;
    uint8_t *copy = malloc(size + 1);
    octet_context_init(&ctx);
    memcpy(copy, file->data, size);
    if (changed < size) copy[changed] ^= 0x10;
    const octet_status status = octet_table_read(&ctx, &arena, (octet_bytes){copy, size}, "t.index", &table);
    strcpy(message, ctx.message);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
    free(copy);
    return status;
}

/* Every cut and every changed byte is noticed: bytes of padding in the last 48 and the unused handle excepted. */
static void damaged_tables_are_refused(void **state) {
    (void)state;
    octet_context ctx;
    octet_buffer file = {0};
    char message[OCTET_MESSAGE_SIZE];
    octet_context_init(&ctx);
    write_table(&ctx, &file, false);
    for (size_t size = 0; size < file.size; size++)
        assert_int_equal(read_damaged(&file, size, SIZE_MAX, message), OCTET_FORMAT);
    for (size_t i = 0; i < file.size - 48; i++) {
        assert_int_equal(read_damaged(&file, file.size, i, message), OCTET_FORMAT);
        assert_non_null(strstr(message, "checksum of a block"));
    }
    for (size_t i = file.size - 8; i < file.size; i++)
        assert_int_equal(read_damaged(&file, file.size, i, message), OCTET_FORMAT);
    octet_buffer_free(&ctx, &file);
}

static octet_status read_table(octet_context *ctx, const octet_buffer *file) {
    octet_arena arena = {0};
    octet_table table;
    const octet_status status = octet_table_read(ctx, &arena, (octet_bytes){file->data, file->size}, "t.index", &table);
    octet_arena_free(ctx, &arena);
    return status;
}

static void tables_that_contradict_themselves_are_refused(void **state) {
    (void)state;
    octet_context ctx;
    octet_buffer file = {0};
    block_writer block = {0};
    octet_context_init(&ctx);
    write_table(&ctx, &file, true);
    assert_int_equal(read_table(&ctx, &file), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "overlap"));
    octet_buffer_free(&ctx, &file);
    octet_context_clear(&ctx);
    put_entry(&ctx, &block, "b", "", 0);
    put_entry(&ctx, &block, "a", "", 0);
    put_table(&ctx, &block, 0, &file);
    assert_int_equal(read_table(&ctx, &file), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "do not ascend"));
    octet_buffer_free(&ctx, &file);
    octet_context_clear(&ctx);
    put_entry(&ctx, &block, "a", "", 0);
    put_table(&ctx, &block, 1, &file);
    assert_int_equal(read_table(&ctx, &file), OCTET_UNSUPPORTED);
    assert_non_null(strstr(ctx.message, "compressed"));
    octet_buffer_free(&ctx, &file);
}

/* A checkpoint of one tensor "a" in the files fixture/NAME.*; *shard: what its shard holds, NULL: there is none. */
static const char *write_bundle(const char *name, bundle_entry entry, const void *shard, size_t shard_size,
                                uint32_t n_shards) {
    octet_context ctx;
    octet_buffer file = {0};
    block_writer block = {0};
    char path[64];
    octet_context_init(&ctx);
    put_bundle_header(&ctx, &block, n_shards, 0);
    put_bundle_entry(&ctx, &block, "a", &entry);
    put_table(&ctx, &block, 0, &file);
    snprintf(path, sizeof path, "%s.index", name);
    fixture_write(path, file.data, file.size);
    snprintf(path, sizeof path, "%s.data-%05u-of-%05u", name, (unsigned)entry.shard, (unsigned)n_shards);
    if (shard != NULL) fixture_write(path, shard, shard_size);
    octet_buffer_free(&ctx, &file);
    return fixture_path(name);
}

static octet_status read_a(octet_context *ctx, const char *prefix, size_t n, float *out) {
    octet_bundle *bundle = NULL;
    octet_bundle_tensor tensor;
    bool found = false;
    octet_context_init(ctx);
    octet_status status = octet_bundle_open(ctx, prefix, &bundle);
    if (status == OCTET_OK) status = octet_bundle_find(ctx, bundle, "a", &tensor, &found);
    if (status == OCTET_OK) assert_true(found && tensor.n_elements == n);
    if (status == OCTET_OK) status = octet_bundle_numbers(ctx, bundle, &tensor, out);
    octet_bundle_close(ctx, bundle);
    assert_int_equal(ctx->memory_bytes, 0);
    return status;
}

static uint32_t masked(const void *data, size_t size) { return octet_crc32c_mask(octet_crc32c(0, data, size)); }

static void numbers_of_every_type_are_read(void **state) {
    (void)state;
    static const struct {
        uint32_t type, width;
        uint8_t bytes[8]; /* of -2.0, or 2 where there is no sign; true where that is no number */
        float value;
    } cases[] = {{1, 4, {0, 0, 0, 0xc0}, -2.0f},
                 {2, 8, {0, 0, 0, 0, 0, 0, 0, 0xc0}, -2.0f},
                 {3, 4, {0xfe, 0xff, 0xff, 0xff}, -2.0f},
                 {4, 1, {2}, 2.0f},
                 {5, 2, {0xfe, 0xff}, -2.0f},
                 {6, 1, {0xfe}, -2.0f},
                 {9, 8, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -2.0f},
                 {10, 1, {1}, 1.0f},
                 {14, 2, {0, 0xc0}, -2.0f},
                 {17, 2, {2}, 2.0f},
                 {19, 2, {0, 0xc0}, -2.0f},
                 {22, 4, {2}, 2.0f},
                 {23, 8, {2}, 2.0f}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t width = cases[i].width;
        uint8_t shard[24] = {9, 9, 9};
        octet_context ctx;
        float out[2];
        memcpy(shard + 3, cases[i].bytes, width);
        memcpy(shard + 3 + width, cases[i].bytes, width);
        const bundle_entry entry = {.type = cases[i].type,
                                    .rank = 2,
                                    .dims = {1, 2},
                                    .shard = 1,
                                    .place = 3,
                                    .size = 2 * width,
                                    .checksum = masked(shard + 3, 2 * width)};
        assert_int_equal(read_a(&ctx, write_bundle("types", entry, shard, sizeof shard, 2), 2, out), OCTET_OK);
        assert_true(out[0] == cases[i].value && out[1] == cases[i].value);
    }
}

static void what_is_wrong_with_a_tensor_is_said(void **state) {
    (void)state;
    static const float numbers[] = {1.0f, 2.0f, 3.0f, 4.0f};
    const bundle_entry right = {.type = 1, .rank = 1, .dims = {4}, .size = 16, .checksum = masked(numbers, 16)};
    octet_context ctx;
    float out[4];
    assert_int_equal(read_a(&ctx, write_bundle("right", right, numbers, 16, 1), 4, out), OCTET_OK);
    assert_memory_equal(out, numbers, 16);
    assert_int_equal(read_a(&ctx, write_bundle("none", right, NULL, 0, 1), 4, out), OCTET_IO);
    assert_non_null(strstr(ctx.message, "none.data-00000-of-00001: there is no such file, and tensor a lies in it"));
    assert_int_equal(read_a(&ctx, write_bundle("cut", right, numbers, 15, 1), 4, out), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "cut.data-00000-of-00001: ends at byte 15, but tensor a"));
    bundle_entry wrong = right;
    wrong.checksum ^= 1;
    assert_int_equal(read_a(&ctx, write_bundle("sum", wrong, numbers, 16, 1), 4, out), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "sum.data-00000-of-00001: tensor a: its checksum is wrong"));
    wrong = right;
    wrong.dims[0] = 3;
    assert_int_equal(read_a(&ctx, write_bundle("shape", wrong, numbers, 16, 1), 4, out), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "tensor a has 3 elements in 16 bytes"));
    wrong.dims[0] = (uint64_t)-1;
    assert_int_equal(read_a(&ctx, write_bundle("minus", wrong, numbers, 16, 1), 4, out), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "negative dimension"));
    wrong = (bundle_entry){.type = 1, .rank = 3, .dims = {1u << 30, 1u << 30, 1u << 30}, .size = 16};
    assert_int_equal(read_a(&ctx, write_bundle("huge", wrong, numbers, 16, 1), 4, out), OCTET_LIMIT);
    wrong.rank = 10;
    assert_int_equal(read_a(&ctx, write_bundle("rank", wrong, numbers, 16, 1), 4, out), OCTET_LIMIT);
    wrong = right;
    wrong.shard = 1;
    assert_int_equal(read_a(&ctx, write_bundle("shard", wrong, numbers, 16, 1), 4, out), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "tensor a lies in shard 1 of 1"));
    wrong = right;
    wrong.is_sliced = true;
    assert_int_equal(read_a(&ctx, write_bundle("slices", wrong, numbers, 16, 1), 4, out), OCTET_UNSUPPORTED);
    wrong = right;
    wrong.type = 8; /* complex */
    assert_int_equal(read_a(&ctx, write_bundle("complex", wrong, numbers, 16, 1), 4, out), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "holds no numbers"));
    assert_int_equal(read_a(&ctx, fixture_path("absent"), 4, out), OCTET_IO);
}

static void headers_of_other_checkpoints_are_refused(void **state) {
    (void)state;
    static const struct {
        uint32_t n_shards, byte_order;
        octet_status status;
    } cases[] = {{0, 0, OCTET_FORMAT}, {100000, 0, OCTET_FORMAT}, {1, 1, OCTET_UNSUPPORTED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        octet_context ctx;
        octet_buffer file = {0};
        block_writer block = {0};
        octet_bundle *bundle;
        octet_context_init(&ctx);
        put_bundle_header(&ctx, &block, cases[i].n_shards, cases[i].byte_order);
        put_table(&ctx, &block, 0, &file);
        fixture_write("header.index", file.data, file.size);
        assert_int_equal(octet_bundle_open(&ctx, fixture_path("header"), &bundle), cases[i].status);
        assert_null(bundle);
        octet_buffer_free(&ctx, &file);
        assert_int_equal(ctx.memory_bytes, 0);
    }
}

static octet_status read_string(octet_context *ctx, const char *prefix, octet_bytes *out, octet_arena *arena) {
    octet_bundle *bundle = NULL;
    octet_bundle_tensor tensor;
    bool found = false;
    octet_context_init(ctx);
    octet_status status = octet_bundle_open(ctx, prefix, &bundle);
    if (status == OCTET_OK) status = octet_bundle_find(ctx, bundle, "a", &tensor, &found);
    if (status == OCTET_OK) status = octet_bundle_string(ctx, bundle, arena, &tensor, out);
    octet_bundle_close(ctx, bundle);
    return status;
}

static void strings_are_read(void **state) {
    (void)state;
    uint8_t shard[] = {2, 0, 0, 0, 0, 'h', 'i'};
    const uint8_t size[] = {2, 0, 0, 0};
    const uint32_t crc = octet_crc32c(0, size, 4), stored = octet_crc32c_mask(crc);
    for (int i = 0; i < 4; i++) shard[1 + i] = (uint8_t)(stored >> 8 * i);
    bundle_entry entry = {.type = 7, .size = sizeof shard};
    entry.checksum = octet_crc32c_mask(octet_crc32c(crc, shard + 1, 6));
    octet_context ctx;
    octet_arena arena = {0};
    octet_bytes out;
    assert_int_equal(read_string(&ctx, write_bundle("text", entry, shard, sizeof shard, 1), &out, &arena), OCTET_OK);
    assert_true(out.size == 2 && memcmp(out.data, "hi", 2) == 0);
    shard[6] ^= 1;
    assert_int_equal(read_string(&ctx, write_bundle("text", entry, shard, sizeof shard, 1), &out, &arena),
                     OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "checksum"));
    shard[0] = 3;
    assert_int_equal(read_string(&ctx, write_bundle("text", entry, shard, sizeof shard, 1), &out, &arena),
                     OCTET_FORMAT);
    entry.type = 1;
    entry.size = 4;
    assert_int_equal(read_string(&ctx, write_bundle("text", entry, shard, sizeof shard, 1), &out, &arena),
                     OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "is not one string"));
    octet_arena_free(&ctx, &arena);
}

static void put_child(octet_context *ctx, octet_buffer *object, const char *name, uint32_t node) {
    octet_buffer child = {0};
    put_number(ctx, &child, 1, node);
    put_text(ctx, &child, 2, name);
    put_message(ctx, object, 1, &child);
}

static void objects_are_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_arena arena = {0};
    octet_buffer file = {0}, object = {0}, attribute = {0};
    octet_object_graph graph;
    octet_context_init(&ctx);
    put_child(&ctx, &object, "kernel", 1);
    put_child(&ctx, &object, "self", 0);
    put_message(&ctx, &file, 1, &object);
    put_text(&ctx, &attribute, 1, "VARIABLE_VALUE");
    put_text(&ctx, &attribute, 2, "dense/kernel");
    put_text(&ctx, &attribute, 3, "kernel/.ATTRIBUTES/VARIABLE_VALUE");
    put_message(&ctx, &object, 2, &attribute);
    put_message(&ctx, &file, 1, &object);
    const octet_bytes bytes = {file.data, file.size};
    assert_int_equal(octet_object_graph_read(&ctx, &arena, bytes, "g", &graph), OCTET_OK);
    assert_int_equal(graph.n_nodes, 2);
    const octet_object *kernel = octet_object_child_of(&graph, &graph.nodes[0], "kernel");
    assert_true(kernel == &graph.nodes[1]);
    assert_string_equal(kernel->variable, "dense/kernel");
    assert_string_equal(kernel->key, "kernel/.ATTRIBUTES/VARIABLE_VALUE");
    assert_null(graph.nodes[0].key);
    assert_null(octet_object_child_of(&graph, kernel, "kernel"));
    assert_null(octet_object_child_of(&graph, NULL, "kernel"));
    put_child(&ctx, &object, "stranger", 3);
    put_message(&ctx, &file, 1, &object);
    assert_int_equal(octet_object_graph_read(&ctx, &arena, (octet_bytes){file.data, file.size}, "g", &graph),
                     OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "object 3 of 3"));
    octet_buffer_free(&ctx, &file);
    octet_arena_free(&ctx, &arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_those_of_the_standard),
        cmocka_unit_test(fields_of_all_types_are_read),
        cmocka_unit_test(fields_that_are_none_are_refused),
        cmocka_unit_test(tables_are_read),
        cmocka_unit_test(damaged_tables_are_refused),
        cmocka_unit_test(tables_that_contradict_themselves_are_refused),
        cmocka_unit_test(numbers_of_every_type_are_read),
        cmocka_unit_test(what_is_wrong_with_a_tensor_is_said),
        cmocka_unit_test(headers_of_other_checkpoints_are_refused),
        cmocka_unit_test(strings_are_read),
        cmocka_unit_test(objects_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
