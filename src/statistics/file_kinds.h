/* statistics/file_kinds.h - the kinds of statistics of a row as bytes.
 * In:  a row; the bytes of one kind that claim to be some.
 * Out: bytes that are the same for the same row; members that are sound, whoever wrote the bytes.
 * Knows: the layout of each kind, listed in file_kinds.c.
 * Does not know: the rest of the file (file.c). */
#ifndef OCTET_STATISTICS_FILE_KINDS_H
#define OCTET_STATISTICS_FILE_KINDS_H

#include "base/buffer.h"
#include "statistics/row.h"

/* Appends how many kinds the row holds, and each of them. Errors: NOMEM, LIMIT. */
octet_status octet_kinds_write(octet_context *ctx, const octet_statistics_row *row, octet_buffer *out);
/* body: of the kind with this number, of a row whose name and place are known. file: in messages. n_bins: of the
 * histograms of this file. Members go into `arena`. Errors: FORMAT, UNSUPPORTED (a later octet's kind), NOMEM, LIMIT.
 */
octet_status octet_kinds_read(octet_context *ctx, octet_arena *arena, uint32_t kind, octet_bytes body, const char *file,
                              uint32_t n_bins, octet_statistics_row *row);

#endif
