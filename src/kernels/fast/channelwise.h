/* kernels/fast/channelwise.h - depthwise convolutions: every channel has a filter of
 *        its own, vectors run over channels.
 * In:  input [N,H,W,C], filter [FH,FW,C], bias [C] or NULL.
 * Out: output [N,OH,OW,C], float32 or requantized int8.
 * Knows: packing into blocks of 32 channels.
 * Does not know: which kernel is best on a processor (select.h), the graph, threads.
 * Exact: the bytes of octet_depthwise_s8_ref and octet_depthwise_f32_ref with multiplier 1. */
#ifndef OCTET_KERNELS_FAST_CHANNELWISE_H
#define OCTET_KERNELS_FAST_CHANNELWISE_H

#include "kernels/fast/scale.h"
#include "kernels/fast/window.h"
#include "kernels/ref/depthwise.h"

enum { OCTET_CHANNEL_BLOCK = 32, OCTET_CHANNEL_SLACK = 32 };

typedef struct octet_channelwise octet_channelwise;

/* Output rows [begin, end) of N * OH; `prepared` is the input itself for kernels that prepare nothing. */
typedef void octet_channelwise_rows(const octet_channelwise *c, const void *prepared, void *output, uint32_t begin,
                                    uint32_t end);

typedef struct octet_channelwise_kernel {
    const char *name;
    octet_channelwise_rows *rows;
    octet_windows_prepare *prepare; /* NULL: reads the input itself */
    uint32_t element, tap_group;    /* bytes of a prepared element and of a weight; taps that one lane takes per step */
    const uint8_t *place;           /* of each tap among the groups; NULL: taps in their order */
    int32_t input_offset;           /* as in octet_product_kernel; 0 for the input itself */
    uint8_t channel_of_lane[OCTET_CHANNEL_BLOCK];
} octet_channelwise_kernel;

struct octet_channelwise {
    const octet_channelwise_kernel *kernel;
    octet_depthwise_params shape;
    octet_windows windows;     /* int8 */
    uint32_t n_groups;         /* of taps */
    const size_t *tap_offsets; /* bytes from the window's first element; n_groups * tap_group entries */
    const uint8_t *weights; /* [block][group][lane][tap of the group], int8 as int8 or int16; f32: [block][tap][lane] */
    const float *bias;
    octet_scale scale;
};

/* *out is NULL when no kernel fits (a channel multiplier, no instruction set). OCTET_CHANNEL_SLACK bytes after the
 * input must be readable. */
octet_status octet_channelwise_make_s8(octet_context *ctx, octet_arena *arena, uint32_t cpu,
                                       const octet_depthwise_params *p, const int8_t *filter, const int32_t *bias,
                                       octet_channelwise **out);
octet_status octet_channelwise_make_f32(octet_context *ctx, octet_arena *arena, uint32_t cpu,
                                        const octet_depthwise_params *p, const float *filter, const float *bias,
                                        octet_channelwise **out);
uint32_t octet_channelwise_prepare_units(const octet_channelwise *c); /* 0: prepares nothing */
uint32_t octet_channelwise_units(const octet_channelwise *c);
size_t octet_channelwise_shared_bytes(const octet_channelwise *c);
void octet_channelwise_prepare(const octet_channelwise *c, const void *input, void *shared, uint32_t begin,
                               uint32_t end);
void octet_channelwise_run(const octet_channelwise *c, const void *input, const void *shared, void *output,
                           uint32_t begin, uint32_t end);

#endif
