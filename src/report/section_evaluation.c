/* How good one model is: the first screen of its report. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "report/sections.h"
#include "report/text.h"

/* The class whose samples are answered right least often, and what it is taken for most. */
static void write_weakest(octet_document *document, const octet_evaluation *e) {
    octet_confusion c;
    enum { MOST_CLASSES = 100 };
    if (e->measure != OCTET_MEASURE_CLASS || octet_evaluation_n_classes(e) > MOST_CLASSES) return;
    if (document->status == OCTET_OK)
        document->status = octet_evaluation_count_confusion(document->ctx, &document->arena, e, &c);
    if (document->status != OCTET_OK) return;
    size_t weakest = c.n, taken = c.n;
    for (size_t i = 0; i < c.n; i++)
        if (!isnan(c.recall[i]) && (weakest == c.n || c.recall[i] < c.recall[weakest])) weakest = i;
    if (weakest == c.n || c.recall[weakest] >= 1.0) return;
    const uint64_t *counts = c.counts + weakest * c.n;
    for (size_t i = 0; i < c.n; i++)
        if (i != weakest && (taken == c.n || counts[i] > counts[taken])) taken = i;
    const int32_t n = (int32_t)c.n;
    octet_document_begin(document, OCTET_BLOCK_CARD, OCTET_TONE_PLAIN, "Weakest class: %s",
                         octet_section_class(document, e->class_names, n, (int32_t)weakest));
    octet_document_say(document, OCTET_TONE_PLAIN, "%.1f %% of its samples are answered right.",
                       100.0 * c.recall[weakest]);
    if (taken < c.n && counts[taken] > 0)
        octet_document_say(document, OCTET_TONE_PLAIN, "Most often it is taken for %s (%" PRIu64 " samples).",
                           octet_section_class(document, e->class_names, n, (int32_t)taken), counts[taken]);
    octet_document_end(document);
}

void octet_section_evaluation(octet_document *document, const octet_evaluation *e) {
    octet_evaluation_line lines[OCTET_EVALUATION_MOST_LINES];
    char count[OCTET_TEXT_SIZE], split[OCTET_TEXT_SIZE];
    const uint32_t n = octet_evaluation_list_lines(e, false, lines);
    octet_block *card = octet_document_begin(document, OCTET_BLOCK_CARD, OCTET_TONE_PLAIN, "%s", "");
    card->title = e->has_accuracy ? octet_document_text(document, "%.2f %% right", 100.0 * e->accuracy)
                  : e->measure == OCTET_MEASURE_ERROR
                      ? octet_document_text(document, "Error %.4g", e->root_mean_square_error)
                      : "No labels";
    octet_document_say(document, OCTET_TONE_PLAIN, "Measured on %s %ssamples.", octet_text_count(e->n_samples, count),
                       octet_text_split(e->split, split));
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(lines[i].name, "warning") != 0) octet_document_fact(document, lines[i].name, "%s", lines[i].text);
    octet_document_end(document);
    octet_document_begin(document, OCTET_BLOCK_ROW, OCTET_TONE_PLAIN, "wide");
    write_weakest(document, e);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(lines[i].name, "warning") != 0) continue;
        octet_document_begin(document, OCTET_BLOCK_CARD, OCTET_TONE_FAIR, "Warning");
        octet_document_say(document, OCTET_TONE_PLAIN, "%s", lines[i].text);
        octet_document_end(document);
    }
    octet_document_end(document);
}
