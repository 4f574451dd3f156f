"""What bench.py times: octet, LiteRT, ONNX Runtime, each with run(n), which gives the times of n runs in nanoseconds."""
import os
import subprocess
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def octet_environment(isa):
    """For octet's processes: "native", or a value of OCTET_KERNELS; without what hides instructions from the others (limit.py)."""
    environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    return environment if isa == "native" else {**environment, "OCTET_KERNELS": isa}


def processor_name():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return os.uname().machine


def timed(call, n):
    times, clock = [], time.perf_counter_ns
    for _ in range(n):
        start = clock()
        call()
        times.append(clock() - start)
    return times


class Octet:
    """The program `measure`, a process of its own."""

    def __init__(self, build, path, threads, isa):
        self.process = subprocess.Popen([os.path.join(build, "measure"), path, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=octet_environment(isa))
        _, arena, peak = self.process.stdout.readline().split()
        self.arena_bytes, self.peak_bytes = int(arena), int(peak)

    def run(self, n):
        self.process.stdin.write("run %d\n" % n)
        self.process.stdin.flush()
        return [int(t) for t in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class LiteRT:
    """The interpreter, in this process."""

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
        return timed(self.interpreter.invoke, n)


class OnnxRuntime:
    """One thread. exact: without the sums of two products in 16 bits, which saturate where the processor has no VNNI."""

    def __init__(self, path, exact):
        import onnxruntime  # only here: not all who time LiteRT have it

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        if exact:
            options.add_session_config_entry("session.x64quantprecision", "1")
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        d = self.session.get_inputs()[0]
        self.inputs = {d.name: np.random.default_rng(1).integers(0, 256, d.shape).astype(np.uint8)}

    def output(self):
        return self.session.run(None, self.inputs)[0].astype(np.int32)

    def run(self, n):
        return timed(lambda: self.session.run(None, self.inputs), n)
