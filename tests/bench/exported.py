#!/usr/bin/env python3
"""exported.py BUILD [--shared DIR] [--seconds S]: exported C on this machine against tflite-micro's interpreter.

Both run the same int8 file on the same input, in turns of about 20 ms, in one process; a turn of the C is a loop in C, so that no call from
Python is in its time. Prints medians in microseconds and the interpreter's time as a multiple. Needs numpy and tflite-micro; without the
latter it says so and passes."""
import argparse
import ctypes
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
MNIST = os.path.join(TOP, "examples", "mnist")
sys.path.insert(0, os.path.join(TOP, "tests", "device"))

COMPILERS = {"-O2": ["cc", "-O2"], "-O3 -march=native": ["cc", "-O3", "-march=native"]}

LOOP = """#define _POSIX_C_SOURCE 199309L
#include <time.h>
#include "net.h"
double measure(const int8_t *input, int8_t *output, void *arena, long n);
double measure(const int8_t *input, int8_t *output, void *arena, long n) {
    struct timespec a, b;
    long i;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (i = 0; i < n; ++i) net_run(input, output, arena);
    clock_gettime(CLOCK_MONOTONIC, &b);
    return ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / (double)n;
}
"""


class Exported:
    """The C of a model with one compiler."""

    def __init__(self, folder, compiler, sizes):
        library = os.path.join(folder, f"{abs(hash(tuple(compiler)))}.so")
        sources = [os.path.join(folder, "c", name) for name in ("net.c", "net_weights.c", "loop.c")]
        subprocess.run([*compiler, "-std=c99", "-shared", "-fPIC", *sources, "-o", library], check=True)
        self.measure = ctypes.CDLL(library).measure
        self.measure.restype = ctypes.c_double
        self.output = ctypes.create_string_buffer(sizes[1])
        self.arena = (ctypes.c_int32 * (1 << 18))()

    def run(self, data, n):
        return self.measure(data, self.output, self.arena, ctypes.c_long(n))


class Micro:
    def __init__(self, model):
        from tflite_micro import runtime
        self.interpreter = runtime.Interpreter.from_file(model)

    def shape(self):
        return self.interpreter.get_input_details(0)["shape"]

    def set(self, data):
        self.interpreter.set_input(data, 0)

    def run(self, n):
        begin = time.perf_counter_ns()
        for _ in range(n):
            self.interpreter.invoke()
        return (time.perf_counter_ns() - begin) / n


def models(build, shared, folder):
    octet = os.path.join(build, "octet")
    for name in ("fc", "cnn"):
        path = os.path.join(folder, f"{name}.tflite")
        subprocess.run([octet, "quantize", os.path.join(MNIST, f"mnist_{name}_k2.h5"), "--data", MNIST, "--no-evaluate", "-o", path],
                       check=True, capture_output=True)
        yield name, path
    large = os.path.join(shared, "golden", "mnist", "cnn_large_int8.tflite")
    if os.path.exists(large):
        yield "cnn_large", large
    subprocess.run([os.path.join(build, "make_nets"), folder], check=True)
    for name in ("kws", "vww"):
        yield name, os.path.join(folder, f"{name}.tflite")


def measure(octet, model, folder, seconds):
    """{who: median ns}"""
    import numpy
    subprocess.run([octet, "export", model, "--c", "--name", "net", "-o", os.path.join(folder, "c"), "--no-verify"], check=True,
                   capture_output=True)
    with open(os.path.join(folder, "c", "loop.c"), "w", encoding="utf-8") as file:
        file.write(LOOP)
    micro = Micro(model)
    data = numpy.random.default_rng(1).integers(-128, 128, micro.shape(), dtype=numpy.int8)
    micro.set(data)
    micro.interpreter.invoke()
    expected = micro.interpreter.get_output(0)
    given = data.tobytes()
    subjects = {"tflite-micro": micro.run}
    for options, compiler in COMPILERS.items():
        net = Exported(folder, compiler, (len(given), expected.size))
        net.run(given, 1)
        if net.output.raw != expected.tobytes():
            raise RuntimeError(f"{options}: other bytes than tflite-micro's")
        subjects[options] = lambda n, net=net: net.run(given, n)
    counts = {who: max(1, int(2e7 / max(1, run(1)))) for who, run in subjects.items()}
    times = {who: [] for who in subjects}
    end = time.time() + seconds
    while time.time() < end or len(times["tflite-micro"]) < 5:
        for who, run in subjects.items():
            times[who].append(run(counts[who]))
    return {who: statistics.median(t) for who, t in times.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=os.path.abspath)
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    if importlib.util.find_spec("tflite_micro") is None:
        print("exported: tflite-micro is not installed (pip install tflite-micro)")
        return 0
    print("| net | tflite-micro's interpreter | exported C, -O2 | exported C, -O3 -march=native |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models(options.build, options.shared, folder):
            own = os.path.join(folder, name)
            os.mkdir(own)
            found = measure(os.path.join(options.build, "octet"), model, own, options.seconds)
            cells = [f"{found[who] / 1000:,.1f} us ({found['tflite-micro'] / found[who]:.1f} times)" for who in COMPILERS]
            print(f"| {name} | {found['tflite-micro'] / 1000:,.1f} us | {' | '.join(cells)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
