#include "import/keras/names.h"

#include <stdint.h>
#include <string.h>

bool octet_keras_word_in(const char *list, const char *word) {
    const size_t n = strlen(word);
    if (n == 0) return false;
    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) return true;
    }
    return false;
}

void octet_keras_snake_case(const char *class_name, char *out, size_t capacity) {
    /* Keras: re.sub("(.)([A-Z][a-z]+)", r"\1_\2"), then re.sub("([a-z])([A-Z])", r"\1_\2"), then lower(). */
    char first[256];
    size_t n = 0;
    const size_t length = strlen(class_name);
#define IS_UPPER(c) ((c) >= 'A' && (c) <= 'Z')
#define IS_LOWER(c) ((c) >= 'a' && (c) <= 'z')
    for (size_t i = 0; i < length && n + 3 < sizeof first;) {
        first[n++] = class_name[i];
        if (i + 2 < length && IS_UPPER(class_name[i + 1]) && IS_LOWER(class_name[i + 2])) {
            first[n++] = '_';
            first[n++] = class_name[i + 1];
            for (i += 2; i < length && IS_LOWER(class_name[i]) && n + 3 < sizeof first; i++) first[n++] = class_name[i];
        } else {
            i++;
        }
    }
    size_t m = 0;
    for (size_t i = 0; i < n && m + 2 < capacity; i++) {
        if (i > 0 && IS_LOWER(first[i - 1]) && IS_UPPER(first[i])) out[m++] = '_';
        out[m++] = IS_UPPER(first[i]) ? (char)(first[i] - 'A' + 'a') : first[i];
    }
#undef IS_UPPER
#undef IS_LOWER
    if (capacity > 0) out[m] = '\0';
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

size_t octet_keras_name_distance(const char *a, const char *b) {
    size_t row[64];
    const size_t n_a = strlen(a), n_b = strlen(b);
    if (n_a >= 64 || n_b >= 64) return SIZE_MAX;
    for (size_t j = 0; j <= n_b; j++) row[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            const size_t replaced = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
            const size_t moved = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replaced < moved ? replaced : moved;
        }
    }
    return row[n_b];
}
