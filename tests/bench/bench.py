"""octet against LiteRT, interleaved in one run.

    bench.py BUILD_FOLDER [--shared DIR] [--isa native|avx2] [--threads 1,2] [--seconds S] [--only REGEX] [--json FILE]

For every model the two take turns, a slice of time each, so that both see the same machine. LiteRT is the interpreter of the ai-edge-litert
package with its default delegate (XNNPACK), called from Python; what that call costs is measured with a model of a single addition, stated,
and subtracted from LiteRT's times. octet is the program `measure`, which runs the library in a process of its own. --isa avx2 keeps both from
instructions beyond AVX2 and FMA: octet by OCTET_KERNELS, LiteRT by clearing its record of the processor's features before it is first used.
"""
import argparse
import ctypes
import json
import os
import re
import statistics
import subprocess
import sys
import time

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import networks  # noqa: E402

import ai_edge_litert  # noqa: E402
from ai_edge_litert.interpreter import Interpreter  # noqa: E402


def limit_litert():
    """Clears AVX-VNNI and everything of AVX-512 in the record (cpuinfo_isa) from which XNNPACK chooses its kernels."""
    library = os.path.join(os.path.dirname(ai_edge_litert.__file__), "libpywrap_litert_common.so")
    symbols = {}
    for line in subprocess.run(["nm", library], capture_output=True, text=True).stdout.splitlines():
        part = line.split()
        if len(part) == 3 and part[2] in ("cpuinfo_initialize", "cpuinfo_isa"):
            symbols[part[2]] = int(part[0], 16)
    if len(symbols) != 2:
        sys.exit("bench: this build of LiteRT does not name cpuinfo_isa: --isa avx2 is not possible")
    base = min(int(line.split("-")[0], 16) for line in open("/proc/self/maps") if library in line)
    ctypes.CFUNCTYPE(ctypes.c_bool)(base + symbols["cpuinfo_initialize"])()
    isa = (ctypes.c_ubyte * 0x50).from_address(base + symbols["cpuinfo_isa"])
    # Bytes in the order of struct cpuinfo_x86_isa: 0x16 avx, 0x17 avxvnni, 0x18 fma3, ..., 0x1c avx2, 0x1d avx512f and the rest of AVX-512.
    if not (isa[0x16] and isa[0x18] and isa[0x1C]):
        sys.exit("bench: LiteRT's record of processor features has another layout: --isa avx2 is not possible")
    for i in [0x17] + list(range(0x1D, 0x39)):
        isa[i] = 0


class LiteRT:
    def __init__(self, path, threads):
        self.interpreter = Interpreter(path, num_threads=threads)
        self.interpreter.allocate_tensors()
        rng = np.random.default_rng(1)
        for d in self.interpreter.get_input_details():
            if d["dtype"] == np.float32:
                value = rng.normal(0, 1, d["shape"]).astype(np.float32)
            else:
                info = np.iinfo(d["dtype"])
                value = rng.integers(info.min, info.max + 1, d["shape"]).astype(d["dtype"])
            self.interpreter.set_tensor(d["index"], value)
        self.interpreter.invoke()

    def run(self, n):
        times, invoke, clock = [], self.interpreter.invoke, time.perf_counter_ns
        for _ in range(n):
            start = clock()
            invoke()
            times.append(clock() - start)
        return times


