#include "data/places.h"

#include <string.h>

#include "data/samples.h"
#include "formats/gzip.h"
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
    {{"X_train", "X_test"}, {"Y_train", "Y_test"}},
    {{"train_images", "test_images"}, {"train_labels", "test_labels"}},
    {{"train_x", "test_x"}, {"train_y", "test_y"}},
    {{"train_data", "test_data"}, {"train_labels", "test_labels"}},
    {{"x", NULL}, {"y", NULL}},
    {{"X", NULL}, {"y", NULL}},
    {{"X", NULL}, {"Y", NULL}},
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

/* The first names that fit; before those, the first that have labels too. */
static octet_status find_arrays(octet_context *ctx, octet_arena *arena, const char *path, const octet_zip *zip,
                                octet_places *out) {
    const size_t n_names = sizeof known_names / sizeof *known_names;
    for (size_t i = 0; i < 2 * n_names; i++) {
        const array_names *names = &known_names[i % n_names];
        const bool needs_labels = i < n_names;
        for (int split = 0; split < 2; split++) {
            OCTET_TRY(find_array(ctx, arena, path, zip, names->samples[split], &out->inputs[0][split]));
            OCTET_TRY(find_array(ctx, arena, path, zip, names->labels[split], &out->labels[split]));
        }
        out->is_single = names->samples[1] == NULL;
        const bool has_labels = out->labels[0].path != NULL || out->labels[1].path != NULL;
        const bool has_samples = out->inputs[0][0].path != NULL || out->inputs[0][1].path != NULL;
        if (has_samples && (has_labels || !needs_labels)) return OCTET_OK;
        memset(out->inputs[0], 0, sizeof out->inputs[0]);
        memset(out->labels, 0, sizeof out->labels);
    }
    out->is_single = false;
    return OCTET_OK;
}

