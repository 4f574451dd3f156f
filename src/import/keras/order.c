#include "import/keras/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

octet_status octet_keras_steps_add(octet_context *ctx, octet_arena *arena, octet_keras_steps *steps,
                                   const octet_keras_step *step) {
    if (step->first == step->end) return OCTET_OK;
    if (steps->n == steps->capacity) {
        octet_keras_step *items = NULL;
        const uint32_t capacity = steps->capacity == 0 ? 64 : 2 * steps->capacity;
        OCTET_TRY(OCTET_NEW(ctx, arena, capacity, &items));
        if (steps->n > 0) memcpy(items, steps->items, steps->n * sizeof *items);
        steps->items = items;
        steps->capacity = capacity;
    }
    steps->items[steps->n++] = *step;
    return OCTET_OK;
}

/* Nodes are the graph's inputs, then the steps, then what steps wait for besides: their constants and their variables.
 * Edges stand by the node they lead to. */
typedef struct network {
    octet_context *ctx;
    octet_arena *scratch;
    const octet_graph *graph;
    int32_t keras_version;
    const octet_keras_steps *steps;
    const char **names;
    uint32_t n_nodes, n_edges;
    uint32_t *first_edge,
        *edges; /* of node i: edges[first_edge[i]] .. edges[first_edge[i + 1] - 1], where they come from */
} network;

/* Names. */

/* Names of arguments keep lower-case letters and digits only. */
static void normalize(char *text) {
    for (; *text != '\0'; text++) {
        if (*text >= 'A' && *text <= 'Z') *text = (char)(*text - 'A' + 'a');
        if ((*text < 'a' || *text > 'z') && (*text < '0' || *text > '9')) *text = '_';
    }
}

static octet_status argument_name(network *net, const char *text, const char *ending, const char **out) {
    char *name = NULL;
    const size_t size = strlen(text) + strlen(ending) + 1;
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, size, &name));
    snprintf(name, size, "%s%s", text, ending);
    normalize(name);
    *out = name;
    return OCTET_OK;
}

/* The argument through which the weight "model/conv/BiasAdd/ReadVariableOp" of the step comes. */
static octet_status variable_name(network *net, const octet_keras_step *step, const char *weight, const char **out) {
    static const char read[] = "/ReadVariableOp";
    const size_t n = strlen(step->path), length = strlen(weight), ending = sizeof read - 1;
    const char *rest = length > n && strncmp(weight, step->path, n) == 0 ? weight + n + 1 : weight, *whole = NULL;
    const bool is_read = length > ending && strcmp(weight + length - ending, read) == 0;
    OCTET_TRY(octet_arena_format(net->ctx, net->scratch, &whole, "%s%s", step->scope, rest));
    return argument_name(net, whole, is_read ? "_resource" : "_readvariableop_resource", out);
}

/* The network. */

/* Constants of the file have an origin; the others, such as axes and paddings, are constants of the traced function
 * too. The one that comes last decides: of the variables the greatest name. */
static octet_status sources_of(network *net, const octet_keras_step *step, bool *has_constant, const char **variable) {
    *has_constant = false;
    *variable = NULL;
    for (uint32_t i = step->first; i < step->end; i++) {
        const octet_operator *op = &net->graph->operators[i];
        *has_constant = *has_constant || op->code == OCTET_OP_CONCATENATION;
        if (op->code == OCTET_OP_FAKE_QUANT && net->keras_version == 2) { /* the ends of its range are variables */
            const char *name = NULL;
            OCTET_TRY(variable_name(net, step, octet_graph_output(net->graph, op, 0)->name, &name));
            if (*variable == NULL || strcmp(name, *variable) > 0) *variable = name;
        }
        for (uint32_t j = 0; j < op->n_inputs; j++) {
            const octet_value *value = octet_graph_input(net->graph, op, j);
            if (value == NULL || !octet_value_is_constant(value)) continue;
            if (value->origin == NULL) {
                *has_constant = true;
                continue;
            }
            const char *name = NULL;
            OCTET_TRY(variable_name(net, step, value->name, &name));
            if (*variable == NULL || strcmp(name, *variable) > 0) *variable = name;
        }
    }
    return OCTET_OK;
}

