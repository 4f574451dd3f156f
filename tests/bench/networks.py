"""Networks with the shapes of well-known models and drawn weights, written as .tflite files (float32 and int8).

Nobody needs to download anything: only shapes matter for speed, and weights are drawn from a seeded Gaussian (or uniform: the worst case
for kernels that sum in 16 bits). Needs numpy, flatbuffers, onnx and ai_edge_litert (for the schema); not TensorFlow.

    networks.py FOLDER            writes every network below
"""
import os
import sys

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

import onnx_networks

OPS = {"CONV_2D": 3, "DEPTHWISE_CONV_2D": 4, "FULLY_CONNECTED": 9, "ADD": 0, "MEAN": 40, "AVERAGE_POOL_2D": 1, "MAX_POOL_2D": 17,
       "SOFTMAX": 25, "RESHAPE": 22, "PAD": 34}
NONE, RELU, RELU6 = 0, 1, 3
SAME, VALID = 0, 1


class Net:
    """Builds one graph; every method appends an operator and returns the index of its output."""

    def __init__(self, int8, uniform=False, seed=1):
        self.int8, self.uniform = int8, uniform
        self.rng = np.random.default_rng(seed)
        self.tensors, self.buffers, self.operators, self.codes = [], [schema.BufferT()], [], []
        self.macs = 0

    def tensor(self, shape, dtype, data=None, scale=None, zero_point=0, axis=0):
        t = schema.TensorT()
        t.shape, t.type, t.name = [int(d) for d in shape], dtype, ("t%d" % len(self.tensors)).encode()
        t.buffer = 0
        if data is not None:
            b = schema.BufferT()
            b.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            self.buffers.append(b)
            t.buffer = len(self.buffers) - 1
        if scale is not None:
            q = schema.QuantizationParametersT()
            q.scale = np.atleast_1d(np.asarray(scale, np.float32))
            q.zeroPoint = np.full(q.scale.shape, zero_point, np.int64)
            q.quantizedDimension = axis
            t.quantization = q
        self.tensors.append(t)
        return len(self.tensors) - 1

    def activation(self, shape, act=NONE, scale=0.04, zero_point=-8):
        """After a ReLU the least int8 is 0.0, as in real models; after a ReLU6 the greatest is 6.0."""
        if not self.int8:
            return self.tensor(shape, 0)
        return self.tensor(shape, 9, None, 6 / 255 if act == RELU6 else scale, zero_point if act == NONE else -128)

    def like(self, x, shape):
        """Another shape with the quantization of x."""
        if not self.int8:
            return self.tensor(shape, 0)
        q = self.tensors[x].quantization
        return self.tensor(shape, 9, None, q.scale[0], int(q.zeroPoint[0]))

    def shape(self, x):
        return list(self.tensors[x].shape)

    def scale(self, x):
        return float(self.tensors[x].quantization.scale[0])

    def op(self, name, inputs, outputs, options_type=0, options=None):
        code = schema.OperatorCodeT()
        if name not in self.codes:
            self.codes.append(name)
        o = schema.OperatorT()
        o.opcodeIndex, o.inputs, o.outputs = self.codes.index(name), inputs, outputs
        o.builtinOptionsType, o.builtinOptions = options_type, options
        self.operators.append(o)
        return outputs[0]

    def weights(self, shape, axis, fan_in, x):
        """Weight and bias tensors; gain chosen so that activations neither vanish nor explode."""
        n = shape[axis]
        bias = self.rng.normal(0, 0.1, n)
        if not self.int8:
            w = self.rng.normal(0, 1.4 / np.sqrt(fan_in), shape)
            return self.tensor(shape, 0, w.astype(np.float32)), self.tensor([n], 0, bias.astype(np.float32))
        if self.uniform:
            q = self.rng.integers(-127, 128, shape)
            sigma = 73.6
        else:
            q = np.clip(np.round(self.rng.normal(0, 36, shape)), -127, 127)
            sigma = 36.0
        scale = 1.4 / np.sqrt(fan_in) / sigma * self.rng.uniform(0.7, 1.4, n)
        bias_scale = np.float32(self.scale(x)) * scale.astype(np.float32)
        w = self.tensor(shape, 9, q.astype(np.int8), scale, 0, axis)
        return w, self.tensor([n], 2, np.round(bias / bias_scale).astype(np.int32), bias_scale, 0, 0)

    def input(self, shape):
        self.in_ = self.activation(shape)
        return self.in_

    @staticmethod
    def size(n, k, stride, padding):
        return -(-n // stride) if padding == SAME else (n - k) // stride + 1

    def conv(self, x, n, k, stride=1, act=RELU, padding=SAME):
        kh, kw = (k, k) if isinstance(k, int) else k
        sh, sw = (stride, stride) if isinstance(stride, int) else stride
        _, h, w, c = self.shape(x)
        weight, bias = self.weights([n, kh, kw, c], 0, kh * kw * c, x)
        oh, ow = self.size(h, kh, sh, padding), self.size(w, kw, sw, padding)
        y = self.activation([1, oh, ow, n], act)
        o = schema.Conv2DOptionsT()
        o.padding, o.strideW, o.strideH, o.fusedActivationFunction, o.dilationWFactor, o.dilationHFactor = padding, sw, sh, act, 1, 1
        self.macs += oh * ow * n * kh * kw * c
        return self.op("CONV_2D", [x, weight, bias], [y], 1, o)

    def depthwise(self, x, k, stride=1, act=RELU, padding=SAME):
        kh, kw = (k, k) if isinstance(k, int) else k
        _, h, w, c = self.shape(x)
        weight, bias = self.weights([1, kh, kw, c], 3, kh * kw, x)
        oh, ow = self.size(h, kh, stride, padding), self.size(w, kw, stride, padding)
        y = self.activation([1, oh, ow, c], act)
        o = schema.DepthwiseConv2DOptionsT()
        o.padding, o.strideW, o.strideH, o.fusedActivationFunction, o.dilationWFactor, o.dilationHFactor = padding, stride, stride, act, 1, 1
        o.depthMultiplier = 1
        self.macs += oh * ow * kh * kw * c
        return self.op("DEPTHWISE_CONV_2D", [x, weight, bias], [y], 2, o)

    def dense(self, x, n, act=NONE):
        c = self.shape(x)[-1]
        weight, bias = self.weights([n, c], 0, c, x)
        y = self.activation(self.shape(x)[:-1] + [n], act)
        o = schema.FullyConnectedOptionsT()
        o.fusedActivationFunction = act
        self.macs += n * c
        return self.op("FULLY_CONNECTED", [x, weight, bias], [y], 8, o)

    def add(self, a, b, act=NONE):
        o = schema.AddOptionsT()
        o.fusedActivationFunction = act
        return self.op("ADD", [a, b], [self.activation(self.shape(a), act, 0.05, -3)], 11, o)

    def mean(self, x):
        n, _, _, c = self.shape(x)
        axes = self.tensor([2], 2, np.array([1, 2], np.int32))
        return self.op("MEAN", [x, axes], [self.activation([n, c])], 27, schema.ReducerOptionsT())

    def pool(self, x, kind, k, stride, padding=VALID):
        kh, kw = (k, k) if isinstance(k, int) else k
        n, h, w, c = self.shape(x)
        o = schema.Pool2DOptionsT()
        o.padding, o.strideW, o.strideH, o.filterWidth, o.filterHeight = padding, stride, stride, kw, kh
        y = [n, self.size(h, kh, stride, padding), self.size(w, kw, stride, padding), c]
        return self.op(kind, [x], [self.like(x, y)], 5, o)

    def pad(self, x, before, after):
        n, h, w, c = self.shape(x)
        p = self.tensor([4, 2], 2, np.array([[0, 0], [before, after], [before, after], [0, 0]], np.int32))
        y = [n, h + before + after, w + before + after, c]
        return self.op("PAD", [x, p], [self.like(x, y)], 22, schema.PadOptionsT())

    def reshape(self, x, shape):
        s = self.tensor([len(shape)], 2, np.array(shape, np.int32))
        o = schema.ReshapeOptionsT()
        o.newShape = shape
        return self.op("RESHAPE", [x, s], [self.like(x, shape)], 17, o)

    def softmax(self, x):
        o = schema.SoftmaxOptionsT()
        o.beta = 1.0
        return self.op("SOFTMAX", [x], [self.activation(self.shape(x), NONE, 1 / 256, -128)], 9, o)

    def write(self, path, output):
        g = schema.SubGraphT()
        g.tensors, g.operators, g.inputs, g.outputs, g.name = self.tensors, self.operators, [self.in_], [output], b"main"
        m = schema.ModelT()
        m.version, m.subgraphs, m.buffers, m.description = 3, [g], self.buffers, b"octet bench"
        versions = {"CONV_2D": 3, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 4, "ADD": 2, "MEAN": 2, "AVERAGE_POOL_2D": 2,
                    "MAX_POOL_2D": 2, "SOFTMAX": 2, "PAD": 2}
        m.operatorCodes = []
        for name in self.codes:
            c = schema.OperatorCodeT()
            c.builtinCode = c.deprecatedBuiltinCode = OPS[name]
            c.version = versions.get(name, 1) if self.int8 else 1
            m.operatorCodes.append(c)
        b = flatbuffers.Builder(1 << 20)
        b.Finish(m.Pack(b), b"TFL3")
        with open(path, "wb") as f:
            f.write(b.Output())


def mobilenet_v1(n):
    x = n.conv(n.input([1, 224, 224, 3]), 32, 3, 2, RELU6)
    for stride, c in [(1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512)] + [(1, 512)] * 5 + [(2, 1024), (1, 1024)]:
        if stride == 2:
            x = n.depthwise(n.pad(x, 0, 1), 3, 2, RELU6, VALID)
        else:
            x = n.depthwise(x, 3, 1, RELU6)
        x = n.conv(x, c, 1, 1, RELU6)
    return n.softmax(n.dense(n.mean(x), 1000))


def mobilenet_v2(n):
    x = n.conv(n.input([1, 224, 224, 3]), 32, 3, 2, RELU6)
    c_in = 32
    for t, c, repeat, stride in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for i in range(repeat):
            y = n.conv(x, t * c_in, 1, 1, RELU6) if t > 1 else x
            if i == 0 and stride == 2:
                y = n.depthwise(n.pad(y, 0, 1), 3, 2, RELU6, VALID)
            else:
                y = n.depthwise(y, 3, 1, RELU6)
            y = n.conv(y, c, 1, 1, NONE)
            x = n.add(x, y) if i > 0 else y
            c_in = c
    x = n.conv(x, 1280, 1, 1, RELU6)
    return n.softmax(n.dense(n.mean(x), 1000))


def resnet50(n):
    x = n.conv(n.pad(n.input([1, 224, 224, 3]), 3, 3), 64, 7, 2, RELU, VALID)
    x = n.pool(n.pad(x, 1, 1), "MAX_POOL_2D", 3, 2)
    for c, blocks, stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for i in range(blocks):
            s = stride if i == 0 else 1
            shortcut = n.conv(x, 4 * c, 1, s, NONE) if i == 0 else x
            y = n.conv(x, c, 1, s)
            y = n.conv(y, c, 3)
            y = n.conv(y, 4 * c, 1, 1, NONE)
            x = n.add(shortcut, y, RELU)
    return n.softmax(n.dense(n.mean(x), 1000))


def resnet8(n):
    """MLPerf Tiny image classification."""
    x = n.conv(n.input([1, 32, 32, 3]), 16, 3)
    for c, s in [(16, 1), (32, 2), (64, 2)]:
        y = n.conv(n.conv(x, c, 3, s), c, 3, 1, NONE)
        x = n.add(n.conv(x, c, 1, s, NONE) if s == 2 else x, y, RELU)
    return n.softmax(n.dense(n.reshape(n.pool(x, "AVERAGE_POOL_2D", 8, 8), [1, 64]), 10))


def ds_cnn(n):
    """MLPerf Tiny keyword spotting."""
    x = n.conv(n.input([1, 49, 10, 1]), 64, (10, 4), 2)
    for _ in range(4):
        x = n.conv(n.depthwise(x, 3), 64, 1)
    h, w = n.shape(x)[1:3]
    return n.softmax(n.dense(n.reshape(n.pool(x, "AVERAGE_POOL_2D", (h, w), 1), [1, 64]), 12))


def vww(n):
    """MLPerf Tiny visual wake words: MobileNetV1 0.25 at 96x96."""
    x = n.conv(n.input([1, 96, 96, 3]), 8, 3, 2)
    for stride, c in [(1, 16), (2, 32), (1, 32), (2, 64), (1, 64), (2, 128)] + [(1, 128)] * 5 + [(2, 256), (1, 256)]:
        x = n.conv(n.depthwise(x, 3, stride), c, 1)
    return n.softmax(n.dense(n.reshape(n.pool(x, "AVERAGE_POOL_2D", 3, 1), [1, 256]), 2))


def ad(n):
    """MLPerf Tiny anomaly detection: a dense autoencoder."""
    x = n.input([1, 640])
    for c in [128, 128, 128, 128, 8, 128, 128, 128, 128]:
        x = n.dense(x, c, RELU)
    return n.dense(x, 640)


def big_dense(n):
    x = n.input([1, 1024])
    return n.dense(n.dense(n.dense(x, 4096, RELU), 4096, RELU), 1024)


def stack(size, c, k):
    def build(n):
        x = n.input([1, size, size, c])
        for _ in range(8):
            x = n.conv(x, c, k)
        return x
    return build


NETWORKS = {"mobilenet_v1": mobilenet_v1, "mobilenet_v2": mobilenet_v2, "resnet50": resnet50, "tiny_resnet8": resnet8, "tiny_ds_cnn": ds_cnn,
            "tiny_vww": vww, "tiny_ad": ad, "big_dense": big_dense, "stack_3x3x256_14": stack(14, 256, 3),
            "stack_1x1x512_28": stack(28, 512, 1), "stack_3x3x64_56": stack(56, 64, 3)}
UNIFORM = ["mobilenet_v1", "resnet50", "stack_3x3x256_14", "stack_1x1x512_28", "stack_3x3x64_56"]
IN_ONNX = UNIFORM + ["mobilenet_v2"]


def one_addition(folder):
    """The smallest model there is."""
    net = Net(False)
    x = net.input([1, 1])
    path = os.path.join(folder, "one_addition.tflite")
    net.write(path, net.add(x, x))
    return path


def write(folder, name):
    """Writes one network; gives [(type, path, path of the ONNX model or None, multiply-accumulates)]."""
    os.makedirs(folder, exist_ok=True)
    written = []
    for kind in ["f32", "int8"] + ["uniform_int8"] * (name in UNIFORM):
        net = Net(kind != "f32", kind == "uniform_int8")
        output = NETWORKS[name](net)
        path = os.path.join(folder, "%s_%s.tflite" % (name, kind))
        net.write(path, output)
        onnx = path.replace(".tflite", ".onnx") if name in IN_ONNX and net.int8 else None
        if onnx:
            onnx_networks.write(onnx, net, output)
        written.append((kind, path, onnx, net.macs))
    return written


if __name__ == "__main__":
    for name in NETWORKS:
        for kind, path, _, macs in write(sys.argv[1], name):
            print("%-20s %-12s %8.1f MMAC  %s" % (name, kind, macs / 1e6, path))
