/* octet/context.h - versions, statuses, and the context that every call takes.
 * In:  limits.
 * Out: the error, the account of memory, names of choices.
 * Knows: the C library's integer types; valid C99 and C++.
 * Does not know: models, data. */
#ifndef OCTET_CONTEXT_H
#define OCTET_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "octet/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define OCTET_API __attribute__((visibility("default")))
#else
#define OCTET_API
#endif

/* ---- Version. Until 1.0 the interface may change with the minor number. ---- */

#define OCTET_VERSION_MAJOR 0
#define OCTET_VERSION_MINOR 1
#define OCTET_VERSION_PATCH 0
#define OCTET_VERSION "0.1.0"

/* Version of the library that is linked, "0.1.0". */
OCTET_API const char *octet_version(void);

/* ---- Status ---- */

/* "OK", "USAGE", ...; never NULL. */
OCTET_API const char *octet_error_name(octet_status status);
/* The meaning in words; never NULL. */
OCTET_API const char *octet_error_text(octet_status status);

/* ---- Context: error, limits and memory account ---- */

typedef struct octet_context octet_context;

/* NOMEM is the only error. */
OCTET_API octet_status octet_context_create(octet_context **out);
OCTET_API void octet_context_destroy(octet_context *ctx);
/* The sentence of the first error, UTF-8, one line; "" while there is none. Valid until the next call with ctx. */
OCTET_API const char *octet_context_message(const octet_context *ctx);
OCTET_API octet_status octet_context_status(const octet_context *ctx);
/* What that sentence is about: "place" is the file, option or tensor that it begins with, "layer" a layer's name,
 * "value" what was given there. "" where it does not say. Valid as long as the sentence. */
OCTET_API const char *octet_context_about(const octet_context *ctx, const char *what);
/* Forgets the error. */
OCTET_API void octet_context_clear_error(octet_context *ctx);
/* Upper bound of what the library allocates through this context, in bytes; default 16 GiB (--max-memory of the
 * command). Beyond it: LIMIT. octet-hdf5, which reads HDF5 files for it, takes no more than is left. */
OCTET_API void octet_context_set_max_memory(octet_context *ctx, size_t bytes);
/* Where octet-hdf5 lies, the program that reads .h5 and .keras files for the library in a process of its own; `path` is
 * copied. NULL, the default: the environment variable OCTET_HDF5_HELPER names it, or it is looked for beside the
 * library and in the libexec folder of its installation. Without it everything else works. Errors: NOMEM, LIMIT. */
OCTET_API octet_status octet_context_set_hdf5_helper(octet_context *ctx, const char *path);
/* Most memory that the library held through this context at a time, in bytes. */
OCTET_API size_t octet_context_peak_memory(const octet_context *ctx);

/* Called from time to time, on the caller's thread, with the progress of a long call: done of total. Returns true to go
 * on. After false the call ends soon, with CANCELLED and nothing changed or written. */
typedef bool octet_progress(void *user, const char *what, uint64_t done, uint64_t total);

/* The names that an option can take, the default first, NULL behind the last one: of "mode", "type" (of inputs and
 * outputs), "int16x8 type" (the same in that mode), "target", "numerics", "float order", "input rounding", "split",
 * "layer names" and "preset". NULL for any other choice. */
OCTET_API const char *octet_choice_name(const char *choice, uint32_t index);

/* Reports are given as text for people or as one JSON object for programs; those that say so also as CSV or as a page
 * of HTML. */
typedef enum octet_rendering {
    OCTET_AS_TEXT = 0,
    OCTET_AS_JSON = 1,
    OCTET_AS_CSV = 2,
    OCTET_AS_HTML = 3
} octet_rendering;
/* Frees a text that a function of this header wrote into a `char **out`; NULL is allowed. */
OCTET_API void octet_text_free(octet_context *ctx, char *text);

/* Reads what is left in a descriptor, as of a pipe, to its end: *size bytes at *out, to be freed with octet_bytes_free.
 * `name` stands for it in messages. Errors: IO, LIMIT (more than max_bytes), NOMEM. */
OCTET_API octet_status octet_bytes_read(octet_context *ctx, int descriptor, const char *name, size_t max_bytes,
                                        void **out, size_t *size);
/* Gives back bytes that a function of this header wrote into a `void **out`; NULL is allowed. */
OCTET_API void octet_bytes_free(octet_context *ctx, void *bytes);

/* What the OCTET_..._INIT macros stand for: all zero but for the size. */
#ifdef __cplusplus
} /* extern "C" */
template <typename T> static inline T octet_init_() {
    T options = T();
    options.size = sizeof(T);
    return options;
}
extern "C" {
#define OCTET_INIT_(type) octet_init_<type>()
#else
#define OCTET_INIT_(type) \
    { .size = sizeof(type) }
#endif

#ifdef __cplusplus
}
#endif

#endif
