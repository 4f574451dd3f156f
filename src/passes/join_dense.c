#include <string.h>

#include "passes/edit.h"
#include "passes/list.h"

/* By value: the only operator that reads it. */
static octet_status find_readers(octet_context *ctx, const octet_graph *graph, octet_arena *scratch,
                                 uint32_t **readers) {
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, readers));
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            if (op->inputs[i] != OCTET_NONE) (*readers)[op->inputs[i]] = k;
        }
    }
    return OCTET_OK;
}

/* Dense layers of the same weights that read rows. */
static bool is_alike(const octet_graph *graph, const octet_operator *a, const octet_operator *b) {
    if (b->code != OCTET_OP_FULLY_CONNECTED || a->n_inputs != b->n_inputs) return false;
    for (uint32_t i = 1; i < a->n_inputs; i++) {
        if (a->inputs[i] != b->inputs[i]) return false;
    }
    const octet_shape *row = &octet_graph_input(graph, b, 0)->shape, *weights = &octet_graph_input(graph, b, 1)->shape;
    return octet_operator_activation(a) == octet_operator_activation(b) && weights->rank == 2 && row->rank == 2 &&
           row->dims[1] == weights->dims[1];
}

/* Whether every row that UNPACK op gives is read by one such layer, and by nothing else; a bias tells them from layers
 * whose result is only added to another one's. */
static bool has_dense_behind(const octet_graph *graph, const octet_operator *op, const uint32_t *readers) {
    const octet_shape *in = &octet_graph_input(graph, op, 0)->shape;
    const int32_t axis = octet_axis_from_start(op->options.pack.axis, in->rank);
    if (axis + 1 >= in->rank || op->n_outputs < 2) return false;
    const octet_operator *first = &graph->operators[readers[op->outputs[0]]];
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        const octet_operator *dense = &graph->operators[readers[op->outputs[i]]];
        if (!octet_edit_is_private(graph, op->outputs[i]) || octet_graph_is_output(graph, op->outputs[i])) return false;
        if (!is_alike(graph, first, dense) || dense->inputs[0] != op->outputs[i]) return false;
    }
    return first->n_inputs > 2 && first->inputs[2] != OCTET_NONE;
}

/* UNPACK k comes behind one layer that all rows go through. */
static octet_status join(octet_context *ctx, octet_graph *graph, uint32_t k, const uint32_t *readers) {
    const octet_operator dense = graph->operators[readers[graph->operators[k].outputs[0]]];
    const uint32_t from = graph->operators[k].inputs[0];
    octet_shape shape = graph->values[from].shape;
    octet_options options = dense.options;
    uint32_t inputs[3] = {from, dense.inputs[1], dense.inputs[2]}, whole;
    shape.dims[shape.rank - 1] = octet_graph_input(graph, &dense, 1)->shape.dims[0];
    options.fully_connected.keep_num_dims = true;
    const char *name = octet_graph_output(graph, &dense, 0)->name;
    OCTET_TRY(octet_graph_add_value(ctx, graph, name, OCTET_FLOAT32, &shape, &whole));
    for (uint32_t i = 0; i < graph->operators[k].n_outputs; i++) {
        const uint32_t d = readers[graph->operators[k].outputs[i]], result = graph->operators[d].outputs[0];
        octet_graph_remove_operator(graph, d);
        graph->values[graph->operators[k].outputs[i]].producer = OCTET_NONE;
        graph->operators[k].outputs[i] = result;
        graph->values[result].producer = k;
    }
    octet_graph_set_input(graph, k, 0, whole);
    return octet_graph_add_operator(ctx, graph, OCTET_OP_FULLY_CONNECTED, dense.layer, inputs, 3, &options, &whole, 1,
                                    OCTET_NONE, NULL);
}

/* The dense layer that each step of a loop begins with is one for all steps, as TensorFlow's converter has it where a
 * recurrent layer is built unrolled. */
octet_status octet_pass_join_dense(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    uint32_t *readers = NULL;
    octet_status status = find_readers(ctx, graph, &scratch, &readers);
    const uint32_t n = graph->n_operators;
    for (uint32_t k = 0; k < n && status == OCTET_OK; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->removed || op->code != OCTET_OP_UNPACK || !has_dense_behind(graph, op, readers)) continue;
        status = join(ctx, graph, k, readers);
        *changed = true;
    }
    octet_arena_free(ctx, &scratch);
    return status;
}
