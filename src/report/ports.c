#include "report/ports.h"

void octet_report_ports_write_member(octet_json_writer *json, const char *key, const octet_report_port *ports,
                                     uint32_t n) {
    octet_json_begin_array(json, key, OCTET_JSON_LINE);
    for (uint32_t i = 0; i < n; i++) {
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "name", ports[i].name);
        octet_json_write_string(json, "type", ports[i].type);
        if (ports[i].quantized) {
            octet_json_write_real(json, "scale", (double)ports[i].scale, 9);
            octet_json_write_i64(json, "zero_point", ports[i].zero_point);
        }
        octet_json_end(json);
    }
    octet_json_end(json);
}
