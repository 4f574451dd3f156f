#include "read.h"

#include <hdf5.h>
#include <string.h>

#include "base/checked.h"
#include "base/memory.h"
#include "formats/hdf5.h"

/* The program ends after one file: what fails may leak. A sentence begins behind the name of the file, which only the
 * library knows: with ":/path: " or ": ". */

enum { MAX_OBJECTS = 1 << 17, MAX_ATTRIBUTES = 1 << 14, MAX_STRINGS = 1 << 22 };

typedef struct octet_hdf5_reader {
    octet_context *ctx;
    octet_arena arena; /* names of links */
    octet_bytes bytes;
    octet_buffer *out;
    hid_t file;
    octet_buffer datasets; /* their addresses in the file, by number */
    uint32_t n_objects;
    uint32_t depth;
    haddr_t ancestors[256]; /* groups on the way down, against hard links that make a ring */
} reader;

static octet_status put_word(reader *r, uint64_t word) {
    return octet_buffer_append(r->ctx, r->out, &word, sizeof word);
}

static octet_status put_text(reader *r, const char *text, size_t length) {
    OCTET_TRY(put_word(r, length));
    uint8_t *place;
    OCTET_TRY(octet_buffer_extend(r->ctx, r->out, (length + 8) & ~(size_t)7, &place));
    memcpy(place, text, length);
    return OCTET_OK;
}

static octet_status corrupt(reader *r, const char *path, const char *what) {
    return octet_context_fail(r->ctx, OCTET_FORMAT, ":%s: %s: the file is corrupt", path, what);
}

/* An attribute or a dataset, which HDF5 reads by different functions. */
typedef struct source {
    hid_t id;
    bool is_dataset;
    const char *path;
    hid_t type, space;
    H5T_class_t type_class;
    size_t type_size;
    size_t n;
    bool is_empty; /* a null space */
    int rank;
    hsize_t dims[H5S_MAX_RANK];
} source;

static herr_t read_source(const source *s, hid_t memory_type, void *data) {
    return s->is_dataset ? H5Dread(s->id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data)
                         : H5Aread(s->id, memory_type, data);
}

static octet_status describe(reader *r, source *s) {
    s->type = s->is_dataset ? H5Dget_type(s->id) : H5Aget_type(s->id);
    s->space = s->is_dataset ? H5Dget_space(s->id) : H5Aget_space(s->id);
    if (s->type < 0 || s->space < 0) return corrupt(r, s->path, "its type cannot be read");
    s->type_class = H5Tget_class(s->type);
    s->type_size = H5Tget_size(s->type);
    const hssize_t n = H5Sget_simple_extent_npoints(s->space);
    s->rank = H5Sget_simple_extent_dims(s->space, s->dims, NULL);
    if (s->type_size == 0 || n < 0 || s->rank < 0) return corrupt(r, s->path, "its shape cannot be read");
    s->is_empty = H5Sget_simple_extent_type(s->space) == H5S_NULL;
    s->n = s->is_empty ? 0 : (size_t)n;
    return OCTET_OK;
}

static void forget(source *s) {
    H5Tclose(s->type);
    H5Sclose(s->space);
}

/* Whether the file can hold n elements of `size` bytes: it stores them plainly, or deflated at most 1032 to 1 (the
 * limit of that method); a megabyte is granted to data that were never written and consist of a fill value. */
static octet_status check_claim(reader *r, const source *s, size_t n, size_t size) {
    size_t n_bytes, bound;
    const uint64_t stored = s->is_dataset ? H5Dget_storage_size(s->id) : r->bytes.size;
    const bool possible =
        stored <= r->bytes.size && octet_multiply_size((size_t)stored, s->is_dataset ? 1032 : 1, &bound) &&
        octet_add_size(bound, (size_t)1 << 20, &bound) && octet_multiply_size(n, size, &n_bytes) && n_bytes <= bound;
    OCTET_CHECK(r->ctx, possible, OCTET_FORMAT,
                ":%s: claims %zu elements of %zu bytes, but stores %llu bytes: the file is corrupt", s->path, n, size,
                (unsigned long long)stored);
    return OCTET_OK;
}

