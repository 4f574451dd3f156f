#include "formats/hdf5/exchange.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/process.h"
#include "formats/hdf5/helper.h"
#include "formats/hdf5/protocol.h"

/* libhdf5 crashes, loops and takes memory without end on damaged files (1.10.8: of 1000 random changes to the two files
 * of tests/fuzz/corpus/hdf5, 3 crash it and 1 loops), so it reads in a process of its own whose memory and time are
 * limited (helper/hdf5); what it read is checked like a file. */

typedef struct exchange {
    octet_context *ctx;
    const char *name, *helper;
    octet_process process;
    uint64_t deadline_ns;
} exchange;

typedef enum outcome {
    ARRIVED,
    ENDED, /* the program sends no more */
    LATE,
    FAILED /* the system's reason is in errno */
} outcome;

/* Of processor time, for a file of this size; by the clock it may take eight times as much. Real files take
 * milliseconds; a damaged one makes libhdf5 1.10 loop without end. */
static uint64_t max_seconds(size_t file_size) { return 5 + (uint64_t)(file_size >> 24); }

/* Receives `size` bytes; *n is how many came. */
static outcome receive(const exchange *x, void *data, size_t size, size_t *n) {
    uint8_t *bytes = data;
    for (*n = 0; *n < size;) {
        const int64_t received = octet_process_receive(&x->process, bytes + *n, size - *n, x->deadline_ns);
        if (received < 0) return errno == ETIMEDOUT ? LATE : FAILED;
        if (received == 0) return ENDED;
        *n += (size_t)received;
    }
    return ARRIVED;
}

#define INSTALL "install octet-hdf5 of octet's release there or name it in the environment variable OCTET_HDF5_HELPER"

/* " (exit code 1)", or "" where the host collects its children and the code is not known. */
static const char *code_of(const octet_process_end *end, char text[32]) {
    text[0] = '\0';
    if (end->is_known) snprintf(text, 32, " (exit code %d)", end->exit_code);
    return text;
}

/* Raises what the system said to a call that the exchange needs. */
static octet_status fail_call(const exchange *x, const char *what, int error) {
    return octet_context_fail(x->ctx, octet_status_of_error(error), "%s: %s, which is to read it, cannot be %s: %s",
                              x->name, x->helper, what, strerror(error));
}

/* A program that somebody killed; the system does so when its memory runs out. */
static octet_status fail_signal(const exchange *x, int signal, const char *when) {
    OCTET_CHECK(x->ctx, signal != SIGKILL, OCTET_NOMEM,
                "%s: %s, which is to read it, was killed %s (by the system, out of memory?)", x->name, x->helper, when);
    return octet_context_fail(x->ctx, OCTET_IO, "%s: %s, which is to read it, was ended by signal %d %s", x->name,
                              x->helper, signal, when);
}

/* Of a program that ended before all was said: whether it said why by its exit code. */
static octet_status check_sent(const exchange *x, const octet_process_end *end) {
    OCTET_CHECK(x->ctx, !end->is_known || end->signal != 0 || end->exit_code != OCTET_HDF5_EXIT_UNSENT, OCTET_IO,
                "%s: %s, which is to read it, could not send its answer", x->name, x->helper);
    return OCTET_OK;
}

/* Why a program did not even greet; `n` bytes came. */
static octet_status fail_stranger(exchange *x, outcome arrival, size_t n) {
    const int error = errno;
    char code[32];
    const octet_process_end end = octet_process_finish(&x->process);
    if (arrival == FAILED) return fail_call(x, "heard", error);
    OCTET_CHECK(x->ctx, arrival != LATE, OCTET_IO, "%s: %s, which is to read it, does not answer: " INSTALL, x->name,
                x->helper);
    OCTET_CHECK(x->ctx, n == 0, OCTET_IO, "%s: %s, which is to read it, is another program than octet-hdf5: " INSTALL,
                x->name, x->helper);
    if (end.signal != 0) return fail_signal(x, end.signal, "before it answered");
    OCTET_TRY(check_sent(x, &end));
    return octet_context_fail(x->ctx, OCTET_IO, "%s: %s, which is to read it, ends without an answer%s: " INSTALL,
                              x->name, x->helper, code_of(&end, code));
}

/* Why octet-hdf5 greeted but did not answer: what it sees coming it tells itself. */
static octet_status fail_early_end(exchange *x, outcome arrival) {
    const int error = errno;
    char code[32];
    const octet_process_end end = octet_process_finish(&x->process);
    if (arrival == FAILED) return fail_call(x, "heard", error);
    OCTET_CHECK(x->ctx, arrival != LATE, OCTET_LIMIT,
                "%s: the HDF5 library does not come to an end with it: the file is corrupt", x->name);
    if (end.signal != 0) return fail_signal(x, end.signal, "while it read the file");
    OCTET_TRY(check_sent(x, &end));
    return octet_context_fail(x->ctx, OCTET_IO, "%s: %s ended before it had read the file%s", x->name, x->helper,
                              code_of(&end, code));
}

