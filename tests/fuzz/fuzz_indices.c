/* The file of --indices: which samples calibrate. The same bytes seed a choice at random.
 * Covers: data/choose.c */
#include "fuzz/target.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "data/dataset.h"

enum { N_SAMPLES = 1000, N_CHOSEN = 64 };

/* So many as were asked for, each once where there are enough. */
static void choose(uint64_t seed) {
    static size_t chosen[N_CHOSEN];
    static bool was_chosen[N_CHOSEN];
    const size_t n_samples = (size_t)(seed % N_CHOSEN), n = (size_t)(seed / N_CHOSEN % N_CHOSEN);
    octet_samples_choose(n_samples, seed, n, chosen);
    memset(was_chosen, 0, sizeof was_chosen);
    for (size_t i = 0; i < n && n_samples > 0; i++) {
        if (chosen[i] >= n_samples || (n <= n_samples && was_chosen[chosen[i]])) abort();
        was_chosen[chosen[i]] = true;
    }
}

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
    choose(octet_hash(0, data, size));
    octet_arena_free(&ctx, &arena);
    return target_end(&ctx, status);
}
