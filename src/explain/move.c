/* Kernels that move elements. Which one arrives is found by running the kernel on operands whose elements are their own
 * numbers, a few digits a time; where the digits turned around do not arrive turned around, the kernel fills in a
 * constant. */
#include <inttypes.h>
#include <string.h>

#include "explain/explainer.h"
#include "kernels/ref/select.h"
#include "kernels/ref/shape_values.h"

/* Which operands are moved; the others say where to. */
static bool is_moved(const octet_explainer *e, uint32_t operand) {
    const octet_kernel kernel = e->step->kernel;
    if (kernel == OCTET_KERNEL_copies) return true;
    if (kernel == OCTET_KERNEL_update_slice) return operand < 2;
    return kernel == OCTET_KERNEL_select || kernel == OCTET_KERNEL_one_hot ? operand > 0 : operand == 0;
}

static void run_copies(const octet_explainer *e, const void *const *inputs, void *output) {
    const octet_copies_params *p = octet_step_params_copies(e->step);
    for (uint32_t i = 0; i < p->n_parts; i++) {
        const octet_copies_part *part = &p->parts[i];
        const void *from = part->input == OCTET_NONE ? p->value : inputs[part->input];
        if (part->output == e->output) octet_copy_ref(&part->copy, from, output, 0, part->n_rows);
    }
}

static void run_filling(const octet_explainer *e, const void *const *inputs, void *output) {
    if (e->step->kernel == OCTET_KERNEL_bytes) {
        const octet_bytes_params *p = octet_step_params_bytes(e->step);
        memcpy(output, p->bytes, p->n_bytes);
        return;
    }
    const octet_fill_params *p = e->step->params;
    octet_fill_ref(e->step->kernel == OCTET_KERNEL_fill ? inputs[0] : p->value, p->element_size, output, p->n_elements);
}

static bool is_filling(octet_kernel kernel) {
    return kernel == OCTET_KERNEL_fill || kernel == OCTET_KERNEL_fill_constant || kernel == OCTET_KERNEL_bytes;
}

/* Runs the whole kernel. inputs: by operand; output: memory of the result that is asked for. */
static void run(const octet_explainer *e, const void *const *inputs, void *output) {
    const octet_kernel kernel = e->step->kernel;
    const uint32_t n = e->step->work.n_units[0];
    const void *p = e->step->params;
    if (kernel == OCTET_KERNEL_copies) run_copies(e, inputs, output);
    if (kernel == OCTET_KERNEL_mirror_pad) octet_mirror_pad_ref(p, inputs[0], output, 0, n);
    if (kernel == OCTET_KERNEL_space_to_batch) octet_space_to_batch_ref(p, inputs[0], output, 0, n);
    if (kernel == OCTET_KERNEL_batch_to_space) octet_batch_to_space_ref(p, inputs[0], output, 0, n);
    if (kernel == OCTET_KERNEL_gather) octet_gather_ref(p, inputs[0], inputs[1], output, 0, n);
    if (kernel == OCTET_KERNEL_gather_nd) octet_gather_nd_ref(p, inputs[0], inputs[1], output, 0, n);
    if (kernel == OCTET_KERNEL_resize_nearest) octet_resize_nearest_ref(p, inputs[0], output, 0, n);
    if (kernel == OCTET_KERNEL_update_slice) octet_update_slice_ref(p, inputs[0], inputs[1], inputs[2], output);
    if (kernel == OCTET_KERNEL_one_hot) octet_one_hot_ref(p, inputs[0], inputs[1], inputs[2], output, 0, n);
    if (is_filling(kernel)) run_filling(e, inputs, output);
    if (kernel == OCTET_KERNEL_select) {
        const octet_broadcast_params *walk = octet_step_params_select(e->step);
        octet_broadcast_walk(walk, octet_select_row_ref(walk->out_size), NULL, inputs, output, 0, n);
    }
}

bool octet_explain_is_move(octet_kernel kernel) {
    static const octet_kernel moves[] = {
        OCTET_KERNEL_copies,      OCTET_KERNEL_mirror_pad, OCTET_KERNEL_space_to_batch, OCTET_KERNEL_batch_to_space,
        OCTET_KERNEL_gather,      OCTET_KERNEL_gather_nd,  OCTET_KERNEL_resize_nearest, OCTET_KERNEL_select,
        OCTET_KERNEL_fill,        OCTET_KERNEL_one_hot,    OCTET_KERNEL_fill_constant,  OCTET_KERNEL_bytes,
        OCTET_KERNEL_update_slice};
    for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
        if (moves[i] == kernel) return true;
    return false;
}

