#include "report/warnings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Below low_fidelity_db noise is a tenth of the output. A column counts as lost if the original model's numbers vary in
 * it by more than varies_by of the largest; few_numbers in a column tell nothing. */
static const double low_fidelity_db = 20.0, varies_by = 0.1, few_numbers = 10.0;

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
        length += (size_t)(end - c == 1 ? snprintf(text + length, size - length, "%s%zu", comma, c)
                                        : snprintf(text + length, size - length, "%s%zu..%zu", comma, c, end - 1));
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
            ctx, verdict, "%s takes one value for all samples in the quantized model%s%s",
            verdict->outputs[output].name,
            octet_verdict_finer_mode(verdict, " or --mode ")[0] != '\0' ? ": try more calibration samples" : "",
            octet_verdict_finer_mode(verdict, " or --mode "));
        return OCTET_OK;
    }
    OCTET_VERDICT_WARN(ctx, verdict,
                       "%s: column%s %s take%s one value in the quantized model, since the scale is that of wider "
                       "columns: give the narrow ones an output of their own or scale them inside the model%s",
                       verdict->outputs[output].name, n == 1 ? "" : "s", columns, n == 1 ? "s" : "",
                       octet_verdict_finer_mode(verdict, " or --mode "));
    return OCTET_OK;
}

octet_status octet_verdict_warn_of_outputs(octet_context *ctx, octet_verdict *verdict) {
    bool lost = false;
    for (uint32_t i = 0; i < verdict->n_distances; i++) OCTET_TRY(warn_of_columns(ctx, verdict, i, &lost));
    if (lost || !(verdict->signal_to_noise_db < low_fidelity_db)) return OCTET_OK;
    OCTET_VERDICT_WARN(ctx, verdict,
                       "the fidelity of %s is %.1f dB, below %.0f dB: its noise is %.0f %% of its numbers; try more "
                       "calibration samples%s",
                       verdict->n_outputs > 1 ? verdict->outputs[verdict->worst].name : "the output",
                       verdict->signal_to_noise_db, low_fidelity_db,
                       100.0 * pow(10.0, -verdict->signal_to_noise_db / 20.0),
                       octet_verdict_finer_mode(verdict, " or --mode "));
    return OCTET_OK;
}
