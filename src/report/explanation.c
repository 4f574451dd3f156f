#include "report/explanation.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/table.h"
#include "report/text.h"

enum { SHOWN_TERMS = 8, INDEX_SIZE = 112, REAL_DIGITS = 9 };

/* "[0,3,4,7]" of a flat element. */
static const char *index_text(const octet_shape *shape, size_t element, char *text) {
    octet_shape index = {.rank = shape->rank};
    for (int32_t i = shape->rank - 1; i >= 0; i--) {
        index.dims[i] = (int32_t)(element % (size_t)shape->dims[i]);
        element /= (size_t)shape->dims[i];
    }
    return octet_shape_text(&index, text);
}

static octet_status write_number(octet_context *ctx, octet_derived_number number, octet_buffer *out) {
    return number.is_real ? octet_buffer_format(ctx, out, "%.9g", number.real)
                          : octet_buffer_format(ctx, out, "%" PRId64, number.integer);
}

/* ---- Which terms ---- */

static int64_t weight_of(const octet_derivation *d, const octet_derivation_term *term) {
    const int64_t number = term->number[d->columns[2] != NULL ? 2 : 0];
    return number < 0 ? -number : number;
}

/* The numbers of the terms that are shown: all in their order, or the largest of the last column. */
static octet_status choose_terms(octet_context *ctx, const octet_explanation *e, octet_arena *arena, size_t **out,
                                 size_t *n) {
    const octet_derivation *d = e->derivation;
    *n = e->with_all || d->n_terms <= SHOWN_TERMS ? d->n_terms : SHOWN_TERMS;
    OCTET_TRY(OCTET_NEW(ctx, arena, *n, out));
    if (*n == d->n_terms) {
        for (size_t i = 0; i < *n; i++) (*out)[i] = i;
        return OCTET_OK;
    }
    size_t n_kept = 0;
    for (size_t i = 0; i < d->n_terms; i++) {
        size_t at = n_kept;
        while (at > 0 && weight_of(d, &d->terms[(*out)[at - 1]]) < weight_of(d, &d->terms[i])) at--;
        if (at == *n) continue;
        if (n_kept < *n) n_kept++;
        memmove(*out + at + 1, *out + at, (n_kept - 1 - at) * sizeof **out);
        (*out)[at] = i;
    }
    return OCTET_OK;
}

/* ---- Text ---- */

static octet_status write_head(octet_context *ctx, const octet_explanation *e, octet_buffer *out) {
    char text[INDEX_SIZE], real[OCTET_TEXT_SIZE];
    const octet_value *value = &e->graph->values[e->value];
    OCTET_TRY(octet_buffer_format(ctx, out, "%s%s = ", value->name, index_text(&value->shape, e->element, text)));
    OCTET_TRY(write_number(ctx, e->number, out));
    OCTET_TRY(octet_buffer_format(ctx, out, " (%s)", octet_type_name(value->type)));
    if (e->has_real && value->quantization.n > 0)
        OCTET_TRY(octet_buffer_format(ctx, out, ", which stands for %s", octet_text_real(e->real, real)));
    OCTET_TRY(octet_buffer_format(ctx, out, "\n"));
    if (value->producer != OCTET_NONE) {
        const octet_operator *op = &e->graph->operators[value->producer];
        OCTET_TRY(octet_buffer_format(ctx, out, "%s (operator %" PRIu32 ", kernel %s, numerics %s)",
                                      octet_operator_name(op->code), value->producer, e->derivation->kernel,
                                      e->numerics));
    } else {
        OCTET_TRY(octet_buffer_format(ctx, out, "tensor %" PRIu32, e->value));
    }
    return octet_buffer_format(ctx, out, " of %s, sample %" PRIu64 " of %s\n", e->model, e->sample, e->data);
}

static octet_status scale_cells(octet_context *ctx, octet_table *table, bool has_scale, double scale,
                                int32_t zero_point) {
    if (!has_scale) {
        OCTET_TRY(octet_table_cell(ctx, table, "%s", ""));
        return octet_table_cell(ctx, table, "%s", "");
    }
    OCTET_TRY(octet_table_cell(ctx, table, "%.9g", scale));
    return octet_table_cell(ctx, table, "%" PRId32, zero_point);
}