static octet_status put_variable_strings(reader *r, const source *s) {
    OCTET_TRY(check_claim(r, s, s->n, s->type_size));
    char **strings = NULL;
    OCTET_TRY(OCTET_NEW(r->ctx, &r->arena, s->n, &strings));
    const hid_t memory_type = H5Tcopy(H5T_C_S1);
    H5Tset_size(memory_type, H5T_VARIABLE);
    H5Tset_cset(memory_type, H5Tget_cset(s->type));
    if (read_source(s, memory_type, strings) < 0) return corrupt(r, s->path, "its strings cannot be read");
    for (size_t i = 0; i < s->n; i++)
        OCTET_TRY(put_text(r, strings[i] != NULL ? strings[i] : "", strings[i] != NULL ? strlen(strings[i]) : 0));
    H5Dvlen_reclaim(memory_type, s->space, H5P_DEFAULT, strings);
    H5Tclose(memory_type);
    return OCTET_OK;
}

static octet_status put_fixed_strings(reader *r, const source *s) {
    OCTET_TRY(check_claim(r, s, s->n, s->type_size));
    char *text = NULL;
    OCTET_TRY(octet_memory_allocate(r->ctx, s->n * s->type_size, (void **)&text));
    if (read_source(s, s->type, text) < 0) return corrupt(r, s->path, "its strings cannot be read");
    const bool spaces = H5Tget_strpad(s->type) == H5T_STR_SPACEPAD;
    for (size_t i = 0; i < s->n; i++) {
        const char *item = text + i * s->type_size;
        size_t length = 0;
        while (length < s->type_size && item[length] != '\0') length++;
        while (spaces && length > 0 && item[length - 1] == ' ') length--;
        OCTET_TRY(put_text(r, item, length));
    }
    octet_memory_free(r->ctx, text);
    return OCTET_OK;
}

static octet_status put_strings(reader *r, const source *s) {
    OCTET_CHECK(r->ctx, s->n <= MAX_STRINGS, OCTET_LIMIT, ":%s: %zu strings: the limit is %d", s->path, s->n,
                MAX_STRINGS);
    OCTET_TRY(put_word(r, s->n));
    if (s->n == 0) return OCTET_OK;
    return H5Tis_variable_str(s->type) > 0 ? put_variable_strings(r, s) : put_fixed_strings(r, s);
}

static double integer_at(const uint8_t *data, size_t size, size_t i, bool is_signed) {
    int64_t value = 0;
    switch (size) {
    case 1: return is_signed ? (double)((const int8_t *)data)[i] : (double)data[i];
    case 2: {
        int16_t narrow;
        memcpy(&narrow, data + 2 * i, 2);
        return is_signed ? (double)narrow : (double)(uint16_t)narrow;
    }
    case 4: {
        int32_t narrow;
        memcpy(&narrow, data + 4 * i, 4);
        return is_signed ? (double)narrow : (double)(uint32_t)narrow;
    }
    default: memcpy(&value, data + 8 * i, 8); return is_signed ? (double)value : (double)(uint64_t)value;
    }
}

/* Enumerations (h5py's booleans) convert to no number in HDF5: they are read as the integers that they are. */
static octet_status put_enumeration(reader *r, const source *s, bool wide) {
    const hid_t native = H5Tget_native_type(s->type, H5T_DIR_ASCEND), base = native < 0 ? native : H5Tget_super(native);
    const size_t size = base < 0 ? 0 : H5Tget_size(base);
    if (size != 1 && size != 2 && size != 4 && size != 8) return corrupt(r, s->path, "its enumeration cannot be read");
    uint8_t *data, *place;
    OCTET_TRY(octet_memory_allocate(r->ctx, s->n * size, (void **)&data));
    if (s->n > 0 && read_source(s, native, data) < 0) return corrupt(r, s->path, "its numbers cannot be read");
    const bool is_signed = H5Tget_sign(base) == H5T_SGN_2;
    OCTET_TRY(octet_buffer_extend(r->ctx, r->out, (s->n * (wide ? 8 : 4) + 7) & ~(size_t)7, &place));
    for (size_t i = 0; i < s->n; i++) {
        const double value = integer_at(data, size, i, is_signed);
        if (wide) ((double *)(void *)place)[i] = value;
        else ((float *)(void *)place)[i] = (float)value;
    }
    octet_memory_free(r->ctx, data);
    H5Tclose(base);
    H5Tclose(native);
    return OCTET_OK;
}

