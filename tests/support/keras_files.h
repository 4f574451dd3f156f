/* keras_files.h - small Keras files for tests, written by the tests themselves.
 * In:  configurations and weights.
 * Out: .h5 and .keras files in the folder of the test program.
 * Knows: libhdf5, libzip, the layouts of Keras 2 and 3.
 * Does not know: octet. */
#ifndef OCTET_TESTS_KERAS_FILES_H
#define OCTET_TESTS_KERAS_FILES_H

#include "support/fixture.h"

#include <hdf5.h>
#include <zip.h>

typedef struct keras_weight {
    const char *group; /* layer's group: "dense" in Keras 2, "layers/dense/vars" in Keras 3 */
    const char *name;  /* "dense/kernel:0", "0" */
    int rank;
    hsize_t dims[5];
    const float *data; /* NULL: 0.5, 1.0, 1.5, ... */
} keras_weight;

static inline void keras_put_text(hid_t object, const char *name, const char *text) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, strlen(text) + 1);
    const hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(id, type, text) >= 0);
    H5Aclose(id);
    H5Sclose(space);
    H5Tclose(type);
}

/* Variable UTF-8 strings or fixed bytes, as versions of h5py differ. */
static inline void keras_put_names(hid_t object, const char *name, const char *const *names, hsize_t n, bool bytes) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = n > 0 ? H5Screate_simple(1, &n, NULL) : H5Screate(H5S_NULL);
    enum { LONGEST = 64 };
    char fixed[16][LONGEST] = {{0}};
    H5Tset_size(type, bytes ? LONGEST : H5T_VARIABLE);
    for (hsize_t i = 0; i < n; i++) snprintf(fixed[i], LONGEST, "%s", names[i]);
    const hid_t id = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(id >= 0);
    if (n > 0) assert_true(H5Awrite(id, type, bytes ? (const void *)fixed : (const void *)names) >= 0);
    H5Aclose(id);
    H5Sclose(space);
    H5Tclose(type);
}

static inline hid_t keras_group(hid_t parent, const char *path) {
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL); /* looking for a group that is not there is no error here */
    const hid_t plist = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(plist, 1);
    const hid_t id = H5Lexists(parent, path, H5P_DEFAULT) > 0
                         ? H5Gopen2(parent, path, H5P_DEFAULT)
                         : H5Gcreate2(parent, path, plist, H5P_DEFAULT, H5P_DEFAULT);
    H5Pclose(plist);
    assert_true(id >= 0);
    return id;
}

static inline void keras_put_weight(hid_t group, const keras_weight *weight) {
    const hid_t space = H5Screate_simple(weight->rank, weight->dims, NULL), plist = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(plist, 1);
    hsize_t n = 1;
    for (int i = 0; i < weight->rank; i++) n *= weight->dims[i];
    float *data = malloc(n * sizeof *data);
    assert_non_null(data);
    for (hsize_t i = 0; i < n; i++) data[i] = weight->data != NULL ? weight->data[i] : 0.5f * (float)(i + 1);
    const hid_t id = H5Dcreate2(group, weight->name, H5T_IEEE_F32LE, space, plist, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(id >= 0 && H5Dwrite(id, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0);
    free(data);
    H5Dclose(id);
    H5Pclose(plist);
    H5Sclose(space);
}

/* config NULL: weights only, layer_names at the root. Weights of one group must follow each other. */
static inline const char *keras_write_h5(const char *name, const char *config, const char *version,
                                         const keras_weight *weights, size_t n, bool bytes) {
    const char *path = fixture_path(name);
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    if (config != NULL) keras_put_text(file, "model_config", config);
    if (version != NULL) keras_put_text(file, "keras_version", version);
    const hid_t root = config != NULL ? keras_group(file, "model_weights") : keras_group(file, "/");
    const char *layers[16];
    hsize_t n_layers = 0;
    for (size_t i = 0; i < n;) {
        const hid_t group = keras_group(root, weights[i].group);
        const char *names[16];
        hsize_t n_names = 0;
        const size_t first = i;
        for (; i < n && strcmp(weights[i].group, weights[first].group) == 0; i++) {
            names[n_names++] = weights[i].name;
            keras_put_weight(group, &weights[i]);
        }
        keras_put_names(group, "weight_names", names, n_names, bytes);
        layers[n_layers++] = weights[first].group;
        H5Gclose(group);
    }
    keras_put_names(root, "layer_names", layers, n_layers, bytes);
    H5Gclose(root);
    H5Fclose(file);
    return path;
}

static inline const char *keras_write_zip(const char *name, const char *config, const char *version,
                                          const keras_weight *weights, size_t n) {
    const char *inner = fixture_path("weights.h5"), *path = fixture_path(name);
    const hid_t file = H5Fcreate(inner, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    for (size_t i = 0; i < n; i++) {
        const hid_t group = keras_group(file, weights[i].group);
        keras_put_weight(group, &weights[i]);
        H5Gclose(group);
    }
    H5Fclose(file);
    char metadata[64];
    snprintf(metadata, sizeof metadata, "{\"keras_version\": \"%s\"}", version);
    unlink(path);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_EXCL, NULL);
    assert_non_null(zip);
    assert_true(zip_file_add(zip, "metadata.json", zip_source_buffer(zip, metadata, strlen(metadata), 0), 0) >= 0);
    assert_true(zip_file_add(zip, "config.json", zip_source_buffer(zip, config, strlen(config), 0), 0) >= 0);
    assert_true(zip_file_add(zip, "model.weights.h5", zip_source_file(zip, inner, 0, -1), 0) >= 0);
    assert_int_equal(zip_close(zip), 0);
    return path;
}

#endif
