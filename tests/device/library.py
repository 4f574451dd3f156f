"""library.py - exported C as a function of Python: bytes in, bytes out."""
import ctypes
import os
import re
import subprocess

BYTES = {"int8_t": 1, "uint8_t": 1, "int16_t": 2, "int32_t": 4, "float": 4}


class Library:
    """folder: what `octet export --c --name NAME` wrote; net = Library(folder); net.run([input, ...]) gives [output, ...]."""

    def __init__(self, folder, name="net", compiler=("cc", "-O2"), more=()):
        path = os.path.join(folder, f"lib{name}.so")
        sources = [os.path.join(folder, f) for f in (f"{name}.c", f"{name}_weights.c")]
        subprocess.run([*compiler, "-std=c99", "-shared", "-fPIC", *sources, *more, "-o", path], check=True)
        with open(os.path.join(folder, f"{name}.h"), encoding="utf-8") as file:
            header = file.read()
        ports = re.search(rf"^void {name}_run\((.*), void \*arena\);", header, re.M)[1]
        # "const int8_t *input", "int8_t *output1"
        self.ports = [(port.startswith("const "), port.split()[-2], port.split("*")[1]) for port in ports.split(", ")]
        size = {n: int(v) for n, v in re.findall(rf"^#define {name.upper()}_(\w+)_SIZE (\d+)", header, re.M)}
        self.sizes = [size[port.upper()] * BYTES[type_name] for _, type_name, port in self.ports]
        self.arena = (ctypes.c_int32 * (size["ARENA"] // 4 + 1))()
        self.function = ctypes.CDLL(os.path.abspath(path))[f"{name}_run"]

    def run(self, inputs):
        left = list(inputs)
        buffers = [ctypes.create_string_buffer(left.pop(0) if is_input else size, size)
                   for (is_input, _, _), size in zip(self.ports, self.sizes)]
        self.function(*buffers, self.arena)
        return [buffer.raw for buffer, (is_input, _, _) in zip(buffers, self.ports) if not is_input]
