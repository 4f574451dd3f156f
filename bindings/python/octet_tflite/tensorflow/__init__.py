"""As much of TensorFlow's namespace as quantizing a model takes, on octet.

    import octet_tflite.tensorflow as tf

There is lite (all of it), keras.models.load_model, keras.datasets.mnist, keras.utils.to_categorical, data.Dataset,
cast, Tensor and the types. What differs from TensorFlow: docs/python.md.
"""

from typing import Any

from .. import lite
from .._missing import missing
from . import data, keras
from ._tensor import Tensor, cast
from ._types import DType, bool, float16, float32, float64, int8, int16, int32, int64, uint8, uint16, uint32, uint64

__all__ = [
    "DType",
    "Tensor",
    "bool",
    "cast",
    "data",
    "float16",
    "float32",
    "float64",
    "int16",
    "int32",
    "int64",
    "int8",
    "keras",
    "lite",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
]


def __getattr__(name: str) -> Any:
    raise missing(
        "octet_tflite.tensorflow", name, __all__, "arrays of numpy do the rest; octet_tflite has octet's own interface"
    )
