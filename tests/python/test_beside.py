"""Other libraries that read HDF5 in the same process, whichever comes first: they do not disturb each other."""

import importlib.util
import os
import subprocess
import sys

import pytest

OCTET = """
import octet_tflite, sys
def with_octet():
    model = octet_tflite.load_model(sys.argv[1])
    assert model.inputs[0].shape[1:] == (8, 8, 1), model.inputs[0].shape
"""
H5PY = """
import h5py, sys
def with_other():
    with h5py.File(sys.argv[1]) as file:
        assert "model_weights" in file
    try:
        h5py.File(sys.executable)
    except OSError:
        return
    raise AssertionError("a program was read as HDF5")
"""
TENSORFLOW = """
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow
def with_other():
    graph = tensorflow.function(lambda x: x * 2)
    assert float(graph(tensorflow.constant(2.0))) == 4.0
    import h5py
    with h5py.File(sys.argv[1]) as file:
        assert "model_weights" in file
"""
CALLS = "for _ in range(3):\n    with_octet()\n    with_other()\n"


def is_there(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


@pytest.mark.parametrize("order", ["octet first", "octet second"])
@pytest.mark.parametrize("name, other", [("h5py", H5PY), ("tensorflow", TENSORFLOW)])
def test_the_same_file_in_the_same_process(name, other, order, small_h5):
    if not is_there(name):
        pytest.skip(f"{name} is not installed")
    text = (OCTET + other if order == "octet first" else other + OCTET) + CALLS
    done = subprocess.run(
        [sys.executable, "-c", text, str(small_h5)], capture_output=True, text=True, env=dict(os.environ), timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_octet_loads_no_hdf5(small_h5):
    text = OCTET + 'with_octet()\nprint(open("/proc/self/maps").read())'
    done = subprocess.run([sys.executable, "-c", text, str(small_h5)], capture_output=True, text=True, check=True)
    loaded = [line for line in done.stdout.splitlines() if "hdf5" in line or "curl" in line or "libssl" in line]
    assert loaded == []
