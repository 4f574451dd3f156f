#include "support/fixture.h"

#include <libdeflate.h>
#include <math.h>
#include <zip.h>

#include "data/dataset.h"
#include "formats/npy.h"

static octet_context ctx;

static octet_dataset *dataset;

static octet_status open_path(const char *path, const char *preset) {
    octet_dataset_close(&ctx, dataset);
    octet_context_clear(&ctx);
    const octet_data_options options = {.path = path, .preprocess = {.preset = preset}};
    return octet_dataset_open(&ctx, &options, &dataset);
}

static octet_status open_pair(const char *images, const char *labels) {
    octet_dataset_close(&ctx, dataset);
    octet_context_clear(&ctx);
    const octet_data_options options = {.images = images, .labels = labels};
    return octet_dataset_open(&ctx, &options, &dataset);
}

/* An IDX file of n images of 2x2 whose bytes are 10 * image + place, or of n labels that count up modulo 3. */
static size_t make_idx(uint8_t *out, uint8_t n, bool images) {
    const uint8_t head[16] = {0, 0, 8, images ? 3 : 1, 0, 0, 0, n, 0, 0, 0, 2, 0, 0, 0, 2};
    const size_t head_size = images ? 16 : 8, width = images ? 4 : 1;
    memcpy(out, head, head_size);
    for (uint8_t i = 0; i < n; i++)
        for (size_t j = 0; j < width; j++) out[head_size + i * width + j] = images ? (uint8_t)(10 * i + j) : i % 3;
    return head_size + n * width;
}

static void write_idx(const char *name, uint8_t n, bool images, bool packed) {
    uint8_t bytes[1024], gz[2048];
    size_t size = make_idx(bytes, n, images);
    if (packed) {
        struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
        size = libdeflate_gzip_compress(compressor, bytes, size, gz, sizeof gz);
        libdeflate_free_compressor(compressor);
    }
    fixture_write(name, packed ? gz : bytes, size);
}

static void idx_folders_are_found(void **state) {
    (void)state;
    write_idx("mnist/train-images-idx3-ubyte.gz", 20, true, true);
    write_idx("mnist/train-labels.idx1-ubyte", 20, false, false);
    write_idx("mnist/t10k-images.idx3-ubyte", 5, true, false);
    write_idx("mnist/t10k-labels-idx1-ubyte.gz", 5, false, true);
    assert_int_equal(open_path(fixture_path("mnist"), NULL), OCTET_OK);
    assert_true(octet_dataset_is_split(dataset));
    octet_samples *train, *test;
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TRAIN, &train), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &test), OCTET_OK);
    assert_true(octet_samples_count(train) == 20 && octet_samples_count(test) == 5);
    assert_true(octet_samples_n_classes(train) == 3 && octet_samples_label(train, 4) == 1);
    int32_t dims[OCTET_DATA_MAX_RANK];
    assert_true(octet_samples_shape(train, dims) == 2 && dims[0] == 2 && dims[1] == 2);
    assert_int_equal(octet_samples_adapt(&ctx, train, 3, (const int32_t[]){2, 2, 1}), OCTET_OK);
    assert_int_equal(octet_samples_adapt(&ctx, test, 1, (const int32_t[]){4}), OCTET_OK);
    const size_t indices[2] = {2, 1};
    octet_pool *pool;
    assert_int_equal(octet_pool_create(&ctx, 2, &pool), OCTET_OK);
    const octet_load loads[2] = {{train, indices, 2}, {test, NULL, 5}};
    assert_int_equal(octet_samples_load_all(&ctx, loads, 2, pool), OCTET_OK);
    octet_pool_destroy(&ctx, pool);
    float values[4];
    octet_samples_read(train, 2, values);
    for (int i = 0; i < 4; i++) assert_true(values[i] == (float)(20 + i) / 255.0f);
    double raw_min, raw_max, min, max;
    octet_samples_range(train, &raw_min, &raw_max, &min, &max);
    assert_true(raw_min == 10 && raw_max == 23 && min == (double)(10 / 255.0f) && max == (double)(23 / 255.0f));
    const float *table;
    assert_true(octet_samples_bytes(test, 1, &table)[3] == 13 && table[13] == 13 / 255.0f);
    octet_samples_release(&ctx, train);
    assert_int_equal(octet_samples_load(&ctx, train, NULL, 20, NULL), OCTET_OK);
    octet_samples_read(train, 19, values);
    assert_true(values[0] == 190 / 255.0f);
    assert_int_equal(octet_samples_load(&ctx, train, (const size_t[]){20}, 1, NULL), OCTET_DATA);
}

