"""Every int8 case of the other stress tests turned into uint8 (zero points 128 higher, weights with a zero point), against LiteRT."""
import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

import stress_elements
import stress_rows
import stress_weights
from litert_case import constant, main, model, options, tensor

WITH_WEIGHTS = ('CONV_2D', 'DEPTHWISE_CONV_2D', 'TRANSPOSE_CONV', 'FULLY_CONNECTED')
VERSION = {'CONV_2D': 1, 'DEPTHWISE_CONV_2D': 2, 'FULLY_CONNECTED': 4, 'TRANSPOSE_CONV': 1}
NUMBERS = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}


def turned(data):
    return np.frombuffer(bytes(data), np.uint8) ^ 128


def unsigned(r, make):
    content, inputs, *rest = make(r)
    m = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = m.subgraphs[0]
    operator = NUMBERS[m.operatorCodes[0].builtinCode]
    for i, t in enumerate(graph.tensors):
        if t.type != schema.TensorType.INT8:
            continue
        t.type = schema.TensorType.UINT8
        is_weights = operator in WITH_WEIGHTS and i == list(graph.operators[0].inputs)[1]
        q = t.quantization
        if is_weights:  # one scale, and the bias' with it
            q.scale, q.zeroPoint = [float(np.median(q.scale))], [r.integer(0, 255)]
        elif q is not None:
            q.zeroPoint = [int(z) + 128 for z in q.zeroPoint]
        if t.buffer:
            m.buffers[t.buffer].data = turned(m.buffers[t.buffer].data)
    if operator in WITH_WEIGHTS:
        m.operatorCodes[0].version = VERSION[operator]
        x, w, *bias = [graph.tensors[i] for i in graph.operators[0].inputs if i >= 0 and graph.tensors[i].quantization is not None]
        if operator == 'TRANSPOSE_CONV':
            x, w = w, x
            m.operatorCodes[0].version = 3 if bias else 1
        for b in bias:
            b.quantization.scale, b.quantization.zeroPoint = [float(np.float32(x.quantization.scale[0]) * np.float32(w.quantization.scale[0]))], [0]
    builder = flatbuffers.Builder(1024)
    builder.Finish(m.Pack(builder), b'TFL3')
    inputs = [turned(v.tobytes()).reshape(v.shape) if v.dtype == np.int8 else v for v in inputs]
    return bytes(builder.Output()), inputs, *rest


def concatenation(r):
    """Operands with scales of their own."""
    rank = r.integer(1, 4)
    axis, shape = r.integer(0, rank - 1), [r.integer(1, 5) for _ in range(rank)]
    parts = []
    for _ in range(r.integer(1, 4)):
        part = list(shape)
        part[axis] = r.integer(1, 5)
        parts.append(part)
    whole = list(shape)
    whole[axis] = sum(part[axis] for part in parts)
    s, z = r.scale(), r.integer(0, 255)
    specs = [tensor(part, np.uint8, *((s, z) if r.chance(.3) else (s * r.g.uniform(.3, 3), r.integer(0, 255)))) for part in parts]
    content = model('CONCATENATION', specs, [tensor(whole, np.uint8, s, z)], options('Concatenation', axis=axis))
    return content, [r.data(part, np.uint8) for part in parts]


CASES = {'concatenation_u8': concatenation}
for _cases in (stress_weights.CASES, stress_rows.CASES, stress_elements.cases()):
    for _name, _make in _cases.items():
        if _name.endswith('_s8') and not _name.startswith(('quantize', 'dequantize', 'batch_matmul')):
            CASES[_name[:-2] + 'u8'] = lambda r, make=_make: unsigned(r, make)

if __name__ == '__main__':
    main(CASES)
