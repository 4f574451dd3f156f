/* Lists the pictures of a folder and their classes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "data/samples.h"
#include "formats/image/image.h"

enum { MAX_PICTURES = 1 << 24 };

static const char *const read_endings[] = {".png", ".jpg", ".jpeg", ".bmp", NULL};
static const char *const unread_endings[] = {".webp", ".gif", ".tif", ".tiff", ".heic", ".avif", NULL};

/* In upper or lower case; false for hidden files. */
static bool ends_with_any(const char *name, const char *const *endings) {
    const size_t length = strlen(name);
    if (name[0] == '.') return false;
    for (; *endings != NULL; endings++) {
        const size_t ending = strlen(*endings);
        if (length > ending && octet_ascii_is_alike(name + length - ending, *endings)) return true;
    }
    return false;
}

static bool is_picture_name(const char *name) { return ends_with_any(name, read_endings); }

/* The names in a folder that are pictures, or, with `folders`, the sub-folders that are not hidden. */
static octet_status list(octet_context *ctx, octet_arena *arena, const char *folder, bool folders, const char ***names,
                         size_t *n) {
    size_t n_all;
    *n = 0;
    OCTET_TRY(octet_file_list(ctx, arena, folder, names, &n_all));
    for (size_t i = 0; i < n_all; i++) {
        const char *path;
        bool wanted = is_picture_name((*names)[i]);
        if (folders) {
            OCTET_TRY(octet_arena_format(ctx, arena, &path, "%s/%s", folder, (*names)[i]));
            octet_path_kind kind = OCTET_PATH_ABSENT;
            if ((*names)[i][0] != '.') OCTET_TRY(octet_file_look(ctx, path, &kind));
            wanted = kind == OCTET_PATH_FOLDER;
        }
        if (wanted) (*names)[(*n)++] = (*names)[i];
    }
    return OCTET_OK;
}

static octet_status are_in(octet_context *ctx, octet_arena *arena, const char *folder, bool *out) {
    const char **names, **inner, *path;
    size_t n, n_inner;
    *out = true;
    OCTET_TRY(list(ctx, arena, folder, false, &names, &n));
    if (n > 0) return OCTET_OK;
    OCTET_TRY(list(ctx, arena, folder, true, &names, &n));
    for (size_t i = 0; i < n; i++) {
        OCTET_TRY(octet_arena_format(ctx, arena, &path, "%s/%s", folder, names[i]));
        OCTET_TRY(list(ctx, arena, path, false, &inner, &n_inner));
        if (n_inner > 0) return OCTET_OK;
    }
    *out = false;
    return OCTET_OK;
}

octet_status octet_pictures_are_in(octet_context *ctx, const char *folder, bool *out) {
    octet_arena arena = {0};
    const octet_status status = are_in(ctx, &arena, folder, out);
    octet_arena_free(ctx, &arena);
    return status;
}

static octet_status refuse_unread_here(octet_context *ctx, octet_arena *arena, const char *folder) {
    const char **names;
    size_t n;
    OCTET_TRY(octet_file_list(ctx, arena, folder, &names, &n));
    for (size_t i = 0; i < n; i++)
        OCTET_CHECK(ctx, !ends_with_any(names[i], unread_endings), OCTET_UNSUPPORTED,
                    "%s/%s: octet does not read pictures of this kind: convert them to PNG or JPEG", folder, names[i]);
    return OCTET_OK;
}

static octet_status refuse_unread(octet_context *ctx, octet_arena *arena, const char *folder) {
    const char **names, *path;
    size_t n;
    OCTET_TRY(refuse_unread_here(ctx, arena, folder));
    OCTET_TRY(list(ctx, arena, folder, true, &names, &n));
    for (size_t i = 0; i < n; i++) {
        OCTET_TRY(octet_arena_format(ctx, arena, &path, "%s/%s", folder, names[i]));
        OCTET_TRY(refuse_unread_here(ctx, arena, path));
    }
    return OCTET_OK;
}

octet_status octet_pictures_refuse_unread(octet_context *ctx, const char *folder) {
    octet_arena arena = {0};
    const octet_status status = refuse_unread(ctx, &arena, folder);
    octet_arena_free(ctx, &arena);
    return status;
}

