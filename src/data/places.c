#include "data/places.h"

#include <string.h>

#include "data/samples.h"
#include "formats/image/image.h"
#include "formats/zip.h"

static bool ends_with(const char *text, size_t length, const char *ending) {
    const size_t n = strlen(ending);
    return length >= n && memcmp(text + length - n, ending, n) == 0;
}

/* True for "[words]train-images-idx3-ubyte[.gz]" with a dot or a dash before "idx"; the suffix is given with dashes. */
static bool is_idx_name(const char *name, const char *suffix) {
    size_t length = strlen(name);
    const size_t n = strlen(suffix);
    if (ends_with(name, length, ".gz")) length -= 3;
    if (length < n) return false;
    for (size_t i = 0; i < n; i++) {
        const char c = name[length - n + i];
        if (c != suffix[i] && !(suffix[i] == '-' && c == '.')) return false;
    }
    return true;
}

/* The shortest fitting name, so that a plain file wins over its .gz and the usual name over a longer one. */
static octet_status find_idx(octet_context *ctx, octet_arena *arena, const char *folder, const char *const *names,
                             size_t n, const char *const *suffixes, octet_place *out) {
    const char *best = NULL;
    for (; *suffixes != NULL; suffixes++)
        for (size_t i = 0; i < n; i++)
            if (is_idx_name(names[i], *suffixes) && (best == NULL || strlen(names[i]) < strlen(best))) best = names[i];
    return best != NULL ? octet_arena_format(ctx, arena, &out->path, "%s/%s", folder, best) : OCTET_OK;
}

static octet_status find_idx_files(octet_context *ctx, octet_arena *arena, const char *folder, octet_places *out) {
    static const char *const images[2][3] = {{"train-images-idx3-ubyte", NULL, NULL},
                                             {"t10k-images-idx3-ubyte", "test-images-idx3-ubyte", NULL}};
    static const char *const labels[2][3] = {{"train-labels-idx1-ubyte", NULL, NULL},
                                             {"t10k-labels-idx1-ubyte", "test-labels-idx1-ubyte", NULL}};
    const char **names;
    size_t n;
    OCTET_TRY(octet_file_list(ctx, arena, folder, &names, &n));
    for (int split = 0; split < 2; split++) {
        OCTET_TRY(find_idx(ctx, arena, folder, names, n, images[split], &out->inputs[0][split]));
        OCTET_TRY(find_idx(ctx, arena, folder, names, n, labels[split], &out->labels[split]));
    }
    return OCTET_OK;
}

/* Names of arrays: by split, samples and labels; the last line is of data that are not split. */
typedef struct array_names {
    const char *samples[2], *labels[2];
} array_names;

static const array_names known_names[] = {
    {{"x_train", "x_test"}, {"y_train", "y_test"}},
    {{"X_train", "X_test"}, {"y_train", "y_test"}},
    {{"train_images", "test_images"}, {"train_labels", "test_labels"}},
    {{"x", NULL}, {"y", NULL}},
    {{"X", NULL}, {"y", NULL}},
    {{"images", NULL}, {"labels", NULL}},
    {{"arr_0", NULL}, {"arr_1", NULL}},
};

/* Sets `out` when the folder has name.npy, or the archive an entry of that name. */
static octet_status find_array(octet_context *ctx, octet_arena *arena, const char *path, const octet_zip *zip,
                               const char *name, octet_place *out) {
    const char *text;
    size_t index;
    if (name == NULL) return OCTET_OK;
    OCTET_TRY(octet_arena_format(ctx, arena, &text, zip != NULL ? "%.0s%s.npy" : "%s/%s.npy", path, name));
    if (zip != NULL && octet_zip_find(zip, text, &index)) *out = (octet_place){.path = path, .entry = text};
    octet_path_kind kind = OCTET_PATH_ABSENT;
    if (zip == NULL) OCTET_TRY(octet_file_look(ctx, text, &kind));
    if (kind != OCTET_PATH_ABSENT) *out = (octet_place){.path = text};
    return OCTET_OK;
}

static octet_status find_arrays(octet_context *ctx, octet_arena *arena, const char *path, const octet_zip *zip,
                                octet_places *out) {
    for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++) {
        const array_names *names = &known_names[i];
        for (int split = 0; split < 2; split++) {
            OCTET_TRY(find_array(ctx, arena, path, zip, names->samples[split], &out->inputs[0][split]));
            OCTET_TRY(find_array(ctx, arena, path, zip, names->labels[split], &out->labels[split]));
        }
        out->is_single = names->samples[1] == NULL;
        if (out->inputs[0][0].path != NULL || out->inputs[0][1].path != NULL) return OCTET_OK;
        memset(out->labels, 0, sizeof out->labels);
    }
    out->is_single = false;
    return OCTET_OK;
}

