"""octet_tflite.lite.experimental.QuantizationDebugger: figures by layer under TensorFlow's names."""

import csv
import io

import numpy as np
import octet_tflite
import pytest
from helpers import EXAMPLES, digits
from octet_tflite import lite

Debugger, Options = lite.experimental.QuantizationDebugger, lite.experimental.QuantizationDebugOptions
COLUMNS = [
    "op_name", "tensor_idx", "num_elements", "stddev", "mean_error", "max_abs_error", "mean_squared_error", "scale",
    "zero_point", "tensor_name",
]  # fmt: skip


@pytest.fixture(scope="module")
def images():
    return digits()[0][:30]


@pytest.fixture
def converter(images):
    made = lite.TFLiteConverter.from_keras_model(EXAMPLES / "mnist_fc_k2.h5")
    made.optimizations = [lite.Optimize.DEFAULT]
    made.representative_dataset = lambda: ([image[np.newaxis]] for image in images)
    return made


def rows_of(debugger):
    file = io.StringIO()
    debugger.layer_statistics_dump(file)
    return list(csv.DictReader(io.StringIO(file.getvalue())))


def test_statistics_have_a_row_for_each_layer(converter):
    debugger = Debugger(converter=converter, debug_dataset=converter.representative_dataset)
    assert debugger.layer_statistics is None
    debugger.run()
    rows = rows_of(debugger)
    assert list(rows[0]) == COLUMNS
    dense = [row for row in rows if row["op_name"] == "FULLY_CONNECTED"]
    assert [float(row["num_elements"]) for row in dense] == [128, 32, 10]
    for row in rows:
        figures = debugger.layer_statistics[f"NumericVerify/{row['tensor_name']}:{row['tensor_idx']}"]
        assert figures["mean_squared_error"] == float(row["mean_squared_error"])
        assert figures["stddev"] ** 2 + figures["mean_error"] ** 2 == pytest.approx(
            figures["mean_squared_error"], rel=1e-3
        )
    worst = max(dense, key=lambda row: float(row["stddev"]) / float(row["scale"]))
    assert 0.1 < float(worst["stddev"]) / float(worst["scale"]) < 2


def test_model_metrics_get_outputs_of_both_models(converter):
    def agreement(original, quantized):
        assert original[0].dtype == quantized[0].dtype == np.float32
        return float(original[0].argmax() == quantized[0].argmax())

    debugger = Debugger(converter=converter, debug_options=Options(model_debug_metrics={"agreement": agreement}))
    debugger.run()
    assert 0.9 <= debugger.model_statistics["agreement"] <= 1.0


def test_layers_can_be_left_in_float(converter):
    debugger = Debugger(converter=converter, debug_options=Options(denylisted_ops=["SOFTMAX"]))
    debugger.run()
    assert "SOFTMAX" not in [row["op_name"] for row in rows_of(debugger)]
    before = debugger.get_nondebug_quantized_model()
    node = next(row["tensor_name"] for row in rows_of(debugger) if row["op_name"] == "FULLY_CONNECTED")
    debugger.options = Options(denylisted_nodes=[node], fully_quantize=True)
    assert debugger.layer_statistics is None
    debugger.run()
    assert node not in [row["tensor_name"] for row in rows_of(debugger)]
    after = debugger.get_nondebug_quantized_model()
    assert after != before
    assert lite.Interpreter(model_content=after).get_input_details()[0]["dtype"] is np.int8


def test_two_files_are_compared(converter, images):
    original = lite.TFLiteConverter.from_keras_model(EXAMPLES / "mnist_fc_k2.h5").convert()
    debugger = Debugger(
        quant_debug_model_content=converter.convert(),
        float_model_content=original,
        debug_dataset=lambda: [[images]],
        debug_options=Options(model_debug_metrics={"distance": lambda a, b: float(np.abs(a[0] - b[0]).max())}),
    )
    debugger.run()
    assert len(rows_of(debugger)) >= 5 and 0 < debugger.model_statistics["distance"] < 0.2


def test_what_is_missing_is_said(converter):
    with pytest.raises(ValueError, match="give a converter, or"):
        Debugger()
    with pytest.raises(ValueError, match="call run"):
        Debugger(converter=converter).layer_statistics_dump(io.StringIO())
    with pytest.raises(NotImplementedError, match="compare_layers"):
        Options(layer_debug_metrics={"l1": np.mean})
    with pytest.raises(NotImplementedError, match="get_nondebug_quantized_model"):
        Debugger(converter=converter).get_debug_quantized_model()
    with pytest.raises(ValueError, match="the tensors are"):
        Debugger(converter=converter, debug_options=Options(denylisted_nodes=["nothing"]))
    converter.representative_dataset = None
    with pytest.raises(ValueError, match="representative_dataset"):
        Debugger(converter=converter)
    assert issubclass(octet_tflite.UsageError, ValueError)
