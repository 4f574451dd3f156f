#!/usr/bin/env python3
"""Writes tests/fuzz/corpus/<parser>/: small files of every kind that octet reads. Needs numpy, h5py, Pillow and
build/octet-hdf5."""
import gzip, io, json, os, pathlib, socket, struct, zipfile
import h5py, numpy as np
from PIL import Image

root = pathlib.Path(__file__).parent / "corpus"


def put(parser, name, data):
    (root / parser).mkdir(parents=True, exist_ok=True)
    (root / parser / name).write_bytes(data)


def npy(array, version=(1, 0)):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def body_of(path):
    """What octet-hdf5 answers (src/formats/hdf5/protocol.h)."""
    helper, (ours, theirs) = str(root.parents[2] / "build/octet-hdf5"), socket.socketpair()
    with open(path, "rb") as file:
        actions = [(os.POSIX_SPAWN_DUP2, fd, to) for fd, to in ((theirs.fileno(), 0), (theirs.fileno(), 1), (file.fileno(), 3))]
        pid = os.posix_spawn(helper, [helper], os.environ, file_actions=actions)
    theirs.close()
    ours.sendall(b"hdf5-req" + struct.pack("=6Q", 2, 0, path.stat().st_size, 1 << 30, 64, 5))
    ours.shutdown(socket.SHUT_WR)
    answer = b"".join(iter(lambda: ours.recv(1 << 16), b""))
    os.waitpid(pid, 0)
    assert answer[16:24] == bytes(8), answer  # status OK
    return answer[32:]


config = {"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Dense", "config": {"units": 4, "pool": [2, None]}}]}}
put("json", "config", json.dumps(config).encode())
put("json", "special", b'{"a": NaN, "b": [-Infinity, Infinity, 1e300, -0, "NaN\\u00e9\\n"], "c": {"d": [[[[[]]]]], "e": 4294967296}}')

for name, order in (("plain", False), ("ordered", True)):
    path = root / "tmp.h5"
    root.mkdir(exist_ok=True)
    with h5py.File(path, "w", track_order=order, libver=("v108", "v110") if order else None) as f:
        f.attrs["model_config"] = json.dumps(config)
        f.attrs["layer_names"] = np.array([b"dense", b"out"])
        group = f.create_group("model_weights/dense")
        group.attrs["weight_names"] = [b"dense/kernel:0"]
        group.create_dataset("dense/kernel:0", data=np.arange(6, dtype="f4").reshape(2, 3))
        group.create_dataset("packed", data=np.arange(64, dtype="f2"), compression="gzip", shuffle=True)
        group.create_dataset("flag", data=np.array([True, False]))
        group.create_dataset("names", data=["a", "bc"])
    put("hdf5", name, path.read_bytes())
    put("hdf5_body", name, body_of(path))
    path.unlink()

def layers(version):
    dense = lambda name, units: {"class_name": "Dense", "config": {"name": name, "units": units, "activation": "relu"}}
    shape = "batch_shape" if version == 3 else "batch_input_shape"
    first = {"class_name": "InputLayer", "config": {"name": "in", shape: [None, 3]}}
    return {"class_name": "Sequential", "config": {"name": "net", "layers": [first, dense("dense", 4), dense("out", 2)]}}


# keras_file: "3", JSON, NUL, what octet-hdf5 says of the weights; or "h" and what it says of an .h5.
for name, put_weights in (("keras_3", True), ("h5", False)):
    path = root / "tmp.h5"
    with h5py.File(path, "w") as f:
        for i, (layer, shape) in enumerate((("dense", (3, 4)), ("out", (4, 2)))):
            kernel, bias = np.linspace(-1, 1, shape[0] * shape[1], dtype="f4").reshape(shape), np.zeros(shape[1], "f4")
            if put_weights:
                group = f.create_group(f"layers/dense{'_1' if i else ''}/vars")
                group.create_dataset("0", data=kernel, compression="gzip")
                group["1"] = bias
                continue
            group = f.create_group(f"model_weights/{layer}")
            group[f"{layer}/kernel:0"], group[f"{layer}/bias:0"] = kernel, bias
            group.attrs["weight_names"] = [f"{layer}/kernel:0".encode(), f"{layer}/bias:0".encode()]
        if not put_weights:
            f.attrs["model_config"], f.attrs["keras_version"] = json.dumps(layers(2)), b"2.13.1"
            f["model_weights"].attrs["layer_names"] = [b"dense", b"out"]
    put("keras_file", name, (b"3" + json.dumps(layers(3)).encode() + b"\0" if put_weights else b"h") + body_of(path))
    path.unlink()

