/* layers/table.h - the layers of a quantized model beside those of the float model, in figures.
 * In:  what was measured (measure.h), pairs.
 * Out: a row per layer, what has no partner, samples whose answer flipped.
 * Knows: decibels; which figures make a collapse.
 * Does not know: how the models were run, how the table is shown. */
#ifndef OCTET_LAYERS_TABLE_H
#define OCTET_LAYERS_TABLE_H

#include "layers/islands.h"
#include "layers/measure.h"

/* Why a layer loses accuracy (cause.h). */
typedef enum octet_cause {
    OCTET_CAUSE_NONE,      /* there is no error to speak of, or no rule holds */
    OCTET_CAUSE_INHERITED, /* it comes from the layers before */
    OCTET_CAUSE_CEILING,   /* codes of SOFTMAX and the like have a fixed width */
    OCTET_CAUSE_CUT,       /* the range that calibration chose is too narrow */
    OCTET_CAUSE_SHIFT,     /* rounded weights shift the mean of channels */
    OCTET_CAUSE_SHARED,    /* the scale is that of another, wider value */
    OCTET_CAUSE_OUTLIER,   /* one channel needs a much wider range than the others */
    OCTET_CAUSE_WEIGHTS,   /* rounding of weights */
    OCTET_CAUSE_COARSE,    /* rounding of the result */
    OCTET_CAUSE_OPERATOR,  /* what the quantized operator computes */
    OCTET_N_CAUSES
} octet_cause;

/* As real numbers, over all elements of all runs. */
typedef struct octet_error_figures {
    double mean, deviation, mean_square, largest; /* deviation: standard; largest: of the magnitudes */
} octet_error_figures;

/* The weights of an operator as the quantized graph has them. */
typedef struct octet_layer_weights {
    const uint64_t
        *bins; /* OCTET_MEASURE_INNER_BINS from the least to the greatest code; NULL: not of 8 bits, or none */
    uint64_t n_elements, n_at_ends; /* at the codes farthest from the zero point */
    uint32_t n_scales;
    double least_scale, greatest_scale;
    double low, high; /* least and greatest weight, as real numbers */
} octet_layer_weights;

typedef struct octet_layer_row {
    const char *layer;                 /* of the float model */
    const char *op, *tensor, *partner; /* kind of the operator ("INPUT" for an input); names of the two values */
    const char *type;                  /* of the quantized value */
    octet_operator_code code;          /* of the operator; OCTET_N_OPERATORS for an input */
    uint32_t value;                    /* in the quantized graph */
    uint32_t producer;                 /* operator there, or OCTET_NONE */
    uint64_t n_elements;               /* of a run */
    bool has_step, has_added, has_weights;
    bool is_rescaled; /* its channels have other sizes than those of f (gains.h), which is multiplied alike */
    double scale;
    int32_t zero_point;
    /* Of all runs. dB: 10 log10 of the energy of f over that of the error; infinite where there is no error. */
    double sqnr_db, added_db, inherited_db;
    double cosine;                      /* of the angle between f and q; NaN where one is all zeros */
    double added_share;                 /* of added and inherited energy, 0..1; NaN where both are 0, or unknown */
    octet_error_figures error, added;   /* of e and of a; those of a are NaN where it is not known */
    double low_share, high_share;       /* of elements at the ends of the codes, 0..1 */
    double unused_share;                /* of codes */
    double cut_share, cut_energy_share; /* of elements beyond the range; of the energy of e */
    double low, high;                   /* the range that the quantized value can hold */
    double min, max;                    /* what f held */
    uint64_t n_not_finite;
    double shift_share; /* of the added energy (else of all of it) in the means of channels, 0..1, less chance */
    double shift_steps; /* root of the mean square of the means of channels, in steps */
    double shift_left;  /* energy in the means of all error over that in the means of what is added: small where a bias
                           has taken the shift back */
    uint32_t outlier_channel;
    double outlier_ratio;    /* reach of this channel over the median of all; 0: not by channel */
    const char *shared_with; /* layer whose scale this one has to have; NULL: its scale is its own */
    double signal_rms;       /* root of the mean square of f */
    const uint64_t *bins;    /* of f (measure.h), or NULL */
    octet_layer_weights weights;
    octet_cause cause;
    const char *why; /* the cause in a sentence; never NULL */
} octet_layer_row;

typedef struct octet_flip {
    uint64_t sample;
    int32_t before, after; /* classes */
    int32_t label;         /* -1: none */
} octet_flip;

typedef struct octet_unpaired {
    const char *layer, *op, *tensor;
    bool is_quantized; /* of the quantized graph, or of the float one */
} octet_unpaired;

typedef struct octet_layers {
    octet_arena arena;                /* holds this struct too */
    const char *original, *quantized; /* paths */
    const char *split;                /* "test", "training" or "all" */
    uint64_t n_samples;
    octet_layer_row *rows; /* in the order of the quantized operators, inputs first */
    uint32_t n_rows;
    uint32_t *worst;           /* n_rows: numbers of rows, that which adds most first; rows without figures last */
    uint32_t first_collapse;   /* row, or n_rows */
    const char *collapse;      /* in words; NULL without */
    uint32_t output;           /* row of the first output, or n_rows */
    octet_island_list islands; /* of the quantized model */
    octet_unpaired *unpaired;
    uint32_t n_unpaired;
    bool has_answers, has_accuracy;
    double accuracy_before, accuracy_after;
    octet_flip *flips;
    uint64_t n_flips;
    const char **class_names; /* or NULL */
    int32_t n_classes;
} octet_layers;

/* A layer collapses where its SQNR is below 10 dB (a tenth of the energy is error); or where it is below 20 dB, 10 dB
 * below the worst value that it reads, and adds at least half of its error: a SOFTMAX may turn small differences into
 * large ones without adding any. */
#define OCTET_COLLAPSE_DB 10.0
#define OCTET_COLLAPSE_BELOW_DB 20.0
#define OCTET_COLLAPSE_FALL_DB 10.0

/* From here on there is nothing to explain: numbers that differ in the last bits of a float. */
#define OCTET_FAITHFUL_DB 80.0

/* Fills the figures of a row. sums: octet_layer_measured_n_sums, over all runs. has_added of the row is set before. In
 * `arena` is scratch. Errors: NOMEM. */
octet_status octet_layer_row_fill(octet_context *ctx, octet_arena *scratch, const octet_layer_measured *measured,
                                  const octet_layer_measure *measure, const double *sums, octet_layer_row *row);
/* What a row is ordered by: the SQNR of what it adds; of all of its error where that is not known. */
double octet_layer_row_worth(const octet_layer_row *row);
/* Order of `worst`, and the first collapse. The causes are known already. Errors: NOMEM. */
octet_status octet_layers_finish(octet_context *ctx, octet_layers *layers, const octet_graph *quantized);
void octet_layers_free(octet_context *ctx, octet_layers *layers); /* NULL is allowed */

#endif