/* bfloat16 weights: Keras stores them as opaque pairs of bytes and says so in an attribute. */
static octet_status put_bfloat16(reader *r, const source *s) {
    uint16_t *halves;
    uint8_t *place;
    OCTET_TRY(octet_memory_allocate(r->ctx, s->n * 2, (void **)&halves));
    if (s->n > 0 && read_source(s, s->type, halves) < 0) return corrupt(r, s->path, "its numbers cannot be read");
    OCTET_TRY(octet_buffer_extend(r->ctx, r->out, (s->n * 4 + 7) & ~(size_t)7, &place));
    for (size_t i = 0; i < s->n; i++) {
        const uint32_t bits = (uint32_t)halves[i] << 16;
        memcpy(place + 4 * i, &bits, 4);
    }
    octet_memory_free(r->ctx, halves);
    return OCTET_OK;
}

static octet_status put_numbers(reader *r, const source *s, bool wide) {
    const size_t size = wide ? 8 : 4;
    OCTET_TRY(check_claim(r, s, s->n, s->type_size));
    if (s->type_class == H5T_ENUM) return put_enumeration(r, s, wide);
    if (s->type_class == H5T_OPAQUE) return put_bfloat16(r, s);
    uint8_t *place;
    OCTET_TRY(octet_buffer_extend(r->ctx, r->out, (s->n * size + 7) & ~(size_t)7, &place));
    if (s->n > 0 && read_source(s, wide ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT, place) < 0)
        return corrupt(r, s->path, "its numbers cannot be read");
    return OCTET_OK;
}

static octet_hdf5_kind kind_of(const source *s) {
    switch ((int)s->type_class) {
    case H5T_STRING: return OCTET_HDF5_STRINGS;
    case H5T_INTEGER:
    case H5T_FLOAT:
    case H5T_ENUM: return OCTET_HDF5_NUMBERS;
    default: return OCTET_HDF5_OTHER;
    }
}

static octet_status put_attribute(reader *r, hid_t id, const char *path) {
    char name[1024];
    const ssize_t length = H5Aget_name(id, sizeof name, name);
    if (length < 0) return corrupt(r, path, "the name of an attribute cannot be read");
    const char *full = NULL;
    OCTET_TRY(octet_arena_format(r->ctx, &r->arena, &full, "%s@%s", path, name));
    source s = {.id = id, .path = full};
    OCTET_TRY(describe(r, &s));
    const octet_hdf5_kind kind = kind_of(&s);
    OCTET_TRY(put_text(r, name, strlen(name)));
    OCTET_TRY(put_word(r, (uint64_t)kind));
    OCTET_TRY(put_word(r, s.rank == 0));
    if (kind == OCTET_HDF5_STRINGS) {
        OCTET_TRY(put_strings(r, &s));
    } else {
        OCTET_TRY(put_word(r, kind == OCTET_HDF5_NUMBERS ? s.n : 0));
        if (kind == OCTET_HDF5_NUMBERS) OCTET_TRY(put_numbers(r, &s, true));
    }
    forget(&s);
    return OCTET_OK;
}

typedef struct attribute_walk {
    reader *r;
    const char *path;
    octet_status status;
} attribute_walk;

static herr_t visit_attribute(hid_t object, const char *name, const H5A_info_t *info, void *user) {
    attribute_walk *walk = user;
    (void)info;
    const hid_t id = H5Aopen(object, name, H5P_DEFAULT);
    walk->status =
        id < 0 ? corrupt(walk->r, walk->path, "an attribute cannot be opened") : put_attribute(walk->r, id, walk->path);
    if (id >= 0) H5Aclose(id);
    return walk->status == OCTET_OK ? 0 : -1;
}

