#!/usr/bin/env python3
"""usage: run.py BUILD [options] - what octet does when the system refuses something.

Runs each command below again and again, each time with one call failed in octet or in octet-hdf5 (shim.c): the first
malloc, the second, and so on until nothing fails any more. Right is exit code 3 or 4 with one true sentence and no
incomplete file, or what happens without the failure. Ends with "N passed, N failed", counted in commands and kinds of calls.
"""
import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import inputs

REPOSITORY = inputs.HERE.parents[1]

# Name and words of each command, run in an empty folder. {} is the folder of inputs.
COMMANDS = {
    "summary h5": "summary {}/small.h5",
    "summary keras": "summary {}/small.keras --json",
    "summary packed keras": "summary {}/packed.keras",
    "inspect h5": "inspect {}/small.h5 --json",
    "inspect tflite": "inspect {}/int8.tflite",
    "check keras": "check {}/small.keras --target tflm",
    "check tflite": "check {}/int8.tflite --json",
    "quantize h5 with IDX": "quantize {}/small.h5 --data {}/idx -o out.tflite",
    "quantize keras with npz": "quantize {}/small.keras --data {}/packed.npz --test {}/stored.npz --json -o out.tflite",
    "quantize tflite with pictures": "quantize {}/float.tflite --data {}/pictures --threads 2 -o out.tflite",
    "quantize with indices": "quantize {}/float.tflite --images {}/x.idx --labels {}/y.npy --indices {}/indices.json "
                             "--mode int16x8 -o out.tflite",
    "quantize keras with report": "quantize {}/small.keras --data {}/packed.npz --recover full --report page.html "
                                  "--threads 2 -o out.tflite",
    "quantize tflite by mse": "quantize {}/float.tflite --data {}/pictures --calibration mse -o out.tflite",
    "quantize without data": "quantize {}/float.tflite --mode float16 -o out.tflite",
    "evaluate h5 with npy": "evaluate {}/small.h5 --data {}/arrays --threads 2",
    "evaluate tflite with pictures": "evaluate {}/int8.tflite --data {}/pictures --confusion --threads 2",
    "evaluate tflite with IDX": "evaluate {}/int8.tflite --data {}/idx --json",
    "compare tflite with report": "compare {}/float.tflite {}/int8.tflite --data {}/arrays --report page.json --threads 2",
    "run tflite on npy": "run {}/int8.tflite --input {}/floats.npy -o out.npy --threads 2",
    "run h5 with dump": "run {}/small.h5 --input {}/x.npy --limit 2 --dump dump",
    "run keras on a picture": "run {}/small.keras --input {}/pictures/c/baseline.jpg -o out.npy",
    "bench tflite": "bench {}/int8.tflite --seconds 0.001 --threads 2",
    "explain tflite": "explain {}/int8.tflite --input {}/idx --value 1[0] --original {}/float.tflite",
    "export files": "export {}/int8.tflite --data {}/idx --artifacts out --limit 1 --vectors 1",
    "help": "help quantize",
}

MEMORY = ("malloc", "calloc", "realloc", "aligned", "mmap", "poll")
# What a sentence may say of a failure; memory may always be the reason.
TRUTH = {
    "open": "Too many open files", "dup": "Too many open files", "pipe": "Too many open files",
    "read": "Input/output error", "write": "No space left", "fsync": "Input/output error",
    "rename": "Invalid cross-device link", "spawn": "Resource temporarily unavailable",
    "thread": "Resource temporarily unavailable", "stat": "Input/output error", "close": "Input/output error",
    "mode": "Operation not permitted",
}
CONTINUED = ("short-read", "short-write", "interrupt")  # these change nothing
KINDS = MEMORY + tuple(TRUTH) + CONTINUED
LIES = re.compile(r"corrupt|truncated|damaged|not a |no valid|holds no|is empty|INSTALL|install|nonsense", re.I)
TIMES = re.compile(r"[0-9.,]+ (ns|us|ms|s|min)\b|[0-9.]+ times (slower|faster)|(\"[a-z_]*(time|_us|_s|_ns)[a-z_]*\": )[0-9.]+"
                   r"|\"threads\": [0-9]+|[0-9]+ threads?| {2,}")  # a pool goes on with the threads that it gets
