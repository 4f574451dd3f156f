/* base/status.h - the ten ways a call can end.
 * In:  nothing.
 * Out: enum octet_status and, for each code, its name, its meaning and the exit code of the command.
 * Knows: the list below, which is the only place where codes are defined; octet.h repeats it for users and a
 *        static assertion in src/api holds the two together.
 * Does not know: messages; those belong to a context (context.h). */
#ifndef OCTET_BASE_STATUS_H
#define OCTET_BASE_STATUS_H

/* X(name, value, exit code of the command, text) */
#define OCTET_STATUS_LIST(X)                                                \
    X(OK, 0, 0, "success")                                                  \
    X(USAGE, 1, 2, "wrong use of the command or the library")               \
    X(NOMEM, 2, 3, "out of memory")                                         \
    X(IO, 3, 4, "a file cannot be read or written")                         \
    X(FORMAT, 4, 5, "a file is corrupt or not of the format it claims")     \
    X(UNSUPPORTED, 5, 6, "valid, but octet does not support it")            \
    X(MODEL, 6, 7, "the model contradicts itself")                          \
    X(DATA, 7, 8, "the data do not fit the model or contradict themselves") \
    X(LIMIT, 8, 9, "a limit was reached")                                   \
    X(INTERNAL, 9, 10, "a mistake in octet")

#ifndef OCTET_STATUS_LIST_ONLY /* src/api/status_check.c wants the list alone */

typedef enum octet_status {
#define OCTET_STATUS_ENUM(name, value, exit_code, text) OCTET_##name = (value),
    OCTET_STATUS_LIST(OCTET_STATUS_ENUM)
#undef OCTET_STATUS_ENUM
} octet_status;

/* "OK", "USAGE", ...; never NULL. */
const char *octet_status_name(octet_status status);
/* The meaning in words; never NULL. */
const char *octet_status_text(octet_status status);
/* What the command exits with, 0..10. */
int octet_status_exit_code(octet_status status);

#endif

#endif
