#include "data/columns.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "data/array_source.h"
#include "formats/csv.h"
#include "formats/json.h"
#include "formats/kind.h"

enum { MEAN, STD, LEAST, GREATEST, N_FIELDS };
enum { MOST_ALIASES = 4, MOST_COLUMNS = OCTET_CSV_MAX_COLUMNS, MOST_NAMES = 1 << 14 };

static const char *const aliases[N_FIELDS][MOST_ALIASES] = {
    {"mean", "mean_", "center_"}, {"std", "std_", "scale", "scale_"}, {"min", "data_min_"}, {"max", "data_max_"}};
static const char *const name_aliases[] = {"name",    "names",    "column",           "columns",
                                           "feature", "features", "feature_names_in_"};

/* What a file says: arrays of n numbers, or NULL; n is 0 until something is known. */
typedef struct fields {
    const char *path;
    uint32_t n;
    double *numbers[N_FIELDS];
    const char **names;
} fields;

/* N_FIELDS: another one. */
static uint32_t field_of(const char *name) {
    for (uint32_t f = 0; f < N_FIELDS; f++)
        for (uint32_t i = 0; i < MOST_ALIASES && aliases[f][i] != NULL; i++)
            if (strcmp(name, aliases[f][i]) == 0) return f;
    return N_FIELDS;
}

static bool is_of_names(const char *name) {
    for (size_t i = 0; i < sizeof name_aliases / sizeof *name_aliases; i++)
        if (strcmp(name, name_aliases[i]) == 0) return true;
    return false;
}

static octet_status set_length(octet_context *ctx, fields *f, const char *field, uint64_t n) {
    OCTET_CHECK(ctx, n > 0 && n <= MOST_COLUMNS, OCTET_DATA, "%s: '%.64s' has %llu numbers: 1 to %d are possible",
                f->path, field, (unsigned long long)n, MOST_COLUMNS);
    OCTET_CHECK(ctx, f->n == 0 || f->n == n, OCTET_DATA, "%s: '%.64s' has %llu entries, the fields before it have %u",
                f->path, field, (unsigned long long)n, (unsigned)f->n);
    f->n = (uint32_t)n;
    return OCTET_OK;
}

/* Room for the numbers of a field; "scale" and "scale_" are one. */
static octet_status add_field(octet_context *ctx, octet_arena *arena, fields *f, const char *name, uint64_t n,
                              double **out) {
    const uint32_t field = field_of(name);
    OCTET_TRY(set_length(ctx, f, name, n));
    OCTET_CHECK(ctx, f->numbers[field] == NULL, OCTET_DATA, "%s: '%.64s' is there under two names", f->path, name);
    OCTET_TRY(OCTET_NEW(ctx, arena, f->n, &f->numbers[field]));
    *out = f->numbers[field];
    return OCTET_OK;
}

/* ---- CSV ---- */

static octet_status count_lines(octet_context *ctx, octet_arena *arena, const octet_reader *reader, uint64_t *n) {
    octet_csv csv;
    octet_status status = octet_csv_open(ctx, arena, reader, &csv);
    *n = 0;
    for (bool is_there = status == OCTET_OK; is_there && status == OCTET_OK; *n += is_there)
        status = octet_csv_next(ctx, &csv, &is_there);
    octet_csv_close(ctx, &csv);
    return status;
}

static octet_status read_lines(octet_context *ctx, octet_arena *arena, octet_csv *csv, uint64_t n, fields *f) {
    double **columns;
    uint32_t of_names = OCTET_CSV_MAX_COLUMNS;
    OCTET_CHECK(ctx, n > 0, OCTET_DATA, "%s: a line of names and no line below it", f->path);
    OCTET_TRY(OCTET_NEW(ctx, arena, csv->n_columns, &columns));
    for (uint32_t c = 0; c < csv->n_columns; c++) {
        const char *name = csv->names[c];
        if (field_of(name) < N_FIELDS) OCTET_TRY(add_field(ctx, arena, f, name, n, &columns[c]));
        else if (of_names == OCTET_CSV_MAX_COLUMNS && (name[0] == '\0' || is_of_names(name))) of_names = c;
    }
    OCTET_TRY(set_length(ctx, f, "lines", n));
    if (of_names < csv->n_columns) OCTET_TRY(OCTET_NEW(ctx, arena, f->n, &f->names));
    bool is_there = true;
    for (uint32_t i = 0; i < f->n && is_there; i++) {
        OCTET_TRY(octet_csv_next(ctx, csv, &is_there));
        for (uint32_t c = 0; c < csv->n_columns && is_there; c++)
            if (columns[c] != NULL) OCTET_TRY(octet_csv_number(ctx, csv, c, &columns[c][i]));
        if (f->names != NULL && is_there)
            OCTET_TRY(octet_arena_string(ctx, arena, csv->cells[of_names].text, &f->names[i]));
    }
    return OCTET_OK;
}

