#define _GNU_SOURCE /* chroot */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/reader.h"

/* A folder that is the current one, and a context. */
typedef struct fixture {
    octet_context ctx;
    char folder[32], before[4096];
} fixture;

static int enter(void **state) {
    fixture *f = calloc(1, sizeof *f);
    octet_context_init(&f->ctx);
    strcpy(f->folder, "/tmp/octet_file_XXXXXX");
    if (mkdtemp(f->folder) == NULL || getcwd(f->before, sizeof f->before) == NULL || chdir(f->folder) != 0) return 1;
    *state = f;
    return 0;
}

static unsigned count_entries(const char *path, bool removes) {
    DIR *folder = opendir(path);
    unsigned n = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (removes && unlink(entry->d_name) != 0) rmdir(entry->d_name);
        n++;
    }
    closedir(folder);
    return n;
}

static int leave(void **state) {
    fixture *f = *state;
    count_entries(".", true);
    const bool is_left = chdir(f->before) == 0 && rmdir(f->folder) == 0;
    free(f);
    return is_left ? 0 : 1;
}

static octet_bytes bytes_of(const char *text) { return (octet_bytes){(const uint8_t *)text, strlen(text)}; }

static void expect_content(fixture *f, const char *path, const char *text) {
    octet_file file;
    assert_int_equal(octet_file_open(&f->ctx, path, &file), OCTET_OK);
    assert_int_equal(file.bytes.size, strlen(text));
    assert_memory_equal(file.bytes.data, text, strlen(text));
    octet_file_close(&f->ctx, &file);
    assert_int_equal(f->ctx.memory_bytes, 0);
}

static void expect_io(fixture *f, octet_status status, const char *words) {
    assert_int_equal(status, OCTET_IO);
    if (strstr(f->ctx.message, words) == NULL) fail_msg("'%s' is not in '%s'", words, f->ctx.message);
    octet_context_clear(&f->ctx);
}

