"""Convolutions, fully connected layers and matrix products on random shapes, options and scales, against LiteRT."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from litert_case import Random, constant, main, model, options, tensor


def windows(r, size, filter_size, stride, padding, dilation):
    extent = (filter_size - 1) * dilation + 1
    return -(-size // stride) if padding == 0 else (size - extent) // stride + 1


def weights_of(r, shape, channels, axis, per_channel):
    w = r.g.integers(-127, 128, shape).astype(np.int8)
    scale = [r.scale(-4, -1) for _ in range(channels if per_channel else 1)]
    return constant(w, scale, axis=axis), np.array(scale)


def bias_of(r, channels, scales, dtype):
    return constant(r.g.integers(-5000, 5000, channels).astype(dtype), scales)


def out_scale(r, input_scale, scales, terms, dtype):
    wide = 1 if dtype == np.int8 else 1.0
    return float(np.float32(np.sqrt(terms) * 73 * input_scale * np.median(scales) * wide * r.g.uniform(.5, 2)))


def conv(r, dtype=np.int8, depthwise=False):
    groups = 1 if depthwise else r.pick(1, 1, 1, 2, 3)
    per_channel = r.chance(.7)
    c = groups * r.integer(1, 8)
    multiplier = r.integer(1, 3)
    o = c * multiplier if depthwise else groups * r.integer(1, 8)
    fh, fw = r.integer(1, 4), r.integer(1, 4)
    dh, dw = (r.integer(1, 3), r.integer(1, 3)) if r.chance(.4) else (1, 1)
    sh, sw = (1, 1) if (dh, dw) != (1, 1) else (r.integer(1, 3), r.integer(1, 3))
    h, w = r.integer((fh - 1) * dh + 1, 14), r.integer((fw - 1) * dw + 1, 14)
    padding, batch = r.pick(0, 1), r.integer(1, 2)
    shape = (1, fh, fw, o) if depthwise else (o, fh, fw, c // groups)
    weights, scales = weights_of(r, shape, o, 3 if depthwise else 0, per_channel)
    s, z = r.scale(), r.zero_point(dtype)
    if dtype == np.int16:
        s /= 256
    bias = bias_of(r, o, s * scales, np.int64 if dtype == np.int16 else np.int32)  # the reference kernel insists on one
    so = out_scale(r, s, scales, fh * fw * (1 if depthwise else c // groups), dtype)
    oh, ow = windows(r, h, fh, sh, padding, dh), windows(r, w, fw, sw, padding, dw)
    common = dict(padding=padding, strideH=sh, strideW=sw, dilationHFactor=dh, dilationWFactor=dw,
                  fusedActivationFunction=r.integer(0, 3))
    if depthwise:
        o_ = options('DepthwiseConv2D', depthMultiplier=multiplier, **common)
    else:
        o_ = options('Conv2D', **common)
    content = model('DEPTHWISE_CONV_2D' if depthwise else 'CONV_2D', [tensor((batch, h, w, c), dtype, s, z), weights, bias],
                    [tensor((batch, oh, ow, o), dtype, so, r.zero_point(dtype))], o_, 3)
    return content, [r.data((batch, h, w, c), dtype)]


def transpose_conv(r, dtype=np.int8):
    h, w, c, o = r.integer(1, 6), r.integer(1, 6), r.integer(1, 6), r.integer(1, 6)
    fh, fw, sh, sw, padding = r.integer(1, 4), r.integer(1, 4), r.integer(1, 3), r.integer(1, 3), r.pick(0, 1)
    oh = h * sh if padding == 0 else (h - 1) * sh + fh
    ow = w * sw if padding == 0 else (w - 1) * sw + fw
    weights, scales = weights_of(r, (o, fh, fw, c), o, 0, r.chance(.7))
    s, z = r.scale(), r.zero_point(dtype)
    if dtype == np.int16:
        s /= 256
    with_bias = r.chance()
    bias = [bias_of(r, o, s * scales, np.int64 if dtype == np.int16 else np.int32)] if with_bias else []
    content = model('TRANSPOSE_CONV', [constant(np.array([2, oh, ow, o], np.int32)), weights, tensor((2, h, w, c), dtype, s, z)] + bias,
                    [tensor((2, oh, ow, o), dtype, out_scale(r, s, scales, fh * fw * c, dtype), r.zero_point(dtype))],
                    options('TransposeConv', padding=padding, strideH=sh, strideW=sw, fusedActivationFunction=r.pick(0, 1, 3)), 4)
    return content, [r.data((2, h, w, c), dtype)]


def fully_connected(r, dtype=np.int8):
    o, k, rows = r.integer(1, 40), r.integer(1, 300), r.integer(1, 4)
    weights, scales = weights_of(r, (o, k), o, 0, r.chance(.7))
    s, z = r.scale(), r.zero_point(dtype)
    if dtype == np.int16:
        s /= 256
    bias = bias_of(r, o, s * scales, np.int64 if dtype == np.int16 else np.int32) if r.chance(.8) else None
    keep = r.chance(.4)
    shape = (rows, 2, k) if keep else (rows, k)
    content = model('FULLY_CONNECTED', [tensor(shape, dtype, s, z), weights, bias],
                    [tensor(shape[:-1] + (o,), dtype, out_scale(r, s, scales, k, dtype), r.zero_point(dtype))],
                    options('FullyConnected', keepNumDims=keep, fusedActivationFunction=r.integer(0, 3)), 5)
    return content, [r.data(shape, dtype)]


def batch_matmul(r, dtype=np.int8):
    m, k, n = r.integer(1, 12), r.integer(1, 40), r.integer(1, 70)
    adj_x, adj_y = r.chance(.3), r.chance(.3)
    lead_a, lead_b = r.pick(((2, 3), (2, 3)), ((), ()), ((3,), ()), ((2, 1), (1, 3)), ((1,), (4,)), ((2, 2), (2,)))
    lead = np.broadcast_shapes(lead_a, lead_b)
    a = lead_a + ((k, m) if adj_x else (m, k))
    b = lead_b + ((n, k) if adj_y else (k, n))
    sa, sb = r.scale(), r.scale()
    if dtype == np.int16:
        sa, sb = sa / 256, sb / 256
    so = float(np.float32(sa * sb * (80 if dtype == np.int8 else 20000) * np.sqrt(k)))
    content = model('BATCH_MATMUL', [tensor(a, dtype, sa, r.zero_point(dtype)), tensor(b, dtype, sb, r.zero_point(dtype))],
                    [tensor(lead + (m, n), dtype, so, r.zero_point(dtype))], options('BatchMatMul', adjX=adj_x, adjY=adj_y), 2)
    return content, [r.data(a, dtype), r.data(b, dtype)]


def hybrid(r, operator):
    """Float activations, int8 weights."""
    o, k = r.integer(1, 20), r.integer(1, 20)
    bias = constant(r.data((o,), np.float32))
    if operator == 'FULLY_CONNECTED':
        k = r.integer(1, 200)
        rows = r.integer(1, 4)
        weights, _ = weights_of(r, (o, k), o, 0, r.chance(.7))
        x = r.data((rows, k), np.float32)
        o_ = options('FullyConnected', asymmetricQuantizeInputs=r.chance(.7), fusedActivationFunction=r.integer(0, 3))
        y = (rows, o)
        bias = bias if r.chance() else None
    else:
        fh, fw, s = r.integer(1, 3), r.integer(1, 3), r.integer(1, 2)
        common = dict(padding=0, strideH=s, strideW=s, dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=r.integer(0, 3))
        if operator == 'CONV_2D':
            weights, _ = weights_of(r, (o, fh, fw, k), o, 0, r.chance(.7))
            o_ = options('Conv2D', **common)
        elif operator == 'TRANSPOSE_CONV':
            weights, _ = weights_of(r, (o, fh, fw, k), o, 0, o > 1)
            o_ = options('TransposeConv', padding=0, strideH=s, strideW=s, fusedActivationFunction=r.integer(0, 1))
        else:
            m = r.integer(1, 3)
            o = k * m
            bias = constant(r.data((o,), np.float32))
            weights, _ = weights_of(r, (1, fh, fw, o), o, 3, True)
            o_ = options('DepthwiseConv2D', depthMultiplier=m, **common)
        x = r.data((2, 7, 6, k), np.float32)
        y = (2, 7 * s, 6 * s, o) if operator == 'TRANSPOSE_CONV' else (2, -(-7 // s), -(-6 // s), o)
    x = x * np.float32(r.pick(1, 100, 1e-3)) + np.float32(r.pick(0, 0, 1, -3))
    if r.chance(.2):
        x = np.maximum(x, 0)
    if r.chance(.1):
        x[0] = 0
    version = {'FULLY_CONNECTED': 12, 'CONV_2D': 5, 'DEPTHWISE_CONV_2D': 6, 'TRANSPOSE_CONV': 4}[operator]
    inputs = [tensor(x.shape, np.float32), weights, bias]
    if operator == 'TRANSPOSE_CONV':
        inputs = [constant(np.array(y, np.int32)), weights, inputs[0], bias]
    return model(operator, inputs, [tensor(y, np.float32)], o_, version), [x]


def weights_float(r, operator):
    o, k, fh, fw, s = r.integer(1, 20), r.integer(1, 40), r.integer(1, 3), r.integer(1, 3), r.integer(1, 2)
    common = dict(padding=r.pick(0, 1), strideH=s, strideW=s, fusedActivationFunction=r.integer(0, 3))
    size = [-(-7 // s), -(-6 // s)] if common['padding'] == 0 else [(7 - fh) // s + 1, (6 - fw) // s + 1]
    x, w, y = (2, 7, 6, k), (o, fh, fw, k), (2, *size, o)
    before = []
    if operator == 'CONV_2D':
        o_ = options('Conv2D', dilationHFactor=1, dilationWFactor=1, **common)
    elif operator == 'DEPTHWISE_CONV_2D':
        m = r.integer(1, 3)
        w, y = (1, fh, fw, k * m), (2, *size, k * m)
        o_ = options('DepthwiseConv2D', depthMultiplier=m, dilationHFactor=1, dilationWFactor=1, **common)
    elif operator == 'TRANSPOSE_CONV':
        common['padding'] = 0
        y = (2, 7 * s, 6 * s, o)
        o_ = options('TransposeConv', **common)
        before = [constant(np.array(y, np.int32))]
    elif operator == 'CONV_3D':
        x, w, y = (2, 5, 7, 6, k), (2, fh, fw, k, o), (2, 5 if common['padding'] == 0 else 4, *size, o)
        o_ = options('Conv3D', strideD=1, dilationDFactor=1, dilationHFactor=1, dilationWFactor=1, **common)
    else:
        x, w, y = (3, k), (o, k), (3, o)
        o_ = options('FullyConnected', fusedActivationFunction=common['fusedActivationFunction'])
    weights, bias = constant(r.data(w, np.float32)), constant(r.data(y[-1:], np.float32))
    inputs = [constant(np.array(y, np.int32)), weights, tensor(x, np.float32), bias] if before else [tensor(x, np.float32), weights, bias]
    return model(operator, inputs, [tensor(y, np.float32)], o_, 3 if before else 1), [r.data(x, np.float32)]


def matmul_float(r):
    m, k, n, adj_x, adj_y = r.integer(1, 12), r.integer(1, 40), r.integer(1, 70), r.chance(.3), r.chance(.3)
    a, b = (2, k, m) if adj_x else (2, m, k), (2, n, k) if adj_y else (2, k, n)
    content = model('BATCH_MATMUL', [tensor(a, np.float32), tensor(b, np.float32)], [tensor((2, m, n), np.float32)],
                    options('BatchMatMul', adjX=adj_x, adjY=adj_y))
    return content, [r.data(a, np.float32), r.data(b, np.float32)]


def half_bytes(r, make):
    """The same with the weights as INT4."""
    content, inputs, *rest = make(r)
    m = schema.ModelT.InitFromPackedBuf(content, 0)
    weights = m.subgraphs[0].tensors[m.subgraphs[0].operators[0].inputs[1]]
    data = np.clip(np.asarray(m.buffers[weights.buffer].data, np.uint8).view(np.int8), -7, 7)
    data = np.append(data, [0] * (len(data) % 2)).astype(np.int8) & 15
    m.buffers[weights.buffer].data = (data[::2] | data[1::2] << 4).astype(np.uint8)
    weights.type = schema.TensorType.INT4
    builder = flatbuffers.Builder(1024)
    builder.Finish(m.Pack(builder), b'TFL3')
    return bytes(builder.Output()), inputs, *rest


CASES = {'conv_s8': conv, 'depthwise_s8': lambda r: conv(r, depthwise=True), 'transpose_conv_s8': transpose_conv,
         'fully_connected_s8': fully_connected, 'batch_matmul_s8': batch_matmul,
         'conv_s16': lambda r: conv(r, np.int16), 'depthwise_s16': lambda r: conv(r, np.int16, True),
         'transpose_conv_s16': lambda r: transpose_conv(r, np.int16), 'fully_connected_s16': lambda r: fully_connected(r, np.int16),
         'batch_matmul_s16': lambda r: batch_matmul(r, np.int16),
         'conv_hybrid': lambda r: hybrid(r, 'CONV_2D'), 'depthwise_hybrid': lambda r: hybrid(r, 'DEPTHWISE_CONV_2D'),
         'transpose_conv_hybrid': lambda r: hybrid(r, 'TRANSPOSE_CONV'), 'fully_connected_hybrid': lambda r: hybrid(r, 'FULLY_CONNECTED')}

for _name in ('CONV_2D', 'DEPTHWISE_CONV_2D', 'TRANSPOSE_CONV', 'CONV_3D', 'FULLY_CONNECTED'):
    CASES[_name.lower() + '_f32'] = lambda r, n=_name: weights_float(r, n)
CASES['batch_matmul_f32'] = matmul_float
for _name in ('fully_connected_s8', 'fully_connected_hybrid', 'conv_s8', 'conv_hybrid', 'depthwise_s8'):
    CASES[_name + '_int4'] = lambda r, make=CASES[_name]: half_bytes(r, make)

if __name__ == '__main__':
    main(CASES)