static octet_status read_csv(octet_context *ctx, octet_arena *arena, octet_bytes bytes, fields *f) {
    const octet_reader reader = octet_reader_of_bytes(bytes, f->path);
    octet_csv csv;
    uint64_t n;
    OCTET_TRY(count_lines(ctx, arena, &reader, &n));
    OCTET_TRY(octet_csv_open(ctx, arena, &reader, &csv));
    const octet_status status = read_lines(ctx, arena, &csv, n, f);
    octet_csv_close(ctx, &csv);
    return status;
}

/* ---- JSON ---- */

static octet_status take_list(octet_context *ctx, octet_arena *arena, const char *key, const octet_json *list,
                              fields *f) {
    double *numbers;
    OCTET_CHECK(ctx, octet_json_kind_of(list) == OCTET_JSON_ARRAY, OCTET_FORMAT, "%s: '%.64s' is no list of numbers",
                f->path, key);
    OCTET_TRY(add_field(ctx, arena, f, key, octet_json_length(list), &numbers));
    for (uint32_t i = 0; i < f->n; i++)
        OCTET_CHECK(ctx, octet_json_number(octet_json_at(list, i), &numbers[i]), OCTET_FORMAT,
                    "%s: '%.64s', item %u (from 0) is no number", f->path, key, (unsigned)i);
    return OCTET_OK;
}

static octet_status take_names(octet_context *ctx, octet_arena *arena, const char *key, const octet_json *list,
                               fields *f) {
    OCTET_CHECK(ctx, octet_json_kind_of(list) == OCTET_JSON_ARRAY, OCTET_FORMAT, "%s: '%.64s' is no list of names",
                f->path, key);
    OCTET_CHECK(ctx, f->names == NULL, OCTET_DATA, "%s: has two lists of names, '%.64s' is one", f->path, key);
    OCTET_TRY(set_length(ctx, f, key, octet_json_length(list)));
    OCTET_TRY(OCTET_NEW(ctx, arena, f->n, &f->names));
    for (uint32_t i = 0; i < f->n; i++) {
        const char *name = octet_json_text(octet_json_at(list, i));
        OCTET_CHECK(ctx, name != NULL, OCTET_FORMAT, "%s: '%.64s', item %u (from 0) is no name", f->path, key,
                    (unsigned)i);
        OCTET_TRY(octet_arena_string(ctx, arena, name, &f->names[i]));
    }
    return OCTET_OK;
}

/* {"a column": {"mean": 1, "std": 2}, ...}: every column has the fields of the first. */
static octet_status take_columns(octet_context *ctx, octet_arena *arena, const octet_json *root, fields *f) {
    const octet_json *column, *first;
    const char *key;
    octet_json_key(root, 0, &first);
    OCTET_TRY(set_length(ctx, f, "the file", octet_json_length(root)));
    OCTET_TRY(OCTET_NEW(ctx, arena, f->n, &f->names));
    for (uint32_t i = 0; i < f->n; i++)
        OCTET_TRY(octet_arena_string(ctx, arena, octet_json_key(root, i, &column), &f->names[i]));
    for (size_t k = 0; (key = octet_json_key(first, k, &column)) != NULL; k++) {
        double *numbers;
        if (field_of(key) == N_FIELDS) continue;
        OCTET_TRY(add_field(ctx, arena, f, key, f->n, &numbers));
        for (uint32_t i = 0; i < f->n; i++) {
            octet_json_key(root, i, &column);
            OCTET_CHECK(ctx, octet_json_number(octet_json_get(column, key), &numbers[i]), OCTET_FORMAT,
                        "%s: column '%.64s' has no number '%.64s'", f->path, f->names[i], key);
        }
    }
    return OCTET_OK;
}

