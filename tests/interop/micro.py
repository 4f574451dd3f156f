#!/usr/bin/env python3
"""What octet writes for tflite-micro, run by tflite-micro.

usage: micro.py OCTET SHARED [--only SUBSTRING]
needs: pip install tflite-micro ai-edge-litert numpy

The MNIST models and the models of SHARED/models are quantized with --target tflm and run on the first test samples; every layer case of
SHARED/golden/layers that `octet check --target tflm` calls supported is quantized and run on its calibration samples. tflite-micro must load
each file and give the bytes of `octet run --numerics integer`, and so must the C of `octet export` where the file has a C form: of every
fourth file, or of all with ALL=1 in the environment. Each file is run in a child process, since tflite-micro ends the process on some
errors. A case in micro.json may differ by as many steps as it says, for the reason given there. Last line: "N passed, N failed".
"""
import argparse
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert import schema_py_generated as schema

import suite

sys.path.insert(1, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "device"))
from library import Library

N = 20
UNSUPPORTED = 6  # exit code
EXAMINED, EXPORTED = [], []
check = suite.Checks()


def is_there():
    return importlib.util.find_spec("tflite_micro") is not None


def micro(path, folder):
    """Runs in the child: feeds folder/x0.npy, x1.npy... row by row, writes folder/y0.npy, y1.npy..."""
    from tflite_micro import runtime
    files = sorted(f for f in os.listdir(folder) if re.fullmatch(r"x\d+\.npy", f))
    rows = [np.load(os.path.join(folder, f)) for f in files]
    out = []
    interpreter = runtime.Interpreter.from_file(path, arena_size=32 << 20)
    with open(path, "rb") as f:
        n_outputs = len(schema.ModelT.InitFromPackedBuf(f.read(), 0).subgraphs[0].outputs)
    for i in range(rows[0].shape[0]):
        interpreter.reset() # state of an LSTM starts from zero for each sample
        for k, x in enumerate(rows):
            interpreter.set_input(np.ascontiguousarray(x[i]).reshape(interpreter.get_input_details(k)["shape"]), k)
        interpreter.invoke()
        out.append([np.array(interpreter.get_output(k)) for k in range(n_outputs)])
    for k, parts in enumerate(zip(*out)):
        np.save(os.path.join(folder, f"y{k}.npy"), np.concatenate(parts))


