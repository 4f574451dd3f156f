"""Operators that move data, on random shapes, axes, masks and types, against LiteRT. Only the first output of SPLIT, SPLIT_V and
UNPACK is compared (tests/unit/lower/test_move.c looks at the others)."""
import numpy as np

from litert_case import constant, main, model, options, tensor


def ints(values):
    return constant(np.asarray(values, np.int32))


def start(r, low=1, high=4, most=5):
    """A shape, a type, data, and a function that makes tensors of that type."""
    dtype = r.pick(np.float32, np.int8, np.int16, np.int32)
    shape = [r.integer(1, most) for _ in range(r.integer(low, high))]
    s, z = (.25, 3 if dtype == np.int8 else 0) if dtype in (np.int8, np.int16) else (None, 0)
    return shape, dtype, lambda dims, data=None: tensor(dims, dtype, s, z, data)


def one(operator, inputs, x, like, y, o=None, versions=(1,)):
    return model(operator, inputs, [like(y)], o, versions[0]), x


def transpose(r):
    shape, dtype, t = start(r, 1, 5)
    order = r.g.permutation(len(shape))
    return one('TRANSPOSE', [t(shape), ints(order)], [r.data(shape, dtype)], t, [shape[i] for i in order])


def pad(r, operator):
    shape, dtype, t = start(r)
    symmetric = r.integer(0, 1)
    limit = [3 if operator != 'MIRROR_PAD' else max(d - 1 + symmetric, 0) for d in shape]
    pads = [[r.integer(0, n), r.integer(0, n)] for n in limit]
    inputs, o = [t(shape), ints(pads)], options('Pad')
    if operator == 'PADV2':
        inputs.append(t([1], r.data([1], dtype)))
        o = options('PadV2')
    if operator == 'MIRROR_PAD':
        o = options('MirrorPad', mode=symmetric)
    return one(operator, inputs, [r.data(shape, dtype)], t, [d + sum(p) for d, p in zip(shape, pads)], o, (2 if operator != 'MIRROR_PAD' else 1,))


def concatenation(r):
    shape, dtype, t = start(r)
    axis, sizes = r.integer(0, len(shape) - 1), [r.integer(1, 4) for _ in range(r.integer(1, 4))]
    parts = [shape[:axis] + [n] + shape[axis + 1:] for n in sizes]
    return one('CONCATENATION', [t(p) for p in parts], [r.data(p, dtype) for p in parts], t, shape[:axis] + [sum(sizes)] + shape[axis + 1:],
               options('Concatenation', axis=axis - r.pick(0, len(shape))), (2,))


def pack(r):
    shape, dtype, t = start(r, 0, 3)
    axis, n = r.integer(0, len(shape)), r.integer(1, 4)
    return one('PACK', [t(shape)] * n, [r.data(shape, dtype) for _ in range(n)], t, shape[:axis] + [n] + shape[axis:],
               options('Pack', axis=axis, valuesCount=n), (2,))


def split(r, operator):
    shape, dtype, t = start(r)
    axis, n = r.integer(0, len(shape) - 1), r.integer(1, 4)
    sizes = [r.integer(1, 3)] * n if operator != 'SPLIT_V' else [r.integer(1, 3) for _ in range(n)]
    sizes = [1] * n if operator == 'UNPACK' else sizes
    shape[axis] = sum(sizes)
    outputs = [t(shape[:axis] + ([] if operator == 'UNPACK' else [k]) + shape[axis + 1:]) for k in sizes]
    if operator == 'UNPACK':
        return model(operator, [t(shape)], outputs, options('Unpack', axis=axis, num=n), 2), [r.data(shape, dtype)]
    inputs = [ints([axis]), t(shape)] if operator == 'SPLIT' else [t(shape), ints(sizes), ints([axis])]
    return model(operator, inputs, outputs, options('SplitV' if operator == 'SPLIT_V' else 'Split', numSplits=n), 2), [r.data(shape, dtype)]


def slice_(r):
    shape, dtype, t = start(r, 1, 5)
    begin = [r.integer(0, d - 1) for d in shape]
    size = [r.integer(1, d - b) for d, b in zip(shape, begin)]
    return one('SLICE', [t(shape), ints(begin), ints([-1 if b + s == d and r.chance() else s for d, b, s in zip(shape, begin, size)])],
               [r.data(shape, dtype)], t, size, None, (2,))


def strided_slice(r):
    shape, dtype, t = start(r)
    n = r.integer(1, len(shape))
    step = [r.pick(-2, -1, 1, 1, 1, 2, 3) for _ in range(n)]
    begin, end = ([r.integer(-d - 1, d + 1) for d in shape[:n]] for _ in range(2))
    begin_mask, end_mask, shrink = r.integer(0, 2 ** n - 1), r.integer(0, 2 ** n - 1), 0
    if r.chance(.3):
        i = r.integer(0, n - 1)
        shrink, step[i], begin[i] = 1 << i, 1, r.integer(-shape[i], shape[i] - 1)
        end[i] = begin[i] + 1
        begin_mask, end_mask = begin_mask & ~shrink, end_mask & ~shrink
    x = r.data(shape, dtype)
    index = tuple(begin[i] if shrink >> i & 1 else slice(None if begin_mask >> i & 1 else begin[i], None if end_mask >> i & 1 else end[i], step[i])
                  for i in range(n))
    o = options('StridedSlice', beginMask=begin_mask, endMask=end_mask, shrinkAxisMask=shrink)
    y = x[index].shape
    if 0 in y:
        return strided_slice(r)
    return one('STRIDED_SLICE', [t(shape), ints(begin), ints(end), ints(step)], [x], t, y, o, (2,))


