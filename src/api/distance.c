#include "api/distance.h"

#include <math.h>

#include "exec/convert.h"

/* Wider outputs are not looked at column by column. */
enum { MOST_COLUMNS = 4096 };

typedef struct output_distance {
    uint32_t values[2]; /* in the original, in the quantized model */
    size_t n, n_columns;
    double *max_difference, *square_difference, *square; /* by sample */
    octet_verdict_column *columns;                       /* [thread][column] */
} output_distance;

struct octet_distances {
    const octet_graph *const *graphs;
    uint32_t n_outputs, n_threads;
    size_t n_samples, most; /* elements of the largest output */
    output_distance *outputs;
    float *numbers; /* [thread][model][most] */
};

static const octet_verdict_column no_column = {.min = {INFINITY, INFINITY}, .max = {-INFINITY, -INFINITY}};

static octet_status open_output(octet_context *ctx, octet_arena *arena, const octet_distances *d, size_t n,
                                const octet_shape *shape, output_distance *out) {
    const size_t row = shape->rank > 1 ? (size_t)shape->dims[shape->rank - 1] : n;
    out->n = n;
    out->n_columns = row <= MOST_COLUMNS ? row : 0;
    OCTET_TRY(OCTET_NEW(ctx, arena, d->n_samples, &out->max_difference));
    OCTET_TRY(OCTET_NEW(ctx, arena, d->n_samples, &out->square_difference));
    OCTET_TRY(OCTET_NEW(ctx, arena, d->n_samples, &out->square));
    OCTET_TRY(OCTET_NEW(ctx, arena, d->n_threads * out->n_columns, &out->columns));
    for (size_t i = 0; i < d->n_threads * out->n_columns; i++) out->columns[i] = no_column;
    return OCTET_OK;
}

octet_status octet_distances_create(octet_context *ctx, octet_arena *arena, const octet_graph *const *graphs,
                                    uint32_t batch, uint32_t n_threads, size_t n_samples, octet_distances **out) {
    octet_distances *d;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &d));
    *d = (octet_distances){.graphs = graphs, .n_threads = n_threads, .n_samples = n_samples};
    OCTET_TRY(OCTET_NEW(ctx, arena, graphs[0]->n_outputs, &d->outputs));
    for (uint32_t i = 0; i < graphs[0]->n_outputs && i < graphs[1]->n_outputs; i++) {
        output_distance *output = &d->outputs[i];
        size_t n[2];
        for (int m = 0; m < 2; m++) {
            output->values[m] = graphs[m]->outputs[i].value;
            n[m] = octet_shape_elements(&graphs[m]->values[output->values[m]].shape) / batch;
        }
        if (n[0] != n[1] || n[0] == 0) break;
        OCTET_TRY(open_output(ctx, arena, d, n[0], &graphs[0]->values[output->values[0]].shape, output));
        if (n[0] > d->most) d->most = n[0];
        d->n_outputs++;
    }
    *out = d;
    return OCTET_NEW(ctx, arena, 2 * n_threads * d->most, &d->numbers);
}

static void widen(octet_verdict_column *column, int model, float number) {
    if (number < column->min[model]) column->min[model] = number;
    if (number > column->max[model]) column->max[model] = number;
}

void octet_distances_add(octet_distances *d, uint32_t thread, size_t at, uint32_t slot, octet_runner *const *runners) {
    float *numbers = d->numbers + 2 * thread * d->most;
    for (uint32_t k = 0; k < d->n_outputs; k++) {
        const output_distance *output = &d->outputs[k];
        octet_verdict_column *columns = output->columns + thread * output->n_columns;
        double most = 0.0, square_difference = 0.0, square = 0.0;
        for (int m = 0; m < 2; m++) {
            const octet_value *value = &d->graphs[m]->values[output->values[m]];
            const uint8_t *data = octet_runner_value(runners[m], output->values[m]);
            octet_convert_to_real(value, data + slot * output->n * octet_type_size(value->type), output->n,
                                  numbers + (size_t)m * d->most);
        }
        for (size_t i = 0, c = 0; i < output->n; i++, c++) {
            const double original = (double)numbers[i], difference = (double)numbers[d->most + i] - original;
            most = fmax(most, fabs(difference));
            square_difference += difference * difference;
            square += original * original;
            if (output->n_columns == 0) continue;
            if (c == output->n_columns) c = 0;
            for (int m = 0; m < 2; m++) widen(&columns[c], m, numbers[(size_t)m * d->most + i]);
        }
        output->max_difference[at] = most;
        output->square_difference[at] = square_difference;
        output->square[at] = square;
    }
}

octet_status octet_distances_sum(octet_context *ctx, octet_arena *arena, const octet_distances *d,
                                 octet_verdict_distance **out, uint32_t *n) {
    OCTET_TRY(OCTET_NEW(ctx, arena, d->n_outputs, out));
    *n = d->n_outputs;
    for (uint32_t k = 0; k < d->n_outputs; k++) {
        const output_distance *from = &d->outputs[k];
        octet_verdict_distance *to = &(*out)[k];
        for (size_t i = 0; i < d->n_samples; i++) {
            to->max_difference = fmax(to->max_difference, from->max_difference[i]);
            to->mean_square_difference += from->square_difference[i];
            to->mean_square += from->square[i];
        }
        const double n_numbers = (double)d->n_samples * (double)from->n;
        to->mean_square_difference /= n_numbers;
        to->mean_square /= n_numbers;
        to->n_numbers = n_numbers;
        to->n_columns = from->n_columns;
        OCTET_TRY(OCTET_NEW(ctx, arena, from->n_columns, &to->columns));
        for (size_t c = 0; c < from->n_columns; c++) {
            to->columns[c] = no_column;
            for (uint32_t t = 0; t < d->n_threads; t++) {
                const octet_verdict_column *column = &from->columns[t * from->n_columns + c];
                for (int m = 0; m < 2; m++) {
                    if (column->min[m] > column->max[m]) continue; /* a thread that had no sample */
                    widen(&to->columns[c], m, column->min[m]);
                    widen(&to->columns[c], m, column->max[m]);
                }
            }
        }
    }
    return OCTET_OK;
}
