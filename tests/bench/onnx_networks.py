"""int8 networks of networks.py as ONNX models of the operators that ONNX Runtime has fast kernels for: the same shapes, weights and scales.

Its fast products take activations of uint8 and weights of int8, so activations are q + 128 here, with zero points moved alike. A fused ReLU
needs no operator: the zero point of its output is the least value there is.
"""
import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

MICROSOFT = "com.microsoft"


class Writer:
    def __init__(self, net):
        self.net, self.nodes, self.constants = net, [], {}
        self.pads = {}  # output of a PAD: (its input, [top, left, bottom, right])

    def constant(self, name, data):
        self.constants[name] = numpy_helper.from_array(np.asarray(data, order="C"), name)
        return name

    def data(self, tensor, dtype):
        t = self.net.tensors[tensor]
        return self.net.buffers[t.buffer].data.view(dtype).reshape(t.shape)

    def quantization(self, tensor):
        """Names of the scale and zero point of an activation."""
        q = self.net.tensors[tensor].quantization
        return [self.constant("scale%d" % tensor, np.float32(q.scale[0])), self.constant("zero%d" % tensor, np.uint8(q.zeroPoint[0] + 128))]

    def activation(self, tensor):
        return ["t%d" % tensor] + self.quantization(tensor)

    def weights(self, tensor, order):
        q = self.net.tensors[tensor].quantization
        return [self.constant("t%d" % tensor, self.data(tensor, np.int8).transpose(order)),
                self.constant("scale%d" % tensor, np.float32(q.scale)), self.constant("zero%d" % tensor, np.zeros(len(q.scale), np.int8))]

    def node(self, kind, inputs, output, domain="", **attributes):
        self.nodes.append(helper.make_node(kind, inputs, ["t%d" % output], domain=domain, **attributes))

    def window(self, op, kernel, stride):
        """The operator's input without the PAD in front of it, and the attributes of its window."""
        x, pads = self.pads.get(op.inputs[0], (op.inputs[0], [0, 0, 0, 0]))
        if op.builtinOptions.padding == 0:  # SAME; nothing is padded twice
            _, h, w, _ = self.net.shape(x)
            _, oh, ow, _ = self.net.shape(op.outputs[0])
            total = [max(0, (o - 1) * s + k - n) for o, s, k, n in zip((oh, ow), stride, kernel, (h, w))]
            pads = [t // 2 for t in total] + [t - t // 2 for t in total]
        return x, {"kernel_shape": kernel, "strides": stride, "pads": pads}

    def convolution(self, op, order, groups):
        o = op.builtinOptions
        x, window = self.window(op, self.net.shape(op.inputs[1])[1:3], [o.strideH, o.strideW])
        bias = self.constant("t%d" % op.inputs[2], self.data(op.inputs[2], np.int32))
        self.node("QLinearConv", self.activation(x) + self.weights(op.inputs[1], order) + self.quantization(op.outputs[0]) + [bias],
                  op.outputs[0], group=groups, **window)

    def CONV_2D(self, op):
        self.convolution(op, (0, 3, 1, 2), 1)

    def DEPTHWISE_CONV_2D(self, op):
        self.convolution(op, (3, 0, 1, 2), self.net.shape(op.inputs[1])[3])

    def PAD(self, op):
        (_, _), (top, bottom), (left, right), (_, _) = self.data(op.inputs[1], np.int32).tolist()
        self.pads[op.outputs[0]] = (op.inputs[0], [top, left, bottom, right])

    def MAX_POOL_2D(self, op):
        o = op.builtinOptions
        x, window = self.window(op, [o.filterHeight, o.filterWidth], [o.strideH, o.strideW])
        self.node("MaxPool", ["t%d" % x], op.outputs[0], **window)

    def ADD(self, op):
        a, b = op.inputs
        self.node("QLinearAdd", self.activation(a) + self.activation(b) + self.quantization(op.outputs[0]), op.outputs[0], MICROSOFT)

    def MEAN(self, op):
        x, y = op.inputs[0], op.outputs[0]
        mean = helper.make_node("QLinearGlobalAveragePool", self.activation(x) + self.quantization(y), ["mean"], domain=MICROSOFT)
        self.nodes.append(mean)
        self.node("Flatten", ["mean"], y)

    def FULLY_CONNECTED(self, op):
        (x, w, b), (y,) = op.inputs, op.outputs
        bias = self.constant("t%d" % b, self.data(b, np.int32))
        self.node("QGemm", self.activation(x) + self.weights(w, (0, 1)) + [bias] + self.quantization(y), y, MICROSOFT, transB=1)

    def SOFTMAX(self, op):
        self.node("QLinearSoftmax", self.activation(op.inputs[0]) + self.quantization(op.outputs[0]), op.outputs[0], MICROSOFT, opset=13)

    def value(self, tensor):
        n, *space, c = self.net.shape(tensor)
        return helper.make_tensor_value_info("t%d" % tensor, TensorProto.UINT8, [n, c, *space])


def write(path, net, output):
    w = Writer(net)
    for op in net.operators:
        getattr(w, net.codes[op.opcodeIndex])(op)
    graph = helper.make_graph(w.nodes, "main", [w.value(net.in_)], [w.value(output)], list(w.constants.values()))
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)], ir_version=10), path)
