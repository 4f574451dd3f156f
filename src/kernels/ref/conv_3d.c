#include "kernels/ref/conv_3d.h"

#include "kernels/ref/sum.h"

enum { BLOCK = 64 }; /* output channels summed side by side */

OCTET_INLINE void conv_3d_f32(const octet_conv_3d_params *p, bool plain, const float *input, const float *filter,
                              const float *bias, float *output, int32_t begin, int32_t end) {
    const int32_t group_out = p->out_c / p->groups;
    const int32_t block_max = group_out < BLOCK ? group_out : BLOCK;
    for (int32_t unit = begin; unit < end; unit++) {
        const int32_t plane = unit / p->out_h;
        const float *sample = input + (int64_t)(plane / p->out_d) * p->in_d * p->in_h * p->in_w * p->in_c;
        const int32_t origin_z = plane % p->out_d * p->stride_d - p->pad_front,
                      origin_y = unit % p->out_h * p->stride_h - p->pad_top;
        const octet_taps tz = octet_taps_inside(origin_z, p->in_d, p->filter_d, p->dilation_d);
        const octet_taps ty = octet_taps_inside(origin_y, p->in_h, p->filter_h, p->dilation_h);
        float *out = output + (int64_t)unit * p->out_w * p->out_c;
        for (int32_t ox = 0; ox < p->out_w; ox++, out += p->out_c) {
            const int32_t origin_x = ox * p->stride_w - p->pad_left;
            const octet_taps tx = octet_taps_inside(origin_x, p->in_w, p->filter_w, p->dilation_w);
            for (int32_t first = 0; first < p->out_c;) {
                const int32_t group = first / group_out, left = (group + 1) * group_out - first;
                const int32_t n = left < block_max ? left : block_max;
                float sum[BLOCK];
                for (int32_t c = 0; c < n; c++) sum[c] = octet_sum_begin(plain, bias, first + c);
                for (int32_t kz = tz.first; kz < tz.last; kz++) {
                    for (int32_t ky = ty.first; ky < ty.last; ky++) {
                        for (int32_t kx = tx.first; kx < tx.last; kx++) {
                            const int64_t z = origin_z + kz * p->dilation_d, y = origin_y + ky * p->dilation_h;
                            const int64_t x = origin_x + kx * p->dilation_w;
                            const float *in =
                                sample + ((z * p->in_h + y) * p->in_w + x) * p->in_c + (int64_t)group * p->filter_c;
                            const int64_t tap = ((int64_t)kz * p->filter_h + ky) * p->filter_w + kx;
                            const float *f = filter + tap * p->filter_c * p->out_c + first;
                            for (int32_t k = 0; k < p->filter_c; k++, f += p->out_c) {
                                for (int32_t c = 0; c < n; c++) sum[c] = octet_sum_add(plain, sum[c], in[k], f[c]);
                            }
                        }
                    }
                }
                for (int32_t c = 0; c < n; c++) {
                    out[first + c] =
                        octet_clamp_f32(octet_sum_end(plain, sum[c], bias, first + c), p->real_min, p->real_max);
                }
                first += n;
            }
        }
    }
}

OCTET_TARGET_FMA
void octet_conv_3d_f32_ref(const octet_conv_3d_params *p, const float *input, const float *filter, const float *bias,
                           float *output, int32_t begin, int32_t end) {
    conv_3d_f32(p, false, input, filter, bias, output, begin, end);
}

OCTET_TARGET_AVX2
void octet_conv_3d_f32_plain(const octet_conv_3d_params *p, const float *input, const float *filter, const float *bias,
                             float *output, int32_t begin, int32_t end) {
    conv_3d_f32(p, true, input, filter, bias, output, begin, end);
}
