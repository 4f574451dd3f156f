#include "base/json_writer.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

octet_json_writer octet_json_writer_make(octet_context *ctx, octet_buffer *out) {
    return (octet_json_writer){.ctx = ctx, .out = out};
}

static void put_bytes(octet_json_writer *w, const char *text, size_t size) {
    if (w->status == OCTET_OK) w->status = octet_buffer_append(w->ctx, w->out, text, size);
}

static void put(octet_json_writer *w, const char *text) { put_bytes(w, text, strlen(text)); }

static void put_line_feed(octet_json_writer *w) {
    put(w, "\n");
    for (uint32_t i = 0; i < w->n_levels; i++) put(w, "  ");
}

static void put_string(octet_json_writer *w, const char *text) {
    static const char digits[] = "0123456789abcdef";
    put(w, "\"");
    while (*text != '\0') {
        const size_t length = octet_utf8_length(text);
        const char escaped[] = {'\\', 'u', '0', '0', digits[(unsigned char)*text >> 4], digits[*text & 15]};
        if (length == 0) put(w, "\\ufffd");
        else if (*text == '"' || *text == '\\') put_bytes(w, (const char[]){'\\', *text}, 2);
        else if ((unsigned char)*text < 0x20) put_bytes(w, escaped, sizeof escaped);
        else put_bytes(w, text, length);
        text += length == 0 ? 1 : length;
    }
    put(w, "\"");
}

/* What stands between the value before and this one, and its key. */
static void begin_value(octet_json_writer *w, const char *key) {
    assert((key != NULL) == (w->n_levels > 0 && w->levels[w->n_levels - 1].is_object));
    if (w->n_levels == 0) return;
    const octet_json_layout layout = w->levels[w->n_levels - 1].layout;
    if (w->levels[w->n_levels - 1].is_begun) put(w, layout == OCTET_JSON_LINE ? ", " : ",");
    w->levels[w->n_levels - 1].is_begun = true;
    if (layout == OCTET_JSON_LINES) put_line_feed(w);
    if (key == NULL) return;
    put_string(w, key);
    put(w, layout == OCTET_JSON_TIGHT ? ":" : ": ");
}

static void begin(octet_json_writer *w, const char *key, octet_json_layout layout, bool is_object) {
    begin_value(w, key);
    put(w, is_object ? "{" : "[");
    assert(w->n_levels < OCTET_JSON_MOST_LEVELS);
    w->levels[w->n_levels].layout = layout;
    w->levels[w->n_levels].is_object = is_object;
    w->levels[w->n_levels].is_begun = false;
    w->n_levels++;
}

void octet_json_begin_object(octet_json_writer *writer, const char *key, octet_json_layout layout) {
    begin(writer, key, layout, true);
}

void octet_json_begin_array(octet_json_writer *writer, const char *key, octet_json_layout layout) {
    begin(writer, key, layout, false);
}

void octet_json_end(octet_json_writer *writer) {
    assert(writer->n_levels > 0);
    writer->n_levels--;
    if (writer->levels[writer->n_levels].layout == OCTET_JSON_LINES) put_line_feed(writer);
    put(writer, writer->levels[writer->n_levels].is_object ? "}" : "]");
}

octet_status octet_json_writer_finish(octet_json_writer *writer) {
    assert(writer->n_levels == 0);
    put(writer, "\n");
    return writer->status;
}

void octet_json_write_string(octet_json_writer *writer, const char *key, const char *text) {
    begin_value(writer, key);
    if (text == NULL) put(writer, "null");
    else put_string(writer, text);
}

void octet_json_write_u64(octet_json_writer *writer, const char *key, uint64_t value) {
    begin_value(writer, key);
    if (writer->status == OCTET_OK) writer->status = octet_buffer_format(writer->ctx, writer->out, "%" PRIu64, value);
}

void octet_json_write_i64(octet_json_writer *writer, const char *key, int64_t value) {
    begin_value(writer, key);
    if (writer->status == OCTET_OK) writer->status = octet_buffer_format(writer->ctx, writer->out, "%" PRId64, value);
}

void octet_json_write_bool(octet_json_writer *writer, const char *key, bool value) {
    begin_value(writer, key);
    put(writer, value ? "true" : "false");
}

void octet_json_write_null(octet_json_writer *writer, const char *key) {
    begin_value(writer, key);
    put(writer, "null");
}

void octet_json_write_real(octet_json_writer *writer, const char *key, double value, int digits) {
    char text[OCTET_NUMBER_SIZE];
    begin_value(writer, key);
    put(writer, isfinite(value) ? octet_number_significant(value, digits, text) : "null");
}

void octet_json_write_fixed(octet_json_writer *writer, const char *key, double value, int decimals) {
    char text[OCTET_NUMBER_SIZE];
    begin_value(writer, key);
    put(writer, isfinite(value) ? octet_number_fixed(value, decimals, text) : "null");
}
