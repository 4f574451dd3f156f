#include "layers/pairs.h"

#include <math.h>

#include "layers/names.h"

typedef struct search {
    octet_context *ctx;
    octet_arena arena;
    const octet_graph *real, *quantized;
    octet_pairs *pairs;
    /* What a value holds, whatever its shape: also behind RESHAPE and the like. */
    uint32_t *base, *real_base;
    uint32_t *first_user, *users; /* by value of the float graph that is its own base: operators that read it */
} search;

bool octet_pairs_is_passage(octet_operator_code code) {
    return code == OCTET_OP_QUANTIZE || code == OCTET_OP_DEQUANTIZE;
}

bool octet_pairs_is_reshape(octet_operator_code code) {
    return code == OCTET_OP_RESHAPE || code == OCTET_OP_SQUEEZE || code == OCTET_OP_EXPAND_DIMS;
}

static bool is_real_passage(octet_operator_code code) {
    return octet_pairs_is_passage(code) || code == OCTET_OP_FAKE_QUANT;
}

static bool is_commutative(octet_operator_code code) {
    return code == OCTET_OP_ADD || code == OCTET_OP_MUL || code == OCTET_OP_MAXIMUM || code == OCTET_OP_MINIMUM;
}

static octet_status find_roots(search *s, const octet_graph *graph, bool is_passage(octet_operator_code),
                               uint32_t **root, uint32_t **base, octet_arena *arena) {
    OCTET_TRY(OCTET_NEW(s->ctx, arena, graph->n_values, root));
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, graph->n_values, base));
    for (uint32_t v = 0; v < graph->n_values; v++) (*root)[v] = (*base)[v] = v;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->n_inputs == 0 || op->n_outputs != 1 || !octet_pairs_is_computed(graph, op->inputs[0])) continue;
        const bool passes = is_passage(op->code);
        if (passes) (*root)[op->outputs[0]] = (*root)[op->inputs[0]];
        if (passes || octet_pairs_is_reshape(op->code)) (*base)[op->outputs[0]] = (*base)[op->inputs[0]];
    }
    return OCTET_OK;
}

static octet_status list_users(search *s) {
    const octet_graph *graph = s->real;
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, (size_t)graph->n_values + 2, &s->first_user));
    size_t n = 0;
    for (uint32_t k = 0; k < graph->n_operators; k++) n += graph->operators[k].n_inputs;
    OCTET_TRY(OCTET_NEW(s->ctx, &s->arena, n + 1, &s->users));
    /* Counted one place further, so that filling moves each beginning to where it belongs. */
    for (uint32_t k = 0; k < graph->n_operators; k++)
        for (uint32_t i = 0; i < graph->operators[k].n_inputs; i++) {
            const uint32_t v = graph->operators[k].inputs[i];
            if (octet_pairs_is_computed(graph, v)) s->first_user[s->real_base[v] + 2]++;
        }
    for (uint32_t v = 2; v < graph->n_values + 2; v++) s->first_user[v] += s->first_user[v - 1];
    for (uint32_t k = 0; k < graph->n_operators; k++)
        for (uint32_t i = 0; i < graph->operators[k].n_inputs; i++) {
            const uint32_t v = graph->operators[k].inputs[i];
            if (octet_pairs_is_computed(graph, v)) s->users[s->first_user[s->real_base[v] + 1]++] = k;
        }
    return OCTET_OK;
}

/* ---- What may be paired ---- */

/* Operators of one family compute the same with other options. */
static int family(octet_operator_code code) {
    static const octet_operator_code families[][3] = {
        {OCTET_OP_AVERAGE_POOL_2D, OCTET_OP_MEAN, OCTET_OP_SUM},
        {OCTET_OP_FULLY_CONNECTED, OCTET_OP_CONV_2D, OCTET_OP_BATCH_MATMUL},
        {OCTET_OP_RESHAPE, OCTET_OP_SQUEEZE, OCTET_OP_EXPAND_DIMS},
        {OCTET_OP_PAD, OCTET_OP_PADV2, OCTET_OP_PAD},
        {OCTET_OP_SLICE, OCTET_OP_STRIDED_SLICE, OCTET_OP_SPLIT},
    };
    for (int i = 0; i < (int)(sizeof families / sizeof *families); i++)
        for (int k = 0; k < 3; k++)
            if (families[i][k] == code) return -1 - i;
    return (int)code;
}

