/* report/document.h - a report as data: what is said, in which order, before anyone decides how it looks.
 * In:  headings, sentences, facts, tables, charts and pictures, one after the other.
 * Out: a tree of blocks.
 * Knows: what kinds of blocks there are.
 * Does not know: models, figures, text layout, HTML.
 *
 * A document carries its first failure, as base/json_writer.h does: calls after it do nothing, and
 * octet_document_finish returns it. Functions that give a block never give NULL. All text is copied, may come from a
 * file, and is made printable (base/utf8.h). */
#ifndef OCTET_REPORT_DOCUMENT_H
#define OCTET_REPORT_DOCUMENT_H

#include "base/buffer.h"

/* How good it is what a block says. */
typedef enum octet_tone { OCTET_TONE_PLAIN, OCTET_TONE_GOOD, OCTET_TONE_FAIR, OCTET_TONE_POOR } octet_tone;

typedef enum octet_block_kind {
    OCTET_BLOCK_SECTION,   /* title; holds blocks */
    OCTET_BLOCK_CARD,      /* the same, for what is to be seen first */
    OCTET_BLOCK_ROW,       /* title: how it is laid out; holds blocks that may stand side by side */
    OCTET_BLOCK_LIST,      /* holds entries, in an order that may be changed: by `place` or by `rank` */
    OCTET_BLOCK_ENTRY,     /* title, note, value, share; holds what is shown when it is opened */
    OCTET_BLOCK_PARAGRAPH, /* title: the text */
    OCTET_BLOCK_COMMAND,   /* title: what is typed */
    OCTET_BLOCK_FACTS,     /* cells in pairs: label, text */
    OCTET_BLOCK_TABLE,     /* title: the caption; cells row by row, headings first */
    OCTET_BLOCK_CHART,     /* title: what is seen, in words */
    OCTET_BLOCK_PICTURE    /* a PNG; title: what is seen, in words */
} octet_block_kind;

typedef struct octet_cell octet_cell;
struct octet_cell {
    octet_cell *next;
    const char *text;
    float shade; /* -1..1: how strongly the cell is coloured, and how; 0: not */
};

typedef enum octet_chart_kind {
    OCTET_CHART_STRIP,     /* a bar for each of values[0..n) between low and high, with a tone and a label */
    OCTET_CHART_HISTOGRAM, /* counts values[0..n) between low and high; what lies in mark_low..mark_high is inside */
    OCTET_CHART_CURVES, /* n_series lines of n points, two or more, each series after the other, between low and high */
    OCTET_CHART_SPANS   /* rectangles in a field of n columns and `high` rows */
} octet_chart_kind;

typedef struct octet_span {
    uint32_t first, last; /* columns, both of them inside */
    double low, high;     /* rows */
    const char *label;
} octet_span;

typedef struct octet_chart {
    octet_chart_kind kind;
    const double *values;
    uint32_t n, n_series;
    double low, high, mark_low, mark_high;
    const octet_tone *tones;
    const char *const *labels;
    const octet_span *spans;
    uint32_t n_spans;
} octet_chart;

typedef struct octet_block octet_block;
struct octet_block {
    octet_block_kind kind;
    octet_block *next, *first, *last, *parent;
    octet_tone tone;
    const char *title;
    const char *id;           /* that links lead to; or NULL */
    const char *note, *value; /* of an entry: small, beside the title; at the end of its line */
    double share;             /* of an entry: length of its bar, 0..1; below 0: none */
    uint32_t place, rank;     /* of an entry */
    bool is_open;             /* of an entry */
    octet_cell *cells, *last_cell;
    uint32_t n_cells, n_columns, right; /* of a table; bit i of right: column i holds numbers */
    bool has_row_heads;                 /* the first cell of a row says what the row is */
    octet_chart chart;
    octet_bytes picture;
};

typedef struct octet_document {
    octet_context *ctx;
    octet_arena arena;
    octet_status status;
    const char *title;
    octet_block root, spare; /* spare: given out after a failure */
    octet_cell spare_cell;
    octet_block *open;
} octet_document;

/* `document` is made where it stays: blocks point into it. */
void octet_document_make(octet_context *ctx, octet_document *document);
/* Everything that was begun must have been ended. Errors: LIMIT, NOMEM. */
octet_status octet_document_finish(octet_document *document);
void octet_document_free(octet_context *ctx, octet_document *document);

/* A block that holds others, until octet_document_end. */
octet_block *octet_document_begin(octet_document *document, octet_block_kind kind, octet_tone tone, const char *format,
                                  ...) OCTET_PRINTF(4, 5);
void octet_document_end(octet_document *document);
/* A paragraph. */
void octet_document_say(octet_document *document, octet_tone tone, const char *format, ...) OCTET_PRINTF(3, 4);
void octet_document_command(octet_document *document, const char *text);
/* Goes on with the facts that are the last block, or begins facts. */
void octet_document_fact(octet_document *document, const char *label, const char *format, ...) OCTET_PRINTF(3, 4);
/* headings: n_columns of them. */
octet_block *octet_document_table(octet_document *document, const char *caption, const char *const *headings,
                                  uint32_t n_columns);
octet_cell *octet_document_cell(octet_document *document, octet_block *table, const char *format, ...)
    OCTET_PRINTF(3, 4);
/* The arrays of the chart, and the bytes of the PNG, must outlive the document. */
octet_block *octet_document_chart(octet_document *document, const octet_chart *chart, const char *format, ...)
    OCTET_PRINTF(3, 4);
octet_block *octet_document_picture(octet_document *document, octet_bytes png, const char *format, ...)
    OCTET_PRINTF(3, 4);
/* The same report for a terminal, and for programs. HTML: html/html.h. Errors: LIMIT, NOMEM. */
octet_status octet_document_write_text(octet_context *ctx, const octet_document *document, octet_buffer *out);
octet_status octet_document_write_json(octet_context *ctx, const octet_document *document, octet_buffer *out);
/* A text that lives as long as the document. */
const char *octet_document_text(octet_document *document, const char *format, ...) OCTET_PRINTF(2, 3);
/* An array of n zeroed elements in it; NULL after a failure. */
void *octet_document_array(octet_document *document, size_t n_elements, size_t element_size);

#endif