/* Lines "0 name" or "name"; a number that leads is taken off when all lines have theirs in order. */
static octet_status parse_class_names(octet_context *ctx, octet_samples *samples, octet_bytes text, const char *path) {
    size_t n_lines = 1;
    for (size_t i = 0; i < text.size; i++) n_lines += text.data[i] == '\n';
    OCTET_TRY(OCTET_NEW(ctx, &samples->arena, n_lines, &samples->class_names));
    bool numbered = true;
    for (size_t begin = 0; begin < text.size;) {
        size_t end = begin;
        while (end < text.size && text.data[end] != '\n') end++;
        size_t last = end;
        while (last > begin &&
               (text.data[last - 1] == '\r' || text.data[last - 1] == ' ' || text.data[last - 1] == '\t'))
            last--;
        if (last > begin) {
            const char **name = &samples->class_names[samples->n_class_names];
            OCTET_TRY(octet_arena_format(ctx, &samples->arena, name, "%.*s",
                                         (int)(last - begin < 512 ? last - begin : 512),
                                         (const char *)text.data + begin));
            char *after;
            const long number = strtol(*name, &after, 10);
            numbered = numbered && number == samples->n_class_names && after != *name && *after == ' ';
            samples->n_class_names++;
        }
        begin = end + 1;
    }
    OCTET_CHECK(ctx, samples->n_class_names > 0, OCTET_DATA, "%s: holds no class", path);
    for (int32_t i = 0; numbered && i < samples->n_class_names; i++) {
        const char *space = strchr(samples->class_names[i], ' ');
        samples->class_names[i] = space + strspn(space, " ");
    }
    return OCTET_OK;
}

static octet_status read_class_names(octet_context *ctx, octet_samples *samples, const char *folder, const char *root) {
    static const char *const names[] = {"labels.txt", "labels", "classes.txt"};
    const char *const folders[] = {folder, root};
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < sizeof names / sizeof *names; j++) {
            const char *path;
            OCTET_TRY(octet_arena_format(ctx, &samples->arena, &path, "%s/%s", folders[i], names[j]));
            octet_path_kind kind;
            OCTET_TRY(octet_file_look(ctx, path, &kind));
            if (kind != OCTET_PATH_FILE) continue;
            octet_file file;
            OCTET_TRY(octet_file_open(ctx, path, &file));
            const octet_status status = parse_class_names(ctx, samples, file.bytes, path);
            octet_file_close(ctx, &file);
            samples->has_listed_classes = true;
            return status;
        }
    }
    return OCTET_OK;
}

/* The class of a sub-folder: its name among those of labels.txt, or its number "3" or "3 name" there. */
static octet_status class_of(octet_context *ctx, const octet_samples *samples, const char *folder, const char *name,
                             int32_t *out) {
    for (*out = 0; *out < samples->n_class_names; ++*out)
        if (strcmp(samples->class_names[*out], name) == 0) return OCTET_OK;
    char *after;
    const long number = strtol(name, &after, 10);
    const bool is_number =
        after != name && (*after == '\0' || *after == ' ') && number >= 0 && number < samples->n_class_names;
    OCTET_CHECK(ctx, is_number, OCTET_DATA, "%s/%s: labels.txt has no class of this name", folder, name);
    *out = (int32_t)number;
    return OCTET_OK;
}

static octet_status add_pictures(octet_context *ctx, octet_samples *samples, const char *folder, const char **names,
                                 size_t n, int32_t label, size_t *at) {
    for (size_t i = 0; i < n; i++, ++*at) {
        OCTET_TRY(octet_arena_format(ctx, &samples->arena, &samples->pictures[*at].path, "%s/%s", folder, names[i]));
        if (samples->labels != NULL) samples->labels[*at] = label;
    }
    return OCTET_OK;
}

typedef struct class_folder {
    const char *path, **names;
    size_t n;
    int32_t label;
} class_folder;

