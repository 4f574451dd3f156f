#include "export/c/walk.h"

#include <inttypes.h>

#include "export/c/scale.h"

const char *octet_c_index(octet_c_emitter *e, int32_t n_axes, const int64_t *strides, int64_t offset) {
    const char *text = offset != 0 ? octet_c_format(e, "%" PRId64, offset) : "";
    for (int32_t i = 0; i < n_axes; i++) {
        const char *plus = text[0] != '\0' ? " + " : "";
        if (strides[i] == 1) text = octet_c_format(e, "%s%si%d", text, plus, i);
        else if (strides[i] != 0) text = octet_c_format(e, "%s%si%d * %" PRId64, text, plus, i, strides[i]);
    }
    return text[0] != '\0' ? text : "0";
}

void octet_c_open_loops(octet_c_emitter *e, int32_t n_axes, const int32_t *counts) {
    const char *names = "i0";
    for (int32_t i = 1; i < n_axes; i++) names = octet_c_format(e, "%s, i%d", names, i);
    if (n_axes > 0) octet_c_line(&e->functions, "int32_t %s;", names);
    for (int32_t i = 0; i < n_axes; i++)
        octet_c_line(&e->functions, "for (i%d = 0; i%d < %d; ++i%d) {", i, i, counts[i], i);
}

octet_c_walk octet_c_open_walk(octet_c_emitter *e, const octet_broadcast_params *p) {
    octet_c_walk walk = {{NULL}, NULL};
    int64_t strides[OCTET_BROADCAST_MAX_RANK], stride = 1;
    octet_c_open_loops(e, p->n_axes, p->count);
    for (int32_t k = 0; k < p->n_operands; k++) {
        for (int32_t i = 0; i < p->n_axes; i++) strides[i] = p->stride[k][i];
        walk.operands[k] = octet_c_index(e, p->n_axes, strides, 0);
    }
    for (int32_t i = p->n_axes - 1; i >= 0; i--) {
        strides[i] = stride;
        stride *= p->count[i];
    }
    walk.result = octet_c_index(e, p->n_axes, strides, 0);
    return walk;
}

void octet_c_close_walk(octet_c_emitter *e, const octet_broadcast_params *p) {
    for (int32_t i = 0; i < p->n_axes; i++) octet_c_line(&e->functions, "}");
}

void octet_c_write_index(octet_c_emitter *e, const char *type, const char *from, int32_t last, const char *then) {
    octet_c_writer *f = &e->functions;
    octet_c_line(f, "{");
    octet_c_line(f, "const %s x = %s;", type, from);
    octet_c_line(f, "%s (x < 0 ? 0 : x > %d ? %d : (int32_t)x);", then, last, last);
    octet_c_line(f, "}");
}
