"""cmsis_nn.py - exported C that calls CMSIS-NN: where the library comes from, and what is checked with it."""
import glob
import os
import shutil
import subprocess

from processors import CPLUSPLUS, PROCESSORS, STRICT, build, emulate, run

ADDRESS, VERSION = "https://github.com/ARM-software/CMSIS-NN", "v7.0.0"
STAND_IN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cmsis_nn")
BOARDS = ("Cortex-M0", "Cortex-M4", "Cortex-M55")
N_VECTORS = 8


def find(folder):
    """The folder of the library, or of what stands in for it; says which."""
    given = os.environ.get("CMSIS_NN")
    if given:
        return given
    path = os.path.join(folder, "CMSIS-NN")
    clone = ["git", "clone", "-q", "--depth", "1", "-b", VERSION, ADDRESS, path]
    try:
        done = subprocess.run(clone, capture_output=True, timeout=60, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
        if done.returncode == 0:
            print(f"CMSIS-NN {VERSION} from {ADDRESS}", flush=True)
            return path
    except (OSError, subprocess.TimeoutExpired):
        pass
    print(f"skip CMSIS-NN itself: {ADDRESS} cannot be reached, and CMSIS_NN names no folder; tests/device/cmsis_nn stands in", flush=True)
    return STAND_IN


def check_here(octet, net, library, report):
    """Exports, and builds as the folder's own Makefile and CMakeLists.txt say."""
    net.write(octet, "cmsis", N_VECTORS, ["--cmsis-nn"])
    where = f"{net.folder}/cmsis"
    run(["make", "-s", "-j2", "-C", where, "check", f"CMSIS_NN={library}", "CFLAGS=-std=c99 -O1 " + " ".join(STRICT)])
    for compiler in CPLUSPLUS:
        run([*compiler, *STRICT, f"-I{library}/Include", "-c", f"{where}/net.c", "-o", f"{where}/net_cplusplus.o"])
    if shutil.which("cmake"):
        run(["cmake", "-S", where, "-B", f"{where}/build", f"-DCMSIS_NN={library}"])
        run(["cmake", "--build", f"{where}/build"])
        run([f"{where}/build/net_selftest"])
    report.n_programs += 1
    print(f"{net.name} with CMSIS-NN, here: {N_VECTORS} samples", flush=True)


def check_board(net, processor, library, report):
    sources = net.sources("cmsis") + sorted(glob.glob(f"{library}/Source/*/*.c"))
    program, _ = build(processor, "-O2", sources, [f"{net.folder}/cmsis", f"{library}/Include"], f"{net.folder}/cmsis_{processor.name}")
    numbers = emulate(processor, program, N_VECTORS)
    report.n_programs += 1
    counts = f", {numbers['instructions']:,} instructions" if "instructions" in numbers and library != STAND_IN else ""
    print(f"{net.name} with CMSIS-NN, {processor.name}: {N_VECTORS} samples{counts}", flush=True)


def jobs(report, nets, octet, folder):
    """Functions without arguments; a board without room is left out."""
    library = find(folder)
    for net in nets:
        def check(net=net):
            check_here(octet, net, library, report)
            for processor in PROCESSORS:
                if processor.name in BOARDS and net.fits(processor, N_VECTORS, "cmsis"):
                    check_board(net, processor, library, report)
        yield check
