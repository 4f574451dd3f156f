"""TFLite_Detection_PostProcess on random boxes, scores and options, against LiteRT.

LiteRT leaves what it does not use of the results unset: boxes, classes and scores are compared as far as their number goes. Scores are different
from each other, since the order of equal ones is that of LiteRT's C++ library."""
import os
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from flatbuffers import flexbuffers

from litert_case import Random, constant, model, tensor


def case(r):
    boxes, classes, most, per_box = r.integer(1, 60), r.integer(1, 6), r.integer(1, 12), r.integer(1, 3)
    background, regular = r.integer(0, 1), r.chance()
    per_box = 1 if regular else min(per_box, classes)
    values = dict(max_detections=most, max_classes_per_detection=per_box, detections_per_class=r.integer(1, 20), use_regular_nms=regular,
                  nms_score_threshold=float(r.pick(1e-8, .3, .6)), nms_iou_threshold=float(r.g.uniform(.1, .9)), num_classes=classes,
                  y_scale=10.0, x_scale=10.0, h_scale=5.0, w_scale=5.0)
    builder = flexbuffers.Builder()
    with builder.Map():
        for key, value in values.items():
            {bool: builder.Bool, int: builder.Int, float: builder.Float}[type(value)](key, value)
    shapes = (1, boxes, 4), (1, boxes, classes + background), (boxes, 4)
    centres = np.concatenate([r.g.uniform(0, 1, (boxes, 2)), r.g.uniform(.05, .5, (boxes, 2))], 1)
    if boxes * (classes + background) > 256 or r.chance():
        x = [r.g.normal(0, 2, shapes[0]).astype(np.float32), r.g.uniform(0, 1, shapes[1]).astype(np.float32)]
        inputs = [tensor(s, np.float32) for s in shapes[:2]] + [constant(centres.astype(np.float32))]
    else:
        x = [r.g.integers(0, 256, shapes[0]).astype(np.uint8), r.g.permutation(256)[:int(np.prod(shapes[1]))].reshape(shapes[1]).astype(np.uint8)]
        inputs = [tensor(shapes[0], np.uint8, .04, 130), tensor(shapes[1], np.uint8, 1 / 256, 0),
                  constant(np.clip(centres * 200, 0, 255).astype(np.uint8), .005, 3)]
    n = most * per_box
    outputs = [tensor(s, np.float32) for s in ((1, n, 4), (1, n), (1, n), (1,))]
    return model('TFLite_Detection_PostProcess', inputs, outputs, bytes(builder.Finish())), x, per_box


def used(boxes, classes, scores, number, per_box):
    n = int(number.reshape(-1)[0]) * per_box
    return [number.reshape(-1), boxes.reshape(-1, 4)[:n], classes.reshape(-1)[:n], scores.reshape(-1)[:n]]


def main(octet, n):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        for i in range(n):
            content, x, per_box = case(Random([7, i]))
            interpreter = Interpreter(model_content=content, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
            interpreter.allocate_tensors()
            for detail, value in zip(interpreter.get_input_details(), x):
                interpreter.set_tensor(detail['index'], value)
            interpreter.invoke()
            theirs = used(*[interpreter.get_tensor(o['index']) for o in interpreter.get_output_details()], per_box)
            with open(path('m.tflite'), 'wb') as file:
                file.write(content)
            for j, value in enumerate(x):
                np.save(path(f'x{j}.npy'), value)
            given = ','.join(f'{j}={path(f"x{j}.npy")}' for j in range(2))
            subprocess.run([octet, 'run', path('m.tflite'), '-i', given, '-o', path('y')], check=True, stdout=subprocess.DEVNULL)
            ours = used(*[np.load(path(os.path.join('y', name))) for name in sorted(os.listdir(path('y')))], per_box)
            equal = all(np.array_equal(a, b) for a, b in zip(ours, theirs))
            near = equal or all(a.shape == b.shape and np.allclose(a, b, rtol=3e-7, atol=3e-7) for a, b in zip(ours, theirs))
            failed += not near
            if not equal:
                print(f'case {i}:', 'boxes differ in the last bit' if near else (ours, theirs))
    print(f'{n} cases, {failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else 'build/octet', int(sys.argv[2]) if len(sys.argv) > 2 else 100))
