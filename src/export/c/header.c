#include <inttypes.h>

#include "base/format.h"
#include "export/c/files.h"
#include "export/c/run.h"
#include "export/c/scale.h"

const char *octet_c_macro(const char *name, char *text) {
    size_t n = 0;
    for (; name[n] != '\0' && n < 63; n++)
        text[n] = name[n] >= 'a' && name[n] <= 'z' ? (char)(name[n] - 'a' + 'A') : name[n];
    text[n] = '\0';
    return text;
}

static void write_port_remark(octet_c_emitter *e, octet_c_writer *w, bool is_output, uint32_t index) {
    const octet_port *port = is_output ? &e->graph->outputs[index] : &e->graph->inputs[index];
    const octet_value *value = &e->graph->values[port->value];
    char shape[OCTET_SHAPE_TEXT_SIZE];
    const octet_c_name name = octet_c_port_name(e->graph, is_output, index);
    octet_shape_text(&value->shape, shape);
    const int32_t zero_point = value->quantization.n == 1 ? value->quantization.zero_point[0] : 0;
    if (value->quantization.n == 1)
        octet_c_remark(w, "%s: %s, %s %s, real = %.9g * (q %s %d)", name.text, port->name, octet_type_name(value->type),
                       shape, (double)value->quantization.scale[0], zero_point < 0 ? "+" : "-",
                       zero_point < 0 ? -zero_point : zero_point);
    else octet_c_remark(w, "%s: %s, %s %s", name.text, port->name, octet_type_name(value->type), shape);
}

/* Numbers as the data hold them to real ones. */
static void write_scaling(octet_c_emitter *e, octet_c_writer *w, uint32_t index, const char *body) {
    octet_c_remark(w, "A number of the data, scaled for the network; channels as the network takes them.");
    octet_c_line(w, "static inline float @scale_%s(float x, int32_t channel) {",
                 octet_c_port_name(e->graph, false, index).text);
    octet_c_line(w, "(void)channel;");
    octet_c_line(w, "%s", body);
    octet_c_end(w);
}

/* Real numbers to an input, an output to real numbers. */
static void write_conversions(octet_c_emitter *e, octet_c_writer *w, bool is_output, uint32_t index) {
    const octet_value *v =
        &e->graph->values[is_output ? e->graph->outputs[index].value : e->graph->inputs[index].value];
    const octet_c_name name = octet_c_port_name(e->graph, is_output, index);
    const char *type = octet_c_type(v->type);
    int32_t low, high;
    octet_type_limits(v->type, &low, &high);
    if (v->quantization.n != 1 || low == high) return;
    const double scale = (double)v->quantization.scale[0];
    const int32_t zero_point = v->quantization.zero_point[0];
    if (is_output) {
        octet_c_line(w, "static inline float @dequantize_%s(%s q) {", name.text, type);
        octet_c_line(w, "return %.9ef * (float)(q - (%d));", scale, zero_point);
        octet_c_end(w);
        return;
    }
    octet_c_remark(w, "The nearest number of %s, halves away from 0, clamped to %d..%d.", name.text, low, high);
    octet_c_line(w, "static inline %s @quantize_%s(float x) {", type, name.text);
    octet_c_line(w, "float q = x / %.9ef;", scale);
    octet_c_line(w, "if (q != q) return %d; /* not a number */", zero_point);
    octet_c_line(w, "q = q < %d.0f ? %d.0f : q > %d.0f ? %d.0f : q;", low - zero_point, low - zero_point,
                 high - zero_point, high - zero_point);
    octet_c_line(w, "return (%s)((int32_t)(q + (q < 0.0f ? -0.49999997f : 0.49999997f)) + %d);", type, zero_point);
    octet_c_end(w);
}

/* `scratch`: bytes for CMSIS-NN at the end of the arena. */
static void write_arena_size(octet_c_emitter *e, octet_c_writer *w, const char *macro, size_t scratch) {
    const size_t bytes = e->schedule->arena_bytes + scratch;
    if (e->uses_cmsis_nn) octet_c_line(w, "#define %s_SCRATCH_SIZE %zu", macro, scratch);
    octet_c_line(w, "#define %s_ARENA_SIZE %zu /* bytes; aligned to %zu */", macro,
                 bytes > 0 ? bytes : e->schedule->alignment, e->schedule->alignment);
}

