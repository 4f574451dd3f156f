#include "formats/hdf5/exchange.h"

#include <errno.h>
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

/* Of processor time, for a file of this size; by the clock it may take eight times as much. Real files take
 * milliseconds; a damaged one makes libhdf5 1.10 loop without end. */
static uint64_t max_seconds(size_t file_size) { return 5 + (uint64_t)(file_size >> 24); }

/* Receives `size` bytes; *n is how many came before the end. False with errno when waiting failed. */
static bool receive(const exchange *x, void *data, size_t size, size_t *n) {
    uint8_t *bytes = data;
    for (*n = 0; *n < size;) {
        const int64_t received = octet_process_receive(&x->process, bytes + *n, size - *n, x->deadline_ns);
        if (received < 0) return false;
        if (received == 0) return true;
        *n += (size_t)received;
    }
    return true;
}

#define INSTALL "install octet-hdf5 of octet's release there or name it in the environment variable OCTET_HDF5_HELPER"

/* " (exit code 1)", or "" where the host collects its children and the code is not known. */
static const char *code_of(const octet_process_end *end, char text[32]) {
    text[0] = '\0';
    if (end->is_known) snprintf(text, 32, " (exit code %d)", end->exit_code);
    return text;
}

/* Why a program did not even greet. */
static octet_status fail_stranger(exchange *x, bool is_late, size_t n) {
    char code[32];
    const octet_process_end end = octet_process_finish(&x->process);
    OCTET_CHECK(x->ctx, !is_late, OCTET_IO, "%s: %s, which is to read it, does not answer: " INSTALL, x->name,
                x->helper);
    OCTET_CHECK(x->ctx, n == 0, OCTET_IO, "%s: %s, which is to read it, is another program than octet-hdf5: " INSTALL,
                x->name, x->helper);
    OCTET_CHECK(x->ctx, end.signal == 0, OCTET_IO,
                "%s: %s, which is to read it, was ended by signal %d before it answered", x->name, x->helper,
                end.signal);
    return octet_context_fail(x->ctx, OCTET_IO, "%s: %s, which is to read it, ends without an answer%s: " INSTALL,
                              x->name, x->helper, code_of(&end, code));
}

/* Why octet-hdf5 greeted but did not answer: what it sees coming it tells itself. */
static octet_status fail_early_end(exchange *x, bool is_late) {
    char code[32];
    const octet_process_end end = octet_process_finish(&x->process);
    OCTET_CHECK(x->ctx, !is_late, OCTET_LIMIT,
                "%s: the HDF5 library does not come to an end with it: the file is corrupt", x->name);
    OCTET_CHECK(x->ctx, end.signal == 0, OCTET_IO,
                "%s: %s was ended by signal %d while it read the file: is the system short of memory?", x->name,
                x->helper, end.signal);
    return octet_context_fail(x->ctx, OCTET_IO, "%s: %s ended before it had read the file%s", x->name, x->helper,
                              code_of(&end, code));
}

static octet_status receive_sentence(exchange *x, octet_status status, uint64_t size) {
    char text[OCTET_HDF5_MAX_SENTENCE + 1];
    size_t n = 0;
    const bool is_sentence = size >= 1 && size <= OCTET_HDF5_MAX_SENTENCE;
    errno = 0;
    if (is_sentence && (!receive(x, text, (size_t)size, &n) || n < size)) return fail_early_end(x, errno == ETIMEDOUT);
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
    errno = 0;
    const bool is_received = receive(x, block, (size_t)size, &n);
    if (is_received && n == size) {
        octet_process_finish(&x->process);
        *body = (octet_bytes){block, n};
        return OCTET_OK;
    }
    status = fail_early_end(x, !is_received && errno == ETIMEDOUT);
    octet_memory_free(x->ctx, block);
    return status;
}

static octet_status receive_answer(exchange *x, octet_bytes *body) {
    octet_hdf5_greeting greeting = {0};
    octet_hdf5_verdict verdict = {0};
    size_t n;
    if (!receive(x, &greeting, sizeof greeting, &n)) return fail_stranger(x, errno == ETIMEDOUT, n);
    if (n < sizeof greeting || greeting.magic != OCTET_HDF5_ANSWER_MAGIC) return fail_stranger(x, false, n);
    if (greeting.version != OCTET_HDF5_PROTOCOL_VERSION) {
        octet_process_finish(&x->process);
        return octet_context_fail(
            x->ctx, OCTET_IO,
            "%s: %s, which is to read it, speaks version %llu of its protocol, this library version %llu: " INSTALL,
            x->name, x->helper, (unsigned long long)greeting.version, (unsigned long long)OCTET_HDF5_PROTOCOL_VERSION);
    }
    const bool is_received = receive(x, &verdict, sizeof verdict, &n);
    if (n < sizeof verdict) return fail_early_end(x, !is_received && errno == ETIMEDOUT);
    if (verdict.status == OCTET_OK) return receive_body(x, verdict.size, body);
    const octet_status status = verdict.status <= OCTET_INTERNAL ? (octet_status)verdict.status : OCTET_FORMAT;
    return receive_sentence(x, status, verdict.size);
}

static octet_status exchange_with(exchange *x, int descriptor, size_t size, octet_bytes *body) {
    octet_context *ctx = x->ctx;
    const int error = octet_process_start(x->helper, descriptor, &x->process);
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
    octet_process_send(&x->process, &request, sizeof request); /* who does not take it does not answer either */
    return receive_answer(x, body);
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
