/* The file of --columns: its forms, its numbers, and samples scaled by it. */
#include "support/fixture.h"

#include "data/columns.h"
#include "data/dataset.h"

static octet_context ctx;
static octet_arena arena;
static octet_columns columns;
static octet_dataset *dataset;

static octet_status read_text(const char *text) {
    octet_arena_free(&ctx, &arena);
    octet_context_clear(&ctx);
    return octet_columns_read(&ctx, &arena, "columns", (octet_bytes){(const uint8_t *)text, strlen(text)}, &columns);
}

static void check(const char *text, double x0, double x1) {
    assert_int_equal(read_text(text), OCTET_OK);
    assert_int_equal(columns.n, 2);
    assert_true(octet_columns_scale(&columns, 0, 10.0) == x0);
    assert_true(octet_columns_scale(&columns, 1, 10.0) == x1);
}

static void every_form_says_the_same(void **state) {
    (void)state;
    const double x0 = (10.0 - 1.5) / 3.0, x1 = (10.0 - -2.0) / 0.1;
    check("name,mean,std\na,1.5,3\nb,-2,0.1\n", x0, x1);
    assert_string_equal(columns.names[1], "b");
    check(",count,mean,std\na,7,1.5,3\nb,7,-2,0.1\n", x0, x1);
    assert_string_equal(columns.names[0], "a");
    check("std;mean\n3;1,5\n0,1;-2\n", x0, x1);
    assert_null(columns.names);
    check("{\"mean_\": [1.5, -2], \"scale_\": [3, 0.1], \"feature_names_in_\": [\"a\", \"b\"], \"var_\": 1}", x0, x1);
    assert_string_equal(columns.names[1], "b");
    check("{\"a\": {\"mean\": 1.5, \"std\": 3}, \"b\": {\"std\": 0.1, \"mean\": -2}}", x0, x1);
    assert_string_equal(columns.names[1], "b");
    check("{\"center_\": [1.5, -2], \"scale_\": [3, 0.1]}", x0, x1);
    const double s0 = 1.0 / (4.0 - 1.0), s1 = 1.0 / (20.0 - -2.0);
    const double y0 = 10.0 * s0 + (0.0 - 1.0 * s0), y1 = 10.0 * s1 + (0.0 - -2.0 * s1);
    check("min,max\n1,4\n-2,20\n", y0, y1);
    check("{\"data_min_\": [1, -2], \"data_max_\": [4, 20], \"scale_\": [9, 9]}", y0, y1);
}

static void columns_that_are_constant_keep_their_scale(void **state) {
    (void)state;
    check("mean,std\n4,0\n4,1e-300\n", 6.0, 6.0 / 1e-300);
    check("min,max\n4,4\n4,4.000000000000001\n", 6.0, 6.0);
    check("min,max\n0,1\n4,14\n", 10.0, 10.0 * (1.0 / 10.0) + (0.0 - 4.0 * (1.0 / 10.0)));
}

static void refuse(const char *text, octet_status status, const char *sentence) {
    assert_int_equal(read_text(text), status);
    if (strstr(ctx.message, sentence) == NULL) fail_msg("'%s' is not in '%s'", sentence, ctx.message);
}

static void what_scales_nothing_is_refused(void **state) {
    (void)state;
    refuse("name,mean\na,1\n", OCTET_DATA, "a mean and a std, or a min and a max");
    refuse("{\"mean\": [1], \"variance\": [2]}", OCTET_DATA, "a mean and a std");
    refuse("name,mean,std,min,max\na,1,2,3,4\n", OCTET_DATA, "both means and ranges");
    refuse("mean,std\n1,-2\n", OCTET_DATA, "column '0': mean 1 and std -2");
    refuse("name,min,max\na,3,2\n", OCTET_DATA, "column 'a': min 3 and max 2");
    refuse("{\"mean\": [NaN], \"std\": [1]}", OCTET_DATA, "mean nan and std 1");
    refuse("{\"mean\": [1, 2], \"std\": [1]}", OCTET_DATA, "'std' has 1 entries, the fields before it have 2");
    refuse("{\"mean\": 1, \"std\": [1]}", OCTET_FORMAT, "'mean' is no list of numbers");
    refuse("{\"mean\": [\"1\"], \"std\": [1]}", OCTET_FORMAT, "'mean', item 0 (from 0) is no number");
    refuse("{\"mean\": [1], \"std\": [1], \"scale_\": [1]}", OCTET_DATA, "'scale_' is there under two names");
    refuse("{\"mean\": [], \"std\": []}", OCTET_DATA, "'mean' has 0 numbers");
    refuse("{\"mean\": [1], \"std\": [1], \"names\": [1]}", OCTET_FORMAT, "'names', item 0 (from 0) is no name");
    refuse("{\"a\": {\"mean\": 1, \"std\": 1}, \"b\": {\"mean\": 1}}", OCTET_FORMAT, "column 'b' has no number 'std'");
    refuse("{}", OCTET_DATA, "a mean and a std");
    refuse("{", OCTET_FORMAT, "columns");
    refuse("name,mean,std\na,1,2\na,1,2\n", OCTET_DATA, "names column 'a' twice");
    refuse("name,mean,std\n,1,2\n", OCTET_DATA, "column 0 (from 0) has no name");
    refuse("name,mean,std\na,1,x\n", OCTET_FORMAT, "line 2, column 'std': 'x' is no number");
    refuse("mean,std\n", OCTET_DATA, "no line below");
    refuse("\x80\x04", OCTET_UNSUPPORTED, "numpy.savez");
    refuse("\x01\x02", OCTET_FORMAT, "no CSV, JSON or .npz");
}

