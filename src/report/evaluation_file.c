/* Numbers and texts are those of base/record.h.
 *
 *  1. 8 bytes "octeteva"
 *  2. u32     version of this layout: 1
 *  3. u32     flags: 1: samples have classes, 2: names of folders are not used, 4: the model expects bytes, 8: it keeps
 *             state, 16: it scales its input itself
 *  4. u64     fingerprint of the model
 *  5. texts   model, split, conditions, and with flag 16 how the model scales
 *  6. u32     number of names of classes, 0 or that of the classes; then a text each
 *  7. u64 scores of a sample, u32 what they are, u32 the measure, u64 targets of a sample, u64 scores in a row
 *  8. parts   as base/parts.h has them
 *  9. 4 f64   least and largest number of the data as stored, and as the model was given it
 * 10. u64     time of all in nanoseconds, u32 threads
 * 11. u64     number of samples; then for each, by ascending number: u64 number, i32 label, i32 answer, f64 loss, u64
 *             time in nanoseconds; where scores or rows are counted, u32 how many are right; where errors are, 4 f64
 * 12. u64     octet_hash (base/hash.h) of everything before, and the end */
#include <inttypes.h>
#include <limits.h>

#include "report/evaluation.h"

enum {
    VERSION = 1,
    HAS_CLASSES = 1,
    DROPS_FOLDERS = 2,
    EXPECTS_BYTES = 4,
    KEEPS_STATE = 8,
    OWN_SCALING = 16,
    ALL_FLAGS = 31,
    SAMPLE_SIZE = 32
};

/* ---- Writing ---- */

/* with_run: what two runs over the same samples need not share, too. */
static octet_status write_head(octet_context *ctx, const octet_evaluation *e, bool with_run, octet_buffer *out) {
    const uint32_t flags = (e->has_classes ? HAS_CLASSES : 0u) | (e->drops_folders ? DROPS_FOLDERS : 0u) |
                           (e->expects_bytes ? EXPECTS_BYTES : 0u) | (e->keeps_state ? KEEPS_STATE : 0u) |
                           (e->own_scaling != NULL ? OWN_SCALING : 0u);
    const uint32_t n_names = e->class_names != NULL ? (uint32_t)octet_evaluation_n_classes(e) : 0;
    OCTET_TRY(octet_buffer_append(ctx, out, OCTET_MAGIC_EVALUATION, sizeof OCTET_MAGIC_EVALUATION - 1));
    OCTET_TRY(octet_buffer_u32le(ctx, out, VERSION));
    OCTET_TRY(octet_buffer_u32le(ctx, out, flags));
    OCTET_TRY(octet_buffer_u64le(ctx, out, e->fingerprint));
    OCTET_TRY(octet_record_write_text(ctx, out, with_run ? e->model : ""));
    OCTET_TRY(octet_record_write_text(ctx, out, e->split));
    OCTET_TRY(octet_record_write_text(ctx, out, e->conditions));
    if (e->own_scaling != NULL) OCTET_TRY(octet_record_write_text(ctx, out, e->own_scaling));
    OCTET_TRY(octet_buffer_u32le(ctx, out, n_names));
    for (uint32_t i = 0; i < n_names; i++) OCTET_TRY(octet_record_write_text(ctx, out, e->class_names[i]));
    OCTET_TRY(octet_buffer_u64le(ctx, out, e->n_scores));
    OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)e->scores));
    OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)e->measure));
    OCTET_TRY(octet_buffer_u64le(ctx, out, e->n_targets));
    OCTET_TRY(octet_buffer_u64le(ctx, out, e->row));
    OCTET_TRY(octet_parts_write(ctx, &e->parts, out));
    OCTET_TRY(octet_record_write_f64(ctx, out, e->raw_min));
    OCTET_TRY(octet_record_write_f64(ctx, out, e->raw_max));
    OCTET_TRY(octet_record_write_f64(ctx, out, e->min));
    OCTET_TRY(octet_record_write_f64(ctx, out, e->max));
    OCTET_TRY(octet_buffer_u64le(ctx, out, with_run ? e->wall_ns : 0));
    return octet_buffer_u32le(ctx, out, with_run ? e->n_threads : 0);
}

static octet_status write_sample(octet_context *ctx, const octet_evaluation *e, uint64_t i, bool with_run,
                                 octet_buffer *out) {
    OCTET_TRY(octet_buffer_u64le(ctx, out, e->numbers[i]));
    OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)e->labels[i]));
    OCTET_TRY(octet_buffer_u32le(ctx, out, (uint32_t)e->answers[i]));
    OCTET_TRY(octet_record_write_f64(ctx, out, e->losses[i]));
    OCTET_TRY(octet_buffer_u64le(ctx, out, with_run ? e->time_ns[i] : 0));
    if (e->right != NULL) OCTET_TRY(octet_buffer_u32le(ctx, out, e->right[i]));
    if (e->errors == NULL) return OCTET_OK;
    OCTET_TRY(octet_record_write_f64(ctx, out, e->errors[i].absolute));
    OCTET_TRY(octet_record_write_f64(ctx, out, e->errors[i].square));
    OCTET_TRY(octet_record_write_f64(ctx, out, e->errors[i].target));
    return octet_record_write_f64(ctx, out, e->errors[i].target_square);
}

