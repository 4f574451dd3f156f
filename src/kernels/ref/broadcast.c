#include "kernels/ref/broadcast.h"

#include <assert.h>
#include <stdbool.h>

/* Size of the operand along axis `axis` of an output of rank `rank`. */
static int32_t size_along(const octet_broadcast_shape *operand, int32_t axis, int32_t rank) {
    const int32_t i = axis - (rank - operand->rank);
    return i < 0 ? 1 : operand->dims[i];
}

uint32_t octet_broadcast_prepare(octet_broadcast_params *p, octet_broadcast_shape out,
                                 const octet_broadcast_shape *operands, int32_t n_operands) {
    assert(n_operands <= OCTET_BROADCAST_MAX_OPERANDS && out.rank <= OCTET_BROADCAST_MAX_RANK);
    p->n_operands = n_operands;
    p->n_axes = 0;
    /* Neighbouring axes on which the same operands repeat are one axis. */
    bool repeats[OCTET_BROADCAST_MAX_RANK][OCTET_BROADCAST_MAX_OPERANDS] = {{false}};
    for (int32_t axis = 0; axis < out.rank; axis++) {
        if (out.dims[axis] == 1) continue;
        bool same = p->n_axes > 0;
        for (int32_t i = 0; i < n_operands; i++) {
            repeats[p->n_axes][i] = size_along(&operands[i], axis, out.rank) == 1;
            same = same && repeats[p->n_axes][i] == repeats[p->n_axes - 1][i];
        }
        if (same) {
            p->count[p->n_axes - 1] *= out.dims[axis];
        } else {
            p->count[p->n_axes++] = out.dims[axis];
        }
    }
    if (p->n_axes == 0) {
        p->count[0] = 1;
        p->n_axes = 1;
        for (int32_t i = 0; i < n_operands; i++) repeats[0][i] = false;
    }
    for (int32_t i = 0; i < n_operands; i++) {
        int32_t stride = 1;
        for (int32_t axis = p->n_axes - 1; axis >= 0; axis--) {
            p->stride[i][axis] = repeats[axis][i] ? 0 : stride;
            if (!repeats[axis][i]) stride *= p->count[axis];
        }
    }
    const int32_t row = p->count[p->n_axes - 1];
    p->pieces = (row - 1) / OCTET_BROADCAST_PIECE + 1;
    uint32_t n_units = (uint32_t)p->pieces;
    for (int32_t axis = 0; axis + 1 < p->n_axes; axis++) n_units *= (uint32_t)p->count[axis];
    return n_units;
}

void octet_broadcast_walk(const octet_broadcast_params *p, octet_broadcast_row *row, const void *params,
                          const void *const *in, void *out, uint32_t begin, uint32_t end) {
    const int32_t last = p->n_axes - 1, length = p->count[last];
    int32_t index[OCTET_BROADCAST_MAX_RANK], step[OCTET_BROADCAST_MAX_OPERANDS] = {0};
    size_t offset[OCTET_BROADCAST_MAX_OPERANDS] = {0}; /* elements */
    uint32_t left = begin / (uint32_t)p->pieces;
    int32_t piece = (int32_t)(begin % (uint32_t)p->pieces);
    size_t done = (size_t)left * (size_t)length;
    for (int32_t axis = last - 1; axis >= 0; axis--) {
        index[axis] = (int32_t)(left % (uint32_t)p->count[axis]);
        left /= (uint32_t)p->count[axis];
        for (int32_t i = 0; i < p->n_operands; i++) offset[i] += (size_t)index[axis] * (size_t)p->stride[i][axis];
    }
    for (int32_t i = 0; i < p->n_operands; i++) step[i] = p->stride[i][last];
    for (uint32_t unit = begin; unit < end; unit++) {
        const int32_t first = piece * OCTET_BROADCAST_PIECE;
        const int32_t n = length - first < OCTET_BROADCAST_PIECE ? length - first : OCTET_BROADCAST_PIECE;
        const void *from[OCTET_BROADCAST_MAX_OPERANDS];
        for (int32_t i = 0; i < p->n_operands; i++) {
            from[i] = (const char *)in[i] + (offset[i] + (size_t)first * (size_t)step[i]) * p->element_size[i];
        }
        row(params, from, step, (char *)out + (done + (size_t)first) * p->out_size, n);
        if (++piece < p->pieces) continue;
        piece = 0;
        done += (size_t)length;
        for (int32_t axis = last - 1; axis >= 0; axis--) {
            for (int32_t i = 0; i < p->n_operands; i++) offset[i] += (size_t)p->stride[i][axis];
            if (++index[axis] < p->count[axis]) break;
            for (int32_t i = 0; i < p->n_operands; i++)
                offset[i] -= (size_t)p->count[axis] * (size_t)p->stride[i][axis];
            index[axis] = 0;
        }
    }
}
