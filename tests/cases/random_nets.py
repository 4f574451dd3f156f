#!/usr/bin/env python3
"""Hold octet's files of random networks against Keras, TensorFlow, LiteRT and tflite-micro.

usage: random_nets.py OCTET [--seed S] [--first K] [--count N] [--nets FOLDER] [--keep FOLDER]
needs: pip install ai-edge-litert tflite-micro numpy; tensorflow and tf_keras too, unless make_nets.py has made the networks in FOLDER before.
  No step of .ci/run has TensorFlow: it is run by hand

make_nets.py says what the networks are. For each:
  read      octet reads the file
  float     octet's float outputs are within 1e-5 (relative to the largest) of Keras's own
  convert   octet writes an int8 file
  sqnr      no output of it has a signal-to-noise ratio lower than in TensorFlow's file by more than 0.5 dB and two standard errors of the
            difference, where TensorFlow converts all of the network to int8: over the samples of the calibration and so many more like them
            that an output has 4,096 numbers (cases.py, enough_samples). The line says the ratios of the calibration's samples alone and
            of all, and in brackets how far above TensorFlow's they are
  lint      operators that copy bytes have equal parameters on both sides, by a reading of the file that shares nothing with octet
  saturate  no tensor cuts more than 0.1 % of the values that calibration saw by more than a step, unless each reader only picks among them or
            moves them, whose own result is judged
  litert    LiteRT gives octet's bytes on the file: with its reference kernels, or its built-in ones where an operator has no other. Each operator
            does so on equal operands, but for those that LiteRT itself has in two roundings (ONE_STEP)
  micro     where octet writes the file with --target tflm, tflite-micro runs it and gives octet's bytes; with an LSTM, whose tables
            round otherwise (tests/interop/micro.json), it runs
  crash     the process ends
Where nothing is said, the samples are those of the calibration. The line before the last counts failures by kind; the last is "N passed, N failed".
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np

from cases import conformance, enough_samples, schema, sqnr_db

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
import micro

COPY = set("""RESHAPE TRANSPOSE REVERSE_V2 STRIDED_SLICE SLICE SPLIT SPLIT_V PACK UNPACK GATHER GATHER_ND TILE CONCATENATION MAX_POOL_2D
    REDUCE_MAX REDUCE_MIN RESIZE_NEAREST_NEIGHBOR RESIZE_BILINEAR AVERAGE_POOL_2D PAD PADV2 MIRROR_PAD SELECT SELECT_V2 SQUEEZE EXPAND_DIMS
    SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND DEPTH_TO_SPACE SPACE_TO_DEPTH BROADCAST_TO MAXIMUM MINIMUM REVERSE_SEQUENCE
    DYNAMIC_UPDATE_SLICE CUMSUM TOPK_V2""".split())
PICK = COPY - {"AVERAGE_POOL_2D", "RESIZE_BILINEAR", "CUMSUM"} | {"RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "QUANTIZE"}
# Kernels of LiteRT that round otherwise than its own others of the same operator, which octet follows.
ONE_STEP = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TANH", "LOGISTIC", "MEAN", "AVERAGE_POOL_2D"}
LITERT_SAMPLES = 8
MICRO_SAMPLES = 8
CHUNK = 25 # networks that are made, then examined
KINDS = ("read", "float", "convert", "sqnr", "lint", "saturate", "litert", "micro", "crash")


def open_litert(path, **options):
    """An interpreter with LiteRT's reference kernels, or its built-in ones where an operator has none; and which."""
    for resolver in (conformance.OpResolverType.BUILTIN_REF, conformance.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            interpreter = conformance.Interpreter(path, experimental_op_resolver_type=resolver, num_threads=1, **options)
            interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            problem = error
            continue
        return interpreter, resolver == conformance.OpResolverType.BUILTIN_REF
    raise RuntimeError(f"LiteRT: {problem}")


def run_litert(interpreter, arrays):
    """{detail of an output: its bytes for all samples}; arrays in the order of the inputs."""
    inputs, outputs, rows = interpreter.get_input_details(), interpreter.get_output_details(), []
    for k in range(len(arrays[0])):
        for detail, a in zip(inputs, arrays):
            interpreter.set_tensor(detail["index"], conformance.as_input(a[k:k + 1], detail))
        interpreter.reset_all_variables() # the state of an LSTM: each sample starts from zeros
        interpreter.invoke()
        rows.append([interpreter.get_tensor(d["index"]) for d in outputs])
    return outputs, [np.concatenate(c) for c in zip(*rows)]


def tensorflow_outputs(tool, path, files, folder, stem):
    """The outputs of TensorFlow's file as real numbers in the order of the model, which their names count."""
    outputs = conformance.run_outputs(tool, path, [f"in{i}" for i in range(len(files))], files, folder, stem, ["--real"])
    names = [port["name"] for port in json.loads(tool("inspect", path, "--json"))["outputs"]]
    order = sorted(range(len(outputs)), key=lambda i: ([int(n) for n in re.findall(r"\d+", names[i])], i))
    return [outputs[i] for i in order]


def deviation(ours, theirs, wanted):
    """Standard error of the difference of two ratios over the samples, in dB: a jackknife."""
    noise = [np.sum((a.astype(np.float64) - wanted).reshape(len(wanted), -1) ** 2, axis=1) for a in (ours, theirs)]
    n = len(wanted)
    without = [np.log10(np.maximum(e.sum() - e, 1e-300)) * 10 for e in noise]
    return float(np.sqrt((n - 1) * np.var(without[0] - without[1])))


def judge_sqnr(tool, source, path, reference, names, arrays, wanted, folder):
    """What the ratios are, and what is wrong."""
    described, problems = [], []
    for stem, samples in (("few", arrays), ("many", enough_samples(arrays, min(w.size for w in wanted)))):
        files = [os.path.join(folder, f"{stem}_{i}.npy") for i in range(len(samples))]
        for f, a in zip(files, samples):
            np.save(f, a)
        exact = conformance.run_outputs(tool, source, names, files, folder, stem + "_float")
        ours = conformance.run_outputs(tool, path, names, files, folder, stem + "_ours", ["--real"])
        mine = [sqnr_db(m, w) for m, w in zip(ours, exact)]
        if not os.path.exists(reference):
            described.append(" ".join(f"{x:.1f}" for x in mine))
            continue
        try:
            theirs = tensorflow_outputs(tool, reference, files, folder, stem + "_theirs")
        except RuntimeError: # parameters that no kernel of LiteRT reads
            described.append(" ".join(f"{x:.1f}" for x in mine))
            continue
        other = [sqnr_db(t, w) for t, w in zip(theirs, exact)]
        described.append(" ".join(f"{a:.1f} ({a - b:+.1f})" for a, b in zip(mine, other)))
        if stem == "few" or any(op == "DEQUANTIZE" for op, _, _ in Graph(reference).operators):
            continue
        slack = [0.5 + 2 * deviation(o, t, w) for o, t, w in zip(ours, theirs, exact)]
        problems += [f"{a - b:.1f} dB, at least {-s:.1f} allowed" for a, b, s in zip(mine, other, slack) if a - b < -s]
    return f"; {described[0]} dB, of {len(samples[0])} samples {described[1]} dB", "; ".join(problems)


def litert_problem(tool, path, names, arrays, fed, raw, folder):
    """What differs from LiteRT's bytes. An operator may differ by a step where LiteRT's own kernels do: each other gives the same bytes."""
    interpreter, _ = open_litert(path)
    _, theirs = run_litert(interpreter, [a[:LITERT_SAMPLES] for a in fed])
    if not conformance.same_bytes([r[:LITERT_SAMPLES] for r in raw], theirs, 0):
        return ""
    graph, found = Graph(path), set()
    order = graph.inputs + [t for _, _, outs in graph.operators for t in outs]
    interpreter, _ = open_litert(path, experimental_preserve_all_tensors=True)
    for k in range(LITERT_SAMPLES):
        run_litert(interpreter, [a[k:k + 1] for a in fed])
        dump = dumped(tool, path, names, [a[k:k + 1] for a in arrays], folder)
        mine = {t: np.load(f).reshape(-1).astype(np.float64) for t, f in zip(order, dump)}
        off = {t: float(np.abs(interpreter.get_tensor(t).reshape(-1) - v).max(initial=0)) for t, v in mine.items()}
        for op, ins, outs in graph.operators:
            worst = max(off[t] for t in outs)
            if worst > 0 and not any(off.get(t, 0) for t in ins) and not (op in ONE_STEP and worst <= 1):
                found.add(f"{op} {graph.name(outs[0])} by up to {worst:g}")
    return "; ".join(sorted(found))


def dumped(tool, model, names, arrays, folder, *extra):
    """The files of all values of one sample, in the order in which they are computed."""
    files = [os.path.join(folder, f"one_{i}.npy") for i in range(len(arrays))]
    for f, a in zip(files, arrays):
        np.save(f, a)
    dump = os.path.join(folder, "dump")
    shutil.rmtree(dump, ignore_errors=True)
    tool("run", model, "--input", conformance.data_argument(names, files), "--dump", dump, *extra)
    return [os.path.join(dump, f) for f in sorted(os.listdir(dump), key=lambda f: int(f.split("_")[0]))]


class Graph:
    """The operators and tensors of a .tflite: (name, inputs, outputs) and (name, type, scale and zero point)."""

    def __init__(self, path):
        names = {v: k for k, v in vars(schema.BuiltinOperator).items() if not k.startswith("_")}
        model = schema.ModelT.InitFromPackedBuf(open(path, "rb").read(), 0)
        codes = [names[max(c.builtinCode, c.deprecatedBuiltinCode)] for c in model.operatorCodes]
        graph = model.subgraphs[0]
        self.tensors, self.inputs, self.outputs = graph.tensors, list(graph.inputs), set(graph.outputs)
        self.operators = [(codes[o.opcodeIndex], list(o.inputs), list(o.outputs)) for o in graph.operators]

    def parameters(self, t):
        tensor = self.tensors[t] if t >= 0 else None
        if tensor is None or tensor.type not in (schema.TensorType.INT8, schema.TensorType.INT16):
            return None
        z = tensor.quantization
        return None if z is None or z.scale is None or len(z.scale) != 1 else (float(z.scale[0]), int(z.zeroPoint[0]))

    def name(self, t):
        return re.sub(r"[^A-Za-z0-9]+", "_", self.tensors[t].name.decode()).strip("_")

    def namesakes(self):
        """{name: the tensors that operators write, in order}"""
        found = collections.defaultdict(list)
        for t in (t for _, _, outs in self.operators for t in outs):
            found[self.name(t)].append(t)
        return found

    def lint(self):
        return [f"{op} {self.name(outs[0])}" for op, ins, outs in self.operators if op in COPY and len({self.parameters(t) for t in ins + outs} - {None}) > 1]

    def cuts(self, seen, fed):
        """Tensors that cut values of their float namesakes, or of what the inputs are fed. A QUANTIZE hands the values of its operand on."""
        values = dict(zip(self.inputs, fed))
        for name, tensors in self.namesakes().items():
            if len(tensors) == len(seen.get(name, [])): # an unrolled recurrent layer has a tensor of each name per step
                values.update(zip(tensors, seen[name]))
        for op, ins, outs in self.operators:
            if op == "QUANTIZE" and ins[0] in values:
                values[outs[0]] = values[ins[0]]
        found = []
        for t, v in values.items():
            readers = [op for op, ins, _ in self.operators if t in ins]
            if self.parameters(t) is None or (t not in self.outputs and all(op in PICK for op in readers)):
                continue
            scale, zero = self.parameters(t)
            share = np.mean((v < (-129 - zero) * scale) | (v > (128 - zero) * scale))
            if share > 0.001:
                writer = next((op for op, _, outs in self.operators if t in outs), "input")
                found.append(f"{writer} {self.name(t)} read by {'+'.join(readers)}: {100 * share:.1f} % outside")
        return found, len(values)


def float_values(tool, source, names, arrays, folder):
    """{name: [all values of each tensor of that name]} of the float model, over 16 samples."""
    seen = collections.defaultdict(lambda: collections.defaultdict(list))
    for k in range(16):
        for f in dumped(tool, source, names, [a[k:k + 1] for a in arrays], folder):
            base = os.path.basename(f)
            name = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"^\d+_", "", base)[:-4]).strip("_")
            seen[name][base].append(np.load(f).reshape(-1))
    return {name: [np.concatenate(parts) for parts in files.values()] for name, files in seen.items()}


