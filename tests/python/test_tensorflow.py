"""octet_tflite.tensorflow: what tutorials take of TensorFlow's namespace."""

import importlib

import numpy as np
import octet_tflite
import octet_tflite.tensorflow as tf
import pytest
from helpers import EXAMPLES, digits
from octet_tflite.tensorflow.keras.models import load_model

FC = EXAMPLES / "mnist_fc_k2.h5"


@pytest.fixture(scope="module")
def model():
    return load_model(FC)


# ---- types and tensors ----


def test_types_go_wherever_numpy_takes_one():
    for name in (
        "bool",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int8",
        "int16",
        "int32",
        "int64",
        "float16",
        "float32",
        "float64",
    ):
        kind = getattr(tf, name)
        assert np.zeros(2, kind).dtype == np.zeros(2).astype(kind).dtype == kind
        assert (kind.name, kind.size) == (name, np.dtype(name).itemsize)
        assert (
            kind == np.dtype(name) == kind.as_numpy_dtype
            and kind == getattr(tf, name)
            and hash(kind) == hash(np.dtype(name))
        )
        assert repr(kind) == f"tf.{name}"
    assert tf.int8 != tf.uint8 and tf.int8 != "no type" and tf.int8 != 3
    assert (tf.int8.min, tf.int8.max, tf.uint8.max) == (-128, 127, 255)
    assert tf.float32.is_floating and not tf.float32.is_integer and tf.int8.is_integer and tf.float32.max > 1e38


def test_cast_gives_tensors_that_are_arrays():
    images = np.arange(12, dtype=np.uint8).reshape(3, 4)
    scaled = tf.cast(images, tf.float32) / 255.0
    assert isinstance(scaled, tf.Tensor) and isinstance(scaled[0:1], tf.Tensor) and isinstance(scaled, np.ndarray)
    assert scaled.dtype == np.float32 and scaled.numpy().max() == np.float32(11 / 255)
    assert type(scaled.numpy()) is np.ndarray and np.shares_memory(scaled, scaled.numpy())
    assert not isinstance(images, tf.Tensor)
    assert tf.cast([1.9, -1.9], tf.int32).tolist() == [1, -1]
    assert tf.cast(1, np.float16).dtype == np.float16


# ---- data ----


def test_dataset_gives_batches_again_and_again():
    images = np.arange(10, dtype=np.float32).reshape(5, 2)
    batches = tf.data.Dataset.from_tensor_slices(images).batch(1).take(3)
    assert len(batches) == 3
    for _ in range(2):
        got = list(batches)
        assert [one.shape for one in got] == [(1, 2)] * 3 and all(isinstance(one, tf.Tensor) for one in got)
        assert np.concatenate(got).tolist() == images[:3].tolist()
    assert [len(one) for one in tf.data.Dataset.from_tensor_slices(images).batch(2)] == [2, 2, 1]
    assert [len(one) for one in tf.data.Dataset.from_tensor_slices(images).batch(2, drop_remainder=True)] == [2, 2]
    assert (
        len(tf.data.Dataset.from_tensor_slices(images).take(-1))
        == len(tf.data.Dataset.from_tensor_slices(images).take(99))
        == 5
    )
    assert type(next(batches.as_numpy_iterator())) is np.ndarray


def test_dataset_of_pairs_and_dictionaries():
    x, y = np.arange(6).reshape(3, 2), np.arange(3)
    (first, label), *_ = tf.data.Dataset.from_tensor_slices((x, y)).batch(2)
    assert first.tolist() == [[0, 1], [2, 3]] and label.tolist() == [0, 1]
    (one, *_) = tf.data.Dataset.from_tensor_slices({"x": x, "y": y}).take(1)
    assert one["x"].tolist() == [0, 1] and one["y"] == 0
    with pytest.raises(ValueError, match="different lengths: 3, 2"):
        tf.data.Dataset.from_tensor_slices((x, y[:2]))
    with pytest.raises(ValueError, match="first dimension"):
        tf.data.Dataset.from_tensor_slices(3)
    for count in (0, 1.5, None):
        with pytest.raises(ValueError, match="batch"):
            tf.data.Dataset.from_tensor_slices(x).batch(count)