static void wrong_idx_is_refused(void **state) {
    (void)state;
    uint8_t bytes[1024];
    octet_samples *samples;
    const size_t size = make_idx(bytes, 9, true);
    const char *whole = fixture_write("nine", bytes, size), *cut = fixture_write("cut", bytes, size - 1),
               *empty = fixture_write("empty", bytes, 0);
    write_idx("eight-labels", 8, false, false);
    assert_int_equal(open_pair(whole, fixture_path("eight-labels")), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_DATA);
    assert_non_null(strstr(ctx.message, "uint8[8] are labels of 8 samples"));
    assert_int_equal(open_pair(cut, NULL), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "uint8[9,2,2] needs 36 bytes, the file holds 35: it is truncated"));
    assert_int_equal(open_pair(empty, NULL), OCTET_FORMAT);
    make_idx(bytes, 0, true);
    assert_int_equal(open_path(fixture_write("none", bytes, 16), NULL), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_DATA);
    assert_int_equal(open_path(fixture_path("nowhere"), NULL), OCTET_IO);
    assert_int_equal(open_path(fixture_path("hollow/file"), NULL), OCTET_IO);
    assert_int_equal(open_path(fixture_path("hollow"), NULL), OCTET_DATA);
    assert_int_equal(open_path(whole, "unheard"), OCTET_USAGE);
}

static const char *save(const char *name, const char *descr, int32_t rank, const int32_t *dims, const void *data) {
    const char *path = fixture_path(name);
    assert_int_equal(octet_npy_save(&ctx, path, descr, rank, dims, data), OCTET_OK);
    return path;
}

static void npy_pairs_are_read(void **state) {
    (void)state;
    octet_samples *samples;
    const float x[6] = {1, -2, 3, 4, 5, 6}, one_hot[6] = {0, 1, 1, 0, 0, 1}, numbers[3] = {0, 0.5f, 1},
                broken[3] = {0, 1, NAN};
    const int64_t y[3] = {2, 0, 1};
    const char *images = save("x.npy", "<f4", 2, (const int32_t[]){3, 2}, x);
    assert_int_equal(open_pair(images, save("y.npy", "<i8", 1, (const int32_t[]){3}, y)), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TRAIN, &samples), OCTET_OK);
    assert_true(octet_samples_label(samples, 0) == 2 && octet_samples_n_classes(samples) == 3);
    assert_int_equal(octet_samples_load(&ctx, samples, NULL, 3, NULL), OCTET_OK);
    float values[2];
    octet_samples_read(samples, 0, values);
    assert_true(values[0] == 1 && values[1] == -2); /* floats are taken as they are */
    assert_int_equal(open_pair(images, save("h.npy", "<f4", 2, (const int32_t[]){3, 2}, one_hot)), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TRAIN, &samples), OCTET_OK);
    assert_true(octet_samples_label(samples, 0) == 1 && octet_samples_label(samples, 1) == 0 &&
                octet_samples_n_classes(samples) == 2);
    size_t n;
    assert_int_equal(open_pair(images, save("r.npy", "<f4", 1, (const int32_t[]){3}, numbers)), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TRAIN, &samples), OCTET_OK);
    assert_false(octet_samples_has_labels(samples)); /* targets of a regression */
    assert_true(octet_samples_targets(samples, 1, &n)[0] == 0.5f && n == 1);
    assert_int_equal(open_pair(images, save("b.npy", "<f4", 1, (const int32_t[]){3}, broken)), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TRAIN, &samples), OCTET_DATA);
    assert_non_null(strstr(ctx.message, "the label of sample 2 is not finite"));
}

