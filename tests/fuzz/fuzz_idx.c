/* Covers: formats/idx.c */
#include "fuzz/target.h"

#include "formats/idx.h"

static volatile double sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_array array;
    const octet_status status = octet_idx_parse(&ctx, (octet_bytes){data, size}, "fuzz", &array);
    for (size_t i = 0; status == OCTET_OK && i < array.n_elements; i++) sink = octet_array_f64(&array, i);
    return target_end(&ctx, status);
}