static octet_status fill_operands(octet_context *ctx, const octet_explanation *e, octet_table *table) {
    static const char *const heading[] = {"tensor", "#", "name", "type", "shape", "scale", "zero point"};
    const octet_derivation *d = e->derivation;
    for (size_t i = 0; i < 7; i++) OCTET_TRY(octet_table_cell(ctx, table, "%s", heading[i]));
    for (uint32_t i = 0; i <= d->n_operands; i++) {
        char shape[OCTET_SHAPE_TEXT_SIZE];
        const octet_derivation_operand *operand = i < d->n_operands ? &d->operands[i] : NULL;
        const uint32_t number = operand != NULL ? operand->value : e->value;
        const octet_value *value = &e->graph->values[number];
        const bool has_scale = operand != NULL ? operand->has_scale : value->quantization.n == 1;
        OCTET_TRY(octet_table_cell(ctx, table, "%s", operand != NULL ? operand->role : "output"));
        OCTET_TRY(octet_table_cell(ctx, table, "%" PRIu32, number));
        OCTET_TRY(octet_table_name(ctx, table, value->name, 40));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_type_name(value->type)));
        OCTET_TRY(octet_table_cell(ctx, table, "%s", octet_shape_text(&value->shape, shape)));
        OCTET_TRY(scale_cells(ctx, table, has_scale,
                              operand != NULL ? operand->scale
                              : has_scale     ? (double)value->quantization.scale[0]
                                              : 0.0,
                              operand != NULL ? operand->zero_point
                              : has_scale     ? value->quantization.zero_point[0]
                                              : 0));
    }
    return OCTET_OK;
}

static octet_status fill_terms(octet_context *ctx, const octet_explanation *e, const size_t *chosen, size_t n,
                               octet_table *table) {
    const octet_derivation *d = e->derivation;
    const uint32_t n_places = d->terms[0].element[1] != SIZE_MAX ? 2 : 1;
    for (uint32_t i = 0; i < n_places; i++)
        OCTET_TRY(octet_table_cell(ctx, table, "%s at", i < d->n_operands ? d->operands[i].role : "operand"));
    for (uint32_t i = 0; i < OCTET_DERIVATION_COLUMNS; i++)
        if (d->columns[i] != NULL) OCTET_TRY(octet_table_cell(ctx, table, "%s", d->columns[i]));
    for (size_t k = 0; k < n; k++) {
        const octet_derivation_term *term = &d->terms[chosen[k]];
        char text[INDEX_SIZE];
        for (uint32_t i = 0; i < n_places; i++)
            OCTET_TRY(octet_table_cell(
                ctx, table, "%s", index_text(&e->graph->values[d->operands[i].value].shape, term->element[i], text)));
        for (uint32_t i = 0; i < OCTET_DERIVATION_COLUMNS; i++)
            if (d->columns[i] != NULL) OCTET_TRY(octet_table_cell(ctx, table, "%" PRId64, term->number[i]));
    }
    return OCTET_OK;
}

static octet_status write_terms(octet_context *ctx, const octet_explanation *e, octet_buffer *out) {
    const octet_derivation *d = e->derivation;
    octet_arena arena = {0};
    size_t *chosen, n;
    char a[OCTET_TEXT_SIZE], b[OCTET_TEXT_SIZE];
    if (d->n_terms == 0 || d->columns[0] == NULL) return OCTET_OK;
    octet_table table = {.right = 0x7c};
    for (uint32_t i = 0; i < OCTET_DERIVATION_COLUMNS; i++) table.n_columns += d->columns[i] != NULL;
    const uint32_t n_places = d->terms[0].element[1] != SIZE_MAX ? 2 : 1;
    table.n_columns += n_places;
    table.right = 0xffu << n_places;
    octet_status status = choose_terms(ctx, e, &arena, &chosen, &n);
    if (status == OCTET_OK && n < d->n_terms)
        status = octet_buffer_format(ctx, out, "\nthe largest %s of %s that meet (--all prints all)\n",
                                     octet_text_count(n, a), octet_text_count(d->n_terms, b));
    else if (status == OCTET_OK) status = octet_buffer_format(ctx, out, "\nwhat meets\n");
    if (status == OCTET_OK) status = fill_terms(ctx, e, chosen, n, &table);
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 2, out);
    octet_table_free(ctx, &table);
    octet_arena_free(ctx, &arena);
    return status;
}

