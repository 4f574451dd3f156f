/* command.h - what a command of `octet` is, and what all commands share.
 * In:  the words of the command line.
 * Out: options in the structs of octet.h; text on stdout; one sentence on stderr; an exit code.
 * Knows: octet.h.
 * Does not know: how anything is done. */
#ifndef OCTET_CLI_COMMAND_H
#define OCTET_CLI_COMMAND_H

#include "octet/octet.h"

/* ---- Commands. From these tables come the parser, `octet help`, docs/commands, the man pages and completion. ----
 *
 * In texts `...` is what is typed as it stands, and {mode} the names of octet_choice_name("mode"). Texts of options are
 * phrases without a full stop, those of commands are sentences. */

enum option_kind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_COUNT,
    OPTION_COUNT_FROM_1,
    OPTION_SIZE,
    OPTION_NUMBER,
    OPTION_CHANNELS,
    OPTION_THREADS,
    OPTION_SAMPLES,
    OPTION_PART,
    OPTION_WORDS
};

/* What an option that may be repeated was given. */
enum { MOST_WORDS = 64 };
struct words {
    const char *items[MOST_WORDS + 1]; /* ends with NULL */
};

struct option {
    const char *name;  /* "--data"; NULL ends a list */
    char letter;       /* 'o' for -o; 0 for none */
    const char *value; /* "FILE" in the help; NULL for a flag */
    enum option_kind kind;
    /* Offsets in the struct of the group: of a bool, const char *, uint64_t, double, uint32_t or struct words; and of a
     * bool that is set when the option was given (SAMPLES: when its value is "all"), or 0.
     * PART: of two uint32_t, the part and the number of parts. */
    size_t target, given;
    const char *help;
};

struct option_group {
    const char *title;            /* "scaling"; NULL goes on under the title above */
    const struct option *options; /* NULL ends a list */
    size_t offset;                /* of the struct that they fill in the settings of the command */
};

/* groups.c: what several commands have, and the struct that it fills. */
extern const struct option source_options[];          /* --data, --images, --labels: octet_open_options */
extern const struct option label_option[];            /* octet_open_options */
extern const struct option scaling_options[];         /* octet_open_options */
extern const struct option split_option[];            /* octet_run_options */
extern const struct option sampling_options[];        /* --limit, --input-rounding: octet_run_options */
extern const struct option kernel_options[];          /* octet_run_options */
extern const struct option threads_option[];          /* octet_run_options */
extern const struct option shard_option[];            /* octet_run_options */
extern const struct option conversion_shard_option[]; /* octet_conversion */
extern const struct option choice_options[];          /* --samples, --seed, --indices: octet_conversion */
extern const struct option report_options[];          /* struct report_settings */
extern const struct option model_options[];           /* struct common */
extern const struct option force_option[];            /* struct common */
extern const struct option answer_options[];          /* struct common */

struct example {
    const char *remark; /* a sentence, or NULL for what belongs to the example above */
    const char *line;   /* what is typed; NULL ends a list */
    bool is_shown;      /* its files are in the repository: documents show what it prints */
};

struct command {
    const char *name;
    const char *purpose;           /* one line that begins with a verb */
    const char *usage;             /* "MODEL --data DATA -o OUT.tflite [options]" */
    bool takes_two;                /* files, not one: the second is struct common's `other` */
    bool takes_many;               /* files, one at least: struct common's `files` */
    const char *const *paragraphs; /* more about it; ends with NULL */
    const struct option_group *groups;
    const struct example *examples;
    const char *answer_no;        /* what exit code 1 means here, or NULL: the command has none */
    const char *const *see_also;  /* names of commands; ends with NULL */
    const char *const *documents; /* "data" for docs/data.md: what the page in docs/commands also leads to; NULL ends */
    int (*run)(const struct command *self, int argc, char **argv);
};

extern const struct command command_summary, command_evaluate, command_compare, command_explain, command_quantize,
    command_inspect, command_calibrate, command_merge, command_run, command_check, command_export, command_budget,
    command_bench, command_help;
