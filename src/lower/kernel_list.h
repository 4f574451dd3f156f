/* lower/kernel_list.h - the one list of kernels, and of the parameters that they take.
 * In:  nothing.
 * Out: OCTET_PARAMS_LIST(X) with X(kind, type, operands) and OCTET_KERNEL_LIST(X) with X(name, kind of parameters).
 * Knows: names. Operands are named in the order of octet_step.inputs, which may end early or have gaps where one is
 *        optional; "..." stands for any number of the last. Kernel `name` is octet_<name>_ref of kernels/ref, or what
 *        its name says: _plain and _eigen are the other orders of float sums, _hybrid is float with int8 weights.
 * Does not know: operators; families of src/lower choose. Whoever runs or prints kernels expands the list, so that a
 *        new kernel does not link until each has its part. */
#ifndef OCTET_LOWER_KERNEL_LIST_H
#define OCTET_LOWER_KERNEL_LIST_H

#define OCTET_LSTM_OPERANDS                                                                       \
    "input input_to_input input_to_forget input_to_cell input_to_output state_to_input "          \
    "state_to_forget state_to_cell state_to_output input_bias forget_bias cell_bias output_bias " \
    "output_state cell_state"

#define OCTET_LSTM_FULL_OPERANDS                                                               \
    "input input_to_input input_to_forget input_to_cell input_to_output state_to_input "       \
    "state_to_forget state_to_cell state_to_output input_peephole forget_peephole "            \
    "output_peephole input_bias forget_bias cell_bias output_bias projection projection_bias " \
    "output_state cell_state input_norm forget_norm cell_norm output_norm"

#define OCTET_PARAMS_LIST(X)                                                                  \
    X(none, void, "")                                                                         \
    X(arg, octet_arg_params, "input")                                                         \
    X(arithmetic, octet_binary_params, "a b")                                                 \
    X(arithmetic_quantized, octet_binary_quantized_params, "a b")                             \
    X(as_s8, octet_as_s8_params, "input...")                                                  \
    X(batch_matmul, octet_batch_matmul_params, "lhs rhs")                                     \
    X(batch_space, octet_batch_space_params, "input")                                         \
    X(broadcast_args, octet_broadcast_args_params, "a b")                                     \
    X(bytes, octet_bytes_params, "")                                                          \
    X(cast, octet_cast_params, "input")                                                       \
    X(compare, octet_comparison_params, "a b")                                                \
    X(complex_part, octet_complex_part_params, "input")                                       \
    X(conv_2d, octet_conv_2d_params, "input weights bias")                                    \
    X(conv_3d, octet_conv_3d_params, "input weights bias")                                    \
    X(copies, octet_copies_params, "input...")                                                \
    X(cumsum, octet_cumsum_params, "input")                                                   \
    X(depthwise, octet_depthwise_params, "input weights bias")                                \
    X(detection, octet_detection_params, "boxes scores anchors")                              \
    X(eigen, octet_eigen_params, "input weights bias")                                        \
    X(elements, octet_elements_params, "input")                                               \
    X(fake_quant, octet_fake_quant_params, "input")                                           \
    X(fill, octet_fill_params, "value")                                                       \
    X(fill_constant, octet_fill_params, "")                                                   \
    X(fully_connected, octet_fully_connected_params, "input weights bias")                    \
    X(gather, octet_gather_params, "data indices")                                            \
    X(gather_nd, octet_gather_nd_params, "data indices")                                      \
    X(hybrid_conv_2d, octet_hybrid_conv_2d_params, "input weights bias")                      \
    X(hybrid_depthwise, octet_hybrid_depthwise_params, "input weights bias")                  \
    X(hybrid_fully_connected, octet_hybrid_fully_connected_params, "input weights bias")      \
    X(hybrid_svdf, octet_hybrid_svdf_params, "input feature_weights time_weights bias state") \
    X(hybrid_transpose_conv, octet_hybrid_transpose_conv_params, "input weights bias")        \
    X(join_bytes, octet_join_bytes_params, "input...")                                        \
    X(l2_normalization, octet_l2_normalization_params, "input")                               \
    X(local_response, octet_local_response_params, "input")                                   \
    X(lstm, octet_lstm_params, OCTET_LSTM_OPERANDS)                                           \
    X(lstm_full, octet_lstm_full_params, OCTET_LSTM_FULL_OPERANDS)                            \
    X(mirror_pad, octet_mirror_pad_params, "input")                                           \
    X(one_hot, octet_one_hot_params, "indices on off")                                        \
    X(pool_2d, octet_pool_2d_params, "input")                                                 \
    X(prelu, octet_prelu_walk_params, "input slope")                                          \
    X(quantize, octet_quantize_params, "input")                                               \
    X(range, octet_elements_params, "start delta")                                            \
    X(reduce, octet_reduce_params, "input")                                                   \
    X(resize, octet_resize_params, "input")                                                   \
    X(rfft, octet_rfft_params, "input")                                                       \
    X(scatter, octet_scatter_params, "indices updates")                                       \
    X(select, octet_broadcast_params, "condition x y")                                        \
    X(softmax, octet_softmax_params, "input")                                                 \
    X(svdf, octet_svdf_params, "input feature_weights time_weights bias state")               \
    X(suppression, octet_suppression_params, "boxes scores most overlap score sigma")         \
    X(top_k, octet_top_k_params, "input")                                                     \
    X(transpose_conv, octet_transpose_conv_params, "input weights bias")                      \
    X(unary, octet_unary_params, "input")                                                     \
    X(unary_s16, octet_unary_s16_params, "input")                                             \
    X(unary_table, octet_unary_table_params, "input")                                         \
    X(update_slice, octet_update_slice_params, "operand update starts")

