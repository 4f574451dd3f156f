"""samples.py - many samples: slices of MNIST for the boards, all test samples on this machine."""
import array
import gzip
import json
import os
import re
import struct
import tempfile

from library import Library
from processors import run

N_MNIST = 10_000


def images(mnist):
    with gzip.open(os.path.join(mnist, "t10k-images-idx3-ubyte.gz")) as file:
        return file.read()[16:]


def write_vectors(octet, net, mnist):
    """Folders of exported C: `all` has the first 200 images, `first` and `last` have a half each."""
    pixels = images(mnist)
    how = net.how
    for where, begin, n in (("all", 0, 200), ("first", 0, 100), ("last", 100, 100)):
        path = os.path.join(net.folder, f"{where}.npy")
        write_npy(path, "|u1", (n, 28, 28), pixels[begin * 784:(begin + n) * 784])
        net.how = ["--data", path]
        net.write(octet, where, n)
    net.how = how


def write_npy(path, descr, shape, data):
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape!r}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data)


def read_npy(path):
    """descr, shape, data."""
    with open(path, "rb") as file:
        content = file.read()
    start = 10 + struct.unpack("<H", content[8:10])[0]
    head = content[10:start].decode()
    shape = tuple(int(n) for n in re.search(r"'shape': \(([^)]*)\)", head)[1].replace(",", " ").split())
    return re.search(r"'descr': '([^']*)'", head)[1], shape, content[start:]


def quantized(net, path, scaling):
    """The samples of a float .npy as the net's int8; either program gets the same numbers, so ties do not matter."""
    descr, shape, data = read_npy(path)
    with open(f"{net.folder}/c/net.h", encoding="utf-8") as file:
        header = file.read()
    scale, sign, size = re.search(r"input: .* real = (\S+) \* \(q ([-+]) (\d+)\)", header).groups()
    zero_point = int(size) if sign == "-" else -int(size)
    code = {"<f4": "f", "|u1": "B", "|i1": "b"}[descr]
    factor, offset = scaling["scale"] or 1.0, scaling["offset"] or 0.0
    numbers = (round((x * factor + offset) / float(scale)) + zero_point for x in array.array(code, data))
    return shape, array.array("b", (max(-128, min(127, q)) for q in numbers)).tobytes()


def compare(octet, net, mnist, shared):
    """Runs every test sample here, as C and by octet. What was compared, as a line; raises where a byte differs."""
    folder = os.path.join(shared, "models", net.name)
    if os.path.exists(os.path.join(folder, "test.npy")):
        with open(os.path.join(folder, "preprocess.json"), encoding="utf-8") as file:
            shape, inputs = quantized(net, os.path.join(folder, "test.npy"), json.load(file))
    else:
        pixels = images(mnist)[:N_MNIST * 784]
        shape, inputs = (len(pixels) // 784, 28, 28), bytes(pixel ^ 128 for pixel in pixels)
    library = Library(f"{net.folder}/c", compiler=("gcc", "-O3", "-march=native"))
    with tempfile.TemporaryDirectory() as scratch:
        path, result = os.path.join(scratch, "x.npy"), os.path.join(scratch, "y.npy")
        write_npy(path, "|i1", shape, inputs)
        run([octet, "run", net.model, "--input", path, "--numerics", "integer", "-o", result])
        expected = read_npy(result)[2]
    size = library.sizes[0]
    outputs = b"".join(library.run([inputs[at:at + size]])[0] for at in range(0, len(inputs), size))
    if outputs != expected:
        raise RuntimeError(f"{net.name}: {sum(a != b for a, b in zip(outputs, expected))} of {len(expected)} bytes differ from octet's")
    return f"{net.name}: {shape[0]} test samples here, no byte differs"
