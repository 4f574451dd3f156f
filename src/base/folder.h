/* base/folder.h - folders of files that appear complete or not at all.
 * In:  a path.
 * Out: a new folder beside it to write into, which then takes its place.
 * Knows: POSIX: mkdir, rename, unlink.
 * Does not know: what is in the files. */
#ifndef OCTET_BASE_FOLDER_H
#define OCTET_BASE_FOLDER_H

#include "base/memory.h"

/* The folder `path`, which may be there already. Errors: IO. */
octet_status octet_folder_make(octet_context *ctx, const char *path);
/* A new empty folder beside `path`, with a name that nothing had; *out lives in `arena`. Errors: IO. */
octet_status octet_folder_create_beside(octet_context *ctx, octet_arena *arena, const char *path, const char **out);
/* Gives the folder `from` the name `path`. Where a folder has it already, each file of `from` takes the place of the
 * file of its name there, folders inside likewise, other files stay, and `from` is gone. Errors: IO; `from` may then
 * hold files still. */
octet_status octet_folder_take_place(octet_context *ctx, const char *from, const char *path);
/* Removes the folder and all that is in it, as far as that works. */
void octet_folder_remove(const char *path);

/* What was made, the newest first: it can be removed where no descriptor is left to look into a folder with. */
typedef struct octet_trail {
    const char *path;
    const struct octet_trail *before;
} octet_trail;
/* Before the file or folder `path` is made; it must live as long as the arena. */
octet_status octet_trail_add(octet_context *ctx, octet_arena *arena, const octet_trail **trail, const char *path);
/* Removes all of it that is there. */
void octet_trail_remove(const octet_trail *trail);

#endif
