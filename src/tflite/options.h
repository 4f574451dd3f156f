/* tflite/options.h - where the options of an operator lie in a .tflite.
 * In:  an operator code.
 * Out: its options table (enum BuiltinOptions of the schema) and the number of each field there.
 * Knows: the TFLite schema, version 3. Importer and exporter both walk graph/options.h with
 *        these numbers, so they cannot disagree.
 * Does not know: what the options are (graph/options.h), flatbuffers. */
#ifndef OCTET_TFLITE_OPTIONS_H
#define OCTET_TFLITE_OPTIONS_H

#include "graph/options.h"

typedef struct octet_tflite_options {
    uint8_t type;        /* BuiltinOptions; 0 when the operator has none, as custom ones do */
    uint8_t first_field; /* of the first option; those behind it follow without gap */
} octet_tflite_options;

octet_tflite_options octet_tflite_options_of(octet_operator_code code);

#endif
