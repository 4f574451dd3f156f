/* octet/status.h - the ways in which a call can end.
 * In:  nothing.
 * Out: enum octet_status.
 * Knows: nothing; valid C99 and C++.
 * Does not know: sentences: those belong to a context. */
#ifndef OCTET_STATUS_H
#define OCTET_STATUS_H

typedef enum octet_status {
    OCTET_OK = 0,
    OCTET_USAGE = 1,       /* wrong use of the library: an unknown name, a missing option */
    OCTET_NOMEM = 2,       /* out of memory */
    OCTET_IO = 3,          /* a file cannot be read or written */
    OCTET_FORMAT = 4,      /* a file is corrupt or not of the format that it claims */
    OCTET_UNSUPPORTED = 5, /* valid, but octet does not support it; the message names layer and reason */
    OCTET_MODEL = 6,       /* the model contradicts itself */
    OCTET_DATA = 7,        /* the data do not fit the model or contradict themselves */
    OCTET_LIMIT = 8,       /* a limit was reached */
    OCTET_INTERNAL = 9,    /* a mistake in octet */
    OCTET_CANCELLED = 10   /* a progress function asked to stop */
} octet_status;

#endif
