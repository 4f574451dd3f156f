"""examples/tutorial.py, once as it is and once with TensorFlow's imports where that is installed."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers import EXAMPLES, ROOT, idx
from octet_tflite import lite

SCRIPT = ROOT / "examples" / "tutorial.py"
MNIST = Path(os.environ.get("OCTET_SHARED", "none")) / "data" / "mnist"
OURS = {
    "import octet_tflite.tensorflow as tf\n": "import tensorflow as tf\n",
    "from octet_tflite.tensorflow.keras.models import load_model\n": "from tensorflow.keras.models import load_model\n",
}
# Keras checks the content of mnist.npz by a hash, which a file that is made here does not have.
START_TENSORFLOW = """
import runpy, sys
import tf_keras.src.datasets.mnist as mnist
mnist.get_file = lambda path, **_: path
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.fixture(scope="module")
def npz(tmp_path_factory):
    """All digits where there are some, else the bundled ones."""
    folder = MNIST if MNIST.is_dir() else EXAMPLES
    path = tmp_path_factory.mktemp("mnist") / "mnist.npz"
    names = {
        "x_train": "train-images-idx3",
        "y_train": "train-labels-idx1",
        "x_test": "t10k-images-idx3",
        "y_test": "t10k-labels-idx1",
    }
    np.savez(path, **{name: idx(f"{file}-ubyte", folder) for name, file in names.items()})
    return path


def run(folder, kind, npz, script, *start, **variables):
    """The float and the int8 accuracy, and the file."""
    arguments = [sys.executable, *start, script, kind, EXAMPLES / f"mnist_{kind}_k2.h5", npz]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, env={**os.environ, **variables})
    assert done.returncode == 0, done.stderr
    accuracies = re.findall(r"^(?:float|int8) accuracy: +(0\.\d+)$", done.stdout, re.MULTILINE)
    assert len(accuracies) == 2, done.stdout
    return [float(accuracy) for accuracy in accuracies], (folder / f"mnist_{kind}_int8.tflite").read_bytes()


@pytest.mark.parametrize("kind", ["fc", "cnn"])
def test_tutorial(kind, npz, tmp_path):
    (before, after), content = run(tmp_path, kind, npz, SCRIPT)
    assert content[4:8] == b"TFL3"
    assert before > 0.95 and abs(before - after) < 0.01
    if MNIST.is_dir():
        assert [before, after] == {"fc": [0.9750, 0.9746], "cnn": [0.9773, 0.9771]}[kind]


def test_only_the_import_lines_are_not_tensorflow():
    lines = SCRIPT.read_text(encoding="utf-8").splitlines(keepends=True)
    code = "".join(lines).split('"""', 2)[2]
    assert [line for line in code.splitlines(keepends=True) if "octet" in line] == list(OURS)


@pytest.mark.parametrize("kind", ["fc", "cnn"])
@pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="TensorFlow is not installed")
def test_tutorial_with_tensorflow(kind, npz, tmp_path):
    pytest.importorskip("tf_keras")
    text = SCRIPT.read_text(encoding="utf-8")
    for ours, theirs in OURS.items():
        text = text.replace(ours, theirs)
    (tmp_path / "tensorflow_script.py").write_text(text, encoding="utf-8")
    (tmp_path / "start.py").write_text(START_TENSORFLOW, encoding="utf-8")
    folders = [tmp_path / "ours", tmp_path / "theirs"]
    for folder in folders:
        folder.mkdir()
    ours = run(folders[0], kind, npz, SCRIPT)
    theirs = run(
        folders[1], kind, npz, tmp_path / "tensorflow_script.py", tmp_path / "start.py", TF_USE_LEGACY_KERAS="1"
    )
    assert ours[0] == pytest.approx(theirs[0], abs=0.0002)
    for one, other in zip(
        *(lite.Interpreter(model_content=content).get_output_details() for _, content in (ours, theirs))
    ):
        assert one["quantization"] == other["quantization"]