def in_child(path, folder):
    """The outputs of tflite-micro for folder/x0.npy, x1.npy, ..., the inputs in the file's order."""
    done = subprocess.run([sys.executable, os.path.abspath(__file__), "--child", path, folder], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise RuntimeError(f"tflite-micro: {' '.join((done.stderr or done.stdout).strip().splitlines()[-3:])[-300:]} (exit code {done.returncode})")
    files = [f for f in os.listdir(folder) if re.fullmatch(r"y\d+\.npy", f)]
    return [np.load(os.path.join(folder, f"y{k}.npy")) for k in range(len(files))]


def examine(source, data, samples, options, folder, tolerance):
    """data, samples: what --data takes, to calibrate with and to run; '' or what differs."""
    path, dump, target = (os.path.join(folder, f) for f in ("model.tflite", "dump", "y"))
    octet("quantize", source, "--data", data, "--target", "tflm", "--no-evaluate", "-o", path, *options["quantize"])
    octet("run", path, "--input", samples, "--limit", str(N), "--numerics", "integer", "--dump", dump, "-o", target + ".npy", *options["run"])
    ours = [target + ".npy"]
    if os.path.isdir(ours[0]):
        ours = [os.path.join(ours[0], f) for f in sorted(os.listdir(ours[0]))]
    described = json.loads(octet("inspect", path, "--json"))
    dumped = sorted(os.listdir(dump))
    for k, port in enumerate(described["inputs"]):
        np.save(os.path.join(folder, f"x{k}.npy"), np.load(os.path.join(dump, next(f for f in dumped if int(f.split("_")[0]) == port["tensor"]))))
    theirs = in_child(path, folder)
    problems = [differ(np.load(a), b, tolerance) for a, b in zip(ours, theirs)]
    EXAMINED.append(path)
    exported = in_c(path, folder) if "ALL" in os.environ or len(EXAMINED) % 4 == 1 else []
    problems += [differ(a.reshape(b.shape), b, tolerance) and "in C: " + differ(a.reshape(b.shape), b, tolerance) for a, b in zip(exported, theirs)]
    return "; ".join(p for p in problems if p)


def in_c(path, folder):
    """The outputs of exported C for folder/x0.npy, ...; none where the file has no C form."""
    where = os.path.join(folder, "c")
    done = subprocess.run([octet.path, "export", path, "--c", "--name", "net", "-o", where, "--no-verify"], capture_output=True, text=True, timeout=60)
    if done.returncode == UNSUPPORTED or "needs samples to calibrate" in done.stderr:  # without a layer to quantize a model stays float
        return []
    if done.returncode:
        raise RuntimeError(f"export: {done.stderr.strip()}")
    library = Library(where)
    rows = [np.load(os.path.join(folder, f)) for f in sorted(f for f in os.listdir(folder) if re.fullmatch(r"x\d+\.npy", f))]
    results = [library.run([np.ascontiguousarray(x[i]).tobytes() for x in rows]) for i in range(rows[0].shape[0])]
    types = [np.dtype(kind[:-2]) for is_input, kind, _ in library.ports if not is_input]
    EXPORTED.append(path)
    return [np.concatenate([np.frombuffer(result[k], kind) for result in results]) for k, kind in enumerate(types)]


def differ(ours, theirs, tolerance):
    if ours.dtype != theirs.dtype or ours.size != theirs.size:
        return f"{theirs.dtype}{theirs.shape} against octet's {ours.dtype}{ours.shape}"
    a, b = ours.reshape(-1), theirs.reshape(-1)
    worst = np.abs(a.astype(float) - b.astype(float)).max(initial=0)
    return "" if worst <= tolerance else f"{int((a != b).sum())} of {a.size} differ, by up to {worst}"


def attempt(name, source, data, samples, options):
    with tempfile.TemporaryDirectory() as folder:
        try:
            check(name, examine(source, data, samples, options, folder, REASONS[name][0] if name in REASONS else 0))
        except (RuntimeError, ValueError, subprocess.TimeoutExpired) as error:
            check(name, error)


def main(only):
    images = os.path.join(SHARED, "data", "mnist")
    for family in ("fc_k2", "cnn_k2", "cnn_large_k2", "fc_k3", "cnn_k3", "cnn_large_k3"):
        if only in family:
            attempt(f"mnist {family}", os.path.join(SHARED, "models", "mnist", f"mnist_{family}.h5"), images, images, {"quantize": [], "run": []})
    for model in sorted(os.listdir(os.path.join(SHARED, "models"))):
        folder = os.path.join(SHARED, "models", model)
        if only in model and os.path.exists(os.path.join(folder, "calib.npy")):
            with open(os.path.join(folder, "preprocess.json"), encoding="utf-8") as f:
                scaling = json.load(f)
            options = [] if scaling["scale"] is None else ["--scale", repr(scaling["scale"]), "--offset", repr(scaling["offset"])]
            attempt(model, os.path.join(folder, "model.h5"), os.path.join(folder, "calib.npy"), os.path.join(folder, "test.npy"),
                    {"quantize": options, "run": options})
    refused = 0
    for case in sorted(os.listdir(os.path.join(SHARED, "golden", "layers"))):
        folder = os.path.join(SHARED, "golden", "layers", case)
        source = next((os.path.join(folder, f) for f in ("model.h5", "model.keras") if os.path.exists(os.path.join(folder, f))), None)
        if source is None or only not in case:
            continue
        verdict = subprocess.run([octet.path, "check", source, "--target", "tflm", "--json"], capture_output=True, text=True, timeout=60)
        if verdict.returncode:
            refused += 1
            continue
        files = sorted(os.path.join(folder, f) for f in os.listdir(folder) if f.startswith("calib_"))
        names = [port["name"] for port in json.loads(octet("inspect", source, "--json"))["inputs"]]
        data = files[0] if len(files) == 1 else ",".join(f"{n}={f}" for n, f in zip(names, files))
        attempt(f"layer {case}", source, data, data, {"quantize": ["--samples", "all"], "run": []})
    print(f"{refused} layer cases that octet check --target tflm refuses were left out; {len(EXPORTED)} files ran as C too")
    return check.finish()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        sys.exit(micro(*sys.argv[2:4]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octet")
    parser.add_argument("shared")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    octet, SHARED = suite.Octet(arguments.octet), arguments.shared
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "micro.json"), encoding="utf-8") as file:
        REASONS = json.load(file)
    sys.exit(main(arguments.only))
