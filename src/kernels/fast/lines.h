/* kernels/fast/lines.h - windows in lines: neighbours of a line are equally far from each
 *        other, so that an instruction with a stride reads up to 16 of them where they lie.
 * In:  where windows lie (window.h).
 * Out: lines, cut into parts of at most 16 windows, all equally long.
 * Knows: strides.
 * Does not know: arithmetic. */
#ifndef OCTET_KERNELS_FAST_LINES_H
#define OCTET_KERNELS_FAST_LINES_H

#include "kernels/fast/window.h"

enum { OCTET_LINES_PART = 16 };

typedef struct octet_lines {
    size_t length;         /* windows of a line: a row of the output, or more where rows continue each other */
    size_t stride;         /* bytes between neighbours */
    size_t parts_per_line; /* the last of a line begins early enough to be whole */
    size_t n_parts;
    uint32_t part; /* windows of each: 1 to 16 */
} octet_lines;

/* Windows first, first + 1, ... from position `position`; those before `skip` belong to the part before, too. */
typedef struct octet_lines_part {
    const uint8_t *window; /* the first */
    size_t position;
    uint32_t skip;
} octet_lines_part;

/* Walks over the parts in their order. */
typedef struct octet_lines_cursor {
    const uint8_t *line; /* the first window of the line */
    size_t first, at;    /* its position; the next part's place in the line */
} octet_lines_cursor;

octet_lines octet_lines_of(const octet_windows *w);
octet_lines_cursor octet_lines_seek(const octet_lines *lines, const octet_windows *w, const uint8_t *prepared,
                                    size_t i);
octet_lines_part octet_lines_next(const octet_lines *lines, const octet_windows *w, const uint8_t *prepared,
                                  octet_lines_cursor *c);

#endif