def examine(octet, net):
    """(what the network is, {kind: what is wrong}, the folder with what octet wrote)"""
    tool = conformance.Tool(octet)
    with open(os.path.join(net, "net.json"), encoding="utf-8") as f:
        described = json.load(f)
    source, what, wrong = os.path.join(net, described["source"]), described["what"], {}
    files, wanted = conformance.numbered(net, "x"), [np.load(f) for f in conformance.numbered(net, "wanted")]
    arrays = [np.load(f) for f in files]
    folder = tempfile.mkdtemp()
    try:
        names = [p["name"] for p in json.loads(tool("inspect", source, "--json"))["inputs"]]
        mine = conformance.run_outputs(tool, source, names, files, folder, "float")
    except RuntimeError as error:
        return what, {"read": str(error)}, folder
    off = max(float(np.abs(m.reshape(-1) - w.reshape(-1)).max() / max(1e-30, np.abs(w).max())) for m, w in zip(mine, wanted))
    if not off <= 1e-5:
        wrong["float"] = f"off by {off:.2g}"
    path, data = os.path.join(folder, "q.tflite"), conformance.data_argument(names, files)
    try:
        tool("quantize", source, "--data", data, "--samples", "all", "--no-evaluate", "-o", path)
        raw = conformance.run_outputs(tool, path, names, files, folder, "int8")
    except RuntimeError as error:
        wrong["convert"] = str(error)
        return what, wrong, folder
    what_sqnr, problem = judge_sqnr(tool, source, path, os.path.join(net, "tf.tflite"), names, arrays, wanted, folder)
    what += what_sqnr
    if problem:
        wrong["sqnr"] = problem
    graph = Graph(path)
    if graph.lint():
        wrong["lint"] = "; ".join(graph.lint())
    fed = [arrays[names.index(n)] for n in conformance.tensorflow_names(path)]
    cuts, known = graph.cuts(float_values(tool, source, names, arrays, folder), fed)
    if cuts:
        wrong["saturate"] = "; ".join(cuts)
    what += f"; {known} of {len(graph.inputs) + sum(len(o[2]) for o in graph.operators)} tensors with float values"
    problem = attempt(litert_problem, tool, path, names, arrays, fed, raw, folder)
    if problem:
        wrong["litert"] = problem
    micro_state, problem = micro_problem(tool, source, data, names, arrays, folder)
    what += f"; tflite-micro {micro_state}"
    if problem:
        wrong["micro"] = problem
    return what, wrong, folder


