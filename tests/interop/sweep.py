#!/usr/bin/env python3
"""Every layer case in every mode, from the Keras file and from TensorFlow's float .tflite, held against LiteRT.

usage: sweep.py OCTET SHARED [--only SUBSTRING]
needs: pip install ai-edge-litert numpy

For every folder of SHARED/golden/layers, and for every model of SHARED/models (its MNIST files: mnist.py):
  modes    the Keras file quantized in each mode (and with --per-tensor, --per-tensor-dense) is loaded by LiteRT and run on the first
           calibration sample: it gives the bytes of `octet run --float-order plain` (by reference kernels, or LiteRT's built-in ones where
           those are missing or wrong). Where it does not, LiteRT runs operator after operator on the operands that octet had; those of
           ulps.json must be within their bounds, all others give the same bytes
  default  files of the modes float32 and float16 also run in octet's default order of sums, whose results are LiteRT's within 1e-5 of the
           largest
For every folder of SHARED/golden/layers:
  batch    LiteRT runs the file of each mode with two samples as it runs it with each of them (resize_tensor_input, strict), where it does so
           with TensorFlow's int8 file
  source   TensorFlow's float.tflite, and octet's own float32 file, quantize to int8 with the parameters that the Keras file gives
and over SHARED/golden/mnist: each *_float.tflite and *_f16.tflite gives the int8 file of the Keras model; evaluate, run and inspect take
every file there. Known differences are in sweep.json with their reason. The last lines count the files that are equal and the operators
that are within their bounds in the others, and say "N passed, N failed".
"""
import argparse
import collections
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

import batch
import one_operator
import suite
import ulps