/* Names of labels: the first two among any other arrays, all of them beside a single one. */
static bool names_labels(const char *name, size_t n_arrays) {
    static const char *const names[] = {"labels", "y", "label", "Y", "target", "targets", "classes"};
    const size_t n = n_arrays == 2 ? sizeof names / sizeof *names : 2;
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

static size_t count_arrays(const octet_zip *zip) {
    size_t n = 0;
    for (size_t i = 0; i < octet_zip_count(zip); i++)
        n += ends_with(octet_zip_name(zip, i), strlen(octet_zip_name(zip, i)), ".npy");
    return n;
}

static octet_status refuse_archive(octet_context *ctx, const char *path, const octet_zip *zip) {
    size_t index;
    OCTET_CHECK(ctx, !octet_zip_find(zip, "xl/workbook.xml", &index), OCTET_UNSUPPORTED,
                "%s: an Excel workbook: save the sheet as CSV", path);
    return octet_context_fail(ctx, OCTET_DATA, "%s: the archive holds no .npy array", path);
}

/* An archive whose names say nothing: every entry is an input of that name, but labels; a single one is the input,
 * whatever its name. */
static octet_status take_entries(octet_context *ctx, octet_arena *arena, const char *path, const octet_zip *zip,
                                 octet_places *out) {
    const size_t n_arrays = count_arrays(zip);
    out->n_inputs = 0;
    out->is_single = true;
    for (size_t i = 0; i < octet_zip_count(zip); i++) {
        const char *entry, *name;
        OCTET_TRY(octet_arena_string(ctx, arena, octet_zip_name(zip, i), &entry));
        const size_t length = strlen(entry);
        if (!ends_with(entry, length, ".npy")) continue;
        OCTET_TRY(octet_arena_format(ctx, arena, &name, "%.*s", (int)length - 4, entry));
        const octet_place place = {.path = path, .entry = entry};
        if (names_labels(name, n_arrays)) {
            out->labels[0] = place;
            continue;
        }
        OCTET_CHECK(ctx, out->n_inputs < OCTET_DATA_MAX_INPUTS, OCTET_LIMIT, "%s: more than %d arrays", path,
                    OCTET_DATA_MAX_INPUTS);
        out->names[out->n_inputs] = name;
        out->inputs[out->n_inputs++][0] = place;
    }
    if (n_arrays == 0) return refuse_archive(ctx, path, zip);
    OCTET_CHECK(ctx, out->n_inputs > 0, OCTET_DATA, "%s: the archive holds labels and no samples", path);
    if (out->n_inputs == 1) out->names[0] = NULL;
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

/* Which of them is for training cannot be told. */
static octet_status refuse_tables(octet_context *ctx, octet_arena *arena, const char *folder) {
    const char **names;
    size_t n;
    OCTET_TRY(octet_file_list(ctx, arena, folder, &names, &n));
    for (size_t i = 0; i < n; i++)
        OCTET_CHECK(ctx, !ends_with(names[i], strlen(names[i]), ".csv"), OCTET_DATA,
                    "%s: a folder with CSV files: name the file itself, %s/%s, and another with --test", folder, folder,
                    names[i]);
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
    if (out->inputs[0][0].path == NULL && out->inputs[0][1].path == NULL) OCTET_TRY(refuse_tables(ctx, arena, folder));
    OCTET_CHECK(ctx, out->inputs[0][0].path != NULL || out->inputs[0][1].path != NULL, OCTET_DATA,
                "%s: the folder holds no data that octet knows: IDX files (train-images-idx3-ubyte, ...), x_train.npy, "
                "... or a sub-folder of pictures per class",
                folder);
    return OCTET_OK;
}

#define AS_ARRAYS "save the samples as one array, numpy.save(\"x.npy\", x), or as CSV"

/* What is said of a file that holds no samples for octet, and what to do about it. */
static const struct {
    const char *what, *remedy;
} refusals[OCTET_N_FILE_KINDS] = {
    [OCTET_FILE_WAV] = {"a WAV sound",
                        "octet takes what the model takes: compute the features as in training, and " AS_ARRAYS},
    [OCTET_FILE_SOUND] = {"a sound",
                          "octet takes what the model takes: compute the features as in training, and " AS_ARRAYS},
    [OCTET_FILE_PARQUET] = {"a Parquet table",
                            "save it as CSV: pandas.read_parquet(...).to_csv(\"x.csv\", index=False)"},
    [OCTET_FILE_ARROW] = {"an Arrow or Feather table",
                          "save it as CSV: pandas.read_feather(...).to_csv(\"x.csv\", index=False)"},
    [OCTET_FILE_EXCEL] = {"an Excel workbook or another Office file", "save the sheet as CSV"},
    [OCTET_FILE_MATLAB] = {"a MATLAB file", "load it with scipy.io.loadmat, and " AS_ARRAYS},
    [OCTET_FILE_SQLITE] = {"an SQLite database", "save the rows as CSV"},
    [OCTET_FILE_UTF16] = {"text in UTF-16", "save it as CSV in UTF-8"},
    [OCTET_FILE_PICKLE] = {"a Python pickle", "load it in Python, and " AS_ARRAYS},
    [OCTET_FILE_TFRECORD] = {"a TFRecord file, it seems",
                             "go through it in Python with the parser of the training, and " AS_ARRAYS},
    [OCTET_FILE_HDF5] = {"an HDF5 file",
                         "octet takes models from HDF5, not samples: load them with h5py, and " AS_ARRAYS},
    [OCTET_FILE_TFLITE] = {"a .tflite model", "name the samples here and the model first"},
    [OCTET_FILE_GIT_LFS] = {"stands for a file in Git LFS", "fetch the file with git lfs pull"},
    [OCTET_FILE_JSON] = {"JSON", AS_ARRAYS},
    [OCTET_FILE_MARKUP] = {"a web page or XML",
                           "the download may have failed; samples are .npy, .npz, CSV, IDX or pictures"},
    [OCTET_FILE_PROTOBUF] = {"a protocol buffer, it seems", AS_ARRAYS},
};

static octet_status refuse(octet_context *ctx, const char *path, octet_file_kind kind) {
    OCTET_CHECK(ctx, kind != OCTET_FILE_EMPTY, OCTET_FORMAT, "%s: the file is empty", path);
    const char *unread = octet_image_unread(kind);
    OCTET_CHECK(ctx, unread == NULL, OCTET_UNSUPPORTED,
                "%s: a %s picture, which octet does not read: convert it to PNG or JPEG", path, unread);
    OCTET_CHECK(ctx, refusals[kind].what == NULL, OCTET_UNSUPPORTED, "%s: %s: %s", path, refusals[kind].what,
                refusals[kind].remedy);
    return OCTET_OK;
}

/* The kind of what a .gz holds. */
static octet_status look_inside(octet_context *ctx, const char *path, const octet_bytes *given, octet_file_kind *kind) {
    enum { HEAD = 4096 };
    octet_reader reader;
    octet_buffer head = {0};
    if (given != NULL) reader = octet_reader_of_bytes(*given, path);
    else OCTET_TRY(octet_reader_open(ctx, path, &reader));
    const octet_status status = octet_gzip_read_file_prefix(ctx, &reader, HEAD, &head);
    if (status == OCTET_OK) *kind = octet_file_kind_of((octet_bytes){head.data, head.size});
    octet_buffer_free(ctx, &head);
    octet_reader_close(&reader);
    return status;
}

static octet_status find_file(octet_context *ctx, octet_arena *arena, const char *path, const octet_bytes *given,
                              octet_places *out) {
    octet_file_kind kind = given != NULL ? octet_file_kind_of(*given) : OCTET_FILE_EMPTY;
    if (given == NULL) OCTET_TRY(octet_file_kind_of_path(ctx, path, &kind));
    if (kind == OCTET_FILE_ZIP) return find_in_archive(ctx, arena, path, given, out);
    const bool is_gzip = kind == OCTET_FILE_GZIP;
    if (is_gzip) OCTET_TRY(look_inside(ctx, path, given, &kind));
    OCTET_TRY(refuse(ctx, path, kind));
    const bool is_array = kind == OCTET_FILE_NPY || kind == OCTET_FILE_IDX, is_sheet = kind == OCTET_FILE_TEXT;
    const bool is_picture = octet_image_is(kind) && !is_gzip;
    OCTET_CHECK(ctx, !is_picture || given == NULL, OCTET_DATA, "%s: a picture, which octet reads from a file only",
                path);
    OCTET_CHECK(ctx, is_array || is_sheet || is_picture, OCTET_DATA,
                "%s: no .npy, .npz, CSV, IDX (or .gz) file and no picture by its first bytes", path);
    out->is_single = true;
    out->inputs[0][0] =
        (octet_place){.path = path, .is_pictures = is_picture, .is_sheet = is_sheet, .is_gzip = is_gzip && is_sheet};
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
