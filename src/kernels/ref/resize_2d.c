#include "kernels/ref/resize_2d.h"

#include <math.h>
#include <string.h>

static float scale_f32(int32_t in, int32_t out, bool align_corners) {
    return align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
}

octet_resize_spot_f32 octet_resize_find_spot_f32(const octet_resize_params *p, int32_t index, int32_t in, int32_t out) {
    const float scale = scale_f32(in, out, p->align_corners);
    const float position = p->half_pixel_centers ? ((float)index + 0.5f) * scale - 0.5f : (float)index * scale;
    const float cell = floorf(position);
    octet_resize_spot_f32 s = {.low = cell > 0 ? (int32_t)cell : 0, .high = (int32_t)ceilf(position)};
    if (s.high > in - 1) s.high = in - 1;
    if (s.high < 0) s.high = 0;
    if (s.low > in - 1) s.low = in - 1;
    s.weight = position - (float)s.low;
    return s;
}

/* Interpolates in float; integers are rounded half up. */
#define FLOAT(name, type, offset)                                                                         \
    void name(const octet_resize_params *p, const type *in, type *out, uint32_t begin, uint32_t end) {    \
        const size_t c = (size_t)p->channels, row = (size_t)p->in_w * c;                                  \
        for (uint32_t unit = begin; unit < end; unit++) {                                                 \
            const octet_resize_spot_f32 y =                                                               \
                octet_resize_find_spot_f32(p, (int32_t)(unit % (uint32_t)p->out_h), p->in_h, p->out_h);   \
            const type *sample = in + (size_t)(unit / (uint32_t)p->out_h) * (size_t)p->in_h * row;        \
            const type *above = sample + (size_t)y.low * row, *below = sample + (size_t)y.high * row;     \
            type *o = out + unit * (size_t)p->out_w * c;                                                  \
            for (int32_t column = 0; column < p->out_w; column++, o += c) {                               \
                const octet_resize_spot_f32 x = octet_resize_find_spot_f32(p, column, p->in_w, p->out_w); \
                const size_t left = (size_t)x.low * c, right = (size_t)x.high * c;                        \
                for (size_t i = 0; i < c; i++) {                                                          \
                    o[i] = (type)(above[left + i] * (1 - y.weight) * (1 - x.weight) +                     \
                                  below[left + i] * y.weight * (1 - x.weight) +                           \
                                  above[right + i] * (1 - y.weight) * x.weight +                          \
                                  below[right + i] * y.weight * x.weight + (offset));                     \
                }                                                                                         \
            }                                                                                             \
        }                                                                                                 \
    }

FLOAT(octet_resize_bilinear_f32_ref, float, 0.0f)
FLOAT(octet_resize_bilinear_u8_ref, uint8_t, 0.5f)

octet_resize_spot octet_resize_find_spot(const octet_resize_params *p, int32_t index, int32_t in, int32_t out) {
    int64_t scale = (INT64_C(1024) * in + out / 2) / out;
    if (p->align_corners && out > 1) scale = (INT64_C(1024) * (in - 1) + (out - 1) / 2) / (out - 1);
    const int64_t position = p->half_pixel_centers ? index * scale + scale / 2 - 512 : index * scale;
    const int64_t low = position / 1024, high = (position + 1023) / 1024;
    octet_resize_spot s = {.low = (int32_t)(low > 0 ? low : 0), .high = (int32_t)(high < in - 1 ? high : in - 1)};
    if (s.low > in - 1) s.low = in - 1;
    s.weight = position - 1024 * (int64_t)s.low;
    return s;
}

#define FIXED(name, type)                                                                                        \
    void name(const octet_resize_params *p, const type *in, type *out, uint32_t begin, uint32_t end) {           \
        const size_t c = (size_t)p->channels, row = (size_t)p->in_w * c;                                         \
        for (uint32_t unit = begin; unit < end; unit++) {                                                        \
            const octet_resize_spot y =                                                                          \
                octet_resize_find_spot(p, (int32_t)(unit % (uint32_t)p->out_h), p->in_h, p->out_h);              \
            const type *sample = in + (size_t)(unit / (uint32_t)p->out_h) * (size_t)p->in_h * row;               \
            const type *above = sample + (size_t)y.low * row, *below = sample + (size_t)y.high * row;            \
            type *o = out + unit * (size_t)p->out_w * c;                                                         \
            for (int32_t column = 0; column < p->out_w; column++, o += c) {                                      \
                const octet_resize_spot x = octet_resize_find_spot(p, column, p->in_w, p->out_w);                \
                const size_t left = (size_t)x.low * c, right = (size_t)x.high * c;                               \
                const int64_t w00 = (1024 - y.weight) * (1024 - x.weight), w10 = y.weight * (1024 - x.weight);   \
                const int64_t w01 = (1024 - y.weight) * x.weight, w11 = y.weight * x.weight;                     \
                for (size_t i = 0; i < c; i++) {                                                                 \
                    const int64_t sum = above[left + i] * w00 + below[left + i] * w10 + above[right + i] * w01 + \
                                        below[right + i] * w11;                                                  \
                    o[i] = (type)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));                         \
                }                                                                                                \
            }                                                                                                    \
        }                                                                                                        \
    }

FIXED(octet_resize_bilinear_s8_ref, int8_t)
FIXED(octet_resize_bilinear_s16_ref, int16_t)

static int32_t find_nearest(const octet_resize_params *p, int32_t index, int32_t in, int32_t out) {
    const float scale = scale_f32(in, out, p->align_corners), offset = p->half_pixel_centers ? 0.5f : 0.0f;
    const float position = ((float)index + offset) * scale;
    const int32_t cell = (int32_t)(p->align_corners ? roundf(position) : floorf(position));
    return cell > in - 1 ? in - 1 : cell < 0 ? 0 : cell;
}

void octet_resize_nearest_ref(const octet_resize_params *p, const void *in, void *out, uint32_t begin, uint32_t end) {
    const size_t cell = (size_t)p->channels * p->element_size;
    for (uint32_t unit = begin; unit < end; unit++) {
        const int32_t y = find_nearest(p, (int32_t)(unit % (uint32_t)p->out_h), p->in_h, p->out_h);
        const size_t first = ((size_t)(unit / (uint32_t)p->out_h) * (size_t)p->in_h + (size_t)y) * (size_t)p->in_w;
        char *o = (char *)out + unit * (size_t)p->out_w * cell;
        for (int32_t column = 0; column < p->out_w; column++, o += cell) {
            memcpy(o, (const char *)in + (first + (size_t)find_nearest(p, column, p->in_w, p->out_w)) * cell, cell);
        }
    }
}
