#include "recover/passing.h"

#include <math.h>
#include <string.h>

#include "exec/convert.h"

/* Slopes below 0 of an activation that stands alone; false for any other operator. */
static bool slopes_of(const octet_graph *graph, const octet_operator *op, size_t n_channels, float *out) {
    if (op->code == OCTET_OP_RELU || op->code == OCTET_OP_RELU6) return true;
    if (op->code == OCTET_OP_LEAKY_RELU) {
        for (size_t i = 0; i < n_channels; i++) out[i] = op->options.leaky_relu.alpha;
        return true;
    }
    if (op->code != OCTET_OP_PRELU) return false;
    const octet_value *slopes = octet_graph_input(graph, op, 1);
    if (slopes == NULL || !octet_value_is_constant(slopes) || slopes->type != OCTET_FLOAT32) return false;
    const size_t n = octet_shape_elements(&slopes->shape);
    if (n != 1 && n != n_channels) return false;
    for (size_t i = 0; i < n_channels; i++) out[i] = ((const float *)slopes->data)[n == 1 ? 0 : i];
    return true;
}

/* The operator whose fused activation comes next: the layer, or the ADD behind it; NULL: the ADD is not the only
 * reader. */
static const octet_operator *last_linear(const octet_graph *graph, uint32_t op, bool has_skip) {
    if (!has_skip) return &graph->operators[op];
    const uint32_t add = octet_graph_only_user(graph, graph->operators[op].outputs[0]);
    return add != OCTET_NONE ? &graph->operators[add] : NULL;
}

octet_status octet_passing_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_graph *quantized, const octet_weighted *layer, uint32_t skip_value,
                                uint32_t skip_quantized, octet_passing *out) {
    *out = (octet_passing){graph->operators[layer->op].outputs[0],
                           quantized->operators[layer->quantized].outputs[0],
                           skip_value,
                           skip_quantized,
                           NULL,
                           INFINITY};
    const octet_quantization *q = &quantized->values[out->quantized].quantization;
    const octet_operator *linear = last_linear(graph, layer->op, skip_value != OCTET_NONE);
    if (linear == NULL || q->n != 1) return OCTET_OK;
    const octet_activation activation = octet_operator_activation(linear);
    const uint32_t reader = octet_graph_only_user(graph, linear->outputs[0]);
    bool is_six = activation == OCTET_ACTIVATION_RELU6;
    float *below;
    OCTET_TRY(OCTET_NEW(ctx, arena, layer->n_channels, &below));
    if (activation == OCTET_ACTIVATION_NONE) {
        if (reader == OCTET_NONE || !slopes_of(graph, &graph->operators[reader], layer->n_channels, below))
            return OCTET_OK;
        is_six = graph->operators[reader].code == OCTET_OP_RELU6;
    } else if (activation != OCTET_ACTIVATION_RELU && !is_six) {
        return OCTET_OK;
    }
    for (size_t i = 0; i < layer->n_channels; i++) below[i] *= below[i];
    out->below = below;
    if (is_six) out->top = 6.0f - q->scale[0];
    return OCTET_OK;
}

typedef struct error_job {
    const octet_passing *passing;
    const octet_lockstep *real, *integer;
    size_t n_channels, n_elements;
    float **scratch; /* by thread: room for a result and a skip */
    double *sums;    /* by run, by channel: of w (y - y^), of w */
} error_job;

/* The elements of a value of a run as real numbers. */
static const float *real_of(const octet_lockstep *lockstep, size_t run, uint32_t value, size_t n, float *room) {
    octet_convert_to_real(&lockstep->graph->values[value], octet_lockstep_value(lockstep, run, value), n, room);
    return room;
}

static void add_run(const error_job *job, size_t run, const float *y, const float *z, const float *y_skip,
                    const float *z_skip) {
    const octet_passing *p = job->passing;
    double *sums = job->sums + run * job->n_channels * 2;
    for (size_t i = 0, c = 0; i < job->n_elements; i++, c = c + 1 == job->n_channels ? 0 : c + 1) {
        const float a = y_skip != NULL ? y[i] + y_skip[i] : y[i], b = z_skip != NULL ? z[i] + z_skip[i] : z[i];
        double w = a > 0.0f || b > 0.0f ? 1.0 : (double)p->below[c];
        if (a >= p->top && b >= p->top) w = 0.0;
        sums[c * 2] += w * ((double)a - (double)b);
        sums[c * 2 + 1] += w;
    }
}

static void measure_runs(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const error_job *job = user;
    const octet_passing *p = job->passing;
    const size_t n = job->n_elements;
    float *room = job->scratch[thread];
    for (uint32_t run = begin; run < end; run++) {
        const float *y = octet_lockstep_value(job->real, run, p->value), *y_skip = NULL, *z_skip = NULL;
        const float *z = real_of(job->integer, run, p->quantized, n, room);
        if (p->skip_value != OCTET_NONE) {
            y_skip = octet_lockstep_value(job->real, run, p->skip_value);
            z_skip = real_of(job->integer, run, p->skip_quantized, n, room + n);
        }
        add_run(job, run, y, z, y_skip, z_skip);
    }
}

octet_status octet_passing_error(octet_context *ctx, octet_arena *scratch, const octet_passing *passing,
                                 const octet_lockstep *real, const octet_lockstep *integer, size_t n_channels,
                                 double *out) {
    const size_t n_runs = real->n_runs < integer->n_runs ? real->n_runs : integer->n_runs;
    const octet_value *value = &integer->graph->values[passing->quantized];
    error_job job = {passing, real, integer, n_channels, octet_shape_elements(&value->shape), NULL, NULL};
    OCTET_TRY(OCTET_NEW(ctx, scratch, octet_pool_size(integer->pool), &job.scratch));
    for (uint32_t t = 0; t < octet_pool_size(integer->pool); t++)
        OCTET_TRY(OCTET_NEW(ctx, scratch, 2 * job.n_elements, &job.scratch[t]));
    OCTET_TRY(OCTET_NEW(ctx, scratch, 2 * n_channels * n_runs, &job.sums));
    octet_pool_run(integer->pool, 0, measure_runs, &job, (uint32_t)n_runs, 1);
    const double n_elements = (double)n_runs * (double)(job.n_elements / n_channels);
    for (size_t c = 0; c < n_channels; c++) {
        double error = 0.0, weight = n_elements;
        for (size_t run = 0; run < n_runs; run++) {
            error += job.sums[(run * n_channels + c) * 2];
            weight += job.sums[(run * n_channels + c) * 2 + 1];
        }
        out[c] = error / weight;
    }
    return OCTET_OK;
}
