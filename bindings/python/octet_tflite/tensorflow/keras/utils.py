"""tf.keras.utils.to_categorical."""

from typing import Any, Optional

import numpy as np

from ..._errors import DataError
from ..._missing import missing


def to_categorical(x: Any, num_classes: Optional[int] = None) -> "np.ndarray[Any, Any]":
    """One-hot rows, float64, of class numbers; num_classes: the largest number + 1 unless it is given.

    Raises DataError for numbers that are not whole, or outside 0 to num_classes - 1.
    """
    labels = np.asarray(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels.reshape(labels.shape[:-1])
    if labels.dtype.kind not in "biuf" or not (labels == np.floor(labels)).all():
        raise DataError(f"to_categorical takes class numbers, {labels.dtype.name} that are none are given")
    classes = labels.astype(np.int64)
    n = num_classes if num_classes is not None else int(classes.max(initial=-1)) + 1
    if classes.size > 0 and not 0 <= classes.min() <= classes.max() < n:
        raise DataError(
            f"to_categorical is given classes {classes.min()} to {classes.max()}, num_classes {n} allows 0 to {n - 1}"
        )
    rows = np.zeros((classes.size, n))
    rows[np.arange(classes.size), classes.ravel()] = 1
    return rows.reshape((*classes.shape, n))


def __getattr__(name: str) -> Any:
    raise missing("octet_tflite.tensorflow.keras.utils", name, ["to_categorical"])


__all__ = ["to_categorical"]
