#include "export/c/emitter.h"

#include <string.h>

#include "base/ascii.h"
#include "base/format.h"
#include "export/c/cmsis_nn.h"
#include "export/c/scale.h"

const char *octet_c_help(octet_c_emitter *e, octet_c_helper helper) {
    e->helpers |= octet_c_helper_needs(helper);
    return octet_c_helper_name(helper);
}

octet_c_name octet_c_step_name(const octet_c_emitter *e, uint32_t step) {
    octet_c_name name;
    const octet_operator *op = &e->graph->operators[e->steps[step].operator_index];
    octet_format(name.text, sizeof name.text, "%s_%u", octet_operator_name(op->code), step);
    for (char *c = name.text; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z') *c = (char)(*c - 'A' + 'a');
    return name;
}

void octet_c_refuse(octet_c_emitter *e, const octet_step *step, const char *format, ...) {
    const octet_operator *op = &e->graph->operators[step->operator_index];
    va_list arguments;
    if (e->functions.status != OCTET_OK) return;
    va_start(arguments, format);
    octet_format_list(e->reason, sizeof e->reason, format, arguments);
    va_end(arguments);
    e->functions.status = octet_context_fail(e->ctx, OCTET_UNSUPPORTED, "%s: %s in C: %s", op->layer,
                                             octet_operator_name(op->code), e->reason);
}

void octet_c_use_stack(octet_c_emitter *e, size_t bytes) {
    if (bytes > e->locals_bytes) e->locals_bytes = bytes;
}

/* "const int8_t <name>[<n>]", declared where it is used and defined. */
static octet_c_name declare(octet_c_emitter *e, const char *name, octet_type type, size_t n) {
    octet_c_name declaration;
    octet_format(declaration.text, sizeof declaration.text, "const %s %s[%zu]", octet_c_type(type), name, n);
    octet_c_line(&e->declarations, "extern %s;", declaration.text);
    octet_c_line(&e->constants, "extern %s;", declaration.text);
    e->constants_bytes += n * octet_type_size(type);
    return declaration;
}

static void write_array(octet_c_emitter *e, const char *name, octet_type type, const void *data, size_t n) {
    const octet_c_name declaration = declare(e, name, type, n);
    octet_c_numbers(&e->constants, declaration.text, type, data, n);
    octet_c_blank(&e->constants);
}

void octet_c_table(octet_c_emitter *e, const octet_stage *stage, const char *what, octet_type type, const void *data,
                   size_t n) {
    char name[160];
    octet_format(name, sizeof name, "@%s_%s", octet_c_step_name(e, stage->step).text, what);
    write_array(e, name, type, data, n);
}

void octet_c_table_of_two(octet_c_emitter *e, const octet_stage *stage, const char *what, octet_type type,
                          const void *paired, const void *data, size_t n) {
    char name[160];
    octet_format(name, sizeof name, "@%s_%s", octet_c_step_name(e, stage->step).text, what);
    const octet_c_name declaration = declare(e, name, type, n);
    octet_c_text(&e->constants, OCTET_C_IF_PAIRED);
    octet_c_numbers(&e->constants, declaration.text, type, paired, n);
    octet_c_text(&e->constants, "#else\n");
    octet_c_numbers(&e->constants, declaration.text, type, data, n);
    octet_c_text(&e->constants, "#endif\n\n");
}

const char *octet_c_constant(octet_c_emitter *e, const octet_stage *stage, uint32_t value, const char *what) {
    const octet_value *v = &e->graph->values[value];
    if (e->names[value] != NULL) return e->names[value];
    const octet_status status =
        octet_arena_format(e->ctx, e->arena, &e->names[value], "@%s_%s", octet_c_step_name(e, stage->step).text, what);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return "";
    }
    write_array(e, e->names[value], v->type, v->data, octet_shape_elements(&v->shape));
    return e->names[value];
}

/* The i-th name of a list that ends in "..." when its last name stands for all that follow. */
octet_c_name octet_c_operand_name(const octet_step *step, uint32_t operand) {
    octet_c_name name;
    const char *list = octet_kernel_operands(step->kernel);
    const bool is_open = strstr(list, "...") != NULL;
    for (uint32_t i = 0; i < operand && strchr(list, ' ') != NULL; i++) list = strchr(list, ' ') + 1;
    const int length = (int)strcspn(list, " .");
    if (is_open) octet_format(name.text, sizeof name.text, "%.*s%u", length, list, operand);
    else octet_format(name.text, sizeof name.text, "%.*s", length, list);
    return name;
}

octet_c_name octet_c_result_name(const octet_step *step, uint32_t result) {
    octet_c_name name;
    if (step->n_outputs == 1) octet_format(name.text, sizeof name.text, "output");
    else octet_format(name.text, sizeof name.text, "output%u", result);
    return name;
}

octet_c_name octet_c_state_name(const octet_c_emitter *e, uint32_t value) {
    octet_c_name name;
    for (uint32_t s = 0; s < e->graph->n_operators; s++) {
        for (uint32_t i = 0; i < e->steps[s].n_inputs; i++) {
            if (e->steps[s].inputs[i] != value) continue;
            octet_format(name.text, sizeof name.text, "%.60s_%.60s", octet_c_step_name(e, s).text,
                         octet_c_operand_name(&e->steps[s], i).text);
            return name;
        }
    }
    octet_format(name.text, sizeof name.text, "state%u", e->schedule->homes[value].index);
    return name;
}

