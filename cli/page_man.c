/* Writes a page for man. */
#include <ctype.h>
#include <stdio.h>

#include "page.h"

/* Hyphens are kept as typed, a control character at the beginning of a line is disarmed, backticks become bold. */
static void print_escaped(const char *text) {
    bool is_bold = false;
    if (text[0] == '.' || text[0] == '\'') printf("\\&");
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '-': printf("\\-"); break;
        case '\\': printf("\\e"); break;
        case '\'': printf("\\(aq"); break;
        case '`':
            is_bold = !is_bold;
            printf(is_bold ? "\\fB" : "\\fR");
            break;
        default: putchar(*text);
        }
    }
}

static void print_upper(const char *text) {
    for (; *text != '\0'; text++) putchar(toupper((unsigned char)*text));
}

static bool is_overview;

static void title(const char *subcommand, const char *purpose, const char *usage) {
    is_overview = subcommand == NULL;
    printf(".TH OCTET");
    if (subcommand != NULL) putchar('-'), print_upper(subcommand);
    printf(" 1 \"\" \"octet %s\" \"octet manual\"\n.SH NAME\noctet", octet_version());
    if (subcommand != NULL) printf("\\-%s", subcommand);
    printf(" \\- ");
    print_escaped(purpose);
    printf("\n.SH SYNOPSIS\n\\fBoctet%s%s\\fR ", subcommand != NULL ? " " : "", subcommand != NULL ? subcommand : "");
    print_escaped(usage);
    printf("\n.SH DESCRIPTION\n");
}

static void section(const char *name) {
    printf(".SH ");
    print_upper(name);
    putchar('\n');
}

static void paragraph(const char *text) {
    printf(".PP\n");
    print_escaped(text);
    putchar('\n');
}

static void list(const char *of, int indent) {
    (void)of;
    (void)indent;
}

static void item(struct term term, const char *text) {
    printf(".TP\n");
    if (term.letter != 0) printf("\\fB\\-%c\\fR, ", term.letter);
    printf("\\fB");
    print_escaped(term.name[0] == ' ' ? term.name + 1 : term.name);
    printf("\\fR");
    if (term.value != NULL) printf(" \\fI%s\\fR", term.value);
    putchar('\n');
    print_escaped(text);
    putchar('\n');
}

static void example(const struct example *example) {
    if (example->remark != NULL) paragraph(example->remark);
    printf(".PP\n.EX\n    ");
    print_escaped(example->line);
    printf("\n.EE\n");
}

static void see_also(const char *const *commands, const char *const *documents) {
    (void)documents; /* they are not at hand where this is read */
    if (!is_overview) printf("\\fBoctet\\fR(1), ");
    for (int i = 0; commands[i] != NULL; i++) printf("%s\\fBoctet\\-%s\\fR(1)", i == 0 ? "" : ", ", commands[i]);
    putchar('\n');
}

const struct page_writer page_man = {title, section, paragraph, list, item, example, see_also};
