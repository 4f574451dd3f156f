"""One-operator .tflite files, run by LiteRT's reference kernels: the ground for the stress tests beside this file.

A case is a model, inputs and LiteRT's output, written as NAME.tflite, NAME_in<i>.npy and NAME_ref.npy into a folder that
tests/golden/run_golden.c then runs through octet and compares byte for byte.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

TYPES = {np.dtype(np.float32): schema.TensorType.FLOAT32, np.dtype(np.float16): schema.TensorType.FLOAT16,
         np.dtype(np.int8): schema.TensorType.INT8, np.dtype(np.uint8): schema.TensorType.UINT8,
         np.dtype(np.int16): schema.TensorType.INT16, np.dtype(np.int32): schema.TensorType.INT32,
         np.dtype(np.int64): schema.TensorType.INT64, np.dtype(np.bool_): schema.TensorType.BOOL}


def tensor(shape, dtype, scale=None, zero_point=0, data=None, axis=0, variable=False):
    """scale: None, a number or one per channel."""
    scales = None if scale is None else np.atleast_1d(np.asarray(scale, np.float32))
    zeros = None if scale is None else np.broadcast_to(np.asarray(zero_point, np.int64), scales.shape)
    return dict(shape=list(shape), dtype=np.dtype(dtype), scale=scales, zero_point=zeros, data=data, axis=axis, variable=variable)


def constant(data, scale=None, zero_point=0, axis=0):
    data = np.asarray(data)
    return tensor(data.shape, data.dtype, scale, zero_point, data, axis)


def model(operator, inputs, outputs, options=None, version=1, intermediates=()):
    """Bytes of a model of one operator; inputs without data are the graph's inputs, None is an absent input. An operator that is not of
    the schema is a custom one, and its options are bytes."""
    m = schema.ModelT()
    m.version = 3
    code = schema.OperatorCodeT()
    is_custom = not hasattr(schema.BuiltinOperator, operator)
    code.builtinCode = schema.BuiltinOperator.CUSTOM if is_custom else getattr(schema.BuiltinOperator, operator)
    code.customCode = operator if is_custom else None
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    code.version = version
    m.operatorCodes = [code]
    m.buffers = [schema.BufferT()]
    graph = schema.SubGraphT()
    graph.name = b'main'
    graph.tensors = []

    def add(spec, name):
        t = schema.TensorT()
        t.shape, t.type, t.name, t.buffer, t.isVariable = spec['shape'], TYPES[spec['dtype']], name.encode(), 0, spec['variable']
        if spec['data'] is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(spec['data']).tobytes(), np.uint8)
            m.buffers.append(buffer)
            t.buffer = len(m.buffers) - 1
        if spec['scale'] is not None:
            q = schema.QuantizationParametersT()
            q.scale, q.zeroPoint = [float(v) for v in spec['scale']], [int(v) for v in spec['zero_point']]
            q.quantizedDimension = spec['axis']
            t.quantization = q
        graph.tensors.append(t)
        return len(graph.tensors) - 1

    op = schema.OperatorT()
    op.opcodeIndex = 0
    op.inputs = [-1 if spec is None else add(spec, f'in{i}') for i, spec in enumerate(inputs)]
    op.outputs = [add(spec, f'out{i}') for i, spec in enumerate(outputs)]
    if intermediates:
        op.intermediates = [add(spec, f'intermediate{i}') for i, spec in enumerate(intermediates)]
    if is_custom:
        op.customOptions = np.frombuffer(options, np.uint8)
    elif options is not None:
        op.builtinOptions = options
        op.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
    graph.operators = [op]
    graph.inputs = [i for i, spec in zip(op.inputs, inputs) if spec is not None and spec['data'] is None and not spec['variable']]
    graph.outputs = list(op.outputs)
    m.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(m.Pack(builder), b'TFL3')
    return bytes(builder.Output())


def options(name, **values):
    o = getattr(schema, name + 'OptionsT')()
    for key, value in values.items():
        assert hasattr(o, key), key
        setattr(o, key, value)
    return o


def run(content, inputs, reference=True):
    kind = OpResolverType.BUILTIN_REF if reference else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=kind, num_threads=1)
    interpreter.allocate_tensors()
    for detail, value in zip(interpreter.get_input_details(), inputs):
        interpreter.set_tensor(detail['index'], value)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]['index'])


def run_micro(content, inputs):
    """tflite-micro (pip install tflite-micro), which rounds as octet's numerics `integer`."""
    from tflite_micro.python.tflite_micro import runtime
    interpreter = runtime.Interpreter.from_bytes(content, arena_size=1 << 20)
    for i, value in enumerate(inputs):
        interpreter.set_input(value, i)
    interpreter.invoke()
    return interpreter.get_output(0)