/* One walk: to open the attribute of a number takes the library a walk each. */
static octet_status put_attributes(reader *r, hid_t object, const char *path) {
    H5O_info_t info;
    if (H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS) < 0)
        return corrupt(r, path, "its attributes cannot be counted");
    OCTET_CHECK(r->ctx, info.num_attrs <= MAX_ATTRIBUTES, OCTET_LIMIT, ":%s: %llu attributes: the limit is %d", path,
                (unsigned long long)info.num_attrs, MAX_ATTRIBUTES);
    OCTET_TRY(put_word(r, info.num_attrs));
    attribute_walk walk = {.r = r, .path = path};
    hsize_t position = 0;
    const herr_t result = H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, &position, visit_attribute, &walk);
    OCTET_TRY(walk.status);
    return result < 0 || position != info.num_attrs ? corrupt(r, path, "its attributes cannot be read") : OCTET_OK;
}

/* False for data that lie outside the file. Sets the offset in the file when float32 lie there as they are. */
static octet_status place_of(reader *r, const source *s, bool *inside, uint64_t *place) {
    const hid_t plist = H5Dget_create_plist(s->id);
    if (plist < 0) return corrupt(r, s->path, "its layout cannot be read");
    const H5D_layout_t layout = H5Pget_layout(plist);
    *inside = layout == H5D_CHUNKED || layout == H5D_COMPACT ||
              (layout == H5D_CONTIGUOUS && H5Pget_external_count(plist) == 0);
    *place = 0;
    H5Pclose(plist);
    const uint32_t one = 1;
    uint8_t little;
    memcpy(&little, &one, 1);
    if (layout != H5D_CONTIGUOUS || !*inside || s->n == 0) return OCTET_OK;
    const haddr_t offset = H5Dget_offset(s->id);
    if (offset == HADDR_UNDEF || H5Tequal(s->type, H5T_IEEE_F32LE) <= 0 || !little || offset % 4 != 0) return OCTET_OK;
    OCTET_CHECK(r->ctx, offset <= r->bytes.size && s->n <= (r->bytes.size - offset) / 4, OCTET_FORMAT,
                ":%s: %zu floats at byte %llu lie past the end of the file, which has %zu bytes: it is truncated",
                s->path, s->n, (unsigned long long)offset, r->bytes.size);
    *place = offset + 1;
    return OCTET_OK;
}

static bool says_bfloat16(hid_t dataset) {
    char text[16] = {0};
    const hid_t id = H5Aexists(dataset, "dtype") > 0 ? H5Aopen(dataset, "dtype", H5P_DEFAULT) : -1;
    if (id < 0) return false;
    const hid_t type = H5Aget_type(id);
    bool found = false;
    if (H5Tis_variable_str(type) > 0) {
        char *variable = NULL;
        const hid_t space = H5Aget_space(id);
        if (H5Sget_simple_extent_npoints(space) == 1 && H5Aread(id, type, &variable) >= 0 && variable != NULL)
            found = strcmp(variable, "bfloat16") == 0;
        H5Sclose(space);
    } else if (H5Tget_class(type) == H5T_STRING && H5Aget_storage_size(id) < sizeof text &&
               H5Tget_size(type) < sizeof text) {
        found = H5Aread(id, type, text) >= 0 && strcmp(text, "bfloat16") == 0;
    }
    H5Tclose(type);
    H5Aclose(id);
    return found;
}

static octet_status put_dataset(reader *r, hid_t id, const char *path) {
    source s = {.id = id, .is_dataset = true, .path = path};
    H5O_info_t info;
    if (H5Oget_info2(id, &info, H5O_INFO_BASIC) < 0) return corrupt(r, path, "the dataset cannot be read");
    OCTET_TRY(octet_buffer_append(r->ctx, &r->datasets, &info.addr, sizeof info.addr));
    OCTET_TRY(describe(r, &s));
    bool inside;
    uint64_t place;
    OCTET_TRY(place_of(r, &s, &inside, &place));
    octet_hdf5_kind kind = kind_of(&s);
    if (s.type_class == H5T_OPAQUE && s.type_size == 2 && says_bfloat16(id)) kind = OCTET_HDF5_NUMBERS;
    if (!inside || s.rank > OCTET_HDF5_MAX_RANK) kind = OCTET_HDF5_OTHER;
    if (s.is_empty) kind = OCTET_HDF5_EMPTY;
    const int rank = kind >= OCTET_HDF5_OTHER ? 0 : s.rank;
    OCTET_TRY(put_word(r, (uint64_t)kind));
    OCTET_TRY(put_word(r, (uint64_t)rank));
    for (int i = 0; i < rank; i++) OCTET_TRY(put_word(r, s.dims[i]));
    if (kind == OCTET_HDF5_STRINGS) {
        OCTET_TRY(put_strings(r, &s));
    } else {
        OCTET_TRY(put_word(r, kind == OCTET_HDF5_NUMBERS ? s.n : 0));
        if (kind == OCTET_HDF5_NUMBERS) {
            OCTET_TRY(check_claim(r, &s, s.n, s.type_size));
            OCTET_TRY(put_word(r, place));
            OCTET_TRY(put_word(r, H5Dget_storage_size(id)));
        }
    }
    forget(&s);
    return put_attributes(r, id, path);
}

