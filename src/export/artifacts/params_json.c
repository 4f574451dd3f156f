/* quant_params.json. */
#include <inttypes.h>
#include <math.h>

#include "base/format.h"
#include "base/json_writer.h"
#include "export/artifacts/artifacts.h"

enum { DIGITS = 9 };

static void json_shape(octet_json_writer *json, const char *key, const octet_shape *shape) {
    octet_json_begin_array(json, key, OCTET_JSON_TIGHT);
    for (int32_t i = 0; i < shape->rank; i++) octet_json_write_i64(json, NULL, shape->dims[i]);
    octet_json_end(json);
}

static void json_tensor(octet_json_writer *json, const char *key, const octet_graph *graph, uint32_t number) {
    const octet_value *value = &graph->values[number];
    octet_json_begin_object(json, key, OCTET_JSON_LINE);
    octet_json_write_u64(json, "tensor", number);
    octet_json_write_string(json, "name", value->name);
    octet_json_write_string(json, "type", octet_type_name(value->type));
    json_shape(json, "shape", &value->shape);
    if (value->quantization.n == 1) {
        octet_json_write_real(json, "scale", (double)value->quantization.scale[0], DIGITS);
        octet_json_write_i64(json, "zero_point", value->quantization.zero_point[0]);
    }
    octet_json_end(json);
}

static void json_array(octet_json_writer *json, const char *key, const octet_artifact_array *array,
                       const octet_quantization *q) {
    octet_json_begin_object(json, key, OCTET_JSON_LINE);
    octet_json_write_string(json, "file", array->name);
    octet_json_write_string(json, "type", octet_type_name(array->type));
    json_shape(json, "shape", &array->shape);
    octet_json_write_string(json, "axes", array->axes);
    octet_json_begin_array(json, "scale", OCTET_JSON_LINE);
    for (uint32_t i = 0; i < q->n; i++) octet_json_write_real(json, NULL, (double)q->scale[i], DIGITS);
    octet_json_end(json);
    octet_json_write_i64(json, "zero_point", q->n > 0 ? q->zero_point[0] : 0);
    octet_json_end(json);
}

/* One number for a layer with one scale, else one for each output channel. */
static void json_requantize(octet_json_writer *json, const octet_artifact_layer *layer) {
    const int32_t n = layer->has_one_scale ? 1 : layer->n_channels;
    octet_json_begin_array(json, "multiplier", OCTET_JSON_LINE);
    for (int32_t i = 0; i < n; i++) octet_json_write_i64(json, NULL, layer->q->multiplier[i]);
    octet_json_end(json);
    octet_json_begin_array(json, "shift", OCTET_JSON_LINE);
    for (int32_t i = 0; i < n; i++) octet_json_write_i64(json, NULL, layer->q->shift[i]);
    octet_json_end(json);
    octet_json_begin_array(json, "real_multiplier", OCTET_JSON_LINE);
    for (int32_t i = 0; i < n; i++)
        octet_json_write_real(json, NULL, ldexp((double)layer->q->multiplier[i], layer->q->shift[i] - 31), DIGITS);
    octet_json_end(json);
    octet_json_write_i64(json, "min", layer->q->min);
    octet_json_write_i64(json, "max", layer->q->max);
}

typedef struct window {
    int32_t filter_h, filter_w, stride_h, stride_w, dilation_h, dilation_w, top, left;
} window;

static bool find_window(const octet_artifact_layer *layer, window *w) {
    const octet_params_kind kind = octet_kernel_params(layer->step->kernel);
    if (kind == OCTET_PARAMS_conv_2d) {
        const octet_conv_2d_params *p = octet_step_params_conv_2d(layer->step);
        *w = (window){p->filter_h,   p->filter_w,   p->stride_h, p->stride_w,
                      p->dilation_h, p->dilation_w, p->pad_top,  p->pad_left};
    } else if (kind == OCTET_PARAMS_depthwise) {
        const octet_depthwise_params *p = octet_step_params_depthwise(layer->step);
        *w = (window){p->filter_h,   p->filter_w,   p->stride_h, p->stride_w,
                      p->dilation_h, p->dilation_w, p->pad_top,  p->pad_left};
    } else if (kind == OCTET_PARAMS_transpose_conv) {
        const octet_transpose_conv_params *p = octet_step_params_transpose_conv(layer->step);
        *w = (window){p->filter_h, p->filter_w, p->stride_h, p->stride_w, 1, 1, p->pad_top, p->pad_left};
    } else if (kind == OCTET_PARAMS_pool_2d) {
        const octet_pool_2d_params *p = octet_step_params_pool_2d(layer->step);
        *w = (window){p->filter_h, p->filter_w, p->stride_h, p->stride_w, 1, 1, p->pad_top, p->pad_left};
    } else {
        return false;
    }
    return true;
}

