#include "export/c/run.h"

#include "base/format.h"
#include "export/c/cmsis_nn.h"
#include "export/c/scale.h"

octet_c_name octet_c_port_name(const octet_graph *graph, bool is_output, uint32_t index) {
    octet_c_name name;
    const char *what = is_output ? "output" : "input";
    if ((is_output ? graph->n_outputs : graph->n_inputs) == 1) octet_format(name.text, sizeof name.text, "%s", what);
    else octet_format(name.text, sizeof name.text, "%s%u", what, index);
    return name;
}

const char *octet_c_run_head(octet_c_emitter *e) {
    const char *text = "void @run(";
    for (uint32_t i = 0; i < e->graph->n_inputs; i++)
        text =
            octet_c_format(e, "%sconst %s *%s, ", text, octet_c_type(e->graph->values[e->graph->inputs[i].value].type),
                           octet_c_port_name(e->graph, false, i).text);
    for (uint32_t i = 0; i < e->graph->n_outputs; i++)
        text = octet_c_format(e, "%s%s *%s, ", text, octet_c_type(e->graph->values[e->graph->outputs[i].value].type),
                              octet_c_port_name(e->graph, true, i).text);
    return octet_c_format(e, "%svoid *arena%s)", text, e->schedule->n_states > 0 ? ", @state *state" : "");
}

/* Where a value's memory begins, as an expression of its type. */
static const char *address(octet_c_emitter *e, uint32_t value) {
    const octet_home *home = &e->schedule->homes[value];
    const octet_type type = e->graph->values[value].type;
    switch (home->kind) {
    case OCTET_HOME_INPUT: return octet_c_format(e, "%s", octet_c_port_name(e->graph, false, home->index).text);
    case OCTET_HOME_OUTPUT: return octet_c_format(e, "%s", octet_c_port_name(e->graph, true, home->index).text);
    case OCTET_HOME_STATE: return octet_c_format(e, "state->%s", octet_c_state_name(e, value).text);
    case OCTET_HOME_PART:
        if (type == OCTET_INT8) return octet_c_format(e, "memory + %zu", e->schedule->parts[home->index].offset);
        return octet_c_format(e, "(%s *)(void *)(memory + %zu)", octet_c_type(type),
                              e->schedule->parts[home->index].offset);
    case OCTET_HOME_CONSTANT:
    case OCTET_HOME_NONE: break;
    }
    return e->names[value] != NULL ? e->names[value] : "";
}

static const char *sums(octet_c_emitter *e, const octet_stage *stage) {
    return octet_c_format(e, "(int32_t *)(void *)(memory + %zu)", e->schedule->parts[stage->sums].offset);
}

/* Operands of a call, each with a comma; `plus` is added to operand 0. */
static const char *operands(octet_c_emitter *e, const octet_stage *stage, const char *plus) {
    const octet_step *step = &e->steps[stage->step];
    const char *text = "";
    for (uint32_t i = 0; i < step->n_inputs; i++)
        if (octet_c_is_parameter(e, step, i))
            text = octet_c_format(e, "%s%s%s, ", text, address(e, step->inputs[i]), i == 0 ? plus : "");
    return text;
}

static void call_whole(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const char *results = "";
    for (uint32_t i = 0; i < step->n_outputs; i++)
        results = octet_c_format(e, "%s%s%s", results, i > 0 ? ", " : "", address(e, step->outputs[i]));
    if (octet_c_cmsis_nn_takes_scratch(e, step))
        results = octet_c_format(e, "%s, memory + %zu", results, e->schedule->arena_bytes);
    octet_c_line(&e->functions, "@%s(%s%s);", octet_c_step_name(e, stage->step).text, operands(e, stage, ""), results);
}

/* The first row that is not read for row y<index> of a stage: as many rows of its operands have to be there. */
static const char *needed(octet_c_emitter *e, const octet_stage *stage, uint32_t index) {
    const octet_rows *r = &stage->rows;
    const int32_t more = r->extent - r->pad;
    const char *rows = r->stride == 1 ? octet_c_format(e, "y%u + %d", index, more)
                                      : octet_c_format(e, "y%u * %d + %d", index, r->stride, more);
    if ((r->out_h - 1) * r->stride + more <= r->in_h) return rows;
    return octet_c_format(e, "(%s < %d ? %s : %d)", rows, r->in_h, rows, r->in_h);
}

