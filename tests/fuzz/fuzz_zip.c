/* Covers: formats/zip.c formats/zip_directory.c */
#include "fuzz/target.h"

#include <unistd.h>

#include "formats/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_zip *zip;
    octet_buffer content = {0};
    octet_status status = octet_zip_open_bytes(&ctx, (octet_bytes){data, size}, "fuzz", &zip);
    for (size_t i = 0; status == OCTET_OK && i < octet_zip_count(zip) && i < 8; i++) {
        size_t index;
        if (!octet_zip_find(zip, octet_zip_name(zip, i), &index)) abort();
        status = octet_zip_read_prefix(&ctx, zip, i, 100, &content);
        if (status == OCTET_OK) status = octet_zip_read(&ctx, zip, i, 1 << 20, &content);
        if (content.size > 1 << 20 && status == OCTET_OK) abort();
    }
    int descriptor = -1;
    octet_reader reader;
    if (status == OCTET_OK && octet_zip_count(zip) > 0 && octet_zip_size(zip, 0) <= 1 << 16)
        status = octet_zip_reader(&ctx, zip, 0, "entry", &descriptor, &reader);
    if (descriptor >= 0) close(descriptor);
    octet_buffer_free(&ctx, &content);
    octet_zip_close(&ctx, zip);
    return target_end(&ctx, status);
}
