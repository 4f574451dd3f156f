/* report/islands.h - the lines that name operators in other numbers than the rest of a file.
 * In:  layers/islands.h.
 * Out: a line for those in float, one for those in int16; a member of JSON.
 * Knows: how the lines are laid out.
 * Does not know: graphs. */
#ifndef OCTET_REPORT_ISLANDS_H
#define OCTET_REPORT_ISLANDS_H

#include "base/json_writer.h"
#include "layers/islands.h"

uint32_t octet_islands_count(const octet_island_list *list, octet_island island);
/* "dense_1 FULLY_CONNECTED, ...": those of one kind. With more than eight the rest is counted, unless with_all. */
octet_status octet_islands_write_names(octet_context *ctx, const octet_island_list *list, octet_island island,
                                       bool with_all, octet_buffer *out);
/* "in float        dense_1 FULLY_CONNECTED, ..."; nothing for an empty list. */
octet_status octet_islands_write_text(octet_context *ctx, const octet_island_list *list, bool with_all,
                                      octet_buffer *out);
/* "islands": [{"layer", "operator", "type"}] in the open object; nothing for an empty list. */
void octet_islands_write_member(octet_json_writer *json, const octet_island_list *list);

#endif
