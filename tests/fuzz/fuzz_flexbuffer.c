/* The options of custom operators, read; and numbers out of the bytes, written and read again.
 * Covers: formats/flexbuffer.c */
#include "fuzz/target.h"

#include <string.h>

#include "formats/flexbuffer.h"

static void write_and_read(octet_context *ctx, const uint8_t *data, size_t size) {
    octet_flexbuffer_field fields[3] = {
        {"a", OCTET_FLEXBUFFER_I32, 0}, {"bc", OCTET_FLEXBUFFER_F32, 0}, {"b", OCTET_FLEXBUFFER_BOOL, 0}};
    octet_flexbuffer_map map;
    octet_buffer out = {0};
    double number = 0.0;
    int32_t whole;
    if (size < 9) return;
    memcpy(&fields[0].bits, data, 4);
    memcpy(&fields[1].bits, data + 4, 4);
    memcpy(&whole, data, 4);
    fields[2].bits = data[8] & 1;
    const size_t n = 1 + (size_t)(data[8] >> 1) % 3;
    if (octet_flexbuffer_write(ctx, fields, n, &out) != OCTET_OK) abort();
    if (octet_flexbuffer_open(ctx, (octet_bytes){out.data, out.size}, "again", &map) != OCTET_OK) abort();
    if (!octet_flexbuffer_number(&map, "a", &number) || number != (double)whole) abort();
    if (octet_flexbuffer_number(&map, "bc", &number) != (n > 1)) abort();
    octet_buffer_free(ctx, &out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const keys[] = {"max_detections", "use_regular_nms", "y_scale", "a", ""};
    octet_context ctx;
    octet_flexbuffer_map map;
    double number;
    target_begin(&ctx);
    write_and_read(&ctx, data, size);
    const octet_status status = octet_flexbuffer_open(&ctx, (octet_bytes){data, size}, "fuzz", &map);
    for (size_t i = 0; status == OCTET_OK && i < sizeof keys / sizeof *keys; i++)
        octet_flexbuffer_number(&map, keys[i], &number);
    return target_end(&ctx, status);
}