static void shapes_are_adapted(void **state) {
    (void)state;
    octet_samples *samples;
    const uint8_t x[24] = {0};
    assert_int_equal(open_path(save("s.npy", "|u1", 4, (const int32_t[]){2, 1, 3, 4}, x), NULL), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_OK);
    assert_int_equal(octet_samples_adapt(&ctx, samples, 3, (const int32_t[]){3, 4, 1}), OCTET_OK);
    assert_int_equal(octet_samples_adapt(&ctx, samples, 1, (const int32_t[]){12}), OCTET_OK);
    assert_int_equal(octet_samples_adapt(&ctx, samples, 2, (const int32_t[]){4, 3}), OCTET_DATA);
    assert_non_null(strstr(ctx.message, "samples of shape [1,3,4] do not fit the model's input [4,3]"));
    octet_context_clear(&ctx);
    /* An array that is one sample. */
    assert_int_equal(octet_samples_adapt(&ctx, samples, 3, (const int32_t[]){2, 3, 4}), OCTET_OK);
    assert_int_equal(octet_samples_count(samples), 1);
    assert_int_equal(octet_samples_load(&ctx, samples, NULL, 1, NULL), OCTET_OK);
}

static void add_npy(zip_t *zip, const char *name, int32_t n, int32_t width, octet_buffer *storage) {
    const uint8_t data[64] = {5, 4, 3, 2, 1};
    assert_int_equal(octet_npy_append(&ctx, storage, "|u1", 2, (const int32_t[]){n, width}, data), OCTET_OK);
    zip_source_t *source = zip_source_buffer(zip, storage->data, storage->size, 0);
    assert_true(zip_file_add(zip, name, source, ZIP_FL_OVERWRITE) >= 0);
}

static const char *make_npz(const char *file, const char *const *names, const int32_t (*sizes)[2], size_t n) {
    octet_buffer storage[8] = {{0}};
    const char *path = fixture_path(file);
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (size_t i = 0; i < n; i++) add_npy(zip, names[i], sizes[i][0], sizes[i][1], &storage[i]);
    assert_int_equal(zip_close(zip), 0);
    for (size_t i = 0; i < n; i++) octet_buffer_free(&ctx, &storage[i]);
    return path;
}

static void archives_are_read(void **state) {
    (void)state;
    octet_samples *samples;
    const char *const split[] = {"x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"};
    assert_int_equal(
        open_path(make_npz("m.npz", split, (const int32_t[][2]){{6, 3}, {6, 1}, {2, 3}, {2, 1}}, 4), "raw"), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_OK);
    assert_true(octet_samples_count(samples) == 2 && octet_samples_label(samples, 0) == 5);
    assert_int_equal(octet_samples_load(&ctx, samples, NULL, 2, NULL), OCTET_OK);
    float values[3];
    octet_samples_read(samples, 0, values);
    assert_true(values[0] == 5 && values[1] == 4 && values[2] == 3);
    const char *const named[] = {"left.npy", "right.npy"};
    assert_int_equal(open_path(make_npz("n.npz", named, (const int32_t[][2]){{4, 3}, {4, 2}}, 2), NULL), OCTET_OK);
    assert_int_equal(octet_dataset_n_inputs(dataset), 2);
    assert_string_equal(octet_dataset_input_name(dataset, 1), "right");
    assert_int_equal(octet_dataset_split_input(&ctx, dataset, OCTET_SPLIT_TRAIN, 0, &samples), OCTET_OK);
    assert_int_equal(octet_dataset_split_input(&ctx, dataset, OCTET_SPLIT_TRAIN, 1, &samples), OCTET_OK);
}