static void a_file_is_replaced_whole_or_not_at_all(void **state) {
    fixture *f = *state;
    assert_int_equal(octet_file_write(&f->ctx, "f", bytes_of("one")), OCTET_OK);
    assert_int_equal(chmod("f", 0640), 0);
    assert_int_equal(octet_file_write(&f->ctx, "f", bytes_of("three")), OCTET_OK);
    expect_content(f, "f", "three");
    struct stat info;
    assert_int_equal(stat("f", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
    octet_arena arena = {0};
    const char **names;
    size_t n;
    assert_int_equal(octet_file_list(&f->ctx, &arena, ".", &names, &n), OCTET_OK);
    assert_int_equal(n, 1);
    assert_string_equal(names[0], "f");
    octet_arena_free(&f->ctx, &arena);
    expect_io(f, octet_file_write(&f->ctx, ".", bytes_of("x")), "is a folder");
    expect_io(f, octet_file_write(&f->ctx, "none/", bytes_of("x")), "is a folder");
    expect_io(f, octet_file_write(&f->ctx, "none/f", bytes_of("x")), "No such file");
    expect_io(f, octet_file_check_writable(&f->ctx, "none/f"), "No such file");
    expect_io(f, octet_file_write(&f->ctx, "/dev/full", bytes_of("x")), "No space left");
    assert_int_equal(octet_file_check_writable(&f->ctx, "f"), OCTET_OK);
    assert_int_equal(count_entries(".", false), 1);
}

static void links_are_followed(void **state) {
    fixture *f = *state;
    char absolute[64];
    assert_int_equal(mkdir("d", 0777), 0);
    assert_int_equal(symlink("../d/real", "d/relative"), 0);
    assert_int_equal(symlink("d/relative", "chain"), 0);
    snprintf(absolute, sizeof absolute, "%s/d/relative", f->folder);
    assert_int_equal(symlink(absolute, "absolute"), 0);
    assert_int_equal(octet_file_write(&f->ctx, "chain", bytes_of("new")), OCTET_OK); /* there was none yet */
    expect_content(f, "d/real", "new");
    assert_int_equal(octet_file_write(&f->ctx, "absolute", bytes_of("newer")), OCTET_OK);
    expect_content(f, "d/real", "newer");
    struct stat info;
    assert_true(lstat("chain", &info) == 0 && S_ISLNK(info.st_mode));
    assert_true(lstat("d/relative", &info) == 0 && S_ISLNK(info.st_mode));
    assert_int_equal(count_entries("d", false), 2);
    assert_int_equal(symlink("loop", "loop"), 0);
    expect_io(f, octet_file_check_writable(&f->ctx, "loop"), "Too many levels of symbolic links");
    expect_io(f, octet_file_write(&f->ctx, "loop", bytes_of("x")), "Too many levels of symbolic links");
    unlink("d/real");
    unlink("d/relative");
}

static void a_name_may_take_all_255_bytes(void **state) {
    fixture *f = *state;
    char name[NAME_MAX + 2];
    for (size_t n = 247; n <= NAME_MAX; n++) {
        memset(name, 'n', n);
        name[n] = '\0';
        for (int again = 0; again < 2; again++) {
            assert_int_equal(octet_file_check_writable(&f->ctx, name), OCTET_OK);
            assert_int_equal(octet_file_write(&f->ctx, name, bytes_of("x")), OCTET_OK);
        }
    }
    strcat(name, "n");
    expect_io(f, octet_file_write(&f->ctx, name, bytes_of("x")), "File name too long");
    expect_io(f, octet_file_check_writable(&f->ctx, name), "File name too long");
    assert_int_equal(count_entries(".", false), NAME_MAX - 246);
}

static void the_umask_counts_and_stays(void **state) {
    fixture *f = *state;
    const mode_t before = umask(027);
    struct stat info;
    assert_int_equal(octet_file_write(&f->ctx, "f", bytes_of("x")), OCTET_OK);
    assert_int_equal(umask(before), 027);
    assert_int_equal(stat("f", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0640);
}

/* The limit on file size, with SIGXFSZ as a program finds it: it would end it. */
static void a_size_limit_is_an_error_and_no_signal(void **state) {
    fixture *f = *state;
    static uint8_t large[8192];
    struct rlimit limit, low;
    sigset_t before, after, pending;
    assert_int_equal(octet_file_write(&f->ctx, "f", bytes_of("old")), OCTET_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    low = limit;
    low.rlim_cur = 4096;
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
    const octet_status replaced = octet_file_write(&f->ctx, "f", (octet_bytes){large, sizeof large});
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    expect_io(f, replaced, "File too large");
    expect_content(f, "f", "old");
    assert_int_equal(count_entries(".", false), 1);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    sigpending(&pending);
    for (int i = 1; i < 32; i++) assert_int_equal(sigismember(&before, i), sigismember(&after, i));
    assert_int_equal(sigismember(&pending, SIGXFSZ), 0);
}

/* /dev/stdout and /dev/fd/1 are links that lead to no name. */
static void a_pipe_is_written_under_any_name(void **state) {
    fixture *f = *state;
    int ends[2];
    char path[64], got[4] = {0};
    assert_int_equal(pipe(ends), 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[1]);
    assert_int_equal(octet_file_check_writable(&f->ctx, path), OCTET_OK);
    assert_int_equal(octet_file_write(&f->ctx, path, bytes_of("abc")), OCTET_OK);
    assert_int_equal(read(ends[0], got, 3), 3);
    assert_string_equal(got, "abc");
    close(ends[0]);
    close(ends[1]);
}

static void *read_one_byte(void *path) {
    char byte;
    const int fd = open(path, O_RDONLY);
    const ssize_t n = read(fd, &byte, 1);
    close(fd);
    return n == 1 ? path : NULL;
}

static void a_pipe_that_nobody_reads_is_no_signal(void **state) {
    fixture *f = *state;
    static uint8_t large[1 << 20];
    pthread_t reader;
    void *result;
    char pipe[] = "pipe";
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(pthread_create(&reader, NULL, read_one_byte, pipe), 0);
    expect_io(f, octet_file_write(&f->ctx, pipe, (octet_bytes){large, sizeof large}), "Broken pipe");
    pthread_join(reader, &result);
    assert_non_null(result);
}

/* /proc is what a file without a name is given its name through. */
static void without_proc_the_temporary_file_has_a_name(void **state) {
    fixture *f = *state;
    if (geteuid() != 0) skip();
    const pid_t child = fork();
    if (child == 0) {
        struct rlimit low = {4096, 4096};
        static uint8_t large[8192];
        if (chroot(".") != 0) _exit(77);
        const bool good = octet_file_check_writable(&f->ctx, "/f") == OCTET_OK &&
                          octet_file_write(&f->ctx, "/f", bytes_of("one")) == OCTET_OK &&
                          octet_file_write(&f->ctx, "/f", bytes_of("two")) == OCTET_OK &&
                          setrlimit(RLIMIT_FSIZE, &low) == 0 &&
                          octet_file_write(&f->ctx, "/f", (octet_bytes){large, sizeof large}) == OCTET_IO;
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) skip();
    assert_int_equal(status, 0);
    expect_content(f, "f", "two");
    assert_int_equal(count_entries(".", false), 1);
}

static void a_file_that_becomes_shorter_is_told(void **state) {
    fixture *f = *state;
    static uint8_t large[10000], to[10000];
    octet_reader reader;
    assert_int_equal(octet_file_write(&f->ctx, "f", (octet_bytes){large, sizeof large}), OCTET_OK);
    assert_int_equal(octet_reader_open(&f->ctx, "f", &reader), OCTET_OK);
    assert_int_equal(reader.size, sizeof large);
    assert_int_equal(octet_reader_read(&f->ctx, &reader, 0, to, sizeof to), OCTET_OK);
    assert_int_equal(truncate("f", 5000), 0);
    assert_int_equal(octet_reader_read(&f->ctx, &reader, 4000, to, 1000), OCTET_OK);
    expect_io(f, octet_reader_read(&f->ctx, &reader, 4000, to, 1001), "f: became shorter while it was read");
    const octet_reader part = octet_reader_part(&reader, 4000, 2000, "part");
    assert_int_equal(octet_reader_read(&f->ctx, &part, 0, to, 1000), OCTET_OK);
    expect_io(f, octet_reader_read(&f->ctx, &part, 1000, to, 1000), "part: became shorter");
    expect_io(f, octet_reader_read(&f->ctx, &part, 1000, to, 1001), "part: ends at byte 2000");
    octet_reader_close(&reader);
}

static void what_is_no_file_is_refused_at_once(void **state) {
    fixture *f = *state;
    octet_file file;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(symlink("pipe", "link"), 0);
    expect_io(f, octet_file_open(&f->ctx, "pipe", &file), "pipe: is no regular file");
    expect_io(f, octet_file_open(&f->ctx, "link", &file), "link: is no regular file");
    expect_io(f, octet_file_open(&f->ctx, "/dev/zero", &file), "is no regular file");
    expect_io(f, octet_file_open(&f->ctx, ".", &file), "is a folder");
    const int writer = open("pipe", O_WRONLY | O_NONBLOCK); /* nobody has opened it to read */
    assert_int_equal(writer, -1);
    assert_int_equal(errno, ENXIO);
}

static void reading_takes_memory_of_the_context(void **state) {
    fixture *f = *state;
    static uint8_t large[100000];
    octet_file file;
    assert_int_equal(octet_file_write(&f->ctx, "f", (octet_bytes){large, sizeof large}), OCTET_OK);
    f->ctx.max_memory_bytes = sizeof large - 1;
    assert_int_equal(octet_file_open(&f->ctx, "f", &file), OCTET_LIMIT);
    assert_string_equal(f->ctx.message, "f: 100000 bytes: the limit is 99999 bytes of memory in all");
}

/* Absent is only what is not there: what cannot be looked at is an error. */
static void paths_are_looked_at(void **state) {
    fixture *f = *state;
    octet_path_kind kind;
    char long_name[400];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(octet_file_write(&f->ctx, "f", bytes_of("x")), OCTET_OK);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(symlink("f", "link"), 0);
    const struct {
        const char *path;
        octet_path_kind kind;
    } cases[] = {{"f", OCTET_PATH_FILE},         {"link", OCTET_PATH_FILE},     {".", OCTET_PATH_FOLDER},
                 {"/dev/null", OCTET_PATH_FILE}, {"g", OCTET_PATH_ABSENT},      {"f/g", OCTET_PATH_ABSENT},
                 {"loop", OCTET_PATH_ABSENT},    {long_name, OCTET_PATH_ABSENT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(octet_file_look(&f->ctx, cases[i].path, &kind), OCTET_OK);
        assert_int_equal(kind, cases[i].kind);
    }
    assert_int_equal(octet_status_of_error(ENOMEM), OCTET_NOMEM);
    assert_int_equal(octet_status_of_error(EMFILE), OCTET_IO);
    const char **names;
    size_t n_names;
    octet_arena arena = {0};
    expect_io(f, octet_file_list(&f->ctx, &arena, "g", &names, &n_names), "g: cannot be listed: No such file");
    expect_io(f, octet_file_list(&f->ctx, &arena, "f", &names, &n_names), "f: cannot be listed: Not a directory");
    octet_arena_free(&f->ctx, &arena);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, enter, leave)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_replaced_whole_or_not_at_all), CASE(links_are_followed),
        CASE(a_name_may_take_all_255_bytes),          CASE(the_umask_counts_and_stays),
        CASE(a_size_limit_is_an_error_and_no_signal), CASE(a_pipe_is_written_under_any_name),
        CASE(a_pipe_that_nobody_reads_is_no_signal),  CASE(without_proc_the_temporary_file_has_a_name),
        CASE(a_file_that_becomes_shorter_is_told),    CASE(what_is_no_file_is_refused_at_once),
        CASE(reading_takes_memory_of_the_context),    CASE(paths_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