static octet_status list_classes(octet_context *ctx, octet_samples *samples, octet_arena *arena, const char *folder,
                                 class_folder **classes, size_t *n_classes) {
    const char **names;
    size_t n;
    OCTET_TRY(list(ctx, arena, folder, true, &names, &n));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, classes));
    *n_classes = 0;
    const bool has_names = samples->n_class_names > 0;
    if (!has_names) OCTET_TRY(OCTET_NEW(ctx, &samples->arena, n, &samples->class_names));
    for (size_t i = 0; i < n; i++) {
        class_folder *class = &(*classes)[*n_classes];
        OCTET_TRY(octet_arena_format(ctx, arena, &class->path, "%s/%s", folder, names[i]));
        OCTET_TRY(list(ctx, arena, class->path, false, &class->names, &class->n));
        if (class->n == 0) {
            OCTET_TRY(refuse_unread_here(ctx, arena, class->path));
            continue;
        }
        class->label = (int32_t)*n_classes;
        if (has_names) OCTET_TRY(class_of(ctx, samples, folder, names[i], &class->label));
        else
            OCTET_TRY(
                octet_arena_string(ctx, &samples->arena, names[i], &samples->class_names[samples->n_class_names++]));
        samples->count += class->n;
        ++*n_classes;
    }
    return OCTET_OK;
}

static octet_status list_all(octet_context *ctx, octet_samples *samples, octet_arena *arena, const char *folder,
                             const char *root) {
    const char **loose;
    size_t n_loose, n_classes, at = 0;
    class_folder *classes;
    OCTET_TRY(list(ctx, arena, folder, false, &loose, &n_loose));
    OCTET_TRY(read_class_names(ctx, samples, folder, root));
    OCTET_TRY(list_classes(ctx, samples, arena, folder, &classes, &n_classes));
    if (n_classes == 0) samples->count = n_loose;
    OCTET_CHECK(ctx, samples->count > 0, OCTET_DATA,
                "%s: no pictures (.png, .jpg, .jpeg, .bmp) in it or its sub-folders", folder);
    OCTET_CHECK(ctx, n_classes == 0 || n_loose == 0, OCTET_DATA,
                "%s: %zu pictures beside %zu folders of classes; move them into one", folder, n_loose, n_classes);
    OCTET_CHECK(ctx, samples->count <= MAX_PICTURES, OCTET_LIMIT, "%s: %zu pictures: the limit is %d", folder,
                samples->count, MAX_PICTURES);
    OCTET_TRY(OCTET_NEW(ctx, &samples->arena, samples->count, &samples->pictures));
    if (n_classes == 0) return add_pictures(ctx, samples, folder, loose, n_loose, 0, &at);
    OCTET_TRY(OCTET_NEW(ctx, &samples->arena, samples->count, &samples->labels));
    for (size_t i = 0; i < n_classes; i++) {
        OCTET_TRY(add_pictures(ctx, samples, classes[i].path, classes[i].names, classes[i].n, classes[i].label, &at));
        if (classes[i].label >= samples->n_classes) samples->n_classes = classes[i].label + 1;
    }
    return OCTET_OK;
}

octet_status octet_pictures_list(octet_context *ctx, octet_samples *samples, const char *folder, const char *root,
                                 const octet_preprocess *preprocess) {
    octet_status status = octet_scaler_create(ctx, preprocess, true, &samples->scaler);
    octet_path_kind kind = OCTET_PATH_ABSENT;
    if (status == OCTET_OK) status = octet_file_look(ctx, folder, &kind);
    if (kind == OCTET_PATH_FOLDER) {
        octet_arena arena = {0};
        if (status == OCTET_OK) status = list_all(ctx, samples, &arena, folder, root);
        octet_arena_free(ctx, &arena);
    } else {
        samples->count = 1;
        if (status == OCTET_OK) status = OCTET_NEW(ctx, &samples->arena, 1, &samples->pictures);
        if (status == OCTET_OK) status = octet_arena_string(ctx, &samples->arena, folder, &samples->pictures[0].path);
    }
    OCTET_TRY(status);
    octet_file file;
    OCTET_TRY(octet_file_open(ctx, samples->pictures[0].path, &file));
    samples->rank = 3;
    samples->dims[2] = 3;
    status = octet_image_measure(ctx, file.bytes, samples->pictures[0].path, &samples->dims[1], &samples->dims[0]);
    octet_file_close(ctx, &file);
    OCTET_TRY(status);
    return octet_pictures_adapt(ctx, samples, 3, samples->dims);
}
