"""Arithmetic, activations, movement and resizing on random shapes, options and scales, against LiteRT."""
import numpy as np

from litert_case import constant, main, model, options, tensor

OPTIONS = {'ADD': 'Add', 'SUB': 'Sub', 'MUL': 'Mul', 'DIV': 'Div', 'MAXIMUM': 'MaximumMinimum', 'MINIMUM': 'MaximumMinimum',
           'SQUARED_DIFFERENCE': 'SquaredDifference'}


def quantized(r, dtype):
    if dtype == np.float32 or dtype in (np.int32, np.int64):
        return {}
    return dict(scale=r.scale(-2.5, -.5) / (256 if dtype == np.int16 else 1), zero_point=r.zero_point(dtype))


def arithmetic(r, operator, dtype=np.int8):
    a, b = r.pick(((2, 3, 4), (2, 3, 4)), ((2, 3, 4), (4,)), ((2, 1, 4), (3, 1)), ((1,), (2, 5)), ((2, 3, 4, 5), (1, 1, 1, 5)))
    qa, qb, qo = quantized(r, dtype), quantized(r, dtype), quantized(r, dtype)
    if qo and operator == 'MUL':
        qo['scale'] = qa['scale'] * qb['scale'] * (90 if dtype == np.int8 else 20000)
    elif qo and operator == 'SQUARED_DIFFERENCE':
        qo['scale'] = max(qa['scale'], qb['scale']) ** 2 * 120
    elif qo:
        qo['scale'] = 1.3 * max(qa['scale'], qb['scale'])
    if operator in ('MAXIMUM', 'MINIMUM'):
        qb = qo = qa
    o = options(OPTIONS[operator])
    if hasattr(o, 'fusedActivationFunction'):
        o.fusedActivationFunction = r.integer(0, 3)
    if hasattr(o, 'potScaleInt16'):
        o.potScaleInt16 = False
    x, y = r.data(a, dtype), r.data(b, dtype)
    return model(operator, [tensor(a, dtype, **qa), tensor(b, dtype, **qb)], [tensor(np.broadcast_shapes(a, b), dtype, **qo)], o, 2), [x, y]


def unary(r, operator, dtype=np.int8):
    shape = (4, 256)
    s, z = r.scale(-2.5, -1), r.zero_point(dtype)
    if dtype == np.int16:
        s /= 256
    so, zo, o = s * r.g.uniform(.3, 2), r.zero_point(dtype), None
    if operator == 'LOGISTIC':
        so, zo = (1 / 256, -128) if dtype == np.int8 else (1 / 32768, 0)
    if operator == 'TANH':
        so, zo = (1 / 128, 0) if dtype == np.int8 else (1 / 32768, 0)
    if operator == 'EXP':
        s, z = (r.scale(-3, -1.5), z) if dtype == np.int8 else (r.scale(-5.5, -4), 0)
        so, zo = (np.exp(s * (127 - z)) / 255, -128) if dtype == np.int8 else (np.exp(s * 32767) / 32767, 0)
    if operator in ('LOG', 'SQRT', 'RSQRT'):
        z = -128
        so, zo = {'LOG': r.scale(-2, -1), 'SQRT': np.sqrt(s * 255) / 255, 'RSQRT': np.sqrt(1 / s) / 255}[operator], -128 if operator != 'LOG' else zo
    if operator == 'GELU':
        o = options('Gelu', approximate=r.chance())
    if operator == 'LEAKY_RELU':
        o = options('LeakyRelu', alpha=float(np.float32(r.g.uniform(-.5, 1.5))))
    if operator == 'ABS':
        o = options('Abs')
    x = r.data(shape, dtype) if dtype == np.int16 else np.tile(np.arange(-128, 128), (4, 1)).astype(np.int8)
    return model(operator, [tensor(shape, dtype, s, z)], [tensor(shape, dtype, so, zo)], o,
                 2 if operator not in ('GELU', 'RELU_N1_TO_1', 'HARD_SWISH', 'LOGISTIC', 'TANH') or dtype == np.int16 else 1), [x]


def prelu(r):
    shape = (2, 3, 4, 5)
    s = r.scale(-2.5, -1)
    alpha = constant(r.g.integers(-127, 128, r.pick((1, 1, 5), (3, 4, 5))).astype(np.int8), r.scale(-3, -1))
    return model('PRELU', [tensor(shape, np.int8, s, r.zero_point()), alpha], [tensor(shape, np.int8, s * 1.1, r.zero_point())]), \
        [r.data(shape, np.int8)]


def resize(r, operator, dtype=np.int8):
    h, w, oh, ow = r.integer(1, 9), r.integer(1, 9), r.integer(1, 20), r.integer(1, 20)
    align = r.chance()
    half = not align and r.chance()
    q = quantized(r, dtype)
    name = 'ResizeBilinear' if operator == 'RESIZE_BILINEAR' else 'ResizeNearestNeighbor'
    return model(operator, [tensor((2, h, w, 3), dtype, **q), constant(np.array([oh, ow], np.int32))], [tensor((2, oh, ow, 3), dtype, **q)],
                 options(name, alignCorners=align, halfPixelCenters=half), 3), [r.data((2, h, w, 3), dtype)]


def concatenation(r, dtype=np.int8):
    rank = r.integer(1, 4)
    base, axis = [r.integer(1, 5) for _ in range(rank)], r.integer(-rank, rank - 1)
    q, shapes = quantized(r, dtype), []
    for _ in range(r.integer(1, 4)):
        shape = list(base)
        shape[axis] = r.integer(1, 5)
        shapes.append(shape)
    out = list(base)
    out[axis] = sum(shape[axis] for shape in shapes)
    return model('CONCATENATION', [tensor(shape, dtype, **q) for shape in shapes], [tensor(out, dtype, **q)],
                 options('Concatenation', axis=axis, fusedActivationFunction=0), 2), [r.data(shape, dtype) for shape in shapes]


