/* Evaluations of parts of the samples become one: arrays by sample are merged by the samples' numbers, and everything
 * that is summed is summed again in their order. So the result does not depend on how the samples were parted. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/evaluation.h"

static octet_status check_samples(octet_context *ctx, const octet_evaluation *a, const octet_evaluation *b) {
    const bool keeps_state = a->keeps_state || b->keeps_state;
    OCTET_CHECK(ctx, !keeps_state || a->n_samples == 0 || b->n_samples == 0, OCTET_DATA,
                "%s keeps state from sample to sample: evaluate all samples in one run, its parts cannot be merged",
                a->model);
    uint64_t i = 0, j = 0;
    while (i < a->n_samples && j < b->n_samples) {
        OCTET_CHECK(ctx, a->numbers[i] != b->numbers[j], OCTET_DATA,
                    "sample %" PRIu64 " of the %s samples is in both evaluations: merge each part once", a->numbers[i],
                    a->split);
        if (a->numbers[i] < b->numbers[j]) i++;
        else j++;
    }
    return OCTET_OK;
}

static octet_status check(octet_context *ctx, const octet_evaluation *a, const octet_evaluation *b) {
    OCTET_CHECK(ctx, a->fingerprint == b->fingerprint, OCTET_DATA,
                "evaluations of two models, %s and %s: only parts of the evaluation of one model can be merged",
                a->model, b->model);
    OCTET_CHECK(
        ctx,
        a->n_scores == b->n_scores && a->measure == b->measure && a->scores == b->scores && a->row == b->row &&
            a->n_targets == b->n_targets && a->drops_folders == b->drops_folders && strcmp(a->split, b->split) == 0,
        OCTET_USAGE, "evaluations of %s (%s samples) and %s (%s samples) measure different things and cannot be merged",
        a->model, a->split, b->model, b->split);
    OCTET_CHECK(ctx, strcmp(a->conditions, b->conditions) == 0, OCTET_DATA,
                "evaluations of %s run in two ways cannot be merged: %s; %s", a->model, a->conditions, b->conditions);
    return OCTET_OK;
}

static void copy_sample(octet_evaluation *to, uint64_t at, const octet_evaluation *from, uint64_t index) {
    to->numbers[at] = from->numbers[index];
    to->labels[at] = from->labels[index];
    to->answers[at] = from->answers[index];
    to->losses[at] = from->losses[index];
    to->time_ns[at] = from->time_ns[index];
    if (to->right != NULL) to->right[at] = from->right[index];
    if (to->errors != NULL) to->errors[at] = from->errors[index];
}

static octet_status copy_facts(octet_context *ctx, octet_evaluation *to, const octet_evaluation *a,
                               const octet_evaluation *b) {
    const octet_evaluation *named = a->class_names != NULL ? a : b;
    OCTET_TRY(octet_parts_join(ctx, &to->arena, &a->parts, &b->parts, "evaluations", &to->parts));
    OCTET_TRY(octet_arena_string(ctx, &to->arena, a->conditions, &to->conditions));
    if (a->own_scaling != NULL) OCTET_TRY(octet_arena_string(ctx, &to->arena, a->own_scaling, &to->own_scaling));
    to->fingerprint = a->fingerprint;
    to->expects_bytes = a->expects_bytes;
    to->drops_folders = a->drops_folders;
    to->keeps_state = a->keeps_state;
    to->n_targets = a->n_targets;
    to->row = a->row;
    to->has_classes = a->has_classes;
    to->wall_ns = a->wall_ns + b->wall_ns;
    to->n_threads = a->n_threads > b->n_threads ? a->n_threads : b->n_threads;
    to->raw_min = fmin(a->raw_min, b->raw_min);
    to->raw_max = fmax(a->raw_max, b->raw_max);
    to->min = fmin(a->min, b->min);
    to->max = fmax(a->max, b->max);
    if (named->class_names == NULL) return OCTET_OK;
    const size_t n = (size_t)octet_evaluation_n_classes(named);
    OCTET_TRY(OCTET_NEW(ctx, &to->arena, n, &to->class_names));
    for (size_t i = 0; i < n; i++)
        OCTET_TRY(octet_arena_string(ctx, &to->arena, named->class_names[i], &to->class_names[i]));
    return OCTET_OK;
}

octet_status octet_evaluation_join(octet_context *ctx, const octet_evaluation *a, const octet_evaluation *b,
                                   octet_evaluation **out) {
    octet_evaluation *both = NULL;
    OCTET_TRY(check(ctx, a, b));
    /* One model may lie under another name on each machine. */
    const char *name = strcmp(a->model, b->model) <= 0 ? a->model : b->model;
    OCTET_TRY(octet_evaluation_make(ctx, name, a->split, a->n_samples + b->n_samples, a->n_scores, a->scores,
                                    a->measure, &both));
    octet_status status = copy_facts(ctx, both, a, b); /* parts tell more plainly than samples what is there twice */
    if (status == OCTET_OK) status = check_samples(ctx, a, b);
    if (status != OCTET_OK) {
        octet_evaluation_free(ctx, both);
        return status;
    }
    for (uint64_t at = 0, i = 0, j = 0; at < both->n_samples; at++) {
        const bool from_a = j == b->n_samples || (i < a->n_samples && a->numbers[i] < b->numbers[j]);
        if (from_a) copy_sample(both, at, a, i++);
        else copy_sample(both, at, b, j++);
    }
    octet_evaluation_finish(both);
    *out = both;
    return OCTET_OK;
}
