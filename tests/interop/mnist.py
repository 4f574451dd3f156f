#!/usr/bin/env python3
"""The tutorial's job on the MNIST models, held against TensorFlow's files and the real LiteRT runtime.

usage: mnist.py OCTET SHARED
needs: pip install ai-edge-litert numpy

For each model file (fc, cnn, cnn_large; saved by Keras 2 and 3; .h5 and .keras): every mode and input/output type is quantized with the
stored calibration samples; the file is compared with TensorFlow's, and run by octet and by LiteRT's reference kernels: on the stored inputs
(rounded and truncated) and, with the accuracy, on the test images (int8 on all 10,000, the other types on the first 1,000). Float sums are
in the order of LiteRT's reference kernels: before the SOFTMAX all bytes are equal, behind it they may differ as ulps.json says.
The last line is "N passed, N failed".
"""
import os
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import suite
import ulps

MODES = {  # golden suffix: options of octet quantize
    "int8": [],
    "int8_u8": ["--input-type", "uint8", "--output-type", "uint8"],
    "int8_f32": ["--input-type", "float32", "--output-type", "float32"],
    "drq": ["--mode", "dynamic"],
    "f16": ["--mode", "float16"],
    "i16x8": ["--mode", "int16x8"],
    "float": ["--mode", "float32"],
}
FLOAT_ACCURACY = {"fc_k2": 0.9750, "cnn_k2": 0.9773, "cnn_large_k2": 0.9868, "fc_k3": 0.9752, "cnn_k3": 0.9805, "cnn_large_k3": 0.9858}
check = suite.Checks()



def litert(path, rows):
    interpreter = Interpreter(model_path=path, experimental_op_resolver_type=OpResolverType.BUILTIN_REF, num_threads=1)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    out = []
    for row in rows:
        interpreter.set_tensor(source["index"], row.reshape(source["shape"]))
        interpreter.invoke()
        out.append(interpreter.get_tensor(target["index"])[0])
    return np.stack(out)


def run(model, source, folder):
    target = os.path.join(folder, "out.npy")
    octet("run", model, "--input", source, "--float-order", "plain", "-o", target)
    return np.load(target)


def equal(a, b):
    a, b = a.reshape(-1), b.reshape(-1)
    if a.shape != b.shape or a.dtype != b.dtype:
        return f"{a.shape} {a.dtype} against {b.shape} {b.dtype}"
    worst = np.abs(a.astype(np.float64) - b.astype(np.float64)).max(initial=0)
    return "" if worst == 0 else f"{int((a != b).sum())} of {a.size} differ, by up to {worst}"


def model(name, source, folder):
    golden = os.path.join(SHARED, "golden", "mnist")
    family, keras = name.rsplit("_", 1)
    files = {}
    for suffix, options in MODES.items():
        ours = files[suffix] = os.path.join(folder, f"{name}_{suffix}.tflite")
        try:
            octet("quantize", source, "--data", os.path.join(SHARED, "data", "mnist"), "--indices",
                  os.path.join(golden, "calibration_indices.json"), "-o", ours, "--no-evaluate", *options)
        except RuntimeError as error:
            check(f"{name} {suffix} is written", error)
            continue
        reference = os.path.join(golden, f"{family}_{suffix}.tflite" if keras == "k2" else f"{family}_k3_{suffix}.tflite")
        if os.path.exists(reference):
            check(f"{name} {suffix} equals TensorFlow's file", compare(ours, reference))
    if keras == "k2":
        for rounding in ("round", "trunc"):
            source_file = os.path.join(golden, f"{family}_in_{rounding}.npy")
            expected = np.load(os.path.join(golden, f"{family}_out_{rounding}.npy"))
            check(f"{name} {rounding}: octet on TensorFlow's file", equal(run(os.path.join(golden, f"{family}_int8.tflite"), source_file, folder), expected))
            check(f"{name} {rounding}: octet on its own file", equal(run(files["int8"], source_file, folder), expected))
            check(f"{name} {rounding}: LiteRT on octet's file", equal(litert(files["int8"], np.load(source_file)), expected))
    images = suite.idx(os.path.join(SHARED, "data", "mnist", "t10k-images-idx3-ubyte.gz"))
    labels = suite.idx(os.path.join(SHARED, "data", "mnist", "t10k-labels-idx1-ubyte.gz")).astype(int)
    unit = images.astype(np.float32) / np.float32(255)
    floats = os.path.join(folder, "unit.npy")
    if not os.path.exists(floats):
        np.save(floats, unit)
    for suffix in MODES:
        if not os.path.exists(files[suffix]):
            continue
        rows = unit
        if suffix in ("int8", "int8_u8"):
            detail = Interpreter(model_path=files[suffix]).get_input_details()[0]
            scale, zero = detail["quantization"]
            low, high = (-128, 127) if suffix == "int8" else (0, 255)
            x = unit / np.float32(scale)
            rows = np.clip(np.where(x >= 0, np.floor(x + 0.5), np.ceil(x - 0.5)) + zero, low, high).astype(detail["dtype"])
        n = 10000 if suffix == "int8" else 1000  # LiteRT's plain loops take most of the time of this suite
        try:
            ours, theirs = run(files[suffix], floats, folder)[:n], litert(files[suffix], rows[:n])
        except RuntimeError as error:
            check(f"{name} {suffix} runs", error)
            continue
        exact = suffix in ("int8", "int8_u8", "int8_f32", "i16x8")
        problem = equal(ours, theirs) if exact else ulps.problem(ours, theirs, "SOFTMAX")
        off = int((ours != theirs).any(axis=-1).sum())
        check(f"{name} {suffix}: octet and LiteRT give the same bytes on {n - off} of {n} images", problem)
        if n == 10000:
            accuracy = float((ours.reshape(n, -1).argmax(1) == labels).mean())
            print(f"     {name} {suffix}: accuracy {accuracy:.4f}")
    accuracy = float((run(source, floats, folder).reshape(10000, -1).argmax(1) == labels).mean())
    check(f"{name} float: accuracy {accuracy:.4f}", "" if abs(accuracy - FLOAT_ACCURACY[name]) < 5e-5 else f"expected {FLOAT_ACCURACY[name]}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        for family in ("fc", "cnn", "cnn_large"):
            for keras in ("k2", "k3"):
                for ending in ("h5", "keras"):
                    source = os.path.join(SHARED, "models", "mnist", f"mnist_{family}_{keras}.{ending}")
                    if ending == "h5":
                        model(f"{family}_{keras}", source, folder)
                        continue
                    twin, ours = os.path.join(folder, f"{family}_{keras}_int8.tflite"), os.path.join(folder, "zip.tflite")
                    try:
                        octet("quantize", source, "--data", os.path.join(SHARED, "data", "mnist"), "--indices",
                              os.path.join(SHARED, "golden", "mnist", "calibration_indices.json"), "-o", ours, "--no-evaluate")
                        check(f"{family}_{keras}.keras gives the file of the .h5", compare(ours, twin))
                    except RuntimeError as error:
                        check(f"{family}_{keras}.keras", error)
    return check.finish()


if __name__ == "__main__":
    octet, SHARED = suite.Octet(sys.argv[1]), sys.argv[2]
    compare = suite.Comparison(SHARED)
    sys.exit(main())
