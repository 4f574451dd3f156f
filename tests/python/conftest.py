"""What the tests share: the small models of tests/faults, made-up samples."""

from pathlib import Path

import numpy as np
import pytest

MODELS = Path(__file__).parents[1] / "faults" / "models"


@pytest.fixture
def small_h5():
    """Input (8, 8, 1), convolution, three classes by softmax."""
    return MODELS / "small.h5"


@pytest.fixture
def model(small_h5):
    import octet_tflite

    return octet_tflite.load_model(small_h5)


@pytest.fixture
def x():
    """60 samples of (8, 8, 1), float32 from 0 to 1."""
    return np.random.default_rng(0).random((60, 8, 8, 1), dtype=np.float32)


@pytest.fixture
def y():
    """A class for each of them."""
    return np.random.default_rng(1).integers(0, 3, 60)


@pytest.fixture
def quantized(model, x):
    import octet_tflite

    return octet_tflite.quantize(model, x, progress=False)
