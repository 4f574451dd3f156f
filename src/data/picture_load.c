/* Loads pictures when they are wanted, on several threads, and drops those that are not. */
#include <assert.h>
#include <string.h>

#include "data/resize.h"
#include "data/samples.h"

static const size_t max_kept_bytes = (size_t)256 << 20;

void octet_pictures_release(octet_context *ctx, octet_samples *samples) {
    for (size_t i = 0; samples->pictures != NULL && i < samples->count; i++) {
        octet_memory_free(ctx, samples->pictures[i].pixels);
        samples->pictures[i].pixels = NULL;
    }
    samples->picture_bytes = 0;
}

/* [H,W,C], [H,W], either with axes of length 1 before; or flat, when the
 * first picture has that many pixels or values. */
static bool find_size(const octet_samples *samples, int32_t rank, const int32_t *dims, int32_t size[3]) {
    while (rank > 3 && dims[0] == 1) rank--, dims++;
    memcpy(size, (const int32_t[3]){1, 1, 1}, 3 * sizeof *size);
    if (rank == 3 || rank == 2) {
        memcpy(size, dims, sizeof *dims * (size_t)rank);
        return size[2] == 1 || size[2] == 3;
    }
    const int64_t n_pixels = (int64_t)samples->dims[0] * samples->dims[1];
    if (rank != 1 || (dims[0] != n_pixels && dims[0] != 3 * n_pixels)) return false;
    memcpy(size, samples->dims, 2 * sizeof *size);
    size[2] = (int32_t)(dims[0] / n_pixels);
    return true;
}

octet_status octet_pictures_adapt(octet_context *ctx, octet_samples *samples, int32_t rank, const int32_t *dims) {
    int32_t size[3];
    char have[OCTET_ARRAY_TEXT_SIZE], want[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, find_size(samples, rank, dims, size), OCTET_DATA,
                "%s: pictures (the first is %s) do not fit the model's input %s; it must be [H,W,3] or [H,W,1]",
                samples->name, octet_dims_text(samples->rank, samples->dims, have), octet_dims_text(rank, dims, want));
    OCTET_CHECK(ctx,
                size[0] <= OCTET_IMAGE_MAX_SIDE && size[1] <= OCTET_IMAGE_MAX_SIDE &&
                    (int64_t)size[0] * size[1] <= OCTET_IMAGE_MAX_PIXELS,
                OCTET_LIMIT, "%s: pictures of %s pixels: the limit is %d in all", samples->name,
                octet_dims_text(2, size, want), OCTET_IMAGE_MAX_PIXELS);
    octet_pictures_release(ctx, samples);
    samples->height = size[0];
    samples->width = size[1];
    samples->n_channels = size[2];
    samples->n_elements = (size_t)size[0] * (size_t)size[1] * (size_t)size[2];
    return OCTET_OK;
}