def tile(r):
    shape, dtype, t = start(r)
    times = [r.integer(1, 3) for _ in shape]
    return one('TILE', [t(shape), ints(times)], [r.data(shape, dtype)], t, [d * k for d, k in zip(shape, times)], None, (3,)) + (False,)


def gather(r):
    shape, dtype, t = start(r, 1, 4)
    batch = r.integer(0, 1) if len(shape) > 1 else 0
    axis = r.integer(batch, len(shape) - 1)
    index_shape = shape[:batch] + [r.integer(1, 4) for _ in range(r.integer(1, 2))]
    index = r.g.integers(0, shape[axis], index_shape).astype(np.int32)
    return one('GATHER', [t(shape), tensor(index_shape, np.int32)], [r.data(shape, dtype), index], t,
               shape[:axis] + index_shape[batch:] + shape[axis + 1:], options('Gather', axis=axis, batchDims=batch), (2,))


def gather_nd(r):
    shape, dtype, t = start(r)
    depth, outer = r.integer(1, len(shape)), [r.integer(1, 3) for _ in range(r.integer(1, 2))]
    index = np.stack([r.g.integers(0, shape[i], outer) for i in range(depth)], -1).astype(np.int32)
    return one('GATHER_ND', [t(shape), tensor(index.shape, np.int32)], [r.data(shape, dtype), index], t, outer + shape[depth:], None, (2,))


def reverse(r):
    shape, dtype, t = start(r)
    return one('REVERSE_V2', [t(shape), ints([r.integer(0, len(shape) - 1)])], [r.data(shape, dtype)], t, shape, None, (2,))


def broadcast_to(r):
    shape, dtype, t = start(r)
    wide = [r.integer(1, 3) for _ in range(r.integer(0, 2))] + shape
    shape = [1 if r.chance() else d for d in shape]
    return one('BROADCAST_TO', [t(shape), ints(wide)], [r.data(shape, dtype)], t, wide, None, (3,))


def batch_space(r, operator):
    shape, dtype, t = start(r, 3, 4)
    n = len(shape) - 2
    block, edges, out = [r.integer(1, 3) for _ in range(n)], [], list(shape)
    if operator == 'BATCH_TO_SPACE_ND':
        shape[0] = int(np.prod(block)) * r.integer(1, 2)
    out[0] = shape[0] * int(np.prod(block)) if operator == 'SPACE_TO_BATCH_ND' else shape[0] // int(np.prod(block))
    for i in range(n):
        if operator == 'SPACE_TO_BATCH_ND':
            before = r.integer(0, 2)
            edges.append([before, -(shape[1 + i] + before) % block[i] + block[i] * r.integer(0, 1)])
            out[1 + i] = (shape[1 + i] + sum(edges[i])) // block[i]
        else:
            whole = shape[1 + i] * block[i]
            before = r.integer(0, min(2, whole - 1))
            edges.append([before, r.integer(0, min(2, whole - before - 1))])
            out[1 + i] = whole - sum(edges[i])
    return one(operator, [t(shape), ints(block), ints(edges)], [r.data(shape, dtype)], t, out, None, (2,))


def depth_space(r, operator):
    shape, dtype, t = start(r, 4, 4)
    b, out = r.integer(1, 3), list(shape)
    if operator == 'SPACE_TO_DEPTH':
        shape[1:3] = [out[1] * b, out[2] * b]
        out[3] *= b * b
        o = options('SpaceToDepth', blockSize=b)
    else:
        shape[3] *= b * b
        out[1:3] = [shape[1] * b, shape[2] * b]
        o = options('DepthToSpace', blockSize=b)
    return one(operator, [t(shape)], [r.data(shape, dtype)], t, out, o)


CASES = {'TRANSPOSE': transpose, 'CONCATENATION': concatenation, 'PACK': pack, 'SLICE': slice_, 'STRIDED_SLICE': strided_slice, 'TILE': tile,
         'GATHER': gather, 'GATHER_ND': gather_nd, 'REVERSE_V2': reverse, 'BROADCAST_TO': broadcast_to}
for family, operators in ((pad, ('PAD', 'PADV2', 'MIRROR_PAD')), (split, ('SPLIT', 'SPLIT_V', 'UNPACK')),
                          (batch_space, ('SPACE_TO_BATCH_ND', 'BATCH_TO_SPACE_ND')), (depth_space, ('SPACE_TO_DEPTH', 'DEPTH_TO_SPACE'))):
    for name in operators:
        CASES[name] = lambda r, family=family, name=name: family(r, name)

if __name__ == '__main__':
    main(CASES)
