"""count_litert.py MARKER.so MODEL RUNS: runs of LiteRT between the markers of a64_count.c, one thread, inputs as in count_octet.c."""
import ctypes
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def draw(n):
    values, state = np.empty(n, np.int32), draw.state
    for i in range(n):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        values[i] = (state >> 24) - 128
    draw.state = state
    return values


draw.state = 1
marker = ctypes.CDLL(sys.argv[1])
interpreter = Interpreter(model_path=sys.argv[2], num_threads=1)
interpreter.allocate_tensors()
for detail in interpreter.get_input_details():
    values = draw(int(np.prod(detail["shape"]))).reshape(detail["shape"])
    is_float = detail["dtype"] == np.float32
    interpreter.set_tensor(detail["index"], (values / 64).astype(np.float32) if is_float else values.astype(detail["dtype"]))
invoke = interpreter._interpreter.Invoke  # without the checks of Interpreter.invoke
invoke()
for detail in interpreter.get_output_details():
    state = 2166136261
    for byte in interpreter.get_tensor(detail["index"]).tobytes():
        state = ((state ^ byte) * 16777619) & 0xFFFFFFFF
    print("output %08x" % state)
invoke()
marker.begin()
for _ in range(int(sys.argv[3])):
    invoke()
marker.end()
