/* What a command says: text for people, one JSON object for programs, one sentence where it fails. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

/* The place of a sentence about what was read with "-", as the library has it. */
static const char standard_input[] = "standard input";

static struct {
    char *const *words; /* of the command line, without the program's name */
    int n_words;
    const struct command *command; /* NULL: not known */
    bool wants_json, is_quiet, is_on_stderr, has_answered;
    char sentence[2048], place[256], layer[128], value[256];
} answer;

static bool asks_for_json(char *const *words, int n) {
    for (int i = 0; i < n && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--json") == 0 || strncmp(words[i], "--json=", 7) == 0) return true;
    return false;
}

void begin_answer(const struct command *command, int n_words, char *const *words) {
    answer.words = words;
    answer.n_words = n_words;
    answer.command = command;
    answer.wants_json = asks_for_json(words, n_words);
}

void be_quiet(bool is_quiet) { answer.is_quiet = is_quiet; }
void speak_on_stderr(void) { answer.is_on_stderr = true; }

int complain(int exit_code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(answer.sentence, sizeof answer.sentence, format, arguments);
    va_end(arguments);
    fflush(stdout);
    va_start(arguments, format);
    fputs("octet: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return exit_code;
}

/* What does not fit is not known. */
static void keep(char *out, size_t size, const char *text) {
    const size_t length = text != NULL ? strlen(text) : 0;
    out[0] = '\0';
    if (length < size && length > 0) memcpy(out, text, length + 1);
}

void complain_about(const char *place, const char *value) {
    keep(answer.place, sizeof answer.place, place);
    keep(answer.value, sizeof answer.value, value);
}

int fail_of(octet_context *ctx, const char *path) {
    const octet_status status = octet_context_status(ctx);
    const char *message = octet_context_message(ctx);
    complain(0, "%s%s%s", path != NULL ? path : "", path != NULL ? ": " : "",
             message[0] != '\0' ? message : octet_error_text(status));
    complain_about(path != NULL ? path : octet_context_about(ctx, "place"), octet_context_about(ctx, "value"));
    keep(answer.layer, sizeof answer.layer, octet_context_about(ctx, "layer"));
    return exit_code_of(status);
}

int fail(octet_context *ctx) {
    if (ctx == NULL) return complain(exit_code_of(OCTET_NOMEM), "%s", octet_error_text(OCTET_NOMEM));
    const int code = fail_of(ctx, NULL);
    forget_input(ctx);
    octet_context_destroy(ctx);
    return code;
}

void say(const char *text) {
    if (!answer.is_quiet && !answer.wants_json) fputs(text, answer.is_on_stderr ? stderr : stdout);
}

void print_text(octet_context *ctx, char *text, bool is_data) {
    if (text != NULL && is_data) fputs(text, stdout);
    if (text != NULL && !is_data) say(text);
    answer.has_answered = answer.has_answered || text != NULL;
    octet_text_free(ctx, text);
}

static bool is_called(const struct option *option, const char *place) {
    if (option->letter != 0 && place[0] == '-' && place[1] == option->letter && place[2] == '\0') return true;
    const char *name = option->name + 2, *c = strncmp(place, "--", 2) == 0 ? place + 2 : place;
    while (*c != '\0' && (*name == *c || (*name == '-' && *c == ' '))) name++, c++;
    return *name == '\0' && *c == '\0';
}

/* The name of the option that a sentence calls "--input-rounding", "input rounding" or "-i", or NULL. */
static const char *option_of(const char *place) {
    if (answer.command == NULL || answer.command->groups == NULL) return NULL;
    for (const struct option_group *group = answer.command->groups; group->options != NULL; group++)
        for (const struct option *option = group->options; option->name != NULL; option++)
            if (is_called(option, place)) return option->name;
    return NULL;
}

/* Whether the place is a file: one that is there, or that a word of the command line ends with. */
static bool is_file(const char *place) {
    const size_t length = strlen(place);
    if (length == 0) return false;
    if (access(place, F_OK) == 0) return true;
    for (int i = 0; i < answer.n_words; i++) {
        const size_t n = strlen(answer.words[i]);
        if (n < length || strcmp(answer.words[i] + n - length, place) != 0) continue;
        if (n == length || strchr("=,", answer.words[i][n - length - 1]) != NULL) return true;
    }
    return false;
}

/* The command's own sentences begin with its name, and then often with an option. */
static void find_option_in_sentence(void) {
    const size_t length = answer.command != NULL ? strlen(answer.command->name) : 0;
    const char *c = answer.sentence + length;
    if (length == 0 || strncmp(answer.sentence, answer.command->name, length) != 0 || strncmp(c, ": --", 4) != 0)
        return;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(c + 2, " :"), c + 2);
    keep(answer.place, sizeof answer.place, name);
}

static const char *or_null(const char *text) { return text[0] != '\0' ? text : NULL; }

static void print_failure(int exit_code) {
    octet_context *ctx = NULL;
    char *text = NULL;
    octet_failure failure = OCTET_FAILURE_INIT;
    failure.status = status_of_exit_code(exit_code);
    failure.exit_code = exit_code;
    failure.message = answer.sentence;
    failure.command = answer.command != NULL ? answer.command->name : NULL;
    if (answer.place[0] == '\0') find_option_in_sentence();
    failure.option = option_of(answer.place);
    if (strcmp(answer.place, standard_input) == 0) failure.file = "-";
    else if (failure.option == NULL && is_file(answer.place)) failure.file = answer.place;
    failure.layer = or_null(answer.layer);
    failure.value = or_null(answer.value);
    if (octet_context_create(&ctx) == OCTET_OK && octet_failure_render(ctx, &failure, &text) == OCTET_OK)
        fputs(text, stdout);
    if (ctx != NULL) octet_text_free(ctx, text);
    octet_context_destroy(ctx);
}

int end_answer(int exit_code) {
    if (!answer.wants_json || answer.has_answered || exit_code <= EXIT_NO) return exit_code;
    print_failure(exit_code);
    fflush(stdout); /* who cannot read it has the sentence and the exit code */
    return exit_code;
}
