/* Finds the command that the first word names, and runs it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

const struct command *const all_commands[] = {
    &command_quantize, &command_evaluate,  &command_compare, &command_explain, &command_run,
    &command_summary,  &command_inspect,   &command_check,   &command_export,  &command_budget,
    &command_bench,    &command_calibrate, &command_merge,   &command_help,    NULL};

const struct command *find_command(const char *name) {
    const struct command *const *c = all_commands;
    while (*c != NULL && strcmp(name, (*c)->name) != 0) c++;
    return *c;
}

/* What is closed at the start would be the next file that is opened, and be printed into. A limit on file size is an
 * error of writing, not the end of the program. */
static void set_up(void) {
    struct stat info;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fstat(fd, &info) != 0 && errno == EBADF) open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY);
    signal(SIGXFSZ, SIG_IGN);
}

static int run(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "--help";
    const struct command *command = find_command(word);
    begin_answer(command, argc > 0 ? argc - 1 : 0, argv + 1);
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
        printf("octet %s\n", octet_version());
        return finish(NULL, EXIT_YES);
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        print_page(NULL, PAGE_TEXT);
        return finish(NULL, argc > 1 ? EXIT_YES : EXIT_USAGE);
    }
    if (command != NULL) return command->run(command, argc - 2, argv + 2);
    const char *alike = most_alike_command(word);
    if (alike != NULL) return complain(EXIT_USAGE, "unknown command '%s'; did you mean %s?", word, alike);
    return complain(EXIT_USAGE, "unknown command '%s'; see 'octet --help'", word);
}

int run_command_line(int argc, char **argv) {
    set_up();
    return end_answer(hand_out(run(argc, argv)));
}
