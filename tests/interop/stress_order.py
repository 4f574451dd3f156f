"""TOPK_V2, CUMSUM, ONE_HOT, SCATTER_ND, DYNAMIC_UPDATE_SLICE, EMBEDDING_LOOKUP, ADD_N, REDUCE_ALL, RELU_0_TO_1, L2_POOL_2D and
LOCAL_RESPONSE_NORMALIZATION on random shapes, options and data, against LiteRT."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

import stress_elements
from litert_case import constant, main, model, options, tensor
from stress_rows import pool, reduce


def quantization(dtype):
    return (.5, 3) if dtype in (np.int8, np.uint8) else (None, 0)


def some(r, shape, dtype):
    x = r.data(shape, dtype) if dtype != np.bool_ else r.g.integers(0, 2, shape).astype(dtype)
    return (x // 40).astype(dtype) if np.dtype(dtype).kind in 'iu' and r.chance() else x


def top_k(r, dtype, second=False):
    shape = [r.integer(1, 4) for _ in range(r.integer(0, 2))] + [r.integer(1, 70)]
    k = r.integer(1, shape[-1])
    out, q = shape[:-1] + [k], quantization(dtype)
    content = model('TOPK_V2', [tensor(shape, dtype, *q), constant(np.array(k, np.int32))], [tensor(out, dtype, *q), tensor(out, np.int32)],
                    options('TopKV2'), 2)
    if second:
        m = schema.ModelT.InitFromPackedBuf(content, 0)
        m.subgraphs[0].outputs = m.subgraphs[0].outputs[::-1]
        builder = flatbuffers.Builder(1024)
        builder.Finish(m.Pack(builder), b'TFL3')
        content = bytes(builder.Output())
    return content, [some(r, shape, dtype)]


def cumsum(r, dtype):
    shape = [r.integer(1, 6) for _ in range(r.integer(1, 4))]
    o = options('Cumsum', exclusive=r.chance(), reverse=r.chance())
    axis = constant(np.array(r.integer(-len(shape), len(shape) - 1), np.int32))
    return model('CUMSUM', [tensor(shape, dtype), axis], [tensor(shape, dtype)], o), [r.data(shape, dtype)]


def one_hot(r, dtype):
    shape = [r.integer(1, 4) for _ in range(r.integer(0, 3))]
    depth, axis, kind = r.integer(1, 6), r.integer(-1, len(shape)), r.pick(np.int32, np.int64)
    at = len(shape) if axis < 0 else axis
    values = [constant(np.array(v, dtype)) for v in (3, 1)]
    content = model('ONE_HOT', [tensor(shape, kind), constant(np.array(depth, np.int32))] + values,
                    [tensor(shape[:at] + [depth] + shape[at:], dtype)], options('OneHot', axis=axis))
    return content, [np.asarray(r.g.integers(-1, depth + 1, shape)).astype(kind)]


def scatter(r, dtype):
    shape = [r.integer(1, 5) for _ in range(r.integer(1, 4))]
    depth, n = r.integer(1, len(shape)), [r.integer(1, 4) for _ in range(r.integer(1, 2))]
    indices = np.stack([r.g.integers(0, shape[d], n) for d in range(depth)], -1).astype(np.int32)
    updates = n + shape[depth:]
    content = model('SCATTER_ND', [tensor(indices.shape, np.int32), tensor(updates, dtype), constant(np.array(shape, np.int32))],
                    [tensor(shape, dtype)])
    return content, [indices, r.data(updates, dtype)]


def update_slice(r, dtype):
    shape = [r.integer(1, 6) for _ in range(r.integer(1, 4))]
    part, q = [r.integer(1, s) for s in shape], quantization(dtype)
    content = model('DYNAMIC_UPDATE_SLICE', [tensor(shape, dtype, *q), tensor(part, dtype, *q), tensor([len(shape)], np.int32)],
                    [tensor(shape, dtype, *q)])
    return content, [some(r, shape, dtype), some(r, part, dtype), r.g.integers(-2, 8, len(shape)).astype(np.int32)]


def embedding(r, dtype):
    rows, columns, n, q = r.integer(1, 9), r.integer(1, 9), r.integer(1, 6), quantization(dtype)
    content = model('EMBEDDING_LOOKUP', [tensor([n], np.int32), constant(r.data((rows, columns), dtype), *q)], [tensor([n, columns], dtype, *q)])
    return content, [r.g.integers(0, rows, n).astype(np.int32)]


def add_n(r, dtype):
    shape, n = [r.integer(1, 5), r.integer(1, 5)], r.integer(2, 5)
    x = [r.data(shape, dtype) if dtype == np.float32 else r.g.integers(-99, 99, shape).astype(dtype) for _ in range(n)]
    return model('ADD_N', [tensor(shape, dtype)] * n, [tensor(shape, dtype)]), x


def reduce_all(r):
    content, inputs, _ = reduce(r, 'MEAN', np.int32)
    m = schema.ModelT.InitFromPackedBuf(content, 0)
    m.operatorCodes[0].builtinCode, m.operatorCodes[0].deprecatedBuiltinCode, m.operatorCodes[0].version = schema.BuiltinOperator.REDUCE_ALL, 127, 1
    for t in m.subgraphs[0].tensors:
        if not t.buffer:
            t.type = schema.TensorType.BOOL
    builder = flatbuffers.Builder(1024)
    builder.Finish(m.Pack(builder), b'TFL3')
    return bytes(builder.Output()), [r.g.random(inputs[0].shape) < .8]


def l2_pool(r):
    content, inputs = pool(r, np.float32)
    m = schema.ModelT.InitFromPackedBuf(content, 0)
    m.operatorCodes[0].builtinCode = m.operatorCodes[0].deprecatedBuiltinCode = schema.BuiltinOperator.L2_POOL_2D
    m.operatorCodes[0].version = 1
    builder = flatbuffers.Builder(1024)
    builder.Finish(m.Pack(builder), b'TFL3')
    return bytes(builder.Output()), inputs


def local_response(r):
    shape = (1, r.integer(1, 3), r.integer(1, 3), r.integer(1, 12))
    o = options('LocalResponseNormalization', radius=r.integer(0, 4), bias=float(r.g.uniform(.5, 2)), alpha=float(r.g.uniform(.01, 1)),
                beta=float(r.pick(.5, .75, 1.)))
    return model('LOCAL_RESPONSE_NORMALIZATION', [tensor(shape, np.float32)], [tensor(shape, np.float32)], o), [r.data(shape, np.float32)]


NAMES = {np.float32: 'f32', np.int8: 's8', np.uint8: 'u8', np.int32: 's32', np.int64: 's64', np.bool_: 'bool'}
f, b, u, i, l = np.float32, np.int8, np.uint8, np.int32, np.int64
CASES = {'top_k_places': lambda r: top_k(r, r.pick(f, b), True), 'reduce_all': reduce_all, 'l2_pool': l2_pool, 'local_response': local_response}
for _make, _types in ((top_k, (f, b, u, i, l)), (cumsum, (f, i, l)), (one_hot, (f, i, l, b, u, np.bool_)), (scatter, (f, i, l, b, u)),
                      (update_slice, (f, i, l, b, np.bool_)), (embedding, (f, b)), (add_n, (f, i))):
    for _type in _types:
        CASES[f'{_make.__name__}_{NAMES[_type]}'] = lambda r, make=_make, dtype=_type: make(r, dtype)
for _type in (f, b):
    CASES['RELU_0_TO_1_' + NAMES[_type]] = lambda r, dtype=_type: stress_elements.unary(r, 'RELU_0_TO_1', dtype)

if __name__ == '__main__':
    main(CASES, {'local_response': 3e-7})
