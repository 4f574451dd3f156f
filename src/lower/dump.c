#include "lower/fields.h"
#include "lower/lower.h"

#include <string.h>

static octet_status dump_field(octet_context *ctx, const octet_field *field, const void *params, octet_buffer *out) {
    const void *at = (const char *)params + field->offset;
    const void *array;
    memcpy(&array, field->type >= OCTET_FIELD_S32_ARRAY ? at : &params, sizeof array);
    if (array == NULL) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, " %s=", field->name));
    switch (field->type) {
    case OCTET_FIELD_S32: return octet_buffer_format(ctx, out, "%d", *(const int32_t *)at);
    case OCTET_FIELD_U32: return octet_buffer_format(ctx, out, "%u", *(const uint32_t *)at);
    case OCTET_FIELD_S64: return octet_buffer_format(ctx, out, "%lld", (long long)*(const int64_t *)at);
    case OCTET_FIELD_SIZE: return octet_buffer_format(ctx, out, "%zu", *(const size_t *)at);
    case OCTET_FIELD_F32: return octet_buffer_format(ctx, out, "%.9g", (double)*(const float *)at);
    case OCTET_FIELD_BOOL: return octet_buffer_format(ctx, out, "%d", *(const bool *)at);
    case OCTET_FIELD_S32_ARRAY: return octet_buffer_format(ctx, out, "%d,...", *(const int32_t *)array);
    case OCTET_FIELD_F32_ARRAY: return octet_buffer_format(ctx, out, "%.9g,...", (double)*(const float *)array);
    case OCTET_FIELD_F64_ARRAY: return octet_buffer_format(ctx, out, "%.17g,...", *(const double *)array);
    }
    return OCTET_OK;
}

/* "input=%0, weights=%1": names of operands from the list; the last one stands for all that follow. */
static octet_status dump_operands(octet_context *ctx, const octet_step *step, octet_buffer *out) {
    const char *name = octet_kernel_operands(step->kernel);
    for (uint32_t i = 0; i < step->n_inputs; i++) {
        const int length = (int)strcspn(name, " .");
        const char *comma = i > 0 ? ", " : "";
        if (step->inputs[i] != OCTET_NONE)
            OCTET_TRY(octet_buffer_format(ctx, out, "%s%.*s=%%%u", comma, length, name, step->inputs[i]));
        else OCTET_TRY(octet_buffer_format(ctx, out, "%s%.*s=-", comma, length, name));
        if (name[length] == ' ') name += length + 1;
    }
    return OCTET_OK;
}

static octet_status dump_params(octet_context *ctx, const octet_step *step, octet_buffer *out) {
    size_t n;
    const octet_field *fields = octet_params_fields(octet_kernel_params(step->kernel), &n);
    for (size_t i = 0; i < n; i++) OCTET_TRY(dump_field(ctx, &fields[i], step->params, out));
    return OCTET_OK;
}

static octet_status dump_step(octet_context *ctx, const octet_graph *graph, const octet_step *step, octet_buffer *out) {
    const octet_work *work = &step->work;
    OCTET_TRY(octet_buffer_format(ctx, out, "#%u %s(", step->operator_index, octet_kernel_name(step->kernel)));
    OCTET_TRY(dump_operands(ctx, step, out));
    OCTET_TRY(octet_buffer_format(ctx, out, ") ->"));
    for (uint32_t i = 0; i < step->n_outputs; i++) OCTET_TRY(octet_buffer_format(ctx, out, " %%%u", step->outputs[i]));
    OCTET_TRY(dump_params(ctx, step, out));
    OCTET_TRY(octet_buffer_format(ctx, out, " units=%u", work->n_units[0]));
    for (uint32_t i = 1; i < work->n_phases; i++) OCTET_TRY(octet_buffer_format(ctx, out, "+%u", work->n_units[i]));
    if (work->shared_bytes > 0) OCTET_TRY(octet_buffer_format(ctx, out, " shared_bytes=%zu", work->shared_bytes));
    if (work->scratch_bytes > 0) OCTET_TRY(octet_buffer_format(ctx, out, " scratch_bytes=%zu", work->scratch_bytes));
    if (step->absorbed != OCTET_NONE) OCTET_TRY(octet_buffer_format(ctx, out, " absorbed=#%u", step->absorbed));
    return octet_buffer_format(ctx, out, "  # %s\n", graph->operators[step->operator_index].layer);
}

octet_status octet_lower_dump(octet_context *ctx, const octet_graph *graph, const octet_step *steps,
                              octet_buffer *out) {
    for (uint32_t i = 0; i < graph->n_operators; i++) OCTET_TRY(dump_step(ctx, graph, &steps[i], out));
    return OCTET_OK;
}
