"""The MNIST digits: from Keras's cache, a file of one's own, or the network."""

import hashlib
import os
import tempfile
import zipfile
from typing import Any, Tuple, Union

import numpy as np

from ...._errors import FileError, FormatError
from ...._missing import missing

_ADDRESS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
_NAMES = ("x_train", "y_train", "x_test", "y_test")


def _cache() -> str:
    """Keras's folder of data sets."""
    home = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    return os.path.join(home, "datasets")


def _download(target: str) -> None:
    """Puts the file at `target`, complete or not at all."""
    import urllib.request  # here, since it takes longer than reading the file

    folder = os.path.dirname(target)
    try:
        os.makedirs(folder, exist_ok=True)
        with urllib.request.urlopen(_ADDRESS, timeout=60) as answer:
            content = answer.read()
    except OSError as error:
        raise FileError(
            f"{target}: is missing, and {_ADDRESS} cannot be read: {error}; put the file there, or give load_data its "
            f"path"
        ) from error
    if hashlib.sha256(content).hexdigest() != _SHA256:
        raise FormatError(f"{_ADDRESS}: gave {len(content)} bytes that are not MNIST")
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
        part.write(content)
    os.replace(part.name, target)


def load_data(path: "Union[str, os.PathLike[str]]" = "mnist.npz") -> "Tuple[Any, Any]":
    """((x_train, y_train), (x_test, y_test)): uint8 images of shape (60000, 28, 28) and (10000, 28, 28), class numbers.

    path: of an .npz of these four arrays; a plain name lies in Keras's cache (~/.keras/datasets, $KERAS_HOME/datasets),
    and is downloaded where it is missing. Raises FileError, and FormatError for another file.
    """
    name = os.fspath(path)
    found = name if os.path.isfile(name) else os.path.join(_cache(), name)
    if not os.path.isfile(found):
        if os.path.dirname(name):
            raise FileError(f"{name}: there is no such file")
        _download(found)
    try:
        with np.load(found, allow_pickle=False) as arrays:
            x_train, y_train, x_test, y_test = (arrays[one] for one in _NAMES)
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise FormatError(f"{found}: is no .npz of the arrays {', '.join(_NAMES)}: {error}") from error
    return (x_train, y_train), (x_test, y_test)


def __getattr__(name: str) -> Any:
    raise missing("octet_tflite.tensorflow.keras.datasets.mnist", name, ["load_data"])


__all__ = ["load_data"]
