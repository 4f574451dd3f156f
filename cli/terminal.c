/* What most commands do: a context, a model, a report about it; and the bar of progress. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

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

octet_progress *progress_bar(const struct common *settings) {
    return !settings->quiet && isatty(STDERR_FILENO) == 1 ? draw : NULL;
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
    const octet_rendering as = settings->json ? OCTET_AS_JSON : settings->csv ? OCTET_AS_CSV : OCTET_AS_TEXT;
    octet_status status = load_model(ctx, settings->model, &settings->load, &model);
    if (status == OCTET_OK) status = report(ctx, model, settings, as, &text);
    octet_model_destroy(ctx, model);
    if (status != OCTET_OK) {
        octet_text_free(ctx, text); /* a report of what then failed */
        return fail(ctx);
    }
    print_text(ctx, text, as != OCTET_AS_TEXT);
    return finish(ctx, EXIT_YES);
}
