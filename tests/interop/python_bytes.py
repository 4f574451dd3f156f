#!/usr/bin/env python3
"""octet_tflite.lite.TFLiteConverter in this process against the octet command: the same bytes.

usage: PYTHONPATH=bindings/python OCTET_LIBRARY=build/liboctet.so python_bytes.py OCTET SHARED [--every N]
needs: pip install numpy

Every Keras layer case of SHARED/golden/layers with its calibration samples, and the MNIST models with the stored ones,
in each mode and with each type of inputs and outputs that the command has, as TensorFlow's attributes ask for it. Where
the command refuses, the converter refuses with the same sentence. --every N: of the layer cases each N-th only. The
last line is "N passed, N failed".
"""

import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import octet_tflite
import suite
from octet_tflite import lite

INT8 = [lite.OpsSet.TFLITE_BUILTINS_INT8]
INT16X8 = [lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
FORMS = {  # the options of octet quantize, whether samples are needed, and attributes of the converter
    "int8": (
        ["--input-type", "int8", "--output-type", "int8"],
        True,
        {"supported_ops": INT8, "inference_input_type": np.int8, "inference_output_type": np.int8},
    ),
    "int8_u8": (
        ["--input-type", "uint8", "--output-type", "uint8"],
        True,
        {"supported_ops": INT8, "inference_input_type": np.uint8, "inference_output_type": np.uint8},
    ),
    "int8_f32": (["--input-type", "float32", "--output-type", "float32"], True, {}),
    "i16x8": (["--mode", "int16x8"], True, {"supported_ops": INT16X8}),
    "drq": (["--mode", "dynamic"], False, {}),
    "f16": (["--mode", "float16"], False, {"supported_types": ["float16"]}),
    "float": (["--mode", "float32"], False, {"optimizations": []}),
    "strict": (
        ["--input-type", "float32", "--output-type", "float32", "--strict-tensorflow"],
        True,
        {"strict_tensorflow": True},
    ),
    "tensor": (
        ["--input-type", "float32", "--output-type", "float32", "--per-tensor"],
        True,
        {"_experimental_disable_per_channel": True},
    ),
    "dense": (
        ["--input-type", "float32", "--output-type", "float32", "--per-tensor-dense"],
        True,
        {"_experimental_disable_per_channel_quantization_for_dense_layers": True},
    ),
}
check = suite.Checks()


def by_command(octet, model, data, options):
    """The bytes, or the sentence of the refusal."""
    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "out.tflite")
        done = subprocess.run(
            [octet, "quantize", model, *data, *options, "--no-evaluate", "-o", target], capture_output=True, text=True
        )
        if done.returncode != 0:
            return done.stderr.strip().splitlines()[-1].removeprefix("octet: ")
        with open(target, "rb") as file:
            return file.read()


def by_converter(model, samples, attributes):
    try:
        converter = lite.TFLiteConverter.from_keras_model(model)
        converter.optimizations = [lite.Optimize.DEFAULT]
        converter.representative_dataset = samples
        for name, value in attributes.items():
            owner = converter.target_spec if name.startswith("supported") else converter
            setattr(owner, name, value)
        return converter.convert()
    except octet_tflite.Error as error:
        return str(error)


def compare(name, octet, model, data, samples):
    """data: how the command is given what `samples`, or its result, goes through."""
    for form, (options, needs_samples, attributes) in FORMS.items():
        theirs = by_command(octet, model, data if needs_samples else [], options)
        ours = by_converter(model, samples if needs_samples else None, attributes)
        problem = ""
        if type(theirs) is not type(ours):
            problem = "; ".join(one if isinstance(one, str) else "a file" for one in (theirs, ours))
        elif theirs != ours:
            problem = (
                f"{theirs} / {ours}" if isinstance(ours, str) else f"{len(theirs)} and {len(ours)} bytes that differ"
            )
        check(f"{name} {form}", problem)


def layer_case(octet, folder):
    (model,) = glob.glob(os.path.join(folder, "model.*"))
    files = sorted(glob.glob(os.path.join(folder, "calib_*.npy")))
    arrays = [np.load(file) for file in files]
    try:
        names = [one.name for one in octet_tflite.load_model(model).inputs]
    except octet_tflite.Error:
        names = [str(i) for i in range(len(files))]
    data = files[0] if len(files) == 1 else ",".join(f"{name}={file}" for name, file in zip(names, files))

    def samples():
        for i in range(len(arrays[0])):
            parts = [array[i : i + 1] for array in arrays]
            yield parts if i % 2 == 0 else dict(zip(names, parts))  # both are allowed

    compare(os.path.basename(folder), octet, model, ["--data", data, "--samples", "all"], samples)


def mnist(octet, shared):
    images = suite.idx(os.path.join(shared, "data", "mnist", "train-images-idx3-ubyte.gz"))
    indices = os.path.join(shared, "golden", "mnist", "calibration_indices.json")
    with open(indices, encoding="utf-8") as file:
        chosen = images[json.load(file)][..., np.newaxis].astype(np.float32) / np.float32(255)
    for model in sorted(glob.glob(os.path.join(shared, "models", "mnist", "*.*"))):
        data = ["--data", os.path.join(shared, "data", "mnist"), "--indices", indices]
        batches = [chosen[:1], chosen[1:40], chosen[40:]]  # of any size
        compare(os.path.basename(model), octet, model, data, [[batch] for batch in batches])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("octet")
    parser.add_argument("shared")
    parser.add_argument("--every", type=int, default=1)
    arguments = parser.parse_args()
    for folder in sorted(glob.glob(os.path.join(arguments.shared, "golden", "layers", "*")))[:: arguments.every]:
        if glob.glob(os.path.join(folder, "model.*")):
            layer_case(arguments.octet, folder)
    mnist(arguments.octet, arguments.shared)
    return check.finish()


if __name__ == "__main__":
    sys.exit(main())
