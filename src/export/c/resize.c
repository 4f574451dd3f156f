#include <math.h>

#include "export/c/forms.h"
#include "export/c/scale.h"

/* Tables of what each row and each column of the result reads. */
typedef struct resize_tables {
    int32_t *rows, *columns;
} resize_tables;

static octet_status find_nearest(octet_c_emitter *e, const octet_resize_params *p, resize_tables *t) {
    const size_t n_in = (size_t)p->in_h * (size_t)p->in_w, n_out = (size_t)p->out_h * (size_t)p->out_w;
    const octet_resize_params one = {.batches = 1,
                                     .in_h = p->in_h,
                                     .in_w = p->in_w,
                                     .channels = 1,
                                     .out_h = p->out_h,
                                     .out_w = p->out_w,
                                     .align_corners = p->align_corners,
                                     .half_pixel_centers = p->half_pixel_centers,
                                     .element_size = sizeof(int32_t)};
    int32_t *numbers, *found;
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, n_in, &numbers));
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, n_out, &found));
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, (size_t)p->out_h, &t->rows));
    OCTET_TRY(OCTET_NEW(e->ctx, e->arena, (size_t)p->out_w, &t->columns));
    for (size_t i = 0; i < n_in; i++) numbers[i] = (int32_t)i; /* the kernel moves numbers of pixels */
    octet_resize_nearest_ref(&one, numbers, found, 0, (uint32_t)p->out_h);
    for (int32_t y = 0; y < p->out_h; y++) t->rows[y] = found[y * p->out_w] / p->in_w;
    for (int32_t x = 0; x < p->out_w; x++) t->columns[x] = found[x] % p->in_w;
    return OCTET_OK;
}

static void write_table(octet_c_emitter *e, const octet_stage *stage, const char *what, const int32_t *numbers,
                        int32_t n) {
    int16_t *narrow;
    const octet_status status = OCTET_NEW(e->ctx, e->arena, (size_t)n, &narrow);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    for (int32_t i = 0; i < n; i++) narrow[i] = (int16_t)numbers[i];
    octet_c_table(e, stage, what, OCTET_INT16, narrow, (size_t)n);
}

static void open_pixels(octet_c_emitter *e, const octet_stage *stage, const octet_resize_params *p) {
    octet_c_writer *f = &e->functions;
    if (p->in_h > INT16_MAX || p->in_w > INT16_MAX) octet_c_refuse(e, &e->steps[stage->step], "the image is too large");
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t n, y, x, c;");
    octet_c_line(f, "for (n = 0; n < %d; ++n) {", p->batches);
    octet_c_line(f, "for (y = 0; y < %d; ++y) {", p->out_h);
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", p->out_w);
}

static void close_pixels(octet_c_emitter *e) {
    for (int32_t i = 0; i < 3; i++) octet_c_line(&e->functions, "}");
    octet_c_end(&e->functions);
}

void octet_c_emit_resize_nearest(octet_c_emitter *e, const octet_stage *stage) {
    const octet_resize_params *p = octet_step_params_resize(&e->steps[stage->step]);
    const octet_c_name name = octet_c_step_name(e, stage->step);
    resize_tables t = {NULL, NULL};
    const octet_status status = find_nearest(e, p, &t);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    write_table(e, stage, "rows", t.rows, p->out_h);
    write_table(e, stage, "columns", t.columns, p->out_w);
    open_pixels(e, stage, p);
    octet_c_line(&e->functions, "const int32_t from = ((n * %d + @%s_rows[y]) * %d + @%s_columns[x]) * %d;", p->in_h,
                 name.text, p->in_w, name.text, p->channels);
    octet_c_line(&e->functions, "for (c = 0; c < %d; ++c) output[((n * %d + y) * %d + x) * %d + c] = input[from + c];",
                 p->channels, p->out_h, p->out_w, p->channels);
    close_pixels(e);
}

