#!/usr/bin/env python3
"""Build random networks with TensorFlow, train each for a moment, and hold octet's files against Keras, TensorFlow and LiteRT.

usage: random_nets.py OCTET [--seed S] [--first K] [--count N] [--keep FOLDER] [--verbose]
needs: pip install tensorflow tf_keras ai-edge-litert numpy, so it is run by hand: no step of .ci/run has TensorFlow

Network K of a seed is always the same one. Even numbers are of Keras 3, odd ones of Keras 2 (tf_keras); saved as .keras or .h5; pictures or
sequences; branches, slices, poolings, maxima, reversals, joins, recurrent layers; one or two inputs and outputs. For each:
  read      octet reads the file
  float     octet's float outputs are within 1e-5 (relative to the largest) of Keras's own
  convert   octet writes an int8 file
  sqnr      no output of it has a signal-to-noise ratio lower than in TensorFlow's file by more than 0.5 dB (where TensorFlow converts)
  lint      operators that copy bytes have equal parameters on both sides, by a reading of the file that shares nothing with octet
  saturate  no tensor cuts more than 0.1 % of the values that calibration saw by more than a step, unless each reader only picks among them or
            moves them, whose own result is judged
  litert    LiteRT's reference kernels give octet's bytes on the file; its built-in ones, where an operator has no other, are within 4 steps
  crash     the process ends, with TensorFlow's converter left out too
The samples are those of the calibration. The line before the last counts failures by kind; the last is "N passed, N failed".
"""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
warnings.filterwarnings("ignore")

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from cases import conformance, schema, sqnr_db

COPY = set("""RESHAPE TRANSPOSE REVERSE_V2 STRIDED_SLICE SLICE SPLIT SPLIT_V PACK UNPACK GATHER GATHER_ND TILE CONCATENATION MAX_POOL_2D
    REDUCE_MAX REDUCE_MIN RESIZE_NEAREST_NEIGHBOR RESIZE_BILINEAR AVERAGE_POOL_2D PAD PADV2 MIRROR_PAD SELECT SELECT_V2 SQUEEZE EXPAND_DIMS
    SPACE_TO_BATCH_ND BATCH_TO_SPACE_ND DEPTH_TO_SPACE SPACE_TO_DEPTH BROADCAST_TO MAXIMUM MINIMUM REVERSE_SEQUENCE
    DYNAMIC_UPDATE_SLICE CUMSUM TOPK_V2""".split())
