#include "report/budget.h"

#include <inttypes.h>

#include "base/format.h"
#include "base/json_writer.h"
#include "report/text.h"

/* How far estimates may be off; docs/device.md has the figures. */
static const char estimates[] =
    "Code is within 15 % of gcc -Os; cycles are within 15 % of what an emulator counts of whole networks, with memory "
    "that never waits; those of the M7 and the M33 go by their CoreMark.";

uint64_t octet_budget_round(double cycles) {
    double unit = 1.0;
    while (cycles / unit >= 999.5) unit *= 10.0;
    return (uint64_t)((double)(uint64_t)(cycles / unit + 0.5) * unit);
}

static bool fits_in(uint64_t need, uint64_t have) { return have == 0 || need <= have; }

bool octet_budget_fits(const octet_budget *b) {
    return fits_in(octet_budget_flash(b), b->flash_bytes) && fits_in(octet_budget_ram(b), b->ram_bytes);
}

static octet_status write_limit(octet_context *ctx, const char *what, uint64_t need, uint64_t have, octet_buffer *out) {
    char a[OCTET_TEXT_SIZE], c[OCTET_TEXT_SIZE];
    if (have == 0) return OCTET_OK;
    if (need <= have)
        return octet_buffer_format(ctx, out, "%s: fits into %s bytes, %s are left\n", what, octet_text_count(have, a),
                                   octet_text_count(have - need, c));
    return octet_buffer_format(ctx, out, "%s: does not fit into %s bytes, %s are missing\n", what,
                               octet_text_count(have, a), octet_text_count(need - have, c));
}

static octet_status write_cycles(octet_context *ctx, const octet_budget *b, octet_buffer *out) {
    char text[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "cycles about"));
    for (uint32_t i = 0; i < OCTET_BUDGET_N_CORES; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%s %s on %s", i > 0 ? "," : "",
                                      octet_text_count(octet_budget_round(b->cores[i].cycles), text),
                                      b->cores[i].name));
    OCTET_TRY(octet_buffer_format(ctx, out, "\n"));
    if (b->clock_mhz <= 0.0) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "time  "));
    for (uint32_t i = 0; i < OCTET_BUDGET_N_CORES; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "%s %s on %s", i > 0 ? "," : "",
                                      octet_text_time(b->cores[i].cycles * 1e3 / b->clock_mhz, text),
                                      b->cores[i].name));
    return octet_buffer_format(ctx, out, ", at %s MHz\n", octet_text_real(b->clock_mhz, text));
}

