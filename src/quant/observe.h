/* quant/observe.h - the range that a value should be quantized to, from what was gathered of it.
 * In:  histograms and moments (statistics/row.h).
 * Out: ranges by the methods of the field, and what squared error each of them costs.
 * Knows: int8 and int16 parameters (qparams.h). Nothing here allocates or fails; equal statistics give equal bits, on
 *        every machine: no function of the C library that rounds otherwise elsewhere.
 * Does not know: graphs, which values keep their own range (narrow.h). */
#ifndef OCTET_QUANT_OBSERVE_H
#define OCTET_QUANT_OBSERVE_H

#include "quant/ranges.h"

typedef enum octet_observe_method {
    OCTET_OBSERVE_MINMAX = 0,
    OCTET_OBSERVE_MOVING_AVERAGE,
    OCTET_OBSERVE_PERCENTILE,
    OCTET_OBSERVE_ENTROPY,
    OCTET_OBSERVE_MSE,
    OCTET_OBSERVE_AUTO
} octet_observe_method;

typedef struct octet_observe_options {
    octet_observe_method method;
    double percentile; /* above 50, at most 100: so many percent of the numbers lie within */
    bool is_16_bit;    /* codes of int16, symmetric; else of int8 */
} octet_observe_options;

/* Numbers of which a histogram is known, and between which ends they lie, all finite. */
typedef struct octet_observed {
    const octet_histogram *histogram;
    octet_range ends;
} octet_observed;

/* Mean of the samples' minima, mean of their maxima: ONNX Runtime's MinMaxCalibrater with moving_average. n_samples is
 * at least 1. */
octet_range octet_observe_moving_average(const octet_moments *moments);
/* Half of 100 - percentile of the numbers lies below the range, half above, as in ONNX Runtime's PercentileCalibrater
 * with symmetric=False; linear inside a bin. Zeros count. */
octet_range octet_observe_percentile(octet_observed numbers, double percentile);
/* TensorRT's calibration (Migacz, 8-bit inference with TensorRT, 2017): of the thresholds T of the magnitude, as many
 * bins or more as there are levels, the one whose levels tell least less than the numbers cut at T (Kullback-Leibler
 * divergence): 128 levels as there, 255 where all numbers have one sign, since int8 is asymmetric here. Nine tenths of
 * the numbers lie below T at least. A side that does not reach T keeps its own end. Zeros do not count. The ends
 * themselves for 16 bits, which have more levels than there are bins. */
octet_range octet_observe_entropy(octet_observed numbers, bool is_16_bit);
/* The least octet_observe_error where each end is a 64th, ..., or the whole of what it reaches: both ends by one
 * factor first, then each by its own, twice. */
octet_range octet_observe_mse(octet_observed numbers, bool is_16_bit);

/* Sum over all numbers of (x - what the code of x stands for)^2, where the range is quantized as qparams.h does;
 * numbers are spread evenly over their bin, zeros cost nothing. */
double octet_observe_error(octet_observed numbers, octet_range range, bool is_16_bit);
/* The share of the numbers that lies beyond the range: 0 to 1. */
double octet_observe_clipped(octet_observed numbers, octet_range range);

#endif
