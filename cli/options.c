#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"

void add_option(struct parser *parser, struct option_spec option) {
    if (parser->n_options < MAX_OPTIONS) parser->options[parser->n_options++] = option;
}

void add_data_options(struct parser *parser, octet_open_options *open, bool with_source) {
    if (with_source) {
        add_option(parser,
                   (struct option_spec){
                       "--data", 'd', "DATA",
                       "folder of IDX files (plain or .gz), .npz, .npy, or folder of pictures; for several inputs "
                       "NAME=FILE,NAME=FILE",
                       OPTION_TEXT, &open->path, NULL});
        add_option(parser, (struct option_spec){"--images", 0, "FILE", "samples as .npy or IDX, instead of --data",
                                                OPTION_TEXT, &open->images, NULL});
        add_option(parser, (struct option_spec){"--labels", 0, "FILE",
                                                "their labels, as .npy or IDX: class numbers, one-hot rows, or what "
                                                "the model should give",
                                                OPTION_TEXT, &open->labels, NULL});
    }
    add_option(parser,
               (struct option_spec){"--scale", 0, "X",
                                    "the model is given x * X + offset (without any: uint8 / 255, floats as they are)",
                                    OPTION_NUMBER, &open->scale, &open->has_scale});
    add_option(parser, (struct option_spec){"--offset", 0, "X", "see --scale", OPTION_NUMBER, &open->offset,
                                            &open->has_offset});
    add_option(parser, (struct option_spec){"--mean", 0, "X", "the model is given (x - mean) / std", OPTION_NUMBER,
                                            &open->mean, &open->has_mean});
    add_option(parser, (struct option_spec){"--std", 0, "X", "see --mean", OPTION_NUMBER, &open->std, &open->has_std});
    add_option(parser,
               (struct option_spec){"--preprocess", 0, "PRESET",
                                    "scale and offset by name: unit (0..1), teachable-machine (-1..1), imagenet, ...",
                                    OPTION_TEXT, &open->preset, NULL});
}

void add_run_options(struct parser *parser, octet_run_options *run) {
    add_option(parser,
               (struct option_spec){"--limit", 0, "N", "only the first N samples", OPTION_COUNT, &run->limit, NULL});
    add_option(parser,
               (struct option_spec){
                   "--input-rounding", 0, "HOW",
                   "of real numbers into an integer input: nearest (default), or truncate as numpy's astype does",
                   OPTION_TEXT, &run->input_rounding, NULL});
    add_option(parser,
               (struct option_spec){
                   "--numerics", 0, "NAME",
                   "of int8 models: litert (default; LiteRT's reference kernels) or integer (tflite-micro, CMSIS-NN)",
                   OPTION_TEXT, &run->numerics, NULL});
    add_option(parser,
               (struct option_spec){
                   "--float-order", 0, "NAME",
                   "of float sums: fma (default), tensorflow (calibration) or plain (LiteRT's reference kernels)",
                   OPTION_TEXT, &run->float_order, NULL});
    add_option(parser, (struct option_spec){"--reference-kernels", 0, NULL, "plain loops: the same bytes, slower",
                                            OPTION_FLAG, &run->reference_kernels, NULL});
}

void add_threads_option(struct parser *parser, uint32_t *n_threads) {
    add_option(parser, (struct option_spec){"--threads", 0, "N", "number of threads; the results do not depend on it",
                                            OPTION_THREADS, n_threads, NULL});
}

void add_json_option(struct parser *parser, bool *json) {
    add_option(parser, (struct option_spec){"--json", 0, NULL, "print one JSON object", OPTION_FLAG, json, NULL});
}

void add_architecture_option(struct parser *parser, octet_load_options *load) {
    add_option(parser, (struct option_spec){"--architecture", 0, "FILE",
                                            "JSON of model.to_json(), for an .h5 that holds weights only", OPTION_TEXT,
                                            &load->architecture, NULL});
    add_option(parser, (struct option_spec){
                           "--input-shape", 0, "SHAPE",
                           "as 224,224,3, where the file leaves more than the batch open; several inputs: 96,96,3;10",
                           OPTION_TEXT, &load->input_shape, NULL});
}

/* Levenshtein's distance, up to 31 letters. */
static int distance(const char *a, const char *b) {
    enum { MAX = 31 };
    const int n = (int)strnlen(a, MAX), m = (int)strnlen(b, MAX);
    int row[MAX + 1];
    for (int j = 0; j <= m; j++) row[j] = j;
    for (int i = 1; i <= n; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= m; j++) {
            const int replace = diagonal + (a[i - 1] != b[j - 1]);
            const int smaller = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replace < smaller ? replace : smaller;
        }
    }
    return row[m];
}

const char *most_alike(const char *word, const char *const *names, int n_names) {
    const char *best = NULL;
    int best_distance = (int)strnlen(word, 31) / 3 + 2;
    for (int i = 0; i < n_names; i++) {
        int d = distance(word, names[i]);
        if (strlen(word) > 3 && strncmp(word, names[i], strlen(word)) == 0) d = 1; /* the beginning of it */
        if (d < best_distance) best = names[i], best_distance = d;
    }
    return best;
}