static octet_status connect(network *net) {
    const octet_graph *graph = net->graph;
    const uint32_t n_inputs = graph->n_inputs, n_steps = net->steps->n, capacity = n_inputs + 3 * n_steps;
    uint32_t *node_of = NULL, n_edges = 2 * n_steps; /* node_of: by value, OCTET_NONE for a constant */
    for (uint32_t i = 0; i < graph->n_operators; i++) n_edges += graph->operators[i].n_inputs;
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, graph->n_values, &node_of));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, capacity, &net->names));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, (size_t)capacity + 1, &net->first_edge));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, n_edges, &net->edges));
    for (uint32_t v = 0; v < graph->n_values; v++) node_of[v] = OCTET_NONE;
    for (uint32_t i = 0; i < n_inputs; i++) {
        node_of[graph->inputs[i].value] = i;
        OCTET_TRY(argument_name(net, graph->inputs[i].name, "", &net->names[i]));
    }
    net->n_nodes = n_inputs + n_steps;
    for (uint32_t s = 0; s < n_steps; s++) {
        const octet_keras_step *step = &net->steps->items[s];
        const uint32_t node = n_inputs + s;
        const char *variable = NULL;
        bool has_constant = false;
        net->names[node] = step->scope;
        OCTET_TRY(sources_of(net, step, &has_constant, &variable));
        net->first_edge[node] = net->n_edges;
        for (uint32_t i = step->first; i < step->end; i++) {
            const octet_operator *op = &graph->operators[i];
            for (uint32_t j = 0; j < op->n_inputs; j++) {
                const uint32_t from = op->inputs[j] == OCTET_NONE ? OCTET_NONE : node_of[op->inputs[j]];
                if (from != OCTET_NONE && from != node) net->edges[net->n_edges++] = from;
            }
            for (uint32_t j = 0; j < op->n_outputs; j++) node_of[op->outputs[j]] = node;
        }
        const char *const sources[] = {has_constant ? net->names[node] : NULL, variable};
        for (size_t i = 0; i < 2; i++) {
            if (sources[i] == NULL) continue;
            net->names[net->n_nodes] = sources[i];
            net->edges[net->n_edges++] = net->n_nodes++;
        }
    }
    for (uint32_t i = n_inputs + n_steps; i <= net->n_nodes; i++) net->first_edge[i] = net->n_edges;
    return OCTET_OK;
}

/* Orders. */

typedef struct named {
    const char *name;
    uint32_t node;
} named;

static int by_name(const void *a, const void *b) {
    const named *x = a, *y = b;
    const int order = strcmp(x->name, y->name);
    if (order != 0) return order;
    return x->node < y->node ? -1 : x->node > y->node;
}

static octet_status sort_names(network *net, uint32_t *ascending) {
    named *items = NULL;
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->n_nodes, &items));
    for (uint32_t i = 0; i < net->n_nodes; i++) items[i] = (named){net->names[i], i};
    qsort(items, net->n_nodes, sizeof *items, by_name);
    for (uint32_t i = 0; i < net->n_nodes; i++) ascending[i] = items[i].node;
    return OCTET_OK;
}

/* Who reads each node: readers[first[i]] .. readers[first[i + 1] - 1], those of one node in the order of `order`. */
static octet_status turn_edges(network *net, const uint32_t *order, uint32_t **first, uint32_t **readers) {
    uint32_t *fill = NULL;
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, (size_t)net->n_nodes + 1, first));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, (size_t)net->n_edges + 1, readers));
    for (uint32_t e = 0; e < net->n_edges; e++) (*first)[net->edges[e] + 1]++;
    for (uint32_t i = 0; i < net->n_nodes; i++) (*first)[i + 1] += (*first)[i];
    OCTET_TRY(
        octet_arena_copy(net->ctx, net->scratch, *first, ((size_t)net->n_nodes + 1) * sizeof **first, (void **)&fill));
    for (uint32_t i = 0; i < net->n_nodes; i++)
        for (uint32_t e = net->first_edge[order[i]]; e < net->first_edge[order[i] + 1]; e++)
            (*readers)[fill[net->edges[e]]++] = order[i];
    return OCTET_OK;
}

