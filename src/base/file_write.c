/* Writes files that appear complete or not at all, and files in memory. */
#define _GNU_SOURCE /* memfd_create, O_PATH, O_TMPFILE */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/format.h"

static octet_status fail_writing(octet_context *ctx, const char *path, int error) {
    return octet_context_fail(ctx, octet_status_of_error(error), "%s: cannot be written: %s", path,
                              octet_format_error(error));
}

static octet_status fail_creating(octet_context *ctx, const char *path, int error) {
    return octet_context_fail(ctx, octet_status_of_error(error), "%s: cannot be created: %s", path,
                              octet_format_error(error));
}

/* Goes on where a signal came in between. */
static int open_at(int folder, const char *name, int flags, mode_t mode) {
    int fd;
    do fd = openat(folder, name, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static octet_status write_all(octet_context *ctx, const char *path, int fd, octet_bytes bytes) {
    size_t done = 0;
    while (done < bytes.size) {
        const ssize_t n = write(fd, bytes.data + done, bytes.size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fail_writing(ctx, path, errno);
        OCTET_CHECK(ctx, n > 0, OCTET_IO, "%s: cannot be written: no progress", path);
        done += (size_t)n;
    }
    return OCTET_OK;
}

/* ---- Files in memory ---- */

octet_status octet_file_create_in_memory(octet_context *ctx, const char *name, int *descriptor) {
    *descriptor = memfd_create("octet", MFD_CLOEXEC);
    OCTET_CHECK(ctx, *descriptor >= 0, octet_status_of_error(errno), "%s: no file in memory can be made of it: %s",
                name, octet_format_error(errno));
    return OCTET_OK;
}

octet_status octet_file_append(octet_context *ctx, int descriptor, octet_bytes bytes, const char *name) {
    return write_all(ctx, name, descriptor, bytes);
}

octet_status octet_file_from_bytes(octet_context *ctx, octet_bytes bytes, const char *name, int *descriptor) {
    OCTET_TRY(octet_file_create_in_memory(ctx, name, descriptor));
    const octet_status status = write_all(ctx, name, *descriptor, bytes);
    if (status != OCTET_OK) {
        close(*descriptor);
        *descriptor = -1;
    }
    return status;
}

/* ---- Signals ---- */

/* What this thread holds back while it writes. Signals that writing itself raises (a pipe that nobody reads, the limit
 * on file size) are taken away: the call reports them. Signals that end a program wait while a temporary file stands.
 */
typedef struct held_signals {
    sigset_t before, pending;
} held_signals;

static const int own_signals[] = {SIGPIPE, SIGXFSZ}, ending_signals[] = {SIGINT, SIGTERM, SIGHUP};

static void hold_signals(held_signals *held, bool ending) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < 2; i++) sigaddset(&set, own_signals[i]);
    for (int i = 0; i < 3 && ending; i++) sigaddset(&set, ending_signals[i]);
    sigemptyset(&held->pending);
    sigpending(&held->pending);
    pthread_sigmask(SIG_BLOCK, &set, &held->before);
}

static void release_signals(const held_signals *held) {
    const struct timespec now = {0, 0};
    for (int i = 0; i < 2; i++) {
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, own_signals[i]);
        while (sigismember(&held->pending, own_signals[i]) == 0 && sigtimedwait(&one, NULL, &now) < 0 && errno == EINTR)
            continue;
    }
    pthread_sigmask(SIG_SETMASK, &held->before, NULL);
}

/* ---- Places ---- */

enum { MAX_LINKS = 40, TEMPORARY_SIZE = 32 };

/* Where a file is to stand, behind symbolic links. */
typedef struct place {
    const char *path;          /* as the user gave it, for messages */
    const char *target;        /* the path behind the links */
    const char *folder, *name; /* the parts of target */
    bool exists, is_regular;
    mode_t mode;
} place;

/* The path that the link `path` stands for; *out is `path` itself when it is no link. */
static octet_status follow_link(octet_context *ctx, octet_arena *arena, const char *path, const char **out) {
    char text[4096];
    const ssize_t n = readlink(path, text, sizeof text - 1);
    *out = path;
    if (n <= 0) return OCTET_OK;
    text[n] = '\0';
    const char *slash = strrchr(path, '/');
    if (text[0] == '/' || slash == NULL) return octet_arena_string(ctx, arena, text, out);
    return octet_arena_format(ctx, arena, out, "%.*s/%s", (int)(slash - path), path, text);
}

static octet_status follow_links(octet_context *ctx, octet_arena *arena, const char *path, const char **target) {
    *target = path;
    for (int i = 0; i < MAX_LINKS; i++) {
        const char *next;
        OCTET_TRY(follow_link(ctx, arena, *target, &next));
        if (next == *target) break;
        *target = next;
    }
    return OCTET_OK;
}

