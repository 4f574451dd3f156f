#include "api/options.h"

#include <string.h>

octet_status octet_options_take(octet_context *ctx, const char *what, const void *given, size_t known_size, void *out) {
    size_t size = known_size;
    memset(out, 0, known_size);
    if (given != NULL) {
        memcpy(&size, given, sizeof size);
        OCTET_CHECK(ctx, size >= sizeof size, OCTET_USAGE, "%s: its size is %zu: initialize it with its INIT macro",
                    what, size);
        memcpy(out, given, size < known_size ? size : known_size);
        for (size_t i = known_size; i < size; i++)
            OCTET_CHECK(ctx, ((const unsigned char *)given)[i] == 0, OCTET_USAGE,
                        "%s: sets members that this version of the library does not know; install the newer one", what);
    }
    memcpy(out, &known_size, sizeof known_size);
    return OCTET_OK;
}

void octet_options_give(const void *filled, size_t known_size, void *out) {
    size_t size;
    memcpy(&size, out, sizeof size);
    if (size <= sizeof size) return;
    const size_t common = size < known_size ? size : known_size;
    memcpy((unsigned char *)out + sizeof size, (const unsigned char *)filled + sizeof size, common - sizeof size);
}
