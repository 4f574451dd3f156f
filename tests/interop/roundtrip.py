#!/usr/bin/env python3
"""Reads every .tflite of the reference files with octet, writes it again, and checks that LiteRT sees the same model.

usage: roundtrip.py TFLITE_ROUNDTRIP SHARED [--filter TEXT] [--keep FOLDER]
  TFLITE_ROUNDTRIP  the helper that CMake builds from tests/interop/tflite_roundtrip.c
  SHARED            folder with golden/ and models/
needs: pip install ai-edge-litert numpy

Per file: the interpreter loads it; inputs and outputs have the same shapes, types and quantization; the same random inputs
give the same bytes with the reference kernels (or the built-in ones where the reference kernels refuse the original);
octet's file read and written once more is identical. Exit status 0 when all files pass or are refused for a stated reason.
"""
import argparse
import collections
import os
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert import interpreter as litert

RESOLVERS = litert.OpResolverType.BUILTIN_REF, litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
# What octet does not read, with the words it must say.
REFUSED = {"subgraphs": "the model has", "broadcast": "BROADCAST_TO does not fit"}


def prepare(path, resolver):
    model = litert.Interpreter(model_path=path, experimental_op_resolver_type=resolver)
    model.allocate_tensors()
    return model


def run(model, seed):
    random = np.random.default_rng(seed)
    for detail in model.get_input_details():
        shape, kind = detail["shape"], detail["dtype"]
        if np.issubdtype(kind, np.floating):
            data = random.normal(0, 1, shape).astype(kind)
        else:
            limits = np.iinfo(kind)
            data = random.integers(limits.min, limits.max, shape, endpoint=True, dtype=kind)
        model.set_tensor(detail["index"], data)
    model.invoke()
    return [model.get_tensor(d["index"]) for d in model.get_output_details()]


def describe(details):
    result = []
    for d in details:
        q = d["quantization_parameters"]
        result.append((tuple(int(x) for x in d["shape"]), np.dtype(d["dtype"]).str, tuple(q["scales"].tolist()), tuple(q["zero_points"].tolist())))
    return result


def check(original, ours):
    """None, or what is wrong."""
    reason = None
    for resolver in RESOLVERS:
        try:
            a = prepare(original, resolver)
            expected = [run(a, seed) for seed in range(2)]
        except (RuntimeError, ValueError) as error:
            reason = str(error).split("\n")[0]
            continue
        try:
            b = prepare(ours, resolver)
            got = [run(b, seed) for seed in range(2)]
        except (RuntimeError, ValueError) as error:
            return "octet's file does not run: " + str(error).split("\n")[0]
        for name, x, y in (("inputs", a.get_input_details(), b.get_input_details()), ("outputs", a.get_output_details(), b.get_output_details())):
            if describe(x) != describe(y):
                return f"{name}: {describe(x)} became {describe(y)}"
        names = [sorted(m.get_signature_list().get("serving_default", {}).get("inputs", [])) for m in (a, b)]
        if names[0] and names[0] != names[1]:
            return f"signature inputs {names[0]} became {names[1]}"
        for x, y in zip(expected, got):
            for p, q in zip(x, y):
                if p.shape != q.shape or p.tobytes() != q.tobytes():
                    return "outputs differ"
        return None
    return "skipped: LiteRT does not run the original: " + (reason or "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("helper")
    parser.add_argument("shared")
    parser.add_argument("--filter", default="")
    parser.add_argument("--keep")
    args = parser.parse_args()
    files = []
    for root in "golden", "models":
        for folder, _, names in os.walk(os.path.join(args.shared, root)):
            files += [os.path.join(folder, n) for n in names if n.endswith(".tflite")]
    files = sorted(f for f in files if args.filter in f)
    folder = args.keep or tempfile.mkdtemp(prefix="octet_roundtrip_")
    os.makedirs(folder, exist_ok=True)
    outs = [os.path.join(folder, os.path.relpath(f, args.shared).replace("/", "__")) for f in files]
    twice = [o[:-7] + ".again" for o in outs]

    def convert(sources, targets):
        words = [w for pair in zip(sources, targets) for w in pair]
        text = subprocess.run([args.helper] + words, capture_output=True, text=True, check=True).stdout
        return {line.split(" ", 2)[1]: line for line in text.splitlines()}

    first = convert(files, outs)
    second = convert([o for o in outs if os.path.exists(o)], [t for o, t in zip(outs, twice) if os.path.exists(o)])
    totals, bad = collections.Counter(), 0
    for f, o, t in zip(files, outs, twice):
        line = first[f]
        if not line.startswith("OK"):
            if any(text in line for text in REFUSED.values()):
                totals["refused with a reason"] += 1
            else:
                bad += 1
                print(f"FAIL {f}: {line}")
            continue
        problem = check(f, o)
        if problem is None and (not second[o].startswith("OK") or open(o, "rb").read() != open(t, "rb").read()):
            problem = "reading and writing again changes the file: " + second[o]
        if problem and problem.startswith("skipped"):
            totals["not run by LiteRT itself"] += 1
        elif problem:
            bad += 1
            print(f"FAIL {f}: {problem}")
        else:
            totals["equal"] += 1
    print(f"{len(files)} files: " + ", ".join(f"{n} {k}" for k, n in totals.items()) + f", {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