PICK = COPY - {"AVERAGE_POOL_2D", "RESIZE_BILINEAR", "CUMSUM"} | {"RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "QUANTIZE"}
ACTIVATIONS = ["relu", "relu", "relu", None, None, "relu6", "tanh", "sigmoid", "elu", "swish"]
BUILTIN_STEPS = 4
KINDS = ("read", "float", "convert", "sqnr", "lint", "saturate", "litert", "crash")


class Dialect:
    """What Keras 2 and Keras 3 call differently."""

    def __init__(self, is_v3):
        self.is_v3, self.k = is_v3, keras if is_v3 else tf_keras
        self.layers = self.k.layers

    def flip(self, x, axis):
        return keras.ops.flip(x, axis) if self.is_v3 else tf.reverse(x, [axis])

    def maximum(self, a, b):
        return keras.ops.maximum(a, b) if self.is_v3 else tf.maximum(a, b)

    def reduce(self, x, what, axis):
        if self.is_v3:
            return getattr(keras.ops, what)(x, axis=axis, keepdims=True)
        return {"max": tf.reduce_max, "mean": tf.reduce_mean}[what](x, axis=axis, keepdims=True)

    def split(self, x):
        return list(keras.ops.split(x, 2, axis=-1) if self.is_v3 else tf.split(x, 2, axis=-1))

    def pad(self, x, before, after):
        widths = [[0, 0], [before, after]] + [[0, 0]] * (len(x.shape) - 2)
        return keras.ops.pad(x, widths) if self.is_v3 else tf.pad(x, widths)


class Net:
    """A random functional model: a pool of values that steps take from and add to."""

    def __init__(self, rng, is_v3):
        self.rng, self.d = rng, Dialect(is_v3)
        self.is_picture = rng.random() < 0.55
        self.steps = []

    def pick(self, items):
        return items[self.rng.integers(len(items))]

    def width(self):
        return int(self.pick([4, 6, 8, 12]))

    def build(self):
        layers, rng = self.d.layers, self.rng
        shape = (8, 8, 3) if self.is_picture else (10, 4)
        inputs = [layers.Input(shape) for _ in range(1 + (rng.random() < 0.25))]
        pool = [self.project(x) for x in inputs]
        steps = PICTURE if self.is_picture else SEQUENCE
        for _ in range(int(rng.integers(3, 8))):
            x = pool[-1] if rng.random() < 0.7 else self.pick(pool)
            step = self.pick(steps)
            self.steps.append(step.__name__)
            pool.append(step(self, x, pool))
        heads = [self.head(pool[-1], self.pick(pool))]
        if rng.random() < 0.3:
            heads.append(self.head(self.pick(pool), self.pick(pool)))
        return self.d.k.Model(inputs, heads)

    def project(self, x):
        if self.is_picture:
            return self.d.layers.Conv2D(self.width(), 3, padding="same", activation=self.pick(ACTIVATIONS))(x)
        return self.d.layers.Conv1D(self.width(), 3, padding="same", activation=self.pick(ACTIVATIONS))(x)

    def head(self, x, y):
        layers, rng = self.d.layers, self.rng
        dims = "2D" if self.is_picture else "1D"
        average, largest = getattr(layers, "GlobalAveragePooling" + dims), getattr(layers, "GlobalMaxPooling" + dims)
        form = rng.integers(5)
        if form == 0:
            x = layers.Flatten()(x)
        elif form == 1:
            x = average()(x)
        elif form == 2:
            x = largest()(x)
        elif form == 3:
            x = layers.Concatenate()([average()(x), largest()(x)])
        else:
            x = layers.Concatenate()([average()(x), largest()(y)])
        if rng.random() < 0.5:
            x = layers.Dense(self.width(), activation=self.pick(ACTIVATIONS))(x)
        return layers.Dense(int(rng.integers(1, 6)), activation=self.pick([None, None, "sigmoid", "tanh"]))(x)

    def channels(self, x, first, end):
        return x[:, :, :, first:end] if self.is_picture else x[:, :, first:end]

    def alike(self, x, pool):
        """Another value of the shape of x; where the pool has none, a projection of x."""
        others = [p for p in pool if p is not x and tuple(p.shape) == tuple(x.shape)]
        return self.pick(others) if others else self.convolved(x, x.shape[-1])

    def convolved(self, x, width):
        conv = self.d.layers.Conv2D if self.is_picture else self.d.layers.Conv1D
        return conv(width, self.pick([1, 3]), padding="same", activation=self.pick(ACTIVATIONS))(x)


def convolution(n, x, pool):
    return n.convolved(x, n.width())


def convolution_norm(n, x, pool):
    x = n.convolved(x, n.width())
    return n.d.layers.ReLU()(n.d.layers.BatchNormalization()(x))


def norm(n, x, pool):
    return n.d.layers.BatchNormalization()(x)


def depthwise(n, x, pool):
    return n.d.layers.DepthwiseConv2D(3, padding="same", activation=n.pick(ACTIVATIONS))(x)


def pooling(n, x, pool):
    name = n.pick(["MaxPooling", "AveragePooling"]) + ("2D" if n.is_picture else "1D")
    return getattr(n.d.layers, name)(2, strides=1, padding="same")(x)


def leaky_maximum(n, x, pool):
    return n.d.maximum(x, x * 0.1)


def leaky(n, x, pool):
    return n.d.layers.LeakyReLU(0.2)(x)


def join(n, x, pool):
    return n.d.layers.Concatenate()([x, n.alike(x, pool)])


def arithmetic(n, x, pool):
    layers = n.d.layers
    return n.pick([layers.Add, layers.Multiply, layers.Subtract, layers.Average])()([x, n.alike(x, pool)])


def extreme(n, x, pool):
    return n.pick([n.d.layers.Maximum, n.d.layers.Minimum])()([x, n.alike(x, pool)])


def slices(n, x, pool):
    half = x.shape[-1] // 2
    first, second = n.channels(x, 0, half), n.channels(x, half, x.shape[-1])
    if n.rng.random() < 0.5:
        second = n.convolved(second, half)
    return n.d.layers.Concatenate()([second, first])


def split(n, x, pool):
    if x.shape[-1] % 2:
        return n.convolved(x, 4)
    first, second = n.d.split(x)
    return n.d.layers.Concatenate()([first * 0.25, second]) if n.rng.random() < 0.5 else first * second


def slice_joined(n, x, pool):
    """A slice joined with small values, and the whole read again."""
    half = x.shape[-1] // 2
    small = n.d.layers.Concatenate()([n.channels(x, half, x.shape[-1]), n.convolved(x, half) * 0.1])
    return n.d.layers.Add()([n.convolved(small, x.shape[-1]), x])


def reversal(n, x, pool):
    return n.d.layers.Concatenate()([x, n.d.flip(n.alike(x, pool), 1)])


def reversed_slice(n, x, pool):
    return n.d.layers.Add()([x, x[:, ::-1]])


def attention(n, x, pool):
    """The spatial attention of CBAM: mean and maximum over the channels, joined."""
    both = n.d.layers.Concatenate()([n.d.reduce(x, "mean", -1), n.d.reduce(x, "max", -1)])
    conv = n.d.layers.Conv2D if n.is_picture else n.d.layers.Conv1D
    return x * conv(1, 3, padding="same", activation="sigmoid")(both)


def squeeze(n, x, pool):
    axis = (1, 2) if n.is_picture else 1
    gate = n.d.layers.Dense(x.shape[-1], activation="sigmoid")(n.d.reduce(x, n.pick(["mean", "max"]), axis))
    return n.d.layers.Multiply()([x, gate])


def padded(n, x, pool):
    x = n.d.pad(x, 1, 1)
    return x[:, 1:-1] * 1.5 + 0.1 if n.rng.random() < 0.5 else x[:, 2:]


def upsampling(n, x, pool):
    name, size = ("2D", (2, 2)) if n.is_picture else ("1D", 2)
    x = getattr(n.d.layers, "UpSampling" + name)(size)(x)
    return getattr(n.d.layers, "MaxPooling" + name)(2)(n.convolved(x, n.width()))


def recurrent(n, x, pool):
    layers = n.d.layers
    return n.pick([layers.LSTM, layers.LSTM, layers.GRU, layers.SimpleRNN])(n.width(), return_sequences=True)(x)


def backwards(n, x, pool):
    layers = n.d.layers
    return n.pick([layers.LSTM, layers.GRU])(n.width(), return_sequences=True, go_backwards=True)(x)


def bidirectional(n, x, pool):
    layers = n.d.layers
    cell = n.pick([layers.LSTM, layers.LSTM, layers.GRU])
    return layers.Bidirectional(cell(n.width() // 2, return_sequences=True), merge_mode=n.pick(["concat", "sum", "ave", "mul"]))(x)


def layer_norm(n, x, pool):
    return n.d.layers.LayerNormalization()(x)


BOTH = [convolution, convolution_norm, norm, pooling, leaky_maximum, leaky, join, arithmetic, extreme, slices, split, slice_joined, reversal,
        reversed_slice, attention, squeeze, padded, upsampling]
PICTURE = BOTH + [depthwise, depthwise]
SEQUENCE = BOTH + [recurrent, recurrent, backwards, bidirectional, bidirectional, bidirectional, layer_norm]


def samples(rng, model):
    spread, offset = [(1.0, 0.0), (1.0, 0.0), (0.2, 0.5), (8.0, 2.0)][rng.integers(4)]
    return [(rng.normal(size=(48,) + tuple(x.shape[1:])) * spread + offset).astype(np.float32) for x in model.inputs]


def train(rng, model, arrays):
    targets = [np.tanh(arrays[0].reshape(48, -1) @ rng.normal(size=(arrays[0][0].size, o.shape[-1])) * 0.1) for o in model.outputs]
    model.compile("adam", ["mse"] * len(targets))
    model.optimizer.learning_rate = 0.01
    model.fit(arrays if len(arrays) > 1 else arrays[0], targets if len(targets) > 1 else targets[0], epochs=4, batch_size=16, verbose=0)


def tensorflow_file(net, model, arrays, path):
    """TensorFlow's int8 file with a batch of one; None where its converter fails."""
    if net.d.is_v3 and {"recurrent", "backwards", "bidirectional"} & set(net.steps):
        return None # its calibration ends the process on loops of Keras 3
    call = tf.function(lambda *x: {f"output_{i}": y for i, y in enumerate(tf.nest.flatten(model(list(x) if len(x) > 1 else x[0], training=False)))})
    concrete = call.get_concrete_function(*[tf.TensorSpec((1,) + a.shape[1:], tf.float32, f"in{i}") for i, a in enumerate(arrays)])
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], None if net.d.is_v3 else model)
    converter.experimental_lower_to_saved_model = not net.d.is_v3 # a SavedModel does not find the variables of Keras 3
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([a[k:k + 1] for a in arrays] for k in range(len(arrays[0])))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.int8
    try:
        data = converter.convert()
    except Exception: # the converter raises what its passes raise
        return None
    with open(path, "wb") as f:
        f.write(data)
    return path


def open_litert(path):
    """An interpreter with LiteRT's reference kernels, or its built-in ones where an operator has none; and which."""
    for resolver in (conformance.OpResolverType.BUILTIN_REF, conformance.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            interpreter = conformance.Interpreter(path, experimental_op_resolver_type=resolver, num_threads=1)
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


def run_tensorflow_file(path, arrays):
    """The outputs of TensorFlow's file as real numbers in the order of the model, which their names count."""
    interpreter, _ = open_litert(path)
    inputs = [arrays[int(re.search(r"in(\d)", d["name"]).group(1))] for d in interpreter.get_input_details()]
    real = lambda y, d: (y.astype(np.float32) - d["quantization"][1]) * np.float32(d["quantization"][0])
    named = [([int(n) for n in re.findall(r"\d+", d["name"])], i, real(y, d)) for i, (d, y) in enumerate(zip(*run_litert(interpreter, inputs)))]
    return [y for _, _, y in sorted(named, key=lambda n: n[:2])]


def litert_problem(path, arrays, raw):
    interpreter, is_reference = open_litert(path)
    _, theirs = run_litert(interpreter, [a[:8] for a in arrays])
    return conformance.same_bytes([r[:8] for r in raw], theirs, 0 if is_reference else BUILTIN_STEPS)


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
        files = [os.path.join(folder, f"one_{i}.npy") for i in range(len(arrays))]
        for f, a in zip(files, arrays):
            np.save(f, a[k:k + 1])
        dump = os.path.join(folder, "dump")
        shutil.rmtree(dump, ignore_errors=True)
        tool("run", source, "--input", conformance.data_argument(names, files), "--dump", dump)
        for f in sorted(os.listdir(dump), key=lambda f: int(f.split("_")[0])):
            name = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"^\d+_", "", f)[:-4]).strip("_")
            seen[name][f].append(np.load(os.path.join(dump, f)).reshape(-1))
    return {name: [np.concatenate(parts) for parts in files.values()] for name, files in seen.items()}


