"""octet in Python: Keras models become int8 .tflite files, without TensorFlow.

>>> import numpy, octet_tflite
>>> model = octet_tflite.load_model(small_model)
>>> quantized = octet_tflite.quantize(model, numpy.random.rand(100, 8, 8, 1))
>>> quantized.save(tmp_path / "small.tflite")
"""

from . import lite
from ._call import set_max_memory
from ._calibration import Calibration, CalibrationInfo
from ._data import Files, Scaling
from ._errors import (
    ArgumentError,
    CancelledError,
    DataError,
    Error,
    FileError,
    FormatError,
    InternalError,
    LimitError,
    MissingPackageError,
    ModelError,
    OutOfMemoryError,
    UnsupportedError,
    UsageError,
)
from ._evaluation import Evaluation
from ._interpreter import Interpreter
from ._layers import FlippedSample, LayerRow, Layers, compare_layers
from ._library import library
from ._model import Check, Model, check, load_model, target_names
from ._parts import merge
from ._quantize import Recovered, quantize, quantize_for
from ._rendering import Rendering
from ._reports import Budget, Page, budget, explain, export_artifacts, export_c, export_c_array, report
from ._tensor import TensorInfo
from ._verdict import Verdict, compare

__version__: str = library.octet_version().decode()

__all__ = [
    "ArgumentError",
    "Budget",
    "Calibration",
    "CalibrationInfo",
    "CancelledError",
    "Check",
    "DataError",
    "Error",
    "Evaluation",
    "FileError",
    "Files",
    "FlippedSample",
    "FormatError",
    "InternalError",
    "Interpreter",
    "LayerRow",
    "Layers",
    "LimitError",
    "MissingPackageError",
    "Model",
    "ModelError",
    "OutOfMemoryError",
    "Page",
    "Recovered",
    "Rendering",
    "Scaling",
    "TensorInfo",
    "UnsupportedError",
    "UsageError",
    "Verdict",
    "budget",
    "check",
    "compare",
    "compare_layers",
    "explain",
    "export_artifacts",
    "export_c",
    "export_c_array",
    "lite",
    "load_model",
    "merge",
    "quantize",
    "quantize_for",
    "report",
    "set_max_memory",
    "target_names",
]
