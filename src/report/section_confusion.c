/* Who is taken for whom: matrices side by side, or the classes that changed most. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "report/sections.h"
#include "report/text.h"

/* More classes than fit on a screen are listed, those that changed most first. */
enum { MATRIX_CLASSES = 20, LISTED = 20 };

static const char *class_name(octet_document *document, const octet_evaluation *e, size_t number) {
    return octet_section_class(document, e->class_names, octet_evaluation_n_classes(e), (int32_t)number);
}

static uint64_t sum_of(const uint64_t *counts, size_t n) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += counts[i];
    return sum;
}

static octet_block *begin_matrix(octet_document *document, const char *caption, size_t n) {
    const char **headings = octet_document_array(document, n + 1, sizeof *headings);
    const char *const nothing[MATRIX_CLASSES + 1] = {0};
    if (headings == NULL) return octet_document_table(document, caption, nothing, 0);
    headings[0] = "label";
    for (size_t i = 0; i < n; i++) headings[i + 1] = octet_document_text(document, "%zu", i);
    octet_block *table = octet_document_table(document, caption, headings, (uint32_t)n + 1);
    table->has_row_heads = true;
    table->right = UINT32_MAX & ~1u;
    return table;
}

/* Counts, shaded by their share of the label. */
static void write_matrix(octet_document *document, const char *caption, const octet_evaluation *e,
                         const octet_confusion *c) {
    octet_block *table = begin_matrix(document, caption, c->n);
    for (size_t row = 0; row < c->n; row++) {
        const double sum = (double)sum_of(c->counts + row * c->n, c->n);
        octet_document_cell(document, table, "%s", class_name(document, e, row));
        for (size_t i = 0; i < c->n; i++) {
            const uint64_t count = c->counts[row * c->n + i];
            octet_cell *cell = octet_document_cell(document, table, "%" PRIu64, count);
            cell->shade = sum > 0.0 ? (float)((row == i ? 1.0 : -1.0) * (double)count / sum) : 0.0f;
        }
    }
}

/* Fewer mistakes and more right answers are shaded as better. */
static void write_difference(octet_document *document, const octet_evaluation *e, const octet_confusion *before,
                             const octet_confusion *after) {
    double most = 1.0;
    octet_block *table = begin_matrix(document, "Difference", before->n);
    for (size_t i = 0; i < before->n * before->n; i++)
        most = fmax(most, fabs((double)after->counts[i] - (double)before->counts[i]));
    for (size_t row = 0; row < before->n; row++) {
        octet_document_cell(document, table, "%s", class_name(document, e, row));
        for (size_t i = 0; i < before->n; i++) {
            const size_t at = row * before->n + i;
            const double change = (double)after->counts[at] - (double)before->counts[at];
            octet_cell *cell = change != 0.0 ? octet_document_cell(document, table, "%+.0f", change)
                                             : octet_document_cell(document, table, "%s", "\xc2\xb7");
            cell->shade = (float)((row == i ? change : -change) / most);
        }
    }
}

static void write_matrices(octet_document *document, const octet_evaluation *before, const octet_evaluation *after) {
    octet_confusion a, b;
    if (document->status == OCTET_OK)
        document->status = octet_evaluation_count_confusion(document->ctx, &document->arena, before, &a);
    if (document->status == OCTET_OK && after != NULL)
        document->status = octet_evaluation_count_confusion(document->ctx, &document->arena, after, &b);
    if (document->status != OCTET_OK) return;
    octet_document_begin(document, OCTET_BLOCK_ROW, OCTET_TONE_PLAIN, "matrices");
    write_matrix(document, after != NULL ? "Original" : "Answers", before, &a);
    if (after != NULL) {
        write_matrix(document, "Quantized", after, &b);
        write_difference(document, before, &a, &b);
    }
    octet_document_end(document);
}

typedef struct class_count {
    size_t number;
    uint64_t n, right[2];
} class_count;

static int by_change(const void *a, const void *b) {
    const class_count *x = a, *y = b;
    const double p = x->n > 0 ? ((double)x->right[1] - (double)x->right[0]) / (double)x->n : 0.0,
                 q = y->n > 0 ? ((double)y->right[1] - (double)y->right[0]) / (double)y->n : 0.0;
    if (p < q || p > q) return p < q ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void write_recalls(octet_document *document, const octet_evaluation *before, const octet_evaluation *after) {
    static const char *const headings[] = {"class", "samples", "recall before", "recall after"},
                             *const headings_of_one[] = {"class", "samples", "recall"};
    const size_t n = (size_t)octet_evaluation_n_classes(before);
    class_count *counts = octet_document_array(document, n, sizeof *counts);
    if (counts == NULL) return;
    for (size_t i = 0; i < n; i++) counts[i].number = i;
    for (uint64_t i = 0; i < before->n_samples; i++) {
        class_count *count = &counts[before->labels[i]];
        count->n++;
        count->right[after != NULL ? 0 : 1] += before->answers[i] == before->labels[i];
        if (after != NULL) count->right[1] += after->answers[i] == after->labels[i];
        else count->right[0]++; /* so that those with the lowest recall come first */
    }
    qsort(counts, n, sizeof *counts, by_change);
    octet_document_say(document, OCTET_TONE_PLAIN, "Of %zu classes the %d %s are listed.", n, (int)LISTED,
                       after != NULL ? "whose recall fell most" : "with the lowest recall");
    octet_block *table = after != NULL ? octet_document_table(document, "Recall by class", headings, 4)
                                       : octet_document_table(document, "Recall by class", headings_of_one, 3);
    table->right = 14;
    table->has_row_heads = true;
    for (size_t i = 0; i < n && i < LISTED; i++) {
        const double samples = counts[i].n > 0 ? (double)counts[i].n : 1.0;
        octet_document_cell(document, table, "%s", class_name(document, before, counts[i].number));
        octet_document_cell(document, table, "%" PRIu64, counts[i].n);
        if (after != NULL)
            octet_document_cell(document, table, "%.1f %%", 100.0 * (double)counts[i].right[0] / samples);
        octet_document_cell(document, table, "%.1f %%", 100.0 * (double)counts[i].right[1] / samples);
    }
}

void octet_section_confusion(octet_document *document, const octet_evaluation *before, const octet_evaluation *after) {
    if (before->measure != OCTET_MEASURE_CLASS) return;
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN, "Confusion")->id = "confusion";
    if (octet_evaluation_n_classes(before) <= MATRIX_CLASSES) {
        octet_document_say(document, OCTET_TONE_PLAIN,
                           "A row for each label, a column for each answer%s. Blue: right%s; red: mistakes%s.",
                           before->class_names != NULL ? " by its number" : "",
                           after != NULL ? ", or better than before" : "", after != NULL ? ", or worse" : "");
        write_matrices(document, before, after);
    } else {
        write_recalls(document, before, after);
    }
    octet_document_end(document);
}