class Octet:
    def __init__(self, build, path, threads, isa):
        env = dict(os.environ)
        if isa == "avx2":
            env["OCTET_KERNELS"] = "avx2"
        self.process = subprocess.Popen([os.path.join(build, "measure"), path, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=env)
        self.arena_bytes = int(self.process.stdout.readline().split()[1])
        self.run(1)

    def run(self, n):
        self.process.stdin.write("run %d\n" % n)
        self.process.stdin.flush()
        return [int(t) for t in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure(build, path, threads, isa, seconds):
    """Times in nanoseconds of octet and LiteRT, taking turns of about 30 ms."""
    octet, litert = Octet(build, path, threads, isa), LiteRT(path, threads)
    times = ([], [])
    counts = [max(1, min(2000, int(3e7 / max(1, min(s.run(3)))))) for s in (octet, litert)]
    end = time.time() + seconds
    while time.time() < end or len(times[0]) < 3:
        for i, subject in enumerate((octet, litert)):
            times[i].extend(subject.run(counts[i]))
    octet.close()
    return times, octet.arena_bytes


def octet_float_and_int8(build, folder, shared):
    """(name, kind, path, macs or 0) of the trained models: MNIST from this repository, others from the shared folder."""
    found = []
    octet, examples = os.path.join(build, "octet"), os.path.join(HERE, "..", "..", "examples", "mnist")
    models = [("mnist_fc", os.path.join(examples, "mnist_fc_k2.h5")), ("mnist_cnn", os.path.join(examples, "mnist_cnn_k2.h5"))]
    if shared:
        models.append(("mnist_cnn_large", os.path.join(shared, "models", "mnist", "mnist_cnn_large_k2.h5")))
    for name, path in models:
        if not os.path.exists(path):
            continue
        for kind, mode in (("f32", "float32"), ("int8", "int8")):
            out = os.path.join(folder, "%s_%s.tflite" % (name, kind))
            if not os.path.exists(out):
                subprocess.run([octet, "quantize", path, "--data", examples, "--mode", mode, "--no-evaluate", "-o", out], check=True,
                               stdout=subprocess.DEVNULL)
            found.append((name, kind, out, 0))
    for name in sorted(os.listdir(os.path.join(shared, "models"))) if shared else []:
        model_folder = os.path.join(shared, "models", name)
        if not os.path.exists(os.path.join(model_folder, "tf_int8.tflite")):
            continue
        out = os.path.join(folder, name + "_f32.tflite")
        if not os.path.exists(out):
            subprocess.run([octet, "quantize", os.path.join(model_folder, "model.h5"), "--data", os.path.join(model_folder, "calib.npy"), "--mode",
                            "float32", "--no-evaluate", "-o", out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if os.path.exists(out):
            found.append((name, "f32", out, 0))
        found.append((name, "int8", os.path.join(model_folder, "tf_int8.tflite"), 0))
    return found


def call_overhead(folder):
    """Nanoseconds of an invoke() of the smallest model there is."""
    net = networks.Net(False)
    x = net.input([1, 1])
    path = os.path.join(folder, "smallest.tflite")
    net.write(path, net.add(x, x))
    litert = LiteRT(path, 1)
    return min(min(litert.run(2000)) for _ in range(10))


def processor_name():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return os.uname().machine


def row_text(r):
    def span(t):
        unit = (1e3, "us") if t["median"] < 1e6 else (1e6, "ms")
        return "%8.1f %8.1f %8.1f %s" % (t["min"] / unit[0], t["median"] / unit[0], t["max"] / unit[0], unit[1])

    return "%-22s %-12s %d  %s   %s   %5.2f %7s %6s %5s" % (
        r["model"], r["type"], r["threads"], span(r["octet"]), span(r["litert"]), r["ratio"],
        "%.1f" % r["gmac"] if r["gmac"] else "", "%.1f" % r["litert_gmac"] if r["gmac"] else "", "%.0f%%" % (100 * r["of_peak"]) if r["gmac"] else "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--shared")
    parser.add_argument("--isa", default="native", choices=["native", "avx2"])
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    a = parser.parse_args()
    shared = a.shared if a.shared and os.path.isdir(os.path.join(a.shared, "models")) else None
    folder = os.path.join(a.build, "bench")
    os.makedirs(folder, exist_ok=True)
    if a.isa == "avx2":
        limit_litert()
    peaks = json.loads(subprocess.run([os.path.join(a.build, "peak")], capture_output=True, text=True, check=True).stdout)
    overhead = call_overhead(folder)
    cases = octet_float_and_int8(a.build, folder, shared)
    for name, (paths, macs) in networks.write_all(folder, [n for n in networks.NETWORKS if re.search(a.only, n)]).items():
        cases += [(name, kind, path, macs) for kind, path in paths.items()]
    print("%s, instructions: %s; one core at most, GMAC/s: %s" % (processor_name(), a.isa, json.dumps(peaks)))
    print("LiteRT %s; an invoke() of one addition takes %.2f us, which is subtracted from LiteRT's times" % (ai_edge_litert.__version__, overhead / 1e3))
    print("%-22s %-12s T  %29s   %29s   %s" % ("model", "type", "octet min median max", "LiteRT min median max", "ratio  GMAC/s LiteRT  of peak"))
    rows = []
    for name, kind, path, macs in cases:
        if not re.search(a.only, name):
            continue
        for threads in [int(t) for t in a.threads.split(",")]:
            (octet, litert), arena = measure(a.build, path, threads, a.isa, a.seconds)
            litert = [max(1, t - overhead) for t in litert]
            best = peaks.get(("f32_" if kind == "f32" else "int8_") + ("avx2" if a.isa == "avx2" else peaks["cpu"].replace("vnni", "") if kind == "f32" else peaks["cpu"]), 0)
            row = {"model": name, "type": kind, "threads": threads, "arena_bytes": arena, "macs": macs,
                   "octet": {"min": min(octet), "median": statistics.median(octet), "max": max(octet)},
                   "litert": {"min": min(litert), "median": statistics.median(litert), "max": max(litert)},
                   "ratio": statistics.median(litert) / statistics.median(octet), "ratio_of_minima": min(litert) / min(octet),
                   "gmac": macs / min(octet), "litert_gmac": macs / min(litert), "of_peak": macs / min(octet) / threads / best if best else 0}
            rows.append(row)
            print(row_text(row), flush=True)
    if a.json:
        with open(a.json, "w") as f:
            json.dump({"processor": processor_name(), "isa": a.isa, "peaks": peaks, "litert": ai_edge_litert.__version__, "call_overhead_ns": overhead,
                       "rows": rows}, f, indent=1)


if __name__ == "__main__":
    main()
