"""What does not fit gives one clear sentence."""

import gc
import threading

import numpy as np
import pytest

import octet_tflite

GOOD = np.zeros((2, 8, 8, 1), np.float32)


@pytest.mark.parametrize(
    "x, says",
    [
        (None, "no data are given"),
        (3.5, "is one number"),
        ("/nowhere/x.npy", "nowhere"),
        (np.zeros((0, 8, 8, 1)), "has no samples"),
        (np.zeros((2, 8, 8, 0)), "has no samples"),
        (np.zeros((2, 7, 8, 1)), "do not fit"),
        (np.zeros((2,) * 9), "dimensions"),
        (np.array([None, 3], object), "type object"),
        (np.array(["a", "b"]), "type <U1"),
        (np.array([b"a"]), r"type \|S1"),
        (np.zeros(2, "datetime64[s]"), "datetime64"),
        (np.zeros((2, 8, 8, 1), complex), "complex128"),
        (np.zeros(2, [("a", "f4")]), "type"),
        (np.ma.masked_array(GOOD, mask=True), "masked"),
        ([[1.0, 2.0], [3.0]], "array of numbers|type object"),
        ([GOOD, GOOD, GOOD, GOOD], "one input"),
        ([], "has no samples"),
        ({}, "without arrays"),
        ({"no such input": GOOD, "other": GOOD}, "nothing is given for input"),
        (iter([]), "no batch"),
        (iter([np.zeros((1, 2))]), "do not fit"),
        (iter(["x"]), "numbers"),
        (b"bytes", "numbers"),
    ],
)
def test_samples(model, x, says):
    with pytest.raises(octet_tflite.Error, match=says) as caught:
        model.predict(x)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "y, says",
    [
        (np.zeros(1, int), "samples|labels"),
        (np.array(["cat", "dog"]), "labels"),
        (np.full(2, 7), "label"),
        ([np.zeros(2), np.zeros(2)], "first output"),
        (np.zeros((2, 9)), "labels"),
    ],
)
def test_labels(model, y, says):
    with pytest.raises(octet_tflite.DataError, match=says):
        model.evaluate(GOOD, y)


def test_nan_is_told_when_quantizing(model):
    x = GOOD.copy()
    x[1, 2, 3, 0] = np.nan
    with pytest.raises(octet_tflite.DataError, match="NaN|not a number|finite"):
        octet_tflite.quantize(model, x)
    assert np.isnan(model.predict(x)[1]).any()


def test_exception_of_a_generator_comes_through(model):
    def batches():
        yield GOOD
        raise ZeroDivisionError("in the middle")

    for use in (model.predict, lambda x: octet_tflite.quantize(model, x), model.evaluate):
        with pytest.raises(ZeroDivisionError, match="in the middle"):
            use(batches())


def test_batches_that_differ(model, quantized):
    with pytest.raises(octet_tflite.DataError, match="batch 1"):
        octet_tflite.compare(model, quantized, iter([GOOD, GOOD.astype(np.uint8)]))


@pytest.mark.parametrize("source", [None, 5, object(), [], b"", b"no model", "\0", "/nowhere", np.zeros(3)])
def test_sources(source):
    with pytest.raises(octet_tflite.Error):
        octet_tflite.load_model(source)


@pytest.mark.parametrize("source", ["small.h5", "small.keras"])
def test_damaged_file(small_h5, source):
    content = bytearray(small_h5.with_name(source).read_bytes())
    for cut in (10, len(content) // 2, len(content) - 1):
        with pytest.raises(octet_tflite.Error):
            octet_tflite.load_model(content[:cut])


@pytest.mark.parametrize("options", [{"n_threads": -1}, {"limit": "all"}, {"numerics": 3}, {"scaling": "moon"},
                                     {"scaling": {"factor": 2}}, {"scaling": octet_tflite.Scaling(mean=[1, 2])},
                                     {"progress": "yes"}, {"numerics": "a\0b"}])  # fmt: skip
def test_options(model, options):
    with pytest.raises(octet_tflite.UsageError):
        model.predict(GOOD, **options)


def test_statistics_of_another_model(model, small_h5, x):
    q = octet_tflite.load_model(octet_tflite.quantize(model, x).to_bytes())
    with pytest.raises(octet_tflite.UsageError):
        octet_tflite.Calibration(q)
    with pytest.raises(octet_tflite.UsageError):
        octet_tflite.compare_layers(q, model, x)
    for content in (b"", b"no statistics", octet_tflite.Calibration(model).update(x).to_bytes()[:-9]):
        with pytest.raises(octet_tflite.Error):
            octet_tflite.Calibration.load(content, model)


def test_interpreter_inputs(quantized):
    interpreter = octet_tflite.Interpreter(quantized)
    for arrays in ((), (GOOD, GOOD), (GOOD,), (np.zeros((1, 8, 8, 2)),), ("x",), (None,)):
        with pytest.raises(octet_tflite.DataError):
            interpreter(*arrays)


def test_objects_may_die_in_any_order(small_h5, x, y):
    for order in range(6):
        model = octet_tflite.load_model(small_h5)
        q = octet_tflite.quantize(model, x)
        things = [model, q, octet_tflite.Interpreter(q), octet_tflite.compare(model, q, x, y), q.evaluate(x, y)]
        del model, q
        while things:
            del things[order % len(things)]
            gc.collect()


def test_objects_in_a_cycle(small_h5, x, y):
    for _ in range(5):
        model = octet_tflite.load_model(small_h5)
        q = octet_tflite.quantize(model, octet_tflite.Calibration(model).update(x))
        cycle = [octet_tflite.Interpreter(q), q.evaluate(x, y), q, octet_tflite.compare_layers(model, q, x), model]
        for one in cycle:
            one.all = cycle
        kept = cycle[0].outputs[0]
        del model, q, cycle, one
        gc.collect()
        assert kept.shape == (1, 3)


def test_threads_with_models_of_their_own(small_h5, x):
    expected = octet_tflite.load_model(small_h5).predict(x)
    wrong = []

    def work():
        for _ in range(5):
            if not np.array_equal(octet_tflite.load_model(small_h5).predict(x), expected):
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
