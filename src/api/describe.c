#include "api/describe.h"

octet_status octet_api_describe_ports(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                      const octet_port *ports, uint32_t n, octet_report_port **out) {
    OCTET_TRY(OCTET_NEW(ctx, arena, n, out));
    for (uint32_t i = 0; i < n; i++) {
        const octet_value *value = &graph->values[ports[i].value];
        octet_report_port *port = &(*out)[i];
        OCTET_TRY(octet_arena_string(ctx, arena, ports[i].name, &port->name));
        port->type = octet_type_name(value->type);
        port->quantized = value->quantization.n == 1;
        if (port->quantized) {
            port->scale = value->quantization.scale[0];
            port->zero_point = value->quantization.zero_point[0];
        }
    }
    return OCTET_OK;
}

const char *octet_api_type_of_graph(const octet_graph *graph) {
    bool has_int16 = false, int8_weights = false, float16_weights = false;
    for (uint32_t i = 0; i < graph->n_values; i++) {
        const octet_value *value = &graph->values[i];
        const bool constant = octet_value_is_constant(value), computed = !constant && !value->is_variable;
        if (value->type == OCTET_INT8 && computed) return "int8";
        has_int16 = has_int16 || (value->type == OCTET_INT16 && computed);
        int8_weights = int8_weights || (value->type == OCTET_INT8 && constant);
        float16_weights = float16_weights || (value->type == OCTET_FLOAT16 && constant);
    }
    return has_int16 ? "int16x8" : int8_weights ? "dynamic" : float16_weights ? "float16" : "float32";
}
