#include "page.h"

#include <stdio.h>
#include <string.h>

static void append(char *text, const char *more, size_t length) {
    const size_t used = strlen(text);
    if (length >= MAX_TEXT - used) length = MAX_TEXT - 1 - used;
    memcpy(text + used, more, length);
    text[used + length] = '\0';
}

static bool has_default(const char *choice) { return strcmp(choice, "preset") != 0 && strcmp(choice, "warning") != 0; }

/* "int8 (default), int16x8 or float32". */
static void append_names(char *text, const char *choice) {
    const char *name;
    for (uint32_t i = 0; (name = octet_choice_name(choice, i)) != NULL; i++) {
        const char *between = i == 0 ? "" : octet_choice_name(choice, i + 1) != NULL ? ", " : " or ";
        append(text, between, strlen(between));
        append(text, name, strlen(name));
        if (i == 0 && has_default(choice)) append(text, " (default)", 10);
    }
}

/* Puts the names of a choice in the place of {choice}. */
static const char *expand(const char *source, char text[MAX_TEXT]) {
    char choice[32];
    text[0] = '\0';
    while (*source != '\0') {
        const size_t n = strcspn(source, "{");
        append(text, source, n);
        source += n;
        if (*source != '{') continue;
        const size_t length = strcspn(++source, "}");
        snprintf(choice, sizeof choice, "%.*s", (int)length, source);
        append_names(text, choice);
        source += length + (source[length] == '}');
    }
    return text;
}

static void write_options(const struct page_writer *w, const struct command *command) {
    char text[MAX_TEXT];
    for (const struct option_group *group = command->groups; group->options != NULL; group++) {
        if (group->title != NULL) {
            w->section(group->title);
            w->list("option", 24);
        }
        for (const struct option *o = group->options; o->name != NULL; o++)
            w->item((struct term){o->letter, o->name, o->value}, expand(o->help, text));
    }
    w->item((struct term){'h', "--help", NULL}, "print this help");
}

static void write_examples(const struct page_writer *w, const struct command *command) {
    w->section("examples");
    for (const struct example *example = command->examples; example->line != NULL; example++) w->example(example);
}

static void write_exit_codes(const struct page_writer *w) {
    w->section("exit codes");
    w->list("code", 6);
    const char *text;
    for (int code = EXIT_YES; (text = exit_code_text(code)) != NULL; code++) {
        char name[16];
        snprintf(name, sizeof name, "%2d", code);
        w->item((struct term){0, name, NULL}, text);
    }
}

static void write_environment(const struct page_writer *w) {
    w->section("environment");
    w->list("variable", 24);
    for (const struct environment_variable *v = environment_variables; v->name != NULL; v++)
        w->item((struct term){0, v->name, v->value}, v->help);
    w->paragraph(
        "No other variable changes what octet does: not the locale, and without colours not NO_COLOR. There is "
        "no file of settings.");
}

static void write_exit_codes_of(const struct page_writer *w, const struct command *command) {
    w->section("exit codes");
    w->list("code", 6);
    w->item((struct term){0, " 0", NULL}, "success");
    if (command->answer_no != NULL) w->item((struct term){0, " 1", NULL}, command->answer_no);
    w->item((struct term){0, " 2+", NULL}, "an error: `octet help exit-codes` lists them");
}

static void write_command(const struct page_writer *w, const struct command *command) {
    char text[MAX_TEXT];
    w->title(command->name, command->purpose, command->usage);
    for (const char *const *paragraph = command->paragraphs; *paragraph != NULL; paragraph++)
        w->paragraph(expand(*paragraph, text));
    if (command->groups != NULL) write_options(w, command);
    write_examples(w, command);
    write_exit_codes_of(w, command);
    w->section("see also");
    w->see_also(command->see_also, command->documents);
}

static void write_overview(const struct page_writer *w, bool is_short) {
    const char *names[16];
    int n = 0;
    w->title(NULL, "quantize Keras models for TensorFlow Lite, and see what it costs", "COMMAND ...");
    if (!is_short)
        w->paragraph(
            "Reads a trained float32 model and some of its training samples, writes the full-integer .tflite, runs "
            "both models on test samples, and reports what quantization cost and why. A command names what is "
            "to be done.");
    w->section("commands");
    w->list("command", 13);
    for (const struct command *const *c = all_commands; *c != NULL; c++) {
        w->item((struct term){0, (*c)->name, NULL}, (*c)->purpose);
        if (n < 15) names[n++] = (*c)->name;
    }
    names[n] = NULL;
    w->paragraph("`octet COMMAND --help` shows options and examples of a command, `octet help exit-codes` the exit "
                 "codes, `octet help environment` the environment variables, `octet --version` the version.");
    w->paragraph(
        "`MODEL`, or `DATA` where that is an .npy, .npz or IDX file, may be `-`: standard input, up to 2 GiB. So may "
        "one file to write: standard output, complete or not at all; what people read then goes to standard "
        "error. "
        "Files that are read must be regular ones: no pipes, no devices.");
    w->paragraph("Every failure is one sentence on standard error: where, what value, which rule or remedy. An output "
                 "file appears complete or not at all, and never replaces an input; a file of another kind than its "
                 "own it replaces only with `--force`. Of a symbolic link it replaces what the link leads to. The same "
                 "input gives the same bytes, on any processor and with "
                 "any number of threads.");
    write_examples(w, &command_quantize);
    if (is_short) return;
    write_exit_codes(w);
    write_environment(w);
    w->section("see also");
    w->see_also(names, names + n);
}

void print_page(const struct command *command, enum page_format format) {
    static const struct page_writer *const writers[] = {&page_text, &page_markdown, &page_man};
    if (command != NULL) write_command(writers[format], command);
    else write_overview(writers[format], format == PAGE_TEXT);
}

void print_exit_codes(void) { write_exit_codes(&page_text); }
void print_environment(void) { write_environment(&page_text); }
