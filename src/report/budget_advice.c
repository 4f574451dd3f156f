/* What takes most, and what would help. */
#include "report/budget.h"
#include "report/text.h"

static bool is_used_in(const octet_budget_part *p, uint32_t group) {
    return p->first_group <= group && p->last_group >= group;
}

/* Bytes of the arena that some part takes; parts may share bytes. */
static size_t used_in(const octet_budget *b, uint32_t group) {
    size_t used = 0, at = 0;
    for (;;) {
        size_t begin = SIZE_MAX, end = 0; /* of what comes next from `at` on */
        for (uint32_t i = 0; i < b->n_parts; i++) {
            const octet_budget_part *p = &b->parts[i];
            const size_t from = p->offset > at ? p->offset : at, to = p->offset + p->size_bytes;
            if (!is_used_in(p, group) || to <= at || from > begin) continue;
            end = from < begin || to > end ? to : end;
            begin = from;
        }
        if (begin == SIZE_MAX) return used;
        used += end - begin;
        at = end;
    }
}

static uint32_t largest_in(const octet_budget *b, uint32_t group) {
    uint32_t largest = OCTET_BUDGET_NOTHING;
    for (uint32_t i = 0; i < b->n_parts; i++)
        if (is_used_in(&b->parts[i], group) &&
            (largest == OCTET_BUDGET_NOTHING || b->parts[i].size_bytes > b->parts[largest].size_bytes))
            largest = i;
    return largest;
}

octet_budget_most octet_budget_find_most(const octet_budget *b) {
    octet_budget_most most = {OCTET_BUDGET_NOTHING, OCTET_BUDGET_NOTHING, OCTET_BUDGET_NOTHING, 0, 0};
    const uint32_t core = b->usual_core;
    uint32_t n_groups = 0;
    for (uint32_t i = 0; i < b->n_rows; i++) {
        const octet_budget_row *r = &b->rows[i];
        if (r->group >= n_groups) n_groups = r->group + 1;
        if (r->constants_bytes > 0 &&
            (most.flash == OCTET_BUDGET_NOTHING || r->constants_bytes > b->rows[most.flash].constants_bytes))
            most.flash = i;
        if (most.cycles == OCTET_BUDGET_NOTHING || r->cycles[core] > b->rows[most.cycles].cycles[core]) most.cycles = i;
    }
    for (uint32_t g = 0; g < n_groups; g++) {
        const size_t used = used_in(b, g);
        if (used <= most.used_bytes) continue;
        most.used_bytes = used;
        most.group = g;
        most.part = largest_in(b, g);
    }
    return most;
}

typedef struct adviser {
    octet_context *ctx;
    octet_arena *arena;
    const octet_budget *b;
    octet_budget_most most;
    octet_budget_advice *out;
} adviser;

static double share(double part, double whole) { return whole > 0.0 ? 100.0 * part / whole : 0.0; }

static const char **next_line(const adviser *a) { return &a->out->lines[a->out->n++]; }

static octet_status advise_flash(const adviser *a, bool is_missing) {
    char bytes[OCTET_TEXT_SIZE];
    const octet_budget *b = a->b;
    const double flash = (double)octet_budget_flash(b);
    const octet_budget_row *r = a->most.flash != OCTET_BUDGET_NOTHING ? &b->rows[a->most.flash] : NULL;
    if (r != NULL && r->kind != OCTET_BUDGET_OTHER && share((double)r->constants_bytes, flash) >= 20.0) {
        const char *text = octet_text_count(octet_budget_round((double)r->constants_bytes / 2), bytes);
        OCTET_TRY(octet_arena_format(a->ctx, a->arena, next_line(a),
                                     "flash: half as many %s in %s: about %s bytes less",
                                     r->kind == OCTET_BUDGET_DENSE ? "outputs" : "channels", r->layer, text));
        if (r->kind == OCTET_BUDGET_DENSE && r->constants_bytes > 4096)
            OCTET_TRY(octet_arena_format(a->ctx, a->arena, next_line(a),
                                         "flash: fewer inputs of %s: a pool, or an average over the map, before it",
                                         r->layer));
    }
    if (share((double)b->scales_bytes, flash) >= 1.0)
        OCTET_TRY(octet_arena_format(
            a->ctx, a->arena, next_line(a),
            "flash: one scale a layer (octet quantize --per-tensor): %s bytes less; look at the accuracy",
            octet_text_count(b->scales_bytes, bytes)));
    if (is_missing && b->code_bytes <= b->flash_bytes)
        OCTET_TRY(octet_arena_format(a->ctx, a->arena, next_line(a),
                                     "flash: all constants are in NAME_weights.c, which may lie in external flash"));
    return OCTET_OK;
}

static octet_status advise_ram(const adviser *a) {
    char bytes[OCTET_TEXT_SIZE];
    const char *name;
    const octet_budget *b = a->b;
    const uint64_t ram = octet_budget_ram(b);
    if (b->ports_bytes * 2 > ram)
        return octet_arena_format(a->ctx, a->arena, next_line(a),
                                  "RAM: a smaller input: input and output are %.0f %% of it",
                                  share((double)b->ports_bytes, (double)ram));
    if (a->most.part == OCTET_BUDGET_NOTHING || b->arena_bytes * 2 < ram) return OCTET_OK;
    const octet_budget_part *p = &b->parts[a->most.part];
    OCTET_TRY(octet_text_shorten(a->ctx, a->arena, p->name, OCTET_BUDGET_NAME_WIDTH, &name));
    return octet_arena_format(
        a->ctx, a->arena, next_line(a),
        p->what[0] != '\0'
            ? "RAM: fewer channels or a narrower map in %s, of which %s bytes are kept"
            : "RAM: fewer channels in %s, or a stride or a pool right behind it: its %s bytes are kept whole",
        name, octet_text_count(p->size_bytes, bytes));
}

static octet_status advise_time(const adviser *a) {
    const octet_budget *b = a->b;
    if (a->most.cycles == OCTET_BUDGET_NOTHING) return OCTET_OK;
    const octet_budget_row *r = &b->rows[a->most.cycles];
    const double percent = share(r->cycles[b->usual_core], b->cores[b->usual_core].cycles);
    if (r->kind == OCTET_BUDGET_OTHER || percent < 20.0) return OCTET_OK;
    if (r->kind == OCTET_BUDGET_DENSE)
        return octet_arena_format(a->ctx, a->arena, next_line(a),
                                  "time: half as many outputs in %s: about %.0f %% of the cycles less", r->layer,
                                  percent / 2);
    return octet_arena_format(
        a->ctx, a->arena, next_line(a),
        "time: half as many channels in %s: about %.0f %% of the cycles less; a stride of 2 there: about %.0f %%",
        r->layer, percent / 2, percent * 3 / 4);
}

octet_status octet_budget_advise(octet_context *ctx, octet_arena *arena, const octet_budget *b,
                                 octet_budget_advice *out) {
    const bool flash_missing = b->flash_bytes > 0 && octet_budget_flash(b) > b->flash_bytes;
    const bool ram_missing = b->ram_bytes > 0 && octet_budget_ram(b) > b->ram_bytes,
               is_missing = flash_missing || ram_missing;
    *out = (octet_budget_advice){.n = 0};
    const adviser a = {ctx, arena, b, octet_budget_find_most(b), out};
    if (flash_missing || !is_missing) OCTET_TRY(advise_flash(&a, flash_missing));
    if (ram_missing || !is_missing) OCTET_TRY(advise_ram(&a));
    return is_missing ? OCTET_OK : advise_time(&a);
}
