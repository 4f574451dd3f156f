#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum {
    FIRST_OWN = 10, /* descriptors from here on cannot collide with those that the program gets */
    LOOK_MS = 100,  /* between two looks at a program that sends nothing */
    MAX_IDLE = 100
};

/* A copy of `fd` that is out of the way. */
static int lift(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN); }

typedef struct spawning {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
} spawning;

/* No descriptors yet; signals as a program expects them. */
static int begin_spawning(spawning *s) {
    int error = posix_spawn_file_actions_init(&s->actions);
    if (error != 0) return error;
    error = posix_spawnattr_init(&s->attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&s->actions);
        return error;
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setflags(&s->attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&s->attributes, &none);
    posix_spawnattr_setsigdefault(&s->attributes, &all);
    return 0;
}

static void end_spawning(spawning *s) {
    posix_spawnattr_destroy(&s->attributes);
    posix_spawn_file_actions_destroy(&s->actions);
}

/* What is written there gets lost. Where there is no /dev/null, as in a bare chroot, the file takes its place: it is
 * open for reading only. */
static int add_null(spawning *s, int descriptor, int file) {
    if (access("/dev/null", F_OK) != 0 && errno == ENOENT)
        return posix_spawn_file_actions_adddup2(&s->actions, file, descriptor);
    return posix_spawn_file_actions_addopen(&s->actions, descriptor, "/dev/null", O_RDWR, 0);
}

static int spawn(const char *path, const char *name, int socket, int file, pid_t *id) {
    spawning s;
    char *const arguments[] = {(char *)(uintptr_t)name, NULL};
    int error = begin_spawning(&s);
    if (error != 0) return error;
    error = posix_spawn_file_actions_adddup2(&s.actions, socket, 0);
    if (error == 0) error = posix_spawn_file_actions_adddup2(&s.actions, socket, 1);
    if (error == 0) error = add_null(&s, 2, file);
    if (error == 0) error = posix_spawn_file_actions_adddup2(&s.actions, file, 3);
    if (error == 0) error = posix_spawn(id, path, &s.actions, &s.attributes, arguments, environ);
    end_spawning(&s);
    return error;
}

int octet_process_start(const char *path, const char *name, int file, octet_process *process) {
    int ends[2], error = 0;
    pid_t id = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    const int socket = lift(ends[1]), lifted_file = lift(file);
    if (socket < 0 || lifted_file < 0) error = errno;
    if (error == 0) error = spawn(path, name, socket, lifted_file, &id);
    if (socket >= 0) close(socket);
    if (lifted_file >= 0) close(lifted_file);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        return error;
    }
    *process = (octet_process){.id = id, .socket = ends[0], .max_idle = MAX_IDLE};
    return 0;
}

bool octet_process_send(const octet_process *process, const void *data, size_t size) {
    const uint8_t *bytes = data;
    while (size > 0) {
        const ssize_t n = send(process->socket, bytes, size, MSG_NOSIGNAL); /* no SIGPIPE for the host */
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

/* The state of a process as the system tells it ('R' runs or would like to, 'D' waits for a disk, 'S' sleeps, ...); 'R'
 * where it does not. */
static char state_of(pid_t id) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)id);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *end = strrchr(text, ')'); /* of the name */
    return end != NULL && end[1] == ' ' ? end[2] : 'R';
}

static uint64_t cpu_ns_of(pid_t id) {
    clockid_t clock;
    struct timespec used;
    if (clock_getcpuclockid(id, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
    return (uint64_t)used.tv_sec * UINT64_C(1000000000) + (uint64_t)used.tv_nsec;
}

/* Also when somebody else has collected it. Another process may still hold its end of the socket. */
static bool has_ended(pid_t id) {
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno == ECHILD : info.si_pid == id;
}

/* Whether the program has neither worked nor wished to in max_idle looks one after the other. Time alone tells
 * nothing: the machine may be busy, the disk slow. */
static bool is_idle(octet_process *process) {
    const uint64_t cpu_ns = cpu_ns_of((pid_t)process->id);
    const char state = state_of((pid_t)process->id);
    const bool works = cpu_ns != process->cpu_ns || state == 'R' || state == 'D';
    process->cpu_ns = cpu_ns;
    process->n_idle = works ? 0 : process->n_idle + 1;
    return process->n_idle >= process->max_idle;
}

int64_t octet_process_receive(octet_process *process, void *data, size_t size) {
    for (bool is_over = false;;) {
        const ssize_t n = recv(process->socket, data, size, MSG_DONTWAIT);
        if (n > 0) process->n_idle = 0;
        if (n >= 0) return n;
        if (errno == ECONNRESET) return 0; /* it ended without reading what was sent */
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return -1;
        if (is_over) return 0;
        struct pollfd wanted = {.fd = process->socket, .events = POLLIN};
        const int n_ready = poll(&wanted, 1, LOOK_MS);
        if (n_ready < 0 && errno != EINTR) return -1;
        if (n_ready != 0) continue;
        is_over = has_ended((pid_t)process->id); /* what it had sent is there by now */
        if (!is_over && is_idle(process)) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
}

static pid_t collect(pid_t id, int *status, int options) {
    pid_t collected;
    do collected = waitpid(id, status, options);
    while (collected < 0 && errno == EINTR);
    return collected;
}

static octet_process_end end_of(bool is_known, int status) {
    octet_process_end end = {.is_known = is_known};
    if (is_known && WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    if (is_known && WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
    return end;
}

octet_process_end octet_process_finish(octet_process *process) {
    const pid_t id = (pid_t)process->id;
    close(process->socket);
    int status = 0;
    pid_t collected = collect(id, &status, WNOHANG);
    if (collected == 0) { /* still there, so that its number is its own; one that ends already ends as it would */
        kill(id, SIGKILL);
        collected = collect(id, &status, 0);
    }
    return end_of(collected == id, status);
}

int octet_process_run(const char *const *arguments, const char *log, octet_process_end *end) {
    spawning s;
    pid_t id = -1;
    int error = begin_spawning(&s), status = 0;
    if (error != 0) return error;
    error = posix_spawn_file_actions_addopen(&s.actions, 0, "/dev/null", O_RDONLY, 0);
    if (error == 0) error = posix_spawn_file_actions_addopen(&s.actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (error == 0) error = posix_spawn_file_actions_adddup2(&s.actions, 1, 2);
    if (error == 0)
        error =
            posix_spawnp(&id, arguments[0], &s.actions, &s.attributes, (char *const *)(uintptr_t)arguments, environ);
    end_spawning(&s);
    if (error != 0) return error;
    const pid_t collected = collect(id, &status, 0);
    *end = end_of(collected == id, status);
    return 0;
}

bool octet_process_code_path(const void *address, char *path, size_t size) {
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL) return false;
    char line[4608]; /* numbers and a path */
    bool found = false;
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        uint64_t begin, end;
        const char *slash = strchr(line, '/');
        if (sscanf(line, "%" SCNx64 "-%" SCNx64, &begin, &end) != 2 || slash == NULL) continue;
        if ((uintptr_t)address < begin || (uintptr_t)address >= end) continue;
        const size_t length = strcspn(slash, "\n");
        if (length >= size) break;
        memcpy(path, slash, length);
        path[length] = '\0';
        found = true;
    }
    fclose(maps);
    if (!found) errno = ENOENT;
    return found;
}

bool octet_process_program_path(char *path, size_t size) {
    const ssize_t n = readlink("/proc/self/exe", path, size);
    if (n < 0) return false;
    if (n == 0 || (size_t)n >= size) {
        errno = ENOENT;
        return false;
    }
    path[n] = '\0';
    return true;
}
