#!/usr/bin/env python3
"""SavedModel folders against .h5 files: every Keras 2 model of SHARED is loaded by tf.keras, saved both ways, and octet must write the same
bytes of both.

usage: saved_model.py [--untraced] OCTET SHARED [NAME...]   NAME: only the cases whose path holds it; --untraced: without functions in the folders,
       which takes a tenth of the time
needs: pip install tf_keras tensorflow, or an older tensorflow alone; tfmot where models were trained for quantization
Last line: "N passed, N failed". Made for hand: CI has no TensorFlow.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
try:
    import tf_keras as keras
except ImportError:
    from tensorflow import keras

import suite

MODES = (["--mode", "float32"], ["--mode", "int8"])
check = suite.Checks()


def quantize(octet, model, data, mode, out):
    """The bytes that octet writes, or its sentence."""
    arguments = [octet, "quantize", model, *mode, "-o", out]
    if mode == ["--mode", "int8"]:
        arguments += ["--data", data]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return done.stderr.replace(model, "MODEL")
    with open(out, "rb") as file:
        return file.read()


def difference(a, b):
    return " | ".join(x.strip() if isinstance(x, str) else f"{len(x)} bytes" for x in (a, b))


def calibration(folder, model):
    """What --data takes: one file, or NAME=FILE of each input."""
    files = sorted(glob.glob(os.path.join(folder, "calib_*.npy"))) or sorted(glob.glob(os.path.join(folder, "calib.npy")))
    if len(files) < 2:
        return files[0] if files else None
    return ",".join(f"{name}={file}" for name, file in zip([t.name.split(":")[0] for t in model.inputs], files))


def compare(octet, path, shared, is_traced):
    name = os.path.relpath(path, shared)
    work = tempfile.mkdtemp()
    try:
        model = keras.models.load_model(path, compile=False)
        saved, h5 = os.path.join(work, "saved"), os.path.join(work, "model.h5")
        model.save(saved, save_format="tf", save_traces=is_traced)
        model.save(h5)
    except Exception as error:  # what this Keras cannot load or save says nothing of octet
        print(f"skipped {name}: {type(error).__name__}: {str(error).splitlines()[0][:100] if str(error) else ''}")
        shutil.rmtree(work)
        return
    data = calibration(os.path.dirname(path), model)
    for mode in MODES:
        if mode == ["--mode", "int8"] and data is None:
            continue
        a, b = (quantize(octet, source, data, mode, os.path.join(work, "out.tflite")) for source in (h5, saved))
        original = quantize(octet, path, data, mode, os.path.join(work, "out.tflite"))
        check(f"{name} {mode[1]}", "" if isinstance(a, bytes) and a == b else difference(a, b))
        check(f"{name} {mode[1]}, of the original", "" if original == b else difference(original, b))
    shutil.rmtree(work)
    keras.backend.clear_session()


def main():
    words = [word for word in sys.argv[1:] if word != "--untraced"]
    octet, shared, names = words[0], words[1], words[2:]
    for pattern in ("golden/layers/k2*/model.h5", "models/*/*.h5", "cases/*/*.h5"):
        for path in sorted(glob.glob(os.path.join(shared, pattern))):
            if not names or any(name in path for name in names):
                compare(octet, path, shared, "--untraced" not in sys.argv)
    sys.exit(check.finish())


main()
