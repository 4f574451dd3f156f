#include "base/choose.h"

#include <stdio.h>
#include <string.h>

octet_status octet_choose(octet_context *ctx, const char *what, const char *name, const char *const *names, int *out) {
    *out = 0;
    if (name == NULL || name[0] == '\0') return OCTET_OK;
    char list[256] = "";
    for (int i = 0; names[i] != NULL; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out = i;
            return OCTET_OK;
        }
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : names[i + 1] != NULL ? ", " : " or ", names[i]);
    }
    return octet_context_fail(ctx, OCTET_USAGE, "%s: '%s': use %s", what, name, list);
}
