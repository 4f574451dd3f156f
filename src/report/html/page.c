#include <string.h>

#include "base/number.h"
#include "report/html/html.h"
#include "report/html/writer.h"

static void write_blocks(octet_html *html, const octet_block *parent, uint32_t level);

/* An element with the text of the block in it. */
static void write_element(octet_html *html, const char *name, const char *text) {
    octet_html_markup(html, "<%s>", name);
    octet_html_text(html, text);
    octet_html_markup(html, "</%s>\n", name);
}

static void write_id(octet_html *html, const octet_block *block) {
    if (block->id == NULL) return;
    octet_html_markup(html, " id=\"");
    octet_html_text(html, block->id);
    octet_html_markup(html, "\"");
}

static void write_group(octet_html *html, const octet_block *block, const char *kind, uint32_t level) {
    octet_html_markup(html, "<section class=\"%s %s\"", kind, octet_html_tone(block->tone));
    write_id(html, block);
    octet_html_markup(html, ">\n<h%u>", level);
    octet_html_text(html, block->title);
    octet_html_markup(html, "</h%u>\n", level);
    write_blocks(html, block, level + 1);
    octet_html_markup(html, "</section>\n");
}

/* The script shows the buttons: without it they would do nothing. */
static void write_list(octet_html *html, const octet_block *block, uint32_t level) {
    octet_html_markup(html, "<p class=\"order\" hidden=\"\">Order: <button type=\"button\" data-by=\"rank\" "
                            "aria-pressed=\"true\">worst first</button> <button type=\"button\" data-by=\"place\" "
                            "aria-pressed=\"false\">as in the network</button></p>\n<div class=\"list\">\n");
    write_blocks(html, block, level);
    octet_html_markup(html, "</div>\n");
}

static void write_entry(octet_html *html, const octet_block *block, uint32_t level) {
    char width[OCTET_NUMBER_SIZE];
    octet_html_markup(html, "<details class=\"%s\" data-place=\"%u\" data-rank=\"%u\"", octet_html_tone(block->tone),
                      block->place, block->rank);
    write_id(html, block);
    octet_html_markup(html, "%s><summary><b>", block->is_open ? " open=\"\"" : "");
    octet_html_text(html, block->title);
    octet_html_markup(html, "</b> <small>");
    octet_html_text(html, block->note);
    octet_html_markup(html, "</small>");
    if (block->share >= 0.0)
        octet_html_markup(html, "<span class=\"bar\"><i style=\"width:%s%%\"></i></span>",
                          octet_number_fixed(100.0 * block->share, 0, width));
    octet_html_markup(html, "<em>");
    octet_html_text(html, block->value);
    octet_html_markup(html, "</em></summary>\n");
    write_blocks(html, block, level);
    octet_html_markup(html, "</details>\n");
}

/* A long fact has a line of its own. */
static void write_facts(octet_html *html, const octet_block *block) {
    enum { MOST_SHORT = 24 };
    octet_html_markup(html, "<dl>\n");
    for (const octet_cell *cell = block->cells; cell != NULL && cell->next != NULL; cell = cell->next->next) {
        octet_html_markup(html, strlen(cell->next->text) > MOST_SHORT ? "<div class=\"long\"><dt>" : "<div><dt>");
        octet_html_text(html, cell->text);
        octet_html_markup(html, "</dt><dd>");
        octet_html_text(html, cell->next->text);
        octet_html_markup(html, "</dd></div>\n");
    }
    octet_html_markup(html, "</dl>\n");
}

/* Shades are classes of ten steps: a style for each of thousands of cells would be most of the page. */
static void write_cell(octet_html *html, const octet_block *table, const octet_cell *cell, uint32_t index) {
    const uint32_t column = index % table->n_columns;
    const bool is_head = index < table->n_columns, is_row_head = table->has_row_heads && column == 0;
    const char *name = is_head || is_row_head ? "th" : "td";
    const float size = cell->shade < 0.0f ? -cell->shade : cell->shade;
    const int step = size > 0.0f ? 1 + (int)(size * 4.999f) : 0;
    octet_html_markup(html, "<%s", name);
    if (is_head) octet_html_markup(html, " scope=\"col\"");
    else if (is_row_head) octet_html_markup(html, " scope=\"row\"");
    if (step > 0) octet_html_markup(html, " class=\"%s%d\"", cell->shade < 0.0f ? "b" : "a", step);
    else if ((table->right >> column & 1) != 0) octet_html_markup(html, " class=\"n\"");
    octet_html_markup(html, ">");
    octet_html_text(html, cell->text);
    octet_html_markup(html, "</%s>", name);
}

