/* base/context.h - the context of every call that can fail: its error, limits and memory account.
 * In:  the first failure of a call chain.
 * Out: one status and one sentence.
 * Knows: statuses, limits, how much memory is in use.
 * Does not know: networks, files, threads. A context serves one thread at a time; worker threads that can fail get a
 *        child of their own (octet_context_child). */
#ifndef OCTET_BASE_CONTEXT_H
#define OCTET_BASE_CONTEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#if defined(__GNUC__)
#define OCTET_PRINTF(format_index, first_argument) __attribute__((format(printf, format_index, first_argument)))
#else
#define OCTET_PRINTF(format_index, first_argument)
#endif

enum { OCTET_MESSAGE_SIZE = 1024 };

/* What a sentence is about; "" where it does not say, or is longer. */
typedef struct octet_subject {
    char place[256]; /* the file, option or tensor that the sentence begins with */
    char layer[128]; /* of "PLACE: layer NAME" */
    char value[128]; /* of "PLACE: 'VALUE'" */
} octet_subject;

typedef struct octet_context {
    octet_status status;
    char message[OCTET_MESSAGE_SIZE]; /* UTF-8, one line, empty while status is OCTET_OK */
    octet_subject subject;
    /* Limits: a parser compares with them before it allocates, loops or descends. */
    size_t max_memory_bytes; /* everything allocated through the context together; default 16 GiB */
    uint32_t max_depth;      /* nesting of JSON, groups, models; default 64 */
    const char *hdf5_helper; /* path of the program octet-hdf5; NULL: it is looked for (formats/hdf5/helper.h) */
    const char *doing;       /* "loading the model": what memory is for, as messages say it; NULL: not known */
    /* Account of base/memory.c. */
    size_t memory_bytes, peak_memory_bytes;
    uint64_t n_allocations;
    uint64_t fail_allocation; /* test hook: the allocation with this number (from 1) fails; 0 = never */
} octet_context;

/* Sets the defaults and clears the error. */
void octet_context_init(octet_context *ctx);
/* A context with the same limits and no error, for a worker thread; *child needs no destruction. */
void octet_context_child(const octet_context *parent, octet_context *child);
/* Takes the memory that a child still has on this account: the child's is empty afterwards. */
void octet_context_adopt(octet_context *ctx, octet_context *child);
/* Forgets the error, keeps limits and accounts. */
void octet_context_clear(octet_context *ctx);

/* Records status and sentence unless an error is already recorded (the first one wins). Control characters and invalid
 * UTF-8 that come from files are replaced by '?'; a sentence that is too long loses its middle, so that it keeps its
 * reason. The subject comes from formats that begin with a word, %s or %s/%s, then ": layer %s", ": '%s'" or ":".
 * Returns the recorded status. */
octet_status octet_context_fail(octet_context *ctx, octet_status status, const char *format, ...) OCTET_PRINTF(3, 4);
octet_status octet_context_fail_list(octet_context *ctx, octet_status status, const char *format, va_list arguments)
    OCTET_PRINTF(3, 0);
/* Records the error of `from`, another context, in the same way. */
octet_status octet_context_pass(octet_context *ctx, const octet_context *from);

#define OCTET_TRY(expression)                          \
    do {                                               \
        const octet_status octet_try_ = (expression);  \
        if (octet_try_ != OCTET_OK) return octet_try_; \
    } while (0)

#define OCTET_CHECK(ctx, condition, code, ...)                                   \
    do {                                                                         \
        if (!(condition)) return octet_context_fail((ctx), (code), __VA_ARGS__); \
    } while (0)

#endif
