#!/usr/bin/env python3
"""devices.py OCTET [--shared DIR] [--write] [--all] [--only WORD]: exported C on every processor of processors.py.

Exports each net, compiles it with gcc and clang for each processor with every warning an error, also as C++, runs its
self-test on this machine and under qemu, and compares. On the Cortex-M4 it compares instructions with the table of
docs/device.md, and fails when a number is more than 2 % above it, when a stack is deeper than net.h says, or code is not
within 15 % of its estimate; so are instructions of -Os on Cortex-M0, M4, M7 and M33; --write writes the table anew. --all takes longer: every net on every processor that has room,
with 200 samples, 10,000 MNIST images and the test samples of the models of DIR on this machine. The C that calls CMSIS-NN
is built with the folder $CMSIS_NN, or what GitHub has, or, where neither is there, what cmsis_nn/ has of it."""
import argparse
import glob
import json
import os
import re
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import cmsis_nn
import samples
from processors import COUNTED, CPLUSPLUS, ESTIMATED, PROCESSORS, build, compile_strictly, emulate, run

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
DOCUMENT = os.path.join(TOP, "docs", "device.md")
MNIST = os.path.join(TOP, "examples", "mnist")
N_COUNTED = 8  # samples that the table is the mean of
EVERYWHERE = ("fc", "cnn", "cnn_large")  # on every processor; the others on those with a library of C and the counted one
SHARED = ("ad01", "resnet8", "mnist_resnet", "cifar10")
MADE = ("kws", "vww")  # by make_nets.c
COUNTED_NETS = EVERYWHERE + SHARED + MADE  # in the table; further ones run here only
STRICT_BY_CLANG = ("cnn", "mnist_resnet")  # built by clang for every processor too


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Net:
    """A model, and the folder that it is exported to."""

    def __init__(self, name, model, how, folder):
        self.name, self.model, self.how, self.folder = name, model, how, os.path.join(folder, name)
        os.makedirs(self.folder)

    def export(self, octet, more=()):
        if not self.model.endswith(".tflite"):
            quantized = os.path.join(self.folder, "model.tflite")
            run([octet, "quantize", self.model, *self.how, "--no-evaluate", "-o", quantized])
            self.model = quantized
        self.write(octet, "c", N_COUNTED, more)
        header = read(f"{self.folder}/c/net.h")
        number = lambda pattern: int(re.search(pattern, header)[1])
        self.arena, self.constants = number(r"RAM: (\d+) bytes of arena"), number(r"Flash: (\d+) bytes of constants")
        self.ports, self.code, self.stack = number(r", (\d+) of input and output"), number(r"about (\d+) of code"), number(r"at most (\d+) of stack")

        budget = json.loads(run([octet, "budget", self.model, "--json"]))
        self.instructions = {f"Cortex-M{core[1:]}": count for core, count in budget["instructions"].items()}

    def write(self, octet, where, vectors, more=()):
        run([octet, "export", self.model, "--c", "--name", "net", "-o", f"{self.folder}/{where}", "--vectors", str(vectors), "--no-verify",
             *self.how, *more])

    def sources(self, where="c"):
        return [f"{self.folder}/{where}/{name}" for name in ("net.c", "net_weights.c")]

    def fits(self, processor, vectors, where="c"):
        """Whether flash and RAM have room for what is in the folder `where`."""
        if not processor.board:
            return True
        arena = max(int(n) for n in re.findall(r"_ARENA_SIZE (\d+)", read(f"{self.folder}/{where}/net.h")))
        flash, ram, stack = (int(processor.board[i][:-1]) << {"K": 10, "M": 20}[processor.board[i][-1]] for i in (1, 3, 4))
        return self.constants + self.code + self.ports * vectors + 4096 < flash and arena + self.ports + stack + 256 < ram