MODES = {
    "int8": [],
    "uint8": ["--input-type", "uint8", "--output-type", "uint8"],
    "per-tensor": ["--per-tensor"],
    "per-tensor-dense": ["--per-tensor-dense"],
    "int16x8": ["--mode", "int16x8"],
    "int16 among int8": ["--int16-layers", "*"],
    "dynamic": ["--mode", "dynamic"],
    "float16": ["--mode", "float16"],
    "float32": ["--mode", "float32"],
}
MODELS = ("ad01", "cifar10", "mnist_resnet", "resnet8", "tm_mask")
RESOLVERS = (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
results = [] # (name, '' or what is wrong, counts) of the job at hand


def check(name, problem, counts=()):
    """counts: labels of which the last lines tell how many there were."""
    results.append((name, str(problem), counts))


def litert(path, rows, resolver):
    interpreter = Interpreter(model_path=path, experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    for detail, row in zip(interpreter.get_input_details(), rows):
        interpreter.set_tensor(detail["index"], row.reshape(detail["shape"]))
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]


def is_equal(ours, theirs):
    return all(a.dtype == b.dtype and a.tobytes() == b.tobytes() for a, b in zip(ours, theirs, strict=True))


def far_apart(ours, theirs):
    """'' or how far float results are from LiteRT's, in the default order."""
    for a, b in zip(ours, theirs, strict=True):
        distance = np.abs(a.reshape(-1).astype(np.float64) - b.reshape(-1).astype(np.float64))
        bound = 1e-5 * max(1e-30, float(np.abs(b).max(initial=0)))
        if not distance.max(initial=0) <= bound:
            return f"{int((distance > bound).sum())} of {a.size} differ, by up to {distance.max():.3g}"
    return ""


def run_octet(path, data, folder, *options):
    """Outputs for the first sample, in the order of the file, and every intermediate value by the number of its tensor."""
    dump, target = os.path.join(folder, "dump"), os.path.join(folder, "y")
    for old in (dump, target):
        subprocess.run(["rm", "-rf", old], check=True)
    octet("run", path, "--input", data, "--limit", "1", "--dump", dump, "-o", target, *options)
    files = [os.path.join(target, f) for f in sorted(os.listdir(target))] if os.path.isdir(target) else [target]
    return [np.load(f) for f in files], one_operator.Model(path).dumped(dump)


def by_operators(path, values):
    """'' or the operators that are not within their bounds, and the names of those that are within but not equal."""
    model, inexact, problems = one_operator.Model(path), [], []
    for index in range(len(model.graph.operators)):
        name, inputs, outputs = model.operator(index)
        if not all(o in values for o in outputs): # computed once, from constants
            continue
        ours, source, wrong, found = [values[o] for o in outputs], values.get(inputs[0]), [], None
        for resolver in RESOLVERS:
            try:
                found = model.run(index, values, resolver)
            except (RuntimeError, ValueError) as error:
                wrong.append(f"LiteRT: {' '.join(str(error).split())[:120]}")
                continue
            wrong.append("; ".join(filter(None, (ulps.problem(a, b, name, source) for a, b in zip(ours, found)))))
            if not wrong[-1]:
                break
        if wrong[-1]:
            problems.append(f"operator {index}, {name}: {'; '.join(wrong)}")
        elif not is_equal(ours, found):
            inexact.append(name)
    if not problems and not inexact:
        problems = ["outputs differ though each operator gives LiteRT's bytes"]
    return "; ".join(problems[:3]), inexact


def run_here_and_there(name, path, data, mode, folder, scaling=()):
    """Runs the first sample in octet and in LiteRT, and checks what comes out."""
    ours, values = run_octet(path, data, folder, *scaling, "--float-order", "plain")
    names = [port["name"] for port in json.loads(octet("inspect", path, "--json"))["inputs"]]
    rows = list(values.values())[:len(names)]
    theirs, problems, is_float = [], [], mode in ("dynamic", "float16", "float32")
    for resolver in RESOLVERS:
        try:
            theirs.append(litert(path, rows, resolver))
        except (RuntimeError, ValueError) as error:
            problems.append(f"LiteRT: {' '.join(str(error).split())[:200]}")
    kind = "float" if is_float else "integer"
    if any(is_equal(ours, found) for found in theirs):
        check(name, "", (f"{kind} files with LiteRT's bytes",))
    elif theirs:
        problem, inexact = by_operators(path, values)
        check(name, problem, (f"{kind} files within the bounds of ulps.json", *(f"  {operator}" for operator in inexact)))
    else:
        check(name, "; ".join(problems))
    if theirs and mode in ("float16", "float32"):
        ours, _ = run_octet(path, data, folder, *scaling)
        check(f"{name} by default", min((far_apart(ours, found) for found in theirs), key=len))


def layer(case, folder, shared):
    source = next((os.path.join(folder, f) for f in ("model.h5", "model.keras") if os.path.exists(os.path.join(folder, f))), None)
    files = sorted(os.path.join(folder, f) for f in os.listdir(folder) if f.startswith("calib_"))
    if source is None or not files:
        return
    names = [port["name"] for port in json.loads(octet("inspect", source, "--json"))["inputs"]]
    data = files[0] if len(files) == 1 else ",".join(f"{n}={f}" for n, f in zip(names, files))
    written = {}
    for mode, options in MODES.items():
        path = os.path.join(shared, f"{mode}.tflite")
        try:
            octet("quantize", source, "--data", data, "--samples", "all", "--no-evaluate", "-o", path, *options)
            written[mode] = path
            run_here_and_there(f"{case} {mode}", path, data, mode, shared)
        except (RuntimeError, ValueError) as error:
            if "LiteRT has no" not in str(error) and "the model has no operators" not in str(error):
                check(f"{case} {mode}", error)
    theirs = os.path.join(folder, "int8.tflite")
    if os.path.exists(theirs) and not batch.problem(theirs):
        for mode, path in written.items():
            check(f"{case} {mode} batch", batch.problem(path), ("files that take two samples at a time, as TensorFlow's do",))
    if "int8" not in written:
        return
    sources = {"float.tflite": os.path.join(folder, "float.tflite"), "our float32 file": written.get("float32", "")}
    for name, path in sources.items():
        if not os.path.exists(path):
            continue
        try:
            theirs = [port["name"] for port in json.loads(octet("inspect", path, "--json"))["inputs"]]
            order = CONFORMANCE.in_our_words(theirs, names) # the same inputs under the names of the Keras file
            again = data if len(files) == 1 else ",".join(f"{n}={files[names.index(o)]}" for n, o in zip(theirs, order))
            target = os.path.join(shared, "again.tflite")
            octet("quantize", path, "--data", again, "--samples", "all", "--no-evaluate", "-o", target)
            one = [CONFORMANCE.for_one_sample(path) for path in (target, CONFORMANCE.reorder_inputs(written["int8"], order))]
            check(f"{case} from {name}", compare(*one))
        except (RuntimeError, ValueError) as error:
            check(f"{case} from {name}", error)


def model(name, folder):
    source, data = (os.path.join(SHARED, "models", name, f) for f in ("model.h5", "calib.npy"))
    with open(os.path.join(SHARED, "models", name, "preprocess.json"), encoding="utf-8") as f:
        preprocess = json.load(f)
    scaling = ["--scale", str(preprocess["scale"]), "--offset", str(preprocess["offset"])] if preprocess["scale"] else []
    for mode, options in MODES.items():
        path = os.path.join(folder, f"{mode}.tflite")
        try:
            octet("quantize", source, "--data", data, "--samples", "all", "--no-evaluate", "-o", path, *scaling, *options)
            run_here_and_there(f"{name} {mode}", path, data, mode, folder, scaling)
        except (RuntimeError, ValueError) as error:
            check(f"{name} {mode}", error)


def mnist(folder):
    golden, images = os.path.join(SHARED, "golden", "mnist"), os.path.join(SHARED, "data", "mnist")
    for family in ("fc", "cnn", "cnn_large"):
        for form in ("float", "f16"):
            ours = os.path.join(folder, "mnist.tflite")
            try:
                octet("quantize", os.path.join(golden, f"{family}_{form}.tflite"), "--data", images, "--indices",
                      os.path.join(golden, "calibration_indices.json"), "--no-evaluate", "-o", ours)
                if form == "float":
                    check(f"mnist {family} from {form}", compare(ours, os.path.join(golden, f"{family}_int8.tflite")))
                    octet("quantize", os.path.join(SHARED, "models", "mnist", f"mnist_{family}_k2.h5"), "--data", images, "--indices",
                          os.path.join(golden, "calibration_indices.json"), "--no-evaluate", "-o", os.path.join(folder, "keras.tflite"))
                    check(f"mnist {family} from {form} and from Keras", compare(ours, os.path.join(folder, "keras.tflite")))
            except RuntimeError as error:
                check(f"mnist {family} from {form}", error)
    for file in sorted(f for f in os.listdir(golden) if f.endswith(".tflite") and "_calib" not in f):
        path = os.path.join(golden, file)
        try:
            json.loads(octet("inspect", path, "--json"))
            right = json.loads(octet("evaluate", path, "--data", images, "--limit", "500", "--json"))["accuracy"]
            check(f"mnist {file} evaluate", "" if right > 0.95 else f"accuracy {right}")
        except RuntimeError as error:
            check(f"mnist {file}", error)


def job(case):
    """Everything about one layer case, one model, or MNIST: what check() was told."""
    results.clear()
    with tempfile.TemporaryDirectory() as folder:
        if case == "mnist":
            mnist(folder)
        elif case in MODELS:
            model(case, folder)
        else:
            layer(case, os.path.join(SHARED, "golden", "layers", case), folder)
    return list(results)


def main(only, every):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "sweep.json"), encoding="utf-8") as f:
        reasons = json.load(f)
    passed = failed = known = 0
    totals = collections.Counter()
    cases = [c for c in ["mnist", *MODELS, *sorted(os.listdir(os.path.join(SHARED, "golden", "layers")))] if only in c][::every]
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for done in pool.imap(job, cases):
            for name, problem, counts in done:
                if not problem:
                    totals.update(counts)
                expected = bool(problem) and name in reasons
                passed, failed, known = passed + (not problem), failed + (bool(problem) and not expected), known + expected
                if problem and not expected:
                    print(f"FAIL {name}: {problem}", flush=True)
    for label, count in sorted(totals.items(), key=lambda item: (item[0].startswith(" "), item[0])):
        print(f"{count:5} {label}")
    print(f"{passed} passed, {failed} failed; {known} more differ for a reason in sweep.json")
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octet")
    parser.add_argument("shared")
    parser.add_argument("--only", default="")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take one case in N")
    arguments = parser.parse_args()
    octet, SHARED = suite.Octet(arguments.octet), arguments.shared
    compare = suite.Comparison(SHARED)
    CONFORMANCE = suite.module_from(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance", "conformance.py"))
    sys.exit(main(arguments.only, arguments.every))