BENCH = re.compile(r" *[0-9.,]+ *(ns|us|ms)?( runs?)?|One run takes longer than [^\n]*\n")  # as on a busy machine
HANG_SECONDS = 60


class Worker:
    """Runs commands in a folder of its own."""

    def __init__(self, options, given):
        self.options, self.given = options, given
        self.folder = Path(tempfile.mkdtemp(prefix="octet-faults-", dir=options.scratch))
        self.place, self.count = self.folder / "place", self.folder / "count"

    def run(self, command, kind=None, program=None, n=0, goes_on=False):
        """(exit code or None, stdout, stderr, {path: bytes} of the files left, calls of the kind, failed calls)."""
        shutil.rmtree(self.place, ignore_errors=True)
        self.place.mkdir()
        self.count.write_bytes(bytes(16))
        environment = dict(os.environ, LC_ALL="C.UTF-8", OCTET_HDF5_HELPER="", **self.options.environment)
        if kind is not None:
            environment.update(LD_PRELOAD=str(self.options.shim), FAULT_KIND=kind, FAULT_N=str(n),
                               FAULT_PROGRAM=program, FAULT_COUNT=str(self.count))
        if goes_on:
            environment["FAULT_ALL"] = "1"
        words = [str(self.options.octet)] + command.replace("{}", str(self.given)).split()
        process = subprocess.Popen(words, cwd=self.place, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            out, err = process.communicate(timeout=HANG_SECONDS)
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            out, err = process.communicate()
            code = None
        left = {str(p.relative_to(self.place)): p.read_bytes() if p.is_file() else None
                for p in sorted(self.place.rglob("*"))}
        calls, failed = struct.unpack("<2Q", self.count.read_bytes())
        return code, out.decode(errors="replace"), err.decode(errors="replace"), left, calls, failed


def numbers(n_calls, dense):
    """1 to `dense`, then ever larger steps: each number is sampled, or one within 1/dense of it."""
    n = 1
    while n <= n_calls:
        yield n
        n = n + 1 if n < dense else n + 1 + n // dense


def masked(name, text):
    return BENCH.sub("", TIMES.sub("", text)) if name.startswith("bench") else TIMES.sub("", text)


def wrong(name, kind, program, found, right):
    """What is wrong with the run `found` beside the run without a failure, or None."""
    code, out, err, left = found[:4]
    if code is None:
        return "it does not end"
    if code < 0:
        return f"it is killed by signal {-code}"
    if code == right[0] and not err:
        if left != right[3]:
            return "other files than without the failure"
        return None if masked(name, out) == masked(name, right[1]) else "other words than without the failure"
    if kind in CONTINUED:
        return f"exit code {code} where nothing failed"
    if code not in ((3,) if kind in MEMORY else (3, 4)):
        return f"exit code {code}"
    if any(path not in right[3] or data != right[3][path] for path, data in left.items()):
        return "files are left that are not complete: " + " ".join(left)
    if not re.fullmatch(r"octet: .+\n", err):
        return "more or less than one sentence"
    if LIES.search(err.replace(str(Path(err.split()[1]).parent), "")):
        return "the sentence is not true"
    if "octet-hdf5, which is to read it, could not send its answer" in err and program == "octet-hdf5":
        return None
    if "memory" not in err and TRUTH.get(kind, "memory") not in err:
        return "the sentence does not say why"
    return None


class Suite:
    def __init__(self, options, given):
        self.options, self.given = options, given
        self.lock, self.local = threading.Lock(), threading.local()
        self.wrongs = collections.defaultdict(list)
        self.n_injections = self.n_skipped = self.n_wrong = 0

    def worker(self):
        if not hasattr(self.local, "worker"):
            self.local.worker = Worker(self.options, self.given)
        return self.local.worker

    def one(self, name, kind, program, n, goes_on, right):
        found = self.worker().run(COMMANDS[name], kind, program, n, goes_on)
        if found[5] == 0 or "AddressSanitizer: CHECK failed" in found[2]:  # it needs memory itself
            return
        why = wrong(name, kind, program, found, right)
        with self.lock:
            self.n_injections += 1
            if why is not None:
                self.n_wrong += 1
                self.wrongs[name, kind, program].append((n, goes_on, why, found[0], found[2].strip()))

    def series(self, pool, name, program):
        """Starts all runs of a command; returns (kind, futures)."""
        right = self.worker().run(COMMANDS[name])
        if right[0] not in (0, 1):
            sys.exit(f"{name}: exit code {right[0]} without any failure: {right[2]}")
        started = []
        for kind in self.options.kinds:
            n_calls = self.worker().run(COMMANDS[name], kind, program)[4]
            chosen = list(numbers(n_calls, self.options.dense))
            self.n_skipped += n_calls - len(chosen)
            runs = [(n, False) for n in chosen]
            if n_calls > 0:  # from then on all: a disk that is full, a table of descriptors
                runs += [(n, True) for n in chosen[:: max(1, len(chosen) // 8)]]
            started.append((kind, [pool.submit(self.one, name, kind, program, n, goes_on, right)
                                   for n, goes_on in runs]))
        return started

    def run(self):
        passed = failed = 0
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for name in COMMANDS:
                if self.options.only and not re.search(self.options.only, name):
                    continue
                for program in ("octet", "octet-hdf5"):
                    # octet-hdf5 ends without giving memory back, and under a sanitizer it cannot know what was refused.
                    if program == "octet-hdf5" and (self.options.sanitize or not ("h5" in name or "keras" in name)):
                        continue
                    before, n_wrong = self.n_injections, self.n_wrong
                    for kind, futures in self.series(pool, name, program):
                        for future in futures:
                            future.result()
                        if self.wrongs.get((name, kind, program)):
                            failed += 1
                            self.tell(name, kind, program)
                        elif futures:
                            passed += 1
                    print(f"{name}, in {program}: {self.n_injections - before} injections, "
                          f"{self.n_wrong - n_wrong} wrong", flush=True)
        print(f"{self.n_injections} injections, {self.n_wrong} wrong"
              + (f" ({self.n_skipped} more of long series were passed over)" if self.n_skipped else ""))
        print(f"{passed} passed, {failed} failed")
        return failed == 0 and passed > 0

    def tell(self, name, kind, program):
        for n, goes_on, why, code, sentence in sorted(self.wrongs[name, kind, program])[: self.options.tell]:
            print(f"  {name}: {kind} {n}{' and on' if goes_on else ''} in {program}: {why}: "
                  f"{code} {sentence[:300]!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=Path, help="folder of octet and octet-hdf5")
    parser.add_argument("--dense", type=int, default=64, help="every number up to this one fails, then ever fewer")
    parser.add_argument("--kinds", default=",".join(KINDS), help="kinds of calls")
    parser.add_argument("--only", help="a regular expression for the names of commands")
    parser.add_argument("--tell", type=int, default=3, help="wrong runs of a series to print")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--sanitize", action="store_true", help="the build has AddressSanitizer, which finds leaks")
    options = parser.parse_args()
    options.octet = options.build.resolve() / "octet"
    options.kinds = options.kinds.split(",")
    options.environment = {
        "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=1:fast_unwind_on_malloc=0",
        "OCTET_KERNELS": "ref",
    } if options.sanitize else {}
    with tempfile.TemporaryDirectory(prefix="octet-faults-") as scratch:
        options.scratch, options.shim = scratch, Path(scratch) / "shim.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", options.shim,
                        inputs.HERE / "shim.c"], check=True)
        given = Path(scratch) / "given"
        given.mkdir()
        inputs.write(given, REPOSITORY)
        for name, words in (("float", "--mode float32"), ("int8", f"--data {given}/pictures")):
            subprocess.run([options.octet, "quantize", given / "small.keras", "--no-evaluate", "-o",
                            given / f"{name}.tflite"] + words.split(), check=True, stdout=subprocess.DEVNULL)
        return 0 if Suite(options, given).run() else 1


if __name__ == "__main__":
    sys.exit(main())
