#include "base/format.h"
#include "export/c/files.h"
#include "export/c/run.h"

static void write_vectors(const octet_c_job *job, octet_c_writer *w, bool is_output, uint32_t index) {
    const octet_graph *graph = job->graph;
    const octet_value *v = &graph->values[is_output ? graph->outputs[index].value : graph->inputs[index].value];
    const size_t n = octet_shape_elements(&v->shape);
    char declaration[128];
    octet_format(declaration, sizeof declaration, "static const %s %s_vectors[%zu]", octet_c_type(v->type),
                 octet_c_port_name(graph, is_output, index).text, n * job->vectors.n);
    octet_c_numbers(w, declaration, v->type, is_output ? job->vectors.outputs[index] : job->vectors.inputs[index],
                    n * job->vectors.n);
    octet_c_blank(w);
}

/* What stands around every run, for clocks and counters. */
static void write_hooks(octet_c_writer *w, const char *macro) {
    octet_c_remark(w, "Statements around every run, to time it: -D%s_BEFORE_RUN='start()'.", macro);
    octet_c_line(w, "#ifndef %s_BEFORE_RUN", macro);
    octet_c_line(w, "#define %s_BEFORE_RUN (void)0", macro);
    octet_c_line(w, "#endif");
    octet_c_line(w, "#ifndef %s_AFTER_RUN", macro);
    octet_c_line(w, "#define %s_AFTER_RUN (void)0", macro);
    octet_c_line(w, "#endif");
    octet_c_blank(w);
}

static bool has_state(const octet_c_job *job) { return octet_schedule_has_state(job->graph, job->keeps_state); }

static void write_call(const octet_c_job *job, octet_c_writer *w) {
    const octet_graph *graph = job->graph;
    octet_buffer call = {0};
    for (uint32_t i = 0; i < graph->n_inputs + graph->n_outputs && w->status == OCTET_OK; i++) {
        const bool is_output = i >= graph->n_inputs;
        const octet_c_name name = octet_c_port_name(graph, is_output, is_output ? i - graph->n_inputs : i);
        if (is_output) w->status = octet_buffer_format(w->ctx, &call, "%s, ", name.text);
        else
            w->status = octet_buffer_format(w->ctx, &call, "%s_vectors + vector * %zu, ", name.text,
                                            octet_shape_elements(&graph->values[graph->inputs[i].value].shape));
    }
    if (w->status == OCTET_OK)
        octet_c_line(w, "@run(%sarena%s);", (const char *)call.data, has_state(job) ? ", &state" : "");
    octet_buffer_free(w->ctx, &call);
}

static void write_test(const octet_c_job *job, octet_c_writer *w, const char *macro) {
    const octet_graph *graph = job->graph;
    octet_c_remark(w, "How many numbers differ from what must come%s%s.",
                   has_state(job) ? "; the vectors are one stream" : "",
                   job->uses_cmsis_nn ? "; -1: CMSIS-NN asks for more scratch than the arena has" : "");
    octet_c_line(w, "int32_t @selftest(void);");
    octet_c_line(w, "int32_t @selftest(void) {");
    octet_c_line(w, "static int64_t arena[(%s_ARENA_SIZE + 7) / 8];", macro);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_value *v = &graph->values[graph->outputs[i].value];
        octet_c_line(w, "static %s %s[%zu];", octet_c_type(v->type), octet_c_port_name(graph, true, i).text,
                     octet_shape_elements(&v->shape));
    }
    if (has_state(job)) octet_c_line(w, "static @state state;");
    octet_c_line(w, "int32_t vector, i, differ = 0;");
    if (job->uses_cmsis_nn) octet_c_line(w, "if (@scratch_needed() > %s_SCRATCH_SIZE) return -1;", macro);
    if (has_state(job)) octet_c_line(w, "@reset(&state);");
    octet_c_line(w, "for (vector = 0; vector < %u; ++vector) {", job->vectors.n);
    octet_c_line(w, "%s_BEFORE_RUN;", macro);
    write_call(job, w);
    octet_c_line(w, "%s_AFTER_RUN;", macro);
    for (uint32_t i = 0; i < graph->n_outputs; i++) {
        const octet_c_name name = octet_c_port_name(graph, true, i);
        const size_t n = octet_shape_elements(&graph->values[graph->outputs[i].value].shape);
        octet_c_line(w,
                     "for (i = 0; i < %zu; ++i) differ += %s[i] != "
                     "%s_vectors[vector * %zu + i];",
                     n, name.text, name.text, n);
    }
    octet_c_line(w, "}");
    octet_c_line(w, "return differ;");
    octet_c_end(w);
}

static void write_main(const octet_c_job *job, octet_c_writer *w, const char *macro) {
    octet_c_line(w, "#ifndef %s_SELFTEST_NO_MAIN", macro);
    octet_c_line(w, "#include <stdio.h>");
    octet_c_blank(w);
    octet_c_line(w, "int main(void) {");
    octet_c_line(w, "const long differ = @selftest();");
    octet_c_line(w, "%s(\"%s: %u vectors, %%ld numbers differ\\n\", differ);", "printf", job->name, job->vectors.n);
    octet_c_line(w, "return differ != 0;");
    octet_c_line(w, "}");
    octet_c_line(w, "#endif");
}

void octet_c_write_selftest(const octet_c_job *job, octet_c_writer *w) {
    char macro[64];
    octet_c_macro(job->name, macro);
    octet_c_remark(w,
                   "%s_selftest.c - inputs, what must come of them, a function "
                   "that compares, and a program that calls it.",
                   job->name);
    octet_c_line(w, "#include \"%s.h\"", job->name);
    octet_c_blank(w);
    write_hooks(w, macro);
    for (uint32_t i = 0; i < job->graph->n_inputs; i++) write_vectors(job, w, false, i);
    for (uint32_t i = 0; i < job->graph->n_outputs; i++) write_vectors(job, w, true, i);
    write_test(job, w, macro);
    write_main(job, w, macro);
}
