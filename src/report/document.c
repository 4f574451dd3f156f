#include "report/document.h"

#include <assert.h>
#include <stdarg.h>

#include "base/format.h"
#include "base/utf8.h"

void octet_document_make(octet_context *ctx, octet_document *document) {
    *document = (octet_document){.ctx = ctx, .root = {.kind = OCTET_BLOCK_SECTION}};
    document->open = &document->root;
}

octet_status octet_document_finish(octet_document *document) {
    assert(document->status != OCTET_OK || document->open == &document->root);
    return document->status;
}

void octet_document_free(octet_context *ctx, octet_document *document) { octet_arena_free(ctx, &document->arena); }

void *octet_document_array(octet_document *document, size_t n_elements, size_t element_size) {
    void *out = NULL;
    if (document->status == OCTET_OK)
        document->status = octet_arena_array(document->ctx, &document->arena, n_elements, element_size, &out);
    return out;
}

static const char *write_text(octet_document *document, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    const int length = octet_format_list(NULL, 0, format, again);
    va_end(again);
    char *text = octet_document_array(document, length < 0 ? 1 : (size_t)length + 1, 1);
    if (text == NULL) return "";
    if (length > 0) octet_format_list(text, (size_t)length + 1, format, arguments);
    octet_utf8_make_printable(text);
    return text;
}

const char *octet_document_text(octet_document *document, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = write_text(document, format, arguments);
    va_end(arguments);
    return text;
}

static octet_block *add(octet_document *document, octet_block_kind kind, const char *title) {
    octet_block *block = octet_document_array(document, 1, sizeof *block);
    if (block == NULL) {
        document->spare = (octet_block){.kind = kind, .title = ""};
        return &document->spare;
    }
    octet_block *parent = document->open;
    *block = (octet_block){.kind = kind, .title = title, .parent = parent, .share = -1.0};
    if (parent->last != NULL) parent->last->next = block;
    else parent->first = block;
    parent->last = block;
    return block;
}

octet_block *octet_document_begin(octet_document *document, octet_block_kind kind, octet_tone tone, const char *format,
                                  ...) {
    va_list arguments;
    va_start(arguments, format);
    octet_block *block = add(document, kind, write_text(document, format, arguments));
    va_end(arguments);
    block->tone = tone;
    if (document->status == OCTET_OK) document->open = block;
    return block;
}

void octet_document_end(octet_document *document) {
    if (document->status != OCTET_OK) return;
    assert(document->open != &document->root);
    document->open = document->open->parent;
}

void octet_document_say(octet_document *document, octet_tone tone, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    add(document, OCTET_BLOCK_PARAGRAPH, write_text(document, format, arguments))->tone = tone;
    va_end(arguments);
}

void octet_document_command(octet_document *document, const char *text) {
    add(document, OCTET_BLOCK_COMMAND, octet_document_text(document, "%s", text));
}

static octet_cell *add_cell(octet_document *document, octet_block *block, const char *text) {
    octet_cell *cell = octet_document_array(document, 1, sizeof *cell);
    if (cell == NULL) return NULL;
    cell->text = text;
    if (block->last_cell != NULL) block->last_cell->next = cell;
    else block->cells = cell;
    block->last_cell = cell;
    block->n_cells++;
    return cell;
}

void octet_document_fact(octet_document *document, const char *label, const char *format, ...) {
    octet_block *facts = document->open->last;
    if (facts == NULL || facts->kind != OCTET_BLOCK_FACTS) facts = add(document, OCTET_BLOCK_FACTS, "");
    va_list arguments;
    va_start(arguments, format);
    add_cell(document, facts, octet_document_text(document, "%s", label));
    add_cell(document, facts, write_text(document, format, arguments));
    va_end(arguments);
}

octet_block *octet_document_table(octet_document *document, const char *caption, const char *const *headings,
                                  uint32_t n_columns) {
    octet_block *table = add(document, OCTET_BLOCK_TABLE, octet_document_text(document, "%s", caption));
    table->n_columns = n_columns;
    for (uint32_t i = 0; i < n_columns; i++) octet_document_cell(document, table, "%s", headings[i]);
    return table;
}

octet_cell *octet_document_cell(octet_document *document, octet_block *table, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    octet_cell *cell = add_cell(document, table, write_text(document, format, arguments));
    va_end(arguments);
    return cell != NULL ? cell : &document->spare_cell;
}

octet_block *octet_document_chart(octet_document *document, const octet_chart *chart, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    octet_block *block = add(document, OCTET_BLOCK_CHART, write_text(document, format, arguments));
    va_end(arguments);
    block->chart = *chart;
    return block;
}

octet_block *octet_document_picture(octet_document *document, octet_bytes png, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    octet_block *block = add(document, OCTET_BLOCK_PICTURE, write_text(document, format, arguments));
    va_end(arguments);
    block->picture = png;
    return block;
}
