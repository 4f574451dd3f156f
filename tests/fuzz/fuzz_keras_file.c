/* A whole Keras file. "2" or "3", the JSON up to the first NUL, and the body of what octet-hdf5 answers
 * (formats/hdf5/protocol.h) make a .keras; "h" and the body alone an .h5. No process runs: functions of this
 * program stand in for the library's exchange with it.
 * Covers: import/keras/file.c import/keras/weights.c import/keras/stored.c formats/hdf5.c formats/hdf5/tree.c */
#include "fuzz/target.h"

#include <string.h>
#include <zlib.h>

#include "base/buffer.h"
#include "formats/hdf5/exchange.h"
#include "fuzz/keras_mutate.h"
#include "import/import.h"

#define HDF5_SIGNATURE "\x89HDF\r\n\x1a\n"

static octet_bytes answer;

octet_status octet_hdf5_exchange_open(octet_context *ctx, const octet_reader *file, const char *name,
                                      octet_hdf5_exchange *out, octet_bytes *body) {
    void *block = NULL;
    (void)file;
    *out = (octet_hdf5_exchange){.name = name};
    OCTET_TRY(octet_memory_allocate(ctx, answer.size, &block));
    if (answer.size > 0) memcpy(block, answer.data, answer.size);
    *body = (octet_bytes){block, answer.size};
    return OCTET_OK;
}

octet_status octet_hdf5_exchange_ask(octet_context *ctx, octet_hdf5_exchange *x, uint32_t dataset, size_t size_bytes) {
    (void)dataset;
    x->left_bytes = size_bytes;
    return ctx->status;
}

/* Numbers like any others. */
octet_status octet_hdf5_exchange_take(octet_context *ctx, octet_hdf5_exchange *x, void *to, size_t size_bytes) {
    if (size_bytes > x->left_bytes) abort();
    x->left_bytes -= size_bytes;
    for (size_t i = 0; i + sizeof(float) <= size_bytes; i += sizeof(float))
        memcpy((uint8_t *)to + i, &(float){0.5f}, sizeof(float));
    return ctx->status;
}

void octet_hdf5_exchange_close(octet_context *ctx, octet_hdf5_exchange *x) {
    (void)ctx;
    (void)x;
}

typedef struct entry {
    const char *name;
    octet_bytes content;
} entry;

/* What both kinds of a zip's headers say of an entry, from the version that is needed to the length of the name. */
static void put_description(octet_context *ctx, octet_buffer *out, const entry *e) {
    const uint8_t fixed[10] = {20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0};
    octet_buffer_append(ctx, out, fixed, sizeof fixed);
    octet_buffer_u32le(ctx, out, (uint32_t)crc32(0, e->content.data, (unsigned)e->content.size));
    octet_buffer_u32le(ctx, out, (uint32_t)e->content.size);
    octet_buffer_u32le(ctx, out, (uint32_t)e->content.size);
    octet_buffer_u32le(ctx, out, (uint32_t)strlen(e->name)); /* and no extra field */
}

/* An archive of entries that are not compressed. */
static void put_zip(octet_context *ctx, octet_buffer *out, const entry *entries, uint32_t n) {
    uint32_t places[4];
    for (uint32_t i = 0; i < n; i++) {
        places[i] = (uint32_t)out->size;
        octet_buffer_u32le(ctx, out, 0x04034b50);
        put_description(ctx, out, &entries[i]);
        octet_buffer_append(ctx, out, entries[i].name, strlen(entries[i].name));
        octet_buffer_append(ctx, out, entries[i].content.data, entries[i].content.size);
    }
    const uint32_t directory = (uint32_t)out->size;
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t version[2] = {20, 0}, rest[10] = {0};
        octet_buffer_u32le(ctx, out, 0x02014b50);
        octet_buffer_append(ctx, out, version, sizeof version);
        put_description(ctx, out, &entries[i]);
        octet_buffer_append(ctx, out, rest, sizeof rest);
        octet_buffer_u32le(ctx, out, places[i]);
        octet_buffer_append(ctx, out, entries[i].name, strlen(entries[i].name));
    }
    const uint32_t size = (uint32_t)out->size - directory;
    octet_buffer_u32le(ctx, out, 0x06054b50);
    octet_buffer_u32le(ctx, out, 0);
    octet_buffer_u32le(ctx, out, n << 16 | n);
    octet_buffer_u32le(ctx, out, size);
    octet_buffer_u32le(ctx, out, directory);
    octet_buffer_append(ctx, out, "\0", 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    static const uint8_t numbers[1 << 13]; /* of datasets that lie in the file as they are */
    octet_graph *graph = NULL;
    octet_buffer file = {0}, weights = {0};
    if (size < 2 || size > 1 << 16) return 0;
    target_begin(&ctx);
    const bool is_archive = data[0] != 'h';
    const uint8_t *end = is_archive ? memchr(data + 1, '\0', size - 1) : data;
    if (end == NULL) end = data + size - 1;
    answer = (octet_bytes){end + 1, size - 1 - (size_t)(end - data)};
    octet_buffer_append(&ctx, &weights, HDF5_SIGNATURE, 8);
    octet_buffer_append(&ctx, &weights, numbers, sizeof numbers);
    const char *metadata = data[0] == '3' ? "{\"keras_version\": \"3.5.0\"}" : "{\"keras_version\": \"2.13.1\"}";
    const entry entries[] = {{"metadata.json", {(const uint8_t *)metadata, strlen(metadata)}},
                             {"config.json", {data + 1, is_archive ? (size_t)(end - data) - 1 : 0}},
                             {"model.weights.h5", {weights.data, weights.size}}};
    if (is_archive) put_zip(&ctx, &file, entries, 3);
    const octet_buffer *whole = is_archive ? &file : &weights;
    const octet_status status =
        octet_import_keras_bytes(&ctx, (octet_bytes){whole->data, whole->size}, "fuzz", NULL, NULL, &graph);
    octet_graph_destroy(&ctx, graph);
    octet_buffer_free(&ctx, &file);
    octet_buffer_free(&ctx, &weights);
    return target_end(&ctx, status);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    if (size > 0 && data[0] == 'h') return LLVMFuzzerMutate(data, size, max_size);
    return mutate_keras(data, size, max_size, seed);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned int seed) {
    return mutate_keras_cross(data1, size1, data2, size2, out, max_size, seed);
}
