#!/usr/bin/env python3
"""Run octet over the cases of public bug reports, and say figure by figure what it was before and is now.

usage: cases.py OCTET SHARED [--only SUBSTRING] [--table] [--verbose]
needs: pip install ai-edge-litert numpy

cases.json holds a row per figure of SHARED/cases: the case, what is measured, the figure before, the value that its case.md calls right, and
the arguments of the measure, which is one of
  sqnr     quantize a model; the lowest signal-to-noise ratio of its outputs, or that of one, against Keras's is at least the right one,
           less 0.5 dB for samples that case.md does not name; octet and LiteRT give the same bytes
  float    the float output is within 1e-5 (relative to the largest output) of Keras's own
  equal    the int8 file agrees with TensorFlow's by SHARED/tools/compare_tflite.py
  litert   LiteRT gives the bytes of octet on octet's file
  command  octet ends with an exit code; its text says some things and never others; the file that it writes has operators and lacks others
  agree    check says of the model what it says of the file that quantize writes with that target
  kept     octet refuses to write over its own data, which stay as they are
  values   each of some columns of the outputs takes more than some number of values in int8
With --table instead: a row for each Keras layer case and model of SHARED that TensorFlow converted, with the SQNR of octet's int8 file and that
of TensorFlow's on the same samples (the calibration samples of a layer case, the test samples of a model) against octet's float output; then the mean
gain and the worst loss, which may be 0.1 dB. A case passes when it loses no more. Where an output has fewer than 4,096 numbers, from which its noise
is known to 0.1 dB, both files run further samples: the given ones, each number moved by up to two steps of 8 bits, so that it is rounded otherwise
(as long as an input gets no more than 4 million numbers).
Exit status 1 when a row fails. The last line is "N passed, N failed".
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert import schema_py_generated as schema

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "conformance"))
import conformance

SLACK_DB = 0.5
LOSS_DB = 0.1
JUDGED_NUMBERS = 4096 # of an output: their mean square is known to 2 %, that is 0.1 dB
MOST_GIVEN = 1 << 22 # numbers of an input, over all samples
SATURATED_DB = 200.0 # what an exact output counts as


def sqnr_db(ours, reference):
    """Signal-to-noise ratio of an output in dB."""
    reference = reference.astype(np.float64).reshape(-1)
    noise = np.sum((ours.astype(np.float64).reshape(-1) - reference) ** 2)
    signal = np.sum(reference**2)
    return SATURATED_DB if noise == 0 else float(10 * np.log10(max(signal, 1e-300) / noise))


def enough_samples(arrays, n_numbers):
    """The given samples, whose outputs have n_numbers, and where that is fewer than JUDGED_NUMBERS more of them: given ones, each number of which is
    moved by up to two steps of 8 bits, so that it is rounded otherwise while ranges stay what they are. An integer is taken from another sample.
    An input has at most MOST_GIVEN numbers."""
    n = len(arrays[0])
    wanted = min(-(-JUDGED_NUMBERS * n // max(1, n_numbers)), MOST_GIVEN // max(a[0].size for a in arrays))
    if wanted <= n:
        return arrays
    rng = np.random.default_rng(0)
    chosen, more = np.resize(np.arange(n), wanted - n), []
    for a in arrays:
        if a.dtype.kind == "f":
            step = (float(a.max()) - float(a.min())) / 255
            moved = a[chosen] + rng.uniform(-2 * step, 2 * step, (len(chosen), *a.shape[1:]))
            more.append(np.clip(moved, a.min(), a.max()).astype(a.dtype))
        else:
            more.append(np.take_along_axis(a.reshape(n, -1), rng.integers(n, size=(len(chosen), a[0].size)), 0).reshape(-1, *a.shape[1:]))
    return [np.concatenate([a, m]) for a, m in zip(arrays, more)]


def operators(path):
    """Names of the operators of a .tflite, in order."""
    names = {v: k for k, v in vars(schema.BuiltinOperator).items() if not k.startswith("_")}
    model = schema.ModelT.InitFromPackedBuf(open(path, "rb").read(), 0)
    codes = [max(c.builtinCode, c.deprecatedBuiltinCode) for c in model.operatorCodes]
    return [names[codes[o.opcodeIndex]] for graph in model.subgraphs for o in graph.operators]


class Bench:
    """The octet command in the folder of a case, and a folder for what it writes."""

    def __init__(self, tool, shared, case, out):
        self.tool, self.shared, self.folder, self.out = tool, shared, os.path.join(shared, "cases", case), out

    def path(self, name):
        return os.path.join(self.folder, name)

    def octet(self, arguments):
        """Exit code and text of a command in which {case} and {out} stand for the folders."""
        words = [w.format(case=self.folder, out=self.out) for w in arguments.split()]
        done = subprocess.run([self.tool.path, *words], capture_output=True, text=True, timeout=300)
        return done.returncode, done.stdout + done.stderr

    def quantized(self, model, data, options=""):
        target = os.path.join(self.out, "q.tflite")
        self.tool("quantize", self.path(model), "--data", self.path(data), "--samples", "all", "--no-evaluate", "-o", target, *options.split())
        return target

    def outputs(self, model, data, *extra):
        target = os.path.join(self.out, "y.npy")
        if os.path.isdir(target):
            shutil.rmtree(target)
        return conformance.run_outputs(self.tool, model, [], [self.path(data)], self.out, "y", extra)

    def litert(self, path, data):
        """'' when LiteRT gives octet's bytes for the first samples."""
        samples = np.load(self.path(data))[:4]
        np.save(os.path.join(self.out, "first.npy"), samples)
        mine = self.outputs(path, os.path.join(self.out, "first.npy"))
        for k in range(len(samples)):
            theirs = conformance.run_litert(path, conformance.tensorflow_names(path), [samples[k:k + 1]])
            tolerance = [1e-4 * float(np.abs(m).max()) if m.dtype == np.float32 else 0 for m in mine] # sums of floats are not bytes
            problems = [conformance.same_bytes([m[k:k + 1]], [t], limit) for m, t, limit in zip(mine, theirs, tolerance)]
            if any(problems):
                return f"LiteRT: {'; '.join(filter(None, problems))}"
        return ""


