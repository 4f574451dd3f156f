/* Tables as text: headers, cells, numbers. */
#include "support/fixture.h"

#include <math.h>

#include "base/format.h"
#include "base/number.h"
#include "formats/csv.h"

static octet_context ctx;
static octet_arena arena;
static octet_csv csv;
static octet_reader reader;

static octet_status open_text(const char *text) {
    octet_csv_close(&ctx, &csv);
    octet_arena_free(&ctx, &arena);
    octet_context_clear(&ctx);
    reader = octet_reader_of_bytes((octet_bytes){(const uint8_t *)text, strlen(text)}, "t.csv");
    return octet_csv_open(&ctx, &arena, &reader, &csv);
}

/* All numbers of all columns: their number. */
static size_t read_all(double *out) {
    bool is_there;
    size_t n = 0;
    for (;;) {
        if (octet_csv_next(&ctx, &csv, &is_there) != OCTET_OK || !is_there) return n;
        for (uint32_t c = 0; c < csv.n_columns; c++)
            if (octet_csv_number(&ctx, &csv, c, &out[n++]) != OCTET_OK) return n - 1;
    }
}

static void check(const char *text, size_t n, const double *wanted) {
    double numbers[16];
    assert_int_equal(open_text(text), OCTET_OK);
    assert_int_equal(read_all(numbers), n);
    assert_int_equal(ctx.status, OCTET_OK);
    for (size_t i = 0; i < n; i++) assert_true(numbers[i] == wanted[i]);
}
#define CHECK(text, ...) check((text), sizeof((double[]){__VA_ARGS__}) / sizeof(double), (const double[]){__VA_ARGS__})

static void lines_and_separators_are_told_apart(void **state) {
    (void)state;
    CHECK("a,b\n1,2\n3,4\n", 1, 2, 3, 4);
    CHECK("a,b\r\n1,2\r\n\r\n3,4\r\n\r\n", 1, 2, 3, 4);
    CHECK("a,b\r1,2\r3,4", 1, 2, 3, 4);
    CHECK("a;b\n1,5;2\n-3,25;4e1\n", 1.5, 2, -3.25, 40);
    CHECK("a;b\n1.5;2\n", 1.5, 2);
    CHECK("a\tb\n 1 \t 2\n+3\t.5\n", 1, 2, 3, 0.5);
    CHECK("\xef\xbb\xbf# \"a\", b \n\"1\" , \"2\"\n", 1, 2);
    CHECK("a\n1\n\n2", 1, 2);
    CHECK("0,1\nTrue,false\n", 1, 0);
    CHECK("\"a,\"\"x\"\"\nb\",c\n1,2\n", 1, 2);
    assert_string_equal(csv.names[0], "a,\"x\"\nb");
    assert_int_equal(csv.line, 3);
}

static void refuse(const char *text, octet_status status, const char *sentence) {
    double numbers[16];
    if (open_text(text) == OCTET_OK) read_all(numbers);
    assert_int_equal(ctx.status, status);
    if (strstr(ctx.message, sentence) == NULL) fail_msg("'%s' is not in '%s'", sentence, ctx.message);
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    refuse("", OCTET_FORMAT, "no line of text");
    refuse(" \n\r\n", OCTET_FORMAT, "no line of text");
    refuse("1,2\n3,4\n", OCTET_FORMAT, "line 1 is all numbers");
    refuse("1;2\n3;4\n", OCTET_FORMAT, "0;1;2;");
    refuse("a,b\n1,2\n\n3\n", OCTET_FORMAT, "line 4 has 1 cells, the header has 2");
    refuse("a,b\n1,2,\n", OCTET_FORMAT, "line 2 has 3 cells");
    refuse("a,b\n1,x\n", OCTET_FORMAT, "line 2, column 'b': 'x' is no number");
    refuse("a,b\n1,0x10\n", OCTET_FORMAT, "'0x10' is no number");
    refuse("a,b\n1,inf\n", OCTET_FORMAT, "'inf' is no number");
    refuse("a;b\n1;1.000,5\n", OCTET_FORMAT, "'1.000,5' is no number");
    refuse("a;b\n1,5;2\n1.5;2\n", OCTET_FORMAT, "line 3, column 'a': '1.5' has another decimal mark");
    refuse("a,b\n,2\n", OCTET_FORMAT, "line 2, column 'a': no value ('')");
    refuse("a,b\n1,NaN\n", OCTET_FORMAT, "no value ('NaN')");
    refuse("a,b\n1,4e38\n", OCTET_FORMAT, "more than float32 holds");
    refuse("a,b\n1,1e400\n", OCTET_FORMAT, "more than float32 holds");
    refuse("a,b\n1,2\n\"3,4\n5,6\n", OCTET_FORMAT, "line 3 opens a quote");
    refuse("a,b\n1,\"2\"3\n", OCTET_FORMAT, "line 2, cell 2: a quote");
    refuse("\"a,b\n1,2\n", OCTET_FORMAT, "line 1 opens a quote");
}

