/* Samples whose answer flipped, or is wrong, as pictures and curves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/report_parts.h"
#include "formats/image/image.h"

enum { MOST_SIDE = 64, MOST_POINTS = 400, LEAST_POINTS = 40, LEAST_SIDE = 10 };

/* ---- Which samples ---- */

typedef struct candidate {
    double order; /* ascending */
    uint64_t index;
} candidate;

static int by_order(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    if (x->order < y->order || x->order > y->order) return x->order < y->order ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Whether sample i is shown; *order: flips that were right before come first, and wrong answers by their loss. */
static bool is_shown(const octet_evaluation *before, const octet_evaluation *after, uint64_t i, double *order) {
    const bool measured = before->measure == OCTET_MEASURE_CLASS, was_right = before->answers[i] == before->labels[i];
    if (after != NULL) {
        *order = measured && was_right ? 0.0 : 1.0;
        return before->has_classes && before->answers[i] != after->answers[i];
    }
    *order = isfinite(before->losses[i]) ? -before->losses[i] : 0.0;
    return measured && !was_right;
}

static octet_status choose(octet_context *ctx, octet_arena *arena, const octet_evaluation *before,
                           const octet_evaluation *after, candidate **out, uint64_t *n) {
    uint64_t count = 0;
    double order;
    for (uint64_t i = 0; i < before->n_samples; i++) count += is_shown(before, after, i, &order);
    OCTET_TRY(OCTET_NEW(ctx, arena, count, out));
    *n = 0;
    for (uint64_t i = 0; i < before->n_samples; i++)
        if (is_shown(before, after, i, &order)) (*out)[(*n)++] = (candidate){order, i};
    if (count > 0) qsort(*out, count, sizeof **out, by_order);
    return OCTET_OK;
}

/* ---- How a sample is drawn ---- */

typedef struct sample_form {
    enum { FORM_NONE, FORM_PICTURE, FORM_CURVES } kind;
    size_t height, width, n_channels; /* of a picture; curves: width points of n_channels series */
    bool is_planar;                   /* of curves: one series after the other */
} sample_form;

static sample_form form_of_dims(const size_t *dims, uint32_t rank) {
    if (rank == 3 && dims[2] == 3 && dims[0] >= LEAST_SIDE && dims[1] >= LEAST_SIDE)
        return (sample_form){FORM_PICTURE, dims[0], dims[1], 3, false};
    if (rank == 2 && dims[0] >= LEAST_SIDE && dims[1] >= LEAST_SIDE)
        return (sample_form){FORM_PICTURE, dims[0], dims[1], 1, false};
    if (rank == 2 && dims[1] < LEAST_SIDE) return (sample_form){FORM_CURVES, 1, dims[0], dims[1], false};
    if (rank == 2) return (sample_form){FORM_CURVES, 1, dims[1], dims[0], true};
    if (rank == 1 && dims[0] > 1) return (sample_form){FORM_CURVES, 1, dims[0], 1, false};
    return (sample_form){.kind = FORM_NONE};
}

/* By the shape in which the samples are stored, which tells more than that of a model that flattens; by the model's
 * where pictures are resized. Dimensions of length 1 do not count. */
static sample_form find_form(const octet_graph *graph, const octet_samples *samples, size_t n_elements) {
    int32_t stored[OCTET_DATA_MAX_RANK];
    size_t dims[OCTET_DATA_MAX_RANK], product = 1;
    uint32_t rank = 0;
    const int32_t n = octet_samples_shape(samples, stored);
    const octet_shape *shape = &graph->values[graph->inputs[0].value].shape;
    for (int32_t i = 0; i < n; i++) product *= (size_t)stored[i];
    const bool as_stored = product == n_elements;
    const int32_t *from = as_stored ? stored : shape->dims + 1, n_from = as_stored ? n : shape->rank - 1;
    for (int32_t i = 0; i < n_from && rank < OCTET_DATA_MAX_RANK; i++)
        if (from[i] > 1) dims[rank++] = (size_t)from[i];
    return form_of_dims(dims, rank);
}

static uint8_t grey_of(double value, double low, double high) {
    if (!(high > low) || isnan(value)) return 0;
    return (uint8_t)lround(255.0 * fmin(fmax((value - low) / (high - low), 0.0), 1.0));
}

/* A large picture is made smaller by a whole factor: means of squares of pixels. */
static octet_status draw_picture(octet_context *ctx, octet_arena *arena, const sample_form *form, const float *values,
                                 double low, double high, octet_shown_sample *out) {
    const size_t side = form->height > form->width ? form->height : form->width,
                 by = (side + MOST_SIDE - 1) / MOST_SIDE, height = (form->height + by - 1) / by,
                 width = (form->width + by - 1) / by, n_channels = form->n_channels;
    uint8_t *pixels;
    octet_buffer buffer = {0};
    OCTET_TRY(OCTET_NEW(ctx, arena, height * width * n_channels, &pixels));
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            for (size_t c = 0; c < n_channels; c++) {
                double sum = 0.0, n = 0.0;
                for (size_t i = y * by; i < (y + 1) * by && i < form->height; i++)
                    for (size_t k = x * by; k < (x + 1) * by && k < form->width; k++, n += 1.0)
                        sum += (double)values[(i * form->width + k) * n_channels + c];
                pixels[(y * width + x) * n_channels + c] = grey_of(sum / n, low, high);
            }
    octet_status status =
        octet_png_write(ctx, pixels, (uint32_t)width, (uint32_t)height, (uint32_t)n_channels, &buffer);
    void *copy = NULL;
    if (status == OCTET_OK) status = octet_arena_copy(ctx, arena, buffer.data, buffer.size, &copy);
    if (status == OCTET_OK) out->png = (octet_bytes){copy, buffer.size};
    octet_buffer_free(ctx, &buffer);
    return status;
}

/* Of a long series the least and the greatest number of each part, in turn. */
static octet_status draw_curves(octet_context *ctx, octet_arena *arena, const sample_form *form, const float *values,
                                octet_shown_sample *out) {
    const size_t n_series = form->n_channels < LEAST_SIDE ? form->n_channels : LEAST_SIDE, n_all = form->width;
    const size_t share = MOST_POINTS / n_series, most = share > LEAST_POINTS ? share : LEAST_POINTS;
    const size_t n = n_all <= most ? n_all : most / 2 * 2;
    double *curve;
    OCTET_TRY(OCTET_NEW(ctx, arena, n * n_series, &curve));
    for (size_t s = 0; s < n_series; s++)
        for (size_t i = 0; i < n; i++) {
            const size_t part = n < n_all ? i / 2 : i, n_parts = n < n_all ? n / 2 : n;
            const size_t first = part * n_all / n_parts, end = (part + 1) * n_all / n_parts;
            double value = (double)NAN;
            for (size_t k = first; k < end; k++) {
                const double x = (double)values[form->is_planar ? s * n_all + k : k * form->n_channels + s];
                value = isnan(value) || (i % 2 == 0 ? x < value : x > value) ? x : value;
            }
            curve[s * n + i] = value;
        }
    out->curve = curve;
    out->n_points = (uint32_t)n;
    out->n_series = (uint32_t)n_series;
    return OCTET_OK;
}

/* Bytes that it takes in a page, roughly. */
static size_t page_bytes(const octet_shown_sample *sample) {
    enum { CARD = 200, POINT = 9 };
    return CARD + sample->png.size * 4 / 3 + (size_t)sample->n_points * sample->n_series * POINT;
}

static octet_status draw_samples(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 octet_samples *samples, const octet_evaluation *before,
                                 const octet_report_limits *limits, octet_gallery *gallery) {
    const size_t n_elements =
        octet_shape_elements(&graph->values[graph->inputs[0].value].shape) / octet_api_batch(graph);
    const sample_form form = find_form(graph, samples, n_elements);
    size_t bytes = 0, *indices;
    float *values;
    OCTET_TRY(OCTET_NEW(ctx, arena, gallery->n_samples, &indices));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_elements, &values));
    for (uint32_t i = 0; i < gallery->n_samples; i++) indices[i] = (size_t)gallery->samples[i].sample;
    OCTET_TRY(octet_samples_load(ctx, samples, indices, gallery->n_samples, NULL));
    for (uint32_t i = 0; i < gallery->n_samples; i++) {
        octet_shown_sample *sample = &gallery->samples[i];
        octet_samples_read(samples, (size_t)sample->sample, values);
        if (form.kind == FORM_PICTURE)
            OCTET_TRY(draw_picture(ctx, arena, &form, values, before->min, before->max, sample));
        if (form.kind == FORM_CURVES) OCTET_TRY(draw_curves(ctx, arena, &form, values, sample));
        bytes += page_bytes(sample);
        if (i > 0 && bytes > limits->sample_bytes) {
            gallery->n_samples = i;
            return OCTET_OK;
        }
    }
    return OCTET_OK;
}

octet_status octet_api_make_gallery(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                    octet_samples *samples, const octet_evaluation *before,
                                    const octet_evaluation *after, const octet_report_limits *limits,
                                    octet_gallery *out) {
    candidate *candidates;
    *out = (octet_gallery){
        .is_flips = after != NULL, .class_names = before->class_names, .n_classes = octet_evaluation_n_classes(before)};
    OCTET_TRY(choose(ctx, arena, before, after, &candidates, &out->n_all));
    out->n_samples = out->n_all < limits->n_samples ? (uint32_t)out->n_all : limits->n_samples;
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_samples, &out->samples));
    for (uint32_t i = 0; i < out->n_samples; i++) {
        const uint64_t at = candidates[i].index;
        out->samples[i] =
            (octet_shown_sample){.sample = before->numbers[at],
                                 .before = before->answers[at],
                                 .after = after != NULL ? after->answers[at] : -1,
                                 .label = before->measure == OCTET_MEASURE_CLASS ? before->labels[at] : -1};
    }
    if (out->n_samples == 0) return OCTET_OK;
    return draw_samples(ctx, arena, graph, samples, before, limits, out);
}
