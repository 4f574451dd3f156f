#define _GNU_SOURCE /* madvise, memfd_create */
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

#include "base/clock.h"
#include "base/memory.h"

octet_status octet_file_open_with_descriptor(octet_context *ctx, const char *path, octet_file *out, int *descriptor) {
    *out = (octet_file){0};
    *descriptor = -1;
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
    if (status == OCTET_OK) *descriptor = fd;
    else close(fd);
    return status;
}

octet_status octet_file_open(octet_context *ctx, const char *path, octet_file *out) {
    int descriptor;
    OCTET_TRY(octet_file_open_with_descriptor(ctx, path, out, &descriptor));
    close(descriptor);
    return OCTET_OK;
}

void octet_file_close(octet_file *file) {
    if (file->mapping != NULL) munmap(file->mapping, file->mapping_size);
    *file = (octet_file){0};
}

void octet_file_release(const octet_file *file) {
    if (file->mapping != NULL)
        madvise(file->mapping, file->mapping_size, MADV_DONTNEED); /* of a file nothing is lost */
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

octet_status octet_file_from_bytes(octet_context *ctx, octet_bytes bytes, const char *name, int *descriptor) {
    *descriptor = -1;
    const int fd = memfd_create("octet", MFD_CLOEXEC);
    OCTET_CHECK(ctx, fd >= 0, OCTET_IO, "%s: no file in memory can be made of it: %s", name, strerror(errno));
    const octet_status status = write_all(ctx, name, fd, bytes);
    if (status == OCTET_OK) *descriptor = fd;
    else close(fd);
    return status;
}

/* Creates an empty file in the folder of `path` with this mode less the umask; its name lives in `arena`. (mkstemp
 * would make it 0600, and the umask cannot be asked for without changing it for every thread.) */
static octet_status create_temporary(octet_context *ctx, octet_arena *arena, const char *path, mode_t mode,
                                     const char **temporary, int *fd) {
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        const uint64_t mixed = octet_clock_ns() * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)getpid() << 16;
        OCTET_TRY(octet_arena_format(ctx, arena, temporary, "%s.%06x", path, (unsigned)(mixed >> 40)));
        *fd = open(*temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (*fd >= 0) return OCTET_OK;
        OCTET_CHECK(ctx, errno == EEXIST, OCTET_IO, "%s: cannot be created: %s", path, strerror(errno));
    }
    return octet_context_fail(ctx, OCTET_IO, "%s: cannot be created: no free name for a temporary file beside it",
                              path);
}

octet_status octet_file_check_writable(octet_context *ctx, const char *path) {
    struct stat info;
    const bool exists = stat(path, &info) == 0;
    OCTET_CHECK(ctx, !(exists && S_ISDIR(info.st_mode)), OCTET_IO, "%s: is a folder, name a file in it", path);
    if (exists && !S_ISREG(info.st_mode)) return OCTET_OK; /* written in place */
    octet_arena arena = {0};
    const char *temporary;
    int fd;
    const octet_status status = create_temporary(ctx, &arena, path, 0600, &temporary, &fd);
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
    const char *temporary;
    int fd;
    octet_status status = create_temporary(ctx, &arena, path, exists ? info.st_mode & 0777 : 0666, &temporary, &fd);
    if (status != OCTET_OK) goto out;
    status = write_all(ctx, path, fd, bytes);
    if (status == OCTET_OK && ((exists && fchmod(fd, info.st_mode & 07777) != 0) || fsync(fd) != 0))
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
