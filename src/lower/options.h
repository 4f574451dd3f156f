/* lower/options.h - which of several arithmetics is wanted of a graph.
 * In:  nothing.
 * Out: the options of octet_lower_graph.
 * Knows: where runtimes differ.
 * Does not know: kernels. */
#ifndef OCTET_LOWER_OPTIONS_H
#define OCTET_LOWER_OPTIONS_H

#include <stdbool.h>

/* How operators with int8 weights round; all others are the same in all. */
typedef enum octet_numerics {
    OCTET_NUMERICS_LITERT = 0,  /* FULLY_CONNECTED in double, as LiteRT's reference kernels (BUILTIN_REF) */
    OCTET_NUMERICS_INTEGER = 1, /* fixed point, as tflite-micro, CMSIS-NN and the exported C */
    OCTET_NUMERICS_SINGLE = 2   /* fixed point, 32-bit sums rounded once: what is built with TFLITE_SINGLE_ROUNDING, and
                                   simple kernels written by hand */
} octet_numerics;

/* In which order float32 operators add products. TENSORFLOW is for CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED; the
 * others then add as in FMA. */
typedef enum octet_float_order {
    OCTET_FLOAT_ORDER_FMA = 0,        /* bias first, then fma over k ascending: XNNPACK's, and the fastest */
    OCTET_FLOAT_ORDER_TENSORFLOW = 1, /* as TensorFlow calibrates (kernels/ref/eigen.h) */
    OCTET_FLOAT_ORDER_PLAIN = 2       /* as LiteRT's reference kernels: kernels/ref/sum.h, and LOGISTIC of unary.h */
} octet_float_order;

typedef struct octet_lower_options {
    octet_numerics numerics;
    octet_float_order float_order;
    bool absorb_pads; /* convolutions take over a PAD before them where that changes no result (order FMA only) */
} octet_lower_options;

#endif
