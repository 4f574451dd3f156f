#!/usr/bin/env python3
"""The list of tflite-micro's kernels (src/target/capabilities.c) against the tflite-micro package.

usage: micro_operators.py [--only NAME]
needs: pip install tflite-micro

For each operator of the list a file is made whose first operator is that one, and given to tflite-micro in a child process. tflite-micro
looks an operator up before anything else, and says which one it does not find; what it makes of the file afterwards does not count. The
list's date must be that of the package in requirements.txt. Last line: "N passed, N failed".
"""
import os
import re
import struct
import subprocess
import sys

import suite

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
MODEL = os.path.join(TOP, "tests", "cli", "fixtures", "gelu.tflite")
LOAD = "import sys\nfrom tflite_micro import runtime\nruntime.Interpreter.from_bytes(sys.stdin.buffer.read())\n"


def text_of(*path):
    with open(os.path.join(TOP, *path)) as file:
        return file.read()


def field(data, table, index):
    """Where field `index` of the table at `table` lies, or None."""
    vtable = table - struct.unpack_from("<i", data, table)[0]
    if 4 + 2 * index >= struct.unpack_from("<H", data, vtable)[0]:
        return None
    offset = struct.unpack_from("<H", data, vtable + 4 + 2 * index)[0]
    return table + offset if offset else None


def follow(data, at):
    return at + struct.unpack_from("<I", data, at)[0]


def model_with(number):
    """The file whose first operator has this number."""
    with open(MODEL, "rb") as file:
        data = bytearray(file.read())
    codes = follow(data, field(data, follow(data, 0), 1))
    code = follow(data, codes + 4)
    data[field(data, code, 0)] = min(number, 127)
    struct.pack_into("<i", data, field(data, code, 3), number)
    return bytes(data)


def has_kernel(name, number):
    done = subprocess.run([sys.executable, "-c", LOAD], input=model_with(number), capture_output=True, timeout=300)
    said = (done.stdout + done.stderr).decode(errors="replace")
    if "No module named" in said:
        sys.exit(said.strip().splitlines()[-1])
    return f"opcode '{name}'" not in said


def main(only):
    check = suite.Checks()
    numbers = {name: int(number) for name, number in re.findall(r"X\((\w+), (\d+)\)", text_of("src", "tflite", "builtin.h"))}
    source = text_of("src", "target", "capabilities.c")
    for name, micro in re.findall(r"^    X\((\w+), +(\w+),", source, re.M):
        if only not in name or name not in numbers:
            continue
        has = has_kernel(name, numbers[name])
        check(name, "" if has == (micro != "NONE") else f"tflite-micro {'has' if has else 'lacks'} it, the list says {micro}")
    stated = re.search(r'MICRO_DATE "([\d-]+)"', source).group(1).replace("-", "")
    pinned = re.search(r"tflite-micro==0\.dev(\d{8})", text_of("tests", "interop", "requirements.txt")).group(1)
    check("date", "" if stated == pinned else f"the list is of {stated}, requirements.txt of {pinned}")
    return check.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[2] if len(sys.argv) == 3 and sys.argv[1] == "--only" else ""))
