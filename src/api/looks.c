#include "api/looks.h"

#include <math.h>

enum { MOST_LOOKED = 64, LEAST_NUMBERS = 16, LEAST_SIDE = 8, MOST_CHANNELS = 4, MOST_ELEMENTS = 1 << 16, PIECE = 64 };

static const double uncorrelated = 0.1, chance = 3.0, mostly_equal = 0.5;

/* ---- Odd samples ---- */

/* A sample as rows of places of channels; height 0: it is no picture. */
typedef struct picture {
    size_t height, width, n_channels;
} picture;

static picture picture_of(const octet_shape *shape) {
    const int32_t *d = shape->dims;
    if (shape->rank == 3 && d[1] >= LEAST_SIDE && d[2] >= LEAST_SIDE) return (picture){(size_t)d[1], (size_t)d[2], 1};
    if (shape->rank == 4 && d[1] >= LEAST_SIDE && d[2] >= LEAST_SIDE && d[3] <= MOST_CHANNELS)
        return (picture){(size_t)d[1], (size_t)d[2], (size_t)d[3]};
    return (picture){0};
}

/* Of every number of a channel with the next one to the right or down; 1 for one number all over. */
static double correlation(const float *x, const picture *p, size_t channel, bool is_down, double mean) {
    double products = 0.0, squares = 0.0, n = 0.0, all = 0.0;
    for (size_t r = 0; r < p->height; r++) {
        for (size_t c = 0; c < p->width; c++) {
            const double here = (double)x[(r * p->width + c) * p->n_channels + channel] - mean;
            squares += here * here;
            all += 1.0;
            if (is_down ? r + 1 == p->height : c + 1 == p->width) continue;
            const size_t next = is_down ? (r + 1) * p->width + c : r * p->width + c + 1;
            products += here * ((double)x[next * p->n_channels + channel] - mean);
            n += 1.0;
        }
    }
    return squares > 0.0 ? products / n / (squares / all) : 1.0;
}

static bool is_noise(const float *x, const picture *p) {
    const size_t n = p->height * p->width;
    size_t n_equal = 0;
    if (p->height == 0) return false;
    const double most = fmax(uncorrelated, chance / sqrt((double)n));
    for (size_t i = 0; i + p->n_channels < n * p->n_channels; i++) n_equal += x[i] == x[i + p->n_channels];
    if ((double)n_equal > mostly_equal * (double)(n * p->n_channels)) return false;
    for (size_t channel = 0; channel < p->n_channels; channel++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++) sum += (double)x[i * p->n_channels + channel];
        for (int down = 0; down < 2; down++)
            if (!(fabs(correlation(x, p, channel, down == 1, sum / (double)n)) < most)) return false;
    }
    return true;
}

static bool is_constant(const float *x, size_t n) {
    for (size_t i = 1; i < n; i++)
        if (x[i] != x[0]) return false;
    return n >= LEAST_NUMBERS;
}

static void look_at(const float *x, size_t n, const picture *p, octet_look_place at, octet_looks *looks) {
    looks->n_looked++;
    if (is_constant(x, n)) octet_look_add_odd(&looks->constant, at);
    else if (is_noise(x, p)) octet_look_add_odd(&looks->noise, at);
}

/* Of the samples that are evenly chosen from all, those of this part: chosen[i], at the place places[i]. */
static size_t choose_evenly(const octet_chosen *all, size_t chosen[MOST_LOOKED], size_t places[MOST_LOOKED]) {
    const size_t n_looked = all->n_all < MOST_LOOKED ? all->n_all : MOST_LOOKED;
    size_t n = 0;
    for (size_t i = 0; i < n_looked; i++) {
        const size_t place = i * all->n_all / n_looked;
        if (place < all->first || place - all->first >= all->n) continue;
        places[n] = place;
        chosen[n++] = all->indices[place - all->first];
    }
    return n;
}

static octet_status look_at_odd(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                octet_samples *samples, const octet_chosen *all, octet_pool *pool, octet_looks *looks) {
    const octet_value *value = &graph->values[graph->inputs[0].value];
    const size_t n_elements = octet_shape_elements(&value->shape) / octet_api_batch(graph);
    const picture p = picture_of(&value->shape);
    size_t chosen[MOST_LOOKED], places[MOST_LOOKED];
    float *numbers;
    if (value->type != OCTET_FLOAT32 || n_elements == 0) return OCTET_OK;
    const size_t n = choose_evenly(all, chosen, places);
    if (n == 0) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_elements, &numbers));
    OCTET_TRY(octet_samples_load(ctx, samples, chosen, n, pool));
    for (size_t i = 0; i < n; i++) {
        octet_samples_read(samples, chosen[i], numbers);
        look_at(numbers, n_elements, &p, (octet_look_place){places[i], chosen[i]}, looks);
    }
    return OCTET_OK;
}

