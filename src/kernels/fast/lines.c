#include "kernels/fast/lines.h"

/* `n` lines so far apart become one line where the next begins at the distance of neighbours behind the last. */
static bool join(octet_lines *lines, size_t n, size_t apart) {
    if (n == 1) return true;
    if (lines->length == 1) lines->stride = apart;
    if (apart != lines->length * lines->stride) return false;
    lines->length *= n;
    return true;
}

octet_lines octet_lines_of(const octet_windows *w) {
    const octet_window_shape *s = &w->shape;
    octet_lines lines = {.length = (size_t)s->out_w, .stride = (size_t)s->stride_w * w->pixel};
    if (join(&lines, (size_t)s->out_h, (size_t)s->stride_h * w->row)) join(&lines, (size_t)s->batches, w->sample);
    lines.parts_per_line = (lines.length + OCTET_LINES_PART - 1) / OCTET_LINES_PART;
    lines.part = (uint32_t)((lines.length + lines.parts_per_line - 1) / lines.parts_per_line);
    lines.n_parts = lines.parts_per_line * (w->n_positions / lines.length);
    return lines;
}

octet_lines_part octet_lines_at(const octet_lines *lines, const octet_windows *w, const uint8_t *prepared, size_t i) {
    const size_t at = i % lines->parts_per_line * lines->part, last = lines->length - lines->part;
    const size_t begin = at < last ? at : last, position = i / lines->parts_per_line * lines->length + begin;
    octet_windows_cursor cursor = octet_windows_seek(w, prepared, position);
    octet_lines_part part = {.position = position, .skip = (uint32_t)(at - begin)};
    octet_windows_next(w, &cursor, 1, &part.window);
    return part;
}
