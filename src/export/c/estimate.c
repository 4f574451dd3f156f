#include <string.h>

#include "base/ascii.h"
#include "export/c/files.h"
#include "export/c/scale.h"

static octet_c_writer writer(const octet_c_emitter *e) {
    return (octet_c_writer){.ctx = e->ctx, .prefix = e->functions.prefix};
}

/* ---- Code ----
 *
 * Bytes, fitted to what arm-none-eabi-gcc 12.2 -Os for a Cortex-M4 made of 104 networks and single layers. */

typedef struct code_prices {
    double token, load, condition, call, name; /* name: of a table */
} code_prices;

static const code_prices of_stages = {0.77, 1.3, 1.0, 2.8, 12.6}, of_helpers = {0.3, 0.0, 0.0, 29.2, 0.0};
static const double bytes_of_dot = 179.0, bytes_of_dot4 = 133.0, bytes_of_rows4 = 360.0, bytes_of_taps4 = 190.0,
                    bytes_of_four = 480.0, bytes_of_dot_call = 26.2, bytes_of_mac2 = 1.0;

static bool is_word(char c) { return octet_ascii_is_letter(c) || octet_ascii_is_digit(c) || c == '_'; }
static bool is_sign(char c) { return c != '\0' && strchr("-+*/%<>=!&|?:", c) != NULL; }

/* Names behind the prefix: calls, tables. */
static double names_code(octet_c_span line, const char *prefix, const code_prices *prices) {
    double bytes = 0.0;
    octet_c_span name;
    while (octet_c_span_next_name(&line, &name)) {
        if (!octet_c_span_begins(name, prefix)) continue;
        const bool is_call = line.n > 0 && *line.at == '(';
        if (!is_call) bytes += prices->name;
        else if (octet_c_span_ends(name, "_MAC2")) bytes += bytes_of_mac2;
        else bytes += prices->call;
        if (is_call &&
            (octet_c_span_ends(name, "_dot") || octet_c_span_ends(name, "_dot4") || octet_c_span_ends(name, "_rows4") ||
             octet_c_span_ends(name, "_four") || octet_c_span_ends(name, "_taps4")))
            bytes += bytes_of_dot_call;
    }
    return bytes;
}

static double line_code(octet_c_span line, const char *prefix, const code_prices *prices) {
    double bytes = names_code(line, prefix, prices);
    for (size_t i = 0; i < line.n; i++) {
        const char x = line.at[i], before = i > 0 ? line.at[i - 1] : ' ';
        const octet_c_span left = {line.at + i, line.n - i};
        if ((is_word(x) && !is_word(before)) || (is_sign(x) && !is_sign(before)) || x == '[') bytes += prices->token;
        if (x == '[') bytes += prices->load;
        if (octet_c_span_begins(left, "if (") || octet_c_span_begins(left, " ? ") || octet_c_span_begins(left, "||") ||
            octet_c_span_begins(left, "&&"))
            bytes += prices->condition;
    }
    return bytes;
}

/* Of the lines inside functions; of conditional parts that of `#else`. */
static double text_code(const octet_buffer *text, const char *prefix, const code_prices *prices) {
    double bytes = 0.0;
    octet_c_span left = {(const char *)text->data, text->size}, line;
    bool is_left_out = false;
    while (left.n > 0) {
        const bool is_inside = *left.at == ' ';
        octet_c_span_next_line(&left, &line);
        if (octet_c_span_begins(line, "#")) is_left_out = octet_c_span_begins(line, "#if");
        else if (is_inside && !is_left_out && !octet_c_span_begins(line, "/*"))
            bytes += line_code(line, prefix, prices);
    }
    return bytes;
}

static octet_status estimate_code(const octet_c_emitter *e, size_t *bytes) {
    const uint32_t dot = UINT32_C(1) << OCTET_C_DOT, dot4 = UINT32_C(1) << OCTET_C_DOT4,
                   rows4 = UINT32_C(1) << OCTET_C_ROWS4, taps4 = UINT32_C(1) << OCTET_C_TAPS4,
                   four = UINT32_C(1) << OCTET_C_FOUR, gather = UINT32_C(1) << OCTET_C_GATHER;
    octet_c_writer helpers = writer(e);
    octet_c_write_helpers(&helpers, e->helpers & ~(dot | dot4 | rows4 | taps4 | four | gather |
                                                   UINT32_C(1) << OCTET_C_STEP | UINT32_C(1) << OCTET_C_LANES));
    double code = text_code(&e->functions.text, helpers.prefix, &of_stages);
    code += text_code(&helpers.text, helpers.prefix, &of_helpers);
    if (e->helpers & dot) code += bytes_of_dot;
    if (e->helpers & dot4) code += bytes_of_dot4;
    if (e->helpers & rows4) code += bytes_of_rows4;
    if (e->helpers & taps4) code += bytes_of_taps4;
    if (e->helpers & four) code += bytes_of_four; /* and gather */
    *bytes = (size_t)(code / 4) * 4 + 4;
    octet_buffer_free(e->ctx, &helpers.text);
    return helpers.status;
}

/* ---- Instructions ---- */

/* Of the calls of a stage's functions in a run. */
static void count_stage(octet_c_emitter *e, const octet_c_functions *functions, const octet_stage *stage,
                        octet_c_count *out) {
    const octet_c_name step = octet_c_step_name(e, stage->step);
    const double times = (double)octet_stage_calls(stage), batches = stage->rows.batches > 1 ? stage->rows.batches : 1;
    if (stage->flow != OCTET_FLOW_ADDS) {
        octet_c_count_calls(functions, octet_c_format(e, "%s%s", functions->prefix, step.text), times, out);
        return;
    }
    octet_c_count_calls(functions, octet_c_format(e, "%s%s_begin", functions->prefix, step.text), batches, out);
    octet_c_count_calls(functions, octet_c_format(e, "%s%s_add", functions->prefix, step.text), times, out);
    octet_c_count_calls(functions, octet_c_format(e, "%s%s_end", functions->prefix, step.text), batches, out);
}

static octet_status count_stages(octet_c_emitter *e, octet_c_needs *needs) {
    octet_c_functions functions;
    octet_c_writer all = writer(e);
    octet_c_write_helpers(&all, e->helpers);
    if (all.status == OCTET_OK && e->functions.text.size > 0)
        all.status = octet_buffer_append(e->ctx, &all.text, e->functions.text.data, e->functions.text.size);
    octet_status status = all.status;
    const octet_c_span text = {(const char *)all.text.data, all.text.size};
    if (status == OCTET_OK) status = octet_c_functions_find(e->ctx, e->arena, text, all.prefix, &functions);
    for (uint32_t i = 0; i < e->schedule->n_stages && status == OCTET_OK; i++) {
        count_stage(e, &functions, &e->schedule->stages[i], &needs->stages[i].instructions);
        for (uint32_t k = 0; k < OCTET_C_N_SETS; k++) needs->instructions.of[k] += needs->stages[i].instructions.of[k];
    }
    octet_buffer_free(e->ctx, &all.text);
    return status;
}

octet_status octet_c_estimate(octet_c_emitter *e, octet_c_needs *needs) {
    OCTET_TRY(count_stages(e, needs));
    return estimate_code(e, &needs->code);
}
