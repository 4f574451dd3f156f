/* kernels/ref/detection.h - TFLite_Detection_PostProcess: from an SSD's raw boxes and
 *        scores to the detections that remain.
 * In:  box encodings [B,E] (E >= 4: y, x, h, w), scores [B,C], anchors [B,4] (y, x, h, w); float,
 *        or uint8 with scale and zero point.
 * Out: boxes [N,4] (ymin, xmin, ymax, xmax), classes [N], scores [N] and their
 *        number, all float; what is not used is 0.
 * Knows: elementary.h.
 * Does not know: tensors, threads: the whole operator is one unit of work.
 * Exact: equal to TFLite's kernel but for exp, which is rounded correctly here; of
 *        equal scores the first comes first. */
#ifndef OCTET_KERNELS_REF_DETECTION_H
#define OCTET_KERNELS_REF_DETECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct octet_detection_operand {
    bool is_u8;
    float scale;
    int32_t zero_point;
} octet_detection_operand;

typedef struct octet_detection_params {
    int32_t n_boxes, encoding_size, n_scores; /* B, E, C */
    int32_t n_classes;                        /* the last of C; those before are the background */
    int32_t max_detections, classes_per_detection, detections_per_class;
    bool by_class; /* suppression within each class, else over each box's best score */
    float score_threshold, overlap_threshold;
    float y_scale, x_scale, h_scale, w_scale;
    octet_detection_operand boxes, scores, anchors;
} octet_detection_params;

/* Working memory. */
size_t octet_detection_bytes(const octet_detection_params *p);
/* in: encodings, scores, anchors. out: boxes, classes, scores, number. */
void octet_detection_ref(const octet_detection_params *p, const void *const *in, float *const *out, void *memory);

#endif