def nets(octet, shared, folder, has_all):
    yield Net("fc", os.path.join(MNIST, "mnist_fc_k2.h5"), ["--data", MNIST], folder)
    yield Net("cnn", os.path.join(MNIST, "mnist_cnn_k2.h5"), ["--data", MNIST], folder)
    large = os.path.join(shared, "golden", "mnist", "cnn_large_int8.tflite")
    if os.path.exists(large):
        yield Net("cnn_large", large, ["--data", MNIST], folder)
    for name in SHARED:
        model = os.path.join(shared, "models", name, "tf_int8.tflite")
        if os.path.exists(model):
            yield Net(name, model, [], folder)
    run([os.path.join(os.path.dirname(octet), "make_nets"), folder])
    for name in MADE:
        yield Net(name, os.path.join(folder, f"{name}.tflite"), [], folder)
    if not has_all:
        return
    if os.path.exists(os.path.join(shared, "models", "tm_mask")):
        yield Net("tm_mask", os.path.join(shared, "models", "tm_mask", "tf_int8.tflite"), [], folder)
    for path in sorted(glob.glob(os.path.join(shared, "models", "mnist", "*.h5"))):
        yield Net(os.path.basename(path)[:-3], path, ["--data", MNIST], folder)


class Report:
    """Lines, rows of the table, what failed."""

    def __init__(self, known):
        self.known, self.rows, self.n_failed, self.n_programs = known, {}, 0, 0

    def fail(self, text):
        self.n_failed += 1
        print(f"FAIL {text}", flush=True)

    def judge_count(self, net, optimize, instructions):
        """Against the table: None where it is written anew."""
        if self.known is None:
            return
        limit = self.known.get((net, optimize))
        if limit is None:
            self.fail(f"{net} {optimize}: stands in no row of docs/device.md; --write writes it")
        elif instructions > limit * 1.02:
            self.fail(f"{net} {optimize}: {instructions:,} instructions, {limit:,} in docs/device.md")

    def judge_code(self, net, code, estimate):
        if abs(estimate - code) > 0.15 * code:
            self.fail(f"{net}: code {code}, estimated {estimate}")

    def judge_estimate(self, where, instructions, estimate):
        if abs(estimate - instructions) > 0.15 * instructions:
            self.fail(f"{where}: {instructions:,} instructions, estimated {estimate:,}")

    def judge_stack(self, where, stack, bound):
        if stack > bound:
            self.fail(f"{where}: stack {stack}, stated are {bound} at most")

    def add_row(self, net, optimize, numbers, code):
        self.rows[net.name, optimize] = [net.name, optimize, f"{numbers['instructions']:,}", f"{net.arena:,}", f"{net.ports:,}",
                                         f"{numbers['stack']:,}", f"{net.arena + net.ports + numbers['stack']:,}", f"{code:,}"]


def work(report, net, processor, optimize, where, vectors):
    """One program: built, run, judged."""
    folder = os.path.join(net.folder, f"{where}_{processor.name}{optimize}{'_counted' if processor in ESTIMATED else ''}")
    program, code = build(processor, optimize, net.sources(where), [f"{net.folder}/{where}"], folder)
    numbers = emulate(processor, program, vectors)
    told = f"{net.name} {processor.name} {optimize}"
    report.judge_stack(told, numbers["stack"], net.stack)
    is_counted = processor.name == COUNTED and where == "c"
    if is_counted:
        report.add_row(net, optimize, numbers, code)
        report.judge_count(net.name, optimize, numbers["instructions"])
        if optimize == "-Os":
            report.judge_code(net.name, code, net.code)
    if where == "c" and optimize == "-Os" and "instructions" in numbers and processor.name in net.instructions:
        report.judge_estimate(told, numbers["instructions"], net.instructions[processor.name])
    report.n_programs += 1
    counts = f", {numbers['instructions']:,} instructions" if "instructions" in numbers else ""
    print(f"{told}: {vectors} samples, code {code}, stack {numbers['stack']}{counts}", flush=True)


def compile_only(net, compilers):
    with tempfile.TemporaryDirectory() as folder:
        for compiler in compilers:
            compile_strictly(compiler, net.sources(), folder)


