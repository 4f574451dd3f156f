"""Breaks .tflite files in their meaning, not their bytes, and runs them: nothing may crash, hang or be read out of bounds.

    mutate.py [-n N] [--seed S] [--runner build-with-sanitizers/run_golden] FOLDER...

Every model of the folders (with NAME_in<i>.npy and NAME_ref.npy beside it, as stress_*.py --keep writes them) may be taken; shapes,
types, scales, zero points, operands and options are replaced by extreme values. Outcomes are counted; a sanitizer's report, a signal or
a run of more than ten minutes fails.
"""
import argparse
import collections
import glob
import random
import shutil
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

INTEGERS = [0, 1, -1, 2, 3, 7, 127, 128, -128, 255, 32767, 65536, 2 ** 31 - 1, -2 ** 31, 100000]
REALS = [0.0, -1.0, 1e-38, 1e38, float('inf'), float('nan'), 1e-9, 1e9, 1.0, 256.0]
TYPES = [0, 1, 2, 3, 4, 6, 7, 9]


def replaced(r, values, choices):
    values = [] if values is None else np.asarray(values).tolist()
    if values:
        values[r.randrange(len(values))] = r.choice(choices)
    return values


def mutate(r, m):
    graph = m.subgraphs[0]
    t, op = r.choice(graph.tensors), r.choice(graph.operators)
    q, o = t.quantization, op.builtinOptions
    kind = r.randrange(7)
    if kind == 0:
        t.shape = replaced(r, t.shape, INTEGERS)
    elif kind == 1:
        t.type = r.choice(TYPES)
    elif kind == 2 and q:
        q.scale = replaced(r, q.scale, REALS)
    elif kind == 3 and q:
        q.zeroPoint = replaced(r, q.zeroPoint, INTEGERS)
    elif kind == 4 and q:
        q.quantizedDimension = r.choice([0, 1, 2, 3, -1, 9])
    elif kind == 5:
        op.inputs = replaced(r, op.inputs, range(-1, len(graph.tensors) + 1))
    elif kind == 6 and o and vars(o):
        field = r.choice(list(vars(o)))
        value = getattr(o, field)
        if isinstance(value, bool):
            setattr(o, field, not value)
        elif isinstance(value, int):  # enumerations are bytes
            setattr(o, field, r.choice(INTEGERS if field[0] in 's' or 'Factor' in field else [v for v in INTEGERS if -128 <= v < 128]))
        elif isinstance(value, float):
            setattr(o, field, r.choice(REALS))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('folders', nargs='+')
    parser.add_argument('-n', type=int, default=500)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--runner', default='build/run_golden')
    arguments = parser.parse_args()
    r = random.Random(arguments.seed)
    sources = sorted(path for folder in arguments.folders for path in glob.glob(folder + '/**/*.tflite', recursive=True))
    with tempfile.TemporaryDirectory() as folder:
        done = 0
        while done < arguments.n:
            source = r.choice(sources)
            with open(source, 'rb') as file:
                m = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file.read(), 0))
            for _ in range(r.choice([1, 1, 2, 3])):
                mutate(r, m)
            try:
                builder = flatbuffers.Builder(1024)
                builder.Finish(m.Pack(builder), b'TFL3')
            except Exception:  # the value does not fit its field
                continue
            name = f'{folder}/m{done}'
            done += 1
            with open(name + '.tflite', 'wb') as file:
                file.write(builder.Output())
            for path in glob.glob(source[:-7] + '_in*.npy') + glob.glob(source[:-7] + '_ref.npy'):
                shutil.copy(path, name + path[len(source) - 7:])
        result = subprocess.run([arguments.runner, folder], capture_output=True, text=True, errors='replace', timeout=600)
    lines = result.stdout.strip().split('\n')
    print(lines[-1])
    print(dict(collections.Counter(line.split('FAILS ')[1].split(':')[0] if 'FAILS ' in line else line.split()[1] for line in lines[:-1])))
    print(result.stderr[:4000], end='')
    sys.exit(bool(result.stderr) or result.returncode not in (0, 1) or not lines[-1].startswith(f'{arguments.n} cases'))


if __name__ == '__main__':
    main()
