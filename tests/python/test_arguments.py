"""Arguments of a type that they cannot have, and of all those that they can."""

import copy
import pickle
import warnings

import numpy as np
import pytest

import octet_tflite
from octet_tflite import lite


def uses_of_a_path(model, quantized, x):
    page = octet_tflite.report(model, x, evaluation=model.evaluate(x))
    return [
        quantized.save,
        page.save,
        octet_tflite.Calibration(model).update(x).save,
        lambda path: octet_tflite.Calibration.load(path, model),
        lambda path: octet_tflite.export_c(quantized, path),
        lambda path: octet_tflite.export_c_array(quantized, path),
        lambda path: octet_tflite.export_artifacts(quantized, path),
        lambda path: lite.Interpreter(model_path=path),
    ]


def test_a_path_is_a_path(model, quantized, x, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for use in uses_of_a_path(model, quantized, x):
        for path in (5, 2.5, ["a"]):
            with pytest.raises(octet_tflite.ArgumentError, match="give a path"):
                use(path)
        with pytest.raises(octet_tflite.UsageError, match="zero character"):
            use("a\0b")
        with pytest.raises(octet_tflite.UsageError):
            use("\ud800")
    assert not list(tmp_path.iterdir())


def test_a_page_that_cannot_be_written_is_a_file_error(model, x, tmp_path):
    page = octet_tflite.report(model, x, evaluation=model.evaluate(x))
    with pytest.raises(octet_tflite.FileError, match="cannot be written"):
        page.save(tmp_path / "no" / "page.html")


def test_a_model_may_be_what_load_model_takes(small_h5, model, quantized, x, y):
    content = quantized.to_bytes()
    loaded = octet_tflite.load_model(content)
    assert octet_tflite.compare(small_h5, content, x).fidelity == octet_tflite.compare(model, loaded, x).fidelity
    assert len(octet_tflite.compare_layers(small_h5, content, x).rows) > 0
    assert octet_tflite.Evaluation(small_h5).update(x, y).accuracy == model.evaluate(x, y).accuracy
    calibration = octet_tflite.Calibration(small_h5).update(x)
    again = octet_tflite.Calibration.load(bytearray(calibration.to_bytes()), small_h5)
    assert octet_tflite.quantize(small_h5, again).to_bytes() == octet_tflite.quantize(model, x).to_bytes()
    assert octet_tflite.Interpreter(content)(x[:1])[0].shape == (1, 3)
    assert octet_tflite.budget(content).report.data == octet_tflite.budget(loaded).report.data
    assert "softmax" in octet_tflite.explain(content, quantized.outputs[0].name + "[0]", x, original=small_h5).lower()
    assert octet_tflite.report(small_h5, x, evaluation=model.evaluate(x)).startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("given", [None, 5, object()])
def test_no_model_is_told(given, model, x, tmp_path):
    for use in (
        lambda: octet_tflite.compare(model, given, x),
        lambda: octet_tflite.compare_layers(given, model, x),
        lambda: octet_tflite.Evaluation(given),
        lambda: octet_tflite.Calibration(given),
        lambda: octet_tflite.Interpreter(given),
        lambda: octet_tflite.budget(given),
        lambda: octet_tflite.explain(given, "a[0]", x),
        lambda: octet_tflite.report(given, x),
        lambda: octet_tflite.export_c(given, tmp_path / "c"),
        lambda: octet_tflite.export_c_array(given, tmp_path / "a.c"),
        lambda: octet_tflite.export_artifacts(given, tmp_path / "a"),
    ):
        with pytest.raises(octet_tflite.UsageError, match="no Keras model"):
            use()


@pytest.mark.parametrize("content", [np.zeros(100, np.uint8), "text", 5, [1, 2]])
def test_content_of_a_model_is_bytes(content):
    with pytest.raises(octet_tflite.ArgumentError, match="give bytes"):
        lite.Interpreter(model_content=content)


def test_an_interpreter_is_not_pickled(quantized):
    interpreter = lite.Interpreter(model_content=quantized.to_bytes())
    for use in (pickle.dumps, copy.deepcopy):
        with pytest.raises(octet_tflite.UsageError, match="memory of this process"):
            use(interpreter)


def test_labels_may_be_a_list_of_numbers_of_numpy(model, x, y):
    wanted = model.evaluate(x, y).accuracy
    for labels in (list(y), tuple(y), y.tolist()):
        assert model.evaluate(x, labels).accuracy == wanted
    one = model.evaluate(x[:1], [y[0]])
    assert one.accuracy == model.evaluate(x[:1], y[:1]).accuracy


def test_a_factor_may_be_a_number_of_numpy(model, x):
    wanted = model.predict(x, scaling=2.0)
    for factor in (np.float32(2), np.float64(2), np.int64(2), 2):
        assert np.array_equal(model.predict(x, scaling=factor), wanted)


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan"), float("inf"), "1"])
def test_a_time_is_above_zero(model, seconds):
    with pytest.raises(octet_tflite.UsageError, match="seconds"):
        model.bench(seconds)


def test_an_open_file_is_no_array(model, small_h5):
    with open(small_h5, "rb") as file, pytest.raises(octet_tflite.DataError):
        model.predict(file)


def test_an_array_beyond_memory_is_told(model):
    huge = np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), (1 << 50, 8, 8, 1), (0, 0, 0, 0))
    with pytest.raises(octet_tflite.OutOfMemoryError, match="does not fit into memory"):
        model.predict(huge)


def test_an_argument_of_another_type_is_also_a_type_error():
    assert issubclass(octet_tflite.ArgumentError, (TypeError,)) and issubclass(octet_tflite.ArgumentError, ValueError)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert pickle.loads(pickle.dumps(octet_tflite.ArgumentError("a"))).args == ("a",)
