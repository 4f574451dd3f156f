#include "report/warnings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/format.h"

/* A column counts as lost if the original model's numbers vary in
 * it by more than varies_by of the largest; few_numbers in a column tell nothing. */
static const double varies_by = 0.1, few_numbers = 10.0;
/* Narrow columns of an input count below good_fidelity_db. */
static const double good_fidelity_db = 30.0, least_input_steps = 4.0;

octet_warning_list octet_verdict_warnings(octet_verdict *verdict) {
    return (octet_warning_list){&verdict->arena,      verdict->warnings,  verdict->warning_names,
                                &verdict->n_warnings, OCTET_MAX_WARNINGS, verdict->silenced};
}

const char *octet_verdict_finer_mode(const octet_verdict *verdict, const char *before) {
    static const struct {
        const char *type, *before, *text;
    } modes[] = {
        {"int8", " or --mode ", " or --mode int16x8"},    {"int8", ", --mode ", ", --mode int16x8"},
        {"int16x8", " or --mode ", " or --mode dynamic"}, {"int16x8", ", --mode ", ", --mode dynamic"},
        {"dynamic", " or --mode ", " or --mode float16"}, {"dynamic", ", --mode ", ", --mode float16"},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(verdict->after.type, modes[i].type) == 0 && strcmp(before, modes[i].before) == 0)
            return modes[i].text;
    return "";
}

const char *octet_verdict_remedy(const octet_verdict *v) {
    const bool calibrated = v->calibration.given;
    if (v->is_explained) return "the columns named above are why";
    if (strcmp(v->after.type, "int8") == 0)
        return calibrated ? "try more calibration samples or --mode int16x8" : "try --recover full or --mode int16x8";
    if (strcmp(v->after.type, "int16x8") == 0)
        return calibrated ? "try more calibration samples or --mode dynamic" : "try --mode dynamic";
    return strcmp(v->after.type, "dynamic") == 0 ? "try --mode float16" : "try --mode float32";
}

enum { COLUMN_TEXT_SIZE = 32 };

/* "3", or "'petal_width'" of a CSV. */
static const char *column_text(const octet_report_port *port, size_t column, char text[COLUMN_TEXT_SIZE]) {
    if (port->columns != NULL) octet_format(text, COLUMN_TEXT_SIZE, "'%.28s'", port->columns[column]);
    else octet_format(text, COLUMN_TEXT_SIZE, "%zu", column);
    return text;
}

static octet_status warn_of_input(octet_context *ctx, octet_verdict *verdict, uint32_t input) {
    const octet_verdict_input *seen = &verdict->seen[input];
    const octet_report_port *port = &verdict->inputs[input];
    double low = 0.0, high = 0.0;
    char text[160], name[COLUMN_TEXT_SIZE];
    size_t n = 0, length = 0;
    for (size_t c = 0; c < seen->n_columns; c++) {
        low = fmin(low, (double)seen->min[c]);
        high = fmax(high, (double)seen->max[c]);
    }
    const double steps = strcmp(verdict->after.type, "int16x8") == 0 ? 65535.0 : 255.0;
    const double step = port->quantized ? (double)port->scale : (high - low) / steps;
    for (size_t c = 0; c < seen->n_columns; c++) {
        const double width = (double)seen->max[c] - (double)seen->min[c];
        if (!(width > 0.0) || width >= least_input_steps * step) continue;
        if (length + 64 < sizeof text)
            length += (size_t)octet_format(text + length, sizeof text - length, "%s%s (%.4g..%.4g)", n > 0 ? ", " : "",
                                           column_text(port, c, name), (double)seen->min[c], (double)seen->max[c]);
        n++;
    }
    if (n == 0) return OCTET_OK;
    verdict->is_explained = true;
    const bool leaves_float = port->own_layer != NULL && strcmp(verdict->after.type, "int8") == 0 && port->quantized;
    OCTET_VERDICT_WARN(ctx, verdict, OCTET_WARNING_NARROW_COLUMNS,
                       "input %s: column%s %s span%s less than %.0f steps of the scale that holds all columns (%.4g a "
                       "step): give the model normalized columns%s%s%s",
                       port->name, n == 1 ? "" : "s", text, n == 1 ? "s" : "", least_input_steps, step,
                       leaves_float ? ", or take --input-type float32, which leaves " : "",
                       leaves_float ? port->own_layer : "", leaves_float ? " in float" : "");
    return OCTET_OK;
}

octet_status octet_verdict_warn_of_inputs(octet_context *ctx, octet_verdict *verdict) {
    const bool is_integer = strcmp(verdict->after.type, "int8") == 0 || strcmp(verdict->after.type, "int16x8") == 0;
    if (verdict->seen == NULL || !is_integer || !(verdict->signal_to_noise_db < good_fidelity_db)) return OCTET_OK;
    for (uint32_t i = 0; i < verdict->n_inputs; i++) OCTET_TRY(warn_of_input(ctx, verdict, i));
    return OCTET_OK;
}

