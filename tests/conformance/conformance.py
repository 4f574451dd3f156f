#!/usr/bin/env python3
"""Run octet over Keras models that TensorFlow converted, and say case by case how the results compare.

usage: conformance.py OCTET SHARED [--only SUBSTRING] [--strict] [--table FILE.md] [--verbose]
needs: pip install ai-edge-litert numpy

For every folder of SHARED/golden/layers that holds a Keras file, and every model of SHARED/models:
  loads   octet reads the file
  float   octet's float output is within 1e-5 (relative to the largest output) of Keras's own
  file    octet's int8 file agrees with TensorFlow's by SHARED/tools/compare_tflite.py; a case that was also converted with a
          static batch (k2s_, k3s_) is compared with that, after what serves more samples than one is taken out of octet's
  bytes   octet's int8 output on the stored input equals TensorFlow's, byte for byte, through octet's own file
  theirs  the same through octet's interpreter on TensorFlow's file
  litert  LiteRT's reference kernels give octet's bytes on octet's file (its built-in kernels where it has no reference kernel)
A case that does not agree has a documented better form in better.json (a sentence per case and column) or fails.
With --strict octet is asked for --strict-tensorflow, and the forms that it is documented to turn off are none.
Exit status 1 when a case fails. The last line is "N passed, N failed".
"""
import argparse
import contextlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

COLUMNS = ("loads", "float", "file", "bytes", "theirs", "litert")


