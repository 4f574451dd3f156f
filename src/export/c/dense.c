#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/weighted.h"
#include "schedule/sums.h"

/* run: numbers of the operand that a call meets, all or a row. */
static octet_c_weighted weigh(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p,
                              size_t run) {
    const bool can_pair = run % 4 == 0 && run > 0 && p->out_c >= 4;
    return octet_c_weigh(e, stage, true, can_pair ? OCTET_C_WEIGHTS_PAIRED : OCTET_C_WEIGHTS_AS_THEY_ARE, run);
}

/* Four outputs at a time, which read each element of the operand once for all of them. `columns`: of the weights. */
static void write_outputs(octet_c_emitter *e, const octet_fully_connected_params *p, const octet_c_weighted *w,
                          const char *columns, size_t n, const char *begin, const char *end) {
    octet_c_writer *f = &e->functions;
    const int32_t whole = p->out_c / 4 * 4;
    if (whole > 0) {
        octet_c_line(f, "for (c = 0; c < %d; c += 4) {", whole);
        octet_c_line(f, "const int8_t *w = %s + c * %d%s;", w->weights, p->depth, columns);
        if (begin != NULL && !w->is_paired) octet_c_line(f, "for (i = 0; i < 4; ++i) sums[i] = %s;", begin);
        const char *sums = begin == NULL ? "sums + c" : "sums";
        if (w->is_paired)
            octet_c_line(f, "%s(&input, &size, %zu, w, %d, %s, %s);", octet_c_help(e, OCTET_C_ROWS4), n, p->depth,
                         begin == NULL ? sums
                                       : octet_c_format(e, "@%s_bias + c", octet_c_step_name(e, w->stage->step).text),
                         sums);
        else
            octet_c_line(f, "%s(input, w, w + %d, w + %d, w + %d, %zu, %s);", octet_c_help(e, OCTET_C_DOT4), p->depth,
                         2 * p->depth, 3 * p->depth, n, sums);
        if (end != NULL) octet_c_line(f, "for (i = 0; i < 4; ++i) output[c + i] = %s;", end);
        octet_c_line(f, "}");
    }
    if (whole == p->out_c) return;
    octet_c_line(f, "for (c = %d; c < %d; ++c) {", whole, p->out_c);
    const char *dot = octet_c_format(e, "%s(input, %s + c * %d%s, %zu)", octet_c_help(e, OCTET_C_DOT), w->weights,
                                     p->depth, columns, n);
    if (begin == NULL) {
        octet_c_line(f, "sums[c] += %s;", dot);
    } else {
        octet_c_line(f, "const int32_t sum = %s + %s;", octet_c_bias(e, w, "c").text, dot);
        octet_c_line(f, "output[c] = %s;", octet_c_requantized(e, w, "sum", "c"));
    }
    octet_c_line(f, "}");
}

static void write_whole(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = weigh(e, stage, p, (size_t)p->depth);
    const bool has_rows = p->rows > 1, has_four = p->out_c >= 4;
    octet_c_open(e, stage);
    if (w.is_paired) octet_c_line(f, "const int32_t size = %d;", p->depth);
    if (has_four) octet_c_line(f, "int32_t sums[4], i;");
    octet_c_use_stack(e, 4 * sizeof(int32_t));
    octet_c_line(f, "int32_t %sc;", has_rows ? "r, " : "");
    if (has_rows) octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->out_c);
    const octet_c_name bias = octet_c_bias(e, &w, "c + i");
    write_outputs(e, p, &w, "", (size_t)p->depth, bias.text, octet_c_requantized(e, &w, "sums[i]", "c + i"));
    if (has_rows) octet_c_line(f, "}");
    octet_c_end(f);
}

/* Sums that are kept: number c, and how it is set. */
static const char *kept_sum(octet_c_emitter *e, bool are_long, const char *c) {
    if (!are_long) return octet_c_format(e, "sums[%s]", c);
    return octet_c_format(e, "%s(sums + 2 * (%s))", octet_c_help(e, OCTET_C_LONG_SUM), c);
}
static void keep_sum(octet_c_emitter *e, bool are_long, const char *c, const char *sum) {
    if (are_long) octet_c_line(&e->functions, "@store_sum(sums + 2 * (%s), %s);", c, sum);
    else octet_c_line(&e->functions, "sums[%s] = %s;", c, sum);
}