/* All of them, in the order of the help; ends with NULL. */
extern const struct command *const all_commands[];
/* NULL: there is none of this name. */
const struct command *find_command(const char *name);
/* The whole program; returns the exit code. */
int run_command_line(int argc, char **argv);

/* What every command on a model is given; the first member of its settings. */
struct common {
    const char *model;
    const char *other; /* of a command that takes two */
    char **files;      /* n_files of a command that takes many; `model` is the first */
    int n_files;
    octet_load_options load;
    uint64_t max_memory_bytes;    /* 0: the library's own limit */
    bool json, csv, quiet, force; /* csv: of `octet compare` */
};
#define COMMON_INIT \
    { .load = OCTET_LOAD_OPTIONS_INIT }

/* ---- options.c: the command line ---- */

/* Reads the words after the command's name into `settings`, which begin with a struct common. True: go on. False: leave
 * with *exit_code (help was printed, or a sentence). */
bool parse(const struct command *self, int argc, char **argv, void *settings, int *exit_code);
/* True when `target`, the struct that the option's group fills, holds something else than nothing, false or 0; of a
 * number: when `given` says so. */
bool is_given(const struct option *option, const void *target);

/* ---- outputs.c ---- */

/* What the user named to be read: "--data" and its value, or NULL. */
struct input_name {
    const char *option, *path;
};
/* False, after a complaint, when the file `output` is one of the inputs, or one of the data in a folder of them. An
 * option that is NULL ends the list; output may be NULL. */
bool keeps_inputs(const struct command *self, const char *output, const struct input_name *inputs);
/* True when both paths name one file, whether it is there already or not. */
bool is_one_output(const char *a, const char *b);

/* What a file to write is for: which file that is there it replaces without --force. */
enum output_kind { OUTPUT_TFLITE, OUTPUT_NPY, OUTPUT_C_ARRAY, OUTPUT_HTML, OUTPUT_JSON, OUTPUT_TEXT, OUTPUT_SAVED };
/* False, after a complaint, when something else is at `path` (NULL: nothing is written) than such a file as octet
 * writes, and `force` does not allow to replace it. What is empty or no regular file is no loss. */
bool may_replace(const struct command *self, const char *path, enum output_kind kind, bool force);
/* False, after a complaint, when the folder `path` (NULL: none) holds anything but .npy, and `force` does not allow to
 * write among it. */
bool may_fill(const struct command *self, const char *path, bool force);

/* ---- report.c ---- */

enum { MOST_COMMAND = 8192 };

/* The page that --report asks for. */
struct report_settings {
    const char *path; /* or NULL */
    bool with_times;
    char command[MOST_COMMAND]; /* to get it again */
};
/* The whole command as a shell takes it, without --threads; "" when it is too long. */
void keep_command_line(const struct command *self, int argc, char **argv, char line[MOST_COMMAND]);
/* The exit code after a complaint, EXIT_YES without: the page would replace an input, or what octet does not write. Its
 * path may be "-". */
int can_report(const struct command *self, const struct common *settings, struct report_settings *report,
               const struct input_name *inputs);
/* Where a page was asked for, writes it of these parts. */
octet_status write_page(octet_context *ctx, const struct report_settings *settings, octet_report *report);

/* ---- standard_input.c ---- */

/* False, after a complaint, when more than one of the paths is "-". NULL ends the list. */
bool reads_input_once(const struct command *self, const char *const *paths);
/* octet_model_load of a file; "-" is standard input. */
octet_status load_model(octet_context *ctx, const char *path, const octet_load_options *options, octet_model **out);
/* Of options whose path is "-": reads standard input into them. Before octet_data_open. */
octet_status take_data(octet_context *ctx, octet_open_options *options);
/* Frees what was read; no model or data may be left. */
void forget_input(octet_context *ctx);

/* ---- standard_output.c ---- */

/* Where *path, the value of `option`, is "-": names a temporary file instead, and what people read goes to stderr. Any
 * other exit code than EXIT_YES, after a complaint: standard output is taken, a terminal (unless the file is_text), or
 * there is no room for the file. */
int take_output(const struct command *self, const struct common *settings, const char *option, const char **path,
                bool is_text);
