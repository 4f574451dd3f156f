/* octet/layers.h - where a quantized model loses accuracy: layer by layer against the float model.
 * In:  two models of one network, data.
 * Out: figures and a cause for each layer, samples whose answer flipped, reports.
 * Knows: models, data.
 * Does not know: how models are quantized. */
#ifndef OCTET_LAYERS_H
#define OCTET_LAYERS_H

#include "octet/run.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct octet_layers octet_layers;

/* Runs both models over the same samples and compares every value of the quantized one with the value of the float one
 * that it stands for (by name, then by structure), whatever converter wrote the file. The figures do not depend on the
 * number of threads. options may be NULL. Errors: USAGE (the original is quantized, the other one is not), DATA (they
 * are not of one network), those of octet_evaluate. */
OCTET_API octet_status octet_compare_layers(octet_context *ctx, const octet_model *original,
                                            const octet_model *quantized, octet_data *data,
                                            const octet_run_options *options, octet_layers **out);
OCTET_API void octet_layers_destroy(octet_context *ctx, octet_layers *layers);

/* f: a number that the float model computed; q: what the quantized model has for it; e = q - f. A step is the scale.
 * Energies and means go over all samples and elements. dB: 10 log10(energy of f / energy of the error), infinite where
 * there is no error. Pointers belong to the layers. */
typedef struct octet_layer_figures {
    size_t size;             /* set by the INIT macro */
    const char *layer;       /* of the float model, as its user named it */
    const char *op_name;     /* operator of the quantized model, "CONV_2D"; "INPUT" for an input */
    const char *tensor_name; /* of the quantized model */
    const char *float_name;  /* of the value that it is compared with */
    uint32_t tensor_index;   /* octet_model_tensor of the quantized model */
    const char *type;        /* "int8", "float32", ... */
    uint64_t n_elements;     /* of a run */
    bool has_scale;          /* false: a value that stays float; then scale, steps, codes and ranges are 0 */
    double scale;
    int32_t zero_point;
    double sqnr_db, cosine;
    bool has_added;      /* the float operators of the layer could be run on what the quantized one read */
    double added_db;     /* error against what they gave: what this layer adds; NaN if not known */
    double inherited_db; /* error of what they gave against f: what it inherits; NaN if not known */
    double mean_error, stddev, mean_squared_error, max_abs_error;                         /* of e, as real numbers */
    double added_mean_error, added_stddev, added_mean_squared_error, added_max_abs_error; /* NaN if not known */
    double low_share, high_share; /* 0..1: elements at the least and at the greatest code */
    double unused_share;          /* 0..1: codes that never occur */
    double cut_share;             /* 0..1: elements whose f lies more than 1.5 steps beyond the range */
    double range_min, range_max;  /* that the codes cover: what calibration chose */
    double float_min, float_max;  /* that f held */
    const char *cause;            /* "inherited", "ceiling", "cut", "shift", "shared scale", "outlier", "weights",
                                     "coarse", "operator" or "none" */
    const char *why;              /* the cause in a sentence; "" for none */
} octet_layer_figures;
#define OCTET_LAYER_FIGURES_INIT OCTET_INIT_(octet_layer_figures)

/* Rows stand in the order in which the quantized model computes them, inputs first. */
OCTET_API uint32_t octet_layers_n_rows(const octet_layers *layers);
/* index must be below octet_layers_n_rows; *out must come from OCTET_LAYER_FIGURES_INIT. */
OCTET_API void octet_layers_row(const octet_layers *layers, uint32_t index, octet_layer_figures *out);
/* The row that adds the rank-th most error, from 0. rank must be below octet_layers_n_rows. */
OCTET_API uint32_t octet_layers_worst(const octet_layers *layers, uint32_t rank);
/* The first row that collapses: below 10 dB, or below 20 dB and 10 dB below what its operator reads, most of it added;
 * octet_layers_n_rows: none does. */
OCTET_API uint32_t octet_layers_first_collapse(const octet_layers *layers);

/* A sample to which the two models give different classes; without classes there are none. */
typedef struct octet_flipped_sample {
    size_t size; /* set by the INIT macro */
    uint64_t sample;
    int32_t before, after; /* class that the float and the quantized model gave it */
    int32_t label;         /* -1: not known */
} octet_flipped_sample;
#define OCTET_FLIPPED_SAMPLE_INIT OCTET_INIT_(octet_flipped_sample)

OCTET_API uint64_t octet_layers_n_flipped(const octet_layers *layers);
/* In the order of the samples; index must be below octet_layers_n_flipped. */
OCTET_API void octet_layers_flipped(const octet_layers *layers, uint64_t index, octet_flipped_sample *out);

/* The report: text of one screen, with_all also every row and sample; JSON has all in any case. CSV has a row per layer
 * with the columns of TensorFlow's QuantizationDebugger first, under its names: the errors there are the added ones. */
OCTET_API octet_status octet_layers_render(octet_context *ctx, const octet_layers *layers, bool with_all,
                                           octet_rendering as, char **out);

#ifdef __cplusplus
}
#endif

#endif
