/* A document as JSON: the tree of its blocks, charts with their numbers; pictures by what they show. */
#include "report/document.h"
#include "report/text.h"

enum { DIGITS = 9 };

static void write_blocks(octet_json_writer *json, const octet_block *parent);

static void write_reals(octet_json_writer *json, const char *key, const double *values, size_t n) {
    octet_json_begin_array(json, key, OCTET_JSON_LINE);
    for (size_t i = 0; i < n; i++) octet_json_write_real(json, NULL, values[i], DIGITS);
    octet_json_end(json);
}

static void write_chart(octet_json_writer *json, const octet_chart *chart) {
    octet_json_write_real(json, "low", chart->low, DIGITS);
    octet_json_write_real(json, "high", chart->high, DIGITS);
    switch (chart->kind) {
    case OCTET_CHART_STRIP:
        octet_json_begin_array(json, "labels", OCTET_JSON_LINE);
        for (uint32_t i = 0; i < chart->n; i++) octet_json_write_string(json, NULL, chart->labels[i]);
        octet_json_end(json);
        write_reals(json, "values", chart->values, chart->n);
        return;
    case OCTET_CHART_HISTOGRAM:
        write_reals(json, "range", (const double[]){chart->mark_low, chart->mark_high}, 2);
        write_reals(json, "counts", chart->values, chart->n);
        return;
    case OCTET_CHART_CURVES:
        octet_json_begin_array(json, "series", OCTET_JSON_LINES);
        for (uint32_t s = 0; s < chart->n_series; s++)
            write_reals(json, NULL, chart->values + (size_t)s * chart->n, chart->n);
        octet_json_end(json);
        return;
    case OCTET_CHART_SPANS:
        octet_json_begin_array(json, "spans", OCTET_JSON_LINES);
        for (uint32_t i = 0; i < chart->n_spans; i++) {
            const octet_span *span = &chart->spans[i];
            octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
            octet_json_write_string(json, "label", span->label);
            octet_json_write_u64(json, "first", span->first);
            octet_json_write_u64(json, "last", span->last);
            octet_json_write_real(json, "low", span->low, DIGITS);
            octet_json_write_real(json, "high", span->high, DIGITS);
            octet_json_end(json);
        }
        octet_json_end(json);
        return;
    }
}

static void write_facts(octet_json_writer *json, const octet_block *block) {
    octet_json_begin_array(json, "facts", OCTET_JSON_LINES);
    for (const octet_cell *cell = block->cells; cell != NULL && cell->next != NULL; cell = cell->next->next) {
        octet_json_begin_array(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, NULL, cell->text);
        octet_json_write_string(json, NULL, cell->next->text);
        octet_json_end(json);
    }
    octet_json_end(json);
}

/* The first row holds the headings. */
static void write_rows(octet_json_writer *json, const octet_block *block) {
    octet_json_begin_array(json, "rows", OCTET_JSON_LINES);
    for (const octet_cell *cell = block->cells; cell != NULL;) {
        octet_json_begin_array(json, NULL, OCTET_JSON_LINE);
        for (uint32_t i = 0; i < block->n_columns && cell != NULL; i++, cell = cell->next)
            octet_json_write_string(json, NULL, cell->text);
        octet_json_end(json);
    }
    octet_json_end(json);
}

static void write_block(octet_json_writer *json, const octet_block *block) {
    static const char *const kinds[] = {
        [OCTET_BLOCK_SECTION] = "section", [OCTET_BLOCK_CARD] = "card",      [OCTET_BLOCK_ROW] = "row",
        [OCTET_BLOCK_LIST] = "list",       [OCTET_BLOCK_ENTRY] = "entry",    [OCTET_BLOCK_PARAGRAPH] = "paragraph",
        [OCTET_BLOCK_COMMAND] = "command", [OCTET_BLOCK_FACTS] = "facts",    [OCTET_BLOCK_TABLE] = "table",
        [OCTET_BLOCK_CHART] = "chart",     [OCTET_BLOCK_PICTURE] = "picture"};
    static const char *const tones[] = {
        [OCTET_TONE_GOOD] = "good", [OCTET_TONE_FAIR] = "fair", [OCTET_TONE_POOR] = "poor"};
    octet_json_begin_object(json, NULL, OCTET_JSON_LINES);
    octet_json_write_string(json, "kind", kinds[block->kind]);
    if (block->tone != OCTET_TONE_PLAIN) octet_json_write_string(json, "tone", tones[block->tone]);
    if (block->kind != OCTET_BLOCK_ROW && block->title[0] != '\0') octet_json_write_string(json, "text", block->title);
    if (block->note != NULL) octet_json_write_string(json, "note", block->note);
    if (block->value != NULL) octet_json_write_string(json, "value", block->value);
    if (block->kind == OCTET_BLOCK_FACTS) write_facts(json, block);
    if (block->kind == OCTET_BLOCK_TABLE) write_rows(json, block);
    if (block->kind == OCTET_BLOCK_CHART) write_chart(json, &block->chart);
    if (block->first != NULL) write_blocks(json, block);
    octet_json_end(json);
}

static void write_blocks(octet_json_writer *json, const octet_block *parent) {
    octet_json_begin_array(json, "blocks", OCTET_JSON_LINES);
    for (const octet_block *block = parent->first; block != NULL; block = block->next) write_block(json, block);
    octet_json_end(json);
}

octet_status octet_document_write_json(octet_context *ctx, const octet_document *document, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "report", OCTET_JSON_LINES);
    octet_json_write_string(&json, "title", document->title);
    write_blocks(&json, &document->root);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
