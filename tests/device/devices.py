#!/usr/bin/env python3
"""devices.py OCTET [--shared DIR] [--write] [--only WORD]: exported C on emulated microcontrollers.

Exports each net, compiles it here as C99 and as C++ with every warning an error, runs it on the host and as AArch64 under
qemu, builds it for each board with -Os and -O2, runs its self-test under qemu-system-arm, and compares. On
the Cortex-M4 it compares instructions with the table of docs/device.md, and fails when a number is more than 2 % above
it, when a stack is deeper than net.h says, or code is not within 15 % of its estimate; --write writes the table anew. qemu counts instructions (-icount): the numbers are the same everywhere."""
import argparse, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
DOCUMENT = os.path.join(TOP, "docs", "device.md")

# Core: machine, flags, timer (address, instructions per tick), flash, RAM, stack.
MPS2 = ("0x00000000", "4M", "0x20000000", "4M", "16K")
BOARDS = {
    "Cortex-M0": ("microbit", "-mcpu=cortex-m0", None, ("0x00000000", "256K", "0x20000000", "16K", "4K")),
    "Cortex-M3": ("mps2-an385", "-mcpu=cortex-m3", ("0x40000000u", 1.25), MPS2),
    "Cortex-M4": ("mps2-an386", "-mcpu=cortex-m4", ("0x40000000u", 1.25), MPS2),
    "Cortex-M7": ("mps2-an500", "-mcpu=cortex-m7", ("0x40000000u", 1.25), MPS2),
    "Cortex-M33": ("mps2-an505", "-mcpu=cortex-m33", None, ("0x10000000", "4M", "0x38000000", "4M", "16K")),
    "Cortex-M55": ("mps3-an547", "-mcpu=cortex-m55 -mfloat-abi=hard", None,
                   ("0x00000000", "512K", "0x20000000", "512K", "16K")),
}
COUNTED = "Cortex-M4"
MNIST = os.path.join(TOP, "examples", "mnist")


def nets(shared):
    """Name, model, how it is exported."""
    yield "fc", os.path.join(MNIST, "mnist_fc_k2.h5"), ["--data", MNIST]
    yield "cnn", os.path.join(MNIST, "mnist_cnn_k2.h5"), ["--data", MNIST]
    large = os.path.join(shared, "golden", "mnist", "cnn_large_int8.tflite")
    if os.path.exists(large):
        yield "cnn_large", large, ["--data", MNIST]
    for name in ("ad01", "resnet8", "mnist_resnet", "cifar10"):
        model = os.path.join(shared, "models", name, "tf_int8.tflite")
        if os.path.exists(model):
            yield name, model, []


# Compilers of this machine; those that run what they make.
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
HOSTS = [["gcc", "-std=c99"], ["clang", "-std=c99"], ["g++", "-x", "c++", "-std=c++11"],
         ["clang++", "-x", "c++", "-std=c++17"], ["aarch64-linux-gnu-gcc", "-std=c99"]]
RUNS = [["gcc", "-O3", "-march=native"], ["clang", "-O2"], ["aarch64-linux-gnu-gcc", "-O2", "-static"]]


def run(command, **kwargs):
    return subprocess.run(command, check=True, capture_output=True, text=True, **kwargs).stdout


def build(folder, board, optimize):
    machine, cpu, timer, (flash, flash_size, ram, ram_size, stack) = BOARDS[board]
    gcc = ["arm-none-eabi-gcc", *cpu.split(), "-mthumb", "-std=c99", "-ffreestanding", "-ffunction-sections"]
    strict = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
    out = os.path.join(folder, f"{board}{optimize}")
    os.mkdir(out)
    define = [f"-DFLASH_ORIGIN={flash}", f"-DFLASH_LENGTH={flash_size}", f"-DRAM_ORIGIN={ram}",
              f"-DRAM_LENGTH={ram_size}", f"-DSTACK_SIZE={stack}"]
    run(["arm-none-eabi-cpp", "-P", *define, "-o", f"{out}/board.ld", os.path.join(HERE, "board", "board.ld.in")])
    run([*gcc, *strict, optimize, "-c", f"{folder}/net/net.c", "-o", f"{out}/net.o"])
    run([*gcc, *strict, optimize, "-c", f"{folder}/net/net_weights.c", "-o", f"{out}/weights.o"])
    count = [f"-DTIMER={timer[0]}"] if timer else []
    run([*gcc, "-O2", *count, f"-I{folder}/net", "-c", os.path.join(HERE, "board", "main.c"), "-o", f"{out}/main.o"])
    run([*gcc, "-O2", "-c", os.path.join(HERE, "board", "start.c"), "-o", f"{out}/start.o"])
    run([*gcc, "-nostdlib", "-nostartfiles", "-T", f"{out}/board.ld", "-Wl,--gc-sections", f"{out}/start.o",
         f"{out}/main.o", f"{out}/net.o", f"{out}/weights.o", "-lgcc", "-o", f"{out}/net.elf"])
    sizes = run(["arm-none-eabi-size", f"{out}/net.o"]).splitlines()[1].split()
    return f"{out}/net.elf", int(sizes[0])


