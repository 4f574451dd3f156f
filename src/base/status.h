/* base/status.h - the names and meanings of statuses.
 * In:  a status, or an error number of the system.
 * Out: its name and its meaning.
 * Knows: octet/status.h, which defines them.
 * Does not know: messages; those belong to a context (context.h). */
#ifndef OCTET_BASE_STATUS_H
#define OCTET_BASE_STATUS_H

#include "octet/status.h"

/* "OK", "USAGE", ...; never NULL. */
const char *octet_status_name(octet_status status);
/* The meaning in words; never NULL. */
const char *octet_status_text(octet_status status);

/* The status of a call of the system that failed with this errno: NOMEM for a lack of memory, else IO. */
octet_status octet_status_of_error(int system_error);

#endif
