/* statistics/file.h - statistics as bytes.
 * In:  statistics; bytes that claim to be some.
 * Out: bytes that are the same for the same statistics; statistics that are sound, whoever wrote the bytes.
 * Knows: the layout, listed in file.c.
 * Does not know: models: whether statistics fit one is told where they are used. */
#ifndef OCTET_STATISTICS_FILE_H
#define OCTET_STATISTICS_FILE_H

#include "base/buffer.h"
#include "statistics/statistics.h"

/* Appends to `out`. Errors: NOMEM, LIMIT. */
octet_status octet_statistics_write(octet_context *ctx, const octet_statistics *statistics, octet_buffer *out);
/* Copies what it needs. name: in messages. Errors: FORMAT (no statistics, truncated, corrupt), UNSUPPORTED (written by
 * a later octet), NOMEM, LIMIT. */
octet_status octet_statistics_read(octet_context *ctx, octet_bytes bytes, const char *name, octet_statistics **out);

#endif