static void one_array_needs_no_name(void **state) {
    (void)state;
    octet_samples *samples;
    const char *const one[] = {"anything.npy"}, *const two[] = {"features.npy", "target.npy"};
    const char *const twice[] = {"a.npy", "b.npy"}, *const upper[] = {"X_train.npy", "Y_train.npy"};
    assert_int_equal(open_path(make_npz("o.npz", one, (const int32_t[][2]){{4, 3}}, 1), NULL), OCTET_OK);
    assert_int_equal(octet_dataset_n_inputs(dataset), 1);
    assert_null(octet_dataset_input_name(dataset, 0));
    assert_int_equal(open_path(make_npz("t.npz", two, (const int32_t[][2]){{5, 3}, {5, 1}}, 2), NULL), OCTET_OK);
    assert_null(octet_dataset_input_name(dataset, 0));
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_OK);
    assert_true(octet_samples_has_labels(samples));
    assert_int_equal(open_path(make_npz("w.npz", twice, (const int32_t[][2]){{5, 3}, {5, 1}}, 2), NULL), OCTET_OK);
    assert_string_equal(octet_dataset_input_name(dataset, 1), "b");
    assert_int_equal(open_path(make_npz("u.npz", upper, (const int32_t[][2]){{5, 3}, {5, 1}}, 2), NULL), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TRAIN, &samples), OCTET_OK);
    assert_true(octet_samples_has_labels(samples));
}

static void inputs_have_names(void **state) {
    (void)state;
    octet_samples *samples;
    const float data[12] = {0};
    const char *a = save("a.npy", "<f4", 2, (const int32_t[]){3, 4}, data),
               *b = save("b2.npy", "<f4", 2, (const int32_t[]){2, 6}, data);
    const char *y = save("y3.npy", "<f4", 1, (const int32_t[]){3}, data);
    char text[2048];
    snprintf(text, sizeof text, "left=%s,right=%s,labels=%s", a, b, y);
    assert_int_equal(open_path(text, NULL), OCTET_OK);
    assert_int_equal(octet_dataset_n_inputs(dataset), 2);
    assert_string_equal(octet_dataset_input_name(dataset, 0), "left");
    assert_int_equal(octet_dataset_split_input(&ctx, dataset, OCTET_SPLIT_TRAIN, 0, &samples), OCTET_OK);
    assert_true(octet_samples_has_labels(samples));
    assert_int_equal(octet_dataset_split_input(&ctx, dataset, OCTET_SPLIT_TRAIN, 1, &samples), OCTET_DATA);
    assert_non_null(strstr(ctx.message, "b2.npy has 2 samples"));
    assert_int_equal(open_path("left=,right", NULL), OCTET_USAGE);
}

/* A BMP of one colour. */
static void write_bmp(const char *name, uint8_t width, uint8_t height, uint8_t red) {
    uint8_t bytes[4096] = {'B', 'M'};
    const size_t row = (size_t)(width * 3 + 3) / 4 * 4;
    bytes[10] = 54;
    bytes[14] = 40;
    bytes[18] = width;
    bytes[22] = height;
    bytes[26] = 1;
    bytes[28] = 24;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) bytes[54 + y * row + 3 * x + 2] = red;
    fixture_write(name, bytes, 54 + row * height);
}

