/* The comments on top of NAME.h: where the files come from, what they need, layers, the map of the arena. */
#include <inttypes.h>
#include <string.h>

#include "base/format.h"
#include "export/c/files.h"
#include "graph/work.h"

/* Columns of the map, at most; operators and parts, at most: whoever has more finds the rest in `octet budget`. */
enum { MOST_COLUMNS = 64, MOST_LINES = 200, NAME_SIZE = 96 };

/* Of a list "a;b;c" the first name; a longer one keeps its end. */
static const char *shorten(const char *name, char *text) {
    const char *semicolon = strchr(name, ';');
    const size_t n = semicolon != NULL ? (size_t)(semicolon - name) : strlen(name);
    if (n < NAME_SIZE) octet_format(text, NAME_SIZE, "%.*s", (int)n, name);
    else octet_format(text, NAME_SIZE, "...%.*s", NAME_SIZE - 4, name + n - (NAME_SIZE - 4));
    return text;
}

/* The stage that does the work of an operator, or OCTET_NONE. */
static uint32_t stage_of(const octet_c_emitter *e, uint32_t op) {
    for (uint32_t i = 0; i < e->schedule->n_stages; i++) {
        const octet_stage *s = &e->schedule->stages[i];
        if (e->steps[s->step].operator_index == op) return i;
        if (s->pool != OCTET_NONE && e->steps[s->pool].operator_index == op) return i;
    }
    return OCTET_NONE;
}

static uint32_t group_of(const octet_schedule *s, uint32_t stage) {
    for (uint32_t g = 0; g < s->n_groups; g++)
        if (stage >= s->groups[g].first_stage && stage < s->groups[g].first_stage + s->groups[g].n_stages) return g;
    return OCTET_NONE;
}

static void write_operator(const octet_c_emitter *e, const octet_c_needs *needs, octet_c_writer *w, uint32_t index) {
    const octet_operator *op = &e->graph->operators[index];
    const octet_value *result = octet_graph_output(e->graph, op, 0);
    const uint32_t stage = stage_of(e, index), group = stage != OCTET_NONE ? group_of(e->schedule, stage) : OCTET_NONE;
    char shape[OCTET_SHAPE_TEXT_SIZE] = "", name[NAME_SIZE], at[16] = "-";
    const bool is_first = stage != OCTET_NONE && e->steps[e->schedule->stages[stage].step].operator_index == index;
    if (group != OCTET_NONE) octet_format(at, sizeof at, "%" PRIu32, group);
    if (result != NULL) octet_shape_text(&result->shape, shape);
    octet_c_remark(w, "%5s  %-20s %-18s %15" PRIu64 " %10zu  %s", at, octet_operator_name(op->code), shape,
                   octet_operator_macs(e->graph, op), is_first ? needs->stages[stage].constants : 0,
                   shorten(op->layer, name));
}

static void write_operators(const octet_c_emitter *e, const octet_c_needs *needs, octet_c_writer *w) {
    const uint32_t n = e->graph->n_operators;
    octet_c_remark(w, "Operators. Those of a group hand each other rows; those without one (-) are no work.");
    octet_c_remark(w, "group  operator             result             multiplications  constants  layer");
    for (uint32_t i = 0; i < n && i < MOST_LINES; i++) write_operator(e, needs, w, i);
    if (n > MOST_LINES) octet_c_remark(w, "  and %u more", n - MOST_LINES);
}

/* "|##..|": the groups in which a part is in use. */
static void draw(const octet_schedule *s, const octet_part *p, char *bar) {
    const uint32_t n = s->n_groups, n_columns = n < MOST_COLUMNS ? n : MOST_COLUMNS;
    for (uint32_t i = 0; i < n_columns; i++) {
        const uint32_t first = (uint32_t)((uint64_t)i * n / n_columns);
        const uint32_t last = (uint32_t)((uint64_t)(i + 1) * n / n_columns) - 1;
        bar[i] = p->first_group <= last && p->last_group >= first ? '#' : '.';
    }
    bar[n_columns] = '\0';
}

static void write_map(const octet_c_emitter *e, octet_c_writer *w) {
    const octet_schedule *s = e->schedule;
    char bar[MOST_COLUMNS + 1], name[NAME_SIZE];
    if (s->n_parts == 0 && e->scratch.bytes == 0) {
        octet_c_remark(w, "The arena is not used.");
        return;
    }
    octet_c_remark(w, "The arena: bytes from .. to, and a column for %s in which they are in use (#).",
                   s->n_groups <= MOST_COLUMNS ? "each group" : "some groups");
    for (uint32_t i = 0; i < s->n_parts && i < MOST_LINES; i++) {
        const octet_part *p = &s->parts[i];
        const uint32_t value = p->value != OCTET_NONE ? p->value : s->stages[p->stage].result;
        draw(s, p, bar);
        octet_c_remark(w, "%7zu .. %7zu  |%s|  %s%s", p->offset, p->offset + p->size_bytes, bar,
                       p->value == OCTET_NONE ? "sums of "
                       : p->n_rows > 0        ? "rows of "
                                              : "",
                       shorten(e->graph->values[value].name, name));
    }
    if (s->n_parts > MOST_LINES) octet_c_remark(w, "  and %u more", s->n_parts - MOST_LINES);
    if (e->scratch.bytes > 0)
        octet_c_remark(w, "%7zu .. %7zu  scratch of CMSIS-NN, in all groups", s->arena_bytes,
                       s->arena_bytes + e->scratch.bytes);
}

static void write_needs(const octet_c_emitter *e, const octet_c_needs *needs, octet_c_writer *w) {
    octet_c_remark(w, "Numerics: integer, the bytes of tflite-micro and CMSIS-NN. Multiplications: %" PRIu64 " a run.",
                   needs->macs);
    octet_c_remark(w, "Flash: %zu bytes of constants, about %zu of code%s.", needs->constants, needs->code,
                   e->uses_cmsis_nn ? ", and CMSIS-NN" : "");
    octet_c_remark(w, "RAM: %zu bytes of arena, %zu of input and output, at most %zu of stack on a Cortex-M.",
                   needs->arena, needs->ports, needs->stack);
    if (needs->state > 0) octet_c_remark(w, "     and %zu of state, which stays from run to run.", needs->state);
}

void octet_c_write_preface(const octet_c_emitter *e, const octet_c_job *job, const octet_c_needs *needs,
                           octet_c_writer *w) {
    octet_c_remark(w, "%s.h - a neural network in C99, written by octet.", job->name);
    for (const char *const *remark = job->remarks; remark != NULL && *remark != NULL; remark++)
        octet_c_remark(w, "%s", *remark);
    octet_c_blank(w);
    write_needs(e, needs, w);
    octet_c_blank(w);
    write_operators(e, needs, w);
    octet_c_blank(w);
    write_map(e, w);
    octet_c_blank(w);
}
