/* page.h - one page about a command, in three formats.
 * In:  the pieces of a page from page.c, with the names of choices filled in; `...` marks what a user types literally.
 * Out: text for the terminal, Markdown for docs/commands, troff for man, on stdout.
 * Knows: how each format looks.
 * Does not know: commands and their options. */
#ifndef OCTET_CLI_PAGE_H
#define OCTET_CLI_PAGE_H

#include "command.h"

enum { MAX_TEXT = 1024 }; /* bytes of a text with its names, and its end */

/* What a line of a list is about: an option, a command, an exit code. */
struct term {
    char letter;       /* 'o' for -o, or 0 */
    const char *name;  /* "--output" */
    const char *value; /* "FILE", or NULL */
};

struct page_writer {
    /* subcommand: NULL on the page of octet itself. */
    void (*title)(const char *subcommand, const char *purpose, const char *usage);
    void (*section)(const char *title);
    void (*paragraph)(const char *text);
    void (*list)(const char *of, int indent); /* begins a list; in text its descriptions stand in column `indent` */
    void (*item)(struct term term, const char *text);
    void (*example)(const struct example *example);
    void (*see_also)(const char *const *commands, const char *const *documents);
};

extern const struct page_writer page_text, page_markdown, page_man;

#endif
