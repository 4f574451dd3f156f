/* octet-hdf5 as the library meets it: missing, another program, killed, crashed, without end, short of memory. */
#include "support/fixture.h"

#include <fcntl.h>
#include <hdf5.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/process.h"
#include "base/version.h"
#include "formats/hdf5.h"
#include "formats/hdf5/exchange.h"
#include "formats/hdf5/protocol.h"
#include "formats/hdf5/tree.h"
#include "support/sanitized.h"

static octet_context ctx;

/* tests/fuzz/corpus/hdf5/plain, a Keras 2 file of 14 KB. */
static octet_bytes good_file(octet_file *file) {
    octet_context_init(&ctx);
    assert_int_equal(octet_file_open(&ctx, OCTET_TESTS_DIR "/fuzz/corpus/hdf5/plain", file), OCTET_OK);
    return file->bytes;
}

/* The good file with one byte changed, in a block of its own. */
static octet_bytes changed_file(size_t at, uint8_t value) {
    octet_file file;
    const octet_bytes good = good_file(&file);
    uint8_t *copy = malloc(good.size);
    assert_non_null(copy);
    memcpy(copy, good.data, good.size);
    copy[at] = value;
    const octet_bytes bytes = {copy, good.size};
    octet_file_close(&ctx, &file);
    return bytes;
}

/* Opens `bytes` with this program as helper (NULL: the right one) and gives the status; the sentence is in ctx. */
static octet_status open_with(const char *helper, octet_bytes bytes) {
    octet_hdf5 *hdf5 = NULL;
    octet_context_init(&ctx);
    ctx.hdf5_helper = helper;
    const octet_status status = octet_hdf5_open_bytes(&ctx, bytes, "m.h5", &hdf5);
    assert_true((status == OCTET_OK) == (hdf5 != NULL));
    octet_hdf5_close(&ctx, hdf5);
    assert_int_equal(ctx.memory_bytes, 0);
    return status;
}

static void check_fails(const char *helper, octet_status status, const char *part) {
    octet_file file;
    const octet_bytes bytes = good_file(&file);
    const octet_status found = open_with(helper, bytes);
    if (found != status || strstr(ctx.message, part) == NULL)
        fail_msg("%s with \"%s\", expected %s with \"%s\"", octet_status_name(found), ctx.message,
                 octet_status_name(status), part);
    octet_file_close(&ctx, &file);
}

static const char *write_helper(const char *text) {
    static unsigned n;
    char name[32];
    snprintf(name, sizeof name, "helper%u", n++);
    const char *path = fixture_write(name, text, strlen(text));
    assert_int_equal(chmod(path, 0755), 0);
    return path;
}

#define SHELL "#!/bin/sh\n"
#define GREETING SHELL "printf 'hdf5-ans\\002\\0\\0\\0\\0\\0\\0\\0'\n"
#define OK_OF_16_BYTES "printf '\\0\\0\\0\\0\\0\\0\\0\\0\\020\\0\\0\\0\\0\\0\\0\\0'\n"

static void strangers_are_told(void **state) {
    (void)state;
    check_fails("/nowhere/octet-hdf5", OCTET_IO, "m.h5: /nowhere/octet-hdf5, which is to read it, cannot be started");
    check_fails("/bin/cat", OCTET_IO, "/bin/cat, which is to read it, is another program than octet-hdf5");
    check_fails("/usr/bin/yes", OCTET_IO, "/usr/bin/yes, which is to read it, is another program than octet-hdf5");
    check_fails("/bin/true", OCTET_IO, "ends without an answer (exit code 0)");
    check_fails(write_helper(SHELL "printf hdf5; exit 3\n"), OCTET_IO, "is another program than octet-hdf5");
    check_fails(write_helper(SHELL "kill -11 $$\n"), OCTET_IO, "was ended by signal 11 before it answered");
    check_fails(write_helper(SHELL "printf 'hdf5-ans\\001\\0\\0\\0\\0\\0\\0\\0'\n"), OCTET_IO,
                "speaks version 1 of its protocol, this library version 2: install octet-hdf5 of octet's release");
}

/* The environment names the helper where the context does not. */
static void the_environment_names_it(void **state) {
    (void)state;
    assert_int_equal(setenv("OCTET_HDF5_HELPER", "/bin/true", 1), 0);
    check_fails(NULL, OCTET_IO, "m.h5: /bin/true, which is to read it, ends without an answer");
    unsetenv("OCTET_HDF5_HELPER");
    octet_file file;
    assert_int_equal(open_with(NULL, good_file(&file)), OCTET_OK);
    octet_file_close(&ctx, &file);
}

