/* Writes a page for docs/commands. */
#include <ctype.h>
#include <stdio.h>

#include "page.h"

/* A block of examples stays open as long as they are of one kind. */
static enum { BLOCK_NONE, BLOCK_SHOWN, BLOCK_TYPED } block;

static void close_block(void) {
    if (block != BLOCK_NONE) printf("```\n");
    block = BLOCK_NONE;
}

static void print_capital(const char *text) { printf("%c%s", toupper((unsigned char)text[0]), text + 1); }

static void title(const char *subcommand, const char *purpose, const char *usage) {
    const char *space = subcommand != NULL ? " " : "", *name = subcommand != NULL ? subcommand : "";
    printf("<!-- make docs writes this page from the tables in cli/. -->\n# octet%s%s\n\n", space, name);
    print_capital(purpose);
    printf(".\n\n```text\noctet%s%s %s\n```\n", space, name, usage);
}

static void section(const char *name) {
    close_block();
    printf("\n## ");
    print_capital(name);
    printf("\n\n");
}

static void paragraph(const char *text) { printf("\n%s\n", text); }

static void list(const char *of, int indent) {
    (void)indent;
    printf("| %s | |\n| --- | --- |\n", of);
}

/* In a table a bar must be escaped. */
static void print_cell(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '|') putchar('\\');
        putchar(*text);
    }
}

static void item(struct term term, const char *text) {
    printf("| ");
    if (term.letter != 0) printf("`-%c`, ", term.letter);
    if (isdigit((unsigned char)term.name[0]) || term.name[0] == ' ') {
        printf("%s", term.name);
    } else {
        printf("`%s", term.name);
        if (term.value != NULL) putchar(' '), print_cell(term.value);
        putchar('`');
    }
    printf(" | ");
    print_cell(text);
    printf(" |\n");
}

static void example(const struct example *example) {
    if (example->remark != NULL) {
        const bool is_first = block == BLOCK_NONE;
        close_block();
        printf("%s%s\n\n", is_first ? "" : "\n", example->remark);
        block = example->is_shown ? BLOCK_SHOWN : BLOCK_TYPED;
        printf("```%s\n", example->is_shown ? "console" : "sh");
    }
    printf("%s%s\n", block == BLOCK_SHOWN ? "$ " : "", example->line);
}

static void see_also(const char *const *commands, const char *const *documents) {
    for (int i = 0; commands[i] != NULL; i++) printf("- [octet %s](%s.md)\n", commands[i], commands[i]);
    for (int i = 0; documents[i] != NULL; i++) printf("- [docs/%s.md](../%s.md)\n", documents[i], documents[i]);
    printf("- [README](../../README.md)\n");
}

const struct page_writer page_markdown = {title, section, paragraph, list, item, example, see_also};