static octet_status write_steps(octet_context *ctx, const octet_explanation *e, octet_buffer *out) {
    const octet_derivation *d = e->derivation;
    octet_table table = {.n_columns = 3, .right = 1u << 1};
    octet_status status = octet_buffer_format(ctx, out, "\n");
    if (status == OCTET_OK) status = octet_table_cell(ctx, &table, "step");
    if (status == OCTET_OK) status = octet_table_cell(ctx, &table, "value");
    if (status == OCTET_OK) status = octet_table_cell(ctx, &table, "how");
    for (uint32_t i = 0; i < d->n_steps && status == OCTET_OK; i++) {
        const octet_derivation_step *step = &d->steps[i];
        status = octet_table_cell(ctx, &table, "%s", step->name);
        if (status != OCTET_OK) break;
        status = step->value.is_real ? octet_table_cell(ctx, &table, "%.9g", step->value.real)
                                     : octet_table_cell(ctx, &table, "%" PRId64, step->value.integer);
        if (status == OCTET_OK) status = octet_table_cell(ctx, &table, "%s", step->how);
    }
    if (status == OCTET_OK) status = octet_table_write(ctx, &table, 2, out);
    octet_table_free(ctx, &table);
    return status;
}

static octet_status write_reals(octet_context *ctx, const octet_explanation *e, octet_buffer *out) {
    const octet_derivation *d = e->derivation;
    if (!e->has_real && e->original == NULL) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "\nin real numbers\n"));
    if (e->has_real) OCTET_TRY(octet_buffer_format(ctx, out, "  %-12.6g this number\n", e->real));
    if (d->has_exact)
        OCTET_TRY(
            octet_buffer_format(ctx, out, "  %-12.6g the same before it was rounded, from what was read\n", d->exact));
    if (e->original == NULL) return OCTET_OK;
    if (e->original_name == NULL)
        return octet_buffer_format(ctx, out, "  %s has no tensor that this one stands for\n", e->original);
    return octet_buffer_format(ctx, out, "  %-12.6g %s of %s\n", e->original_real, e->original_name, e->original);
}

octet_status octet_explanation_write_text(octet_context *ctx, const octet_explanation *e, octet_buffer *out) {
    const octet_derivation *d = e->derivation;
    OCTET_TRY(write_head(ctx, e, out));
    if (d->note != NULL) OCTET_TRY(octet_buffer_format(ctx, out, "%s\n", d->note));
    if (d->reason != NULL) {
        OCTET_TRY(octet_buffer_format(ctx, out, "\nno derivation: %s\n", d->reason));
        return write_reals(ctx, e, out);
    }
    if (d->is_copy) {
        char text[INDEX_SIZE];
        const octet_value *from = &e->graph->values[d->copied_value];
        OCTET_TRY(octet_buffer_format(ctx, out, "\na copy of %s%s (tensor %" PRIu32 ")\n", from->name,
                                      index_text(&from->shape, d->copied_element, text), d->copied_value));
    } else {
        octet_table table = {.n_columns = 7, .right = 1u << 1 | 1u << 6};
        octet_status status = octet_buffer_format(ctx, out, "\n");
        if (status == OCTET_OK) status = fill_operands(ctx, e, &table);
        if (status == OCTET_OK) status = octet_table_write(ctx, &table, 2, out);
        octet_table_free(ctx, &table);
        OCTET_TRY(status);
        OCTET_TRY(write_terms(ctx, e, out));
        OCTET_TRY(write_steps(ctx, e, out));
    }
    return write_reals(ctx, e, out);
}

/* ---- JSON ---- */

static void json_number(octet_json_writer *json, const char *key, octet_derived_number number) {
    if (number.is_real) octet_json_write_real(json, key, number.real, REAL_DIGITS);
    else octet_json_write_i64(json, key, number.integer);
}

static void json_index(octet_json_writer *json, const char *key, const octet_shape *shape, size_t element) {
    octet_shape index = {.rank = shape->rank};
    for (int32_t i = shape->rank - 1; i >= 0; i--) {
        index.dims[i] = (int32_t)(element % (size_t)shape->dims[i]);
        element /= (size_t)shape->dims[i];
    }
    octet_text_json_shape(json, key, &index);
}

static void json_tensor(octet_json_writer *json, const octet_graph *graph, uint32_t number) {
    const octet_value *value = &graph->values[number];
    octet_json_write_string(json, "name", value->name);
    octet_json_write_u64(json, "tensor", number);
    octet_json_write_string(json, "type", octet_type_name(value->type));
    octet_text_json_shape(json, "shape", &value->shape);
}

static void json_operands(octet_json_writer *json, const octet_explanation *e) {
    const octet_derivation *d = e->derivation;
    octet_json_begin_array(json, "reads", d->n_operands > 0 ? OCTET_JSON_LINES : OCTET_JSON_TIGHT);
    for (uint32_t i = 0; i < d->n_operands; i++) {
        const octet_derivation_operand *operand = &d->operands[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "role", operand->role);
        json_tensor(json, e->graph, operand->value);
        if (operand->has_scale) octet_json_write_real(json, "scale", operand->scale, REAL_DIGITS);
        if (operand->has_scale) octet_json_write_i64(json, "zero_point", operand->zero_point);
        octet_json_end(json);
    }
    octet_json_end(json);
}

