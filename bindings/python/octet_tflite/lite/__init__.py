"""The classes of tf.lite, on octet: a script keeps its names and changes the line that imports them.

    from octet_tflite import lite

    converter = lite.TFLiteConverter.from_keras_model("model.keras")
    converter.optimizations = [lite.Optimize.DEFAULT]
    open("model.tflite", "wb").write(converter.convert())

What differs from TensorFlow's classes: docs/python.md.
"""

from typing import Any

from .._missing import missing
from . import experimental
from .converter import TFLiteConverter
from .interpreter import Interpreter
from .spec import OpsSet, Optimize, RepresentativeDataset, TargetSpec

__all__ = [
    "Interpreter",
    "OpsSet",
    "Optimize",
    "RepresentativeDataset",
    "TFLiteConverter",
    "TargetSpec",
    "experimental",
]


def __getattr__(name: str) -> Any:
    raise missing("octet_tflite.lite", name, __all__)
