"""Evaluations, verdicts, layers, pages: their figures, and how they show."""

import math

import numpy as np
import pytest

import octet_tflite
from octet_tflite import Evaluation, compare, compare_layers


def test_evaluation_in_parts(model, x, y):
    whole = model.evaluate(x, y)
    answers = model.predict(x).argmax(axis=1)
    assert whole.accuracy == np.mean(answers == y)
    assert np.array_equal(whole.classes, answers)
    assert whole.confusion.sum() == 60 and np.trace(whole.confusion) == np.sum(answers == y)
    parts = Evaluation(model).update(iter([(x[:25], y[:25]), (x[25:40], y[25:40])]))
    rest = Evaluation(model, first_sample=40).update(x[40:], y[40:])
    parts.merge(rest)
    assert (parts.n_samples, parts.accuracy, parts.loss) == (60, whole.accuracy, whole.loss)
    with pytest.raises(octet_tflite.DataError, match="both evaluations"):
        parts.merge(rest)


def test_small_chunks_give_the_same_figures(model, x, y, monkeypatch):
    whole = model.evaluate(x, y)
    monkeypatch.setattr("octet_tflite._evaluation.CHUNK_BYTES", 3000)
    parts = model.evaluate((x[i : i + 4], y[i : i + 4]) for i in range(0, 60, 4))
    assert (parts.accuracy, parts.loss, parts.to_dict()["recall"]) == (
        whole.accuracy,
        whole.loss,
        whole.to_dict()["recall"],
    )


def test_evaluation_without_labels(model, x):
    evaluation = model.evaluate(x)
    assert not evaluation.has_labels and math.isnan(evaluation.accuracy) and evaluation.confusion is None
    with pytest.raises(octet_tflite.UsageError, match="no sample"):
        Evaluation(model).accuracy


def test_one_hot_labels(model, x, y):
    assert model.evaluate(x, np.eye(3)[y]).accuracy == model.evaluate(x, y).accuracy


def test_verdict(model, quantized, x, y):
    verdict = compare(model, quantized, x, y)
    assert verdict.has_labels
    assert verdict.drop == pytest.approx(100 * (model.evaluate(x, y).accuracy - quantized.evaluate(x, y).accuracy))
    assert verdict.fidelity == pytest.approx(verdict.to_dict()["signal_to_noise_db"], rel=1e-5)
    assert "accuracy" in repr(verdict)
    assert any("noise" in warning for warning in verdict.warnings)
    assert "<table>" in verdict._repr_html_()


def test_layers(model, quantized, x):
    layers = compare_layers(model, quantized, x)
    worst = layers.worst(3)
    assert len(worst) == 3 and worst[0].sqnr_db <= 60 and worst[0] in layers.rows
    assert layers.first_collapse is None
    assert layers.rows[1].layer == "conv" and layers.rows[1].scale > 0
    assert len(layers.to_dict()["layers"]) == len(layers) == len(layers.to_csv().splitlines()) - 1
    answers = model.predict(x).argmax(1) != quantized.predict(x).argmax(1)
    assert [flip.sample for flip in layers.flipped] == list(np.flatnonzero(answers))


def test_page(model, quantized, x, y, tmp_path):
    parts = {"quantized": quantized, "verdict": compare(model, quantized, x, y)}
    page = octet_tflite.report(model, x, y, layers=compare_layers(model, quantized, x, y), **parts)
    page.save(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    assert page._repr_html_().startswith("<iframe")
    with pytest.raises(octet_tflite.UsageError):
        octet_tflite.report(model, x, y)


def test_device(quantized, x, tmp_path):
    budget = octet_tflite.budget(quantized, flash_bytes=1 << 20, ram_bytes=1 << 20)
    assert budget.fits and not octet_tflite.budget(quantized, ram_bytes=1).fits
    octet_tflite.export_c(quantized, tmp_path / "c", x, name="small", verify=False)
    assert (tmp_path / "c" / "small.h").is_file()
    octet_tflite.export_c_array(quantized, tmp_path / "array.c", name="small")
    assert "small" in (tmp_path / "array.c").read_text()
    octet_tflite.export_artifacts(quantized, tmp_path / "artifacts", x)
    assert (tmp_path / "artifacts" / "quant_params.json").is_file()


def test_explanation(model, quantized, x):
    name = quantized.outputs[0].name
    explanation = octet_tflite.explain(quantized, f"{name}[1]", x, sample=2, original=model)
    assert explanation.data and str(quantized.predict(x[2:3], raw=True)[0, 1]) in explanation


def shown(model, quantized, x, y):
    yield model.evaluate(x, y)
    yield compare(model, quantized, x, y)
    yield compare_layers(model, quantized, x)


def test_frames(model, quantized, x, y):
    pandas = pytest.importorskip("pandas")
    for one in shown(model, quantized, x, y):
        assert isinstance(one.to_frame(), pandas.DataFrame)
    assert compare_layers(model, quantized, x).to_frame()["layer"][1] == "conv"


def test_tables_of_renderings(model, quantized):
    pytest.importorskip("pandas")
    assert list(model.summary().to_frame()["name"]) == ["conv", "norm", "pool", "flat", "dense"]
    assert len(quantized.inspect().to_frame("tensors")) == len(quantized.tensors)
    with pytest.raises(octet_tflite.UsageError, match="no table"):
        model.summary().to_frame("nothing")


def test_plots(model, quantized, x, y):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    for one in shown(model, quantized, x, y):
        assert one.plot().figure is not None


def test_missing_package_is_named(model, quantized, x, y, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    for one in shown(model, quantized, x, y):
        with pytest.raises(octet_tflite.MissingPackageError, match="pip install pandas"):
            one.to_frame()


def test_notebooks_show_tables(model, quantized, x, y):
    for one in (model, model.summary(), quantized.calibration_info, quantized.check(), *shown(model, quantized, x, y)):
        assert one._repr_html_().startswith(("<table>", "<pre"))
