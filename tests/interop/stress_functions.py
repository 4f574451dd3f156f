#!/usr/bin/env python3
"""The float operators that are functions, on a million arguments each, against LiteRT: within the bounds of ulps.json, or equal.

usage: stress_functions.py OCTET [--seed N]
needs: pip install ai-edge-litert numpy

A line per function: the largest difference in its units and the share of results that are the same bytes. Last line: "N passed, N failed".
"""
import argparse
import os
import subprocess
import sys
import tempfile

import numpy as np

from litert_case import constant, model, options, run, tensor
from ulps import BOUNDS, distance, problem

N = 1 << 20
# label: operator, lowest and highest argument, options, whether LiteRT has a reference kernel
FUNCTIONS = {
    "EXP": ("EXP", -87, 88, None, True),
    "LOG": ("LOG", 1e-30, 1e6, None, True),
    "SIN": ("SIN", -1000, 1000, None, True),
    "COS": ("COS", -1000, 1000, None, True),
    "POW": ("POW", 1e-3, 1e3, None, True),  # to powers from -5 to 5
    "ELU": ("ELU", -20, 20, None, False),
    "LOGISTIC": ("LOGISTIC", -87, 87, None, True),
    "TANH": ("TANH", -12, 12, None, True),
    "GELU": ("GELU", -12, 12, options("Gelu", approximate=False), True),
    "GELU approximate": ("GELU", -12, 12, options("Gelu", approximate=True), True),
    "SQRT": ("SQRT", 0, 1e6, None, True),
    "RSQRT": ("RSQRT", 1e-6, 1e6, None, True),
    "HARD_SWISH": ("HARD_SWISH", -5, 5, None, True),
}


def arguments_of(random, low, high):
    """One half evenly spread, the other over the orders of magnitude."""
    even = random.uniform(low, high, N // 2)
    scaled = 10 ** random.uniform(-8, np.log10(max(abs(low), high)), N // 2) * random.choice([-1, 1], N // 2)
    return np.clip(np.concatenate([even, scaled]), low, high).astype(np.float32)


def check(octet, label, x, folder):
    operator, _, _, how, has_reference = FUNCTIONS[label]
    shape = (1, x.size)
    powers = [constant(np.linspace(-5, 5, x.size, dtype=np.float32).reshape(shape))] if operator == "POW" else []
    content = model(operator, [tensor(shape, np.float32), *powers], [tensor(shape, np.float32)], how)
    paths = [os.path.join(folder, name) for name in ("model.tflite", "x.npy", "y.npy")]
    with open(paths[0], "wb") as file:
        file.write(content)
    np.save(paths[1], x.reshape(shape))
    subprocess.run([octet, "run", paths[0], "--input", paths[1], "-o", paths[2], "--float-order", "plain"], check=True, capture_output=True)
    ours, theirs = np.load(paths[2]).reshape(-1), run(content, [x.reshape(shape)], has_reference).reshape(-1)
    wrong = problem(ours, theirs, operator, x)
    apart, count = distance(ours, theirs, operator, x)
    unit = BOUNDS.get(operator, [0, "result"])[1]
    print(f"{'FAIL' if wrong else 'ok  '} {label}: within {apart:.3g} ulp of the {unit}, {100 * (1 - count / x.size):.3f} % equal", flush=True)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octet")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        passed = sum(check(arguments.octet, label, arguments_of(random, *FUNCTIONS[label][1:3]), folder) for label in FUNCTIONS)
    print(f"{passed} passed, {len(FUNCTIONS) - passed} failed")
    return passed < len(FUNCTIONS)


if __name__ == "__main__":
    sys.exit(main())