def pad(r, operator, dtype=np.int8):
    rank = r.integer(1, 4)
    shape = [r.integer(2, 5) for _ in range(rank)]
    low = operator == 'MIRROR_PAD'
    pads = np.array([[r.integer(0, 1 if low else 3), r.integer(0, 1 if low else 3)] for _ in range(rank)], np.int32)
    q = quantized(r, dtype)
    inputs = [tensor(shape, dtype, **q), constant(pads)]
    if operator == 'PADV2':
        inputs.append(constant(r.data((), dtype), q.get('scale'), q.get('zero_point', 0)))
    o = options('MirrorPad', mode=r.integer(0, 1)) if low else options('Pad' if operator == 'PAD' else 'PadV2')
    return model(operator, inputs, [tensor([d + int(p.sum()) for d, p in zip(shape, pads)], dtype, **q)], o, 2), [r.data(shape, dtype)]


def strided_slice(r, dtype=np.int8):
    rank = r.integer(1, 4)
    shape = [r.integer(1, 6) for _ in range(rank)]
    begin, end, stride = [], [], []
    for d in shape:
        stride.append(r.pick(1, 1, 2, -1, -2, 3))
        begin.append(r.integer(-d - 1, d + 1))
        end.append(r.integer(-d - 1, d + 1))
    begin_mask, end_mask, shrink = (r.integer(0, 2 ** rank - 1) for _ in range(3))
    shrink &= r.integer(0, 2 ** rank - 1) & r.integer(0, 2 ** rank - 1)
    index = []
    for i, d in enumerate(shape):
        if shrink >> i & 1:
            begin[i], stride[i] = r.integer(-d, d - 1), 1
            end[i] = begin[i] + 1 if begin[i] != -1 else d
            begin_mask &= ~(1 << i)
            end_mask &= ~(1 << i)
            index.append(begin[i])
        else:
            index.append(slice(None if begin_mask >> i & 1 else begin[i], None if end_mask >> i & 1 else end[i], stride[i]))
    out = np.zeros(shape)[tuple(index)].shape
    if 0 in out:
        return strided_slice(r, dtype)
    q = quantized(r, dtype)
    o = options('StridedSlice', beginMask=begin_mask, endMask=end_mask, shrinkAxisMask=shrink)
    inputs = [tensor(shape, dtype, **q)] + [constant(np.array(v, np.int32)) for v in (begin, end, stride)]
    return model('STRIDED_SLICE', inputs, [tensor(out, dtype, **q)], o, 2), [r.data(shape, dtype)]


def transpose(r, dtype=np.int8):
    rank = r.integer(1, 5)
    shape, order = [r.integer(1, 5) for _ in range(rank)], r.g.permutation(rank).astype(np.int32)
    q = quantized(r, dtype)
    return model('TRANSPOSE', [tensor(shape, dtype, **q), constant(order)], [tensor([shape[i] for i in order], dtype, **q)],
                 options('Transpose'), 2), [r.data(shape, dtype)]


def gather(r, dtype=np.int8):
    rank = r.integer(1, 4)
    shape = [r.integer(1, 5) for _ in range(rank)]
    axis = r.integer(-rank, rank - 1)
    indices = r.g.integers(0, shape[axis], r.pick((3,), (2, 2), ())).astype(np.int32)
    out = np.take(np.zeros(shape), indices, axis).shape
    q = quantized(r, dtype)
    return model('GATHER', [tensor(shape, dtype, **q), constant(indices)], [tensor(out, dtype, **q)], options('Gather', axis=axis), 2), \
        [r.data(shape, dtype)]


CASES, TOLERANCES = {}, {}
for _name in OPTIONS:
    for _label, _type in (('s8', np.int8), ('s16', np.int16), ('f32', np.float32), ('s32', np.int32)):
        if _name == 'DIV' and _type != np.float32 or _name == 'SQUARED_DIFFERENCE' and _type == np.int16:
            continue
        CASES[f'{_name.lower()}_{_label}'] = lambda r, n=_name, t=_type: arithmetic(r, n, t)
for _name in ('LOGISTIC', 'TANH', 'EXP', 'LOG', 'SQRT', 'RSQRT', 'ABS', 'GELU', 'HARD_SWISH', 'RELU', 'RELU6', 'RELU_N1_TO_1', 'LEAKY_RELU'):
    CASES[f'{_name.lower()}_s8'] = lambda r, n=_name: unary(r, n)
for _name in ('LOGISTIC', 'TANH', 'EXP', 'RELU', 'RELU6', 'LEAKY_RELU', 'ABS', 'GELU'):
    CASES[f'{_name.lower()}_s16'] = lambda r, n=_name: unary(r, n, np.int16)
CASES['prelu_s8'] = prelu
for _label, _type in (('s8', np.int8), ('s16', np.int16), ('f32', np.float32)):
    for _name in ('RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR'):
        CASES[f'{_name.lower()}_{_label}'] = lambda r, n=_name, t=_type: resize(r, n, t)
    for _name in ('PAD', 'PADV2', 'MIRROR_PAD'):
        CASES[f'{_name.lower()}_{_label}'] = lambda r, n=_name, t=_type: pad(r, n, t)
    for _function in (concatenation, strided_slice, transpose, gather):
        CASES[f'{_function.__name__}_{_label}'] = lambda r, f=_function, t=_type: f(r, t)
TOLERANCES['resize_bilinear_f32'] = 1e-5

if __name__ == '__main__':
    main(CASES, TOLERANCES)
