/* Reads the words of the command line into the structs that the tables of options point to. */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

enum { MAX_OPTIONS = 48 };

/* Where in a command an option stands. */
struct found {
    const struct option *option;
    char *base; /* of the struct that its group fills */
};

static bool is_option(const struct option *option, const char *word, size_t length) {
    if (strlen(option->name) == length && strncmp(word, option->name, length) == 0) return true;
    return option->letter != 0 && length == 2 && word[0] == '-' && word[1] == option->letter;
}

/* "--name" or "--name=value"; *value is NULL without one. */
static struct found find(const struct command *self, void *settings, const char *word, const char **value) {
    const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    *value = equals != NULL ? equals + 1 : NULL;
    const size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
    for (const struct option_group *group = self->groups; group->options != NULL; group++)
        for (const struct option *option = group->options; option->name != NULL; option++)
            if (is_option(option, word, length)) return (struct found){option, (char *)settings + group->offset};
    return (struct found){0};
}

static int unknown_option(const struct command *self, const char *word) {
    const char *names[MAX_OPTIONS];
    int n = 0;
    complain_about(NULL, word);
    for (const struct option_group *group = self->groups; group->options != NULL; group++)
        for (const struct option *option = group->options; option->name != NULL && n < MAX_OPTIONS; option++)
            names[n++] = option->name;
    const char *alike = most_alike(word, names, n);
    if (alike != NULL)
        return complain(EXIT_USAGE, "%s: unknown option '%s'; did you mean %s?", self->name, word, alike);
    return complain(EXIT_USAGE, "%s: unknown option '%s'; see 'octet %s --help'", self->name, word, self->name);
}

static bool parse_count(const char *text, uint64_t *out) {
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0) return false;
    *out = value;
    return true;
}

/* Bytes: a whole number from 1, or one with K, M or G behind it, for powers of 1024. */
static bool parse_size(const char *text, uint64_t *out) {
    static const char units[] = "KMG";
    char digits[24];
    const size_t length = strspn(text, "0123456789");
    if (length == 0 || length >= sizeof digits) return false;
    memcpy(digits, text, length);
    digits[length] = '\0';
    const char *unit = text[length] != '\0' ? strchr(units, text[length]) : NULL;
    if (text[length] != '\0' && (unit == NULL || text[length + 1] != '\0')) return false;
    const unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    if (!parse_count(digits, out) || *out == 0 || *out > SIZE_MAX >> shift) return false;
    *out <<= shift;
    return true;
}

static bool parse_number(const char *text, double *out) {
    char *end;
    const double value = strtod(text, &end);
    if (end == text) return false;
    if (*end == '/') { /* 1/255 */
        char *rest;
        const double divisor = strtod(end + 1, &rest);
        if (rest == end + 1 || *rest != '\0' || divisor == 0.0) return false;
        *out = value / divisor;
        return isfinite(*out);
    }
    *out = value;
    return *end == '\0' && isfinite(value);
}

/* One number, or three with commas. */
static bool parse_channels(const char *text, octet_channels *out) {
    char number[64];
    for (out->n = 0; out->n < 3; out->n++) {
        const size_t length = strcspn(text, ",");
        if (length >= sizeof number) return false;
        memcpy(number, text, length);
        number[length] = '\0';
        if (!parse_number(number, &out->values[out->n])) return false;
        text += length;
        if (*text == '\0') break;
        text++;
    }
    if (out->n >= 3) return false;
    out->n++;
    return out->n != 2;
}

/* "3/16": two whole numbers, the first from 1 to the second. */
static bool parse_part(const char *text, uint32_t *part) {
    enum { MOST_PARTS = 1 << 20 };
    char first[16];
    uint64_t k, n;
    const char *slash = strchr(text, '/');
    const size_t length = slash != NULL ? (size_t)(slash - text) : sizeof first;
    if (length >= sizeof first) return false;
    memcpy(first, text, length);
    first[length] = '\0';
    if (!parse_count(first, &k) || !parse_count(slash + 1, &n) || k < 1 || k > n || n > MOST_PARTS) return false;
    part[0] = (uint32_t)k;
    part[1] = (uint32_t)n;
    return true;
}

static bool add_word(struct words *words, const char *text) {
    int n = 0;
    while (words->items[n] != NULL) n++;
    if (n == MOST_WORDS) return false;
    words->items[n] = text;
    return true;
}

/* False: the value is not of the option's kind. */
static bool store(struct found found, const char *text) {
    const struct option *option = found.option;
    void *target = found.base + option->target;
    bool ignored, *given = option->given != 0 ? (bool *)(found.base + option->given) : &ignored;
    uint64_t count;
    switch (option->kind) {
    case OPTION_FLAG: *(bool *)target = true; return true;
    case OPTION_TEXT: *(const char **)target = text; return text[0] != '\0';
    case OPTION_COUNT: return parse_count(text, target);
    case OPTION_COUNT_FROM_1: return parse_count(text, target) && *(uint64_t *)target > 0;
    case OPTION_SIZE: return parse_size(text, target);
    case OPTION_NUMBER: *given = true; return parse_number(text, target);
    case OPTION_CHANNELS: return parse_channels(text, target);
    case OPTION_THREADS:
        if (!parse_count(text, &count) || count < 1 || count > 1024) return false;
        *(uint32_t *)target = (uint32_t)count;
        return true;
    case OPTION_WORDS: return text[0] != '\0' && add_word(target, text);
    case OPTION_PART: return parse_part(text, target);
    case OPTION_SAMPLES:
        *given = strcmp(text, "all") == 0;
        return *given || (parse_count(text, target) && *(uint64_t *)target > 0);
    }
    return false;
}

