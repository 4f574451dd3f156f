/* For programs that the libraries are linked into, or loaded with. */
#include "formats/library.h"

octet_status octet_library_load(octet_context *ctx, octet_library library, const char *name) {
    (void)ctx, (void)library, (void)name;
    return OCTET_OK;
}
