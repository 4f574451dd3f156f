/* Covers: report/evaluation_file.c report/evaluation_merge.c base/parts.c base/record.c */
#include "fuzz/target.h"

#include <string.h>

#include "report/evaluation.h"

enum { CHECK_SUM = 8 };

/* With the check sum that the bytes should have, so that what it guards is reached. */
static octet_status seal(octet_context *ctx, const uint8_t *data, size_t size, octet_buffer *out) {
    if (size < CHECK_SUM) return octet_buffer_append(ctx, out, data, size);
    OCTET_TRY(octet_buffer_append(ctx, out, data, size - CHECK_SUM));
    return octet_record_write_check(ctx, out, 0);
}

/* What was read is written and read as the same bytes, reported, and does not join with itself unless it is empty. */
static octet_status use(octet_context *ctx, const octet_evaluation *evaluation, octet_buffer *first,
                        octet_buffer *second, octet_buffer *text) {
    octet_evaluation *again = NULL, *both = NULL;
    OCTET_TRY(octet_evaluation_write(ctx, evaluation, first));
    if (octet_evaluation_read(ctx, (octet_bytes){first->data, first->size}, "again", &again) != OCTET_OK) abort();
    octet_status status = octet_evaluation_write(ctx, again, second);
    if (status == OCTET_OK && (first->size != second->size || memcmp(first->data, second->data, first->size) != 0))
        abort();
    if (octet_evaluation_join(ctx, evaluation, again, &both) == OCTET_OK && evaluation->n_samples > 0) abort();
    octet_context_clear(ctx);
    octet_evaluation_free(ctx, both);
    octet_evaluation_free(ctx, again);
    const bool with_confusion = evaluation->measure == OCTET_MEASURE_CLASS && evaluation->n_scores <= 100;
    if (status == OCTET_OK) status = octet_evaluation_write_text(ctx, evaluation, with_confusion, text);
    if (status == OCTET_OK) status = octet_evaluation_write_json(ctx, evaluation, with_confusion, text);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    octet_context ctx;
    target_begin(&ctx);
    octet_buffer sealed = {0}, first = {0}, second = {0}, text = {0};
    octet_evaluation *evaluation = NULL;
    octet_status status = seal(&ctx, data, size, &sealed);
    if (status == OCTET_OK)
        status = octet_evaluation_read(&ctx, (octet_bytes){sealed.data, sealed.size}, "fuzz", &evaluation);
    if (status == OCTET_OK) status = use(&ctx, evaluation, &first, &second, &text);
    octet_evaluation_free(&ctx, evaluation);
    octet_buffer_free(&ctx, &text);
    octet_buffer_free(&ctx, &second);
    octet_buffer_free(&ctx, &first);
    octet_buffer_free(&ctx, &sealed);
    return target_end(&ctx, status);
}