static void write_sizes(octet_c_emitter *e, octet_c_writer *w, const char *macro) {
    char port[64];
    for (uint32_t i = 0; i < e->graph->n_inputs; i++)
        octet_c_line(w, "#define %s_%s_SIZE %zu", macro,
                     octet_c_macro(octet_c_port_name(e->graph, false, i).text, port),
                     octet_shape_elements(&e->graph->values[e->graph->inputs[i].value].shape));
    for (uint32_t i = 0; i < e->graph->n_outputs; i++)
        octet_c_line(w, "#define %s_%s_SIZE %zu", macro, octet_c_macro(octet_c_port_name(e->graph, true, i).text, port),
                     octet_shape_elements(&e->graph->values[e->graph->outputs[i].value].shape));
    if (e->uses_cmsis_nn) {
        octet_c_text(w, "#if defined(__ARM_FEATURE_MVE)\n");
        write_arena_size(e, w, macro, e->scratch.bytes_mve);
        octet_c_text(w, "#else\n");
        write_arena_size(e, w, macro, e->scratch.bytes);
        octet_c_text(w, "#endif\n");
    } else {
        write_arena_size(e, w, macro, 0);
    }
}

/* The struct of what goes on from run to run. */
static void write_state(octet_c_emitter *e, octet_c_writer *w) {
    octet_c_remark(w, "What goes on from run to run: one for each stream of inputs. It is to be reset before the first "
                      "run of a stream.");
    octet_c_remark(w, "The arena need not stay, and may serve several streams.");
    octet_c_line(w, "typedef struct @state {");
    for (uint32_t i = 0; i < e->schedule->n_states; i++) {
        const octet_value *v = &e->graph->values[e->schedule->states[i]];
        octet_c_line(w, "%s %s[%zu];", octet_c_type(v->type), octet_c_state_name(e, e->schedule->states[i]).text,
                     octet_shape_elements(&v->shape));
    }
    octet_c_line(w, "} @state;");
    octet_c_blank(w);
    octet_c_line(w, "void @reset(@state *state);");
}

void octet_c_write_header(octet_c_emitter *e, const octet_c_job *job, const octet_c_needs *needs, octet_c_writer *w) {
    char macro[64];
    octet_c_macro(job->name, macro);
    octet_c_write_preface(e, job, needs, w);
    octet_c_line(w, "#ifndef %s_H", macro);
    octet_c_line(w, "#define %s_H", macro);
    octet_c_blank(w);
    octet_c_line(w, "#include <stdint.h>");
    octet_c_blank(w);
    octet_c_text(w, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    write_sizes(e, w, macro);
    octet_c_blank(w);
    for (uint32_t i = 0; i < e->graph->n_inputs; i++) write_port_remark(e, w, false, i);
    for (uint32_t i = 0; i < e->graph->n_outputs; i++) write_port_remark(e, w, true, i);
    if (e->schedule->n_states > 0) write_state(e, w);
    if (e->schedule->n_states > 0)
        octet_c_remark(w, "It may run in several threads at once, each with an arena and a state of its own.");
    else octet_c_remark(w, "No state: it may run in several threads at once, each with an arena of its own.");
    octet_c_line(w, "%s;", octet_c_run_head(e));
    if (e->uses_cmsis_nn) {
        octet_c_blank(w);
        octet_c_remark(
            w,
            "Scratch in bytes that this CMSIS-NN asks for: no more than %s_SCRATCH_SIZE, which the self-test checks.",
            macro);
        octet_c_line(w, "int32_t @scratch_needed(void);");
    }
    octet_c_blank(w);
    octet_c_remark(
        w, "From numbers as the data hold them to those of the network and back; what is not called takes no memory.");
    for (uint32_t i = 0; i < e->graph->n_inputs; i++) {
        if (job->scalings != NULL && job->scalings[i] != NULL) write_scaling(e, w, i, job->scalings[i]);
        write_conversions(e, w, false, i);
    }
    for (uint32_t i = 0; i < e->graph->n_outputs; i++) write_conversions(e, w, true, i);
    octet_c_text(w, "#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
