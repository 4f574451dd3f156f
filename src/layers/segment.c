#include "layers/segment.h"

#include <stdlib.h>

enum { MOST_OPERATORS = 64, MOST_KNOWN = 256, MOST_DEPTH = 8 };

typedef struct walk {
    const octet_graph *real, *quantized;
    const octet_pairs *pairs;
    octet_feed *known; /* what the quantized operator reads, by root of the float graph */
    uint32_t n_known;
    octet_segment *out;
} walk;

static bool is_pad(const octet_graph *graph, uint32_t value) {
    const uint32_t producer = graph->values[value].producer;
    if (producer == OCTET_NONE) return false;
    const octet_operator_code code = graph->operators[producer].code;
    return code == OCTET_OP_PAD || code == OCTET_OP_PADV2;
}

/* Convolutions take over a PAD before them and read what it reads, so that counts as operand too. What has no partner
 * belongs to the layer: then what its operator reads counts. */
static bool add_known(walk *w, uint32_t value, uint32_t depth) {
    const octet_graph *q = w->quantized;
    if (!octet_pairs_is_computed(q, value)) return true;
    const uint32_t real = w->pairs->partner[value];
    if (real != OCTET_NONE) {
        if (w->n_known == MOST_KNOWN) return false;
        w->known[w->n_known++] = (octet_feed){real, value};
    }
    value = w->pairs->root[value];
    const uint32_t producer = q->values[value].producer;
    if (real != OCTET_NONE && !is_pad(q, value)) return true;
    if (producer == OCTET_NONE || depth == 0) return real != OCTET_NONE;
    for (uint32_t i = 0; i < q->operators[producer].n_inputs; i++)
        if (!add_known(w, q->operators[producer].inputs[i], depth - 1)) return real != OCTET_NONE;
    return true;
}

static const octet_feed *find_known(const walk *w, uint32_t real) {
    const uint32_t root = w->pairs->real_root[real];
    for (uint32_t i = 0; i < w->n_known; i++)
        if (w->known[i].real == root) return &w->known[i];
    return NULL;
}

static bool has_operator(const octet_segment *segment, uint32_t op) {
    for (uint32_t i = 0; i < segment->n_operators; i++)
        if (segment->operators[i] == op) return true;
    return false;
}

static void add_feed(octet_segment *segment, uint32_t real, uint32_t quantized) {
    for (uint32_t i = 0; i < segment->n_feeds; i++)
        if (segment->feeds[i].real == real) return;
    segment->feeds[segment->n_feeds++] = (octet_feed){real, quantized};
}

/* Goes back from the operators that are in the list; the list grows meanwhile. False: something is not known. */
static bool go_back(walk *w, uint32_t most_feeds) {
    octet_segment *out = w->out;
    for (uint32_t i = 0; i < out->n_operators; i++) {
        const octet_operator *op = &w->real->operators[out->operators[i]];
        for (uint32_t k = 0; k < op->n_inputs; k++) {
            const uint32_t v = op->inputs[k];
            if (!octet_pairs_is_computed(w->real, v)) continue;
            const octet_feed *known = is_pad(w->real, v) ? NULL : find_known(w, v);
            if (known != NULL) {
                if (out->n_feeds == most_feeds) return false;
                add_feed(out, v, known->quantized);
                continue;
            }
            const uint32_t producer = w->real->values[v].producer;
            if (producer == OCTET_NONE) return false;
            if (has_operator(out, producer)) continue;
            if (out->n_operators == MOST_OPERATORS) return false;
            out->operators[out->n_operators++] = producer;
        }
    }
    return true;
}

static int ascending(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

octet_status octet_segment_find(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                const octet_graph *quantized, const octet_pairs *pairs, uint32_t result, uint32_t op,
                                octet_segment *out) {
    const octet_operator *q = &quantized->operators[op];
    const uint32_t most_feeds = MOST_KNOWN + MOST_OPERATORS;
    walk w = {.real = real, .quantized = quantized, .pairs = pairs, .out = out};
    *out = (octet_segment){0};
    OCTET_TRY(OCTET_NEW(ctx, arena, MOST_KNOWN, &w.known));
    OCTET_TRY(OCTET_NEW(ctx, arena, most_feeds, &out->feeds));
    OCTET_TRY(OCTET_NEW(ctx, arena, MOST_OPERATORS, &out->operators));
    if (octet_pairs_is_passage(q->code)) {
        add_feed(out, result, q->inputs[0]);
        out->is_known = true;
        return OCTET_OK;
    }
    for (uint32_t i = 0; i < q->n_inputs; i++)
        if (!add_known(&w, q->inputs[i], MOST_DEPTH)) return OCTET_OK;
    const uint32_t producer = real->values[result].producer;
    if (producer == OCTET_NONE) return OCTET_OK;
    out->operators[out->n_operators++] = producer;
    out->is_known = go_back(&w, most_feeds);
    qsort(out->operators, out->n_operators, sizeof *out->operators, ascending);
    return OCTET_OK;
}
