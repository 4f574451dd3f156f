/* octet help. */
#include <stdio.h>
#include <string.h>

#include "command.h"

/* --markdown, --man and --completion are for tools/docs and the build: documents, man pages and what shells complete
 * are this help in other clothes. */
static int run_help(const struct command *self, int argc, char **argv) {
    if (argc == 2 && strcmp(argv[0], "--completion") == 0 && print_completion(argv[1])) return finish(NULL, EXIT_YES);
    enum page_format format = PAGE_TEXT;
    if (argc > 0 && strcmp(argv[0], "--markdown") == 0) format = PAGE_MARKDOWN;
    if (argc > 0 && strcmp(argv[0], "--man") == 0) format = PAGE_MAN;
    const int n_read = format != PAGE_TEXT;
    const char *topic = argc > n_read ? argv[n_read] : "octet";
    const struct command *command = find_command(topic);
    if (strcmp(topic, "--help") == 0 || strcmp(topic, "-h") == 0) command = self;
    if (strcmp(topic, "exit-codes") == 0) {
        print_exit_codes();
    } else if (strcmp(topic, "environment") == 0) {
        print_environment();
    } else if (command != NULL || strcmp(topic, "octet") == 0) {
        print_page(command, format);
    } else {
        const char *alike = most_alike_command(topic);
        if (alike != NULL) return complain(EXIT_USAGE, "help: unknown command '%s'; did you mean %s?", topic, alike);
        return complain(EXIT_USAGE, "help: unknown command '%s'; see 'octet --help'", topic);
    }
    return finish(NULL, EXIT_YES);
}

const struct command command_help = {
    .name = "help",
    .purpose = "explain a command, the exit codes or the environment",
    .usage = "[COMMAND | exit-codes | environment]",
    .paragraphs = (const char *const[]){"Without a word it lists the commands. `octet help COMMAND` prints what "
                                        "`octet COMMAND --help` prints.",
                                        NULL},
    .examples = (const struct example[]){{"What the exit codes mean.", "octet help exit-codes", true},
                                         {"Which environment variables octet reads.", "octet help environment", true},
                                         {0}},
    .see_also = (const char *const[]){"quantize", "evaluate", NULL},
    .documents = (const char *const[]){NULL},
    .run = run_help,
};
