/* layers/measure.h - how far a quantized value is from the float value that it stands for.
 * In:  the elements of both, run by run, from several threads; how the layer's float operators would have it.
 * Out: figures of a layer.
 * Knows: scales; that sums of floats depend on their order, so each run has sums of its own.
 * Does not know: graphs, runs, causes.
 *
 * f: what the float model computed, q: what the quantized one did, as a real number; e = q - f. With `alone` what the
 * float operators of the layer make of the numbers that the quantized layer read (segment.h): added a = q - alone,
 * inherited i = alone - f. A step is the scale of the value. */
#ifndef OCTET_LAYERS_MEASURE_H
#define OCTET_LAYERS_MEASURE_H

#include "graph/graph.h"

/* Sums of a run, one after the other: these, then of each channel (the last axis) e and a. */
typedef enum octet_layer_sum {
    OCTET_SUM_SIGNAL,    /* f * f */
    OCTET_SUM_QUANTIZED, /* q * q */
    OCTET_SUM_PRODUCT,   /* f * q */
    OCTET_SUM_NOISE,     /* e * e */
    OCTET_SUM_ERROR,     /* e */
    OCTET_SUM_ADDED,     /* a * a */
    OCTET_SUM_ADDITION,  /* a */
    OCTET_SUM_INHERITED, /* i * i */
    OCTET_SUM_CUT,       /* the square of what f lies beyond the range that the value can hold */
    OCTET_N_SUMS
} octet_layer_sum;

enum { OCTET_MEASURE_MOST_CHANNELS = 4096 };

/* A histogram of f has equal bins: so many in the range that the value can hold, as many below it and as many above it;
 * the first and the last bin hold all that is farther out. */
enum { OCTET_MEASURE_INNER_BINS = 64, OCTET_MEASURE_BINS = 3 * OCTET_MEASURE_INNER_BINS };

/* What one thread saw of a value; everything but the sums of runs, which do not depend on the order of runs. */
typedef struct octet_layer_measure {
    uint64_t n_elements, n_low, n_high; /* at the least and the greatest code */
    uint64_t n_not_finite;              /* of f, q or alone; they count nowhere else */
    uint64_t n_cut;                     /* f lies more than 1.5 steps beyond the range */
    double largest, largest_added;      /* of |e| and of |a| */
    float min, max;                     /* of f */
    uint64_t *codes;                    /* a bit for each code that occurred; NULL: float */
    float *channel_reach;               /* by channel the largest |f| */
    uint64_t *bins;                     /* OCTET_MEASURE_BINS of f; NULL: float */
} octet_layer_measure;

/* What is measured of one pair of values. */
typedef struct octet_layer_measured {
    const octet_value *value; /* of the quantized graph: float32, or int8, uint8, int16 with one scale */
    bool has_step;
    double step, low, high;  /* of a quantized value: its scale, the range that it can hold */
    int32_t least, greatest; /* codes */
    uint32_t n_channels;     /* 0: not measured by channel */
} octet_layer_measured;

/* Whether a value can be measured: see octet_layer_measured. */
bool octet_layer_measured_make(const octet_value *value, octet_layer_measured *out);
/* Numbers of type double that a run has. */
size_t octet_layer_measured_n_sums(const octet_layer_measured *measured);
octet_status octet_layer_measure_create(octet_context *ctx, octet_arena *arena, const octet_layer_measured *measured,
                                        octet_layer_measure *out);
/* A run: n elements; codes: of the quantized value as they are; quantized: the same as real numbers; alone: NULL where
 * it is not known. sums: octet_layer_measured_n_sums, overwritten. */
void octet_layer_measure_add(octet_layer_measure *measure, const octet_layer_measured *measured, const float *real,
                             const float *quantized, const void *codes, const float *alone, size_t n, double *sums);
void octet_layer_measure_merge(octet_layer_measure *into, const octet_layer_measure *from,
                               const octet_layer_measured *measured);
/* Codes that occurred. */
uint64_t octet_layer_measure_n_codes(const octet_layer_measure *measure, const octet_layer_measured *measured);

#endif
