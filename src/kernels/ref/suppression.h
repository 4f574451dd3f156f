/* kernels/ref/suppression.h - NON_MAX_SUPPRESSION_V4 and V5: of boxes that overlap, the one with the best score.
 * In:  boxes [B,4] of two corners (y, x, y, x), scores [B]; float.
 * Out: the chosen boxes by index, their scores, and their number; what is not used is 0.
 * Knows: nothing.
 * Does not know: tensors, threads: the whole operator is one unit of work.
 * Exact: equal to TFLite's kernel, the order of equal scores included (a binary heap as its standard library keeps it),
 *        but for exp of soft suppression. */
#ifndef OCTET_KERNELS_REF_SUPPRESSION_H
#define OCTET_KERNELS_REF_SUPPRESSION_H

#include <stddef.h>
#include <stdint.h>

typedef struct octet_suppression_params {
    int32_t n_boxes, most; /* B; how many are chosen at most */
} octet_suppression_params;

/* Working memory. */
size_t octet_suppression_bytes(const octet_suppression_params *p);
/* A box whose score is not above score_threshold, or that overlaps a chosen one by overlap_threshold or more (of the
 * area of both), is not chosen. sigma above 0 lowers the score of one that overlaps less. chosen_scores: NULL, or
 * [most]; chosen [most]; memory as octet_suppression_bytes says. */
void octet_suppression_ref(const octet_suppression_params *p, const float *boxes, const float *scores,
                           float overlap_threshold, float score_threshold, float sigma, int32_t *chosen,
                           float *chosen_scores, int32_t *n_chosen, void *memory);

#endif
