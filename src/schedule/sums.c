#include "schedule/sums.h"

bool octet_sums_of(const octet_graph *graph, const octet_step *step, octet_sums *out) {
    const octet_params_kind kind = octet_kernel_params(step->kernel);
    if (kind == OCTET_PARAMS_conv_2d) {
        const octet_conv_2d_params *p = octet_step_params_conv_2d(step);
        const size_t n = (size_t)p->filter_h * (size_t)p->filter_w * (size_t)p->filter_c;
        *out = (octet_sums){.q = &p->q, .n_channels = p->out_c, .n_weights = n, .stride = 1, .first_stride = n};
    } else if (kind == OCTET_PARAMS_depthwise) {
        const octet_depthwise_params *p = octet_step_params_depthwise(step);
        const size_t n = (size_t)p->filter_h * (size_t)p->filter_w, stride = (size_t)p->out_c;
        *out = (octet_sums){.q = &p->q, .n_channels = p->out_c, .n_weights = n, .stride = stride, .first_stride = 1};
    } else if (kind == OCTET_PARAMS_fully_connected) {
        const octet_fully_connected_params *p = octet_step_params_fully_connected(step);
        const size_t n = (size_t)p->depth;
        *out = (octet_sums){.q = &p->q, .n_channels = p->out_c, .n_weights = n, .stride = 1, .first_stride = n};
    } else if (kind == OCTET_PARAMS_transpose_conv) {
        const octet_transpose_conv_params *p = octet_step_params_transpose_conv(step);
        const size_t n = (size_t)p->filter_h * (size_t)p->filter_w * (size_t)p->in_c;
        *out = (octet_sums){.q = &p->q, .n_channels = p->out_c, .n_weights = n, .stride = 1, .first_stride = n};
    } else {
        return false;
    }
    out->weights = &graph->values[step->inputs[1]];
    if (step->n_inputs > 2 && step->inputs[2] != OCTET_NONE) out->bias = &graph->values[step->inputs[2]];
    return true;
}

int64_t octet_sums_bias(const octet_sums *sums, int32_t channel) {
    if (sums->bias == NULL) return 0;
    const void *data = sums->bias->data;
    return sums->bias->type == OCTET_INT64 ? ((const int64_t *)data)[channel] : ((const int32_t *)data)[channel];
}

int64_t octet_sums_most(const octet_graph *graph, const octet_step *step) {
    octet_sums s;
    int64_t largest = 0;
    if (!octet_sums_of(graph, step, &s)) return INT64_MAX;
    const octet_type type = graph->values[step->inputs[0]].type;
    if (type != OCTET_INT8 && type != OCTET_UINT8 && type != OCTET_INT16) return INT64_MAX;
    if (s.weights->type != OCTET_INT8 || s.weights->data == NULL) return INT64_MAX;
    if (s.bias != NULL && s.bias->data == NULL) return INT64_MAX;
    const int8_t *weights = s.weights->data;
    /* Of int8 255 is the largest difference, and 128 + 128 with one that is folded; int16 has no zero point. */
    const int64_t largest_input = type == OCTET_INT16 ? 32768 : 256;
    for (int32_t c = 0; c < s.n_channels; c++) {
        const int64_t bias = octet_sums_bias(&s, c);
        int64_t most = bias < 0 ? -bias : bias;
        for (size_t i = 0; i < s.n_weights; i++) {
            const int32_t w = weights[(size_t)c * s.first_stride + i * s.stride] - s.q->weight_zero_point;
            most += (w < 0 ? -w : w) * largest_input;
        }
        if (most > largest) largest = most;
    }
    return largest;
}

int32_t octet_sums_words(const octet_graph *graph, const octet_step *step) {
    const bool is_s16 = step->kernel == OCTET_KERNEL_fully_connected_s16;
    if (octet_kernel_params(step->kernel) != OCTET_PARAMS_fully_connected) return 1;
    if (step->kernel != OCTET_KERNEL_fully_connected_s8 && !is_s16) return 0;
    if (octet_step_params_fully_connected(step)->rows != 1) return 0;
    const int64_t most = octet_sums_most(graph, step);
    if (most <= INT32_MAX) return 1;
    return is_s16 && most < INT64_MAX ? 2 : 0;
}
