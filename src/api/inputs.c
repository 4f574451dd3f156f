#include "api/inputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 64, MOST_ELEMENTS = 1 << 16, PIECE = 64, FEWEST = 20 };

/* A sample reaches far if its largest number is so many times what all but one in 50 stay within. */
static const double far = 5.0;

/* What is seen of one input. */
typedef struct look {
    size_t n_elements, row; /* of a sample; of its last dimension */
    float *numbers;
    double *reach, *sorted; /* by sample: the largest magnitude */
    size_t *place;          /* by sample: the element that has it */
} look;

static void look_at(look *l, size_t at, octet_verdict_input *out) {
    for (size_t i = 0; i < l->n_elements; i++) {
        const float number = l->numbers[i];
        if (fabs((double)number) > l->reach[at]) {
            l->reach[at] = fabs((double)number);
            l->place[at] = i;
        }
        if (out->n_columns == 0) continue;
        const size_t c = i % l->row;
        out->min[c] = fminf(out->min[c], number);
        out->max[c] = fmaxf(out->max[c], number);
    }
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void find_outlier(const look *l, const size_t *indices, size_t n, octet_verdict_input *out) {
    size_t most = 0;
    if (n < FEWEST) return;
    for (size_t i = 1; i < n; i++)
        if (l->reach[i] > l->reach[most]) most = i;
    memcpy(l->sorted, l->reach, n * sizeof *l->sorted);
    qsort(l->sorted, n, sizeof *l->sorted, compare);
    const size_t allowed = n / 50 > 1 ? n / 50 : 1;
    const double usual = l->sorted[n - 1 - allowed];
    if (!(usual > 0.0) || !(l->reach[most] > far * usual)) return;
    out->has_outlier = true;
    out->outlier_sample = indices[most];
    out->outlier_column = l->place[most] % l->row;
    out->outlier_reach = l->reach[most];
    out->usual_reach = usual;
}

static octet_status look_at_input(octet_context *ctx, octet_arena *arena, octet_arena *scratch,
                                  const octet_shape *shape, size_t n_elements, octet_samples *samples,
                                  const size_t *indices, size_t n, octet_pool *pool, octet_verdict_input *out) {
    look l = {.n_elements = n_elements};
    const float *table;
    bool is_bytes = false;
    l.row = shape->rank > 1 ? (size_t)shape->dims[shape->rank - 1] : n_elements;
    if (shape->rank >= 2 && shape->rank <= 3 && l.row > 1 && l.row <= MOST_COLUMNS) out->n_columns = l.row;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_elements, &l.numbers));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &l.reach));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &l.sorted));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &l.place));
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_columns, &out->min));
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_columns, &out->max));
    for (size_t c = 0; c < out->n_columns; c++) out->min[c] = INFINITY, out->max[c] = -INFINITY;
    for (size_t first = 0; first < n; first += PIECE) {
        const size_t piece = n - first < PIECE ? n - first : PIECE;
        OCTET_TRY(octet_samples_load(ctx, samples, indices + first, piece, pool));
        for (size_t i = first; i < first + piece; i++) {
            octet_samples_read(samples, indices[i], l.numbers);
            is_bytes = is_bytes || octet_samples_bytes(samples, indices[i], &table) != NULL;
            look_at(&l, i, out);
        }
    }
    if (!is_bytes) find_outlier(&l, indices, n, out);
    return OCTET_OK;
}

octet_status octet_api_look_at_inputs(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                      octet_samples *const *samples, const size_t *indices, size_t n, octet_pool *pool,
                                      octet_verdict_input **out) {
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_inputs, out));
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n_elements = octet_shape_elements(&value->shape) / octet_api_batch(graph);
        if (value->type != OCTET_FLOAT32 || n_elements == 0 || n_elements > MOST_ELEMENTS) continue;
        octet_arena scratch = {0};
        const octet_status status =
            look_at_input(ctx, arena, &scratch, &value->shape, n_elements, samples[i], indices, n, pool, &(*out)[i]);
        octet_arena_free(ctx, &scratch);
        OCTET_TRY(status);
    }
    return OCTET_OK;
}
