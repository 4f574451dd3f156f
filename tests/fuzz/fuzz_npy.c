/* Covers: formats/npy.c formats/array.c */
#include "fuzz/target.h"

#include "formats/npy.h"

static volatile double sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_array array;
    octet_buffer storage = {0};
    char text[OCTET_ARRAY_TEXT_SIZE];
    octet_status status = octet_npy_parse(&ctx, (octet_bytes){data, size}, "fuzz", &array);
    if (status == OCTET_OK) status = octet_array_to_c_order(&ctx, &array, &storage);
    if (status == OCTET_OK) octet_array_text(&array, text);
    for (size_t i = 0; status == OCTET_OK && i < array.n_elements; i++) {
        float value;
        octet_array_f32(&array, i, 1, &value);
        sink = (double)value + octet_array_f64(&array, i);
    }
    octet_buffer_free(&ctx, &storage);
    return target_end(&ctx, status);
}
