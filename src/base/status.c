#include "base/status.h"

#include <stddef.h>

static const struct {
    const char *name, *text;
    int exit_code;
} table[] = {
#define OCTET_STATUS_ROW(status_name, value, exit_code_, text_) \
    [value] = {.name = #status_name, .text = (text_), .exit_code = (exit_code_)},
    OCTET_STATUS_LIST(OCTET_STATUS_ROW)
#undef OCTET_STATUS_ROW
};

static size_t row(octet_status status) {
    return (size_t)status < sizeof table / sizeof *table ? (size_t)status : (size_t)OCTET_INTERNAL;
}

const char *octet_status_name(octet_status status) { return table[row(status)].name; }
const char *octet_status_text(octet_status status) { return table[row(status)].text; }
int octet_status_exit_code(octet_status status) { return table[row(status)].exit_code; }
