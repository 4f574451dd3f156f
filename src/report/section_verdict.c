/* What it cost, where, and what helps: the first screen of a report. */
#include <math.h>
#include <string.h>

#include "layers/cause.h"
#include "report/islands.h"
#include "report/sections.h"
#include "report/verdict_lines.h"
#include "report/warnings.h"

const char *octet_section_name(octet_document *document, const char *name) {
    enum { WIDTH = 60 };
    const char *text = "";
    if (document->status == OCTET_OK)
        document->status = octet_text_shorten(document->ctx, &document->arena, name, WIDTH, &text);
    return document->status == OCTET_OK ? text : "";
}

const char *octet_section_class(octet_document *document, const char *const *names, int32_t n, int32_t number) {
    if (number < 0) return "none";
    if (names != NULL && number < n && names[number][0] != '\0') return octet_section_name(document, names[number]);
    return octet_document_text(document, "%d", number);
}

static void write_key_facts(octet_document *document, const octet_verdict *v) {
    octet_verdict_line lines[OCTET_VERDICT_MOST_LINES];
    const uint32_t n = octet_verdict_list_lines(v, false, lines);
    for (uint32_t i = 0; i < n; i++) {
        if (strcmp(lines[i].name, "loss") == 0) continue;
        if (lines[i].before[0] != '\0')
            octet_document_fact(document, lines[i].name, "%s \xe2\x86\x92 %s", lines[i].before, lines[i].after);
        else octet_document_fact(document, lines[i].name, "%s", lines[i].after);
    }
}

static const octet_layer_row *worst_row(const octet_layers *layers) {
    if (layers == NULL || layers->n_rows == 0) return NULL;
    const octet_layer_row *row = &layers->rows[layers->worst[0]];
    return octet_layer_row_worth(row) < OCTET_FAITHFUL_DB ? row : NULL;
}

static void write_worst(octet_document *document, const octet_layer_row *row, const octet_layers *layers) {
    const double worth = octet_layer_row_worth(row);
    const octet_tone tone = worth < OCTET_COLLAPSE_DB         ? OCTET_TONE_POOR
                            : worth < OCTET_COLLAPSE_BELOW_DB ? OCTET_TONE_FAIR
                                                              : OCTET_TONE_PLAIN;
    octet_document_begin(document, OCTET_BLOCK_CARD, tone, "Worst layer: %s", octet_section_name(document, row->layer));
    octet_document_say(document, OCTET_TONE_PLAIN, "%s adds the most error: what it adds is %.1f dB below the signal.",
                       row->op, worth);
    octet_document_say(document, OCTET_TONE_PLAIN, "%s", row->why);
    if (layers->collapse != NULL)
        octet_document_say(document, OCTET_TONE_POOR, "The first layer that collapses: %s", layers->collapse);
    octet_document_end(document);
}

/* Against what the worst layer adds. */
static void write_layer_remedy(octet_document *document, const octet_layer_row *row, const char *head) {
    const char *remedy = "";
    if (row == NULL || strcmp(row->type, octet_type_name(OCTET_INT8)) != 0) return;
    if (document->status == OCTET_OK)
        document->status = octet_cause_remedy(document->ctx, &document->arena, row, &remedy);
    if (remedy[0] != '\0')
        octet_document_say(document, OCTET_TONE_PLAIN, "%s what %s adds: %s.", head,
                           octet_section_name(document, row->layer), remedy);
}

static void write_remedy(octet_document *document, const octet_verdict *v, octet_tone tone,
                         const octet_layer_row *row) {
    if (tone == OCTET_TONE_GOOD) {
        octet_document_begin(document, OCTET_BLOCK_CARD, OCTET_TONE_PLAIN, "Nothing has to be done");
        octet_document_say(document, OCTET_TONE_PLAIN, "The quantized model does what the original does.");
        write_layer_remedy(document, row, "To come closer still, against");
    } else {
        octet_document_begin(document, OCTET_BLOCK_CARD, OCTET_TONE_PLAIN, "What helps");
        if (v->suggestion != NULL) octet_document_say(document, OCTET_TONE_PLAIN, "%s.", v->suggestion);
        write_layer_remedy(document, row, "Against");
        octet_document_say(document, OCTET_TONE_PLAIN, "Against the loss as a whole: %s.", octet_verdict_remedy(v));
    }
    octet_document_end(document);
}

