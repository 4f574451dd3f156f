/* completion.h - what a shell may put in where a user presses the tabulator key, in three formats.
 * In:  the commands and their options.
 * Out: scripts for bash, zsh and fish, on stdout.
 * Knows: what can stand behind an option or a command, from the words and the texts of the tables.
 * Does not know: the files that are there; the shell looks for them. */
#ifndef OCTET_CLI_COMPLETION_H
#define OCTET_CLI_COMPLETION_H

#include "command.h"

enum { MAX_WORDS = 2048 }; /* bytes of all words that can stand in one place, or of a summary, and the end */

enum completion_kind {
    COMPLETE_NOTHING, /* numbers, names that only the model knows */
    COMPLETE_WORDS,
    COMPLETE_LIST, /* words with commas between them */
    COMPLETE_FILES,
    COMPLETE_FOLDERS
};

struct completion {
    enum completion_kind kind;
    char words[MAX_WORDS]; /* with blanks between them; of files their suffixes ("h5 keras"), "" for any file */
};

struct completion_writer {
    void (*begin)(void);
    /* Begins a command; `operands` is what stands behind it without an option. */
    void (*command)(const struct command *command, const struct completion *operands);
    void (*flag)(const struct option *option, const char *summary);
    void (*option)(const struct option *option, const char *summary, const struct completion *value);
    void (*end_command)(void);
    void (*end)(void);
};

extern const struct completion_writer completion_bash, completion_zsh, completion_fish;

#endif