def measure_sqnr(bench, row):
    path = bench.quantized(row["model"], row["data"], row.get("options", ""))
    mine = bench.outputs(path, row["data"], "--real")
    if row.get("expected"):
        wanted = [np.load(bench.path(f)) for f in row["expected"]]
    else:
        wanted = bench.outputs(bench.path(row["model"]), row["data"])
    ratios = [sqnr_db(m[:len(w)], w) for m, w in zip(mine, wanted)]
    worst = ratios[row["output"]] if "output" in row else min(ratios)
    problem = bench.litert(path, row["data"])
    return f"{worst:.1f} dB{'; ' + problem if problem else ''}", worst >= row["least"] - SLACK_DB and not problem


def measure_float(bench, row):
    mine = bench.outputs(bench.path(row["model"]), row["data"])
    wanted = [np.load(bench.path(f)) for f in row["expected"]]
    worst = max(float(np.abs(m.reshape(-1)[:w.size] - w.reshape(-1)).max() / max(1e-30, np.abs(w).max())) for m, w in zip(mine, wanted))
    return f"off by {worst:.1g}", worst <= 1e-5


def measure_equal(bench, row):
    path = bench.quantized(row["model"], row["data"], row.get("options", ""))
    compare = conformance.load_compare(bench.shared)
    problem = conformance.compare_files(compare, path, bench.path(row["reference"]), False)
    return problem or "equal", not problem


def measure_litert(bench, row):
    problem = bench.litert(bench.quantized(row["model"], row["data"], row.get("options", "")), row["data"])
    return problem or "equal bytes", not problem


def measure_command(bench, row):
    status, text = bench.octet(row["command"])
    wrong = [f"exit {status}: {text.strip().splitlines()[-1]}" if text.strip() else f"exit {status}"] if status not in row["exits"] else []
    wrong += [f"does not say {p!r}" for p in row.get("says", []) if not re.search(p, text, re.S)]
    wrong += [f"says {p!r}" for p in row.get("never", []) if re.search(p, text, re.S)]
    if "longest" in row and len(text) > row["longest"]:
        wrong.append(f"{len(text)} characters")
    if "has" in row or "lacks" in row:
        written = operators(os.path.join(bench.out, "q.tflite")) if status in (0, 1) else []
        wrong += [f"no {n} in the file" for n in row.get("has", []) if n not in written]
        wrong += [f"{n} in the file" for n in row.get("lacks", []) if n in written]
    return "; ".join(wrong) or "right", not wrong


def measure_agree(bench, row):
    path = bench.quantized(row["model"], row["data"], f"--target {row['target']}")
    before, after = (bench.octet(f"check {p} --target {row['target']}")[0] for p in (bench.path(row["model"]), path))
    return f"exit {before} for the model, {after} for the file", before == after == row.get("exit", after)


def measure_kept(bench, row):
    mine = os.path.join(bench.out, "copy.npy")
    shutil.copy(bench.path(row["data"]), mine)
    os.chmod(mine, 0o644)
    status, text = bench.octet(row["command"])
    same = open(mine, "rb").read() == open(bench.path(row["data"]), "rb").read()
    return f"exit {status}, {'kept' if same else 'lost'}", status > 1 and same and "copy.npy" in text


def measure_values(bench, row):
    path = bench.quantized(row["model"], row["data"], row.get("options", ""))
    mine = [o.reshape(-1, o.shape[-1]) for o in bench.outputs(path, row["data"])]
    columns = np.concatenate(mine, axis=1) if len({len(m) for m in mine}) == 1 else mine[-1]
    fewest = min(len(np.unique(columns[:, k])) for k in row["columns"])
    return f"{fewest} values", fewest > row["more_than"]


