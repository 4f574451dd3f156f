#include "lower/copies.h"

octet_status octet_copies_create(octet_binder *binder, uint32_t capacity, octet_copies_params **out) {
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, out));
    (*out)->capacity = capacity;
    return OCTET_NEW(binder->ctx, binder->arena, capacity, &(*out)->parts);
}

octet_copy_params *octet_copies_add(octet_copies_params *p, size_t element_size, uint32_t input, uint32_t output) {
    assert(p->n_parts < p->capacity);
    octet_copies_part *part = &p->parts[p->n_parts++];
    octet_copy_begin(&part->copy, element_size);
    part->input = input;
    part->output = output;
    return &part->copy;
}

void octet_copies_finish(octet_copies_params *p, octet_step *step) {
    uint32_t n_rows = 0, n_inputs = 0;
    for (uint32_t i = 0; i < p->n_parts; i++) {
        p->parts[i].first_row = n_rows;
        p->parts[i].n_rows = octet_copy_finish(&p->parts[i].copy);
        n_rows += p->parts[i].n_rows;
        if (p->parts[i].input != OCTET_NONE && p->parts[i].input >= n_inputs) n_inputs = p->parts[i].input + 1;
    }
    step->n_inputs = n_inputs; /* axes, shapes and paddings are no operands of the kernel */
    octet_step_set_copies(step, OCTET_KERNEL_copies, p, n_rows);
}

void octet_copies_strides(const octet_shape *shape, size_t element_size, ptrdiff_t *strides) {
    ptrdiff_t stride = (ptrdiff_t)element_size;
    for (int32_t i = shape->rank - 1; i >= 0; i--) {
        strides[i] = stride;
        stride *= shape->dims[i];
    }
}
