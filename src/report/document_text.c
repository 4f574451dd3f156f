/* A document as text: charts and pictures are what they show in words. */
#include <string.h>

#include "report/document.h"
#include "report/table.h"

enum { LABEL_WIDTH = 16, STEP = 2 };

static octet_status write_blocks(octet_context *ctx, const octet_block *parent, uint32_t indent, octet_buffer *out);

static octet_status write_line(octet_context *ctx, uint32_t indent, const char *text, octet_buffer *out) {
    return text[0] != '\0' ? octet_buffer_format(ctx, out, "%*s%s\n", (int)indent, "", text) : OCTET_OK;
}

static octet_status write_facts(octet_context *ctx, const octet_block *block, uint32_t indent, octet_buffer *out) {
    for (const octet_cell *cell = block->cells; cell != NULL && cell->next != NULL; cell = cell->next->next) {
        const char *gap = strlen(cell->text) >= LABEL_WIDTH ? " " : "";
        OCTET_TRY(octet_buffer_format(ctx, out, "%*s%-*s%s%s\n", (int)indent, "", (int)LABEL_WIDTH, cell->text, gap,
                                      cell->next->text));
    }
    return OCTET_OK;
}

static octet_status write_table(octet_context *ctx, const octet_block *block, uint32_t indent, octet_buffer *out) {
    octet_table table = {.n_columns = block->n_columns, .right = block->right};
    octet_status status = write_line(ctx, indent, block->title, out);
    for (const octet_cell *cell = block->cells; cell != NULL && status == OCTET_OK; cell = cell->next)
        status = octet_table_cell(ctx, &table, "%s", cell->text);
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, indent + STEP, out);
    octet_table_free(ctx, &table);
    return status;
}

static octet_status write_block(octet_context *ctx, const octet_block *block, uint32_t indent, octet_buffer *out) {
    switch (block->kind) {
    case OCTET_BLOCK_SECTION:
    case OCTET_BLOCK_CARD:
        OCTET_TRY(octet_buffer_format(ctx, out, "\n%*s%s\n", (int)indent, "", block->title));
        return write_blocks(ctx, block, indent, out);
    case OCTET_BLOCK_ROW:
    case OCTET_BLOCK_LIST: return write_blocks(ctx, block, indent, out);
    case OCTET_BLOCK_ENTRY:
        OCTET_TRY(
            octet_buffer_format(ctx, out, "%*s%s  %s  %s\n", (int)indent, "", block->title, block->note, block->value));
        return write_blocks(ctx, block, indent + STEP, out);
    case OCTET_BLOCK_FACTS: return write_facts(ctx, block, indent, out);
    case OCTET_BLOCK_TABLE: return write_table(ctx, block, indent, out);
    case OCTET_BLOCK_PARAGRAPH:
    case OCTET_BLOCK_COMMAND:
    case OCTET_BLOCK_CHART:
    case OCTET_BLOCK_PICTURE: return write_line(ctx, indent, block->title, out);
    }
    return OCTET_OK;
}

static octet_status write_blocks(octet_context *ctx, const octet_block *parent, uint32_t indent, octet_buffer *out) {
    for (const octet_block *block = parent->first; block != NULL; block = block->next)
        OCTET_TRY(write_block(ctx, block, indent, out));
    return OCTET_OK;
}

octet_status octet_document_write_text(octet_context *ctx, const octet_document *document, octet_buffer *out) {
    OCTET_TRY(write_line(ctx, 0, document->title, out));
    return write_blocks(ctx, &document->root, 0, out);
}
