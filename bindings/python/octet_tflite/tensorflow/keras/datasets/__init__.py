"""tf.keras.datasets.mnist."""

from typing import Any

from ...._missing import missing
from . import mnist

__all__ = ["mnist"]


def __getattr__(name: str) -> Any:
    raise missing("octet_tflite.tensorflow.keras.datasets", name, __all__, "numpy.load reads any other .npz")
