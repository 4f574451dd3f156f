/* report/text.h - the small pieces that every report is made of.
 * In:  numbers and strings.
 * Out: text appended to a buffer: "12,345", "17.4 us", parts of JSON.
 * Knows: how numbers are printed for people.
 * Does not know: what the numbers mean. */
#ifndef OCTET_REPORT_TEXT_H
#define OCTET_REPORT_TEXT_H

#include "base/json_writer.h"
#include "graph/type.h"

enum { OCTET_TEXT_SIZE = 48 };

/* Each writes into `text`, OCTET_TEXT_SIZE bytes, and returns it. */
const char *octet_text_count(uint64_t value, char *text); /* 12,345 */
const char *octet_text_time(double time_ns, char *text);  /* 850 ns, 17.4 us, 3.21 ms, 1.25 s */
const char *octet_text_real(double value, char *text);    /* six significant digits, no trailing zeros */
const char *octet_text_split(const char *split,
                             char *text); /* "test " or "training " before "samples"; of "all" nothing */

uint32_t octet_text_n_characters(const char *text); /* of UTF-8 */
/* A name of at most `width` (8 or more) characters: of a list "a;b;c" only a; a longer one keeps its end behind "...".
 * In `arena`. */
octet_status octet_text_shorten(octet_context *ctx, octet_arena *arena, const char *name, uint32_t width,
                                const char **out);

/* Begins the object of a report, and writes the member that names its form: docs/json.md says what
 * its number promises. */
void octet_text_json_begin(octet_json_writer *json, const char *what, octet_json_layout layout);
/* [low, high] in one line; 9 significant digits tell every float. */
void octet_text_json_range(octet_json_writer *json, const char *key, double low, double high);
/* [null,28,28] without spaces: null is an open dimension (below 0). */
void octet_text_json_shape(octet_json_writer *json, const char *key, const octet_shape *shape);

#endif
