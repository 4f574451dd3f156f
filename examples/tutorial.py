#!/usr/bin/env python3
"""Post-training quantization of a trained MNIST network, as tutorials of TensorFlow Lite do it: measure the float
model, calibrate and convert it to int8, measure what came of it.

usage: tutorial.py fc|cnn [MODEL [MNIST.npz]]

MODEL: a .h5 or .keras file of a network that takes (28, 28, 1); one of this repository where it is left out. MNIST.npz:
the digits; Keras's cache, or a download into it. Writes mnist_fc_int8.tflite or mnist_cnn_int8.tflite into the current
folder.

The two import lines of octet_tflite are all that is not TensorFlow: with `import tensorflow as tf` and `from
tensorflow.keras.models import load_model` in their place the script does the same there.
"""

import sys
from pathlib import Path

import numpy as np
import octet_tflite.tensorflow as tf
from octet_tflite.tensorflow.keras.models import load_model

N_CALIBRATION = 100


def normalize(images):
    """Bytes of shape (n, 28, 28) as the network takes them: (n, 28, 28, 1), from 0 to 1."""
    scaled = tf.cast(images[..., np.newaxis], tf.float32)
    scaled /= 255
    return scaled.numpy() if isinstance(scaled, tf.Tensor) else scaled


def load_digits(path):
    """Some training images to calibrate on; test images; their labels as one-hot rows."""
    (train_images, _), (test_images, test_labels) = tf.keras.datasets.mnist.load_data(path)
    chosen = np.random.default_rng(0).choice(len(train_images), N_CALIBRATION, replace=False)
    return (
        normalize(train_images[chosen]),
        normalize(test_images),
        tf.keras.utils.to_categorical(test_labels, num_classes=10),
    )


def convert(model, calibration_images):
    """The model as an int8 .tflite, with int8 inputs and outputs."""

    def representative_dataset():
        for image in calibration_images:
            yield [image[np.newaxis]]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def measure(path, images, labels):
    """The share of images to which the file at `path` gives the class of the label."""
    interpreter = tf.lite.Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    scale, zero_point = source["quantization"]
    answers = np.empty(len(images), np.int64)
    for i in range(len(images)):
        steps = np.round(images[i : i + 1] / np.float32(scale)) + zero_point
        interpreter.set_tensor(source["index"], np.clip(steps, -128, 127).astype(np.int8))
        interpreter.invoke()
        answers[i] = interpreter.get_tensor(target["index"]).argmax()
    return float(np.mean(answers == labels.argmax(axis=1)))


def main():
    kind = sys.argv[1] if len(sys.argv) > 1 else "fc"
    model_path = sys.argv[2] if len(sys.argv) > 2 else Path(__file__).resolve().parent / "mnist" / f"mnist_{kind}_k2.h5"
    calibration_images, test_images, test_labels = load_digits(sys.argv[3] if len(sys.argv) > 3 else "mnist.npz")

    model = load_model(model_path)
    model.summary()
    _, float_accuracy = model.evaluate(test_images, test_labels.argmax(axis=1), verbose=0)

    target = Path(f"mnist_{kind}_int8.tflite")
    target.write_bytes(convert(model, calibration_images))
    print(f"float accuracy: {float_accuracy:.4f}")
    print(f"int8 accuracy:  {measure(target, test_images, test_labels):.4f}")
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
