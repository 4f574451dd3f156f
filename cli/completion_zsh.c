/* Writes the completion for zsh, with its function _arguments. */
#include <stdio.h>

#include "completion.h"

/* Within '...', in a specification of _arguments, whose colons and brackets have a meaning. */
static void print_quoted(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\'') printf("'\\''");
        else if (*text == ':' || *text == '[' || *text == ']' || *text == '\\') printf("\\%c", *text);
        else putchar(*text);
    }
}

static void begin(void) {
    printf("#compdef octet\n"
           "# zsh completion for octet; `octet help --completion zsh` writes it.\n"
           "_octet() {\n"
           "    local context state state_descr line curcontext=$curcontext\n"
           "    typeset -A opt_args\n"
           "    _arguments -C '(- *)'{-h,--help}'[print the commands]' '(- *)'{-V,--version}'[print the version]' \\\n"
           "        '1:command:->command' '*::argument:->argument' && return\n"
           "    case $state in\n"
           "        command)\n"
           "            local -a commands=(\n");
    for (const struct command *const *c = all_commands; *c != NULL; c++) {
        printf("                '%s:", (*c)->name);
        print_quoted((*c)->purpose);
        printf("'\n");
    }
    printf("            )\n"
           "            _describe -t commands command commands\n"
           "            ;;\n"
           "        argument)\n"
           "            case $words[1] in\n");
}

/* ":name:what completes it" */
static void print_action(const char *name, const struct completion *c) {
    putchar(':');
    print_quoted(name);
    putchar(':');
    switch (c->kind) {
    case COMPLETE_NOTHING: printf(" "); break;
    case COMPLETE_WORDS: printf("(%s)", c->words); break;
    case COMPLETE_LIST: printf("_values -s , name %s", c->words); break;
    case COMPLETE_FILES:
        printf("_files");
        if (c->words[0] == '\0') break;
        printf(" -g \"*.(");
        for (const char *at = c->words; *at != '\0'; at++) putchar(*at == ' ' ? '|' : *at);
        printf(")(-.)\"");
        break;
    case COMPLETE_FOLDERS: printf("_files -/"); break;
    }
}

static struct completion left; /* what the command takes without an option */

static void command(const struct command *self, const struct completion *operands) {
    left = *operands;
    printf("                %s)\n                    _arguments \\\n", self->name);
}

static void print_names(const struct option *option, const char *behind_letter, const char *behind_name) {
    printf("                        ");
    if (option->kind != OPTION_WORDS && option->letter != 0) printf("'(-%c %s)'", option->letter, option->name);
    if (option->kind == OPTION_WORDS) printf("'*'");
    if (option->letter != 0) printf("{-%c%s,%s%s}", option->letter, behind_letter, option->name, behind_name);
    else printf("%s%s", option->name, behind_name);
}

static void print_summary(const char *summary) {
    printf("'[");
    print_quoted(summary);
    putchar(']');
}

static void flag(const struct option *option, const char *summary) {
    print_names(option, "", "");
    print_summary(summary);
    printf("' \\\n");
}

static void print_option(const struct option *option, const char *summary, const struct completion *value) {
    print_names(option, "+", "=");
    print_summary(summary);
    print_action(option->value, value);
    printf("' \\\n");
}

static void end_command(void) {
    printf("                        '*");
    print_action(left.kind == COMPLETE_WORDS ? "topic" : "file", &left);
    printf("' && return\n                    ;;\n");
}

static void end(void) {
    printf("            esac\n"
           "            ;;\n"
           "    esac\n"
           "    return 1\n"
           "}\n"
           "_octet \"$@\"\n");
}

const struct completion_writer completion_zsh = {begin, command, flag, print_option, end_command, end};
