#!/usr/bin/env python3
"""Writes the .tflite files beside this script, with TensorFlow's converter: what tests of the Interpreter need of a file.

usage: make_lite_models.py
needs: pip install tensorflow tf_keras (2.21 wrote the files that are here)
"""
import os
import tempfile
from pathlib import Path

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

FOLDER = Path(__file__).resolve().parent
FLOATS = np.random.default_rng(0)
layers = tf.keras.layers


def convert(name, model, samples=None):
    """A Keras model as float .tflite, or, with samples for calibration, with int8 inside and outside."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if samples is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = samples
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    (FOLDER / name).write_bytes(converter.convert())


def two_inputs():
    """Two inputs of open batch; weights with a scale per channel; int8."""
    a, b = tf.keras.Input((4,), name="a"), tf.keras.Input((3,), name="b")
    joined = layers.Concatenate()([layers.Dense(5, "relu")(a), b])
    model = tf.keras.Model([a, b], layers.Dense(2, name="sum")(joined))

    def samples():
        for _ in range(20):
            yield {name: FLOATS.normal(size=(1, n)).astype(np.float32) for name, n in (("a", 4), ("b", 3))}

    convert("two_inputs_int8.tflite", model, samples)


def picture():
    """Height and width are open, besides the batch; float."""
    image = tf.keras.Input((None, None, 1), name="image")
    convert("open_size.tflite", tf.keras.Model(image, layers.Conv2D(2, 3, padding="same", activation="relu")(image)))


def flat():
    """A Flatten in front, whose shape follows the batch; float."""
    image = tf.keras.Input((3, 2), name="image")
    convert("flatten.tflite", tf.keras.Model(image, layers.Dense(3)(layers.Flatten()(image))))


def state():
    """An LSTM, whose state goes on from run to run; float."""
    steps = tf.keras.Input((2, 3), batch_size=1, name="steps")
    convert("lstm.tflite", tf.keras.Model(steps, layers.LSTM(2)(steps)))


def signatures():
    """Two graphs of different inputs and outputs; float."""

    class Arithmetic(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name=name) for name in "xy"])
        def add(self, x, y):
            return {"sum": x + y}

        @tf.function(input_signature=[tf.TensorSpec([3], tf.float32, name="x")])
        def halve(self, x):
            return {"half": x * 0.5, "double": x * 2.0}

    module = Arithmetic()
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures={"add": module.add, "halve": module.halve})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=["add", "halve"])
        (FOLDER / "signatures.tflite").write_bytes(converter.convert())



for make in (two_inputs, picture, flat, state, signatures):
    make()