static bool is_long(const octet_c_emitter *e, const octet_stage *stage) {
    return octet_sums_words(e->graph, &e->steps[stage->step]) > 1;
}

/* int16: outputs side by side, which read each element of the operand once for all of them. `columns`: of the weights;
 * `are_kept`: sums go on from those of before, and stay sums. */
static void write_wide_outputs(octet_c_emitter *e, const octet_fully_connected_params *p, const octet_c_weighted *w,
                               const char *columns, size_t n_columns, bool are_kept) {
    const bool are_long = is_long(e, w->stage);
    octet_c_writer *f = &e->functions;
    const int32_t n = octet_c_side_by_side(w, p->out_c);
    octet_c_line(f, "for (c = 0; c < %d; c += %d) {", p->out_c, n);
    octet_c_line(f, "const int8_t *w = %s + c * %d%s;", w->weights, p->depth, columns);
    for (int32_t i = 0; i < n; i++) {
        const char *channel = octet_c_format(e, "c + %d", i);
        octet_c_line(f, "%s s%d = %s;", w->sum, i,
                     are_kept ? kept_sum(e, are_long, channel) : octet_c_bias(e, w, channel).text);
    }
    octet_c_line(f, "int32_t i;");
    octet_c_line(f, "for (i = 0; i < %zu; ++i) {", n_columns);
    octet_c_line(f, "const int32_t v = input[i];");
    for (int32_t i = 0; i < n; i++) octet_c_line(f, "s%d += v * w[i + %d];", i, i * p->depth);
    octet_c_line(f, "}");
    for (int32_t i = 0; i < n; i++) {
        const char *sum = octet_c_format(e, "s%d", i), *channel = octet_c_format(e, "c + %d", i);
        if (are_kept) keep_sum(e, are_long, channel, sum);
        else octet_c_line(f, "output[%s] = %s;", channel, octet_c_requantized(e, w, sum, channel));
    }
    octet_c_line(f, "}");
}

static void write_wide(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = weigh(e, stage, p, 0);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t r, c;");
    octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->out_c);
    write_wide_outputs(e, p, &w, "", (size_t)p->depth, false);
    octet_c_line(f, "}");
    octet_c_end(f);
}

/* The operand comes row by row: row y meets columns [y * row, (y + 1) * row) of the weights. */
static void write_adds(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = weigh(e, stage, p, stage->rows.in_bytes);
    const octet_c_name name = octet_c_step_name(e, stage->step);
    const bool is_s8 = e->steps[stage->step].kernel == OCTET_KERNEL_fully_connected_s8;
    octet_c_remark(f, "%s: adds the rows of its operand as they come", e->graph->operators[stage->step].layer);
    octet_c_line(f, "static void @%s_begin(int32_t *sums) {", name.text);
    octet_c_line(f, "int32_t c;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    keep_sum(e, is_long(e, stage), "c", octet_c_bias(e, &w, "c").text);
    octet_c_line(f, "}");
    octet_c_end(f);
    octet_c_line(f, "static void @%s_add(const %s *input, int32_t *sums, int32_t y) {", name.text, w.type);
    if (w.is_paired) octet_c_line(f, "const int32_t size = %zu;", stage->rows.in_bytes);
    octet_c_line(f, "int32_t c;");
    const size_t n = stage->rows.in_bytes / octet_type_size(e->graph->values[e->steps[stage->step].inputs[0]].type);
    const char *columns = octet_c_format(e, " + y * %zu", n);
    if (is_s8) write_outputs(e, p, &w, columns, n, NULL, NULL);
    else write_wide_outputs(e, p, &w, columns, n, true);
    octet_c_end(f);
    octet_c_line(f, "static void @%s_end(const int32_t *sums, %s *output) {", name.text, w.type);
    octet_c_line(f, "int32_t c;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) output[c] = %s;", p->out_c,
                 octet_c_requantized(e, &w, kept_sum(e, is_long(e, stage), "c"), "c"));
    octet_c_end(f);
}

void octet_c_emit_fully_connected(octet_c_emitter *e, const octet_stage *stage) {
    const octet_fully_connected_params *p = octet_step_params_fully_connected(&e->steps[stage->step]);
    if (stage->flow == OCTET_FLOW_ADDS) write_adds(e, stage, p);
    else if (e->steps[stage->step].kernel != OCTET_KERNEL_fully_connected_s8) write_wide(e, stage, p);
    else write_whole(e, stage, p);
}
