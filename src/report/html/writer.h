/* report/html/writer.h - the pieces of a page.
 * In:  markup that is written here, text that comes from anywhere, bytes of pictures.
 * Out: HTML appended to a buffer.
 * Knows: which characters mean something in HTML.
 * Does not know: blocks.
 *
 * A writer carries its first failure: calls after it do nothing. */
#ifndef OCTET_REPORT_HTML_WRITER_H
#define OCTET_REPORT_HTML_WRITER_H

#include "report/document.h"

typedef struct octet_html {
    octet_context *ctx;
    octet_buffer *out;
    octet_status status;
    uint32_t n_ids; /* given to blocks without one */
} octet_html;

/* Markup: nothing in the arguments that comes from a file. */
void octet_html_markup(octet_html *html, const char *format, ...) OCTET_PRINTF(2, 3);
/* Text, also inside the quotes of an attribute. Characters that HTML forbids, and those that turn the direction of what
 * follows, become '?'. */
void octet_html_text(octet_html *html, const char *text);
/* The same in a paragraph: options of the command ("--recover") are marked as code, and stay on one line. */
void octet_html_prose(octet_html *html, const char *text);
/* A data: URI of a PNG. */
void octet_html_png(octet_html *html, octet_bytes png);
/* chart.c */
void octet_html_chart(octet_html *html, const octet_block *block);

/* "good", "fair", "poor"; "plain". */
const char *octet_html_tone(octet_tone tone);

/* style.c */
extern const char *const octet_html_style[]; /* in pieces, NULL behind the last one */
extern const char octet_html_script[];
/* The SHA-256 of the script in Base64: a page runs this script and no other. */
extern const char octet_html_script_hash[];

#endif
