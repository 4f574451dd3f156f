/* --report: the page that quantize, compare and evaluate write. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

const struct option report_options[] = {
    {"--report", 0, "FILE", OPTION_TEXT, offsetof(struct report_settings, path), 0,
     "also write the report as one HTML page, which needs no network (as JSON where FILE ends in .json, as text in "
     ".txt; "
     "`-`: to standard output); "
     "the same bytes every time"},
    {"--report-times", 0, NULL, OPTION_FLAG, offsetof(struct report_settings, with_times), 0,
     "time every operator for the report, a second for each model; these figures differ from run to run"},
    {0}};

/* A word as a shell takes it: in single quotes where it has to be. */
static size_t append_word(char *text, size_t size, size_t used, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,=:+%@";
    const bool quoted = word[0] == '\0' || word[strspn(word, plain)] != '\0';
    if (used < size) used += (size_t)snprintf(text + used, size - used, quoted ? " '" : " ");
    for (; *word != '\0' && used < size; word++)
        used += (size_t)snprintf(text + used, size - used, quoted && *word == '\'' ? "'\\''" : "%c", *word);
    if (quoted && used < size) used += (size_t)snprintf(text + used, size - used, "'");
    return used;
}

void keep_command_line(const struct command *self, int argc, char **argv, char line[MOST_COMMAND]) {
    size_t used = (size_t)snprintf(line, MOST_COMMAND, "octet %s", self->name);
    for (int i = 0; i < argc; i++) {
        const bool is_threads = strncmp(argv[i], "--threads", 9) == 0; /* which changes nothing in what is written */
        if (is_threads && argv[i][9] == '\0') i++;
        if (!is_threads) used = append_word(line, MOST_COMMAND, used, argv[i]);
    }
    if (used >= MOST_COMMAND) line[0] = '\0'; /* half a command would be worse than none */
}

static enum output_kind kind_of(const char *path) {
    const char *dot = strrchr(path, '.');
    if (dot != NULL && strcmp(dot, ".json") == 0) return OUTPUT_JSON;
    return dot != NULL && strcmp(dot, ".txt") == 0 ? OUTPUT_TEXT : OUTPUT_HTML;
}

int can_report(const struct command *self, const struct common *settings, struct report_settings *report,
               const struct input_name *inputs) {
    if (report->with_times && report->path == NULL)
        return complain(EXIT_USAGE, "%s: --report-times goes into the report that --report FILE writes", self->name);
    if (report->path == NULL) return EXIT_YES;
    const int code = take_output(self, settings, "--report", &report->path, true);
    if (code != EXIT_YES) return code;
    const bool is_free = keeps_inputs(self, report->path, inputs) &&
                         may_replace(self, report->path, kind_of(report->path), settings->force);
    return is_free ? EXIT_YES : EXIT_USAGE;
}

octet_status write_page(octet_context *ctx, const struct report_settings *settings, octet_report *report) {
    if (settings->path == NULL) return OCTET_OK;
    report->with_times = settings->with_times;
    report->command = settings->command[0] != '\0' ? settings->command : NULL;
    return octet_report_write(ctx, report, settings->path);
}
