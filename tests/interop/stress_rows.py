"""Pooling, softmax, normalization, reductions, quantization and LSTM on random shapes, options and scales, against LiteRT."""
import numpy as np

from litert_case import constant, main, model, options, tensor


def pool(r, dtype=np.int8, average=True):
    h, w, c = r.integer(1, 14), r.integer(1, 14), r.integer(1, 70)
    fh, fw, sh, sw, padding = r.integer(1, 5), r.integer(1, 5), r.integer(1, 3), r.integer(1, 3), r.pick(0, 1)
    if padding:
        fh, fw = min(fh, h), min(fw, w)
    oh, ow = (-(-h // sh), -(-w // sw)) if padding == 0 else ((h - fh) // sh + 1, (w - fw) // sw + 1)
    q = {} if dtype == np.float32 else dict(scale=r.scale() / (256 if dtype == np.int16 else 1), zero_point=r.zero_point(dtype))
    o = options('Pool2D', padding=padding, strideH=sh, strideW=sw, filterHeight=fh, filterWidth=fw, fusedActivationFunction=r.integer(0, 3))
    content = model('AVERAGE_POOL_2D' if average else 'MAX_POOL_2D', [tensor((2, h, w, c), dtype, **q)],
                    [tensor((2, oh, ow, c), dtype, **q)], o, 2)
    return content, [r.data((2, h, w, c), dtype)]


def softmax(r, dtype=np.int8, log=False):
    n, rows = r.integer(1, 80), 20
    s = r.scale(-3.5, .5) if dtype == np.int8 else r.scale(-6, -2.5)
    out = (1 / 16, 127) if log else (1 / 256, -128) if dtype == np.int8 else (1 / 32768, 0)
    o = options('LogSoftmax') if log else options('Softmax', beta=r.pick(1.0, 1.0, .5, 2.0))
    content = model('LOG_SOFTMAX' if log else 'SOFTMAX', [tensor((rows, n), dtype, s, r.zero_point(dtype))],
                    [tensor((rows, n), dtype, *out)], o, 2)
    x = r.data((rows, n), dtype)
    if r.chance(.3):
        x = (x // 64).astype(dtype)
    return content, [x]


def l2(r):
    n = r.integer(1, 60)
    content = model('L2_NORMALIZATION', [tensor((8, n), np.int8, r.scale(), r.zero_point())], [tensor((8, n), np.int8, 1 / 128, 0)],
                    options('L2Norm'), 2)
    return content, [r.data((8, n), np.int8)]


def reduce(r, operator, dtype=np.int8):
    rank = r.integer(1, 4)
    shape = tuple(r.integer(1, 7) for _ in range(rank))
    axes = sorted(r.g.choice(rank, r.integer(1, rank), replace=False).tolist())
    keep = r.chance()
    out = tuple(1 if i in axes else d for i, d in enumerate(shape) if keep or i not in axes)
    count = int(np.prod([shape[a] for a in axes]))
    if r.chance(.3):
        axes = [a - rank for a in axes]
    x = r.data(shape, dtype)
    if dtype in (np.int8, np.int16):
        s, z = r.scale(), r.zero_point(dtype)
        so, zo = s, z
        if operator == 'MEAN':
            so, zo = s * r.g.uniform(.3, 2), r.zero_point(dtype)
        if operator == 'SUM':
            so, zo = s * count * r.g.uniform(.5, 2), r.zero_point(dtype)
        if operator == 'REDUCE_PROD':
            s, zo = r.g.uniform(.5, 1.5) / (64 if dtype == np.int8 else 16384), r.zero_point(dtype)
            so = s * r.g.uniform(.1, 1)
        operands = tensor(shape, dtype, s, z), tensor(out, dtype, so, zo)
    else:
        operands = tensor(shape, dtype), tensor(out, dtype)
    content = model(operator, [operands[0], constant(np.array(axes, np.int32))], [operands[1]], options('Reducer', keepDims=keep), 2)
    return content, [x], operator != 'SUM'  # the reference SUM of 2.21 reads an uninitialized multiplier


def arg(r, operator, dtype=np.int8):
    rank = r.integer(1, 4)
    shape = tuple(r.integer(1, 9) for _ in range(rank))
    axis = r.integer(-rank, rank - 1)
    out = tuple(np.delete(shape, axis))
    kind = r.pick(np.int32, np.int64)
    q = dict(scale=r.scale(), zero_point=r.zero_point()) if dtype == np.int8 else {}
    o = options('ArgMax' if operator == 'ARG_MAX' else 'ArgMin', outputType=2 if kind == np.int32 else 4)
    content = model(operator, [tensor(shape, dtype, **q), constant(np.array([axis], np.int32))], [tensor(out, kind)], o, 2)
    x = r.data(shape, dtype)
    return content, [(x // 32).astype(dtype) if r.chance() else x]


def quantize(r, source, target):
    n = 3000
    s, z = (r.scale(-3, 0), r.zero_point(target))
    if target == np.int16:
        s /= 256
    if source == np.float32:
        x = (r.g.standard_normal(n) * s * (60 if target != np.int16 else 15000)).astype(np.float32)
        x[:200] = (np.arange(200) - 100 + .5).astype(np.float32) * np.float32(s)
        first = tensor((n,), source)
    else:
        x = r.data((n,), source)
        ratio = 10 ** r.g.uniform(-1, 1) * np.iinfo(target).max / np.iinfo(source).max
        first = tensor((n,), source, s * (1 if r.chance(.2) else ratio), r.zero_point(source))
    return model('QUANTIZE', [first], [tensor((n,), target, s, z)], options('Quantize'), 2), [x]


def dequantize(r, source):
    x = r.data((500,), source) if source != np.float16 else r.g.integers(0, 0x7c00, 500).astype(np.uint16).view(np.float16)
    q = {} if source == np.float16 else dict(scale=r.scale(), zero_point=r.zero_point(source))
    if source == np.float16:  # a constant, as in float16 models; LiteRT converts constants only
        x = x * np.where(r.g.random(500) < .5, np.float16(-1), np.float16(1))
    return model('DEQUANTIZE', [tensor((500,), source, **q)], [tensor((500,), np.float32)], options('Dequantize'), 3), [x]


def lstm(r):
    batch, steps, n, cells = r.integer(1, 3), r.integer(1, 8), r.integer(1, 12), r.integer(1, 12)
    s, z, hidden, hidden_zero = r.scale(-2, -.5), r.zero_point(), r.g.uniform(.002, .008), r.integer(-20, 20)
    weights = lambda columns: [constant(r.g.integers(-127, 128, (cells, columns)).astype(np.int8), r.g.uniform(.004, .02)) for _ in range(4)]
    wi, wr = weights(n), weights(cells)
    bias = [constant(r.g.integers(-3000, 3000, cells).astype(np.int32), s * float(w['scale'][0])) for w in wi]
    time_major = r.chance(.3)
    shape = (steps, batch) if time_major else (batch, steps)
    states = [tensor((batch, cells), np.int8, hidden, hidden_zero, variable=True),
              tensor((batch, cells), np.int16, 2.0 ** -r.integer(11, 15), 0, variable=True)]
    inputs = [tensor(shape + (n,), np.int8, s, z)] + wi + wr + [None] * 3 + bias + [None] * 2 + states + [None] * 4
    if r.chance(.3):  # as in TensorFlow's bidirectional files: the results' own parameters
        hidden, hidden_zero = hidden * 1.3, hidden_zero + 7
    middle = [tensor((0,), np.float32)] * 4 + [tensor((0,), np.int8, hidden, hidden_zero)]
    o = options('UnidirectionalSequenceLSTM', fusedActivationFunction=4, cellClip=r.pick(0.0, 10.0, .5), timeMajor=time_major)
    content = model('UNIDIRECTIONAL_SEQUENCE_LSTM', inputs, [tensor(shape + (cells,), np.int8, hidden, hidden_zero)], o, 1, middle)
    return content, [r.data(shape + (n,), np.int8)]


def lstm_float(r, weight_type=np.float32):
    batch, steps, n, cells = r.integer(1, 3), r.integer(1, 8), r.integer(1, 12), r.integer(1, 12)

    def weights(columns):
        if weight_type == np.int8:
            return [constant(r.g.integers(-127, 128, (cells, columns)).astype(np.int8), r.g.uniform(.004, .02)) for _ in range(4)]
        return [constant(r.data((cells, columns), np.float32)) for _ in range(4)]
    wi, wr, bias = weights(n), weights(cells), [constant(r.data((cells,), np.float32)) for _ in range(4)]
    states = [tensor((batch, cells), np.float32, variable=True) for _ in range(2)]
    inputs = [tensor((batch, steps, n), np.float32)] + wi + wr + [None] * 3 + bias + [None] * 2 + states + [None] * 4
    o = options('UnidirectionalSequenceLSTM', fusedActivationFunction=4, cellClip=r.pick(0.0, 10.0, .5),
                asymmetricQuantizeInputs=weight_type == np.int8 and r.chance())
    content = model('UNIDIRECTIONAL_SEQUENCE_LSTM', inputs, [tensor((batch, steps, cells), np.float32)], o, 3)
    return content, [r.data((batch, steps, n), np.float32)]


def float_rows(r, operator):
    x = r.data((8, r.integer(1, 60)), np.float32) * np.float32(r.pick(1, 5, 30))
    o = {'SOFTMAX': lambda: options('Softmax', beta=r.pick(1.0, .5)), 'LOG_SOFTMAX': lambda: options('LogSoftmax'),
         'L2_NORMALIZATION': lambda: options('L2Norm')}[operator]()
    return model(operator, [tensor(x.shape, np.float32)], [tensor(x.shape, np.float32)], o), [x]


CASES = {'average_pool_s8': pool, 'max_pool_s8': lambda r: pool(r, average=False), 'average_pool_s16': lambda r: pool(r, np.int16),
         'max_pool_s16': lambda r: pool(r, np.int16, False), 'softmax_s8': softmax, 'softmax_s16': lambda r: softmax(r, np.int16),
         'log_softmax_s8': lambda r: softmax(r, log=True), 'l2_normalization_s8': l2}
for _name in ('MEAN', 'SUM', 'REDUCE_MAX', 'REDUCE_MIN', 'REDUCE_PROD'):
    for _type in (np.int8, np.int16, np.int32, np.int64):
        CASES[f'{_name.lower()}_s{np.iinfo(_type).bits}'] = lambda r, n=_name, t=_type: reduce(r, n, t)
for _name in ('ARG_MAX', 'ARG_MIN'):
    for _label, _type in (('f32', np.float32), ('s8', np.int8), ('s32', np.int32)):
        CASES[f'{_name.lower()}_{_label}'] = lambda r, n=_name, t=_type: arg(r, n, t)
for _label, _source, _target in (('f32_s8', np.float32, np.int8), ('f32_u8', np.float32, np.uint8), ('f32_s16', np.float32, np.int16),
                                 ('s8_s8', np.int8, np.int8), ('s8_u8', np.int8, np.uint8), ('u8_s8', np.uint8, np.int8),
                                 ('u8_u8', np.uint8, np.uint8), ('s16_s8', np.int16, np.int8), ('s16_s16', np.int16, np.int16),
                                 ('s8_s16', np.int8, np.int16)):
    CASES['quantize_' + _label] = lambda r, s=_source, t=_target: quantize(r, s, t)
for _label, _source in (('s8', np.int8), ('u8', np.uint8), ('s16', np.int16), ('f16', np.float16)):
    CASES['dequantize_' + _label] = lambda r, s=_source: dequantize(r, s)
CASES['lstm_s8'] = lstm
TOLERANCES = {'softmax_f32': 2**-23, 'log_softmax_f32': 2**-22, 'lstm_f32': 2**-20, 'lstm_hybrid': 1e-5}
CASES.update({'lstm_f32': lstm_float, 'lstm_hybrid': lambda r: lstm_float(r, np.int8), 'average_pool_f32': lambda r: pool(r, np.float32),
              'max_pool_f32': lambda r: pool(r, np.float32, False), 'softmax_f32': lambda r: float_rows(r, 'SOFTMAX'),
              'log_softmax_f32': lambda r: float_rows(r, 'LOG_SOFTMAX'), 'l2_normalization_f32': lambda r: float_rows(r, 'L2_NORMALIZATION')})
for _name in ('MEAN', 'SUM', 'REDUCE_MAX', 'REDUCE_PROD'):
    CASES[_name.lower() + '_f32'] = lambda r, n=_name: reduce(r, n, np.float32)

if __name__ == '__main__':
    main(CASES, TOLERANCES)
