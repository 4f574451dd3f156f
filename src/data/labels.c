#include <math.h>

#include "data/samples.h"

enum { MAX_CLASSES = 1 << 24 };

/* The class of a row of scores: its largest value, the first one of equals. */
static octet_status class_of_row(octet_context *ctx, const octet_array_source *source, size_t row, size_t width, int32_t *out) {
    double best = -(double)INFINITY;
    for (size_t i = 0; i < width; i++) {
        const double score = octet_array_f64(&source->array, row * width + i);
        OCTET_CHECK(ctx, isfinite(score), OCTET_DATA, "%s: the label of sample %zu is not finite", source->name, row);
        if (score > best) {
            best = score;
            *out = (int32_t)i;
        }
    }
    return OCTET_OK;
}

static octet_status class_of_number(octet_context *ctx, const octet_array_source *source, size_t index, int32_t *out) {
    const double value = octet_array_f64(&source->array, index);
    OCTET_CHECK(ctx, value >= 0 && value < MAX_CLASSES && floor(value) == value, OCTET_DATA,
                "%s: the label of sample %zu is %g; labels are class numbers from 0 on", source->name, index, value);
    *out = (int32_t)value;
    return OCTET_OK;
}

static octet_status read_labels(octet_context *ctx, octet_samples *samples, octet_array_source *source) {
    const octet_array *array = &source->array;
    char text[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, array->rank >= 1 && array->dims[0] == (int64_t)samples->count, OCTET_DATA,
                "%s: %s are labels of %lld samples, but %s has %zu", source->name, octet_array_text(array, text),
                (long long)(array->rank >= 1 ? array->dims[0] : 1), samples->name, samples->count);
    const size_t width = array->n_elements / samples->count;
    OCTET_CHECK(ctx, width >= 1 && width < MAX_CLASSES, OCTET_DATA,
                "%s: %s are no labels: one number or one row of scores a sample is needed", source->name, octet_array_text(array, text));
    OCTET_TRY(octet_array_source_load(ctx, source, octet_array_bytes(array)));
    OCTET_TRY(OCTET_NEW(ctx, &samples->arena, samples->count, &samples->labels));
    for (size_t i = 0; i < samples->count; i++) {
        OCTET_TRY(width > 1 ? class_of_row(ctx, source, i, width, &samples->labels[i])
                            : class_of_number(ctx, source, i, &samples->labels[i]));
        if (samples->labels[i] >= samples->n_classes) samples->n_classes = samples->labels[i] + 1;
    }
    if (width > 1) samples->n_classes = (int32_t)width;
    return OCTET_OK;
}

octet_status octet_samples_open_labels(octet_context *ctx, octet_samples *samples, const char *path, const char *entry) {
    octet_array_source source;
    OCTET_TRY(octet_array_source_open(ctx, &samples->arena, path, entry, &source));
    const octet_status status = read_labels(ctx, samples, &source);
    octet_array_source_close(ctx, &source);
    return status;
}
