/* octet/report.h - a report as one page.
 * In:  models, data, an evaluation or a verdict, compared layers.
 * Out: a file that needs no network, no framework and, but for changing orders, no JavaScript.
 * Knows: evaluations, verdicts, layers.
 * Does not know: how models are quantized. */
#ifndef OCTET_REPORT_H
#define OCTET_REPORT_H

#include "octet/evaluation.h"
#include "octet/layers.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a report is made of: `model` and `evaluation`; or `model`, the original, `quantized`, `verdict` and, to be seen
 * layer by layer, `layers`. */
typedef struct octet_report {
    size_t size; /* set by the INIT macro */
    const octet_model *model, *quantized;
    const octet_evaluation *evaluation; /* of octet_evaluate of the model */
    const octet_verdict *verdict;       /* of octet_compare of both */
    const octet_layers *layers;         /* of octet_compare_layers of both, or NULL */
    octet_data *data;                   /* that the evaluation or the verdict went over */
    const octet_run_options *run;       /* as in that call; NULL: the defaults */
    const char *output;                 /* path of the quantized file; NULL: its own */
    const char *command;                /* what to type to get this page again, or NULL */
    bool with_times; /* also measures the time of each operator for a second: only then do two reports differ */
} octet_report;
#define OCTET_REPORT_INIT OCTET_INIT_(octet_report)

/* As HTML, below 1 MB whatever the model: what is left out is said; as text and as JSON the same without pictures. Free
 * *out with octet_text_free. Errors: USAGE (parts that do not make a report, CSV), those of reading the data. */
OCTET_API octet_status octet_report_render(octet_context *ctx, const octet_report *report, octet_rendering as,
                                           char **out);
/* The same into a file, complete or not at all: JSON where its name ends in .json, text where it ends in .txt, else
 * HTML. */
OCTET_API octet_status octet_report_write(octet_context *ctx, const octet_report *report, const char *path);

/* What the command prints under --json when it fails. Strings are NULL where nothing is known. */
typedef struct octet_failure {
    size_t size; /* set by the INIT macro */
    octet_status status;
    int exit_code;
    const char *message; /* the sentence */
    const char *command; /* "evaluate" */
    const char *option;  /* "--limit", as it is written out */
    const char *file, *layer;
    const char *value; /* that was given, to the option or in the file */
} octet_failure;
#define OCTET_FAILURE_INIT OCTET_INIT_(octet_failure)

/* As one JSON object. Free *out with octet_text_free. Errors: USAGE, NOMEM. */
OCTET_API octet_status octet_failure_render(octet_context *ctx, const octet_failure *failure, char **out);

#ifdef __cplusplus
}
#endif

#endif