/* `nothing` is the kernel of empty results. */
#define OCTET_KERNEL_LIST(X)                          \
    X(nothing, none)                                  \
    X(arg_max_f32, arg)                               \
    X(arg_max_s8, arg)                                \
    X(arg_max_s16, arg)                               \
    X(arg_max_s32, arg)                               \
    X(arg_min_f32, arg)                               \
    X(arg_min_s8, arg)                                \
    X(arg_min_s16, arg)                               \
    X(arg_min_s32, arg)                               \
    X(arithmetic_f32, arithmetic)                     \
    X(arithmetic_s8, arithmetic)                      \
    X(arithmetic_s16, arithmetic)                     \
    X(arithmetic_s32, arithmetic)                     \
    X(arithmetic_s64, arithmetic)                     \
    X(arithmetic_quantized_s8, arithmetic_quantized)  \
    X(arithmetic_quantized_s16, arithmetic_quantized) \
    X(as_s8, as_s8)                                   \
    X(average_pool_2d_f32, pool_2d)                   \
    X(average_pool_2d_s8, pool_2d)                    \
    X(average_pool_2d_u8, pool_2d)                    \
    X(average_pool_2d_s16, pool_2d)                   \
    X(batch_matmul_f32, batch_matmul)                 \
    X(batch_matmul_f32_plain, batch_matmul)           \
    X(batch_matmul_s8, batch_matmul)                  \
    X(batch_matmul_s16, batch_matmul)                 \
    X(batch_to_space, batch_space)                    \
    X(broadcast_args, broadcast_args)                 \
    X(bytes, bytes)                                   \
    X(cast, cast)                                     \
    X(compare_f32, compare)                           \
    X(compare_s8, compare)                            \
    X(compare_u8, compare)                            \
    X(compare_s16, compare)                           \
    X(compare_s32, compare)                           \
    X(compare_s64, compare)                           \
    X(complex_part, complex_part)                     \
    X(conv_2d_f32, conv_2d)                           \
    X(conv_2d_f32_eigen, eigen)                       \
    X(conv_2d_f32_plain, conv_2d)                     \
    X(conv_2d_hybrid, hybrid_conv_2d)                 \
    X(conv_2d_s8, conv_2d)                            \
    X(conv_2d_s16, conv_2d)                           \
    X(conv_2d_s16_b32, conv_2d)                       \
    X(conv_3d_f32, conv_3d)                           \
    X(conv_3d_f32_plain, conv_3d)                     \
    X(copies, copies)                                 \
    X(cumsum_f32, cumsum)                             \
    X(cumsum_s32, cumsum)                             \
    X(cumsum_s64, cumsum)                             \
    X(depthwise_f32, depthwise)                       \
    X(depthwise_f32_eigen, depthwise)                 \
    X(depthwise_f32_plain, depthwise)                 \
    X(depthwise_hybrid, hybrid_depthwise)             \
    X(depthwise_s8, depthwise)                        \
    X(depthwise_s16, depthwise)                       \
    X(dequantize_channels_s8, quantize)               \
    X(dequantize_f16, elements)                       \
    X(dequantize_s8, quantize)                        \
    X(dequantize_u8, quantize)                        \
    X(dequantize_s16, quantize)                       \
    X(detection, detection)                           \
    X(fake_quant_f32, fake_quant)                     \
    X(fill, fill)                                     \
    X(fill_constant, fill_constant)                   \
    X(fully_connected_f32, fully_connected)           \
    X(fully_connected_f32_eigen, eigen)               \
    X(fully_connected_f32_plain, fully_connected)     \
    X(fully_connected_hybrid, hybrid_fully_connected) \
    X(fully_connected_s8, fully_connected)            \
    X(fully_connected_s16, fully_connected)           \
    X(fully_connected_s16_b32, fully_connected)       \
    X(gather, gather)                                 \
    X(gather_nd, gather_nd)                           \
    X(join_bytes, join_bytes)                         \
    X(l2_normalization_f32, l2_normalization)         \
    X(l2_normalization_f32_plain, l2_normalization)   \
    X(l2_normalization_s8, l2_normalization)          \
    X(l2_pool_2d_f32, pool_2d)                        \
    X(local_response_f32, local_response)             \
    X(log_softmax_f32, softmax)                       \
    X(log_softmax_s8, softmax)                        \
    X(logical_not, elements)                          \
    X(lstm_f32, lstm)                                 \
    X(lstm_full_f32, lstm_full)                       \
    X(lstm_hybrid, lstm)                              \
    X(lstm_s8, lstm)                                  \
    X(max_pool_2d_f32, pool_2d)                       \
    X(max_pool_2d_s8, pool_2d)                        \
    X(max_pool_2d_u8, pool_2d)                        \
    X(max_pool_2d_s16, pool_2d)                       \
    X(mean_f32, reduce)                               \
    X(mean_s8, reduce)                                \
    X(mean_s16, reduce)                               \
    X(mean_s32, reduce)                               \
    X(mean_s64, reduce)                               \
    X(mirror_pad, mirror_pad)                         \
    X(one_hot, one_hot)                               \
    X(prelu_f32, prelu)                               \
    X(prelu_s8, prelu)                                \
    X(prelu_s16, prelu)                               \
    X(quantize_f32_s8, quantize)                      \
    X(quantize_f32_u8, quantize)                      \
    X(quantize_f32_s16, quantize)                     \
    X(range_f32, range)                               \
    X(range_s32, range)                               \
    X(range_s64, range)                               \
    X(reduce_all_u8, reduce)                          \
    X(reduce_any_u8, reduce)                          \
    X(reduce_max_f32, reduce)                         \
    X(reduce_max_s8, reduce)                          \
    X(reduce_max_s16, reduce)                         \
    X(reduce_max_s32, reduce)                         \
    X(reduce_max_s64, reduce)                         \
    X(reduce_min_f32, reduce)                         \
    X(reduce_min_s8, reduce)                          \
    X(reduce_min_s16, reduce)                         \
    X(reduce_min_s32, reduce)                         \
    X(reduce_min_s64, reduce)                         \
    X(reduce_prod_f32, reduce)                        \
    X(reduce_prod_s8, reduce)                         \
    X(reduce_prod_s16, reduce)                        \
    X(reduce_prod_s32, reduce)                        \
    X(reduce_prod_s64, reduce)                        \
    X(requantize_s8_s8, quantize)                     \
    X(requantize_s8_u8, quantize)                     \
    X(requantize_s8_s16, quantize)                    \
    X(requantize_u8_s8, quantize)                     \
    X(requantize_u8_u8, quantize)                     \
    X(requantize_s16_s8, quantize)                    \
    X(requantize_s16_s16, quantize)                   \
    X(resize_bilinear_f32, resize)                    \
    X(resize_bilinear_s8, resize)                     \
    X(resize_bilinear_u8, resize)                     \
    X(resize_bilinear_s16, resize)                    \
    X(resize_nearest, resize)                         \
    X(rfft, rfft)                                     \
    X(scatter_f32, scatter)                           \
    X(scatter_s8, scatter)                            \
    X(scatter_u8, scatter)                            \
    X(scatter_s32, scatter)                           \
    X(scatter_s64, scatter)                           \
    X(select, select)                                 \
    X(softmax_f32, softmax)                           \
    X(softmax_s8, softmax)                            \
    X(softmax_s8_s16, softmax)                        \
    X(softmax_s16, softmax)                           \
    X(space_to_batch, batch_space)                    \
    X(sum_f32, reduce)                                \
    X(sum_s8, reduce)                                 \
    X(sum_s16, reduce)                                \
    X(sum_s32, reduce)                                \
    X(sum_s64, reduce)                                \
    X(suppression, suppression)                       \
    X(soft_suppression, suppression)                  \
    X(svdf_f32, svdf)                                 \
    X(svdf_hybrid, hybrid_svdf)                       \
    X(svdf_s8, svdf)                                  \
    X(top_k_f32, top_k)                               \
    X(top_k_s8, top_k)                                \
    X(top_k_u8, top_k)                                \
    X(top_k_s16, top_k)                               \
    X(top_k_s32, top_k)                               \
    X(top_k_s64, top_k)                               \
    X(transpose_conv_f32, transpose_conv)             \
    X(transpose_conv_f32_plain, transpose_conv)       \
    X(transpose_conv_hybrid, hybrid_transpose_conv)   \
    X(transpose_conv_s8, transpose_conv)              \
    X(transpose_conv_s16, transpose_conv)             \
    X(unary_f32, unary)                               \
    X(unary_f32_plain, unary)                         \
    X(unary_s8, unary_table)                          \
    X(unary_s16, unary_s16)                           \
    X(unary_s32, unary)                               \
    X(unary_s64, unary)                               \
    X(update_slice, update_slice)

#endif
