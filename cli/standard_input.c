/* `-` as the name of a model or of data: standard input. */
#include <string.h>
#include <unistd.h>

#include "command.h"

static const size_t max_bytes = (size_t)2 << 30;
static const char shown[] = "standard input";

/* What was read; models and data point into it. */
static void *held;

static bool is_dash(const char *path) { return path != NULL && strcmp(path, "-") == 0; }

bool reads_input_once(const struct command *self, const char *const *paths) {
    int n = 0;
    for (; *paths != NULL; paths++) n += is_dash(*paths);
    return n <= 1 || complain(0, "%s: '-' is named twice: standard input can be read once", self->name);
}

octet_status load_model(octet_context *ctx, const char *path, const octet_load_options *options, octet_model **out) {
    size_t size;
    if (!is_dash(path)) return octet_model_load(ctx, path, options, out);
    const octet_status status = octet_bytes_read(ctx, STDIN_FILENO, shown, max_bytes, &held, &size);
    return status != OCTET_OK ? status : octet_model_load_bytes(ctx, held, size, shown, options, out);
}

octet_status take_data(octet_context *ctx, octet_open_options *options) {
    if (!is_dash(options->path)) return OCTET_OK;
    const octet_status status = octet_bytes_read(ctx, STDIN_FILENO, shown, max_bytes, &held, &options->n_bytes);
    options->path = shown;
    options->bytes = held;
    return status;
}

void forget_input(octet_context *ctx) {
    octet_bytes_free(ctx, held);
    held = NULL;
}
