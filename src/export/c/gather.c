#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

static size_t row_elements(const octet_c_emitter *e, const octet_step *step, size_t row_bytes) {
    return row_bytes / octet_type_size(e->graph->values[step->inputs[0]].type);
}

void octet_c_emit_gather(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_gather_params *p = octet_step_params_gather(step);
    const size_t n = row_elements(e, step, p->row_bytes);
    const char *data = octet_c_operand(e, stage, 0), *indices = octet_c_operand(e, stage, 1);
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t b, o, k, i;");
    octet_c_line(f, "for (b = 0; b < %d; ++b) {", p->batches);
    octet_c_line(f, "for (o = 0; o < %d; ++o) {", p->outer);
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->n_indices);
    octet_c_line(f, "int32_t index;");
    octet_c_write_index(e, octet_c_type(e->graph->values[step->inputs[1]].type),
                        octet_c_format(e, "%s[b * %d + k]", indices, p->n_indices), p->axis - 1, "index =");
    octet_c_line(f, "for (i = 0; i < %zu; ++i) *output++ = %s[((b * %d + o) * %d + index) * %zu + i];", n, data,
                 p->outer, p->axis, n);
    for (int32_t i = 0; i < 3; i++) octet_c_line(f, "}");
    octet_c_end(f);
}

/* Where the elements of an axis lie that is mirrored at its ends. */
static const char *mirrored(octet_c_emitter *e, int32_t axis, int32_t before, int32_t size, int32_t edge) {
    return octet_c_format(e, "(i%d < %d ? %d - i%d : i%d < %d ? i%d - %d : %d - i%d)", axis, before, before - 1 + edge,
                          axis, axis, before + size, axis, before, 2 * size - 1 - edge + before, axis);
}

void octet_c_emit_mirror_pad(octet_c_emitter *e, const octet_stage *stage) {
    const octet_mirror_pad_params *p = octet_step_params_mirror_pad(&e->steps[stage->step]);
    int64_t own[OCTET_MIRROR_PAD_MAX_RANK], stride = 1, in_stride = 1;
    const char *from = "0";
    for (int32_t i = p->rank - 1; i >= 0; i--) {
        own[i] = stride;
        stride *= p->out_dims[i];
        from = octet_c_format(e, "%s + %s * %lld", from, mirrored(e, i, p->before[i], p->in_dims[i], p->edge),
                              (long long)in_stride);
        in_stride *= p->in_dims[i];
    }
    octet_c_open(e, stage);
    octet_c_open_loops(e, p->rank, p->out_dims);
    octet_c_line(&e->functions, "output[%s] = input[%s];", octet_c_index(e, p->rank, own, 0), from);
    for (int32_t i = 0; i < p->rank; i++) octet_c_line(&e->functions, "}");
    octet_c_end(&e->functions);
}

/* Cell (y, x) of sample n on the side of space is cell (y / block, x / block) of sample
 * (y % block * block + x % block) * batches + n on the side of batches; y and x count what is padded or cropped. */
void octet_c_emit_batch_space(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_batch_space_params *p = octet_step_params_batch_space(step);
    const bool to_batch = step->kernel == OCTET_KERNEL_space_to_batch;
    const size_t n = p->cell_bytes / p->element_size;
    octet_c_writer *f = &e->functions;
    char pad[OCTET_C_NUMBER_SIZE];
    octet_c_number(e->graph->values[step->inputs[0]].type, p->pad, 0, pad);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t n, y, x, i;");
    octet_c_line(f, "for (n = 0; n < %d; ++n) {", p->batches);
    octet_c_line(f, "for (y = 0; y < %d; ++y) {", to_batch ? p->batch_h * p->block_h : p->space_h);
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", to_batch ? p->batch_w * p->block_w : p->space_w);
    octet_c_line(f, "const int32_t py = y + %d, px = x + %d;", to_batch ? 0 : p->top, to_batch ? 0 : p->left);
    octet_c_line(f, "const int32_t sample = (py %% %d * %d + px %% %d) * %d + n;", p->block_h, p->block_w, p->block_w,
                 p->batches);
    octet_c_line(f, "const int32_t cell = (sample * %d + py / %d) * %d + px / %d;", p->batch_h, p->block_h, p->batch_w,
                 p->block_w);
    if (to_batch) {
        octet_c_line(f, "const int32_t sy = y - %d, sx = x - %d;", p->top, p->left);
        octet_c_line(f, "const int inside = sy >= 0 && sy < %d && sx >= 0 && sx < %d;", p->space_h, p->space_w);
        octet_c_line(f, "for (i = 0; i < %zu; ++i) {", n);
        octet_c_line(f, "output[cell * %zu + i] = %s;", n, pad);
        octet_c_line(f, "if (inside) output[cell * %zu + i] = input[((n * %d + sy) * %d + sx) * %zu + i];", n,
                     p->space_h, p->space_w, n);
        octet_c_line(f, "}");
    } else {
        octet_c_line(f, "for (i = 0; i < %zu; ++i) output[((n * %d + y) * %d + x) * %zu + i] = input[cell * %zu + i];",
                     n, p->space_h, p->space_w, n, n);
    }
    for (int32_t i = 0; i < 3; i++) octet_c_line(f, "}");
    octet_c_end(f);
}
