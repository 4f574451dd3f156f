"""processors.py - how exported C is compiled for each processor, and how a program of it is run.

A program is the self-test of a net (board/main.c around NAME_selftest.c): it prints how many numbers differ, the deepest
stack, and on boards with a timer the ticks of all runs. qemu counts instructions (-icount), so ticks are the same everywhere.
"""
import os
import re
import subprocess
from typing import NamedTuple, Optional

HERE = os.path.dirname(os.path.abspath(__file__))
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]


class Processor(NamedTuple):
    name: str
    gcc: list     # its compiler
    clang: list   # clang for it, which compiles and does not link
    run: list     # what runs a program; []: this machine
    board: Optional[tuple] = None  # flash, its size, RAM, its size, stack: a Cortex-M
    timer: Optional[tuple] = None  # address, instructions per tick
    is_bare: bool = False          # no library of C: board/start.c begins


def cortex(core, machine, board, flags="", timer=None):
    arm = [f"-mcpu={core}", "-mthumb", *flags.split()]
    command = ["qemu-system-arm", "-M", machine, "-nographic", "-monitor", "none", "-serial", "none",
               "-semihosting-config", "enable=on,target=native"] + (["-icount", "shift=5"] if timer else []) + ["-kernel"]
    name = "Cortex-M" + core[len("cortex-m"):]
    return Processor(name, ["arm-none-eabi-gcc", *arm], ["clang", "--target=arm-none-eabi", *arm], command, board, timer, True)


def risc_v(name, bits, abi, compiler, bare):
    flags = [f"-march={name}", f"-mabi={abi}"]
    return Processor(name, [compiler, *flags], ["clang", f"--target=riscv{bits}", *flags], [f"qemu-riscv{bits}"], is_bare=bare)


MEMORY = ("FLASH_ORIGIN", "FLASH_LENGTH", "RAM_ORIGIN", "RAM_LENGTH", "STACK_SIZE")
with open(os.path.join(HERE, "board", "board.ld.in"), encoding="utf-8") as file:
    DEFAULTS = dict(re.findall(r"^#define (\w+) (\w+)$", file.read(), re.M))
MPS2 = tuple(DEFAULTS[name] for name in MEMORY)
TIMER = ("0x40000000u", 1.25)
PROCESSORS = [
    Processor("x86-64", ["gcc"], ["clang"], []),
    Processor("aarch64", ["aarch64-linux-gnu-gcc"], ["clang", "--target=aarch64-linux-gnu"], ["qemu-aarch64"]),
    risc_v("rv64gc", 64, "lp64d", "riscv64-linux-gnu-gcc", False),
    risc_v("rv32imc", 32, "ilp32", "riscv64-unknown-elf-gcc", True),
    cortex("cortex-m0", "microbit", ("0x00000000", "256K", "0x20000000", "16K", "4K")),
    cortex("cortex-m3", "mps2-an385", MPS2, timer=TIMER),
    cortex("cortex-m4", "mps2-an386", MPS2, timer=TIMER),
    cortex("cortex-m7", "mps2-an500", MPS2, timer=TIMER),
    cortex("cortex-m33", "mps2-an505", ("0x10000000", "4M", "0x38000000", "4M", "16K")),
    cortex("cortex-m55", "mps3-an547", ("0x00000000", "512K", "0x20000000", "512K", "16K"), "-mfloat-abi=hard"),
]
COUNTED = "Cortex-M4"
# Whose instructions `octet budget` estimates too. The code of an M0 runs on an M3, where it can be counted.
ESTIMATED = [
    cortex("cortex-m0", "mps2-an385", MPS2, timer=TIMER),
    cortex("cortex-m7", "mps2-an500", MPS2, timer=TIMER),
    cortex("cortex-m33", "mps2-an505", ("0x10000000", "4M", "0x38000000", "4M", "16K"), timer=("0x50000000u", 1.5625)),
]
# Compilers that take the code as C++.
CPLUSPLUS = [["g++", "-x", "c++", "-std=c++11"], ["clang++", "-x", "c++", "-std=c++17"]]


def run(command, **kwargs):
    done = subprocess.run(command, capture_output=True, text=True, **kwargs)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}: {(done.stderr or done.stdout)[-800:]}")
    return done.stdout


def compile_strictly(compiler, sources, folder):
    """Every warning an error, and no library of C behind it."""
    for source in sources:
        out = os.path.join(folder, "strict.o")
        run([*compiler, *STRICT, "-ffreestanding", "-O2", "-c", source, "-o", out])


def build(processor, optimize, sources, includes, folder):
    """sources: NAME.c, NAME_weights.c, and more that are not held to be free of warnings. The program, and bytes of code."""
    os.makedirs(folder, exist_ok=True)
    include = [f"-I{path}" for path in includes]
    program, board = os.path.join(folder, "net.elf"), os.path.join(HERE, "board")
    objects = []
    for i, source in enumerate(sources):
        objects.append(os.path.join(folder, f"{i}.o"))
        strict = ["-std=c99", *STRICT] if i < 2 else []
        run([*processor.gcc, *strict, optimize, "-ffreestanding", "-ffunction-sections", *include, "-c", source, "-o", objects[-1]])
    programs = [os.path.join(board, "main.c")] + ([os.path.join(board, "start.c")] if processor.is_bare else [])
    count = [f"-DTIMER={processor.timer[0]}"] if processor.timer else []
    link = ["-static"]
    if processor.is_bare:
        link = ["-nostdlib", "-nostartfiles", "-Wl,--gc-sections"]
    if processor.board:
        script = os.path.join(folder, "board.ld")
        run([*processor.gcc, "-E", "-P", "-x", "c", *(f"-D{n}={v}" for n, v in zip(MEMORY, processor.board)), os.path.join(board, "board.ld.in"),
             "-o", script])
        link += ["-T", script]
    bare = ["-ffreestanding"] if processor.is_bare else []
    run([*processor.gcc, "-O2", *bare, *count, *include, *programs, *objects, *link, "-lgcc", "-o", program])
    size = run([processor.gcc[0].replace("gcc", "size"), objects[0]])
    return program, int(size.splitlines()[1].split()[0])


def emulate(processor, program, vectors):
    """What the program prints; instructions of one run, where the processor counts. Raises where a number differs."""
    done = subprocess.run([*processor.run, program], capture_output=True, text=True, timeout=900)
    # The call that prints goes to standard error on some machines.
    text = done.stdout + done.stderr
    numbers = {k: int(v) for k, v in re.findall(r"^(\w+) (\d+)$", text, re.M)}
    if done.returncode != 0 or numbers.get("differ") != 0:
        raise RuntimeError(f"{processor.name}: exit code {done.returncode}: {text[-300:]}")
    if processor.timer:
        numbers["instructions"] = round(numbers["ticks"] * processor.timer[1] / vectors)
    return numbers
