#include <stdio.h>
#include <string.h>

#include "command.h"

const struct command *const all_commands[] = {&command_quantize, &command_evaluate, &command_run,
                                              &command_summary,  &command_inspect,  &command_check,
                                              &command_bench,    &command_help,     NULL};

int main(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "--help";
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf("octet %s\n", octet_version());
        return finish(NULL, EXIT_YES);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        const int code = command_help.run(&command_help, 0, argv);
        return argc > 1 ? code : EXIT_USAGE;
    }
    const char *names[16];
    int n = 0;
    for (const struct command *const *c = all_commands; *c != NULL; c++) {
        if (strcmp(word, (*c)->name) == 0) return (*c)->run(*c, argc - 2, argv + 2);
        names[n++] = (*c)->name;
    }
    const char *alike = most_alike(word, names, n);
    if (alike != NULL) return complain(EXIT_USAGE, "unknown command '%s'; did you mean %s?", word, alike);
    return complain(EXIT_USAGE, "unknown command '%s'; see 'octet --help'", word);
}
