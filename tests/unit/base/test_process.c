#include "support/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "base/clock.h"
#include "base/process.h"

static size_t count_descriptors(void) {
    size_t n = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL) n++;
    closedir(folder);
    return n;
}

static const char *write_script(const char *name, const char *text) {
    const char *path = fixture_write(name, text, strlen(text));
    assert_int_equal(chmod(path, 0755), 0);
    return path;
}

/* Runs `path` with `file`, sends "hello" and gives what comes back as text. */
static octet_process_end talk(const char *path, int file, char *answer, size_t size) {
    octet_process process;
    assert_int_equal(octet_process_start(path, "name", file, &process), 0);
    octet_process_send(&process, "hello", 5);
    size_t n = 0;
    for (;;) {
        const int64_t received = octet_process_receive(&process, answer + n, size - 1 - n);
        assert_true(received >= 0);
        if (received == 0) break;
        n += (size_t)received;
    }
    answer[n] = '\0';
    return octet_process_finish(&process);
}

static void descriptors_are_where_they_should_be(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    int file;
    const size_t before = count_descriptors();
    assert_int_equal(octet_file_from_bytes(&ctx, (octet_bytes){(const uint8_t *)"content", 7}, "memory", &file),
                     OCTET_OK);
    assert_true(fcntl(file, F_GETFD) & FD_CLOEXEC);
    lseek(file, 0, SEEK_SET);
    char answer[256];
    const char *script =
        write_script("speaks", "#!/bin/sh\nhead -c 5; cat <&3; ls -l /proc/self/fd | grep -c memfd; exit 7\n");
    const octet_process_end end = talk(script, file, answer, sizeof answer);
    assert_true(end.is_known && end.signal == 0);
    assert_int_equal(end.exit_code, 7);
    assert_string_equal(answer, "hellocontent1\n"); /* the file once, and none of the library's own descriptors */
    close(file);
    assert_int_equal(count_descriptors(), before);
}

static void programs_learn_their_name(void **state) {
    (void)state;
    octet_process process;
    char answer[64] = "";
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(octet_process_start("/bin/sh", "a-name", file, &process), 0);
    assert_true(octet_process_send(&process, "echo $0\n", 8));
    assert_int_equal(octet_process_receive(&process, answer, sizeof answer), 7);
    assert_string_equal(answer, "a-name\n");
    octet_process_finish(&process);
    close(file);
}

static void errors_are_numbers(void **state) {
    (void)state;
    const size_t before = count_descriptors();
    octet_process process;
    assert_int_equal(octet_process_start(fixture_path("missing"), "name", 0, &process), ENOENT);
    assert_int_equal(octet_process_start(fixture_write("text", "text", 4), "name", 0, &process), EACCES);
    assert_int_equal(octet_process_start("/bin/true", "name", -1, &process), EBADF);
    assert_int_equal(count_descriptors(), before);
}

static void ends_are_told(void **state) {
    (void)state;
    char answer[64];
    octet_process process;
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    const octet_process_end killed = talk(write_script("killed", "#!/bin/sh\nkill -15 $$\n"), file, answer, 64);
    assert_true(killed.is_known && killed.signal == SIGTERM && answer[0] == '\0');
    assert_int_equal(octet_process_start(write_script("waits", "#!/bin/sh\nexec sleep 100\n"), "name", file, &process),
                     0);
    process.max_idle = 3;
    assert_int_equal(octet_process_receive(&process, answer, sizeof answer), -1);
    assert_int_equal(errno, ETIMEDOUT);
    const octet_process_end ended = octet_process_finish(&process);
    assert_true(ended.is_known && ended.signal == SIGKILL);
    close(file);
}

/* A program that closes the socket must not raise SIGPIPE here, and one that outlives it is not waited for. */
static void hosts_are_left_alone(void **state) {
    (void)state;
    static const char large[1 << 20];
    octet_process process;
    char answer[64];
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(octet_process_start("/bin/true", "name", file, &process), 0);
    assert_false(octet_process_send(&process, large, sizeof large));
    octet_process_finish(&process);
    const uint64_t start = octet_clock_ns();
    assert_int_equal(
        octet_process_start(write_script("stays", "#!/bin/sh\nexec <&- >&-\nexec sleep 100\n"), "name", file, &process),
        0);
    assert_int_equal(octet_process_receive(&process, answer, sizeof answer), 0);
    assert_int_equal(octet_process_finish(&process).signal, SIGKILL);
    assert_true(octet_clock_ns() - start < UINT64_C(60000000000));
    /* The system collects the children of a host that ignores SIGCHLD. */
    signal(SIGCHLD, SIG_IGN);
    assert_false(talk(write_script("repeats", "#!/bin/sh\nhead -c 5\n"), file, answer, sizeof answer).is_known);
    assert_string_equal(answer, "hello");
    signal(SIGCHLD, SIG_DFL);
    close(file);
}

/* The child of another thread may hold an end of the socket for as long as it lives. */
static void ends_are_seen_behind_inherited_descriptors(void **state) {
    (void)state;
    octet_process process;
    char answer[64];
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(
        octet_process_start(write_script("hands", "#!/bin/sh\nsleep 100 & printf %8d $!\n"), "name", file, &process),
        0);
    assert_int_equal(octet_process_receive(&process, answer, sizeof answer), 8);
    assert_int_equal(octet_process_receive(&process, answer + 9, sizeof answer - 9), 0);
    answer[8] = '\0';
    assert_int_equal(octet_process_finish(&process).exit_code, 0);
    assert_int_equal(kill((pid_t)atoi(answer), SIGKILL), 0);
    close(file);
}

/* Without standard descriptors the library's own get their numbers. */
static void standard_descriptors_may_be_closed(void **state) {
    (void)state;
    int kept[3];
    char answer[64] = "";
    const char *script = write_script("answers", "#!/bin/sh\nhead -c 5\n");
    const int file = fcntl(open("/dev/null", O_RDONLY | O_CLOEXEC), F_DUPFD_CLOEXEC, 20);
    for (int i = 0; i < 3; i++) kept[i] = fcntl(i, F_DUPFD_CLOEXEC, 30);
    for (int i = 0; i < 3; i++) close(i);
    const int low = open("/dev/null", O_RDONLY | O_CLOEXEC);
    talk(script, low, answer, sizeof answer);
    close(low);
    for (int i = 0; i < 3; i++) {
        dup2(kept[i], i);
        close(kept[i]);
    }
    close(file);
    assert_int_equal(low, 0);
    assert_string_equal(answer, "hello");
}

static void places_are_told(void **state) {
    (void)state;
    char code[4096], program[4096];
    assert_true(octet_process_program_path(program, sizeof program));
    assert_true(octet_process_code_path((const void *)(uintptr_t)places_are_told, code, sizeof code));
    assert_string_equal(code, program);
    /* What stdin points to lies in the C library. */
    assert_true(octet_process_code_path(stdin, code, sizeof code));
    assert_string_not_equal(code, program);
    assert_int_equal(code[0], '/');
    assert_false(octet_process_program_path(program, 4));
    assert_false(octet_process_code_path((const void *)(uintptr_t)places_are_told, code, 4));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(descriptors_are_where_they_should_be),
                                       cmocka_unit_test(programs_learn_their_name),
                                       cmocka_unit_test(errors_are_numbers),
                                       cmocka_unit_test(ends_are_told),
                                       cmocka_unit_test(hosts_are_left_alone),
                                       cmocka_unit_test(ends_are_seen_behind_inherited_descriptors),
                                       cmocka_unit_test(standard_descriptors_may_be_closed),
                                       cmocka_unit_test(places_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
