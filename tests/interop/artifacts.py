"""The files of `octet export --artifacts`, read by a net in numpy that does what the README in the folder says: weights, biases and parameters from
the folder alone, sums in int64, rounded once or twice. Its results must be the golden vectors, and .npy, .mem, .coe and .mif the numbers of the
.bin files. With iverilog, $readmemh reads the .mem files too.

usage: artifacts.py OCTET            the bundled models
       artifacts.py OCTET SHARED     and those of SHARED/models
       artifacts.py OCTET MODEL [options of export ...]
needs: numpy
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import numpy as np


def read(folder, name, kind):
    return np.fromfile(os.path.join(folder, name + ".bin"), kind)


def requantize(acc, layer, once):
    """acc: [..., out]."""
    multiplier, shift = np.array(layer["multiplier"], np.int64), np.array(layer["shift"], np.int64)
    if layer["outputs"][0]["type"] == "int16":
        m, n = np.minimum((multiplier + (1 << 15)) >> 16, 32767), 15 - shift
        scaled = (acc * m + (np.int64(1) << (n - 1))) >> n
    elif once:
        n = 31 - shift
        scaled = (acc * multiplier + (np.int64(1) << (n - 1))) >> n
    else:
        left, right = np.maximum(shift, 0), np.maximum(-shift, 0)
        high = ((acc << left) * multiplier + (1 << 30)) >> 31
        magnitude = (np.abs(high) + np.where(right > 0, np.int64(1) << np.maximum(right - 1, 0), 0)) >> right
        scaled = np.sign(high) * magnitude
    return np.clip(scaled + layer["outputs"][0]["zero_point"], layer["min"], layer["max"])


def windows(x, layer, fill):
    """x: [n,C,H,W]; gives [n,OH,OW,C,kH,kW], with `fill` outside."""
    kh, kw = layer["filter"]
    (sh, sw), (dh, dw), (top, left) = layer["stride"], layer["dilation"], layer["padding_before"]
    oh, ow = layer["outputs"][0]["shape"][1:3]
    padded = np.full((*x.shape[:2], top + x.shape[2] + kh * dh + sh, left + x.shape[3] + kw * dw + sw), fill, np.int64)
    padded[:, :, top:top + x.shape[2], left:left + x.shape[3]] = x
    rows = np.arange(oh)[:, None] * sh + np.arange(kh) * dh
    columns = np.arange(ow)[:, None] * sw + np.arange(kw) * dw
    return padded[:, :, rows[:, None, :, None], columns[None, :, None, :]].transpose(0, 2, 3, 1, 4, 5)


class Net:
    def __init__(self, folder, maps):
        self.folder, self.maps = folder, maps
        with open(os.path.join(folder, "quant_params.json")) as file:
            self.params = json.load(file)

    def planes(self, x):
        return x if self.maps == "CHW" else x.transpose(0, 3, 1, 2)

    def stored(self, x):
        return x if self.maps == "CHW" else x.transpose(0, 2, 3, 1)

    def layer(self, layer, x, once):
        """None for operators that this net has not."""
        operator, n = layer["operator"], x[0].shape[0]
        if operator in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
            weights = layer["weights"]
            w = read(self.folder, weights["file"], np.int8).reshape(weights["shape"]).astype(np.int64) - weights["zero_point"]
            bias = 0 if layer["bias"] is None else read(self.folder, layer["bias"]["file"], layer["bias"]["type"]).astype(np.int64)
            zero = layer["inputs"][0]["zero_point"]
            if operator == "FULLY_CONNECTED":
                return requantize((x[0].reshape(-1, w.shape[1]) - zero) @ w.T + bias, layer, once)
            seen = windows(self.planes(x[0]), layer, zero) - zero
            if operator == "CONV_2D":
                acc = np.einsum("nyxchw,ochw->nyxo", seen, w)
            else:
                repeated = np.repeat(seen, w.shape[0] // seen.shape[3], axis=3)
                acc = np.einsum("nyxohw,ohw->nyxo", repeated, w[:, 0])
            return self.stored(requantize(acc + bias, layer, once).transpose(0, 3, 1, 2))
        if operator == "MAX_POOL_2D":
            return self.stored(windows(self.planes(x[0]), layer, -1 << 40).max(axis=(4, 5)).transpose(0, 3, 1, 2))
        if operator == "RESHAPE":
            return x[0].reshape(n, -1)
        return None


def words(path):
    """The numbers of a .mem, .coe or .mif file as unsigned integers, and their width."""
    with open(path) as file:
        text = file.read()
    if path.endswith(".mem"):
        lines = [line for line in text.split("\n") if line and not line.startswith("//")]
        return [int(line, 16) for line in lines], 4 * len(lines[0])
    if path.endswith(".coe"):
        text = re.sub(r";.*?\n", "", text, count=1) if text.startswith(";") else text
        radix, vector = re.fullmatch(r"\s*memory_initialization_radix=(\d+);\s*memory_initialization_vector=(.*);\s*", text, re.S).groups()
        found = [word.strip() for word in vector.split(",")]
        return [int(word, int(radix)) for word in found], 4 * len(found[0])
    text = re.sub(r"--.*", "", text)
    fields = dict(re.findall(r"(\w+)\s*=\s*(\w+)\s*;", text))
    assert fields["ADDRESS_RADIX"] == fields["DATA_RADIX"] == "HEX", fields
    pairs = re.findall(r"([0-9A-F]+)\s*:\s*([0-9A-F]+)\s*;", text.split("BEGIN")[1])
    assert [int(at, 16) for at, _ in pairs] == list(range(int(fields["DEPTH"]))), path
    return [int(word, 16) for _, word in pairs], int(fields["WIDTH"])


def check_formats(folder):
    """Every array in every format; returns how many."""
    n = 0
    for path in sorted(os.listdir(os.path.join(folder, "npy"))):
        name = path[:-4]
        array = np.load(os.path.join(folder, "npy", path))
        source = name.replace("golden_", "golden/", 1) if name.startswith("golden_") else name
        assert (read(folder, source, array.dtype) == array.ravel()).all(), name
        for kind in ("mem", "coe", "mif"):
            found, width = words(os.path.join(folder, kind, f"{name}.{kind}"))
            assert width == 8 * array.itemsize, (name, kind, width)
            assert len(found) == array.size and (np.array(found, np.uint64) == array.ravel().view(f"<u{array.itemsize}")).all(), (name, kind)
        n += 1
    return n


def integers(folder, name):
    """Real numbers as their bits."""
    array = np.load(os.path.join(folder, "npy", name + ".npy"))
    return array.view(f"<u{array.itemsize}") if array.dtype.kind == "f" else array


def check_verilog(folder, work):
    """What $readmemh makes of the .mem files, where iverilog is installed; returns how many were read."""
    if shutil.which("iverilog") is None:
        return 0
    names = [name[:-4] for name in sorted(os.listdir(os.path.join(folder, "mem")))]
    lines = ["module top;", "integer i;"]
    for k, name in enumerate(names):
        array = integers(folder, name)
        lines += [f"reg {'signed ' if array.dtype.kind == 'i' else ''}[{8 * array.itemsize - 1}:0] m{k} [0:{array.size - 1}];"]
    lines += ["initial begin"]
    for k, name in enumerate(names):
        array = integers(folder, name)
        path = os.path.join(folder, "mem", name + ".mem")
        lines += [f'$readmemh("{path}", m{k});', f'for (i = 0; i < {array.size}; i = i + 1) $display("%0d", m{k}[i]);']
    lines += ["$finish;", "end", "endmodule"]
    source, program = os.path.join(work, "top.v"), os.path.join(work, "top")
    with open(source, "w") as file:
        file.write("\n".join(lines))
    subprocess.run(["iverilog", "-o", program, source], check=True)
    shown = [int(word) for word in subprocess.run(["vvp", "-n", program], check=True, capture_output=True, text=True).stdout.split()]
    wanted = np.concatenate([integers(folder, name).ravel().astype(np.int64) for name in names])
    assert shown == wanted.tolist()
    return len(names)


def check_golden(folder):
    """Both roundings of every layer that the net has, each from the golden vectors that it reads; returns how many."""
    with open(os.path.join(folder, "quant_params.json")) as file:
        maps = json.load(file)["maps"]
    net, n_checked = Net(folder, maps), 0
    golden = {"input": np.load(os.path.join(folder, "npy", "golden_input.npy"))}
    produced = {net.params["inputs"][0]["tensor"]: "input"}
    for layer in net.params["layers"]:
        if len(layer["outputs"]) == 1:
            produced[layer["outputs"][0]["tensor"]] = layer["name"]
    for once in (False, True):
        for layer in net.params["layers"]:
            name = layer["name"] + ("_single" if once else "")
            read_names = [produced[tensor["tensor"]] for tensor in layer["inputs"] if tensor["tensor"] in produced]
            x = [np.load(os.path.join(folder, "npy", f"golden_{source}{'_single' if once and source != 'input' else ''}.npy")).astype(np.int64)
                 for source in read_names]
            y = net.layer(layer, x, once)
            if y is None:
                continue
            wanted = np.load(os.path.join(folder, "npy", f"golden_{name}.npy"))
            assert (y.reshape(wanted.shape) == wanted).all(), (name, int((y.reshape(wanted.shape) != wanted).sum()))
            n_checked += 1
    assert golden["input"].shape[0] == net.params["golden_vectors"]
    return n_checked


def check(octet, model, options):
    with tempfile.TemporaryDirectory() as work:
        folder = os.path.join(work, "files")
        subprocess.run([octet, "export", model, "--artifacts", folder, *options], check=True, capture_output=True)
        return check_golden(folder), check_formats(folder), check_verilog(folder, work)


def cases(shared):
    examples = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples", "mnist")
    for net in ("cnn", "fc"):
        for options in ([], ["--chw"], ["--per-tensor", "--names", "kind"]):
            yield os.path.join(examples, f"mnist_{net}_k2.h5"), ["--data", examples, "--limit", "20", *options]
    for name in ("cnn_i16x8", "fc_int8_u8") if shared else ():
        yield os.path.join(shared, "golden", "mnist", name + ".tflite"), ["--limit", "2", "--vectors", "2", "--chw"]
    for name in ("resnet8", "mnist_resnet", "ad01", "tm_mask") if shared else ():
        yield os.path.join(shared, "models", name, "tf_int8.tflite"), ["--limit", "2", "--vectors", "2", "--chw"]


if __name__ == "__main__":
    chosen = [(sys.argv[2], sys.argv[3:])] if len(sys.argv) > 2 and os.path.isfile(sys.argv[2]) else cases(sys.argv[2] if len(sys.argv) > 2 else None)
    for model, options in chosen:
        layers, arrays, verilog = check(sys.argv[1], model, options)
        print(f"{os.path.relpath(model)}: {layers} golden layers, {arrays} arrays in five formats, {verilog} read by iverilog")
