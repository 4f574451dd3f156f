#!/usr/bin/env python3
"""Cuts the first N training images and labels out of MNIST's own files: subset.py MNIST_FOLDER OUT_FOLDER [N]

The train-* files beside this script: `subset.py mnist . 1000` on the files of http://yann.lecun.com/exdb/mnist/
(train-images-idx3-ubyte.gz, 9,719,438 bytes here; train-labels-idx1-ubyte.gz). The t10k-* files are unchanged.
"""
import gzip
import struct
import sys

source, target, n = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1000
for name, rank in (("train-images-idx3-ubyte.gz", 3), ("train-labels-idx1-ubyte.gz", 1)):
    with gzip.open(f"{source}/{name}") as f:
        data = f.read()
    magic, count, *rest = struct.unpack_from(f">{1 + rank}I", data)
    if magic != 0x800 + rank or n > count:
        sys.exit(f"{source}/{name}: not an IDX file of bytes with at least {n} samples")
    size = 1
    for dimension in rest:
        size *= dimension
    header = struct.pack(f">{1 + rank}I", magic, n, *rest)
    with open(f"{target}/{name}", "wb") as f:  # no name and no time in the header: the same bytes every time
        f.write(gzip.compress(header + data[4 * (1 + rank):][:n * size], 9, mtime=0))
