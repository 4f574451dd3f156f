"""Data as people have them, and what they become."""

from pathlib import Path

import numpy as np
import pytest

import octet_tflite
from octet_tflite._data import Batch, Files, Inputs, in_chunks, open_data

MODELS = Path(__file__).parent / "models"
ONE = Inputs(["image"], [(8, 8, 1)])
TWO = Inputs(["a", "b"], [(4,), (2, 2)])


class Indexed:
    """As Keras's Sequence and a torch Dataset: batches by number."""

    def __init__(self, x):
        self.x = x

    def __len__(self):
        return (len(self.x) + 6) // 7

    def __getitem__(self, index):
        return self.x[7 * index : 7 * index + 7], np.zeros(len(self.x[7 * index : 7 * index + 7]), int)


def layouts(x):
    """The numbers of x in every way in which numpy can hold them."""
    wide = np.zeros((2 * len(x), 8, 8, 1), np.float32)
    wide[::2] = x
    read_only = x.copy()
    read_only.flags.writeable = False
    return {
        "fortran": np.asfortranarray(x),
        "big endian": x.astype(">f4"),
        "double": x.astype(np.float64),
        "long double": x.astype(np.longdouble),
        "every other one": wide[::2],
        "reversed twice": x[::-1].copy()[::-1],
        "read only": read_only,
        "flat": x.reshape(len(x), 64),
        "without channels": x.reshape(len(x), 8, 8),
        "list": x.tolist(),
        "list of one array": [x],
        "by name": {"input_layer": x},
        "function": lambda: x,
        "generator": (x[i : i + 7] for i in range(0, len(x), 7)),
        "samples one by one": iter(x),
        "flat samples": iter(x.reshape(len(x), 64)),
        "samples without channels": iter(x[..., 0]),
        "buffer": memoryview(x),
        "indexed": Indexed(x),
        "pairs": iter([(x, np.zeros(len(x), int))]),
    }


@pytest.mark.parametrize("how", sorted(layouts(np.zeros((2, 8, 8, 1), np.float32))))
def test_every_layout_gives_the_same_answers(model, x, how):
    assert np.array_equal(model.predict(layouts(x)[how]), model.predict(x))


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint32, np.int64, np.float16, bool])
def test_numbers_are_taken_as_they_are(model, dtype):
    numbers = (np.arange(128).reshape(2, 8, 8, 1) % 2).astype(dtype)
    assert np.array_equal(model.predict(numbers), model.predict(numbers.astype(np.float32)))


def test_array_in_order_is_not_copied(x):
    batch = open_data(x, ONE)
    assert np.shares_memory(batch.inputs[0], x)


def test_scaling(model, x):
    pixels = (x * 255).astype(np.uint8)
    expected = model.predict(pixels.astype(np.float32) / np.float32(255))
    for scaling in (1 / 255, "unit", {"scale": 1 / 255}, octet_tflite.Scaling(mean=0.0, std=255.0)):
        assert np.allclose(model.predict(pixels, scaling=scaling), expected, atol=1e-6)


def test_pairs_and_inputs_are_told_apart():
    a, b, y = np.zeros((3, 4)), np.ones((3, 2, 2)), np.arange(3)
    image = np.zeros((3, 8, 8, 1))
    assert open_data([a, b], TWO).labels is None
    assert len(open_data((a, b), TWO).inputs) == 2
    assert np.array_equal(open_data(([a, b], y), TWO).labels, y)
    assert np.array_equal(open_data([a, b, y], TWO).labels, y)
    assert open_data({"b": b, "a": a}, TWO).names == ["b", "a"]
    assert np.array_equal(open_data((image, y), ONE).labels, y)
    assert np.array_equal(open_data([image, y], ONE).labels, y)
    assert np.array_equal(open_data((image, y, np.ones(3)), ONE).labels, y)
    assert np.array_equal(open_data(image, ONE, y).labels, y)


def test_path_is_given_to_the_library(tmp_path):
    assert open_data(tmp_path / "x.npz", ONE) == Files(path=str(tmp_path / "x.npz"))
    assert open_data(("x.npy", "y.npy"), ONE) == Files(images="x.npy", labels="y.npy")


def test_files_give_what_arrays_give(model, x, tmp_path):
    np.save(tmp_path / "x.npy", x)
    assert np.array_equal(model.predict(tmp_path / "x.npy"), model.predict(x))


class Tensor:
    """As torch has them: perhaps with a gradient, perhaps on a device."""

    def __init__(self, numbers, steps=()):
        self.numbers, self.steps = numbers, steps
        self.dtype, self.ndim = "torch.float32", numbers.ndim

    def detach(self):
        return Tensor(self.numbers, (*self.steps, "detach"))

    def cpu(self):
        return Tensor(self.numbers, (*self.steps, "cpu"))

    def numpy(self):
        assert self.steps == ("detach", "cpu")
        return self.numbers


