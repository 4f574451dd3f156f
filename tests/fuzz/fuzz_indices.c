/* The file of --indices: which samples calibrate.
 * Covers: data/choose.c */
#include "fuzz/target.h"

#include <stdio.h>
#include <unistd.h>

#include "data/dataset.h"

enum { N_SAMPLES = 1000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char path[] = "/tmp/octet-fuzz-XXXXXX";
    static int descriptor = -1; /* of one file without a name, written again and again */
    octet_context ctx;
    octet_arena arena = {0};
    size_t *indices, n;
    if (descriptor < 0) {
        descriptor = mkstemp(path);
        unlink(path);
        snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    }
    if (descriptor < 0 || ftruncate(descriptor, 0) != 0 || pwrite(descriptor, data, size, 0) != (ssize_t)size) abort();
    target_begin(&ctx);
    const octet_status status = octet_indices_read(&ctx, &arena, path, N_SAMPLES, &indices, &n);
    for (size_t i = 0; status == OCTET_OK && i < n; i++)
        if (indices[i] >= N_SAMPLES) abort();
    octet_arena_free(&ctx, &arena);
    return target_end(&ctx, status);
}
