/* What reaches the terminal: errors, progress and reports. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

int complain(int exit_code, const char *format, ...) {
    va_list arguments;
    fflush(stdout);
    fputs("octet: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    return exit_code;
}

int fail(octet_context *ctx) {
    if (ctx == NULL) return complain(exit_code_of(OCTET_NOMEM), "%s", octet_error_text(OCTET_NOMEM));
    const octet_status status = octet_context_status(ctx);
    const char *message = octet_context_message(ctx);
    complain(0, "%s", message[0] != '\0' ? message : octet_error_text(status));
    forget_input(ctx);
    octet_context_destroy(ctx);
    return exit_code_of(status);
}

int fail_of(octet_context *ctx, const char *path) {
    const octet_status status = octet_context_status(ctx);
    const char *message = octet_context_message(ctx);
    return complain(exit_code_of(status), "%s%s%s", path != NULL ? path : "", path != NULL ? ": " : "",
                    message[0] != '\0' ? message : octet_error_text(status));
}

/* 40 cells; drawn again only when a cell is added. */
static bool draw(void *user, const char *what, uint64_t done, uint64_t total) {
    enum { CELLS = 40 };
    static uint64_t last = UINT64_MAX;
    static const char cells[] = "########################################";
    (void)user;
    const uint64_t n = total > 0 ? done * CELLS / total : CELLS;
    if (n == last) return true;
    last = n;
    if (done >= total) {
        fprintf(stderr, "\r%*s\r", (int)strlen(what) + CELLS + 12, "");
        last = UINT64_MAX;
    } else {
        fprintf(stderr, "\r%s [%.*s%*s] %3u %%", what, (int)n, cells, (int)(CELLS - n), "",
                (unsigned)(done * 100 / total));
    }
    fflush(stderr);
    return true;
}

octet_progress *progress_bar(void) { return isatty(STDERR_FILENO) == 1 ? draw : NULL; }

void print_text(octet_context *ctx, char *text) {
    if (text != NULL) fputs(text, stdout);
    octet_text_free(ctx, text);
}

int finish(octet_context *ctx, int exit_code) {
    if (ctx != NULL) forget_input(ctx);
    octet_context_destroy(ctx);
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return complain(EXIT_IO, "standard output: %s", errno != 0 ? strerror(errno) : "it cannot be written");
    }
    return exit_code;
}

octet_status create_context(const struct common *settings, octet_context **ctx) {
    const octet_status status = octet_context_create(ctx);
    if (status == OCTET_OK && settings->max_memory_bytes > 0)
        octet_context_set_max_memory(*ctx, (size_t)settings->max_memory_bytes);
    return status;
}

int print_report(struct common *settings, octet_status (*report)(octet_context *ctx, octet_model *model, void *settings,
                                                                 octet_rendering as, char **out)) {
    octet_context *ctx = NULL;
    octet_model *model = NULL;
    char *text = NULL;
    if (create_context(settings, &ctx) != OCTET_OK) return fail(ctx);
    octet_status status = load_model(ctx, settings->model, &settings->load, &model);
    if (status == OCTET_OK)
        status = report(ctx, model, settings, settings->json ? OCTET_AS_JSON : OCTET_AS_TEXT, &text);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) {
        octet_text_free(ctx, text); /* a report of what then failed */
        return fail(ctx);
    }
    print_text(ctx, text);
    return finish(ctx, EXIT_YES);
}
