"""Arithmetic, functions of one number, comparison, selection, casts and resizing on random shapes, scales and options, against LiteRT.

Float functions that LiteRT takes from its C library (EXP, LOG, LOGISTIC, TANH, GELU, ...) are not compared here: octet rounds
them correctly, see docs/operators.md. Their int8 and int16 tables are."""
import numpy as np

from litert_case import TYPES, constant, main, model, options, tensor


def shapes(r):
    """Two shapes that broadcast, and the common one."""
    out = [r.integer(1, 5) for _ in range(r.integer(1, 4))]
    if r.chance(.4):
        return out, list(out), out
    a, b = list(out), list(out)
    for i in range(len(out)):
        kind = r.integer(0, 4)
        if kind == 0:
            a[i] = 1
        elif kind == 1:
            b[i] = 1
    drop = r.integer(0, len(out) - 1) if r.chance(.3) else 0
    a[:drop] = out[:drop]
    b = b[drop:]
    return (b, a, out) if r.chance() else (a, b, out)


def numbers(r, shape, dtype):
    if dtype == np.bool_:
        return r.g.integers(0, 2, shape).astype(np.bool_)
    return r.g.integers(-50, 51, shape).astype(dtype) if dtype in (np.int32, np.int64) else r.data(shape, dtype)


def arithmetic(r, operator, dtype):
    a, b, out = shapes(r)
    x, y = numbers(r, a, dtype), numbers(r, b, dtype)
    fuses = operator in ('ADD', 'SUB', 'MUL', 'DIV')
    o = options(operator.capitalize(), fusedActivationFunction=r.integer(0, 3)) if fuses else None
    if dtype not in (np.int8, np.int16):
        if operator in ('DIV', 'FLOOR_DIV', 'FLOOR_MOD'):
            y[y == 0] = 3
        return model(operator, [tensor(a, dtype), tensor(b, dtype)], [tensor(out, dtype)], o, 2 if fuses else 1), [x, y]
    s1, s2, z1, z2, zo = r.scale(), r.scale(), r.zero_point(dtype), r.zero_point(dtype), r.zero_point(dtype)
    so = {'MUL': s1 * s2 * (90 if dtype == np.int8 else 20000), 'SQUARED_DIFFERENCE': max(s1, s2) ** 2 * 150}.get(operator, 1.3 * max(s1, s2))
    if operator in ('MAXIMUM', 'MINIMUM'):
        s2, so, z2, zo = s1, s1, z1, z1
    return model(operator, [tensor(a, dtype, s1, z1), tensor(b, dtype, s2, z2)], [tensor(out, dtype, so, zo)], o, 2), [x, y]


def unary(r, operator, dtype):
    info = np.iinfo(dtype) if dtype != np.float32 else None
    o, version, reference = None, 2, operator not in ('ELU', 'CEIL', 'ROUND')
    if operator == 'GELU':
        o = options('Gelu', approximate=r.chance())
    if operator == 'LEAKY_RELU':
        o = options('LeakyRelu', alpha=float(np.float32(r.g.uniform(-.5, 1.5))))
    if operator == 'FAKE_QUANT':
        low, high = sorted((-r.scale(-1, 1.5), r.scale(-1, 1.5)))
        o = options('FakeQuant', min=float(np.float32(low)), max=float(np.float32(high)), numBits=r.integer(2, 16))
    if operator in ('HARD_SWISH', 'RELU_N1_TO_1', 'RELU_0_TO_1', 'ELU', 'FLOOR', 'CEIL', 'ROUND', 'NEG', 'SQUARE', 'GELU'):
        version = 1
    if dtype == np.float32:
        x = (r.g.standard_normal((1, 500)) * 10 ** r.g.uniform(-2, 1.2)).astype(np.float32)
        x = np.abs(x) if operator in ('SQRT', 'RSQRT') else x
        return model(operator, [tensor(x.shape, dtype)], [tensor(x.shape, dtype)], o, 1), [x], reference
    x = np.arange(info.min, info.max + 1).astype(dtype).reshape(1, -1)
    small = dtype == np.int8
    s, z, zo = (r.scale() if small else r.scale(-5, -3)), r.zero_point(dtype), r.zero_point(dtype)
    so, top = float(np.float32(s * r.g.uniform(.5, 1.8))), (255 if small else 32767)
    if operator in ('LOG', 'SQRT', 'RSQRT'):
        z = -128 if small else 0
        x = x if small else np.clip(np.abs(x.astype(int)), 0, 32767).astype(dtype)
        so = {'LOG': max(abs(np.log(s)), abs(np.log(s * top))) / top, 'SQRT': np.sqrt(s * top) / top, 'RSQRT': 1 / np.sqrt(s) / top}[operator]
        zo = r.integer(-128, 0) if small and operator != 'LOG' else 0
    if operator == 'EXP':
        s = r.scale(-3, -1.5) if small else s
        so = np.exp(s * ((127 - z) if small else 32767)) / top
        zo = -128 if small else 0
    if operator == 'LOGISTIC':
        so, zo = (1 / 256, -128) if small else (1 / 32768, 0)
    if operator == 'TANH':
        so, zo = (1 / 128, 0) if small else (1 / 32768, 0)
    if operator in ('LOGISTIC', 'TANH') and not small:
        s = r.pick(s, 1 / 4096, 1 / 2048, 1 / 8192)
    if operator == 'HARD_SWISH':
        s = r.scale(-3, -.8)
        so = float(np.float32(s * r.g.uniform(.5, 1.2)))
    return model(operator, [tensor(x.shape, dtype, s, z)], [tensor(x.shape, dtype, so, zo)], o, version), [x], reference


