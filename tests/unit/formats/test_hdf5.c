#include "support/fixture.h"

#include <hdf5.h>

#include "formats/hdf5.h"
#include "formats/kind.h"
#include "support/hdf5_walk.h"

static void put_strings(hid_t object, const char *name, const char *const *texts, hsize_t n, bool variable,
                        bool scalar) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &n, NULL);
    H5Tset_size(type, variable ? H5T_VARIABLE : 12);
    H5Tset_strpad(type, variable ? H5T_STR_NULLTERM : H5T_STR_NULLPAD);
    H5Tset_cset(type, variable ? H5T_CSET_UTF8 : H5T_CSET_ASCII);
    const hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    char fixed[16][12] = {{0}};
    for (hsize_t i = 0; i < n && !variable; i++)
        memcpy(fixed[i], texts[i], strlen(texts[i]) < 12 ? strlen(texts[i]) : 12);
    assert_true(H5Awrite(id, type, variable ? (const void *)texts : (const void *)fixed) >= 0);
    H5Aclose(id);
    H5Sclose(space);
    H5Tclose(type);
}

static void put_dataset(hid_t group, const char *name, hid_t file_type, int rank, const hsize_t *dims, bool compressed,
                        const float *data) {
    const hid_t space = rank > 0 ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR),
                plist = H5Pcreate(H5P_DATASET_CREATE);
    if (compressed) {
        H5Pset_chunk(plist, rank, dims);
        H5Pset_shuffle(plist);
        H5Pset_deflate(plist, 6);
    }
    const hid_t id = H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    assert_true(id >= 0);
    assert_true(data == NULL || H5Dwrite(id, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    H5Dclose(id);
    H5Sclose(space);
    H5Pclose(plist);
}

static hid_t half_type(void) {
    const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(type, 15, 10, 5, 0, 10);
    H5Tset_size(type, 2);
    H5Tset_ebias(type, 15);
    return type;
}

static const float weights[6] = {1, -2, 0.5f, 4, 5, -0.25f};

/* A file like Keras's, with every kind of attribute and dataset that octet reads. */
static const char *make_file(bool damaged_links) {
    const char *path = fixture_path("m.h5");
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const char *config = "{\"class_name\": \"Sequential\"}", *names[3] = {"dense", "a_long_name_", "caf\xc3\xa9"};
    put_strings(file, "model_config", &config, 1, true, true);
    put_strings(file, "keras_version", (const char *const[]){"2.4.0"}, 1, false, true);
    put_strings(file, "layer_names0", names, 2, false, false);
    put_strings(file, "layer_names1", names + 2, 1, true, false);
    const hid_t model = H5Gcreate2(file, "model_weights", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t dense = H5Gcreate2(model, "dense", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t dims[2] = {2, 3};
    put_dataset(dense, "kernel:0", H5T_IEEE_F32LE, 2, dims, false, weights);
    put_dataset(dense, "big_endian", H5T_IEEE_F32BE, 2, dims, false, weights);
    put_dataset(dense, "compressed", H5T_IEEE_F32LE, 2, dims, true, weights);
    put_dataset(dense, "double", H5T_IEEE_F64LE, 2, dims, false, weights);
    put_dataset(dense, "never_written", H5T_IEEE_F32LE, 2, dims, false, NULL);
    put_dataset(dense, "scalar", H5T_STD_I64LE, 0, NULL, false, &weights[3]);
    const hid_t none = H5Screate(H5S_NULL), /* an h5py.Empty */
        empty = H5Dcreate2(dense, "empty", H5T_IEEE_F32LE, none, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dclose(empty);
    H5Sclose(none);
    const hid_t half = half_type();
    put_dataset(dense, "half", half, 2, dims, false, weights);
    H5Tclose(half);
    H5Lcreate_soft("/model_weights", file, "soft", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("/etc/passwd", "/", file, "external", H5P_DEFAULT, H5P_DEFAULT);
    if (damaged_links) H5Lcreate_hard(file, "/", dense, "ring", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(dense);
    H5Gclose(model);
    H5Fclose(file);
    return path;
}

/* Element `i` of a dataset. */
static float element_of(octet_hdf5 *hdf5, const octet_hdf5_node *node, size_t i) {
    octet_context ctx;
    octet_context_init(&ctx);
    float numbers[6] = {0};
    assert_non_null(node);
    assert_true(node->kind == OCTET_HDF5_NUMBERS && i < node->n_elements && node->n_elements <= 6);
    assert_int_equal(octet_hdf5_numbers(&ctx, hdf5, node, numbers), OCTET_OK);
    return numbers[i];
}

/* Pieces of at most two rows of three, which are counted. */
typedef struct seen_pieces {
    float numbers[6];
    size_t n, end;
} seen_pieces;

static octet_status see_piece(void *user, const float *piece, size_t first, size_t n) {
    seen_pieces *seen = user;
    assert_true(first == seen->n && n % 3 == 0 && first + n <= 6);
    memcpy(seen->numbers + first, piece, n * sizeof *piece);
    seen->n += n;
    return seen->n >= seen->end ? OCTET_DATA : OCTET_OK;
}

static void check_content(octet_hdf5 *hdf5) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_arena arena = {0};
    const octet_hdf5_node *root = octet_hdf5_root(hdf5);
    const char *text;
    assert_int_equal(octet_hdf5_text(&ctx, hdf5, &arena, root, "model_config", &text), OCTET_OK);
    assert_string_equal(text, "{\"class_name\": \"Sequential\"}");
    assert_int_equal(octet_hdf5_text(&ctx, hdf5, &arena, root, "keras_version", &text), OCTET_OK);
    assert_string_equal(text, "2.4.0");
    const char *const *names;
    size_t n;
    assert_int_equal(octet_hdf5_strings(&ctx, hdf5, &arena, root, "layer_names", &names, &n), OCTET_OK);
    assert_int_equal(n, 3);
    assert_string_equal(names[0], "dense");
    assert_string_equal(names[1], "a_long_name_");
    assert_string_equal(names[2], "caf\xc3\xa9");
    assert_int_equal(octet_hdf5_strings(&ctx, hdf5, &arena, root, "nothing", &names, &n), OCTET_OK);
    assert_true(n == 0 && names == NULL);
    const octet_hdf5_node *dense = octet_hdf5_find(hdf5, NULL, "/model_weights/dense");
    assert_non_null(dense);
    assert_string_equal(dense->path, "/model_weights/dense");
    assert_int_equal(root->n_children, 1); /* links that lead elsewhere are left out */
    static const char *const same[] = {"kernel:0", "big_endian", "compressed", "double", "half"};
    for (size_t i = 0; i < 5; i++) {
        const octet_hdf5_node *node = octet_hdf5_find(hdf5, dense, same[i]);
        assert_non_null(node);
        assert_true(node->is_dataset && node->kind == OCTET_HDF5_NUMBERS && node->rank == 2 && node->dims[0] == 2 &&
                    node->dims[1] == 3);
        assert_null(node->data);
        seen_pieces seen = {.end = 7};
        assert_int_equal(octet_hdf5_pieces(&ctx, hdf5, node, 3, see_piece, &seen), OCTET_OK);
        assert_memory_equal(seen.numbers, weights, sizeof weights);
        for (size_t j = 0; j < 6; j++) assert_true(element_of(hdf5, node, j) == weights[j]);
        seen = (seen_pieces){.end = 6};
        assert_int_equal(octet_hdf5_pieces(&ctx, hdf5, node, 6, see_piece, &seen), OCTET_DATA);
    }
    assert_true(element_of(hdf5, octet_hdf5_find(hdf5, dense, "never_written"), 5) == 0);
    assert_true(octet_hdf5_find(hdf5, dense, "scalar")->rank == 0);
    assert_true(element_of(hdf5, octet_hdf5_find(hdf5, dense, "scalar"), 0) == 4);
    assert_null(octet_hdf5_find(hdf5, dense, "scalar/more"));
    const octet_hdf5_node *empty = octet_hdf5_find(hdf5, dense, "empty");
    assert_true(empty != NULL && empty->kind == OCTET_HDF5_EMPTY && empty->n_elements == 0);
    octet_arena_free(&ctx, &arena);
}

static void files_and_bytes_are_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    const char *path = make_file(false);
    octet_hdf5 *hdf5;
    octet_file file;
    assert_int_equal(octet_hdf5_open(&ctx, path, &hdf5), OCTET_OK);
    check_content(hdf5);
    octet_hdf5_close(&ctx, hdf5);
    assert_int_equal(octet_file_open(&ctx, path, &file), OCTET_OK);
    assert_int_equal(octet_file_kind_of(file.bytes), OCTET_FILE_HDF5);
    assert_int_equal(octet_hdf5_open_bytes(&ctx, file.bytes, "memory", &hdf5), OCTET_OK);
    check_content(hdf5);
    octet_hdf5_close(&ctx, hdf5);
    octet_file_close(&ctx, &file);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void errors_are_sentences(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_hdf5 *hdf5;
    assert_int_equal(octet_hdf5_open(&ctx, fixture_path("missing.h5"), &hdf5), OCTET_IO);
    octet_context_clear(&ctx);
    assert_int_equal(octet_hdf5_open(&ctx, fixture_write("text.h5", "no HDF5", 7), &hdf5), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "not an HDF5 file"));
    octet_context_clear(&ctx);
    assert_int_equal(octet_hdf5_open(&ctx, make_file(true), &hdf5), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "/model_weights/dense/ring: the group contains itself"));
    octet_context_clear(&ctx);
    ctx.max_depth = 2;
    assert_int_equal(octet_hdf5_open(&ctx, make_file(false), &hdf5), OCTET_LIMIT);
}

static void large_claims_are_refused(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    const char *path = fixture_path("claim.h5");
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), plist = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t dims[1] = {(hsize_t)1 << 40}, chunk[1] = {1024};
    H5Pset_chunk(plist, 1, chunk);
    const hid_t space = H5Screate_simple(1, dims, NULL);
    H5Dclose(H5Dcreate2(file, "huge", H5T_IEEE_F32LE, space, H5P_DEFAULT, plist, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(plist);
    H5Fclose(file);
    octet_hdf5 *hdf5;
    assert_int_equal(octet_hdf5_open(&ctx, path, &hdf5), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "/huge: claims 1099511627776 elements"));
}

static octet_status parse(octet_context *ctx, octet_bytes bytes) {
    octet_hdf5 *hdf5;
    const octet_status status = octet_hdf5_open_bytes(ctx, bytes, "damaged", &hdf5);
    if (status == OCTET_OK) (void)hdf5_walk(ctx, hdf5, octet_hdf5_root(hdf5));
    if (status == OCTET_OK && ctx->status != OCTET_OK) {
        octet_hdf5_close(ctx, hdf5);
        return ctx->status;
    }
    octet_hdf5_close(ctx, hdf5);
    return status;
}

static void damage_is_survived(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_file file;
    assert_int_equal(octet_file_open(&ctx, make_file(false), &file), OCTET_OK);
    assert_int_equal(fixture_sweep(file.bytes, file.bytes.size / 64 + 1, parse), 0);
    octet_file_close(&ctx, &file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_and_bytes_are_read), cmocka_unit_test(errors_are_sentences),
        cmocka_unit_test(large_claims_are_refused), cmocka_unit_test(damage_is_survived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
