#include "base/parts.h"

#include <inttypes.h>
#include <string.h>

#include "base/format.h"

octet_status octet_parts_place(octet_context *ctx, uint32_t part, uint32_t n, size_t n_items, const char *items,
                               size_t *first, size_t *end) {
    *first = 0;
    *end = n_items;
    if (n == 0) return OCTET_OK;
    OCTET_CHECK(ctx, part >= 1 && part <= n && n <= OCTET_PARTS_MOST, OCTET_USAGE,
                "part %" PRIu32 "/%" PRIu32 ": parts count from 1/%" PRIu32 " to %" PRIu32 "/%" PRIu32
                ", and there are %d at most",
                part, n, n, n, n, OCTET_PARTS_MOST);
    OCTET_CHECK(ctx, n <= n_items, OCTET_USAGE,
                "part %" PRIu32 "/%" PRIu32 ": some parts of %zu %s would be empty: cut them into %zu at most", part, n,
                n_items, items, n_items);
    /* The first parts have one more where they do not divide evenly: n_items * part may not fit. */
    const size_t each = n_items / n, longer = n_items % n, before = part - 1;
    *first = before * each + (before < longer ? before : longer);
    *end = *first + each + (before < longer ? 1 : 0);
    return OCTET_OK;
}

octet_status octet_parts_set(octet_context *ctx, octet_arena *arena, uint32_t part, uint32_t n, uint64_t choice,
                             octet_parts *out) {
    octet_part_run *run;
    *out = (octet_parts){0};
    if (n <= 1) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &run));
    *run = (octet_part_run){part, part};
    *out = (octet_parts){.n = n, .choice = choice, .n_runs = 1, .runs = run};
    return OCTET_OK;
}

octet_status octet_parts_copy(octet_context *ctx, octet_arena *arena, const octet_parts *from, octet_parts *out) {
    octet_part_run *runs;
    *out = *from;
    OCTET_TRY(OCTET_NEW(ctx, arena, from->n_runs, &runs));
    for (uint32_t i = 0; i < from->n_runs; i++) runs[i] = from->runs[i];
    out->runs = runs;
    return OCTET_OK;
}

/* Runs of both by their first part, those that touch made one. */
static octet_status merge_runs(octet_context *ctx, const octet_parts *a, const octet_parts *b, octet_part_run *runs,
                               uint32_t *n_runs) {
    uint32_t n = 0, i = 0, j = 0;
    while (i < a->n_runs || j < b->n_runs) {
        const bool from_a = j == b->n_runs || (i < a->n_runs && a->runs[i].first < b->runs[j].first);
        const octet_part_run next = from_a ? a->runs[i++] : b->runs[j++];
        OCTET_CHECK(ctx, n == 0 || next.first > runs[n - 1].last, OCTET_DATA,
                    "part %" PRIu32 "/%" PRIu32 " is there twice: merge each part once", next.first, a->n);
        if (n > 0 && next.first == runs[n - 1].last + 1) runs[n - 1].last = next.last;
        else runs[n++] = next;
    }
    *n_runs = n;
    return OCTET_OK;
}

octet_status octet_parts_join(octet_context *ctx, octet_arena *arena, const octet_parts *a, const octet_parts *b,
                              const char *what, octet_parts *out) {
    char x[OCTET_PARTS_TEXT], y[OCTET_PARTS_TEXT];
    octet_part_run *runs;
    *out = (octet_parts){0};
    if (a->n == 0 && b->n == 0) return OCTET_OK;
    const octet_parts *cut = a->n != 0 ? a : b;
    OCTET_CHECK(ctx, a->n != 0 && b->n != 0, OCTET_DATA,
                "%s of part %s of %" PRIu32 ", and of all parts or of samples that were not cut: a part goes together "
                "with the other parts of its whole only",
                what, octet_parts_text(cut, false, x), cut->n);
    OCTET_CHECK(ctx, a->n == b->n, OCTET_DATA,
                "%s of part %s of %" PRIu32 " and of part %s of %" PRIu32
                ": only parts of one cut can be merged; make them with one number of parts",
                what, octet_parts_text(a, false, x), a->n, octet_parts_text(b, false, y), b->n);
    OCTET_CHECK(ctx, a->choice == b->choice, OCTET_DATA,
                "%s of part %s and of part %s of %" PRIu32
                ": they are cut from different samples; make all parts with the same data, and the same choice of "
                "samples",
                what, octet_parts_text(a, false, x), octet_parts_text(b, false, y), a->n);
    OCTET_TRY(OCTET_NEW(ctx, arena, (size_t)a->n_runs + b->n_runs, &runs));
    *out = (octet_parts){.n = a->n, .choice = a->choice, .runs = runs};
    OCTET_TRY(merge_runs(ctx, a, b, runs, &out->n_runs));
    if (out->n_runs == 1 && runs[0].first == 1 && runs[0].last == out->n) *out = (octet_parts){0};
    return OCTET_OK;
}

