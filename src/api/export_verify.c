/* Compiles and runs exported C on this machine. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/export.h"
#include "base/format.h"
#include "base/process.h"

/* ": " and the first line of what a program said; "" when it said nothing. */
static const char *first_line(octet_context *ctx, octet_arena *arena, const char *log) {
    octet_file file = {0};
    const char *text = "";
    octet_context quiet;
    octet_context_child(ctx, &quiet);
    if (octet_file_open(&quiet, log, &file) == OCTET_OK && file.bytes.size > 0) {
        const char *end = memchr(file.bytes.data, '\n', file.bytes.size);
        const size_t n = end != NULL ? (size_t)(end - (const char *)file.bytes.data) : file.bytes.size;
        octet_arena_format(&quiet, arena, &text, ": %.*s", n < 400 ? (int)n : 400, (const char *)file.bytes.data);
    }
    octet_file_close(&quiet, &file);
    return text;
}

enum { MOST_WORDS = 16, MOST_ARGUMENTS = MOST_WORDS + 12 };

/* Runs the compiler `command`, words between spaces, with more arguments, which NULL ends. *error is that of starting
 * it. */
static octet_status compile_with(octet_context *ctx, octet_arena *arena, const char *command, const char *const *more,
                                 const char *log, int *error) {
    const char *arguments[MOST_ARGUMENTS];
    size_t n = 0;
    octet_process_end end = {0};
    for (const char *word = command + strspn(command, " "); *word != '\0'; word += strspn(word, " ")) {
        const size_t length = strcspn(word, " ");
        OCTET_CHECK(ctx, n < MOST_WORDS, OCTET_USAGE, "CC: '%s': more than %d words", command, MOST_WORDS);
        OCTET_TRY(octet_arena_format(ctx, arena, &arguments[n++], "%.*s", (int)length, word));
        word += length;
    }
    while (*more != NULL && n < MOST_ARGUMENTS - 1) arguments[n++] = *more++;
    assert(*more == NULL);
    arguments[n] = NULL;
    *error = octet_process_run(arguments, log, &end);
    if (*error == ENOENT) return OCTET_OK;
    OCTET_CHECK(ctx, *error == 0, octet_status_of_error(*error), "%s: cannot be started: %s", command,
                octet_format_error(*error));
    OCTET_CHECK(ctx, end.is_known && end.exit_code == 0 && end.signal == 0, OCTET_INTERNAL,
                "%s does not compile what was exported%s", command, first_line(ctx, arena, log));
    return OCTET_OK;
}

/* With $CC, or the first compiler that is there. *compiler is NULL for none. */
static octet_status compile(octet_context *ctx, octet_arena *arena, const char *const *arguments, const char *log,
                            const char **compiler) {
    static const char *const names[] = {"cc", "gcc", "clang"};
    const char *chosen = getenv("CC");
    int error;
    *compiler = NULL;
    if (chosen != NULL && chosen[strspn(chosen, " ")] != '\0') {
        OCTET_TRY(compile_with(ctx, arena, chosen, arguments, log, &error));
        OCTET_CHECK(ctx, error == 0, OCTET_IO, "CC: '%s': there is no such compiler: name another, or give --no-verify",
                    chosen);
        *compiler = chosen;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names && *compiler == NULL; i++) {
        OCTET_TRY(compile_with(ctx, arena, names[i], arguments, log, &error));
        if (error == 0) *compiler = names[i];
    }
    return OCTET_OK;
}

octet_status octet_api_export_verify(octet_context *ctx, octet_arena *arena, const octet_c_job *job, const char *folder,
                                     const char *scratch, const char **compiler) {
    const char *include, *source, *weights, *selftest, *program, *log;
    octet_buffer text = {0};
    OCTET_TRY(octet_arena_format(ctx, arena, &include, "-I%s", folder));
    OCTET_TRY(octet_arena_format(ctx, arena, &source, "%s/%s.c", folder, job->name));
    OCTET_TRY(octet_arena_format(ctx, arena, &weights, "%s/%s_weights.c", folder, job->name));
    OCTET_TRY(octet_arena_format(ctx, arena, &selftest, "%s/selftest.c", scratch));
    OCTET_TRY(octet_arena_format(ctx, arena, &program, "%s/selftest", scratch));
    OCTET_TRY(octet_arena_format(ctx, arena, &log, "%s/log", scratch));
    octet_status status = octet_c_export_selftest(ctx, job, &text);
    if (status == OCTET_OK) status = octet_file_write(ctx, selftest, (octet_bytes){text.data, text.size});
    octet_buffer_free(ctx, &text);
    OCTET_TRY(status);
    const char *const arguments[] = {"-std=c99", "-O1", include, "-o", program, source, weights, selftest, NULL};
    OCTET_TRY(compile(ctx, arena, arguments, log, compiler));
    if (*compiler == NULL) return OCTET_OK;
    octet_process_end end = {0};
    const int error = octet_process_run((const char *const[]){program, NULL}, log, &end);
    OCTET_CHECK(ctx, error == 0, octet_status_of_error(error), "%s: cannot be started: %s", program,
                octet_format_error(error));
    OCTET_CHECK(ctx, end.is_known && end.exit_code == 0 && end.signal == 0, OCTET_INTERNAL,
                "what was exported gives other bytes than octet%s", first_line(ctx, arena, log));
    return OCTET_OK;
}