# ---- keras ----


def test_to_categorical():
    assert tf.keras.utils.to_categorical([0, 2, 1], num_classes=4).tolist() == [
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 1, 0, 0],
    ]
    assert tf.keras.utils.to_categorical(np.array([[0], [1]], np.uint8)).tolist() == [[1, 0], [0, 1]]
    assert tf.keras.utils.to_categorical(tf.cast([1.0], tf.float32)).shape == (1, 2)
    assert tf.keras.utils.to_categorical([[0, 1], [1, 0]]).shape == (2, 2, 2)
    for labels in ([0.5], ["a"], [-1], [4]):
        with pytest.raises(ValueError, match="to_categorical"):
            tf.keras.utils.to_categorical(labels, num_classes=3)


def test_model_predicts_and_describes_itself(model, capsys):
    images, _ = digits()
    answers = model.predict(images[:7], verbose=0)
    assert answers.shape == (7, 10) and answers.dtype == np.float32
    assert isinstance(model(images[:2]), tf.Tensor)
    assert (model(tf.cast(images[:2], tf.float32)).numpy() == answers[:2]).all()
    model.summary()
    assert "Total params: 104,938" in capsys.readouterr().out
    lines = []
    model.summary(print_fn=lines.append)
    assert "dense_1 (Dense)" in lines[0] and capsys.readouterr().out == ""
    assert model.input_shape == (None, 28, 28, 1) and model.output_shape == (None, 10) and model.name == "mnist_fc_k2"


def test_evaluate_takes_class_numbers_and_one_hot_rows(model, capsys):
    images, labels = digits()
    answers = model.predict(images)
    accuracy = np.mean(answers.argmax(axis=1) == labels)
    loss = -np.log(np.clip(answers[np.arange(len(labels)), labels], 1e-7, 1 - 1e-7)).mean()
    rows = tf.keras.utils.to_categorical(labels, num_classes=10)
    for y in (
        labels,
        labels.astype(np.uint8)[:, np.newaxis],
        rows,
        rows.astype(bool),
        tf.cast(labels, tf.int32),
        labels.tolist(),
    ):
        assert model.evaluate(images, y, verbose=0) == pytest.approx([loss, accuracy], rel=1e-4)
    assert model.evaluate(tf.data.Dataset.from_tensor_slices((images, labels)).batch(100), verbose=0)[1] == accuracy
    assert capsys.readouterr().out == ""
    assert model.evaluate(images, labels, return_dict=True, verbose=2)["accuracy"] == accuracy
    assert capsys.readouterr().out == f"loss: {loss:.4f} - accuracy: {accuracy:.4f}\n"
    assert model.loss == "sparse_categorical_crossentropy"


def test_evaluate_by_the_loss_that_is_stored(model, monkeypatch):
    images, labels = digits()
    rows = tf.keras.utils.to_categorical(labels, num_classes=10)
    errors = model.predict(images) - rows
    for name, measure in (("mean_squared_error", np.square), ("MAE", np.abs)):
        monkeypatch.setattr(type(model), "loss", name)
        expected = [measure(errors).mean(), np.abs(errors).mean()]
        assert model.evaluate(images, rows, verbose=0) == pytest.approx(expected)
        with pytest.raises(ValueError, match="shape"):
            model.evaluate(images, labels, verbose=0)
    monkeypatch.setattr(type(model), "loss", "huber")
    with pytest.raises(NotImplementedError, match="compiled with the loss huber"):
        model.evaluate(images, rows, verbose=0)


def test_what_evaluate_cannot_do_is_said(model):
    images, labels = digits()
    with pytest.raises(ValueError, match="give samples"):
        model.evaluate()
    with pytest.raises(ValueError, match="give labels"):
        model.evaluate(images)
    with pytest.raises(NotImplementedError, match="sample_weight"):
        model.evaluate(images, labels, sample_weight=np.ones(len(labels)))
    with pytest.raises(NotImplementedError, match="no callbacks"):
        model.evaluate(images, labels, callbacks=[1])
    with pytest.raises(TypeError):
        model.evaluate(images, labels, nothing=1)
    with pytest.raises(octet_tflite.DataError):
        model.evaluate(images[:, :5], labels)
    with pytest.raises(octet_tflite.DataError):
        model.evaluate(images, labels + 10)
    with pytest.raises(NotImplementedError, match="train in Keras"):
        model(images, training=True)


