/* Writes a page for the terminal. */
#include <stdio.h>
#include <string.h>

#include "page.h"

enum { WIDTH = 80 };

static int list_indent;
static bool is_begun; /* whether something stands above */

/* What is typed as it stands loses its backticks; with spaces in it, it gets quotes instead. */
static void unmark(const char *text, char out[MAX_TEXT]) {
    size_t n = 0;
    const char *quote = NULL;
    for (; *text != '\0' && n < MAX_TEXT - 1; text++) {
        if (*text != '`') {
            out[n++] = *text;
        } else if (quote != NULL) {
            if (*quote != '\0') out[n++] = *quote;
            quote = NULL;
        } else {
            const size_t length = strcspn(text + 1, "`");
            quote = memchr(text + 1, ' ', length) != NULL ? "'" : "";
            if (*quote != '\0') out[n++] = *quote;
        }
    }
    out[n] = '\0';
}

/* Breaks lines between words. */
static void print_wrapped(const char *marked, int column, int indent) {
    char text[MAX_TEXT];
    unmark(marked, text);
    for (const char *word = text; *word != '\0';) {
        const int n = (int)strcspn(word, " ");
        if (column > indent && column + 1 + n > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", n, word);
        column += n;
        word += n;
        while (*word == ' ') word++;
    }
    putchar('\n');
}

static void title(const char *subcommand, const char *purpose, const char *usage) {
    const char *space = subcommand != NULL ? " " : "", *name = subcommand != NULL ? subcommand : "";
    printf("octet%s%s - %s\n\nusage: octet%s%s %s\n", space, name, purpose, space, name, usage);
    is_begun = true;
}

static void section(const char *name) {
    printf("%s%s\n", is_begun ? "\n" : "", name);
    is_begun = true;
}

static void paragraph(const char *text) {
    putchar('\n');
    print_wrapped(text, 0, 0);
}

static void list(const char *of, int indent) {
    (void)of;
    list_indent = indent;
}

static void item(struct term term, const char *text) {
    const char letter[] = {'-', term.letter, ',', ' ', '\0'};
    int column = printf("  %s%s%s%s", term.letter != 0 ? letter : "", term.name, term.value != NULL ? " " : "",
                        term.value != NULL ? term.value : "");
    if (column >= list_indent) {
        putchar('\n');
        column = 0;
    }
    printf("%*s", list_indent - column, "");
    print_wrapped(text, list_indent, list_indent);
}

static void example(const struct example *example) {
    if (example->remark != NULL) {
        printf("  ");
        print_wrapped(example->remark, 2, 2);
    }
    printf("    %s\n", example->line);
}

static void see_also(const char *const *commands, const char *const *documents) {
    (void)documents; /* they are not at hand where this is read */
    for (int i = 0; commands[i] != NULL; i++) printf("%soctet %s", i == 0 ? "  " : ", ", commands[i]);
    putchar('\n');
}

const struct page_writer page_text = {title, section, paragraph, list, item, example, see_also};