class Random:
    """Random scales, zero points and data from one generator."""

    def __init__(self, seed):
        self.g = np.random.default_rng(seed)

    def integer(self, low, high):
        """low..high, both included."""
        return int(self.g.integers(low, high + 1))

    def chance(self, p=0.5):
        return bool(self.g.random() < p)

    def pick(self, *values):
        return values[self.integer(0, len(values) - 1)]

    def scale(self, low=-3.5, high=0):
        return float(np.float32(10 ** self.g.uniform(low, high)))

    def zero_point(self, dtype=np.int8):
        info = np.iinfo(dtype)
        return 0 if dtype == np.int16 else self.integer(info.min, info.max)

    def data(self, shape, dtype):
        if np.dtype(dtype).kind == 'f':
            return self.g.standard_normal(shape).astype(dtype)
        info = np.iinfo(dtype)
        return self.g.integers(info.min, info.max + 1, shape).astype(dtype)


def main(cases, tolerances=None):
    """cases: {name: function(Random) -> (model bytes, inputs[, reference])}. Writes, runs and compares them.
    tolerances: {name: T}: float results may differ by T * max(1, |result|); all others must be equal to the last bit."""
    parser = argparse.ArgumentParser(description='Compares octet with LiteRT on random one-operator models.')
    parser.add_argument('names', nargs='*', help='kinds of cases (default: all): ' + ', '.join(cases))
    parser.add_argument('-n', type=int, default=40, help='cases of each kind')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--runner', default='build/run_golden')
    parser.add_argument('--micro', action='store_true', help='compare numerics `integer` with tflite-micro instead')
    parser.add_argument('--keep', help='folder to write the cases to, and keep')
    arguments = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory() as temporary:
        for name in arguments.names or cases:
            folder = os.path.join(arguments.keep or temporary, name)
            os.makedirs(folder, exist_ok=True)
            refused = 0
            for i in range(arguments.n):
                content, inputs, *rest = cases[name](Random([arguments.seed, sum(name.encode()), i]))
                path = f'{folder}/{name}_{i}'
                try:
                    expected = run_micro(content, inputs) if arguments.micro else run(content, inputs, *rest)
                except (RuntimeError, ValueError) as error:
                    refused += 1
                    if refused == 1:
                        print(f'{name}: the other side refuses a case: {str(error).strip()[:160]}')
                    continue
                with open(path + '.tflite', 'wb') as file:
                    file.write(content)
                for j, value in enumerate(inputs):
                    np.save(f'{path}_in{j}.npy', value)
                np.save(path + '_ref.npy', expected)
            bound = ['--tolerance', str(tolerances[name])] if tolerances and name in tolerances else []
            done = subprocess.run([arguments.runner, '--integer' if arguments.micro else '--plain', *bound, folder], capture_output=True, text=True)
            lines = done.stdout.strip().split('\n')
            failed |= done.returncode != 0
            print(f'{name}: {lines[-1]}' + (f'; refused {refused}' if refused else ''), flush=True)
            for line in [line for line in lines[:-1] if ' equal ' not in line][:5]:
                print('   ', line)
    sys.exit(failed)