static void write_warnings(octet_document *document, const octet_verdict *v) {
    const uint32_t n = v->n_warnings - (v->suggestion != NULL);
    if (n == 0) return;
    octet_document_begin(document, OCTET_BLOCK_CARD, OCTET_TONE_FAIR, n == 1 ? "Warning" : "Warnings");
    for (uint32_t i = 0; i < v->n_warnings; i++)
        if (v->warnings[i] != v->suggestion) octet_document_say(document, OCTET_TONE_PLAIN, "%s", v->warnings[i]);
    octet_document_end(document);
}

void octet_section_verdict(octet_document *document, const octet_verdict *v, const octet_layers *layers) {
    static const char *const words[] = {
        [OCTET_TONE_PLAIN] = "", [OCTET_TONE_GOOD] = "Good", [OCTET_TONE_FAIR] = "Fair", [OCTET_TONE_POOR] = "Poor"};
    const octet_tone tone = octet_verdict_grade(v);
    const octet_layer_row *row = worst_row(layers);
    char text[OCTET_VERDICT_SENTENCE];
    octet_document_begin(document, OCTET_BLOCK_CARD, tone, "%s", words[tone]);
    octet_document_say(document, OCTET_TONE_PLAIN, "%s", octet_verdict_sentence(v, text));
    write_key_facts(document, v);
    octet_document_end(document);
    octet_document_begin(document, OCTET_BLOCK_ROW, OCTET_TONE_PLAIN, "wide");
    if (row != NULL) write_worst(document, row, layers);
    write_remedy(document, v, tone, row);
    octet_document_end(document);
    write_warnings(document, v);
}

static void write_islands(octet_document *document, const octet_island_list *list, octet_island island,
                          const char *label) {
    octet_buffer names = {0};
    if (octet_islands_count(list, island) == 0) return;
    const octet_status status = octet_islands_write_names(document->ctx, list, island, false, &names);
    if (status == OCTET_OK) octet_document_fact(document, label, "%.*s", (int)names.size, (const char *)names.data);
    else if (document->status == OCTET_OK) document->status = status;
    octet_buffer_free(document->ctx, &names);
}

/* Lines that a report in text has too: a label of sixteen columns and a fact, or a sentence. */
static void write_lines(octet_document *document, const octet_buffer *lines) {
    enum { LABEL = 16 };
    const char *line = lines->size > 0 ? (const char *)lines->data : "";
    while (*line != '\0') {
        const int n = (int)strcspn(line, "\n");
        const int label = n > LABEL && line[LABEL - 1] == ' ' && line[0] != ' ' ? LABEL : 0;
        int end = label;
        while (end > 0 && line[end - 1] == ' ') end--;
        if (label > 0)
            octet_document_fact(document, octet_document_text(document, "%.*s", end, line), "%.*s", n - label,
                                line + label);
        else octet_document_say(document, OCTET_TONE_PLAIN, "%.*s", n, line);
        line += n + (line[n] == '\n');
    }
}

static void write_support(octet_document *document, const octet_support *support) {
    octet_buffer lines = {0};
    if (support == NULL || document->status != OCTET_OK) return;
    document->status = octet_support_write_line(document->ctx, support, &lines);
    write_lines(document, &lines);
    octet_buffer_free(document->ctx, &lines);
}

void octet_section_figures(octet_document *document, const octet_verdict *v, bool with_time) {
    const char *const headings[] = {"", v->before.type, v->after.type, "change"};
    octet_verdict_line lines[OCTET_VERDICT_MOST_LINES];
    char text[OCTET_VERDICT_SENTENCE];
    const uint32_t n = octet_verdict_list_lines(v, with_time, lines);
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN, "Before and after")->id = "figures";
    octet_block *table = octet_document_table(document, "Figures of the two models", headings, 4);
    table->right = 6;
    table->has_row_heads = true;
    for (uint32_t i = 0; i < n; i++) {
        octet_document_cell(document, table, "%s", lines[i].name);
        octet_document_cell(document, table, "%s", lines[i].before);
        octet_document_cell(document, table, "%s", lines[i].after);
        octet_document_cell(document, table, "%s", lines[i].change);
    }
    for (uint32_t i = 0; i < v->n_inputs; i++)
        octet_document_fact(document,
                            octet_document_text(document, "input %s", octet_section_name(document, v->inputs[i].name)),
                            "%s", octet_verdict_port_text(&v->inputs[i], text));
    for (uint32_t i = 0; i < v->n_outputs; i++)
        octet_document_fact(
            document, octet_document_text(document, "output %s", octet_section_name(document, v->outputs[i].name)),
            "%s", octet_verdict_port_text(&v->outputs[i], text));
    write_islands(document, &v->islands, OCTET_ISLAND_FLOAT, "in float");
    write_islands(document, &v->islands, OCTET_ISLAND_INT16, "in int16");
    write_support(document, v->support);
    octet_document_end(document);
}