MEASURES = {name[8:]: f for name, f in list(globals().items()) if name.startswith("measure_")}


def run_cases(tool, shared, only, verbose):
    with open(os.path.join(HERE, "cases.json"), encoding="utf-8") as f:
        rows = json.load(f)
    missing = set(os.listdir(os.path.join(shared, "cases"))) - {row["case"] for row in rows}
    passed, failed = 0, len(missing)
    for row in rows:
        if only not in row["case"]:
            continue
        with tempfile.TemporaryDirectory() as out:
            try:
                now, ok = MEASURES[row["measure"]](Bench(tool, shared, row["case"], out), row)
            except (RuntimeError, ValueError, OSError, KeyError) as error:
                now, ok = str(error), False
        passed, failed = passed + ok, failed + (not ok)
        now = now if verbose else now[:160]
        print(f"{'ok  ' if ok else 'FAIL'} {row['case']}: {row['what']}: before {row['before']}, right {row['right']}, now {now}", flush=True)
    for name in sorted(missing):
        print(f"FAIL {name}: no row in cases.json")
    return passed, failed


def run_table(tool, shared, only):
    """SQNR of octet's and of TensorFlow's int8 file on the same samples; the lowest of the outputs."""
    gains = {}
    print("| case | TensorFlow dB | octet dB | gain |\n| --- | --- | --- | --- |")
    stored = [(case, ["--samples", "all"]) for case in [*conformance.layer_cases(shared), *conformance.model_cases(shared)]]
    for case, options in stored + list(mnist_cases(shared)):
        if only not in case.name or not os.path.exists(case.reference):
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                theirs, ours = table_row(tool, case, folder, options)
            except (RuntimeError, ValueError) as error:
                gains[case.name] = -SATURATED_DB
                print(f"| {case.name} | {str(error)[:160]} | | |", flush=True)
                continue
        gains[case.name] = ours - theirs
        print(f"| {case.name} | {theirs:.1f} | {ours:.1f} | {ours - theirs:+.1f} |", flush=True)
    worst = min(gains, key=gains.get)
    print(f"\nmean gain {np.mean(list(gains.values())):+.2f} dB; lowest {worst} {gains[worst]:+.2f} dB, at least {-LOSS_DB} dB allowed")
    failed = sum(g < -LOSS_DB for g in gains.values())
    return len(gains) - failed, failed


def mnist_cases(shared):
    """The MNIST models with TensorFlow's files of their kind, the calibration samples of these, and the test images."""
    golden, images = os.path.join(shared, "golden", "mnist"), os.path.join(shared, "data", "mnist")
    options = ["--indices", os.path.join(golden, "calibration_indices.json")]
    for name in sorted(os.listdir(os.path.join(shared, "models", "mnist"))):
        reference = os.path.join(golden, name.rpartition(".")[0][len("mnist_"):].removesuffix("_k2") + "_int8.tflite")
        yield conformance.Case(name, os.path.join(shared, "models", "mnist", name), [images], [], [], reference, [], []), options


def enlarged(files, n_numbers, folder):
    """Files of enough samples."""
    targets = [os.path.join(folder, f"enough_{i}.npy") for i in range(len(files))]
    for target, array in zip(targets, enough_samples([np.load(f) for f in files], n_numbers)):
        np.save(target, array)
    return targets


def table_row(tool, case, folder, options):
    keras_names = [port["name"] for port in json.loads(tool("inspect", case.source, "--json"))["inputs"]]
    theirs_names = conformance.tensorflow_names(case.reference)
    names = conformance.in_our_words(theirs_names, keras_names)
    samples = case.calibration if case.scale is None else case.float_in
    ours = os.path.join(folder, "ours.tflite")
    fitting = conformance.fitting_names(tool, case.source, names, case.calibration)
    tool("quantize", case.source, "--data", conformance.data_argument(fitting, case.calibration), "-o", ours, "--no-evaluate", *options, *case.scaling())
    run = lambda path, n, stem, *more: conformance.run_outputs(tool, path, n, samples, folder, stem, [*case.scaling(), *more])
    wanted = run(case.source, names, "float")
    if min(w.size for w in wanted) < JUDGED_NUMBERS:
        samples = enlarged(samples, min(w.size for w in wanted), folder)
        wanted = run(case.source, names, "enough")
    mine, theirs = run(ours, names, "ours", "--real"), run(case.reference, theirs_names, "theirs", "--real")
    return tuple(min(sqnr_db(o, w) for o, w in zip(outputs, wanted)) for outputs in (theirs, mine))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octet")
    parser.add_argument("shared")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--table", action="store_true", help="SQNR against TensorFlow's files instead of the cases")
    parser.add_argument("--verbose", action="store_true", help="do not shorten what is wrong")
    args = parser.parse_args()
    tool = conformance.Tool(args.octet)
    if args.table:
        passed, failed = run_table(tool, args.shared, args.only)
    else:
        passed, failed = run_cases(tool, args.shared, args.only, args.verbose)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
