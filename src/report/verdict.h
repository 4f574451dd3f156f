/* report/verdict.h - what quantization cost: two evaluations side by side.
 * In:  the evaluations of the original and the quantized model, and what was measured beside them.
 * Out: a table, JSON, and warnings about what looks wrong.
 * Knows: which figures usually mean a mistake.
 * Does not know: models, files, how anything was computed. */
#ifndef OCTET_REPORT_VERDICT_H
#define OCTET_REPORT_VERDICT_H

#include "layers/islands.h"
#include "report/data_checks.h"
#include "report/evaluation.h"
#include "report/ladder.h"
#include "report/ports.h"
#include "report/support.h"

/* What the calibration samples held for an input. */
typedef struct octet_verdict_input {
    size_t n_columns; /* of the last dimension; 0: not looked at */
    float *min, *max; /* by column */
    bool has_outlier; /* one sample reaches far beyond all but one in 50: */
    size_t outlier_sample, outlier_column;
    double outlier_reach, usual_reach; /* largest magnitudes: of that sample; of the others */
} octet_verdict_input;

typedef struct octet_verdict_calibration {
    bool given;
    uint64_t n_samples, n_distinct;
    double raw_min, raw_max, min, max;
    double late_growth;
    const char *late_layer;
    uint64_t time_ns;
    double last_tenth; /* as octet_calibration_facts has it, with the next */
    uint64_t n_enough;
    const char *method; /* that chose the ranges; "" where it is not known */
    double clipped;     /* share of all numbers beyond them; below 0: not known */
    uint64_t statistics_bytes;
} octet_verdict_calibration;

typedef struct octet_verdict_side {
    octet_evaluation *evaluation; /* owned */
    const char *type;             /* "float32", "int8", ... heads the column */
    size_t size_bytes;            /* as .tflite */
} octet_verdict_side;

/* What a column of an output held over all samples: in the original model, in the quantized one. */
typedef struct octet_verdict_column {
    float min[2], max[2];
} octet_verdict_column;

/* Quantized against original, over all samples and elements of one output. */
typedef struct octet_verdict_distance {
    double max_difference, mean_square_difference, mean_square;
    double n_numbers; /* samples times elements */
    bool are_shares;  /* a softmax or a sigmoid: small shares may vanish */
    size_t n_columns; /* of the last dimension; 0: not looked at */
    octet_verdict_column *columns;
} octet_verdict_distance;

enum { OCTET_MAX_WARNINGS = 20 };

typedef struct octet_verdict {
    octet_arena arena;
    octet_verdict_side before, after;
    octet_report_port *inputs, *outputs;
    uint32_t n_inputs, n_outputs;
    octet_verdict_calibration calibration;
    octet_attempt *attempts; /* until an aim was met */
    uint32_t n_attempts;
    octet_island_list islands;       /* of the quantized model */
    octet_ladder ladder;             /* no rows: the quantized model was made without judged recovery */
    const octet_support *support;    /* by the target that the quantized model is for, or NULL */
    const octet_verdict_input *seen; /* by input, or NULL; read by octet_verdict_finish */
    const octet_data_checks *checks; /* or NULL; the same */
    uint32_t silenced;               /* warnings that are left out; octet_warnings_read */
    bool is_explained;               /* a warning has named the columns that low fidelity comes from */
    bool preprocess_given;
    bool takes_counts; /* the original model takes integers as they are: 0..255 is no sign of missing scaling */
    const char *collapsed_layer;       /* first layer whose quantized outputs are all one value; or NULL */
    octet_verdict_distance *distances; /* by output */
    uint32_t n_distances;
    /* Filled by octet_verdict_finish. */
    uint32_t worst; /* output with the lowest signal-to-noise ratio; the following are its */
    double max_difference, mean_square_difference, mean_square;
    uint64_t n_agree;
    double agreement;   /* n_agree as a part of all samples */
    double drop_points; /* of accuracy, in percent; without labels: of agreement; NaN when neither means anything */
    double signal_to_noise_db; /* infinite when the outputs are equal */
    double size_ratio;         /* original to quantized */
    const char *warnings[OCTET_MAX_WARNINGS], *warning_names[OCTET_MAX_WARNINGS];
    uint32_t n_warnings;
    const char *suggestion; /* that of the warnings which says what a recovery would give; or NULL */
} octet_verdict;

/* Frees the verdict and both evaluations; NULL is allowed. */
void octet_verdict_free(octet_context *ctx, octet_verdict *verdict);
/* Counts agreement and words the warnings; both evaluations are finished. */
octet_status octet_verdict_finish(octet_context *ctx, octet_verdict *verdict);

/* A fidelity below 20 dB, or an accuracy that fell by more than 2 points. Of a finished verdict. */
bool octet_verdict_is_poor(const octet_verdict *verdict);

/* Whether the fidelity is low, by numbers that can be compared: without NaN. */
bool octet_verdict_is_noisy(const octet_verdict *verdict);

/* Signal to noise of one output; infinite when nothing differs, minus infinity where a model gives NaN. */
double octet_verdict_fidelity_db(const octet_verdict_distance *distance);

/* path: of the quantized file, or NULL. */
octet_status octet_verdict_write_text(octet_context *ctx, const octet_verdict *verdict, const char *path,
                                      octet_buffer *out);
octet_status octet_verdict_write_json(octet_context *ctx, const octet_verdict *verdict, const char *path,
                                      octet_buffer *out);

#endif
