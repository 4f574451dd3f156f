/* quant_params.h. A macro's name is legal in C and C++, and no two are the same: names that would be get a number. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/ascii.h"
#include "base/format.h"
#include "export/artifacts/artifacts.h"

enum { MOST_SHOWN = 500 };  /* letters of the model's path */
enum { MOST_LETTERS = 44 }; /* of a base; C tells 63 letters apart, endings have up to 17 */

typedef struct macro_names {
    octet_arena arena;
    const char **names;
    uint32_t n;
} macro_names;

static bool is_taken(const macro_names *m, const char *name) {
    for (uint32_t i = 0; i < m->n; i++)
        if (strcmp(m->names[i], name) == 0) return true;
    return false;
}

/* "sequential/dense_1/MatMul;..." becomes "SEQUENTIAL_DENSE_1_MATMUL": from a list the first name, from a long one the
 * end. */
static octet_status make_base(octet_context *ctx, macro_names *m, const char *name, const char **out) {
    char base[MOST_LETTERS + 1];
    size_t length = strcspn(name, ";"), n = 0;
    if (length > MOST_LETTERS - 2) name += length - (MOST_LETTERS - 2), length = MOST_LETTERS - 2;
    if (length == 0 || !octet_ascii_is_letter(name[0])) base[n++] = 'T', base[n++] = '_'; /* no digit, no _ in front */
    for (size_t i = 0; i < length; i++) {
        const char c = name[i];
        const bool is_lower = octet_ascii_is_lower(c);
        base[n++] = is_lower ? (char)(c - 'a' + 'A') : octet_ascii_is_letter(c) || octet_ascii_is_digit(c) ? c : '_';
    }
    base[n] = '\0';
    OCTET_TRY(octet_arena_string(ctx, &m->arena, base, out));
    for (uint32_t number = 2; is_taken(m, *out); number++)
        OCTET_TRY(octet_arena_format(ctx, &m->arena, out, "%s_%" PRIu32, base, number));
    m->names[m->n++] = *out;
    return OCTET_OK;
}

static octet_status define_list(octet_context *ctx, const char *base, const char *ending, const int32_t *numbers,
                                int32_t n, octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out, "#define %s_%s {", base, ending));
    for (int32_t i = 0; i < n; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%s%s%" PRId32, i > 0 ? "," : "", i % 8 == 0 ? " \\\n    " : " ",
                                      numbers[i]));
    return octet_buffer_format(ctx, out, "}\n");
}

/* Scale and zero point, or scales. */
static octet_status define_scales(octet_context *ctx, const char *base, const octet_quantization *q,
                                  octet_buffer *out) {
    if (q->n == 1)
        return octet_buffer_format(ctx, out, "#define %s_SCALE %.9ef\n#define %s_ZERO_POINT (%" PRId32 ")\n", base,
                                   (double)q->scale[0], base, q->zero_point[0]);
    OCTET_TRY(
        octet_buffer_format(ctx, out, "#define %s_SCALES_COUNT %" PRIu32 "\n#define %s_SCALES {", base, q->n, base));
    for (uint32_t i = 0; i < q->n; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%s%s%.9ef", i > 0 ? "," : "", i % 6 == 0 ? " \\\n    " : " ",
                                      (double)q->scale[i]));
    return octet_buffer_format(ctx, out, "}\n#define %s_ZERO_POINT (%" PRId32 ")\n", base, q->zero_point[0]);
}

static octet_status define_tensor(octet_context *ctx, macro_names *m, const char *layer, const char *role,
                                  const octet_value *value, octet_buffer *out) {
    char name[MOST_LETTERS + 16];
    const char *base;
    if (value->quantization.n == 0) return OCTET_OK;
    octet_format(name, sizeof name, "%.*s_%s", (int)MOST_LETTERS, layer, role);
    OCTET_TRY(make_base(ctx, m, name, &base));
    return define_scales(ctx, base, &value->quantization, out);
}

