#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/format.h"
#include "base/reader.h"

static octet_status fail_irregular(octet_context *ctx, const char *path, mode_t mode) {
    return octet_context_fail(ctx, OCTET_IO, "%s: is %s, a regular file is needed", path,
                              S_ISDIR(mode) ? "a folder" : "no regular file");
}

/* Devices are told by stat, since opening one may do something; O_NONBLOCK is for what takes the name in between. */
octet_status octet_file_open_descriptor(octet_context *ctx, const char *path, int *descriptor, uint64_t *size) {
    *descriptor = -1;
    *size = 0;
    struct stat info;
    int fd = -1;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) return fail_irregular(ctx, path, info.st_mode);
    do fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (fd < 0 && errno == EINTR);
    OCTET_CHECK(ctx, fd >= 0, octet_status_of_error(errno), "%s: cannot be opened: %s", path,
                octet_format_error(errno));
    octet_status status = OCTET_OK;
    if (fstat(fd, &info) != 0) {
        status = octet_context_fail(ctx, OCTET_IO, "%s: cannot be read: %s", path, octet_format_error(errno));
    } else if (!S_ISREG(info.st_mode)) {
        status = fail_irregular(ctx, path, info.st_mode);
    }
    if (status != OCTET_OK) {
        close(fd);
        return status;
    }
    *descriptor = fd;
    *size = (uint64_t)info.st_size;
    return OCTET_OK;
}

/* Into memory, never mapped: of a mapped file that another program cuts, reading is a signal that kills. */
octet_status octet_file_open(octet_context *ctx, const char *path, octet_file *out) {
    octet_reader reader;
    *out = (octet_file){0};
    OCTET_TRY(octet_reader_open(ctx, path, &reader));
    const size_t left = ctx->max_memory_bytes > ctx->memory_bytes ? ctx->max_memory_bytes - ctx->memory_bytes : 0;
    octet_status status = OCTET_OK;
    if (reader.size > left)
        status = octet_context_fail(ctx, OCTET_LIMIT, "%s: %llu bytes: the limit is %zu bytes of memory in all", path,
                                    (unsigned long long)reader.size, ctx->max_memory_bytes);
    else if (reader.size > 0) status = octet_reader_head(ctx, &reader, (size_t)reader.size, &out->bytes);
    octet_reader_close(&reader);
    return status;
}

/* At most `size` bytes, waiting for them also where the descriptor itself does not; -1 with errno. */
static ssize_t read_some(int descriptor, void *to, size_t size) {
    for (;;) {
        const ssize_t n = read(descriptor, to, size);
        if (n >= 0 || (errno != EINTR && errno != EAGAIN)) return n;
        struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
        if (errno == EAGAIN) poll(&wanted, 1, -1);
    }
}

static octet_status grow(octet_context *ctx, uint8_t **block, size_t used, size_t *capacity) {
    const size_t larger = 2 * *capacity;
    void *grown;
    OCTET_TRY(octet_memory_allocate(ctx, larger, &grown));
    memcpy(grown, *block, used);
    octet_memory_free(ctx, *block);
    *block = grown;
    *capacity = larger;
    return OCTET_OK;
}

octet_status octet_file_read_stream(octet_context *ctx, int descriptor, const char *name, size_t max_bytes,
                                    octet_bytes *out) {
    size_t capacity = 1 << 16, used = 0;
    uint8_t *block = NULL;
    octet_status status = octet_memory_allocate(ctx, capacity, (void **)&block);
    *out = (octet_bytes){0};
    while (status == OCTET_OK) {
        const ssize_t n = read_some(descriptor, block + used, capacity - used);
        if (n < 0)
            status = octet_context_fail(ctx, OCTET_IO, "%s: cannot be read: %s", name, octet_format_error(errno));
        if (n <= 0) break;
        used += (size_t)n;
        if (used > max_bytes)
            status = octet_context_fail(
                ctx, OCTET_LIMIT, "%s: more than %zu bytes, the limit of what comes from a pipe", name, max_bytes);
        else if (used == capacity) status = grow(ctx, &block, used, &capacity);
    }
    if (status == OCTET_OK) *out = (octet_bytes){block, used};
    else octet_memory_free(ctx, block);
    return status;
}

void octet_file_close(octet_context *ctx, octet_file *file) {
    octet_memory_free(ctx, (void *)(uintptr_t)file->bytes.data);
    *file = (octet_file){0};
}

bool octet_file_is_same(const char *a, const char *b) {
    struct stat info_a, info_b;
    return stat(a, &info_a) == 0 && stat(b, &info_b) == 0 && info_a.st_dev == info_b.st_dev &&
           info_a.st_ino == info_b.st_ino;
}

octet_status octet_file_look(octet_context *ctx, const char *path, octet_path_kind *kind) {
    struct stat info;
    *kind = OCTET_PATH_ABSENT;
    if (stat(path, &info) == 0) {
        *kind = S_ISDIR(info.st_mode) ? OCTET_PATH_FOLDER : OCTET_PATH_FILE;
        return OCTET_OK;
    }
    const bool is_absent = errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG;
    OCTET_CHECK(ctx, is_absent, octet_status_of_error(errno), "%s: cannot be looked at: %s", path,
                octet_format_error(errno));
    return OCTET_OK;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

octet_status octet_file_list(octet_context *ctx, octet_arena *arena, const char *path, const char ***names,
                             size_t *n_names) {
    *names = NULL;
    *n_names = 0;
    DIR *folder = opendir(path);
    OCTET_CHECK(ctx, folder, octet_status_of_error(errno), "%s: cannot be listed: %s", path, octet_format_error(errno));
    octet_status status = OCTET_OK;
    size_t capacity = 0;
    while (status == OCTET_OK) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (entry == NULL && errno != 0)
            status = octet_context_fail(ctx, octet_status_of_error(errno), "%s: cannot be listed: %s", path,
                                        octet_format_error(errno));
        if (entry == NULL) break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (*n_names == capacity) {
            const char **grown;
            capacity = capacity ? 2 * capacity : 64;
            status = OCTET_NEW(ctx, arena, capacity, &grown);
            if (status != OCTET_OK) break;
            if (*n_names) memcpy(grown, *names, *n_names * sizeof *grown);
            *names = grown;
        }
        status = octet_arena_string(ctx, arena, entry->d_name, &(*names)[*n_names]);
        if (status == OCTET_OK) ++*n_names;
    }
    closedir(folder);
    if (*n_names) qsort(*names, *n_names, sizeof **names, compare_names);
    return status;
}
