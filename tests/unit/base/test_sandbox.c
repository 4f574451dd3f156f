#define _GNU_SOURCE /* syscall */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/sandbox.h"

static int pipe_ends[2];

static bool is_refused(long result) { return result == -1 && errno == EPERM; }

/* A bit for each promise that is broken. */
static unsigned try_everything(void) {
    unsigned broken = 0, n = 0;
    char byte = 'x';
    struct timespec now;
    struct stat info;
    char *volatile large = malloc(1 << 22), *volatile small = malloc(100);
#define EXPECT(condition) broken |= (condition) ? 0 : 1u << n, n++
    EXPECT(large != NULL && small != NULL);
    free(large);
    EXPECT(write(pipe_ends[1], &byte, 1) == 1 && read(pipe_ends[0], &byte, 1) == 1);
    EXPECT(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(memory != MAP_FAILED);
    EXPECT(is_refused(mprotect(memory, 4096, PROT_READ | PROT_EXEC)));
    EXPECT(mprotect(memory, 4096, PROT_READ) == 0);
    EXPECT(mmap(NULL, 4096, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EPERM);
    EXPECT(is_refused(open("/dev/null", O_RDONLY)));
    EXPECT(is_refused(unlink("/nowhere")));
    EXPECT(is_refused(stat("/", &info)));
    EXPECT(is_refused(socket(AF_UNIX, SOCK_STREAM, 0)));
    EXPECT(is_refused(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)));
    EXPECT(is_refused(execl("/bin/true", "true", (char *)NULL)));
    EXPECT(is_refused(kill(getppid(), 0)));
    EXPECT(is_refused(syscall(SYS_tgkill, getppid(), getppid(), 0)));
    EXPECT(syscall(SYS_tgkill, getpid(), getpid(), 0) == 0);
    EXPECT(is_refused(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0})));
#undef EXPECT
    return broken;
}

static int status_of(void (*run)(void)) {
    int status;
    const pid_t child = fork();
    if (child == 0) {
        run();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void run_inside(void) {
    if (!octet_sandbox_enter()) _exit(77);
    const unsigned broken = try_everything();
    write(pipe_ends[1], &broken, sizeof broken) == sizeof broken ? _exit(0) : _exit(1);
}

static void abort_inside(void) {
    if (!octet_sandbox_enter()) _exit(77);
    abort();
}

static void a_process_keeps_only_what_it_needs(void **state) {
    (void)state;
    unsigned broken = 0;
    assert_int_equal(pipe(pipe_ends), 0);
    const int status = status_of(run_inside);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) skip();
    assert_int_equal(status, 0);
    assert_int_equal(read(pipe_ends[0], &broken, sizeof broken), sizeof broken);
    assert_int_equal(broken, 0);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

static void abort_still_aborts(void **state) {
    (void)state;
    const int status = status_of(abort_inside);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) skip();
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_keeps_only_what_it_needs),
        cmocka_unit_test(abort_still_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
