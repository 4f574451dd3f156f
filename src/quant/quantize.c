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

static octet_status convert(octet_context *ctx, const octet_graph *graph, const octet_quantize_options *options,
                            octet_graph **out) {
    octet_builder builder;
    octet_status status = octet_builder_start(ctx, graph, options, &builder);
    if (status == OCTET_OK) status = build(&builder);
    if (status == OCTET_OK) status = octet_graph_verify(ctx, builder.to, "quantize");
    octet_builder_finish(&builder, status == OCTET_OK);
    if (status == OCTET_OK) *out = builder.to;
    return status;
}

octet_status octet_quantize_graph(octet_context *ctx, const octet_graph *graph, const octet_quantize_options *options,
                                  octet_graph **out) {
    OCTET_TRY(check_options(ctx, options));
    OCTET_TRY(check_graph(ctx, graph));
    /* A model without operators stays as it is, as with TensorFlow. */
    if (options->mode == OCTET_MODE_FLOAT32 || graph->n_operators == 0) return octet_graph_clone(ctx, graph, out);
    const bool is_integer = options->mode == OCTET_MODE_INT8 || options->mode == OCTET_MODE_INT16X8;
    if (!is_integer || !octet_quantize_is_trained(graph)) return convert(ctx, graph, options, out);
    octet_graph *trained = NULL;
    OCTET_TRY(octet_graph_clone(ctx, graph, &trained));
    octet_status status = octet_trained_take(ctx, trained);
    if (status == OCTET_OK) status = convert(ctx, trained, options, out);
    octet_graph_destroy(ctx, trained);
    return status;
}