static void early_ends_are_told(void **state) {
    (void)state;
    check_fails(write_helper(GREETING "kill -9 $$\n"), OCTET_NOMEM,
                "was killed while it read the file (by the system, out of memory?)");
    check_fails(write_helper(GREETING OK_OF_16_BYTES "printf 12345678; kill -9 $$\n"), OCTET_NOMEM, "was killed");
    check_fails(write_helper(GREETING "kill -15 $$\n"), OCTET_IO, "was ended by signal 15 while it read the file");
    check_fails(write_helper(GREETING OK_OF_16_BYTES "printf 12345678; exit 4\n"), OCTET_IO,
                "ended before it had read the file (exit code 4)");
    signal(SIGCHLD, SIG_IGN); /* then nobody knows how it ended */
    check_fails("/bin/true", OCTET_IO, "ends without an answer: install octet-hdf5");
    check_fails(write_helper(GREETING "exit 4\n"), OCTET_IO, "ended before it had read the file");
    assert_null(strstr(ctx.message, "exit code"));
    signal(SIGCHLD, SIG_DFL);
}

static void answers_are_not_trusted(void **state) {
    (void)state;
    check_fails(write_helper(GREETING OK_OF_16_BYTES "printf 1234567812345678\n"), OCTET_FORMAT, "reads nonsense");
    check_fails(write_helper(GREETING "printf '\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\001'\n"), OCTET_LIMIT,
                "more bytes of memory beside the");
    check_fails(write_helper(GREETING "printf '\\004\\0\\0\\0\\0\\0\\0\\0\\001\\0\\0\\0\\0\\0\\0\\001x'\n"),
                OCTET_FORMAT, "reads nonsense");
    check_fails(write_helper(GREETING "printf '\\004\\0\\0\\0\\0\\0\\0\\0\\010\\0\\0\\0\\0\\0\\0\\0x'; exit 5\n"),
                OCTET_IO, "ended before it had read the file (exit code 5)");
    check_fails(write_helper(GREETING "printf '\\377\\0\\0\\0\\0\\0\\0\\0\\004\\0\\0\\0\\0\\0\\0\\0: no'\n"),
                OCTET_FORMAT, "m.h5: no");
}

/* Damaged bodies, one after the other, in this process. */
static octet_bytes tree_file;

static octet_status parse_body(octet_context *context, octet_bytes body) {
    octet_arena arena = {0};
    octet_hdf5_node root;
    void *aligned = NULL;
    OCTET_TRY(octet_memory_allocate(context, body.size, &aligned));
    memcpy(aligned, body.data, body.size);
    const octet_status status =
        octet_hdf5_tree_read(context, &arena, (octet_bytes){aligned, body.size}, tree_file.size, "m", &root);
    octet_arena_free(context, &arena);
    octet_memory_free(context, aligned);
    return status;
}

static void bodies_are_checked(void **state) {
    (void)state;
    octet_file file;
    int descriptor;
    octet_bytes body;
    octet_hdf5_exchange exchange;
    tree_file = good_file(&file);
    assert_int_equal(octet_file_from_bytes(&ctx, tree_file, "m", &descriptor), OCTET_OK);
    const octet_reader reader = {.descriptor = descriptor, .size = tree_file.size};
    assert_int_equal(octet_hdf5_exchange_open(&ctx, &reader, "m", &exchange, &body), OCTET_OK);
    octet_hdf5_exchange_close(&ctx, &exchange);
    close(descriptor);
    assert_int_equal(parse_body(&ctx, body), OCTET_OK);
    assert_int_equal(fixture_sweep(body, 3, parse_body), 0);
    octet_memory_free(&ctx, (void *)(uintptr_t)body.data);
    octet_file_close(&ctx, &file);
    assert_int_equal(ctx.memory_bytes, 0);
}

/* libhdf5 1.10.8 crashes on this one; other versions may find the damage. */
static void crashes_are_told(void **state) {
    (void)state;
    const octet_bytes bytes = changed_file(2078, 1);
    assert_int_equal(open_with(NULL, bytes), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "the file is corrupt"));
    signal(SIGCHLD, SIG_IGN); /* the host collects: octet-hdf5 tells of the crash itself */
    assert_int_equal(open_with(NULL, bytes), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "the file is corrupt"));
    signal(SIGCHLD, SIG_DFL);
    free((void *)(uintptr_t)bytes.data);
}

