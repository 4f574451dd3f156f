/* Which samples calibrate: drawn by a seed, or listed in a file. */
#include <string.h>

#include "data/dataset.h"
#include "formats/json.h"

/* Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014), the finalizer called mix64variant13. */
static uint64_t next_random(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static size_t random_below(uint64_t *state, size_t bound) {
    const uint64_t rest = (UINT64_MAX % bound + 1) % bound; /* 2^64 mod bound */
    for (;;) {
        const uint64_t number = next_random(state);
        if (number <= UINT64_MAX - rest) return (size_t)(number % bound);
    }
}

static bool came_before(const size_t *indices, size_t n, size_t index) {
    for (size_t i = 0; i < n; i++)
        if (indices[i] == index) return true;
    return false;
}

void octet_samples_choose(size_t n_samples, uint64_t seed, size_t n, size_t *indices) {
    uint64_t state = seed;
    if (n_samples == 0) return;
    if (n > n_samples) {
        for (size_t i = 0; i < n; i++) indices[i] = random_below(&state, n_samples);
        return;
    }
    if (n == n_samples) {
        for (size_t i = 0; i < n; i++) indices[i] = i;
        return;
    }
    if (n <= 4096 && n <= n_samples / 2) {
        for (size_t i = 0; i < n; i++) {
            do indices[i] = random_below(&state, n_samples);
            while (came_before(indices, i, indices[i]));
        }
        return;
    }
    /* Selection sampling (Knuth, The Art of Computer Programming 3.4.2, algorithm S): one pass, ascending. */
    size_t taken = 0;
    for (size_t i = 0; i < n_samples && taken < n; i++)
        if (random_below(&state, n_samples - i) < n - taken) indices[taken++] = i;
}

static octet_status parse_json(octet_context *ctx, octet_arena *arena, octet_bytes text, const char *path,
                               size_t **indices, size_t *n) {
    octet_json_document document;
    OCTET_TRY(octet_json_parse(ctx, text, path, &document));
    octet_status status = OCTET_OK;
    *n = octet_json_length(document.root);
    status = OCTET_NEW(ctx, arena, *n, indices);
    for (size_t i = 0; i < *n && status == OCTET_OK; i++) {
        double value = -1;
        if (!octet_json_number(octet_json_at(document.root, i), &value) ||
            !(value >= 0 && value < 9007199254740992.0) || value != (double)(size_t)value)
            status = octet_context_fail(ctx, OCTET_FORMAT, "%s: item %zu of the array is no index", path, i);
        else (*indices)[i] = (size_t)value;
    }
    octet_json_free(ctx, &document);
    return status;
}

static octet_status parse_lines(octet_context *ctx, octet_arena *arena, octet_bytes text, const char *path,
                                size_t **indices, size_t *n) {
    size_t n_lines = 1;
    for (size_t i = 0; i < text.size; i++) n_lines += text.data[i] == '\n';
    OCTET_TRY(OCTET_NEW(ctx, arena, n_lines, indices));
    size_t line = 1;
    for (size_t i = 0; i < text.size; line++) {
        uint64_t value = 0;
        size_t n_digits = 0;
        while (i < text.size && (text.data[i] == ' ' || text.data[i] == '\t')) i++;
        for (; i < text.size && text.data[i] >= '0' && text.data[i] <= '9' && n_digits < 19; i++, n_digits++)
            value = 10 * value + (uint64_t)(text.data[i] - '0');
        while (i < text.size && strchr(" \t\r,", text.data[i]) != NULL && text.data[i] != 0) i++;
        const bool is_comment = i < text.size && text.data[i] == '#';
        while (is_comment && i < text.size && text.data[i] != '\n') i++;
        OCTET_CHECK(ctx, i == text.size || text.data[i] == '\n', OCTET_FORMAT,
                    "%s: line %zu is no index: one number a line is needed, or a JSON array", path, line);
        i++;
        if (n_digits > 0) (*indices)[(*n)++] = (size_t)value;
    }
    return OCTET_OK;
}

octet_status octet_indices_read(octet_context *ctx, octet_arena *arena, const char *path, size_t n_samples,
                                size_t **indices, size_t *n) {
    octet_file file;
    *indices = NULL;
    *n = 0;
    OCTET_TRY(octet_file_open(ctx, path, &file));
    size_t first = 0;
    while (first < file.bytes.size && strchr(" \t\r\n", file.bytes.data[first]) != NULL && file.bytes.data[first] != 0)
        first++;
    const bool is_json = first < file.bytes.size && file.bytes.data[first] == '[';
    octet_status status = is_json ? parse_json(ctx, arena, file.bytes, path, indices, n)
                                  : parse_lines(ctx, arena, file.bytes, path, indices, n);
    octet_file_close(ctx, &file);
    OCTET_TRY(status);
    OCTET_CHECK(ctx, *n > 0, OCTET_DATA, "%s: holds no index", path);
    for (size_t i = 0; i < *n; i++)
        OCTET_CHECK(ctx, (*indices)[i] < n_samples, OCTET_DATA, "%s: index %zu is %zu, but there are %zu samples", path,
                    i, (*indices)[i], n_samples);
    return OCTET_OK;
}
