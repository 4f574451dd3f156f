/* As bytes, with numbers as base/record.h has them:
 *
 *  1. u32     0: nobody looked, and the end; or 1
 *  2. u64     samples looked at
 *  3. for constant samples, then for noise: u64 number; where it is above 0: u64 place, u64 sample
 *  4. u32     number of classes; a byte each
 *  5. u32     number of inputs; for each:
 *       a. u32  number of columns; for each f32 minimum, f32 maximum
 *       b. u32  whether it is bytes; else u32 number of reaches, f32 each, descending; where there are any: u64 place,
 *               u64 sample, u32 column */
#include "statistics/looks.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

octet_status octet_looks_create(octet_context *ctx, octet_arena *arena, uint32_t n_inputs, octet_looks *out) {
    *out = (octet_looks){.given = true, .n_inputs = n_inputs};
    return OCTET_NEW(ctx, arena, n_inputs, &out->inputs);
}

/* Room for n reaches at least; what was there stays. */
static octet_status make_room(octet_context *ctx, octet_arena *arena, uint32_t n, octet_look_input *input) {
    float *reaches;
    uint32_t room = input->room < 64 ? 64 : input->room;
    if (n <= input->room) return OCTET_OK;
    while (room < n) room *= 2;
    OCTET_TRY(OCTET_NEW(ctx, arena, room, &reaches));
    for (uint32_t i = 0; i < input->n_reaches; i++) reaches[i] = input->reaches[i];
    input->reaches = reaches;
    input->room = room;
    return OCTET_OK;
}

octet_status octet_looks_give_columns(octet_context *ctx, octet_arena *arena, uint32_t n_columns,
                                      octet_look_input *input) {
    OCTET_TRY(OCTET_NEW(ctx, arena, n_columns, &input->min));
    OCTET_TRY(OCTET_NEW(ctx, arena, n_columns, &input->max));
    for (uint32_t c = 0; c < n_columns; c++) {
        input->min[c] = INFINITY;
        input->max[c] = -INFINITY;
    }
    input->n_columns = n_columns;
    return OCTET_OK;
}

octet_status octet_looks_give_classes(octet_context *ctx, octet_arena *arena, uint32_t n, octet_looks *looks) {
    uint8_t *classes;
    if (n <= looks->n_classes) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &classes));
    if (looks->n_classes > 0) memcpy(classes, looks->classes, looks->n_classes);
    looks->classes = classes;
    looks->n_classes = n;
    return OCTET_OK;
}

/* By place; where parts of two wholes were merged, the same place may be there twice. */
static bool is_before(octet_look_place a, octet_look_place b) {
    return a.place < b.place || (a.place == b.place && a.sample < b.sample);
}

void octet_look_add_odd(octet_look_odd *odd, octet_look_place at) {
    if (odd->n == 0 || is_before(at, odd->first)) odd->first = at;
    odd->n++;
}

static void merge_odd(octet_look_odd *into, const octet_look_odd *from) {
    if (from->n > 0 && (into->n == 0 || is_before(from->first, into->first))) into->first = from->first;
    into->n += from->n;
}

