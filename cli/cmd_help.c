#include <stdio.h>
#include <string.h>

#include "command.h"

static void print_exit_codes(void) {
    printf("exit codes\n   0  success\n   1  the command ran, and the answer is no: accuracy fell by more than "
           "--max-drop, or check found "
           "something\n      that does not run\n");
    for (octet_status status = OCTET_USAGE; status <= OCTET_CANCELLED; status++) {
        printf("  %2d  %s\n", octet_error_exit_code(status), octet_error_text(status));
    }
}

static int run_help(const struct command *self, int argc, char **argv) {
    if (argc > 0 && strcmp(argv[0], "exit-codes") == 0) {
        print_exit_codes();
        return finish(NULL, EXIT_YES);
    }
    const char *names[16];
    int n = 0;
    for (const struct command *const *c = all_commands; *c != NULL; c++) {
        if (argc > 0 && strcmp(argv[0], (*c)->name) == 0 && *c != self) {
            char help[] = "--help";
            char *arguments[] = {help};
            const int code = (*c)->run(*c, 1, arguments);
            return finish(NULL, code);
        }
        names[n++] = (*c)->name;
    }
    if (argc > 0 && strcmp(argv[0], "--help") != 0 && strcmp(argv[0], "-h") != 0 && strcmp(argv[0], "help") != 0) {
        const char *alike = most_alike(argv[0], names, n);
        if (alike != NULL) return complain(EXIT_USAGE, "help: unknown command '%s'; did you mean %s?", argv[0], alike);
        return complain(EXIT_USAGE, "help: unknown command '%s'; see 'octet --help'", argv[0]);
    }
    printf(
        "octet %s - quantize Keras models for TensorFlow Lite, and see what it costs\n\nusage: octet COMMAND ...\n\n",
        octet_version());
    for (const struct command *const *c = all_commands; *c != NULL; c++)
        printf("  %-10s %s\n", (*c)->name, (*c)->purpose);
    printf("\n'octet COMMAND --help' shows its options and examples, 'octet help exit-codes' the exit codes,\n"
           "'octet --version' the version.\n\nexamples\n%s",
           command_quantize.examples);
    return finish(NULL, EXIT_YES);
}

const struct command command_help = {.name = "help",
                                     .purpose = "help on a command, or on exit-codes",
                                     .arguments = "[COMMAND | exit-codes]",
                                     .examples = "  octet help quantize\n",
                                     .run = run_help};