/* Pillow's convert("L"): ITU-R 601-2 in 16 bits after the point. */
static uint8_t grey_of(const uint8_t *rgb) {
    return (uint8_t)((rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
}

static void make_grey(octet_image *image) {
    const size_t n = (size_t)image->width * (size_t)image->height;
    for (size_t i = 0; i < n; i++) memset(image->pixels + 3 * i, grey_of(image->pixels + 3 * i), 3);
}

/* Keeps every third element: the three are equal in a grey picture. */
static void keep_thirds(void *pixels, size_t n, bool is_bytes) {
    for (size_t i = 0; i < n; i++) {
        if (is_bytes) ((uint8_t *)pixels)[i] = ((uint8_t *)pixels)[3 * i];
        else ((float *)pixels)[i] = ((float *)pixels)[3 * i];
    }
}

/* Brings a decoded picture to the adapted size. Grey is made first: resizing
 * three equal channels gives three equal ones. */
static octet_status fit_picture(octet_context *ctx, const octet_samples *samples, octet_image *image,
                                octet_picture *out) {
    const size_t n_pixels = (size_t)samples->width * (size_t)samples->height;
    const bool same = image->width == samples->width && image->height == samples->height;
    if (samples->n_channels == 1) make_grey(image);
    out->is_bytes = same || samples->scaler.crops;
    void *pixels = NULL;
    OCTET_TRY(octet_memory_allocate(ctx, n_pixels * 3 * (out->is_bytes ? 1 : sizeof(float)), &pixels));
    octet_status status = OCTET_OK;
    if (same) memcpy(pixels, image->pixels, n_pixels * 3);
    else if (samples->scaler.crops) status = octet_resize_fit(ctx, image, samples->width, samples->height, pixels);
    else status = octet_resize_bilinear(ctx, image, samples->width, samples->height, pixels);
    if (samples->n_channels == 1) keep_thirds(pixels, n_pixels, out->is_bytes);
    if (status == OCTET_OK) out->pixels = pixels;
    else octet_memory_free(ctx, pixels);
    return status;
}

static octet_status load_picture(octet_context *ctx, const octet_samples *samples, octet_picture *picture) {
    char have[OCTET_ARRAY_TEXT_SIZE], want[OCTET_ARRAY_TEXT_SIZE];
    octet_file file;
    octet_image image = {0};
    OCTET_TRY(octet_file_open(ctx, picture->path, &file));
    octet_status status = octet_image_read(ctx, file.bytes, picture->path, &image);
    const int32_t size[2] = {image.height, image.width}, first[2] = {samples->height, samples->width};
    const bool may_resize = samples->is_adapted && samples->adapted_rank > 1;
    if (status == OCTET_OK && !may_resize && (size[0] != first[0] || size[1] != first[1]))
        status = octet_context_fail(ctx, OCTET_DATA, "%s: %s pixels, the first picture has %s; one size is needed here",
                                    picture->path, octet_dims_text(2, size, have), octet_dims_text(2, first, want));
    if (status == OCTET_OK) status = fit_picture(ctx, samples, &image, picture);
    octet_image_free(ctx, &image);
    octet_file_close(ctx, &file);
    return status;
}

/* One context a thread; a thread stops at its first failure. Pieces are handed out in ascending order, so the picture
 * of least number that fails is the same for every number of threads. */
typedef struct picture_worker {
    octet_context context;
    uint32_t failed_at;
} picture_worker;

typedef struct picture_job {
    octet_samples *samples;
    const size_t *wanted;
    picture_worker *workers;
} picture_job;

static void load_some(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const picture_job *job = user;
    picture_worker *worker = &job->workers[thread];
    for (uint32_t i = begin; i < end && worker->context.status == OCTET_OK; i++) {
        worker->failed_at = i;
        load_picture(&worker->context, job->samples, &job->samples->pictures[job->wanted[i]]);
    }
}

static octet_status load_missing(octet_context *ctx, octet_samples *samples, octet_arena *arena, const size_t *wanted,
                                 size_t n, octet_pool *pool) {
    picture_job job = {samples, wanted, NULL};
    const uint32_t n_workers = octet_pool_size(pool);
    OCTET_TRY(OCTET_NEW(ctx, arena, n_workers, &job.workers));
    for (uint32_t i = 0; i < n_workers; i++) octet_context_child(ctx, &job.workers[i].context);
    octet_pool_run(pool, 0, load_some, &job, (uint32_t)n, 4);
    const picture_worker *first = NULL;
    for (uint32_t i = 0; i < n_workers; i++) {
        const picture_worker *worker = &job.workers[i];
        if (worker->context.status != OCTET_OK && (first == NULL || worker->failed_at < first->failed_at))
            first = worker;
    }
    return first != NULL ? octet_context_pass(ctx, &first->context) : OCTET_OK;
}

/* The bytes of a picture are counted at their largest, so that the sum does not depend on which were resized. */
static size_t bytes_of_picture(const octet_samples *samples) { return samples->n_elements * sizeof(float); }

static void drop_unwanted(octet_context *ctx, octet_samples *samples) {
    for (size_t i = 0; i < samples->count; i++) {
        octet_picture *picture = &samples->pictures[i];
        if (picture->pixels == NULL || picture->used == samples->n_loads) continue;
        octet_memory_free(ctx, picture->pixels);
        picture->pixels = NULL;
        samples->picture_bytes -= bytes_of_picture(samples);
    }
}

static octet_status load_listed(octet_context *ctx, octet_samples *samples, octet_arena *arena, const size_t *indices,
                                size_t n, octet_pool *pool) {
    size_t *wanted = NULL, n_wanted = 0;
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &wanted));
    samples->n_loads++;
    for (size_t i = 0; i < n; i++) {
        octet_picture *picture = &samples->pictures[indices != NULL ? indices[i] : i];
        if (picture->used != samples->n_loads && picture->pixels == NULL)
            wanted[n_wanted++] = indices != NULL ? indices[i] : i;
        picture->used = samples->n_loads;
    }
    if (samples->picture_bytes + n_wanted * bytes_of_picture(samples) > max_kept_bytes) drop_unwanted(ctx, samples);
    const size_t n_bytes = n_wanted * bytes_of_picture(samples);
    OCTET_CHECK(ctx, n_bytes / sizeof(float) < ctx->max_memory_bytes, OCTET_LIMIT,
                "%s: %zu pictures of %zu values at once: the limit is %zu bytes", samples->name, n_wanted,
                samples->n_elements, ctx->max_memory_bytes);
    samples->picture_bytes += n_bytes;
    const octet_status status = load_missing(ctx, samples, arena, wanted, n_wanted, pool);
    if (status != OCTET_OK) {
        octet_pictures_release(ctx, samples);
        return status;
    }
    for (size_t i = 0; i < n_wanted; i++) {
        const octet_picture *picture = &samples->pictures[wanted[i]];
        if (picture->is_bytes) octet_samples_widen_bytes(samples, picture->pixels, samples->n_elements);
        else octet_samples_widen_floats(samples, picture->pixels, samples->n_elements);
    }
    return OCTET_OK;
}

octet_status octet_pictures_load(octet_context *ctx, octet_samples *samples, const size_t *indices, size_t n,
                                 octet_pool *pool) {
    octet_arena arena = {0};
    const octet_status status = load_listed(ctx, samples, &arena, indices, n, pool);
    octet_arena_free(ctx, &arena);
    return status;
}
