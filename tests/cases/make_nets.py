#!/usr/bin/env python3
"""Make the random networks of random_nets.py with TensorFlow: build, train for a moment, save, convert.

usage: make_nets.py FOLDER [--seed S] [--first K] [--count N] [--verbose]
needs: pip install tensorflow tf_keras numpy

Network K of a seed is always the same one. Even numbers are of Keras 3, odd ones of Keras 2 (tf_keras); saved as .keras or .h5; pictures or
sequences; branches, slices, poolings, maxima, reversals, joins, recurrent layers; one or two inputs and outputs. FOLDER/S_K gets
  model.keras or model.h5
  x_0.npy, ...       the samples, which calibrate and test
  wanted_0.npy, ...  Keras's outputs for them
  tf.tflite          TensorFlow's int8 file, where its converter writes one
  net.json           what the network is; written last, so that a folder without it is not complete
Folders that are complete stay.
"""
import argparse
import json
import os
import subprocess
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
warnings.filterwarnings("ignore")

import keras
import numpy as np
import tensorflow as tf
import tf_keras

ACTIVATIONS = ["relu", "relu", "relu", None, None, "relu6", "tanh", "sigmoid", "elu", "swish"]


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
    options = {"jit_compile": False} if isinstance(model, keras.Model) else {} # XLA compiles for longer than these train
    model.compile("adam", ["mse"] * len(targets), **options)
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


def make(seed, number, folder, with_tensorflow):
    rng = np.random.default_rng([seed, number])
    keras.utils.set_random_seed(seed * 1000 + number)
    net = Net(rng, number % 2 == 0)
    model = net.build()
    arrays = samples(rng, model)
    train(rng, model, arrays)
    source = "model" + net.pick([".keras", ".h5"])
    model.save(os.path.join(folder, source))
    outputs = tf.nest.flatten(model.predict(arrays if len(arrays) > 1 else arrays[0], batch_size=48, verbose=0))
    for stem, items in (("x", arrays), ("wanted", outputs)):
        for i, a in enumerate(items):
            np.save(os.path.join(folder, f"{stem}_{i}.npy"), a)
    if with_tensorflow:
        tensorflow_file(net, model, arrays, os.path.join(folder, "tf.tflite"))
    description = {"source": source, "what": f"{'keras3' if net.d.is_v3 else 'keras2'} {source.rpartition('.')[2]} {' '.join(net.steps)}"}
    with open(os.path.join(folder, "net.json"), "w", encoding="utf-8") as f:
        json.dump(description, f)


def folder_of(args, number):
    return os.path.join(args.folder, f"{args.seed}_{number}")


def missing(args):
    return [n for n in range(args.first, args.first + args.count) if not os.path.exists(os.path.join(folder_of(args, n), "net.json"))]


def work(args):
    for number in missing(args):
        folder = folder_of(args, number)
        begun = os.path.exists(folder) # by a worker that TensorFlow's converter ended: TensorFlow's file stays out
        os.makedirs(folder, exist_ok=True)
        make(args.seed, number, folder, not begun)
        keras.backend.clear_session()
        tf_keras.backend.clear_session()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--verbose", action="store_true", help="show what TensorFlow says")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        return work(args)
    todo = missing(args)
    while todo:
        command = [sys.executable, os.path.abspath(__file__), *sys.argv[1:], "--worker"]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=None if args.verbose else subprocess.DEVNULL, check=False)
        left = missing(args)
        if len(left) == len(todo) and os.path.exists(os.path.join(folder_of(args, left[0]), "failed")):
            print(f"{folder_of(args, left[0])}: the process ended twice")
            return 1
        if len(left) == len(todo):
            with open(os.path.join(folder_of(args, left[0]), "failed"), "w", encoding="utf-8"):
                pass
        todo = left
    return 0


if __name__ == "__main__":
    sys.exit(main())
