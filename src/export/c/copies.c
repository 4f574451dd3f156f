#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

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
    char fill[OCTET_C_NUMBER_SIZE];
    octet_c_number(type, p->value, 0, fill);
    octet_c_line(&e->functions, "{");
    octet_c_open_loops(e, c->n_axes, c->count);
    const char *from = p->parts[part].input == OCTET_NONE
                           ? octet_c_format(e, "%s", fill)
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

/* CONCATENATION of uint8: a table for each operand that has another scale than the result. */
void octet_c_emit_join_bytes(octet_c_emitter *e, const octet_stage *stage) {
    const octet_join_bytes_params *p = octet_step_params_join_bytes(&e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    const char **names;
    const octet_status status = OCTET_NEW(e->ctx, e->arena, p->n_parts, &names);
    if (status != OCTET_OK) {
        f->status = status;
        return;
    }
    for (uint32_t i = 0; i < p->n_parts; i++) {
        const char *what = octet_c_format(e, "table%u", i);
        if (p->parts[i].run == 0) continue;
        names[i] = octet_c_operand(e, stage, i);
        octet_c_table(e, stage, what, OCTET_UINT8, p->parts[i].table, sizeof p->parts[i].table);
    }
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t o, i;");
    octet_c_line(f, "for (o = 0; o < %u; ++o) {", e->steps[stage->step].work.n_units[0]);
    for (uint32_t i = 0; i < p->n_parts; i++)
        if (p->parts[i].run > 0)
            octet_c_line(f, "for (i = 0; i < %zu; ++i) *output++ = @%s_table%u[%s[o * %zu + i]];", p->parts[i].run,
                         octet_c_step_name(e, stage->step).text, i, names[i], p->parts[i].run);
    octet_c_line(f, "}");
    octet_c_end(f);
}