static const octet_value *operand(const octet_graph *graph, const octet_operator *op, int8_t number) {
    return number >= 0 ? octet_graph_input(graph, op, (uint32_t)number) : NULL;
}

static bool has_weights(const octet_graph *graph, const octet_operator *op) {
    const octet_value *weights = operand(graph, op, octet_operator_operands(op->code).weights);
    return weights != NULL && octet_value_is_constant(weights);
}

/* It has one that is not all zeros. */
static bool has_bias(const octet_graph *graph, const octet_operator *op) {
    const octet_value *bias = operand(graph, op, octet_operator_operands(op->code).bias);
    if (bias == NULL) return false;
    const uint8_t *bytes = bias->data;
    for (size_t i = 0; bytes != NULL && i < octet_value_bytes(bias); i++)
        if (bytes[i] != 0) return true;
    return bytes == NULL;
}

/* Some converters leave the bias of a layer to an ADD behind it: what is computed is then the layer. */
static const octet_operator *layer_of(const search *s, const octet_operator *q) {
    const octet_graph *graph = s->quantized;
    if (q->code != OCTET_OP_ADD || q->n_inputs != 2) return q;
    const bool first = octet_pairs_is_computed(graph, q->inputs[0]),
               second = octet_pairs_is_computed(graph, q->inputs[1]);
    if (first == second) return q;
    const octet_value *value = &graph->values[s->base[q->inputs[first ? 0 : 1]]];
    const octet_operator *layer = value->producer != OCTET_NONE ? &graph->operators[value->producer] : q;
    return layer != q && has_weights(graph, layer) && !has_bias(graph, layer) ? layer : q;
}

static bool are_alike(const search *s, const octet_operator *q, const octet_operator *r) {
    const octet_operator *layer = layer_of(s, q);
    if (family(layer->code) != family(r->code)) return false;
    return !has_weights(s->real, r) || (layer != q || has_bias(s->quantized, q)) == has_bias(s->real, r);
}

/* The next dimension from number *i on that is not 1; 1 behind the last. */
static int32_t next_dimension(const octet_shape *shape, int32_t *i) {
    while (*i < shape->rank && shape->dims[*i] == 1) ++*i;
    return *i < shape->rank ? shape->dims[(*i)++] : 1;
}

/* One shape, but for dimensions of 1. */
static bool have_one_layout(const octet_shape *a, const octet_shape *b) {
    for (int32_t i = 0, k = 0; i < a->rank || k < b->rank;)
        if (next_dimension(a, &i) != next_dimension(b, &k)) return false;
    return true;
}

static bool is_free(const search *s, uint32_t quantized, uint32_t real) {
    return s->pairs->partner[quantized] == OCTET_NONE && s->pairs->taken[real] == OCTET_NONE &&
           have_one_layout(&s->quantized->values[quantized].shape, &s->real->values[real].shape);
}

/* Both are their own roots. */
static bool pair(search *s, uint32_t quantized, uint32_t real, uint32_t *counter) {
    if (!is_free(s, quantized, real)) return false;
    s->pairs->partner[quantized] = real;
    s->pairs->taken[real] = quantized;
    ++*counter;
    return true;
}

/* Inputs, or outputs: what is behind RESHAPE first. */
static void pair_ports(search *s, const octet_port *quantized, const octet_port *real, uint32_t n) {
    uint32_t ignored = 0;
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t q = quantized[i].value, r = real[i].value;
        if (!octet_pairs_is_computed(s->quantized, q) || !octet_pairs_is_computed(s->real, r)) continue;
        pair(s, s->base[q], s->real_base[r], &ignored);
        pair(s, s->pairs->root[q], s->pairs->real_root[r], &ignored);
    }
}

/* ---- Operands ---- */

/* The next computed operand from number *i on. */
static uint32_t next_operand(const octet_graph *graph, const octet_operator *op, uint32_t *i) {
    while (*i < op->n_inputs && !octet_pairs_is_computed(graph, op->inputs[*i])) ++*i;
    return *i < op->n_inputs ? op->inputs[(*i)++] : OCTET_NONE;
}