def examine(tool, seed, number, folder, with_tensorflow):
    """{kind: what is wrong}, and what the network is."""
    rng = np.random.default_rng([seed, number])
    keras.utils.set_random_seed(seed * 1000 + number)
    net = Net(rng, number % 2 == 0)
    model = net.build()
    arrays = samples(rng, model)
    train(rng, model, arrays)
    source = os.path.join(folder, "model" + net.pick([".keras", ".h5"]))
    model.save(source)
    wanted = [np.asarray(y) for y in tf.nest.flatten(model.predict(arrays if len(arrays) > 1 else arrays[0], batch_size=48, verbose=0))]
    files = [os.path.join(folder, f"x_{i}.npy") for i in range(len(arrays))]
    for f, a in zip(files, arrays):
        np.save(f, a)
    what, wrong = f"{'keras3' if net.d.is_v3 else 'keras2'} {source.rpartition('.')[2]} {' '.join(net.steps)}", {}
    try:
        names = [p["name"] for p in json.loads(tool("inspect", source, "--json"))["inputs"]]
        mine = conformance.run_outputs(tool, source, names, files, folder, "float")
    except RuntimeError as error:
        return what, {"read": str(error)}
    off = max(float(np.abs(m.reshape(-1) - w.reshape(-1)).max() / max(1e-30, np.abs(w).max())) for m, w in zip(mine, wanted))
    if not off <= 1e-5:
        wrong["float"] = f"off by {off:.2g}"
    path = os.path.join(folder, "q.tflite")
    try:
        tool("quantize", source, "--data", conformance.data_argument(names, files), "--samples", "all", "--no-evaluate", "-o", path)
        raw = conformance.run_outputs(tool, path, names, files, folder, "int8")
        ours = [sqnr_db(m, w) for m, w in zip(conformance.run_outputs(tool, path, names, files, folder, "real", ["--real"]), wanted)]
    except RuntimeError as error:
        wrong["convert"] = str(error)
        return what, wrong
    reference = with_tensorflow and tensorflow_file(net, model, arrays, os.path.join(folder, "tf.tflite"))
    theirs = [sqnr_db(m, w) for m, w in zip(run_tensorflow_file(reference, arrays), wanted)] if reference else None
    what += "; octet " + " ".join(f"{x:.1f}" for x in ours) + " dB, TensorFlow " + (" ".join(f"{x:.1f}" for x in theirs) + " dB" if theirs else "fails")
    if theirs and any(a < b - 0.5 for a, b in zip(ours, theirs)):
        wrong["sqnr"] = f"{min(a - b for a, b in zip(ours, theirs)):.1f} dB"
    graph = Graph(path)
    if graph.lint():
        wrong["lint"] = "; ".join(graph.lint())
    fed = [arrays[names.index(n)] for n in conformance.tensorflow_names(path)]
    cuts, known = graph.cuts(float_values(tool, source, names, arrays, folder), fed)
    if cuts:
        wrong["saturate"] = "; ".join(cuts)
    what += f"; {known} of {len(graph.inputs) + sum(len(o[2]) for o in graph.operators)} tensors with float values"
    try:
        problem = litert_problem(path, fed, raw)
        if problem:
            wrong["litert"] = problem
    except RuntimeError as error:
        wrong["litert"] = str(error)
    return what, wrong