/* The kernels of int8 and int16 have weights in 1024ths. That of uint8 computes in float32, which is exact where all
 * weights are 128ths: 8 bits of a cell and 8 of each weight fit 24. */
enum { BITS_SIGNED = 10, BITS_U8 = 7 };

static octet_resize_spot spot_of(octet_c_emitter *e, const octet_step *step, int32_t index, int32_t in, int32_t out) {
    const octet_resize_params *p = octet_step_params_resize(step);
    if (step->kernel != OCTET_KERNEL_resize_bilinear_u8) return octet_resize_find_spot(p, index, in, out);
    const octet_resize_spot_f32 spot = octet_resize_find_spot_f32(p, index, in, out);
    const float weight = spot.weight * (float)(1 << BITS_U8);
    if (weight < floorf(weight) || weight > floorf(weight))
        octet_c_refuse(e, step, "it computes with float32: weights of %g have no form", (double)spot.weight);
    return (octet_resize_spot){spot.low, spot.high, (int64_t)weight};
}

/* For each row or column: first cell, second cell, weight of the second. */
static void write_spots(octet_c_emitter *e, const octet_stage *stage, const char *what, int32_t in, int32_t out) {
    int32_t *numbers;
    const octet_status status = OCTET_NEW(e->ctx, e->arena, 3 * (size_t)out, &numbers);
    if (status != OCTET_OK) {
        e->functions.status = status;
        return;
    }
    for (int32_t i = 0; i < out; i++) {
        const octet_resize_spot spot = spot_of(e, &e->steps[stage->step], i, in, out);
        numbers[3 * i] = spot.low;
        numbers[3 * i + 1] = spot.high;
        numbers[3 * i + 2] = (int32_t)spot.weight;
    }
    write_table(e, stage, what, numbers, 3 * out);
}

void octet_c_emit_resize_bilinear(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_resize_params *p = octet_step_params_resize(step);
    const octet_c_name name = octet_c_step_name(e, stage->step);
    const bool is_signed = step->kernel != OCTET_KERNEL_resize_bilinear_u8;
    const char *type = octet_c_input_type(e, stage);
    const int32_t row = p->in_w * p->channels, bits = is_signed ? BITS_SIGNED : BITS_U8, one = 1 << bits;
    octet_c_writer *f = &e->functions;
    const char *wide = e->graph->values[step->inputs[0]].type == OCTET_INT16 ? "int64_t" : "int32_t";
    write_spots(e, stage, "rows", p->in_h, p->out_h);
    write_spots(e, stage, "columns", p->in_w, p->out_w);
    open_pixels(e, stage, p);
    octet_c_line(f, "const int16_t *v = @%s_rows + 3 * y, *h = @%s_columns + 3 * x;", name.text, name.text);
    octet_c_line(f, "const %s *above = input + (n * %d + v[0]) * %d, *below = input + (n * %d + v[1]) * %d;", type,
                 p->in_h, row, p->in_h, row);
    octet_c_line(f, "const int32_t left = h[0] * %d, right = h[1] * %d;", p->channels, p->channels);
    octet_c_line(f, "const int32_t w00 = (%d - v[2]) * (%d - h[2]), w10 = v[2] * (%d - h[2]);", one, one, one);
    octet_c_line(f, "const int32_t w01 = (%d - v[2]) * h[2], w11 = v[2] * h[2];", one);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->channels);
    octet_c_line(f,
                 "const %s sum = (%s)above[left + c] * w00 + (%s)below[left + c] * w10 + "
                 "(%s)above[right + c] * w01 + (%s)below[right + c] * w11;",
                 wide, wide, wide, wide, wide);
    octet_c_line(f, "output[((n * %d + y) * %d + x) * %d + c] = (%s)((sum > 0 ? sum + %d : sum - %d) / %d);", p->out_h,
                 p->out_w, p->channels, type, one * one / 2, one * one / 2, one * one);
    octet_c_line(f, "}");
    close_pixels(e);
}