class Loader:
    """As torch.utils.data.DataLoader: goes through lists of tensors, any number of times."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __iter__(self):
        for i in range(0, len(self.x), 16):
            yield [Tensor(self.x[i : i + 16]), Tensor(self.y[i : i + 16])]


def test_loader_of_tensors(model, x, y):
    loader = Loader(x, y)
    assert np.array_equal(model.predict(loader), model.predict(x))
    assert model.evaluate(loader).accuracy == model.evaluate(x, y).accuracy


def test_chunks_hold_all_samples_once():
    batches = [Batch([np.full((n, 2), n, np.float32)]) for n in (1, 2, 3, 4)]
    chunks = list(in_chunks(iter(batches), 5 * 8))
    assert [chunk.n_samples for chunk in chunks] == [3, 3, 4]
    assert sum(float(chunk.inputs[0].sum()) for chunk in chunks) == 2 * (1 + 4 + 9 + 16)


def test_stream_does_not_need_all_in_memory(model, x, monkeypatch):
    monkeypatch.setattr("octet_tflite._calibration.CHUNK_BYTES", 10 * 256)
    monkeypatch.setattr("octet_tflite._quantize.GATHER_BYTES", 20 * 256)
    in_parts = octet_tflite.quantize(model, (x[i : i + 5] for i in range(0, 60, 5)))
    assert in_parts.calibration_info.n_samples == 60
    assert in_parts.to_bytes() == octet_tflite.quantize(model, x).to_bytes()


def test_limit_ends_a_stream_without_end(model, quantized, x):
    def batches():
        while True:
            yield x[:7]

    assert model.predict(batches(), limit=10).shape == (10, 3)
    assert model.evaluate(batches(), limit=10).n_samples == 10
    assert octet_tflite.compare(model, quantized, batches(), limit=10).to_dict()["samples"] == 10
    assert octet_tflite.quantize(model, batches(), n_samples=10).calibration_info.n_samples == 10
    assert octet_tflite.quantize(model, iter([x[:7]]), n_samples=10).calibration_info.n_samples == 7


def test_several_inputs():
    model = octet_tflite.load_model(MODELS / "two_inputs_int8.tflite")
    rng = np.random.default_rng(0)
    a, b = (rng.random((6, *tensor.shape[1:]), np.float32) for tensor in model.inputs)
    first, second = (tensor.name for tensor in model.inputs)
    expected = model.predict([a, b])
    for given in ({second: b, first: a}, (a, b), iter([[a[:2], b[:2]], (a[2:], b[2:])]), ([a, b], np.zeros(6))):
        assert all(map(np.array_equal, expected, model.predict(given)))
    for wrong, says in ((a, "2 inputs"), ([a], "2 inputs"), ({first: a}, second), ([a, b[:3]], "samples")):
        with pytest.raises(octet_tflite.Error, match=says):
            model.predict(wrong)


class Fitted:
    """What a fitted scaler of scikit-learn has."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


def table(tmp_path):
    """A CSV with a label, and its numbers."""
    x = np.random.default_rng(3).normal(size=(20, 64)) * np.arange(1, 65)
    y = np.arange(20) % 3
    names = [f"c{i}" for i in range(64)]
    lines = [",".join([*names, "kind"])] + [",".join(map(repr, [*row.tolist(), int(k)])) for row, k in zip(x, y)]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    return str(tmp_path / "t.csv"), x, y, names


def test_columns_of_a_table(model, tmp_path):
    path, x, y, names = table(tmp_path)
    mean, std, low, high = x.mean(0), x.std(0), x.min(0), x.max(0)
    standard = model.predict(((x - mean) / std).astype(np.float32))
    by_mean = {"mean": mean, "std": std}
    np.savez(tmp_path / "c.npz", mean=mean, std=std)
    scalers = [Fitted(mean_=mean, scale_=std, n_features_in_=64, feature_names_in_=np.array(names, object)), by_mean]
    scalers += [Fitted(center_=mean, scale_=std, n_features_in_=64), str(tmp_path / "c.npz"), tmp_path / "c.npz"]
    for columns in scalers:
        scaling = octet_tflite.Scaling(columns=columns)
        assert np.array_equal(model.predict(x, scaling=scaling), standard)
        files = octet_tflite.Files(path, label_column="kind")
        assert np.array_equal(model.predict(files, scaling=scaling), standard)
    factor = 1 / (high - low)
    ranged = model.predict((x * factor + (0 - low * factor)).astype(np.float32))
    scaler = Fitted(data_min_=low, data_max_=high, scale_=factor, feature_range=(0, 1))
    assert np.array_equal(model.predict(x, scaling={"columns": scaler}), ranged)
    centred = Fitted(mean_=mean, with_mean=False, scale_=None, n_features_in_=64)
    assert np.array_equal(model.predict(x, scaling={"columns": centred}), model.predict(x))


def test_columns_that_are_none(model, tmp_path):
    path, x, y, names = table(tmp_path)
    bad = [
        (3, octet_tflite.UsageError, "columns is int"),
        (Fitted(data_min_=x.min(0), data_max_=x.max(0), feature_range=(-1, 1)), octet_tflite.UsageError, "0..1"),
        ({"mean": [1.0]}, octet_tflite.DataError, "a mean and a std"),
        ({"mean": [1.0], "std": [1j]}, octet_tflite.UsageError, "columns"),
        ({"mean": [1.0] * 3, "std": [1.0] * 3}, octet_tflite.DataError, "scales 3 columns"),
        (str(tmp_path / "none.csv"), octet_tflite.FileError, "none.csv"),
    ]
    for columns, error, words in bad:
        with pytest.raises(error, match=words):
            model.predict(x, scaling=octet_tflite.Scaling(columns=columns))
    with pytest.raises(octet_tflite.DataError, match="no column 'nope'"):
        model.predict(octet_tflite.Files(path, label_column="nope"))


def test_parts_that_are_scaled_otherwise(model, tmp_path):
    _, x, y, _ = table(tmp_path)
    scalers = [{"mean": x.mean(0), "std": x.std(0)}, {"mean": x.mean(0), "std": 2 * x.std(0)}]

    def part(columns, first):
        scaling = octet_tflite.Scaling(columns=columns)
        evaluation = octet_tflite.Evaluation(model, scaling=scaling, first_sample=first)
        evaluation.update(x[first : first + 10], y[first : first + 10])
        return evaluation

    part(scalers[0], 0) + part(dict(scalers[0]), 10)
    with pytest.raises(octet_tflite.DataError, match="in two ways"):
        part(scalers[0], 0) + part(scalers[1], 10)