static octet_status take_json(octet_context *ctx, octet_arena *arena, const octet_json *root, fields *f) {
    const octet_json *value;
    const char *key = octet_json_key(root, 0, &value);
    if (key != NULL && octet_json_kind_of(value) == OCTET_JSON_OBJECT) return take_columns(ctx, arena, root, f);
    for (size_t i = 0; (key = octet_json_key(root, i, &value)) != NULL; i++) {
        if (field_of(key) < N_FIELDS) OCTET_TRY(take_list(ctx, arena, key, value, f));
        else if (is_of_names(key)) OCTET_TRY(take_names(ctx, arena, key, value, f));
    }
    return OCTET_OK;
}

static octet_status read_json(octet_context *ctx, octet_arena *arena, octet_bytes bytes, fields *f) {
    octet_json_document document;
    OCTET_TRY(octet_json_parse(ctx, bytes, f->path, &document));
    const octet_status status = take_json(ctx, arena, document.root, f);
    octet_json_free(ctx, &document);
    return status;
}

/* ---- .npz ---- */

static octet_status take_array(octet_context *ctx, octet_arena *arena, const char *name, octet_array_source *source,
                               fields *f) {
    double *numbers;
    const octet_array *array = &source->array;
    char text[OCTET_ARRAY_TEXT_SIZE];
    OCTET_CHECK(ctx, array->rank == 1 || array->n_elements == 1, OCTET_DATA,
                "%s: %s: a list of numbers, one for each column, is needed", source->name,
                octet_array_text(array, text));
    OCTET_TRY(add_field(ctx, arena, f, name, array->n_elements, &numbers));
    OCTET_TRY(octet_array_source_load(ctx, source, octet_array_bytes(array)));
    for (uint32_t i = 0; i < f->n; i++) numbers[i] = octet_array_f64(array, i);
    return OCTET_OK;
}

static octet_status read_npz(octet_context *ctx, octet_arena *arena, octet_bytes bytes, fields *f) {
    for (uint32_t field = 0; field < N_FIELDS; field++) {
        for (uint32_t i = 0; i < MOST_ALIASES && aliases[field][i] != NULL; i++) {
            octet_zip *zip;
            octet_array_source source;
            const char *entry;
            size_t index;
            OCTET_TRY(octet_arena_format(ctx, arena, &entry, "%s.npy", aliases[field][i]));
            OCTET_TRY(octet_zip_open_bytes(ctx, bytes, f->path, &zip));
            const bool is_there = octet_zip_find(zip, entry, &index);
            octet_zip_close(ctx, zip);
            if (!is_there) continue;
            OCTET_TRY(octet_array_source_open(ctx, arena, f->path, &bytes, entry, &source));
            const octet_status status = take_array(ctx, arena, aliases[field][i], &source, f);
            octet_array_source_close(ctx, &source);
            OCTET_TRY(status);
        }
    }
    return OCTET_OK;
}

/* ---- What the numbers say ---- */

static octet_status check_names(octet_context *ctx, const fields *f) {
    octet_columns seen = {.names = f->names};
    uint32_t twin;
    OCTET_CHECK(ctx, f->names == NULL || f->n <= MOST_NAMES, OCTET_LIMIT, "%s: %u named columns: the limit is %d",
                f->path, (unsigned)f->n, MOST_NAMES);
    for (seen.n = 0; f->names != NULL && seen.n < f->n; seen.n++) {
        const char *name = f->names[seen.n];
        OCTET_CHECK(ctx, name[0] != '\0', OCTET_DATA, "%s: column %u (from 0) has no name", f->path, (unsigned)seen.n);
        OCTET_CHECK(ctx, !octet_columns_find(&seen, name, &twin), OCTET_DATA, "%s: names column '%.64s' twice", f->path,
                    name);
    }
    return OCTET_OK;
}

static const char *name_at(const fields *f, uint32_t i, char text[16]) {
    snprintf(text, 16, "%u", (unsigned)i);
    return f->names != NULL ? f->names[i] : text;
}

