"""Keeps LiteRT, ONNX Runtime and TensorFlow from instructions that the processor has: limit.c, loaded before them, hides these."""
import ctypes
import os
import sys

ISAS = ["avx512vnni", "avx2"]  # as OCTET_KERNELS names what is left


def restart(build, isa):
    """Runs this program anew with everything beyond `isa` hidden; returns in that second run, or at once for "native"."""
    library = os.path.abspath(os.path.join(build, "liblimit.so"))
    if isa == "native" or os.environ.get("OCTET_LIMIT") == isa:
        return
    if not ctypes.CDLL(library).limit_is_possible():
        print("bench: --isa %s is left out: this system cannot hide instructions (Linux on a processor with CPUID faulting can)" % isa)
        sys.exit(0)
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "LD_PRELOAD": library, "OCTET_LIMIT": isa})
