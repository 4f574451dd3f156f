/* Finds the command that the first word names, and runs it. */
#include <stdio.h>
#include <string.h>

#include "command.h"

const struct command *const all_commands[] = {&command_quantize, &command_evaluate, &command_run,
                                              &command_summary,  &command_inspect,  &command_check,
                                              &command_bench,    &command_help,     NULL};

const struct command *find_command(const char *name) {
    const struct command *const *c = all_commands;
    while (*c != NULL && strcmp(name, (*c)->name) != 0) c++;
    return *c;
}

int main(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "--help";
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf("octet %s\n", octet_version());
        return finish(NULL, EXIT_YES);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        print_page(NULL, PAGE_TEXT);
        return finish(NULL, argc > 1 ? EXIT_YES : EXIT_USAGE);
    }
    const struct command *command = find_command(word);
    if (command != NULL) return command->run(command, argc - 2, argv + 2);
    const char *alike = most_alike_command(word);
    if (alike != NULL) return complain(EXIT_USAGE, "unknown command '%s'; did you mean %s?", word, alike);
    return complain(EXIT_USAGE, "unknown command '%s'; see 'octet --help'", word);
}
