/* A file given as data: what kind it is, shapes, labels, samples.
 * Covers: data/dataset.c data/places.c data/array_source.c data/sheet.c data/labels.c data/samples.c */
#include "fuzz/target.h"

#include <stdio.h>
#include <unistd.h>

#include "data/dataset.h"

static octet_status read_all(octet_context *ctx, const char *path) {
    const octet_data_options options = {.path = path};
    octet_dataset *dataset;
    octet_samples *samples;
    OCTET_TRY(octet_dataset_open(ctx, &options, &dataset));
    octet_status status = OCTET_OK;
    for (uint32_t i = 0; i < octet_dataset_n_inputs(dataset) && status == OCTET_OK; i++) {
        status = octet_dataset_split_input(ctx, dataset, OCTET_SPLIT_TEST, i, &samples);
        const size_t n = status == OCTET_OK ? octet_samples_count(samples) : 0;
        int32_t dims[OCTET_DATA_MAX_RANK];
        size_t n_elements = 1;
        if (status == OCTET_OK) status = octet_samples_load(ctx, samples, NULL, n < 4 ? n : 4, NULL);
        if (status != OCTET_OK) break;
        const int32_t rank = octet_samples_shape(samples, dims);
        for (int32_t d = 0; d < rank; d++) n_elements *= (size_t)dims[d];
        float *values = malloc(n_elements * sizeof *values + 1);
        for (size_t j = 0; j < n && j < 4 && values != NULL; j++) octet_samples_read(samples, j, values);
        free(values);
    }
    octet_dataset_close(ctx, dataset);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[] = "/tmp/octet-fuzz-XXXXXX";
    octet_context ctx;
    target_begin(&ctx);
    const int fd = mkstemp(path);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size) abort();
    close(fd);
    const octet_status status = read_all(&ctx, path);
    unlink(path);
    return target_end(&ctx, status);
}