typedef struct link_list {
    reader *r;
    const char **names;
    size_t n, capacity;
    octet_status status;
} link_list;

/* Hard links only: soft links repeat what is in the file, or lead out of it through an external one. */
static herr_t collect_link(hid_t group, const char *name, const H5L_info_t *info, void *user) {
    link_list *list = user;
    (void)group;
    if (info->type != H5L_TYPE_HARD) return 0;
    if (list->n == list->capacity) return -1;
    list->status = octet_arena_string(list->r->ctx, &list->r->arena, name, &list->names[list->n]);
    list->n++;
    return list->status == OCTET_OK ? 0 : -1;
}

static octet_status list_links(reader *r, hid_t group, const char *path, link_list *list) {
    H5G_info_t info;
    if (H5Gget_info(group, &info) < 0) return corrupt(r, path, "the group cannot be read");
    OCTET_CHECK(r->ctx, info.nlinks <= MAX_OBJECTS, OCTET_LIMIT, ":%s: %llu objects: the limit is %d", path,
                (unsigned long long)info.nlinks, MAX_OBJECTS);
    *list = (link_list){.r = r, .capacity = (size_t)info.nlinks};
    OCTET_TRY(OCTET_NEW(r->ctx, &r->arena, list->capacity, &list->names));
    const hid_t plist = H5Gget_create_plist(group);
    unsigned order = 0;
    if (plist >= 0) {
        H5Pget_link_creation_order(plist, &order);
        H5Pclose(plist);
    }
    const bool by_creation = (order & H5P_CRT_ORDER_TRACKED) != 0 && (order & H5P_CRT_ORDER_INDEXED) != 0;
    hsize_t position = 0;
    const herr_t result =
        H5Literate(group, by_creation ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME, H5_ITER_INC, &position, collect_link, list);
    OCTET_TRY(list->status);
    return result < 0 ? corrupt(r, path, "the group cannot be read") : OCTET_OK;
}

static octet_status put_node(reader *r, hid_t id, const char *name, const char *path);

static octet_status put_children(reader *r, hid_t group, const char *path) {
    link_list links;
    OCTET_TRY(list_links(r, group, path, &links));
    const size_t count_at = r->out->size;
    uint64_t count = 0;
    OCTET_TRY(put_word(r, 0));
    for (size_t i = 0; i < links.n; i++) {
        const char *child_path = NULL;
        OCTET_TRY(octet_arena_format(r->ctx, &r->arena, &child_path, "%s/%s", strcmp(path, "/") == 0 ? "" : path,
                                     links.names[i]));
        const hid_t child = H5Oopen(group, links.names[i], H5P_DEFAULT);
        if (child < 0) return corrupt(r, child_path, "the object cannot be opened");
        const H5I_type_t type = H5Iget_type(child);
        if (type == H5I_GROUP || type == H5I_DATASET) {
            OCTET_TRY(put_node(r, child, links.names[i], child_path));
            count++;
        }
        H5Oclose(child);
    }
    memcpy(r->out->data + count_at, &count, sizeof count);
    return OCTET_OK;
}

