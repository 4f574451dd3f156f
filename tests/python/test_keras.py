"""Live Keras models: the same bytes as from their saved files. Each backend that is installed runs in a process of its own."""

import importlib.util
import os
import subprocess
import sys
import textwrap

import pytest

SCRIPT = textwrap.dedent("""
    import sys, tempfile, os
    import numpy as np
    import keras
    import octet_tflite

    assert keras.backend.backend() == os.environ["KERAS_BACKEND"]
    keras.utils.set_random_seed(1)
    image = keras.Input((8, 8, 1), name="image")
    number = keras.Input((4,), name="number")
    x = keras.layers.Conv2D(4, 3, activation="relu")(image)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Concatenate()([x, keras.layers.Dense(3)(number)])
    live = keras.Model([image, number], keras.layers.Dense(3, activation="softmax")(x))
    live.compile("adam", "sparse_categorical_crossentropy")

    rng = np.random.default_rng(0)
    data = {"image": rng.random((40, 8, 8, 1), np.float32), "number": rng.random((40, 4), np.float32)}
    if keras.backend.backend() != "numpy":
        live.fit(data, rng.integers(0, 3, 40), epochs=1, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("model.keras", "model.h5"):
            live.save(os.path.join(folder, name))
            saved = octet_tflite.load_model(os.path.join(folder, name))
            assert octet_tflite.load_model(live).to_bytes() == saved.to_bytes(), name
            assert (octet_tflite.quantize(live, data).to_bytes() == octet_tflite.quantize(saved, data).to_bytes()), name
    expected = np.asarray(live.predict(data, verbose=0))
    assert np.allclose(octet_tflite.load_model(live).predict(data), expected, atol=1e-5)
    print("same")
    """)


@pytest.mark.parametrize("backend", ["jax", "torch", "tensorflow", "numpy"])
def test_live_model_gives_the_bytes_of_its_file(backend):
    for package in ("keras", "jax" if backend == "numpy" else backend):  # Keras computes with jax beside numpy
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("same\n")


KERAS_2 = textwrap.dedent("""
    import tempfile, os
    import numpy as np
    import tensorflow as tf
    import tf_keras
    import octet_tflite

    live = tf_keras.Sequential([tf_keras.layers.Input((8, 8, 1)), tf_keras.layers.Conv2D(4, 3, activation="relu"),
                                tf_keras.layers.Flatten(), tf_keras.layers.Dense(3, activation="softmax")])
    x, y = np.random.default_rng(0).random((40, 8, 8, 1), np.float32), np.arange(40) % 3
    with tempfile.TemporaryDirectory() as folder:
        live.save(os.path.join(folder, "model.h5"))
        saved = octet_tflite.load_model(os.path.join(folder, "model.h5"))
    model = octet_tflite.load_model(live)
    assert model.format == "Keras 2" and model.to_bytes() == saved.to_bytes()
    pairs = tf.data.Dataset.from_tensor_slices((x, y))
    assert np.array_equal(model.predict(pairs.batch(7)), model.predict(x))
    assert model.evaluate(pairs).accuracy == model.evaluate(x, y).accuracy  # without batches
    named = tf.data.Dataset.from_tensor_slices({model.inputs[0].name: x}).batch(16)
    assert octet_tflite.quantize(model, named).to_bytes() == octet_tflite.quantize(model, x).to_bytes()
    print("same")
    """)


@pytest.mark.skipif(importlib.util.find_spec("tf_keras") is None, reason="tf_keras is not installed")
def test_keras_2_and_datasets_of_tensorflow():
    done = subprocess.run([sys.executable, "-c", KERAS_2], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("same\n")


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
def test_loader_of_torch(model, x, y):
    import torch

    data = torch.utils.data.TensorDataset(torch.from_numpy(x).to(torch.bfloat16), torch.from_numpy(y))
    loader = torch.utils.data.DataLoader(data, batch_size=7)
    rounded = torch.from_numpy(x).to(torch.bfloat16).float().requires_grad_()
    assert (model.predict(loader) == model.predict(rounded)).all()
    assert model.evaluate(loader).accuracy == model.evaluate(rounded, y).accuracy
