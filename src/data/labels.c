/* Labels from an array: class numbers, one-hot rows, or numbers. */
#include <math.h>

#include "data/samples.h"

enum { MAX_CLASSES = 1 << 24 };

/* The class of a row of shares: its largest, the first one of equals; false when they are no shares of one. */
static bool class_of_row(const float *row, size_t width, int32_t *out) {
    double sum = 0.0;
    *out = 0;
    for (size_t i = 0; i < width; i++) {
        if (row[i] < 0.0f) return false;
        if (row[i] > row[*out]) *out = (int32_t)i;
        sum += (double)row[i];
    }
    return fabs(sum - 1.0) < 1e-3;
}

static bool class_of_number(float number, int32_t *out) {
    if (!(number >= 0.0f && number < MAX_CLASSES)) return false;
    *out = (int32_t)number;
    return (float)*out == number;
}

/* Classes, if every sample has one. */
static octet_status find_classes(octet_context *ctx, octet_samples *samples) {
    const size_t width = samples->n_targets;
    int32_t *labels = NULL, n_classes = width > 1 ? (int32_t)width : 0;
    OCTET_TRY(OCTET_NEW(ctx, &samples->arena, samples->count, &labels));
    for (size_t i = 0; i < samples->count; i++) {
        const float *row = samples->targets + i * width;
        if (!(width > 1 ? class_of_row(row, width, &labels[i]) : class_of_number(*row, &labels[i]))) return OCTET_OK;
        if (labels[i] >= n_classes) n_classes = labels[i] + 1;
    }
    samples->labels = labels;
    samples->n_classes = n_classes;
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
                "%s: %s are no labels: one number or one row of numbers a sample is needed", source->name,
                octet_array_text(array, text));
    OCTET_TRY(octet_array_source_load(ctx, source, octet_array_bytes(array)));
    OCTET_TRY(OCTET_NEW(ctx, &samples->arena, array->n_elements, &samples->targets));
    samples->n_targets = width;
    octet_array_f32(array, 0, array->n_elements, samples->targets);
    for (size_t i = 0; i < array->n_elements; i++)
        OCTET_CHECK(ctx, isfinite(samples->targets[i]), OCTET_DATA, "%s: the label of sample %zu is not finite",
                    source->name, i / width);
    return find_classes(ctx, samples);
}

octet_status octet_samples_take_labels(octet_context *ctx, octet_samples *samples, const char *name,
                                       const octet_array *array) {
    octet_array_source source;
    octet_array_source_over(name, array, &source);
    return read_labels(ctx, samples, &source);
}

static octet_status open_label_sheet(octet_context *ctx, octet_samples *samples, const octet_place *place) {
    octet_sheet sheet;
    OCTET_TRY(octet_sheet_read(ctx, &samples->arena, place, &(octet_sheet_wish){0}, &sheet));
    const octet_status status = octet_samples_take_labels(ctx, samples, place->path, &sheet.inputs);
    octet_sheet_free(ctx, &sheet);
    return status;
}

octet_status octet_samples_open_labels(octet_context *ctx, octet_samples *samples, const octet_place *place) {
    octet_array_source source;
    if (place->is_sheet) return open_label_sheet(ctx, samples, place);
    OCTET_TRY(octet_place_open(ctx, &samples->arena, place, &source));
    const octet_status status = read_labels(ctx, samples, &source);
    octet_array_source_close(ctx, &source);
    return status;
}