/* Adds a run behind what `text` holds; cut with "..." where there is no room. False: no more runs. */
static bool add_run(char text[OCTET_PARTS_TEXT], uint32_t first, uint32_t last) {
    enum { LONGEST_RUN = 32 };
    const size_t length = strlen(text);
    const char *comma = length > 0 ? ", " : "";
    if (length + LONGEST_RUN + sizeof ", ..." > OCTET_PARTS_TEXT) {
        octet_format(text + length, OCTET_PARTS_TEXT - length, ", ...");
        return false;
    }
    if (first == last) octet_format(text + length, OCTET_PARTS_TEXT - length, "%s%" PRIu32, comma, first);
    else
        octet_format(text + length, OCTET_PARTS_TEXT - length, "%s%" PRIu32 "%s%" PRIu32, comma, first,
                     last == first + 1 ? ", " : " to ", last);
    return true;
}

const char *octet_parts_text(const octet_parts *parts, bool missing, char text[OCTET_PARTS_TEXT]) {
    uint32_t next = 1; /* part behind the last run */
    bool goes_on = true;
    text[0] = '\0';
    for (uint32_t i = 0; i < parts->n_runs && goes_on; i++) {
        const octet_part_run run = parts->runs[i];
        if (!missing) goes_on = add_run(text, run.first, run.last);
        else if (run.first > next) goes_on = add_run(text, next, run.first - 1);
        next = run.last + 1;
    }
    if (missing && goes_on && next <= parts->n) add_run(text, next, parts->n);
    return text;
}

uint32_t octet_parts_count(const octet_parts *parts) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < parts->n_runs; i++) n += parts->runs[i].last - parts->runs[i].first + 1;
    return n;
}

octet_status octet_parts_write(octet_context *ctx, const octet_parts *parts, octet_buffer *out) {
    OCTET_TRY(octet_buffer_u32le(ctx, out, parts->n));
    if (parts->n == 0) return OCTET_OK;
    OCTET_TRY(octet_buffer_u64le(ctx, out, parts->choice));
    OCTET_TRY(octet_buffer_u32le(ctx, out, parts->n_runs));
    for (uint32_t i = 0; i < parts->n_runs; i++) {
        OCTET_TRY(octet_buffer_u32le(ctx, out, parts->runs[i].first));
        OCTET_TRY(octet_buffer_u32le(ctx, out, parts->runs[i].last));
    }
    return OCTET_OK;
}

octet_status octet_parts_read(octet_record_reader *r, octet_arena *arena, octet_parts *out) {
    octet_part_run *runs;
    uint32_t last = 0;
    *out = (octet_parts){0};
    OCTET_TRY(octet_record_read_u32(r, &out->n));
    if (out->n == 0) return OCTET_OK;
    OCTET_TRY(octet_record_read_u64(r, &out->choice));
    OCTET_TRY(octet_record_read_u32(r, &out->n_runs));
    OCTET_CHECK(r->ctx, out->n > 1 && out->n <= OCTET_PARTS_MOST && out->n_runs >= 1 && out->n_runs <= out->n,
                OCTET_FORMAT, "%s: %" PRIu32 " runs of %" PRIu32 " parts", r->file, out->n_runs, out->n);
    if (!octet_bytes_inside(r->bytes, r->at, 8 * (size_t)out->n_runs)) return octet_record_truncated(r);
    OCTET_TRY(OCTET_NEW(r->ctx, arena, out->n_runs, &runs));
    for (uint32_t i = 0; i < out->n_runs; i++) {
        OCTET_TRY(octet_record_read_u32(r, &runs[i].first));
        OCTET_TRY(octet_record_read_u32(r, &runs[i].last));
        const bool is_sound = runs[i].first > last + (i > 0) && runs[i].first <= runs[i].last && runs[i].last <= out->n;
        OCTET_CHECK(r->ctx, is_sound && runs[i].last - runs[i].first < out->n - 1, OCTET_FORMAT,
                    "%s: parts %" PRIu32 " to %" PRIu32 " of %" PRIu32, r->file, runs[i].first, runs[i].last, out->n);
        last = runs[i].last;
    }
    out->runs = runs;
    return OCTET_OK;
}
