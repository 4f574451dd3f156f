#include "report/profile.h"

#include <inttypes.h>
#include <stdio.h>

#include "report/text.h"

static uint64_t elements(const octet_value *value) { return value != NULL ? octet_shape_elements(&value->shape) : 0; }

uint64_t octet_profile_macs(const octet_graph *graph, const octet_operator *op) {
    if (op->n_outputs == 0 || op->n_inputs < 2) return 0;
    const octet_value *a = octet_graph_input(graph, op, 0);
    const octet_value *weights = octet_graph_input(graph, op, 1);
    const octet_value *out = octet_graph_output(graph, op, 0);
    if (a == NULL || weights == NULL) return 0;
    const octet_shape *w = &weights->shape;
    if (op->code == OCTET_OP_CONV_2D || op->code == OCTET_OP_CONV_3D) { /* filters [O,H,W,I], or [D,H,W,I,O] */
        const int32_t n_out = op->code == OCTET_OP_CONV_2D ? w->dims[0] : w->dims[w->rank - 1];
        return n_out > 0 ? elements(out) * (elements(weights) / (uint64_t)n_out) : 0;
    }
    if (op->code == OCTET_OP_DEPTHWISE_CONV_2D) { /* [1,H,W,C] */
        const int32_t channels = w->dims[w->rank - 1];
        return channels > 0 ? elements(out) * (elements(weights) / (uint64_t)channels) : 0;
    }
    if (op->code == OCTET_OP_FULLY_CONNECTED) return elements(out) * (uint64_t)w->dims[w->rank - 1];
    if (op->code == OCTET_OP_BATCH_MATMUL) {
        const int32_t depth = a->shape.dims[op->options.batch_matmul.adj_x ? a->shape.rank - 2 : a->shape.rank - 1];
        return elements(out) * (uint64_t)depth;
    }
    if (op->code == OCTET_OP_TRANSPOSE_CONV) { /* output shape, filters [O,H,W,I], input */
        const octet_value *input = octet_graph_input(graph, op, 2);
        const int32_t n_in = w->dims[w->rank - 1];
        return n_in > 0 ? elements(input) * (elements(weights) / (uint64_t)n_in) : 0;
    }
    return 0;
}

octet_status octet_profile_write_text(octet_context *ctx, const octet_profile *p, octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE];
    double total_ns = 0.0;
    uint64_t total_macs = 0;
    int width = 8;
    for (uint32_t i = 0; i < p->n_rows; i++) {
        const octet_operator *op = &p->graph->operators[p->rows[i].op];
        const int n = snprintf(NULL, 0, "%s", octet_operator_name(op->code));
        if (n > width) width = n;
        total_ns += p->rows[i].time_ns;
        total_macs += octet_profile_macs(p->graph, op);
    }
    OCTET_TRY(octet_buffer_format(ctx, out, "%s: %s at best, %s in the median of %" PRIu64 " runs, %u thread%s\n",
                                  p->model, octet_text_time(p->min_ns, a), octet_text_time(p->median_ns, b), p->n_runs,
                                  p->n_threads, p->n_threads == 1 ? "" : "s"));
    OCTET_TRY(octet_buffer_format(ctx, out, "%s multiply-accumulates, %.2f GMAC/s; ", octet_text_count(total_macs, a),
                                  p->median_ns > 0.0 ? (double)total_macs / p->median_ns : 0.0));
    OCTET_TRY(octet_buffer_format(ctx, out, "activations %s bytes, constants %s bytes, peak memory %s bytes\n\n",
                                  octet_text_count(p->arena_bytes, a), octet_text_count(p->weight_bytes, b),
                                  octet_text_count(p->peak_bytes, c)));
    OCTET_TRY(octet_buffer_format(ctx, out, "%4s  %-*s %10s %7s %8s  %-10s %s\n", "", width, "operator", "time",
                                  "share", "GMAC/s", "kernel", "layer"));
    for (uint32_t i = 0; i < p->n_rows; i++) {
        const octet_profile_row *row = &p->rows[i];
        const octet_operator *op = &p->graph->operators[row->op];
        const uint64_t macs = octet_profile_macs(p->graph, op);
        char rate[OCTET_TEXT_SIZE] = "";
        if (macs > 0 && row->time_ns > 0.0) snprintf(rate, sizeof rate, "%.2f", (double)macs / row->time_ns);
        OCTET_TRY(octet_buffer_format(ctx, out, "%4u  %-*s %10s %6.1f%% %8s  %-10s %s\n", row->op, width,
                                      octet_operator_name(op->code), octet_text_time(row->time_ns, a),
                                      total_ns > 0.0 ? 100.0 * row->time_ns / total_ns : 0.0, rate, row->variant,
                                      op->layer));
    }
    return OCTET_OK;
}

octet_status octet_profile_write_json(octet_context *ctx, const octet_profile *p, octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out, "{\n  \"model\": "));
    OCTET_TRY(octet_text_json_string(ctx, out, p->model));
    OCTET_TRY(octet_buffer_format(ctx, out,
                                  ",\n  \"threads\": %u,\n  \"runs\": %" PRIu64
                                  ",\n  \"min_us\": %.4f,\n  \"median_us\": %.4f,\n"
                                  "  \"mean_us\": %.4f,\n  \"activation_bytes\": %zu,\n  \"constant_bytes\": %zu,\n"
                                  "  \"peak_bytes\": %zu,\n  \"operators\": [",
                                  p->n_threads, p->n_runs, p->min_ns / 1e3, p->median_ns / 1e3, p->mean_ns / 1e3,
                                  p->arena_bytes, p->weight_bytes, p->peak_bytes));
    for (uint32_t i = 0; i < p->n_rows; i++) {
        const octet_profile_row *row = &p->rows[i];
        const octet_operator *op = &p->graph->operators[row->op];
        OCTET_TRY(
            octet_buffer_format(ctx, out,
                                "%s\n    {\"index\": %u, \"operator\": \"%s\", \"time_us\": %.4f, \"macs\": %" PRIu64
                                ", \"kernel\": \"%s\", \"layer\": ",
                                i == 0 ? "" : ",", row->op, octet_operator_name(op->code), row->time_ns / 1e3,
                                octet_profile_macs(p->graph, op), row->variant));
        OCTET_TRY(octet_text_json_string(ctx, out, op->layer));
        OCTET_TRY(octet_buffer_format(ctx, out, "}"));
    }
    return octet_buffer_format(ctx, out, "\n  ]\n}\n");
}
