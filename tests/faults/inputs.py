"""Writes small files of every kind that octet reads, with nothing but the standard library."""
import gzip
import json
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIDE, SAMPLES = 8, 12


def npy(descr, shape, data):
    """The bytes of an .npy file, version 1.0."""
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (63 - (10 + len(header)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def idx(shape, data):
    """The bytes of an IDX file of bytes."""
    return struct.pack(">I", 0x800 + len(shape)) + struct.pack(f">{len(shape)}I", *shape) + data


def png(pixels):
    """The bytes of a grey PNG picture of SIDE x SIDE pixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + pixels[y * SIDE:(y + 1) * SIDE] for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pictures(folder, images, repository):
    """A sub-folder per class; the one named c holds pictures of the other kinds, which are resized."""
    for i, name in enumerate(("a", "b")):
        (folder / name).mkdir(parents=True)
        for k in range(2):
            (folder / name / f"{k}.png").write_bytes(png(images[(i + 2 * k) * SIDE * SIDE:][:SIDE * SIDE]))
    (folder / "c").mkdir()
    for name in ("baseline.jpg", "progressive.jpg", "rgb.bmp", "palette.png"):
        shutil.copy(repository / "tests/cli/fixtures/pictures" / name, folder / "c")
    (folder / "labels.txt").write_text("0 a\n1 b\n2 c\n")


def archive(path, method, entries):
    with zipfile.ZipFile(path, "w", method) as out:
        for name, data in entries.items():
            out.writestr(name, data)


def write(folder, repository):
    images = bytes((i * 37 + (i >> 6) * 91) % 256 for i in range(SAMPLES * SIDE * SIDE))
    labels = bytes(i % 3 for i in range(SAMPLES))
    floats = struct.pack(f"<{len(images)}f", *(v / 255 for v in images))
    shape = (SAMPLES, SIDE, SIDE)
    for name in ("small.h5", "small.keras"):
        shutil.copy(HERE / "models" / name, folder)
    (folder / "x.npy").write_bytes(npy("|u1", shape, images))
    (folder / "floats.npy").write_bytes(npy("<f4", shape + (1,), floats))
    (folder / "y.npy").write_bytes(npy("|u1", (SAMPLES,), labels))
    (folder / "x.idx").write_bytes(idx(shape, images))
    (folder / "indices.json").write_text(json.dumps(list(range(0, SAMPLES, 2))))
    half = SAMPLES // 2
    x, y = npy("|u1", (half,) + shape[1:], images[:len(images) // 2]), npy("|u1", (half,), labels[:half])
    arrays = {"x_train.npy": x, "y_train.npy": y, "x_test.npy": x, "y_test.npy": y}
    archive(folder / "stored.npz", zipfile.ZIP_STORED, arrays)
    archive(folder / "packed.npz", zipfile.ZIP_DEFLATED, arrays)
    (folder / "idx").mkdir()
    for split in ("train", "t10k"):
        (folder / "idx" / f"{split}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(shape, images), mtime=0))
        (folder / "idx" / f"{split}-labels-idx1-ubyte").write_bytes(idx((SAMPLES,), labels))
    (folder / "arrays").mkdir()
    for name, data in arrays.items():
        (folder / "arrays" / name).write_bytes(data)
    pictures(folder / "pictures", images, repository)
    with zipfile.ZipFile(folder / "small.keras") as model:
        (folder / "architecture.json").write_bytes(model.read("config.json"))
        entries = {name: model.read(name) for name in model.namelist()}
    archive(folder / "packed.keras", zipfile.ZIP_DEFLATED, entries)
