/* The known word that a mistyped one is most alike. */
#include <string.h>

#include "command.h"

enum { MAX_LETTERS = 31, MAX_COMMANDS = 16 };

/* Levenshtein's distance, up to MAX_LETTERS. */
static int distance(const char *a, const char *b) {
    const int n = (int)strnlen(a, MAX_LETTERS), m = (int)strnlen(b, MAX_LETTERS);
    int row[MAX_LETTERS + 1];
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
    int best_distance = (int)strnlen(word, MAX_LETTERS) / 3 + 2;
    for (int i = 0; i < n_names; i++) {
        int d = distance(word, names[i]);
        if (strlen(word) > 3 && strncmp(word, names[i], strlen(word)) == 0) d = 1; /* the beginning of it */
        if (d < best_distance) best = names[i], best_distance = d;
    }
    return best;
}

const char *most_alike_command(const char *word) {
    const char *names[MAX_COMMANDS];
    int n = 0;
    for (const struct command *const *c = all_commands; *c != NULL && n < MAX_COMMANDS; c++) names[n++] = (*c)->name;
    return most_alike(word, names, n);
}