static bool is_source(const network *net, uint32_t node) { return net->first_edge[node] == net->first_edge[node + 1]; }

/* Depth first, the greater name first; left: nodes in the order in which they are left. */
static octet_status walk(network *net, uint32_t *left) {
    uint32_t *ascending = NULL, *first = NULL, *readers = NULL, *stack = NULL, *next = NULL, n_left = 0;
    bool *seen = NULL;
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->n_nodes, &ascending));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->n_nodes, &stack));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->n_nodes, &next));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->n_nodes, &seen));
    OCTET_TRY(sort_names(net, ascending));
    OCTET_TRY(turn_edges(net, ascending, &first, &readers));
    for (uint32_t i = 0; i < net->n_nodes; i++) next[i] = first[i + 1];
    for (uint32_t s = net->n_nodes; s-- > 0;) {
        if (!is_source(net, ascending[s])) continue;
        uint32_t n = 0;
        stack[n++] = ascending[s];
        seen[ascending[s]] = true;
        while (n > 0) {
            const uint32_t node = stack[n - 1];
            if (next[node] == first[node]) {
                left[n_left++] = node;
                n--;
                continue;
            }
            const uint32_t reader = readers[--next[node]];
            if (seen[reader]) continue;
            seen[reader] = true;
            stack[n++] = reader;
        }
    }
    OCTET_CHECK(net->ctx, n_left == net->n_nodes, OCTET_INTERNAL, "%s: %u of %u layer calls cannot be ordered",
                net->graph->source, net->n_nodes - n_left, net->n_nodes);
    return OCTET_OK;
}

/* taken: the steps, in the order in which a stack of what is ready gives them. */
static octet_status take(network *net, const uint32_t *left, uint32_t *taken) {
    uint32_t *first = NULL, *readers = NULL, *missing = NULL, *stack = NULL, n = 0, n_taken = 0;
    const uint32_t n_inputs = net->graph->n_inputs;
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->n_nodes, &missing));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->n_nodes, &stack));
    OCTET_TRY(turn_edges(net, left, &first, &readers));
    for (uint32_t i = 0; i < net->n_nodes; i++) {
        missing[i] = net->first_edge[i + 1] - net->first_edge[i];
        if (is_source(net, left[i])) stack[n++] = left[i];
    }
    while (n > 0) {
        const uint32_t node = stack[--n];
        if (node >= n_inputs && node - n_inputs < net->steps->n) taken[n_taken++] = node - n_inputs;
        for (uint32_t e = first[node]; e < first[node + 1]; e++)
            if (--missing[readers[e]] == 0) stack[n++] = readers[e];
    }
    OCTET_CHECK(net->ctx, n_taken == net->steps->n, OCTET_INTERNAL, "%s: %u layer calls wait for each other",
                net->graph->source, net->steps->n - n_taken);
    return OCTET_OK;
}

static octet_status order_steps(network *net, octet_graph *graph) {
    uint32_t *left = NULL, *taken = NULL, *order = NULL, n = 0;
    OCTET_TRY(connect(net));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->n_nodes, &left));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, net->steps->n, &taken));
    OCTET_TRY(OCTET_NEW(net->ctx, net->scratch, graph->n_operators, &order));
    OCTET_TRY(walk(net, left));
    OCTET_TRY(take(net, left, taken));
    for (uint32_t s = 0; s < net->steps->n; s++)
        for (uint32_t i = net->steps->items[taken[s]].first; i < net->steps->items[taken[s]].end; i++) order[n++] = i;
    OCTET_CHECK(net->ctx, n == graph->n_operators, OCTET_INTERNAL, "%s: %u operators belong to no layer call",
                graph->source, graph->n_operators - n);
    return octet_graph_permute(net->ctx, graph, order);
}

octet_status octet_keras_order(octet_context *ctx, octet_graph *graph, int32_t keras_version,
                               const octet_keras_steps *steps) {
    octet_arena scratch = {0};
    network net = {.ctx = ctx, .scratch = &scratch, .graph = graph, .keras_version = keras_version, .steps = steps};
    const octet_status status = steps->n > 1 ? order_steps(&net, graph) : OCTET_OK;
    octet_arena_free(ctx, &scratch);
    return status;
}