static void it_tells_what_holds_it(void **state) {
    (void)state;
    char command[4200], line[128] = "";
    assert_true(octet_process_program_path(command, 4096));
    strcpy(strrchr(command, '/') + 1, "octet-hdf5 --version");
    FILE *output = popen(command, "r");
    assert_non_null(output);
    assert_non_null(fgets(line, sizeof line, output));
    assert_int_equal(pclose(output), 0);
    assert_non_null(strstr(line, "octet-hdf5 " OCTET_VERSION_TEXT ": limits"));
}

/* Another program cuts the file while octet-hdf5 has it. */
static void cut_files_are_told(void **state) {
    (void)state;
    octet_file file;
    octet_bytes body;
    octet_reader reader;
    octet_hdf5_exchange exchange;
    const octet_bytes good = good_file(&file);
    const char *path = fixture_write("cut.h5", good.data, good.size);
    assert_int_equal(octet_reader_open(&ctx, path, &reader), OCTET_OK);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(octet_hdf5_exchange_open(&ctx, &reader, "cut.h5", &exchange, &body), OCTET_IO);
    assert_string_equal(ctx.message, "cut.h5: it became shorter while it was read, or its disk fails");
    octet_hdf5_exchange_close(&ctx, &exchange);
    octet_reader_close(&reader);
    octet_file_close(&ctx, &file);
}

static void truncated_files_are_told(void **state) {
    (void)state;
    octet_file file;
    octet_bytes bytes = good_file(&file);
    bytes.size /= 2;
    assert_int_equal(open_with(NULL, bytes), OCTET_FORMAT);
    assert_non_null(strstr(ctx.message, "m.h5: cannot be opened as HDF5: the file is truncated or corrupt"));
    octet_file_close(&ctx, &file);
}

/* 1.25 GiB in 20 compressed chunks of `chunk_bytes`, of what deflates to nothing readable. */
static const char *write_chunks(const char *name, size_t chunk_bytes) {
    enum { CHUNK = 1 << 24, N_CHUNKS = 20 };
    const char *path = fixture_path(name);
    const hsize_t dims[1] = {(hsize_t)CHUNK * N_CHUNKS}, chunk[1] = {CHUNK};
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(plist, 1, chunk);
    H5Pset_deflate(plist, 1);
    const hid_t space = H5Screate_simple(1, dims, NULL),
                id = H5Dcreate2(file, "zeros", H5T_IEEE_F32LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    static uint8_t filler[700000]; /* what stands there is not read */
    assert_true(chunk_bytes <= sizeof filler);
    for (hsize_t i = 0; i < N_CHUNKS; i++) {
        const hsize_t offset[1] = {i * CHUNK};
        assert_true(H5Dwrite_chunk(id, H5P_DEFAULT, 0, offset, chunk_bytes, filler) >= 0);
    }
    H5Dclose(id);
    H5Sclose(space);
    H5Pclose(plist);
    H5Fclose(file);
    return path;
}

/* What a file holds is read when it is asked for; what is compressed beyond the limit is never read, and the rest
 * within the limit of octet-hdf5's memory. */
static void limits_of_memory_are_told(void **state) {
    (void)state;
    static const struct {
        size_t chunk_bytes;
        const char *sentence;
    } cases[] = {
        {80000, "large.h5:/zeros: 335544320 numbers that are compressed to 1600000 bytes: the limit is 64 MiB"},
        {700000, "large.h5: reading it takes more than the 1117 MiB of memory that octet-hdf5 may take for it"}};
    float *numbers = malloc((size_t)1280 << 20); /* never touched */
    assert_non_null(numbers);
    for (size_t i = 0; i < (IS_SANITIZED ? 1 : 2); i++) { /* a sanitizer takes address space without a limit */
        octet_hdf5 *hdf5;
        octet_context_init(&ctx);
        assert_int_equal(octet_hdf5_open(&ctx, write_chunks("large.h5", cases[i].chunk_bytes), &hdf5), OCTET_OK);
        const octet_hdf5_node *zeros = octet_hdf5_find(hdf5, NULL, "zeros");
        assert_non_null(zeros);
        assert_int_equal(octet_hdf5_numbers(&ctx, hdf5, zeros, numbers), OCTET_LIMIT);
        if (strstr(ctx.message, cases[i].sentence) == NULL) fail_msg("%s", ctx.message);
        octet_hdf5_close(&ctx, hdf5);
        assert_int_equal(ctx.memory_bytes, 0);
    }
    free(numbers);
}

/* A helper that is there no more, or answers with another size, when numbers are wanted. */
static void numbers_are_not_trusted(void **state) {
    (void)state;
    octet_file file;
    int descriptor;
    octet_bytes body;
    octet_hdf5_exchange exchange;
    const octet_bytes bytes = good_file(&file);
    float numbers[4];
    static const struct {
        const char *rest, *sentence;
        octet_status status;
    } cases[] = {{"", "ended before it had read the file (exit code 6)", OCTET_IO},
                 {"printf '\\0\\0\\0\\0\\0\\0\\0\\0\\020\\0\\0\\0\\0\\0\\0\\0'; printf 12345678;",
                  "ended before it had read the file (exit code 6)", OCTET_IO},
                 {"printf '\\0\\0\\0\\0\\0\\0\\0\\0\\021\\0\\0\\0\\0\\0\\0\\0'; cat", "reads nonsense", OCTET_FORMAT}};
    assert_int_equal(octet_file_from_bytes(&ctx, bytes, "m", &descriptor), OCTET_OK);
    const octet_reader reader = {.descriptor = descriptor, .size = bytes.size};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char script[512];
        snprintf(script, sizeof script,
                 GREETING OK_OF_16_BYTES "printf 1234567812345678; head -c 64 >/dev/null;%s exit 6\n", cases[i].rest);
        octet_context_init(&ctx);
        ctx.hdf5_helper = write_helper(script);
        assert_int_equal(octet_hdf5_exchange_open(&ctx, &reader, "m", &exchange, &body), OCTET_OK);
        octet_status status = octet_hdf5_exchange_ask(&ctx, &exchange, 0, sizeof numbers);
        if (status == OCTET_OK) status = octet_hdf5_exchange_take(&ctx, &exchange, numbers, sizeof numbers);
        assert_int_equal(status, cases[i].status);
        if (strstr(ctx.message, cases[i].sentence) == NULL) fail_msg("%s", ctx.message);
        octet_hdf5_exchange_close(&ctx, &exchange);
        octet_memory_free(&ctx, (void *)(uintptr_t)body.data);
        assert_int_equal(ctx.memory_bytes, 0);
    }
    close(descriptor);
    octet_file_close(&ctx, &file);
}