/* Links are looked through for files only: those of /proc, as /dev/stdout is one, need not lead to a name. */
static octet_status find_place(octet_context *ctx, octet_arena *arena, const char *path, place *out) {
    struct stat info;
    *out = (place){.path = path, .target = path, .exists = stat(path, &info) == 0, .mode = 0666};
    if (!out->exists && errno != ENOENT) return fail_creating(ctx, path, errno);
    OCTET_CHECK(ctx, !(out->exists && S_ISDIR(info.st_mode)), OCTET_IO, "%s: is a folder, name a file in it", path);
    out->is_regular = !out->exists || S_ISREG(info.st_mode);
    if (!out->is_regular) return OCTET_OK;
    if (out->exists) out->mode = info.st_mode & 07777;
    OCTET_TRY(follow_links(ctx, arena, path, &out->target));
    const char *slash = strrchr(out->target, '/');
    out->name = slash != NULL ? slash + 1 : out->target;
    out->folder = ".";
    if (slash != NULL)
        OCTET_TRY(octet_arena_format(ctx, arena, &out->folder, "%.*s",
                                     slash == out->target ? 1 : (int)(slash - out->target), out->target));
    OCTET_CHECK(ctx, out->name[0] != '\0', OCTET_IO, "%s: is a folder, name a file in it", path);
    return OCTET_OK;
}

static octet_status open_folder(octet_context *ctx, const place *at, int *folder) {
    *folder = open_at(AT_FDCWD, at->folder, O_PATH | O_DIRECTORY, 0);
    return *folder >= 0 ? OCTET_OK : fail_creating(ctx, at->path, errno);
}

/* ---- Temporary files ---- */

/* A file without a name, which needs no removing: -1 where the file system or the system has none. */
static int open_nameless(int folder, mode_t mode) {
    if (access("/proc/self/fd", X_OK) != 0) return -1; /* it is given its name through there */
    return open_at(folder, ".", O_TMPFILE | O_RDWR, mode);
}

/* A name that does not grow with that of the file. */
static void make_name(char name[TEMPORARY_SIZE]) {
    const uint64_t mixed = (octet_clock_ns() ^ (uint64_t)getpid() << 40) * UINT64_C(0x9e3779b97f4a7c15);
    snprintf(name, TEMPORARY_SIZE, ".octet-%012llx", (unsigned long long)(mixed >> 16));
}

/* Creates an empty file in the folder with this mode less the umask. (mkstemp would make it 0600, and the umask cannot
 * be asked for without changing it for every thread.) */
static octet_status open_named(octet_context *ctx, const place *at, int folder, mode_t mode, char name[TEMPORARY_SIZE],
                               int *fd) {
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        make_name(name);
        *fd = open_at(folder, name, O_RDWR | O_CREAT | O_EXCL, mode);
        if (*fd >= 0) return OCTET_OK;
        if (errno != EEXIST) return fail_creating(ctx, at->path, errno);
    }
    return octet_context_fail(ctx, OCTET_IO, "%s: cannot be created: no free name for a temporary file beside it",
                              at->path);
}

/* What a file is to hold, piece after piece. */
typedef struct content {
    const octet_bytes *pieces;
    size_t n;
} content;

static octet_status write_content(octet_context *ctx, const char *path, int fd, const content *bytes) {
    for (size_t i = 0; i < bytes->n; i++) OCTET_TRY(write_all(ctx, path, fd, bytes->pieces[i]));
    return OCTET_OK;
}

static octet_status fill(octet_context *ctx, const place *at, int fd, const content *bytes) {
    OCTET_TRY(write_content(ctx, at->path, fd, bytes));
    const bool is_safe = (!at->exists || fchmod(fd, at->mode) == 0) && fsync(fd) == 0;
    return is_safe ? OCTET_OK : fail_writing(ctx, at->path, errno);
}

static octet_status put_in_place(octet_context *ctx, const place *at, int folder, const char *name) {
    if (renameat(folder, name, folder, at->name) == 0) return OCTET_OK;
    const octet_status status = octet_context_fail(ctx, octet_status_of_error(errno), "%s: cannot be replaced: %s",
                                                   at->path, octet_format_error(errno));
    unlinkat(folder, name, 0);
    return status;
}

/* Gives a file without a name its name. A file that stands there cannot be replaced by a link, only by a rename.
 * *is_linked is false where the file system cannot do it. */
static octet_status name_file(octet_context *ctx, const place *at, int folder, int fd, bool *is_linked) {
    char source[64], name[TEMPORARY_SIZE];
    snprintf(source, sizeof source, "/proc/self/fd/%d", fd);
    *is_linked = !at->exists && linkat(AT_FDCWD, source, folder, at->name, AT_SYMLINK_FOLLOW) == 0;
    if (*is_linked) return OCTET_OK;
    for (unsigned attempt = 0; attempt < 100 && !*is_linked; attempt++) {
        make_name(name);
        *is_linked = linkat(AT_FDCWD, source, folder, name, AT_SYMLINK_FOLLOW) == 0;
        if (!*is_linked && errno != EEXIST) return OCTET_OK;
    }
    return *is_linked ? put_in_place(ctx, at, folder, name) : OCTET_OK;
}

