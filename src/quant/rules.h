/* quant/rules.h - what quantization means for each operator, as data.
 * In:  an operator, a mode.
 * Out: its rule: how its parameters relate.
 * Knows: the classes of TensorFlow's quantizer (its quantization specification of 8-bit TFLite).
 * Does not know: graphs beyond one operator, ranges. */
#ifndef OCTET_QUANT_RULES_H
#define OCTET_QUANT_RULES_H

#include "quant/qparams.h"
#include "quant/quant.h"

typedef enum octet_rule_class {
    OCTET_RULE_FREE,   /* every result has parameters of its own range */
    OCTET_RULE_SAME,   /* all float operands and results share one set of parameters */
    OCTET_RULE_FIXED,  /* results have the parameters below, whatever their range */
    OCTET_RULE_NONE,   /* no integer kernel: stays in float between DEQUANTIZE and QUANTIZE */
    OCTET_RULE_BETTER, /* LiteRT has an integer kernel, TensorFlow's converter does not use it: FREE, but NONE when
                          strict */
    OCTET_RULE_COPIES /* LiteRT's kernel copies, TensorFlow's converter takes it for FREE: SAME, but FREE when strict */
} octet_rule_class;

typedef struct octet_rule {
    octet_rule_class rule_class;
    bool has_s16;                      /* LiteRT has a kernel with int16 activations */
    octet_qparams fixed_s8, fixed_s16; /* FIXED only */
} octet_rule;

octet_rule octet_rules_get(octet_operator_code code);
/* The class that holds under these options (never BETTER or COPIES). */
octet_rule_class octet_rules_class(octet_operator_code code, const octet_quantize_options *options);
/* What the mark of an operator comes to: INT16 in mode int8 alone, and where LiteRT has such a kernel. */
octet_island octet_rules_island(const octet_operator *op, const octet_quantize_options *options);
/* The class of an operator among those that compute in the numbers of `island` (NONE: of the mode): it is NONE for one
 * that does not. LiteRT has integer kernels for more forms of the LSTM than octet writes: the others are NONE too. */
octet_rule_class octet_rules_class_within(const octet_operator *op, const octet_quantize_options *options,
                                          octet_island island);

#endif
