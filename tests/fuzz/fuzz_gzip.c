/* Covers: formats/gzip.c */
#include "fuzz/target.h"

#include "formats/gzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_buffer content = {0};
    octet_status status = octet_gzip_read_prefix(&ctx, (octet_bytes){data, size}, "fuzz", 50, &content);
    if (content.size > 50) abort();
    if (status == OCTET_OK) status = octet_gzip_read(&ctx, (octet_bytes){data, size}, "fuzz", 1 << 20, &content);
    if (status == OCTET_OK && content.size > 1 << 20) abort();
    octet_buffer_free(&ctx, &content);
    return target_end(&ctx, status);
}