/* What the float graph holds where the quantized one has `value`, whatever its shape. */
static uint32_t wanted_base(const search *s, uint32_t value) {
    uint32_t real = s->pairs->partner[s->pairs->root[value]];
    if (real == OCTET_NONE) real = s->pairs->partner[s->base[value]];
    return real == OCTET_NONE ? OCTET_NONE : s->real_base[real];
}

static bool operands_fit(const search *s, const octet_operator *q, const octet_operator *r) {
    uint32_t wanted[2] = {OCTET_NONE, OCTET_NONE}, given[2] = {OCTET_NONE, OCTET_NONE};
    bool in_order = true;
    for (uint32_t i = 0, k = 0, n = 0;; n++) {
        const uint32_t a = next_operand(s->quantized, q, &i), b = next_operand(s->real, r, &k);
        if (a == OCTET_NONE && b == OCTET_NONE) break;
        if (a == OCTET_NONE || b == OCTET_NONE) return false;
        const uint32_t want = wanted_base(s, a), has = s->real_base[b];
        if (n < 2) wanted[n] = want, given[n] = has;
        if (want == OCTET_NONE) return false;
        in_order = in_order && want == has;
    }
    return in_order || (is_commutative(q->code) && wanted[0] == given[1] && wanted[1] == given[0]);
}

/* ---- Names ---- */

/* Another operator for the same: a MUL by -1 for NEG. */
static bool are_forms(const search *s, const octet_operator *q, const octet_operator *r) {
    if (octet_pairs_is_reshape(q->code) || octet_pairs_is_reshape(r->code)) return false;
    return !has_weights(s->quantized, q) && !has_weights(s->real, r) && operands_fit(s, q, r);
}

static bool names_fit(const search *s, octet_name_part part, uint32_t quantized, uint32_t real) {
    const octet_value *q = &s->quantized->values[quantized], *r = &s->real->values[real];
    if (!is_free(s, quantized, real) || r->producer == OCTET_NONE) return false;
    const octet_operator *a = &s->quantized->operators[q->producer], *b = &s->real->operators[r->producer];
    return are_alike(s, a, b) || (part == OCTET_NAME_WHOLE && are_forms(s, a, b));
}

static void pair_by_name(search *s, const octet_name_index *index, octet_name_part part, uint32_t value) {
    const char *cursor = s->quantized->values[value].name, *text;
    size_t length, n;
    uint32_t found = OCTET_NONE;
    while (octet_name_next(part, &cursor, &text, &length)) {
        const octet_name_entry *entry = octet_name_index_find(index, text, length, &n);
        for (size_t i = 0; i < n; i++) {
            const uint32_t real = s->pairs->real_root[entry[i].value];
            if (real == found || !names_fit(s, part, value, real)) continue;
            if (found != OCTET_NONE) return; /* two candidates: structure decides */
            found = real;
        }
    }
    if (found != OCTET_NONE) pair(s, value, found, &s->pairs->n_names);
}

static octet_status pair_by_names(search *s, octet_name_part part) {
    octet_name_index index;
    OCTET_TRY(octet_name_index_make(s->ctx, &s->arena, s->real, part, &index));
    for (uint32_t v = 0; v < s->quantized->n_values; v++) {
        const bool is_result = s->quantized->values[v].producer != OCTET_NONE && s->pairs->root[v] == v;
        if (is_result && octet_pairs_is_computed(s->quantized, v)) pair_by_name(s, &index, part, v);
    }
    return OCTET_OK;
}

/* ---- Structure ---- */

static bool results_fit(const search *s, const octet_operator *q, const octet_operator *r) {
    if (!are_alike(s, q, r) || q->n_outputs != r->n_outputs) return false;
    if (octet_operator_activation(q) != octet_operator_activation(r)) return false;
    for (uint32_t i = 0; i < q->n_outputs; i++) {
        const octet_shape *a = &s->quantized->values[q->outputs[i]].shape, *b = &s->real->values[r->outputs[i]].shape;
        if (!is_free(s, q->outputs[i], r->outputs[i])) return false;
        if (octet_pairs_is_reshape(q->code) && !octet_shape_equal(a, b)) return false;
    }
    return true;
}