/* sklearn.preprocessing: StandardScaler.transform; MinMaxScaler.partial_fit and transform; _handle_zeros_in_scale. */
static octet_status settle(octet_context *ctx, octet_arena *arena, const fields *f, octet_columns *out) {
    const bool has_range = f->numbers[LEAST] != NULL && f->numbers[GREATEST] != NULL;
    const bool is_standard = f->numbers[MEAN] != NULL && f->numbers[STD] != NULL;
    OCTET_CHECK(
        ctx, has_range || is_standard, OCTET_DATA,
        "%s: a mean and a std, or a min and a max, are needed for each column (fields 'mean' and 'std', 'min' and "
        "'max', or as scikit-learn names them)",
        f->path);
    OCTET_CHECK(ctx, !has_range || f->numbers[MEAN] == NULL, OCTET_DATA,
                "%s: has both means and ranges: leave in what the training scaled by", f->path);
    const double *a = f->numbers[has_range ? LEAST : MEAN], *b = f->numbers[has_range ? GREATEST : STD];
    OCTET_TRY(OCTET_NEW(ctx, arena, f->n, &out->shift));
    OCTET_TRY(OCTET_NEW(ctx, arena, f->n, &out->scale));
    for (uint32_t i = 0; i < f->n; i++) {
        char text[16];
        const double width = has_range ? b[i] - a[i] : b[i];
        OCTET_CHECK(ctx, isfinite(a[i]) && isfinite(width) && width >= 0.0, OCTET_DATA,
                    "%s: column '%.64s': %s %g and %s %g do not scale anything", f->path, name_at(f, i, text),
                    has_range ? "min" : "mean", a[i], has_range ? "max" : "std", b[i]);
        const bool is_constant = has_range ? width < 10.0 * DBL_EPSILON : width == 0.0;
        const double divisor = is_constant ? 1.0 : width;
        out->scale[i] = has_range ? 1.0 / divisor : divisor;
        out->shift[i] = has_range ? 0.0 - a[i] * out->scale[i] : a[i];
        OCTET_CHECK(ctx, isfinite(out->shift[i]) && isfinite(out->scale[i]), OCTET_DATA,
                    "%s: column '%.64s': a min of %g is too far away for a range of %g", f->path, name_at(f, i, text),
                    a[i], width);
    }
    out->hash =
        octet_hash(octet_hash(has_range, out->shift, f->n * sizeof *out->shift), out->scale, f->n * sizeof *out->scale);
    for (uint32_t i = 0; f->names != NULL && i < f->n; i++) out->hash = octet_hash_text(out->hash, f->names[i]);
    out->is_range = has_range;
    out->n = f->n;
    out->names = f->names;
    return OCTET_OK;
}

static octet_status read_any(octet_context *ctx, octet_arena *arena, octet_bytes bytes, fields *f) {
    switch ((int)octet_file_kind_of(bytes)) {
    case OCTET_FILE_TEXT: return read_csv(ctx, arena, bytes, f);
    case OCTET_FILE_JSON: return read_json(ctx, arena, bytes, f);
    case OCTET_FILE_ZIP: return read_npz(ctx, arena, bytes, f);
    case OCTET_FILE_PICKLE:
        return octet_context_fail(ctx, OCTET_UNSUPPORTED,
                                  "%s: is a Python pickle: save the scaler's numbers, numpy.savez(\"columns.npz\", "
                                  "mean=scaler.mean_, std=scaler.scale_)",
                                  f->path);
    default:
        return octet_context_fail(ctx, OCTET_FORMAT,
                                  "%s: is no CSV, JSON or .npz: the scaling of columns is one of these", f->path);
    }
}

octet_status octet_columns_read(octet_context *ctx, octet_arena *arena, const char *path, octet_bytes given,
                                octet_columns *out) {
    octet_file file = {0};
    fields f = {0};
    *out = (octet_columns){0};
    OCTET_TRY(octet_arena_string(ctx, arena, path, &f.path));
    out->path = f.path;
    if (given.data == NULL) OCTET_TRY(octet_file_open(ctx, path, &file));
    octet_status status = read_any(ctx, arena, given.data != NULL ? given : file.bytes, &f);
    octet_file_close(ctx, &file);
    if (status == OCTET_OK) status = check_names(ctx, &f);
    return status != OCTET_OK ? status : settle(ctx, arena, &f, out);
}

bool octet_columns_find(const octet_columns *columns, const char *name, uint32_t *out) {
    for (*out = 0; columns->names != NULL && *out < columns->n; ++*out)
        if (strcmp(columns->names[*out], name) == 0) return true;
    return false;
}

double octet_columns_scale(const octet_columns *columns, uint32_t column, double x) {
    const double shift = columns->shift[column], scale = columns->scale[column];
    return columns->is_range ? x * scale + shift : (x - shift) / scale;
}
