#include "kernels/ref/join_bytes.h"

#include "kernels/ref/fixed_point.h"

void octet_join_bytes_prepare(octet_join_bytes_part *part, float scale, int32_t zero_point, float output_scale,
                              int32_t output_zero_point) {
    const float inverse = 1.0f / output_scale, factor = scale * inverse, offset = (float)-zero_point * factor;
    const bool same = scale == output_scale && zero_point == output_zero_point;
    for (int32_t q = 0; q < 256; q++) {
        const float real = (float)q * factor + offset;
        const int32_t moved = octet_fixed_wrap_add(octet_round_s32((double)real), output_zero_point);
        part->table[q] = (uint8_t)(same ? q : octet_clamp_s32(moved, 0, UINT8_MAX));
    }
}

void octet_join_bytes_ref(const octet_join_bytes_params *p, uint32_t part, size_t at, const uint8_t *input,
                          uint8_t *output, uint32_t begin, uint32_t end) {
    const octet_join_bytes_part *from = &p->parts[part];
    for (uint32_t unit = begin; unit < end; unit++) {
        const uint8_t *in = input + unit * from->run;
        uint8_t *out = output + unit * p->run + at;
        for (size_t i = 0; i < from->run; i++) out[i] = from->table[in[i]];
    }
}
