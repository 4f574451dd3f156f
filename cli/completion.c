#include "completion.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Adds a word that is not there yet. */
static void add(struct completion *c, const char *word, size_t length) {
    for (const char *at = c->words; *at != '\0'; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == length && strncmp(at, word, length) == 0) return;
    const size_t used = strlen(c->words);
    if (used + length + 2 > sizeof c->words) return;
    snprintf(c->words + used, sizeof c->words - used, "%s%.*s", used > 0 ? " " : "", (int)length, word);
}

static void add_commands(struct completion *c) {
    for (const struct command *const *command = all_commands; *command != NULL; command++)
        add(c, (*command)->name, strlen((*command)->name));
}

/* The names of every {choice} of a text. */
static void add_choices(struct completion *c, const char *text) {
    while ((text = strchr(text, '{')) != NULL) {
        char choice[32];
        const size_t length = strcspn(++text, "}");
        snprintf(choice, sizeof choice, "%.*s", (int)length, text);
        const char *name;
        for (uint32_t i = 0; (name = octet_choice_name(choice, i)) != NULL; i++) add(c, name, strlen(name));
    }
}

/* What is written small in "N|all" or "[COMMAND | exit-codes]" stands for itself. */
static void add_literals(struct completion *c, const char *text, size_t size) {
    const char *end = text + size;
    for (const char *at = text; at < end;) {
        const size_t length = strcspn(at, "[]| ");
        if (length > 0 && islower((unsigned char)at[0]))
            add(c, at, length < (size_t)(end - at) ? length : (size_t)(end - at));
        at += length + 1;
    }
}

static bool begins_with(const char *text, const char *word) { return strncmp(text, word, strlen(word)) == 0; }

/* The suffix of "OUT.tflite" or "PART.oct...", which ends before a blank. */
static void add_suffix(struct completion *c, const char *word) {
    const size_t size = strcspn(word, " "), stem = strcspn(word, ". ");
    if (stem < size) add(c, word + stem + 1, strcspn(word + stem + 1, ". "));
}

static void find_operands(const struct command *command, struct completion *c) {
    const char *usage = command->usage;
    c->kind = COMPLETE_FILES;
    c->words[0] = '\0';
    if (usage[0] == '[') {
        c->kind = COMPLETE_WORDS;
        if (begins_with(usage, "[COMMAND")) add_commands(c);
        add_literals(c, usage, strcspn(usage, "]"));
        return;
    }
    add_suffix(c, usage);
    if (c->words[0] == '\0' && (begins_with(usage, "MODEL") || begins_with(usage, "ORIGINAL")))
        snprintf(c->words, sizeof c->words, "h5 hdf5 keras tflite");
}

static void find_value(const struct command *command, const struct option *option, struct completion *c) {
    c->kind = COMPLETE_NOTHING;
    c->words[0] = '\0';
    add_choices(c, option->help);
    add_literals(c, option->value, strlen(option->value));
    if (c->words[0] != '\0') {
        c->kind = strcmp(option->value, "NAMES") == 0 ? COMPLETE_LIST : COMPLETE_WORDS;
    } else if (strcmp(option->value, "DIR") == 0) {
        c->kind = COMPLETE_FOLDERS;
    } else if (strcmp(option->value, "FILE") == 0 || strcmp(option->value, "DATA") == 0) {
        c->kind = COMPLETE_FILES;
        const char *output = option->letter == 'o' ? strstr(command->usage, " -o ") : NULL;
        if (output != NULL) add_suffix(c, output + 4);
    }
}

/* The first clause of a help text: as much as stands on one line beside the option. */
static void summarize(const char *text, char summary[MAX_WORDS]) {
    size_t size = strcspn(text, ";:({"), n = 0;
    while (size > 0 && strchr(" ,", text[size - 1]) != NULL) size--;
    for (size_t i = 0; i < size && n < MAX_WORDS - 1; i++)
        if (text[i] != '`') summary[n++] = text[i];
    summary[n] = '\0';
}

static void write_option(const struct completion_writer *w, const struct command *command,
                         const struct option *option) {
    char summary[MAX_WORDS];
    struct completion value;
    summarize(option->help, summary);
    if (option->kind == OPTION_FLAG) {
        w->flag(option, summary);
        return;
    }
    find_value(command, option, &value);
    w->option(option, summary, &value);
}

static void write_completion(const struct completion_writer *w) {
    static const struct option help = {"--help", 'h', NULL, OPTION_FLAG, 0, 0, "print this help"};
    struct completion operands;
    w->begin();
    for (const struct command *const *command = all_commands; *command != NULL; command++) {
        find_operands(*command, &operands);
        w->command(*command, &operands);
        for (const struct option_group *g = (*command)->groups; g != NULL && g->options != NULL; g++)
            for (const struct option *option = g->options; option->name != NULL; option++)
                write_option(w, *command, option);
        write_option(w, *command, &help);
        w->end_command();
    }
    w->end();
}

bool print_completion(const char *shell) {
    static const struct {
        const char *shell;
        const struct completion_writer *writer;
    } writers[] = {{"bash", &completion_bash}, {"zsh", &completion_zsh}, {"fish", &completion_fish}};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        if (strcmp(writers[i].shell, shell) != 0) continue;
        write_completion(writers[i].writer);
        return true;
    }
    return false;
}