static void picture_folders_are_read(void **state) {
    (void)state;
    octet_samples *samples;
    write_bmp("pets/cat/1.bmp", 4, 3, 255);
    write_bmp("pets/cat/2.BMP", 8, 8, 51);
    write_bmp("pets/ant/1.bmp", 4, 3, 0);
    fixture_write("pets/cat/notes.txt", "x", 1);
    assert_int_equal(open_path(fixture_path("pets"), NULL), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_OK);
    assert_true(octet_samples_count(samples) == 3 && octet_samples_n_classes(samples) == 2);
    assert_string_equal(octet_samples_class_name(samples, 0), "ant");
    assert_true(octet_samples_label(samples, 0) == 0 && octet_samples_label(samples, 2) == 1);
    assert_int_equal(octet_samples_load(&ctx, samples, NULL, 3, NULL), OCTET_DATA); /* no size is asked for yet */
    assert_non_null(strstr(ctx.message, "[8,8] pixels, the first picture has [3,4]"));
    octet_context_clear(&ctx);
    assert_int_equal(octet_samples_adapt(&ctx, samples, 3, (const int32_t[]){5, 4, 3}), OCTET_OK);
    octet_pool *pool;
    assert_int_equal(octet_pool_create(&ctx, 2, &pool), OCTET_OK);
    assert_int_equal(octet_samples_load(&ctx, samples, NULL, 3, pool), OCTET_OK);
    octet_pool_destroy(&ctx, pool);
    float values[60];
    octet_samples_read(samples, 2, values);
    assert_true(values[0] == 0.2f && values[1] == 0 && values[57] == 0.2f);
    assert_int_equal(octet_samples_adapt(&ctx, samples, 3, (const int32_t[]){5, 4, 1}), OCTET_OK);
    assert_int_equal(octet_samples_load(&ctx, samples, (const size_t[]){1}, 1, NULL), OCTET_OK);
    octet_samples_read(samples, 1, values);
    assert_true(values[0] == 76 / 255.0f); /* 0.299 of 255 */
    assert_int_equal(octet_samples_adapt(&ctx, samples, 3, (const int32_t[]){5, 4, 2}), OCTET_DATA);
    /* Teachable Machine's list of classes. */
    fixture_write("pets/labels.txt", "0 cat\n1 ant\n2 owl\n", 18);
    assert_int_equal(open_path(fixture_path("pets"), "teachable-machine"), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_OK);
    assert_true(octet_samples_label(samples, 0) == 1 && octet_samples_n_classes(samples) == 3);
    assert_string_equal(octet_samples_class_name(samples, 2), "owl");
    fixture_write("pets/labels.txt", "0 cat\n1 owl\n", 12);
    assert_int_equal(open_path(fixture_path("pets"), "teachable-machine"), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_DATA);
    assert_non_null(strstr(ctx.message, "pets/ant: labels.txt has no class of this name"));
    /* A broken picture among good ones. */
    fixture_write("pets/labels.txt", "cat\nant\n", 8);
    fixture_write("pets/cat/0.png", "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(open_path(fixture_path("pets/cat"), NULL), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_FORMAT);
}

static void indices_are_read(void **state) {
    (void)state;
    octet_arena arena = {0};
    size_t *indices, n;
    octet_context_clear(&ctx);
    assert_int_equal(octet_indices_read(&ctx, &arena, fixture_write("i.json", " [3, 1, 2.0]", 12), 4, &indices, &n),
                     OCTET_OK);
    assert_true(n == 3 && indices[0] == 3 && indices[2] == 2);
    assert_int_equal(
        octet_indices_read(&ctx, &arena, fixture_write("i.txt", "# mine\n7\n\n 0 \r\n9", 16), 10, &indices, &n),
        OCTET_OK);
    assert_true(n == 3 && indices[0] == 7 && indices[1] == 0 && indices[2] == 9);
    assert_int_equal(octet_indices_read(&ctx, &arena, fixture_path("i.txt"), 9, &indices, &n), OCTET_DATA);
    octet_context_clear(&ctx);
    assert_int_equal(octet_indices_read(&ctx, &arena, fixture_write("i.txt", "1\n-2\n", 5), 9, &indices, &n),
                     OCTET_FORMAT);
    octet_context_clear(&ctx);
    assert_int_equal(octet_indices_read(&ctx, &arena, fixture_write("i.txt", "\n", 1), 9, &indices, &n), OCTET_DATA);
    octet_context_clear(&ctx);
    assert_int_equal(octet_indices_read(&ctx, &arena, fixture_write("i.json", "[1, \"a\"]", 8), 9, &indices, &n),
                     OCTET_FORMAT);
    octet_context_clear(&ctx);
    octet_arena_free(&ctx, &arena);
}

static int close_all(void **state) {
    (void)state;
    octet_dataset_close(&ctx, dataset);
    dataset = NULL;
    assert_int_equal(ctx.memory_bytes, 0);
    return 0;
}

/* Rows of an .npy file are read when they are wanted, and only these. */
static void rows_are_read_when_they_are_wanted(void **state) {
    (void)state;
    enum { ROWS = 50000, WIDTH = 8 };
    static float numbers[ROWS * WIDTH];
    for (int32_t i = 0; i < ROWS * WIDTH; i++) numbers[i] = (float)i;
    const int32_t dims[2] = {ROWS, WIDTH};
    const char *path = fixture_path("rows.npy");
    octet_samples *samples;
    float values[WIDTH];
    octet_context_clear(&ctx);
    assert_int_equal(octet_npy_save(&ctx, path, "<f4", 2, dims, numbers), OCTET_OK);
    assert_int_equal(open_path(path, NULL), OCTET_OK);
    assert_int_equal(octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples), OCTET_OK);
    assert_int_equal(octet_samples_adapt(&ctx, samples, 1, &dims[1]), OCTET_OK);
    const size_t before = ctx.memory_bytes, wanted[5] = {40000, 3, 40001, 3, 49999};
    assert_int_equal(octet_samples_load(&ctx, samples, wanted, 5, NULL), OCTET_OK);
    assert_true(ctx.memory_bytes - before < 1000);
    for (int i = 0; i < 5; i++) {
        octet_samples_read(samples, wanted[i], values);
        for (size_t j = 0; j < WIDTH; j++) assert_true(values[j] == (float)(wanted[i] * WIDTH + j));
    }
    assert_int_equal(octet_samples_load(&ctx, samples, NULL, 100, NULL), OCTET_OK);
    octet_samples_read(samples, 99, values);
    assert_true(values[0] == 99.0f * WIDTH);
    assert_true(ctx.memory_bytes - before < 100 * WIDTH * sizeof(float) + 2000);
    octet_samples_take_stored(samples, 2 * WIDTH); /* two rows a sample */
    assert_int_equal(octet_samples_count(samples), ROWS / 2);
    assert_int_equal(octet_samples_load(&ctx, samples, wanted + 1, 1, NULL), OCTET_OK);
    assert_memory_equal(octet_samples_stored(samples, 3), numbers + 6 * (size_t)WIDTH, 2 * WIDTH * sizeof(float));
    assert_true(octet_dataset_reads(dataset, path));
    assert_false(octet_dataset_reads(dataset, fixture_write("other.npy", "x", 1)));
    assert_int_equal(truncate(path, 1000), 0); /* another program cuts the file */
    assert_int_equal(octet_samples_load(&ctx, samples, wanted + 1, 1, NULL), OCTET_OK);
    assert_int_equal(octet_samples_load(&ctx, samples, wanted, 1, NULL), OCTET_DATA);
    octet_context_clear(&ctx);
    assert_int_equal(octet_samples_load(&ctx, samples, wanted + 4, 0, NULL), OCTET_OK);
    assert_int_equal(octet_samples_load(&ctx, samples, (const size_t[]){2000}, 1, NULL), OCTET_IO);
    assert_non_null(
        strstr(ctx.message, "rows.npy: became shorter while it was read: there is no byte 128128 any more"));
}

int main(void) {
    octet_context_init(&ctx);
    const struct CMUnitTest tests[] = {cmocka_unit_test_teardown(idx_folders_are_found, close_all),
                                       cmocka_unit_test_teardown(wrong_idx_is_refused, close_all),
                                       cmocka_unit_test_teardown(npy_pairs_are_read, close_all),
                                       cmocka_unit_test_teardown(shapes_are_adapted, close_all),
                                       cmocka_unit_test_teardown(archives_are_read, close_all),
                                       cmocka_unit_test_teardown(one_array_needs_no_name, close_all),
                                       cmocka_unit_test_teardown(inputs_have_names, close_all),
                                       cmocka_unit_test_teardown(picture_folders_are_read, close_all),
                                       cmocka_unit_test_teardown(indices_are_read, close_all),
                                       cmocka_unit_test_teardown(rows_are_read_when_they_are_wanted, close_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