/* What reports call a path that take_output has seen. */
const char *shown_output(const char *path);
/* At the end: copies that file to standard output if the command made it, and removes it. Returns exit_code, or EXIT_IO
 * after a complaint. */
int hand_out(int exit_code);

/* ---- quantize_first.c ---- */

/* False, after a complaint, when options about samples were given, but no samples. */
bool has_samples_for(const struct command *self, const octet_open_options *open);
/* Opens the data, where the options name some, and quantizes a float model: *quantized is NULL for one that is
 * quantized already. One that is so is an error where options are about quantizing only: --per-tensor, and the data
 * unless the command reads_data itself. The caller closes both, also after a failure. */
octet_status quantize_first(octet_context *ctx, const octet_model *model, octet_open_options *open,
                            const octet_conversion *conversion, bool reads_data, octet_data **data,
                            octet_model **quantized);

/* ---- alike.c ---- */

/* The name of the list that is most like `word`, or NULL when none is. */
const char *most_alike(const char *word, const char *const *names, int n_names);
/* The same among the names of commands. */
const char *most_alike_command(const char *word);

/* ---- exit_codes.c ---- */

/* 1: the command ran and the answer is no. What went wrong has codes from 2 on. */
enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_IO = 4, EXIT_NOT_THERE = 12 };

int exit_code_of(octet_status status);
/* The status whose code it is: INTERNAL for a code of none. */
octet_status status_of_exit_code(int exit_code);
/* What the code means; NULL behind the last code. */
const char *exit_code_text(int exit_code);

/* ---- environment.c ---- */

struct environment_variable {
    const char *name, *value, *help; /* as of an option */
};
extern const struct environment_variable environment_variables[]; /* name NULL ends the list */

/* ---- page.c: help, documents and man pages ---- */

enum page_format { PAGE_TEXT, PAGE_MARKDOWN, PAGE_MAN };

/* The page of a command on stdout; of `octet` itself for NULL. */
void print_page(const struct command *command, enum page_format format);
/* The exit codes, and the environment variables, as text. */
void print_exit_codes(void);
void print_environment(void);

/* ---- completion.c ---- */

/* The script that completes the command in a shell, on stdout. False: there is none for this shell. */
bool print_completion(const char *shell);

/* ---- answer.c: what is said ---- */

/* Before anything is said: the words behind `octet`; command may be NULL. A "--json" among them asks for JSON
 * also where the others cannot be read. */
void begin_answer(const struct command *command, int n_words, char *const *words);
/* After everything was said: under --json a failure becomes an object on stdout. Returns exit_code. */
int end_answer(int exit_code);
/* From here on nothing but errors and what programs read is printed. */
void be_quiet(bool is_quiet);
/* From here on stdout belongs to a file. */
void speak_on_stderr(void);
/* "octet: sentence" on stderr; returns exit_code. */
int complain(int exit_code, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* What that sentence is about, for programs: a file or an option, and the value that was given; NULL: not known. */
void complain_about(const char *place, const char *value);
/* The context's error, worded and as an exit code; destroys the context (NULL: out of memory). */
int fail(octet_context *ctx);
/* The context's error behind the name of a file, or of none for NULL, and its exit code; the context stays. */
int fail_of(octet_context *ctx, const char *path);
/* Prints a text for people, unless a program reads or nobody wants it. */
void say(const char *text);
/* Prints a text of the library on stdout and frees it. is_data: it is for programs. */
void print_text(octet_context *ctx, char *text, bool is_data);

/* ---- terminal.c: what most commands do ---- */

/* A bar on stderr when that is a terminal and somebody wants to see it, NULL otherwise. */
octet_progress *progress_bar(const struct common *settings);
/* Destroys the context and returns exit_code, or EXIT_IO with a sentence when stdout could not be written. */
int finish(octet_context *ctx, int exit_code);

/* A context with the limits that the user gave; NULL after a failure. */
octet_status create_context(const struct common *settings, octet_context **ctx);
/* The whole of a command that loads a model and prints one report about it. `report` is given the settings and writes
 * the text. */
int print_report(struct common *settings, octet_status (*report)(octet_context *ctx, octet_model *model, void *settings,
                                                                 octet_rendering as, char **out));

#endif
