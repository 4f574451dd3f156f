/* octet_quantize_graph: collects the ranges, settles the parameters, and builds the graph of each mode. */
#include "quant/builder.h"
#include "quant/trained.h"

static octet_status check_options(octet_context *ctx, const octet_quantize_options *options) {
    const octet_type types[2] = {options->input_type, options->output_type};
    for (int i = 0; i < 2; i++) {
        const char *which = i == 0 ? "input" : "output";
        const octet_type type = types[i];
        const bool fits = type == OCTET_FLOAT32 ||
                          (options->mode == OCTET_MODE_INT8 && (type == OCTET_INT8 || type == OCTET_UINT8)) ||
                          (options->mode == OCTET_MODE_INT16X8 && type == OCTET_INT16);
        OCTET_CHECK(ctx, fits, OCTET_USAGE,
                    "%s type %s: int8 mode takes int8, uint8 or float32, int16x8 takes int16 or float32, %s", which,
                    octet_type_name(type), "the others float32 only");
    }
    return OCTET_OK;
}

static octet_status check_graph(octet_context *ctx, const octet_graph *graph) {
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        OCTET_CHECK(ctx, value->quantization.n == 0, OCTET_MODEL,
                    "%s: %s has a scale already: this model is quantized; start from the "
                    "float model",
                    graph->source != NULL ? graph->source : "model", value->name);
    }
    return OCTET_OK;
}

/* The state of an operator becomes integers with the operator. So nothing else may read it. */
static octet_status check_state(octet_context *ctx, const octet_graph *graph, octet_mode mode) {
    if (mode != OCTET_MODE_INT8 && mode != OCTET_MODE_INT16X8) return OCTET_OK;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        const bool keeps = op->code == OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM || op->code == OCTET_OP_SVDF;
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            const octet_value *value = octet_graph_input(graph, op, i);
            OCTET_CHECK(ctx, value == NULL || !value->is_variable || (keeps && value->n_uses == 1), OCTET_UNSUPPORTED,
                        "%s: %s reads the state %s, which is quantized only with the operator that keeps it; make it "
                        "an input of the model",
                        op->layer, octet_operator_name(op->code), value->name);
        }
    }
    return OCTET_OK;
}

static octet_status build(octet_builder *b) {
    switch (b->options.mode) {
    case OCTET_MODE_INT8:
    case OCTET_MODE_INT16X8: return octet_quantize_integer(b);
    case OCTET_MODE_DYNAMIC: return octet_quantize_dynamic(b);
    case OCTET_MODE_FLOAT16: return octet_quantize_float16(b);
    case OCTET_MODE_FLOAT32: break;
    }
    return octet_context_fail(b->ctx, OCTET_INTERNAL, "no such mode: %d", (int)b->options.mode);
}

/* The integers of the mode, where a value has them. */
static uint32_t narrowest_integer(const octet_builder *b, uint32_t v) {
    uint32_t i = 0;
    while (i + 1 < b->n_lanes && b->lanes[i].integer[v] == OCTET_NONE) i++;
    return b->lanes[i].integer[v];
}

/* quantized_of: by value of `graph`, or NULL. */
static octet_status convert(octet_context *ctx, const octet_graph *graph, const octet_known_range *known,
                            const octet_quantize_options *options, uint32_t *quantized_of, octet_graph **out) {
    octet_builder builder;
    octet_status status = octet_builder_start(ctx, graph, known, options, &builder);
    if (status == OCTET_OK) status = build(&builder);
    if (status == OCTET_OK) status = octet_graph_verify(ctx, builder.to, "quantize");
    for (uint32_t v = 0; status == OCTET_OK && quantized_of != NULL && v < graph->n_values; v++) {
        const uint32_t integer = narrowest_integer(&builder, v);
        const bool is_float = integer == OCTET_NONE && !octet_value_is_constant(&graph->values[v]);
        quantized_of[v] = is_float ? builder.real[v] : integer;
    }
    octet_builder_finish(&builder, status == OCTET_OK);
    if (status == OCTET_OK) *out = builder.to;
    return status;
}