/* How far the weights of two operators are apart, 0 for the same; -1 where there is nothing to compare. */
static double weights_distance(const search *s, const octet_operator *q, const octet_operator *r) {
    const octet_operands operands = octet_operator_operands(q->code);
    if (operands.weights < 0 || r->code != q->code) return -1.0;
    const octet_value *a = octet_graph_input(s->quantized, q, (uint32_t)operands.weights),
                      *b = octet_graph_input(s->real, r, (uint32_t)operands.weights);
    if (a == NULL || b == NULL || a->data == NULL || b->data == NULL || a->type != OCTET_INT8 ||
        b->type != OCTET_FLOAT32 || a->quantization.n == 0 || !octet_shape_equal(&a->shape, &b->shape))
        return -1.0;
    const octet_quantization *p = &a->quantization;
    const size_t n = octet_shape_elements(&a->shape);
    const size_t inner = p->n > 1 ? (size_t)octet_shape_product(&a->shape, p->axis + 1, a->shape.rank) : 1;
    double difference = 0.0, size = 0.0;
    for (size_t i = 0; i < n; i++) {
        const size_t c = p->n > 1 ? i / inner % p->n : 0;
        const double w = (double)((const float *)b->data)[i];
        const double d = (double)p->scale[c] * (((const int8_t *)a->data)[i] - p->zero_point[c]) - w;
        difference += d * d;
        size += w * w;
    }
    return size > 0.0 ? sqrt(difference / size) : -1.0;
}

static void pair_results(search *s, const octet_operator *q) {
    const octet_operator *layer = layer_of(s, q);
    uint32_t i = 0;
    const uint32_t first = next_operand(s->quantized, layer, &i);
    const uint32_t base = first != OCTET_NONE ? wanted_base(s, first) : OCTET_NONE;
    if (base == OCTET_NONE) return;
    const octet_operator *best = NULL;
    double least = NAN; /* of the best; computed when there is a second */
    for (uint32_t u = s->first_user[base]; u < s->first_user[base + 1]; u++) {
        const octet_operator *r = &s->real->operators[s->users[u]];
        if (r == best || is_real_passage(r->code) || !results_fit(s, q, r) || !operands_fit(s, layer, r)) continue;
        if (best != NULL && isnan(least)) least = weights_distance(s, layer, best);
        const double distance = best != NULL ? weights_distance(s, layer, r) : (double)NAN;
        if (best == NULL || distance < least) best = r, least = distance;
    }
    for (uint32_t k = 0; best != NULL && k < q->n_outputs; k++)
        pair(s, q->outputs[k], best->outputs[k], &s->pairs->n_structure);
}

/* The only operand that is computed, or OCTET_NONE. */
static uint32_t only_operand(const octet_graph *graph, const octet_operator *op) {
    uint32_t i = 0;
    const uint32_t first = next_operand(graph, op, &i);
    return next_operand(graph, op, &i) == OCTET_NONE ? first : OCTET_NONE;
}

/* Back from a result that is paired. */
static void pair_operands(search *s, const octet_operator *q) {
    const uint32_t real = q->n_outputs > 0 ? s->pairs->partner[q->outputs[0]] : OCTET_NONE;
    if (real == OCTET_NONE || s->real->values[real].producer == OCTET_NONE) return;
    const octet_operator *r = &s->real->operators[s->real->values[real].producer];
    if (!are_alike(s, q, r)) return;
    const uint32_t a = only_operand(s->quantized, layer_of(s, q)), b = only_operand(s->real, r);
    if (a != OCTET_NONE && b != OCTET_NONE) pair(s, s->pairs->root[a], s->pairs->real_root[b], &s->pairs->n_structure);
}

static void pair_by_structure(search *s) {
    const octet_graph *q = s->quantized;
    for (uint32_t k = 0; k < q->n_operators; k++)
        if (!octet_pairs_is_passage(q->operators[k].code)) pair_results(s, &q->operators[k]);
    for (uint32_t k = q->n_operators; k-- > 0;)
        if (!octet_pairs_is_passage(q->operators[k].code)) pair_operands(s, &q->operators[k]);
}

