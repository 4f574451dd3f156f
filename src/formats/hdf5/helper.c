#define _GNU_SOURCE /* secure_getenv */
#include "formats/hdf5/helper.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/format.h"
#include "base/process.h"

/* CMakeLists.txt gives the three: absolute, and relative to the folders of the library and of the command. */
#ifndef OCTET_LIBEXEC_DIR
#error "OCTET_LIBEXEC_DIR, OCTET_LIBEXEC_FROM_LIB and OCTET_LIBEXEC_FROM_BIN say where octet-hdf5 is installed"
#endif

enum { PATH_SIZE = 4096 };

typedef struct search {
    octet_context *ctx;
    octet_arena *arena;
    const char *name;
    octet_buffer tried; /* "/a/octet-hdf5, /b/octet-hdf5" */
    const char *found;
} search;

/* What is not there, or not to be seen, is no failure; that the system cannot look is one. */
static octet_status check_look(const search *s, int error) {
    const bool is_absent = error == ENOENT || error == ENOTDIR || error == EACCES || error == EPERM || error == ELOOP ||
                           error == ENAMETOOLONG || error == EINVAL;
    OCTET_CHECK(s->ctx, is_absent, octet_status_of_error(error),
                "%s: octet-hdf5, the program that is to read it, cannot be looked for: %s", s->name,
                octet_format_error(error));
    return OCTET_OK;
}

static octet_status try_folder(search *s, const char *folder, const char *below) {
    const char *path;
    if (s->found != NULL) return OCTET_OK;
    OCTET_TRY(octet_arena_format(s->ctx, s->arena, &path, "%s%s/octet-hdf5", folder, below));
    if (access(path, X_OK) == 0) {
        s->found = path;
        return OCTET_OK;
    }
    OCTET_TRY(check_look(s, errno));
    return octet_buffer_format(s->ctx, &s->tried, "%s%s", s->tried.size > 0 ? ", " : "", path);
}

/* Around the file that holds this code: liboctet.so, or a program that octet is linked into, as the command. */
static octet_status try_around_code(search *s) {
    char path[PATH_SIZE], program[PATH_SIZE];
    const bool has_program = octet_process_program_path(program, sizeof program);
    if (!has_program) OCTET_TRY(check_look(s, errno));
    const void *here = (const void *)(uintptr_t)octet_hdf5_helper_find;
    if (!octet_process_code_path(here, path, sizeof path)) {
        OCTET_TRY(check_look(s, errno));
        if (!has_program) return OCTET_OK;
        memcpy(path, program, sizeof path);
    }
    const bool is_program = has_program && strcmp(path, program) == 0;
    char *slash = strrchr(path, '/');
    if (slash == NULL) return OCTET_OK;
    *slash = '\0';
    OCTET_TRY(try_folder(s, path, ""));
    OCTET_TRY(try_folder(s, path, is_program ? "/" OCTET_LIBEXEC_FROM_BIN : "/" OCTET_LIBEXEC_FROM_LIB));
    return OCTET_OK;
}

octet_status octet_hdf5_helper_find(octet_context *ctx, octet_arena *arena, const char *name, const char **path) {
    *path = ctx->hdf5_helper;
    if (*path != NULL) return OCTET_OK;
    const char *chosen = secure_getenv("OCTET_HDF5_HELPER");
    if (chosen != NULL && *chosen != '\0') return octet_arena_string(ctx, arena, chosen, path);
    search s = {.ctx = ctx, .arena = arena, .name = name};
    octet_status status = try_around_code(&s);
    if (status == OCTET_OK) status = try_folder(&s, OCTET_LIBEXEC_DIR, "");
    *path = s.found;
    if (status == OCTET_OK && s.found == NULL)
        status = octet_context_fail(ctx, OCTET_IO,
                                    "%s: octet-hdf5, the program that reads HDF5 files, is missing (looked for %s): "
                                    "install it there or name it in the environment variable OCTET_HDF5_HELPER",
                                    name, (const char *)s.tried.data);
    octet_buffer_free(ctx, &s.tried);
    return status;
}
