/* Writes the completion for fish: a line for each command and option. */
#include <stdio.h>

#include "completion.h"

static const struct command *current;

/* Within '...'. */
static void print_quoted(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\') putchar('\\');
        putchar(*text);
    }
}

static void begin(void) {
    printf(
        "# fish completion for octet; `octet help --completion fish` writes it.\n"
        "function __octet_files # SUFFIX...: files that end so, and folders\n"
        "    set -l suffixes (string join '|' $argv)\n"
        "    __fish_complete_path (commandline -ct) | string match -re \"^[^\\t]*(?:/|\\.(?:$suffixes))(?:\\t|\\$)\"\n"
        "end\n"
        "function __octet_list # WORD...: with commas between them\n"
        "    __fish_complete_list , \"string join \\\\n -- $argv\"\n"
        "end\n"
        "function __octet_runs # COMMAND\n"
        "    set -l words (commandline -opc)\n"
        "    test (count $words) -gt 1; and test $words[2] = $argv[1]\n"
        "end\n"
        "complete -c octet -f\n"
        "complete -c octet -n __fish_use_subcommand -s h -l help -d 'print the commands'\n"
        "complete -c octet -n __fish_use_subcommand -s V -l version -d 'print the version'\n");
    for (const struct command *const *c = all_commands; *c != NULL; c++) {
        printf("complete -c octet -n __fish_use_subcommand -a %s -d '", (*c)->name);
        print_quoted((*c)->purpose);
        printf("'\n");
    }
}

static void begin_line(void) { printf("complete -c octet -n '__octet_runs %s'", current->name); }

/* -F is any file. */
static void print_action(const struct completion *c) {
    switch (c->kind) {
    case COMPLETE_NOTHING: break;
    case COMPLETE_WORDS: printf(" -a '%s'", c->words); break;
    case COMPLETE_LIST: printf(" -a '(__octet_list %s)'", c->words); break;
    case COMPLETE_FILES:
        if (c->words[0] == '\0') printf(" -F");
        else printf(" -a '(__octet_files %s)'", c->words);
        break;
    case COMPLETE_FOLDERS: printf(" -a '(__fish_complete_directories)'"); break;
    }
}

static void command(const struct command *self, const struct completion *operands) {
    current = self;
    begin_line();
    print_action(operands);
    printf("\n");
}

static void print_names(const struct option *option, const char *summary) {
    begin_line();
    if (option->letter != 0) printf(" -s %c", option->letter);
    printf(" -l %s -d '", option->name + 2);
    print_quoted(summary);
    printf("'");
}

static void flag(const struct option *option, const char *summary) {
    print_names(option, summary);
    printf("\n");
}

static void print_option(const struct option *option, const char *summary, const struct completion *value) {
    print_names(option, summary);
    printf("%s", value->kind == COMPLETE_FILES && value->words[0] == '\0' ? " -r" : " -x");
    print_action(value);
    printf("\n");
}

static void end_command(void) {}

static void end(void) {}

const struct completion_writer completion_fish = {begin, command, flag, print_option, end_command, end};