def attempt(judge, *args):
    try:
        return judge(*args)
    except RuntimeError as error:
        return str(error)


def micro_problem(tool, source, data, names, arrays, folder):
    """What happened, and what is wrong: octet's file for tflite-micro, run by both on the first samples."""
    if not micro.is_there():
        return "is not installed", ""
    path = os.path.join(folder, "micro.tflite")
    done = subprocess.run([tool.path, "quantize", source, "--data", data, "--samples", "all", "--no-evaluate", "--target", "tflm", "-o", path],
                          capture_output=True, text=True, timeout=300)
    if done.returncode:
        return "refused", "" if "tflm" in done.stdout + done.stderr else done.stderr.strip()
    files = [os.path.join(folder, f"few_{i}.npy") for i in range(len(arrays))]
    for f, a in zip(files, arrays):
        np.save(f, a[:MICRO_SAMPLES])
    mine = attempt(conformance.run_outputs, tool, path, names, files, folder, "micro", ["--numerics", "integer"])
    details = open_litert(path)[0].get_input_details()
    order = [names.index(n) for n in conformance.tensorflow_names(path)]
    for i, (detail, k) in enumerate(zip(details, order)):
        np.save(os.path.join(folder, f"x{i}.npy"), conformance.as_input(arrays[k][:MICRO_SAMPLES], detail))
    theirs = attempt(micro.in_child, path, folder)
    for result in (mine, theirs):
        if isinstance(result, str):
            return "fails", result
    recurrent = any(op == "UNIDIRECTIONAL_SEQUENCE_LSTM" for op, _, _ in Graph(path).operators)
    differs = conformance.same_bytes(mine, theirs, 0)
    return ("runs, " + differs, "") if recurrent and differs else ("runs", differs)


