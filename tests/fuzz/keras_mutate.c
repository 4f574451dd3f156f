#include "fuzz/keras_mutate.h"

#include <string.h>

#include "fuzz/json_mutate.h"
#include "import/keras/class.h"
#include "import/keras/functions/functions.h"

enum { MAX_TEXT = 1 << 16 };

/* One of the words of a list; the list itself stays. */
static void word_of(mutate_random *random, const char *list, char out[JSON_MUTATE_MAX_WORD]) {
    uint32_t n = 1;
    for (const char *at = list; *at != '\0'; at++) n += *at == ' ';
    for (uint32_t skip = mutate_below(random, n); skip > 0; skip--) list = strchr(list, ' ') + 1;
    const size_t size = strcspn(list, " ");
    const size_t kept = size < JSON_MUTATE_MAX_WORD ? size : JSON_MUTATE_MAX_WORD - 1;
    memcpy(out, list, kept);
    out[kept] = '\0';
}

/* "reduce_mean" becomes "ReduceMean", as Keras 3 names the class of a function. */
static void camel_case(char *word) {
    char *to = word;
    for (const char *at = word; *at != '\0'; at++) {
        const int begins = at == word || at[-1] == '_';
        if (*at != '_') *to++ = (char)(begins && *at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    }
    *to = '\0';
}

static void any_word(mutate_random *random, int is_key, char out[JSON_MUTATE_MAX_WORD]) {
    static uint32_t n_classes, n_functions;
    while (n_classes == 0 || octet_keras_class_at(n_classes) != NULL) n_classes++;
    while (n_functions == 0 || octet_keras_function_at(n_functions) != NULL) n_functions++;
    const octet_keras_class *class = octet_keras_class_at(mutate_below(random, n_classes));
    if (is_key && class->keys != NULL && class->keys[0] != '\0') {
        word_of(random, class->keys, out);
    } else if (mutate_once_in(random, 2)) {
        word_of(random, class->name, out);
    } else {
        word_of(random, octet_keras_function_at(mutate_below(random, n_functions))->names, out);
        if (mutate_once_in(random, 2)) camel_case(out);
    }
}

/* Bytes up to the first NUL behind the first byte. */
static size_t text_length(const uint8_t *data, size_t size) {
    const uint8_t *end = memchr(data + 1, '\0', size - 1);
    return end != NULL ? (size_t)(end - data) - 1 : size - 1;
}

size_t mutate_keras(uint8_t *data, size_t size, size_t max_size, unsigned int seed) {
    static uint8_t text[MAX_TEXT];
    mutate_random random = mutate_seed(seed);
    if (size < 2 || size > MAX_TEXT) return LLVMFuzzerMutate(data, size, max_size);
    const size_t length = text_length(data, size), rest = size - 1 - length;
    if (mutate_once_in(&random, 16)) data[0] = (uint8_t)('2' + mutate_below(&random, 2));
    if (mutate_once_in(&random, 8) && rest > 0) /* behind the NUL */
        return 2 + length + LLVMFuzzerMutate(data + 2 + length, rest - 1, max_size - 2 - length);
    const size_t room = (max_size < MAX_TEXT ? max_size : MAX_TEXT) - 1 - rest;
    memcpy(text, data + 1, length);
    const size_t changed = mutate_json(text, length, room, &random, any_word);
    memmove(data + 1 + changed, data + 1 + length, rest);
    memcpy(data + 1, text, changed);
    return 1 + changed + rest;
}

size_t mutate_keras_cross(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                          size_t max_size, unsigned int seed) {
    mutate_random random = mutate_seed(seed);
    if (size1 < 2 || size2 < 2) return 0;
    const size_t length = text_length(data1, size1), rest = size1 - 1 - length;
    if (max_size < 1 + rest) return 0;
    const size_t size = mutate_json_cross(data1 + 1, length, data2 + 1, text_length(data2, size2), out + 1,
                                          max_size - 1 - rest, &random);
    if (size == 0) return 0;
    out[0] = data1[0];
    memcpy(out + 1 + size, data1 + 1 + length, rest);
    return 1 + size + rest;
}
