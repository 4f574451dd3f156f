/* report/warning_names.h - the names of all warnings, and which of them are silenced.
 * In:  a warning; names as the user writes them.
 * Out: its name; a set.
 * Knows: the list. docs/quantization.md says when each is raised.
 * Does not know: how a warning is worded. */
#ifndef OCTET_REPORT_WARNING_NAMES_H
#define OCTET_REPORT_WARNING_NAMES_H

#include "report/text.h"

typedef enum octet_warning {
    OCTET_WARNING_FEW_SAMPLES,
    OCTET_WARNING_REPEATS,
    OCTET_WARNING_UNSETTLED,
    OCTET_WARNING_OUTLIER,
    OCTET_WARNING_CONSTANT_SAMPLES,
    OCTET_WARNING_NOISE_SAMPLES,
    OCTET_WARNING_MISSING_CLASSES,
    OCTET_WARNING_FIRST_LAYERS,
    OCTET_WARNING_OTHER_RANGE,
    OCTET_WARNING_SCALING,
    OCTET_WARNING_FOLDERS,
    OCTET_WARNING_OUTPUTS,
    OCTET_WARNING_JOINED_PARTS,
    OCTET_WARNING_NARROW_COLUMNS,
    OCTET_WARNING_LOST_COLUMNS,
    OCTET_WARNING_FIDELITY,
    OCTET_WARNING_NOT_FINITE,
    OCTET_WARNING_ONE_CLASS,
    OCTET_WARNING_ERROR,
    OCTET_WARNING_ACCURACY,
    OCTET_WARNING_RECOVERY,
    OCTET_N_WARNINGS
} octet_warning;

/* By octet_warning; ends with NULL. */
extern const char *const octet_warning_names[];
/* "few-samples,repeats": a bit for each, 1 << octet_warning; NULL or "" silences none. Errors: USAGE lists the names.
 */
octet_status octet_warnings_read(octet_context *ctx, const char *text, uint32_t *silenced);

/* Where warnings go. */
typedef struct octet_warning_list {
    octet_arena *arena;
    const char **texts, **names; /* room for `most` of each */
    uint32_t *n, most, silenced;
} octet_warning_list;

/* Adds a text of the list's arena, unless the warning is silenced; what is beyond `most` is dropped. */
void octet_warning_put(const octet_warning_list *list, octet_warning warning, const char *text);

/* "warnings": an array of objects, which may be empty. */
void octet_warnings_write_member(octet_json_writer *json, const char *const *texts, const char *const *names,
                                 uint32_t n);

/* The same with a sentence that is worded here; a statement that returns on failure. */
#define OCTET_WARN(ctx, list, warning, ...)                                        \
    do {                                                                           \
        const char *worded;                                                        \
        OCTET_TRY(octet_arena_format((ctx), (list)->arena, &worded, __VA_ARGS__)); \
        octet_warning_put((list), (warning), worded);                              \
    } while (0)

#endif
