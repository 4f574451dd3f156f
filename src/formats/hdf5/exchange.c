#include "formats/hdf5/exchange.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "formats/hdf5/helper.h"
#include "formats/hdf5/protocol.h"

/* libhdf5 crashes, loops and takes memory without end on damaged files (1.10.8: of 1000 random changes to the two files
 * of tests/fuzz/corpus/hdf5, 3 crash it and 1 loops), so it reads in a process of its own whose memory and time are
 * limited (helper/hdf5); what it read is checked like a file. */

typedef octet_hdf5_exchange exchange;

typedef enum outcome {
    ARRIVED,
    ENDED, /* the program sends no more */
    LATE,
    FAILED /* the system's reason is in errno */
} outcome;

/* Of processor time, for a file of this size: the verdict does not depend on the clock. Real files take milliseconds; a
 * damaged one makes libhdf5 1.10 loop without end. */
static uint64_t max_seconds(uint64_t file_size) { return 5 + (file_size >> 24); }

/* Receives `size` bytes; *n is how many came. */
static outcome receive(exchange *x, void *data, size_t size, size_t *n) {
    uint8_t *bytes = data;
    for (*n = 0; *n < size;) {
        const int64_t received = octet_process_receive(&x->process, bytes + *n, size - *n);
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

static octet_process_end finish(exchange *x) {
    x->is_open = false;
    return octet_process_finish(&x->process);
}

/* Raises what the system said to a call that the exchange needs. */
static octet_status fail_call(octet_context *ctx, const exchange *x, const char *what, int error) {
    return octet_context_fail(ctx, octet_status_of_error(error), "%s: %s, which is to read it, cannot be %s: %s",
                              x->name, x->helper, what, octet_format_error(error));
}

/* A program that somebody killed; the system does so when its memory runs out. */
static octet_status fail_signal(octet_context *ctx, const exchange *x, int signal, const char *when) {
    OCTET_CHECK(ctx, signal != SIGKILL, OCTET_NOMEM,
                "%s: %s, which is to read it, was killed %s (by the system, out of memory?)", x->name, x->helper, when);
    return octet_context_fail(ctx, OCTET_IO, "%s: %s, which is to read it, was ended by signal %d %s", x->name,
                              x->helper, signal, when);
}

/* Of a program that ended before all was said: whether it said why by its exit code. */
static octet_status check_sent(octet_context *ctx, const exchange *x, const octet_process_end *end) {
    OCTET_CHECK(ctx, !end->is_known || end->signal != 0 || end->exit_code != OCTET_HDF5_EXIT_UNSENT, OCTET_IO,
                "%s: %s, which is to read it, could not send its answer", x->name, x->helper);
    return OCTET_OK;
}

/* Why a program did not even greet; `n` bytes came. */
static octet_status fail_stranger(octet_context *ctx, exchange *x, outcome arrival, size_t n) {
    const int error = errno;
    char code[32];
    const octet_process_end end = finish(x);
    if (arrival == FAILED) return fail_call(ctx, x, "heard", error);
    OCTET_CHECK(ctx, arrival != LATE, OCTET_IO, "%s: %s, which is to read it, does not answer: " INSTALL, x->name,
                x->helper);
    OCTET_CHECK(ctx, n == 0, OCTET_IO, "%s: %s, which is to read it, is another program than octet-hdf5: " INSTALL,
                x->name, x->helper);
    if (end.signal != 0) return fail_signal(ctx, x, end.signal, "before it answered");
    OCTET_TRY(check_sent(ctx, x, &end));
    return octet_context_fail(ctx, OCTET_IO, "%s: %s, which is to read it, ends without an answer%s: " INSTALL, x->name,
                              x->helper, code_of(&end, code));
}

/* Why octet-hdf5 greeted but did not answer: what it sees coming it tells itself. */
static octet_status fail_early_end(octet_context *ctx, exchange *x, outcome arrival) {
    const int error = errno;
    char code[32];
    const octet_process_end end = finish(x);
    if (arrival == FAILED) return fail_call(ctx, x, "heard", error);
    OCTET_CHECK(ctx, arrival != LATE, OCTET_IO, "%s: %s does nothing any more while it reads the file", x->name,
                x->helper);
    if (end.signal != 0) return fail_signal(ctx, x, end.signal, "while it read the file");
    OCTET_TRY(check_sent(ctx, x, &end));
    return octet_context_fail(ctx, OCTET_IO, "%s: %s ended before it had read the file%s", x->name, x->helper,
                              code_of(&end, code));
}

static octet_status receive_all(octet_context *ctx, exchange *x, void *to, size_t size) {
    size_t n;
    const outcome arrival = receive(x, to, size, &n);
    return arrival == ARRIVED ? OCTET_OK : fail_early_end(ctx, x, arrival);
}

static octet_status fail_nonsense(octet_context *ctx, exchange *x) {
    finish(x);
    return octet_context_fail(ctx, OCTET_FORMAT, "%s: the HDF5 library reads nonsense from it: the file is corrupt",
                              x->name);
}

static octet_status receive_sentence(octet_context *ctx, exchange *x, octet_status status, uint64_t size) {
    char text[OCTET_HDF5_MAX_SENTENCE + 1];
    if (size < 1 || size > OCTET_HDF5_MAX_SENTENCE) return fail_nonsense(ctx, x);
    OCTET_TRY(receive_all(ctx, x, text, (size_t)size));
    finish(x);
    text[size] = '\0';
    return octet_context_fail(ctx, status, "%s%s%s", x->name, text[0] == ':' ? "" : ": ", text);
}

/* OK: `size` bytes follow. */
static octet_status receive_verdict(octet_context *ctx, exchange *x, uint64_t *size) {
    octet_hdf5_verdict verdict = {0};
    OCTET_TRY(receive_all(ctx, x, &verdict, sizeof verdict));
    *size = verdict.size;
    if (verdict.status == OCTET_OK) return OCTET_OK;
    const octet_status status = verdict.status <= OCTET_INTERNAL ? (octet_status)verdict.status : OCTET_FORMAT;
    return receive_sentence(ctx, x, status, verdict.size);
}

static octet_status receive_body(octet_context *ctx, exchange *x, octet_bytes *body) {
    void *block = NULL;
    uint64_t size;
    OCTET_TRY(receive_verdict(ctx, x, &size));
    OCTET_TRY(octet_memory_allocate(ctx, size <= SIZE_MAX ? (size_t)size : SIZE_MAX, &block));
    const octet_status status = receive_all(ctx, x, block, (size_t)size);
    if (status == OCTET_OK) *body = (octet_bytes){block, (size_t)size};
    else octet_memory_free(ctx, block);
    return status;
}

static octet_status receive_greeting(octet_context *ctx, exchange *x) {
    octet_hdf5_greeting greeting = {0};
    size_t n;
    const outcome arrival = receive(x, &greeting, sizeof greeting, &n);
    if (arrival != ARRIVED || greeting.magic != OCTET_HDF5_ANSWER_MAGIC) return fail_stranger(ctx, x, arrival, n);
    if (greeting.version == OCTET_HDF5_PROTOCOL_VERSION) return OCTET_OK;
    finish(x);
    return octet_context_fail(
        ctx, OCTET_IO,
        "%s: %s, which is to read it, speaks version %llu of its protocol, this library version %llu: " INSTALL,
        x->name, x->helper, (unsigned long long)greeting.version, (unsigned long long)OCTET_HDF5_PROTOCOL_VERSION);
}

/* Errors that another program of this name would not meet. */
static bool is_lack(int error) { return error == ENOMEM || error == EAGAIN || error == EMFILE || error == ENFILE; }

/* A program that does not take what is sent does not answer it either. */
static octet_status send_all(octet_context *ctx, exchange *x, const void *data, size_t size) {
    if (octet_process_send(&x->process, data, size) || errno == EPIPE || errno == ECONNRESET) return OCTET_OK;
    const int error = errno;
    finish(x);
    return fail_call(ctx, x, "asked", error);
}

octet_status octet_hdf5_exchange_open(octet_context *ctx, const octet_reader *file, const char *name,
                                      octet_hdf5_exchange *x, octet_bytes *body) {
    *body = (octet_bytes){0};
    *x = (octet_hdf5_exchange){.name = name, .cpu_seconds = max_seconds(file->size)};
    OCTET_TRY(octet_hdf5_helper_find(ctx, &x->arena, name, &x->helper));
    const int error = octet_process_start(x->helper, "octet-hdf5", file->descriptor, &x->process);
    if (is_lack(error)) return fail_call(ctx, x, "started", error);
    OCTET_CHECK(ctx, error == 0, OCTET_IO, "%s: %s, which is to read it, cannot be started: %s: " INSTALL, x->name,
                x->helper, octet_format_error(error));
    x->is_open = true;
    const size_t left = ctx->max_memory_bytes > ctx->memory_bytes ? ctx->max_memory_bytes - ctx->memory_bytes : 0;
    const octet_hdf5_request request = {.magic = OCTET_HDF5_REQUEST_MAGIC,
                                        .version = OCTET_HDF5_PROTOCOL_VERSION,
                                        .file_offset = file->offset,
                                        .file_size = file->size,
                                        .max_memory_bytes = left,
                                        .max_depth = ctx->max_depth,
                                        .cpu_seconds = x->cpu_seconds};
    OCTET_TRY(send_all(ctx, x, &request, sizeof request));
    OCTET_TRY(receive_greeting(ctx, x));
    return receive_body(ctx, x, body);
}

octet_status octet_hdf5_exchange_ask(octet_context *ctx, octet_hdf5_exchange *x, uint32_t dataset, size_t size_bytes) {
    const uint64_t number = dataset;
    uint64_t size;
    OCTET_CHECK(ctx, x->is_open && x->left_bytes == 0, OCTET_INTERNAL, "%s: its numbers are asked for out of turn",
                x->name);
    OCTET_TRY(send_all(ctx, x, &number, sizeof number));
    OCTET_TRY(receive_verdict(ctx, x, &size));
    if (size != size_bytes) return fail_nonsense(ctx, x);
    x->left_bytes = size_bytes;
    return OCTET_OK;
}

octet_status octet_hdf5_exchange_take(octet_context *ctx, octet_hdf5_exchange *x, void *to, size_t size_bytes) {
    OCTET_CHECK(ctx, x->is_open && size_bytes <= x->left_bytes, OCTET_INTERNAL, "%s: its numbers are taken out of turn",
                x->name);
    OCTET_TRY(receive_all(ctx, x, to, size_bytes));
    x->left_bytes -= size_bytes;
    return OCTET_OK;
}

void octet_hdf5_exchange_close(octet_context *ctx, octet_hdf5_exchange *x) {
    if (x->is_open) finish(x);
    octet_arena_free(ctx, &x->arena);
}