/* Whether a step also writes an operand: its state. */
static bool is_written(const octet_c_emitter *e, const octet_step *step, uint32_t operand) {
    const octet_params_kind kind = octet_kernel_params(step->kernel);
    return e->graph->values[step->inputs[operand]].is_variable &&
           (kind == OCTET_PARAMS_lstm || kind == OCTET_PARAMS_svdf);
}

bool octet_c_is_parameter(const octet_c_emitter *e, const octet_step *step, uint32_t operand) {
    const uint32_t value = step->inputs[operand];
    return value != OCTET_NONE && e->schedule->homes[value].kind != OCTET_HOME_CONSTANT;
}

const char *octet_c_operand(octet_c_emitter *e, const octet_stage *stage, uint32_t operand) {
    const octet_step *step = &e->steps[stage->step];
    const octet_c_name name = octet_c_operand_name(step, operand);
    const char *copy = "";
    if (!octet_c_is_parameter(e, step, operand)) return octet_c_constant(e, stage, step->inputs[operand], name.text);
    const octet_status status = octet_arena_string(e->ctx, e->arena, name.text, &copy);
    if (status != OCTET_OK) e->functions.status = status;
    return copy;
}

static void open_as(octet_c_emitter *e, const octet_stage *stage, const char *how) {
    const octet_step *step = &e->steps[stage->step];
    const octet_operator *op = &e->graph->operators[step->operator_index];
    char parameters[1400] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < step->n_inputs && used < sizeof parameters; i++) {
        if (!octet_c_is_parameter(e, step, i)) continue;
        used += (size_t)octet_format(
            parameters + used, sizeof parameters - used, "%s%s *%s, ", is_written(e, step, i) ? "" : "const ",
            octet_c_type(e->graph->values[step->inputs[i]].type), octet_c_operand_name(step, i).text);
    }
    for (uint32_t i = 0; i < step->n_outputs && used < sizeof parameters; i++) {
        used += (size_t)octet_format(parameters + used, sizeof parameters - used, "%s%s *%s", i > 0 ? ", " : "",
                                     octet_c_type(e->graph->values[step->outputs[i]].type),
                                     octet_c_result_name(step, i).text);
    }
    if (used >= sizeof parameters) octet_c_refuse(e, step, "%u operands are too many", step->n_inputs);
    octet_c_remark(&e->functions, "%s %s%s", octet_operator_name(op->code), op->layer,
                   stage->flow == OCTET_FLOW_ROWS ? ": a row of its result" : "");
    octet_c_line(&e->functions, "static %s@%s(%s%s%s) {", how, octet_c_step_name(e, stage->step).text, parameters,
                 stage->flow == OCTET_FLOW_ROWS ? ", int32_t y" : "",
                 octet_c_cmsis_nn_takes_scratch(e, step) ? ", void *scratch" : "");
}

void octet_c_open(octet_c_emitter *e, const octet_stage *stage) { open_as(e, stage, "void "); }
void octet_c_open_apart(octet_c_emitter *e, const octet_stage *stage) {
    open_as(e, stage, octet_c_format(e, "%s void ", octet_c_help(e, OCTET_C_APART)));
}

const char *octet_c_type_of(const octet_c_emitter *e, uint32_t value) {
    return octet_c_type(e->graph->values[value].type);
}
const char *octet_c_input_type(const octet_c_emitter *e, const octet_stage *stage) {
    return octet_c_type_of(e, e->steps[stage->step].inputs[0]);
}
const char *octet_c_output_type(const octet_c_emitter *e, const octet_stage *stage) {
    return octet_c_type_of(e, e->steps[stage->step].outputs[0]);
}

size_t octet_c_row_elements(const octet_c_emitter *e, const octet_stage *stage) {
    return stage->rows.out_bytes / octet_type_size(e->graph->values[stage->result].type);
}

int64_t octet_c_first_kept(const octet_c_emitter *e, uint32_t value) {
    const octet_home *home = &e->schedule->homes[value];
    const octet_value *v = &e->graph->values[value];
    if (home->kind != OCTET_HOME_PART || e->schedule->parts[home->index].n_rows == 0) return 0;
    for (uint32_t i = 0; i < e->schedule->n_stages; i++) {
        const octet_stage *stage = &e->schedule->stages[i];
        const octet_home *result = &e->schedule->homes[stage->result];
        if (result->kind == OCTET_HOME_PART && result->index == home->index)
            return (int64_t)(octet_shape_elements(&v->shape) - octet_c_row_elements(e, stage));
    }
    return 0;
}

octet_c_name octet_c_row(octet_c_emitter *e, const octet_stage *stage, uint32_t operand, const char *row) {
    octet_c_name text;
    const char *name = octet_c_operand(e, stage, operand);
    const uint32_t value = e->steps[stage->step].inputs[operand];
    const octet_home *home = &e->schedule->homes[value];
    const size_t n = stage->rows.in_bytes / octet_type_size(e->graph->values[value].type);
    const int32_t n_rows = home->kind == OCTET_HOME_PART ? e->schedule->parts[home->index].n_rows : 0;
    if (n_rows == 1) octet_format(text.text, sizeof text.text, "%s + (%s) * 0", name, row); /* one row is kept */
    else if (n_rows > 0) octet_format(text.text, sizeof text.text, "%s + (%s) %% %d * %zu", name, row, n_rows, n);
    else octet_format(text.text, sizeof text.text, "%s + (%s) * %zu", name, row, n);
    return text;
}