/* What activations need and weights do not: ranges, and those of training in place of FAKE_QUANT. */
static octet_status convert_activations(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                        const octet_statistics *statistics, const octet_quantize_options *options,
                                        octet_graph **out) {
    octet_known_range *known;
    octet_graph *trained = NULL;
    OCTET_TRY(octet_ranges_find(ctx, arena, graph, statistics, options->strict_tensorflow, &known));
    if (!octet_quantize_is_trained(graph)) return convert(ctx, graph, known, options, NULL, out);
    OCTET_TRY(octet_trained_take(ctx, arena, graph, known, &trained, &known));
    const octet_status status = convert(ctx, trained, known, options, NULL, out);
    octet_graph_destroy(ctx, trained);
    return status;
}

/* A model without operators stays as it is, as with TensorFlow; the file states the ranges that its values held. */
static octet_status state_ranges(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_statistics *statistics, octet_graph *copy) {
    octet_known_range *known;
    OCTET_TRY(octet_ranges_find(ctx, arena, graph, statistics, true, &known));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        if (known[v].source == OCTET_RANGE_MISSING) continue;
        OCTET_TRY(octet_value_state_range(ctx, copy, v, known[v].range.min, known[v].range.max));
    }
    return OCTET_OK;
}

static octet_status quantize_none(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                  const octet_statistics *statistics, octet_graph **out) {
    octet_graph *copy = NULL;
    OCTET_TRY(octet_graph_clone(ctx, graph, &copy));
    const octet_status status = state_ranges(ctx, arena, graph, statistics, copy);
    if (status == OCTET_OK) *out = copy;
    else octet_graph_destroy(ctx, copy);
    return status;
}

void octet_quantize_clip_cells(octet_graph *graph) {
    for (uint32_t k = 0; k < graph->n_operators && graph->is_traced; k++) {
        octet_operator *op = &graph->operators[k];
        if (op->code == OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM) op->options.lstm.cell_clip = 10.0f;
    }
}

static octet_status quantize(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                             const octet_quantize_options *options, octet_graph **out) {
    const bool is_integer = options->mode == OCTET_MODE_INT8 || options->mode == OCTET_MODE_INT16X8;
    if (options->mode == OCTET_MODE_FLOAT32 || (graph->n_operators == 0 && !is_integer))
        return octet_graph_clone(ctx, graph, out);
    if (!is_integer) return convert(ctx, graph, NULL, options, NULL, out);
    octet_arena arena = {0};
    const octet_status status = graph->n_operators == 0
                                    ? quantize_none(ctx, &arena, graph, statistics, out)
                                    : convert_activations(ctx, &arena, graph, statistics, options, out);
    octet_arena_free(ctx, &arena);
    return status;
}

octet_status octet_quantize_graph(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                                  const octet_quantize_options *options, octet_graph **out) {
    ctx->doing = "quantizing the model";
    OCTET_TRY(check_options(ctx, options));
    OCTET_TRY(check_graph(ctx, graph));
    OCTET_TRY(check_state(ctx, graph, options->mode));
    OCTET_TRY(quantize(ctx, graph, statistics, options, out));
    if (options->strict_tensorflow) octet_quantize_clip_cells(*out);
    return OCTET_OK;
}

octet_status octet_quantize_graph_mapped(octet_context *ctx, const octet_graph *graph,
                                         const octet_statistics *statistics, const octet_quantize_options *options,
                                         octet_arena *arena, uint32_t **quantized_of, octet_graph **out) {
    octet_arena scratch = {0};
    octet_known_range *known = NULL;
    OCTET_TRY(check_options(ctx, options));
    OCTET_TRY(check_graph(ctx, graph));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, quantized_of));
    octet_status status = octet_ranges_find(ctx, &scratch, graph, statistics, options->strict_tensorflow, &known);
    if (status == OCTET_OK) status = convert(ctx, graph, known, options, *quantized_of, out);
    octet_arena_free(ctx, &scratch);
    if (status == OCTET_OK && options->strict_tensorflow) octet_quantize_clip_cells(*out);
    return status;
}