static octet_status define_layer(octet_context *ctx, macro_names *m, const octet_artifacts *a,
                                 const octet_artifact_layer *layer, octet_buffer *out) {
    const octet_value *values = a->graph->values;
    const octet_requantize *q = layer->q;
    const int32_t n = layer->has_one_scale ? 1 : layer->n_channels;
    const char *base;
    OCTET_TRY(octet_buffer_format(ctx, out, "\n/* %s: %s */\n", layer->name, octet_operator_name(layer->op->code)));
    OCTET_TRY(define_tensor(ctx, m, layer->name, "INPUT", &values[layer->step->inputs[0]], out));
    OCTET_TRY(define_tensor(ctx, m, layer->name, "WEIGHTS", &values[layer->step->inputs[1]], out));
    OCTET_TRY(define_tensor(ctx, m, layer->name, "OUTPUT", &values[layer->step->outputs[0]], out));
    OCTET_TRY(make_base(ctx, m, layer->name, &base));
    OCTET_TRY(octet_buffer_format(ctx, out, "#define %s_MIN (%" PRId32 ")\n#define %s_MAX (%" PRId32 ")\n", base,
                                  q->min, base, q->max));
    if (n == 1) {
        return octet_buffer_format(
            ctx, out,
            "#define %s_REAL_MULTIPLIER %.9ef\n#define %s_MULTIPLIER %" PRId32 "\n#define %s_SHIFT (%" PRId32 ")\n",
            base, ldexp((double)q->multiplier[0], q->shift[0] - 31), base, q->multiplier[0], base, q->shift[0]);
    }
    OCTET_TRY(octet_buffer_format(ctx, out, "#define %s_CHANNELS %" PRId32 "\n", base, n));
    OCTET_TRY(define_list(ctx, base, "MULTIPLIERS", q->multiplier, n, out));
    return define_list(ctx, base, "SHIFTS", q->shift, n, out);
}

static octet_status write_all(octet_context *ctx, macro_names *m, const octet_artifacts *a,
                              const octet_artifact_report *r, octet_buffer *out) {
    const octet_graph *graph = a->graph;
    char model[MOST_SHOWN + 1];
    octet_format(model, sizeof model, "%.*s", MOST_SHOWN, r->model);
    octet_format_remark(model);
    OCTET_TRY(OCTET_NEW(ctx, &m->arena, 4 * (size_t)graph->n_operators + graph->n_values, &m->names));
    OCTET_TRY(octet_buffer_format(ctx, out,
                                  "/* quant_params.h - scales and zero points of %s.\n"
                                  " * real = scale * (q - zero point). Results of a layer with weights:\n"
                                  " * q = clamp(sum * MULTIPLIER * 2^(SHIFT - 31) + OUTPUT_ZERO_POINT, MIN, MAX). */\n"
                                  "#ifndef QUANT_PARAMS_H\n#define QUANT_PARAMS_H\n",
                                  model));
    for (uint32_t i = 0; i < graph->n_operators; i++)
        if (a->layers[i].q != NULL) OCTET_TRY(define_layer(ctx, m, a, &a->layers[i], out));
    OCTET_TRY(octet_buffer_format(ctx, out, "\n/* by the name of the tensor */\n"));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        const char *base;
        if (value->quantization.n == 0 || value->type == OCTET_FLOAT32) continue;
        OCTET_TRY(make_base(ctx, m, value->name, &base));
        OCTET_TRY(define_scales(ctx, base, &value->quantization, out));
    }
    return octet_buffer_format(ctx, out, "\n#endif\n");
}

octet_status octet_artifacts_write_macros(octet_context *ctx, const octet_artifacts *a, const octet_artifact_report *r,
                                          octet_buffer *out) {
    macro_names m = {0};
    const octet_status status = write_all(ctx, &m, a, r, out);
    octet_arena_free(ctx, &m.arena);
    return status;
}