static int compare_descending(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

octet_status octet_look_set_reaches(octet_context *ctx, octet_arena *arena, octet_look_input *input, float *reaches,
                                    size_t n, octet_look_place most, uint32_t column) {
    const uint32_t n_kept = n < OCTET_LOOKS_REACHES ? (uint32_t)n : OCTET_LOOKS_REACHES;
    if (n > 0) qsort(reaches, n, sizeof *reaches, compare_descending);
    input->n_reaches = 0;
    OCTET_TRY(make_room(ctx, arena, n_kept, input));
    input->n_reaches = n_kept;
    for (uint32_t i = 0; i < input->n_reaches; i++) input->reaches[i] = reaches[i];
    input->most = most;
    input->most_column = column;
    return OCTET_OK;
}

static void forget_reaches(octet_look_input *input) {
    input->is_bytes = true;
    input->n_reaches = input->most_column = 0;
    input->most = (octet_look_place){0};
}

static bool has_nearer_most(const octet_look_input *a, const octet_look_input *b) {
    if (a->n_reaches == 0 || b->n_reaches == 0) return a->n_reaches > 0;
    return a->reaches[0] > b->reaches[0] || (a->reaches[0] == b->reaches[0] && is_before(a->most, b->most));
}

static octet_status merge_input(octet_context *ctx, octet_arena *arena, octet_look_input *into,
                                const octet_look_input *from) {
    float merged[OCTET_LOOKS_REACHES];
    uint32_t n = 0, i = 0, j = 0;
    for (uint32_t c = 0; c < into->n_columns; c++) {
        into->min[c] = fminf(into->min[c], from->min[c]);
        into->max[c] = fmaxf(into->max[c], from->max[c]);
    }
    if (into->is_bytes || from->is_bytes) {
        forget_reaches(into);
        return OCTET_OK;
    }
    if (!has_nearer_most(into, from)) {
        into->most = from->most;
        into->most_column = from->most_column;
    }
    while (n < OCTET_LOOKS_REACHES && (i < into->n_reaches || j < from->n_reaches)) {
        const bool is_own = j == from->n_reaches || (i < into->n_reaches && into->reaches[i] >= from->reaches[j]);
        merged[n++] = is_own ? into->reaches[i++] : from->reaches[j++];
    }
    OCTET_TRY(make_room(ctx, arena, n, into));
    if (n > 0) memcpy(into->reaches, merged, n * sizeof *merged);
    into->n_reaches = n;
    return OCTET_OK;
}

bool octet_looks_match(const octet_looks *a, const octet_looks *b) {
    bool same = a->n_inputs == b->n_inputs;
    for (uint32_t i = 0; same && i < a->n_inputs; i++) same = a->inputs[i].n_columns == b->inputs[i].n_columns;
    return same;
}

octet_status octet_looks_merge(octet_context *ctx, octet_arena *arena, octet_looks *into, const octet_looks *from) {
    OCTET_TRY(octet_looks_give_classes(ctx, arena, from->n_classes, into));
    into->n_looked += from->n_looked;
    merge_odd(&into->constant, &from->constant);
    merge_odd(&into->noise, &from->noise);
    for (uint32_t c = 0; c < from->n_classes; c++) into->classes[c] |= from->classes[c];
    for (uint32_t i = 0; i < into->n_inputs; i++)
        OCTET_TRY(merge_input(ctx, arena, &into->inputs[i], &from->inputs[i]));
    return OCTET_OK;
}

/* ---- Writing ---- */

static octet_status write_place(octet_context *ctx, octet_look_place at, octet_buffer *out) {
    OCTET_TRY(octet_buffer_u64le(ctx, out, at.place));
    return octet_buffer_u64le(ctx, out, at.sample);
}

static octet_status write_odd(octet_context *ctx, const octet_look_odd *odd, octet_buffer *out) {
    OCTET_TRY(octet_buffer_u64le(ctx, out, odd->n));
    return odd->n > 0 ? write_place(ctx, odd->first, out) : OCTET_OK;
}

static octet_status write_input(octet_context *ctx, const octet_look_input *input, octet_buffer *out) {
    OCTET_TRY(octet_buffer_u32le(ctx, out, input->n_columns));
    for (uint32_t c = 0; c < input->n_columns; c++) {
        OCTET_TRY(octet_record_write_f32(ctx, out, input->min[c]));
        OCTET_TRY(octet_record_write_f32(ctx, out, input->max[c]));
    }
    OCTET_TRY(octet_buffer_u32le(ctx, out, input->is_bytes));
    if (input->is_bytes) return OCTET_OK;
    OCTET_TRY(octet_buffer_u32le(ctx, out, input->n_reaches));
    for (uint32_t i = 0; i < input->n_reaches; i++) OCTET_TRY(octet_record_write_f32(ctx, out, input->reaches[i]));
    if (input->n_reaches == 0) return OCTET_OK;
    OCTET_TRY(write_place(ctx, input->most, out));
    return octet_buffer_u32le(ctx, out, input->most_column);
}

octet_status octet_looks_write(octet_context *ctx, const octet_looks *looks, octet_buffer *out) {
    OCTET_TRY(octet_buffer_u32le(ctx, out, looks->given));
    if (!looks->given) return OCTET_OK;
    OCTET_TRY(octet_buffer_u64le(ctx, out, looks->n_looked));
    OCTET_TRY(write_odd(ctx, &looks->constant, out));
    OCTET_TRY(write_odd(ctx, &looks->noise, out));
    OCTET_TRY(octet_buffer_u32le(ctx, out, looks->n_classes));
    OCTET_TRY(octet_buffer_append(ctx, out, looks->classes, looks->n_classes));
    OCTET_TRY(octet_buffer_u32le(ctx, out, looks->n_inputs));
    for (uint32_t i = 0; i < looks->n_inputs; i++) OCTET_TRY(write_input(ctx, &looks->inputs[i], out));
    return OCTET_OK;
}

/* ---- Reading ---- */

static octet_status read_place(octet_record_reader *r, octet_look_place *out) {
    OCTET_TRY(octet_record_read_u64(r, &out->place));
    return octet_record_read_u64(r, &out->sample);
}

static octet_status read_odd(octet_record_reader *r, const octet_looks *looks, octet_look_odd *out) {
    OCTET_TRY(octet_record_read_u64(r, &out->n));
    OCTET_CHECK(r->ctx, out->n <= looks->n_looked, OCTET_FORMAT,
                "%s: %" PRIu64 " odd samples of %" PRIu64 " that were looked at", r->file, out->n, looks->n_looked);
    return out->n > 0 ? read_place(r, &out->first) : OCTET_OK;
}

static octet_status read_flag(octet_record_reader *r, const char *what, bool *out) {
    uint32_t flag = 0;
    OCTET_TRY(octet_record_read_u32(r, &flag));
    OCTET_CHECK(r->ctx, flag <= 1, OCTET_FORMAT, "%s: %s is %" PRIu32 ", not 0 or 1", r->file, what, flag);
    *out = flag == 1;
    return OCTET_OK;
}

static octet_status read_classes(octet_record_reader *r, octet_arena *arena, octet_looks *out) {
    uint32_t n;
    OCTET_TRY(octet_record_read_u32(r, &n));
    OCTET_CHECK(r->ctx, n <= OCTET_LOOKS_CLASSES, OCTET_FORMAT, "%s: %" PRIu32 " classes of samples", r->file, n);
    if (!octet_bytes_inside(r->bytes, r->at, n)) return octet_record_truncated(r);
    OCTET_TRY(octet_looks_give_classes(r->ctx, arena, n, out));
    for (uint32_t c = 0; c < n; c++) {
        out->classes[c] = r->bytes.data[r->at + c];
        OCTET_CHECK(r->ctx, out->classes[c] <= (OCTET_CLASS_THERE | OCTET_CLASS_CHOSEN), OCTET_FORMAT,
                    "%s: class %" PRIu32 " has the flags %d", r->file, c, out->classes[c]);
    }
    r->at += n;
    return OCTET_OK;
}

static octet_status read_columns(octet_record_reader *r, octet_arena *arena, octet_look_input *out) {
    uint32_t n;
    OCTET_TRY(octet_record_read_u32(r, &n));
    OCTET_CHECK(r->ctx, n <= OCTET_LOOKS_COLUMNS, OCTET_FORMAT, "%s: an input of %" PRIu32 " columns", r->file, n);
    OCTET_TRY(octet_looks_give_columns(r->ctx, arena, n, out));
    for (uint32_t c = 0; c < n; c++) {
        OCTET_TRY(octet_record_read_f32(r, &out->min[c]));
        OCTET_TRY(octet_record_read_f32(r, &out->max[c]));
        const bool is_empty = out->min[c] == INFINITY && out->max[c] == -INFINITY;
        OCTET_CHECK(r->ctx, is_empty || out->min[c] <= out->max[c], OCTET_FORMAT,
                    "%s: column %" PRIu32 " of the samples reaches from %g to %g", r->file, c, (double)out->min[c],
                    (double)out->max[c]);
    }
    return OCTET_OK;
}

static octet_status read_input(octet_record_reader *r, octet_arena *arena, octet_look_input *out) {
    OCTET_TRY(read_columns(r, arena, out));
    OCTET_TRY(read_flag(r, "whether samples are bytes", &out->is_bytes));
    if (out->is_bytes) return OCTET_OK;
    OCTET_TRY(octet_record_read_u32(r, &out->n_reaches));
    OCTET_CHECK(r->ctx, out->n_reaches <= OCTET_LOOKS_REACHES, OCTET_FORMAT,
                "%s: %" PRIu32 " largest magnitudes of samples", r->file, out->n_reaches);
    const uint32_t n = out->n_reaches;
    if (!octet_bytes_inside(r->bytes, r->at, 4 * (size_t)n)) return octet_record_truncated(r);
    out->n_reaches = 0;
    OCTET_TRY(make_room(r->ctx, arena, n, out));
    out->n_reaches = n;
    for (uint32_t i = 0; i < n; i++) {
        OCTET_TRY(octet_record_read_f32(r, &out->reaches[i]));
        const float before = i > 0 ? out->reaches[i - 1] : INFINITY;
        OCTET_CHECK(r->ctx, out->reaches[i] >= 0.0f && out->reaches[i] <= before, OCTET_FORMAT,
                    "%s: the magnitude %g of a sample stands behind %g", r->file, (double)out->reaches[i],
                    (double)before);
    }
    if (out->n_reaches == 0) return OCTET_OK;
    OCTET_TRY(read_place(r, &out->most));
    return octet_record_read_u32(r, &out->most_column);
}

octet_status octet_looks_read(octet_record_reader *r, octet_arena *arena, octet_looks *out) {
    enum { LEAST_INPUT_SIZE = 8 };
    bool given = false;
    uint32_t n_inputs;
    octet_looks head = {.given = true};
    *out = (octet_looks){0};
    OCTET_TRY(read_flag(r, "whether samples were looked at", &given));
    if (!given) return OCTET_OK;
    OCTET_TRY(octet_record_read_u64(r, &head.n_looked));
    OCTET_CHECK(r->ctx, head.n_looked <= UINT64_MAX / 4, OCTET_FORMAT, "%s: %" PRIu64 " samples were looked at",
                r->file, head.n_looked);
    OCTET_TRY(read_odd(r, &head, &head.constant));
    OCTET_TRY(read_odd(r, &head, &head.noise));
    OCTET_TRY(read_classes(r, arena, &head));
    OCTET_TRY(octet_record_read_u32(r, &n_inputs));
    if (n_inputs > (r->bytes.size - r->at) / LEAST_INPUT_SIZE) return octet_record_truncated(r);
    OCTET_TRY(octet_looks_create(r->ctx, arena, n_inputs, out));
    head.n_inputs = out->n_inputs;
    head.inputs = out->inputs;
    *out = head;
    for (uint32_t i = 0; i < n_inputs; i++) OCTET_TRY(read_input(r, arena, &out->inputs[i]));
    return OCTET_OK;
}