/* What is added to a value's address for its row y<index>, of n elements: "", " + y0 * 448", " + y0 % 3 * 448". */
static const char *row_offset(octet_c_emitter *e, uint32_t value, uint32_t index, size_t n) {
    const octet_home *home = &e->schedule->homes[value];
    const int32_t n_rows = home->kind == OCTET_HOME_PART ? e->schedule->parts[home->index].n_rows : 0;
    if (n_rows == 1) return "";
    if (n_rows > 0) return octet_c_format(e, " + y%u %% %d * %zu", index, n_rows, n);
    return octet_c_format(e, " + y%u * %zu", index, n);
}

/* Where row y<index> of a stage goes. */
static const char *row_part(octet_c_emitter *e, const octet_stage *stage, uint32_t index) {
    const char *base = address(e, stage->result);
    const size_t n = octet_c_row_elements(e, stage);
    if (stage->rows.batches > 1)
        return octet_c_format(e, "%s + (n * %d + y%u) * %zu", base, stage->rows.out_h, index, n);
    return octet_c_format(e, "%s%s", base, row_offset(e, stage->result, index, n));
}

/* Computes rows of stage `index` of a group until there are `rows`, and before each row those that it asks for. */
static void write_rows(octet_c_emitter *e, const octet_stage *stages, uint32_t index, const char *rows) {
    const octet_stage *stage = &stages[index];
    const char *name = octet_c_format(e, "%s", octet_c_step_name(e, stage->step).text);
    const char *plus = "";
    const uint32_t operand = e->steps[stage->step].inputs[0];
    const size_t n = stage->rows.in_bytes / octet_type_size(e->graph->values[operand].type);
    if (stage->flow == OCTET_FLOW_ADDS) plus = row_offset(e, operand, index, n);
    else if (stage->rows.batches > 1) plus = octet_c_format(e, " + n * %zu", (size_t)stage->rows.in_h * n);
    octet_c_line(&e->functions, "for (; y%u < %s; ++y%u) {", index, rows, index);
    for (uint32_t k = 0; k < OCTET_STAGE_ASKS && stage->asks[k] != OCTET_NONE; k++)
        write_rows(e, stages, stage->asks[k], needed(e, stage, index));
    if (stage->flow == OCTET_FLOW_ADDS)
        octet_c_line(&e->functions, "@%s_add(%s%s, y%u);", name, operands(e, stage, plus), sums(e, stage), index);
    else
        octet_c_line(&e->functions, "@%s(%s%s, y%u);", name, operands(e, stage, plus), row_part(e, stage, index),
                     index);
    octet_c_line(&e->functions, "}");
}

/* Every element of a variable at its zero point. */
static void write_fill(octet_c_emitter *e, uint32_t value, const char *address) {
    const octet_value *v = &e->graph->values[value];
    octet_c_line(&e->functions, "for (i = 0; i < %zu; ++i) %s[i] = %d;", octet_shape_elements(&v->shape), address,
                 v->quantization.n > 0 && v->type != OCTET_FLOAT32 ? v->quantization.zero_point[0] : 0);
}

/* Variables that begin here, and anew in every run. */
static void write_fresh(octet_c_emitter *e, uint32_t group) {
    octet_c_writer *f = &e->functions;
    for (uint32_t i = 0; i < e->schedule->n_parts; i++) {
        const octet_part *part = &e->schedule->parts[i];
        if (!part->is_fresh || part->first_group != group) continue;
        octet_c_line(f, "{");
        octet_c_line(f, "%s *fresh = %s;", octet_c_type(e->graph->values[part->value].type), address(e, part->value));
        octet_c_line(f, "int32_t i;");
        write_fill(e, part->value, "fresh");
        octet_c_line(f, "}");
    }
}

static void write_group(octet_c_emitter *e, const octet_group *group) {
    octet_c_writer *f = &e->functions;
    write_fresh(e, (uint32_t)(group - e->schedule->groups));
    const octet_stage *stages = &e->schedule->stages[group->first_stage], *last = &stages[group->n_stages - 1];
    if (last->flow == OCTET_FLOW_WHOLE) {
        call_whole(e, last);
        return;
    }
    const char *counters = "y0 = 0";
    for (uint32_t i = 1; i < group->n_stages; i++) counters = octet_c_format(e, "%s, y%u = 0", counters, i);
    const bool has_batches = last->rows.batches > 1;
    octet_c_line(f, "{");
    if (has_batches) octet_c_line(f, "int32_t n;");
    if (has_batches) octet_c_line(f, "for (n = 0; n < %d; ++n) {", last->rows.batches);
    octet_c_line(f, "int32_t %s;", counters);
    const char *name = octet_c_format(e, "%s", octet_c_step_name(e, last->step).text);
    if (last->flow == OCTET_FLOW_ADDS) octet_c_line(f, "@%s_begin(%s);", name, sums(e, last));
    write_rows(e, stages, group->n_stages - 1,
               octet_c_format(e, "%d", last->flow == OCTET_FLOW_ADDS ? last->rows.in_h : last->rows.out_h));
    if (last->flow == OCTET_FLOW_ADDS)
        octet_c_line(f, "@%s_end(%s, %s);", name, sums(e, last), address(e, last->result));
    if (has_batches) octet_c_line(f, "}");
    octet_c_line(f, "}");
}