static octet_status receive_sentence(exchange *x, octet_status status, uint64_t size) {
    char text[OCTET_HDF5_MAX_SENTENCE + 1];
    size_t n = 0;
    const bool is_sentence = size >= 1 && size <= OCTET_HDF5_MAX_SENTENCE;
    const outcome arrival = is_sentence ? receive(x, text, (size_t)size, &n) : ARRIVED;
    if (arrival != ARRIVED) return fail_early_end(x, arrival);
    octet_process_finish(&x->process);
    OCTET_CHECK(x->ctx, is_sentence, OCTET_FORMAT, "%s: the HDF5 library reads nonsense from it: the file is corrupt",
                x->name);
    text[n] = '\0';
    return octet_context_fail(x->ctx, status, "%s%s%s", x->name, text[0] == ':' ? "" : ": ", text);
}

static octet_status receive_body(exchange *x, uint64_t size, octet_bytes *body) {
    void *block = NULL;
    size_t n = 0;
    octet_status status = octet_memory_allocate(x->ctx, size <= SIZE_MAX ? (size_t)size : SIZE_MAX, &block);
    if (status != OCTET_OK) {
        octet_process_finish(&x->process);
        return status;
    }
    const outcome arrival = receive(x, block, (size_t)size, &n);
    if (arrival == ARRIVED) {
        octet_process_finish(&x->process);
        *body = (octet_bytes){block, n};
        return OCTET_OK;
    }
    status = fail_early_end(x, arrival);
    octet_memory_free(x->ctx, block);
    return status;
}

static octet_status receive_answer(exchange *x, octet_bytes *body) {
    octet_hdf5_greeting greeting = {0};
    octet_hdf5_verdict verdict = {0};
    size_t n;
    outcome arrival = receive(x, &greeting, sizeof greeting, &n);
    if (arrival != ARRIVED || greeting.magic != OCTET_HDF5_ANSWER_MAGIC) return fail_stranger(x, arrival, n);
    if (greeting.version != OCTET_HDF5_PROTOCOL_VERSION) {
        octet_process_finish(&x->process);
        return octet_context_fail(
            x->ctx, OCTET_IO,
            "%s: %s, which is to read it, speaks version %llu of its protocol, this library version %llu: " INSTALL,
            x->name, x->helper, (unsigned long long)greeting.version, (unsigned long long)OCTET_HDF5_PROTOCOL_VERSION);
    }
    arrival = receive(x, &verdict, sizeof verdict, &n);
    if (arrival != ARRIVED) return fail_early_end(x, arrival);
    if (verdict.status == OCTET_OK) return receive_body(x, verdict.size, body);
    const octet_status status = verdict.status <= OCTET_INTERNAL ? (octet_status)verdict.status : OCTET_FORMAT;
    return receive_sentence(x, status, verdict.size);
}

/* Errors that another program of this name would not meet. */
static bool is_lack(int error) { return error == ENOMEM || error == EAGAIN || error == EMFILE || error == ENFILE; }

static octet_status exchange_with(exchange *x, int descriptor, size_t size, octet_bytes *body) {
    octet_context *ctx = x->ctx;
    const int error = octet_process_start(x->helper, descriptor, &x->process);
    if (is_lack(error)) return fail_call(x, "started", error);
    OCTET_CHECK(ctx, error == 0, OCTET_IO, "%s: %s, which is to read it, cannot be started: %s: " INSTALL, x->name,
                x->helper, strerror(error));
    const size_t left = ctx->max_memory_bytes > ctx->memory_bytes ? ctx->max_memory_bytes - ctx->memory_bytes : 0;
    const octet_hdf5_request request = {.magic = OCTET_HDF5_REQUEST_MAGIC,
                                        .version = OCTET_HDF5_PROTOCOL_VERSION,
                                        .file_size = size,
                                        .max_memory_bytes = left,
                                        .max_depth = ctx->max_depth,
                                        .cpu_seconds = max_seconds(size)};
    x->deadline_ns = octet_clock_ns() + 8 * request.cpu_seconds * UINT64_C(1000000000);
    if (!octet_process_send(&x->process, &request, sizeof request) && errno != EPIPE && errno != ECONNRESET) {
        const int send_error = errno;
        octet_process_finish(&x->process);
        return fail_call(x, "asked", send_error);
    }
    return receive_answer(x, body); /* a program that does not take the request does not answer it either */
}

octet_status octet_hdf5_exchange(octet_context *ctx, int descriptor, size_t size, const char *name, octet_bytes *body) {
    *body = (octet_bytes){0};
    octet_arena arena = {0};
    exchange x = {.ctx = ctx, .name = name};
    octet_status status = octet_hdf5_helper_find(ctx, &arena, name, &x.helper);
    if (status == OCTET_OK) status = exchange_with(&x, descriptor, size, body);
    octet_arena_free(ctx, &arena);
    return status;
}
