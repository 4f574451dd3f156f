/* Folders that appear at once: with folders inside, into one that exists, and removed with all that is in them. */
#include "base/folder.h"

#include "support/fixture.h"

static octet_context context, *ctx = &context;

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s", ctx->message);
}

static bool is_there(const char *path) { return access(path, F_OK) == 0; }

/* A new folder beside `path` with "a" and "in/b". */
static const char *make(octet_arena *arena, const char *path) {
    const char *folder, *inner, *file;
    octet_context_init(ctx);
    good(octet_folder_create_beside(ctx, arena, path, &folder));
    good(octet_arena_format(ctx, arena, &inner, "%s/in", folder));
    good(octet_folder_make(ctx, inner));
    good(octet_folder_make(ctx, inner)); /* it may be there */
    good(octet_arena_format(ctx, arena, &file, "%s/a", folder));
    good(octet_file_write(ctx, file, (octet_bytes){(const uint8_t *)"new", 3}));
    good(octet_arena_format(ctx, arena, &file, "%s/in/b", folder));
    good(octet_file_write(ctx, file, (octet_bytes){(const uint8_t *)"new", 3}));
    return folder;
}

static void expect_content(const char *path, const char *content) {
    char text[16] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, sizeof text - 1, file), strlen(content));
    fclose(file);
    assert_string_equal(text, content);
}

static void test_new(void **state) {
    (void)state;
    octet_arena arena = {0};
    const char *path = fixture_path("new"), *folder = make(&arena, path);
    assert_false(is_there(path));
    good(octet_folder_take_place(ctx, folder, path));
    assert_false(is_there(folder));
    expect_content(fixture_path("new/in/b"), "new");
    octet_arena_free(ctx, &arena);
}

static void test_existing(void **state) {
    (void)state;
    octet_arena arena = {0};
    fixture_write("old/a", "old", 3);
    fixture_write("old/in/mine", "old", 3);
    const char *path = fixture_path("old"), *folder = make(&arena, path);
    good(octet_folder_take_place(ctx, folder, path));
    assert_false(is_there(folder));
    expect_content(fixture_path("old/a"), "new");
    expect_content(fixture_path("old/in/b"), "new");
    expect_content(fixture_path("old/in/mine"), "old");
    octet_arena_free(ctx, &arena);
}

/* A file where a folder should go: an error, and the file stays. */
static void test_file_in_the_way(void **state) {
    (void)state;
    octet_arena arena = {0};
    fixture_write("way/in", "old", 3);
    const char *path = fixture_path("way"), *folder = make(&arena, path);
    assert_int_equal(octet_folder_take_place(ctx, folder, path), OCTET_IO);
    expect_content(fixture_path("way/in"), "old");
    octet_folder_remove(folder);
    assert_false(is_there(folder));
    octet_arena_free(ctx, &arena);
}

/* Links are removed, what they lead to stays. */
static void test_remove(void **state) {
    (void)state;
    octet_arena arena = {0};
    const char *kept = fixture_write("kept/file", "old", 3), *link;
    const char *folder = make(&arena, fixture_path("gone"));
    good(octet_arena_format(ctx, &arena, &link, "%s/in/link", folder));
    assert_int_equal(symlink(fixture_path("kept"), link), 0);
    octet_folder_remove(folder);
    assert_false(is_there(folder));
    expect_content(kept, "old");
    octet_folder_remove(folder); /* it may be gone */
    octet_arena_free(ctx, &arena);
}

/* Folders and files, also those that were not made, and one folder twice. */
static void test_trail(void **state) {
    (void)state;
    octet_arena arena = {0};
    const octet_trail *trail = NULL;
    octet_context_init(ctx);
    fixture_write("trail/in/file", "old", 3);
    static const char *const names[] = {"trail", "trail/in", "trail/in/file", "trail/in", "trail/in/not_made"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        good(octet_trail_add(ctx, &arena, &trail, fixture_path(names[i])));
    octet_trail_remove(trail);
    assert_false(is_there(fixture_path("trail")));
    octet_arena_free(ctx, &arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_new), cmocka_unit_test(test_existing),
                                       cmocka_unit_test(test_file_in_the_way), cmocka_unit_test(test_remove),
                                       cmocka_unit_test(test_trail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
