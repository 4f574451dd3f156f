/* octet-hdf5: reads one HDF5 file for the library octet, which starts it and speaks to it as formats/hdf5/protocol.h
 * says. It is the only program that libhdf5 is linked into; a hostile file may crash it. */
#define _GNU_SOURCE /* closefrom */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/context.h"
#include "formats/hdf5/protocol.h"
#include "limits.h"
#include "read.h"

static bool take(int descriptor, void *data, size_t size) {
    uint8_t *bytes = data;
    while (size > 0) {
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

/* What the host of the library had open without close-on-exec. */
static void close_inherited(void) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    closefrom(OCTET_HDF5_FILE_DESCRIPTOR + 1);
#else
    const long end = sysconf(_SC_OPEN_MAX);
    for (int i = OCTET_HDF5_FILE_DESCRIPTOR + 1; i < (end > 0 && end < 1 << 16 ? end : 1 << 16); i++) close(i);
#endif
}

/* Moves the socket away from the standard descriptors, so that nothing that a library prints is taken for an answer. */
static int take_socket(void) {
    const int socket = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, OCTET_HDF5_FILE_DESCRIPTOR + 1);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (socket < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0) return -1;
    return socket;
}

/* The words of a lack of memory: libhdf5 calls it damage. A block that is larger than all that the file could hold,
 * deflated (at most 1032 to 1), is damage. */
static void explain_memory(octet_context *ctx, uint64_t file_size) {
    const size_t refused = limits_refused_bytes();
    const bool is_lack = ctx->status == OCTET_NOMEM || (refused > 0 && refused / 1032 <= file_size + (1 << 20));
    if (ctx->status == OCTET_OK || !is_lack) return;
    octet_context_clear(ctx);
    octet_context_fail(ctx, OCTET_NOMEM,
                       ": reading it takes more memory than there is for it (%llu MB for a file of this size)",
                       (unsigned long long)(1024 + (8 * file_size >> 20)));
}

static bool answer(const octet_context *ctx, const octet_buffer *body, int socket) {
    limits_stop_answering();
    const bool is_read = ctx->status == OCTET_OK;
    const octet_hdf5_verdict verdict = {.status = (uint64_t)ctx->status,
                                        .size = is_read ? body->size : strlen(ctx->message)};
    return give(socket, &verdict, sizeof verdict) &&
           give(socket, is_read ? (const void *)body->data : ctx->message, (size_t)verdict.size);
}

static bool serve(const octet_hdf5_request *request, int socket) {
    octet_context ctx;
    octet_context_init(&ctx);
    ctx.max_memory_bytes = (size_t)request->max_memory_bytes;
    ctx.max_depth = request->max_depth < UINT32_MAX ? (uint32_t)request->max_depth : UINT32_MAX;
    octet_buffer body = {.max_size = ctx.max_memory_bytes > 0 ? ctx.max_memory_bytes : 1};
    limits_set(request->cpu_seconds, request->file_size, socket);
    const size_t size = (size_t)request->file_size;
    const void *file = mmap(NULL, size, PROT_READ, MAP_PRIVATE, OCTET_HDF5_FILE_DESCRIPTOR, 0);
    if (file == MAP_FAILED) {
        octet_context_fail(&ctx, OCTET_IO, ": cannot be mapped: %s", strerror(errno));
    } else {
        octet_hdf5_read(&ctx, (octet_bytes){file, size}, &body);
        explain_memory(&ctx, request->file_size);
    }
    return answer(&ctx, &body, socket);
}

int main(void) {
    octet_hdf5_request request;
    const octet_hdf5_greeting greeting = {OCTET_HDF5_ANSWER_MAGIC, OCTET_HDF5_PROTOCOL_VERSION};
    if (!take(STDIN_FILENO, &request, sizeof request) || request.magic != OCTET_HDF5_REQUEST_MAGIC) {
        fputs("octet-hdf5 reads HDF5 files for octet, which starts it; it is of no use alone\n", stderr);
        return 2;
    }
    close_inherited();
    const int socket = take_socket();
    if (socket < 0 || !octet_hdf5_library_open() || !give(socket, &greeting, sizeof greeting)) return 1;
    if (request.version != OCTET_HDF5_PROTOCOL_VERSION) return 1;
    _exit(serve(&request, socket) ? 0 : 1);
}