static octet_status json_terms(octet_context *ctx, octet_json_writer *json, const octet_explanation *e) {
    const octet_derivation *d = e->derivation;
    octet_arena arena = {0};
    size_t *chosen, n;
    octet_json_write_u64(json, "n_terms", d->n_terms);
    octet_json_begin_array(json, "terms", d->n_terms > 0 ? OCTET_JSON_LINES : OCTET_JSON_TIGHT);
    const octet_status status = choose_terms(ctx, e, &arena, &chosen, &n);
    for (size_t k = 0; status == OCTET_OK && d->columns[0] != NULL && k < n; k++) {
        const octet_derivation_term *term = &d->terms[chosen[k]];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_begin_array(json, "at", OCTET_JSON_TIGHT);
        for (uint32_t i = 0; i < 2 && term->element[i] != SIZE_MAX; i++)
            json_index(json, NULL, &e->graph->values[d->operands[i].value].shape, term->element[i]);
        octet_json_end(json);
        for (uint32_t i = 0; i < OCTET_DERIVATION_COLUMNS; i++)
            if (d->columns[i] != NULL) octet_json_write_i64(json, d->columns[i], term->number[i]);
        octet_json_end(json);
    }
    octet_json_end(json);
    octet_arena_free(ctx, &arena);
    return status;
}

static octet_status json_derivation(octet_context *ctx, octet_json_writer *json, const octet_explanation *e) {
    const octet_derivation *d = e->derivation;
    if (d->reason != NULL) {
        octet_json_write_null(json, "steps");
        octet_json_write_string(json, "reason", d->reason);
        return OCTET_OK;
    }
    if (d->is_copy) {
        octet_json_begin_object(json, "copy_of", OCTET_JSON_LINE);
        json_tensor(json, e->graph, d->copied_value);
        json_index(json, "index", &e->graph->values[d->copied_value].shape, d->copied_element);
        octet_json_end(json);
    }
    if (d->note != NULL) octet_json_write_string(json, "note", d->note);
    json_operands(json, e);
    OCTET_TRY(json_terms(ctx, json, e));
    octet_json_begin_array(json, "steps", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < d->n_steps; i++) {
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "name", d->steps[i].name);
        json_number(json, "value", d->steps[i].value);
        octet_json_write_string(json, "how", d->steps[i].how);
        octet_json_end(json);
    }
    octet_json_end(json);
    return OCTET_OK;
}

octet_status octet_explanation_write_json(octet_context *ctx, const octet_explanation *e, octet_buffer *out) {
    const octet_derivation *d = e->derivation;
    const octet_value *value = &e->graph->values[e->value];
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "explain", OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", e->model);
    octet_json_write_string(&json, "data", e->data);
    octet_json_write_u64(&json, "sample", e->sample);
    octet_json_write_string(&json, "numerics", e->numerics);
    octet_json_begin_object(&json, "number", OCTET_JSON_LINE);
    json_tensor(&json, e->graph, e->value);
    json_index(&json, "index", &value->shape, e->element);
    json_number(&json, "value", e->number);
    if (value->quantization.n == 1) octet_json_write_real(&json, "scale", (double)value->quantization.scale[0], 9);
    if (value->quantization.n == 1) octet_json_write_i64(&json, "zero_point", value->quantization.zero_point[0]);
    octet_json_end(&json);
    octet_json_write_string(
        &json, "operator",
        value->producer != OCTET_NONE ? octet_operator_name(e->graph->operators[value->producer].code) : NULL);
    octet_json_write_string(&json, "kernel", d->kernel[0] != '\0' ? d->kernel : NULL);
    OCTET_TRY(json_derivation(ctx, &json, e));
    if (e->has_real) octet_json_write_real(&json, "real", e->real, REAL_DIGITS);
    if (d->has_exact) octet_json_write_real(&json, "real_before_rounding", d->exact, REAL_DIGITS);
    if (e->original != NULL) {
        octet_json_begin_object(&json, "original", OCTET_JSON_LINE);
        octet_json_write_string(&json, "model", e->original);
        octet_json_write_string(&json, "name", e->original_name);
        if (e->original_name != NULL) octet_json_write_real(&json, "real", e->original_real, REAL_DIGITS);
        octet_json_end(&json);
    }
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
