#include "data/resize.h"

#include <math.h>
#include <string.h>

/* Bilinear: TensorFlow's half-pixel scaler: x_in = (x + 0.5) * (in / out) - 0.5 in float32. */

typedef struct tap {
    int32_t lower, upper;
    float weight; /* of upper */
} tap;

static octet_status make_taps(octet_context *ctx, octet_arena *arena, int32_t n_in, int32_t n_out, tap **out) {
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)n_out, out));
    const float scale = (float)n_in / (float)n_out;
    for (int32_t i = 0; i < n_out; i++) {
        const float center = ((float)i + 0.5f) * scale - 0.5f, lower = floorf(center);
        const int32_t below = (int32_t)lower, above = (int32_t)ceilf(center);
        (*out)[i] = (tap){below > 0 ? below : 0, above < n_in - 1 ? above : n_in - 1, center - lower};
    }
    return OCTET_OK;
}

octet_status octet_resize_bilinear(octet_context *ctx, const octet_image *image, int32_t width, int32_t height,
                                   float *out) {
    octet_arena arena = {0};
    tap *columns = NULL, *rows = NULL;
    octet_status status = make_taps(ctx, &arena, image->width, width, &columns);
    if (status == OCTET_OK) status = make_taps(ctx, &arena, image->height, height, &rows);
    for (int32_t y = 0; y < height && status == OCTET_OK; y++) {
        const uint8_t *top = image->pixels + (size_t)rows[y].lower * (size_t)image->width * 3;
        const uint8_t *bottom = image->pixels + (size_t)rows[y].upper * (size_t)image->width * 3;
        for (int32_t x = 0; x < width; x++) {
            const tap *t = &columns[x];
            for (int32_t c = 0; c < 3; c++) {
                const float top_left = top[3 * t->lower + c], top_right = top[3 * t->upper + c];
                const float bottom_left = bottom[3 * t->lower + c], bottom_right = bottom[3 * t->upper + c];
                const float upper = top_left + (top_right - top_left) * t->weight;
                const float lower = bottom_left + (bottom_right - bottom_left) * t->weight;
                *out++ = upper + (lower - upper) * rows[y].weight;
            }
        }
    }
    octet_arena_free(ctx, &arena);
    return status;
}

/* Lanczos, in the fixed point of Pillow: weights of 22 bits after the point. */

enum { LANCZOS_WINDOW = 3, WEIGHT_BITS = 22 };

typedef struct window {
    int32_t first, n;
    const int32_t *weights;
} window;

static double sinc(double x) {
    const double pi = 3.14159265358979323846;
    return x == 0 ? 1.0 : sin(x * pi) / (x * pi);
}

static double lanczos(double x) {
    return x >= -LANCZOS_WINDOW && x < LANCZOS_WINDOW ? sinc(x) * sinc(x / LANCZOS_WINDOW) : 0;
}

/* Windows over the part [begin, end) of n_in pixels; Pillow keeps the two as float32. */
static octet_status make_windows(octet_context *ctx, octet_arena *arena, int32_t n_in, float begin, float end,
                                 int32_t n_out, window **out) {
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)n_out, out));
    const double scale = (double)(end - begin) / n_out, filter_scale = scale > 1 ? scale : 1,
                 support = LANCZOS_WINDOW * filter_scale;
    double *exact = NULL;
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)ceil(support) * 2 + 1, &exact));
    for (int32_t i = 0; i < n_out; i++) {
        const double center = (double)begin + (i + 0.5) * scale;
        const double low = center - support + 0.5, high = center + support + 0.5;
        const int32_t first = low > 0 ? (int32_t)low : 0, last = high < n_in ? (int32_t)high : n_in;
        const int32_t n = last - first;
        int32_t *weights = NULL;
        OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)n, &weights));
        double sum = 0;
        for (int32_t j = 0; j < n; j++) {
            exact[j] = lanczos((j + first - center + 0.5) * (1.0 / filter_scale));
            sum += exact[j];
        }
        for (int32_t j = 0; j < n; j++) {
            const double weight = (sum != 0 ? exact[j] / sum : exact[j]) * (1 << WEIGHT_BITS);
            weights[j] = (int32_t)(weight < 0 ? weight - 0.5 : weight + 0.5);
        }
        (*out)[i] = (window){first, n, weights};
    }
    return OCTET_OK;
}

static uint8_t to_byte(int64_t sum) {
    const int64_t value = (sum + (1 << (WEIGHT_BITS - 1))) >> WEIGHT_BITS;
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

/* Row y of the picture resized to `width` columns. */
static void resize_row(const octet_image *image, int32_t y, const window *columns, int32_t width, uint8_t *out) {
    const uint8_t *row = image->pixels + (size_t)y * (size_t)image->width * 3;
    for (int32_t x = 0; x < width; x++) {
        const window *w = &columns[x];
        int64_t sums[3] = {0};
        for (int32_t j = 0; j < w->n; j++)
            for (int32_t c = 0; c < 3; c++) sums[c] += (int64_t)w->weights[j] * row[3 * (w->first + j) + c];
        for (int32_t c = 0; c < 3; c++) out[3 * x + c] = to_byte(sums[c]);
    }
}

static octet_status fit(octet_context *ctx, octet_arena *arena, const octet_image *image, int32_t width, int32_t height,
                        uint8_t *out) {
    /* The middle part with the ratio of the result. */
    const double ratio = (double)width / height, live_ratio = (double)image->width / image->height;
    double part_width = image->width, part_height = image->height;
    if (live_ratio > ratio) part_width = ratio * image->height;
    else if (live_ratio < ratio) part_height = image->width / ratio;
    const double left = (image->width - part_width) * 0.5, top = (image->height - part_height) * 0.5;
    window *columns = NULL, *rows = NULL;
    OCTET_TRY(make_windows(ctx, arena, image->width, (float)left, (float)(left + part_width), width, &columns));
    OCTET_TRY(make_windows(ctx, arena, image->height, (float)top, (float)(top + part_height), height, &rows));
    const int32_t first = rows[0].first, last = rows[height - 1].first + rows[height - 1].n;
    const size_t row_size = (size_t)width * 3;
    uint8_t *narrow = NULL;
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)(last - first) * row_size, &narrow));
    for (int32_t y = first; y < last; y++)
        resize_row(image, y, columns, width, narrow + (size_t)(y - first) * row_size);
    for (int32_t y = 0; y < height; y++) {
        const window *w = &rows[y];
        const uint8_t *from = narrow + (size_t)(w->first - first) * row_size;
        for (size_t i = 0; i < row_size; i++) {
            int64_t sum = 0;
            for (int32_t j = 0; j < w->n; j++) sum += (int64_t)w->weights[j] * from[(size_t)j * row_size + i];
            out[(size_t)y * row_size + i] = to_byte(sum);
        }
    }
    return OCTET_OK;
}

octet_status octet_resize_fit(octet_context *ctx, const octet_image *image, int32_t width, int32_t height,
                              uint8_t *out) {
    octet_arena arena = {0};
    octet_status status = OCTET_OK;
    if (image->width == width && image->height == height)
        memcpy(out, image->pixels, (size_t)width * (size_t)height * 3);
    else status = fit(ctx, &arena, image, width, height, out);
    octet_arena_free(ctx, &arena);
    return status;
}
