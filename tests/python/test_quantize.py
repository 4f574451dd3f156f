"""Quantization and calibration: the same files as the command line writes, whatever way the samples come."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

import octet_tflite
from octet_tflite import Calibration, quantize
from octet_tflite._library import find_library


def command():
    """The command beside the library: in a build folder, or in the wheel."""
    for folder in (find_library().parent, find_library().parent.parent):
        for path in (folder / "octet", folder / "bin" / "octet"):
            if path.is_file():
                return path
    pytest.skip("the command is not beside the library")


@pytest.mark.parametrize("options", [{}, {"mode": "int16x8"}, {"recover": "fast"}, {"input_type": "uint8"}])
def test_same_bytes_as_the_command(small_h5, x, tmp_path, options):
    np.save(tmp_path / "x.npy", x)
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    line = [command(), "quantize", small_h5, "--data", tmp_path / "x.npy", "--samples=all", "-o", tmp_path / "q.tflite"]
    subprocess.run([*map(str, line), *arguments], check=True, capture_output=True)
    assert quantize(small_h5, x, **options).to_bytes() == Path(tmp_path / "q.tflite").read_bytes()


def test_parts_give_what_the_whole_gives(model, x, tmp_path):
    whole = Calibration(model).update(x)
    first, second = Calibration(model).update(x[:20]), Calibration(model).update(iter([x[20:30], x[30:]]))
    second.merge(first)
    assert second.to_bytes() == whole.to_bytes()
    second.save(tmp_path / "calibration")
    for source in (tmp_path / "calibration", second.to_bytes()):
        loaded = Calibration.load(source, model)
        assert loaded.n_samples == 60
        assert quantize(model, loaded).to_bytes() == quantize(model, x).to_bytes()


def test_calibration_info(quantized, model):
    info = quantized.calibration_info
    assert (info.n_samples, info.n_distinct, info.method) == (60, 60, "minmax")
    assert 0.0 <= info.model_range[0] < info.model_range[1] <= 1.0
    assert quantize(model, mode="dynamic").calibration_info is None


def test_samples_are_drawn_by_seed(model, x):
    some = quantize(model, x, n_samples=10, seed=3)
    assert some.calibration_info.n_samples == 10
    assert some.to_bytes() == quantize(model, x, n_samples=10, seed=3).to_bytes()
    assert some.to_bytes() != quantize(model, x, n_samples=10, seed=4).to_bytes()
    assert quantize(model, iter([x[:30], x[30:]]), n_samples=40).calibration_info.n_samples == 40


def test_layers_stay_in_float(model, x):
    names = [tensor.dtype for tensor in quantize(model, x, keep_float=["dense"]).tensors]
    assert np.dtype(np.float32) in names
    assert quantize(model, x, keep_float="dense").to_bytes() == quantize(model, x, keep_float=["dense"]).to_bytes()
    with pytest.raises(octet_tflite.UsageError, match="no_such_layer"):
        quantize(model, x, keep_float=["no_such_layer"])


def test_recovery_reaches_an_aim(model, x, y):
    made, verdict, is_met = octet_tflite.quantize_for(model, x, (x, y), max_drop=5.0)
    assert is_met and verdict.drop <= 5.0 and made.is_quantized
    with pytest.raises(octet_tflite.UsageError, match="no option 'moed'"):
        octet_tflite.quantize_for(model, x, max_drop=1.0, moed="int8")


@pytest.mark.parametrize("options", [{"mode": "int3"}, {"input_type": "int4"}, {"recover": "all"}, {"target": "moon"}])
def test_wrong_name_lists_the_right_ones(model, x, options):
    with pytest.raises(octet_tflite.UsageError, match=next(iter(options.values()))):
        quantize(model, x, **options)


def test_quantized_model_is_not_quantized_again(quantized, x):
    with pytest.raises(octet_tflite.UsageError, match="quantized already"):
        quantize(quantized, x)
