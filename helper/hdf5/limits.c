#define _DEFAULT_SOURCE /* RLIMIT_AS, sigaltstack */
#include "limits.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <unistd.h>

#include "base/status.h"
#include "formats/hdf5/protocol.h"

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

/* A sanitizer's shadow memory is larger than any limit, and its allocator its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || HAS_FEATURE(address_sanitizer) || \
    HAS_FEATURE(thread_sanitizer) || HAS_FEATURE(memory_sanitizer)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

static volatile sig_atomic_t answer_descriptor = -1;

/* ---- Signals ---- */

typedef struct last_answer {
    octet_hdf5_verdict verdict;
    char sentence[96];
} last_answer;

static void put(last_answer *answer, const char *text) {
    while (*text != '\0') answer->sentence[answer->verdict.size++] = *text++;
}

/* Calls nothing but write: the memory of the process may be in any state. */
static void answer_signal(int number) {
    last_answer answer = {.verdict = {.status = number == SIGXCPU ? OCTET_LIMIT : OCTET_FORMAT}};
    const char tens[2] = {(char)('0' + number / 10 % 10)}, ones[2] = {(char)('0' + number % 10)};
    if (number == SIGXCPU) {
        put(&answer, ": the HDF5 library does not come to an end with it: the file is corrupt");
    } else {
        put(&answer, ": the HDF5 library fails on it (signal ");
        if (number >= 10) put(&answer, tens);
        put(&answer, ones);
        put(&answer, "): the file is corrupt");
    }
    const ssize_t n = write(answer_descriptor, &answer, sizeof answer.verdict + (size_t)answer.verdict.size);
    _exit(n > 0 ? 0 : 1); /* a descriptor of -1 is no place to write to */
}

static void catch_signals(void) {
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU};
    static char stack[1 << 17]; /* of its own: the other one may be full */
    const stack_t place = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&place, NULL);
    struct sigaction action = {.sa_handler = answer_signal, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}

void limits_stop_answering(void) { answer_descriptor = -1; }

/* ---- Limits ---- */

/* Lowers a limit, never above what the process was given; the soft one, which is told by a signal, stays below the hard
 * one, which kills. */
static void lower(int resource, rlim_t soft, rlim_t hard) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return;
    if (limit.rlim_max == RLIM_INFINITY || hard < limit.rlim_max) limit.rlim_max = hard;
    limit.rlim_cur = soft < limit.rlim_max || limit.rlim_max == 0 ? soft : limit.rlim_max - 1;
    setrlimit(resource, &limit);
}

static void limit_memory(uint64_t file_size) {
    unsigned long long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm == NULL) return;
    const int n = fscanf(statm, "%llu", &pages);
    fclose(statm);
    const rlim_t bytes = (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + ((rlim_t)1 << 30) + 8 * (rlim_t)file_size;
    if (n == 1) lower(RLIMIT_AS, bytes, bytes);
}

void limits_set(uint64_t cpu_seconds, uint64_t file_size, int answer) {
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody waits for it when the other side is gone */
#endif
    answer_descriptor = answer;
    catch_signals();
    lower(RLIMIT_CORE, 0, 0);
    lower(RLIMIT_CPU, (rlim_t)cpu_seconds, (rlim_t)cpu_seconds + 1);
    if (!IS_SANITIZED) limit_memory(file_size);
}

/* ---- Refused memory ---- */

static size_t refused_bytes;

size_t limits_refused_bytes(void) { return refused_bytes; }

#if IS_SANITIZED
/* Read by the sanitizers when the program starts: they refuse large blocks in place of the limit of the system, and
 * what they find is answered as the crash that it would be. */
#define SANITIZER_OPTIONS "abort_on_error=1:allocator_may_return_null=1:max_allocation_size_mb=1024"
const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__asan_default_options(void) { return SANITIZER_OPTIONS; }
const char *__tsan_default_options(void) { return SANITIZER_OPTIONS; }
#elif defined(__GLIBC__)
/* libhdf5 does not tell a lack of memory from damage. glibc lets a program stand in front of its allocator. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);

static void *note(void *block, size_t size) {
    if (block == NULL && size > refused_bytes) refused_bytes = size;
    return block;
}

void *malloc(size_t size) { return note(__libc_malloc(size), size); }
void *calloc(size_t n, size_t size) {
    size_t product;
    if (__builtin_mul_overflow(n, size, &product)) product = SIZE_MAX;
    return note(__libc_calloc(n, size), product);
}
void *realloc(void *block, size_t size) { return note(__libc_realloc(block, size), size); }
#endif