/* An archive whose names say nothing: every entry is an input of that name, but "labels" and "y". */
static octet_status take_entries(octet_context *ctx, octet_arena *arena, const char *path, const octet_zip *zip,
                                 octet_places *out) {
    out->n_inputs = 0;
    out->is_single = true;
    for (size_t i = 0; i < octet_zip_count(zip); i++) {
        const char *entry, *name;
        OCTET_TRY(octet_arena_string(ctx, arena, octet_zip_name(zip, i), &entry));
        const size_t length = strlen(entry);
        if (!ends_with(entry, length, ".npy")) continue;
        OCTET_TRY(octet_arena_format(ctx, arena, &name, "%.*s", (int)length - 4, entry));
        const octet_place place = {.path = path, .entry = entry};
        if (strcmp(name, "labels") == 0 || strcmp(name, "y") == 0) {
            out->labels[0] = place;
            continue;
        }
        OCTET_CHECK(ctx, out->n_inputs < OCTET_DATA_MAX_INPUTS, OCTET_LIMIT, "%s: more than %d arrays", path,
                    OCTET_DATA_MAX_INPUTS);
        out->names[out->n_inputs] = name;
        out->inputs[out->n_inputs++][0] = place;
    }
    OCTET_CHECK(ctx, out->n_inputs > 0, OCTET_DATA, "%s: the archive holds no .npy array", path);
    return OCTET_OK;
}

static octet_status find_in_archive(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                                    octet_places *out) {
    octet_zip *zip;
    OCTET_TRY(given != NULL ? octet_zip_open_bytes(ctx, *given, path, &zip) : octet_zip_open(ctx, path, &zip));
    octet_status status = find_arrays(ctx, arena, path, zip, out);
    if (status == OCTET_OK && out->inputs[0][0].path == NULL && out->inputs[0][1].path == NULL)
        status = take_entries(ctx, arena, path, zip, out);
    octet_zip_close(ctx, zip);
    return status;
}

static octet_status find_pictures(octet_context *ctx, octet_arena *arena, const char *folder, octet_places *out) {
    static const char *const names[2][4] = {{"train", "training", "Train", NULL},
                                            {"test", "val", "validation", "Test"}};
    for (int split = 0; split < 2; split++) {
        for (int i = 0; i < 4 && names[split][i] != NULL && out->inputs[0][split].path == NULL; i++) {
            const char *path;
            OCTET_TRY(octet_arena_format(ctx, arena, &path, "%s/%s", folder, names[split][i]));
            octet_path_kind kind;
            bool is_found = false;
            OCTET_TRY(octet_file_look(ctx, path, &kind));
            if (kind == OCTET_PATH_FOLDER) OCTET_TRY(octet_pictures_are_in(ctx, path, &is_found));
            if (is_found) out->inputs[0][split] = (octet_place){.path = path, .is_pictures = true};
        }
    }
    bool is_found = false;
    if (out->inputs[0][0].path != NULL || out->inputs[0][1].path != NULL) return OCTET_OK;
    OCTET_TRY(octet_pictures_are_in(ctx, folder, &is_found));
    if (!is_found) return OCTET_OK;
    out->is_single = true;
    out->inputs[0][0] = (octet_place){.path = folder, .is_pictures = true};
    return OCTET_OK;
}

static octet_status find_in_folder(octet_context *ctx, octet_arena *arena, const char *folder, octet_places *out) {
    OCTET_TRY(find_idx_files(ctx, arena, folder, out));
    if (out->inputs[0][0].path != NULL || out->inputs[0][1].path != NULL) return OCTET_OK;
    OCTET_TRY(find_arrays(ctx, arena, folder, NULL, out));
    if (out->inputs[0][0].path != NULL || out->inputs[0][1].path != NULL) return OCTET_OK;
    OCTET_TRY(find_pictures(ctx, arena, folder, out));
    if (out->inputs[0][0].path == NULL && out->inputs[0][1].path == NULL)
        OCTET_TRY(octet_pictures_refuse_unread(ctx, folder));
    OCTET_CHECK(ctx, out->inputs[0][0].path != NULL || out->inputs[0][1].path != NULL, OCTET_DATA,
                "%s: the folder holds no data that octet knows: IDX files (train-images-idx3-ubyte, ...), x_train.npy, "
                "... or a sub-folder of pictures per class",
                folder);
    return OCTET_OK;
}

