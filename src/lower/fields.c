#include "lower/fields.h"

#include "lower/unsigned.h"

#define TYPE_OF(expression) \
    _Generic((expression),                      \
        int32_t: OCTET_FIELD_S32,               \
        uint32_t: OCTET_FIELD_U32,              \
        int64_t: OCTET_FIELD_S64,               \
        size_t: OCTET_FIELD_SIZE,               \
        float: OCTET_FIELD_F32,                 \
        bool: OCTET_FIELD_BOOL,                 \
        const int32_t *: OCTET_FIELD_S32_ARRAY, \
        const float *: OCTET_FIELD_F32_ARRAY,   \
        const double *: OCTET_FIELD_F64_ARRAY)

/* A member of the parameters of `kind`; the others name members of its members. */
#define F(kind, member) \
    { #member, TYPE_OF(((octet_params_##kind *)0)->member), offsetof(octet_params_##kind, member) }
#define SHAPE(kind, member) F(kind, shape.member)
#define WALK(kind, member) F(kind, walk.member)
#define REDUCED(kind, member) F(kind, reduce.member)

/* Structs that several kinds have: M is F or one of the others. */
#define REQUANTIZE(kind)                                                                                     \
    F(kind, q.input_zero_point), F(kind, q.weight_zero_point), F(kind, q.output_zero_point), F(kind, q.min), \
        F(kind, q.max), F(kind, q.multiplier), F(kind, q.shift), F(kind, q.scale), F(kind, q.rounds_once)
#define IMAGES(kind, M)                                                                                            \
    M(kind, batches), M(kind, in_h), M(kind, in_w), M(kind, in_c), M(kind, out_h), M(kind, out_w), M(kind, out_c), \
        M(kind, filter_h), M(kind, filter_w), M(kind, stride_h), M(kind, stride_w), M(kind, pad_top),              \
        M(kind, pad_left), M(kind, real_min), M(kind, real_max)
#define CONV_2D(kind, M) IMAGES(kind, M), M(kind, dilation_h), M(kind, dilation_w), M(kind, filter_c), M(kind, groups)
#define DEPTHWISE(kind, M) IMAGES(kind, M), M(kind, dilation_h), M(kind, dilation_w), M(kind, multiplier)
#define FULLY_CONNECTED(kind, M) M(kind, rows), M(kind, depth), M(kind, out_c), M(kind, real_min), M(kind, real_max)
#define SVDF(kind, M)                                                                                                  \
    M(kind, batches), M(kind, inputs), M(kind, filters), M(kind, memory), M(kind, rank), M(kind, plain), M(kind, min), \
        M(kind, max)
#define ROWS(kind)                                                                               \
    F(kind, rows.rows), F(kind, rows.depth), F(kind, rows.asymmetric), F(kind, rows.row_factor), \
        F(kind, rows.weight_scales)
#define REDUCE(kind, M)                                                                                 \
    M(kind, n_outputs), M(kind, count), M(kind, n_kept), M(kind, n_reduced), M(kind, input_zero_point), \
        M(kind, output_zero_point), M(kind, multiplier), M(kind, shift), M(kind, scale), M(kind, offset)
#define BROADCAST(kind, M) M(kind, n_operands), M(kind, n_axes), M(kind, pieces), M(kind, out_size)

#define FIELDS(kind) static const octet_field kind##_fields[]

FIELDS(none) = {{"", OCTET_FIELD_U32, 0}}; /* stands for no field */
FIELDS(arg) = {REDUCE(arg, REDUCED), F(arg, wide)};
FIELDS(arithmetic) = {F(arithmetic, operation),       BROADCAST(arithmetic, WALK), F(arithmetic, bounds.real_min),
                      F(arithmetic, bounds.real_max), F(arithmetic, bounds.min),   F(arithmetic, bounds.max)};
FIELDS(arithmetic_quantized) = {F(arithmetic_quantized, operation),
                                BROADCAST(arithmetic_quantized, WALK),
                                F(arithmetic_quantized, q.zero_point[0]),
                                F(arithmetic_quantized, q.zero_point[1]),
                                F(arithmetic_quantized, q.zero_out),
                                F(arithmetic_quantized, q.left_shift),
                                F(arithmetic_quantized, q.multiplier[0]),
                                F(arithmetic_quantized, q.shift[0]),
                                F(arithmetic_quantized, q.multiplier[1]),
                                F(arithmetic_quantized, q.shift[1]),
                                F(arithmetic_quantized, q.multiplier_out),
                                F(arithmetic_quantized, q.shift_out),
                                F(arithmetic_quantized, q.min),
                                F(arithmetic_quantized, q.max)};
FIELDS(as_s8) = {F(as_s8, inner.kernel), F(as_s8, n_inputs), F(as_s8, n_values), F(as_s8, inner_shared)};
FIELDS(batch_matmul) = {
    F(batch_matmul, rows),           F(batch_matmul, depth),          F(batch_matmul, columns),
    F(batch_matmul, adj_x),          F(batch_matmul, adj_y),          F(batch_matmul, n_axes),
    F(batch_matmul, lhs_zero_point), F(batch_matmul, rhs_zero_point), F(batch_matmul, output_zero_point),
    F(batch_matmul, multiplier),     F(batch_matmul, shift)};
FIELDS(batch_space) = {F(batch_space, batches),    F(batch_space, space_h),     F(batch_space, space_w),
                       F(batch_space, batch_h),    F(batch_space, batch_w),     F(batch_space, block_h),
                       F(batch_space, block_w),    F(batch_space, top),         F(batch_space, left),
                       F(batch_space, cell_bytes), F(batch_space, element_size)};
FIELDS(broadcast_args) = {F(broadcast_args, n[0]), F(broadcast_args, n[1]), F(broadcast_args, element_size)};
FIELDS(bytes) = {F(bytes, n_bytes)};
FIELDS(cast) = {F(cast, n_elements), F(cast, from), F(cast, to), F(cast, from_size), F(cast, to_size)};
FIELDS(compare) = {F(compare, operation),       BROADCAST(compare, WALK),    F(compare, q.zero_point[0]),
                   F(compare, q.zero_point[1]), F(compare, q.multiplier[0]), F(compare, q.shift[0]),
                   F(compare, q.multiplier[1]), F(compare, q.shift[1])};
FIELDS(complex_part) = {F(complex_part, n_elements), F(complex_part, part)};
FIELDS(conv_2d) = {CONV_2D(conv_2d, F), REQUANTIZE(conv_2d)};
FIELDS(conv_3d) = {
    F(conv_3d, batches),   F(conv_3d, in_d),     F(conv_3d, in_h),       F(conv_3d, in_w),       F(conv_3d, in_c),
    F(conv_3d, out_d),     F(conv_3d, out_h),    F(conv_3d, out_w),      F(conv_3d, out_c),      F(conv_3d, filter_d),
    F(conv_3d, filter_h),  F(conv_3d, filter_w), F(conv_3d, filter_c),   F(conv_3d, groups),     F(conv_3d, stride_d),
    F(conv_3d, stride_h),  F(conv_3d, stride_w), F(conv_3d, dilation_d), F(conv_3d, dilation_h), F(conv_3d, dilation_w),
    F(conv_3d, pad_front), F(conv_3d, pad_top),  F(conv_3d, pad_left),   F(conv_3d, real_min),   F(conv_3d, real_max)};
FIELDS(copies) = {F(copies, n_parts)};
FIELDS(cumsum) = {F(cumsum, n), F(cumsum, inner), F(cumsum, exclusive), F(cumsum, reverse)};
FIELDS(depthwise) = {DEPTHWISE(depthwise, F), REQUANTIZE(depthwise)};
FIELDS(detection) = {F(detection, n_boxes),
                     F(detection, encoding_size),
                     F(detection, n_scores),
                     F(detection, n_classes),
                     F(detection, max_detections),
                     F(detection, classes_per_detection),
                     F(detection, detections_per_class),
                     F(detection, by_class),
                     F(detection, score_threshold),
                     F(detection, overlap_threshold),
                     F(detection, y_scale),
                     F(detection, x_scale),
                     F(detection, h_scale),
                     F(detection, w_scale)};
FIELDS(eigen) = {F(eigen, n_rows), F(eigen, depth), F(eigen, channels), F(eigen, real_min), F(eigen, real_max)};
FIELDS(elements) = {F(elements, n_elements)};
FIELDS(fake_quant) = {F(fake_quant, min), F(fake_quant, max), F(fake_quant, scale), F(fake_quant, zero_point)};
FIELDS(fill) = {F(fill, n_elements), F(fill, element_size)};
FIELDS(fill_constant) = {F(fill_constant, n_elements), F(fill_constant, element_size)};
FIELDS(fully_connected) = {FULLY_CONNECTED(fully_connected, F), REQUANTIZE(fully_connected)};
FIELDS(gather) = {F(gather, batches),   F(gather, outer),      F(gather, axis),
                  F(gather, n_indices), F(gather, index_size), F(gather, row_bytes)};
FIELDS(gather_nd) = {F(gather_nd, depth), F(gather_nd, index_size), F(gather_nd, row_bytes)};
FIELDS(hybrid_conv_2d) = {ROWS(hybrid_conv_2d), CONV_2D(hybrid_conv_2d, SHAPE)};
FIELDS(hybrid_depthwise) = {ROWS(hybrid_depthwise), DEPTHWISE(hybrid_depthwise, SHAPE)};
FIELDS(hybrid_fully_connected) = {ROWS(hybrid_fully_connected), FULLY_CONNECTED(hybrid_fully_connected, SHAPE)};
FIELDS(hybrid_svdf) = {ROWS(hybrid_svdf), SVDF(hybrid_svdf, SHAPE)};
FIELDS(hybrid_transpose_conv) = {ROWS(hybrid_transpose_conv), IMAGES(hybrid_transpose_conv, SHAPE)};
FIELDS(join_bytes) = {F(join_bytes, n_parts), F(join_bytes, run)};
FIELDS(l2_normalization) = {F(l2_normalization, rows), F(l2_normalization, depth),
                            F(l2_normalization, input_zero_point), F(l2_normalization, scales_first)};
FIELDS(local_response) = {F(local_response, depth), F(local_response, radius), F(local_response, bias),
                          F(local_response, alpha), F(local_response, beta)};
FIELDS(lstm) = {F(lstm, batches),
                F(lstm, steps),
                F(lstm, inputs),
                F(lstm, cells),
                F(lstm, time_major),
                F(lstm, cell_clip),
                F(lstm, plain),
                F(lstm, cell_integer_bits),
                F(lstm, quantized_cell_clip),
                F(lstm, hidden_zero_point),
                F(lstm, hidden_multiplier),
                F(lstm, hidden_shift),
                F(lstm, asymmetric)};
FIELDS(lstm_full) = {F(lstm_full, batches),   F(lstm_full, steps),     F(lstm_full, inputs),
                     F(lstm_full, cells),     F(lstm_full, outputs),   F(lstm_full, time_major),
                     F(lstm_full, cell_clip), F(lstm_full, proj_clip), F(lstm_full, plain)};
FIELDS(mirror_pad) = {F(mirror_pad, rank), F(mirror_pad, edge), F(mirror_pad, element_size)};
FIELDS(one_hot) = {F(one_hot, depth), F(one_hot, suffix), F(one_hot, index_size), F(one_hot, element_size)};
FIELDS(pool_2d) = {F(pool_2d, batches),  F(pool_2d, in_h),     F(pool_2d, in_w),     F(pool_2d, channels),
                   F(pool_2d, out_h),    F(pool_2d, out_w),    F(pool_2d, filter_h), F(pool_2d, filter_w),
                   F(pool_2d, stride_h), F(pool_2d, stride_w), F(pool_2d, pad_top),  F(pool_2d, pad_left),
                   F(pool_2d, real_min), F(pool_2d, real_max), F(pool_2d, min),      F(pool_2d, max)};
FIELDS(prelu) = {
    BROADCAST(prelu, WALK), F(prelu, q.zero_in), F(prelu, q.zero_slope),          F(prelu, q.zero_out),
    F(prelu, q.multiplier), F(prelu, q.shift),   F(prelu, q.multiplier_negative), F(prelu, q.shift_negative)};
FIELDS(quantize) = {F(quantize, scale),
                    F(quantize, input_zero_point),
                    F(quantize, output_zero_point),
                    F(quantize, multiplier),
                    F(quantize, shift),
                    F(quantize, channels),
                    F(quantize, inner),
                    F(quantize, scales),
                    F(quantize, zero_points)};
FIELDS(range) = {F(range, n_elements)};
FIELDS(reduce) = {REDUCE(reduce, F)};
FIELDS(resize) = {F(resize, batches),     F(resize, in_h),  F(resize, in_w),          F(resize, channels),
                  F(resize, out_h),       F(resize, out_w), F(resize, align_corners), F(resize, half_pixel_centers),
                  F(resize, element_size)};
FIELDS(rfft) = {F(rfft, in_h), F(rfft, in_w), F(rfft, fft_h), F(rfft, fft_w)};
FIELDS(scatter) = {F(scatter, n_updates), F(scatter, depth), F(scatter, index_size), F(scatter, slice),
                   F(scatter, n_elements)};
FIELDS(select) = {BROADCAST(select, F)};
FIELDS(softmax) = {F(softmax, rows),
                   F(softmax, depth),
                   F(softmax, beta),
                   F(softmax, multiplier),
                   F(softmax, shift),
                   F(softmax, difference_min),
                   F(softmax, reverse_multiplier),
                   F(softmax, reverse_shift)};
FIELDS(suppression) = {F(suppression, n_boxes), F(suppression, most)};
FIELDS(svdf) = {
    SVDF(svdf, F),          F(svdf, input_zero_point), F(svdf, output_zero_point), F(svdf, feature_multiplier),
    F(svdf, feature_shift), F(svdf, time_multiplier),  F(svdf, time_shift)};
FIELDS(top_k) = {F(top_k, n), F(top_k, k)};
FIELDS(transpose_conv) = {IMAGES(transpose_conv, F), REQUANTIZE(transpose_conv)};
FIELDS(unary) = {F(unary, n_elements), F(unary, operation), F(unary, alpha)};
FIELDS(unary_s16) = {F(unary_s16, n_elements),
                     F(unary_s16, q.operation),
                     F(unary_s16, q.alpha),
                     F(unary_s16, q.zero_in),
                     F(unary_s16, q.zero_out),
                     F(unary_s16, q.multiplier),
                     F(unary_s16, q.shift),
                     F(unary_s16, q.multiplier_negative),
                     F(unary_s16, q.shift_negative),
                     F(unary_s16, q.min),
                     F(unary_s16, q.max)};
FIELDS(unary_table) = {F(unary_table, n_elements), F(unary_table, operation)};
FIELDS(update_slice) = {F(update_slice, rank), F(update_slice, index_size), F(update_slice, element_size)};

const octet_field *octet_params_fields(octet_params_kind kind, size_t *n) {
    static const struct {
        const octet_field *fields;
        size_t n;
    } tables[] = {
#define ROW(kind, type, operands) [OCTET_PARAMS_##kind] = {kind##_fields, sizeof kind##_fields / sizeof *kind##_fields},
        OCTET_PARAMS_LIST(ROW)
#undef ROW
    };
    *n = kind == OCTET_PARAMS_none ? 0 : tables[kind].n;
    return tables[kind].fields;
}
