"""Memory of octet and LiteRT for one model, each in a process of its own, one thread.

"peak" is the growth of the greatest resident size from before the model is opened to the end of the first run: pages of the mapped file,
weights in the kernels' order, activations, the runtime's own structures. "arena" is what is planned for activations and working space; for
LiteRT that of its built-in kernels, because XNNPACK does not tell its own.

    memory.py MODEL     prints both for LiteRT, in bytes
"""
import subprocess
import sys

from ai_edge_litert.interpreter import Interpreter, OpResolverType

import subjects


def greatest_resident_bytes():
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM:"))


def litert_peak(path):
    with open("/proc/self/clear_refs", "w") as f:
        f.write("5")  # what importing took is forgotten
    before = greatest_resident_bytes()
    subjects.LiteRT(path, 1)
    return greatest_resident_bytes() - before


def litert_arena(path):
    """From the first to the last byte of what operators write and of the inputs."""
    interpreter = Interpreter(path, num_threads=1, experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    tensors = {d["index"] for d in interpreter.get_input_details()}
    tensors.update(i for op in interpreter._get_ops_details() for i in op["outputs"])
    views = [interpreter.tensor(i)() for i in tensors]
    return max(v.ctypes.data + v.nbytes for v in views) - min(v.ctypes.data for v in views)


def measure(build, path, isa):
    octet = subjects.Octet(build, path, 1, isa)
    octet.close()
    peak, arena = subprocess.run([sys.executable, __file__, path], capture_output=True, text=True, check=True).stdout.split()
    return {"octet": {"peak": octet.peak_bytes, "arena": octet.arena_bytes}, "litert": {"peak": int(peak), "arena": int(arena)}}


if __name__ == "__main__":
    print(litert_peak(sys.argv[1]), litert_arena(sys.argv[1]))