/* A table that is wider than the page scrolls by itself, also with the keyboard. */
static void write_table(octet_html *html, const octet_block *block) {
    octet_html_markup(html, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
    octet_html_text(html, block->title);
    octet_html_markup(html, "\"><table>");
    if (block->title[0] != '\0') write_element(html, "caption", block->title);
    uint32_t i = 0;
    for (const octet_cell *cell = block->cells; cell != NULL; cell = cell->next, i++) {
        if (i % block->n_columns == 0)
            octet_html_markup(html, i == 0                  ? "<thead><tr>"
                                    : i == block->n_columns ? "</tr></thead>\n<tbody><tr>"
                                                            : "</tr>\n<tr>");
        write_cell(html, block, cell, i);
    }
    octet_html_markup(html, i > block->n_columns ? "</tr></tbody></table></div>\n" : "</tr></thead></table></div>\n");
}

static void write_picture(octet_html *html, const octet_block *block) {
    octet_html_markup(html, "<img src=\"");
    octet_html_png(html, block->picture);
    octet_html_markup(html, "\" alt=\"");
    octet_html_text(html, block->title);
    octet_html_markup(html, "\"/>\n");
}

static void write_paragraph(octet_html *html, const octet_block *block) {
    octet_html_markup(html, "<p%s>",
                      block->tone == OCTET_TONE_POOR   ? " class=\"poor\""
                      : block->tone == OCTET_TONE_FAIR ? " class=\"fair\""
                      : block->tone == OCTET_TONE_GOOD ? " class=\"good\""
                                                       : "");
    octet_html_prose(html, block->title);
    octet_html_markup(html, "</p>\n");
}

static void write_row(octet_html *html, const octet_block *block, uint32_t level) {
    octet_html_markup(html, "<div class=\"row %s\">\n", block->title);
    write_blocks(html, block, level);
    octet_html_markup(html, "</div>\n");
}

static void write_block(octet_html *html, const octet_block *block, uint32_t level) {
    switch (block->kind) {
    case OCTET_BLOCK_SECTION: write_group(html, block, "part", level); return;
    case OCTET_BLOCK_CARD: write_group(html, block, "card", level); return;
    case OCTET_BLOCK_ROW: write_row(html, block, level); return;
    case OCTET_BLOCK_LIST: write_list(html, block, level); return;
    case OCTET_BLOCK_ENTRY: write_entry(html, block, level); return;
    case OCTET_BLOCK_PARAGRAPH: write_paragraph(html, block); return;
    case OCTET_BLOCK_COMMAND:
        octet_html_markup(html, "<pre tabindex=\"0\"><code>");
        octet_html_text(html, block->title);
        octet_html_markup(html, "</code></pre>\n");
        return;
    case OCTET_BLOCK_FACTS: write_facts(html, block); return;
    case OCTET_BLOCK_TABLE: write_table(html, block); return;
    case OCTET_BLOCK_CHART: octet_html_chart(html, block); return;
    case OCTET_BLOCK_PICTURE: write_picture(html, block); return;
    }
}

static void write_blocks(octet_html *html, const octet_block *parent, uint32_t level) {
    for (const octet_block *block = parent->first; block != NULL; block = block->next) write_block(html, block, level);
}

/* Links to the sections, before the first of them. */
static void write_contents(octet_html *html, const octet_block *root) {
    octet_html_markup(html, "<nav aria-label=\"Sections\">");
    for (const octet_block *block = root->first; block != NULL; block = block->next) {
        if (block->kind != OCTET_BLOCK_SECTION || block->id == NULL) continue;
        octet_html_markup(html, "<a href=\"#");
        octet_html_text(html, block->id);
        octet_html_markup(html, "\">");
        octet_html_text(html, block->title);
        octet_html_markup(html, "</a> ");
    }
    octet_html_markup(html, "</nav>\n");
}

/* The policy forbids what a page of this kind never needs: network, frames, any other script. */
static void write_head(octet_html *html, const octet_document *document) {
    octet_html_markup(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>");
    octet_html_text(html, document->title);
    octet_html_markup(html, "</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                            "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
                            "style-src 'unsafe-inline'; script-src 'sha256-");
    octet_html_markup(html, "%s'\"/>\n<style>\n", octet_html_script_hash);
}

octet_status octet_html_write(octet_context *ctx, const octet_document *document, octet_buffer *out) {
    octet_html html = {.ctx = ctx, .out = out};
    bool has_contents = false;
    write_head(&html, document);
    for (const char *const *piece = octet_html_style; *piece != NULL && html.status == OCTET_OK; piece++)
        html.status = octet_buffer_append(ctx, out, *piece, strlen(*piece));
    octet_html_markup(&html, "</style>\n</head>\n<body>\n<main>\n<h1>");
    octet_html_text(&html, document->title);
    octet_html_markup(&html, "</h1>\n");
    for (const octet_block *block = document->root.first; block != NULL; block = block->next) {
        if (block->kind == OCTET_BLOCK_SECTION && !has_contents) {
            write_contents(&html, &document->root);
            has_contents = true;
        }
        write_block(&html, block, 2);
    }
    octet_html_markup(&html, "</main>\n<script>");
    if (html.status == OCTET_OK)
        html.status = octet_buffer_append(ctx, out, octet_html_script, strlen(octet_html_script));
    octet_html_markup(&html, "</script>\n</body>\n</html>\n");
    return html.status;
}
