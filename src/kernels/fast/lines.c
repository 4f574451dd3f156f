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

static const uint8_t *window_at(const octet_windows *w, const uint8_t *prepared, size_t position) {
    const uint8_t *window;
    octet_windows_cursor cursor = octet_windows_seek(w, prepared, position);
    octet_windows_next(w, &cursor, 1, &window);
    return window;
}

octet_lines_cursor octet_lines_seek(const octet_lines *lines, const octet_windows *w, const uint8_t *prepared,
                                    size_t i) {
    const size_t first = i / lines->parts_per_line * lines->length;
    return (octet_lines_cursor){
        .line = window_at(w, prepared, first), .first = first, .at = i % lines->parts_per_line * lines->part};
}

octet_lines_part octet_lines_next(const octet_lines *lines, const octet_windows *w, const uint8_t *prepared,
                                  octet_lines_cursor *c) {
    const size_t last = lines->length - lines->part, begin = c->at < last ? c->at : last;
    const octet_lines_part part = {c->line + begin * lines->stride, c->first + begin, (uint32_t)(c->at - begin)};
    c->at += lines->part;
    if (c->at >= lines->length && c->first + lines->length < w->n_positions) {
        c->first += lines->length;
        c->at = 0;
        c->line = window_at(w, prepared, c->first);
    }
    return part;
}