static void print_wrapped(const char *text, int indent, int width) {
    int column = indent;
    for (const char *word = text; *word != '\0';) {
        const int n = (int)strcspn(word, " ");
        if (column > indent && column + 1 + n > width) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", n, word);
        column += n;
        word += n;
        while (*word == ' ') word++;
    }
    putchar('\n');
}

void print_usage(const struct command *self, const struct parser *parser) {
    enum { INDENT = 30, WIDTH = 118 };
    printf("octet %s - %s\n\nusage: octet %s %s\n", self->name, self->purpose, self->name, self->arguments);
    if (self->details != NULL) printf("\n%s", self->details);
    printf("\noptions\n");
    for (int i = 0; i < parser->n_options; i++) {
        const struct option_spec *option = &parser->options[i];
        char head[64];
        const int n =
            snprintf(head, sizeof head, "  %s%s%s%s%s",
                     option->letter != 0 ? (const char[]){'-', option->letter, ',', ' ', 0} : "", option->name,
                     option->value != NULL ? " " : "", option->value != NULL ? option->value : "", "");
        printf("%-*s", INDENT, head);
        if (n >= INDENT) printf("\n%*s", INDENT, "");
        print_wrapped(option->help, INDENT, WIDTH);
    }
    printf("%-*s%s\n\nexamples\n%s", INDENT, "  -h, --help", "print this", self->examples);
}

static int unknown_option(const struct command *self, const struct parser *parser, const char *word) {
    const char *names[MAX_OPTIONS];
    for (int i = 0; i < parser->n_options; i++) names[i] = parser->options[i].name;
    const char *alike = most_alike(word, names, parser->n_options);
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

/* False: the value is not of the option's kind. */
static bool store(const struct option_spec *option, const char *text) {
    uint64_t count;
    if (option->given != NULL) *option->given = true;
    switch (option->kind) {
    case OPTION_FLAG: *(bool *)option->target = true; return true;
    case OPTION_TEXT: *(const char **)option->target = text; return text[0] != '\0';
    case OPTION_COUNT: return parse_count(text, option->target);
    case OPTION_NUMBER: return parse_number(text, option->target);
    case OPTION_THREADS:
        if (!parse_count(text, &count) || count < 1 || count > 1024) return false;
        *(uint32_t *)option->target = (uint32_t)count;
        return true;
    case OPTION_SAMPLES:
        if (strcmp(text, "all") == 0) {
            ((octet_conversion *)option->target)->all_samples = true;
            return true;
        }
        return parse_count(text, &((octet_conversion *)option->target)->n_samples) &&
               ((octet_conversion *)option->target)->n_samples > 0;
    }
    return false;
}

static const char *kind_text(enum option_kind kind) {
    switch (kind) {
    case OPTION_COUNT: return "a whole number from 0";
    case OPTION_NUMBER: return "a number, as 0.5 or 1/255";
    case OPTION_THREADS: return "a whole number from 1 to 1024";
    case OPTION_SAMPLES: return "a whole number from 1, or all";
    case OPTION_FLAG:
    case OPTION_TEXT: break;
    }
    return "a value";
}

/* The option that word names; *value is what follows '=' in it, or NULL. */
static const struct option_spec *find(const struct parser *parser, const char *word, const char **value) {
    const char *equals = strchr(word, '=');
    const size_t length = equals != NULL && word[1] == '-' ? (size_t)(equals - word) : strlen(word);
    *value = word[length] == '=' ? word + length + 1 : NULL;
    for (int i = 0; i < parser->n_options; i++) {
        const struct option_spec *option = &parser->options[i];
        if (strlen(option->name) == length && strncmp(option->name, word, length) == 0) return option;
        if (option->letter != 0 && word[1] == option->letter && word[2] == '\0') return option;
    }
    return NULL;
}

bool parse(const struct command *self, struct parser *parser, int argc, char **argv, int *exit_code) {
    bool only_words = false;
    *exit_code = EXIT_USAGE;
    for (int i = 0; i < argc; i++) {
        const char *word = argv[i];
        if (only_words || word[0] != '-' || word[1] == '\0') {
            if (parser->n_positional == parser->max_positional) {
                complain(EXIT_USAGE, "%s: '%s' is one word too many; see 'octet %s --help'", self->name, word,
                         self->name);
                return false;
            }
            parser->positional[parser->n_positional++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_words = true;
            continue;
        }
        if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            print_usage(self, parser);
            *exit_code = EXIT_YES;
            return false;
        }
        const char *value;
        const struct option_spec *option = find(parser, word, &value);
        if (option == NULL) {
            unknown_option(self, parser, word);
            return false;
        }
        if (option->kind == OPTION_FLAG && value != NULL) {
            complain(EXIT_USAGE, "%s: %s takes no value", self->name, option->name);
            return false;
        }
        if (option->kind != OPTION_FLAG && value == NULL) {
            if (i + 1 == argc) {
                complain(EXIT_USAGE, "%s: %s needs a value: %s", self->name, option->name, option->value);
                return false;
            }
            value = argv[++i];
        }
        if (!store(option, value)) {
            complain(EXIT_USAGE, "%s: %s: '%s' is not %s", self->name, option->name, value, kind_text(option->kind));
            return false;
        }
    }
    if (parser->n_positional < parser->min_positional) {
        complain(EXIT_USAGE, "%s: a file is missing: octet %s %s", self->name, self->name, self->arguments);
        return false;
    }
    return true;
}
