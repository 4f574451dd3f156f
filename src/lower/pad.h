/* lower/pad.h - a convolution that pads for itself.
 * In:  a CONV_2D or DEPTHWISE_CONV_2D, where the options ask for it (lower.h).
 * Out: the PAD before it that it takes over, if there is one: the step then reads what the PAD reads.
 * Knows: steps, PAD.
 * Does not know: kernels but for when leaving taps out is the same as multiplying by zeros. */
#ifndef OCTET_LOWER_PAD_H
#define OCTET_LOWER_PAD_H

#include "lower/weights.h"

typedef struct octet_absorbed_pad {
    const octet_value *input; /* of the convolution, or of the PAD that it takes over */
    int32_t top, left;        /* what the PAD adds before rows and columns; 0 without one */
} octet_absorbed_pad;

/* Taken over is a PAD with zeros of height and width, for a convolution of
 * VALID padding that alone reads its result. */
octet_status octet_bind_absorbed_pad(octet_binder *binder, const octet_operator *op, octet_padding padding,
                                     const octet_weighted *w, octet_weighted_kind kind, octet_step *step,
                                     octet_absorbed_pad *out);

#endif