/* Every way of reading gives the double that strtod gives. */
static void numbers_are_rounded_as_by_strtod(void **state) {
    (void)state;
    static const char *const hard[] = {"9007199254740993",
                                       "9007199254740992.5",
                                       "0.1",
                                       "123456789012345678",
                                       "1.7976931348623157e10",
                                       "5e-324",
                                       "2.2250738585072011e-308",
                                       "1e23",
                                       "8.5e22",
                                       "0.000000000000000000000000000000000000001",
                                       "1234567890123456789012345678",
                                       "3.4028234663852886e38",
                                       "0.30000000000000004",
                                       "4503599627370497.5"};
    double number;
    char text[64];
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++) {
        octet_format(text, sizeof text, "a\n%s\n", hard[i]);
        assert_int_equal(open_text(text), OCTET_OK);
        assert_int_equal(read_all(&number), 1);
        assert_true(number == octet_number_read_f64(hard[i], NULL));
    }
    uint64_t seed = 1;
    size_t n_told = 0;
    for (int i = 0; i < 100000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const uint64_t digits = (seed >> 8) % UINT64_C(1000000000000000000) >> seed % 50;
        const int exponent = (int)(seed >> 33) % 45 - 22;
        octet_format(text, sizeof text, "%llue%d", (unsigned long long)digits, exponent);
        if (!octet_number_from_digits(digits, exponent, &number)) continue;
        n_told++;
        assert_true(number == octet_number_read_f64(text, NULL));
    }
    assert_in_range(n_told, 99000, 100000);
    assert_false(octet_number_from_digits(1, 23, &number));
    assert_false(octet_number_from_digits(UINT64_MAX, 0, &number));
}

static void rows_are_as_narrow_as_they_can_be(void **state) {
    (void)state;
    const uint32_t last_first[] = {2, 0}, middle[] = {1};
    octet_csv_rows sets[2] = {{.columns = last_first, .n_columns = 2}, {.columns = middle, .n_columns = 1}};
    size_t n_rows;
    assert_int_equal(open_text("a,b,c\n1,2,3\n4,0.1,-6.5\n7,8,9\n"), OCTET_OK);
    assert_int_equal(octet_csv_read(&ctx, &csv, sets, 2, &n_rows), OCTET_OK);
    assert_int_equal(n_rows, 3);
    assert_false(sets[0].is_wide);
    assert_true(sets[1].is_wide);
    assert_memory_equal(sets[0].values.data, ((const float[]){3, 1, -6.5f, 4, 9, 7}), 6 * sizeof(float));
    assert_memory_equal(sets[1].values.data, ((const double[]){2, 0.1, 8}), 3 * sizeof(double));
    for (int s = 0; s < 2; s++) octet_buffer_free(&ctx, &sets[s].values);
    assert_int_equal(open_text("a\n"), OCTET_OK);
    assert_int_equal(octet_csv_read(&ctx, &csv, sets, 0, &n_rows), OCTET_FORMAT);
}

static void columns_are_found(void **state) {
    (void)state;
    uint32_t column;
    char names[OCTET_CSV_NAMES_SIZE];
    assert_int_equal(open_text("a,2,c\n1,2,3\n"), OCTET_OK);
    assert_true(octet_csv_find(&csv, "c", &column) && column == 2);
    assert_true(octet_csv_find(&csv, "2", &column) && column == 1); /* a name comes before a number */
    assert_true(octet_csv_find(&csv, "0", &column) && column == 0);
    assert_true(octet_csv_find(&csv, "-1", &column) && column == 2);
    assert_true(octet_csv_find(&csv, "-3", &column) && column == 0);
    static const char *const none[] = {"3", "-4", "-0", "-", "", "A", "1x", "99999999999999999999"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(octet_csv_find(&csv, none[i], &column));
    assert_string_equal(octet_csv_names_text(&csv, names), "a, 2, c");
}

/* Lines lie across the pieces in which the file is read, and one is longer than a piece. */
static void large_files_are_read_in_pieces(void **state) {
    (void)state;
    enum { N_ROWS = 400000, LONG = 3 << 20 };
    octet_buffer text = {0};
    const uint32_t columns[] = {0, 1};
    octet_csv_rows set = {.columns = columns, .n_columns = 2};
    size_t n_rows;
    octet_context_clear(&ctx);
    assert_int_equal(octet_buffer_format(&ctx, &text, "a,b\n"), OCTET_OK);
    for (int i = 0; i < N_ROWS; i++) assert_int_equal(octet_buffer_format(&ctx, &text, "%d,%d\n", i, -i), OCTET_OK);
    uint8_t *spaces;
    assert_int_equal(octet_buffer_extend(&ctx, &text, LONG, &spaces), OCTET_OK);
    memset(spaces, ' ', LONG);
    assert_int_equal(octet_buffer_format(&ctx, &text, "7,\"8\"\n"), OCTET_OK);
    assert_int_equal(open_text((const char *)text.data), OCTET_OK);
    assert_int_equal(octet_csv_read(&ctx, &csv, &set, 1, &n_rows), OCTET_OK);
    assert_int_equal(n_rows, N_ROWS + 1);
    const float *numbers = (const float *)(const void *)set.values.data;
    for (int i = 0; i < N_ROWS; i++)
        if (numbers[2 * i] != (float)i || numbers[2 * i + 1] != (float)-i) fail_msg("row %d", i);
    assert_true(numbers[2 * N_ROWS] == 7.0f && numbers[2 * N_ROWS + 1] == 8.0f);
    octet_buffer_free(&ctx, &set.values);
    octet_buffer_free(&ctx, &text);
}

int main(void) {
    octet_context_init(&ctx);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_separators_are_told_apart),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(numbers_are_rounded_as_by_strtod),
        cmocka_unit_test(rows_are_as_narrow_as_they_can_be),
        cmocka_unit_test(columns_are_found),
        cmocka_unit_test(large_files_are_read_in_pieces),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    octet_csv_close(&ctx, &csv);
    octet_arena_free(&ctx, &arena);
    return failed != 0 || ctx.memory_bytes != 0;
}