static octet_status write_head(octet_context *ctx, const octet_budget *b, octet_buffer *out) {
    char t[5][OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s as C\n", b->model));
    OCTET_TRY(octet_buffer_format(ctx, out, "flash  %s bytes: constants %s, code about %s\n",
                                  octet_text_count(octet_budget_flash(b), t[0]),
                                  octet_text_count(b->constants_bytes, t[1]), octet_text_count(b->code_bytes, t[2])));
    OCTET_TRY(octet_buffer_format(ctx, out, "RAM    %s bytes: arena %s, input and output %s, ",
                                  octet_text_count(octet_budget_ram(b), t[0]), octet_text_count(b->arena_bytes, t[1]),
                                  octet_text_count(b->ports_bytes, t[2])));
    if (b->state_bytes > 0)
        OCTET_TRY(octet_buffer_format(ctx, out, "state %s, ", octet_text_count(b->state_bytes, t[3])));
    OCTET_TRY(octet_buffer_format(ctx, out, "stack at most %s\n", octet_text_count(b->stack_bytes, t[3])));
    OCTET_TRY(octet_buffer_format(ctx, out, "work   %s multiplications\n", octet_text_count(b->macs, t[0])));
    OCTET_TRY(write_cycles(ctx, b, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "tflite-micro with CMSIS-NN: an arena of about %s bytes\n",
                                  octet_text_count(octet_budget_round((double)b->micro_arena_bytes), t[0])));
    OCTET_TRY(write_limit(ctx, "flash", octet_budget_flash(b), b->flash_bytes, out));
    return write_limit(ctx, "RAM", octet_budget_ram(b), b->ram_bytes, out);
}

static octet_status write_table(octet_context *ctx, octet_arena *arena, const octet_budget *b, octet_buffer *out) {
    const char *name;
    char macs[OCTET_TEXT_SIZE], bytes[OCTET_TEXT_SIZE], cycles[OCTET_TEXT_SIZE];
    OCTET_TRY(octet_buffer_format(ctx, out, "\ngroup  result  operand        %15s  %9s  %10s  layer\n",
                                  "multiplications", "constants", "M4 cycles"));
    for (uint32_t i = 0; i < b->n_rows; i++) {
        const octet_budget_row *r = &b->rows[i];
        char kept[32] = "";
        if (r->kept_rows > 0)
            octet_format(kept, sizeof kept, "%d row%s kept", r->kept_rows, r->kept_rows == 1 ? "" : "s");
        OCTET_TRY(octet_buffer_format(ctx, out, "%5u  %-6s  %-13s  %15s  %9s  %10s  %s%s%s\n", r->group, r->how, kept,
                                      octet_text_count(r->macs, macs), octet_text_count(r->constants_bytes, bytes),
                                      octet_text_count(octet_budget_round(r->cycles[b->usual_core]), cycles), r->layer,
                                      r->and_layer != NULL ? ", " : "", r->and_layer != NULL ? r->and_layer : ""));
    }
    if (b->n_parts > 0) OCTET_TRY(octet_buffer_format(ctx, out, "\n  from      to  groups   arena\n"));
    for (uint32_t i = 0; i < b->n_parts; i++) {
        const octet_budget_part *p = &b->parts[i];
        OCTET_TRY(octet_text_shorten(ctx, arena, p->name, OCTET_BUDGET_NAME_WIDTH, &name));
        OCTET_TRY(octet_buffer_format(ctx, out, "%6zu  %6zu  %u..%-4u  %s%s%s\n", p->offset, p->offset + p->size_bytes,
                                      p->first_group, p->last_group, p->what, p->what[0] != '\0' ? " " : "", name));
    }
    return OCTET_OK;
}

static octet_status write_most(octet_context *ctx, octet_arena *arena, const octet_budget *b, octet_buffer *out) {
    const char *name;
    char bytes[2][OCTET_TEXT_SIZE];
    const octet_budget_most most = octet_budget_find_most(b);
    OCTET_TRY(octet_buffer_format(ctx, out, "\nwhat takes most\n"));
    if (most.flash != OCTET_BUDGET_NOTHING) {
        const octet_budget_row *r = &b->rows[most.flash];
        OCTET_TRY(octet_buffer_format(ctx, out, "- flash: constants of %s, %s bytes (%.0f %%)\n", r->layer,
                                      octet_text_count(r->constants_bytes, bytes[0]),
                                      100.0 * (double)r->constants_bytes / (double)octet_budget_flash(b)));
    }
    if (b->ports_bytes > b->arena_bytes)
        OCTET_TRY(octet_buffer_format(ctx, out, "- RAM: input and output, %s bytes (%.0f %%)\n",
                                      octet_text_count(b->ports_bytes, bytes[0]),
                                      100.0 * (double)b->ports_bytes / (double)octet_budget_ram(b)));
    if (most.part != OCTET_BUDGET_NOTHING) {
        const octet_budget_part *p = &b->parts[most.part];
        OCTET_TRY(octet_text_shorten(ctx, arena, p->name, OCTET_BUDGET_NAME_WIDTH, &name));
        OCTET_TRY(octet_buffer_format(ctx, out,
                                      "- RAM: the arena is fullest in group %u, %s bytes; %s%s%s is %s of them\n",
                                      most.group, octet_text_count(most.used_bytes, bytes[0]), p->what,
                                      p->what[0] != '\0' ? " " : "", name, octet_text_count(p->size_bytes, bytes[1])));
    }
    if (most.cycles == OCTET_BUDGET_NOTHING) return OCTET_OK;
    const octet_budget_row *r = &b->rows[most.cycles];
    return octet_buffer_format(ctx, out, "- time: %s (%.0f %%)\n", r->layer,
                               100.0 * r->cycles[b->usual_core] / b->cores[b->usual_core].cycles);
}

static octet_status write_advice(octet_context *ctx, octet_arena *arena, const octet_budget *b, octet_buffer *out) {
    octet_budget_advice advice;
    octet_status status = octet_budget_advise(ctx, arena, b, &advice);
    if (status == OCTET_OK && advice.n > 0) status = octet_buffer_format(ctx, out, "\nwhat would help\n");
    for (uint32_t i = 0; i < advice.n && status == OCTET_OK; i++)
        status = octet_buffer_format(ctx, out, "- %s\n", advice.lines[i]);
    return status;
}

static octet_status write_body(octet_context *ctx, octet_arena *arena, const octet_budget *b, octet_buffer *out) {
    OCTET_TRY(write_table(ctx, arena, b, out));
    OCTET_TRY(write_most(ctx, arena, b, out));
    return write_advice(ctx, arena, b, out);
}

octet_status octet_budget_write_text(octet_context *ctx, const octet_budget *b, octet_buffer *out) {
    octet_arena arena = {0};
    OCTET_TRY(write_head(ctx, b, out));
    const octet_status status = write_body(ctx, &arena, b, out);
    octet_arena_free(ctx, &arena);
    OCTET_TRY(status);
    return octet_buffer_format(ctx, out, "\n%s\n", estimates);
}

static void write_json_cycles(octet_json_writer *json, const octet_budget *b, const octet_budget_row *row) {
    octet_json_begin_object(json, "cycles", OCTET_JSON_LINE);
    for (uint32_t i = 0; i < OCTET_BUDGET_N_CORES; i++)
        octet_json_write_u64(json, b->cores[i].key,
                             octet_budget_round(row != NULL ? row->cycles[i] : b->cores[i].cycles));
    octet_json_end(json);
}

static void write_json_instructions(octet_json_writer *json, const octet_budget *b) {
    octet_json_begin_object(json, "instructions", OCTET_JSON_LINE);
    for (uint32_t i = 0; i < OCTET_BUDGET_N_CORES; i++)
        octet_json_write_u64(json, b->cores[i].key, octet_budget_round(b->cores[i].instructions));
    octet_json_end(json);
}

static void write_json_most(octet_json_writer *json, const octet_budget *b) {
    const octet_budget_most most = octet_budget_find_most(b);
    octet_json_begin_object(json, "most", OCTET_JSON_LINES);
    octet_json_write_string(json, "flash", most.flash != OCTET_BUDGET_NOTHING ? b->rows[most.flash].layer : NULL);
    octet_json_write_string(json, "ram", most.part != OCTET_BUDGET_NOTHING ? b->parts[most.part].name : NULL);
    octet_json_write_u64(json, "ram_group", most.group);
    octet_json_write_string(json, "cycles", most.cycles != OCTET_BUDGET_NOTHING ? b->rows[most.cycles].layer : NULL);
    octet_json_end(json);
}

static octet_status write_json_advice(octet_context *ctx, octet_json_writer *json, const octet_budget *b) {
    octet_arena arena = {0};
    octet_budget_advice advice;
    const octet_status status = octet_budget_advise(ctx, &arena, b, &advice);
    octet_json_begin_array(json, "advice", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < advice.n; i++) octet_json_write_string(json, NULL, advice.lines[i]);
    octet_json_end(json);
    octet_arena_free(ctx, &arena);
    return status;
}

static void write_rows(octet_json_writer *json, const octet_budget *b) {
    octet_json_begin_array(json, "stages", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < b->n_rows; i++) {
        const octet_budget_row *r = &b->rows[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_u64(json, "group", r->group);
        octet_json_write_string(json, "layer", r->layer);
        octet_json_write_string(json, "and_layer", r->and_layer);
        octet_json_write_string(json, "result", r->how);
        octet_json_write_u64(json, "kept_rows", (uint64_t)r->kept_rows);
        octet_json_write_u64(json, "calls", r->calls);
        octet_json_write_u64(json, "macs", r->macs);
        octet_json_write_u64(json, "constants_bytes", r->constants_bytes);
        write_json_cycles(json, b, r);
        octet_json_end(json);
    }
    octet_json_end(json);
}

static void write_parts(octet_json_writer *json, const octet_budget *b) {
    octet_json_begin_array(json, "arena", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < b->n_parts; i++) {
        const octet_budget_part *p = &b->parts[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_u64(json, "offset", p->offset);
        octet_json_write_u64(json, "size_bytes", p->size_bytes);
        octet_json_write_u64(json, "first_group", p->first_group);
        octet_json_write_u64(json, "last_group", p->last_group);
        octet_json_write_string(json, "holds", p->what[0] != '\0' ? p->what : "all of");
        octet_json_write_string(json, "value", p->name);
        octet_json_end(json);
    }
    octet_json_end(json);
}

octet_status octet_budget_write_json(octet_context *ctx, const octet_budget *b, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "budget", OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", b->model);
    octet_json_write_u64(&json, "flash_bytes", octet_budget_flash(b));
    octet_json_write_u64(&json, "constants_bytes", b->constants_bytes);
    octet_json_write_u64(&json, "code_bytes", b->code_bytes);
    octet_json_write_u64(&json, "ram_bytes", octet_budget_ram(b));
    octet_json_write_u64(&json, "arena_bytes", b->arena_bytes);
    octet_json_write_u64(&json, "ports_bytes", b->ports_bytes);
    octet_json_write_u64(&json, "state_bytes", b->state_bytes);
    octet_json_write_u64(&json, "stack_bytes", b->stack_bytes);
    octet_json_write_u64(&json, "macs", b->macs);
    write_json_instructions(&json, b);
    write_json_cycles(&json, b, NULL);
    octet_json_write_u64(&json, "tflite_micro_arena_bytes", b->micro_arena_bytes);
    octet_json_write_bool(&json, "fits", octet_budget_fits(b));
    write_rows(&json, b);
    write_parts(&json, b);
    write_json_most(&json, b);
    OCTET_TRY(write_json_advice(ctx, &json, b));
    octet_json_write_string(&json, "estimates", estimates);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