def test_load_model_refuses_what_it_cannot_do(tmp_path):
    with pytest.raises(OSError):
        load_model(tmp_path / "none.h5")
    with pytest.raises(NotImplementedError, match="docs/keras-layers.md"):
        load_model(FC, custom_objects={"Mine": object})
    load_model(str(FC), compile=False, safe_mode=True)


def test_what_is_not_there_is_said_by_name(model):
    for owner, name, words in (
        (tf, "function", "octet_tflite.tensorflow has no function: it has .*cast.*keras.*numpy do the rest"),
        (
            tf.keras,
            "layers",
            "keras has no layers: it has Model, datasets, models, utils; models are built and trained in Keras",
        ),
        (tf.keras.models, "Sequential", "it has Model, load_model"),
        (tf.keras.datasets, "cifar10", "it has mnist"),
        (tf.keras.datasets.mnist, "save", "it has load_data"),
        (tf.keras.utils, "plot_model", "it has to_categorical"),
        (tf.data, "TFRecordDataset", "it has Dataset"),
        (tf.data.Dataset.from_tensor_slices([1]), "shuffle", "has no shuffle: it has .*batch.*take"),
        (model, "fit", "has no fit: it has .*evaluate.*predict.*trained in Keras"),
    ):
        with pytest.raises(AttributeError, match=words):
            getattr(owner, name)


# ---- mnist ----


@pytest.fixture
def small_npz(tmp_path):
    path = tmp_path / "home" / "datasets" / "mnist.npz"
    path.parent.mkdir(parents=True)
    images, labels = np.arange(4 * 784, dtype=np.uint8).reshape(4, 28, 28), np.arange(4, dtype=np.uint8)
    np.savez(path, x_train=images, y_train=labels, x_test=images[:2], y_test=labels[:2])
    return path


def test_mnist_comes_from_the_cache_or_a_path(small_npz, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(small_npz.parents[1]))
    for path in ("mnist.npz", small_npz, str(small_npz)):
        (x_train, y_train), (x_test, y_test) = tf.keras.datasets.mnist.load_data(path)
        assert (
            x_train.shape == (4, 28, 28)
            and x_test.dtype == np.uint8
            and y_train.tolist() == [0, 1, 2, 3]
            and len(y_test) == 2
        )
    assert tf.keras.datasets.mnist.load_data()[1][1].tolist() == [0, 1]


def test_mnist_is_downloaded_once_and_checked(small_npz, monkeypatch, tmp_path):
    module = importlib.import_module("octet_tflite.tensorflow.keras.datasets.mnist")
    content = small_npz.read_bytes()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "other"))
    monkeypatch.setattr(module, "_ADDRESS", small_npz.as_uri())
    with pytest.raises(octet_tflite.FormatError, match="are not MNIST"):
        module.load_data()
    assert not (tmp_path / "other" / "datasets" / "mnist.npz").exists()
    monkeypatch.setattr(module, "_SHA256", module.hashlib.sha256(content).hexdigest())
    assert module.load_data()[1][1].tolist() == [0, 1]
    assert (tmp_path / "other" / "datasets" / "mnist.npz").read_bytes() == content
    monkeypatch.setattr(module, "_ADDRESS", (tmp_path / "nothing").as_uri())
    module.load_data()
    (tmp_path / "other" / "datasets" / "mnist.npz").unlink()
    with pytest.raises(octet_tflite.FileError, match="put the file there, or give load_data its path"):
        module.load_data()


def test_mnist_that_is_none_is_refused(small_npz, tmp_path):
    with pytest.raises(octet_tflite.FileError, match="there is no such file"):
        tf.keras.datasets.mnist.load_data(tmp_path / "nothing.npz")
    (tmp_path / "noise.npz").write_bytes(b"no archive")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    for name in ("noise.npz", "other.npz"):
        with pytest.raises(octet_tflite.FormatError, match="is no .npz of the arrays"):
            tf.keras.datasets.mnist.load_data(tmp_path / name)