for name, text in (("plain", b"a,b,y\n1,2.5,0\n-3e-2,4,1\n"), ("german", b"\xef\xbb\xbfa;b\r\n1,5;2\r\n\r\n"), ("tabs", b"# a\tb\r1\tTrue\r"),
                   ("quotes", b'"a ""x""","b\n"\n"1" , 0.30000000000000004\n'), ("ragged", b"a,b\n1\n"), ("missing", b"a,b\n1,nan\n"),
                   ("digits", b"a\n123456789012345678901234567890\n9007199254740993\n5e-324\n")):
    put("csv", name, text)
for name, text in (("mean", b"name,mean,std\na,1,2\nb,3,0\n"), ("range", b",min,max\na,1,2\n"), ("json", b'{"mean_": [1, 2], "scale_": [1, 0], "names": ["a", "b"]}'),
                   ("json_rows", b'{"a": {"min": 1, "max": 2}, "b": {"min": 0, "max": 0}}')):
    put("columns", name, text)
with zipfile.ZipFile(out := io.BytesIO(), "w") as archive:
    archive.writestr("mean.npy", npy(np.array([1.0, 2.0])))
    archive.writestr("scale_.npy", npy(np.array([1.0, 0.0])))
put("columns", "npz", out.getvalue())
put("indices", "lines", b"# chosen\n1, \n 22\t# two\r\n\n999\n")
put("indices", "json", b" [0, 5, 999, 1e1]")
put("flexbuffer", "map", b"a\0\x01\x03\x01\x01\x01\x05\x04\x02\x24\x01")
for name, start in (("keras", b"PK\3\4"), ("hdf5", b"\0" * 512 + b"\x89HDF\r\n\x1a\n"), ("tflite", b"\x1c\0\0\0TFL3"), ("webp", b"RIFF\4\0\0\0WEBP"), ("tiff", b"II*\0"),
                    ("heif", b"\0\0\0\x18ftypheic"), ("lfs", b"version https://git-lfs"), ("json", b' {"a": 1}'), ("markup", b"<!DOCTYPE html>"), ("pickle", b"\x80\4\x95")):
    put("kind", name, start)

x, y = np.arange(24, dtype="u1").reshape(6, 2, 2), np.arange(6, dtype="i8") % 3
put("npy", "f4", npy(np.arange(6, dtype="<f4").reshape(2, 3)))
put("npy", "fortran", npy(np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3)), (2, 0)))
put("npy", "scalar", npy(np.float64(3), (3, 0)))
idx = struct.pack(">4B3I", 0, 0, 8, 3, 6, 2, 2) + x.tobytes()
put("idx", "images", idx)
put("idx", "floats", struct.pack(">4BI3f", 0, 0, 13, 1, 3, 1, 2, 3))
put("gzip", "one", gzip.compress(idx, mtime=0))
put("gzip", "two", gzip.compress(idx, mtime=0) + gzip.compress(b"more", mtime=0))


def archive(files, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files.items():
            z.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


split = {"x_train.npy": npy(x), "y_train.npy": npy(y), "x_test.npy": npy(x[:2]), "y_test.npy": npy(np.eye(2))}
put("zip", "deflated", archive({"config.json": b"{}" * 40, "sub/b": b"hello"}, zipfile.ZIP_DEFLATED))
put("zip", "stored", archive({"a": b"1", "b": b""}, zipfile.ZIP_STORED))
put("data", "split.npz", archive(split, zipfile.ZIP_DEFLATED))
put("data", "named.npz", archive({"left.npy": npy(x), "right.npy": npy(y)}, zipfile.ZIP_STORED))
put("data", "idx.gz", gzip.compress(idx, mtime=0))
put("data", "x.npy", npy(x.astype("f8")))

picture = Image.fromarray((np.arange(9 * 7 * 3) % 251).astype("u1").reshape(7, 9, 3))


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


put("image", "rgb.png", saved(picture, "PNG"))
put("image", "grey.png", saved(picture.convert("L"), "PNG"))
put("image", "palette.png", saved(picture.convert("P"), "PNG", bits=4))
put("image", "alpha.png", saved(picture.convert("RGBA"), "PNG"))
put("image", "baseline.jpg", saved(picture, "JPEG"))
put("image", "progressive.jpg", saved(picture, "JPEG", progressive=True))
put("image", "cmyk.jpg", saved(picture.convert("CMYK"), "JPEG"))
put("image", "rgb.bmp", saved(picture, "BMP"))
put("image", "palette.bmp", saved(picture.convert("P"), "BMP"))
put("data", "one.png", saved(picture, "PNG"))