static octet_status look_at_classes(octet_context *ctx, octet_arena *arena, const octet_samples *samples,
                                    const octet_chosen *all, octet_looks *looks) {
    const int32_t n_classes = octet_samples_n_classes(samples);
    if (!octet_samples_has_labels(samples) || n_classes < 2 || n_classes > OCTET_LOOKS_CLASSES) return OCTET_OK;
    OCTET_TRY(octet_looks_give_classes(ctx, arena, (uint32_t)n_classes, looks));
    for (size_t i = 0; i < octet_samples_count(samples); i++) {
        const int32_t label = octet_samples_label(samples, i);
        if (label >= 0 && label < n_classes) looks->classes[label] |= OCTET_CLASS_THERE;
    }
    for (size_t i = 0; i < all->n; i++) {
        const int32_t label = octet_samples_label(samples, all->indices[i]);
        if (label >= 0 && label < n_classes) looks->classes[label] |= OCTET_CLASS_CHOSEN;
    }
    return OCTET_OK;
}

octet_status octet_api_look_at_samples(octet_context *ctx, const octet_graph *graph, octet_samples *const *samples,
                                       const octet_chosen *chosen, octet_pool *pool, octet_arena *arena,
                                       octet_looks *looks) {
    octet_arena scratch = {0};
    if (graph->n_inputs == 0 || chosen->n == 0) return OCTET_OK;
    octet_status status = look_at_classes(ctx, arena, samples[0], chosen, looks);
    if (status == OCTET_OK) status = look_at_odd(ctx, &scratch, graph, samples[0], chosen, pool, looks);
    octet_arena_free(ctx, &scratch);
    return status;
}

/* ---- Inputs ---- */

/* What is seen of one input. */
typedef struct look {
    size_t n_elements, row; /* of a sample; of its last dimension */
    float *numbers;
    float *reach; /* by sample: the largest magnitude */
    size_t most;  /* the first sample that has the largest one */
    size_t most_element;
    bool is_bytes;
} look;

static void look_at_numbers(look *l, size_t at, octet_look_input *out) {
    size_t element = 0;
    for (size_t i = 0; i < l->n_elements; i++) {
        const float number = l->numbers[i];
        if (fabsf(number) > l->reach[at]) {
            l->reach[at] = fabsf(number);
            element = i;
        }
        if (out->n_columns == 0) continue;
        const size_t c = i % l->row;
        out->min[c] = fminf(out->min[c], number) + 0.0f; /* -0.0f becomes 0.0f */
        out->max[c] = fmaxf(out->max[c], number) + 0.0f;
    }
    if (at > 0 && !(l->reach[at] > l->reach[l->most])) return;
    l->most = at;
    l->most_element = element;
}

/* Of bytes without columns the first piece tells all. */
static octet_status look_at_pieces(octet_context *ctx, octet_samples *samples, const octet_chosen *chosen,
                                   octet_pool *pool, look *l, octet_look_input *out) {
    const float *table;
    for (size_t first = 0; first < chosen->n && !(l->is_bytes && out->n_columns == 0); first += PIECE) {
        const size_t piece = chosen->n - first < PIECE ? chosen->n - first : PIECE;
        OCTET_TRY(octet_samples_load(ctx, samples, chosen->indices + first, piece, pool));
        for (size_t i = first; i < first + piece; i++) {
            octet_samples_read(samples, chosen->indices[i], l->numbers);
            l->is_bytes = l->is_bytes || octet_samples_bytes(samples, chosen->indices[i], &table) != NULL;
            look_at_numbers(l, i, out);
        }
    }
    return OCTET_OK;
}

static octet_status look_at_input(octet_context *ctx, octet_arena *arena, octet_arena *scratch,
                                  const octet_shape *shape, size_t n_elements, octet_samples *samples,
                                  const octet_chosen *chosen, octet_pool *pool, octet_look_input *out) {
    look l = {.n_elements = n_elements};
    l.row = shape->rank > 1 ? (size_t)shape->dims[shape->rank - 1] : n_elements;
    if (shape->rank >= 2 && shape->rank <= 3 && l.row > 1 && l.row <= OCTET_LOOKS_COLUMNS)
        OCTET_TRY(octet_looks_give_columns(ctx, arena, (uint32_t)l.row, out));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_elements, &l.numbers));
    OCTET_TRY(OCTET_NEW(ctx, scratch, chosen->n, &l.reach));
    OCTET_TRY(look_at_pieces(ctx, samples, chosen, pool, &l, out));
    out->is_bytes = l.is_bytes;
    if (l.is_bytes || chosen->n == 0) return OCTET_OK;
    const octet_look_place most = {chosen->first + l.most, chosen->indices[l.most]};
    return octet_look_set_reaches(ctx, arena, out, l.reach, chosen->n, most, (uint32_t)(l.most_element % l.row));
}

octet_status octet_api_look_at_inputs(octet_context *ctx, const octet_graph *graph, octet_samples *const *samples,
                                      const octet_chosen *chosen, octet_pool *pool, octet_arena *arena,
                                      octet_looks *looks) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n_elements = octet_shape_elements(&value->shape) / octet_api_batch(graph);
        if (value->type != OCTET_FLOAT32 || n_elements == 0 || n_elements > MOST_ELEMENTS) continue;
        octet_arena scratch = {0};
        const octet_status status =
            look_at_input(ctx, arena, &scratch, &value->shape, n_elements, samples[i], chosen, pool, &looks->inputs[i]);
        octet_arena_free(ctx, &scratch);
        OCTET_TRY(status);
    }
    return OCTET_OK;
}
