"""What the suites of this folder share: the command, a count of checks, and the comparison of two .tflite files."""
import contextlib
import gzip
import importlib.util
import io
import os
import struct
import subprocess
import sys

import numpy as np


class Octet:
    """The octet command: octet("run", path, ...) gives what it prints, or raises RuntimeError with its sentence."""

    def __init__(self, path):
        self.path = path

    def __call__(self, *args):
        done = subprocess.run([self.path, *args], capture_output=True, text=True, timeout=600)
        if done.returncode:
            raise RuntimeError(done.stderr.strip() or f"exit code {done.returncode}")
        return done.stdout


class Checks:
    """check(name, problem): a line for each; problem is '' or an exception or text that says what is wrong."""

    def __init__(self):
        self.passed = self.failed = 0

    def __call__(self, name, problem):
        self.passed, self.failed = self.passed + (not problem), self.failed + bool(problem)
        print(f"{'FAIL' if problem else 'ok  '} {name}{': ' + str(problem) if problem else ''}", flush=True)

    def finish(self):
        """Prints the closing line and gives the exit status."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def idx(path):
    """The uint8 array of an IDX file that is packed by gzip."""
    with gzip.open(path) as file:
        raw = file.read()
    rank = raw[3]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(struct.unpack(">" + "I" * rank, raw[4 : 4 + 4 * rank]))


def module_from(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Comparison:
    """The shared compare_tflite: comparison(ours, reference) gives '' or how the files differ, on one line."""

    def __init__(self, shared):
        self.module = module_from(os.path.join(shared, "tools", "compare_tflite.py"))

    def __call__(self, ours, reference):
        text, argv = io.StringIO(), sys.argv
        sys.argv = ["compare", ours, reference]
        try:
            with contextlib.redirect_stdout(text):
                status = self.module.main()
        finally:
            sys.argv = argv
        return " ".join(text.getvalue().split())[:300] if status else ""
