#include "kernels/fast/select.h"

#include "kernels/fast/arm/kernels.h"
#include "kernels/fast/cpu.h"
#include "kernels/fast/x86/kernels.h"

enum { FEW_POSITIONS = 2 }; /* for which a kernel that keeps one window in registers is the best */

const octet_product_kernel *octet_select_product_lines(uint32_t cpu, bool weights_have_zero_point) {
#if defined(OCTET_FAST_AMX)
    if (cpu & OCTET_CPU_AMX_INT8 && !weights_have_zero_point) return &octet_product_s8_amx;
#endif
#if OCTET_FAST_X86
    const bool multiplies_bytes = cpu & (OCTET_CPU_AVX512_VNNI | OCTET_CPU_AVX_VNNI) && !weights_have_zero_point;
    if (cpu & OCTET_CPU_AVX2 && !multiplies_bytes) return &octet_product_s8_avx2_shallow;
#endif
    (void)cpu;
    (void)weights_have_zero_point;
    return NULL;
}

#if OCTET_FAST_X86

const octet_product_kernel *octet_select_product_s8(uint32_t cpu, bool weights_have_zero_point, uint32_t group_outputs,
                                                    size_t n_positions, const octet_product_kernel **pairs) {
    (void)group_outputs;
    *pairs = NULL;
    if (cpu & OCTET_CPU_AVX512_VNNI && !weights_have_zero_point) return &octet_product_s8_vnni;
    if (cpu & OCTET_CPU_AVX_VNNI && !weights_have_zero_point) return &octet_product_s8_avx_vnni;
    if (!(cpu & OCTET_CPU_AVX2)) return NULL;
    if (weights_have_zero_point) return &octet_product_s8_avx2;
    if (n_positions <= FEW_POSITIONS) return &octet_product_s8_avx2_vector;
    *pairs = &octet_product_s8_avx2_pairs;
    return &octet_product_s8_avx2;
}

const octet_product_kernel *octet_select_product_f32(uint32_t cpu, uint32_t group_outputs, size_t n_positions) {
    if (!(cpu & OCTET_CPU_AVX2)) return NULL;
    if (n_positions == 1) return &octet_product_f32_avx2_vector;
    if (group_outputs <= 8) return &octet_product_f32_avx2_narrow;
    if (group_outputs % 24 == 0 && group_outputs % 16 != 0) return &octet_product_f32_avx2_three;
    return cpu & OCTET_CPU_AVX512 ? &octet_product_f32_avx512 : &octet_product_f32_avx2;
}

static bool has_vnni(uint32_t cpu) { return cpu & (OCTET_CPU_AVX512_VNNI | OCTET_CPU_AVX_VNNI); }

const octet_strips_kernel *octet_select_strips(uint32_t cpu) {
    if (cpu & OCTET_CPU_AVX512_VNNI) return &octet_strips_vnni;
    return cpu & OCTET_CPU_AVX2 ? &octet_strips_avx2 : NULL;
}

/* Without VNNI, fewer multiplications are worth two transforms, and fewer widenings a program for every output. */
const octet_winograd_kernel *octet_select_winograd(uint32_t cpu) {
    return cpu & OCTET_CPU_AVX2 && !has_vnni(cpu) ? &octet_winograd_avx2 : NULL;
}
const octet_columns_kernel *octet_select_columns(uint32_t cpu) {
    return cpu & OCTET_CPU_AVX2 && !has_vnni(cpu) ? &octet_columns_avx2 : NULL;
}

const octet_channelwise_kernel *octet_select_channelwise_s8(uint32_t cpu, const octet_depthwise_params *p,
                                                            bool weights_are_wide) {
    (void)weights_are_wide;
    if (p->multiplier != 1) return NULL;
    const bool is_3x3 = p->filter_h == 3 && p->filter_w == 3 && p->dilation_h == 1 && p->dilation_w == 1 &&
                        (p->stride_w == 1 || p->stride_w == 2);
    if (cpu & OCTET_CPU_AVX512_VNNI && p->q.weight_zero_point == 0)
        return is_3x3 ? &octet_channelwise_s8_vnni_3x3 : &octet_channelwise_s8_vnni;
    if (!(cpu & OCTET_CPU_AVX2)) return NULL;
    return is_3x3 ? &octet_channelwise_s8_avx2_3x3 : &octet_channelwise_s8_avx2;
}

const octet_channelwise_kernel *octet_select_channelwise_f32(uint32_t cpu, int32_t channels) {
    if (!(cpu & OCTET_CPU_AVX2)) return NULL;
    return cpu & OCTET_CPU_AVX512 && channels > 8 ? &octet_channelwise_f32_avx512 : &octet_channelwise_f32_avx2;
}

const octet_pool_kernel *octet_select_pool_2d(uint32_t cpu) {
    return cpu & OCTET_CPU_AVX2 ? &octet_pool_2d_avx2 : NULL;
}

