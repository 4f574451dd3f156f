"""Models: where they come from, what they say, what they answer."""

import io

import numpy as np
import pytest

import octet_tflite
from octet_tflite._c import lib


def test_every_source_gives_the_same_model(small_h5):
    content = small_h5.read_bytes()
    sources = [small_h5, str(small_h5), content, bytearray(content), memoryview(content), io.BytesIO(content)]
    sources += [small_h5.with_name("small.keras")]
    assert len({octet_tflite.load_model(source).to_bytes() for source in sources}) == 1


def test_file_object(small_h5):
    with open(small_h5, "rb") as file:
        assert octet_tflite.load_model(file).path == str(small_h5)


def test_description(model, quantized):
    assert (model.format, model.is_quantized, model.inputs[0].shape) == ("Keras 3", False, (1, 8, 8, 1))
    assert (quantized.format, quantized.is_quantized) == ("TensorFlow Lite", True)
    assert quantized.inputs[0].dtype == np.int8 and quantized.inputs[0].scale > 0
    assert "conv (Conv2D)" in model.summary()
    assert model.summary().data["layers"]
    assert "FULLY_CONNECTED" in quantized.inspect()
    weights = [tensor for tensor in quantized.tensors if len(tensor.scales) > 1]
    assert weights and len(weights[0].scales) == weights[0].shape[weights[0].axis]


def test_save_and_bytes_are_the_same(quantized, tmp_path):
    quantized.save(tmp_path / "q.tflite")
    assert (tmp_path / "q.tflite").read_bytes() == quantized.to_bytes()
    assert quantized.size_bytes == len(quantized.to_bytes())
    again = octet_tflite.load_model(tmp_path / "q.tflite")
    assert again.to_bytes() == quantized.to_bytes()


def test_source_is_never_overwritten(small_h5, tmp_path):
    path = tmp_path / "m.h5"
    path.write_bytes(small_h5.read_bytes())
    with pytest.raises(octet_tflite.UsageError):
        octet_tflite.load_model(path).save(path)


def test_predict_real_and_stored(quantized, x):
    real, stored = quantized.predict(x), quantized.predict(x, raw=True)
    assert (real.dtype, stored.dtype, stored.shape) == (np.float32, np.int8, (60, 3))
    assert np.array_equal(real, quantized.outputs[0].dequantize(stored))
    assert np.array_equal(quantized.predict(quantized.inputs[0].quantize(x), raw=True), stored)
    assert quantized.predict(x, limit=7).shape == (7, 3)


def test_rounding_is_that_of_the_library(quantized):
    info = quantized.inputs[0]
    steps = np.array([0.49999997, 0.5, 1.5, 2.5, -0.49999997, -0.5, 300.0, -300.0, np.inf, np.nan], np.float32)
    numbers = np.resize(steps * np.float32(info.scale), (1, 8, 8, 1))
    interpreter = octet_tflite.Interpreter(quantized)
    lib.octet_interpreter_set_input(interpreter.handle.pointer, 0, numbers.ctypes.data)
    assert np.array_equal(info.quantize(numbers), interpreter.inputs[0])


def test_uint8_input_takes_stored_bytes(model, x):
    q = octet_tflite.quantize(model, x, input_type="uint8")
    assert np.array_equal(q.predict(q.inputs[0].quantize(x)), q.predict(x))


def test_prediction_is_that_of_the_interpreter(quantized, x):
    interpreter = octet_tflite.Interpreter(quantized)
    one_by_one = np.concatenate([interpreter(sample[np.newaxis])[0] for sample in x])
    assert np.array_equal(one_by_one, quantized.predict(x))


def test_check(model):
    assert model.check().supported and octet_tflite.check(model.to_bytes(), "tflm").supported
    assert set(octet_tflite.target_names()) >= {"litert", "tflm"}
    with pytest.raises(octet_tflite.UsageError, match="no-such"):
        model.check("no-such")


def test_closed_model_says_so(small_h5, x):
    with octet_tflite.load_model(small_h5) as model:
        quantized = octet_tflite.quantize(model, x)
    for use in (model.summary, model.to_bytes, lambda: model.predict(x), lambda: octet_tflite.quantize(model, x)):
        with pytest.raises(octet_tflite.UsageError, match="closed"):
            use()
    model.close()
    assert quantized.predict(x).shape == (60, 3)  # what was made from it lives on


def test_interpreter(quantized, x):
    interpreter = octet_tflite.Interpreter(quantized, keep_values=True, n_threads=2)
    interpreter.inputs[0][...] = quantized.inputs[0].quantize(x[:1])
    interpreter.run()
    assert np.array_equal(interpreter.outputs[0], quantized.predict(x[:1], raw=True))
    with pytest.raises(ValueError):
        interpreter.outputs[0][...] = 0
    assert np.array_equal(interpreter.value(quantized.outputs[0].index), interpreter.outputs[0])
    with pytest.raises(octet_tflite.UsageError, match="no tensor"):
        interpreter.value("nothing")
    view = interpreter.outputs[0]
    interpreter.close()
    assert view.shape == (1, 3)  # a view keeps the memory
    with pytest.raises(octet_tflite.UsageError, match="closed"):
        interpreter.run()