octet_status octet_verdict_warn_of_outliers(octet_context *ctx, octet_verdict *verdict, bool *found) {
    for (uint32_t i = 0; verdict->seen != NULL && i < verdict->n_inputs; i++) {
        const octet_verdict_input *seen = &verdict->seen[i];
        char name[COLUMN_TEXT_SIZE];
        if (!seen->has_outlier) continue;
        *found = true;
        OCTET_VERDICT_WARN(ctx, verdict, OCTET_WARNING_OUTLIER,
                           "calibration sample %zu (from 0) reaches %.4g in column %s of input %s, the others only "
                           "%.4g: it alone sets the scale; leave it out (--indices) or clip it",
                           seen->outlier_sample, seen->outlier_reach,
                           column_text(&verdict->inputs[i], seen->outlier_column, name), verdict->inputs[i].name,
                           seen->usual_reach);
    }
    return OCTET_OK;
}

static bool is_lost(const octet_verdict_column *column) {
    const double low = (double)column->min[0], high = (double)column->max[0];
    return column->min[1] == column->max[1] && high - low > varies_by * fmax(fabs(low), fabs(high));
}

/* "column 3" or "columns 4..5, 7" of those that are lost; returns their number. */
static size_t list_lost(const octet_verdict_distance *d, char *text, size_t size) {
    size_t n = 0, length = 0;
    text[0] = '\0';
    for (size_t c = 0; c < d->n_columns; c++) {
        size_t end = c;
        while (end < d->n_columns && is_lost(&d->columns[end])) end++;
        if (end == c) continue;
        n += end - c;
        const char *comma = length > 0 ? ", " : "";
        if (length + 48 > size) continue;
        length += (size_t)(end - c == 1 ? octet_format(text + length, size - length, "%s%zu", comma, c)
                                        : octet_format(text + length, size - length, "%s%zu..%zu", comma, c, end - 1));
        c = end;
    }
    return n;
}

/* Whether a warning says already that this output joins parts far apart. */
static bool is_said(const octet_verdict *verdict, const char *output) {
    const size_t length = strlen(output);
    for (uint32_t i = 0; i < verdict->n_warnings; i++)
        if (strncmp(verdict->warnings[i], output, length) == 0 &&
            strncmp(verdict->warnings[i] + length, " joins ", 7) == 0)
            return true;
    return false;
}

static octet_status warn_of_columns(octet_context *ctx, octet_verdict *verdict, uint32_t output, bool *lost) {
    const octet_verdict_distance *d = &verdict->distances[output];
    char columns[160];
    if (is_said(verdict, verdict->outputs[output].name)) return OCTET_OK;
    if (d->are_shares || d->n_columns == 0 || d->n_numbers < few_numbers * (double)d->n_columns) return OCTET_OK;
    const size_t n = list_lost(d, columns, sizeof columns);
    if (n == 0) return OCTET_OK;
    *lost = true;
    if (n == d->n_columns) {
        OCTET_VERDICT_WARN(
            ctx, verdict, OCTET_WARNING_LOST_COLUMNS, "%s takes one value for all samples in the quantized model%s%s",
            verdict->outputs[output].name,
            octet_verdict_finer_mode(verdict, " or --mode ")[0] != '\0' ? ": try more calibration samples" : "",
            octet_verdict_finer_mode(verdict, " or --mode "));
        return OCTET_OK;
    }
    OCTET_VERDICT_WARN(ctx, verdict, OCTET_WARNING_LOST_COLUMNS,
                       "%s: column%s %s take%s one value in the quantized model, since the scale is that of wider "
                       "columns: give the narrow ones an output of their own or scale them inside the model%s",
                       verdict->outputs[output].name, n == 1 ? "" : "s", columns, n == 1 ? "s" : "",
                       octet_verdict_finer_mode(verdict, " or --mode "));
    return OCTET_OK;
}

octet_status octet_verdict_warn_of_outputs(octet_context *ctx, octet_verdict *verdict) {
    bool lost = false;
    for (uint32_t i = 0; i < verdict->n_distances; i++) OCTET_TRY(warn_of_columns(ctx, verdict, i, &lost));
    if (lost || !octet_verdict_is_noisy(verdict)) return OCTET_OK;
    OCTET_VERDICT_WARN(ctx, verdict, OCTET_WARNING_FIDELITY,
                       "the fidelity of %s is %.1f dB, below %.0f dB: its noise is %.0f %% of its numbers; %s",
                       verdict->n_outputs > 1 ? verdict->outputs[verdict->worst].name : "the output",
                       verdict->signal_to_noise_db, OCTET_VERDICT_LOW_FIDELITY_DB,
                       100.0 * pow(10.0, -verdict->signal_to_noise_db / 20.0), octet_verdict_remedy(verdict));
    return OCTET_OK;
}