/* Variables that the graph assigns. */
static void write_carries(octet_c_emitter *e) {
    for (uint32_t i = 0; i < e->graph->n_carries; i++) {
        const octet_carry *carry = &e->graph->carries[i];
        if (carry->value == carry->variable) continue;
        octet_c_line(&e->functions, "for (i = 0; i < %zu; ++i) %s[i] = (%s)[i];",
                     octet_shape_elements(&e->graph->values[carry->variable].shape), address(e, carry->variable),
                     address(e, carry->value));
    }
}

/* Outputs that no stage writes: inputs, constants, those that are named twice. */
static void write_other_outputs(octet_c_emitter *e) {
    for (uint32_t i = 0; i < e->graph->n_outputs; i++) {
        const uint32_t value = e->graph->outputs[i].value;
        const octet_home *home = &e->schedule->homes[value];
        if (home->kind == OCTET_HOME_OUTPUT && home->index == i) continue;
        octet_c_line(&e->functions, "for (i = 0; i < %zu; ++i) %s[i] = (%s)[i];",
                     octet_shape_elements(&e->graph->values[value].shape), octet_c_port_name(e->graph, true, i).text,
                     address(e, value));
    }
}

/* Whether something is copied behind the last group. */
static bool has_copies(const octet_c_emitter *e) {
    for (uint32_t i = 0; i < e->graph->n_carries; i++)
        if (e->graph->carries[i].value != e->graph->carries[i].variable) return true;
    for (uint32_t i = 0; i < e->graph->n_outputs; i++) {
        const octet_home *home = &e->schedule->homes[e->graph->outputs[i].value];
        if (home->kind != OCTET_HOME_OUTPUT || home->index != i) return true;
    }
    return false;
}

/* The array of what a variable holds before the first run; NULL where that is its zero point. */
static const char *start_of(octet_c_emitter *e, uint32_t value) {
    const octet_stage first = {.step = 0};
    for (uint32_t i = 0; i < e->graph->n_carries; i++) {
        const octet_carry *carry = &e->graph->carries[i];
        const octet_value *v = &e->graph->values[value];
        if (carry->variable != value || carry->initial == NULL || e->graph->n_operators == 0) continue;
        const char *what = octet_c_format(e, "start_%u", i);
        octet_c_table(e, &first, what, v->type, carry->initial, octet_shape_elements(&v->shape));
        return octet_c_format(e, "@%s_%s", octet_c_step_name(e, 0).text, what);
    }
    return NULL;
}

static void write_reset(octet_c_emitter *e) {
    octet_c_writer *f = &e->functions;
    octet_c_blank(f);
    octet_c_line(f, "void @reset(@state *state) {");
    octet_c_line(f, "int32_t i;");
    for (uint32_t i = 0; i < e->schedule->n_states; i++) {
        const uint32_t value = e->schedule->states[i];
        const char *initial = start_of(e, value);
        if (initial == NULL) {
            write_fill(e, value, address(e, value));
            continue;
        }
        octet_c_line(f, "for (i = 0; i < %zu; ++i) %s[i] = %s[i];",
                     octet_shape_elements(&e->graph->values[value].shape), address(e, value), initial);
    }
    octet_c_line(f, "}");
}

void octet_c_write_run(octet_c_emitter *e) {
    octet_c_writer *f = &e->functions;
    octet_c_line(f, "%s {", octet_c_run_head(e));
    const bool has_memory = e->schedule->n_parts > 0 || octet_c_cmsis_nn_is_called(e);
    if (has_memory) octet_c_line(f, "int8_t *const memory = (int8_t *)arena;");
    if (has_copies(e)) octet_c_line(f, "int32_t i;");
    if (!has_memory) octet_c_line(f, "(void)arena;");
    for (uint32_t i = 0; i < e->schedule->n_groups; i++) write_group(e, &e->schedule->groups[i]);
    write_carries(e);
    write_other_outputs(e);
    octet_c_line(f, "}");
    if (e->schedule->n_states > 0) write_reset(e);
    if (e->uses_cmsis_nn) octet_c_cmsis_nn_write_query(e);
}