/* ---- Weights ---- */

/* Rounded to 8 bits, weights are nearer than this to what they were. */
static const double same_weights = 0.1;

static bool have_same_weights(const search *s, const octet_operator *q, const octet_operator *r) {
    const double distance = weights_distance(s, q, r);
    return distance >= 0.0 && distance <= same_weights;
}

/* The only free layer of the float graph with these weights. */
static void pair_by_weights(search *s, const octet_operator *q) {
    const octet_operator *found = NULL;
    for (uint32_t k = 0; k < s->real->n_operators; k++) {
        const octet_operator *r = &s->real->operators[k];
        if (r->n_outputs != 1 || !is_free(s, q->outputs[0], r->outputs[0])) continue;
        if (!are_alike(s, q, r) || !have_same_weights(s, q, r)) continue;
        if (found != NULL) return;
        found = r;
    }
    if (found != NULL) pair(s, q->outputs[0], found->outputs[0], &s->pairs->n_structure);
}

static void pair_layers(search *s) {
    for (uint32_t k = 0; k < s->quantized->n_operators; k++) {
        const octet_operator *q = &s->quantized->operators[k];
        if (has_weights(s->quantized, q) && s->pairs->partner[q->outputs[0]] == OCTET_NONE) pair_by_weights(s, q);
    }
}

static bool knows_weights(const search *s, const octet_operator *q) {
    for (uint32_t k = 0; k < s->real->n_operators; k++)
        if (have_same_weights(s, q, &s->real->operators[k])) return true;
    return false;
}

static void count_layers(search *s) {
    for (uint32_t k = 0; k < s->quantized->n_operators; k++) {
        const octet_operator *q = &s->quantized->operators[k];
        if (!has_weights(s->quantized, q)) continue;
        s->pairs->n_weights_all++;
        s->pairs->n_weights += knows_weights(s, q);
    }
}

static octet_status find(search *s, octet_arena *arena) {
    octet_pairs *pairs = s->pairs;
    OCTET_TRY(find_roots(s, s->quantized, octet_pairs_is_passage, &pairs->root, &s->base, arena));
    OCTET_TRY(find_roots(s, s->real, is_real_passage, &pairs->real_root, &s->real_base, arena));
    OCTET_TRY(list_users(s));
    OCTET_TRY(OCTET_NEW(s->ctx, arena, s->quantized->n_values, &pairs->partner));
    OCTET_TRY(OCTET_NEW(s->ctx, arena, s->real->n_values, &pairs->taken));
    for (uint32_t v = 0; v < s->quantized->n_values; v++) pairs->partner[v] = OCTET_NONE;
    for (uint32_t v = 0; v < s->real->n_values; v++) pairs->taken[v] = OCTET_NONE;
    if (s->quantized->n_inputs == s->real->n_inputs)
        pair_ports(s, s->quantized->inputs, s->real->inputs, s->real->n_inputs);
    OCTET_TRY(pair_by_names(s, OCTET_NAME_WHOLE));
    OCTET_TRY(pair_by_names(s, OCTET_NAME_FIRST));
    if (s->quantized->n_outputs == s->real->n_outputs)
        pair_ports(s, s->quantized->outputs, s->real->outputs, s->real->n_outputs);
    pair_by_structure(s);
    pair_layers(s);
    pair_by_structure(s);
    OCTET_TRY(pair_by_names(s, OCTET_NAME_WHOLE)); /* again, now that operands are paired */
    OCTET_TRY(pair_by_names(s, OCTET_NAME_ANY));
    pair_by_structure(s);
    count_layers(s);
    for (uint32_t v = 0; v < s->quantized->n_values; v++) pairs->partner[v] = pairs->partner[pairs->root[v]];
    return OCTET_OK;
}

octet_status octet_pairs_find(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                              const octet_graph *quantized, octet_pairs *out) {
    *out = (octet_pairs){0};
    search s = {.ctx = ctx, .real = real, .quantized = quantized, .pairs = out};
    const octet_status status = find(&s, arena);
    octet_arena_free(ctx, &s.arena);
    return status;
}
