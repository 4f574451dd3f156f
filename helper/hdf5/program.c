#define _GNU_SOURCE /* syscall */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/context.h"
#include "base/format.h"
#include "base/sandbox.h"
#include "base/version.h"
#include "formats/hdf5/protocol.h"
#include "limits.h"
#include "read.h"

/* False with errno, or with 0 there at the end of what is sent. */
static bool take(int descriptor, void *data, size_t size) {
    uint8_t *bytes = data;
    while (size > 0) {
        errno = 0;
        const ssize_t n = read(descriptor, bytes, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static bool give(int descriptor, const void *data, size_t size) {
    const uint8_t *bytes = data;
    while (size > 0) {
        const ssize_t n = write(descriptor, bytes, size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

/* What the host of the library had open without close-on-exec. Linux before 5.9 closes one by one. */
static void close_inherited(void) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, OCTET_HDF5_FILE_DESCRIPTOR + 1, ~0u, 0) == 0) return;
#endif
    const long end = sysconf(_SC_OPEN_MAX);
    for (int i = OCTET_HDF5_FILE_DESCRIPTOR + 1; i < (end > 0 && end < 1 << 16 ? end : 1 << 16); i++) close(i);
}

static int open_null(void) {
    int null;
    do null = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (null < 0 && errno == EINTR);
    return null;
}

/* Nothing that a library prints may be taken for an answer. Where there is no /dev/null, the file that is read takes
 * it: writing there fails, and its position does not count, as it is mapped. */
static bool close_standard(void) {
    const int null = open_null(), sink = null < 0 && errno == ENOENT ? OCTET_HDF5_FILE_DESCRIPTOR : null;
    return sink >= 0 && dup2(sink, STDIN_FILENO) >= 0 && dup2(sink, STDOUT_FILENO) >= 0;
}

/* Moves the socket away from the standard descriptors. Where that fails it stays where it is. */
static int take_socket(octet_context *ctx) {
    const int socket = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, OCTET_HDF5_FILE_DESCRIPTOR + 1);
    if (socket >= 0 && close_standard()) return socket;
    octet_context_fail(ctx, octet_status_of_error(errno), ": octet-hdf5 cannot begin: %s", octet_format_error(errno));
    return socket < 0 ? STDOUT_FILENO : socket;
}

/* Where memory was refused, that is the reason, whatever libhdf5 made of it: it calls a lack of memory damage, or goes
 * on with less than there is in the file. */
static void explain_memory(octet_context *ctx) {
    const limits_shortage shortage = limits_shortage_of_memory();
    if (ctx->status != OCTET_NOMEM && shortage == LIMITS_NO_SHORTAGE) return;
    octet_context_clear(ctx);
    if (shortage == LIMITS_OWN_SHORTAGE)
        octet_context_fail(ctx, OCTET_LIMIT,
                           ": reading it takes more than the %llu MiB of memory that octet-hdf5 may take for it",
                           (unsigned long long)limits_memory_bytes() >> 20);
    else octet_context_fail(ctx, OCTET_NOMEM, LIMITS_NO_MEMORY);
}

/* The HDF5 file within the file: from the page on in which it begins. */
static octet_status map_file(octet_context *ctx, const octet_hdf5_request *request, octet_bytes *out) {
    const uint64_t skipped = request->file_offset % (uint64_t)sysconf(_SC_PAGESIZE);
    const void *file = mmap(NULL, (size_t)(request->file_size + skipped), PROT_READ, MAP_PRIVATE,
                            OCTET_HDF5_FILE_DESCRIPTOR, (off_t)(request->file_offset - skipped));
    OCTET_CHECK(ctx, file != MAP_FAILED, octet_status_of_error(errno), ": cannot be mapped: %s",
                octet_format_error(errno));
    *out = (octet_bytes){(const uint8_t *)file + skipped, (size_t)request->file_size};
    return OCTET_OK;
}

static void read_file(octet_context *ctx, const octet_hdf5_request *request, octet_hdf5_reader **reader,
                      octet_buffer *body) {
    octet_bytes file;
    ctx->max_memory_bytes = (size_t)request->max_memory_bytes;
    ctx->max_depth = request->max_depth < UINT32_MAX ? (uint32_t)request->max_depth : UINT32_MAX;
    limits_set(request->cpu_seconds, request->file_size, request->max_memory_bytes);
    if (map_file(ctx, request, &file) != OCTET_OK) return;
    octet_hdf5_read(ctx, file, reader, body);
    explain_memory(ctx);
}

static bool answer(const octet_context *ctx, const octet_buffer *body, int socket) {
    limits_answer_to(-1);
    const bool is_read = ctx->status == OCTET_OK;
    const octet_hdf5_verdict verdict = {.status = (uint64_t)ctx->status,
                                        .size = is_read ? body->size : strlen(ctx->message)};
    return give(socket, &verdict, sizeof verdict) &&
           give(socket, is_read ? (const void *)body->data : ctx->message, (size_t)verdict.size);
}

static void fail_hearing(octet_context *ctx, int error) {
    octet_context_fail(ctx, octet_status_of_error(error), ": octet-hdf5 cannot hear what it is to read: %s",
                       octet_format_error(error));
}

/* Numbers of datasets, until the library has closed its side. */
static bool serve_numbers(octet_context *ctx, octet_hdf5_reader *reader, int socket) {
    uint64_t number;
    bool is_sent = true;
    while (is_sent && ctx->status == OCTET_OK) {
        const bool is_taken = take(socket, &number, sizeof number);
        if (!is_taken && errno == 0) break;
        octet_buffer body = {.max_size = SIZE_MAX};
        limits_answer_to(socket);
        if (is_taken) octet_hdf5_read_numbers(reader, number, &body);
        else fail_hearing(ctx, errno);
        explain_memory(ctx);
        is_sent = answer(ctx, &body, socket);
        octet_buffer_free(ctx, &body);
    }
    return is_sent;
}

/* Greets and answers. What goes wrong from here on is told to the library. */
static bool serve(octet_context *ctx, const octet_hdf5_request *request) {
    const octet_hdf5_greeting greeting = {OCTET_HDF5_ANSWER_MAGIC, OCTET_HDF5_PROTOCOL_VERSION};
    close_inherited();
    const int socket = take_socket(ctx);
    if (!give(socket, &greeting, sizeof greeting)) return false;
    if (ctx->status == OCTET_OK && request->version != OCTET_HDF5_PROTOCOL_VERSION) return true;
    octet_buffer body = {.max_size = SIZE_MAX};
    octet_hdf5_reader *reader = NULL;
    limits_answer_crashes();
    limits_answer_to(socket);
    if (ctx->status == OCTET_OK && !octet_hdf5_library_open())
        octet_context_fail(ctx, OCTET_NOMEM, ": the HDF5 library cannot be started: is the system out of memory?");
    if (ctx->status == OCTET_OK) read_file(ctx, request, &reader, &body);
    const bool is_sent = answer(ctx, &body, socket);
    octet_buffer_free(ctx, &body);
    return is_sent && serve_numbers(ctx, reader, socket);
}

/* For people: what holds a damaged file here. */
static void print_version(void) {
    puts(octet_sandbox_enter() ? "octet-hdf5 " OCTET_VERSION_TEXT ": limits, and seccomp for system calls"
                               : "octet-hdf5 " OCTET_VERSION_TEXT ": limits only, this system has no seccomp");
    fflush(stdout);
}

int octet_hdf5_program(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        print_version();
        _exit(0);
    }
    octet_context ctx;
    octet_context_init(&ctx);
    octet_hdf5_request request = {0};
    const bool is_taken = take(STDIN_FILENO, &request, sizeof request);
    if (!is_taken && errno != 0) {
        fail_hearing(&ctx, errno);
    } else if (!is_taken || request.magic != OCTET_HDF5_REQUEST_MAGIC) {
        fputs("octet-hdf5 reads HDF5 files for octet, which starts it; it is of no use alone\n", stderr);
        return 2;
    }
    _exit(serve(&ctx, &request) ? 0 : OCTET_HDF5_EXIT_UNSENT);
}
