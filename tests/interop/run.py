#!/usr/bin/env python3
"""The bundled models in every mode, held against the real LiteRT runtime (and tflite-micro where its package is installed).

usage: run.py OCTET
needs: pip install ai-edge-litert numpy

Each file that octet writes is loaded by LiteRT and run on the first test images: int8 files must give octet's bytes under the reference
kernels, float ones with --float-order plain too, but for what ulps.json allows to SOFTMAX; types, scales and zero points are the ones that
octet prints. Last line: "N passed, N failed".
"""
import json
import os
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import suite
import ulps

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "mnist")
N = 300
CASES = {
    "int8": [],
    "uint8": ["--input-type", "uint8", "--output-type", "uint8"],
    "float32 input and output": ["--input-type", "float32", "--output-type", "float32"],
    "int8 input, float32 output": ["--output-type", "float32"],
    "per-tensor dense": ["--per-tensor-dense"],
    "per tensor": ["--per-tensor"],
    "int16x8": ["--mode", "int16x8"],
    "int16x8, int16 input and output": ["--mode", "int16x8", "--input-type", "int16", "--output-type", "int16"],
    "dynamic": ["--mode", "dynamic"],
    "float16": ["--mode", "float16"],
    "float32": ["--mode", "float32"],
    "float islands": ["--keep-float", "FULLY_CONNECTED"],
    "float island, float32 output": ["--keep-float", "dense*", "--output-type", "float32"],
    "int16 islands": ["--int16-layers", "FULLY_CONNECTED"],
    "int16 among int8, float32 output": ["--int16-layers", "*", "--output-type", "float32"],
    "int16 beside float": ["--int16-layers", "SOFTMAX", "--keep-float", "dense*"],
    "target tflm": ["--target", "tflm"],
    "target tflm-2023": ["--target", "tflm-2023"],
}
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
    return np.stack(out), interpreter


def micro(path, rows):
    from tflite_micro import runtime
    interpreter = runtime.Interpreter.from_file(path)
    out = []
    for row in rows:
        interpreter.set_input(row.reshape(interpreter.get_input_details(0)["shape"]), 0)
        interpreter.invoke()
        out.append(interpreter.get_output(0)[0])
    return np.stack(out)


def has_micro():
    try:
        import tflite_micro  # noqa: F401
        return True
    except ImportError:
        return False


def examine(model, name, options, folder):
    path, x, y = (os.path.join(folder, f) for f in ("model.tflite", "x", "y.npy"))
    verdict = json.loads(octet("quantize", model, "--data", EXAMPLES, "--limit", "500", "--json", "-o", path, *options))
    octet("run", path, "--input", EXAMPLES, "--limit", str(N), "--dump", x)
    octet("run", path, "--input", EXAMPLES, "--limit", str(N), "--float-order", "plain", "-o", y)
    rows = np.load(os.path.join(x, sorted(os.listdir(x))[0]))
    ours = np.load(y)
    theirs, interpreter = litert(path, rows)
    exact = verdict["quantized"]["type"] in ("int8", "int16x8")
    problem = ulps.problem(ours, theirs, "" if exact else "SOFTMAX")
    detail = interpreter.get_input_details()[0]
    stated = verdict["inputs"][0]
    if not problem and np.dtype(detail["dtype"]).name != stated["type"]:
        problem = f"input type {np.dtype(detail['dtype']).name}, octet prints {stated['type']}"
    if not problem and "scale" in stated and (np.float32(detail["quantization"][0]), detail["quantization"][1]) != (np.float32(stated["scale"]), stated["zero_point"]):
        problem = f"input parameters {detail['quantization']}, octet prints {stated}"
    check(f"{name}: LiteRT", problem)
    if name.endswith(("int8", "target tflm", "target tflm-2023")) and has_micro():
        octet("run", path, "--input", EXAMPLES, "--limit", str(N), "--numerics", "integer", "-o", y)
        check(f"{name}: tflite-micro", ulps.problem(np.load(y), micro(path, rows), ""))


def main():
    for model in ("fc", "cnn"):
        for name, options in CASES.items():
            with tempfile.TemporaryDirectory() as folder:
                try:
                    examine(os.path.join(EXAMPLES, f"mnist_{model}_k2.h5"), f"{model} {name}", options, folder)
                except (RuntimeError, ValueError) as error:
                    check(f"{model} {name}", error)
    if not has_micro():
        print("skipped: tflite-micro (pip install tflite-micro)")
    return check.finish()


if __name__ == "__main__":
    octet = suite.Octet(sys.argv[1])
    sys.exit(main())