static octet_status write_all(octet_context *ctx, const octet_evaluation *evaluation, bool with_run,
                              octet_buffer *out) {
    const size_t start = out->size;
    OCTET_TRY(write_head(ctx, evaluation, with_run, out));
    OCTET_TRY(octet_buffer_u64le(ctx, out, evaluation->n_samples));
    for (uint64_t i = 0; i < evaluation->n_samples; i++) OCTET_TRY(write_sample(ctx, evaluation, i, with_run, out));
    return octet_record_write_check(ctx, out, start);
}

octet_status octet_evaluation_write(octet_context *ctx, const octet_evaluation *evaluation, octet_buffer *out) {
    return write_all(ctx, evaluation, true, out);
}

octet_status octet_evaluation_write_findings(octet_context *ctx, const octet_evaluation *evaluation,
                                             octet_buffer *out) {
    return write_all(ctx, evaluation, false, out);
}

/* ---- Reading ---- */

/* What stands before the arrays; texts live in the arena. */
typedef struct head {
    octet_arena arena;
    uint32_t flags, n_names, scores, measure, n_threads;
    uint64_t fingerprint, n_scores, n_targets, row, wall_ns, n_samples;
    const char *model, *split, *conditions, *own_scaling, **names;
    octet_parts parts;
    double raw_min, raw_max, min, max;
} head;

static octet_status read_texts(octet_record_reader *r, head *h) {
    OCTET_TRY(octet_record_read_u32(r, &h->flags));
    OCTET_CHECK(r->ctx, h->flags <= ALL_FLAGS, OCTET_FORMAT, "%s: flags %" PRIu32 " in the head", r->file, h->flags);
    OCTET_TRY(octet_record_read_u64(r, &h->fingerprint));
    OCTET_TRY(octet_record_read_text(r, &h->arena, &h->model));
    OCTET_TRY(octet_record_read_text(r, &h->arena, &h->split));
    OCTET_TRY(octet_record_read_text(r, &h->arena, &h->conditions));
    if ((h->flags & OWN_SCALING) != 0) OCTET_TRY(octet_record_read_text(r, &h->arena, &h->own_scaling));
    OCTET_TRY(octet_record_read_u32(r, &h->n_names));
    if (h->n_names > (r->bytes.size - r->at) / 4) return octet_record_truncated(r);
    OCTET_TRY(OCTET_NEW(r->ctx, &h->arena, h->n_names, &h->names));
    for (uint32_t i = 0; i < h->n_names; i++) OCTET_TRY(octet_record_read_text(r, &h->arena, &h->names[i]));
    return OCTET_OK;
}

/* What is counted, and against what: an answer counts as a class, so that scores fit an int32. */
static octet_status read_measure(octet_record_reader *r, head *h) {
    OCTET_TRY(octet_record_read_u64(r, &h->n_scores));
    OCTET_TRY(octet_record_read_u32(r, &h->scores));
    OCTET_TRY(octet_record_read_u32(r, &h->measure));
    OCTET_TRY(octet_record_read_u64(r, &h->n_targets));
    OCTET_TRY(octet_record_read_u64(r, &h->row));
    const bool divides = h->row > 0 && h->row <= h->n_scores && h->n_scores % h->row == 0;
    OCTET_CHECK(r->ctx,
                h->n_scores >= 1 && h->n_scores <= INT32_MAX && h->n_targets <= INT32_MAX &&
                    h->scores <= OCTET_SCORES_LOGITS && h->measure <= OCTET_MEASURE_ERROR && divides,
                OCTET_FORMAT,
                "%s: %" PRIu64 " scores of kind %" PRIu32 " in rows of %" PRIu64 " against %" PRIu64
                " targets by measure %" PRIu32,
                r->file, h->n_scores, h->scores, h->row, h->n_targets, h->measure);
    const uint64_t n_classes = h->n_scores == 1 ? 2 : h->n_scores;
    OCTET_CHECK(r->ctx, h->n_names == 0 || h->n_names == n_classes, OCTET_FORMAT,
                "%s: %" PRIu32 " names of %" PRIu64 " classes", r->file, h->n_names, n_classes);
    return OCTET_OK;
}

static octet_status read_head(octet_record_reader *r, head *h) {
    OCTET_TRY(octet_record_read_head(r, OCTET_MAGIC_EVALUATION, VERSION));
    OCTET_TRY(read_texts(r, h));
    OCTET_TRY(read_measure(r, h));
    OCTET_TRY(octet_parts_read(r, &h->arena, &h->parts));
    OCTET_TRY(octet_record_read_f64(r, &h->raw_min));
    OCTET_TRY(octet_record_read_f64(r, &h->raw_max));
    OCTET_TRY(octet_record_read_f64(r, &h->min));
    OCTET_TRY(octet_record_read_f64(r, &h->max));
    OCTET_TRY(octet_record_read_u64(r, &h->wall_ns));
    OCTET_TRY(octet_record_read_u32(r, &h->n_threads));
    OCTET_TRY(octet_record_read_u64(r, &h->n_samples));
    if (h->n_samples > (r->bytes.size - r->at) / SAMPLE_SIZE) return octet_record_truncated(r);
    return OCTET_OK;
}