def jobs_of(report, net, options):
    """Functions without arguments."""
    clangs = [[*p.clang, "-std=c99"] for p in PROCESSORS] if options.all or net.name in STRICT_BY_CLANG else [["clang", "-std=c99"]]
    yield lambda: compile_only(net, clangs + CPLUSPLUS)
    if net.name not in COUNTED_NETS:
        return
    for processor in PROCESSORS:
        is_wanted = options.all or net.name in EVERYWHERE or not processor.is_bare or processor.name == COUNTED
        if options.only not in processor.name or not is_wanted or not net.fits(processor, N_COUNTED):
            continue
        both = processor.name == COUNTED or (options.all and processor.board)
        for optimize in ("-Os", "-O2") if both else ("-Os",) if processor.name == "Cortex-M0" else ("-O2",):
            yield lambda p=processor, o=optimize: work(report, net, p, o, "c", N_COUNTED)


def estimated_jobs_of(report, net, options):
    """What `octet budget` estimates, beside the counted processor."""
    for processor in ESTIMATED:
        if net.name in COUNTED_NETS and options.only in processor.name and (net.name in EVERYWHERE or processor.name == "Cortex-M0"):
            yield lambda p=processor: work(report, net, p, "-Os", "c", N_COUNTED)


def long_jobs_of(report, net, options):
    """200 samples everywhere, in so many programs that each fits; this machine takes all that there are."""
    if net.name in MADE:
        return
    yield lambda: print(samples.compare(options.octet, net, MNIST, options.shared), flush=True)
    if net.name not in EVERYWHERE:
        return
    for processor in PROCESSORS:
        for where, n in (("all", 200),) if net.fits(processor, 200) else (("first", 100), ("last", 100)):
            if options.only in processor.name and net.fits(processor, n):
                yield lambda p=processor, w=where, v=n: work(report, net, p, "-O2", w, v)


HEAD = ["net", "options", "instructions of a run", "arena", "input and output", "stack", "RAM", "code"]
MARKS = "<!-- counts: tests/device/devices.py --write -->", "<!-- end of counts -->"


def stored(document):
    text = read(document).split(MARKS[0])[1].split(MARKS[1])[0]
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in text.strip().splitlines()[2:]]
    return {(r[0], r[1]): int(r[2].replace(",", "")) for r in rows}


def write(document, rows):
    before, rest = read(document).split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    lines = ["| " + " | ".join(r) + " |" for r in [HEAD, ["---"] * len(HEAD), *rows]]
    with open(document, "w", encoding="utf-8") as file:
        file.write(before + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + after)


def main(arguments, document=DOCUMENT):
    parser = argparse.ArgumentParser()
    parser.add_argument("octet", type=os.path.abspath)
    parser.add_argument("--shared", default="../shared")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--nets", default="")
    options = parser.parse_args(arguments)
    report = Report(None if options.write else stored(document))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        chosen = [net for net in nets(options.octet, options.shared, folder, options.all) if options.nets in net.name]
        list(pool.map(lambda net: net.export(options.octet), chosen))
        jobs = [job for net in chosen for kind in (jobs_of, estimated_jobs_of) for job in kind(report, net, options)]
        if not options.only:
            jobs += cmsis_nn.jobs(report, [net for net in chosen if net.name in EVERYWHERE + ("mnist_resnet",)], options.octet, folder)
        if options.all:
            for net in chosen:
                if net.name in EVERYWHERE:
                    samples.write_vectors(options.octet, net, MNIST)
                jobs += long_jobs_of(report, net, options)
        for future in [pool.submit(job) for job in jobs]:
            try:
                future.result()
            except RuntimeError as error:
                report.fail(error)
    if options.write and not (options.only or options.nets):
        write(document, [report.rows[name, o] for name in COUNTED_NETS for o in ("-Os", "-O2") if (name, o) in report.rows])
    print(f"devices: {report.n_programs} programs give octet's bytes, {report.n_failed} checks failed")
    return report.n_failed != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