static const char *kind_text(enum option_kind kind) {
    switch (kind) {
    case OPTION_COUNT: return "a whole number from 0";
    case OPTION_COUNT_FROM_1: return "a whole number from 1";
    case OPTION_SIZE: return "a number of bytes, such as 512M or 4G";
    case OPTION_NUMBER: return "a number, such as 0.5 or 1/255";
    case OPTION_CHANNELS: return "a number or three with commas, such as 0.5 or 0.485,0.456,0.406";
    case OPTION_THREADS: return "a whole number from 1 to 1024";
    case OPTION_SAMPLES: return "a whole number from 1, or all";
    case OPTION_PART: return "a part, such as 3/16: the third of 16, counted from 1";
    case OPTION_FLAG:
    case OPTION_TEXT:
    case OPTION_WORDS: break;
    }
    return "a value";
}

bool is_given(const struct option *option, const void *target) {
    const char *base = target, *at = base + option->target;
    switch (option->kind) {
    case OPTION_FLAG: return *(const bool *)at;
    case OPTION_TEXT: return *(const char *const *)at != NULL;
    case OPTION_COUNT:
    case OPTION_COUNT_FROM_1:
    case OPTION_SIZE: return *(const uint64_t *)at > 0;
    case OPTION_NUMBER: return option->given != 0 && *(const bool *)(base + option->given);
    case OPTION_CHANNELS: return ((const octet_channels *)at)->n > 0;
    case OPTION_THREADS:
    case OPTION_PART: return *(const uint32_t *)at > 0;
    case OPTION_SAMPLES: return *(const bool *)(base + option->given) || *(const uint64_t *)at > 0;
    case OPTION_WORDS: return ((const struct words *)at)->items[0] != NULL;
    }
    return false;
}

/* The options with a value that were given; those that may be repeated apart. */
struct taken {
    const struct option *options[MAX_OPTIONS];
    int n;
};

/* False: it was given before. */
static bool take_once(struct taken *taken, const struct option *option) {
    if (option->kind == OPTION_FLAG || option->kind == OPTION_WORDS) return true;
    for (int i = 0; i < taken->n; i++)
        if (taken->options[i] == option) return false;
    assert(taken->n < MAX_OPTIONS);
    taken->options[taken->n++] = option;
    return true;
}

/* Takes the option at words[0] and its value; the number of words that were taken, 0 after a complaint. */
static int take_option(const struct command *self, int n_words, char **words, void *settings, struct taken *taken) {
    const char *value;
    const struct found found = find(self, settings, words[0], &value);
    if (found.option == NULL) return unknown_option(self, words[0]), 0;
    const bool is_flag = found.option->kind == OPTION_FLAG;
    const char *name = found.option->name;
    int n_taken = 1;
    complain_about(name, value);
    if (is_flag && value != NULL) return complain(0, "%s: %s takes no value", self->name, name);
    if (!is_flag && value == NULL) {
        if (n_words == 1) return complain(0, "%s: %s needs a value: %s", self->name, name, found.option->value);
        value = words[n_taken++];
        const char *ignored;
        if (value[0] == '-' && find(self, settings, value, &ignored).option != NULL)
            return complain(0, "%s: %s needs a value: %s; '%s' is an option (%s=%s where it is meant)", self->name,
                            name, found.option->value, value, name, value);
    }
    complain_about(name, value);
    if (!take_once(taken, found.option))
        return complain(0, "%s: %s is given twice: which value counts? Leave one out", self->name, name);
    if (!store(found, value))
        return complain(0, "%s: %s: '%s' is not %s", self->name, name, value, kind_text(found.option->kind));
    complain_about(NULL, NULL);
    return n_taken;
}

bool parse(const struct command *self, int argc, char **argv, void *settings, int *exit_code) {
    struct common *common = settings;
    const char **files[] = {&common->model, self->takes_two ? &common->other : &common->model};
    const int n_files = self->takes_two ? 2 : 1;
    int n_words = 0;
    bool only_words = false;
    struct taken taken = {0};
    *exit_code = EXIT_USAGE;
    for (int i = 0; i < argc;) {
        const char *word = argv[i];
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
            i++;
        } else if (!only_words && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            print_page(self, PAGE_TEXT);
            *exit_code = finish(NULL, EXIT_YES);
            return false;
        } else if (!only_words && word[0] == '-' && word[1] != '\0') {
            const int n_taken = take_option(self, argc - i, argv + i, settings, &taken);
            if (n_taken == 0) return false;
            i += n_taken;
        } else if (self->takes_many) {
            argv[n_words++] = argv[i++];
        } else if (n_words == n_files) {
            complain(0, "%s: '%s' is one word too many; see 'octet %s --help'", self->name, word, self->name);
            return false;
        } else {
            *files[n_words++] = word;
            i++;
        }
    }
    be_quiet(common->quiet);
    if (self->takes_many && n_words > 0) {
        common->files = argv;
        common->n_files = n_words;
        common->model = argv[0];
        return true;
    }
    if (n_words == n_files) return true;
    complain(0, "%s: a file is missing: octet %s %s", self->name, self->name, self->usage);
    return false;
}