def prelu(r, dtype):
    shape = [r.integer(1, 3), r.integer(1, 5), r.integer(1, 8)]
    slopes = [1, 1, shape[2]] if r.chance() else shape[1:]
    if dtype == np.float32:
        return model('PRELU', [tensor(shape, dtype), tensor(slopes, dtype)], [tensor(shape, dtype)]), [r.data(shape, dtype), r.data(slopes, dtype)]
    s, alpha = r.scale(), r.g.integers(-127, 128, slopes).astype(np.int8)
    content = model('PRELU', [tensor(shape, dtype, s, r.zero_point(dtype)), constant(alpha, r.scale(-3, -1))],
                    [tensor(shape, dtype, s * r.g.uniform(.6, 1.5), r.zero_point(dtype))])
    return content, [r.data(shape, dtype)]


def compare(r, operator, dtype):
    a, b, out = shapes(r)
    x, y = numbers(r, a, dtype), numbers(r, b, dtype)
    scaled = dtype in (np.int8, np.int16)
    inputs = [tensor(s, dtype, r.scale() if scaled else None, r.zero_point(dtype) if scaled else 0) for s in (a, b)]
    return model(operator, inputs, [tensor(out, np.bool_)], None, 2 if scaled else 1), [x, y]


def select(r, dtype):
    a, b, out = shapes(r)
    condition = [1 if r.chance() else d for d in out]
    s, z = (r.scale(), r.zero_point(dtype)) if dtype in (np.int8, np.int16) else (None, 0)
    content = model('SELECT_V2', [tensor(condition, np.bool_), tensor(a, dtype, s, z), tensor(b, dtype, s, z)], [tensor(out, dtype, s, z)])
    return content, [numbers(r, condition, np.bool_), numbers(r, a, dtype), numbers(r, b, dtype)]


def cast(r):
    types = [np.float32, np.int64, np.int32, np.int16, np.int8, np.uint8, np.bool_]
    a, b, shape = r.pick(*types), r.pick(*types), [r.integer(1, 300)]
    x = numbers(r, shape, a) if a != np.float32 else (r.g.standard_normal(shape) * 10 ** r.g.uniform(-1, 8)).astype(a)
    o = options('Cast', inDataType=TYPES[np.dtype(a)], outDataType=TYPES[np.dtype(b)])
    return model('CAST', [tensor(shape, a)], [tensor(shape, b)], o), [x]


def resize(r, operator, dtype):
    n, h, w, c, oh, ow = r.integer(1, 2), r.integer(1, 9), r.integer(1, 9), r.integer(1, 5), r.integer(1, 20), r.integer(1, 20)
    align = r.chance()
    o = options('ResizeBilinear' if operator == 'RESIZE_BILINEAR' else 'ResizeNearestNeighbor', alignCorners=align,
                halfPixelCenters=not align and r.chance())
    s, z = (r.scale(), r.zero_point(dtype)) if dtype != np.float32 else (None, 0)
    content = model(operator, [tensor((n, h, w, c), dtype, s, z), constant(np.array([oh, ow], np.int32))],
                    [tensor((n, oh, ow, c), dtype, s, z)], o, 3)
    return content, [r.data((n, h, w, c), dtype)]


def cases():
    name = lambda dtype: {np.float32: 'f32', np.int8: 's8', np.int16: 's16', np.int32: 's32', np.int64: 's64', np.bool_: 'bool'}[dtype]
    made = {}
    add = lambda operator, dtypes, make: made.update({f'{operator}_{name(d)}': (lambda r, d=d: make(r, operator, d)) for d in dtypes})
    f, b, h, i, l = np.float32, np.int8, np.int16, np.int32, np.int64
    for operator in ('ADD', 'SUB', 'MUL'):
        add(operator, (f, b, h, i, l), arithmetic)
    add('DIV', (f, i), arithmetic)
    add('SQUARED_DIFFERENCE', (f, b, i), arithmetic)
    for operator in ('MAXIMUM', 'MINIMUM'):
        add(operator, (f, b, h, i, l), arithmetic)
    for operator in ('FLOOR_DIV', 'FLOOR_MOD'):
        add(operator, (f, i), arithmetic)
    for operator in ('ABS', 'SQRT', 'RSQRT', 'NEG', 'RELU', 'RELU6', 'LEAKY_RELU'):
        add(operator, (f, b, h), unary)
    for operator in ('SQUARE', 'FLOOR', 'CEIL', 'ROUND', 'FAKE_QUANT'):
        add(operator, (f,), unary)
    for operator in ('EXP', 'LOG', 'LOGISTIC', 'TANH', 'GELU'):
        add(operator, (b, h), unary)
    add('RELU_N1_TO_1', (f, b), unary)
    add('HARD_SWISH', (f, b), unary)
    add('ELU', (b,), unary)
    add('PRELU', (f, b, h), lambda r, operator, dtype: prelu(r, dtype))
    for operator in ('EQUAL', 'NOT_EQUAL', 'LESS', 'LESS_EQUAL', 'GREATER', 'GREATER_EQUAL'):
        add(operator, (f, b, h, i, l), compare)
    for operator in ('LOGICAL_AND', 'LOGICAL_OR'):
        add(operator, (np.bool_,), compare)
    add('SELECT_V2', (f, b, h, i, l), lambda r, operator, dtype: select(r, dtype))
    made['CAST'] = cast
    for operator in ('RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR'):
        add(operator, (f, b, h), resize)
    return made


if __name__ == '__main__':
    main(cases())
