#!/usr/bin/env python3
"""Trains the two models of this folder and saves them as Keras files: train.py fc|cnn OUT.h5 (needs tensorflow; about a minute)."""
import sys

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

kind, path = sys.argv[1], sys.argv[2]
keras.utils.set_random_seed(1)
(images, labels), (test_images, test_labels) = keras.datasets.mnist.load_data()


def prepare(x):
    return (x.astype(np.float32) / 255.0)[..., np.newaxis]


if kind == "fc":
    body = [layers.Flatten(), layers.Dense(128), layers.ReLU(), layers.Dense(32), layers.ReLU()]
elif kind == "cnn":
    body = [layers.Conv2D(16, 3), layers.ReLU(), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(16), layers.ReLU()]
else:
    sys.exit(__doc__)
model = keras.Sequential([keras.Input((28, 28, 1)), *body, layers.Dense(10), layers.Softmax()])
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
model.fit(prepare(images), keras.utils.to_categorical(labels), batch_size=128, epochs=5, verbose=2)
print(model.evaluate(prepare(test_images), keras.utils.to_categorical(test_labels), verbose=0))
model.save(path)
