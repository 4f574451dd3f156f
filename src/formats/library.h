/* formats/library.h - libraries that only some formats need: zlib, libdeflate, libpng, libjpeg.
 * In:  the first file of such a format.
 * Out: a library whose functions can be called.
 * Knows: in programs that load them late, the dynamic linker (library/loaded.c); in others nothing (library/linked.c).
 *        CMakeLists.txt chooses.
 * Does not know: formats. */
#ifndef OCTET_FORMATS_LIBRARY_H
#define OCTET_FORMATS_LIBRARY_H

#include "base/context.h"

typedef enum octet_library {
    OCTET_LIBRARY_ZLIB,
    OCTET_LIBRARY_DEFLATE,
    OCTET_LIBRARY_PNG,
    OCTET_LIBRARY_JPEG
} octet_library;

/* To be called before a function of the library is; cheap from the second time on. Thread-safe. `name`: of the file,
 * for the message. Errors: IO (the library is missing, or another one than octet was built with), NOMEM. */
octet_status octet_library_load(octet_context *ctx, octet_library library, const char *name);

#endif
