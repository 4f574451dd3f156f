#include "kernels/ref/detection.h"
#include "lower/families.h"

static octet_status bind_operand(octet_binder *binder, const octet_operator *op, uint32_t i,
                                 octet_detection_operand *out) {
    const octet_value *value = octet_graph_input(binder->graph, op, i);
    out->is_u8 = value->type == OCTET_UINT8;
    if (out->is_u8) return octet_bind_per_tensor(binder, op, value, &out->scale, &out->zero_point);
    return value->type == OCTET_FLOAT32 ? OCTET_OK : octet_bind_unsupported(binder, op);
}

octet_status octet_bind_detection(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *boxes = octet_graph_input(binder->graph, op, 0),
                      *scores = octet_graph_input(binder->graph, op, 1);
    octet_detection_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_detection_params){.n_boxes = boxes->shape.dims[1],
                                  .encoding_size = boxes->shape.dims[2],
                                  .n_scores = scores->shape.dims[2],
                                  .n_classes = op->options.detection.num_classes,
                                  .max_detections = op->options.detection.max_detections,
                                  .classes_per_detection = op->options.detection.max_classes_per_detection,
                                  .detections_per_class = op->options.detection.detections_per_class,
                                  .by_class = op->options.detection.use_regular_nms,
                                  .score_threshold = op->options.detection.nms_score_threshold,
                                  .overlap_threshold = op->options.detection.nms_iou_threshold,
                                  .y_scale = op->options.detection.y_scale,
                                  .x_scale = op->options.detection.x_scale,
                                  .h_scale = op->options.detection.h_scale,
                                  .w_scale = op->options.detection.w_scale};
    OCTET_TRY(bind_operand(binder, op, 0, &p->boxes));
    OCTET_TRY(bind_operand(binder, op, 1, &p->scores));
    OCTET_TRY(bind_operand(binder, op, 2, &p->anchors));
    octet_step_set_detection(step, OCTET_KERNEL_detection, p, 1);
    step->work.shared_bytes = octet_detection_bytes(p);
    return OCTET_OK;
}
