"""RFFT2D and what is made of its results (REAL, IMAG, COMPLEX_ABS, CAST) on random lengths, against LiteRT: equal, or apart by roundings."""
import os
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from litert_case import Random, constant, model, options, run, tensor


def case(r, second):
    """RFFT2D, then the operator `second`."""
    h, w = 2 ** r.integer(0, 4), 2 ** r.integer(1, 9)
    shape = (2, max(1, h + r.integer(-2, 2)), max(1, w + r.integer(-3, 3)))
    content = model('RFFT2D', [tensor(shape, np.float32), constant(np.array([h, w], np.int32))], [tensor((2, h, w // 2 + 1), np.float32)],
                    options('Rfft2d'))
    m = schema.ModelT.InitFromPackedBuf(content, 0)
    graph = m.subgraphs[0]
    graph.tensors[2].type = schema.TensorType.COMPLEX64
    result, code, operator = schema.TensorT(), schema.OperatorCodeT(), schema.OperatorT()
    result.shape, result.type, result.name, result.buffer = [2, h, w // 2 + 1], schema.TensorType.FLOAT32, b'part', 0
    code.builtinCode, code.version = getattr(schema.BuiltinOperator, second), 1
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    operator.opcodeIndex, operator.inputs, operator.outputs = 1, [2], [3]
    if second == 'CAST':
        operator.builtinOptions = options('Cast', inDataType=schema.TensorType.COMPLEX64, outDataType=schema.TensorType.FLOAT32)
        operator.builtinOptionsType = schema.BuiltinOptions.CastOptions
    graph.tensors.append(result)
    m.operatorCodes.append(code)
    graph.operators.append(operator)
    graph.outputs = [3]
    builder = flatbuffers.Builder(1024)
    builder.Finish(m.Pack(builder), b'TFL3')
    return bytes(builder.Output()), r.data(shape, np.float32)


def main(octet, n):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        path, x_path, y_path = (os.path.join(folder, name) for name in ('m.tflite', 'x.npy', 'y.npy'))
        for second in ('REAL', 'IMAG', 'COMPLEX_ABS', 'CAST'):
            equal = elements = 0
            for i in range(n):
                content, x = case(Random([5, i]), second)
                theirs = run(content, [x])
                with open(path, 'wb') as file:
                    file.write(content)
                np.save(x_path, x)
                subprocess.run([octet, 'run', path, '-i', x_path, '-o', y_path], check=True, stdout=subprocess.DEVNULL)
                ours = np.load(y_path).reshape(theirs.shape)
                equal += int((ours == theirs).sum())
                elements += ours.size
                failed += not np.allclose(ours, theirs, rtol=2e-7, atol=1e-12 * np.abs(theirs).max())
            print(f'{second}: {n} cases, {equal} of {elements} elements equal')
    print(f'{failed} failed')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else 'build/octet', int(sys.argv[2]) if len(sys.argv) > 2 else 40))