typedef struct probe {
    const octet_explainer *e;
    size_t size;         /* of an element, bytes */
    uint8_t **made;      /* by operand: elements that are digits of their numbers */
    const void **inputs; /* by operand */
    uint8_t *output;
    uint64_t found, inverted; /* the number that arrived, and what arrived of all numbers turned around */
} probe;

static octet_status open_probe(const octet_explainer *e, probe *p) {
    octet_derivation *d = e->d;
    const octet_value *result = octet_explainer_result(e);
    const uint32_t n = e->step->n_inputs;
    p->e = e;
    p->size = octet_type_size(result->type);
    OCTET_TRY(OCTET_NEW(d->ctx, d->arena, n, &p->made));
    OCTET_TRY(OCTET_NEW(d->ctx, d->arena, n, &p->inputs));
    OCTET_TRY(OCTET_NEW(d->ctx, d->arena, octet_value_bytes(result), &p->output));
    for (uint32_t i = 0; i < n; i++) {
        p->inputs[i] = octet_explainer_data(e, i);
        if (!is_moved(e, i)) continue;
        OCTET_TRY(OCTET_NEW(d->ctx, d->arena, octet_value_bytes(octet_explainer_operand(e, i)), &p->made[i]));
    }
    return OCTET_OK;
}

/* One run with `size` bytes of each number, from bit `shift` on. */
static uint64_t run_digits(probe *p, uint32_t shift, uint64_t turned) {
    uint64_t number = 0, digits = 0;
    const size_t n_bytes = p->size < sizeof digits ? p->size : sizeof digits;
    for (uint32_t i = 0; i < p->e->step->n_inputs; i++) {
        if (!is_moved(p->e, i)) continue;
        const size_t n = octet_shape_elements(&octet_explainer_operand(p->e, i)->shape);
        for (size_t k = 0; k < n; k++, number++) {
            const uint64_t part = (number ^ turned) >> shift;
            memcpy(p->made[i] + k * p->size, &part, n_bytes);
        }
        p->inputs[i] = p->made[i];
    }
    run(p->e, p->inputs, p->output);
    memcpy(&digits, p->output + p->e->element * p->size, n_bytes);
    return digits << shift;
}

static void find(probe *p) {
    for (uint32_t shift = 0; shift < 64; shift += 8 * (uint32_t)p->size) {
        p->found |= run_digits(p, shift, 0);
        p->inverted |= run_digits(p, shift, UINT64_MAX);
    }
}

/* The operand and its element from the number among all. */
static void name_source(const octet_explainer *e, uint64_t number) {
    octet_derivation *d = e->d;
    for (uint32_t i = 0; i < e->step->n_inputs; i++) {
        if (!is_moved(e, i)) continue;
        const uint64_t n = octet_shape_elements(&octet_explainer_operand(e, i)->shape);
        if (number < n) {
            d->is_copy = true;
            d->copied_value = octet_explainer_number(e, i);
            d->copied_element = (size_t)number;
            return;
        }
        number -= n;
    }
}

void octet_explain_move(const octet_explainer *e) {
    octet_derivation *d = e->d;
    const octet_value *result = octet_explainer_result(e);
    probe p = {0};
    if (d->status == OCTET_OK) d->status = open_probe(e, &p);
    if (d->status != OCTET_OK) return;
    run(e, p.inputs, p.output);
    const double real = octet_explain_real(result, p.output, e->element, 0);
    const int64_t code = octet_explain_code(result->type, p.output, e->element);
    find(&p);
    const bool is_constant = p.found != ~p.inverted;
    if (!is_constant) name_source(e, p.found);
    const char *how = is_constant ? "a constant that the operator fills in" : "the same number, moved";
    if (result->type == OCTET_FLOAT32) octet_derive_real(d, is_constant ? "fill" : "copy", real, "%s", how);
    else octet_derive_integer(d, is_constant ? "fill" : "copy", code, "%s", how);
}
