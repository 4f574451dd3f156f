/* Covers: formats/image */
#include "fuzz/target.h"

#include "formats/image/image.h"

static volatile uint8_t sink;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_image image;
    int32_t width = 0, height = 0;
    octet_status status = octet_image_measure(&ctx, (octet_bytes){data, size}, "fuzz", &width, &height);
    if (status != OCTET_OK || (int64_t)width * height > 1 << 14)
        return target_end(&ctx, status); /* large ones are only slow */
    status = octet_image_read(&ctx, (octet_bytes){data, size}, "fuzz", &image);
    if (status == OCTET_OK && (image.width != width || image.height != height)) abort();
    for (int64_t i = 0; status == OCTET_OK && i < 3 * (int64_t)width * height; i++) sink = image.pixels[i];
    octet_image_free(&ctx, &image);
    return target_end(&ctx, status);
}
