#!/usr/bin/env python3
"""static.py STATIC OCTET [GOLDEN] [--every N]: the static program of `make static` against the ordinary one.

Alone in an empty chroot (no /proc, no /dev, no /tmp) it runs the example of README.md, started by an absolute and by a relative path, and
says the same of a damaged file. Over the models of GOLDEN (or each Nth) both print the same and write the same bytes in every mode."""
import argparse
import concurrent.futures
import filecmp
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
MNIST = TOP / "examples/mnist"
MODES = ("int8", "int16x8", "dynamic", "float16", "float32")


def run(arguments, **options):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, timeout=600, **options)
    return done.returncode, done.stdout, done.stderr


def check_chroot(static, octet):
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name) / "root"
        root.mkdir()
        shutil.copy(static, root / "octet")
        shutil.copytree(MNIST, root / "mnist")
        (root / "cut.h5").write_bytes((MNIST / "mnist_fc_k2.h5").read_bytes()[:100000])
        into = ["chroot", root] if os.geteuid() == 0 else ["unshare", "--map-root-user", "chroot", root]
        expected = pathlib.Path(name) / "expected.tflite"
        words = ["quantize", "mnist/mnist_cnn_k2.h5", "--data", "mnist", "-o"]
        code, _, error = run([octet, *words, expected], cwd=root)
        assert code == 0, error
        for program in ("/octet", "./octet"):
            (root / "cnn.tflite").unlink(missing_ok=True)
            code, out, error = run([*into, program, *words, "cnn.tflite"])
            assert code == 0 and b"on 10,000 test samples" in out, f"in an empty chroot, as {program}: {error.decode()}"
            assert filecmp.cmp(root / "cnn.tflite", expected, False), "other bytes in an empty chroot"
        found = run([*into, "/octet", "summary", "cut.h5"])
        assert found == run([octet, "summary", "cut.h5"], cwd=root), f"of a damaged file it says: {found}"
        assert sorted(p.name for p in root.iterdir()) == ["cnn.tflite", "cut.h5", "mnist", "octet"], "it leaves files behind"


def calibration(case, octet, model):
    """What --data is given: the arrays calib_0.npy, ... of a case, by the names of the inputs where there are several."""
    arrays = sorted(case.glob("calib_*.npy"))
    if len(arrays) < 2:
        return arrays
    code, out, _ = run([octet, "inspect", model, "--json"])
    names = [t["name"] if isinstance(t, dict) else t for t in json.loads(out)["inputs"]] if code == 0 else []
    return [",".join(f"{n}={a}" for n, a in zip(names, arrays))] if len(names) == len(arrays) else []


def compare(static, octet, model):
    """The commands that differ."""
    different = []
    with tempfile.TemporaryDirectory() as folder:
        data = calibration(model.parent, octet, model)
        commands = [["summary", model], ["inspect", model, "--json"]]
        commands += [["quantize", model, "--no-evaluate", "--mode", m, "-o", "o.tflite", *(["--data", data[0]] if data else [])] for m in MODES]
        inputs = sorted(model.parent.glob("f32_in_*.npy"))
        if len(inputs) == 1:
            commands.append(["run", "last.tflite", "--input", inputs[0], "--limit", "3", "-o", "y"])
        for words in commands:
            results = []
            for program in (octet, static):
                for path in (pathlib.Path(folder) / "o.tflite", pathlib.Path(folder) / "y"):
                    shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
                code, out, error = run([program, *words], cwd=folder)
                files = {p.relative_to(folder): p.read_bytes() for p in pathlib.Path(folder).rglob("*") if p.is_file() and p.name != "last.tflite"}
                results.append((code, out if words[0] != "quantize" else b"", error, files))
            if results[0] != results[1]:
                different.append(f"{words[0]} {model} {words[4] if words[0] == 'quantize' else ''}")
            if words[0] == "quantize" and results[0][0] == 0:
                os.replace(pathlib.Path(folder) / "o.tflite", pathlib.Path(folder) / "last.tflite")
    return len(commands), different


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("static", type=pathlib.Path)
    parser.add_argument("octet", type=pathlib.Path)
    parser.add_argument("golden", nargs="?", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    static, octet = options.static.resolve(), options.octet.resolve()
    try:
        check_chroot(static, octet)
    except AssertionError as error:
        sys.exit(f"static: {error}")
    print("static: the example of README.md runs in an empty chroot")
    if options.golden is None:
        return
    kinds = (".h5", ".keras", ".tflite")
    models = sorted(p for p in options.golden.resolve().rglob("*") if p.suffix in kinds and "kernels" not in p.parts)[:: options.every]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda model: compare(static, octet, model), models))
    different = [line for _, lines in results for line in lines]
    print(*different, sep="\n", end="\n" if different else "")
    print(f"static: {len(models)} models, {sum(n for n, _ in results)} commands, {len(different)} different")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
