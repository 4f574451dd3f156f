#include <inttypes.h>
#include <string.h>

#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

/* The element that fills what no operand gives, as a number of the result's type. */
static int64_t fill_value(octet_type type, const unsigned char *bytes) {
    int16_t narrow;
    int32_t wide;
    int64_t widest;
    memcpy(&narrow, bytes, sizeof narrow);
    memcpy(&wide, bytes, sizeof wide);
    memcpy(&widest, bytes, sizeof widest);
    if (octet_type_size(type) == 8) return widest;
    if (octet_type_size(type) == 4) return wide;
    if (octet_type_size(type) == 2) return narrow;
    return type == OCTET_INT8 ? (int8_t)bytes[0] : bytes[0];
}

static void write_part(octet_c_emitter *e, const octet_stage *stage, const octet_copies_params *p, uint32_t part) {
    const octet_copy_params *c = &p->parts[part].copy;
    const octet_step *step = &e->steps[stage->step];
    const octet_type type = e->graph->values[step->outputs[p->parts[part].output]].type;
    int64_t in[OCTET_COPY_MAX_AXES], out[OCTET_COPY_MAX_AXES];
    for (int32_t i = 0; i < c->n_axes; i++) {
        in[i] = c->in_stride[i] / c->element_size;
        out[i] = c->out_stride[i] / c->element_size;
    }
    const int64_t first =
        p->parts[part].input == OCTET_NONE ? 0 : octet_c_first_kept(e, step->inputs[p->parts[part].input]);
    octet_c_line(&e->functions, "{");
    octet_c_open_loops(e, c->n_axes, c->count);
    const char *from = p->parts[part].input == OCTET_NONE
                           ? octet_c_format(e, "%" PRId64, fill_value(type, p->value))
                           : octet_c_format(e, "%s[%s]", octet_c_operand(e, stage, p->parts[part].input),
                                            octet_c_index(e, c->n_axes, in, c->in_offset / c->element_size - first));
    octet_c_line(&e->functions, "%s[%s] = %s;", octet_c_result_name(step, p->parts[part].output).text,
                 octet_c_index(e, c->n_axes, out, c->out_offset / c->element_size), from);
    for (int32_t i = 0; i <= c->n_axes; i++) octet_c_line(&e->functions, "}");
}

void octet_c_emit_copies(octet_c_emitter *e, const octet_stage *stage) {
    const octet_copies_params *p = octet_step_params_copies(&e->steps[stage->step]);
    octet_c_open(e, stage);
    for (uint32_t i = 0; i < p->n_parts; i++)
        if (p->parts[i].n_rows > 0) write_part(e, stage, p, i);
    octet_c_end(&e->functions);
}
