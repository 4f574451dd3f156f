#include <math.h>

#include "graph/infer/check.h"
#include "graph/infer/families.h"

static bool is_good(float scale) { return isfinite(scale) && scale > 0; }

/* Boxes, classes and scores of all detections, and their number. Static, whatever is found. */
octet_status octet_infer_detection(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                   octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 3, 3, 4));
    const octet_shape *boxes = &octet_graph_input(graph, op, 0)->shape,
                      *scores = &octet_graph_input(graph, op, 1)->shape;
    const octet_shape *anchors = &octet_graph_input(graph, op, 2)->shape;
    char text[3][OCTET_SHAPE_TEXT_SIZE];
    const bool ranks =
        boxes->rank == 3 && scores->rank == 3 && anchors->rank == 2 && boxes->dims[0] == 1 && scores->dims[0] == 1;
    const bool fits = ranks && boxes->dims[1] > 0 && boxes->dims[1] == scores->dims[1] &&
                      boxes->dims[1] == anchors->dims[0] && boxes->dims[2] >= 4 && anchors->dims[1] == 4;
    OCTET_CHECK(ctx, fits, OCTET_MODEL, "%s: %s of %s, %s and %s, it takes [1,B,4], [1,B,C] and [B,4]", op->layer,
                octet_operator_name(op->code), octet_shape_text(boxes, text[0]), octet_shape_text(scores, text[1]),
                octet_shape_text(anchors, text[2]));
    const int32_t n_classes = op->options.detection.num_classes, most = op->options.detection.max_detections;
    const int64_t n = (int64_t)most * op->options.detection.max_classes_per_detection;
    OCTET_CHECK(ctx, n_classes >= 1 && n_classes <= scores->dims[2] && most >= 1 && n >= 1 && n <= 1 << 20, OCTET_MODEL,
                "%s: %s with %d classes of %d scores, and %lld detections at most", op->layer,
                octet_operator_name(op->code), n_classes, scores->dims[2], (long long)n);
    OCTET_CHECK(ctx,
                op->options.detection.detections_per_class >= 0 && is_good(op->options.detection.y_scale) &&
                    is_good(op->options.detection.x_scale) && is_good(op->options.detection.h_scale) &&
                    is_good(op->options.detection.w_scale),
                OCTET_MODEL, "%s: %s with scales of boxes that are not above 0", op->layer,
                octet_operator_name(op->code));
    const octet_shape shapes[4] = {{3, {1, (int32_t)n, 4}}, {2, {1, (int32_t)n}}, {2, {1, (int32_t)n}}, {1, {1}}};
    for (int i = 0; i < 4; i++) OCTET_TRY(octet_infer_check_result(ctx, op, OCTET_FLOAT32, &shapes[i], &out[i]));
    return OCTET_OK;
}