/* *is_done is false where a temporary file with a name is needed. */
static octet_status write_nameless(octet_context *ctx, const place *at, int folder, const content *bytes,
                                   bool *is_done) {
    const int fd = open_nameless(folder, at->mode & 0777);
    *is_done = false;
    if (fd < 0) return OCTET_OK;
    held_signals held;
    hold_signals(&held, false);
    octet_status status = fill(ctx, at, fd, bytes);
    release_signals(&held);
    hold_signals(&held, true);
    if (status == OCTET_OK) status = name_file(ctx, at, folder, fd, is_done);
    release_signals(&held);
    close(fd);
    return status;
}

static octet_status write_named(octet_context *ctx, const place *at, int folder, const content *bytes) {
    char name[TEMPORARY_SIZE];
    int fd;
    held_signals held;
    hold_signals(&held, true);
    octet_status status = open_named(ctx, at, folder, at->mode & 0777, name, &fd);
    if (status == OCTET_OK) {
        status = fill(ctx, at, fd, bytes);
        if (close(fd) != 0 && status == OCTET_OK) status = fail_writing(ctx, at->path, errno);
        if (status == OCTET_OK) status = put_in_place(ctx, at, folder, name);
        else unlinkat(folder, name, 0);
    }
    release_signals(&held);
    return status;
}

/* Makes the new name last. The file is complete and in its place, so that a folder that cannot be synced is no error.
 */
static void sync_folder(const place *at) {
    const int fd = open_at(AT_FDCWD, at->folder, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

static octet_status write_in_place(octet_context *ctx, const char *path, const content *bytes) {
    const int fd = open_at(AT_FDCWD, path, O_WRONLY | O_NOCTTY, 0);
    OCTET_CHECK(ctx, fd >= 0, octet_status_of_error(errno), "%s: cannot be opened for writing: %s", path,
                octet_format_error(errno));
    held_signals held;
    hold_signals(&held, false);
    octet_status status = write_content(ctx, path, fd, bytes);
    if (close(fd) != 0 && status == OCTET_OK) status = fail_writing(ctx, path, errno);
    release_signals(&held);
    return status;
}

static octet_status write_to(octet_context *ctx, const place *at, const content *bytes) {
    int folder;
    bool is_done;
    if (!at->is_regular) return write_in_place(ctx, at->path, bytes);
    OCTET_TRY(open_folder(ctx, at, &folder));
    octet_status status = write_nameless(ctx, at, folder, bytes, &is_done);
    if (status == OCTET_OK && !is_done) status = write_named(ctx, at, folder, bytes);
    if (status == OCTET_OK) sync_folder(at);
    close(folder);
    return status;
}

octet_status octet_file_write_pieces(octet_context *ctx, const char *path, const octet_bytes *pieces, size_t n) {
    octet_arena arena = {0};
    place at;
    octet_status status = find_place(ctx, &arena, path, &at);
    if (status == OCTET_OK) status = write_to(ctx, &at, &(content){pieces, n});
    octet_arena_free(ctx, &arena);
    return status;
}

octet_status octet_file_write(octet_context *ctx, const char *path, octet_bytes bytes) {
    return octet_file_write_pieces(ctx, path, &bytes, 1);
}

static octet_status try_place(octet_context *ctx, const place *at) {
    char name[TEMPORARY_SIZE];
    int folder, fd;
    if (!at->is_regular) return OCTET_OK; /* written in place */
    OCTET_CHECK(ctx, strlen(at->name) <= NAME_MAX, OCTET_IO, "%s: cannot be created: %s", at->path,
                octet_format_error(ENAMETOOLONG));
    OCTET_TRY(open_folder(ctx, at, &folder));
    held_signals held;
    hold_signals(&held, true);
    octet_status status = OCTET_OK;
    fd = open_nameless(folder, 0600);
    if (fd < 0) {
        status = open_named(ctx, at, folder, 0600, name, &fd);
        if (status == OCTET_OK) unlinkat(folder, name, 0);
    }
    if (status == OCTET_OK) close(fd);
    release_signals(&held);
    close(folder);
    return status;
}

octet_status octet_file_check_writable(octet_context *ctx, const char *path) {
    octet_arena arena = {0};
    place at;
    octet_status status = find_place(ctx, &arena, path, &at);
    if (status == OCTET_OK) status = try_place(ctx, &at);
    octet_arena_free(ctx, &arena);
    return status;
}