static octet_status find_file(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                              octet_places *out) {
    octet_file_kind kind = given != NULL ? octet_file_kind_of(*given) : OCTET_FILE_EMPTY;
    if (given == NULL) OCTET_TRY(octet_file_kind_of_path(ctx, path, &kind));
    if (kind == OCTET_FILE_ZIP) return find_in_archive(ctx, arena, path, given, out);
    const bool is_array = kind == OCTET_FILE_NPY || kind == OCTET_FILE_IDX || kind == OCTET_FILE_GZIP;
    const bool is_picture = octet_image_is(kind);
    OCTET_CHECK(ctx, kind != OCTET_FILE_EMPTY, OCTET_FORMAT, "%s: the file is empty", path);
    const char *unread = octet_image_unread(kind);
    OCTET_CHECK(ctx, unread == NULL, OCTET_UNSUPPORTED,
                "%s: a %s picture, which octet does not read: convert it to PNG or JPEG", path, unread);
    OCTET_CHECK(ctx, !is_picture || given == NULL, OCTET_DATA, "%s: a picture, which octet reads from a file only",
                path);
    OCTET_CHECK(ctx, is_array || is_picture, OCTET_DATA,
                "%s: no .npy, .npz, IDX (or .gz) file and no picture by its first bytes", path);
    out->is_single = true;
    out->inputs[0][0] = (octet_place){.path = path, .is_pictures = is_picture};
    return OCTET_OK;
}

/* NAME=FILE,NAME=FILE. */
static octet_status find_named(octet_context *ctx, octet_arena *arena, const char *text, octet_places *out) {
    out->n_inputs = 0;
    out->is_single = true;
    while (*text != '\0') {
        const size_t length = strcspn(text, ","), name_length = strcspn(text, "=");
        const char *name, *path;
        OCTET_CHECK(ctx, name_length > 0 && name_length + 1 < length, OCTET_USAGE,
                    "--data: '%.*s' is not of the form NAME=FILE", (int)(length < 200 ? length : 200), text);
        OCTET_TRY(octet_arena_format(ctx, arena, &name, "%.*s", (int)name_length, text));
        OCTET_TRY(
            octet_arena_format(ctx, arena, &path, "%.*s", (int)(length - name_length - 1), text + name_length + 1));
        octet_places one = {.n_inputs = 1};
        octet_path_kind kind;
        OCTET_TRY(octet_file_look(ctx, path, &kind));
        OCTET_TRY(kind == OCTET_PATH_FOLDER ? find_in_folder(ctx, arena, path, &one)
                                            : find_file(ctx, arena, path, NULL, &one));
        OCTET_CHECK(ctx, one.is_single && one.n_inputs == 1, OCTET_DATA,
                    "%s: holds several sets of samples; a file per input is needed here", path);
        if (strcmp(name, "labels") == 0) {
            out->labels[0] = one.inputs[0][0];
        } else {
            OCTET_CHECK(ctx, out->n_inputs < OCTET_DATA_MAX_INPUTS, OCTET_LIMIT, "--data: more than %d inputs",
                        OCTET_DATA_MAX_INPUTS);
            out->names[out->n_inputs] = name;
            out->inputs[out->n_inputs++][0] = one.inputs[0][0];
        }
        text += length + (text[length] == ',');
    }
    OCTET_CHECK(ctx, out->n_inputs > 0, OCTET_USAGE, "--data: names no input");
    return OCTET_OK;
}

static octet_status find_given(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                               octet_places *out) {
    OCTET_TRY(find_file(ctx, arena, path, given, out));
    for (int split = 0; split < 2; split++) {
        for (uint32_t i = 0; i < out->n_inputs; i++) out->inputs[i][split].given = given;
        out->labels[split].given = given;
    }
    return OCTET_OK;
}

octet_status octet_places_find(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                               octet_places *out) {
    *out = (octet_places){.n_inputs = 1};
    OCTET_TRY(octet_arena_string(ctx, arena, path, &path));
    if (given != NULL) return find_given(ctx, arena, path, given, out);
    octet_path_kind kind;
    OCTET_TRY(octet_file_look(ctx, path, &kind));
    if (kind == OCTET_PATH_FOLDER) return find_in_folder(ctx, arena, path, out);
    if (kind == OCTET_PATH_ABSENT && strchr(path, '=') != NULL) return find_named(ctx, arena, path, out);
    return find_file(ctx, arena, path, NULL, out);
}
