#include "base/status.h"

#include <errno.h>
#include <stddef.h>

static const struct {
    const char *name, *text;
} table[] = {
    [OCTET_OK] = {"OK", "success"},
    [OCTET_USAGE] = {"USAGE", "wrong use of the command or the library"},
    [OCTET_NOMEM] = {"NOMEM", "out of memory"},
    [OCTET_IO] = {"IO", "a file cannot be read or written"},
    [OCTET_FORMAT] = {"FORMAT", "a file is corrupt or not of the format it claims"},
    [OCTET_UNSUPPORTED] = {"UNSUPPORTED", "valid, but octet does not support it"},
    [OCTET_MODEL] = {"MODEL", "the model contradicts itself"},
    [OCTET_DATA] = {"DATA", "the data do not fit the model or contradict themselves"},
    [OCTET_LIMIT] = {"LIMIT", "a limit was reached"},
    [OCTET_INTERNAL] = {"INTERNAL", "a mistake in octet"},
    [OCTET_CANCELLED] = {"CANCELLED", "stopped before the end"},
};

static size_t row(octet_status status) {
    return (size_t)status < sizeof table / sizeof *table ? (size_t)status : (size_t)OCTET_INTERNAL;
}

const char *octet_status_name(octet_status status) { return table[row(status)].name; }
const char *octet_status_text(octet_status status) { return table[row(status)].text; }

octet_status octet_status_of_error(int system_error) { return system_error == ENOMEM ? OCTET_NOMEM : OCTET_IO; }