def load_compare(shared):
    spec = importlib.util.spec_from_file_location("compare_tflite", os.path.join(shared, "tools", "compare_tflite.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE_HEAD = """# Conformance

This page compares octet with TensorFlow 2.21 and LiteRT 2.3, case by case: {passed} of {total} cases pass. A case is a Keras layer or a whole model that
TensorFlow converted to int8. `make conformance` compares them; `tests/conformance/conformance.py --table` writes this page.

| column | what is compared |
| --- | --- |
| loads | octet reads the Keras file |
| float | octet's float output with Keras's, within 1e-5 of the largest output |
| file | octet's int8 file with TensorFlow's |
| bytes | octet's int8 output with TensorFlow's, byte for byte; octet runs its own file |
| theirs | the same; octet runs TensorFlow's file |
| litert | octet's int8 output with that of LiteRT's reference kernels (or built-in ones, where it has no other); LiteRT runs octet's file |

`yes` means equal. `better` means different on purpose; the note says why. `-` means that the column does not apply, or that there is nothing to
compare with.

The table is about int8. `make interop-shared` (tests/interop/sweep.py) runs octet's files of all modes in LiteRT, for the layer cases and five
models:

- Each int8, uint8 and int16x8 file gives LiteRT's bytes, except int16x8 files with operators in float.
- Of 717 float32, float16 and dynamic-range files, 647 give LiteRT's bytes with `--float-order plain`. In the other 70, every operator gives LiteRT's
  bytes or stays within the bound that [operators.md](operators.md) states for it. Only TANH, GELU, ELU and UNIDIRECTIONAL_SEQUENCE_LSTM differ.

"""


class Tool:
    """The octet command."""

    def __init__(self, path):
        self.path = path

    def __call__(self, *args):
        done = subprocess.run([self.path, *args], capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}")
        return done.stdout


def tensorflow_names(path):
    """Signature names of a .tflite's inputs, in graph order."""
    model = schema.ModelT.InitFromPackedBuf(open(path, "rb").read(), 0)
    graph = model.subgraphs[0]
    by_tensor = {}
    for signature in model.signatureDefs or []:
        for entry in signature.inputs:
            by_tensor[entry.tensorIndex] = entry.name.decode()
    return [by_tensor.get(i, graph.tensors[i].name.decode()) for i in graph.inputs]


def number(name):
    """The trailing number of a name: TensorFlow calls the input keras_tensor_7 that the Keras file calls input_layer_3."""
    return int(re.search(r"(\d*)$", name).group(1) or 0)


def in_our_words(theirs, ours):
    """The names of octet's inputs in TensorFlow's order, which follows a hash of the names."""
    if sorted(theirs) == sorted(ours):
        return theirs
    rank = {name: i for i, name in enumerate(sorted(theirs, key=number))}
    return [sorted(ours, key=number)[rank[name]] for name in theirs] if len(theirs) == len(ours) else ours


def data_argument(names, files):
    return files[0] if len(files) == 1 else ",".join(f"{n}={f}" for n, f in zip(names, files))


def numbered(folder, stem):
    files = []
    while os.path.exists(os.path.join(folder, f"{stem}_{len(files)}.npy")):
        files.append(os.path.join(folder, f"{stem}_{len(files)}.npy"))
    return files


def for_one_sample(path):
    """A copy of octet's .tflite in the form of one that takes one sample: what moves the batch only is a RESHAPE, and the shape of
    a TRANSPOSE_CONV a constant. octet writes an open batch as open, and is compared with TensorFlow's file for one sample."""
    model = schema.ModelT.InitFromPackedBuf(open(path, "rb").read(), 0)
    graph = model.subgraphs[0]
    code_of = lambda op: max(model.operatorCodes[op.opcodeIndex].builtinCode, model.operatorCodes[op.opcodeIndex].deprecatedBuiltinCode)
    reshape = schema.OperatorCodeT()
    reshape.builtinCode = reshape.deprecatedBuiltinCode = schema.BuiltinOperator.RESHAPE
    model.operatorCodes.append(reshape)
    for op in graph.operators:
        if code_of(op) == schema.BuiltinOperator.TRANSPOSE:
            order = np.frombuffer(bytes(bytearray(model.buffers[graph.tensors[op.inputs[1]].buffer].data)), np.int32)
            moved = [axis for axis in order if graph.tensors[op.inputs[0]].shape[axis] != 1]
            if moved == sorted(moved):
                op.opcodeIndex = len(model.operatorCodes) - 1
        elif code_of(op) == schema.BuiltinOperator.TRANSPOSE_CONV:
            stated = graph.tensors[op.inputs[0]]
            if model.buffers[stated.buffer].data is None:
                constant = schema.BufferT()
                constant.data = np.frombuffer(np.array(graph.tensors[op.outputs[0]].shape, np.int32).tobytes(), np.uint8)
                stated.buffer = len(model.buffers)
                model.buffers.append(constant)
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    with open(path + ".one", "wb") as f:
        f.write(bytes(builder.Output()))
    return path + ".one"


def compare_files(compare, ours, reference, is_static):
    """'' when the files agree, else the first difference."""
    text = io.StringIO()
    argv, sys.argv = sys.argv, ["compare", for_one_sample(ours) if is_static else ours, reference, "--verbose"]
    try:
        with contextlib.redirect_stdout(text):
            status = compare.main()
    finally:
        sys.argv = argv
    if status == 0:
        return ""
    lines = [line.strip() for line in text.getvalue().splitlines()]
    return "; ".join(lines[:3]) if lines[0].startswith("operators differ") else "; ".join(lines[1:3])


def reorder_inputs(path, names):
    """A copy of a .tflite with its inputs in the given order of signature names."""
    ours = tensorflow_names(path)
    if ours == names or sorted(ours) != sorted(names):
        return path
    model = schema.ModelT.InitFromPackedBuf(open(path, "rb").read(), 0)
    graph = model.subgraphs[0]
    graph.inputs = [graph.inputs[ours.index(n)] for n in names]
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    with open(path + ".reordered", "wb") as f:
        f.write(bytes(builder.Output()))
    return path + ".reordered"


def as_input(array, detail):
    """Float samples for an int8 input, rounded as octet rounds them."""
    if array.dtype != np.float32 or detail["dtype"] == np.float32:
        return array
    scale, zero_point = detail["quantization"]
    real = (array / np.float32(scale)).astype(np.float32).astype(np.float64)
    limits = np.iinfo(detail["dtype"])
    return np.clip(np.trunc(real + np.copysign(0.5, real)) + zero_point, limits.min, limits.max).astype(detail["dtype"])


def run_litert(path, names, arrays):
    last = None
    for resolver in (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            interpreter = Interpreter(model_path=path, experimental_op_resolver_type=resolver, num_threads=1)
            interpreter.allocate_tensors()
            for detail, name in zip(interpreter.get_input_details(), tensorflow_names(path)):
                interpreter.set_tensor(detail["index"], as_input(arrays[names.index(name)], detail))
            interpreter.invoke()
            return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]
        except (RuntimeError, ValueError) as error:
            last = error
    raise RuntimeError(f"LiteRT: {last}")


class Case:
    def __init__(self, name, source, calibration, float_in, float_out, reference, int8_in, int8_out, scale=None, offset=None, bytes_tolerance=0):
        self.name, self.source, self.calibration = name, source, calibration
        self.float_in, self.float_out = float_in, float_out
        self.reference, self.int8_in, self.int8_out = reference, int8_in, int8_out
        self.scale, self.offset, self.bytes_tolerance = scale, offset, bytes_tolerance
        self.is_static = os.path.basename(os.path.dirname(reference))[2:3] == "s"

    def scaling(self):
        return [] if self.scale is None else ["--scale", repr(self.scale), "--offset", repr(self.offset)]


def fitting_names(tool, model, names, files):
    """The names, exchanged where a file has the shape of another input only."""
    if len(files) < 2:
        return names
    inspected = json.loads(tool("inspect", model, "--json"))
    shapes = {port["name"]: inspected["tensors"][port["tensor"]]["shape"][1:] for port in inspected["inputs"]}
    wanted = [list(np.load(f, mmap_mode="r").shape[1:]) for f in files]
    if all(shapes.get(n) == w for n, w in zip(names, wanted)):
        return names
    fitting = [[n for n in shapes if shapes[n] == w] for w in wanted]
    return [f[0] for f in fitting] if all(len(f) == 1 for f in fitting) else names


def run_outputs(tool, model, names, files, folder, stem, extra=()):
    """octet run on arrays; the list of its outputs."""
    target = os.path.join(folder, stem + ".npy")
    names = fitting_names(tool, model, names, files)
    tool("run", model, "--input", data_argument(names, files), "-o", target, *extra)
    if os.path.isdir(target):
        return [np.load(os.path.join(target, f)) for f in sorted(os.listdir(target))]
    return [np.load(target)]


def same_bytes(ours, theirs, tolerance):
    for a, b in zip(ours, theirs):
        a, b = a.reshape(-1), b.reshape(-1)
        if a.dtype != b.dtype or a.size != b.size:
            return f"{a.size} values of {a.dtype}, reference {b.size} of {b.dtype}"
        difference = np.abs(a.astype(np.int64) - b.astype(np.int64)) if a.dtype.kind in "iu" else np.abs(a - b)
        if difference.max(initial=0) > tolerance:
            return f"{int((difference > 0).sum())} of {a.size} differ, by up to {difference.max()}"
    return ""


def examine(tool, compare, case, folder, options=()):
    """{column: '' (right) or what is wrong}; a column that does not apply is missing."""
    result = {}
    has_reference = case.reference is not None and os.path.exists(case.reference)
    try:
        inspected = json.loads(tool("inspect", case.source, "--json"))
        result["loads"] = ""
    except RuntimeError as error:
        return {"loads": str(error)}
    keras_names = [port["name"] for port in inspected["inputs"]]
    theirs_names = tensorflow_names(case.reference) if has_reference else keras_names
    names = in_our_words(theirs_names, keras_names)
    # The stored samples were given in TensorFlow's order, or by name where the shapes differ.
    shapes = {port["name"]: inspected["tensors"][port["tensor"]]["shape"][1:] for port in inspected["inputs"]}
    fits = all(list(np.load(f, mmap_mode="r").shape[1:]) == shapes[n] for f, n in zip(case.calibration, names)) or len(names) < 2
    calibration_names = names if fits else keras_names
    if case.float_out:
        try:
            outputs = run_outputs(tool, case.source, keras_names, case.float_in, folder, "float", case.scaling())
            expected = [np.load(f) for f in case.float_out]
            worst = max(float(np.abs(o.reshape(-1) - e.reshape(-1)).max(initial=0) / max(1e-30, np.abs(e).max(initial=0))) for o, e in zip(outputs, expected))
            result["float"] = "" if worst <= 1e-5 else f"off by {worst:.2g}"
        except (RuntimeError, ValueError) as error:
            result["float"] = str(error)
    ours = os.path.join(folder, "ours.tflite")
    try:
        tool("quantize", case.source, "--data", data_argument(calibration_names, case.calibration), "--samples", "all", "-o", ours, "--no-evaluate", *case.scaling(), *options)
    except RuntimeError as error:
        result["file"] = str(error)
        return result
    if has_reference:
        result["file"] = compare_files(compare, reorder_inputs(ours, names), case.reference, case.is_static)
    else:
        result["file"] = "" # TensorFlow fails on this model: there is nothing to compare with
    if not case.int8_in:
        return result
    mine = None
    try:
        mine = run_outputs(tool, ours, names, case.int8_in, folder, "int8", case.scaling())
        if case.int8_out:
            result["bytes"] = same_bytes(mine, [np.load(f) for f in case.int8_out], case.bytes_tolerance)
    except (RuntimeError, ValueError) as error:
        result["bytes"] = str(error)
    if has_reference and case.int8_out:
        try:
            theirs = run_outputs(tool, case.reference, theirs_names, case.int8_in, folder, "theirs", case.scaling())
            result["theirs"] = same_bytes(theirs, [np.load(f) for f in case.int8_out], 0)
        except (RuntimeError, ValueError) as error:
            result["theirs"] = str(error)
    if mine is not None and case.scale is None:
        try:
            arrays = [np.load(f) for f in case.int8_in]
            first = [a[:1] for a in arrays]
            result["litert"] = same_bytes([m[:1] for m in mine], run_litert(ours, fitting_names(tool, ours, names, case.int8_in), first), 0)
        except RuntimeError as error:
            result["litert"] = str(error)
    return result


def layer_cases(shared):
    root = os.path.join(shared, "golden", "layers")
    for name in sorted(os.listdir(root)):
        folder = os.path.join(root, name)
        source = next((os.path.join(folder, f) for f in ("model.h5", "model.keras") if os.path.exists(os.path.join(folder, f))), None)
        if source is None:
            continue
        static = os.path.join(root, name[:2] + "s" + name[2:])
        reference = static if os.path.exists(os.path.join(static, "int8.tflite")) else folder
        inputs = numbered(reference, "int8_in") or numbered(folder, "int8_in")
        yield Case(name, source, numbered(folder, "calib"), numbered(folder, "f32_in"), numbered(folder, "f32_out"),
                   os.path.join(reference, "int8.tflite"), inputs, numbered(reference, "int8_out"))


def model_cases(shared):
    root = os.path.join(shared, "models")
    for name in sorted(os.listdir(root)):
        folder = os.path.join(root, name)
        if not os.path.exists(os.path.join(folder, "calib.npy")):
            continue
        preprocess = json.load(open(os.path.join(folder, "preprocess.json")))
        path = lambda f: [os.path.join(folder, f)]
        # Where a scale differs in its last bits a value on a tie may round the other way: one step is allowed.
        yield Case(name, path("model.h5")[0], path("calib.npy"), path("test.npy"), path("f32_out.npy"), path("tf_int8.tflite")[0],
                   path("test.npy"), path("tf_int8_out.npy"), preprocess["scale"], preprocess["offset"] if preprocess["scale"] else None, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octet")
    parser.add_argument("shared")
    parser.add_argument("--only", default="")
    parser.add_argument("--strict", action="store_true", help="quantize with --strict-tensorflow")
    parser.add_argument("--table", help="write the table of cases as Markdown")
    parser.add_argument("--verbose", action="store_true", help="print every difference, also the documented ones")
    args = parser.parse_args()
    tool, compare = Tool(args.octet), load_compare(args.shared)
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "better.json"), encoding="utf-8") as f:
        better = json.load(f)
    rows, totals, passed, failed = [], {c: [0, 0, 0] for c in COLUMNS}, 0, 0
    for case in [*layer_cases(args.shared), *model_cases(args.shared)]:
        if args.only not in case.name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            result = examine(tool, compare, case, folder, ["--strict-tensorflow"] if args.strict else [])
        reasons = {c: text for c, text in better.get(case.name, {}).items() if not (args.strict and "--strict-tensorflow" in text)}
        cells, wrong = [], []
        for column in COLUMNS:
            if column not in result:
                cells.append("-")
            elif not result[column]:
                cells.append("yes")
                totals[column][0] += 1
            elif column in reasons:
                cells.append("better")
                totals[column][1] += 1
            else:
                cells.append("NO")
                totals[column][2] += 1
                wrong.append(f"{column}: {result[column]}")
        ok = not wrong
        passed, failed = passed + ok, failed + (not ok)
        rows.append((case.name, cells, [f"{reasons[c]}" for c in COLUMNS if c in reasons and result.get(c)]))
        print(f"{'ok  ' if ok else 'FAIL'} {case.name:28}" + "".join(f" {c}={v:6}" for c, v in zip(COLUMNS, cells)), flush=True)
        for line in wrong if not args.verbose else [f"{c}: {result[c]}" for c in COLUMNS if result.get(c)]:
            print("       " + line[:400])
    for column in COLUMNS:
        print(f"{column:7} {totals[column][0]} equal, {totals[column][1]} documented better, {totals[column][2]} not")
    if args.table:
        with open(args.table, "w", encoding="utf-8") as f:
            f.write(TABLE_HEAD.format(passed=passed, total=passed + failed))
            f.write("| case | " + " | ".join(COLUMNS) + " | note |\n|" + " --- |" * (len(COLUMNS) + 2) + "\n")
            for name, cells, notes in rows:
                f.write(f"| {name} | " + " | ".join(cells) + " | " + "; ".join(dict.fromkeys(notes)) + " |\n")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
