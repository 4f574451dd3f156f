"""Models with trained weights: MNIST's of the examples, and those of the shared folder."""
import os
import re
import subprocess

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "mnist")


def mnist(shared):
    """{name: path of the Keras model}"""
    found = {"mnist_fc": os.path.join(EXAMPLES, "mnist_fc_k2.h5"), "mnist_cnn": os.path.join(EXAMPLES, "mnist_cnn_k2.h5")}
    if shared:
        found["mnist_cnn_large"] = os.path.join(shared, "models", "mnist", "mnist_cnn_large_k2.h5")
    return found


def models(build, folder, shared, only):
    """(name, type, path, no ONNX model, multiply-accumulates not counted) of .tflite files, written into the folder where there is none."""
    jobs = [(name, path, EXAMPLES, ("f32", "int8")) for name, path in mnist(shared).items()]
    found = []
    for name in sorted(os.listdir(os.path.join(shared, "models"))) if shared else []:
        path = os.path.join(shared, "models", name)
        if os.path.exists(os.path.join(path, "tf_int8.tflite")):
            jobs.append((name, os.path.join(path, "model.h5"), os.path.join(path, "calib.npy"), ("f32",)))
            found.append((name, "int8", os.path.join(path, "tf_int8.tflite"), None, 0))
    for name, model, data, kinds in jobs:
        for kind in kinds if re.search(only, name) else ():
            out = os.path.join(folder, "%s_%s.tflite" % (name, kind))
            mode = "float32" if kind == "f32" else kind
            subprocess.run([os.path.join(build, "octet"), "quantize", model, "--data", data, "--mode", mode, "--no-evaluate", "-o", out],
                           check=True, stdout=subprocess.DEVNULL)
            found.append((name, kind, out, None, 0))
    return sorted(case for case in found if re.search(only, case[0]))
