"""octet in Python: Keras models become int8 .tflite files, without TensorFlow."""

from ._errors import (
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
from ._library import library

__version__: str = library.octet_version().decode()

__all__ = [
    "CancelledError",
    "DataError",
    "Error",
    "FileError",
    "FormatError",
    "InternalError",
    "LimitError",
    "MissingPackageError",
    "ModelError",
    "OutOfMemoryError",
    "UnsupportedError",
    "UsageError",
]