static void standard_descriptors_may_be_closed(void **state) {
    (void)state;
    octet_file file;
    const octet_bytes bytes = good_file(&file);
    int kept[3];
    for (int i = 0; i < 3; i++) kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 30);
    for (int i = 0; i < 3; i++) close(i);
    const octet_status status = open_with(NULL, bytes);
    for (int i = 0; i < 3; i++) {
        dup2(kept[i], i);
        close(kept[i]);
    }
    assert_int_equal(status, OCTET_OK);
    octet_file_close(&ctx, &file);
}

/* libhdf5 1.10.8 loops on this one; other versions may find the damage. Last: this lowers the
 * limit of processor time for good, so that it takes two seconds instead of five. */
static void endless_files_are_told(void **state) {
    (void)state;
    const octet_bytes bytes = changed_file(2256, 255);
    struct rusage used;
    assert_int_equal(getrusage(RUSAGE_SELF, &used), 0);
    const rlim_t n_seconds = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 3;
    assert_int_equal(setrlimit(RLIMIT_CPU, &(struct rlimit){n_seconds, n_seconds}), 0);
    signal(SIGCHLD, SIG_IGN);
    const octet_status status = open_with(NULL, bytes);
    signal(SIGCHLD, SIG_DFL);
    assert_true(status == OCTET_LIMIT || status == OCTET_FORMAT);
    if (status == OCTET_LIMIT) assert_non_null(strstr(ctx.message, "does not come to an end with it"));
    free((void *)(uintptr_t)bytes.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strangers_are_told),       cmocka_unit_test(the_environment_names_it),
        cmocka_unit_test(early_ends_are_told),      cmocka_unit_test(answers_are_not_trusted),
        cmocka_unit_test(bodies_are_checked),       cmocka_unit_test(crashes_are_told),
        cmocka_unit_test(it_tells_what_holds_it),   cmocka_unit_test(cut_files_are_told),
        cmocka_unit_test(truncated_files_are_told), cmocka_unit_test(limits_of_memory_are_told),
        cmocka_unit_test(numbers_are_not_trusted),  cmocka_unit_test(standard_descriptors_may_be_closed),
        cmocka_unit_test(endless_files_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
