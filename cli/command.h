/* command.h - what a command of `octet` is, and what all commands share.
 * In:  the words of the command line.
 * Out: options in the structs of octet.h; text on stdout; one sentence on stderr; an exit code.
 * Knows: octet.h.
 * Does not know: how anything is done. */
#ifndef OCTET_CLI_COMMAND_H
#define OCTET_CLI_COMMAND_H

#include "octet/octet.h"

/* 0; 1: the command ran and the answer is no (--max-drop, check); 2..10: octet_error_exit_code of what went wrong. */
enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_IO = 4 };

struct command {
    const char *name;
    const char *purpose;   /* one line */
    const char *arguments; /* "MODEL --data DATA -o OUT.tflite [options]" */
    const char *details;   /* more about it, or NULL; whole lines */
    const char *examples;  /* whole lines that can be typed */
    int (*run)(const struct command *self, int argc, char **argv);
};

extern const struct command command_summary, command_evaluate, command_quantize, command_inspect, command_run,
    command_check, command_bench, command_help;
/* All of them, in the order of the help; ends with NULL. */
extern const struct command *const all_commands[];

/* ---- options.c: the command line ---- */

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_COUNT, OPTION_NUMBER, OPTION_THREADS, OPTION_SAMPLES };

struct option_spec {
    const char *name;  /* "--data" */
    char letter;       /* 'o' for -o; 0 for none */
    const char *value; /* "FILE" in the help; NULL for a flag */
    const char *help;
    enum option_kind kind;
    void *target; /* bool, const char *, uint64_t, double, uint32_t; SAMPLES: octet_conversion */
    bool *given;  /* set when the option was there; or NULL */
};

enum { MAX_OPTIONS = 48 };

struct parser {
    struct option_spec options[MAX_OPTIONS];
    int n_options;
    const char *positional[4]; /* filled by parse */
    int n_positional, min_positional, max_positional;
};

void add_option(struct parser *parser, struct option_spec option);
/* --data, --images, --labels and how they are scaled; with_source: also the first three. */
void add_data_options(struct parser *parser, octet_open_options *open, bool with_source);
void add_run_options(struct parser *parser, octet_run_options *run);
void add_threads_option(struct parser *parser, uint32_t *n_threads);
void add_json_option(struct parser *parser, bool *json);
void add_architecture_option(struct parser *parser, octet_load_options *load);

/* Reads the words after the command's name. True: go on. False: leave with *exit_code (help was printed, or a
 * sentence). */
bool parse(const struct command *self, struct parser *parser, int argc, char **argv, int *exit_code);
void print_usage(const struct command *self, const struct parser *parser);

/* The name of the list that is most like `word`, or NULL when none is. */
const char *most_alike(const char *word, const char *const *names, int n_names);

/* ---- terminal.c: what people see ---- */

/* "octet: sentence" on stderr; returns exit_code. */
int complain(int exit_code, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* The context's error, worded and as an exit code; destroys the context (NULL: out of memory). */
int fail(octet_context *ctx);
/* A bar on stderr when that is a terminal, NULL otherwise. */
octet_progress *progress_bar(void);
/* Prints a text of the library on stdout and frees it. */
void print_text(octet_context *ctx, char *text);
/* Destroys the context and returns exit_code, or EXIT_IO with a sentence when stdout could not be written. */
int finish(octet_context *ctx, int exit_code);

#endif
