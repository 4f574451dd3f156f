#include "report/budget.h"

#include <inttypes.h>

#include "base/format.h"
#include "base/json_writer.h"
#include "report/text.h"

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
    OCTET_TRY(write_limit(ctx, "flash", octet_budget_flash(b), b->flash_bytes, out));
    return write_limit(ctx, "RAM", octet_budget_ram(b), b->ram_bytes, out);
}

octet_status octet_budget_write_text(octet_context *ctx, const octet_budget *b, octet_buffer *out) {
    char macs[OCTET_TEXT_SIZE];
    OCTET_TRY(write_head(ctx, b, out));
    OCTET_TRY(octet_buffer_format(ctx, out, "\ngroup  result  operand        %15s  layer\n", "multiplications"));
    for (uint32_t i = 0; i < b->n_rows; i++) {
        const octet_budget_row *r = &b->rows[i];
        char kept[32] = "";
        if (r->kept_rows > 0)
            octet_format(kept, sizeof kept, "%d row%s kept", r->kept_rows, r->kept_rows == 1 ? "" : "s");
        OCTET_TRY(octet_buffer_format(ctx, out, "%5u  %-6s  %-13s  %15s  %s%s%s\n", r->group, r->how, kept,
                                      octet_text_count(r->macs, macs), r->layer, r->and_layer != NULL ? ", " : "",
                                      r->and_layer != NULL ? r->and_layer : ""));
    }
    if (b->n_parts > 0) OCTET_TRY(octet_buffer_format(ctx, out, "\n  from      to  groups   arena\n"));
    for (uint32_t i = 0; i < b->n_parts; i++) {
        const octet_budget_part *p = &b->parts[i];
        OCTET_TRY(octet_buffer_format(ctx, out, "%6zu  %6zu  %u..%-4u  %s%s%s\n", p->offset, p->offset + p->size_bytes,
                                      p->first_group, p->last_group, p->what, p->what[0] != '\0' ? " " : "", p->name));
    }
    return OCTET_OK;
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
        octet_json_write_u64(json, "macs", r->macs);
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
    octet_json_begin_object(&json, NULL, OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", b->model);
    octet_json_write_u64(&json, "flash_bytes", octet_budget_flash(b));
    octet_json_write_u64(&json, "constants_bytes", b->constants_bytes);
    octet_json_write_u64(&json, "code_bytes", b->code_bytes);
    octet_json_write_u64(&json, "ram_bytes", octet_budget_ram(b));
    octet_json_write_u64(&json, "arena_bytes", b->arena_bytes);
    octet_json_write_u64(&json, "ports_bytes", b->ports_bytes);
    if (b->state_bytes > 0) octet_json_write_u64(&json, "state_bytes", b->state_bytes);
    octet_json_write_u64(&json, "stack_bytes", b->stack_bytes);
    octet_json_write_u64(&json, "macs", b->macs);
    octet_json_write_bool(&json, "fits", octet_budget_fits(b));
    write_rows(&json, b);
    write_parts(&json, b);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