static const char *fixture_text(const char *name, const char *text) { return fixture_write(name, text, strlen(text)); }

static octet_status open_pair(const char *data, const char *file, const char *label_column) {
    octet_dataset_close(&ctx, dataset);
    dataset = NULL;
    octet_context_clear(&ctx);
    octet_data_options options = {.path = data, .label_column = label_column};
    options.preprocess = (octet_preprocess){.given = true, .columns = file};
    return octet_dataset_open(&ctx, &options, &dataset);
}

static octet_samples *samples_of(int32_t rank, const int32_t *dims, octet_status status) {
    octet_samples *samples = NULL;
    octet_status found = octet_dataset_split(&ctx, dataset, OCTET_SPLIT_TEST, &samples);
    if (found == OCTET_OK) found = octet_samples_adapt(&ctx, samples, rank, dims);
    if (found == OCTET_OK) found = octet_samples_load(&ctx, samples, NULL, octet_samples_count(samples), NULL);
    assert_int_equal(found, status);
    return samples;
}

static void names_choose_and_order_the_columns(void **state) {
    (void)state;
    const char *data = fixture_text("d.csv", "id,b,a,kind,y\nx1,20,1,red,5\nx2,40,3,blue,7\n");
    const char *file = fixture_text("c.csv", "name,mean,std\na,1,2\nb,20,10\ny,5,2\n");
    float values[2];
    size_t n;
    double raw_min, raw_max, min, max;
    assert_int_equal(open_pair(data, file, "y"), OCTET_OK);
    octet_samples *samples = samples_of(1, (const int32_t[]){2}, OCTET_OK);
    assert_string_equal(octet_samples_column_name(samples, 0), "a");
    assert_null(octet_samples_column_name(samples, 2));
    octet_samples_read(samples, 1, values);
    assert_true(values[0] == 1.0f && values[1] == 2.0f);
    assert_true(octet_samples_targets(samples, 1, &n)[0] == 1.0f); /* the label is scaled too */
    octet_samples_range(samples, &raw_min, &raw_max, &min, &max);
    assert_true(raw_min == 1.0 && raw_max == 40.0 && min == 0.0 && max == 2.0);
    samples_of(1, (const int32_t[]){3}, OCTET_DATA);
    octet_context_clear(&ctx);

    file = fixture_text("c.csv", "name,mean,std\na,1,2\nc,20,10\n");
    assert_int_equal(open_pair(data, file, "y"), OCTET_OK);
    samples_of(1, (const int32_t[]){2}, OCTET_DATA);
    assert_non_null(strstr(ctx.message, "names column 'c', which"));
    file = fixture_text("c.csv", "name,mean,std\np,1,2\nq,20,10\n");
    data = fixture_text("d.csv", "a,b\n1,2\n");
    assert_int_equal(open_pair(data, file, NULL), OCTET_OK);
    samples_of(1, (const int32_t[]){2}, OCTET_DATA);
    assert_non_null(strstr(ctx.message, "names no column of"));
}

static void channels_and_all_numbers_are_columns(void **state) {
    (void)state;
    const char *data = fixture_text("d.csv", "a0,b0,a1,b1\n1,2,3,4\n");
    float values[4];
    assert_int_equal(open_pair(data, fixture_text("c.csv", "mean,std\n1,1\n2,2\n"), NULL), OCTET_OK);
    octet_samples_read(samples_of(2, (const int32_t[]){2, 2}, OCTET_OK), 0, values);
    assert_memory_equal(values, ((const float[]){0, 0, 2, 1}), sizeof values);
    assert_int_equal(open_pair(data, fixture_text("c.csv", "mean,std\n1,1\n2,2\n3,3\n4,4\n"), NULL), OCTET_OK);
    octet_samples_read(samples_of(2, (const int32_t[]){2, 2}, OCTET_OK), 0, values);
    assert_memory_equal(values, ((const float[]){0, 0, 0, 0}), sizeof values);
    assert_int_equal(open_pair(data, fixture_text("c.csv", "mean,std\n1,1\n2,2\n3,3\n"), NULL), OCTET_OK);
    samples_of(2, (const int32_t[]){2, 2}, OCTET_DATA);
    assert_non_null(strstr(ctx.message, "scales 3 columns"));
}

int main(void) {
    octet_context_init(&ctx);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_says_the_same),
        cmocka_unit_test(columns_that_are_constant_keep_their_scale),
        cmocka_unit_test(what_scales_nothing_is_refused),
        cmocka_unit_test(names_choose_and_order_the_columns),
        cmocka_unit_test(channels_and_all_numbers_are_columns),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    octet_dataset_close(&ctx, dataset);
    octet_arena_free(&ctx, &arena);
    return failed != 0 || ctx.memory_bytes != 0;
}
