/* api/recover.h - gets lost accuracy back while a model is quantized.
 * In:  a canonical float graph, its statistics, how it is quantized, samples.
 * Out: a graph and statistics of it to quantize instead.
 * Knows: src/recover, data.
 * Does not know: files. */
#ifndef OCTET_API_RECOVER_H
#define OCTET_API_RECOVER_H

#include "api/calibrate.h"
#include "recover/outcome.h"

typedef enum octet_recovery {
    OCTET_RECOVER_NONE = 0,
    OCTET_RECOVER_FAST, /* bias correction */
    OCTET_RECOVER_FULL, /* all steps, each judged */
    OCTET_RECOVER_AUTO  /* the first of these that meets an aim (aim.c) */
} octet_recovery;

/* Whether the options let layers move to other numbers (recover/islands.h). */
static inline bool octet_api_moves_layers(const octet_conversion *options) {
    return options->max_float_layers > 0 || options->max_int16_layers > 0;
}

/* how: NONE where layers are to move, FAST or FULL. model: that the graph is of. ladder: filled where steps were
 * judged. *out and *out_statistics are the caller's. Errors: those of reading the data and of src/recover; DATA for
 * fewer samples than the model's batch. */
octet_status octet_api_recover(octet_context *ctx, octet_recovery how, const octet_model *model,
                               const octet_graph *graph, const octet_statistics *statistics,
                               const octet_quantize_options *quantize, octet_data *data,
                               const octet_conversion *options, octet_ladder *ladder, octet_graph **out,
                               octet_statistics **out_statistics);

/* Whether what options->recover names can be done with the model. has_samples: for calibration. Errors: USAGE, with a
 * reason. */
octet_status octet_api_check_recovery(octet_context *ctx, const octet_model *model, const octet_conversion *options,
                                      bool has_samples);

#endif