const octet_rows_kernel *octet_select_rows_s8(uint32_t cpu) {
    return cpu & OCTET_CPU_AVX2 ? &octet_rows_s8_avx2 : NULL;
}

const octet_mean_kernel *octet_select_mean(uint32_t cpu) { return cpu & OCTET_CPU_AVX2 ? &octet_mean_rows : NULL; }

#elif OCTET_FAST_NEON

const octet_product_kernel *octet_select_product_s8(uint32_t cpu, bool weights_have_zero_point, uint32_t group_outputs,
                                                    size_t n_positions, const octet_product_kernel **pairs) {
    (void)n_positions;
    (void)weights_have_zero_point;
    *pairs = NULL;
    const bool narrow = group_outputs <= 8;
    if (!(cpu & OCTET_CPU_NEON)) return NULL;
#if defined(OCTET_FAST_DOTPROD)
    if (cpu & OCTET_CPU_NEON_DOTPROD && !weights_have_zero_point)
        return narrow ? &octet_product_s8_dot_narrow : &octet_product_s8_dot;
#endif
    return narrow ? &octet_product_s8_neon_narrow : &octet_product_s8_neon;
}

const octet_product_kernel *octet_select_product_f32(uint32_t cpu, uint32_t group_outputs, size_t n_positions) {
    (void)n_positions;
    if (!(cpu & OCTET_CPU_NEON)) return NULL;
    return group_outputs <= 8 ? &octet_product_f32_neon_narrow : &octet_product_f32_neon;
}

const octet_mean_kernel *octet_select_mean(uint32_t cpu) { return cpu & OCTET_CPU_NEON ? &octet_mean_rows : NULL; }

const octet_strips_kernel *octet_select_strips(uint32_t cpu) {
    (void)cpu;
    return NULL;
}
const octet_winograd_kernel *octet_select_winograd(uint32_t cpu) {
    (void)cpu;
    return NULL;
}
const octet_columns_kernel *octet_select_columns(uint32_t cpu) {
    (void)cpu;
    return NULL;
}
const octet_channelwise_kernel *octet_select_channelwise_s8(uint32_t cpu, const octet_depthwise_params *p,
                                                            bool weights_are_wide) {
    if (p->multiplier != 1 || !(cpu & OCTET_CPU_NEON)) return NULL;
    const bool is_3x3 = p->filter_h == 3 && p->filter_w == 3 && p->dilation_h == 1 && p->dilation_w == 1;
    return is_3x3 && !weights_are_wide ? &octet_channelwise_s8_neon_3x3 : &octet_channelwise_s8_neon;
}

const octet_channelwise_kernel *octet_select_channelwise_f32(uint32_t cpu, int32_t channels) {
    (void)channels;
    return cpu & OCTET_CPU_NEON ? &octet_channelwise_f32_neon : NULL;
}

const octet_pool_kernel *octet_select_pool_2d(uint32_t cpu) {
    return cpu & OCTET_CPU_NEON ? &octet_pool_2d_neon : NULL;
}

const octet_rows_kernel *octet_select_rows_s8(uint32_t cpu) {
    return cpu & OCTET_CPU_NEON ? &octet_rows_s8_neon : NULL;
}

#else /* plain loops only */

const octet_product_kernel *octet_select_product_s8(uint32_t cpu, bool weights_have_zero_point, uint32_t group_outputs,
                                                    size_t n_positions, const octet_product_kernel **pairs) {
    (void)cpu;
    (void)weights_have_zero_point;
    (void)group_outputs;
    (void)n_positions;
    *pairs = NULL;
    return NULL;
}
const octet_product_kernel *octet_select_product_f32(uint32_t cpu, uint32_t group_outputs, size_t n_positions) {
    (void)cpu;
    (void)group_outputs;
    (void)n_positions;
    return NULL;
}
const octet_mean_kernel *octet_select_mean(uint32_t cpu) {
    (void)cpu;
    return NULL;
}
const octet_strips_kernel *octet_select_strips(uint32_t cpu) {
    (void)cpu;
    return NULL;
}
const octet_winograd_kernel *octet_select_winograd(uint32_t cpu) {
    (void)cpu;
    return NULL;
}
const octet_columns_kernel *octet_select_columns(uint32_t cpu) {
    (void)cpu;
    return NULL;
}
const octet_channelwise_kernel *octet_select_channelwise_s8(uint32_t cpu, const octet_depthwise_params *p,
                                                            bool weights_are_wide) {
    (void)cpu;
    (void)p;
    (void)weights_are_wide;
    return NULL;
}
const octet_channelwise_kernel *octet_select_channelwise_f32(uint32_t cpu, int32_t channels) {
    (void)cpu;
    (void)channels;
    return NULL;
}
const octet_pool_kernel *octet_select_pool_2d(uint32_t cpu) {
    (void)cpu;
    return NULL;
}
const octet_rows_kernel *octet_select_rows_s8(uint32_t cpu) {
    (void)cpu;
    return NULL;
}

#endif