static octet_status copy_head(octet_context *ctx, const head *h, octet_evaluation *e) {
    e->fingerprint = h->fingerprint;
    e->n_targets = (size_t)h->n_targets;
    e->row = (size_t)h->row;
    e->has_classes = (h->flags & HAS_CLASSES) != 0;
    e->drops_folders = (h->flags & DROPS_FOLDERS) != 0;
    e->expects_bytes = (h->flags & EXPECTS_BYTES) != 0;
    e->keeps_state = (h->flags & KEEPS_STATE) != 0;
    e->raw_min = h->raw_min;
    e->raw_max = h->raw_max;
    e->min = h->min;
    e->max = h->max;
    e->wall_ns = h->wall_ns;
    e->n_threads = h->n_threads;
    OCTET_TRY(octet_arena_string(ctx, &e->arena, h->conditions, &e->conditions));
    if (h->own_scaling != NULL) OCTET_TRY(octet_arena_string(ctx, &e->arena, h->own_scaling, &e->own_scaling));
    OCTET_TRY(octet_parts_copy(ctx, &e->arena, &h->parts, &e->parts));
    if (h->n_names == 0) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, &e->arena, h->n_names, &e->class_names));
    for (uint32_t i = 0; i < h->n_names; i++)
        OCTET_TRY(octet_arena_string(ctx, &e->arena, h->names[i], &e->class_names[i]));
    return OCTET_OK;
}

static octet_status read_sample(octet_record_reader *r, uint64_t i, octet_evaluation *e) {
    uint32_t label, answer;
    const int32_t n_classes = octet_evaluation_n_classes(e);
    OCTET_TRY(octet_record_read_u64(r, &e->numbers[i]));
    OCTET_CHECK(r->ctx, i == 0 || e->numbers[i] > e->numbers[i - 1], OCTET_FORMAT,
                "%s: sample %" PRIu64 " stands behind sample %" PRIu64, r->file, e->numbers[i], e->numbers[i - 1]);
    OCTET_TRY(octet_record_read_u32(r, &label));
    OCTET_TRY(octet_record_read_u32(r, &answer));
    e->labels[i] = (int32_t)label;
    e->answers[i] = (int32_t)answer;
    OCTET_CHECK(r->ctx,
                e->labels[i] >= 0 && e->labels[i] < n_classes && e->answers[i] >= -1 && e->answers[i] < n_classes,
                OCTET_FORMAT, "%s: sample %" PRIu64 " has label %d and answer %d of %d classes", r->file, e->numbers[i],
                e->labels[i], e->answers[i], n_classes);
    OCTET_TRY(octet_record_read_f64(r, &e->losses[i]));
    OCTET_TRY(octet_record_read_u64(r, &e->time_ns[i]));
    if (e->right != NULL) {
        OCTET_TRY(octet_record_read_u32(r, &e->right[i]));
        OCTET_CHECK(r->ctx, e->right[i] <= octet_evaluation_n_parts(e), OCTET_FORMAT,
                    "%s: sample %" PRIu64 " has %" PRIu32 " of %" PRIu64 " right", r->file, e->numbers[i], e->right[i],
                    octet_evaluation_n_parts(e));
    }
    if (e->errors == NULL) return OCTET_OK;
    OCTET_TRY(octet_record_read_f64(r, &e->errors[i].absolute));
    OCTET_TRY(octet_record_read_f64(r, &e->errors[i].square));
    OCTET_TRY(octet_record_read_f64(r, &e->errors[i].target));
    return octet_record_read_f64(r, &e->errors[i].target_square);
}

static octet_status read_all(octet_record_reader *r, head *h, octet_evaluation **out) {
    OCTET_TRY(read_head(r, h));
    OCTET_TRY(octet_evaluation_make(r->ctx, h->model, h->split, h->n_samples, (size_t)h->n_scores,
                                    (octet_scores)h->scores, (octet_measure)h->measure, out));
    OCTET_TRY(copy_head(r->ctx, h, *out));
    for (uint64_t i = 0; i < h->n_samples; i++) OCTET_TRY(read_sample(r, i, *out));
    return octet_record_end(r);
}

octet_status octet_evaluation_read(octet_context *ctx, octet_bytes bytes, const char *name, octet_evaluation **out) {
    octet_record_reader r = {.ctx = ctx, .bytes = bytes, .file = name, .what = "an evaluation"};
    head h = {0};
    octet_evaluation *evaluation = NULL;
    const octet_status status = read_all(&r, &h, &evaluation);
    octet_arena_free(ctx, &h.arena);
    if (status == OCTET_OK) {
        octet_evaluation_finish(evaluation);
        *out = evaluation;
    } else {
        octet_evaluation_free(ctx, evaluation);
    }
    return status;
}
