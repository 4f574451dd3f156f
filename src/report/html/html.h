/* report/html/html.h - a document as one HTML page.
 * In:  a document.
 * Out: one file: no network, no font, no framework; it reads without JavaScript, which only changes orders.
 * Knows: HTML that is also well-formed XML, SVG, CSS for light, dark, phones and print.
 * Does not know: what the document is about. */
#ifndef OCTET_REPORT_HTML_HTML_H
#define OCTET_REPORT_HTML_HTML_H

#include "report/document.h"

/* Errors: LIMIT, NOMEM of the buffer. */
octet_status octet_html_write(octet_context *ctx, const octet_document *document, octet_buffer *out);

#endif
