/* The options of custom operators.
 * Covers: formats/flexbuffer.c */
#include "fuzz/target.h"

#include "formats/flexbuffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const keys[] = {"max_detections", "use_regular_nms", "y_scale", "a", ""};
    octet_context ctx;
    octet_flexbuffer_map map;
    double number;
    target_begin(&ctx);
    const octet_status status = octet_flexbuffer_open(&ctx, (octet_bytes){data, size}, "fuzz", &map);
    for (size_t i = 0; status == OCTET_OK && i < sizeof keys / sizeof *keys; i++)
        octet_flexbuffer_number(&map, keys[i], &number);
    return target_end(&ctx, status);
}
