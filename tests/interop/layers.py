#!/usr/bin/env python3
"""The figures of `octet compare`, held against numpy over the tensors that LiteRT keeps.

usage: layers.py OCTET [SHARED]
needs: pip install ai-edge-litert numpy

The bundled models, as float and as int8 .tflite that octet wrote, are run by LiteRT's reference kernels with all tensors preserved; each
figure of each layer is computed from them. With SHARED, TensorFlow's int8 file of each model there gives the table of octet's own. Last
line: "N passed, N failed".
"""
import gzip
import json
import os
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import suite

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "mnist")
N = 40
check = suite.Checks()


def images():
    with gzip.open(os.path.join(EXAMPLES, "t10k-images-idx3-ubyte.gz")) as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 28, 28, 1)[:N].astype(np.float32) * np.float32(1 / 255)


def kept(path, rows):
    """Every tensor of every run, by index, as real numbers; and the details by name."""
    interpreter = Interpreter(model_path=path, experimental_op_resolver_type=OpResolverType.BUILTIN_REF, num_threads=1,
                              experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]
    values = {}
    for row in rows:
        scale, zero = source["quantization"]
        given = row.reshape(source["shape"])
        if scale:
            info = np.iinfo(source["dtype"])
            scaled = given / np.float32(scale)
            given = np.clip(np.trunc(scaled + np.copysign(np.float32(0.5), scaled)) + zero, info.min, info.max).astype(source["dtype"])
        interpreter.set_tensor(source["index"], given)
        interpreter.invoke()
        for detail in interpreter.get_tensor_details():
            try:
                values.setdefault(detail["index"], []).append(interpreter.get_tensor(detail["index"]))
            except ValueError:
                pass
    return values, {d["index"]: d for d in interpreter.get_tensor_details()}


def figures(real, codes, detail):
    scale, zero = detail["quantization"]
    f = np.stack(real).astype(np.float64)
    codes = np.stack(codes)
    e = (np.float32(scale) * (codes.astype(np.int32) - zero).astype(np.float32)).astype(np.float64) - f
    info = np.iinfo(codes.dtype)
    q = e + f
    noise = (e * e).sum()
    return {"sqnr_db": 10 * np.log10((f * f).sum() / noise) if noise else 0.0, "cosine": (f * q).sum() / np.sqrt((f * f).sum() * (q * q).sum()),
            "mean": e.mean(), "stddev": e.std(), "mean_square": (e * e).mean(), "max_abs": np.abs(e).max(),
            "low_share": (codes == info.min).mean(), "high_share": (codes == info.max).mean(),
            "unused_share": 1 - len(np.unique(codes)) / (int(info.max) - int(info.min) + 1)}


def compare_layer(row, real, codes, details):
    mine = figures(real, codes, details[row["tensor"]])
    row = {**row, **row["error"]}
    worst = [f"{key} {row[key]} not {value:.9g}" for key, value in mine.items()
             if abs((row[key] or 0.0) - value) > 2e-3 * max(abs(value), mine["max_abs"] if key in row["error"] else 0.1)]
    return "; ".join(worst)


def bundled(octet, folder, name, type_):
    rows = images()
    np.save(os.path.join(folder, "x.npy"), rows)
    source = os.path.join(EXAMPLES, name)
    paths = [os.path.join(folder, kind + ".tflite") for kind in ("float", "quantized")]
    octet("quantize", source, "--mode", "float32", "--no-evaluate", "-o", paths[0])
    octet("quantize", source, "--data", EXAMPLES, "--input-type", type_, "--output-type", type_, "--no-evaluate", "-o", paths[1])
    table = json.loads(octet("compare", paths[0], paths[1], "--data", os.path.join(folder, "x.npy"), "--float-order", "plain", "--json"))
    real, real_details = kept(paths[0], rows)
    codes, details = kept(paths[1], rows)
    by_name = {d["name"]: i for i, d in real_details.items()}
    for row in table["layers"]:
        problem = compare_layer(row, real[by_name[row["original_name"]]], codes[row["tensor"]], details)
        check(f"{name} {type_}: {row['layer']} {row['operator']}", problem)


def shared(octet, folder, path):
    """One table from TensorFlow's file and from octet's own."""
    with open(os.path.join(path, "preprocess.json")) as file:
        scaling = json.load(file)
    options = [] if scaling["scale"] is None else ["--scale", repr(scaling["scale"]), "--offset", repr(scaling["offset"])]
    model, own = os.path.join(path, "model.h5"), os.path.join(folder, "own.tflite")
    octet("quantize", model, "--data", os.path.join(path, "calib.npy"), *options, "--samples", "all", "--strict-tensorflow", "--no-evaluate",
          "-o", own)
    tables = [json.loads(octet("compare", model, file, "--data", os.path.join(path, "test.npy"), *options, "--json"))["layers"]
              for file in (own, os.path.join(path, "tf_int8.tflite"))]
    names = [[(row["layer"], row["operator"]) for row in table] for table in tables]
    check(f"{os.path.basename(path)}: layers of TensorFlow's file", "" if names[0] == names[1] else f"{names[1]} instead of {names[0]}")
    for a, b in zip(*tables):
        keys = ("sqnr_db", "added_db", "cosine", "mean_error_steps", "max_error_steps", "low_share", "high_share", "unused_share", "cause")
        apart = [f"{key}: {a[key]} and {b[key]}" for key in keys if a[key] != b[key] and not (
            isinstance(a[key], float) and isinstance(b[key], float) and abs(a[key] - b[key]) < 0.05)]
        check(f"{os.path.basename(path)}: {a['layer']} {a['operator']}", "; ".join(apart))


def main():
    octet = suite.Octet(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for name in ("mnist_cnn_k2.h5", "mnist_fc_k2.h5"):
            for type_ in ("int8", "uint8"):
                bundled(octet, folder, name, type_)
        models = os.path.join(sys.argv[2], "models") if len(sys.argv) > 2 else None
        for name in sorted(os.listdir(models)) if models else []:
            path = os.path.join(models, name)
            if os.path.exists(os.path.join(path, "tf_int8.tflite")) and os.path.exists(os.path.join(path, "test.npy")):
                shared(octet, folder, path)
    return check.finish()


if __name__ == "__main__":
    sys.exit(main())