def work(args):
    """A line of JSON for each network: number, what it is, what is wrong."""
    tool = conformance.Tool(args.octet)
    for number in range(args.first, args.first + args.count):
        with tempfile.TemporaryDirectory() as folder:
            what, wrong = examine(tool, args.seed, number, folder, number != args.without)
            if wrong and args.keep:
                shutil.copytree(folder, os.path.join(args.keep, f"{args.seed}_{number}"), dirs_exist_ok=True)
        print(json.dumps({"number": number, "what": what, "wrong": wrong}), flush=True)
        keras.backend.clear_session()
        tf_keras.backend.clear_session()


def results(args):
    """The lines of workers. TensorFlow's converter ends the process on some networks: another worker goes on, and leaves TensorFlow out there."""
    number, end, without = args.first, args.first + args.count, -1
    while number < end:
        command = [sys.executable, os.path.abspath(__file__), args.octet, "--seed", args.seed, "--first", number, "--count", end - number,
                   "--without", without, "--worker", *(["--keep", args.keep] if args.keep else [])]
        with subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=None if args.verbose else subprocess.DEVNULL, text=True) as worker:
            for line in worker.stdout:
                if line.startswith('{"number"'):
                    yield json.loads(line)
                    number += 1
        if number < end and without == number:
            yield {"number": number, "what": "-", "wrong": {"crash": "the process ended"}}
            number += 1
        without = number


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octet")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--keep", help="a folder that keeps the networks that fail, with their data and both files")
    parser.add_argument("--verbose", action="store_true", help="show what TensorFlow says")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--without", type=int, default=-1, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        return work(args)
    counts, passed, failed = collections.Counter(), 0, 0
    for result in results(args):
        wrong = result["wrong"]
        passed, failed = passed + (not wrong), failed + bool(wrong)
        counts.update(wrong.keys())
        print(f"{'FAIL' if wrong else 'ok  '} {result['number']}: {result['what']}", flush=True)
        for kind, text in wrong.items():
            print(f"       {kind}: {text[:400]}", flush=True)
    print("failures: " + ", ".join(f"{k} {counts[k]}" for k in KINDS))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