def results(args, folder):
    """(number, what, wrong) of each network, made where it is missing. What ends its process is no reason to stop."""
    pool = concurrent.futures.ProcessPoolExecutor(1)
    end = args.first + args.count
    for number in range(args.first, end):
        net = os.path.join(folder, f"{args.seed}_{number}")
        if not os.path.exists(os.path.join(net, "net.json")):
            command = [os.path.join(HERE, "make_nets.py"), folder, "--seed", args.seed, "--first", number, "--count", min(CHUNK, end - number)]
            subprocess.run([sys.executable, *(str(c) for c in command)], check=True)
        try:
            what, wrong, out = pool.submit(examine, args.octet, net).result()
        except concurrent.futures.process.BrokenProcessPool:
            yield number, "-", {"crash": "the process ended"}
            pool = concurrent.futures.ProcessPoolExecutor(1)
            continue
        if wrong and args.keep:
            shutil.copytree(net, os.path.join(args.keep, f"{args.seed}_{number}"), dirs_exist_ok=True)
            shutil.copytree(out, os.path.join(args.keep, f"{args.seed}_{number}"), dirs_exist_ok=True)
        shutil.rmtree(out)
        yield number, what, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octet")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--nets", help="a folder of networks; what it lacks is made there")
    parser.add_argument("--keep", help="a folder that keeps the networks that fail, with their data and all files")
    args = parser.parse_args()
    counts, passed, failed = collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory() as own:
        for number, what, wrong in results(args, args.nets or own):
            passed, failed = passed + (not wrong), failed + bool(wrong)
            counts.update(wrong.keys())
            print(f"{'FAIL' if wrong else 'ok  '} {number}: {what}", flush=True)
            for kind, text in wrong.items():
                print(f"       {kind}: {text[:400]}", flush=True)
    print("failures: " + ", ".join(f"{k} {counts[k]}" for k in KINDS))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
