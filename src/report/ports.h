/* report/ports.h - the inputs and outputs of a model, in reports.
 * In:  names, types, scales.
 * Out: JSON.
 * Knows: how they are written.
 * Does not know: graphs. */
#ifndef OCTET_REPORT_PORTS_H
#define OCTET_REPORT_PORTS_H

#include "report/text.h"

typedef struct octet_report_port {
    const char *name, *type;
    bool quantized;
    float scale;
    int32_t zero_point;
    const char *own_layer; /* of an input: that scales it inside the model; or NULL */
    const char **columns;  /* of an input whose data are a CSV: names of the last dimension; or NULL */
} octet_report_port;

/* An array of objects. */
void octet_report_ports_write_member(octet_json_writer *json, const char *key, const octet_report_port *ports,
                                     uint32_t n);

#endif