static octet_status put_node(reader *r, hid_t id, const char *name, const char *path) {
    OCTET_CHECK(r->ctx, ++r->n_objects <= MAX_OBJECTS, OCTET_LIMIT, ": more than %d objects: the limit", MAX_OBJECTS);
    const bool is_dataset = H5Iget_type(id) == H5I_DATASET;
    OCTET_TRY(put_text(r, name, strlen(name)));
    OCTET_TRY(put_word(r, is_dataset));
    if (is_dataset) {
        OCTET_TRY(put_dataset(r, id, path));
        return put_word(r, 0);
    }
    H5O_info_t info;
    if (H5Oget_info2(id, &info, H5O_INFO_BASIC) < 0) return corrupt(r, path, "the group cannot be read");
    OCTET_CHECK(r->ctx, r->depth < r->ctx->max_depth && r->depth < sizeof r->ancestors / sizeof *r->ancestors,
                OCTET_LIMIT, ":%s: nested deeper than %u levels: the limit of groups", path, (unsigned)r->depth);
    for (uint32_t i = 0; i < r->depth; i++)
        if (r->ancestors[i] == info.addr) return corrupt(r, path, "the group contains itself");
    r->ancestors[r->depth++] = info.addr;
    OCTET_TRY(put_attributes(r, id, path));
    OCTET_TRY(put_children(r, id, path));
    r->depth--;
    return OCTET_OK;
}

/* The core driver copies the image that it is given unless these say otherwise; the mapping is read as it lies. */
static void *image_malloc(size_t size, H5FD_file_image_op_t op, void *user) {
    const octet_bytes *bytes = user;
    (void)op;
    return size == bytes->size ? (void *)(uintptr_t)bytes->data : NULL;
}
static void *image_memcpy(void *to, const void *from, size_t size, H5FD_file_image_op_t op, void *user) {
    (void)from, (void)size, (void)op, (void)user;
    return to;
}
static void *image_realloc(void *image, size_t size, H5FD_file_image_op_t op, void *user) {
    const octet_bytes *bytes = user;
    (void)op;
    return size <= bytes->size ? image : NULL;
}
static herr_t image_free(void *image, H5FD_file_image_op_t op, void *user) {
    (void)image, (void)op, (void)user;
    return 0;
}
static void *image_keep(void *user) { return user; }
static herr_t image_drop(void *user) {
    (void)user;
    return 0;
}

static hid_t open_file(octet_bytes *bytes) {
    H5FD_file_image_callbacks_t callbacks = {image_malloc, image_memcpy, image_realloc, image_free,
                                             image_keep,   image_drop,   bytes};
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0 || H5Pset_fapl_core(access, 1 << 16, 0) < 0 || H5Pset_file_image_callbacks(access, &callbacks) < 0 ||
        H5Pset_file_image(access, (void *)(uintptr_t)bytes->data, bytes->size) < 0)
        return -1;
    return H5Fopen("memory", H5F_ACC_RDONLY, access);
}

bool octet_hdf5_library_open(void) { return H5open() >= 0; }

octet_status octet_hdf5_read(octet_context *ctx, octet_bytes bytes, octet_hdf5_reader **out, octet_buffer *body) {
    reader *r;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *r, (void **)&r));
    *r = (reader){.ctx = ctx, .bytes = bytes, .out = body};
    *out = r;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0); /* no filter plug-ins: they are code from elsewhere */
    r->file = open_file(&r->bytes);
    OCTET_CHECK(ctx, r->file >= 0, OCTET_FORMAT, ": cannot be opened as HDF5: the file is truncated or corrupt");
    const hid_t root = H5Oopen(r->file, "/", H5P_DEFAULT);
    if (root < 0) return corrupt(r, "/", "the root group cannot be opened");
    return put_node(r, root, "", "/");
}

octet_status octet_hdf5_read_numbers(octet_hdf5_reader *r, uint64_t number, octet_buffer *body) {
    haddr_t address;
    r->out = body;
    OCTET_CHECK(r->ctx, number < r->datasets.size / sizeof address, OCTET_INTERNAL, ": there is no such dataset");
    memcpy(&address, r->datasets.data + number * sizeof address, sizeof address);
    const hid_t id = H5Oopen_by_addr(r->file, address);
    char path[512] = "/";
    if (id < 0) return corrupt(r, path, "a dataset cannot be opened again");
    if (H5Iget_name(id, path, sizeof path) <= 0) strcpy(path, "/");
    source s = {.id = id, .is_dataset = true, .path = path};
    OCTET_TRY(describe(r, &s));
    OCTET_TRY(put_numbers(r, &s, false));
    body->size = s.n * sizeof(float); /* without the zeros behind them */
    forget(&s);
    H5Oclose(id);
    return OCTET_OK;
}