def compile_here(folder):
    """Files of the device are freestanding; the self-test runs. Returns how many programs ran."""
    for compiler in HOSTS:
        for name in ("net.c", "net_weights.c"):
            run([*compiler, *STRICT, "-ffreestanding", "-O2", "-c", f"{folder}/net/{name}", "-o", f"{folder}/host.o"])
    for compiler in RUNS:
        sources = [f"{folder}/net/{name}" for name in ("net.c", "net_weights.c", "net_selftest.c")]
        run([*compiler, "-std=c99", *STRICT, *sources, "-o", f"{folder}/host"])
        run((["qemu-aarch64"] if "aarch64" in compiler[0] else []) + [f"{folder}/host"])
    return len(RUNS)


def emulate(board, program, vectors):
    """Numbers that the program prints; instructions of one run, where the board counts."""
    machine, _, timer, _ = BOARDS[board]
    command = ["qemu-system-arm", "-M", machine, "-nographic", "-monitor", "none", "-serial", "none",
               "-semihosting-config", "enable=on,target=native", "-kernel", program]
    if timer:
        command += ["-icount", "shift=5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    # The call that prints goes to standard error on some machines.
    numbers = {k: int(v) for k, v in re.findall(r"^(\w+) (\d+)$", done.stdout + done.stderr, re.M)}
    if done.returncode != 0 or "differ" not in numbers:
        raise RuntimeError(f"{board}: exit code {done.returncode}: {(done.stdout + done.stderr)[-300:]}")
    if timer:
        numbers["instructions"] = round(numbers["ticks"] * timer[1] / vectors)
    return numbers


def export(octet, model, options, folder, vectors):
    text = run([octet, "export", model, "--c", "--name", "net", "-o", f"{folder}/net", "--json", "--vectors",
                str(vectors), *options])
    fields = dict(re.findall(r'"(\w+)": "?([^",\n]*)', text))
    header = open(f"{folder}/net/net.h").read()
    ports = sum(int(n) for n in re.findall(r"NET_(?:INPUT|OUTPUT)\d*_SIZE (\d+)", header))
    code, stack = re.search(r"about (\d+) of code", header), re.search(r"at most (\d+) of stack", header)
    return int(fields["arena_bytes"]), ports, int(code[1]), int(stack[1])


def has_room(board, folder, arena):
    """Flash for weights and vectors, RAM for the arena; large nets run on the counted board only."""
    weights = os.path.getsize(f"{folder}/net/net_weights.c")
    return board == COUNTED or (weights < 600_000 and (board != "Cortex-M0" or (arena < 8_000 and weights < 500_000)))


def row(name, optimize, numbers, code, arena, ports):
    return [name, optimize, f"{numbers['instructions']:,}", f"{arena:,}", f"{ports:,}", f"{numbers['stack']:,}",
            f"{arena + ports + numbers['stack']:,}", f"{code:,}"]


HEAD = ["net", "options", "instructions of a run", "arena", "input and output", "stack", "RAM", "code"]
MARKS = "<!-- counts: tests/device/devices.py --write -->", "<!-- end of counts -->"


def stored():
    text = open(DOCUMENT).read().split(MARKS[0])[1].split(MARKS[1])[0]
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in text.strip().splitlines()[2:]]
    return {(r[0], r[1]): int(r[2].replace(",", "")) for r in rows}


def write(rows):
    before, rest = open(DOCUMENT).read().split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    lines = ["| " + " | ".join(r) + " |" for r in [HEAD, ["---"] * len(HEAD), *rows]]
    open(DOCUMENT, "w").write(before + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + after)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("octet")
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--vectors", type=int, default=8)
    options = parser.parse_args()
    known, rows, failed, n = ({} if options.write else stored()), [], 0, 0
    for name, model, how in nets(options.shared):
        with tempfile.TemporaryDirectory() as folder:
            arena, ports, code_estimate, stack_bound = export(os.path.abspath(options.octet), model, how, folder, options.vectors)
            if not options.only:
                n += compile_here(folder)
                print(f"{name}: compiled as C99 and C++, run here and as AArch64", flush=True)
            for board in BOARDS:
                if options.only not in board or not has_room(board, folder, arena):
                    continue
                for optimize in ("-Os", "-O2"):
                    if board == "Cortex-M0" and optimize == "-O2":
                        continue
                    program, code = build(folder, board, optimize)
                    numbers = emulate(board, program, options.vectors)
                    n += 1
                    told = f"{name} {board} {optimize}: stack {numbers['stack']}, code {code}"
                    if "instructions" in numbers:
                        told += f", {numbers['instructions']:,} instructions"
                    print(told, flush=True)
                    if numbers["stack"] > stack_bound:
                        failed += 1
                        print(f"FAIL {name} {board} {optimize}: stack {numbers['stack']}, stated are {stack_bound} at most")
                    if board != COUNTED:
                        continue
                    rows.append(row(name, optimize, numbers, code, arena, ports))
                    if optimize == "-Os" and abs(code_estimate - code) > 0.15 * code:
                        failed += 1
                        print(f"FAIL {name}: code {code}, estimated {code_estimate}")
                    limit = known.get((name, optimize))
                    if limit is not None and numbers["instructions"] > limit * 1.02:
                        failed += 1
                        print(f"FAIL {name} {optimize}: {numbers['instructions']:,} instructions, {limit:,} in docs/device.md")
    if options.write and not options.only:
        write(rows)
    print(f"devices: {n} programs give octet's bytes, {failed} numbers are out of their bounds")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
