#include "base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/format.h"

octet_status octet_folder_create_beside(octet_context *ctx, octet_arena *arena, const char *path, const char **out) {
    enum { MOST_TRIES = 1000 };
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    for (uint32_t i = 0; i < MOST_TRIES; i++) {
        OCTET_TRY(octet_arena_format(ctx, arena, out, "%.*s.%ld-%u.tmp", (int)length, path, (long)getpid(), i));
        if (mkdir(*out, 0777) == 0) return OCTET_OK;
        if (errno != EEXIST) break;
    }
    return octet_context_fail(ctx, octet_status_of_error(errno), "%s: cannot make a folder there: %s", path,
                              octet_format_error(errno));
}

octet_status octet_folder_make(octet_context *ctx, const char *path) {
    octet_path_kind kind;
    OCTET_TRY(octet_file_look(ctx, path, &kind));
    if (kind == OCTET_PATH_FOLDER) return OCTET_OK;
    OCTET_CHECK(ctx, mkdir(path, 0777) == 0, octet_status_of_error(errno), "%s: cannot make this folder: %s", path,
                octet_format_error(errno));
    return OCTET_OK;
}

static octet_status move_files(octet_context *ctx, octet_arena *arena, const char *from, const char *path) {
    const char **names, *source, *target;
    octet_path_kind kind;
    size_t n;
    OCTET_TRY(octet_file_list(ctx, arena, from, &names, &n));
    for (size_t i = 0; i < n; i++) {
        OCTET_TRY(octet_arena_format(ctx, arena, &source, "%s/%s", from, names[i]));
        OCTET_TRY(octet_arena_format(ctx, arena, &target, "%s/%s", path, names[i]));
        OCTET_TRY(octet_file_look(ctx, source, &kind));
        if (kind == OCTET_PATH_FOLDER) {
            OCTET_TRY(octet_folder_make(ctx, target));
            OCTET_TRY(move_files(ctx, arena, source, target));
            continue;
        }
        OCTET_CHECK(ctx, rename(source, target) == 0, octet_status_of_error(errno), "%s: cannot be replaced: %s",
                    target, octet_format_error(errno));
    }
    rmdir(from);
    return OCTET_OK;
}

octet_status octet_folder_take_place(octet_context *ctx, const char *from, const char *path) {
    octet_path_kind kind;
    OCTET_TRY(octet_file_look(ctx, path, &kind));
    OCTET_CHECK(ctx, kind != OCTET_PATH_FILE, OCTET_IO, "%s: is a file, a folder is wanted", path);
    if (kind == OCTET_PATH_ABSENT) {
        OCTET_CHECK(ctx, rename(from, path) == 0, octet_status_of_error(errno), "%s: cannot be made: %s", path,
                    octet_format_error(errno));
        return OCTET_OK;
    }
    octet_arena arena = {0};
    const octet_status status = move_files(ctx, &arena, from, path);
    octet_arena_free(ctx, &arena);
    return status;
}

/* Of the folder that is open. Links are removed, not followed. */
static void remove_entries(int folder) {
    DIR *entries = fdopendir(folder);
    if (entries == NULL) {
        close(folder);
        return;
    }
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (unlinkat(dirfd(entries), entry->d_name, 0) == 0) continue;
        const int inner = openat(dirfd(entries), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner >= 0) remove_entries(inner);
        unlinkat(dirfd(entries), entry->d_name, AT_REMOVEDIR);
    }
    closedir(entries);
}

void octet_folder_remove(const char *path) {
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    remove_entries(folder);
    rmdir(path);
}

octet_status octet_trail_add(octet_context *ctx, octet_arena *arena, const octet_trail **trail, const char *path) {
    octet_trail *made;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &made));
    *made = (octet_trail){.path = path, .before = *trail};
    *trail = made;
    return OCTET_OK;
}

void octet_trail_remove(const octet_trail *trail) {
    for (; trail != NULL; trail = trail->before)
        if (unlink(trail->path) != 0) rmdir(trail->path);
}
