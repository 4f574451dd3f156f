/* import/keras/names.h - names of Keras as text: lists of words, snake case, how far apart two are.
 * In:  lists of words separated by blanks, names of classes.
 * Out: whether a word is in a list; the name that Keras 3 makes of a class; how many letters differ.
 * Knows: Keras's regular expressions.
 * Does not know: which names there are. */
#ifndef OCTET_IMPORT_KERAS_NAMES_H
#define OCTET_IMPORT_KERAS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* True when `word` is among the words of `list`; never for an empty word. */
bool octet_keras_word_in(const char *list, const char *word);

/* The snake-case name that Keras 3 gives a class in a weights file: "Conv2DTranspose" -> "conv2d_transpose". `out`
 * holds `capacity` bytes; a longer result is cut. */
void octet_keras_snake_case(const char *class_name, char *out, size_t capacity);

/* Letters to insert, remove or replace to make one name of the other, upper and lower case alike (Levenshtein). Names
 * of more than 63 letters are far from all. */
size_t octet_keras_name_distance(const char *a, const char *b);

#endif
