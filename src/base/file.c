#define _DEFAULT_SOURCE /* madvise */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

octet_status octet_file_open(octet_context *ctx, const char *path, octet_file *out) {
    *out = (octet_file){0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    OCTET_CHECK(ctx, fd >= 0, OCTET_IO, "%s: cannot be opened: %s", path, strerror(errno));
    struct stat info;
    octet_status status = OCTET_OK;
    if (fstat(fd, &info) != 0) {
        status = octet_context_fail(ctx, OCTET_IO, "%s: cannot be read: %s", path, strerror(errno));
    } else if (!S_ISREG(info.st_mode)) {
        status = octet_context_fail(ctx, OCTET_IO, "%s: is %s, a regular file is needed", path,
                                    S_ISDIR(info.st_mode) ? "a folder" : "no regular file");
    } else if (info.st_size > 0) {
        void *mapping = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (mapping == MAP_FAILED) {
            status = octet_context_fail(ctx, OCTET_IO, "%s: cannot be mapped: %s", path, strerror(errno));
        } else {
            *out = (octet_file){
                .bytes = {mapping, (size_t)info.st_size}, .mapping = mapping, .mapping_size = (size_t)info.st_size};
        }
    }
    close(fd);
    return status;
}

void octet_file_close(octet_file *file) {
    if (file->mapping) munmap(file->mapping, file->mapping_size);
    *file = (octet_file){0};
}

void octet_file_release(const octet_file *file) {
    if (file->mapping) madvise(file->mapping, file->mapping_size, MADV_DONTNEED); /* of a file nothing is lost */
}

static octet_status write_all(octet_context *ctx, const char *path, int fd, octet_bytes bytes) {
    size_t done = 0;
    while (done < bytes.size) {
        const ssize_t n = write(fd, bytes.data + done, bytes.size - done);
        if (n < 0 && errno == EINTR) continue;
        OCTET_CHECK(ctx, n > 0, OCTET_IO, "%s: cannot be written: %s", path, n < 0 ? strerror(errno) : "no progress");
        done += (size_t)n;
    }
    return OCTET_OK;
}

static octet_status write_in_place(octet_context *ctx, const char *path, octet_bytes bytes) {
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    OCTET_CHECK(ctx, fd >= 0, OCTET_IO, "%s: cannot be opened for writing: %s", path, strerror(errno));
    octet_status status = write_all(ctx, path, fd, bytes);
    if (close(fd) != 0) status = octet_context_fail(ctx, OCTET_IO, "%s: cannot be written: %s", path, strerror(errno));
    return status;
}

/* The mode that a file of open(..., 0666) would get. */
static mode_t default_mode(void) {
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* Creates an empty file in the folder of `path`; its name lives in `arena`. */
static octet_status create_temporary(octet_context *ctx, octet_arena *arena, const char *path, char **temporary,
                                     int *fd) {
    const char *template;
    OCTET_TRY(octet_arena_format(ctx, arena, &template, "%s.XXXXXX", path));
    *temporary = (char *)(uintptr_t) template;
    *fd = mkstemp(*temporary);
    OCTET_CHECK(ctx, *fd >= 0, OCTET_IO, "%s: cannot be created: %s", path, strerror(errno));
    return OCTET_OK;
}

octet_status octet_file_check_writable(octet_context *ctx, const char *path) {
    struct stat info;
    const bool exists = stat(path, &info) == 0;
    OCTET_CHECK(ctx, !(exists && S_ISDIR(info.st_mode)), OCTET_IO, "%s: is a folder, name a file in it", path);
    if (exists && !S_ISREG(info.st_mode)) return OCTET_OK; /* written in place */
    octet_arena arena = {0};
    char *temporary;
    int fd;
    const octet_status status = create_temporary(ctx, &arena, path, &temporary, &fd);
    if (status == OCTET_OK) {
        close(fd);
        unlink(temporary);
    }
    octet_arena_free(ctx, &arena);
    return status;
}

octet_status octet_file_write(octet_context *ctx, const char *path, octet_bytes bytes) {
    struct stat info;
    const bool exists = stat(path, &info) == 0;
    OCTET_CHECK(ctx, !(exists && S_ISDIR(info.st_mode)), OCTET_IO, "%s: is a folder, name a file in it", path);
    if (exists && !S_ISREG(info.st_mode)) return write_in_place(ctx, path, bytes);
    octet_arena arena = {0};
    char *temporary;
    int fd;
    octet_status status = create_temporary(ctx, &arena, path, &temporary, &fd);
    if (status != OCTET_OK) goto out;
    status = write_all(ctx, path, fd, bytes);
    if (status == OCTET_OK && (fchmod(fd, exists ? info.st_mode & 07777 : default_mode()) != 0 || fsync(fd) != 0))
        status = octet_context_fail(ctx, OCTET_IO, "%s: cannot be written: %s", path, strerror(errno));
    if (close(fd) != 0) status = octet_context_fail(ctx, OCTET_IO, "%s: cannot be written: %s", path, strerror(errno));
    if (status == OCTET_OK && rename(temporary, path) != 0)
        status = octet_context_fail(ctx, OCTET_IO, "%s: cannot be replaced: %s", path, strerror(errno));
    if (status != OCTET_OK) unlink(temporary);
out:
    octet_arena_free(ctx, &arena);
    return status;
}

bool octet_file_exists(const char *path) { return access(path, F_OK) == 0; }

bool octet_file_is_same(const char *a, const char *b) {
    struct stat info_a, info_b;
    return stat(a, &info_a) == 0 && stat(b, &info_b) == 0 && info_a.st_dev == info_b.st_dev &&
           info_a.st_ino == info_b.st_ino;
}

bool octet_file_is_directory(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

octet_status octet_file_list(octet_context *ctx, octet_arena *arena, const char *path, const char ***names,
                             size_t *n_names) {
    *names = NULL;
    *n_names = 0;
    DIR *folder = opendir(path);
    OCTET_CHECK(ctx, folder, OCTET_IO, "%s: cannot be listed: %s", path, strerror(errno));
    octet_status status = OCTET_OK;
    size_t capacity = 0;
    const struct dirent *entry;
    while (status == OCTET_OK && (entry = readdir(folder)) != NULL) {
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
