/* The smallest user of the library: built against an installed octet in every documented way. */
#include <stdio.h>
#include <string.h>

#include "octet/octet.h"

int main(int argc, char **argv) {
    octet_context *ctx = NULL;
    octet_model *model = NULL;
    char numbers[32];
    snprintf(numbers, sizeof numbers, "%d.%d.%d", OCTET_VERSION_MAJOR, OCTET_VERSION_MINOR, OCTET_VERSION_PATCH);
    if (strcmp(octet_version(), OCTET_VERSION) != 0 || strcmp(numbers, OCTET_VERSION) != 0) return 1;
    if (octet_context_create(&ctx) != OCTET_OK) return 1;
    octet_load_options options = OCTET_LOAD_OPTIONS_INIT;
    const octet_status status = octet_model_load(ctx, argc > 1 ? argv[1] : "missing.h5", &options, &model);
    if (status == OCTET_OK) printf("%s: %u input\n", octet_model_format(model), (unsigned)octet_model_n_inputs(model));
    else printf("%s\n", octet_error_name(status));
    octet_model_destroy(ctx, model);
    octet_context_destroy(ctx);
    return 0;
}
