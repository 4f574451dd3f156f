/* Covers: formats/kind.c */
#include "fuzz/target.h"

#include "formats/kind.h"
#include "import/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    octet_file_kind kind = OCTET_FILE_UNKNOWN;
    target_begin(&ctx);
    if ((unsigned)octet_file_kind_of((octet_bytes){data, size}) >= OCTET_N_FILE_KINDS) abort();
    const octet_reader reader = octet_reader_of_bytes((octet_bytes){data, size}, "fuzz");
    return target_end(&ctx, octet_import_file_kind(&ctx, &reader, &kind));
}