static void json_pair(octet_json_writer *json, const char *key, int32_t h, int32_t w) {
    octet_json_begin_array(json, key, OCTET_JSON_TIGHT);
    octet_json_write_i64(json, NULL, h);
    octet_json_write_i64(json, NULL, w);
    octet_json_end(json);
}

static void json_layer(octet_json_writer *json, const octet_artifacts *a, const octet_artifact_layer *layer) {
    const octet_graph *graph = a->graph;
    window w;
    octet_json_begin_object(json, NULL, OCTET_JSON_LINES);
    octet_json_write_string(json, "name", layer->name);
    octet_json_write_string(json, "operator", octet_operator_name(layer->op->code));
    octet_json_write_string(json, "activation", octet_activation_name(octet_operator_activation(layer->op)));
    octet_json_begin_array(json, "inputs", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < layer->step->n_inputs; i++) {
        const uint32_t input = layer->step->inputs[i];
        if (input != OCTET_NONE && !octet_value_is_constant(&graph->values[input]))
            json_tensor(json, NULL, graph, input);
    }
    octet_json_end(json);
    octet_json_begin_array(json, "outputs", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < layer->step->n_outputs; i++) json_tensor(json, NULL, graph, layer->step->outputs[i]);
    octet_json_end(json);
    if (find_window(layer, &w)) {
        json_pair(json, "filter", w.filter_h, w.filter_w);
        json_pair(json, "stride", w.stride_h, w.stride_w);
        json_pair(json, "dilation", w.dilation_h, w.dilation_w);
        json_pair(json, "padding_before", w.top, w.left);
    }
    if (layer->q != NULL) {
        json_array(json, "weights", &layer->weights, &graph->values[layer->step->inputs[1]].quantization);
        if (layer->bias.data != NULL)
            json_array(json, "bias", &layer->bias, &graph->values[layer->step->inputs[2]].quantization);
        else octet_json_write_null(json, "bias");
        octet_json_write_bool(json, "columns_in_chw", layer->is_permuted);
        json_requantize(json, layer);
    }
    octet_json_end(json);
}

static void json_cost(octet_json_writer *json, const octet_artifacts *a, const octet_artifact_report *r) {
    octet_json_begin_object(json, "single_rounding", OCTET_JSON_LINES);
    octet_json_write_u64(json, "samples", r->n_samples);
    octet_json_begin_array(json, "layers", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < a->graph->n_operators; i++) {
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "name", a->layers[i].name);
        octet_json_write_u64(json, "numbers", r->cost[i].n_numbers);
        octet_json_write_u64(json, "different", r->cost[i].n_different);
        octet_json_write_i64(json, "largest_difference", r->cost[i].largest);
        octet_json_end(json);
    }
    octet_json_end(json);
    if (r->has_answers) octet_json_write_u64(json, "different_answers", r->n_flips);
    if (r->has_answers && r->has_labels) {
        octet_json_write_real(json, "accuracy_rounded_twice", r->accuracy_twice, 6);
        octet_json_write_real(json, "accuracy_rounded_once", r->accuracy_once, 6);
    }
    octet_json_end(json);
}

octet_status octet_artifacts_write_json(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                        octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    const octet_graph *graph = a->graph;
    char hash[20];
    octet_format(hash, sizeof hash, "%016" PRIx64, r->model_hash);
    octet_json_begin_object(&json, NULL, OCTET_JSON_LINES);
    octet_json_write_u64(&json, "version", 1);
    octet_json_write_string(&json, "model", r->model);
    octet_json_write_string(&json, "model_hash", hash);
    octet_json_write_string(&json, "maps", a->planar ? "CHW" : "HWC");
    octet_json_write_u64(&json, "golden_vectors", r->n_vectors);
    octet_json_begin_array(&json, "inputs", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < graph->n_inputs; i++) json_tensor(&json, NULL, graph, graph->inputs[i].value);
    octet_json_end(&json);
    octet_json_begin_array(&json, "outputs", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < graph->n_outputs; i++) json_tensor(&json, NULL, graph, graph->outputs[i].value);
    octet_json_end(&json);
    octet_json_begin_array(&json, "layers", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < graph->n_operators; i++) json_layer(&json, a, &a->layers[i]);
    octet_json_end(&json);
    json_cost(&json, a, r);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
